//! The types that the vendors' models share.

mod id;
mod json;
mod json_strings;
mod list;
mod map;
pub(crate) mod model;
mod open_enum;
mod patch;
pub(crate) mod request;
mod secret;
mod setters;
mod timestamp;
mod unread;

pub use json::{JsonMap, OtherJson};
pub use open_enum::UnknownValue;
pub use patch::Patch;
pub(crate) use patch::patch_from_text;
pub use secret::{Secret, SecretUrl};
#[cfg(feature = "chrono-0-4")]
pub use timestamp::ChronoMoment;
#[cfg(feature = "jiff-0-2")]
pub use timestamp::Moment;
pub use timestamp::{Timestamp, UnixMillis};
pub use unread::Unread;

pub(crate) use id::id;
#[cfg(test)]
pub(crate) use json::tests::any_json;
pub(crate) use json_strings::{plain_strings, repaired_strings};
pub(crate) use list::{List, list};
pub(crate) use map::map;
pub(crate) use model::model;
pub(crate) use open_enum::{deserialize_text, open_enum, text_conversions};
pub(crate) use request::request;
pub(crate) use secret::{read_any_secret, with_secrets, write_secret};
pub(crate) use setters::setters;
pub(crate) use unread::{TellsUnread, tells_unread};

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, Unexpected, Visitor};
use std::fmt;

/// Reads an object. serde would take a list for one too, member by member.
pub(crate) fn from_object<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    if text.trim_ascii_start().starts_with('[') {
        return Err(Error::invalid_type(Unexpected::Seq, &"an object"));
    }
    serde_json::from_str(text)
}

/// Reads text, also where the vendor writes a number or a boolean.
pub(crate) fn any_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let json = Option::<OtherJson>::deserialize(deserializer)?;
    let is_scalar = |json: &OtherJson| !json.raw().starts_with(['{', '[']) && json.raw() != "null";
    Ok(json.filter(is_scalar).map(|json| json.get().unwrap_or_else(|| json.raw().to_owned())))
}

/// Reads a whole number, also from text or a fraction of zeros; another number or text reads as absent.
pub(crate) fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    struct WholeNumber;

    impl<'de> Visitor<'de> for WholeNumber {
        type Value = Option<i64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Option<i64>, E> {
            Ok(Some(number))
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Option<i64>, E> {
            Ok(number.try_into().ok())
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<Option<i64>, E> {
            let is_whole = number.fract() == 0.0 && number.abs() < i64::MAX as f64;
            Ok(is_whole.then_some(number as i64))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Option<i64>, E> {
            Ok(text.trim().parse().ok())
        }

        fn visit_unit<E: Error>(self) -> Result<Option<i64>, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(WholeNumber)
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
            (json!(null), None),
        ] {
            assert_eq!(whole_number(json.clone()).unwrap(), number, "{json}");
        }
        for wrong in [json!([17]), json!({}), json!(true)] {
            assert!(whole_number(wrong).is_err());
        }
    }
}
