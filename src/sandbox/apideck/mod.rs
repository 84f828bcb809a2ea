mod apps;
mod catalog;
mod connection;
mod events;
mod links;
mod pages;
mod vault;
mod webhooks;

use super::body::Body;
use super::context::{Context, lock};
use super::exchange::{Asked, Handlers, Reply, Step, millis};
use super::outbox::{self, Outbox};
use super::random::Random;
use super::store::Store;
use crate::apideck::vault::connections::ConnectionState;
use crate::apideck::webhooks::{DisabledReason, WebhookId};
use crate::apideck::{AppId, Config, ConsumerId, ServiceId, UnifiedApi};
use crate::operation::{ConsumerHeader, Repeat};
use crate::sandbox::object::object;
use crate::{Secret, SecretUrl};
pub(super) use apps::Apps;
use catalog::{Auth, Service};
use connection::Record;
pub(super) use events::POLICY;
use http::{StatusCode, header};
use serde_json::Value;
use std::sync::{Mutex, MutexGuard};
use url::Url;
use uuid::Uuid;

pub(super) const HANDLERS: &[Handlers<State>] = &[
    vault::connections::HANDLERS,
    vault::consumers::HANDLERS,
    vault::custom_mappings::HANDLERS,
    vault::sessions::HANDLERS,
    vault::logs::HANDLERS,
    webhooks::HANDLERS,
];

/// What Apideck knows its application by.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) api_key: String,
    pub(super) app_id: String,
}

impl Default for Credentials {
    fn default() -> Self {
        Self { api_key: "sk_test_sandbox_5b1e0d77".to_owned(), app_id: "sandbox-app".to_owned() }
    }
}

impl Credentials {
    pub(super) fn config(&self, base_url: String) -> Config {
        Config::new(self.api_key.as_str(), self.app_id.as_str()).base_url(base_url)
    }
}

/// What happens at Apideck without the API.
///
/// Its application offers Intuit Enterprise Suite, QuickBooks and Xero (accounting), HubSpot, Pipedrive and Salesforce (crm), WooCommerce
/// (ecommerce), BambooHR and Personio (hris). Consumers come into being when they are first named. A setting with the
/// value `invalid` is one that the service rejects.
///
/// What happens to connections is posted to the webhooks that want it, signed with the API key. Apideck takes any 2XX within 60
/// seconds for a success, and posts again after 1, 5, 30 minutes and 2 hours, which it does not document; then it disables the
/// webhook, by `retry_limit`. A delivery URL whose host ends in `.invalid` disables the webhook that is given it; no other is
/// tried before it is used. `vault.connection.downstream.degraded` and `.recovered` come of calls to unified APIs, which the
/// sandbox has none of.
///
/// A consumer's log has the calls to Vault that named the consumer in their header, the latest first and 10,000 of all
/// consumers. The counts of `get` and `list` include those before the last full hour. A consumer that is created although
/// it is there gets the metadata, and a custom mapping its value.
///
/// A service's token lasts an hour, or as long as its import says, and is refreshed when it has expired. `validate` of a
/// connection without a token gives its state.
///
/// A connection that was authorized with a nonce is `added`, its health `pending_confirmation`, until it is confirmed; the
/// token for that works once, within 30 minutes. Until then `validate`, `migrate` and `custom_fields` are refused with
/// `InvalidStateError`, and so is a token that is none of this connection's. Only QuickBooks has a service that it can be
/// migrated to, Intuit Enterprise Suite; another target is a `RequestValidationError`, and the same migration once more
/// gives what it gave. A connection that exists cannot be created: `InvalidStateError`.
///
/// Each unified API has two to four resources, which a connection names in `configurable_resources`; their schemas,
/// examples and custom fields are the same for all, and custom fields need a callable connection. Another resource is an
/// `EntityNotFoundError`. `update_resource_settings` replaces the defaults of its resource and takes none of another.
#[derive(Clone, Copy)]
pub struct Apideck<'a> {
    apps: &'a Apps,
    state: &'a Mutex<State>,
    context: &'a Context,
}

