//! A small service between a front end and Apideck, and the tests of it against the sandbox.
//!
//! It lists a customer's integrations as JSON and removes one. What to copy: the mapping of errors to what a front end
//! can act on (`Failure`), and the tests at the end. `cargo test --example integrations_service` runs them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use connectory::apideck::vault::connections::{Connection, ConnectionState, Connections, ListConnections};
use connectory::apideck::{Apideck, ConsumerId};
use connectory::sandbox::Sandbox;
use connectory::{Client, ClientBuilder, Error, Outcome, SecretUrl};
use serde::Serialize;
use serde_json::json;
use std::{collections::HashMap, net::Ipv4Addr, sync::Arc, time::Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long a front end waits before it asks again, where Apideck does not say.
const PAUSE: Duration = Duration::from_secs(10);

struct Service {
    apideck: Apideck,
    /// Whose connections are whose, from our own records: a consumer id is never taken from a URL.
    customers: HashMap<String, ConsumerId>,
}

impl Service {
    fn connections(&self, customer: &str) -> Result<Connections, Failure> {
        let consumer =
            self.customers.get(customer).ok_or(Failure::new(StatusCode::NOT_FOUND, "unknown_customer"))?;
        Ok(self.apideck.clone().consumer(consumer).vault().connections())
    }
}

/// The client, with whatever vendors and addresses the builder brings. A person waits for its answers.
fn client(builder: ClientBuilder) -> Result<Client, Error> {
    builder.attempt_timeout(Duration::from_secs(3)).timeout(Duration::from_secs(8)).build()
}

fn router(client: &Client, customers: HashMap<String, ConsumerId>) -> Router {
    Router::new()
        .route("/customers/{customer}/integrations", get(list))
        .route("/customers/{customer}/integrations/{api}/{service}", delete(remove))
        .with_state(Arc::new(Service { apideck: client.apideck(), customers }))
}

/// An integration as the front end shows it.
#[derive(Serialize)]
struct Integration {
    name: String,
    /// As Apideck has it, also where it is new to us.
    state: Option<ConnectionState>,
    action: &'static str,
    /// For this customer's browser, which adds `redirect_uri`.
    connect_url: Option<SecretUrl>,
}

impl From<Connection> for Integration {
    fn from(connection: Connection) -> Self {
        let (action, is_to_connect) = match &connection.state {
            Some(ConnectionState::Callable) => ("manage", false),
            Some(ConnectionState::Available | ConnectionState::Added | ConnectionState::Invalid) => {
                ("connect", true)
            }
            Some(ConnectionState::Authorized) => ("complete", false),
            // A state that Apideck adds tomorrow must not take the page down.
            _ => ("none", false),
        };
        Self {
            name: connection.name.unwrap_or(connection.service_id.to_string()),
            state: connection.state,
            action,
            connect_url: connection.authorize_url.filter(|_| is_to_connect),
        }
    }
}

async fn list(
    State(service): State<Arc<Service>>,
    Path(customer): Path<String>,
) -> Result<Json<Vec<Integration>>, Failure> {
    let found = service.connections(&customer)?.list(&ListConnections::new()).await?;
    Ok(Json(found.data.into_iter().map(Integration::from).collect()))
}

async fn remove(
    State(service): State<Arc<Service>>,
    Path((customer, api, id)): Path<(String, String, String)>,
) -> Result<StatusCode, Failure> {
    match service.connections(&customer)?.delete(api, id).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        // An attempt whose answer was lost is why nothing is there any more.
        Err(error) if matches!(error, Error::NotFound(_)) && error.outcome() == Outcome::Unknown => {
            Ok(StatusCode::NO_CONTENT)
        }
        Err(error) => Err(error.into()),
    }
}

/// What the front end is told: a code of our own and when to ask again, never what the vendor said.
struct Failure {
    status: StatusCode,
    code: &'static str,
    retry_after: Option<Duration>,
}

impl Failure {
    fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, retry_after: None }
    }

    fn later(wait: Option<Duration>) -> Self {
        let retry_after = Some(wait.unwrap_or(PAUSE));
        Self { retry_after, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "try_again") }
    }
}

