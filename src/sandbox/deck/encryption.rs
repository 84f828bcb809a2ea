//! Bodies that travel encrypted: opened before Deck sees them, and answered in kind.

use super::State;
use crate::deck::encryption::Cipher;
use crate::deck::{Config, Encrypt};
use crate::engine::BodyCipher;
use crate::sandbox::exchange::{Asked, Reply, Seal};
use crate::{Error, Secret};
use bytes::Bytes;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The key that Deck and its client share.
pub(in crate::sandbox) struct Encryption {
    key: Secret,
    encrypt: Encrypt,
    cipher: Arc<Cipher>,
}

impl Encryption {
    pub(in crate::sandbox) fn new(key: Secret, encrypt: Encrypt) -> Result<Self, Error> {
        let cipher = Arc::new(Cipher::new(&key, encrypt)?);
        Ok(Self { key, encrypt, cipher })
    }

    /// Encrypts what goes out, unless inputs of jobs alone are encrypted.
    pub(super) fn seal(&self) -> Option<Seal> {
        let cipher = self.cipher.clone();
        match self.encrypt {
            Encrypt::JobInput => None,
            Encrypt::Bodies => Some(Arc::new(move |content| cipher.seal_whole(content))),
        }
    }

    pub(super) fn configure(&self, config: Config) -> Config {
        config.encryption_key(&self.key, self.encrypt)
    }

    /// The `input` of a job, if it is encrypted alone.
    fn open_input(&self, body: &[u8]) -> Option<Vec<u8>> {
        let mut request: Map<String, Value> = serde_json::from_slice(body).ok()?;
        let input = self.cipher.decrypt(request.get("input")?.as_str()?)?;
        request.insert("input".to_owned(), serde_json::from_slice(&input).ok()?);
        serde_json::to_vec(&request).ok()
    }
}

impl State {
    pub(in crate::sandbox) fn encrypt(&mut self, encryption: Encryption) {
        self.events.seal = encryption.seal();
        self.encryption = Some(encryption);
    }

    /// What cannot be opened is passed on as it came, and refused for what it is then.
    pub(in crate::sandbox) fn answer(&mut self, asked: &Asked<'_>) -> Reply {
        let Some(encryption) = &self.encryption else { return self.answer_plain(asked) };
        if !asked.header("content-type").starts_with("application/json+encrypted") {
            let opened = encryption.open_input(asked.body);
            let body = opened.as_deref().unwrap_or(asked.body);
            return self.answer_plain(&Asked { body, ..asked.clone() });
        }
        let cipher = encryption.cipher.clone();
        let opened = cipher.open(&Bytes::copy_from_slice(asked.body));
        let body = opened.as_deref().unwrap_or(asked.body);
        let reply = self.answer_plain(&Asked { body, ..asked.clone() });
        reply.sealed(Arc::new(move |content| cipher.seal_whole(content)))
    }
}
