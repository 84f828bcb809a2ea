use super::{client, in_memory, over_a_socket};
use connectory::apideck::vault::connections::{
    AuthorizeLink, Connection, ConnectionHealth, ConnectionState, Connections, ConsentRecordInput,
    ConsentState, DataScopesResources, ImportConnection, ImportCredentials, ListConnections,
    UpdateConnection,
};
use connectory::apideck::vault::sessions::CreateSession;
use connectory::sandbox::Sandbox;
use connectory::{Error, JsonMap, Patch, Provider};
use serde_json::{Value, json};

fn state(connection: &Connection) -> &str {
    connection.state.as_ref().unwrap().as_str()
}

async fn connections(sandbox: &Sandbox) -> Connections {
    sandbox.client().apideck().consumer("acme").vault().connections()
}

#[tokio::test]
async fn oauth_goes_from_available_over_added_and_authorized_to_callable() {
    let sandbox = Sandbox::start().await.unwrap();
    let connections = connections(&sandbox).await;
    let xero = connections.get("accounting", "xero").await.unwrap().data;
    assert_eq!((state(&xero), xero.enabled), ("available", Some(false)));
    assert!(xero.authorize_url.is_some() && xero.health.is_none());

    let added =
        connections.update("accounting", "xero", &UpdateConnection::new().enabled(true)).await.unwrap();
    assert_eq!(state(&added.data), "added");
    assert!(sandbox.apideck().authorize("acme", "accounting", "xero"));
    let authorized = connections.get("accounting", "xero").await.unwrap().data;
    assert_eq!(state(&authorized), "authorized");
    assert_eq!(authorized.health, Some(ConnectionHealth::MissingSettings));

    let settings = UpdateConnection::new().settings(JsonMap::new().with("tenant_id", "t-1"));
    let callable = connections.update("accounting", "xero", &settings).await.unwrap().data;
    assert_eq!((state(&callable), &callable.health), ("callable", &Some(ConnectionHealth::Ok)));
    assert_eq!(callable.form_fields[0].value.as_ref().unwrap().expose_secret(), "t-1");
    let listed = connections.list(&ListConnections::new().configured(true)).await.unwrap().data;
    assert_eq!(
        listed.iter().map(|connection| connection.id.as_str()).collect::<Vec<_>>(),
        ["accounting+xero"]
    );

    connections.delete("accounting", "xero").await.unwrap();
    assert_eq!(state(&connections.get("accounting", "xero").await.unwrap().data), "available");
    let error = connections.delete("accounting", "xero").await.unwrap_err();
    assert_eq!(error.code(), Some("ConnectionNotFoundError"));
}

#[tokio::test]
async fn a_key_is_callable_once_complete_and_invalid_when_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let connections = connections(&sandbox).await;
    let set = async |key: &str, value: &str| {
        let update = UpdateConnection::new().settings(JsonMap::new().with(key, value));
        connections.update("hris", "bamboohr", &update).await.unwrap().data.state.unwrap()
    };
    assert_eq!(set("subdomain", "acme").await, ConnectionState::Added);
    assert_eq!(set("api_key", "k-1").await, ConnectionState::Callable);
    assert_eq!(set("api_key", "invalid").await, ConnectionState::Invalid);
    let cleared = UpdateConnection::new().settings(Patch::Clear);
    let cleared = connections.update("hris", "bamboohr", &cleared).await.unwrap().data;
    assert_eq!(cleared.state, Some(ConnectionState::Added));
}

#[tokio::test]
async fn import_stores_credentials_and_consumers_are_apart() {
    let sandbox = Sandbox::start().await.unwrap();
    let connections = connections(&sandbox).await;
    let import = ImportConnection::new()
        .credentials(ImportCredentials::new().access_token("a").refresh_token("r"))
        .metadata(JsonMap::new().with("plan", "enterprise"));
    let imported = connections.import("crm", "hubspot", &import).await.unwrap().data;
    assert_eq!(imported.state, Some(ConnectionState::Callable));
    assert_eq!(imported.metadata.unwrap().get("plan"), Some(json!("enterprise")));

    let other = sandbox.client().apideck().consumer("other").vault().connections();
    assert_eq!(state(&other.get("crm", "hubspot").await.unwrap().data), "available");

    let error = connections.import("hris", "bamboohr", &import).await.unwrap_err();
    assert!(matches!(error, Error::Unprocessable(_)), "{error}");
    let nothing = ImportConnection::new().credentials(ImportCredentials::new());
    let error = connections.import("crm", "hubspot", &nothing).await.unwrap_err();
    assert_eq!(error.code(), Some("RequestValidationError"));
}

