//! Serves the sandbox for clients in any language, until ctrl-c.
//!
//! ```text
//! cargo run --example sandbox_server -- --port 4010
//! cargo run --example sandbox_server -- --port 4010 --port-each    # 4010 Deck, 4011 Apideck, 4012 Codat, 4013 Deck v2
//! cargo run --example sandbox_server -- --port 4010 --seed 7       # the same ids at every start
//! ```
//!
//! Times are the machine's with a seed too, also those within Codat's tokens: jobs end and tokens age as they do without.
//!
//! What a test in Rust does with a `Sandbox`, others do with the routes under `/_sandbox/`, which docs/testing.md lists:
//!
//! ```text
//! post() { curl -sS -H 'content-type: application/json' -d "$2" "http://127.0.0.1:4010/_sandbox/$1"; }
//! post advance '{"seconds": 3600}'
//! post deck/connect '{}'
//! post deliver_to '{"url": "http://127.0.0.1:3000"}'    # webhooks are posted there
//! curl -sS http://127.0.0.1:4010/_sandbox/deliveries
//! ```

use base64::{Engine, prelude::BASE64_STANDARD as STANDARD};
use connectory::Provider;
use connectory::sandbox::Sandbox;
use std::{env::Args, process::ExitCode};

const USAGE: &str = "\
usage: cargo run --example sandbox_server -- [--port <port>] [--port-each] [--seed <number>]

--port <port>     serve on this port of 127.0.0.1; 4010 by default
--port-each       each vendor on a port of its own: Deck on <port>, then Apideck, Codat and Deck v2
--seed <number>   the same ids at every start";

const DECK: (&str, &str) = ("sandbox-client-id", "sandbox-secret-2f8a1c55");
const APIDECK: (&str, &str) = ("sk_test_sandbox_5b1e0d77", "sandbox-app");
const CODAT: &str = "sandbox-codat-key-7c1e";
const DECK_V2: &str = "sk_live_sandbox-5d0e";
const COMPANY: &str = "8a210b68-6988-11ed-a1eb-0242ac120002";
const ACCESS_TOKEN: &str = "access-development-6599f8dd-1a1c-4586-39d1-08ddb97283f7";

struct Options {
    port: u16,
    port_each: bool,
    seed: Option<u64>,
}

impl Options {
    /// `None` where only the usage is asked for.
    fn parse(mut arguments: Args) -> Result<Option<Self>, String> {
        let mut options = Self { port: 4010, port_each: false, seed: None };
        arguments.next();
        while let Some(argument) = arguments.next() {
            let mut number = || arguments.next().ok_or(format!("{argument} lacks its number"));
            match argument.as_str() {
                "--port" => options.port = number()?.parse().map_err(|error| format!("--port: {error}"))?,
                "--seed" => {
                    options.seed = Some(number()?.parse().map_err(|error| format!("--seed: {error}"))?)
                }
                "--port-each" => options.port_each = true,
                "--help" | "-h" => return Ok(None),
                unknown => return Err(format!("there is no {unknown}")),
            }
        }
        Ok(Some(options))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let served = match Options::parse(std::env::args()) {
        Ok(Some(options)) => serve(&options).await,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("{problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = served {
        eprintln!("sandbox_server: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn serve(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Sandbox::builder()
        .port(options.port)
        .journal_limit(1000)
        .log(|request| println!("{}", request.summary()))
        .deck_credentials(DECK.0, DECK.1)
        .apideck_credentials(APIDECK.0, APIDECK.1)
        .codat_credentials(CODAT)
        .deck_v2_credentials(DECK_V2)
        .deck_connection(ACCESS_TOKEN)
        .apideck_connection("test-consumer", "crm", "salesforce", "callable")
        .codat_company(COMPANY, "Acme");
    if options.port_each {
        builder = builder.port_each();
    }
    if let Some(seed) = options.seed {
        builder = builder.seed(seed);
    }
    let sandbox = builder.start().await?;
    // Clients in other languages are not this program's to judge.
    sandbox.ignore_unknown_requests();

    println!("Deck     {}", sandbox.base_url(Provider::Deck));
    println!("         x-deck-client-id: {}, x-deck-secret: {}", DECK.0, DECK.1);
    println!("         a connection: {ACCESS_TOKEN}");
    println!("Apideck  {}", sandbox.base_url(Provider::Apideck));
    println!("         Authorization: Bearer {}, x-apideck-app-id: {}", APIDECK.0, APIDECK.1);
    println!("         a connection: test-consumer, crm/salesforce");
    println!("Codat    {}", sandbox.base_url(Provider::Codat));
    println!("         Authorization: Basic {}, which is the key {CODAT} in Base64", STANDARD.encode(CODAT));
    println!("         a company: {COMPANY}");
    println!("Deck v2  {}", sandbox.base_url(Provider::DeckV2));
    println!("         Authorization: Bearer {DECK_V2}");
    if let Some(address) = sandbox.address() {
        println!("Control  http://{address}/_sandbox/");
    }
    println!("Only this machine can reach it. Ctrl-c stops it.\n");
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    println!("\nStopped.");
    Ok(())
}
