//! Takes a customer's connection through its life at each vendor, against the sandbox: no account, no network.
//!
//! ```text
//! cargo run --example quickstart
//! cargo run --example quickstart -- --live    # the reading steps, at the vendors that your environment names
//! cargo run --example quickstart -- --help
//! ```

use connectory::apideck::vault::connections::{
    Connection, ImportConnection, ImportCredentials, ListConnections, UpdateConnection,
};
use connectory::codat::companies::ListCompanies;
use connectory::deck::connections::{AccessTokenRequest, UpdateWebhook};
use connectory::deck_v2::credentials::CreateCredential;
use connectory::deck_v2::sources::CreateSource;
use connectory::sandbox::Sandbox;
use connectory::{Client, Error, JsonMap, Provider};
use std::{process::ExitCode, time::Duration};

const USAGE: &str = "\
Takes a customer's connection through its life at each vendor.

usage: cargo run --example quickstart               against the sandbox: no account, no network
       cargo run --example quickstart -- --live     the steps that only read, at the vendors of your environment

Variables: DECK_CLIENT_ID, DECK_SECRET, DECK_ENVIRONMENT; APIDECK_API_KEY, APIDECK_APP_ID, APIDECK_CONSUMER_ID;
CODAT_API_KEY; DECK_V2_API_KEY. DECK_ACCESS_TOKEN and CODAT_COMPANY_ID name the connection and the company to look at.";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => offline().await,
        ["--live"] => live().await,
        ["--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = done {
        eprintln!("\nquickstart: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn offline() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();
    println!("connectory: Deck v1 and v2, Apideck and Codat through one client.");
    println!("They are acted out on this machine; Deck at {}.", sandbox.base_url(Provider::Deck));
    deck(&client, &sandbox).await?;
    apideck(&client).await?;
    codat(&client, &sandbox).await?;
    deck_v2(&client).await?;
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

async fn deck_v2(client: &Client) -> Result<(), Error> {
    title("Deck v2", "a customer's credential at a source");
    let deck = client.deck_v2();
    let source = deck.sources().create(&CreateSource::website("https://utility.example/")).await?;
    let login = CreateCredential::username_password(&source.id, "ada", "s3cret").external_id("acme");
    let credential = deck.credentials().create(&login).await?;
    step("keep a credential", format!("{} is {:?}", credential.id, credential.status));
    deck.credentials().delete(&credential.id).await?;
    let after = deck.credentials().get(&credential.id).await?;
    step("delete, and look again", format!("{} is {:?}", after.id, after.status));
    explain("ask for an unknown one", deck.credentials().get("cred_none").await.err());
    Ok(())
}

/// The steps that only read, at each vendor that the environment names.
async fn live() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    title("Live", "reading only");
    let mut failures = 0;
    let mut report = |what: &str, result: Result<String, Error>| match result {
        Ok(text) => step(what, text),
        Err(error) => {
            failures += 1;
            explain(what, Some(error));
        }
    };
    if let Some(what) = configured("Deck", "DECK_CLIENT_ID", "DECK_BASE_URL") {
        match variable("DECK_ACCESS_TOKEN") {
            Some(token) => {
                let context = client.deck().connections().context(&AccessTokenRequest::new(token)).await;
                report(what, context.map(|context| format!("{:?}", context.connection_status)));
            }
            None => step(what, "set DECK_ACCESS_TOKEN to look at a connection"),
        }
    }
    if let Some(what) = configured("Apideck", "APIDECK_API_KEY", "APIDECK_BASE_URL") {
        if variable("APIDECK_CONSUMER_ID").is_some() {
            let list = client.apideck().vault().connections().list(&ListConnections::new()).await;
            report(
                what,
                list.map(|list| {
                    let states = list.data.iter().map(describe).take(5).collect::<Vec<_>>().join(", ");
                    format!("{} connections: {states}", list.data.len())
                }),
            );
        } else {
            step(what, "set APIDECK_CONSUMER_ID to list a consumer's connections");
        }
    }
    if let Some(what) = configured("Codat", "CODAT_API_KEY", "CODAT_BASE_URL") {
        match variable("CODAT_COMPANY_ID") {
            Some(company) => {
                let company = client.codat().companies().get(company).await;
                report(what, company.map(|company| format!("company {}", company.id)));
            }
            None => {
                let list = client.codat().companies().list(&ListCompanies::new()).await;
                report(what, list.map(|list| format!("{} companies on the first page", list.results.len())));
            }
        }
    }
    if let Some(what) = configured("Deck v2", "DECK_V2_API_KEY", "DECK_V2_BASE_URL") {
        report(what, client.deck_v2().test().get().await.map(|_| "the key works".to_owned()));
    }
    if failures == 0 { Ok(()) } else { Err(format!("{failures} of the calls failed").into()) }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// The vendor's name where the environment names the vendor, as `Client::from_env` sees it.
fn configured(vendor: &'static str, key: &str, base_url: &str) -> Option<&'static str> {
    let found = variable(key).or_else(|| variable(base_url)).is_some();
    if !found {
        step(vendor, format!("not looked at: {key} is not set"));
    }
    found.then_some(vendor)
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
