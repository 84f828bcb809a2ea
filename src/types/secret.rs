use crate::types::{Patch, deserialize_text};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;

/// A key, token, password or form value: never printed, wiped from memory when dropped.
///
/// `Debug` prints `[REDACTED]`; there is no `Display` and no `Serialize`. Read it with
/// [`expose_secret`](Self::expose_secret) at the one place that needs it.
///
/// ```
/// let token = connectory::Secret::from("s3cret");
/// assert_eq!(format!("{token:?}"), "[REDACTED]");
/// assert_eq!(token.expose_secret(), "s3cret");
/// ```
#[derive(Clone, Default)]
pub struct Secret(SecretString);

impl Secret {
    /// The text itself. Keep it out of logs.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(SecretString::from(text))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

impl From<&String> for Secret {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&Secret> for Secret {
    fn from(secret: &Secret) -> Self {
        secret.clone()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// What may hold a secret in a request body.
pub(crate) trait Exposed {
    fn exposed(&self) -> Option<&str>;
}

impl Exposed for Secret {
    fn exposed(&self) -> Option<&str> {
        Some(self.expose_secret())
    }
}

impl Exposed for Option<Secret> {
    fn exposed(&self) -> Option<&str> {
        self.as_ref().map(Secret::expose_secret)
    }
}

impl Exposed for Patch<Secret> {
    fn exposed(&self) -> Option<&str> {
        self.value().map(Secret::expose_secret)
    }
}

/// Writes a secret into a request body. Secrets have no `Serialize` so that nothing else can.
pub(crate) fn write_secret<S: Serializer>(secret: &impl Exposed, serializer: S) -> Result<S::Ok, S::Error> {
    secret.exposed().serialize(serializer)
}

/// Reads a secret that may be any JSON: a string as it is, anything else as its JSON text.
pub(crate) fn read_any_secret<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Secret>, D::Error> {
    Ok(match Option::<Value>::deserialize(deserializer)? {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.into()),
        Some(other) => Some(other.to_string().into()),
    })
}

/// A link that carries a secret and is made to be handed on.
///
/// It serialises, and is never printed: `Debug` prints `[REDACTED]`; read the link with
/// [`expose_secret`](Self::expose_secret).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretUrl(Box<str>);

impl SecretUrl {
    /// The link itself. Send it to the person it is for; keep it out of logs.
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

impl From<&str> for SecretUrl {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Serialize for SecretUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SecretUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer)
    }
}
