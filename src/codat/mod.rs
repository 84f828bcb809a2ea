//! Codat Platform: companies, their connections, and the tokens for Codat's embedded pages.
//!
//! # Errors
//! An operation's own `# Errors` names what is special about it. Any may be refused with these, and [`ErrorBody`] as the
//! body:
//!
//! | Status | Variant | Says |
//! |---|---|---|
//! | 400 | `BadRequest` | the request or its query is not valid; [`ErrorBody::validation`] may say where |
//! | 401 | `Unauthorized` | the key is wrong |
//! | 402 | `PaymentRequired` | the plan has no room for it, or has ended |
//! | 403 | `Forbidden` | the key is outdated, or not one for this resource |
//! | 404 | `NotFound` | no such company, connection, integration or the like |
//! | 409 | `Conflict` | of `create_api_key`, and of a POST or PATCH whose idempotency key is in progress |
//! | 422 | `Unprocessable` | the idempotency key was used for another request |
//! | 429 | `RateLimited` | the day's quota is used up, or there are too many requests at once |
//! | 451 | `Client` | the integration is not available for compliance reasons |
//! | 500, 503 | `Server` | Codat failed, or is offline for maintenance |
//!
//! Source: <https://docs.codat.io/platform-api>.

pub mod companies;
pub mod connection_management;
pub mod connections;
pub mod custom_data_types;
mod data_type;
mod error;
#[cfg(feature = "events")]
#[cfg_attr(docsrs, doc(cfg(feature = "events")))]
pub mod events;
pub mod integrations;
mod page;
pub mod push_data;
mod query;
pub mod read_data;
pub mod refresh_data;
pub mod settings;
pub mod supplemental_data;
pub mod webhooks;

pub use data_type::DataType;
pub use error::{ErrorBody, Validation, ValidationItem};
pub use page::{ListOptions, Page, PageLink, PageLinks};
pub use query::Query;

use crate::call::RequestBuilder;
use crate::engine::{BaseUrl, Endpoint, Engine, GivenUrl, Keeps, KeyStore, authorization};
use crate::env::Variables;
use crate::operation::Operation;
use crate::types::id;
use crate::{Error, Provider, Secret};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use companies::Companies;
use connection_management::ConnectionManagement;
use connections::Connections;
use custom_data_types::CustomDataTypes;
use http::{HeaderMap, HeaderName, Method, header};
use integrations::Integrations;
use push_data::PushData;
use read_data::ReadData;
use refresh_data::RefreshData;
use settings::Settings;
use std::sync::Arc;
use supplemental_data::SupplementalData;
use webhooks::Webhooks;

pub(crate) const OPERATIONS: &[&[&Operation]] = &[
    companies::OPERATIONS,
    connection_management::OPERATIONS,
    custom_data_types::OPERATIONS,
    integrations::OPERATIONS,
    push_data::OPERATIONS,
    read_data::OPERATIONS,
    refresh_data::OPERATIONS,
    supplemental_data::OPERATIONS,
    webhooks::OPERATIONS,
    connections::OPERATIONS,
    settings::OPERATIONS,
];

id! {
    /// A company at Codat: a UUID.
    pub struct CompanyId;
    /// A kind of software by its four letters, such as `gbol` for Xero.
    pub struct PlatformKey;
}

/// Where Codat is and who you are there.
#[derive(Clone, Debug)]
pub struct Config {
    api_key: Secret,
    base_url: GivenUrl,
}

impl Config {
    /// Codat, with an API key as the portal shows it; the client encodes it.
    ///
    /// A key that begins with `Basic ` or `Bearer ` is taken as the ready header. Test and live clients differ in
    /// their key only.
    pub fn new(api_key: impl Into<Secret>) -> Self {
        Self { api_key: api_key.into(), base_url: "https://api.codat.io".to_owned().into() }
    }

