//! HMAC-SHA256 as the vendors sign with it. How each writes it is in its own `events` module, in `sign` and `Verifier`.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ring::digest::SHA256;
use ring::hmac::{Context, HMAC_SHA256, Key as HmacKey, Tag, sign, verify};

/// The bytes of a signature.
pub(crate) type Signature = [u8; 32];

/// A key that signs, ready for use.
#[derive(Clone, Debug)]
pub(crate) struct Key(HmacKey);

impl Key {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(HmacKey::new(HMAC_SHA256, bytes))
    }

    /// The signature of the parts, one after the other.
    pub(crate) fn sign(&self, message: &[&[u8]]) -> Tag {
        let mut context = Context::with_key(&self.0);
        for part in message {
            context.update(part);
        }
        context.sign()
    }

    /// The same as bytes that another one can be compared with.
    pub(crate) fn signature(&self, message: &[&[u8]]) -> Signature {
        let mut signature = Signature::default();
        signature.iter_mut().zip(self.sign(message).as_ref()).for_each(|(byte, signed)| *byte = *signed);
        signature
    }

    /// Whether the two are equal. ring compares in constant time what is signed, so both are signed once more.
    fn is_equal(&self, tag: &Tag, signature: &Signature) -> bool {
        verify(&self.0, tag.as_ref(), sign(&self.0, signature).as_ref()).is_ok()
    }
}

/// Which of the messages has one of these signatures, by one of these keys.
///
/// All keys are tried with all messages and all signatures, so that the time it takes tells nothing of which one fits.
pub(crate) fn signed(keys: &[Key], messages: &[&[&[u8]]], signatures: &[Signature]) -> Option<usize> {
    let mut fitting = None;
    for key in keys {
        for (index, message) in messages.iter().enumerate() {
            let tag = key.sign(message);
            let fits = signatures.iter().fold(false, |fits, signature| fits | key.is_equal(&tag, signature));
            fitting = if fits { fitting.or(Some(index)) } else { fitting };
        }
    }
    fitting
}

/// Reads a signature in base64: padded, without spare bits, nothing around it.
pub(crate) fn from_base64(text: &str) -> Option<Signature> {
    BASE64_STANDARD.decode(text).ok()?.try_into().ok()
}

/// Reads a signature in lower-case hex, nothing around it.
pub(crate) fn from_hex(text: &str) -> Option<Signature> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let bytes: Option<Vec<u8>> =
        pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    bytes?.try_into().ok()
}

/// What a body is known by that has no id: its SHA-256 in lower-case hex.
pub(crate) fn digest(body: &[u8]) -> String {
    to_hex(ring::digest::digest(&SHA256, body))
}

/// Writes a signature in lower-case hex.
pub(crate) fn to_hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a signature in base64.
#[cfg(any(test, fuzzing, feature = "sandbox"))]
pub(crate) fn to_base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(bytes)
}
