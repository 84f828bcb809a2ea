//! Finds out why a customer's connection does not work, and who has to do what about it.

use connectory::apideck::vault::connections::{
    AuthorizeLink, Connection, ConnectionHealth, ConnectionState, Connections, IntegrationState,
    UpdateConnection,
};
use connectory::apideck::{ErrorBody, RefreshFailure};
use connectory::sandbox::Sandbox;
use connectory::{Error, JsonMap, UnixMillis};

#[derive(Debug)]
enum Reason {
    Works,
    /// The application's own set-up of the service, whoever the customer is.
    NotSetUp,
    SwitchedOff,
    NotConnected,
    CredentialsRejected,
    /// The labels of the settings that are missing.
    SettingsMissing(Vec<String>),
    Unconfirmed,
    NeedsConsent,
    Revoked,
    NoNewToken(RefreshFailure),
    /// The service is out of reach at times; when it last was, in Unix milliseconds.
    ServiceFails(Option<UnixMillis>),
    /// What this program does not know yet, or Apideck does not say.
    NeedsALook(String),
}

async fn find_out(connections: &Connections, api: &str, service: &str) -> Result<Reason, Error> {
    let connection = connections.get(api, service).await?.data;
    if matches!(
        connection.integration_state,
        Some(IntegrationState::Disabled | IntegrationState::NeedsConfiguration)
    ) {
        return Ok(Reason::NotSetUp);
    }
    Ok(match (&connection.state, &connection.health) {
        (Some(ConnectionState::Available), _) => Reason::NotConnected,
        (Some(ConnectionState::Invalid), _) => Reason::CredentialsRejected,
        (_, Some(ConnectionHealth::MissingSettings)) => Reason::SettingsMissing(missing(&connection)),
        (_, Some(ConnectionHealth::PendingConfirmation)) => Reason::Unconfirmed,
        (_, Some(ConnectionHealth::NeedsConsent)) => Reason::NeedsConsent,
        (_, Some(ConnectionHealth::Revoked)) => Reason::Revoked,
        (_, Some(ConnectionHealth::NeedsAuth)) => Reason::NotConnected,
        (_, Some(ConnectionHealth::Degraded)) => Reason::ServiceFails(connection.last_downstream_error_at),
        _ if connection.enabled == Some(false) => Reason::SwitchedOff,
        // It looks well. Whether the service still gives a token is known once Vault has asked for one.
        _ => match connections.validate(api, service).await {
            Ok(answer) if answer.data.state == Some(ConnectionState::Callable) => Reason::Works,
            Ok(answer) => Reason::NeedsALook(format!("{:?}, {:?}", answer.data.state, connection.health)),
            Err(error) => no_new_token(&error).map(Reason::NoNewToken).ok_or(error)?,
        },
    })
}

fn missing(connection: &Connection) -> Vec<String> {
    let is_missing =
        |id: &str| connection.settings.as_ref().is_none_or(|settings| settings.raw(id).is_none());
    let fields = connection.form_fields.iter().filter(|field| field.required == Some(true));
    let missing = fields.filter(|field| field.id.as_deref().is_none_or(is_missing));
    missing.filter_map(|field| field.label.clone()).collect()
}

fn no_new_token(error: &Error) -> Option<RefreshFailure> {
    error.api()?.vendor::<ErrorBody>()?.refresh_failure()
}

fn advice(reason: &Reason) -> String {
    match reason {
        Reason::Works => "it works".to_owned(),
        Reason::NotSetUp => "set the service up in Apideck's dashboard".to_owned(),
        Reason::SwitchedOff => "somebody switched it off: update it with `enabled`".to_owned(),
        Reason::NotConnected | Reason::Revoked => {
            "let the customer connect, with a link or a form".to_owned()
        }
        Reason::CredentialsRejected => "ask the customer for the credentials again".to_owned(),
        Reason::SettingsMissing(labels) => format!("ask the customer for {}", labels.join(", ")),
        Reason::Unconfirmed => "confirm it, or let the customer start over".to_owned(),
        Reason::NeedsConsent => "ask the customer for consent".to_owned(),
        Reason::NoNewToken(failure) => match failure.credentials_expire_at {
            Some(moment) => format!("let the customer authorize again before {} (Unix ms)", moment.get()),
            None => "the service could not be reached: try again later".to_owned(),
        },
        Reason::ServiceFails(last) => {
            format!("the service fails at times, last at {:?}: wait", last.map(|last| last.get()))
        }
        Reason::NeedsALook(what) => format!("look at it: {what}"),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder()
        .apideck_connection("acme", "crm", "salesforce", "callable")
        .apideck_connection("acme", "hris", "bamboohr", "invalid")
        .start()
        .await?;
    let connections = sandbox.client().apideck().consumer("acme").vault().connections();

    // What goes wrong in the course of a year.
    let apideck = sandbox.apideck();
    apideck.authorize("acme", "accounting", "xero");
    apideck.authorize("acme", "crm", "pipedrive");
    apideck.revoke("acme", "crm", "pipedrive");
    apideck.authorize("acme", "accounting", "quickbooks");
    apideck.fail_refresh("acme", "accounting", "quickbooks");
    let hubspot = connections.get("crm", "hubspot").await?.data;
    let link = hubspot.authorize_link(&AuthorizeLink::new("http://localhost/done").nonce("n-1"));
    apideck.visit(&link.ok_or("HubSpot is OAuth")?);
    let store = JsonMap::new().with("store_url", "https://shop.example").with("username", "ada");
    let woocommerce = UpdateConnection::new().settings(store.with("password", "any")).enabled(false);
    connections.update("ecommerce", "woocommerce", &woocommerce).await?;

    for (api, service) in [
        ("crm", "salesforce"),
        ("hris", "bamboohr"),
        ("accounting", "xero"),
        ("crm", "pipedrive"),
        ("accounting", "quickbooks"),
        ("crm", "hubspot"),
        ("ecommerce", "woocommerce"),
        ("hris", "personio"),
    ] {
        let reason = find_out(&connections, api, service).await?;
        println!("{service:<12} {}", advice(&reason));
    }
    Ok(())
}
