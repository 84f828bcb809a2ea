//! The page on which a customer sees, connects, repairs and removes integrations, over all vendors.
//!
//! HTML is made on the server and needs no script. What to copy: a row that comes from a browser is looked up in the
//! customer's own view before anything is done (`Dashboard::find`), a vendor that is down is a notice and not an error page,
//! and the tests at the end, which drive it over HTTP against the sandbox.
//!
//! `cargo run --example integrations_dashboard -- --serve` lets you look at it.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use connectory::customer::{Connection, Customer, Key, Reconnect, Reconnection, Status, View};
use connectory::sandbox::Sandbox;
use connectory::{Client, ClientBuilder, Error};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::{fmt::Write, net::Ipv4Addr, sync::Arc, time::Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The page of one customer. A service with many makes it from the session of the one who is signed in.
struct Dashboard {
    name: String,
    customer: Customer,
    /// Where Apideck leads the browser back to.
    home: String,
}

impl Dashboard {
    /// What is shown. Each page asks the vendors; a service that stores the rows keeps them true with the events of its
    /// webhooks instead, whose `connection_change()` names the row by the same key (feature `events`).
    async fn view(&self) -> View {
        self.customer.connections().await
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
        .route("/{key}/reconnect", post(reconnect))
        .route("/{key}/refresh", post(refresh))
        .route("/{key}/disconnect", post(disconnect))
        .layer(middleware::from_fn(guarded))
        .with_state(Arc::new(dashboard))
}

async fn page(State(dashboard): State<Arc<Dashboard>>) -> Html<String> {
    Html(html(&dashboard.name, &dashboard.view().await))
}

async fn reconnect(
    State(dashboard): State<Arc<Dashboard>>,
    Path(key): Path<String>,
) -> Result<Response, Problem> {
    let connection = dashboard.find(&key.into()).await?;
    let options = Reconnect::new(dashboard.home.as_str());
    Ok(match dashboard.customer.reconnect(&connection, &options).await? {
        // The link is a secret of this customer's browser.
        Reconnection::Redirect(link) => Redirect::to(link.expose_secret()).into_response(),
        // Your page loads the vendor's script and hands it the token.
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
    dashboard.customer.refresh(&connection).await?;
    Ok(Redirect::to("/"))
}

async fn disconnect(
    State(dashboard): State<Arc<Dashboard>>,
    Path(key): Path<String>,
) -> Result<Redirect, Problem> {
    let connection = dashboard.find(&key.into()).await?;
    dashboard.customer.disconnect(&connection).await?;
    Ok(Redirect::to("/"))
}

/// Refuses what another site makes the browser post, and keeps the pages out of caches, frames and referrers.
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
    let mut body = format!("<h1>Integrations</h1><p class=who>{}</p>", Escaped(customer));
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
         <meta name=viewport content=\"width=device-width, initial-scale=1\"><style>{STYLE}</style></head>\
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
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let serves = std::env::args().any(|argument| argument == "--serve");
    // In production: `let client = client(ClientBuilder::from_env()?)?`, and the customer's ids from your own records.
    let sandbox = Sandbox::start().await?;
    let client = client(sandbox.client_builder())?;
    let customer = sandbox.customer("acme").at(&client);
    sandbox.apideck().authorize("acme", "crm", "hubspot");
    sandbox.apideck().revoke("acme", "crm", "hubspot");

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let (address, home) = (listener.local_addr()?, format!("http://{}/", listener.local_addr()?));
    println!("{home}");
    let dashboard = Dashboard { name: "Acme Inc".to_owned(), customer, home };
    let server = tokio::spawn(async move { axum::serve(listener, router(dashboard)).await });
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
            let dashboard = Dashboard { name: NAME.to_owned(), customer, home: format!("http://{address}/") };
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
        assert!(back.expose_secret().starts_with(&format!("http://{}/", setup.address)));
        assert_eq!(status(&setup.page().await, "HubSpot"), "Active");

        setup.sandbox.apideck().revoke("acme", "crm", "hubspot");
        assert_eq!(status(&setup.page().await, "HubSpot"), "Not connected");
        let link = location(&setup.press("Connect HubSpot").await);
        setup.sandbox.apideck().visit(&link).unwrap();

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
        assert_eq!(status(&setup.page().await, "Sandbox Utility"), "Needs you: sign in again");
        let answer = setup.press("Repair Sandbox Utility").await;
        assert!(answer.contains("<div id=deck-link data-token=\"link-"), "{answer}");
        assert!(answer.contains("cache-control: no-store"));
        setup.press("Disconnect utility.example").await;
        let answer = setup.press("Connect utility.example").await;
        assert!(answer.contains("<div id=deck-auth data-token=\"tk_"), "{answer}");
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
