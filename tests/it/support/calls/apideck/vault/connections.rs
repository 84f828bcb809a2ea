use super::{Case, Sent, Stored, as_json, given, sent, staged};
use connectory::apideck::vault::connections::*;
use connectory::apideck::{Cursors, Envelope, Links, Meta, Warning};
use connectory::{Call, JsonMap};
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Debug;

/// The vendor's example, with every member of the vendor's schema and what the schema leaves out.
const WHOLE: &str = include_str!("../../../../apideck/vault/connection.json");

/// The secrets of a connection. What it has besides is in [`WHOLE`], which is long for every test of every operation.
const CONNECTION: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": {
    "id": "crm+salesforce", "service_id": "salesforce", "unified_api": "crm", "state": "hibernating",
    "authorize_url": "https://unify.apideck.com/vault/authorize/salesforce/app?state={secret}",
    "revoke_url": "https://unify.apideck.com/vault/revoke/salesforce/app?state={secret}",
    "settings": { "api_key": "{secret}" }, "metadata": { "note": "{secret}" },
    "form_fields": [{
      "id": "api_key", "value": "{secret}", "sensitive": true, "type": "text",
      "options": [{ "label": "One", "value": "{secret}", "option_type": "simple" }]
    }],
    "configuration": [{ "resource": "leads", "defaults": [{ "id": "x", "value": "{secret}" }] }],
    "subscriptions": [{ "execute_url": "https://unify.apideck.com/webhook/w/{secret}/salesforce" }],
    "unseen": { "a": [1] }
  },
  "_raw": { "token": "{secret}" }
}"#;

const LIST: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": [{
    "id": "crm+salesforce", "service_id": "salesforce", "unified_api": "crm", "state": "callable",
    "settings": { "api_key": "{secret}" }, "form_fields": [{ "id": "api_key", "value": "{secret}" }]
  }],
  "unseen": { "a": [1] }
}"#;

