//! What Vault does with a connection besides keeping it.

use connectory::apideck::vault::connections::{
    AuthorizeLink, ConfigurationDefault, ConfirmConnection, Connection, ConnectionConfiguration,
    ConnectionHealth, ConnectionState, Connections, ConsentRecordInput, ConsentState, CreateCallbackState,
    CreateConnection, CustomMappingInput, DataScopesResources, ImportConnection, ImportCredentials,
    ListCustomFields, MigrateConnection, RedirectFragment, UpdateConnection,
};
use connectory::apideck::{ErrorBody, ErrorDetail};
use connectory::sandbox::Sandbox;
use connectory::{Error, JsonMap, Provider, SecretUrl};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HUBSPOT: (&str, &str) = ("crm", "hubspot");
const QUICKBOOKS: (&str, &str) = ("accounting", "quickbooks");
const ENTERPRISE: &str = "intuit-enterprise-suite";

fn sandbox() -> Sandbox {
    Sandbox::builder().in_memory().unwrap()
}

fn connections(sandbox: &Sandbox) -> Connections {
    sandbox.client().apideck().consumer("acme").vault().connections()
}

async fn get(sandbox: &Sandbox, (api, service): (&str, &str)) -> Connection {
    connections(sandbox).get(api, service).await.unwrap().data
}

/// State and health.
async fn seen(sandbox: &Sandbox, of: (&str, &str)) -> (String, String) {
    let connection = get(sandbox, of).await;
    let health = connection.health.map_or_else(String::new, |health| health.to_string());
    (connection.state.unwrap().to_string(), health)
}

fn is(state: &str, health: &str) -> (String, String) {
    (state.to_owned(), health.to_owned())
}

/// A customer follows the link with this nonce; what the browser brings back.
async fn authorize_with_nonce(sandbox: &Sandbox, of: (&str, &str), nonce: &str) -> RedirectFragment {
    let link = AuthorizeLink::new("http://localhost/done?a=b#old").nonce(nonce);
    let link = get(sandbox, of).await.authorize_link(&link).unwrap();
    let back = sandbox.apideck().visit(&link).unwrap();
    assert!(back.expose_secret().starts_with("http://localhost/done?a=b#nonce="), "{}", back.expose_secret());
    RedirectFragment::parse(back.expose_secret()).unwrap()
}

fn code(error: &Error) -> Option<&str> {
    error.code()
}

#[tokio::test]
async fn what_is_created_is_kept_and_not_created_again() {
    let sandbox = sandbox();
    let connections = connections(&sandbox);
    let body =
        CreateConnection::new().enabled(true).settings(JsonMap::new().with("instance_url", "https://x"));
    let created = connections.create("crm", "salesforce", &body).await.unwrap().data;
    assert_eq!(created.state, Some(ConnectionState::Added));
    assert_eq!(created.settings.unwrap().get("instance_url"), Some(json!("https://x")));
    let error = connections.create("crm", "salesforce", &CreateConnection::new()).await.unwrap_err();
    assert_eq!(code(&error), Some("InvalidStateError"));
    assert!(
        get(&sandbox, ("crm", "salesforce")).await.settings.unwrap().get::<Value>("instance_url").is_some()
    );
    let error = connections.create("crm", "nobody", &CreateConnection::new()).await.unwrap_err();
    assert_eq!(code(&error), Some("ConnectorNotFoundError"));
}

