use super::repaired_strings;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// An object whose members the vendor leaves open: settings, metadata, raw answers.
///
/// Each value keeps the text that the vendor wrote, so that numbers of any length and precision go back as they came.
/// `Debug` prints the keys only, because the values may be secret. Of several members with one key the last counts. Two
/// maps are equal when they have the same members with the same texts. Only `serde_json` can read and write one.
///
/// ```
/// use connectory::JsonMap;
///
/// let settings = JsonMap::new()
///     .with("instance_url", "https://eu28.salesforce.com")
///     .with("port", 8080)
///     .with("proxy", JsonMap::from([("host", "localhost")]));
/// assert_eq!(settings.get::<u16>("port"), Some(8080));
/// assert_eq!(settings.raw("port"), Some("8080"));
/// assert_eq!(settings.raw("proxy"), Some(r#"{"host":"localhost"}"#));
/// assert_eq!(format!("{settings:?}"), r#"{"instance_url", "port", "proxy"}"#);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonMap(BTreeMap<Box<str>, OtherJson>);

impl JsonMap {
    /// An object without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same object with this member added or replaced.
    #[must_use]
    pub fn with(self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.with_raw(key, OtherJson::from(value.into()))
    }

    /// The same object with this member added or replaced, its value written as it is.
    ///
    /// ```
    /// # use connectory::JsonMap;
    /// let exact = JsonMap::new().with_raw("total", "12345678901234567890.10".parse()?);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn with_raw(mut self, key: impl Into<String>, value: OtherJson) -> Self {
        self.0.insert(key.into().into(), value);
        self
    }

    /// The value of a member, read as a `T`.
    ///
    /// `None` where there is no such member or it is no `T`: [`raw`](Self::raw) tells which. As a `serde_json::Value` it
    /// is a copy that rounds numbers which fit into neither 64 bits nor an `f64`.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.0.get(key)?.get()
    }

    /// The value of a member as JSON, as the vendor wrote it.
    #[inline]
    pub fn raw(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(OtherJson::raw)
    }

    /// All members, sorted by key.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (&str, &OtherJson)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// How many members the object has.
    #[inline]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the object has no members.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A copy as `serde_json` holds objects; see [`OtherJson::to_value`] for what it changes.
    #[inline]
    pub fn to_map(&self) -> Map<String, Value> {
        let mut members = Map::new();
        for (key, value) in self.iter() {
            members.insert(key.to_owned(), value.to_value());
        }
        members
    }
}

impl<'a> IntoIterator for &'a JsonMap {
    type Item = (&'a str, &'a OtherJson);
    type IntoIter = Box<dyn Iterator<Item = Self::Item> + 'a>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

impl fmt::Debug for JsonMap {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(key, _)| key)).finish()
    }
}

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for JsonMap {
    fn from(members: [(K, V); N]) -> Self {
        members.into_iter().collect()
    }
}

/// As [`to_map`](JsonMap::to_map) copies it; `with_raw(key, map.into())` nests one as it is.
impl From<JsonMap> for Value {
    #[inline]
    fn from(members: JsonMap) -> Self {
        Self::Object(members.to_map())
    }
}

/// As [`to_map`](JsonMap::to_map) copies it.
impl From<JsonMap> for Map<String, Value> {
    #[inline]
    fn from(members: JsonMap) -> Self {
        members.to_map()
    }
}

/// As [`to_value`](OtherJson::to_value) copies it.
impl From<OtherJson> for Value {
    #[inline]
    fn from(json: OtherJson) -> Self {
        json.to_value()
    }
}

impl From<Map<String, Value>> for JsonMap {
    #[inline]
    fn from(members: Map<String, Value>) -> Self {
        members.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for JsonMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        members.into_iter().fold(Self::new(), |map, (key, value)| map.with(key, value))
    }
}

/// JSON that this version of the crate has no type for, kept as the vendor wrote it.
///
/// `Debug` does not print it. Two are equal when their texts are. Only `serde_json` can read and write one, and not into a
/// `Value` where that cannot hold it: [`to_value`](Self::to_value) always can.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct OtherJson(Box<RawValue>);

impl OtherJson {
    /// What this value serialises to, such as a schema that another crate makes.
    ///
    /// ```
    /// use connectory::OtherJson;
    ///
    /// let schema = OtherJson::new(&serde_json::json!({ "type": "object" }))?;
    /// assert_eq!(schema.raw(), r#"{"type":"object"}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of the value's `Serialize`.
    pub fn new(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        to_raw_value(value).map(Self)
    }

    /// JSON text as it is; `None` where it is none.
    pub(crate) fn of_text(json: String) -> Option<Self> {
        RawValue::from_string(json).ok().map(Self)
    }

    /// The JSON as text.
    pub fn raw(&self) -> &str {
        self.0.get()
    }

    /// The JSON read as a `T`; `None` where it is none.
    pub fn get<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.raw()).ok()
    }

    /// A copy as `serde_json` holds values.
    ///
    /// It rounds numbers which fit into neither 64 bits nor an `f64`. What it cannot hold at all, a number over `1e308` or
    /// nesting over 127 levels, becomes a string with its text.
    pub fn to_value(&self) -> Value {
        self.get().unwrap_or_else(|| Value::String(self.raw().to_owned()))
    }
}

