use crate::types::{JsonMap, OtherJson, Patch, deserialize_text};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{cell::Cell, collections::BTreeMap, convert::Infallible, fmt, hint::black_box, str::FromStr};

/// What stands where a secret is.
const REDACTED: &str = "[REDACTED]";

/// A key, token, password or form value: never printed, wiped from memory when dropped.
///
/// `Debug` prints `[REDACTED]`; there is no `Display` and no `Serialize`. A request that holds one serialises as
/// `[REDACTED]` in its place, unless it is the client that sends it; an answer serialises without it. Two are compared in
/// a time that tells their lengths and nothing else. Read the text with [`expose_secret`](Self::expose_secret) at the one
/// place that needs it.
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
        f.write_str(REDACTED)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.expose_secret().as_bytes(), other.expose_secret().as_bytes());
        // Each byte is looked at, and the compiler is kept from seeing that the first one which differs decides.
        let differing = one.iter().zip(other).fold(0, |seen, (one, other)| black_box(seen | (one ^ other)));
        one.len() == other.len() && differing == 0
    }
}

impl Eq for Secret {}

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

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

thread_local! {
    /// Whether the client is writing a request on this thread.
    static IS_CLIENT: Cell<bool> = const { Cell::new(false) };
}

/// Serialises a request for the client: secrets are written as they are.
pub(crate) fn with_secrets<T>(serialise: impl FnOnce() -> T) -> T {
    /// Puts back what was there, also when a caller's `Serialize` panics.
    struct Restore(bool);

    impl Drop for Restore {
        fn drop(&mut self) {
            IS_CLIENT.set(self.0);
        }
    }

    let _restore = Restore(IS_CLIENT.replace(true));
    serialise()
}

/// Writes what is secret in a request: as it is for the client, `[REDACTED]` for anybody else.
pub(crate) fn write_secret<S: Serializer>(
    secret: &impl WriteSecret,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.write(IS_CLIENT.get(), serializer)
}

/// What is secret in a request.
pub(crate) trait WriteSecret {
    fn write<S: Serializer>(&self, exposed: bool, serializer: S) -> Result<S::Ok, S::Error>;
}

impl WriteSecret for Secret {
    fn write<S: Serializer>(&self, exposed: bool, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if exposed { self.expose_secret() } else { REDACTED })
    }
}

impl WriteSecret for OtherJson {
    fn write<S: Serializer>(&self, exposed: bool, serializer: S) -> Result<S::Ok, S::Error> {
        if exposed { self.serialize(serializer) } else { serializer.serialize_str(REDACTED) }
    }
}

/// The names of the members are no secret.
impl WriteSecret for JsonMap {
    fn write<S: Serializer>(&self, exposed: bool, serializer: S) -> Result<S::Ok, S::Error> {
        if exposed {
            return self.serialize(serializer);
        }
        serializer.collect_map(self.iter().map(|(name, _)| (name, REDACTED)))
    }
}

/// Nor are they here.
impl WriteSecret for BTreeMap<String, Secret> {
    fn write<S: Serializer>(&self, exposed: bool, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |secret| if exposed { Secret::expose_secret(secret) } else { REDACTED };
        serializer.collect_map(self.iter().map(|(name, secret)| (name, text(secret))))
    }
}

impl<T: WriteSecret> WriteSecret for Option<T> {
    fn write<S: Serializer>(&self, exposed: bool, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(secret) => secret.write(exposed, serializer),
            None => serializer.serialize_none(),
        }
    }
}

impl<T: WriteSecret> WriteSecret for Patch<T> {
    fn write<S: Serializer>(&self, exposed: bool, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value() {
            Some(secret) => secret.write(exposed, serializer),
            None => serializer.serialize_none(),
        }
    }
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
        f.write_str(REDACTED)
    }
}

impl From<&str> for SecretUrl {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for SecretUrl {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl FromStr for SecretUrl {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
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
    use proptest::prelude::*;
    use serde_json::{Value, from_value, json, to_string, to_value};

    #[derive(Debug, Serialize)]
    struct Body {
        #[serde(serialize_with = "write_secret")]
        secret: Secret,
        #[serde(serialize_with = "write_secret")]
        option: Option<Secret>,
        #[serde(serialize_with = "write_secret")]
        patch: Patch<Secret>,
        #[serde(serialize_with = "write_secret")]
        settings: Patch<JsonMap>,
        #[serde(serialize_with = "write_secret")]
        answers: BTreeMap<String, Secret>,
        #[serde(flatten, serialize_with = "write_secret")]
        more: JsonMap,
    }