#[tokio::test]
async fn a_nonce_has_to_be_confirmed_once_and_in_time() {
    let sandbox = sandbox();
    let connections = connections(&sandbox);
    let fragment = authorize_with_nonce(&sandbox, HUBSPOT, "n+1 &=").await;
    assert!(fragment.is_for("n+1 &="));
    assert_eq!(fragment.service_id.as_ref().unwrap().as_str(), "hubspot");
    let unconfirmed = is("added", "pending_confirmation");
    assert_eq!(seen(&sandbox, HUBSPOT).await, unconfirmed);
    let error = connections.validate("crm", "hubspot").await.unwrap_err();
    assert_eq!(code(&error), Some("InvalidStateError"));
    let query = ListCustomFields::new();
    let error = connections.custom_fields("crm", "hubspot", "leads", &query).await.unwrap_err();
    assert_eq!(code(&error), Some("InvalidStateError"));

    for wrong in ["", "another"] {
        let error = connections.confirm("crm", "hubspot", &ConfirmConnection::new(wrong)).await.unwrap_err();
        assert_eq!(code(&error), Some("InvalidStateError"));
    }
    let body = ConfirmConnection::new(&fragment.confirm_token);
    let error = connections.confirm("crm", "pipedrive", &body).await.unwrap_err();
    assert_eq!(code(&error), Some("ConnectionNotFoundError"));
    let other = sandbox.client().apideck().consumer("other").vault().connections();
    let error = other.confirm("crm", "hubspot", &body).await.unwrap_err();
    assert_eq!(code(&error), Some("ConnectionNotFoundError"));
    assert_eq!(seen(&sandbox, HUBSPOT).await, unconfirmed);

    sandbox.advance(29 * MINUTE);
    assert!(connections.confirm("crm", "hubspot", &body).await.unwrap().data.confirmed);
    assert_eq!(seen(&sandbox, HUBSPOT).await, is("callable", "ok"));
    let error = connections.confirm("crm", "hubspot", &body).await.unwrap_err();
    assert_eq!(code(&error), Some("InvalidStateError"), "it works once");
    assert_eq!(seen(&sandbox, HUBSPOT).await, is("callable", "ok"));

    // The next one expires.
    let late = authorize_with_nonce(&sandbox, HUBSPOT, "n-2").await;
    let late = ConfirmConnection::new(late.confirm_token);
    sandbox.advance(30 * MINUTE);
    let error = connections.confirm("crm", "hubspot", &late).await.unwrap_err();
    assert_eq!(code(&error), Some("InvalidStateError"), "it is too late");
    assert_eq!(seen(&sandbox, HUBSPOT).await, unconfirmed);
    let again = authorize_with_nonce(&sandbox, HUBSPOT, "n-3").await;
    let error = connections.confirm("crm", "hubspot", &late).await.unwrap_err();
    assert_eq!(code(&error), Some("InvalidStateError"), "a later link has taken its place");
    connections.confirm("crm", "hubspot", &ConfirmConnection::new(again.confirm_token)).await.unwrap();
}

#[tokio::test]
async fn without_a_nonce_nothing_is_to_be_confirmed() {
    let sandbox = sandbox();
    authorize_with_nonce(&sandbox, HUBSPOT, "n").await;
    let hubspot = get(&sandbox, HUBSPOT).await;
    let link = hubspot.authorize_link(&AuthorizeLink::new("http://localhost/done")).unwrap();
    let back = sandbox.apideck().visit(&link).unwrap();
    assert_eq!(back.expose_secret(), "http://localhost/done");
    assert_eq!(seen(&sandbox, HUBSPOT).await, is("callable", "ok"));

    authorize_with_nonce(&sandbox, HUBSPOT, "n").await;
    assert!(sandbox.apideck().visit(&hubspot.revoke_link("http://localhost/").unwrap()).is_some());
    assert_eq!(seen(&sandbox, HUBSPOT).await, is("added", "revoked"));
    for nowhere in ["", "http://localhost/", "http://localhost/vault/authorize/hubspot/sandbox-app?state=x"] {
        assert!(sandbox.apideck().visit(&SecretUrl::from(nowhere)).is_none(), "{nowhere}");
    }
}

