//! Connects a customer's books through Codat: the customer turns back first, agrees later, and revokes in the end.

use connectory::Error;
use connectory::codat::companies::{CreateCompany, ListCompanies};
use connectory::codat::connections::{Connection, ConnectionErrorStatus, ConnectionStatus, CreateConnection};
use connectory::codat::{Codat, CompanyId, Query};
use connectory::sandbox::Sandbox;

/// What your page shows for a connection.
fn advice(connection: &Connection) -> String {
    // Without a status an error is permanent.
    let is_over = |status: &Option<_>| *status == Some(ConnectionErrorStatus::Resolved);
    let mut errors = connection.data_connection_errors.iter().filter(|error| !is_over(&error.status));
    let why = errors.next().and_then(|error| error.error_message.as_deref());
    match &connection.status {
        Some(ConnectionStatus::Linked) => "connected".to_owned(),
        Some(ConnectionStatus::PendingAuth) => {
            format!("waits for the customer ({})", why.unwrap_or("not tried yet"))
        }
        Some(ConnectionStatus::Deauthorized) => {
            format!("has to be connected again ({})", why.unwrap_or("no reason given"))
        }
        Some(ConnectionStatus::Unlinked) => "disconnected by us".to_owned(),
        // Codat may add a status: look at the connection in its portal.
        other => format!("needs a look: {other:?}"),
    }
}

/// The company of this customer, found by our own id for them, or created.
async fn company_of(codat: &Codat, own_id: &str, name: &str) -> Result<CompanyId, Error> {
    let ours = ListCompanies::new().tags(Query::equal("uid", own_id)).page_size(1);
    if let Some(company) = codat.companies().list(&ours).await?.results.into_iter().next() {
        return Ok(company.id);
    }
    let company = CreateCompany::new(name).tag("uid", own_id);
    Ok(codat.companies().create(&company).await?.id)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let codat = sandbox.client().codat();

    let company = company_of(&codat, "cust-17", "Acme Ltd").await?;
    println!("the same company again: {}", company_of(&codat, "cust-17", "Acme Ltd").await? == company);

    let connection = codat.connections().create(&company, &CreateConnection::new("gbol")).await?;
    let has_link = connection.link_url.is_some();
    println!("there is a link for the customer: {has_link}; {}", advice(&connection));
    let look = async || Ok::<_, Error>(advice(&codat.connections().get(&company, &connection.id).await?));

    sandbox.codat().cancel_link(&connection.id); // the customer turns back
    println!("{}", look().await?);
    sandbox.codat().link(&connection.id); // and agrees later
    println!("{}", look().await?);
    sandbox.codat().deauthorize(&connection.id); // and revokes it in Xero
    println!("{}", look().await?);

    sandbox.codat().link(&connection.id);
    println!("{}", advice(&codat.connections().unlink(&company, &connection.id).await?));
    match codat.connections().unlink(&company, &connection.id).await {
        Err(Error::BadRequest(error)) => println!("once is enough: {error}"),
        other => return Err(format!("it should be refused: {other:?}").into()),
    }
    Ok(())
}
