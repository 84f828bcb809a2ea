//! The page on which a customer sees, connects, repairs and removes integrations, over all vendors.
//!
//! HTML is made on the server and needs no script. What to copy: a row that comes from a browser is looked up in the
//! customer's own view before anything is done (`Dashboard::find`), a vendor that is down is a notice and not an error page,
//! the vendors' events say when to look again (`receive`), and the tests at the end, which drive it over HTTP against the
//! sandbox.
//!
//! `cargo run --example integrations_dashboard -- --serve` lets you look at it.

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use connectory::customer::{
    Connection, ConnectionChange, Customer, Key, Reconnect, Reconnection, Status, View,
};
use connectory::events::{Delivery, EventError};
use connectory::sandbox::Sandbox;
use connectory::{Client, ClientBuilder, Error, Secret, apideck, codat, deck, deck_v2};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt::Write, net::Ipv4Addr, time::Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

type Failure = Box<dyn std::error::Error>;

/// How long a page is shown without another look, in case that an event got lost.
const OLD: Duration = Duration::from_secs(5 * 60);
/// The same where a vendor did not answer.
const SOON: Duration = Duration::from_secs(15);

/// The page of one customer. A service with many makes it from the session of the one who is signed in.
struct Dashboard {
    name: String,
    customer: Customer,
    /// Where Apideck leads the browser back to.
    back: String,
    webhooks: Webhooks,
    /// How often something has changed that a page may show.
    changes: AtomicU64,
    shown: Mutex<Option<Shown>>,
}

/// What the last page was made from.
struct Shown {
    view: Arc<View>,
    changes: u64,
    at: Instant,
}

impl Dashboard {
    fn new(name: &str, customer: Customer, back: String, webhooks: Webhooks) -> Self {
        let (changes, shown) = (AtomicU64::default(), Mutex::default());
        Self { name: name.to_owned(), customer, back, webhooks, changes, shown }
    }

    /// What is shown. The vendors are asked when an event, or the customer, has changed something, and not for each page.
    async fn view(&self) -> Arc<View> {
        let changes = self.changes.load(Ordering::SeqCst);
        let lock = || self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let is_good = |shown: &&Shown| {
            let good_for = if shown.view.failures().is_empty() { OLD } else { SOON };
            shown.changes == changes && shown.at.elapsed() < good_for
        };
        if let Some(shown) = lock().as_ref().filter(is_good) {
            return shown.view.clone();
        }
        let view = Arc::new(self.customer.connections().await);
        *lock() = Some(Shown { view: view.clone(), changes, at: Instant::now() });
        view
    }

    fn look_again(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// The row of this key, if it is this customer's: a key of a browser is not to be trusted.
    async fn find(&self, key: &Key) -> Result<Connection, Problem> {
        let view = self.view().await;
        let found = view.get(key).cloned();
        found.ok_or_else(|| match view.failures().first() {
            Some(_) => Problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "One of our partners does not answer. Try again soon.",
            ),
            None => Problem(StatusCode::NOT_FOUND, "There is no such integration any more."),
        })
    }
}

/// A person waits for the page.
fn client(builder: ClientBuilder) -> Result<Client, Error> {
    builder.attempt_timeout(Duration::from_secs(3)).timeout(Duration::from_secs(8)).build()
}

fn router(dashboard: Dashboard) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/connected", get(connected))
        .route("/{key}/reconnect", post(reconnect))
        .route("/{key}/refresh", post(refresh))
        .route("/{key}/disconnect", post(disconnect))
        .route("/webhooks/{vendor}", post(receive))
        .layer(middleware::from_fn(guarded))
        .with_state(Arc::new(dashboard))
}

async fn page(State(dashboard): State<Arc<Dashboard>>) -> Html<String> {
    Html(html(&dashboard.name, &*dashboard.view().await))
}

