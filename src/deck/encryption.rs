use crate::engine::{BodyCipher, Decoding, Sealed};
use crate::operation::{Auth, Operation};
use crate::types::from_object;
use crate::{Error, Secret};
use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use bytes::Bytes;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeMap;

/// What of a request travels encrypted, with AES-256-GCM; answers are decrypted either way.
///
/// Source: <https://docs.deck.co/guides/encryption>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encrypt {
    /// The `input` of jobs.
    JobInput,
    /// Every body of a call that carries the client's credentials.
    Bodies,
}

/// A team's key, ready for use.
pub(crate) struct Cipher {
    key: LessSafeKey,
    encrypt: Encrypt,
}

/// A body as Deck encrypts it.
#[derive(Serialize)]
struct EncryptedBody {
    encrypted_payload: String,
    encryption_version: &'static str,
}

/// What has to be known of an encrypted answer.
#[derive(Deserialize)]
struct EncryptedAnswer {
    encrypted_payload: String,
}

impl Cipher {
    /// `key` is the dashboard's: 32 bytes in base64.
    pub(crate) fn new(key: &Secret, encrypt: Encrypt) -> Result<Self, Error> {
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(key.expose_secret().trim()).unwrap_or_default());
        match UnboundKey::new(&AES_256_GCM, &bytes) {
            Ok(key) => Ok(Self { key: LessSafeKey::new(key), encrypt }),
            Err(_) => Err(Error::config("Deck's encryption key is not 32 bytes in base64")),
        }
    }

    /// Nonce, ciphertext and tag, in base64.
    fn encrypt(&self, plain: &[u8], nonce: [u8; NONCE_LEN]) -> Option<String> {
        let mut text = plain.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
            .ok()?;
        Some(BASE64_STANDARD.encode([&nonce[..], &text].concat()))
    }

    /// What was encrypted to this text.
    pub(crate) fn decrypt(&self, payload: &str) -> Option<Vec<u8>> {
        let bytes = LENIENT.decode(standard(payload)).ok()?;
        let (nonce, text) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut text = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self.key.open_in_place(nonce, Aad::empty(), &mut text).ok()?.len();
        text.truncate(plain);
        Some(text)
    }

    /// A body as it travels encrypted, as a whole.
    #[cfg(any(feature = "sandbox", test, fuzzing))]
    pub(crate) fn seal_whole(&self, body: &[u8]) -> Option<Bytes> {
        self.seal_body(body, fresh_nonce()?)
    }

    fn seal_input(&self, body: &[u8], nonce: [u8; NONCE_LEN]) -> Option<Bytes> {
        // Raw, because a number that is read and written again may be another one.
        let mut request: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(body).ok()?;
        let input = self.encrypt(request.get("input")?.get().as_bytes(), nonce)?;
        request.insert("input".to_owned(), to_raw_value(&input).ok()?);
        serde_json::to_vec(&request).ok().map(Bytes::from)
    }

    fn seal_body(&self, body: &[u8], nonce: [u8; NONCE_LEN]) -> Option<Bytes> {
        let encrypted_payload = self.encrypt(body, nonce)?;
        let body = EncryptedBody { encrypted_payload, encryption_version: "1.0" };
        serde_json::to_vec(&body).ok().map(Bytes::from)
    }
}

/// Base64 however Deck or a gateway may write it: padded or not, its last bits whatever they are.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The payload in the standard alphabet, without line breaks. GCM tells whether the bytes are right.
fn standard(payload: &str) -> Vec<u8> {
    let letters = payload.trim_start_matches('\u{feff}').bytes().filter(|byte| !byte.is_ascii_whitespace());
    let standard = |letter| match letter {
        b'-' => b'+',
        b'_' => b'/',
        letter => letter,
    };
    letters.map(standard).collect()
}

fn fresh_nonce() -> Option<[u8; NONCE_LEN]> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).ok()?;
    Some(nonce)
}

impl BodyCipher for Cipher {
    fn seal(&self, operation: &Operation, body: Bytes) -> Option<Sealed> {
        let nonce = fresh_nonce()?;
        match self.encrypt {
            Encrypt::JobInput if operation.id() == super::jobs::SUBMIT.id() => {
                Some(Sealed { body: self.seal_input(&body, nonce)?, content_type: "application/json" })
            }
            // Browsers, for whom the link calls are made, have no key.
            Encrypt::Bodies if operation.auth() == Auth::Credentials => Some(Sealed {
                body: self.seal_body(&body, nonce)?,
                content_type: "application/json+encrypted",
            }),
            Encrypt::JobInput | Encrypt::Bodies => Some(Sealed { body, content_type: "application/json" }),
        }
    }

