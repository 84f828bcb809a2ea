//! Keeps within Codat's daily quota: what can wait stops while some is left for what cannot.

use connectory::codat::{Codat, CompanyId};
use connectory::sandbox::Sandbox;
use connectory::{Error, RateLimit, Response};
use std::time::SystemTime;

/// What is left for requests that cannot wait.
const RESERVE: u64 = 100;

#[derive(Default)]
struct Quota {
    last: Option<RateLimit>,
}

impl Quota {
    fn learn<T>(&mut self, answer: Result<Response<T>, Error>) -> Result<T, Error> {
        let told = answer.as_ref().map_or_else(Error::rate_limit, Response::rate_limit);
        self.last = told.or(self.last);
        answer.map(Response::into_value)
    }

    /// Whether work that can wait may go on; a day that has ended is forgotten.
    fn has_room(&self, now: SystemTime) -> bool {
        let is_over = |limit: &RateLimit| limit.reset().is_some_and(|reset| reset <= now);
        let current = self.last.filter(|limit| !is_over(limit));
        current.and_then(|limit| limit.remaining()).is_none_or(|left| left > RESERVE)
    }
}

/// Looks at the company again and again, as a nightly job would at many.
async fn nightly(codat: &Codat, company: &CompanyId, quota: &mut Quota) -> Result<u32, Error> {
    let mut looks = 0;
    while quota.has_room(SystemTime::now()) {
        quota.learn(codat.companies().get(company).response().await)?;
        looks += 1;
    }
    Ok(looks)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let (codat, mut quota) = (sandbox.client().codat(), Quota::default());
    let company = sandbox.codat().add_company("Acme");

    let looks = nightly(&codat, &company, &mut quota).await?;
    println!("{looks} requests were made, and the rest waits for tomorrow");
    for _ in 0..RESERVE {
        quota.learn(codat.companies().get_access_token(&company).response().await)?;
    }
    match quota.learn(codat.companies().get(&company).response().await) {
        Err(Error::RateLimited(error)) => {
            let hours = error.retry_after().map(|wait| wait.as_secs() / 3600);
            println!("used up: {error}; {} or more hours to go", hours.unwrap_or_default());
        }
        other => return Err(format!("the quota should be used up: {other:?}").into()),
    }
    Ok(())
}