/// Both routes may be asked again: the one reads, and what was removed twice is gone once. A route whose operation is
/// `Repeat::Once` would look at `error.outcome()` before it tells anybody to try again.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // One line without secrets: operation, status, code, message, request id.
        tracing::error!("{error}");
        match &error {
            // Apideck is down, out of reach or slow, and the client has tried again already.
            Error::Server(_) | Error::Transport(_) => Self::later(None),
            // The quota is ours. A 429 would tell the customer to slow down.
            Error::RateLimited(_) => Self::later(error.retry_after()),
            // An id of the URL that cannot be one. Nothing was sent.
            Error::Request(_) => Self::new(StatusCode::BAD_REQUEST, "bad_id"),
            Error::NotFound(_) => Self::new(StatusCode::NOT_FOUND, "unknown_integration"),
            Error::Decode(_) | Error::Redirect(_) => Self::new(StatusCode::BAD_GATEWAY, "bad_answer"),
            // Our credentials, our plan, our request: somebody here has to fix it.
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "our_fault"),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        // In whole seconds, rounded up: HTTP has no other.
        let seconds = self.retry_after.map(|wait| wait.as_secs_f64().ceil());
        let retry_after = seconds.map(|seconds| [("retry-after", seconds.to_string())]);
        (self.status, retry_after, Json(json!({ "error": self.code }))).into_response()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In production: `let client = client(ClientBuilder::from_env()?)?`.
    let sandbox = Sandbox::builder()
        .apideck_connection("consumer-17", "crm", "salesforce", "callable")
        .apideck_connection("consumer-17", "accounting", "xero", "authorized")
        .start()
        .await?;
    let client = client(sandbox.client_builder())?;
    let customers = HashMap::from([("acme".to_owned(), "consumer-17".into())]);

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let mut front_end = TcpStream::connect(listener.local_addr()?).await?;
    tokio::spawn(async move { axum::serve(listener, router(&client, customers)).await });

    let request = "GET /customers/acme/integrations HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    front_end.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    front_end.read_to_string(&mut answer).await?;
    println!("{}", answer.replace("},{", "},\n{"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::{Method, Request};
    use connectory::sandbox::{Fault, FaultRule};
    use serde_json::Value;
    use tower::ServiceExt;

    const LIST: &str = "apideck.vault.connections.list";
    const DELETE: &str = "apideck.vault.connections.delete";
    const PAGE: &str = "/customers/acme/integrations";

    /// The service as it runs, with the sandbox in the vendor's place.
    struct Setup {
        sandbox: Sandbox,
        router: Router,
    }

    struct Answer {
        status: u16,
        retry_after: Option<String>,
        json: Value,
    }

    impl Setup {
        /// In memory, so that with tokio's paused clock neither timeouts nor pauses between attempts take time.
        fn new() -> Self {
            let sandbox = Sandbox::builder()
                .apideck_connection("consumer-17", "crm", "salesforce", "callable")
                .apideck_connection("consumer-17", "hris", "bamboohr", "invalid")
                .apideck_connection("consumer-18", "crm", "hubspot", "added")
                .in_memory()
                .unwrap();
            let customers = [("acme", "consumer-17"), ("globex", "consumer-18")];
            let customers = customers.map(|(name, consumer)| (name.to_owned(), consumer.into())).into();
            let router = router(&client(sandbox.client_builder()).unwrap(), customers);
            Self { sandbox, router }
        }

        async fn ask(&self, method: Method, path: &str) -> Answer {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            let response = self.router.clone().oneshot(request).await.unwrap();
            let header = response.headers().get("retry-after");
            let retry_after = header.map(|value| value.to_str().unwrap().to_owned());
            let status = response.status().as_u16();
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            Answer { status, retry_after, json: serde_json::from_slice(&body).unwrap_or_default() }
        }

        async fn list(&self) -> Answer {
            self.ask(Method::GET, PAGE).await
        }
    }

    impl Answer {
        /// The integration of this name.
        fn named(&self, name: &str) -> &Value {
            self.json.as_array().unwrap().iter().find(|shown| shown["name"] == name).unwrap()
        }

        #[track_caller]
        fn is(&self, status: u16, error: &str, retry_after: Option<&str>) {
            assert_eq!((self.status, &self.json), (status, &json!({ "error": error })));
            assert_eq!(self.retry_after.as_deref(), retry_after);
        }
    }

    #[tokio::test]
    async fn the_page_shows_how_far_each_integration_is() {
        let setup = Setup::new();
        setup.sandbox.expect(LIST, 1);
        let answer = setup.list().await;
        assert_eq!(answer.status, 200);
        for (name, state, action) in [
            ("Salesforce", "callable", "manage"),
            ("BambooHR", "invalid", "connect"),
            ("HubSpot", "available", "connect"),
        ] {
            let shown = answer.named(name);
            assert_eq!((&shown["state"], &shown["action"]), (&state.into(), &action.into()));
        }
        assert!(answer.named("HubSpot")["connect_url"].is_string());
        assert!(answer.named("Salesforce")["connect_url"].is_null());
        setup.sandbox.verify().unwrap();
    }

    #[tokio::test]
    async fn each_customer_is_asked_about_under_its_own_consumer() {
        let setup = Setup::new();
        let answer = setup.ask(Method::GET, "/customers/globex/integrations").await;
        assert_eq!(answer.named("HubSpot")["state"], "added");
        assert_eq!(answer.named("Salesforce")["state"], "available");
        assert_eq!(setup.sandbox.requests()[0].headers["x-apideck-consumer-id"], "consumer-18");
    }

    #[tokio::test]
    async fn an_unknown_customer_costs_no_request() {
        let setup = Setup::new();
        let path = "/customers/consumer-17/integrations";
        setup.ask(Method::GET, path).await.is(404, "unknown_customer", None);
        assert!(setup.sandbox.requests().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_vendor_that_is_down_is_a_503_that_says_when_to_ask_again() {
        for fault in [Fault::Status(503), Fault::Html, Fault::ResetBefore, Fault::Silence] {
            let setup = Setup::new();
            setup.sandbox.inject(fault);
            setup.list().await.is(503, "try_again", Some("10"));
            assert!(setup.sandbox.requests_of(LIST).len() > 1, "the client has tried again");
            setup.sandbox.clear_faults();
            assert_eq!(setup.list().await.status, 200);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_outage_is_not_seen() {
        let setup = Setup::new();
        setup.sandbox.inject(FaultRule::new(Fault::Status(502)).times(2));
        assert_eq!(setup.list().await.status, 200);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_limit_is_passed_on_as_a_503_with_the_vendor_s_wait() {
        let setup = Setup::new();
        setup.sandbox.inject(Fault::RateLimited(120));
        setup.list().await.is(503, "try_again", Some("120"));
        assert_eq!(setup.sandbox.requests().len(), 1, "nobody waits two minutes for a page");
    }

    #[tokio::test(start_paused = true)]
    async fn a_removal_whose_answer_was_lost_is_a_removal() {
        for fault in [Fault::ResetAfter, Fault::Silence] {
            let setup = Setup::new();
            setup.sandbox.inject(FaultRule::new(fault).operation(DELETE).times(1));
            let answer = setup.ask(Method::DELETE, &format!("{PAGE}/crm/salesforce")).await;
            assert_eq!(answer.status, 204);
            let statuses: Vec<_> =
                setup.sandbox.requests_of(DELETE).iter().map(|request| request.status).collect();
            assert_eq!(statuses, [None, Some(StatusCode::NOT_FOUND)]);
            assert_eq!(setup.list().await.named("Salesforce")["state"], "available");
        }
    }

    #[tokio::test]
    async fn what_is_not_there_cannot_be_removed() {
        let setup = Setup::new();
        for path in ["crm/pipedrive", "crm/nobody"] {
            let answer = setup.ask(Method::DELETE, &format!("{PAGE}/{path}")).await;
            answer.is(404, "unknown_integration", None);
        }
        let answer = setup.ask(Method::DELETE, &format!("{PAGE}/crm/%2e%2e")).await;
        answer.is(400, "bad_id", None);
        assert_eq!(setup.sandbox.requests().len(), 2);
    }

    #[tokio::test]
    async fn a_state_that_is_new_to_us_is_shown_as_it_is() {
        let setup = Setup::new();
        setup.sandbox.inject(Fault::UnseenValues);
        setup.sandbox.inject(Fault::ExtraFields);
        let answer = setup.list().await;
        let shown = answer.named("unseen-Salesforce");
        assert_eq!(shown["state"], "unseen-callable");
        assert_eq!(shown["action"], "none");
    }

    #[tokio::test]
    async fn what_only_we_can_fix_tells_the_customer_nothing() {
        let setup = Setup::new();
        for status in [401, 402, 403] {
            setup.sandbox.inject(FaultRule::new(Fault::Status(status)).times(1));
            setup.list().await.is(500, "our_fault", None);
        }
        for fault in [Fault::TruncatedJson, Fault::Redirect("https://elsewhere.example".to_owned())] {
            setup.sandbox.inject(FaultRule::new(fault).times(1));
            setup.list().await.is(502, "bad_answer", None);
        }
    }
}
