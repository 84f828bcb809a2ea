//! One consumer's connection to one service, and how far it has come.

use super::catalog::{self, Auth, Service};
use crate::sandbox::object::{self, object};
use serde_json::{Map, Value, json};

/// How long the services' tokens last, in milliseconds.
const TOKEN_LIFETIME: u64 = 60 * 60 * 1000;
/// How long credentials are kept whose refresh fails, in milliseconds.
const RETAINED: u64 = 48 * 60 * 60 * 1000;

/// How long a token confirms a connection, in milliseconds.
const CONFIRMABLE: u64 = 30 * 60 * 1000;

/// What a consumer has stored for a service. Without one the service is merely available.
#[derive(Clone)]
pub(super) struct Record {
    pub(super) consumer: String,
    pub(super) service: &'static Service,
    pub(super) enabled: bool,
    pub(super) settings: Map<String, Value>,
    pub(super) metadata: Map<String, Value>,
    pub(super) configuration: Vec<Map<String, Value>>,
    pub(super) custom_mappings: Vec<Map<String, Value>>,
    pub(super) consent_state: Value,
    pub(super) consents: Vec<Value>,
    pub(super) data_scopes: Option<Map<String, Value>>,
    /// How many tokens the service has given the customer for consent or credentials.
    pub(super) grants: u32,
    /// When the token has to be refreshed, in Unix milliseconds; `None` where there is no token.
    token_expires: Option<u64>,
    /// Whether the service refuses to refresh tokens. As long as it does not, an expired one is as good as a fresh one.
    refresh_fails: bool,
    is_revoked: bool,
    /// What confirms the token, and until when; `None` where nothing is to be confirmed.
    confirmation: Option<(String, u64)>,
    /// The service from which the connection was moved here.
    pub(super) migrated_from: Option<&'static str>,
    /// Unix milliseconds.
    pub(super) created_at: u64,
    pub(super) updated_at: u64,
}

