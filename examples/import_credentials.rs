//! Moves credentials that your service already holds into Apideck Vault, one customer after the other.
//!
//! An import is never repeated by the client. Where its answer is lost, `get` tells whether it arrived, so that a rotated
//! refresh token is not overwritten by an old one.

use connectory::apideck::vault::connections::{ConnectionState, ImportConnection, ImportCredentials};
use connectory::sandbox::Sandbox;
use connectory::{Client, Error, JsonMap, Outcome, Secret};

/// A row of your table of integrations.
struct Row {
    customer: &'static str,
    unified_api: &'static str,
    service: &'static str,
    access_token: Secret,
    refresh_token: Secret,
    issued_at: &'static str,
    settings: JsonMap,
}

async fn import(client: &Client, row: &Row) -> Result<Option<ConnectionState>, Error> {
    let connections = client.apideck().consumer(row.customer).vault().connections();
    let credentials = ImportCredentials::new()
        .access_token(&row.access_token)
        .refresh_token(row.refresh_token.clone())
        .issued_at(row.issued_at)
        .expires_in(3600);
    let body = ImportConnection::new()
        .credentials(credentials)
        .settings(row.settings.clone())
        .metadata(JsonMap::new().with("moved_from", "integrations"));
    match connections.import(row.unified_api, row.service, &body).await {
        Ok(imported) => Ok(imported.data.state),
        Err(error) if error.outcome() >= Outcome::Unknown => {
            let found = connections.get(row.unified_api, row.service).await?.data;
            let arrived = found.metadata.is_some_and(|metadata| metadata.raw("moved_from").is_some());
            if arrived { Ok(found.state) } else { Err(error) }
        }
        Err(error) => Err(error),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();
    let row = |customer, service, settings| Row {
        customer,
        unified_api: "crm",
        service,
        access_token: "held-by-your-service".into(),
        refresh_token: "held-by-your-service".into(),
        issued_at: "2026-11-21T09:00:00Z",
        settings,
    };
    let salesforce = JsonMap::new().with("instance_url", "https://eu28.salesforce.com");
    let rows = [
        row("acme", "salesforce", salesforce),
        row("globex", "salesforce", JsonMap::new()),
        row("initech", "pipedrive", JsonMap::new()),
        row("umbrella", "a-service-of-the-past", JsonMap::new()),
    ];
    for row in &rows {
        match import(&client, row).await {
            Ok(Some(ConnectionState::Callable)) => println!("{}: {} is ready", row.customer, row.service),
            Ok(state) => println!("{}: {} needs the customer ({state:?})", row.customer, row.service),
            Err(error) => println!("{}: {} stays where it is: {error}", row.customer, row.service),
        }
    }
    Ok(())
}