impl PartialEq for OtherJson {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
    }
}

impl Eq for OtherJson {}

impl From<Value> for OtherJson {
    fn from(json: Value) -> Self {
        // A value always has a text.
        Self(to_raw_value(&json).unwrap_or_default())
    }
}

impl From<JsonMap> for OtherJson {
    #[inline]
    fn from(members: JsonMap) -> Self {
        // A map always has a text.
        Self(to_raw_value(&members).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for OtherJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(with_whole_strings(&json).unwrap_or(json)))
    }
}

/// The JSON with U+FFFD for half a surrogate pair, which nobody could read as a string.
fn with_whole_strings(json: &RawValue) -> Option<Box<RawValue>> {
    let text = json.get().as_bytes();
    if !text.contains(&b'\\') {
        return None;
    }
    let repaired = repaired_strings(text, text.len()).filter(|repaired| !repaired.is_empty())?;
    RawValue::from_string(String::from_utf8(repaired).ok()?).ok()
}

/// Takes JSON text as it is.
impl FromStr for OtherJson {
    type Err = serde_json::Error;

    fn from_str(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
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
    use serde_json::{from_str, from_value, json, to_string, to_value};

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
        assert_eq!(map.get::<String>("a").as_deref(), Some("x"));
        assert_eq!((map.get::<String>("b"), map.get::<Vec<bool>>("b")), (None, Some(vec![true])));
        assert_eq!((map.get::<String>("c"), map.raw("c"), map.raw("a")), (None, None, Some("\"x\"")));
        assert_eq!(map.iter().map(|(key, _)| key).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((map.len(), map.is_empty(), JsonMap::new().is_empty()), (2, false, true));
        assert_eq!(JsonMap::from(map.to_map()), map);
        assert_eq!(OtherJson::from(map.clone()).raw(), r#"{"a":"x","b":[true]}"#);
        assert!(from_str::<JsonMap>("[]").is_err());
    }

    #[test]
    fn r33_numbers_and_nesting_go_back_as_they_came() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let text = format!(
            r#"{{"big":12345678901234567890123,"dec":1.10,"deep":{deep},"huge":1e400,"neg":-0,"twice":{{"a":1.0,"a":2}}}}"#
        );
        let map: JsonMap = from_str(&text).unwrap();
        assert_eq!(to_string(&map).unwrap(), text);
        assert_eq!((map.raw("big"), map.raw("dec")), (Some("12345678901234567890123"), Some("1.10")));
        assert_eq!((map.get::<f64>("dec"), map.get::<Value>("neg")), (Some(1.1), Some(json!(-0.0))));
        assert_eq!(map.to_map()["huge"], json!("1e400"));
        assert_eq!(map.to_map()["deep"], json!(deep));
        let sent = JsonMap::new().with_raw("big", "12345678901234567890123".parse().unwrap());
        assert_eq!(to_string(&sent).unwrap(), r#"{"big":12345678901234567890123}"#);
        assert_eq!(
            to_string(&from_str::<JsonMap>(r#"{"a":1,"b":2,"a":3.0}"#).unwrap()).unwrap(),
            r#"{"a":3.0,"b":2}"#
        );
        assert!("1 2".parse::<OtherJson>().is_err());
    }

    #[test]
    fn r15_half_a_surrogate_pair_can_be_read() {
        let map: JsonMap = from_str(r#"{"a":"x\ud83d","b":["\ud83d\ude00\n\udc00"]}"#).unwrap();
        assert_eq!(map.get::<String>("a").as_deref(), Some("x\u{fffd}"));
        assert_eq!(to_value(&map).unwrap()["b"], json!(["\u{1f600}\n\u{fffd}"]));
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
        fn a_map_goes_to_serde_json_and_comes_back(
            pairs in vec((any::<String>(), prop_oneof![any::<i64>().prop_map(Value::from), any::<String>().prop_map(Value::from)]), 0..5)
        ) {
            let map: JsonMap = pairs.into_iter().collect();
            let value = Value::from(map.clone());
            prop_assert_eq!(&value, &Value::Object(Map::from(map.clone())));
            prop_assert_eq!(&value, &Value::from(OtherJson::from(map.clone())));
            prop_assert_eq!(&JsonMap::from(Map::from(map.clone())), &map);
            prop_assert_eq!(&JsonMap::new().with("in", map.clone()), &JsonMap::from([("in", value)]));
            prop_assert_eq!(JsonMap::new().with_raw("in", map.clone().into()), JsonMap::from([("in", map)]));
        }

        #[test]
        fn other_json_is_kept_as_it_came(json in any_json()) {
            let other: OtherJson = from_str(&json.to_string()).unwrap();
            prop_assert_eq!(other.raw(), json.to_string());
            prop_assert_eq!(to_string(&other).unwrap(), json.to_string());
            prop_assert_eq!(OtherJson::from(json), other);
        }
    }
}
