//! Deck, API v2: tasks that agents carry out at portals without an API, with your customers' credentials.
//!
//! Deck publishes no whole document of this API. What is only guessed says so where it stands; `docs/deck-v2.md` tells how
//! sure each operation is.
//!
//! Source: <https://docs.deck.co/api/using-the-api>.

pub mod agents;
pub mod credentials;
mod error;
pub mod event_destinations;
pub mod event_log;
#[cfg(feature = "events")]
#[cfg_attr(docsrs, doc(cfg(feature = "events")))]
pub mod events;
mod page;
pub mod session_tokens;
pub mod sessions;
pub mod sources;
pub mod storage;
pub mod task_runs;
pub mod tasks;
pub mod test;

pub use error::{ErrorBody, ErrorCode, ErrorItem, ErrorType};
pub use page::{ListOptions, Page};

use crate::call::RequestBuilder;
use crate::engine::{BaseUrl, Endpoint, Engine, GivenUrl, Keeps, KeyStore, authorization};
use crate::env::Variables;
use crate::operation::Operation;
use crate::types::id;
use crate::{Error, Provider, Secret};
use agents::Agents;
use credentials::Credentials;
use event_destinations::EventDestinations;
use event_log::EventLog;
use http::{HeaderMap, HeaderName, Method, header};
use session_tokens::SessionTokens;
use sessions::Sessions;
use sources::Sources;
use std::sync::Arc;
use storage::Storage;
use task_runs::TaskRuns;
use tasks::Tasks;
use test::Test;

pub(crate) const OPERATIONS: &[&[&Operation]] = &[
    test::OPERATIONS,
    sources::OPERATIONS,
    agents::OPERATIONS,
    tasks::OPERATIONS,
    credentials::OPERATIONS,
    session_tokens::OPERATIONS,
    task_runs::OPERATIONS,
    storage::OPERATIONS,
    sessions::OPERATIONS,
    event_log::OPERATIONS,
    event_destinations::OPERATIONS,
];

id! {
    /// An agent: `agt_`.
    pub struct AgentId;
    /// A source: `src_`.
    pub struct SourceId;
    /// A credential: `cred_`.
    pub struct CredentialId;
    /// A session: `sess_`.
    pub struct SessionId;
    /// A task: `task_`, or an id of your own.
    pub struct TaskId;
    /// A run of a task: `trun_`.
    pub struct TaskRunId;
    /// A file that a run has stored: `stor_`.
    pub struct StorageId;
    /// An event: `evt_`.
    pub struct EventId;
    /// A destination of events: `evtd_`.
    pub struct EventDestinationId;
    /// A token for the Auth Component: `tok_`. It is not the token itself.
    pub struct SessionTokenId;
}

/// Where Deck is and who you are there.
#[derive(Clone, Debug)]
pub struct Config {
    api_key: Secret,
    base_url: GivenUrl,
}

impl Config {
    /// Deck, with an organisation's secret key: `sk_live_…`.
    ///
    /// Deck has no sandbox for v2: every call is live. A key that begins with `Bearer ` is taken as the ready header.
    pub fn new(api_key: impl Into<Secret>) -> Self {
        Self { api_key: api_key.into(), base_url: "https://api.deck.co/v2".to_owned().into() }
    }

    /// Replaces the base URL. A path prefix is kept.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into().into();
        self
    }

    pub(crate) fn from_variables(variables: &Variables<'_>) -> Result<Option<Self>, Error> {
        if !variables.any(&["DECK_V2_API_KEY", "DECK_V2_BASE_URL"])? {
            return Ok(None);
        }
        let mut config = Self::new(variables.require("DECK_V2_API_KEY")?);
        config.base_url = variables.get("DECK_V2_BASE_URL")?.map_or(config.base_url, GivenUrl::from);
        Ok(Some(config))
    }

    pub(crate) fn endpoint(&self) -> Result<Endpoint, Error> {
        let (authorization, secrets) = authorization(&self.api_key, |key| format!("Bearer {key}"))
            .map_err(|why| Error::config(format!("Deck v2's API key {why}")))?;
        Ok(Endpoint {
            provider: Provider::DeckV2,
            base: BaseUrl::parse(Provider::DeckV2, &self.base_url)?,
            credentials: HeaderMap::from_iter([(header::AUTHORIZATION, authorization)]),
            secrets,
            reserved: &[],
            keys: Some(KeyStore {
                header: HeaderName::from_static("idempotency-key"),
                keeps: Keeps::Successes,
            }),
            read_error: error::read,
            cipher: None,
        })
    }
}

/// The operations of Deck's API v2, by group.
#[derive(Clone, Debug)]
pub struct DeckV2 {
    engine: Arc<Engine>,
}

impl DeckV2 {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// A call of the API that this crate has no method for.
    ///
    /// `path` is that below the base URL, such as `/agents/{agent_id}`. Each `{placeholder}` is filled with
    /// [`path`](RequestBuilder::path); the text with its placeholders goes into spans, and ids do not.
    pub fn request(&self, method: Method, path: &'static str) -> RequestBuilder {
        let begin = |operation| self.engine.call(operation);
        RequestBuilder::new("deck_v2.request", Provider::DeckV2, &method, path, begin)
    }

    /// Whether the key works.
    pub fn test(&self) -> Test {
        Test::new(self.engine.clone())
    }

    /// The portals that tasks work at.
    pub fn sources(&self) -> Sources {
        Sources::new(self.engine.clone())
    }

    /// What carries out tasks.
    pub fn agents(&self) -> Agents {
        Agents::new(self.engine.clone())
    }

    /// What agents are to do.
    pub fn tasks(&self) -> Tasks {
        Tasks::new(self.engine.clone())
    }

    /// What customers sign in with at sources.
    pub fn credentials(&self) -> Credentials {
        Credentials::new(self.engine.clone())
    }

    /// Tokens for the Auth Component on your page.
    pub fn session_tokens(&self) -> SessionTokens {
        SessionTokens::new(self.engine.clone())
    }

    /// What tasks do at a source.
    pub fn task_runs(&self) -> TaskRuns {
        TaskRuns::new(self.engine.clone())
    }

    /// The files that runs have stored.
    pub fn storage(&self) -> Storage {
        Storage::new(self.engine.clone())
    }

    /// Where runs work.
    pub fn sessions(&self) -> Sessions {
        Sessions::new(self.engine.clone())
    }

    /// What has happened at Deck in the last 30 days.
    pub fn event_log(&self) -> EventLog {
        EventLog::new(self.engine.clone())
    }

    /// Where Deck sends events.
    pub fn event_destinations(&self) -> EventDestinations {
        EventDestinations::new(self.engine.clone())
    }
}