#[tokio::test]
async fn token_is_for_stored_client_credentials() {
    let sandbox = Sandbox::start().await.unwrap();
    let connections = connections(&sandbox).await;
    let error = connections.token("hris", "personio").await.unwrap_err();
    assert_eq!(error.code(), Some("ConnectionNotFoundError"));
    let settings = JsonMap::new().with("client_id", "c").with("client_secret", "s");
    let added =
        connections.update("hris", "personio", &UpdateConnection::new().settings(settings)).await.unwrap();
    assert_eq!(state(&added.data), "added");
    assert_eq!(state(&connections.token("hris", "personio").await.unwrap().data), "callable");
    let rejected = UpdateConnection::new().settings(JsonMap::new().with("client_secret", "invalid"));
    assert_eq!(state(&connections.update("hris", "personio", &rejected).await.unwrap().data), "invalid");
    let error = connections.token("hris", "personio").await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidStateError"));
    let error = connections.token("crm", "salesforce").await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidStateError"));
}

#[tokio::test]
async fn consents_are_recorded() {
    let sandbox = Sandbox::start().await.unwrap();
    let connections = connections(&sandbox).await;
    for granted in [true, false] {
        let consent = ConsentRecordInput::new(granted, DataScopesResources::all());
        connections
            .update("crm", "pipedrive", &UpdateConnection::new().latest_consent(consent))
            .await
            .unwrap();
    }
    let connection = connections.get("crm", "pipedrive").await.unwrap().data;
    assert_eq!(connection.consent_state, Some(ConsentState::Denied));
    assert_eq!(connection.consents.len(), 2);
    assert_eq!(connection.latest_consent.unwrap().granted, Some(false));
}

#[tokio::test]
async fn lists_are_filtered_and_work_without_a_consumer() {
    let sandbox = Sandbox::start().await.unwrap();
    let connections = sandbox.client().apideck().vault().connections();
    let error = connections.get("crm", "hubspot").await.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "who forgets the consumer is told: {error}");
    let crm = connections.list(&ListConnections::new().api("crm").configured(false)).await.unwrap().data;
    assert_eq!(crm.len(), 3);
    assert!(connections.list(&ListConnections::new().configured(true)).await.unwrap().data.is_empty());
}

#[tokio::test]
async fn links_lead_to_the_sandbox_whatever_host_the_client_names() {
    for sandbox in [Sandbox::start().await.unwrap(), Sandbox::builder().in_memory().unwrap()] {
        let client = client(&sandbox);
        let list = client.apideck().vault().connections().list(&ListConnections::new());
        let links: Vec<_> =
            list.await.unwrap().data.into_iter().filter_map(|connection| connection.authorize_url).collect();
        let base = sandbox.base_url(Provider::Apideck);
        assert!(links.iter().all(|link| link.expose_secret().starts_with(&base)), "{base}");

        let mut request = sandbox.requests().remove(0);
        request.headers.insert("host", "evil.example".parse().unwrap());
        let answer = match sandbox.address() {
            Some(address) => over_a_socket(address, &request).await,
            None => in_memory(&sandbox, &request).await,
        };
        assert!(answer.contains(&base) && !answer.contains("evil.example"), "{answer}");
    }
}

#[tokio::test]
async fn unknown_services_and_wrong_credentials_are_refused_in_apideck_s_words() {
    let sandbox = Sandbox::start().await.unwrap();
    let error = connections(&sandbox).await.get("crm", "no-such-service").await.unwrap_err();
    assert_eq!(error.code(), Some("ConnectorNotFoundError"));
    let wrong_app = sandbox.client().apideck().app("another-app").vault().connections();
    let error = wrong_app.list(&ListConnections::new()).await.unwrap_err();
    assert_eq!(error.code(), Some("UnauthorizedError"));
}

