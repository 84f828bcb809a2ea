use super::{Case, Input, Sent, Staged, Stored, as_json, sent, staged, storable, with_secrets};
use connectory::apideck::vault::connections::*;
use connectory::apideck::{Cursors, Envelope, Links, Meta, Warning};
use connectory::{Call, Client, JsonMap};
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

/// What every answer that is one thing, or a list, has around it.
macro_rules! enveloped {
    ($data:literal) => {
        concat!(
            r#"{ "status_code": 200, "status": "OK", "unseen": { "a": [1] }, "_raw": { "token": "{secret}" }, "data": "#,
            $data,
            " }"
        )
    };
}

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
                Connection,
                ConnectionConfiguration,
                ConsentRecord,
                CustomMapping,
                DataScopes,
                DataScopesResources,
                FieldPermission,
                FormField,
                WebhookSubscription,
            ],
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.create",
            send: |client, input| {
                let body =
                    changes(input).latest_consent(ConsentRecordInput::new(false, DataScopesResources::all()));
                let connections = client.apideck().vault().connections();
                sent_for_one(&body, connections.create(&input.ids[0], &input.ids[1], &body))
            },
            request: r#"
                POST /vault/connections/first/second
                {
                  "enabled": true, "settings": { "api_key": "{secret}" },
                  "metadata": { "note": "{secret}", "pins": [{ "pin": {number} }] },
                  "configuration": [{ "resource": "leads", "defaults": [{
                    "id": "x", "value": "{secret}",
                    "options": [{ "label": "One", "value": "{secret}", "option_type": "simple" }]
                  }] }],
                  "custom_mappings": [{ "value": "$.root.training.first_aid" }], "consent_state": "granted",
                  "latest_consent": { "granted": false, "resources": "*" },
                  "application_data_scopes": { "enabled": true, "resources": "*" }
                }"#,
            required: Some((
                |client, input| {
                    let body = CreateConnection::new();
                    let connections = client.apideck().vault().connections();
                    sent_for_one(&body, connections.create(&input.ids[0], &input.ids[1], &body))
                },
                "POST /vault/connections/first/second {}",
            )),
            answer: (200, CONNECTION),
            needs: NEEDS,
            stage: Some(|_| staged(["crm", "pipedrive", "leads"])),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.update",
            // Without `latest_consent`, with which it goes as `Once`.
            send: |client, input| {
                let body = changes(input);
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
            stage: Some(|_| staged(["crm", "salesforce", "leads"])),
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
            stage: Some(|_| staged(["crm", "salesforce", "leads"])),
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
            stage: Some(|_| staged(["crm", "salesforce", "leads"])),
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
            stage: Some(|_| staged(["hris", "personio", "employees"])),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.migrate",
            send: |client, input| {
                let body = MigrateConnection::new(&input.ids[2]);
                let connections = client.apideck().vault().connections();
                sent_for_one(&body, connections.migrate(&input.ids[0], &input.ids[1], &body))
            },
            request: r#"POST /vault/connections/first/second/migrate { "target_service_id": "third" }"#,
            answer: (200, CONNECTION),
            needs: NEEDS,
            stage: Some(with_quickbooks),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.validate",
            send: |client, input| {
                let connections = client.apideck().vault().connections();
                storable(&(), connections.validate(&input.ids[0], &input.ids[1]))
            },
            request: "POST /vault/connections/first/second/validate {}",
            answer: (200, enveloped!(r#"{ "id": "crm+salesforce", "state": "hibernating" }"#)),
            needs: &["/data"],
            stores: stores![ValidatedConnection],
            stage: Some(|_| staged(["crm", "salesforce", "leads"])),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.consents",
            send: |client, input| {
                let connections = client.apideck().vault().connections();
                storable(&(), connections.consents(&input.ids[0], &input.ids[1]))
            },
            request: "GET /vault/connections/first/second/consent",
            answer: (
                200,
                enveloped!(
                    r#"[
              {
                "id": "con_1234567890", "created_at": "2025-04-15T14:30:00Z", "granted": true,
                "resources": { "hris.employees": { "first_name": { "read": true, "write": false } } }
              },
              { "id": "con_1234567891", "created_at": "2025-04-16T14:30:00Z", "granted": false, "resources": "*" }
            ]"#
                ),
            ),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.update_consent",
            send: |client, input| {
                let body = ConsentRecordInput::new(true, DataScopesResources::all());
                let connections = client.apideck().vault().connections();
                storable(&body, connections.update_consent(&input.ids[0], &input.ids[1], &body))
            },
            request: r#"
                PATCH /vault/connections/first/second/consent
                { "granted": true, "resources": "*" }"#,
            answer: (
                200,
                enveloped!(
                    r#"{ "id": "con_1234567890", "created_at": "2025-04-15T14:30:00Z", "granted": true, "resources": "*" }"#
                ),
            ),
            needs: &["/data"],
            stage: Some(|_| staged(["crm", "salesforce", "leads"])),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.create_callback_state",
            send: |client, input| {
                let body = CreateCallbackState::new().redirect_uri("https://example.com/callback");
                let connections = client.apideck().vault().connections();
                sent(&body, connections.create_callback_state(&input.ids[0], &input.ids[1], &body))
            },
            request: r#"
                POST /vault/connections/first/second/callback-state
                { "redirect_uri": "https://example.com/callback" }"#,
            required: Some((
                |client, input| {
                    let body = CreateCallbackState::new();
                    let connections = client.apideck().vault().connections();
                    sent(&body, connections.create_callback_state(&input.ids[0], &input.ids[1], &body))
                },
                "POST /vault/connections/first/second/callback-state {}",
            )),
            answer: (200, enveloped!(r#"{ "state": "{secret}" }"#)),
            needs: &["/data", "/data/state"],
            stage: Some(|_| staged(["crm", "salesforce", "leads"])),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.confirm",
            send: |client, input| {
                let body = ConfirmConnection::new(&input.secret);
                let connections = client.apideck().vault().connections();
                storable(&body, connections.confirm(&input.ids[0], &input.ids[1], &body))
            },
            request: r#"POST /vault/connections/first/second/confirm { "confirm_token": "{secret}" }"#,
            answer: (200, enveloped!(r#"{ "confirmed": true }"#)),
            needs: &["/data", "/data/confirmed"],
            stores: stores![Confirmation],
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.resource_settings",
            send: |client, input| {
                let connections = client.apideck().vault().connections();
                let [api, service, resource] = [&input.ids[0], &input.ids[1], &input.ids[2]];
                sent_for_one(&(), connections.resource_settings(api, service, resource))
            },
            request: "GET /vault/connections/first/second/third/config",
            answer: (200, CONNECTION),
            needs: NEEDS,
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.update_resource_settings",
            // Without `latest_consent`, with which it goes as `Once`.
            send: |client, input| {
                let body = changes(input);
                let connections = client.apideck().vault().connections();
                let [api, service, resource] = [&input.ids[0], &input.ids[1], &input.ids[2]];
                sent_for_one(&body, connections.update_resource_settings(api, service, resource, &body))
            },
            request: r#"
                PATCH /vault/connections/first/second/third/config
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
                    let [api, service, resource] = [&input.ids[0], &input.ids[1], &input.ids[2]];
                    sent_for_one(&body, connections.update_resource_settings(api, service, resource, &body))
                },
                "PATCH /vault/connections/first/second/third/config {}",
            )),
            answer: (200, CONNECTION),
            needs: NEEDS,
            stage: Some(|_| staged(["crm", "salesforce", "leads"])),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.schema",
            send: |client, input| {
                let connections = client.apideck().vault().connections();
                storable(&(), connections.schema(&input.ids[0], &input.ids[1], &input.ids[2]))
            },
            request: "GET /vault/connections/first/second/third/schema",
            answer: (
                200,
                enveloped!(
                    r#"{ "type": "object", "properties": { "id": { "type": "string", "maxLength": 12345678901234567890123 } } }"#
                ),
            ),
            needs: &["/data"],
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.example",
            send: |client, input| {
                let connections = client.apideck().vault().connections();
                storable(&(), connections.example(&input.ids[0], &input.ids[1], &input.ids[2]))
            },
            request: "GET /vault/connections/first/second/third/example",
            answer: (
                200,
                enveloped!(
                    r#"{
              "unified_api": "crm", "service_id": "salesforce",
              "resource": {
                "id": "companies", "name": "Companies", "status": "abandoned", "downstream_id": "accounts",
                "downstream_name": "Accounts"
              },
              "example_response": { "Id": "{secret}", "Phone": "{secret}" }
            }"#
                ),
            ),
            needs: &["/data"],
            stores: stores![ResourceExample, ConnectorResource],
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.custom_fields",
            send: |client, input| custom_fields(client, input, &ListCustomFields::new().resource_id("a 1")),
            request: "GET /vault/connections/first/second/third/custom-fields?resource_id=a%201",
            required: Some((
                |client, input| custom_fields(client, input, &ListCustomFields::new()),
                "GET /vault/connections/first/second/third/custom-fields",
            )),
            answer: (
                200,
                enveloped!(
                    r#"[{
              "id": "123456", "name": "SSN", "description": "Employee Level", "value": "{secret}",
              "finder": "$.custom_fields.ssn"
            }]"#
                ),
            ),
            stores: stores![CustomField],
            ..Case::default()
        },
        Case {
            id: "apideck.vault.connections.custom_mappings",
            send: |client, input| custom_mappings(client, input, &ListCustomFields::new().resource_id("a 1")),
            request: "GET /vault/connections/first/second/third/custom-mappings?resource_id=a%201",
            required: Some((
                |client, input| custom_mappings(client, input, &ListCustomFields::new()),
                "GET /vault/connections/first/second/third/custom-mappings",
            )),
            answer: (
                200,
                enveloped!(
                    r#"[{
              "id": "hris+employees+first_aid_training", "label": "First Aid Training",
              "description": "First Aid Training completed after 2019-01-01", "value": "$.root.training.first_aid",
              "key": "first_aid_training", "required": false, "custom_field": true, "consumer_id": "test_user_id",
              "example": "Some value"
            }]"#
                ),
            ),
            ..Case::default()
        },
    ]
}

