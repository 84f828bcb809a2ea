//! What Deck v2 delivers to your webhook.

use crate::events::standard_webhooks;
use crate::{Error, Secret};

/// The headers that Deck v2 signs a delivery with.
///
/// The secret is `whsec_…`; a secret of another form is an error. `unix_seconds` is when it is sent.
#[cfg(any(test, fuzzing, feature = "sandbox"))]
pub(crate) fn sign(
    secret: &Secret,
    id: &str,
    unix_seconds: i64,
    body: &[u8],
) -> Result<Vec<(&'static str, String)>, Error> {
    Ok(standard_webhooks::sign(&standard_webhooks::key(secret, "Deck v2")?, id, unix_seconds, body))
}
