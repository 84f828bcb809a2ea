use crate::types::{id, setters};
use crate::{OtherJson, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

id! {
    /// A recorded consent.
    pub struct ConsentId;
}

/// A consent or refusal, as it was recorded.
#[derive(Clone, Debug, Serialize, Deserialize)]
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

/// A consent or refusal to record.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ConsentRecordInput {
    /// Whether the consumer agrees.
    pub granted: bool,
    /// To what.
    pub resources: DataScopesResources,
}

impl ConsentRecordInput {
    /// Agreement or refusal to the sharing of these resources.
    pub fn new(granted: bool, resources: impl Into<DataScopesResources>) -> Self {
        Self { granted, resources: resources.into() }
    }
}

/// Which data an application may see.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DataScopes {
    /// Whether the restriction is switched on.
    pub enabled: Option<bool>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// The resources and fields.
    pub resources: Option<DataScopesResources>,
}

/// Which data an application may see, to set.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DataScopesInput {
    /// Whether the restriction is switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The resources and fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<DataScopesResources>,
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
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DataScopesResources {
    /// All of them: `*`.
    All,
    /// These.
    Fields(DataScopesFields),
    /// Anything else that the vendor may send.
    Other(OtherJson),
}

impl From<DataScopesFields> for DataScopesResources {
    fn from(fields: DataScopesFields) -> Self {
        Self::Fields(fields)
    }
}

impl Serialize for DataScopesResources {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("*"),
            Self::Fields(fields) => fields.serialize(serializer),
            Self::Other(json) => json.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for DataScopesResources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = OtherJson::deserialize(deserializer)?;
        Ok(match json.raw() {
            "\"*\"" => Self::All,
            _ => json.get().map_or(Self::Other(json), Self::Fields),
        })
    }
}

/// What may be done with a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldPermission {
    /// It may be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<bool>,
    /// It may be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<bool>,
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
        assert_eq!(resources(json!("*")), DataScopesResources::All);
        assert_eq!(to_value(DataScopesResources::All).unwrap(), json!("*"));

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
        let DataScopesResources::Fields(fields) = &read else { panic!("{read:?}") };
        assert_eq!(fields["hris.employees"]["first_name"], FieldPermission::new(true, true));
        assert_eq!(fields["hris.employees"]["addresses[].street"], FieldPermission::new(true, false));
        assert_eq!(fields["hris.employees"]["email"], FieldPermission { read: Some(false), write: None });
        assert_eq!(fields["hris.employees"]["id"], FieldPermission::default());
        assert!(fields["hris.departments"].is_empty());
        assert_eq!(to_value(&read).unwrap(), json);
        assert_eq!(DataScopesResources::from(fields.clone()), read);
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
            assert!(matches!(read, DataScopesResources::Other(_)), "{json}");
            assert_eq!(to_value(&read).unwrap(), json);
            assert!(!format!("{read:?}").contains("hris"));
        }
    }

    #[test]
    fn inputs_send_what_is_set() {
        assert_eq!(to_value(DataScopesInput::new()).unwrap(), json!({}));
        let scopes = DataScopesInput::new().enabled(false).resources(DataScopesFields::new());
        assert_eq!(to_value(scopes).unwrap(), json!({ "enabled": false, "resources": {} }));
        let consent = ConsentRecordInput::new(true, DataScopesResources::All);
        assert_eq!(to_value(consent).unwrap(), json!({ "granted": true, "resources": "*" }));
    }

    proptest! {
        #[test]
        fn any_json_is_read_as_resources(json in any_json()) {
            let read = resources(json.clone());
            if let DataScopesResources::Other(other) = &read {
                prop_assert_eq!(other.raw(), json.to_string());
            }
            prop_assert_eq!(from_str::<DataScopesResources>(&to_string(&read).unwrap()).unwrap(), read);
        }
    }
}