#[tokio::test]
async fn a_link_is_built_from_a_state() {
    let sandbox = sandbox();
    let connections = connections(&sandbox);
    let body = CreateCallbackState::new().redirect_uri("http://localhost/from-the-state");
    let state = connections.create_callback_state("crm", "hubspot", &body).await.unwrap().data.state;
    let visit = |link: Result<SecretUrl, Error>| {
        sandbox.apideck().visit(&link.unwrap()).map(|back| back.expose_secret().to_owned())
    };
    let back = visit(connections.authorize_link("hubspot", &state, &AuthorizeLink::new("")));
    assert_eq!(back.as_deref(), Some("http://localhost/from-the-state"));
    assert_eq!(seen(&sandbox, HUBSPOT).await, is("callable", "ok"));
    let back = visit(connections.revoke_link("hubspot", &state, "http://localhost/done"));
    assert_eq!(back.as_deref(), Some("http://localhost/done"));
    assert_eq!(seen(&sandbox, HUBSPOT).await, is("added", "revoked"));
    assert_eq!(visit(connections.authorize_link("pipedrive", &state, &AuthorizeLink::new(""))), None);
    let evil = AuthorizeLink::new("https://example.com/");
    assert_eq!(visit(connections.authorize_link("hubspot", &state, &evil)), None, "nobody is sent away");

    let error =
        connections.create_callback_state("hris", "bamboohr", &CreateCallbackState::new()).await.unwrap_err();
    assert_eq!(code(&error), Some("InvalidStateError"));
}

#[tokio::test]
async fn validating_refreshes_the_token_now() {
    let start = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let sandbox = Sandbox::builder().stopped_at(start).in_memory().unwrap();
    let connections = connections(&sandbox);
    let error = connections.validate("crm", "hubspot").await.unwrap_err();
    assert_eq!(code(&error), Some("ConnectionNotFoundError"));
    assert!(sandbox.apideck().authorize("acme", "crm", "hubspot"));
    sandbox.advance(50 * MINUTE);
    let validated = connections.validate("crm", "hubspot").await.unwrap().data;
    assert_eq!(validated.id.unwrap().as_str(), "crm+hubspot");
    assert_eq!(validated.state, Some(ConnectionState::Callable));

    // The service refuses from now on, and it is told at once, although the token would last another hour.
    sandbox.apideck().fail_refresh("acme", "crm", "hubspot");
    let error = connections.validate("crm", "hubspot").await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized(_)), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    let failure = error.api().unwrap().vendor::<ErrorBody>().unwrap().refresh_failure().unwrap();
    let now = 1_800_000_000_000 + 50 * 60_000;
    assert_eq!(failure.retry_at.unwrap().get(), now + 30_000);
    assert_eq!(failure.credentials_expire_at.unwrap().get(), now + 48 * 60 * 60_000);
    assert_eq!(failure.response.unwrap().get("statusCode"), Some(401));
    assert_eq!(get(&sandbox, HUBSPOT).await.health, Some(ConnectionHealth::PendingRefresh));
    assert!(sandbox.apideck().recover_refresh("acme", "crm", "hubspot"));
    connections.validate("crm", "hubspot").await.unwrap();
    assert_eq!(seen(&sandbox, HUBSPOT).await, is("callable", "ok"));
}

#[tokio::test]
async fn validating_begins_a_failure_before_the_token_expires() {
    let sandbox = sandbox();
    let connections = connections(&sandbox);
    // The failure of a token that lasts an hour more begins when it is refreshed.
    let apideck = sandbox.apideck();
    assert!(apideck.authorize("acme", "crm", "hubspot"));
    assert!(apideck.fail_refresh("acme", "crm", "hubspot"));
    assert!(apideck.authorize("acme", "crm", "hubspot"));
    assert_eq!(seen(&sandbox, HUBSPOT).await, is("callable", "ok"));
    let error = connections.validate("crm", "hubspot").await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized(_)), "{error}");
    assert_eq!(seen(&sandbox, HUBSPOT).await, is("callable", "pending_refresh"));
    sandbox.advance(48 * 60 * MINUTE);
    let validated = connections.validate("crm", "hubspot").await.unwrap().data;
    assert_eq!(validated.state, Some(ConnectionState::Added), "there is no token any more");
}

