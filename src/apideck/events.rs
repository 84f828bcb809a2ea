//! What Apideck delivers to your webhook.

use crate::engine::visible;
use crate::events::signature::Key;
#[cfg(any(test, fuzzing, feature = "sandbox"))]
use crate::events::signature::to_hex;
use crate::{Error, Secret};

/// The key in a secret: the application's API key as it is.
fn key(secret: &Secret) -> Result<Key, Error> {
    let text = secret.expose_secret();
    match visible(text) {
        Ok(_) => Ok(Key::new(text.as_bytes())),
        Err(why) => Err(Error::config(format!("Apideck's API key {why}"))),
    }
}

/// The header that Apideck signs a delivery with.
///
/// Apideck adds `x-apideck-event-type` and `x-apideck-idempotency-key`, which are not signed.
#[cfg(any(test, fuzzing, feature = "sandbox"))]
pub(crate) fn sign(secret: &Secret, body: &[u8]) -> Result<Vec<(&'static str, String)>, Error> {
    Ok(vec![("x-apideck-signature", to_hex(key(secret)?.sign(&[body])))])
}
