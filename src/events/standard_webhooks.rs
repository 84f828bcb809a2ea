//! Standard Webhooks, which Codat and Deck v2 sign by: `webhook-*` headers, or `svix-*` ones.
//!
//! Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

#[cfg(any(test, fuzzing, feature = "sandbox"))]
use super::signature::to_base64;
use super::signature::{Key, from_base64, signed};
use super::{Bounds, EventError, Headers};
use crate::{Error, Secret};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::zeroize::Zeroizing;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The headers of a signed delivery, each by its two names.
pub(crate) const HEADERS: [&str; 6] =
    ["webhook-id", "svix-id", "webhook-timestamp", "svix-timestamp", "webhook-signature", "svix-signature"];

/// What the headers of a verified delivery say.
pub(crate) struct Sent<'a> {
    pub(crate) id: &'a str,
    /// `None` where it is beyond what this machine's clock can tell.
    pub(crate) at: Option<SystemTime>,
}

/// Verifies signature and time.
pub(crate) fn verify<'a>(
    keys: &[Key],
    bounds: &Bounds,
    headers: &'a Headers,
    body: &[u8],
    now: SystemTime,
) -> Result<Sent<'a>, EventError> {
    let id = headers.text(["webhook-id", "svix-id"])?;
    // Dots part what is signed: with one in the id, the same text could be parted in two ways.
    if id.contains('.') {
        return Err(EventError::MalformedHeader("webhook-id"));
    }
    let timestamp = headers.text(["webhook-timestamp", "svix-timestamp"])?;
    let seconds = unix_seconds(timestamp).ok_or(EventError::MalformedHeader("webhook-timestamp"))?;
    let signatures = signatures(headers.text(["webhook-signature", "svix-signature"])?);
    if signatures.is_empty() {
        return Err(EventError::MalformedHeader("webhook-signature"));
    }
    let message: &[&[u8]] = &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    signed(keys, &[message], &signatures).ok_or(EventError::WrongSignature)?;
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let tolerance = bounds.tolerance.as_secs();
    if now.saturating_sub(seconds) > tolerance {
        return Err(EventError::TooOld);
    }
    if seconds.saturating_sub(now) > tolerance {
        return Err(EventError::TooNew);
    }
    Ok(Sent { id, at: UNIX_EPOCH.checked_add(Duration::from_secs(seconds)) })
}

/// Reads digits only: no sign.
fn unix_seconds(text: &str) -> Option<u64> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Those of the version that is signed with a secret, `v1`; the header may hold others beside them.
fn signatures(text: &str) -> Vec<[u8; 32]> {
    text.split(' ').filter_map(|one| from_base64(one.strip_prefix("v1,")?)).collect()
}

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