#[tokio::test]
async fn validating_a_key_looks_at_the_settings() {
    let sandbox = sandbox();
    let connections = connections(&sandbox);
    for (settings, state) in [
        (json!({ "subdomain": "acme" }), ConnectionState::Added),
        (json!({ "api_key": "k" }), ConnectionState::Callable),
        (json!({ "api_key": "invalid" }), ConnectionState::Invalid),
    ] {
        let settings = JsonMap::from(settings.as_object().unwrap().clone());
        connections.update("hris", "bamboohr", &UpdateConnection::new().settings(settings)).await.unwrap();
        assert_eq!(connections.validate("hris", "bamboohr").await.unwrap().data.state, Some(state));
    }
}

#[tokio::test]
async fn a_connection_moves_with_all_that_it_has() {
    let sandbox = sandbox();
    let connections = connections(&sandbox);
    let (api, service) = QUICKBOOKS;
    let target = MigrateConnection::new(ENTERPRISE);
    let error = connections.migrate(api, service, &target).await.unwrap_err();
    assert_eq!(code(&error), Some("ConnectionNotFoundError"));

    assert!(sandbox.apideck().authorize("acme", api, service));
    let consent = ConsentRecordInput::new(true, DataScopesResources::all());
    let update = UpdateConnection::new()
        .settings(JsonMap::new().with("a", 1))
        .metadata(JsonMap::new().with("plan", "pro"))
        .configuration([ConnectionConfiguration::new("invoices", [ConfigurationDefault::new("x", "y")])])
        .latest_consent(consent);
    connections.update(api, service, &update).await.unwrap();
    let error = connections.migrate(api, service, &MigrateConnection::new("xero")).await.unwrap_err();
    assert_eq!(code(&error), Some("RequestValidationError"));
    let error = connections.migrate("crm", "hubspot", &target).await.unwrap_err();
    assert_eq!(code(&error), Some("RequestValidationError"));

    let before = get(&sandbox, QUICKBOOKS).await;
    for attempt in ["first", "repeated"] {
        let moved = connections.migrate(api, service, &target).await.unwrap().data;
        assert_eq!(moved.service_id.as_str(), ENTERPRISE, "{attempt}");
        assert_eq!(moved.state, Some(ConnectionState::Callable), "{attempt}");
        assert_eq!((&moved.settings, &moved.metadata), (&before.settings, &before.metadata), "{attempt}");
        assert_eq!(moved.configuration, before.configuration, "{attempt}");
        assert_eq!(moved.consents.len(), 1, "{attempt}");
        assert_eq!(moved.created_at, before.created_at, "{attempt}");
    }
    assert_eq!(seen(&sandbox, QUICKBOOKS).await.0, "available");

    // Both are there.
    assert!(sandbox.apideck().authorize("acme", api, service));
    let error = connections.migrate(api, service, &target).await.unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "{error}");
    assert_eq!(code(&error), Some("ConflictError"));
    let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
    let detail = body.detail.as_ref().and_then(ErrorDetail::as_text);
    assert_eq!(detail, Some("A connection already exists for the target connector"));
    assert_eq!(seen(&sandbox, QUICKBOOKS).await.0, "callable");

    connections.delete(api, ENTERPRISE).await.unwrap();
    authorize_with_nonce(&sandbox, QUICKBOOKS, "n").await;
    let error = connections.migrate(api, service, &target).await.unwrap_err();
    assert_eq!(code(&error), Some("InvalidStateError"), "it is not confirmed");
}

#[tokio::test]
async fn consents_are_a_history() {
    let sandbox = sandbox();
    let connections = connections(&sandbox);
    assert!(connections.consents("crm", "hubspot").await.unwrap().data.is_empty());
    let consent = |granted| ConsentRecordInput::new(granted, DataScopesResources::all());
    let error = connections.update_consent("crm", "hubspot", &consent(true)).await.unwrap_err();
    assert_eq!(code(&error), Some("ConnectionNotFoundError"));
    assert!(sandbox.apideck().authorize("acme", "crm", "hubspot"));
    for (granted, state) in [(true, ConsentState::Granted), (false, ConsentState::Denied)] {
        let record = connections.update_consent("crm", "hubspot", &consent(granted)).await.unwrap().data;
        assert_eq!(record.granted, Some(granted));
        let hubspot = get(&sandbox, HUBSPOT).await;
        assert_eq!(hubspot.consent_state, Some(state));
        assert_eq!(hubspot.latest_consent.unwrap().id, record.id);
    }
    let history = connections.consents("crm", "hubspot").await.unwrap().data;
    let granted: Vec<_> = history.iter().map(|record| record.granted).collect();
    assert_eq!(granted, [Some(true), Some(false)]);
    assert!(history[0].resources.as_ref().unwrap().is_all());
}

