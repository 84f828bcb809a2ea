//! One consumer's connections to services.

use crate::apideck::vault::connections::{self, ConsentState, DataScopesResources};
use crate::sandbox::apideck::catalog::{self, Auth, SERVICES, Service};
use crate::sandbox::apideck::connection::{self, Record};
use crate::sandbox::apideck::pages::flag;
use crate::sandbox::apideck::{
    State, body, consumer, invalid, invalid_state, iso, key, not_found, not_valid, refusal, service, success,
};
use crate::sandbox::body::{Member, body, read_by_serde};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::object;
use crate::types::Patch;
use http::StatusCode;
use serde::Deserialize;
use serde::de::Error;
use serde_json::{Map, Value, json};

pub(in crate::sandbox::apideck) const HANDLERS: Handlers<State> = &[
    (&connections::LIST, State::list),
    (&connections::GET, State::get),
    (&connections::CREATE, State::create),
    (&connections::UPDATE, State::update),
    (&connections::DELETE, State::delete),
    (&connections::IMPORT, State::import),
    (&connections::MIGRATE, State::migrate),
    (&connections::TOKEN, State::token),
    (&connections::VALIDATE, State::validate),
    (&connections::CONSENTS, State::consents),
    (&connections::UPDATE_CONSENT, State::update_consent),
    (&connections::CREATE_CALLBACK_STATE, State::create_callback_state),
    (&connections::CONFIRM, State::confirm),
    (&connections::RESOURCE_SETTINGS, State::resource_settings),
    (&connections::UPDATE_RESOURCE_SETTINGS, State::update_resource_settings),
    (&connections::SCHEMA, State::schema),
    (&connections::EXAMPLE, State::example),
    (&connections::CUSTOM_FIELDS, State::custom_fields),
    (&connections::CUSTOM_MAPPINGS, State::custom_mappings_of_resource),
];

