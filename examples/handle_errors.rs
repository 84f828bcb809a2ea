//! Reads errors: what became of the call, whether to try again, what to tell whom.

use connectory::apideck::{self, vault::connections::UpdateConnection};
use connectory::sandbox::Sandbox;
use connectory::{Client, Error, JsonMap, Outcome};

/// What to do about a failed write.
fn advice(error: &Error) -> &'static str {
    match error.outcome() {
        Outcome::NotSent => "nothing was sent: fix the call or the network and try again",
        Outcome::Refused => "nothing was changed: fix the request",
        Outcome::Unknown => "look first whether it was carried out",
        Outcome::Applied => "it was carried out: read the new state",
    }
}

fn report(what: &str, error: &Error) {
    println!("{what}\n  log     {error}\n  advice  {}", advice(error));
    match error {
        Error::RateLimited(limited) => println!("  wait    {:?}", limited.retry_after()),
        Error::Unauthorized(_) => println!("  page    the credentials are wrong, and no retry fixes them"),
        Error::Decode(odd) => println!("  report  the vendor's answer is new to us at {}", odd.path()),
        _ => {}
    }
    // The vendor's own body, typed. Its texts may echo what you sent, so they are not in the log line's `Debug`.
    if let Some(body) = error.api().and_then(|error| error.vendor::<apideck::ErrorBody>()) {
        println!("  vendor  type {:?}, more at {:?}", body.type_name, body.reference);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let connections = sandbox.client().apideck().consumer("acme").vault().connections();
    let settings = UpdateConnection::new().settings(JsonMap::new().with("tenant_id", "t-1"));

    if let Err(error) = connections.update("accounting", "no-such-service", &settings).await {
        report("an unknown service", &error);
    }
    if let Err(error) = connections.token("crm", "salesforce").await {
        report("a token where there is no such grant", &error);
    }
    if let Err(error) = connections.update("accounting", "..", &settings).await {
        report("an id that would escape its path", &error);
    }
    let nobody = Client::builder()
        .apideck(apideck::Config::new("key", "app").base_url("http://127.0.0.1:9"))
        .build()?;
    let nobody = nobody.apideck().consumer("acme").vault().connections();
    if let Err(error) = nobody.update("accounting", "xero", &settings).max_attempts(1).await {
        report("a vendor that is not there", &error);
    }
    Ok(())
}
