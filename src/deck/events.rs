//! What Deck delivers to your webhook.

use crate::events::signature::Key;
#[cfg(any(test, fuzzing, feature = "sandbox"))]
use crate::events::signature::to_base64;
use crate::{Error, Secret};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::zeroize::Zeroizing;

/// The key in a secret: base64.
fn key(secret: &Secret) -> Result<Key, Error> {
    match BASE64_STANDARD.decode(secret.expose_secret()).map(Zeroizing::new) {
        Ok(bytes) if !bytes.is_empty() => Ok(Key::new(&bytes)),
        _ => Err(Error::config("Deck's HMAC key is not base64")),
    }
}

/// The header that Deck signs a delivery with. An encrypted body is signed as it travels.
#[cfg(any(test, fuzzing, feature = "sandbox"))]
pub(crate) fn sign(secret: &Secret, body: &[u8]) -> Result<Vec<(&'static str, String)>, Error> {
    Ok(vec![("x-signature", to_base64(key(secret)?.sign(&[body])))])
}
