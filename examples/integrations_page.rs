//! Builds the page on which a customer sees and connects integrations, from Apideck's connections.

use connectory::apideck::vault::connections::{
    AuthorizeLink, Connection, ConnectionState, ListConnections, UpdateConnection,
};
use connectory::sandbox::Sandbox;
use connectory::{Client, Error};

/// The button beside an integration.
fn action(connection: &Connection, return_to: &str) -> String {
    match &connection.state {
        Some(ConnectionState::Callable) => "Manage".to_owned(),
        Some(ConnectionState::Invalid) => "Fix credentials".to_owned(),
        Some(ConnectionState::Authorized) => {
            let missing = connection.form_fields.iter().filter(|field| field.value.is_none());
            let labels: Vec<&str> = missing.filter_map(|field| field.label.as_deref()).collect();
            format!("Enter {}", labels.join(", "))
        }
        // The link holds a secret: it goes to the customer's browser and nowhere else.
        Some(ConnectionState::Available | ConnectionState::Added) => {
            match connection.authorize_link(&AuthorizeLink::new(return_to)) {
                Some(link) => {
                    let _href = link.expose_secret();
                    "Connect in the browser".to_owned()
                }
                None => format!("Fill in {} fields", connection.form_fields.len()),
            }
        }
        // A state that Apideck adds tomorrow must not take the page down.
        Some(other) => format!("({other})"),
        None => "(unknown)".to_owned(),
    }
}

async fn page(client: &Client, customer: &str) -> Result<String, Error> {
    let connections = client.apideck().consumer(customer).vault().connections();
    let mut list = connections.list(&ListConnections::new()).await?.data;
    list.sort_by_key(|connection| connection.state != Some(ConnectionState::Callable));
    let rows = list.iter().map(|connection| {
        let name = connection.name.as_deref().unwrap_or(connection.service_id.as_str());
        format!("{name:<24} {:<12} {}", connection.unified_api, action(connection, "https://example.com"))
    });
    Ok(rows.collect::<Vec<_>>().join("\n"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();

    // The customer has agreed in the browser, once completely, once with a setting still missing.
    sandbox.apideck().authorize("acme", "crm", "hubspot");
    sandbox.apideck().authorize("acme", "accounting", "xero");
    let connections = client.apideck().consumer("acme").vault().connections();
    connections.update("crm", "hubspot", &UpdateConnection::new().enabled(true)).await?;

    println!("{}", page(&client, "acme").await?);
    Ok(())
}
