//! One consumer's connection to one service, and how far it has come.

use super::catalog::{Auth, Service};
use serde_json::{Map, Value, json};

/// What a consumer has stored for a service. Without one the service is merely available.
#[derive(Clone)]
pub(super) struct Record {
    pub(super) enabled: bool,
    pub(super) settings: Map<String, Value>,
    pub(super) metadata: Map<String, Value>,
    pub(super) configuration: Vec<Value>,
    pub(super) custom_mappings: Vec<Value>,
    pub(super) consent_state: Value,
    pub(super) consents: Vec<Value>,
    pub(super) data_scopes: Option<Value>,
    /// The customer has authorized, or a token has been stored.
    pub(super) authorized: bool,
    /// Unix milliseconds.
    pub(super) created_at: u64,
    pub(super) updated_at: u64,
}

impl Record {
    pub(super) fn new(now: u64) -> Self {
        Self {
            enabled: true,
            settings: Map::new(),
            metadata: Map::new(),
            configuration: Vec::new(),
            custom_mappings: Vec::new(),
            consent_state: "implicit".into(),
            consents: Vec::new(),
            data_scopes: None,
            authorized: false,
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

    pub(super) fn has_settings_of(&self, service: &Service) -> bool {
        service.fields.iter().all(|field| {
            self.settings
                .get(field.id)
                .is_some_and(|value| value.as_str().is_none_or(|text| !text.is_empty()))
        })
    }

    /// The setting that every service of the sandbox rejects.
    fn is_rejected(&self) -> bool {
        self.settings.values().any(|value| value == "invalid")
    }
}

/// State and health, which follow from what is stored.
pub(super) fn state(service: &Service, record: Option<&Record>) -> (&'static str, Option<&'static str>) {
    let Some(record) = record else { return ("available", None) };
    let complete = record.has_settings_of(service);
    let needs_token = matches!(service.auth, Auth::AuthorizationCode | Auth::ClientCredentials);
    match service.auth {
        _ if record.is_rejected() => ("invalid", Some("needs_auth")),
        Auth::AuthorizationCode if record.authorized && !complete => ("authorized", Some("missing_settings")),
        _ if !complete => ("added", Some("missing_settings")),
        _ if needs_token && !record.authorized => ("added", Some("needs_auth")),
        _ => ("callable", Some("ok")),
    }
}

/// The connection as the API shows it.
pub(super) fn show(service: &Service, record: Option<&Record>, base_url: &str, app_id: &str) -> Value {
    let Service { unified_api, id, name, auth, fields } = service;
    let (state, health) = state(service, record);
    let form_fields: Vec<Value> = fields
        .iter()
        .map(|field| {
            json!({
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
                "options": [],
            })
        })
        .collect();
    let link = |what| match auth {
        Auth::AuthorizationCode => json!(format!("{base_url}/vault/{what}/{id}/{app_id}?state=sandbox")),
        _ => Value::Null,
    };
    json!({
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
        "configurable_resources": [],
        "resource_schema_support": [],
        "resource_settings_support": [],
        "validation_support": true,
        "schema_support": false,
        "settings_required_for_authorization": [],
        "subscriptions": [],
        "has_guide": false,
        "custom_mappings": record.map_or(&[][..], |record| &record.custom_mappings),
        "consent_state": record.map(|record| &record.consent_state),
        "consents": record.map_or(&[][..], |record| &record.consents),
        "latest_consent": record.and_then(|record| record.consents.last()),
        "application_data_scopes": record.and_then(|record| record.data_scopes.as_ref()),
        "health": health,
        "credentials_expire_at": 0,
        "last_refresh_failed_at": 0,
        "last_downstream_error_at": 0,
        "created_at": record.map(|record| record.created_at),
        "updated_at": record.map(|record| record.updated_at),
    })
}