#[tokio::test]
async fn each_resource_has_settings_of_its_own() {
    let sandbox = sandbox();
    let connections = connections(&sandbox);
    let settings = |resource: &str, value: &str| {
        let default = ConfigurationDefault::new("region", value);
        UpdateConnection::new().configuration([ConnectionConfiguration::new(resource, [default])])
    };
    let set = async |resource: &str, value: &str| {
        let update = settings(resource, value);
        connections.update_resource_settings("crm", "hubspot", resource, &update).await.unwrap().data
    };
    set("contacts", "EMEA").await;
    set("leads", "APAC").await;
    let shown = set("leads", "LATAM").await.configuration;
    assert_eq!(
        shown,
        [ConnectionConfiguration::new("leads", [ConfigurationDefault::new("region", "LATAM")])]
    );
    let contacts = connections.resource_settings("crm", "hubspot", "contacts").await.unwrap().data;
    assert_eq!(contacts.configuration[0].defaults, [ConfigurationDefault::new("region", "EMEA")]);
    assert!(contacts.configurable_resources.contains(&"leads".to_owned()));
    assert_eq!(get(&sandbox, HUBSPOT).await.configuration.len(), 2);

    let of_another = settings("contacts", "x");
    let error =
        connections.update_resource_settings("crm", "hubspot", "leads", &of_another).await.unwrap_err();
    assert_eq!(code(&error), Some("RequestValidationError"));
    let enabled = UpdateConnection::new().enabled(false);
    let leads = connections.update_resource_settings("crm", "hubspot", "leads", &enabled).await.unwrap().data;
    assert_eq!((leads.enabled, leads.configuration.len()), (Some(false), 1), "what is left out stays");
}

#[tokio::test]
async fn a_resource_is_described_and_an_unknown_one_is_not_found() {
    let sandbox = sandbox();
    let connections = connections(&sandbox);
    let schema = connections.schema("crm", "hubspot", "leads").await.unwrap().data;
    assert_eq!((schema.get("title"), schema.get("type")), (Some(json!("leads")), Some(json!("object"))));
    let example = connections.example("crm", "hubspot", "leads").await.unwrap().data;
    assert_eq!(example.resource.unwrap().id.unwrap().as_str(), "leads");
    assert!(example.example_response.is_some());

    let query = ListCustomFields::new();
    let error = connections.custom_fields("crm", "hubspot", "leads", &query).await.unwrap_err();
    assert_eq!(code(&error), Some("InvalidStateError"), "nobody has authorized");
    assert!(sandbox.apideck().authorize("acme", "crm", "hubspot"));
    let fields = connections.custom_fields("crm", "hubspot", "leads", &query).await.unwrap().data;
    let [field] = fields.as_slice() else { panic!("{fields:?}") };
    assert_eq!(
        (field.id.as_deref(), field.value.as_ref().unwrap().raw()),
        (Some("region"), "\"EMEA, of 1\"")
    );
    let of_record = query.resource_id("42");
    let fields = connections.custom_fields("crm", "hubspot", "leads", &of_record).await.unwrap().data;
    assert_eq!(fields[0].value.as_ref().unwrap().raw(), "\"EMEA, of 42\"");

    let mappings =
        UpdateConnection::new().custom_mappings([CustomMappingInput::new("$.custom_fields.region")]);
    connections.update("crm", "hubspot", &mappings).await.unwrap();
    let mappings = connections.custom_mappings("crm", "hubspot", "leads", &of_record).await.unwrap().data;
    assert_eq!(mappings[0].value.as_deref(), Some("$.custom_fields.region"));

    for (api, service, resource) in [("crm", "hubspot", "employees"), ("hris", "personio", "leads")] {
        let query = ListCustomFields::new();
        let nothing = UpdateConnection::new();
        let errors = [
            connections.resource_settings(api, service, resource).await.unwrap_err(),
            connections.update_resource_settings(api, service, resource, &nothing).await.unwrap_err(),
            connections.schema(api, service, resource).await.unwrap_err(),
            connections.example(api, service, resource).await.unwrap_err(),
            connections.custom_fields(api, service, resource, &query).await.unwrap_err(),
            connections.custom_mappings(api, service, resource, &query).await.unwrap_err(),
        ];
        assert!(errors.iter().all(|error| code(error) == Some("EntityNotFoundError")), "{errors:?}");
    }
    let error = connections.schema("crm", "nobody", "leads").await.unwrap_err();
    assert_eq!(code(&error), Some("ConnectorNotFoundError"));
}