const NEEDS: &[&str] = &["/data", "/data/id", "/data/service_id", "/data/unified_api"];

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "apideck.vault.connections.list",
            send: |client, _| list(client, &ListConnections::new().api("crm").configured(true)),
            request: "GET /vault/connections?api=crm&configured=true",
            required: Some((|client, _| list(client, &ListConnections::new()), "GET /vault/connections")),
            answer: (200, LIST),
            stores: stores![Envelope<JsonMap>, Meta, Cursors, Links, Warning],
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.get",
            send: |client, input| {
                let connections = client.apideck().vault().connections();
                sent_for_one(&(), connections.get(&input.ids[0], &input.ids[1]))
            },
            request: "GET /vault/connections/first/second",
            answer: (200, WHOLE),
            needs: NEEDS,
            stores: stores![
                ConfigurationDefault,
                ConnectionConfiguration,
                ConsentRecord,
                CustomMapping,
                DataScopes,
                DataScopesResources,
                FieldPermission,
                WebhookSubscription,
            ],
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.update",
            // Without `latest_consent`, with which it goes as `Once`.
            send: |client, input| {
                let secret = input.secret.as_str();
                let option = FormFieldOption::simple("One", secret);
                let default = ConfigurationDefault::new("x", secret).options([option]);
                let scopes = DataScopesInput::new().enabled(true).resources(DataScopesResources::all());
                let body = UpdateConnection::new()
                    .enabled(true)
                    .settings(JsonMap::new().with("api_key", secret))
                    .metadata(
                        JsonMap::new().with("note", secret).with("pins", json!([{ "pin": input.number }])),
                    )
                    .configuration([ConnectionConfiguration::new("leads", [default])])
                    .custom_mappings([CustomMappingInput::new("$.root.training.first_aid")])
                    .consent_state(ConsentState::Granted)
                    .application_data_scopes(scopes);
                let connections = client.apideck().vault().connections();
                sent_for_one(&body, connections.update(&input.ids[0], &input.ids[1], &body))
            },
            request: r#"
                PATCH /vault/connections/first/second
                {
                  "enabled": true, "settings": { "api_key": "{secret}" },
                  "metadata": { "note": "{secret}", "pins": [{ "pin": {number} }] },
                  "configuration": [{ "resource": "leads", "defaults": [{
                    "id": "x", "value": "{secret}",
                    "options": [{ "label": "One", "value": "{secret}", "option_type": "simple" }]
                  }] }],
                  "custom_mappings": [{ "value": "$.root.training.first_aid" }], "consent_state": "granted",
                  "application_data_scopes": { "enabled": true, "resources": "*" }
                }"#,
            required: Some((
                |client, input| {
                    let body = UpdateConnection::new();
                    let connections = client.apideck().vault().connections();
                    sent_for_one(&body, connections.update(&input.ids[0], &input.ids[1], &body))
                },
                "PATCH /vault/connections/first/second {}",
            )),
            answer: (200, CONNECTION),
            needs: NEEDS,
            stage: Some(|_| staged(["crm", "salesforce"])),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.delete",
            send: |client, input| {
                let connections = client.apideck().vault().connections();
                sent(&(), connections.delete(&input.ids[0], &input.ids[1]))
            },
            request: "DELETE /vault/connections/first/second",
            answer: (204, ""),
            stage: Some(|_| staged(["crm", "salesforce"])),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.import",
            send: |client, input| {
                let secret = input.secret.as_str();
                let credentials = ImportCredentials::new()
                    .refresh_token(secret)
                    .access_token(secret)
                    .issued_at("2020-01-01T00:00:00Z")
                    .expires_in(3600);
                let body = ImportConnection::new()
                    .credentials(credentials)
                    .settings(JsonMap::new().with("api_key", secret))
                    .metadata(JsonMap::new().with("note", secret).with("pin", input.number));
                let connections = client.apideck().vault().connections();
                sent_for_one(&body, connections.import(&input.ids[0], &input.ids[1], &body))
            },
            request: r#"
                POST /vault/connections/first/second/import
                {
                  "credentials": {
                    "refresh_token": "{secret}", "access_token": "{secret}",
                    "issued_at": "2020-01-01T00:00:00Z", "expires_in": 3600
                  },
                  "settings": { "api_key": "{secret}" }, "metadata": { "note": "{secret}", "pin": {number} }
                }"#,
            required: Some((
                |client, input| {
                    let body = ImportConnection::new();
                    let connections = client.apideck().vault().connections();
                    sent_for_one(&body, connections.import(&input.ids[0], &input.ids[1], &body))
                },
                "POST /vault/connections/first/second/import {}",
            )),
            answer: (200, CONNECTION),
            needs: NEEDS,
            stage: Some(|_| staged(["crm", "salesforce"])),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.token",
            send: |client, input| {
                let connections = client.apideck().vault().connections();
                sent_for_one(&(), connections.token(&input.ids[0], &input.ids[1]))
            },
            request: "POST /vault/connections/first/second/token {}",
            answer: (200, CONNECTION),
            needs: NEEDS,
            stage: Some(|_| staged(["hris", "personio"])),
            ..Case::default()
        },
    ]
}

fn list(client: &connectory::Client, query: &ListConnections) -> Sent {
    let call = client.apideck().vault().connections().list(query);
    given(query, call, |answer| Some(with_data(answer, answer.data.iter().map(stored).collect())))
}

/// A call that gives a connection.
fn sent_for_one(body: &(impl Debug + Serialize), call: Call<Envelope<Connection>>) -> Sent {
    given(body, call, |answer| Some(with_data(answer, stored(&answer.data))))
}

macro_rules! members {
    ($value:ident: $($name:ident)+) => { json!({ $((stringify!($name)): as_json(&$value.$name)),+ }) };
}

/// All of a connection but the values of its form fields, which are secrets.
fn stored(connection: &Connection) -> Value {
    let mut stored = members! { connection:
        id service_id unified_api name tag_line state integration_state auth_type oauth_grant_type status enabled
        website icon logo authorize_url revoke_url settings metadata configuration configurable_resources
        resource_schema_support resource_settings_support validation_support schema_support
        settings_required_for_authorization subscriptions has_guide custom_mappings consent_state consents
        latest_consent application_data_scopes health credentials_expire_at last_refresh_failed_at
        last_downstream_error_at created_at updated_at
    };
    stored["form_fields"] = connection.form_fields.iter().map(stored_field).collect();
    stored
}

fn stored_field(field: &FormField) -> Value {
    let mut stored = members! { field:
        id label placeholder description required custom_field allow_custom_values disabled hidden deprecated
        sensitive mask prefix suffix options
    };
    stored["type"] = as_json(&field.kind);
    stored
}

fn with_data<T>(answer: &Envelope<T>, data: Value) -> Value {
    let Envelope { status_code, status, meta, links, raw, .. } = answer;
    json!({
        "data": data, "status_code": status_code, "status": status, "meta": meta, "links": links, "_raw": as_json(raw),
    })
}
