//! The types that the vendors' models share.

mod id;
mod json;
mod list;
mod open_enum;
mod patch;
mod secret;
mod setters;
mod timestamp;

pub use json::{JsonMap, OtherJson};
pub use open_enum::UnknownValue;
pub use patch::Patch;
pub use secret::{Secret, SecretUrl};
#[cfg(feature = "jiff")]
pub use timestamp::Moment;
pub use timestamp::{Timestamp, UnixMillis};

pub(crate) use id::id;
#[cfg(test)]
pub(crate) use json::tests::any_json;
pub(crate) use list::{List, list};
pub(crate) use open_enum::{deserialize_text, open_enum, text_conversions};
pub(crate) use secret::{read_any_secret, with_secrets, write_secret};
pub(crate) use setters::setters;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// Reads a whole number, also from text or a fraction of zeros; anything else as absent.
pub(crate) fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => {
            let whole = |number: &f64| number.fract() == 0.0 && number.abs() < i64::MAX as f64;
            number.as_i64().or_else(|| number.as_f64().filter(whole).map(|number| number as i64))
        }
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// Reads a list of the wrong shape as empty: the value that the call exists to return matters more.
pub(crate) fn lenient_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(List::deserialize(Value::deserialize(deserializer)?).map_or_else(|_| Vec::new(), |List(items)| items))
}

/// Reads a value of the wrong type as absent: in an error body the other members matter more.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(T::deserialize(Value::deserialize(deserializer)?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_whole_number_is_itself_or_absent() {
        for (json, number) in [
            (json!(17), Some(17)),
            (json!(-2.0), Some(-2)),
            (json!(" 17 "), Some(17)),
            (json!(i64::MIN), Some(i64::MIN)),
            (json!(i64::MAX), Some(i64::MAX)),
            (json!(u64::MAX), None),
            (json!(1e300), None),
            (json!(-1e300), None),
            (json!(1.5), None),
            (json!("many"), None),
            (json!([17]), None),
        ] {
            assert_eq!(whole_number(json.clone()).unwrap(), number, "{json}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_reads_as_absent() {
        assert_eq!(lenient::<_, i64>(json!(17)).unwrap(), Some(17));
        for wrong in [json!(null), json!("17"), json!(1.5), json!([17]), json!({})] {
            assert_eq!(lenient::<_, i64>(wrong).unwrap(), None);
        }
    }
}