/// The customer comes back from a vendor, as a rule before that vendor's event.
async fn connected(State(dashboard): State<Arc<Dashboard>>) -> Redirect {
    dashboard.look_again();
    Redirect::to("/")
}

async fn reconnect(
    State(dashboard): State<Arc<Dashboard>>,
    Path(key): Path<String>,
) -> Result<Response, Problem> {
    let connection = dashboard.find(&key.into()).await?;
    // A service gives a nonce of this browser's session too, and confirms what comes back: docs/apideck.md, "Links of your own".
    let options = Reconnect::new(dashboard.back.as_str());
    Ok(match dashboard.customer.reconnect(&connection, &options).await? {
        // The link is a secret of this customer's browser.
        Reconnection::Redirect(link) => Redirect::to(link.expose_secret()).into_response(),
        // Your page loads the vendor's script and hands it the token. Deck v2's makes a new credential: set your external_id
        // on it with `update`, or it is nobody's.
        Reconnection::DeckLink(token) => widget("deck-link", token.expose_secret()).into_response(),
        Reconnection::DeckV2Component(token) => widget("deck-auth", token.expose_secret()).into_response(),
        _ => {
            return Err(Problem(StatusCode::CONFLICT, "This integration cannot be repaired. Disconnect it."));
        }
    })
}

async fn refresh(
    State(dashboard): State<Arc<Dashboard>>,
    Path(key): Path<String>,
) -> Result<Redirect, Problem> {
    let connection = dashboard.find(&key.into()).await?;
    let refreshed = dashboard.customer.refresh(&connection).await;
    dashboard.look_again();
    refreshed?;
    Ok(Redirect::to("/"))
}

async fn disconnect(
    State(dashboard): State<Arc<Dashboard>>,
    Path(key): Path<String>,
) -> Result<Redirect, Problem> {
    let connection = dashboard.find(&key.into()).await?;
    let disconnected = dashboard.customer.disconnect(&connection).await;
    // It may be done also where its answer was lost.
    dashboard.look_again();
    disconnected?;
    Ok(Redirect::to("/"))
}

/// What tells the vendors' deliveries from what others post.
struct Webhooks {
    deck: deck::events::Verifier,
    apideck: apideck::events::Verifier,
    codat: codat::events::Verifier,
    deck_v2: deck_v2::events::Verifier,
}

/// An event that comes twice is looked at twice, which does no harm: deliveries need not be remembered here.
async fn receive(
    State(dashboard): State<Arc<Dashboard>>,
    Path(vendor): Path<String>,
    request: Request,
) -> StatusCode {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    match dashboard.webhooks.change(&vendor, &head.headers, &body) {
        None => StatusCode::NOT_FOUND,
        Some(Err(error)) => {
            tracing::warn!("refused a delivery: {error}");
            StatusCode::BAD_REQUEST
        }
        Some(Ok(change)) => {
            // A service with many customers finds the one of `change.key` and looks again for that one.
            if change.is_some() {
                dashboard.look_again();
            }
            StatusCode::OK
        }
    }
}