impl<'a> Apideck<'a> {
    pub(super) fn new(apps: &'a Apps, context: &'a Context) -> Self {
        Self { apps, state: apps.first(), context }
    }

    /// The same of another of the account's applications, which
    /// [`apideck_app`](super::SandboxBuilder::apideck_app) has added.
    ///
    /// # Panics
    /// When there is no such application.
    #[must_use]
    #[track_caller]
    pub fn app(self, app: impl Into<AppId>) -> Self {
        let app = app.into();
        let Some(state) = self.apps.of(app.as_str()) else {
            #[expect(clippy::panic, reason = "a test that names no application must not pass")]
            {
                panic!("the sandbox has no application {app}; `SandboxBuilder::apideck_app` adds one")
            }
        };
        Self { state, ..self }
    }

    pub(super) fn state(&self) -> MutexGuard<'a, State> {
        lock(self.state)
    }

    /// A connection in this state, or why there can be none.
    pub(super) fn seed(
        &self,
        consumer: &str,
        unified_api: &str,
        service: &str,
        state: &ConnectionState,
    ) -> Result<(), String> {
        self.state().seed(consumer, unified_api, service, state, self.now())
    }

    /// What a browser is answered that follows a link; `None` where the path is none of a link's.
    pub(super) fn follow(&self, path: &str, query: &str) -> Option<Reply> {
        let now = self.now();
        let follow = |state: &Mutex<State>| {
            let mut state = lock(state);
            let reply = state.telling(now, |state| state.follow(path, query, now, &self.context.random));
            reply.or_else(|| state.visit_session(path, now))
        };
        // An application refuses the links of another one.
        let mut replies = self.apps.all().filter_map(follow);
        let first = replies.next()?;
        let is_own = |reply: &Reply| reply.status() != StatusCode::UNAUTHORIZED;
        if is_own(&first) { Some(first) } else { replies.find(is_own).or(Some(first)) }
    }

    /// A customer follows a link to authorize or to revoke, and agrees; gives where the browser is led then.
    ///
    /// `None` for a link that a browser would be refused with. With a `nonce` the connection has to be confirmed, and what
    /// confirms it is in the fragment of the address. A session's link leads to its `redirect_uri` at once.
    pub fn visit(&self, link: &SecretUrl) -> Option<SecretUrl> {
        let link = Url::parse(link.expose_secret()).ok()?;
        let begins = ["/vault/", "/session/"].iter().find_map(|start| link.path().find(start))?;
        let reply = self.follow(link.path().get(begins..)?, link.query().unwrap_or_default())?.into_http();
        Some(SecretUrl::from(reply.headers().get(header::LOCATION)?.to_str().ok()?))
    }

    /// A customer follows the authorize link and agrees.
    ///
    /// False for a service without such a link.
    pub fn authorize(
        &self,
        consumer: impl Into<ConsumerId>,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> bool {
        let now = self.now();
        let service = catalog::service(unified_api.into().as_str(), service.into().as_str());
        let Some(service) = service.filter(|service| service.auth == Auth::AuthorizationCode) else {
            return false;
        };
        let consumer = consumer.into();
        self.state().telling(now, |state| {
            state.change_record(consumer.as_str(), service, now, |record| record.grant(now))
        });
        true
    }

    /// The customer or the service revokes what was granted; false where nothing is.
    ///
    /// The connection is `added` again, its health `revoked`, until the customer authorizes again.
    pub fn revoke(
        &self,
        consumer: impl Into<ConsumerId>,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> bool {
        self.act(&consumer.into(), &unified_api.into(), &service.into(), Record::revoke)
    }

    /// The service refuses the token and refreshes none; false where there is no token.
    ///
    /// A callable connection stays so, and its health is `pending_refresh`; one that lacks settings or whose settings are
    /// rejected says that still. 48 hours later the credentials are deleted: the connection is `added`, its health
    /// `needs_auth`, unless settings are rejected, or a service without authorize link lacks some. A token that is granted
    /// or imported later fails once it has expired. [`recover_refresh`](Self::recover_refresh) ends this.
    pub fn fail_refresh(
        &self,
        consumer: impl Into<ConsumerId>,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> bool {
        self.act(&consumer.into(), &unified_api.into(), &service.into(), Record::fail_refresh)
    }

    /// The service refreshes the connection's tokens again; false where it had not refused to.
    ///
    /// Credentials that have been deleted meanwhile stay deleted.
    pub fn recover_refresh(
        &self,
        consumer: impl Into<ConsumerId>,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> bool {
        self.act(&consumer.into(), &unified_api.into(), &service.into(), Record::recover_refresh)
    }

    /// False where the consumer has no such connection.
    fn act(
        &self,
        consumer: &ConsumerId,
        unified_api: &UnifiedApi,
        service: &ServiceId,
        act: fn(&mut Record, u64) -> bool,
    ) -> bool {
        let now = self.now();
        let Some(service) = catalog::service(unified_api.as_str(), service.as_str()) else { return false };
        self.state().telling(now, |state| {
            state.records.get_mut(&key(consumer.as_str(), service)).is_some_and(|record| act(record, now))
        })
    }

    /// The consumer that a session's token acts for; `None` when the token is unknown or has expired.
    pub fn consumer_of(&self, session_token: &str) -> Option<ConsumerId> {
        self.state().consumer_of(session_token, self.now()).map(ConsumerId::from)
    }

    /// The secret that deliveries are signed with: the API key.
    pub fn webhook_secret(&self) -> Secret {
        self.state().credentials.api_key.as_str().into()
    }

    /// Apideck switches a webhook off for this reason; false where there is no such webhook.
    ///
    /// It gets no events until an update enables it again.
    pub fn disable_webhook(&self, webhook: impl Into<WebhookId>, reason: impl Into<DisabledReason>) -> bool {
        let now = self.now();
        let mut state = self.state();
        outbox::catch_up(&mut *state, self.context.now());
        let webhook = state.webhooks.get_mut(webhook.into().as_str());
        webhook.map(|webhook| webhook.disable(reason.into(), now)).is_some()
    }

    fn now(&self) -> u64 {
        millis(self.context.now())
    }
}

impl std::fmt::Debug for Apideck<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Apideck")
    }
}

/// Apideck's knowledge.
pub(super) struct State {
    pub(super) credentials: Credentials,
    /// What signs the links for customers.
    link_secret: Uuid,
    /// By [`key`].
    records: Store<Record>,
    consumers: Store<vault::consumers::Consumer>,
    mappings: Store<vault::custom_mappings::Mapping>,
    logs: Store<vault::logs::Log>,
    webhooks: Store<webhooks::Webhook>,
    outbox: Outbox,
    /// How far it has been told what time has done, in Unix milliseconds.
    told_until: u64,
    /// How many ids [`next_id`](Self::next_id) has given.
    ids: u64,
}

impl State {
    pub(super) fn new(outbox: Outbox, random: &Random) -> Self {
        Self {
            credentials: Credentials::default(),
            link_secret: random.uuid(),
            records: Store::default(),
            consumers: Store::default(),
            mappings: Store::default(),
            logs: Store::default(),
            webhooks: Store::default(),
            outbox,
            told_until: 0,
            ids: 0,
        }
    }

    pub(super) fn answer(&mut self, asked: &Asked<'_>) -> Reply {
        outbox::catch_up(self, asked.now);
        let known = self.check_headers(asked);
        let is_known = known.is_ok();
        let mut reply = match asked.fails {
            Some(status) => failure(status),
            None => known.and_then(|()| self.carry_out(asked)).unwrap_or_else(|refusal| refusal),
        };
        if is_known {
            self.log(asked, &mut reply);
        }
        reply
    }

    fn carry_out(&mut self, asked: &Asked<'_>) -> Step {
        let now = asked.now_millis();
        if asked.operation.consumer_header() != ConsumerHeader::Never && !consumer(asked).is_empty() {
            self.meet(consumer(asked), now);
        }
        match asked.operation.repeat() {
            Repeat::Read => asked.carry_out(HANDLERS, self),
            _ => self.telling(now, |state| asked.carry_out(HANDLERS, state)),
        }
    }

    /// An id for what a request leaves behind besides its work. It takes nothing from the source of chance, or looking
    /// at something would change the ids of what comes after.
    fn next_id(&mut self) -> String {
        self.ids += 1;
        let bits = self.link_secret.as_u128() ^ u128::from(self.ids);
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid().to_string()
    }

    fn check_headers(&self, asked: &Asked<'_>) -> Result<(), Reply> {
        let Credentials { api_key, app_id } = &self.credentials;
        if asked.header("authorization") != format!("Bearer {api_key}") {
            return Err(unauthorized());
        }
        let missing = |name: &str| {
            refusal(
                StatusCode::BAD_REQUEST,
                "RequestHeadersValidationError",
                "Invalid Params",
                &format!("Missing Header: {name}").into(),
            )
        };
        match asked.header("x-apideck-app-id") {
            "" => return Err(missing("x-apideck-app-id")),
            known if known == app_id => {}
            _ => return Err(unauthorized()),
        }
        if asked.operation.consumer_header() == ConsumerHeader::Required && consumer(asked).is_empty() {
            return Err(missing("x-apideck-consumer-id"));
        }
        Ok(())
    }

    /// A connection in this state, or why there can be none.
    fn seed(
        &mut self,
        consumer: &str,
        unified_api: &str,
        service: &str,
        state: &ConnectionState,
        now: u64,
    ) -> Result<(), String> {
        let Some(service) = catalog::service(unified_api, service) else {
            let offered =
                catalog::SERVICES.iter().map(|service| format!("{}/{}", service.unified_api, service.id));
            let offered = offered.collect::<Vec<_>>().join(", ");
            return Err(format!("there is no service {unified_api}/{service} here, but {offered}"));
        };
        let Some(record) = seeded(consumer, service, state, now) else {
            let states =
                ConnectionState::KNOWN.iter().filter(|state| seeded(consumer, service, state, now).is_some());
            let states = states.map(ConnectionState::as_str).collect::<Vec<_>>().join(", ");
            let Service { unified_api, id, .. } = service;
            return Err(format!("no connection to {unified_api}/{id} can be {state}, but {states}"));
        };
        self.meet(consumer, now);
        if let Some(record) = record {
            self.records.put(&key(consumer, service), record);
        }
        Ok(())
    }

    /// Changes the consumer's record of the service, which is added where there is none.
    fn change_record(
        &mut self,
        consumer: &str,
        service: &'static Service,
        now: u64,
        change: impl FnOnce(&mut Record),
    ) {
        self.meet(consumer, now);
        let key = key(consumer, service);
        if let Some(record) = self.records.get_mut(&key) {
            return change(record);
        }
        let mut record = Record::new(consumer, service, now);
        change(&mut record);
        self.records.put(&key, record);
    }
}

/// The record of a connection in this state: none where it is available. `None` where the service cannot be in it.
fn seeded(
    consumer: &str,
    service: &'static Service,
    state: &ConnectionState,
    now: u64,
) -> Option<Option<Record>> {
    let mut record = Record::new(consumer, service, now);
    let is_authorized = matches!(state, ConnectionState::Authorized | ConnectionState::Callable);
    if is_authorized && service.auth.grant_type().is_some() {
        record.grant(now);
    }
    let value = match state {
        ConnectionState::Callable => Some("sandbox"),
        ConnectionState::Invalid => Some("invalid"),
        _ => None,
    };
    for field in service.fields {
        if let Some(value) = value {
            record.settings.insert(field.id.to_owned(), value.into());
        }
    }
    let record = (*state != ConnectionState::Available).then_some(record);
    let is_in_it = connection::state(service, record.as_ref(), now).0 == state.as_str();
    is_in_it.then_some(record)
}

fn consumer<'a>(asked: &'a Asked<'_>) -> &'a str {
    asked.header("x-apideck-consumer-id")
}

/// Consumer, unified API and service. Neither of the last two holds a line break, so that no two keys are the same.
fn key(consumer: &str, Service { unified_api, id, .. }: &Service) -> String {
    format!("{consumer}\n{unified_api}\n{id}")
}

fn body<T: Body>(asked: &Asked<'_>) -> Result<T, Reply> {
    asked.json().map_err(not_valid)
}

fn not_valid(error: serde_json::Error) -> Reply {
    invalid(&error.to_string())
}

fn iso(asked: &Asked<'_>) -> String {
    timestamp(asked.now_millis())
}

/// Unix milliseconds in ISO 8601.
fn timestamp(millis: u64) -> String {
    let millis = i64::try_from(millis).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(millis).map(|moment| format!("{moment:.3}")).unwrap_or_default()
}

fn success(data: Value) -> Reply {
    envelope(StatusCode::OK, data)
}

fn envelope(status: StatusCode, data: Value) -> Reply {
    let body = object!({ "status_code": status.as_u16(), "status": status.canonical_reason(), "data": data });
    Reply::json(status, body)
}

/// The service that the path names.
fn service(asked: &Asked<'_>) -> Result<&'static Service, Reply> {
    let (unified_api, id) = (asked.id("unified_api")?, asked.id("service_id")?);
    catalog::service(unified_api, id).ok_or_else(|| not_found("ConnectorNotFoundError", "connector", id))
}

/// What Apideck answers with this status, whatever was asked.
fn failure(status: StatusCode) -> Reply {
    let (type_name, message, detail) = match status.as_u16() {
        400 => ("RequestValidationError", "Invalid Params", "The request is not valid"),
        401 => return unauthorized(),
        402 => ("RequestLimitError", "Request Limit Reached", "You have reached your limit of 2000"),
        404 => ("EntityNotFoundError", "Not Found", "The entity was not found"),
        409 => ("ConflictError", "Conflict", "A connection already exists for the target connector"),
        422 => ("InvalidStateError", "Invalid State", "The connection is in another state"),
        429 => ("ConnectorRateLimitError", "Too Many Requests", "The connector was called too often"),
        501 => ("MappingError", "Unmapped Attribute", "The connector does not map the attribute"),
        _ => ("ConnectorExecutionError", "Connector Error", "The connector answered with an error"),
    };
    refusal(status, type_name, message, &detail.into())
}

pub(super) fn no_route() -> Reply {
    let detail = "There is no such operation".into();
    refusal(StatusCode::NOT_FOUND, "EntityNotFoundError", "Not Found", &detail)
}

fn unauthorized() -> Reply {
    let detail = "Failed to authorize: check the API key and the application id".into();
    refusal(StatusCode::UNAUTHORIZED, "UnauthorizedError", "Unauthorized Request", &detail)
}

fn invalid(detail: &str) -> Reply {
    refusal(StatusCode::BAD_REQUEST, "RequestValidationError", "Invalid Params", &detail.into())
}

fn invalid_state(detail: &str) -> Reply {
    refusal(StatusCode::UNPROCESSABLE_ENTITY, "InvalidStateError", "Invalid State", &detail.into())
}

fn not_found(type_name: &str, entity: &str, id: &str) -> Reply {
    let detail = object!({ "not_found": object!({ "entity": entity, "id": id }) });
    refusal(StatusCode::NOT_FOUND, type_name, &format!("Unknown {entity}"), &detail)
}

fn refusal(status: StatusCode, type_name: &str, message: &str, detail: &Value) -> Reply {
    let body = object!({
        "status_code": status.as_u16(),
        "error": status.canonical_reason(),
        "type_name": type_name,
        "message": message,
        "detail": detail,
        "ref": format!("https://developers.apideck.com/errors#{}", type_name.to_lowercase()),
    });
    Reply::json(status, body)
}