#[tokio::test]
async fn an_import_confirms_itself() {
    let sandbox = sandbox();
    authorize_with_nonce(&sandbox, HUBSPOT, "n").await;
    let token = ImportCredentials::new().access_token("a").refresh_token("r");
    let import = ImportConnection::new().credentials(token);
    connections(&sandbox).import("crm", "hubspot", &import).await.unwrap();
    assert_eq!(seen(&sandbox, HUBSPOT).await, is("callable", "ok"));
}

/// Sends this for the consumer acme, as it is and with the right credentials.
async fn send(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> (u16, Value) {
    let request = http::Request::builder()
        .method(method)
        .uri(format!("{}/vault/connections/crm/hubspot/{path}", sandbox.base_url(Provider::Apideck)))
        .header("authorization", "Bearer sk_test_sandbox_5b1e0d77")
        .header("x-apideck-app-id", "sandbox-app")
        .header("x-apideck-consumer-id", "acme");
    let answer = sandbox.transport().send(request.body(body.to_owned().into()).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let sandbox = sandbox();
    assert!(sandbox.apideck().authorize("acme", "crm", "hubspot"));
    for (method, path, body, status) in [
        ("POST", "validate", "", 200),
        ("POST", "validate", "{}", 200),
        ("POST", "validate", r#"{"credentials":{}}"#, 400),
        ("POST", "validate", "[]", 400),
        ("PATCH", "consent", r#"{"granted":true,"resources":"*"}"#, 200),
        ("PATCH", "consent", r#"{"granted":true,"resources":"*","note":"x"}"#, 400),
        ("PATCH", "consent", r#"{"granted":true}"#, 400),
        ("PATCH", "consent", r#"{"granted":"yes","resources":"*"}"#, 400),
        ("PATCH", "consent", r#"{"granted":true,"resources":"all"}"#, 400),
        ("POST", "confirm", "{}", 400),
        ("POST", "confirm", r#"{"confirm_token":1}"#, 400),
        ("POST", "migrate", "{}", 400),
        ("POST", "callback-state", "", 400),
        ("POST", "callback-state", r#"{"redirect_uri":1}"#, 400),
        ("POST", "callback-state", "{}", 200),
        ("PATCH", "leads/config", r#"{"configuration":[{"defaults":[]}]}"#, 200),
        ("PATCH", "leads/config", r#"{"configuration":[{"resource":"deals"}]}"#, 400),
        ("PATCH", "leads/config", r#"{"consent_state":"unheard"}"#, 400),
    ] {
        let (answered, json) = send(&sandbox, method, path, body).await;
        assert_eq!(answered, status, "{method} {path} {body}: {json}");
    }
    let settings = connections(&sandbox).resource_settings("crm", "hubspot", "leads").await.unwrap().data;
    assert_eq!(settings.configuration[0].resource.as_deref(), Some("leads"), "it is the path's");
}
