use crate::OtherJson;
use crate::types::{Patch, deserialize_text};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
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
    let json = Option::<OtherJson>::deserialize(deserializer)?;
    Ok(json.filter(|json| json.raw() != "null").map(|json| json.get().unwrap_or_else(|| json.raw().into())))
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json, to_string, to_value};

    #[derive(Debug, Serialize)]
    struct Body {
        #[serde(serialize_with = "write_secret")]
        secret: Secret,
        #[serde(serialize_with = "write_secret")]
        option: Option<Secret>,
        #[serde(serialize_with = "write_secret")]
        patch: Patch<Secret>,
    }

    #[test]
    fn secrets_are_written_where_asked_and_never_shown() {
        let full = Body { secret: "a1b2".into(), option: Some("c3d4".into()), patch: "e5f6".into() };
        let expected = json!({ "secret": "a1b2", "option": "c3d4", "patch": "e5f6" });
        assert_eq!(to_value(&full).unwrap(), expected);
        let shown = format!("{full:?} {full:#?}");
        assert_eq!(shown.matches("[REDACTED]").count(), 6);
        for secret in ["a1b2", "c3d4", "e5f6"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        let empty = Body { secret: "".into(), option: None, patch: Patch::Clear };
        assert_eq!(to_value(&empty).unwrap(), json!({ "secret": "", "option": null, "patch": null }));
    }

    #[test]
    fn a_secret_keeps_its_text() {
        let secret: Secret = from_value(json!("s3\u{0}cret é")).unwrap();
        assert_eq!(secret.expose_secret(), "s3\u{0}cret é");
        let owned = String::from("s3cret");
        for secret in [Secret::from(&owned), Secret::from(&Secret::from("s3cret")), Secret::from(owned)] {
            assert_eq!(secret.clone().expose_secret(), "s3cret");
        }
        assert_eq!(Secret::default().expose_secret(), "");
        assert!(from_value::<Secret>(json!(17)).is_err());
    }

    #[test]
    fn r22_the_text_of_a_secret_is_wiped_when_it_is_dropped() {
        fn is_wiped(_: &impl secrecy::zeroize::ZeroizeOnDrop) {}
        let Secret(text) = Secret::from("s3cret");
        is_wiped(&text);
    }

    #[test]
    fn any_json_can_be_a_secret() {
        let rows = [
            (json!(null), None),
            (json!("text"), Some("text")),
            (json!(""), Some("")),
            (json!(17), Some("17")),
            (json!(false), Some("false")),
            (json!([1, "a"]), Some(r#"[1,"a"]"#)),
            (json!({ "a": null }), Some(r#"{"a":null}"#)),
        ];
        for (json, expected) in rows {
            let secret = read_any_secret(json).unwrap();
            assert_eq!(secret.as_ref().map(Secret::expose_secret), expected);
        }
    }

    #[test]
    fn a_secret_url_is_handed_on_and_never_shown() {
        let url: SecretUrl = from_value(json!("https://example.com/?state=s3cret")).unwrap();
        assert_eq!(url, SecretUrl::from("https://example.com/?state=s3cret"));
        assert_eq!(url.expose_secret(), "https://example.com/?state=s3cret");
        assert_eq!(to_string(&url).unwrap(), r#""https://example.com/?state=s3cret""#);
        assert_eq!(format!("{url:?} {:#?}", Some(&url)), "[REDACTED] Some(\n    [REDACTED],\n)");
    }
}
