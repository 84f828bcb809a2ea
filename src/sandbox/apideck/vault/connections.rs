//! One consumer's connections to services.

use crate::apideck::vault::connections::{self, ConsentState, DataScopesResources};
use crate::sandbox::apideck::catalog::{Auth, SERVICES, Service};
use crate::sandbox::apideck::connection::{self, Record};
use crate::sandbox::apideck::{
    State, body, consumer, invalid, invalid_state, iso, key, not_found, refusal, service, success,
};
use crate::sandbox::exchange::{Asked, Handlers, Object, Reply, Step, present};
use http::StatusCode;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

pub(in crate::sandbox::apideck) const HANDLERS: Handlers<State> = &[
    (&connections::LIST, State::list),
    (&connections::GET, State::get),
    (&connections::UPDATE, State::update),
    (&connections::DELETE, State::delete),
    (&connections::IMPORT, State::import),
    (&connections::TOKEN, State::token),
];

impl State {
    fn list(&mut self, asked: &Asked<'_>) -> Step {
        let configured = match asked.query("configured") {
            None => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) => return Err(invalid("configured is not a boolean")),
        };
        let connections: Value = SERVICES
            .iter()
            .filter(|service| asked.query("api").is_none_or(|api| service.unified_api == api))
            .filter(|service| {
                configured.is_none_or(|configured| self.stored(asked, service).is_some() == configured)
            })
            .map(|service| self.show(asked, service))
            .collect();
        Ok(success(connections))
    }

    fn get(&mut self, asked: &Asked<'_>) -> Step {
        Ok(success(self.show(asked, service(asked)?)))
    }

    fn update(&mut self, asked: &Asked<'_>) -> Step {
        let service = service(asked)?;
        let update: Update = body(asked)?;
        if let Some(ConsentState::Unknown(state)) = &update.consent_state {
            return Err(invalid(&format!("there is no consent_state {}", state.as_str())));
        }
        let record = self.record(consumer(asked), service, asked.now_millis());
        if let Some(enabled) = update.enabled {
            record.enabled = enabled;
        }
        match update.settings {
            Some(Some(settings)) => record.merge_settings(settings),
            Some(None) => record.settings.clear(),
            None => {}
        }
        if let Some(metadata) = update.metadata {
            record.metadata = metadata.unwrap_or_default();
        }
        if let Some(configuration) = update.configuration {
            record.configuration = configuration;
        }
        if let Some(mappings) = update.custom_mappings {
            record.custom_mappings = mappings;
        }
        if let Some(state) = update.consent_state {
            record.consent_state = state.as_str().into();
        }
        if let Some(Object(Consent { granted, resources })) = update.latest_consent {
            record.consent_state = if granted { "granted" } else { "denied" }.into();
            record.consents.push(json!({
                "id": format!("con_{}", asked.random.uuid().simple()),
                "created_at": iso(asked),
                "granted": granted,
                "resources": resources.0,
            }));
        }
        if let Some(Object(DataScopes { enabled, resources })) = update.application_data_scopes {
            let mut scopes = Map::from_iter([("updated_at".to_owned(), iso(asked).into())]);
            scopes.extend(enabled.map(|enabled| ("enabled".to_owned(), enabled.into())));
            scopes.extend(resources.map(|resources| ("resources".to_owned(), json!(resources.0))));
            record.data_scopes = Some(scopes);
        }
        record.updated_at = asked.now_millis();
        Ok(success(self.show(asked, service)))
    }

    fn delete(&mut self, asked: &Asked<'_>) -> Step {
        let service = service(asked)?;
        match self.records.remove(&key(consumer(asked), service)) {
            Some(_) => Ok(Reply::empty(StatusCode::NO_CONTENT)),
            None => Err(not_found("ConnectionNotFoundError", "connection", service.id)),
        }
    }

    fn import(&mut self, asked: &Asked<'_>) -> Step {
        let service = service(asked)?;
        let import: Import = body(asked)?;
        if let Some(Object(credentials)) = &import.credentials {
            if service.auth.grant_type().is_none() {
                return Err(invalid_state("The connector does not use OAuth: import settings instead"));
            }
            if credentials.access_token.is_none() && credentials.refresh_token.is_none() {
                return Err(invalid("credentials hold neither an access_token nor a refresh_token"));
            }
        }
        let expires = import.credentials.map(|Object(credentials)| credentials.expires()).transpose()?;
        let record = self.record(consumer(asked), service, asked.now_millis());
        if let Some(expires) = expires {
            // One that has expired, or does not say when it will, is refreshed at once.
            record.grant_until(expires.unwrap_or_default().max(asked.now_millis()));
        }
        record.merge_settings(import.settings.unwrap_or_default());
        if let Some(metadata) = import.metadata {
            record.metadata = metadata;
        }
        record.updated_at = asked.now_millis();
        Ok(success(self.show(asked, service)))
    }

    fn token(&mut self, asked: &Asked<'_>) -> Step {
        let service = service(asked)?;
        if !asked.body.is_empty() {
            let NoMembers {} = body(asked)?;
        }
        if service.auth != Auth::ClientCredentials {
            return Err(invalid_state(
                "Only the client_credentials and password grants exchange credentials",
            ));
        }
        let record = self.records.get_mut(&key(consumer(asked), service));
        let record = record.ok_or_else(|| not_found("ConnectionNotFoundError", "connection", service.id))?;
        if !record.has_settings_of(service) {
            return Err(invalid_state("Required settings are missing"));
        }
        if record.is_rejected() {
            return Err(invalid_state("The connector rejects the settings"));
        }
        if record.refuses_refresh() {
            return Err(refresh_failed(record, asked.now_millis()));
        }
        record.grant(asked.now_millis());
        record.updated_at = asked.now_millis();
        Ok(success(self.show(asked, service)))
    }

    fn show(&self, asked: &Asked<'_>, service: &'static Service) -> Value {
        let link = |act: &str| self.link(asked, service, act);
        connection::show(service, self.stored(asked, service), asked.now_millis(), link)
    }

    fn stored(&self, asked: &Asked<'_>, service: &'static Service) -> Option<&Record> {
        self.records.get(&key(consumer(asked), service))
    }
}