impl Webhooks {
    /// What a delivery says of a connection; `None` for a vendor that there is not.
    fn change(
        &self,
        vendor: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Option<Result<Option<ConnectionChange>, EventError>> {
        fn said<E>(
            delivery: Result<Delivery<E>, EventError>,
            change: fn(&E) -> Option<ConnectionChange>,
        ) -> Result<Option<ConnectionChange>, EventError> {
            delivery.map(|delivery| change(delivery.event()))
        }

        Some(match vendor {
            "deck" => said(self.deck.verify(headers, body), deck::events::Event::connection_change),
            "apideck" => said(self.apideck.verify(headers, body), apideck::events::Event::connection_change),
            "codat" => said(self.codat.verify(headers, body), codat::events::Event::connection_change),
            "deck-v2" => said(self.deck_v2.verify(headers, body), deck_v2::events::Event::connection_change),
            _ => return None,
        })
    }

    /// Registers the webhooks at the sandbox's vendors. At the real ones that is done once, in their portals or by these
    /// calls.
    async fn register(sandbox: &Sandbox, client: &Client) -> Result<Self, Failure> {
        use connectory::apideck::webhooks::{CreateWebhook, WebhookEventType};
        use connectory::codat::webhooks::CreateWebhookConsumer;
        use connectory::deck_v2::event_destinations::{CreateEventDestination, WebhookConfig};
        let url = |vendor: &str| format!("https://dashboard.example/webhooks/{vendor}");
        sandbox.deck().set_default_webhook(url("deck"));
        let webhook = CreateWebhook::new("vault", url("apideck"), [WebhookEventType::All]);
        client.apideck().webhooks().create(&webhook).await?;
        let events = ["connected", "disconnected", "reconnected", "deleted", "failed"];
        let events = events.map(|event| format!("connection.{event}"));
        let consumer = CreateWebhookConsumer::new(url("codat"), events);
        let consumer = client.codat().webhooks().create_consumer(&consumer).await?.id;
        let codat = sandbox.codat().webhook_secret(&consumer).ok_or("Codat has made a secret")?;
        let secret = Secret::from("whsec_YW4tZXhhbXBsZS1zZWNyZXQtb2YtMzItYnl0ZXMtLSE=");
        let webhook = WebhookConfig::new(url("deck-v2")).secret(&secret);
        let destination = CreateEventDestination::webhook("Dashboard", webhook);
        client.deck_v2().event_destinations().create(&destination).await?;
        sandbox.advance(Duration::from_secs(1)); // until Deck has verified it
        Ok(Self {
            deck: deck::events::Verifier::new(sandbox.deck().webhook_secret())?,
            apideck: apideck::events::Verifier::new(sandbox.apideck().webhook_secret())?,
            codat: codat::events::Verifier::new(codat)?,
            deck_v2: deck_v2::events::Verifier::new(secret)?,
        })
    }
}

/// Refuses what another site makes the browser post, as far as the browser tells, and keeps the pages out of caches, frames and referrers.
async fn guarded(request: Request, next: Next) -> Response {
    let is_foreign = |headers: &HeaderMap| {
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        matches!(site, Some(b"cross-site" | b"same-site"))
    };
    if request.method() != "GET" && is_foreign(request.headers()) {
        return Problem(StatusCode::FORBIDDEN, "This did not come from our page.").into_response();
    }
    let mut response = next.run(request).await;
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What went wrong, in words for the customer: never the vendor's.
struct Problem(StatusCode, &'static str);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        // One line without secrets: operation, status, code, message, request id.
        tracing::error!("{error}");
        match error {
            Error::NotFound(_) => Self(StatusCode::NOT_FOUND, "There is no such integration any more."),
            Error::Server(_) | Error::Transport(_) | Error::RateLimited(_) => {
                Self(StatusCode::SERVICE_UNAVAILABLE, "One of our partners does not answer. Try again soon.")
            }
            _ => Self(StatusCode::INTERNAL_SERVER_ERROR, "That did not work. We have been told."),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body =
            format!("<p class=notice>{}</p><p><a href=\"/\">Back to your integrations</a></p>", self.1);
        (self.0, Html(document("Integrations", &body))).into_response()
    }
}

fn html(customer: &str, view: &View) -> String {
    let mut body = format!(
        "<meta http-equiv=refresh content=30><h1>Integrations</h1><p class=who>{}</p>",
        Escaped(customer)
    );
    for failure in view.failures() {
        tracing::warn!("{failure}");
        let vendor = failure.provider().map(|provider| provider.to_string()).unwrap_or_default();
        let _ =
            write!(body, "<p class=notice>{vendor} does not answer: its integrations are missing here.</p>");
    }
    body.push_str("<ul>");
    for connection in view.connections() {
        row(&mut body, connection);
    }
    body.push_str("</ul>");
    if view.connections().is_empty() {
        body.push_str("<p class=who>Nothing is connected yet.</p>");
    }
    if !view.available().is_empty() {
        body.push_str("<h2>Available</h2><ul class=available>");
        for connection in view.available() {
            row(&mut body, connection);
        }
        body.push_str("</ul>");
    }
    document("Integrations", &body)
}

fn row(body: &mut String, connection: &Connection) {
    let (colour, label) = match connection.status() {
        Status::Active => ("good", "Active"),
        Status::Pending => ("calm", "Pending"),
        Status::NeedsCustomer => ("bad", "Needs you"),
        Status::Paused => ("calm", "Paused"),
        Status::Failed => ("bad", "Failed"),
        Status::Disconnected => ("calm", "Not connected"),
        Status::NeedsLook => ("calm", "We are looking into it"),
    };
    let is_connected = connection.status() != Status::Disconnected;
    let hint = connection.needs().filter(|_| is_connected);
    let hint = hint.map(|need| format!(": {need}")).unwrap_or_default();
    let (service, provider) = (Escaped(connection.service()), connection.provider());
    let _ = write!(
        body,
        "<li><div class=name><strong>{service}</strong><small>{provider}</small></div>\
         <span class=\"status {colour}\">{label}{hint}</span><div class=actions>"
    );
    let buttons = match connection.status() {
        Status::Disconnected => [Some(("reconnect", "Connect")), None],
        Status::Active => [Some(("refresh", "Refresh")), Some(("disconnect", "Disconnect"))],
        Status::Pending if connection.needs().is_some() => {
            [Some(("reconnect", "Continue")), Some(("disconnect", "Disconnect"))]
        }
        Status::NeedsCustomer => [Some(("reconnect", "Repair")), Some(("disconnect", "Disconnect"))],
        Status::Pending | Status::Paused | Status::Failed | Status::NeedsLook => {
            [None, Some(("disconnect", "Disconnect"))]
        }
    };
    let key = connection.key().map(|key| utf8_percent_encode(key.as_str(), NON_ALPHANUMERIC));
    for (key, (action, label)) in key.into_iter().cycle().zip(buttons.into_iter().flatten()) {
        let _ = write!(
            body,
            "<form method=post action=\"/{key}/{action}\">\
             <button aria-label=\"{label} {service}\">{label}</button></form>"
        );
    }
    body.push_str("</div></li>");
}

/// Where a vendor's script opens what the customer connects with. The sandbox has no such script.
fn widget(id: &str, token: &str) -> Html<String> {
    let token = Escaped(token);
    let body = format!(
        "<h1>Sign in</h1><div id={id} data-token=\"{token}\"><p>The vendor's window opens here.</p></div>\
         <p><a href=\"/\">Back to your integrations</a></p>"
    );
    Html(document("Sign in", &body))
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\
         <style>{STYLE}</style></head>\
         <body><main>{body}</main></body></html>"
    )
}

const STYLE: &str = "
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
    body { margin: 0; }
    main { max-width: 52rem; margin: 0 auto; padding: 2rem 1rem; }
    h1 { margin: 0; font-size: 1.75rem; }
    h2 { margin: 2rem 0 0; font-size: 1.1rem; }
    .who { margin: 0 0 1.5rem; opacity: .7; overflow-wrap: anywhere; }
    .notice { padding: .75rem 1rem; border-left: 4px solid #d97706; background: #d9770622; }
    ul { list-style: none; margin: .75rem 0 0; padding: 0; border-top: 1px solid #8883; }
    li { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; padding: .75rem 0;
         border-bottom: 1px solid #8883; }
    .name { flex: 1 1 12rem; overflow-wrap: anywhere; }
    .name small { display: block; opacity: .7; }
    .status { flex: 0 1 auto; padding: .1rem .6rem; border-radius: 1rem; font-size: .85rem; }
    .good { background: #16a34a22; }
    .bad { background: #dc262622; }
    .calm { background: #8882; }
    .available .status { display: none; }
    .actions { display: flex; gap: .5rem; flex: 0 0 13rem; justify-content: flex-end; }
    form { margin: 0; }
    button { font: inherit; font-size: .9rem; padding: .35rem .8rem; border: 1px solid #8886; border-radius: .4rem;
             background: transparent; color: inherit; cursor: pointer; }
    button:hover, button:focus-visible { border-color: currentColor; }
    @media (max-width: 36rem) {
        .name { flex-basis: 8rem; }
        .actions { flex: 1 1 100%; justify-content: flex-start; }
    }
";

/// Text within HTML, also within quotes.
#[derive(Clone, Copy)]
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|letter| match letter {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            letter => f.write_char(letter),
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let serves = std::env::args().any(|argument| argument == "--serve");
    // In production: `let client = client(ClientBuilder::from_env()?)?`, and the customer's ids from your own records.
    let sandbox = Sandbox::start().await?;
    let client = client(sandbox.client_builder())?;
    let customer = sandbox.customer("acme").at(&client);
    let webhooks = Webhooks::register(&sandbox, &client).await?;

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    sandbox.deliver_to(format!("http://{address}"))?;
    let dashboard = Dashboard::new("Acme Inc", customer, format!("http://{address}/connected"), webhooks);
    let server = tokio::spawn(async move { axum::serve(listener, router(dashboard)).await });
    println!("http://{address}/");
    if serves {
        server.await??;
    }
    println!("{}", ask(address, "GET", "/").await?);
    Ok(())
}

/// What a browser is answered.
async fn ask(address: std::net::SocketAddr, method: &str, path: &str) -> std::io::Result<String> {
    let mut browser = TcpStream::connect(address).await?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    browser.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    browser.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectory::SecretUrl;
    use connectory::deck::connections::ScrapingStatus;
    use connectory::sandbox::{Customer as Seeded, Fault, FaultRule};
    use std::net::SocketAddr;

    const NAME: &str = "<b>\"Acme\" & Söhne</b>";

    /// The page as it runs, with the sandbox in the vendors' place.
    struct Setup {
        sandbox: Sandbox,
        seeded: Seeded,
        address: SocketAddr,
    }

    impl Setup {
        async fn new() -> Self {
            let sandbox = Sandbox::start().await.unwrap();
            let client = client(sandbox.client_builder()).unwrap();
            let seeded = sandbox.customer("acme");
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let address = listener.local_addr().unwrap();
            let customer = seeded.at(&client).timeout(Duration::from_secs(2));
            let webhooks = Webhooks::register(&sandbox, &client).await.unwrap();
            sandbox.deliver_to(format!("http://{address}")).unwrap();
            let back = format!("http://{address}/connected");
            let dashboard = Dashboard::new(NAME, customer, back, webhooks);
            tokio::spawn(async move { axum::serve(listener, router(dashboard)).await });
            Self { sandbox, seeded, address }
        }

        async fn page(&self) -> String {
            let page = ask(self.address, "GET", "/").await.unwrap();
            assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
            page
        }

        /// Presses the button of this label.
        async fn press(&self, label: &str) -> String {
            let page = self.page().await;
            let before = page.split(&format!("<button aria-label=\"{label}\">")).next().unwrap();
            assert_ne!(before.len(), page.len(), "no {label} in {page}");
            let path = before.rsplit("action=\"").next().unwrap().split('"').next().unwrap();
            ask(self.address, "POST", path).await.unwrap()
        }
    }

    /// What the row of this service says.
    #[track_caller]
    fn status<'a>(page: &'a str, service: &str) -> &'a str {
        let row = page.split(&format!("<strong>{service}</strong>")).nth(1);
        let row = row.unwrap_or_else(|| panic!("no {service} in {page}"));
        row.split("<span class=\"status ").nth(1).unwrap().split(['>', '<']).nth(1).unwrap()
    }

    /// Where an answer leads.
    #[track_caller]
    fn location(answer: &str) -> SecretUrl {
        assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
        let line = answer.lines().find_map(|line| line.strip_prefix("location: "));
        SecretUrl::from(line.unwrap_or_else(|| panic!("{answer}")))
    }

    #[tokio::test]
    async fn the_page_lists_what_is_connected_and_what_can_be() {
        let setup = Setup::new().await;
        let page = setup.page().await;
        for (service, shown) in [
            ("Sandbox Utility", "Active"),
            ("Salesforce", "Active"),
            ("Shopify", "Pending: authorize"),
            ("utility.example", "Pending"),
            ("HubSpot", "Not connected"),
        ] {
            assert_eq!(status(&page, service), shown, "{service}");
        }
        assert!(page.contains("Needs you: enter settings"), "{page}");
        assert!(!page.contains(setup.seeded.deck.expose_secret()));
        assert!(!page.contains("vault/authorize"), "links are made when they are asked for");
    }

    #[tokio::test]
    async fn what_others_have_named_is_text() {
        let page = Setup::new().await.page().await;
        assert!(page.contains("&lt;b&gt;&quot;Acme&quot; &amp; Söhne&lt;/b&gt;") && !page.contains("<b>"));
        assert_eq!(Escaped("'<&>\"").to_string(), "&#39;&lt;&amp;&gt;&quot;");
    }

    #[tokio::test]
    async fn a_customer_connects_repairs_and_disconnects() {
        let setup = Setup::new().await;
        let link = location(&setup.press("Connect HubSpot").await);
        let back = setup.sandbox.apideck().visit(&link).unwrap();
        let path = back.expose_secret().strip_prefix(&format!("http://{}", setup.address)).unwrap();
        assert_eq!(location(&ask(setup.address, "GET", path).await.unwrap()).expose_secret(), "/");
        assert_eq!(status(&setup.page().await, "HubSpot"), "Active");

        setup.sandbox.apideck().revoke("acme", "crm", "hubspot");
        setup.sandbox.deliver().await;
        assert_eq!(status(&setup.page().await, "HubSpot"), "Not connected");
        let link = location(&setup.press("Connect HubSpot").await);
        setup.sandbox.apideck().visit(&link).unwrap();
        setup.sandbox.deliver().await;

        assert_eq!(location(&setup.press("Refresh HubSpot").await).expose_secret(), "/");
        assert_eq!(setup.sandbox.requests_of("apideck.vault.connections.validate").len(), 1);
        assert_eq!(location(&setup.press("Disconnect HubSpot").await).expose_secret(), "/");
        assert_eq!(status(&setup.page().await, "HubSpot"), "Not connected");
        assert_eq!(setup.sandbox.requests_of("apideck.vault.connections.delete").len(), 1);

        let link = location(&setup.press("Continue Shopify").await);
        assert!(link.expose_secret().ends_with("/start"));
    }

    #[tokio::test]
    async fn what_a_widget_repairs_is_given_a_token() {
        let setup = Setup::new().await;
        let token = setup.seeded.deck.expose_secret();
        assert!(setup.sandbox.deck().disconnect(token, ScrapingStatus::InvalidCredentials));
        setup.sandbox.deliver().await;
        assert_eq!(status(&setup.page().await, "Sandbox Utility"), "Needs you: sign in again");
        let answer = setup.press("Repair Sandbox Utility").await;
        assert!(answer.contains("<div id=deck-link data-token=\"link-"), "{answer}");
        assert!(!answer.contains("http-equiv=refresh"), "nobody types a password into a page that goes away");
        assert!(setup.page().await.contains("http-equiv=refresh"));
        assert!(answer.contains("cache-control: no-store"));
        setup.press("Disconnect utility.example").await;
        let answer = setup.press("Connect utility.example").await;
        assert!(answer.contains("<div id=deck-auth data-token=\"tk_"), "{answer}");
    }

    #[tokio::test]
    async fn the_page_follows_the_events_of_every_vendor() {
        const LIST: &str = "apideck.vault.connections.list";
        let setup = Setup::new().await;
        let Seeded { deck, codat, .. } = &setup.seeded;
        for _ in 0..3 {
            setup.page().await;
        }
        setup.sandbox.deliver().await;
        let asked = setup.sandbox.requests_of(LIST).len();
        setup.page().await;
        setup.page().await;
        assert!(setup.sandbox.requests_of(LIST).len() <= asked + 1, "a page costs the vendors nothing");

        setup.sandbox.deck().disconnect(deck.expose_secret(), ScrapingStatus::InvalidCredentials);
        setup.sandbox.deliver().await;
        assert_eq!(status(&setup.page().await, "Sandbox Utility"), "Needs you: sign in again");

        setup.sandbox.apideck().revoke("acme", "crm", "salesforce");
        setup.sandbox.deliver().await;
        assert_eq!(status(&setup.page().await, "Salesforce"), "Not connected");

        let client = client(setup.sandbox.client_builder()).unwrap();
        let list = client.codat().connections().list(codat, &Default::default()).await.unwrap();
        let shopify = list.results.iter().find(|it| it.platform_name.as_deref() == Some("Shopify")).unwrap();
        assert!(setup.sandbox.codat().link(&shopify.id));
        setup.sandbox.deliver().await;
        assert_eq!(status(&setup.page().await, "Shopify"), "Active");

        let list = client.deck_v2().credentials().list(&Default::default()).await.unwrap();
        client.deck_v2().credentials().delete(&list.data[0].id).await.unwrap();
        setup.sandbox.deliver().await;
        assert_eq!(status(&setup.page().await, "utility.example"), "Not connected");
    }

    #[tokio::test]
    async fn nobody_else_makes_it_look_again() {
        let setup = Setup::new().await;
        setup.page().await;
        for (path, status) in
            [("deck", 400), ("apideck", 400), ("codat", 400), ("deck-v2", 400), ("other", 404)]
        {
            let answer = ask(setup.address, "POST", &format!("/webhooks/{path}")).await.unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer}");
        }
        setup.page().await;
        assert_eq!(setup.sandbox.requests_of("apideck.vault.connections.list").len(), 1);
    }

    #[tokio::test]
    async fn a_row_of_another_customer_is_not_found() {
        let setup = Setup::new().await;
        setup.sandbox.apideck().authorize("globex", "crm", "hubspot");
        for action in ["reconnect", "refresh", "disconnect"] {
            let path = format!("/apideck%2Fglobex%2Fcrm%2Fhubspot/{action}");
            let answer = ask(setup.address, "POST", &path).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
        }
        assert!(setup.sandbox.requests_of("apideck.vault.connections.delete").is_empty());
    }

    #[tokio::test]
    async fn a_vendor_that_is_down_is_a_notice() {
        let setup = Setup::new().await;
        setup.sandbox.inject(FaultRule::new(Fault::Status(503)).operation("apideck.vault.connections.list"));
        let page = setup.page().await;
        assert!(page.contains("Apideck does not answer"), "{page}");
        assert_eq!(status(&page, "Sandbox Utility"), "Active");
        assert!(!page.contains("Salesforce"));
        let answer =
            ask(setup.address, "POST", "/apideck%2Facme%2Fcrm%2Fsalesforce/disconnect").await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    }

    #[tokio::test]
    async fn another_site_presses_no_button() {
        let setup = Setup::new().await;
        let mut browser = TcpStream::connect(setup.address).await.unwrap();
        let request = "POST /apideck%2Facme%2Fcrm%2Fsalesforce/disconnect HTTP/1.1\r\nhost: localhost\r\n\
            sec-fetch-site: cross-site\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        browser.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        browser.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert_eq!(status(&setup.page().await, "Salesforce"), "Active");
    }
}
