use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// An object whose members the vendor leaves open: settings, metadata, raw answers.
///
/// `Debug` prints the keys only, because the values may be secret.
///
/// ```
/// use connectory::JsonMap;
/// use serde_json::json;
///
/// let settings = JsonMap::new().with("instance_url", "https://eu28.salesforce.com").with("port", 8080);
/// assert_eq!(settings.get("port"), Some(&json!(8080)));
/// assert_eq!(format!("{settings:?}"), r#"{"instance_url", "port"}"#);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonMap(Map<String, Value>);

impl JsonMap {
    /// An object without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same object with this member added or replaced.
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(key.into(), value.into());
        self
    }

    /// The value of a member.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// All members, sorted by key unless something in the build enables serde_json's `preserve_order`.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    /// How many members the object has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the object has no members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The object as `serde_json` holds it.
    pub fn into_inner(self) -> Map<String, Value> {
        self.0
    }
}

impl fmt::Debug for JsonMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl From<Map<String, Value>> for JsonMap {
    fn from(members: Map<String, Value>) -> Self {
        Self(members)
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for JsonMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        Self(members.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

/// JSON that this version of the crate has no type for, kept as it came. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OtherJson(Value);

impl OtherJson {
    /// The JSON.
    pub fn as_json(&self) -> &Value {
        &self.0
    }
}

impl From<Value> for OtherJson {
    fn from(json: Value) -> Self {
        Self(json)
    }
}

impl fmt::Debug for OtherJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*, sample::select};
    use serde_json::{from_value, json, to_value};

    /// Any JSON. Some of its strings are the words that the vendors' unions are told apart by.
    pub(crate) fn any_json() -> impl Strategy<Value = Value> {
        const WORDS: &[&str] =
            &["option_type", "simple", "group", "label", "options", "value", "read", "write", "*"];
        let text = prop_oneof![select(WORDS).prop_map(str::to_owned), any::<String>()];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, move |inner| {
            let members = vec((text.clone(), inner.clone()), 0..5);
            prop_oneof![
                vec(inner, 0..5).prop_map(Value::from),
                members.prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn a_map_is_its_members() {
        let map = JsonMap::new().with("b", 1).with("a", "x").with("b", json!([true]));
        assert_eq!(to_value(&map).unwrap(), json!({ "a": "x", "b": [true] }));
        assert_eq!(map, JsonMap::from_iter([("a", json!("x")), ("b", json!([true]))]));
        assert_eq!(map, from_value(json!({ "a": "x", "b": [true] })).unwrap());
        assert_eq!(map.get("a"), Some(&json!("x")));
        assert_eq!(map.get("c"), None);
        assert_eq!(map.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((map.len(), map.is_empty(), JsonMap::new().is_empty()), (2, false, true));
        assert_eq!(JsonMap::from(map.clone().into_inner()), map);
    }

    #[test]
    fn values_are_never_shown() {
        let map = JsonMap::new().with("key", "s3cret").with("nested", json!({ "s3cret": ["s3cret"] }));
        let other = OtherJson::from(json!({ "s3cret": "s3cret" }));
        assert_eq!(format!("{map:?} {other:?}"), r#"{"key", "nested"} .."#);
        assert!(!format!("{map:#?} {other:#?}").contains("s3cret"));
    }

    proptest! {
        #[test]
        fn other_json_is_kept_as_it_came(json in any_json()) {
            let other: OtherJson = from_value(json.clone()).unwrap();
            prop_assert_eq!(other.as_json(), &json);
            prop_assert_eq!(to_value(&other).unwrap(), json);
        }
    }
}
