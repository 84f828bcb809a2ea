//! Standard Webhooks, which Codat and Deck v2 sign by: `webhook-*` headers, or `svix-*` ones.
//!
//! Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use super::signature::Key;
#[cfg(any(test, fuzzing, feature = "sandbox"))]
use super::signature::to_base64;
use crate::{Error, Secret};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::zeroize::Zeroizing;

/// The key in a secret: what stands in base64 behind `whsec_`, which may be left out.
pub(crate) fn key(secret: &Secret, vendor: &str) -> Result<Key, Error> {
    let text = secret.expose_secret();
    let bytes = BASE64_STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text));
    match bytes.map(Zeroizing::new) {
        Ok(bytes) if !bytes.is_empty() => Ok(Key::new(&bytes)),
        _ => Err(Error::config(format!("{vendor}'s webhook secret is not `whsec_` and base64"))),
    }
}

/// The headers that a delivery is signed with.
#[cfg(any(test, fuzzing, feature = "sandbox"))]
pub(crate) fn sign(key: &Key, id: &str, unix_seconds: i64, body: &[u8]) -> Vec<(&'static str, String)> {
    let seconds = unix_seconds.to_string();
    let tag = key.sign(&[id.as_bytes(), b".", seconds.as_bytes(), b".", body]);
    vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", seconds),
        ("webhook-signature", format!("v1,{}", to_base64(tag))),
    ]
}