#[derive(Deserialize)]
struct Update {
    enabled: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    settings: Option<Option<Map<String, Value>>>,
    #[serde(default, deserialize_with = "present")]
    metadata: Option<Option<Map<String, Value>>>,
    configuration: Option<Vec<Map<String, Value>>>,
    custom_mappings: Option<Vec<Map<String, Value>>>,
    consent_state: Option<ConsentState>,
    latest_consent: Option<Object<Consent>>,
    application_data_scopes: Option<Object<DataScopes>>,
}

#[derive(Deserialize)]
struct Consent {
    granted: bool,
    resources: Resources,
}

#[derive(Deserialize)]
struct DataScopes {
    enabled: Option<bool>,
    resources: Option<Resources>,
}

/// `*`, or permissions by resource and field; nothing else.
struct Resources(DataScopesResources);

impl<'de> Deserialize<'de> for Resources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let resources = DataScopesResources::deserialize(deserializer)?;
        if !resources.is_all() && resources.fields().is_none() {
            return Err(D::Error::custom("resources are neither * nor an object"));
        }
        Ok(Self(resources))
    }
}

#[derive(Deserialize)]
struct Import {
    credentials: Option<Object<ImportedCredentials>>,
    settings: Option<Map<String, Value>>,
    metadata: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportedCredentials {
    refresh_token: Option<String>,
    access_token: Option<String>,
    issued_at: Option<String>,
    expires_in: Option<i64>,
}

impl ImportedCredentials {
    /// In Unix milliseconds, if it is said.
    fn expires(&self) -> Result<Option<u64>, Reply> {
        let Some(issued_at) = &self.issued_at else { return Ok(None) };
        let issued_at: jiff::Timestamp =
            issued_at.parse().map_err(|error| invalid(&format!("credentials.issued_at: {error}")))?;
        let expires_in = self.expires_in.map(|seconds| seconds.saturating_mul(1000));
        let expires = expires_in.map(|millis| issued_at.as_millisecond().saturating_add(millis));
        Ok(expires.map(|millis| u64::try_from(millis).unwrap_or_default()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoMembers {}

/// As Apideck reports that a service gives no token.
fn refresh_failed(record: &Record, now: u64) -> Reply {
    const COOLDOWN: u64 = 30_000;
    let detail = json!({
        "type": "refresh_token_connector_error",
        "message": "Token refresh failed with 401 error",
        "debug": {
            "credentials_expire_at_ms": record.credentials_expire_at(now),
            "retry_after_ms": now + COOLDOWN,
            "cooldown_remaining_ms": COOLDOWN,
        },
    });
    refusal(StatusCode::UNAUTHORIZED, "UnauthorizedError", "Unauthorized Request", &detail)
}
