//! Apideck: Vault, which keeps your customers' connections to other services, and webhooks.
//!
//! # Errors
//! An operation's own `# Errors` names what is special about it. Any may be refused with these, and [`ErrorBody`] as the
//! body:
//!
//! | Status | Variant | Says |
//! |---|---|---|
//! | 400 | `BadRequest` | the request is not valid; [`ErrorBody::detail`] may name what is missing |
//! | 401 | `Unauthorized` | key or app id is wrong, or a token could not be refreshed: [`ErrorBody::refresh_failure`] |
//! | 402 | `PaymentRequired` | the plan's calls are used up |
//! | 404 | `NotFound` | no such consumer, service, connection, resource or webhook |
//! | 409 | `Conflict` | of `migrate` alone |
//! | 422 | `Unprocessable` | what it is about is in another state |
//! | 429 | `RateLimited` | the service limits its calls; only what asks the service |
//! | 501 | `Server` | Apideck has no mapping for this service: a repeat changes nothing |
//!
//! Where a service itself fails, [`ErrorBody::type_name`] is `ConnectorExecutionError` and the status is the service's.
//!
//! Source: <https://developers.apideck.com>.

#[cfg(feature = "events")]
pub(crate) mod canonical;
mod envelope;
mod error;
#[cfg(feature = "events")]
#[cfg_attr(docsrs, doc(cfg(feature = "events")))]
pub mod events;
pub mod vault;
pub mod webhooks;

pub use envelope::{Cursors, Envelope, Links, Meta, Warning};
pub use error::{DownstreamError, ErrorBody, ErrorDetail, RefreshFailure};

use crate::call::{Draft, RequestBuilder};
use crate::engine::{BaseUrl, Endpoint, Engine, GivenUrl, authorization, spaced};
use crate::env::Variables;
use crate::operation::{ConsumerHeader, Operation};
use crate::types::{id, model, open_enum};
use crate::{Error, Provider, Secret};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use std::sync::Arc;
use vault::Vault;
use webhooks::Webhooks;

pub(crate) const OPERATIONS: &[&[&Operation]] = &[
    vault::connections::OPERATIONS,
    vault::consumers::OPERATIONS,
    vault::custom_mappings::OPERATIONS,
    vault::sessions::OPERATIONS,
    vault::logs::OPERATIONS,
    webhooks::OPERATIONS,
];

id! {
    /// One of your customers, by the id that you chose for it: visible ASCII, with spaces within if need be.
    pub struct ConsumerId;
    /// A Unify application.
    pub struct AppId;
    /// A service that Apideck connects to, such as `salesforce`.
    pub struct ServiceId;
}

open_enum! {
    /// One of Apideck's unified APIs.
    pub enum UnifiedApi {
        /// Accounting.
        Accounting = "accounting",
        /// Applicant tracking.
        Ats = "ats",
        /// Calendars.
        Calendar = "calendar",
        /// Customer relations.
        Crm = "crm",
        /// Customer support platforms.
        Csp = "csp",
        /// Customer support.
        CustomerSupport = "customer-support",
        /// Shops.
        Ecommerce = "ecommerce",
        /// Mail.
        Email = "email",
        /// Mail campaigns.
        EmailMarketing = "email-marketing",
        /// Expenses.
        ExpenseManagement = "expense-management",
        /// Files.
        FileStorage = "file-storage",
        /// Forms.
        Form = "form",
        /// Human resources.
        Hris = "hris",
        /// Leads.
        Lead = "lead",
        /// Payroll.
        Payroll = "payroll",
        /// Points of sale.
        Pos = "pos",
        /// Procurement.
        Procurement = "procurement",
        /// Projects.
        ProjectManagement = "project-management",
        /// Scripts.
        Script = "script",
        /// Text messages.
        Sms = "sms",
        /// Spreadsheets.
        Spreadsheet = "spreadsheet",
        /// Analytics of subscriptions.
        SubscriptionAnalytics = "subscription-analytics",
        /// Team messaging.
        TeamMessaging = "team-messaging",
        /// Issues.
        IssueTracking = "issue-tracking",
        /// Working hours.
        TimeRegistration = "time-registration",
        /// Transactional mail.
        TransactionalEmail = "transactional-email",
        /// Vault itself.
        Vault = "vault",
        /// Data warehouses.
        DataWarehouse = "data-warehouse",
        /// Calls that Apideck passes through to a service as they are; only in logs.
        Proxy = "proxy",
    }
}

model! {
    /// A service by id and name.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Service {
        /// Its id, such as `salesforce`.
        pub id: Option<ServiceId>,
        /// Its name, such as `Salesforce`.
        pub name: Option<String>,
    }
}

static APP_ID: HeaderName = HeaderName::from_static("x-apideck-app-id");
static CONSUMER_ID: HeaderName = HeaderName::from_static("x-apideck-consumer-id");
static RESERVED: [&HeaderName; 2] = [&APP_ID, &CONSUMER_ID];

/// Where Apideck is and who you are there.
#[derive(Clone, Debug)]
pub struct Config {
    api_key: Secret,
    app_id: AppId,
    consumer_id: Option<ConsumerId>,
    base_url: GivenUrl,
}

impl Config {
    /// Apideck, with an application's API key and id.
    ///
    /// A key that begins with `Bearer ` or `Basic ` is taken as the ready header.
    pub fn new(api_key: impl Into<Secret>, app_id: impl Into<AppId>) -> Self {
        Self {
            api_key: api_key.into(),
            app_id: app_id.into(),
            consumer_id: None,
            base_url: "https://unify.apideck.com".to_owned().into(),
        }
    }

