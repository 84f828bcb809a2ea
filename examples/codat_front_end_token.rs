//! Hands a Codat company token to a front end, minting a new one only when the last is about to expire.

use connectory::codat::{Codat, CompanyId};
use connectory::sandbox::Sandbox;
use connectory::{Error, Secret};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// A minute before it expires, a token is too old to be handed out.
const MARGIN: Duration = Duration::from_secs(60);

struct Tokens {
    codat: Codat,
    held: HashMap<CompanyId, (Secret, Instant)>,
}

impl Tokens {
    /// The company's token. Answer with it only to a user who may act for the company.
    async fn token(&mut self, company: &CompanyId) -> Result<Secret, Error> {
        if let Some((token, until)) = self.held.get(company)
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let asked = Instant::now();
        let minted = self.codat.companies().get_access_token(company).await?;
        let lifetime = Duration::from_secs(minted.expires_in.unwrap_or(0).try_into().unwrap_or(0));
        let until = asked + lifetime.saturating_sub(MARGIN);
        self.held.insert(company.clone(), (minted.access_token.clone(), until));
        Ok(minted.access_token)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let company = sandbox.codat().add_company("Acme");
    let mut tokens = Tokens { codat: sandbox.client().codat(), held: HashMap::new() };

    let first = tokens.token(&company).await?;
    let second = tokens.token(&company).await?;
    println!("one token served two requests: {}", first.expose_secret() == second.expose_secret());
    println!("it acts for {:?}", sandbox.codat().company_of(first.expose_secret()));

    match tokens.token(&"8a210b68-6988-11ed-a1eb-0242ac120002".into()).await {
        Err(Error::NotFound(error)) => println!("no token for a stranger: {error}"),
        other => return Err(format!("a stranger should get no token: {other:?}").into()),
    }
    Ok(())
}
