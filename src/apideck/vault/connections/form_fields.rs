use crate::types::{list, model, open_enum, request};
use crate::{OtherJson, Secret};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};
use std::{convert::Infallible, fmt, str::FromStr};

model! {
    /// A field of the form that a customer fills in to connect.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct FormField {
        /// The key under which its value goes into the settings.
        pub id: Option<String>,
        /// The name to show.
        pub label: Option<String>,
        /// What has been entered, secret also where `sensitive` is false. A value that is not text is its JSON. Not
        /// serialised.
        pub value: Option<Secret> as AnySecret,
        /// The text to show while it is empty.
        pub placeholder: Option<String>,
        /// What it is for.
        pub description: Option<String>,
        /// The input to show.
        pub kind: Option<FormFieldType> = "type",
        /// Whether it must be filled in.
        pub required: Option<bool>,
        /// Whether it is a custom field.
        pub custom_field: Option<bool>,
        /// Whether values beside the options are allowed.
        pub allow_custom_values: Option<bool>,
        /// Whether it is shown read-only.
        pub disabled: Option<bool>,
        /// Whether it is stored without being shown.
        pub hidden: Option<bool>,
        /// Whether it is stored for old connections only; do not show it.
        pub deprecated: Option<bool>,
        /// Whether its value must not be shown.
        pub sensitive: Option<bool>,
        /// Whether its value is shown masked.
        pub mask: Option<bool>,
        /// Text to show before the input.
        pub prefix: Option<String>,
        /// Text to show behind the input.
        pub suffix: Option<String>,
        /// What can be chosen.
        pub options: Vec<FormFieldOption>,
    }
}

open_enum! {
    /// The input of a form field.
    pub enum FormFieldType {
        /// A line of text.
        Text = "text",
        /// Yes or no.
        Checkbox = "checkbox",
        /// A phone number.
        Tel = "tel",
        /// A mail address.
        Email = "email",
        /// A URL.
        Url = "url",
        /// Several lines of text.
        Textarea = "textarea",
        /// One of the options.
        Select = "select",
        /// One of many options, with a search.
        FilteredSelect = "filtered-select",
        /// Several of the options.
        MultiSelect = "multi-select",
        /// A date with time.
        Datetime = "datetime",
        /// A date.
        Date = "date",
        /// A time.
        Time = "time",
        /// A number.
        Number = "number",
        /// A password.
        Password = "password",
    }
}

/// What can be chosen in a form field: one value, or a group of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormFieldOption {
    /// One value.
    Simple(SimpleOption),
    /// A group under one label.
    Group(OptionGroup),
    /// A kind of option that this version does not know.
    Other(OtherJson),
}

impl FormFieldOption {
    /// An option with this label and value.
    pub fn simple(label: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        Self::Simple(SimpleOption { label: label.into(), value: Some(value.into()) })
    }

    /// A group of simple options.
    pub fn group(
        id: impl Into<String>,
        label: impl Into<String>,
        options: impl IntoIterator<Item = Self>,
    ) -> Self {
        let options = options.into_iter().collect();
        Self::Group(OptionGroup { id: Some(id.into()), label: label.into(), options })
    }
}

/// One value that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "option_type", rename = "simple")]
#[non_exhaustive]
pub struct SimpleOption {
    /// The name to show.
    pub label: String,
    /// What is stored when it is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<FieldValue>,
}

/// Values that can be chosen, under one label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "option_type", rename = "group")]
#[non_exhaustive]
pub struct OptionGroup {
    /// The group's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name to show.
    pub label: String,
    /// What can be chosen in it.
    pub options: Vec<FormFieldOption>,
}

impl Serialize for FormFieldOption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Simple(option) => option.serialize(serializer),
            Self::Group(group) => group.serialize(serializer),
            Self::Other(json) => json.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for FormFieldOption {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OtherJson::deserialize(deserializer).map(|json| Self::from_json(json, 0))
    }
}

