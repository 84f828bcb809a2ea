//! The links that a customer follows in the browser.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use connectory::Provider;
use connectory::apideck::vault::connections::{Connection, ListConnections};
use connectory::sandbox::{Fault, Sandbox};

const HERE: &str = "http%3A%2F%2Flocalhost%3A3000%2Fdone%3Fa%3Db%26c";

/// What the browser is answered: status and target.
async fn follow(sandbox: &Sandbox, link: &str) -> (u16, Option<String>) {
    let request = http::Request::get(link).body(bytes::Bytes::new()).unwrap();
    let answer = sandbox.transport().send(request).await.unwrap();
    let target = answer.headers().get("location").map(|target| target.to_str().unwrap().to_owned());
    (answer.status().as_u16(), target)
}

async fn get(sandbox: &Sandbox, consumer: &str, service: (&str, &str)) -> Connection {
    let connections = sandbox.client().apideck().consumer(consumer).vault().connections();
    connections.get(service.0, service.1).await.unwrap().data
}

async fn state(sandbox: &Sandbox, consumer: &str) -> String {
    get(sandbox, consumer, ("crm", "hubspot")).await.state.unwrap().to_string()
}

async fn links(sandbox: &Sandbox) -> [String; 2] {
    let hubspot = get(sandbox, "acme & sons=1", ("crm", "hubspot")).await;
    [hubspot.authorize_url, hubspot.revoke_url].map(|link| link.unwrap().expose_secret().to_owned())
}

#[tokio::test]
async fn the_customer_authorizes_revokes_and_comes_back() {
    for sandbox in [
        Sandbox::start().await.unwrap(),
        Sandbox::builder().port_each().start().await.unwrap(),
        Sandbox::builder().apideck_credentials("key", "an%app of/x").in_memory().unwrap(),
    ] {
        let [authorize, revoke] = links(&sandbox).await;
        // No fault strikes a customer.
        sandbox.inject(Fault::Status(500));
        let back = Some("http://localhost:3000/done?a=b&c".to_owned());
        let agreed = click(&sandbox, &format!("{authorize}&redirect_uri={HERE}")).await;
        sandbox.clear_faults();
        assert_eq!(agreed, (302, back.clone()));
        let authorized = get(&sandbox, "acme & sons=1", ("crm", "hubspot")).await.updated_at;
        sandbox.advance(std::time::Duration::from_secs(1));
        assert_eq!(state(&sandbox, "acme & sons=1").await, "callable");
        assert_eq!(state(&sandbox, "another").await, "available");

        assert_eq!(click(&sandbox, &format!("{revoke}&redirect_uri={HERE}")).await, (302, back));
        assert_eq!(state(&sandbox, "acme & sons=1").await, "added");
        let revoked = get(&sandbox, "acme & sons=1", ("crm", "hubspot")).await.updated_at;
        assert!(revoked.unwrap() > authorized.unwrap());
        assert!(sandbox.requests().iter().all(|request| request.operation.is_some()), "a client's alone");
        sandbox.verify().unwrap();
    }
}

/// Over the socket where there is one.
async fn click(sandbox: &Sandbox, link: &str) -> (u16, Option<String>) {
    if sandbox.address().is_none() {
        return follow(sandbox, link).await;
    }
    let link: http::Uri = link.parse().unwrap();
    let host = link.authority().unwrap().as_str();
    let request = format!(
        "GET {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n",
        link.path_and_query().unwrap()
    );
    let answer = super::raw(host.parse().unwrap(), request.as_bytes()).await;
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.lines().find_map(|line| line.strip_prefix("location: ").map(str::to_owned)))
}