    fn bodies() -> [(Body, Value, Value); 2] {
        let settings = || JsonMap::new().with("key", "g7h8").with("pin", 4711);
        let full = Body {
            secret: "a1b2".into(),
            option: Some("c3d4".into()),
            patch: "e5f6".into(),
            settings: settings().into(),
            answers: BTreeMap::from([("code".to_owned(), "i9j0".into())]),
            more: settings(),
        };
        let sent = json!({
            "secret": "a1b2", "option": "c3d4", "patch": "e5f6", "settings": { "key": "g7h8", "pin": 4711 },
            "answers": { "code": "i9j0" }, "key": "g7h8", "pin": 4711,
        });
        let hidden = "[REDACTED]";
        let shown = json!({
            "secret": hidden, "option": hidden, "patch": hidden, "settings": { "key": hidden, "pin": hidden },
            "answers": { "code": hidden }, "key": hidden, "pin": hidden,
        });
        let empty = Body {
            secret: "".into(),
            option: None,
            patch: Patch::Clear,
            settings: Patch::Clear,
            answers: BTreeMap::new(),
            more: JsonMap::new(),
        };
        let nothing = |secret: &str| json!({ "secret": secret, "option": null, "patch": null, "settings": null, "answers": {} });
        [(full, sent, shown), (empty, nothing(""), nothing(hidden))]
    }

    #[test]
    fn r20_only_the_client_writes_secrets_and_nobody_prints_them() {
        for (body, sent, shown) in bodies() {
            assert_eq!(to_value(&body).unwrap(), shown);
            assert_eq!(with_secrets(|| to_value(&body)).unwrap(), sent);
            assert_eq!(to_value(&body).unwrap(), shown, "it is over");
            let printed = format!("{body:?} {body:#?}");
            for secret in ["a1b2", "c3d4", "e5f6", "g7h8", "4711", "i9j0"] {
                assert!(!printed.contains(secret), "{printed}");
            }
        }
        let printed = format!("{:?} {:#?}", bodies()[0].0, bodies()[0].0);
        assert_eq!(printed.matches("[REDACTED]").count(), 8);
    }

    #[test]
    fn r20_the_client_stops_writing_secrets_however_it_ends() {
        let [(body, sent, shown), _] = bodies();
        with_secrets(|| {
            with_secrets(|| assert_eq!(to_value(&body).unwrap(), sent));
            assert_eq!(to_value(&body).unwrap(), sent, "the outer one still writes");
            let panicked = std::panic::catch_unwind(|| with_secrets(|| panic!("half-way")));
            assert!(panicked.is_err());
            assert_eq!(to_value(&body).unwrap(), sent, "the outer one still writes");
            std::thread::scope(|scope| {
                scope.spawn(|| assert_eq!(to_value(&body).unwrap(), shown, "another thread does not"));
            });
        });
        let panicked = std::panic::catch_unwind(|| with_secrets(|| panic!("half-way")));
        assert!(panicked.is_err());
        assert_eq!(to_value(&body).unwrap(), shown);
    }

    #[test]
    fn a_secret_keeps_its_text() {
        let secret: Secret = from_value(json!("s3\u{0}cret é")).unwrap();
        assert_eq!(secret.expose_secret(), "s3\u{0}cret é");
        let owned = String::from("s3cret");
        let parsed: Secret = owned.parse().unwrap();
        for secret in
            [Secret::from(&owned), Secret::from(&Secret::from("s3cret")), Secret::from(owned), parsed]
        {
            assert_eq!(secret.clone().expose_secret(), "s3cret");
        }
        assert_eq!(Secret::default().expose_secret(), "");
        assert!(from_value::<Secret>(json!(17)).is_err());
    }

    proptest! {
        #[test]
        fn secrets_are_equal_when_their_texts_are(one: String, other: String) {
            prop_assert_eq!(Secret::from(&one) == Secret::from(&other), one == other);
            prop_assert_eq!(Secret::from(&one), Secret::from(&one));
            let longer = one.clone() + "\0";
            prop_assert_ne!(Secret::from(longer), Secret::from(one));
        }
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
