//! Apideck's connections on the wire.

use crate::support::{
    memory::{Memory, Step},
    offline,
    wire::{Seen, Wire},
};
use connectory::apideck::{
    UnifiedApi,
    vault::connections::{
        AuthType, ConfigurationDefault, ConfigurationTarget, Connection, ConnectionConfiguration,
        ConnectionHealth, ConnectionState, ConnectionStatus, Connections, ConsentRecordInput, ConsentState,
        CustomMappingInput, DataScopesFields, DataScopesInput, DataScopesResources, FieldPermission,
        FieldValue, FormField, FormFieldOption, FormFieldType, ImportConnection, ImportCredentials,
        IntegrationState, ListConnections, OAuthGrantType, UpdateConnection,
    },
};
use connectory::{JsonMap, Patch, UnixMillis};
use serde_json::{Value, json};
use wiremock::Request;

/// Every member of the vendor's schema with the vendor's own example, and what the schema leaves out.
const CONNECTION: &str = include_str!("connection.json");
/// The body of the vendor's example of an update.
const UPDATE: &str = include_str!("update.json");

const PATH: &str = "/vault/connections/crm/pipedrive";

impl Wire {
    fn connections(&self) -> Connections {
        self.client().apideck().vault().connections()
    }
}

fn assert_json(request: &Request, line: &str, body: &Value) {
    assert_eq!(request.line(), line);
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(&request.json(), body);
}

