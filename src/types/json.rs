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
