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
pub(crate) use secret::read_any_secret;
pub(crate) use secret::write_secret;
pub(crate) use setters::setters;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

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
    fn a_value_of_the_wrong_type_reads_as_absent() {
        assert_eq!(lenient::<_, i64>(json!(17)).unwrap(), Some(17));
        for wrong in [json!(null), json!("17"), json!(1.5), json!([17]), json!({})] {
            assert_eq!(lenient::<_, i64>(wrong).unwrap(), None);
        }
    }
}