model! {
    /// What an option is made of.
    secret struct OptionMembers {
        option_type: Option<String>,
        id: Option<String>,
        label: String,
        value: Option<FieldValue>,
        options: Option<Vec<Option<OtherJson>>>,
    }
}

impl FormFieldOption {
    /// How deep groups are taken apart that lie in one another: hostile ones have no end.
    const DEEPEST: u32 = 3;

    fn from_json(json: OtherJson, depth: u32) -> Self {
        let is_object = json.raw().starts_with('{') && depth < Self::DEEPEST;
        let Some(members) = is_object.then(|| json.get::<OptionMembers>()).flatten() else {
            return Self::Other(json);
        };
        let OptionMembers { option_type, id, label, value, options } = members;
        // Where the vendor leaves the type out, only groups have options.
        let untyped = if options.is_some() { "group" } else { "simple" };
        match option_type.as_deref().unwrap_or(untyped) {
            "simple" => Self::Simple(SimpleOption { label, value }),
            "group" => {
                let options = options.into_iter().flatten().flatten();
                let options = options.map(|option| Self::from_json(option, depth + 1)).collect();
                Self::Group(OptionGroup { id, label, options })
            }
            _ => Self::Other(json),
        }
    }
}

/// The value of a form field, an option or a default.
///
/// A scalar or a list of scalars. `Debug` prints its kind only, because form values may be secret.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum FieldValue {
    /// A text.
    Text(String),
    /// A number whose text a `Number` keeps; others, such as `1.50`, are `Other`.
    Number(Number),
    /// Yes or no.
    Boolean(bool),
    /// Several scalars.
    List(Vec<FieldValue>),
    /// Anything else that the vendor may send.
    Other(OtherJson),
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = OtherJson::deserialize(deserializer)?;
        let is_list = json.raw().starts_with('[');
        Ok(match is_list.then(|| json.get::<Vec<OtherJson>>()).flatten() {
            Some(items) => Self::List(items.into_iter().map(Self::scalar).collect()),
            None => Self::scalar(json),
        })
    }
}

impl FieldValue {
    /// The value of one scalar; anything else as it came.
    fn scalar(json: OtherJson) -> Self {
        let known = match json.raw().as_bytes().first() {
            Some(b'"') => json.get().map(Self::Text),
            Some(b't' | b'f') => json.get().map(Self::Boolean),
            Some(b'-' | b'0'..=b'9') => {
                json.get::<Number>().filter(|number| number.to_string() == json.raw()).map(Self::Number)
            }
            _ => None,
        };
        known.unwrap_or(Self::Other(json))
    }
}

impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Number(_) => "Number(..)",
            Self::Boolean(_) => "Boolean(..)",
            Self::List(_) => "List(..)",
            Self::Other(_) => "Other(..)",
        })
    }
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for FieldValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for FieldValue {
    fn from(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

/// Makes a field's value of whole numbers of any width.
macro_rules! from_integers {
    ($($integer:ty)+) => { $(
        impl From<$integer> for FieldValue {
            fn from(number: $integer) -> Self {
                Self::Number(number.into())
            }
        }
    )+ };
}

from_integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

/// JSON has no infinity and no NaN: they become null.
impl From<f64> for FieldValue {
    fn from(number: f64) -> Self {
        Number::from_f64(number).map_or(Self::Other(OtherJson::from(Value::Null)), Self::Number)
    }
}

impl<T: Into<FieldValue>, const N: usize> From<[T; N]> for FieldValue {
    fn from(values: [T; N]) -> Self {
        values.into_iter().collect()
    }
}

impl<T: Into<FieldValue>> From<Vec<T>> for FieldValue {
    fn from(values: Vec<T>) -> Self {
        values.into_iter().collect()
    }
}

impl<T: Into<FieldValue>> FromIterator<T> for FieldValue {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl FromStr for FieldValue {
    type Err = Infallible;

    /// The text itself: nothing is made a number of.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl From<&String> for FieldValue {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

request! {
    /// Defaults for new records of one resource.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    read pub struct ConnectionConfiguration {
        /// The resource, such as `leads`.
        pub resource: Option<String>,
        /// The defaults of its fields.
        pub defaults: Vec<ConfigurationDefault>,
    }
}

impl ConnectionConfiguration {
    /// Defaults for this resource.
    pub fn new(
        resource: impl Into<String>,
        defaults: impl IntoIterator<Item = ConfigurationDefault>,
    ) -> Self {
        Self { resource: Some(resource.into()), defaults: defaults.into_iter().collect() }
    }
}

/// The default of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConfigurationDefault {
    /// The field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the default applies to; set by Apideck and never sent.
    #[serde(skip_serializing)]
    pub target: Option<ConfigurationTarget>,
    /// What can be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    pub options: Vec<FormFieldOption>,
    /// The default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<FieldValue>,
}

impl ConfigurationDefault {
    /// This value for this field.
    pub fn new(id: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        Self { id: Some(id.into()), value: Some(value.into()), ..Self::default() }
    }

    /// Sets [`options`](field@Self::options).
    #[must_use]
    pub fn options(mut self, options: impl IntoIterator<Item = FormFieldOption>) -> Self {
        self.options = options.into_iter().collect();
        self
    }
}

open_enum! {
    /// What a default applies to.
    pub enum ConfigurationTarget {
        /// A custom field.
        CustomFields = "custom_fields",
        /// The resource itself.
        Resource = "resource",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::any_json;
    use proptest::prelude::*;
    use serde_json::{from_str, from_value, json, to_string, to_value};

    fn option(json: Value) -> FormFieldOption {
        from_value(json).unwrap()
    }

    #[test]
    fn each_kind_of_option_is_read_and_written() {
        let simple = json!({ "label": "One", "value": 1, "option_type": "simple" });
        assert_eq!(option(simple.clone()), FormFieldOption::simple("One", 1));
        assert_eq!(to_value(option(simple.clone())).unwrap(), simple);

        let group = json!({ "id": "g", "label": "All", "options": [simple], "option_type": "group" });
        let expected = FormFieldOption::group("g", "All", [FormFieldOption::simple("One", 1)]);
        assert_eq!(option(group.clone()), expected);
        assert_eq!(to_value(expected).unwrap(), group);

        let bare = json!({ "label": "One", "option_type": "simple" });
        assert_eq!(to_value(option(bare.clone())).unwrap(), bare);
        let nulls = json!({ "id": null, "label": "All", "options": null, "option_type": "group" });
        let empty = json!({ "label": "All", "options": [], "option_type": "group" });
        assert_eq!(to_value(option(nulls)).unwrap(), empty);
    }

    #[test]
    fn an_option_without_its_type_is_told_by_its_members() {
        assert_eq!(option(json!({ "label": "One", "value": "x" })), FormFieldOption::simple("One", "x"));
        let group =
            option(json!({ "id": "g", "label": "All", "options": [{ "label": "One", "value": "x" }] }));
        assert_eq!(group, FormFieldOption::group("g", "All", [FormFieldOption::simple("One", "x")]));
    }

    #[test]
    fn an_option_of_another_kind_is_kept_as_it_came() {
        for json in [
            json!({ "option_type": "tree", "label": "x", "roots": [1, { "a": null }] }),
            json!({ "option_type": 7 }),
            json!({ "option_type": "simple" }),
            json!({ "option_type": "simple", "label": null, "value": 1 }),
            json!({ "option_type": "group", "label": "x", "options": "none" }),
            json!({}),
            json!(["One", 1]),
            json!(["g", "All", []]),
            json!("One"),
            json!(null),
        ] {
            let read = option(json.clone());
            assert!(matches!(read, FormFieldOption::Other(_)), "{json}");
            assert_eq!(to_value(read).unwrap(), json);
        }
    }

    #[test]
    fn a_value_is_a_scalar_or_a_list_of_them() {
        let rows = [
            (json!("general"), FieldValue::from("general")),
            (json!("general"), FieldValue::from(String::from("general"))),
            (json!(123), FieldValue::from(123)),
            (json!(12.5), FieldValue::from(12.5)),
            (json!(true), FieldValue::from(true)),
            (json!(["team", 10, 10.5]), FieldValue::from([FieldValue::from("team"), 10.into(), 10.5.into()])),
            (json!(["a", "b"]), FieldValue::from(["a", "b"])),
            (json!(["a", "b"]), vec![String::from("a"), String::from("b")].into()),
            (json!(["a"]), [String::from("a")].iter().collect()),
            (json!([1, 2]), [1_u8, 2].into()),
            (json!([]), FieldValue::from(Vec::<String>::new())),
            (json!(null), FieldValue::from(f64::NAN)),
            (json!(null), FieldValue::from(f64::INFINITY)),
            (json!({ "a": [1] }), FieldValue::Other(OtherJson::from(json!({ "a": [1] })))),
        ];
        for (json, value) in rows {
            assert_eq!(to_value(&value).unwrap(), json);
            assert_eq!(from_value::<FieldValue>(json).unwrap(), value);
        }
    }

    #[test]
    fn every_integer_is_a_value_and_a_text_stays_one() {
        let rows = [
            (FieldValue::from(i8::MIN), json!(i8::MIN)),
            (FieldValue::from(i16::MIN), json!(i16::MIN)),
            (FieldValue::from(i32::MIN), json!(i32::MIN)),
            (FieldValue::from(i64::MIN), json!(i64::MIN)),
            (FieldValue::from(isize::MIN), json!(isize::MIN)),
            (FieldValue::from(u8::MAX), json!(u8::MAX)),
            (FieldValue::from(u16::MAX), json!(u16::MAX)),
            (FieldValue::from(u32::MAX), json!(u32::MAX)),
            (FieldValue::from(u64::MAX), json!(u64::MAX)),
            (FieldValue::from(usize::MAX), json!(usize::MAX)),
            ("17".parse().unwrap(), json!("17")),
        ];
        for (value, expected) in rows {
            assert_eq!(to_value(value).unwrap(), expected);
        }
    }

    #[test]
    fn values_are_never_shown() {
        let list = FieldValue::from([FieldValue::from("s3cret"), 4711.into()]);
        let options = [FormFieldOption::simple("One", list), option(json!({ "option_type": "s3cret" }))];
        let shown = format!("{options:?} {options:#?}");
        assert!(!shown.contains("s3cret") && !shown.contains("4711"), "{shown}");
        assert!(shown.contains("List(..)") && shown.contains("One"), "{shown}");
    }

    #[test]
    fn what_only_the_vendor_sets_is_not_sent() {
        let read: ConfigurationDefault =
            from_value(json!({ "id": "x", "target": "resource", "options": null, "value": null })).unwrap();
        assert_eq!(read.target, Some(ConfigurationTarget::Resource));
        assert_eq!(to_value(read).unwrap(), json!({ "id": "x" }));
        let empty: ConnectionConfiguration = from_value(json!({})).unwrap();
        assert_eq!(to_value(empty).unwrap(), json!({ "defaults": [] }));
    }

    proptest! {
        #[test]
        fn any_json_is_an_option(json in any_json()) {
            let read: FormFieldOption = from_value(json.clone()).unwrap();
            if let FormFieldOption::Other(other) = &read {
                prop_assert_eq!(other.raw(), json.to_string());
            } else {
                prop_assert!(json.is_object());
            }
            let again: FormFieldOption = from_str(&to_string(&read).unwrap()).unwrap();
            prop_assert_eq!(again, read);
        }

        #[test]
        fn any_json_is_a_value_and_stays_it(json in any_json()) {
            let read: FieldValue = from_value(json.clone()).unwrap();
            prop_assert_eq!(to_string(&read).unwrap(), json.to_string());
        }
    }
}
