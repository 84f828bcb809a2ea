//! Tokens in the form of a JWT. Their signature is chance: nobody verifies it but the sandbox.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) fn sign(claims: &Value, signature: Uuid) -> String {
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let signature = BASE64_URL_SAFE_NO_PAD.encode(signature.as_bytes());
    format!("{}.{}.{signature}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(claims))
}

/// The claims of a token that has this signature.
#[cfg(feature = "apideck")]
pub(super) fn read<T: serde::de::DeserializeOwned>(token: &str, signature: Uuid) -> Option<T> {
    let (head, signed) = token.rsplit_once('.')?;
    let (_, claims) = head.split_once('.')?;
    let is_signed = BASE64_URL_SAFE_NO_PAD.decode(signed).is_ok_and(|signed| signed == signature.as_bytes());
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).ok().filter(|_| is_signed)?;
    serde_json::from_slice(&claims).ok()
}
