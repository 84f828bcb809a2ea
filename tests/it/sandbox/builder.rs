//! What a sandbox is started with: seeds, credentials, clock, chance, ports.

use super::*;
use crate::support::calls::Input;
use connectory::Provider;
use std::time::{Instant, SystemTime};

/// What every call comes to, in order.
async fn run(sandbox: &Sandbox) -> Vec<String> {
    let client = client(sandbox);
    let mut results = Vec::new();
    for _ in 0..2 {
        for call in calls::all() {
            let raw = match (call.send)(&client, &Input::default()).await {
                Ok(given) => given.shown,
                Err(error) => format!("{error} {:?}", error.body()),
            };
            results.push(raw);
        }
    }
    results
}

#[tokio::test]
async fn the_same_seed_gives_the_same_run() {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let sandbox = |seed| {
        let builder = Sandbox::builder().seed(seed).stopped_at(start);
        #[cfg(feature = "codat")]
        let builder = builder.codat_company("first", "Acme");
        #[cfg(feature = "deck")]
        let builder = builder.deck_connection("s3cret-value");
        builder.in_memory().unwrap()
    };
    let (first, second, other) = (sandbox(7), sandbox(7), sandbox(8));
    let (first, second) = (run(&first).await, run(&second).await);
    assert_eq!(first, second);
    if cfg!(any(feature = "deck", feature = "codat")) {
        assert_ne!(first, run(&other).await, "ids follow from the seed");
    }
}

#[cfg(feature = "deck")]
#[tokio::test]
async fn looking_at_what_has_ended_does_not_change_what_a_seed_gives() {
    use connectory::deck::documents::ListDocuments;
    use connectory::deck::jobs::SubmitJob;
    let run = async |looks: bool| {
        let sandbox = Sandbox::builder().seed(7).in_memory().unwrap();
        let deck = sandbox.client().deck();
        let token = sandbox.deck().connect();
        deck.jobs().submit(&SubmitJob::fetch_documents(&token)).await.unwrap();
        sandbox.advance(Duration::from_secs(2));
        if looks {
            sandbox.deliveries();
        }
        let next = sandbox.deck().connect();
        let documents = deck.documents().list(&ListDocuments::new(&token)).await.unwrap().documents;
        let ids: Vec<_> = documents.into_iter().map(|document| document.document_id).collect();
        assert_eq!(ids.len(), 1);
        (next.expose_secret().to_owned(), ids)
    };
    assert_eq!(run(true).await, run(false).await);
}

#[cfg(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
#[tokio::test]
async fn what_is_seeded_is_there() {
    use connectory::deck::connections::AccessTokenRequest;
    let sandbox = Sandbox::builder()
        .deck_credentials("id", "secret")
        .deck_connection("access-1")
        .apideck_credentials("key", "app")
        .apideck_connection("acme", "crm", "salesforce", "callable")
        .apideck_connection("acme", "accounting", "xero", "authorized")
        .apideck_connection("acme", "hris", "bamboohr", "invalid")
        .apideck_connection("acme", "crm", "hubspot", "added")
        .codat_credentials("codat")
        .codat_company("c-1", "Acme")
        .start()
        .await
        .unwrap();
    let client = sandbox.client();
    client.deck().connections().context(&AccessTokenRequest::new("access-1")).await.unwrap();
    let connections = client.apideck().consumer("acme").vault().connections();
    for (api, service, state) in [
        ("crm", "salesforce", "callable"),
        ("accounting", "xero", "authorized"),
        ("hris", "bamboohr", "invalid"),
        ("crm", "hubspot", "added"),
        ("crm", "pipedrive", "available"),
    ] {
        let found = connections.get(api, service).await.unwrap().data.state.unwrap();
        assert_eq!(found.as_str(), state, "{service}");
    }
    client.codat().companies().get_access_token("c-1").await.unwrap();

    for (api, service, state, told) in [
        ("crm", "nobody", "added", "crm/hubspot, crm/pipedrive, crm/salesforce"),
        ("hris", "bamboohr", "authorized", "available, callable, added, invalid"),
        ("crm", "hubspot", "x", "available, callable, added"),
    ] {
        let error =
            Sandbox::builder().apideck_connection("acme", api, service, state).start().await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{service} {state}");
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[cfg(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
#[tokio::test]
async fn each_vendor_can_have_a_port_of_its_own() {
    let sandbox = Sandbox::builder().port_each().start().await.unwrap();
    let bases: Vec<_> = [Provider::Deck, Provider::Apideck, Provider::Codat, Provider::DeckV2]
        .map(|vendor| sandbox.base_url(vendor))
        .into();
    assert!(bases[0].ends_with("/api/v1") && bases[1].matches('/').count() == 2, "{bases:?}");
    run(&sandbox).await;
    for request in sandbox.requests() {
        assert_ne!(request.status.unwrap(), 501, "{}", request.summary());
    }
    sandbox.verify().unwrap();
}

#[cfg(feature = "codat")]
#[tokio::test]
async fn codat_s_quota_ends_and_begins_anew_at_midnight() {
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(20_000 * 86_400 + 43_200);
    let sandbox = Sandbox::builder().stopped_at(noon).in_memory().unwrap();
    let company = sandbox.codat().add_company("Acme");
    let client = sandbox.client_builder().retry(connectory::RetryPolicy::never()).build().unwrap();
    let companies = client.codat().companies();
    for left in (0..1000).rev() {
        let response = companies.get_access_token(&company).response().await.unwrap();
        assert_eq!(response.headers()["x-rate-limit-remaining"], left.to_string());
    }
    let error = companies.get_access_token(&company).await.unwrap_err();
    assert!(matches!(error, connectory::Error::RateLimited(_)), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(43_200)));
    sandbox.advance(Duration::from_secs(43_200));
    companies.get_access_token(&company).await.unwrap();
}

#[tokio::test]
async fn no_time_is_too_extreme() {
    let century = Duration::from_secs(100 * 365 * 86_400);
    for sandbox in [
        seeded().stopped_at(SystemTime::UNIX_EPOCH - century).in_memory().unwrap(),
        seeded().in_memory().unwrap(),
    ] {
        for step in [Duration::ZERO, 90 * century, Duration::MAX, Duration::MAX] {
            sandbox.advance(step);
            run(&sandbox).await;
        }
    }
}

#[tokio::test]
async fn hundreds_run_at_once_and_stop_when_dropped() {
    let start = Instant::now();
    let mut sandboxes = Vec::new();
    for _ in 0..300 {
        sandboxes.push(Sandbox::start().await.unwrap());
    }
    println!("{:?} each", start.elapsed() / 300);
    let mut addresses = Vec::new();
    for sandbox in &sandboxes {
        let _ = calls::all()[0].send_default(&client(sandbox)).await;
        let [request] = &sandbox.requests()[..] else { panic!("each has its own journal") };
        assert!(request.status.is_some_and(|status| !status.is_server_error()));
        addresses.push(sandbox.address().unwrap());
    }
    drop(sandboxes);
    tokio::time::sleep(Duration::from_millis(50)).await;
    for address in addresses {
        assert!(tokio::net::TcpStream::connect(address).await.is_err(), "{address} is open");
    }
}