/// The example's connection with these members changed.
fn connection_with(changes: Value) -> Value {
    let mut body: Value = serde_json::from_str(CONNECTION).unwrap();
    body["data"].as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

async fn got(body: &Value) -> Connection {
    let wire = Wire::ok(body.to_string()).await;
    wire.connections().get("crm", "salesforce").await.unwrap().data
}

#[tokio::test]
async fn list_takes_an_api_that_is_new_and_the_unconfigured() {
    let wire = Wire::ok(r#"{"data":[]}"#).await;
    let query = ListConnections::new().api("brand new").configured(false);
    wire.connections().list(&query).await.unwrap();
    assert_eq!(wire.request().await.line(), "GET /vault/connections?api=brand%20new&configured=false");
}

#[tokio::test]
async fn list_reads_a_missing_list_as_empty() {
    for body in ["{}", r#"{"data":null,"meta":null,"status_code":null}"#, r#"{"data":[],"unseen":{}}"#] {
        let wire = Wire::ok(body).await;
        let list = wire.connections().list(&ListConnections::new()).await.unwrap();
        assert!(list.data.is_empty() && list.meta.is_none() && list.status_code.is_none(), "{body}");
    }
}

#[tokio::test]
async fn a_connection_has_its_members_by_name() {
    assert_example(&got(&connection_with(json!({}))).await);
}

#[tokio::test]
async fn the_envelope_keeps_what_is_around_the_data() {
    let wire = Wire::ok(CONNECTION).await;
    let answer = wire.connections().get("crm", "salesforce").await.unwrap();
    assert_eq!((answer.status_code, answer.status.as_deref()), (Some(200), Some("OK")));

    let meta = answer.meta.unwrap();
    assert_eq!((meta.items_on_page, meta.total_count), (Some(50), Some(1)));
    let cursors = meta.cursors.unwrap();
    assert_eq!(cursors.previous.as_deref(), Some("em9oby1jcm06OnBhZ2U6OjE="));
    assert_eq!(cursors.current.as_deref(), Some("em9oby1jcm06OnBhZ2U6OjI="));
    assert_eq!(cursors.next.as_deref(), Some("em9oby1jcm06OnBhZ2U6OjM="));
    let [warning] = meta.warnings.as_slice() else { panic!("one warning") };
    assert_eq!(warning.kind.as_deref(), Some("downstream_request_failed"));
    assert_eq!(warning.status_code, Some(429));
    assert_eq!(warning.error.as_deref(), Some("Too Many Requests"));
    assert_eq!(warning.operation.as_deref(), Some("getManager"));
    assert_eq!(warning.message.as_deref(), Some("Rate limit exceeded"));

    let links = answer.links.unwrap();
    assert!(links.previous.unwrap().ends_with("?cursor=em9oby1jcm06OnBhZ2U6OjE%3D"));
    assert_eq!(links.current.as_deref(), Some("https://unify.apideck.com/crm/companies"));
    assert!(links.next.unwrap().ends_with("?cursor=em9oby1jcm06OnBhZ2U6OjM"));
    assert_eq!(answer.raw.unwrap().get("nested"), Some(json!({ "a": [1, 2.5, null] })));
}

fn assert_example(connection: &Connection) {
    assert_eq!(connection.id.as_str(), "crm+salesforce");
    assert_eq!(connection.service_id.as_str(), "salesforce");
    assert_eq!(connection.unified_api, UnifiedApi::Crm);
    assert_eq!(connection.name.as_deref(), Some("Salesforce"));
    let tag_line = "CRM software solutions and enterprise cloud computing from Salesforce.";
    assert_eq!(connection.tag_line.as_deref(), Some(tag_line));
    assert_eq!(connection.state, Some(ConnectionState::Authorized));
    assert_eq!(connection.integration_state, Some(IntegrationState::Configured));
    assert_eq!(connection.auth_type, Some(AuthType::OAuth2));
    assert_eq!(connection.oauth_grant_type, Some(OAuthGrantType::AuthorizationCode));
    assert_eq!(connection.status, Some(ConnectionStatus::Live));
    assert_eq!(connection.enabled, Some(true));
    assert_eq!(connection.website.as_deref(), Some("https://www.salesforce.com"));
    assert!(connection.icon.as_deref().unwrap().ends_with("/salesforce/icon128x128.png"));
    assert!(connection.logo.as_deref().unwrap().ends_with("/logo-salesforce-m.svg"));
    assert_eq!(
        connection.authorize_url.as_ref().unwrap().expose_secret(),
        "https://unify.apideck.com/vault/authorize/salesforce/<application-id>?state={secret}"
    );
    assert_eq!(
        connection.revoke_url.as_ref().unwrap().expose_secret(),
        "https://unify.apideck.com/vault/revoke/salesforce/<application-id>?state={secret}"
    );
    let settings = connection.settings.as_ref().unwrap();
    assert_eq!(settings.get("instance_url"), Some(json!("https://eu28.salesforce.com")));
    assert_eq!(settings.get("api_key"), Some(json!("{secret}")));
    let metadata = connection.metadata.as_ref().unwrap();
    assert_eq!(metadata.get("plan"), Some(json!("enterprise")));
    assert_eq!(metadata.get::<Value>("account").unwrap()["name"], "My Company");
    assert_eq!(metadata.get("company_id"), Some(json!("{secret}")));

    assert_form_fields(&connection.form_fields);
    assert_configuration(&connection.configuration);
    assert_eq!(connection.configurable_resources, ["opportunities", "companies", "contacts", "leads"]);
    assert_eq!(connection.resource_schema_support, ["leads"]);
    assert_eq!(connection.resource_settings_support, ["leads"]);
    assert_eq!(connection.validation_support, Some(true));
    assert_eq!(connection.schema_support, Some(false));
    assert_eq!(connection.settings_required_for_authorization, ["client_id", "client_secret"]);
    assert_eq!(connection.has_guide, Some(true));

    let [subscription] = connection.subscriptions.as_slice() else { panic!("one subscription") };
    assert_eq!(subscription.downstream_id.as_deref(), Some("5f5f5f5f5f5f5f5f5f5f5f5f"));
    assert_eq!(subscription.unify_event_types, ["crm.contact.created"]);
    assert_eq!(subscription.downstream_event_types, ["contacts.CREATED"]);
    assert_eq!(
        subscription.execute_url.as_ref().unwrap().expose_secret(),
        "https://unify.apideck.com/webhook/w/{secret}/{serviceId}?e={downstreamEventType}"
    );
    assert_eq!(subscription.created_at.as_ref().unwrap().as_str(), "2020-10-01T12:00:00.000Z");

    let [mapping] = connection.custom_mappings.as_slice() else { panic!("one mapping") };
    assert_eq!(mapping.id.as_deref(), Some("hris+employees+first_aid_training"));
    assert_eq!(mapping.label.as_deref(), Some("First Aid Training"));
    assert_eq!(mapping.description.as_deref(), Some("First Aid Training completed after 2019-01-01"));
    assert_eq!(mapping.value.as_deref(), Some("$.root.training.first_aid"));
    assert_eq!(mapping.key.as_deref(), Some("first_aid_training"));
    assert_eq!((mapping.required, mapping.custom_field), (Some(false), Some(true)));
    assert_eq!(mapping.consumer_id.as_deref(), Some("test_user_id"));
    assert_eq!(mapping.example.as_deref(), Some("Some value"));

    assert_consents(connection);
    assert_eq!(connection.health, Some(ConnectionHealth::Ok));
    assert_eq!(connection.credentials_expire_at, Some(UnixMillis::from(1_730_172_800_000)));
    assert_eq!(connection.last_refresh_failed_at, Some(UnixMillis::from(1_730_000_000_000)));
    assert!(connection.last_downstream_error_at.unwrap().is_never());
    assert_eq!(connection.created_at.unwrap().get(), 1_615_563_533_390);
    assert_eq!(connection.updated_at.unwrap().get(), 1_616_662_325_753);
}

fn assert_form_fields(fields: &[FormField]) {
    let [url, key, channel] = fields else { panic!("three fields") };
    let shown = |field: &FormField| (field.id.clone().unwrap(), field.label.clone().unwrap());
    assert_eq!(shown(url), ("instance_url".into(), "Instance url".into()));
    assert_eq!(url.value.as_ref().unwrap().expose_secret(), "https://eu28.salesforce.com");
    assert_eq!((url.mask, url.sensitive), (Some(false), Some(false)));
    assert_eq!(url.placeholder.as_deref(), Some(""));
    assert_eq!(url.kind, Some(FormFieldType::Text));
    assert_eq!((url.required, url.disabled, url.custom_field), (Some(true), Some(false), Some(false)));
    assert_eq!((url.hidden, url.allow_custom_values, url.deprecated), (None, None, None));
    assert!(url.options.is_empty());

    assert_eq!(shown(key), ("api_key".into(), "API Key".into()));
    assert_eq!(key.value.as_ref().unwrap().expose_secret(), "{secret}");
    assert_eq!((key.mask, key.sensitive), (Some(true), Some(true)));

    assert_eq!(shown(channel), ("channel".into(), "Channel".into()));
    assert!(channel.value.is_none());
    assert_eq!(channel.placeholder.as_deref(), Some("Select a channel"));
    assert_eq!(channel.description.as_deref(), Some("Slack channel to push notification to"));
    assert_eq!(channel.kind, Some(FormFieldType::FilteredSelect));
    assert_eq!(
        (channel.required, channel.disabled, channel.custom_field),
        (Some(false), Some(true), Some(true))
    );
    let rest = (channel.hidden, channel.allow_custom_values, channel.deprecated);
    assert_eq!(rest, (Some(false), Some(true), Some(true)));
    assert_eq!((channel.mask, channel.sensitive), (None, None));
    assert_eq!(
        (channel.prefix.as_deref(), channel.suffix.as_deref()),
        (Some("https://"), Some(".shopify.com"))
    );
    let inner = [
        FormFieldOption::simple("Integer", 123),
        FormFieldOption::simple("Number", 12.5),
        FormFieldOption::simple("Boolean", true),
        FormFieldOption::simple("List", ["team", "{secret}"]),
    ];
    let options = [
        FormFieldOption::simple("General Channel", "general"),
        FormFieldOption::group("1234", "General Channel", inner),
    ];
    assert_eq!(channel.options, options);
}

fn assert_configuration(configuration: &[ConnectionConfiguration]) {
    let [leads] = configuration else { panic!("one resource") };
    assert_eq!(leads.resource.as_deref(), Some("leads"));
    let [product, amounts] = leads.defaults.as_slice() else { panic!("two defaults") };
    assert_eq!(product.id.as_deref(), Some("ProductInterest"));
    assert_eq!(product.target, Some(ConfigurationTarget::CustomFields));
    assert_eq!(product.options, [FormFieldOption::simple("General Channel", "general")]);
    assert_eq!(product.value, Some("{secret}".into()));
    assert_eq!(amounts.target, Some(ConfigurationTarget::Resource));
    let list: FieldValue = ["GC6000 series".into(), FieldValue::from(10), 10.5.into()].into();
    assert_eq!(amounts.value, Some(list));
}

fn assert_consents(connection: &Connection) {
    assert_eq!(connection.consent_state, Some(ConsentState::Granted));
    let [consent] = connection.consents.as_slice() else { panic!("one consent") };
    let latest = connection.latest_consent.as_ref().unwrap();
    for record in [consent, latest] {
        assert_eq!(record.id.as_ref().unwrap().as_str(), "con_1234567890");
        assert_eq!(record.created_at.as_ref().unwrap().as_str(), "2025-04-15T14:30:00Z");
        assert_eq!(record.granted, Some(true));
    }
    assert!(latest.resources.as_ref().unwrap().is_all());
    let fields = consent.resources.as_ref().unwrap().fields().unwrap();
    assert_eq!(fields.len(), 2);
    assert_eq!(fields["hris.employees"]["first_name"], FieldPermission::new(true, true));
    assert_eq!(fields["hris.employees"]["addresses[].city"], FieldPermission::new(true, false));
    assert_eq!(fields["hris.departments"]["id"], FieldPermission::new(true, false));

    let scopes = connection.application_data_scopes.as_ref().unwrap();
    assert_eq!(scopes.enabled, Some(true));
    assert_eq!(scopes.updated_at.as_ref().unwrap().as_str(), "2025-04-15T14:30:00Z");
    assert_eq!(scopes.resources.as_ref().unwrap().fields(), Some(permissions([("id", true, false)])));
}

/// Permissions on fields of `hris.employees`.
fn permissions<const N: usize>(fields: [(&str, bool, bool); N]) -> DataScopesFields {
    let fields = fields.map(|(field, read, write)| (field.to_owned(), FieldPermission::new(read, write)));
    DataScopesFields::from([("hris.employees".to_owned(), fields.into())])
}

#[test]
fn every_value_that_the_vendor_documents_is_known() {
    fn texts<T: AsRef<str>>(known: &[T]) -> String {
        known.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ")
    }
    let rows = [
        (texts(ConnectionState::KNOWN), "available callable added authorized invalid"),
        (texts(IntegrationState::KNOWN), "disabled needs_configuration configured"),
        (texts(AuthType::KNOWN), "oauth2 apiKey basic custom none"),
        (texts(OAuthGrantType::KNOWN), "authorization_code client_credentials password"),
        (texts(ConnectionStatus::KNOWN), "live upcoming requested"),
        (
            texts(ConnectionHealth::KNOWN),
            "revoked missing_settings needs_consent pending_confirmation needs_auth pending_refresh ok degraded",
        ),
        (texts(ConsentState::KNOWN), "implicit pending granted denied revoked requires_reconsent"),
        (
            texts(FormFieldType::KNOWN),
            "text checkbox tel email url textarea select filtered-select multi-select datetime date time number \
             password",
        ),
        (texts(ConfigurationTarget::KNOWN), "custom_fields resource"),
        (
            texts(UnifiedApi::KNOWN),
            "accounting ats calendar crm csp customer-support ecommerce email email-marketing expense-management \
             file-storage form hris lead payroll pos procurement project-management script sms spreadsheet \
             subscription-analytics team-messaging issue-tracking time-registration transactional-email vault \
             data-warehouse proxy",
        ),
    ];
    for (known, documented) in rows {
        assert_eq!(known, documented);
    }
}

#[tokio::test]
async fn values_that_are_new_are_kept() {
    let body = connection_with(json!({
        "state": "hibernating", "integration_state": "paused", "auth_type": "passkey",
        "oauth_grant_type": "device_code", "status": "sunset", "health": "unwell", "consent_state": "asked",
        "unified_api": "space-travel", "form_fields": [{ "id": "a", "type": "hologram" }],
        "configuration": [{ "defaults": [{ "target": "the_moon" }] }],
        "unseen": { "nested": [1, { "a": null }] }
    }));
    let connection = got(&body).await;
    let seen = [
        (connection.state.unwrap().as_str().to_owned(), "hibernating"),
        (connection.integration_state.unwrap().to_string(), "paused"),
        (connection.auth_type.unwrap().to_string(), "passkey"),
        (connection.oauth_grant_type.unwrap().to_string(), "device_code"),
        (connection.status.unwrap().to_string(), "sunset"),
        (connection.health.unwrap().to_string(), "unwell"),
        (connection.consent_state.unwrap().to_string(), "asked"),
        (connection.unified_api.to_string(), "space-travel"),
        (connection.form_fields[0].kind.clone().unwrap().to_string(), "hologram"),
        (connection.configuration[0].defaults[0].target.clone().unwrap().to_string(), "the_moon"),
    ];
    for (value, expected) in seen {
        assert_eq!(value, expected);
    }
    assert_eq!(connection.name.as_deref(), Some("Salesforce"), "the rest is there");
}

#[tokio::test]
async fn a_connection_may_have_nothing_but_its_identity() {
    let bare = json!({ "id": "crm+x", "service_id": "x", "unified_api": "crm" });
    let mut nulls: Value = connection_with(json!({}))["data"].clone();
    for (key, value) in nulls.as_object_mut().unwrap() {
        if !matches!(key.as_str(), "id" | "service_id" | "unified_api") {
            *value = Value::Null;
        }
    }
    for data in [bare, nulls] {
        let connection = got(&json!({ "data": data })).await;
        assert!(connection.state.is_none() && connection.settings.is_none());
        assert!(connection.form_fields.is_empty() && connection.subscriptions.is_empty());
        assert!(connection.authorize_url.is_none() && connection.updated_at.is_none());
    }
}

#[tokio::test]
async fn a_form_value_of_any_type_is_a_secret() {
    for (value, text) in [
        (json!("plain"), Some("plain")),
        (json!(17), Some("17")),
        (json!(true), Some("true")),
        (json!(["a", 1]), Some(r#"["a",1]"#)),
        (json!(null), None),
    ] {
        let body = connection_with(json!({ "form_fields": [{ "id": "a", "value": value }] }));
        let connection = got(&body).await;
        let stored = connection.form_fields[0].value.as_ref();
        assert_eq!(stored.map(|secret| secret.expose_secret()), text);
    }
}

#[tokio::test]
async fn update_writes_the_vendors_example_as_it_is() {
    let wire = Wire::ok(CONNECTION).await;
    wire.connections().update("crm", "pipedrive", &vendors_update()).await.unwrap();
    let expected = serde_json::from_str(UPDATE).unwrap();
    assert_json(&wire.request().await, &format!("PATCH {PATH}"), &expected);
}

/// The vendor's example of an update, written with the typed structs.
fn vendors_update() -> UpdateConnection {
    let option = |value: FieldValue| FormFieldOption::simple("General Channel", value);
    let list = || FieldValue::from(["team", "general"]);
    let group = |values: &[FieldValue]| {
        FormFieldOption::group("1234", "General Channel", values.iter().cloned().map(option))
    };
    let default = |value: FieldValue, options: Vec<FormFieldOption>| {
        ConfigurationDefault::new("ProductInterest", value).options(options)
    };
    let mixed = FieldValue::from([FieldValue::from(10.5), 10.into(), "GC6000 series".into()]);
    let configuration = [
        ConnectionConfiguration::new(
            "leads",
            [
                default(10.5.into(), vec![group(&[123.into(), list()]), group(&[list()])]),
                default(true.into(), vec![option(list())]),
            ],
        ),
        ConnectionConfiguration::new(
            "leads",
            [
                default(true.into(), vec![option(123.into())]),
                default(
                    "GC5000 series".into(),
                    vec![option("general".into()), group(&[123.into(), 12.5.into(), true.into()])],
                ),
                default(mixed, vec![group(&["general".into()])]),
            ],
        ),
        ConnectionConfiguration::new(
            "leads",
            [
                default(
                    true.into(),
                    vec![group(&[12.5.into(), 12.5.into(), "general".into()]), option(123.into())],
                ),
                default(true.into(), vec![group(&[list(), true.into(), 12.5.into()])]),
            ],
        ),
    ];
    let mapping = CustomMappingInput::new("$.root.training.first_aid");
    let settings = [("instance_url", "https://eu28.salesforce.com"), ("api_key", "12345xxxxxx")];
    UpdateConnection::new()
        .enabled(true)
        .settings(JsonMap::from_iter(settings))
        .metadata(company())
        .configuration(configuration)
        .custom_mappings([mapping.clone(), mapping])
}

fn company() -> JsonMap {
    let account = json!({ "name": "My Company", "id": "c01458a5-7276-41ce-bc19-639906b0450a" });
    JsonMap::new().with("account", account).with("plan", "enterprise")
}

#[tokio::test]
async fn update_clears_and_records_a_consent() {
    let wire = Wire::ok(CONNECTION).await;
    let fields = permissions([("first_name", true, true), ("addresses[].street", true, false)]);
    let body = UpdateConnection::new()
        .enabled(false)
        .settings(Patch::Clear)
        .metadata(Patch::Clear)
        .configuration(Vec::<ConnectionConfiguration>::new())
        .custom_mappings(Vec::<CustomMappingInput>::new())
        .consent_state(ConsentState::RequiresReconsent)
        .latest_consent(ConsentRecordInput::new(false, fields.clone()))
        .application_data_scopes(DataScopesInput::new().enabled(true).resources(DataScopesResources::all()));
    wire.connections().update(UnifiedApi::Crm, "pipedrive", &body).await.unwrap();

    let expected = json!({
        "enabled": false,
        "settings": null,
        "metadata": null,
        "configuration": [],
        "custom_mappings": [],
        "consent_state": "requires_reconsent",
        "latest_consent": {
            "granted": false,
            "resources": {
                "hris.employees": {
                    "first_name": { "read": true, "write": true },
                    "addresses[].street": { "read": true, "write": false }
                }
            }
        },
        "application_data_scopes": { "enabled": true, "resources": "*" }
    });
    assert_json(&wire.request().await, &format!("PATCH {PATH}"), &expected);
}

#[tokio::test]
async fn configuration_that_was_read_can_be_sent_back() {
    let example = connection_with(json!({}));
    let connection = got(&example).await;
    let wire = Wire::ok(CONNECTION).await;
    let body = UpdateConnection::new().configuration(connection.configuration);
    wire.connections().update("crm", "pipedrive", &body).await.unwrap();

    // Without `target`, which only Apideck sets.
    let mut expected = json!({ "configuration": example["data"]["configuration"] });
    for default in expected["configuration"][0]["defaults"].as_array_mut().unwrap() {
        default.as_object_mut().unwrap().remove("target").unwrap();
    }
    assert_json(&wire.request().await, &format!("PATCH {PATH}"), &expected);
}

#[tokio::test]
async fn settings_and_metadata_are_kept_cleared_or_set() {
    let rows = [
        (Patch::Keep, json!({})),
        (Patch::Clear, json!({ "settings": null, "metadata": null })),
        (Patch::Set(JsonMap::new()), json!({ "settings": {}, "metadata": {} })),
        (Patch::Set(JsonMap::new().with("a", 1)), json!({ "settings": { "a": 1 }, "metadata": { "a": 1 } })),
    ];
    for (patch, expected) in rows {
        let wire = Wire::ok(CONNECTION).await;
        let update = UpdateConnection::new().settings(patch.clone()).metadata(patch.clone());
        wire.connections().update("crm", "pipedrive", &update).await.unwrap();
        let import = ImportConnection::new().settings(patch.clone()).metadata(patch);
        wire.connections().import("crm", "pipedrive", &import).await.unwrap();
        for request in wire.requests().await {
            assert_eq!(request.json(), expected, "{}", request.line());
        }
    }
}

#[tokio::test]
async fn import_writes_the_vendors_example_as_it_is() {
    let head = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ";
    let refresh_token = format!("{head}.cThIIoDvwdueQB468K5xDc5633seEFoqwxjF_xSJyQQ");
    let access_token = format!("{head}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c");
    let wire = Wire::ok(CONNECTION).await;
    let credentials =
        ImportCredentials::new().refresh_token(refresh_token.as_str()).access_token(access_token.as_str());
    let body = ImportConnection::new().credentials(credentials).settings(JsonMap::new()).metadata(company());
    wire.connections().import("crm", "pipedrive", &body).await.unwrap();

    let expected = json!({
        "credentials": { "refresh_token": refresh_token, "access_token": access_token },
        "settings": {},
        "metadata": {
            "account": { "name": "My Company", "id": "c01458a5-7276-41ce-bc19-639906b0450a" },
            "plan": "enterprise"
        }
    });
    assert_json(&wire.request().await, &format!("POST {PATH}/import"), &expected);
}

#[tokio::test]
async fn import_clears_credentials() {
    let cleared = ImportCredentials::new()
        .refresh_token(Patch::Clear)
        .access_token("token")
        .issued_at(Patch::Clear)
        .expires_in(Patch::Clear);
    let rows = [
        (
            cleared,
            json!({ "refresh_token": null, "access_token": "token", "issued_at": null, "expires_in": null }),
        ),
        (ImportCredentials::new(), json!({})),
    ];
    for (credentials, expected) in rows {
        let wire = Wire::ok(CONNECTION).await;
        let body = ImportConnection::new().credentials(credentials);
        wire.connections().import("crm", "pipedrive", &body).await.unwrap();
        let expected = json!({ "credentials": expected });
        assert_json(&wire.request().await, &format!("POST {PATH}/import"), &expected);
    }
}

/// What a service answers its front end with: `Json(connections)`.
#[tokio::test]
async fn r20_connections_are_handed_to_a_front_end_without_what_the_customer_entered() {
    use axum::response::IntoResponse;
    let whole = CONNECTION.replace("{secret}", "c4nary");
    let memory = Memory::playing([Step::answer(200, whole)]);
    let connection =
        offline(&memory).apideck().vault().connections().get("crm", "salesforce").await.unwrap().data;
    assert_eq!(connection.settings.as_ref().unwrap().get::<String>("api_key").as_deref(), Some("c4nary"));
    assert_eq!(connection, connection.clone());
    let answer = axum::Json(vec![connection.clone()]).into_response();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    let written: Value = serde_json::from_slice(&body).unwrap();
    let written = &written[0];
    assert_eq!((&written["id"], &written["state"]), (&json!("crm+salesforce"), &json!("authorized")));
    assert_eq!(written["form_fields"][1]["label"], "API Key");
    let absent = ["/settings", "/form_fields/1/value", "/subscriptions/0/execute_url"];
    assert_eq!(absent.map(|place| written.pointer(place)), [None; 3]);

    let read: Connection = serde_json::from_slice::<Vec<Connection>>(&body).unwrap().remove(0);
    assert_eq!((&read.id, read.form_fields.len()), (&connection.id, connection.form_fields.len()));
    assert_ne!(read, connection, "what was not written is not there");
}
