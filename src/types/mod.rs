//! The types that the vendors' models share.

mod id;
mod json;
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
pub(crate) use open_enum::{deserialize_text, open_enum, text_conversions};
pub(crate) use secret::read_any_secret;
pub(crate) use secret::write_secret;
pub(crate) use setters::setters;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// Reads `null` as the default: lists that the vendor leaves out or nulls are empty.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a value of the wrong type as absent: in an error body the other members matter more.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(T::deserialize(Value::deserialize(deserializer)?).ok())
}
