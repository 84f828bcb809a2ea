//! The types that the vendors' models share.

mod id;
mod json;
mod json_strings;
mod list;
mod open_enum;
mod patch;
mod secret;
mod setters;
mod timestamp;
mod unread;

pub use json::{JsonMap, OtherJson};
pub use open_enum::UnknownValue;
pub use patch::Patch;
pub use secret::{Secret, SecretUrl};
#[cfg(feature = "jiff")]
pub use timestamp::Moment;
pub use timestamp::{Timestamp, UnixMillis};
pub use unread::Unread;

pub(crate) use id::id;
#[cfg(test)]
pub(crate) use json::tests::any_json;
pub(crate) use json_strings::mended_strings;
pub(crate) use list::{List, list};
pub(crate) use open_enum::{deserialize_text, open_enum, text_conversions};
pub(crate) use secret::{read_any_secret, with_secrets, write_secret};
pub(crate) use setters::setters;
pub(crate) use unread::{TellsUnread, tells_unread};

use serde::de::{Deserializer, Error, Visitor};
use std::fmt;

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
