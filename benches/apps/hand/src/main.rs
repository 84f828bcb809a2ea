//! What `ours` does, by hand and on the same TLS.

use serde::Deserialize;
use std::{env, error::Error, time::Duration};

#[derive(Deserialize)]
struct Token {
    #[serde(rename = "accessToken")]
    access_token: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base = env::args().nth(1).ok_or("the base URL is missing")?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(60))
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let request = client.get(format!("{base}/companies/8a210b68/accessToken"));
    let response = request.header("authorization", "Basic a2V5").send().await?.error_for_status()?;
    println!("{}", response.json::<Token>().await?.access_token.len());
    Ok(())
}