#[tokio::test]
async fn applications_share_their_key_and_nothing_else() {
    let sandbox = Sandbox::builder()
        .apideck_connection("acme", "crm", "salesforce", "callable")
        .apideck_app("second")
        .apideck_connection("acme", "crm", "salesforce", "authorized")
        .apideck_app("third")
        .apideck_credentials("key", "first")
        .in_memory()
        .unwrap();
    let of = |app: &str| sandbox.client().apideck().app(app).consumer("acme").vault();
    let state = async |app: &str| {
        let connection = of(app).connections().get("crm", "salesforce").await.unwrap().data;
        connection.state.unwrap().as_str().to_owned()
    };
    assert_eq!(
        [state("first").await, state("second").await, state("third").await],
        ["callable", "authorized", "available"]
    );
    let error = of("fourth").connections().get("crm", "salesforce").await.unwrap_err();
    assert_eq!(error.code(), Some("UnauthorizedError"));

    // What a customer does in the browser reaches the application whose link it is.
    let link = AuthorizeLink::new("http://localhost/done");
    let hubspot = of("third").connections().get("crm", "hubspot").await.unwrap().data;
    sandbox.apideck().visit(&hubspot.authorize_link(&link).unwrap()).unwrap();
    let mut session = of("second").sessions().create(&CreateSession::new()).await.unwrap().data;
    for (app, expected) in [("first", "available"), ("second", "available"), ("third", "callable")] {
        let hubspot = of(app).connections().get("crm", "hubspot").await.unwrap().data;
        assert_eq!(hubspot.state.unwrap().as_str(), expected, "{app}");
    }
    assert!(sandbox.apideck().app("second").revoke("acme", "crm", "salesforce"));
    assert_eq!(state("first").await, "callable");
    let token = std::mem::take(&mut session.session_token);
    assert_eq!(sandbox.apideck().consumer_of(token.expose_secret()), None);
    let second = sandbox.apideck().app("second");
    assert_eq!(second.consumer_of(token.expose_secret()).unwrap(), "acme");

    let nobody = std::panic::AssertUnwindSafe(|| sandbox.apideck().app("fourth").consumer_of(""));
    let panic = std::panic::catch_unwind(nobody).unwrap_err();
    assert!(panic.downcast_ref::<String>().unwrap().contains("no application fourth"));
}

/// Sends this for the consumer acme, as it is and with the right credentials.
async fn send(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let request = http::Request::builder()
        .method(method)
        .uri(format!("{}/vault/connections{path}", sandbox.base_url(Provider::Apideck)))
        .header("authorization", "Bearer sk_test_sandbox_5b1e0d77")
        .header("x-apideck-app-id", "sandbox-app")
        .header("x-apideck-consumer-id", "acme");
    let answer = sandbox.transport().send(request.body(body.to_string().into()).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test]
async fn a_member_is_null_only_where_apideck_says_so() {
    let nullable = ["authorize_url", "revoke_url", "settings", "metadata", "updated_at"];
    let sandbox = Sandbox::builder().in_memory().unwrap();
    for patch in [
        None,
        Some(json!({})),
        Some(json!({ "application_data_scopes": {} })),
        Some(json!({ "settings": null, "metadata": null, "enabled": null, "consent_state": null })),
    ] {
        if let Some(patch) = patch {
            assert_eq!(send(&sandbox, "PATCH", "/hris/bamboohr", &patch).await.0, 200, "{patch}");
        }
        let (_, list) = send(&sandbox, "GET", "", &Value::Null).await;
        assert_eq!(list["data"].as_array().unwrap().len(), 9);
        for connection in list["data"].as_array().unwrap() {
            let members = connection.as_object().unwrap();
            let nulls = members.iter().filter(|(_, value)| value.is_null()).map(|(name, _)| name.as_str());
            assert!(nulls.clone().all(|name| nullable.contains(&name)), "{:?}", nulls.collect::<Vec<_>>());
            if let Some(scopes) = connection.get("application_data_scopes") {
                assert!(scopes.as_object().unwrap().values().all(|value| !value.is_null()), "{scopes}");
            }
        }
    }
}

#[tokio::test]
async fn what_apideck_could_not_show_again_is_refused() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let resources = json!({ "crm": { "name": { "read": true } } });
    let refused = [
        json!({ "configuration": [1] }),
        json!({ "configuration": [null] }),
        json!({ "custom_mappings": ["a"] }),
        json!({ "consent_state": "unheard" }),
        json!({ "consent_state": "" }),
        json!({ "latest_consent": { "granted": true, "resources": 1 } }),
        json!({ "latest_consent": { "granted": true, "resources": "all" } }),
        json!({ "latest_consent": { "granted": true, "resources": null } }),
        json!({ "application_data_scopes": { "resources": [] } }),
    ];
    for patch in refused {
        let (status, answer) = send(&sandbox, "PATCH", "/crm/hubspot", &patch).await;
        assert_eq!((status, &answer["type_name"]), (400, &json!("RequestValidationError")), "{patch}");
    }
    assert_eq!(send(&sandbox, "GET", "/crm/hubspot", &Value::Null).await.1["data"]["state"], "available");
    for resources in [json!("*"), resources] {
        let patch = json!({
            "configuration": [{ "resource": "leads" }],
            "latest_consent": { "granted": true, "resources": resources },
            "application_data_scopes": { "enabled": true, "resources": resources },
        });
        let (status, answer) = send(&sandbox, "PATCH", "/crm/hubspot", &patch).await;
        assert_eq!((status, &answer["data"]["latest_consent"]["resources"]), (200, &resources));
    }
}