impl Record {
    pub(super) fn new(consumer: &str, service: &'static Service, now: u64) -> Self {
        Self {
            consumer: consumer.to_owned(),
            service,
            enabled: true,
            settings: Map::new(),
            metadata: Map::new(),
            configuration: Vec::new(),
            custom_mappings: Vec::new(),
            consent_state: "implicit".into(),
            consents: Vec::new(),
            data_scopes: None,
            grants: 0,
            token_expires: None,
            refresh_fails: false,
            is_revoked: false,
            confirmation: None,
            migrated_from: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Members that are null are removed, the others added or replaced.
    pub(super) fn merge_settings(&mut self, settings: Map<String, Value>) {
        for (key, value) in settings {
            if value.is_null() {
                self.settings.remove(&key);
            } else {
                self.settings.insert(key, value);
            }
        }
    }

    /// The service gives a token.
    pub(super) fn grant(&mut self, now: u64) {
        self.grant_until(now + TOKEN_LIFETIME);
        self.updated_at = now;
    }

    pub(super) fn grant_until(&mut self, expires: u64) {
        self.token_expires = Some(expires);
        self.grants += 1;
        (self.is_revoked, self.confirmation) = (false, None);
    }

    /// The service gives a token that counts once it is confirmed with this.
    pub(super) fn grant_unconfirmed(&mut self, confirm_token: &str, now: u64) {
        self.grant(now);
        self.confirmation = Some((confirm_token.to_owned(), now + CONFIRMABLE));
    }

    pub(super) fn is_unconfirmed(&self) -> bool {
        self.confirmation.is_some()
    }

    /// Whether this confirmed it.
    pub(super) fn confirm(&mut self, confirm_token: &str, now: u64) -> bool {
        let confirms = |(token, until): &(String, u64)| token == confirm_token && now < *until;
        let is_confirmed = self.confirmation.as_ref().is_some_and(confirms);
        if is_confirmed {
            self.confirmation = None;
            self.updated_at = now;
        }
        is_confirmed
    }

    /// The service gives a fresh token for the old one.
    pub(super) fn refresh(&mut self, now: u64) {
        self.token_expires = Some(now + TOKEN_LIFETIME);
    }

    /// The service takes its token back; whether there was one.
    pub(super) fn revoke(&mut self, now: u64) -> bool {
        let was_authorized = self.is_authorized(now);
        if was_authorized {
            (self.token_expires, self.is_revoked, self.confirmation) = (None, true, None);
            self.updated_at = now;
        }
        was_authorized
    }

    /// The service refuses the token, and to refresh any; whether there is one to refuse.
    pub(super) fn fail_refresh(&mut self, now: u64) -> bool {
        let is_authorized = self.is_authorized(now);
        if is_authorized && self.refresh_failed_at(now).is_none() {
            (self.token_expires, self.refresh_fails) = (Some(now), true);
            self.updated_at = now;
        }
        is_authorized
    }

    /// The service refreshes tokens again; whether it had refused to.
    pub(super) fn recover_refresh(&mut self, now: u64) -> bool {
        // What has been deleted by now stays so.
        self.token_expires = self.token_expires.filter(|_| self.is_authorized(now));
        let did_fail = std::mem::take(&mut self.refresh_fails);
        if did_fail {
            self.updated_at = now;
        }
        did_fail
    }

    pub(super) fn refresh_failed_at(&self, now: u64) -> Option<u64> {
        self.token_expires.filter(|expires| self.refresh_fails && *expires <= now)
    }

    /// When the token will be deleted, unless it can be refreshed before.
    pub(super) fn credentials_expire_at(&self, now: u64) -> Option<u64> {
        self.refresh_failed_at(now).map(|failed| failed + RETAINED).filter(|deleted| now < *deleted)
    }

    /// When time alone changes it: the token cannot be refreshed, and is deleted.
    pub(super) fn turning_points(&self) -> Option<[u64; 2]> {
        let expires = self.token_expires.filter(|_| self.refresh_fails)?;
        Some([expires, expires + RETAINED])
    }

    pub(super) fn refuses_refresh(&self) -> bool {
        self.refresh_fails
    }

    /// Whether there is a token that has not been deleted.
    pub(super) fn is_authorized(&self, now: u64) -> bool {
        let fails = self.refresh_failed_at(now).is_some();
        self.token_expires.is_some() && (!fails || self.credentials_expire_at(now).is_some())
    }

    pub(super) fn has_settings_of(&self, service: &Service) -> bool {
        service.fields.iter().all(|field| {
            self.settings
                .get(field.id)
                .is_some_and(|value| value.as_str().is_none_or(|text| !text.is_empty()))
        })
    }

    /// The setting that every service of the sandbox rejects.
    pub(super) fn is_rejected(&self) -> bool {
        self.settings.values().any(|value| value == "invalid")
    }
}

/// State and health, which follow from what is stored.
pub(super) fn state(
    service: &Service,
    record: Option<&Record>,
    now: u64,
) -> (&'static str, Option<&'static str>) {
    let Some(record) = record else { return ("available", None) };
    let complete = record.has_settings_of(service);
    let authorized = record.is_authorized(now);
    let needs_token = service.auth.grant_type().is_some();
    match service.auth {
        _ if record.is_rejected() => ("invalid", Some("needs_auth")),
        _ if record.is_revoked => ("added", Some("revoked")),
        _ if authorized && record.is_unconfirmed() => ("added", Some("pending_confirmation")),
        Auth::AuthorizationCode if authorized && !complete => ("authorized", Some("missing_settings")),
        Auth::AuthorizationCode if !authorized => ("added", Some("needs_auth")),
        _ if !complete => ("added", Some("missing_settings")),
        _ if needs_token && !authorized => ("added", Some("needs_auth")),
        _ if needs_token && record.refresh_failed_at(now).is_some() => ("callable", Some("pending_refresh")),
        _ => ("callable", Some("ok")),
    }
}

/// The members that may be null; others are left out where there is nothing to say.
const NULLABLE: [&str; 5] = ["authorize_url", "metadata", "revoke_url", "settings", "updated_at"];

/// The connection as the API shows it, with the link of each name.
pub(super) fn show(
    service: &Service,
    record: Option<&Record>,
    now: u64,
    link: &dyn Fn(&str) -> Option<String>,
) -> Value {
    let Service { unified_api, id, name, auth, fields } = service;
    let (state, health) = state(service, record, now);
    let resources = catalog::resources(unified_api);
    let form_fields: Vec<Value> = fields
        .iter()
        .map(|field| {
            object!({
                "id": field.id,
                "label": field.label,
                "value": record.and_then(|record| record.settings.get(field.id)),
                "placeholder": "",
                "mask": false,
                "type": "text",
                "required": true,
                "disabled": false,
                "custom_field": false,
                "sensitive": field.sensitive,
                "options": json!([]),
            })
        })
        .collect();
    let expires = record.and_then(|record| record.credentials_expire_at(now));
    let failed = record.and_then(|record| record.refresh_failed_at(now));
    let mut connection = object!({
        "id": format!("{unified_api}+{id}"),
        "service_id": id,
        "name": name,
        "tag_line": format!("{name}, as the sandbox acts it out"),
        "unified_api": unified_api,
        "state": state,
        "integration_state": "configured",
        "auth_type": auth.auth_type(),
        "oauth_grant_type": auth.grant_type(),
        "status": "live",
        "enabled": record.is_some_and(|record| record.enabled),
        "website": format!("https://{id}.example"),
        "icon": format!("https://{id}.example/icon.png"),
        "logo": format!("https://{id}.example/logo.png"),
        "authorize_url": link("authorize"),
        "revoke_url": link("revoke"),
        "settings": record.map(|record| &record.settings),
        "metadata": record.map(|record| &record.metadata),
        "form_fields": form_fields,
        "configuration": record.map_or(&[][..], |record| &record.configuration),
        "configurable_resources": resources,
        "resource_schema_support": resources,
        "resource_settings_support": resources,
        "validation_support": true,
        "schema_support": true,
        "settings_required_for_authorization": json!([]),
        "subscriptions": json!([]),
        "has_guide": false,
        "custom_mappings": record.map_or(&[][..], |record| &record.custom_mappings),
        "consent_state": record.map(|record| &record.consent_state),
        "consents": record.map_or(&[][..], |record| &record.consents),
        "latest_consent": record.and_then(|record| record.consents.last()),
        "application_data_scopes": record.and_then(|record| record.data_scopes.as_ref()),
        "health": health,
        // 0 is never.
        "credentials_expire_at": expires.unwrap_or_default(),
        "last_refresh_failed_at": failed.unwrap_or_default(),
        "last_downstream_error_at": 0,
        "created_at": record.map(|record| record.created_at),
        "updated_at": record.map(|record| record.updated_at),
    });
    if let Value::Object(members) = &mut connection {
        object::retain(members, &|name, value| !value.is_null() || NULLABLE.contains(&name));
    }
    connection
}