#[tokio::test]
async fn nobody_is_sent_beyond_this_machine() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let [authorize, revoke] = links(&sandbox).await;
    for link in [revoke, authorize] {
        for target in [
            "",
            "&redirect_uri=",
            "&redirect_uri=%2Fdone",
            "&redirect_uri=https%3A%2F%2Fexample.com%2F",
            "&redirect_uri=http%3A%2F%2Flocalhost.example.com%2F",
            "&redirect_uri=http%3A%2F%2Flocalhost%40example.com%2F",
            "&redirect_uri=http%3A%2F%2F10.0.0.1%2F",
            "&redirect_uri=http%3A%2F%2F%5B2001%3Adb8%3A%3A1%5D%2F",
            "&redirect_uri=%2F%2Fexample.com",
            "&redirect_uri=http%3A%5C%5Cexample.com",
            "&redirect_uri=ftp%3A%2F%2Flocalhost%2F",
            "&redirect_uri=javascript%3Aalert(1)",
            "&redirect_uri=http%3A%2F%2Fexample.com%2F&redirect_uri=http%3A%2F%2Flocalhost%2F",
        ] {
            assert_eq!(follow(&sandbox, &format!("{link}{target}")).await, (400, None), "{target}");
        }
        assert_eq!(state(&sandbox, "acme & sons=1").await, "available", "nor is there anything to revoke");
        for target in ["http://127.0.0.1:1/x", "https://localhost/", "http://[::1]:3000/"] {
            let answer = follow(&sandbox, &format!("{link}&redirect_uri={target}")).await;
            assert_eq!(answer, (302, Some(target.to_owned())));
        }
    }
}

#[tokio::test]
async fn a_link_is_for_its_consumer_service_application_and_sandbox() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let [authorize, _] = links(&sandbox).await;
    let authorize = format!("{authorize}&redirect_uri={HERE}");
    let other = links(&Sandbox::builder().in_memory().unwrap()).await;
    assert_eq!(follow(&sandbox, &format!("{}&redirect_uri={HERE}", other[0])).await.0, 400);
    let (head, state_and_more) = authorize.split_once("state=").unwrap();
    let (_, more) = state_and_more.split_once('&').unwrap();
    for state in ["", "sandbox", "e30.e30.e30", "...", "%ff"] {
        assert_eq!(follow(&sandbox, &format!("{head}state={state}&{more}")).await.0, 400, "{state}");
    }
    assert_eq!(follow(&sandbox, &authorize.replace("/hubspot/", "/salesforce/")).await.0, 400);
    assert_eq!(follow(&sandbox, &authorize.replace("/hubspot/", "/nobody/")).await.0, 400);
    assert_eq!(follow(&sandbox, &authorize.replace("/sandbox-app?", "/another?")).await.0, 401);
    assert_eq!(state(&sandbox, "acme & sons=1").await, "available");

    // What it says is what was signed.
    let (jwt, _) = state_and_more.split_once('&').unwrap();
    let [algorithm, claims, signature] = jwt.split('.').collect::<Vec<_>>()[..] else { panic!("{jwt}") };
    let claims = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert!(claims.contains("acme & sons=1"), "{claims}");
    for (from, to) in [("acme & sons=1", "another"), ("\"crm\"", "\"hris\""), ("{", "{ ")] {
        let other = BASE64_URL_SAFE_NO_PAD.encode(claims.replace(from, to));
        let link = format!("{head}state={algorithm}.{other}.{signature}&{more}");
        assert_eq!(follow(&sandbox, &link).await.0, 400, "{to}");
    }
    assert_eq!(state(&sandbox, "another").await, "available");

    // Who is nobody cannot agree.
    let list = sandbox.client().apideck().no_consumer().vault().connections();
    let list = list.list(&ListConnections::new()).await.unwrap().data;
    let link = list.iter().find_map(|connection| connection.authorize_url.as_ref()).unwrap().expose_secret();
    assert_eq!(follow(&sandbox, &format!("{link}&redirect_uri={HERE}")).await.0, 400);
    sandbox.verify().unwrap();

    // Another path is a client gone astray still.
    let strange = format!("{}/vault/authorise/hubspot/sandbox-app", sandbox.base_url(Provider::Apideck));
    assert_eq!(follow(&sandbox, &strange).await.0, 404);
    sandbox.verify().unwrap_err();
}