impl State {
    fn list(&mut self, asked: &Asked<'_>) -> Step {
        let configured = flag("configured", asked.query("configured"))?;
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

    fn create(&mut self, asked: &Asked<'_>) -> Step {
        if self.stored(asked, service(asked)?).is_some() {
            return Err(invalid_state("The connection exists already"));
        }
        self.update(asked)
    }

    fn update(&mut self, asked: &Asked<'_>) -> Step {
        let (service, update) = (service(asked)?, Update::read(asked)?);
        self.change_record(consumer(asked), service, asked.now_millis(), |record| {
            update.apply(record, asked)
        });
        Ok(success(self.show(asked, service)))
    }

    fn delete(&mut self, asked: &Asked<'_>) -> Step {
        let service = service(asked)?;
        match self.records.delete(&key(consumer(asked), service)) {
            Some(_) => Ok(Reply::empty(StatusCode::NO_CONTENT)),
            None => Err(no_connection(service)),
        }
    }

    fn import(&mut self, asked: &Asked<'_>) -> Step {
        let service = service(asked)?;
        let import: Import = body(asked)?;
        if let Some(credentials) = &import.credentials {
            if service.auth.grant_type().is_none() {
                return Err(invalid_state("The connector does not use OAuth: import settings instead"));
            }
            if credentials.access_token.is_none() && credentials.refresh_token.is_none() {
                return Err(invalid("credentials hold neither an access_token nor a refresh_token"));
            }
        }
        let expires = import.credentials.map(|credentials| credentials.expires()).transpose()?;
        let now = asked.now_millis();
        self.change_record(consumer(asked), service, now, |record| {
            if let Some(expires) = expires {
                // One that has expired, or does not say when it will, is refreshed at once.
                record.grant_until(expires.unwrap_or_default().max(now));
            }
            record.merge_settings(import.settings.unwrap_or_default());
            if let Some(metadata) = import.metadata {
                record.metadata = metadata;
            }
            record.updated_at = now;
        });
        Ok(success(self.show(asked, service)))
    }

    fn migrate(&mut self, asked: &Asked<'_>) -> Step {
        let (source, Migrate { target_service_id }) = (service(asked)?, body(asked)?);
        let targets = catalog::migration_targets(source);
        let target = targets.iter().find(|target| **target == target_service_id);
        let target =
            target.and_then(|target| catalog::service(source.unified_api, target)).ok_or_else(|| {
                invalid(&format!("{target_service_id} is none of the connector's migration targets"))
            })?;
        let is_there = self.stored(asked, target);
        match self.stored(asked, source) {
            // It was moved before.
            None if is_there.is_some_and(|record| record.migrated_from == Some(source.id)) => {}
            None => return Err(no_connection(source)),
            Some(_) if is_there.is_some() => {
                let detail = "A connection already exists for the target connector";
                return Err(refusal(StatusCode::CONFLICT, "ConflictError", "Conflict", &detail.into()));
            }
            Some(record) if record.is_unconfirmed() => return Err(unconfirmed()),
            Some(record) => {
                let mut record = record.clone();
                (record.service, record.migrated_from) = (target, Some(source.id));
                record.updated_at = asked.now_millis();
                self.records.delete(&key(consumer(asked), source));
                self.records.put(&key(consumer(asked), target), record);
            }
        }
        Ok(success(self.show(asked, target)))
    }

    fn token(&mut self, asked: &Asked<'_>) -> Step {
        let service = service(asked)?;
        without_members(asked)?;
        if service.auth != Auth::ClientCredentials {
            return Err(invalid_state(
                "Only the client_credentials and password grants exchange credentials",
            ));
        }
        let record = self.existing(asked, service)?;
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
        Ok(success(self.show(asked, service)))
    }

    fn validate(&mut self, asked: &Asked<'_>) -> Step {
        let (service, now) = (service(asked)?, asked.now_millis());
        without_members(asked)?;
        let record = self.existing(asked, service)?;
        if record.is_unconfirmed() {
            return Err(unconfirmed());
        }
        if record.is_authorized(now) && record.refuses_refresh() {
            record.fail_refresh(now);
            return Err(refresh_failed(record, now));
        }
        if record.is_authorized(now) {
            record.refresh(now);
        }
        let (state, _) = connection::state(service, Some(record), now);
        Ok(success(object!({ "id": format!("{}+{}", service.unified_api, service.id), "state": state })))
    }

    fn consents(&mut self, asked: &Asked<'_>) -> Step {
        let record = self.stored(asked, service(asked)?);
        Ok(success(record.map(|record| record.consents.clone()).unwrap_or_default().into()))
    }

    fn update_consent(&mut self, asked: &Asked<'_>) -> Step {
        let (service, UpdateConsent { granted, resources }) = (service(asked)?, body(asked)?);
        let consent = Consent { granted, resources };
        Ok(success(consent.record(self.existing(asked, service)?, asked)))
    }

    fn create_callback_state(&mut self, asked: &Asked<'_>) -> Step {
        let (service, CallbackState { redirect_uri }) = (service(asked)?, body(asked)?);
        if service.auth != Auth::AuthorizationCode {
            return Err(invalid_state("Customers do not authorize at this connector"));
        }
        Ok(success(object!({ "state": self.link_state(asked, service, redirect_uri.as_deref()) })))
    }

    fn confirm(&mut self, asked: &Asked<'_>) -> Step {
        let (service, Confirm { confirm_token }) = (service(asked)?, body(asked)?);
        if !self.existing(asked, service)?.confirm(&confirm_token, asked.now_millis()) {
            return Err(invalid_state("The confirm_token was used, has expired or is another connection's"));
        }
        Ok(success(object!({ "confirmed": true })))
    }

    fn resource_settings(&mut self, asked: &Asked<'_>) -> Step {
        let resource = resource(asked)?;
        let mut connection = self.show(asked, service(asked)?);
        if let Some(Value::Array(configuration)) = connection.get_mut("configuration") {
            configuration.retain(|settings| settings["resource"] == resource);
        }
        Ok(success(connection))
    }

    /// Replaces the defaults of this resource, and keeps those of the others.
    fn update_resource_settings(&mut self, asked: &Asked<'_>) -> Step {
        let (service, resource, mut update) = (service(asked)?, resource(asked)?, Update::read(asked)?);
        let is_of_another =
            |settings: &&Map<String, Value>| settings.get("resource").is_some_and(|known| known != resource);
        if let Some(given) = &mut update.configuration {
            if given.iter().any(|settings| is_of_another(&settings)) {
                return Err(invalid(&format!("configuration is not of {resource} alone")));
            }
            given.iter_mut().for_each(|settings| drop(settings.insert("resource".into(), resource.into())));
            let kept = self.stored(asked, service).into_iter().flat_map(|record| &record.configuration);
            given.extend(kept.filter(is_of_another).cloned());
        }
        self.change_record(consumer(asked), service, asked.now_millis(), |record| {
            update.apply(record, asked)
        });
        self.resource_settings(asked)
    }

    fn schema(&mut self, asked: &Asked<'_>) -> Step {
        let (_, resource) = (service(asked)?, resource(asked)?);
        let region =
            object!({ "type": "object", "properties": object!({ "region": object!({ "type": "string" }) }) });
        let properties = object!({ "id": object!({ "type": "string" }), "custom_fields": region });
        Ok(success(object!({ "title": resource, "type": "object", "properties": properties })))
    }

    fn example(&mut self, asked: &Asked<'_>) -> Step {
        let (service, resource) = (service(asked)?, resource(asked)?);
        let names = object!({
            "id": resource, "name": resource, "status": "live",
            "downstream_id": resource, "downstream_name": resource,
        });
        Ok(success(object!({
            "unified_api": service.unified_api,
            "service_id": service.id,
            "resource": names,
            "example_response": object!({ "id": "1", "custom_fields": object!({ "region": "EMEA" }) }),
        })))
    }

    fn custom_fields(&mut self, asked: &Asked<'_>) -> Step {
        let (service, _) = (service(asked)?, resource(asked)?);
        let (state, _) = connection::state(service, self.stored(asked, service), asked.now_millis());
        if state != "callable" {
            return Err(invalid_state("The connection is not callable"));
        }
        Ok(success(json!([{
            "id": "region",
            "name": "Region",
            "description": null,
            "value": format!("EMEA, of {}", asked.query("resource_id").unwrap_or("1")),
            "finder": "$.custom_fields.region",
        }])))
    }

    /// Those whose id names another resource are not shown.
    fn custom_mappings_of_resource(&mut self, asked: &Asked<'_>) -> Step {
        let (service, resource) = (service(asked)?, resource(asked)?);
        let is_of_resource = |mapping: &Value| {
            let id = mapping.get("id").and_then(Value::as_str).and_then(|id| id.split('+').nth(1));
            id.is_none_or(|known| known == resource)
        };
        let mut mappings = Vec::new();
        for mapping in self.stored(asked, service).map_or(&[][..], |record| &record.custom_mappings) {
            mappings.push(Value::Object(mapping.clone()));
        }
        mappings.extend(self.mappings_of(consumer(asked), service));
        mappings.retain(is_of_resource);
        Ok(success(mappings.into()))
    }

    fn show(&self, asked: &Asked<'_>, service: &'static Service) -> Value {
        let link = |act: &str| self.link(asked, service, act);
        connection::show(service, self.stored(asked, service), asked.now_millis(), &link)
    }

    fn stored(&self, asked: &Asked<'_>, service: &'static Service) -> Option<&Record> {
        self.records.get(&key(consumer(asked), service))
    }

    fn existing(&mut self, asked: &Asked<'_>, service: &'static Service) -> Result<&mut Record, Reply> {
        self.records.get_mut(&key(consumer(asked), service)).ok_or_else(|| no_connection(service))
    }
}

body! {
    struct Update {
        enabled: Option<bool>,
        settings: Patch<Map<String, Value>>,
        metadata: Patch<Map<String, Value>>,
        configuration: Option<Vec<Map<String, Value>>>,
        custom_mappings: Option<Vec<Map<String, Value>>>,
        consent_state: Option<ConsentState>,
        latest_consent: Option<Consent>,
        application_data_scopes: Option<DataScopes>,
        ..
    }
}

read_by_serde! { ConsentState }

impl Update {
    fn read(asked: &Asked<'_>) -> Result<Self, Reply> {
        let update: Self = body(asked)?;
        match &update.consent_state {
            Some(ConsentState::Unknown(state)) => {
                Err(invalid(&format!("there is no consent_state {}", state.as_str())))
            }
            _ => Ok(update),
        }
    }

