//! The sandbox, through the client: what each vendor keeps, and how it refuses.

use crate::support::calls;
use connectory::sandbox::Sandbox;
use connectory::{Error, Outcome};
use std::time::Duration;

#[tokio::test]
async fn it_acts_out_every_operation() {
    let sandbox = Sandbox::start().await.unwrap();
    for call in calls::all() {
        let status = match (call.send)(&sandbox.client(), &calls::Input::default()).await {
            Ok(_) => continue,
            Err(error) => error.status().unwrap_or_else(|| panic!("{}: {error}", call.id)),
        };
        // Unknown tokens and ids are refused; 501 is an operation that the sandbox lacks.
        assert!(status.is_client_error(), "{} answers {status}", call.id);
    }
}

#[tokio::test]
async fn it_stops_when_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    let (client, call) = (sandbox.client(), &calls::all()[0]);
    let _ = (call.send)(&client, &calls::Input::default()).await;
    drop(sandbox);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = (call.send)(&client, &calls::Input::default()).await.unwrap_err();
    assert!(error.is_connect(), "{error}");
}

#[tokio::test]
async fn bytes_that_are_no_request_do_not_stop_it() {
    use std::io::{Read, Write};
    let sandbox = Sandbox::start().await.unwrap();
    let address = sandbox.address();
    for garbage in
        ["\0\u{1}\u{2}", "GET", "POST /deck/api/v1/x HTTP/1.1\r\ncontent-length: 99\r\n\r\n", "\r\n\r\n"]
    {
        tokio::task::spawn_blocking(move || {
            let mut socket = std::net::TcpStream::connect(address).unwrap();
            socket.write_all(garbage.as_bytes()).unwrap();
            socket.shutdown(std::net::Shutdown::Write).unwrap();
            let _ = socket.read(&mut [0; 64]);
        })
        .await
        .unwrap();
    }
    let call = &calls::all()[0];
    match (call.send)(&sandbox.client(), &calls::Input::default()).await {
        Ok(_) => {}
        Err(error) => assert!(error.status().is_some(), "{error}"),
    }
}

#[cfg(feature = "deck")]
mod deck {
    use super::*;
    use connectory::deck::{
        Config,
        connections::{AccessTokenRequest, WebhookUpdateRequest},
    };
    use connectory::{Client, Provider};

    #[tokio::test]
    async fn a_rotated_token_is_refused_at_once() {
        let sandbox = Sandbox::start().await.unwrap();
        let connections = sandbox.client().deck().connections();
        let first = sandbox.deck().connect();

        let rotated = connections.invalidate_access_token(&AccessTokenRequest::new(&first)).await.unwrap();
        let error = connections.invalidate_access_token(&AccessTokenRequest::new(&first)).await.unwrap_err();
        assert_eq!(error.code(), Some("INVALID_ACCESS_TOKEN"));
        assert_eq!(error.outcome(), Outcome::Refused);

        let body = WebhookUpdateRequest::new(&first, "https://example.com/hook", true);
        assert_eq!(connections.update_webhook(&body).await.unwrap_err().code(), Some("INVALID_ACCESS_TOKEN"));
        let body = WebhookUpdateRequest::new(&rotated.new_access_token, "https://example.com/hook", true);
        connections.update_webhook(&body).await.unwrap();

        let webhook = sandbox.deck().webhook(rotated.new_access_token.expose_secret()).unwrap();
        assert_eq!(webhook.url.as_deref(), Some("https://example.com/hook"));
        assert!(webhook.is_active);
        assert_eq!(sandbox.deck().webhook(first.expose_secret()), None);
    }

    #[tokio::test]
    async fn bad_input_is_refused_in_deck_s_words() {
        let sandbox = Sandbox::start().await.unwrap();
        let connections = sandbox.client().deck().connections();
        let token = sandbox.deck().connect();
        let body = WebhookUpdateRequest::new(&token, "not a url", true);
        assert_eq!(connections.update_webhook(&body).await.unwrap_err().code(), Some("INVALID_ARGUMENT"));

        let base = sandbox.base_url(Provider::Deck);
        let stranger =
            Client::builder().deck(Config::at(base, "sandbox-client-id", "wrong")).build().unwrap();
        let error = stranger.deck().connections().update_webhook(&body).await.unwrap_err();
        assert!(matches!(error, Error::Unauthorized(_)), "{error}");
    }
}

#[cfg(feature = "apideck")]
mod apideck {
    use super::*;
    use connectory::apideck::vault::connections::{
        Connection, ConnectionHealth, ConnectionState, Connections, ConsentRecordInput, ConsentState,
        DataScopesResources, ImportConnection, ImportCredentials, ListConnections, UpdateConnection,
    };
    use connectory::{JsonMap, Patch};
    use serde_json::json;

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
        assert_eq!(imported.metadata.unwrap().get("plan"), Some(&json!("enterprise")));

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
        let added = connections
            .update("hris", "personio", &UpdateConnection::new().settings(settings))
            .await
            .unwrap();
        assert_eq!(state(&added.data), "added");
        assert_eq!(state(&connections.token("hris", "personio").await.unwrap().data), "callable");
        let error = connections.token("crm", "salesforce").await.unwrap_err();
        assert_eq!(error.code(), Some("InvalidStateError"));
    }

    #[tokio::test]
    async fn consents_are_recorded() {
        let sandbox = Sandbox::start().await.unwrap();
        let connections = connections(&sandbox).await;
        for granted in [true, false] {
            let consent = ConsentRecordInput::new(granted, DataScopesResources::All);
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
        let connections = sandbox.client().apideck().no_consumer().vault().connections();
        let crm = connections.list(&ListConnections::new().api("crm").configured(false)).await.unwrap().data;
        assert_eq!(crm.len(), 3);
        assert!(connections.list(&ListConnections::new().configured(true)).await.unwrap().data.is_empty());
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
}

#[cfg(feature = "codat")]
mod codat {
    use super::*;

    #[tokio::test]
    async fn tokens_act_for_their_company_until_they_expire() {
        let sandbox = Sandbox::start().await.unwrap();
        let company = sandbox.codat().add_company("Acme");
        let response =
            sandbox.client().codat().companies().get_access_token(&company).response().await.unwrap();
        assert_eq!(response.headers()["x-rate-limit-limit"], "2000");
        let token = response.into_value();
        assert_eq!(token.expires_in, Some(86_400));
        assert_eq!(sandbox.codat().company_of(token.access_token.expose_secret()), Some(company));

        sandbox.advance(Duration::from_secs(86_400));
        assert_eq!(sandbox.codat().company_of(token.access_token.expose_secret()), None);
    }

    #[tokio::test]
    async fn unknown_companies_and_the_removed_endpoint_are_not_found() {
        let sandbox = Sandbox::start().await.unwrap();
        let client = sandbox.client();
        let error = client.codat().companies().get_access_token("no-such-company").await.unwrap_err();
        assert_eq!(error.message(), Some("No company was found with ID no-such-company"));
        assert!(error.request_id().is_some());

        let company = sandbox.codat().add_company("Acme");
        #[expect(deprecated, reason = "the vendor has removed it, and the sandbox with it")]
        let error = client.codat().connection_management().get(&company).await.unwrap_err();
        assert!(matches!(error, Error::NotFound(_)), "{error}");
        assert_eq!(error.message(), Some("NotFound"));
    }
}
