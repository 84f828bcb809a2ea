use crate::types::{id, model, request, setters};
use crate::{OtherJson, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

id! {
    /// A recorded consent.
    pub struct ConsentId;
}

model! {
    /// A consent or refusal, as it was recorded.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ConsentRecord {
        /// The record's id.
        pub id: Option<ConsentId>,
        /// When it was recorded.
        pub created_at: Option<Timestamp>,
        /// Whether the consumer agreed.
        pub granted: Option<bool>,
        /// To what.
        pub resources: Option<DataScopesResources>,
    }
}

request! {
    /// A consent or refusal to record.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ConsentRecordInput {
        /// Whether the consumer agrees.
        pub granted: bool,
        /// To what.
        pub resources: DataScopesResources,
    }
}

impl ConsentRecordInput {
    /// Agreement or refusal to the sharing of these resources.
    pub fn new(granted: bool, resources: impl Into<DataScopesResources>) -> Self {
        Self { granted, resources: resources.into() }
    }
}

model! {
    /// Which data an application may see.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DataScopes {
        /// Whether the restriction is switched on.
        pub enabled: Option<bool>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
        /// The resources and fields.
        pub resources: Option<DataScopesResources>,
    }
}

request! {
    /// Which data an application may see, to set.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DataScopesInput {
        /// Whether the restriction is switched on.
        pub enabled: Option<bool>,
        /// The resources and fields.
        pub resources: Option<DataScopesResources>,
    }
}

impl DataScopesInput {
    /// Sets nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        enabled: Option<bool>,
        resources: Option<DataScopesResources>,
    }
}

/// Permissions by resource (`hris.employees`) and field (`addresses[].city`).
pub type DataScopesFields = BTreeMap<String, BTreeMap<String, FieldPermission>>;

/// The resources and fields that a consent or a data scope covers.
///
/// It keeps the vendor's text, which is more than half of a connection, and reads it when asked: a form that this version
/// does not know goes back as it came.
///
/// ```
/// use connectory::apideck::vault::connections::{DataScopesFields, DataScopesResources, FieldPermission};
///
/// assert!(DataScopesResources::all().is_all());
/// let mut fields = DataScopesFields::new();
/// fields.entry("hris.employees".into()).or_default().insert("email".into(), FieldPermission::new(true, false));
/// assert_eq!(DataScopesResources::from(fields.clone()).fields(), Some(fields));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DataScopesResources(OtherJson);

request::part! { DataScopesResources }

impl DataScopesResources {
    /// All resources with all fields: `*`.
    pub fn all() -> Self {
        Self(OtherJson::from(Value::from("*")))
    }

    /// Whether they are all resources with all fields.
    pub fn is_all(&self) -> bool {
        self.0.get::<String>().is_some_and(|text| text == "*")
    }

    /// The permissions; `None` where they are all, or of a form that this version does not know.
    #[inline]
    pub fn fields(&self) -> Option<DataScopesFields> {
        self.0.get()
    }

    /// The JSON as the vendor wrote it.
    pub fn raw(&self) -> &str {
        self.0.raw()
    }
}

impl From<DataScopesFields> for DataScopesResources {
    #[inline]
    fn from(fields: DataScopesFields) -> Self {
        let field = |permission: FieldPermission| {
            let FieldPermission { read, write } = permission;
            let known = [("read", read), ("write", write)];
            known.into_iter().filter_map(|(name, may)| Some((name, may?))).collect::<Value>()
        };
        let fields = fields.into_iter().map(|(resource, fields)| {
            (
                resource,
                fields.into_iter().map(|(name, permission)| (name, field(permission))).collect::<Value>(),
            )
        });
        Self(OtherJson::from(fields.collect::<Value>()))
    }
}

request! {
    /// What may be done with a field.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    read pub struct FieldPermission {
        /// It may be read.
        pub read: Option<bool>,
        /// It may be written.
        pub write: Option<bool>,
    }
}

impl FieldPermission {
    /// These permissions.
    pub fn new(read: bool, write: bool) -> Self {
        Self { read: Some(read), write: Some(write) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::any_json;
    use proptest::prelude::*;
    use serde_json::{Value, from_str, from_value, json, to_string, to_value};

    fn resources(json: Value) -> DataScopesResources {
        from_value(json).unwrap()
    }

    #[test]
    fn each_shape_is_read_and_written() {
        assert_eq!(resources(json!("*")), DataScopesResources::all());
        assert_eq!(to_value(DataScopesResources::all()).unwrap(), json!("*"));
        assert_eq!((DataScopesResources::all().is_all(), DataScopesResources::all().fields()), (true, None));

        let json = json!({
            "hris.employees": {
                "first_name": { "read": true, "write": true },
                "addresses[].street": { "read": true, "write": false },
                "email": { "read": false },
                "id": {}
            },
            "hris.departments": {}
        });
        let read = resources(json.clone());
        let fields = read.fields().unwrap();
        assert_eq!(fields["hris.employees"]["first_name"], FieldPermission::new(true, true));
        assert_eq!(fields["hris.employees"]["addresses[].street"], FieldPermission::new(true, false));
        assert_eq!(fields["hris.employees"]["email"], FieldPermission { read: Some(false), write: None });
        assert_eq!(fields["hris.employees"]["id"], FieldPermission::default());
        assert!(fields["hris.departments"].is_empty());
        assert_eq!(to_value(&read).unwrap(), json);
        assert_eq!((read.is_all(), DataScopesResources::from(fields)), (false, read));
    }

    #[test]
    fn another_shape_is_kept_as_it_came() {
        for json in [
            json!("hris.*"),
            json!({ "hris.employees": "*" }),
            json!({ "hris.employees": { "email": "read" } }),
            json!({ "hris.employees": { "email": { "read": "sometimes" } } }),
            json!({ "hris.employees": null }),
            json!(["hris.employees"]),
            json!(true),
            json!(null),
        ] {
            let read = resources(json.clone());
            assert_eq!((read.is_all(), read.fields()), (false, None), "{json}");
            assert_eq!(to_value(&read).unwrap(), json);
            assert!(!format!("{read:?}").contains("hris"));
        }
    }

    #[test]
    fn inputs_send_what_is_set() {
        assert_eq!(to_value(DataScopesInput::new()).unwrap(), json!({}));
        let scopes = DataScopesInput::new().enabled(false).resources(DataScopesFields::new());
        assert_eq!(to_value(scopes).unwrap(), json!({ "enabled": false, "resources": {} }));
        let consent = ConsentRecordInput::new(true, DataScopesResources::all());
        assert_eq!(to_value(consent).unwrap(), json!({ "granted": true, "resources": "*" }));
    }

    proptest! {
        #[test]
        fn any_json_is_read_as_resources(json in any_json()) {
            let read = resources(json.clone());
            prop_assert_eq!(read.raw(), json.to_string());
            let _ = read.fields();
            prop_assert_eq!(from_str::<DataScopesResources>(&to_string(&read).unwrap()).unwrap(), read);
        }
    }
}