    fn apply(self, record: &mut Record, asked: &Asked<'_>) {
        if let Some(enabled) = self.enabled {
            record.enabled = enabled;
        }
        match self.settings {
            Patch::Set(settings) => record.merge_settings(settings),
            Patch::Clear => record.settings.clear(),
            Patch::Keep => {}
        }
        match self.metadata {
            Patch::Set(metadata) => record.metadata = metadata,
            Patch::Clear => record.metadata.clear(),
            Patch::Keep => {}
        }
        if let Some(configuration) = self.configuration {
            record.configuration = configuration;
        }
        if let Some(mappings) = self.custom_mappings {
            record.custom_mappings = mappings;
        }
        if let Some(state) = self.consent_state {
            record.consent_state = state.as_str().into();
        }
        if let Some(consent) = self.latest_consent {
            consent.record(record, asked);
        }
        if let Some(DataScopes { enabled, resources }) = self.application_data_scopes {
            let mut scopes = Map::new();
            scopes.insert("updated_at".to_owned(), iso(asked).into());
            scopes.extend(enabled.map(|enabled| ("enabled".to_owned(), enabled.into())));
            scopes.extend(resources.map(|resources| ("resources".to_owned(), json!(resources.0))));
            record.data_scopes = Some(scopes);
        }
        record.updated_at = asked.now_millis();
    }
}

body! {
    struct UpdateConsent {
        granted: bool,
        resources: Resources,
    }
}

body! {
    struct Consent {
        granted: bool,
        resources: Resources,
        ..
    }
}

impl Consent {
    /// Adds it to those that are recorded; as the API shows it.
    fn record(self, record: &mut Record, asked: &Asked<'_>) -> Value {
        let Self { granted, resources } = self;
        let consent = object!({
            "id": format!("con_{}", asked.random.uuid().simple()),
            "created_at": iso(asked),
            "granted": granted,
            "resources": resources.0,
        });
        record.consent_state = if granted { "granted" } else { "denied" }.into();
        record.consents.push(consent.clone());
        record.updated_at = asked.now_millis();
        consent
    }
}

body! {
    struct DataScopes {
        enabled: Option<bool>,
        resources: Option<Resources>,
        ..
    }
}

/// `*`, or permissions by resource and field; nothing else.
struct Resources(DataScopesResources);

impl Member for Resources {
    fn read(value: Value) -> serde_json::Result<Self> {
        let resources = DataScopesResources::deserialize(value)?;
        if !resources.is_all() && resources.fields().is_none() {
            return Err(serde_json::Error::custom("resources are neither * nor an object"));
        }
        Ok(Self(resources))
    }
}

body! {
    struct Import {
        credentials: Option<ImportedCredentials>,
        settings: Option<Map<String, Value>>,
        metadata: Option<Map<String, Value>>,
        ..
    }
}

body! {
    struct ImportedCredentials {
        refresh_token: Option<String>,
        access_token: Option<String>,
        issued_at: Option<String>,
        expires_in: Option<i64>,
    }
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

body! {
    struct Migrate {
        target_service_id: String,
        ..
    }
}

body! {
    struct CallbackState {
        redirect_uri: Option<String>,
        ..
    }
}

body! {
    struct Confirm {
        confirm_token: String,
        ..
    }
}

fn without_members(asked: &Asked<'_>) -> Result<(), Reply> {
    if asked.body.is_empty() {
        return Ok(());
    }
    let [] = asked.texts(&[]).map_err(not_valid)?;
    Ok(())
}

/// The resource that the path names.
fn resource<'a>(asked: &'a Asked<'_>) -> Result<&'a str, Reply> {
    let resource = asked.id("resource")?;
    let is_known = catalog::resources(service(asked)?.unified_api).contains(&resource);
    is_known.then_some(resource).ok_or_else(|| not_found("EntityNotFoundError", "resource", resource))
}

fn no_connection(service: &Service) -> Reply {
    not_found("ConnectionNotFoundError", "connection", service.id)
}

fn unconfirmed() -> Reply {
    invalid_state("The connection was authorized with a nonce and is not confirmed")
}

/// As Apideck reports that a service gives no token.
fn refresh_failed(record: &Record, now: u64) -> Reply {
    const COOLDOWN: u64 = 30_000;
    let detail = object!({
        "type": "refresh_token_connector_error",
        "message": "Token refresh failed with 401 error",
        "debug": object!({
            "message": "Request failed with status code 401",
            "response": object!({ "statusCode": 401, "data": object!({ "error": "invalid_grant" }) }),
            "credentials_expire_at_ms": record.credentials_expire_at(now),
            "retry_after_ms": now + COOLDOWN,
            "cooldown_remaining_ms": COOLDOWN,
        }),
    });
    refusal(StatusCode::UNAUTHORIZED, "UnauthorizedError", "Unauthorized Request", &detail)
}