    fn open(&self, body: &Bytes) -> Option<Bytes> {
        let body = Decoding::new(body.clone(), body.len().saturating_mul(6), 0)
            .now(from_object::<EncryptedAnswer>)?;
        self.decrypt(&body.encrypted_payload).map(Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Key bytes 00 to 1f, nonce bytes 00 to 0b.
    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NONCE: [u8; NONCE_LEN] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const PLAIN: &str = r#"{"job_code":"EnsureConnection","input":{"source_guid":"11115055-46cf-4e49-6ba4-08ddcbf23235","username":"user123","password":"password123"}}"#;
    const PAYLOAD: &str = "AAECAwQFBgcICQoLPCC8dKe6oXTpJLWxk6wWHvak4nefFTEZWxOM6nNLLJBoft6J2+Mo41bXEJj65E1niSwJ6XjsgesOphssKNbAw8QKpRz+5UNVJXmcDI67I9gA7q0BFAVhW8/Oq+5U0sz+roo3h8kk6iC8aU3XOkQTTJhLQNuCtlbtIo0z77jEHm/IIXepxrP6YTvDNdyNOBBDMzWOSs4vCnBxyvHA";

    fn cipher(encrypt: Encrypt) -> Cipher {
        Cipher::new(&KEY.into(), encrypt).unwrap()
    }

    #[test]
    fn the_known_vector_holds_both_ways() {
        let cipher = cipher(Encrypt::Bodies);
        assert_eq!(cipher.encrypt(PLAIN.as_bytes(), NONCE).unwrap(), PAYLOAD);
        assert_eq!(cipher.decrypt(PAYLOAD).unwrap(), PLAIN.as_bytes());
        let sealed: Value =
            serde_json::from_slice(&cipher.seal_body(PLAIN.as_bytes(), NONCE).unwrap()).unwrap();
        assert_eq!(sealed, json!({ "encrypted_payload": PAYLOAD, "encryption_version": "1.0" }));
    }

    #[test]
    fn job_input_alone_becomes_one_string() {
        let cipher = cipher(Encrypt::JobInput);
        let sealed: Value =
            serde_json::from_slice(&cipher.seal_input(PLAIN.as_bytes(), NONCE).unwrap()).unwrap();
        assert_eq!(sealed["job_code"], "EnsureConnection");
        let input = cipher.decrypt(sealed["input"].as_str().unwrap()).unwrap();
        let plain: Value = serde_json::from_str(PLAIN).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&input).unwrap(), plain["input"]);
    }

    #[test]
    fn job_input_travels_as_it_was_written() {
        let cipher = cipher(Encrypt::JobInput);
        let input = r#"{"account":123456789012345678901234567890,"rate":-6.860846860398661e217}"#;
        let body = format!(r#"{{"input":{input},"job_code":"Any"}}"#);
        let sealed: Value =
            serde_json::from_slice(&cipher.seal_input(body.as_bytes(), NONCE).unwrap()).unwrap();
        assert_eq!(cipher.decrypt(sealed["input"].as_str().unwrap()).unwrap(), input.as_bytes());
    }

    #[test]
    fn an_answer_opens_however_its_base64_and_its_json_are_written() {
        let cipher = cipher(Encrypt::Bodies);
        let url_alphabet = PAYLOAD.replace('+', "-").replace('/', "_");
        let broken =
            PAYLOAD.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect::<Vec<_>>();
        for payload in [
            PAYLOAD.to_owned(),
            url_alphabet.trim_end_matches('=').to_owned(),
            broken.join("\\r\\n") + "\\n",
            format!("\\ufeff{PAYLOAD}"),
        ] {
            for body in [
                format!(r#"{{"encrypted_payload":"{payload}"}}"#),
                format!("\u{feff}{{\"encrypted_payload\":\"{payload}\",\"encryption_version\":1}}"),
                format!(r#"{{"encrypted_payload":"x","encrypted_payload":"{payload}"}}"#),
            ] {
                assert_eq!(cipher.open(&body.clone().into()).as_deref(), Some(PLAIN.as_bytes()), "{body}");
            }
        }
    }

    #[test]
    fn what_was_tampered_with_does_not_open() {
        let cipher = cipher(Encrypt::Bodies);
        let mut bytes = BASE64_STANDARD.decode(PAYLOAD).unwrap();
        for index in 0..bytes.len() {
            bytes[index] ^= 1;
            assert_eq!(cipher.decrypt(&BASE64_STANDARD.encode(&bytes)), None, "byte {index}");
            bytes[index] ^= 1;
        }
        for short in [0, 5, NONCE_LEN, NONCE_LEN + 15] {
            assert_eq!(cipher.decrypt(&BASE64_STANDARD.encode(&bytes[..short])), None);
        }
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        for key in
            ["", "AAECAwQFBgcICQoLDA0ODw==", "not base64", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ=="]
        {
            assert!(matches!(Cipher::new(&key.into(), Encrypt::Bodies), Err(Error::Config(_))), "{key}");
        }
    }
}