/// Everything that an update can set at once, but for `latest_consent`.
fn changes(input: &Input) -> UpdateConnection {
    let secret = input.secret.as_str();
    let option = FormFieldOption::simple("One", secret);
    let default = ConfigurationDefault::new("x", secret).options([option]);
    let scopes = DataScopesInput::new().enabled(true).resources(DataScopesResources::all());
    UpdateConnection::new()
        .enabled(true)
        .settings(JsonMap::new().with("api_key", secret))
        .metadata(JsonMap::new().with("note", secret).with("pins", json!([{ "pin": input.number }])))
        .configuration([ConnectionConfiguration::new("leads", [default])])
        .custom_mappings([CustomMappingInput::new("$.root.training.first_aid")])
        .consent_state(ConsentState::Granted)
        .application_data_scopes(scopes)
}

/// A connection that can be migrated.
fn with_quickbooks(client: Client) -> Staged {
    Box::pin(async move {
        let connections = client.apideck().consumer("test-consumer").vault().connections();
        let token = ImportCredentials::new().access_token("a").refresh_token("r");
        let import = ImportConnection::new().credentials(token);
        connections.import("accounting", "quickbooks", &import).await.unwrap();
        staged(["accounting", "quickbooks", "intuit-enterprise-suite"]).await
    })
}

fn custom_fields(client: &Client, input: &Input, query: &ListCustomFields) -> Sent {
    let connections = client.apideck().vault().connections();
    storable(query, connections.custom_fields(&input.ids[0], &input.ids[1], &input.ids[2], query))
}

fn custom_mappings(client: &Client, input: &Input, query: &ListCustomFields) -> Sent {
    let connections = client.apideck().vault().connections();
    storable(query, connections.custom_mappings(&input.ids[0], &input.ids[1], &input.ids[2], query))
}

fn list(client: &Client, query: &ListConnections) -> Sent {
    let call = client.apideck().vault().connections().list(query);
    with_secrets(query, call, |answer| Some(with_data(answer, answer.data.iter().map(stored).collect())))
}

/// A call that gives a connection.
fn sent_for_one(body: &(impl Debug + Serialize), call: Call<Envelope<Connection>>) -> Sent {
    with_secrets(body, call, |answer| Some(with_data(answer, stored(&answer.data))))
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
