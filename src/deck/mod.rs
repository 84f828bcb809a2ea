//! Deck, API v1: connections to customers' accounts at portals without an API.
//!
//! Source: <https://docs.deck.co>.

pub mod connections;
pub mod documents;
#[cfg(feature = "deck-encryption")]
pub(crate) mod encryption;
mod error;
#[cfg(feature = "events")]
#[cfg_attr(docsrs, doc(cfg(feature = "events")))]
pub mod events;
pub mod jobs;
pub mod link;

#[cfg(feature = "deck-encryption")]
#[cfg_attr(docsrs, doc(cfg(feature = "deck-encryption")))]
pub use encryption::Encrypt;
pub use error::{AlreadyRunningJob, ErrorBody, ErrorCategory, ErrorCode};

use crate::call::RequestBuilder;
use crate::engine::{BaseUrl, BodyCipher, Endpoint, Engine, GivenUrl, Keeps, KeyStore, sensitive};
use crate::env::Variables;
use crate::operation::Operation;
use crate::types::id;
use crate::{Error, Provider, Secret};
use connections::Connections;
use documents::Documents;
use http::{HeaderMap, HeaderName, Method};
use jobs::Jobs;
use link::Link;
use std::sync::Arc;

pub(crate) const OPERATIONS: &[&[&Operation]] =
    &[link::OPERATIONS, connections::OPERATIONS, jobs::OPERATIONS, documents::OPERATIONS];

id! {
    /// A connection: a UUID.
    pub struct ConnectionId;
    /// A source, which is a portal that Deck connects to: a UUID.
    pub struct SourceId;
    /// An account at a source: a UUID.
    pub struct AccountId;
    /// A job: a UUID.
    pub struct JobId;
    /// A document.
    pub struct DocumentId;
}

/// Where Deck is and who you are there.
#[derive(Clone, Debug)]
pub struct Config {
    client_id: Secret,
    secret: Secret,
    base_url: GivenUrl,
    #[cfg(feature = "deck-encryption")]
    encryption: Option<(Secret, Encrypt)>,
}

impl Config {
    /// Deck's sandbox, with the team's client id and its sandbox secret.
    pub fn sandbox(client_id: impl Into<Secret>, secret: impl Into<Secret>) -> Self {
        Self::at("https://sandbox.deck.co/api/v1", client_id, secret)
    }

    /// Deck's live environment, with the team's client id and its live secret.
    pub fn live(client_id: impl Into<Secret>, secret: impl Into<Secret>) -> Self {
        Self::at("https://live.deck.co/api/v1", client_id, secret)
    }

    /// Another server that speaks Deck's API, such as one for tests.
    pub fn at(base_url: impl Into<String>, client_id: impl Into<Secret>, secret: impl Into<Secret>) -> Self {
        Self {
            client_id: client_id.into(),
            secret: secret.into(),
            base_url: base_url.into().into(),
            #[cfg(feature = "deck-encryption")]
            encryption: None,
        }
    }

    /// Replaces the base URL. A path prefix is kept.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into().into();
        self
    }

    /// Encrypts what is sent, and decrypts what comes back encrypted.
    ///
    /// The key is the dashboard's: 32 bytes in base64. Without one an encrypted answer is
    /// [`Error::Decode`] with the category `encrypted`.
    ///
    /// Every call is encrypted anew, so a job that is submitted again under an idempotency key of your own travels as
    /// other bytes. Deck does not say whether it compares what it decrypts or what it receives.
    #[cfg(feature = "deck-encryption")]
    #[cfg_attr(docsrs, doc(cfg(feature = "deck-encryption")))]
    #[must_use]
    pub fn encryption_key(mut self, key: impl Into<Secret>, encrypt: Encrypt) -> Self {
        self.encryption = Some((key.into(), encrypt));
        self
    }

    #[cfg(feature = "deck-encryption")]
    fn cipher(&self) -> Result<Option<Box<dyn BodyCipher>>, Error> {
        let Some((key, encrypt)) = &self.encryption else { return Ok(None) };
        Ok(Some(Box::new(encryption::Cipher::new(key, *encrypt)?)))
    }

    #[cfg(not(feature = "deck-encryption"))]
    fn cipher(&self) -> Result<Option<Box<dyn BodyCipher>>, Error> {
        Ok(None)
    }

    pub(crate) fn from_variables(variables: &Variables<'_>) -> Result<Option<Self>, Error> {
        if !variables.any(&["DECK_CLIENT_ID", "DECK_SECRET", "DECK_ENVIRONMENT", "DECK_BASE_URL"])? {
            return Ok(None);
        }
        let (client_id, secret) = (variables.require("DECK_CLIENT_ID")?, variables.require("DECK_SECRET")?);
        let base_url = variables.get("DECK_BASE_URL")?;
        let environment = match base_url {
            Some(_) => variables.get("DECK_ENVIRONMENT")?,
            None => Some(variables.require("DECK_ENVIRONMENT")?),
        };
        let mut config = match environment.as_deref() {
            None | Some("sandbox") => Self::sandbox(client_id, secret),
            Some("live") => Self::live(client_id, secret),
            Some(_) => {
                return Err(Error::config("the variable DECK_ENVIRONMENT is neither `sandbox` nor `live`"));
            }
        };
        config.base_url = base_url.map_or(config.base_url, GivenUrl::from);
        Ok(Some(config))
    }

    pub(crate) fn endpoint(&self) -> Result<Endpoint, Error> {
        let header = |name, what, secret: &Secret| match sensitive(secret.expose_secret()) {
            Ok(value) => Ok((HeaderName::from_static(name), value)),
            Err(why) => Err(Error::config(format!("Deck's {what} {why}"))),
        };
        Ok(Endpoint {
            provider: Provider::Deck,
            base: BaseUrl::parse(Provider::Deck, &self.base_url)?,
            credentials: HeaderMap::from_iter([
                header("x-deck-client-id", "client id", &self.client_id)?,
                header("x-deck-secret", "secret", &self.secret)?,
            ]),
            secrets: vec![self.client_id.clone(), self.secret.clone()],
            reserved: &[],
            keys: Some(KeyStore {
                header: HeaderName::from_static("x-deck-idempotency-key"),
                keeps: Keeps::Everything,
            }),
            read_error: error::read,
            cipher: self.cipher()?,
        })
    }
}

/// Deck's operations, by group.
#[derive(Clone, Debug)]
pub struct Deck {
    engine: Arc<Engine>,
}

impl Deck {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// A call of the API that this crate has no method for.
    ///
    /// `path` is that below the base URL, such as `/documents/{document_id}`. Each `{placeholder}` is filled with
    /// [`path`](RequestBuilder::path); the text with its placeholders goes into spans, and ids do not.
    pub fn request(&self, method: Method, path: &'static str) -> RequestBuilder {
        let begin = |operation| self.engine.call(operation);
        RequestBuilder::new("deck.request", Provider::Deck, &method, path, begin)
    }

    /// A Link session, in which a customer connects an account.
    pub fn link(&self) -> Link {
        Link::new(self.engine.clone())
    }

    /// A customer's connection: its state, its accounts, its token, its webhook.
    pub fn connections(&self) -> Connections {
        Connections::new(self.engine.clone())
    }

    /// Work that Deck does at a source.
    pub fn jobs(&self) -> Jobs {
        Jobs::new(self.engine.clone())
    }

    /// The documents that jobs have fetched.
    pub fn documents(&self) -> Documents {
        Documents::new(self.engine.clone())
    }
}
