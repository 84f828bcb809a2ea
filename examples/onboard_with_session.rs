//! Onboards a customer with a session on Apideck's own pages, and learns what became of it.

use connectory::apideck::UnifiedApi;
use connectory::apideck::vault::connections::ListConnections;
use connectory::apideck::vault::consumers::ConsumerMetadata;
use connectory::apideck::vault::sessions::{CreateSession, SessionAction, SessionSettings, SessionTheme};
use connectory::apideck::webhooks::{CreateWebhook, ListEventLogs, WebhookEventType, WebhookStatus};
use connectory::sandbox::Sandbox;
use connectory::{Client, Error, SecretUrl};

const CUSTOMER: &str = "acme";

/// Once for your application: Apideck tells you when a connection changes.
async fn subscribe(client: &Client) -> Result<(), Box<dyn std::error::Error>> {
    let events = [WebhookEventType::VaultConnectionCallable, WebhookEventType::VaultConnectionRevoked];
    let webhook = CreateWebhook::new(UnifiedApi::Vault, "https://example.com/apideck", events);
    let webhook = client.apideck().webhooks().create(&webhook).await?.data;
    // One whose URL does not answer is created too, and gets nothing.
    match webhook.status {
        Some(WebhookStatus::Enabled) => Ok(()),
        _ => Err(format!("the webhook is off: {:?}", webhook.disabled_reason).into()),
    }
}

/// The link that the customer's browser is sent to.
async fn session(client: &Client) -> Result<SecretUrl, Error> {
    let settings = SessionSettings::new()
        .unified_apis([UnifiedApi::Crm, UnifiedApi::Accounting])
        .session_length("30m")
        .auto_redirect(true)
        .allow_actions([SessionAction::Reauthorize, SessionAction::Disconnect]);
    let session = CreateSession::new()
        .consumer_metadata(ConsumerMetadata::new().account_name("Acme Inc").email("ada@acme.example"))
        .theme(SessionTheme::new().vault_name("Integrations").primary_color("#286efa"))
        .redirect_uri("http://localhost:3000/integrations")
        .settings(settings);
    let sessions = client.apideck().consumer(CUSTOMER).vault().sessions();
    // Whoever has the link acts for the customer: it goes to their browser and nowhere else.
    Ok(sessions.create(&session).await?.data.session_uri)
}

/// What the customer has connected.
async fn connected(client: &Client) -> Result<Vec<String>, Error> {
    let connections = client.apideck().consumer(CUSTOMER).vault().connections();
    let list = connections.list(&ListConnections::new().configured(true)).await?.data;
    let line = |connection: connectory::apideck::vault::connections::Connection| {
        let state = connection.state.map_or_else(|| "unknown".to_owned(), |state| state.to_string());
        format!("{:<14} {state}", connection.id)
    };
    Ok(list.into_iter().map(line).collect())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();

    subscribe(&client).await?;
    let link = session(&client).await?;
    // The customer's browser. Apideck's pages ask what to connect; the sandbox has none and leads back at once.
    let back = sandbox.apideck().visit(&link).ok_or("the link is good")?;
    println!("the customer is back at {}", back.expose_secret());
    // What the customer would have done there.
    sandbox.apideck().authorize(CUSTOMER, "crm", "hubspot");
    sandbox.apideck().authorize(CUSTOMER, "accounting", "xero");

    println!("{}", connected(&client).await?.join("\n"));

    // What your webhook was told, and what to look at when it was told nothing.
    let mut logs =
        client.apideck().webhooks().event_logs(&ListEventLogs::new().consumer_id(CUSTOMER)).pages();
    while let Some(log) = logs.try_next().await? {
        let (event, status) = (log.event_type.ok_or("an event")?, log.status_code.unwrap_or_default());
        println!("{event} was answered with {status}");
    }
    Ok(())
}