    /// Replaces the base URL. A path prefix is kept.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into().into();
        self
    }

    pub(crate) fn from_variables(variables: &Variables<'_>) -> Result<Option<Self>, Error> {
        if !variables.any(&["CODAT_API_KEY", "CODAT_BASE_URL"])? {
            return Ok(None);
        }
        let mut config = Self::new(variables.require("CODAT_API_KEY")?);
        config.base_url = variables.get("CODAT_BASE_URL")?.map_or(config.base_url, GivenUrl::from);
        Ok(Some(config))
    }

    pub(crate) fn endpoint(&self) -> Result<Endpoint, Error> {
        let encode = |key: &str| format!("Basic {}", BASE64_STANDARD.encode(key));
        let (authorization, mut secrets) = authorization(&self.api_key, encode)
            .map_err(|why| Error::config(format!("Codat's API key {why}")))?;
        // A ready header holds the key encoded: the key itself must not be shown either.
        let decode = |secret: &Secret| BASE64_STANDARD.decode(secret.expose_secret()).ok();
        let decoded = secrets.iter().filter_map(decode).filter_map(|bytes| String::from_utf8(bytes).ok());
        let decoded: Vec<Secret> = decoded.map(Secret::from).collect();
        secrets.extend(decoded);
        Ok(Endpoint {
            provider: Provider::Codat,
            base: BaseUrl::parse(Provider::Codat, &self.base_url)?,
            credentials: HeaderMap::from_iter([(header::AUTHORIZATION, authorization)]),
            secrets,
            reserved: &[],
            keys: Some(KeyStore {
                header: HeaderName::from_static("idempotency-key"),
                keeps: Keeps::Everything,
            }),
            read_error: error::read,
            cipher: None,
        })
    }
}

/// Codat's operations, by group.
#[derive(Clone, Debug)]
pub struct Codat {
    engine: Arc<Engine>,
}

impl Codat {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// A call of the API that this crate has no method for.
    ///
    /// `path` is that below the base URL, such as `/companies/{companyId}`. Each `{placeholder}` is filled with
    /// [`path`](RequestBuilder::path); the text with its placeholders goes into spans, and ids do not.
    pub fn request(&self, method: Method, path: &'static str) -> RequestBuilder {
        let begin = |operation| self.engine.call(operation);
        RequestBuilder::new("codat.request", Provider::Codat, &method, path, begin)
    }

    /// Your customers as Codat knows them.
    pub fn companies(&self) -> Companies {
        Companies::new(self.engine.clone())
    }

    /// Codat's old ways to the tokens of its embedded pages and to CORS settings.
    pub fn connection_management(&self) -> ConnectionManagement {
        ConnectionManagement::new(self.engine.clone())
    }

    /// Data that Codat has no model for.
    pub fn custom_data_types(&self) -> CustomDataTypes {
        CustomDataTypes::new(self.engine.clone())
    }

    /// The software that Codat connects to.
    pub fn integrations(&self) -> Integrations {
        Integrations::new(self.engine.clone())
    }

    /// What was written to a company's software.
    pub fn push_data(&self) -> PushData {
        PushData::new(self.engine.clone())
    }

    /// What Codat's checks found in what was read.
    pub fn read_data(&self) -> ReadData {
        ReadData::new(self.engine.clone())
    }

    /// Brings a company's data up to date.
    pub fn refresh_data(&self) -> RefreshData {
        RefreshData::new(self.engine.clone())
    }

    /// Members beyond Codat's models.
    pub fn supplemental_data(&self) -> SupplementalData {
        SupplementalData::new(self.engine.clone())
    }

    /// Where Codat sends its events.
    pub fn webhooks(&self) -> Webhooks {
        Webhooks::new(self.engine.clone())
    }

    /// Connections of companies to the software that they use.
    pub fn connections(&self) -> Connections {
        Connections::new(self.engine.clone())
    }

    /// Your own client at Codat: profile, API keys, CORS and sync settings.
    pub fn settings(&self) -> Settings {
        Settings::new(self.engine.clone())
    }
}
