//! The smallest program that mints a Codat token with connectory: `hand` is the same with reqwest alone.

use connectory::{Client, codat};
use std::{env, error::Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base = env::args().nth(1).ok_or("the base URL is missing")?;
    let client = Client::builder().codat(codat::Config::new("key").base_url(base)).build()?;
    let token = client.codat().companies().get_access_token("8a210b68").await?;
    println!("{}", token.access_token.expose_secret().len());
    Ok(())
}
