//! Tokens in the form of a JWT, which nobody verifies but the sandbox.

#[cfg(any(feature = "apideck", feature = "deck-v2"))]
use super::body::Body;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
#[cfg(any(feature = "apideck", feature = "deck-v2"))]
use serde_json::Map;
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};
use uuid::Uuid;

pub(super) fn sign(claims: &Value, secret: Uuid) -> String {
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(claims));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(signature(&signed, secret));
    format!("{signed}.{signature}")
}

/// The claims of a token that was signed with this secret.
#[cfg(any(feature = "apideck", feature = "deck-v2"))]
pub(super) fn read<T: Body>(token: &str, secret: Uuid) -> Option<T> {
    T::of(claims(token, secret)?).ok()
}

#[cfg(any(feature = "apideck", feature = "deck-v2"))]
fn claims(token: &str, secret: Uuid) -> Option<Map<String, Value>> {
    let (signed, given) = token.rsplit_once('.')?;
    let given = BASE64_URL_SAFE_NO_PAD.decode(given).ok()?;
    let (_, claims) = signed.split_once('.').filter(|_| given == signature(signed, secret))?;
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// Two SipHashes that begin with the secret. An HMAC would need a crate, and no one but tests has to be kept out.
fn signature(signed: &str, secret: Uuid) -> [u8; 16] {
    let half = |number: u8| {
        let mut hasher = DefaultHasher::new();
        (secret.as_bytes(), number, signed).hash(&mut hasher);
        hasher.finish()
    };
    Uuid::from_u64_pair(half(0), half(1)).into_bytes()
}