    /// Sets the consumer of calls that name none with [`Apideck::consumer`].
    #[must_use]
    pub fn consumer_id(mut self, consumer: impl Into<ConsumerId>) -> Self {
        self.consumer_id = Some(consumer.into());
        self
    }

    /// Replaces the base URL. A path prefix is kept.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into().into();
        self
    }

    pub(crate) fn from_variables(variables: &Variables<'_>) -> Result<Option<Self>, Error> {
        let names = ["APIDECK_API_KEY", "APIDECK_APP_ID", "APIDECK_CONSUMER_ID", "APIDECK_BASE_URL"];
        if !variables.any(&names)? {
            return Ok(None);
        }
        let mut config =
            Self::new(variables.require("APIDECK_API_KEY")?, variables.require("APIDECK_APP_ID")?);
        config.consumer_id = variables.get("APIDECK_CONSUMER_ID")?.map(ConsumerId::from);
        config.base_url = variables.get("APIDECK_BASE_URL")?.map_or(config.base_url, GivenUrl::from);
        Ok(Some(config))
    }

    pub(crate) fn endpoint(&self) -> Result<Endpoint, Error> {
        let (authorization, secrets) = authorization(&self.api_key, |key| format!("Bearer {key}"))
            .map_err(|why| Error::config(format!("Apideck's API key {why}")))?;
        Ok(Endpoint {
            provider: Provider::Apideck,
            base: BaseUrl::parse(Provider::Apideck, &self.base_url)?,
            credentials: HeaderMap::from_iter([(header::AUTHORIZATION, authorization)]),
            secrets,
            reserved: &RESERVED,
            keys: None,
            read_error: error::read,
            cipher: None,
        })
    }

    /// The scope of calls that name no other.
    pub(crate) fn scope(&self) -> Result<Arc<Scope>, Error> {
        let app = Some(spaced(self.app_id.as_str()));
        let consumer = self.consumer_id.as_ref().map(|consumer| spaced(consumer.as_str()));
        for (what, id) in [("app id", &app), ("consumer id", &consumer)] {
            if let Some(Err(why)) = id {
                return Err(Error::config(format!("Apideck's {what} {why}")));
            }
        }
        Ok(Arc::new(Scope { app, consumer }))
    }
}

/// For which app and consumer a call is made, as headers, or why they are none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    app: Option<Result<HeaderValue, &'static str>>,
    consumer: Option<Result<HeaderValue, &'static str>>,
}

/// Apideck's operations, by product, for one app and one consumer.
#[derive(Clone, Debug)]
pub struct Apideck {
    engine: Arc<Engine>,
    scope: Arc<Scope>,
}

impl Apideck {
    pub(crate) fn new(engine: Arc<Engine>, scope: Arc<Scope>) -> Self {
        Self { engine, scope }
    }

    /// The same operations for this consumer.
    #[must_use]
    pub fn consumer(mut self, consumer: impl Into<ConsumerId>) -> Self {
        Arc::make_mut(&mut self.scope).consumer = Some(spaced(consumer.into().as_str()));
        self
    }

    /// The same operations for no consumer, although the config may name one.
    #[must_use]
    pub fn no_consumer(mut self) -> Self {
        Arc::make_mut(&mut self.scope).consumer = None;
        self
    }

    /// The same operations for this app.
    #[must_use]
    pub fn app(mut self, app: impl Into<AppId>) -> Self {
        Arc::make_mut(&mut self.scope).app = Some(spaced(app.into().as_str()));
        self
    }

    /// A call of the API that this crate has no method for.
    ///
    /// `path` is that below the base URL, such as `/crm/contacts/{id}`. Each `{placeholder}` is filled with
    /// [`path`](RequestBuilder::path); the text with its placeholders goes into spans, and ids do not. It goes with the app
    /// of the scope, and with its consumer where there is one.
    pub fn request(&self, method: Method, path: &'static str) -> RequestBuilder {
        let begin = |operation| self.call(operation);
        RequestBuilder::new("apideck.request", Provider::Apideck, &method, path, begin)
    }

    /// Vault: your customers' connections to other services.
    pub fn vault(&self) -> Vault {
        Vault::new(self.clone())
    }

    /// Webhooks: where Apideck posts its events to.
    pub fn webhooks(&self) -> Webhooks {
        Webhooks::new(self.clone())
    }

    /// The app of the scope; empty where there is none that a header can name.
    fn app_id(&self) -> &str {
        let app = self.scope.app.as_ref().and_then(|app| app.as_ref().ok());
        app.and_then(|app| app.to_str().ok()).unwrap_or_default()
    }

    /// Starts a request of this operation, with the headers of the scope.
    pub(crate) fn call(&self, operation: &'static Operation) -> Draft {
        let Scope { app, consumer } = &*self.scope;
        let mut draft = self.engine.call(operation);
        if let Some(app) = app {
            draft = draft.header(&APP_ID, app.clone());
        }
        match (operation.consumer_header(), consumer) {
            (ConsumerHeader::Never, _) | (ConsumerHeader::Optional, None) => draft,
            (ConsumerHeader::Required | ConsumerHeader::Optional, Some(consumer)) => {
                draft.header(&CONSUMER_ID, consumer.clone())
            }
            (ConsumerHeader::Required, None) => draft.fail(Error::config_of(
                operation,
                "the call belongs to a consumer: name one with `apideck().consumer(..)` or in the config",
            )),
        }
    }
}
