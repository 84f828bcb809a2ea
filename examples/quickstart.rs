//! Takes a customer's connection through its life at each vendor, against the sandbox: no account, no network.
//!
//! ```text
//! cargo run --example quickstart
//! cargo run --example quickstart -- --live    # the reading steps, at the vendors that your environment names
//! ```

use connectory::apideck::vault::connections::{
    Connection, ImportConnection, ImportCredentials, ListConnections, UpdateConnection,
};
use connectory::deck::connections::{AccessTokenRequest, UpdateWebhook};
use connectory::sandbox::Sandbox;
use connectory::{Client, Error, JsonMap, Provider};
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::args().any(|argument| argument == "--live") {
        live(&Client::from_env()?).await;
        return Ok(());
    }
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();
    println!("connectory: Deck, Apideck Vault and Codat through one client.");
    println!("Deck is played at {}.", sandbox.base_url(Provider::Deck));
    deck(&client, &sandbox).await?;
    apideck(&client).await?;
    codat(&client, &sandbox).await?;
    println!("\nNothing left this machine. Next: the other examples, and docs/errors.md.");
    Ok(())
}

async fn deck(client: &Client, sandbox: &Sandbox) -> Result<(), Error> {
    title("Deck", "rotate a token, move a webhook");
    let connections = client.deck().connections();
    let first = sandbox.deck().connect();
    step("a customer connects", format!("their access token is {first:?}, in every log"));

    let rotated = connections.invalidate_access_token(&AccessTokenRequest::new(&first)).await?;
    step("rotate the token", "done once: a write that must not happen twice is never repeated");

    let webhook = UpdateWebhook::new(&rotated.new_access_token, "https://example.com/deck", true);
    connections.update_webhook(&webhook).await?;
    step("move the webhook", &webhook.url);

    let error = connections.invalidate_access_token(&AccessTokenRequest::new(&first)).await.err();
    explain("use the old token", error);
    Ok(())
}

async fn apideck(client: &Client) -> Result<(), Error> {
    title("Apideck Vault", "a consumer's connections, from available to deleted");
    let connections = client.apideck().consumer("acme").vault().connections();
    let crm = connections.list(&ListConnections::new().api("crm")).await?.data;
    step("list the CRM services", crm.iter().map(describe).collect::<Vec<_>>().join(", "));

    let tokens =
        ImportCredentials::new().access_token("from-your-database").refresh_token("from-your-database");
    let imported =
        connections.import("crm", "salesforce", &ImportConnection::new().credentials(tokens)).await?;
    step("import tokens you hold", describe(&imported.data));

    let settings = JsonMap::new().with("instance_url", "https://eu28.salesforce.com");
    let updated =
        connections.update("crm", "salesforce", &UpdateConnection::new().settings(settings)).await?;
    step("add what is missing", describe(&updated.data));

    let keys = JsonMap::new().with("client_id", "acme").with("client_secret", "s3cret");
    connections.update("hris", "personio", &UpdateConnection::new().settings(keys)).await?;
    let minted = connections.token("hris", "personio").await?;
    step("mint a token into Vault", describe(&minted.data));

    connections.delete("crm", "salesforce").await?;
    let after = connections.get("crm", "salesforce").await?;
    step("delete, and look again", describe(&after.data));

    explain("ask for an unknown service", connections.get("crm", "acme-crm").await.err());
    Ok(())
}

async fn codat(client: &Client, sandbox: &Sandbox) -> Result<(), Error> {
    title("Codat", "a token for your front end");
    let company = sandbox.codat().add_company("Acme");
    let response = client
        .codat()
        .companies()
        .get_access_token(&company)
        .timeout(Duration::from_secs(5))
        .response()
        .await?;
    let left = response.headers().get("x-rate-limit-remaining").and_then(|left| left.to_str().ok());
    step("headers, when you want them", format!("{} requests left today", left.unwrap_or("?")));
    let token = response.into_value();
    step(
        "mint a company's token",
        format!("{:?}, for {} s", token.access_token, token.expires_in.unwrap_or_default()),
    );

    explain(
        "ask for no company's token",
        client.codat().companies().get_access_token("no-such-company").await.err(),
    );
    let error = client.codat().companies().get_access_token("..").await.err();
    explain("ask with an id that escapes", error);
    Ok(())
}

/// The steps that only read, at each vendor that the environment names.
async fn live(client: &Client) {
    title("Live", "reading only");
    match client.apideck().vault().connections().list(&ListConnections::new()).await {
        Ok(list) => {
            let states = list.data.iter().map(describe).take(5).collect::<Vec<_>>().join(", ");
            step("Apideck's connections", format!("{} in all: {states}", list.data.len()));
        }
        Err(error) => explain("Apideck's connections", Some(error)),
    }
    match std::env::var("CODAT_COMPANY_ID") {
        Ok(company) => match client.codat().companies().get_access_token(company).await {
            Ok(token) => step("a Codat company's token", format!("{:?}", token.access_token)),
            Err(error) => explain("a Codat company's token", Some(error)),
        },
        Err(_) => step("a Codat company's token", "set CODAT_COMPANY_ID to mint one"),
    }
    match std::env::var("DECK_ACCESS_TOKEN") {
        Ok(token) => match client.deck().connections().context(&AccessTokenRequest::new(token)).await {
            Ok(context) => step("a Deck connection", format!("{:?}", context.connection_status)),
            Err(error) => explain("a Deck connection", Some(error)),
        },
        Err(_) => step("a Deck connection", "set DECK_ACCESS_TOKEN to look at one"),
    }
}

fn title(vendor: &str, what: &str) {
    println!("\n{vendor}: {what}");
}

fn step(what: &str, result: impl AsRef<str>) {
    println!("  {what:<28} {}", result.as_ref());
}

/// What a program wants to know of a failure, and the line that belongs into its log.
fn explain(what: &str, error: Option<Error>) {
    let Some(error) = error else { return step(what, "no error") };
    step(what, format!("{:?}, code {}", error.outcome(), error.code().unwrap_or("-")));
    step("", format!("log: {error}"));
}

fn describe(connection: &Connection) -> String {
    let state = connection.state.as_ref().map_or("unknown", |state| state.as_str());
    format!("{} {state}", connection.name.as_deref().unwrap_or(connection.id.as_str()))
}
