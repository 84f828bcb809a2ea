//! Whatever the sandbox is sent, it answers: no panic, no silence.

use super::*;
use connectory::sandbox::Request;
use proptest::prelude::*;
use serde_json::{Value, json};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// What well-behaved clients, tests and browsers send: every operation, credentials included, and what is beside them.
fn known() -> Vec<Request> {
    runtime().block_on(async {
        let sandbox = seeded().in_memory().unwrap();
        for call in calls::all() {
            let _ = call.send_default(&client(&sandbox)).await;
        }
        let mut known = sandbox.requests();
        known.extend(controls(&known[0]));
        #[cfg(feature = "apideck")]
        known.extend(links(&sandbox, &known[0]).await);
        #[cfg(feature = "deck-v2")]
        known.push(file(&sandbox, &known[0]));
        known
    })
}

/// The sandbox's own routes.
fn controls(any: &Request) -> Vec<Request> {
    let token = calls::Input::default().secret;
    let connection =
        json!({ "consumer_id": "test-consumer", "unified_api": "crm", "service_id": "salesforce" });
    let post = |route: &'static str, body: Value| ("POST", route, body);
    let mut all = vec![
        post("advance", json!({ "seconds": 1.5 })),
        // One that changes nothing: what follows is to be answered.
        post("inject", json!({ "fault": { "latency": 0 }, "operation": null, "times": 1, "rate": 0.5 })),
        post("clear_faults", json!({})),
        post("inject_delivery", json!({ "fault": { "late": 0 }, "provider": "codat", "times": 1 })),
        post("deliver", json!({})),
        ("GET", "requests", Value::Null),
        ("GET", "deliveries", Value::Null),
    ];
    if cfg!(feature = "deck") {
        all.push(post("deck/connect", json!({})));
        all.push(post("deck/disconnect", json!({ "access_token": token, "reason": "Error" })));
        all.push(post("deck/set_default_webhook", json!({ "url": "https://acme.example" })));
        all.push(post("deck/set_webhook_secret", json!({ "secret": "c2VjcmV0" })));
    }
    if cfg!(feature = "apideck") {
        for route in
            ["apideck/fail_refresh", "apideck/recover_refresh", "apideck/authorize", "apideck/revoke"]
        {
            all.push(post(route, connection.clone()));
        }
    }
    if cfg!(feature = "codat") {
        all.push(post("codat/add_company", json!({ "name": "Acme" })));
    }
    if cfg!(feature = "deck-v2") {
        all.push(("GET", "deck_v2/events", Value::Null));
    }
    let controls = all.into_iter().map(|(method, route, body)| {
        let mut control = any.clone();
        control.operation = None;
        control.method = method.parse().unwrap();
        control.target = format!("/_sandbox/{route}");
        control.headers.clear();
        control.headers.insert("host", "localhost".parse().unwrap());
        control.headers.insert("content-type", "application/json".parse().unwrap());
        control.body = if body.is_null() { bytes::Bytes::new() } else { body.to_string().into() };
        control
    });
    controls.collect()
}

/// A link to a file that a run of Deck v2 has stored.
#[cfg(feature = "deck-v2")]
fn file(sandbox: &Sandbox, any: &Request) -> Request {
    let link = format!("{}/files/stor_1.csv?token=a.b.c", sandbox.base_url(connectory::Provider::DeckV2));
    let mut visit = any.clone();
    visit.operation = None;
    visit.method = http::Method::GET;
    visit.target = link.parse::<http::Uri>().unwrap().path_and_query().unwrap().to_string();
    visit
}

/// Apideck's links for customers. The seed makes every sandbox of it give the same.
#[cfg(feature = "apideck")]
async fn links(sandbox: &Sandbox, any: &Request) -> [Request; 2] {
    let connections = client(sandbox).apideck().vault().connections();
    let salesforce = connections.get("crm", "salesforce").await.unwrap().data;
    [salesforce.authorize_url, salesforce.revoke_url].map(|link| {
        let link = format!("{}&redirect_uri=http://localhost/", link.unwrap().expose_secret());
        let mut visit = any.clone();
        visit.operation = None;
        visit.method = http::Method::GET;
        visit.target = link.parse::<http::Uri>().unwrap().path_and_query().unwrap().to_string();
        visit
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{0,12}", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// How a request is spoilt.
#[derive(Clone, Debug)]
enum Spoil {
    Member(prop::sample::Index, Value),
    Body(Vec<u8>),
    Header(prop::sample::Index, String),
    Path(String),
    Method(String),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    prop_oneof![
        (any::<prop::sample::Index>(), any_json()).prop_map(|(at, value)| Spoil::Member(at, value)),
        prop::collection::vec(any::<u8>(), 0..200).prop_map(Spoil::Body),
        (any::<prop::sample::Index>(), "[ -~]{0,30}").prop_map(|(at, value)| Spoil::Header(at, value)),
        "[/a-z%0-9{}?=&.]{0,60}".prop_map(Spoil::Path),
        "[A-Z]{1,9}".prop_map(Spoil::Method),
    ]
}

/// The request as HTTP; `None` when what is spoilt is no HTTP any more.
fn spoilt(request: &Request, spoil: &Spoil) -> Option<http::Request<bytes::Bytes>> {
    let mut method = request.method.to_string();
    let mut target = request.target.clone();
    let mut headers = request.headers.clone();
    let mut body = request.body.to_vec();
    match spoil {
        Spoil::Member(at, value) => {
            let mut json = request.json()?;
            let members = json.as_object_mut().filter(|members| !members.is_empty())?;
            let key = members.keys().nth(at.index(members.len())).unwrap().clone();
            members.insert(key, value.clone());
            body = json.to_string().into_bytes();
        }
        Spoil::Body(bytes) => body.clone_from(bytes),
        Spoil::Header(at, value) => {
            let name = headers.keys().nth(at.index(headers.keys().len())).unwrap().clone();
            headers.insert(name, value.parse().ok()?);
        }
        Spoil::Path(path) => target = format!("{}{path}", &target[..target.len() / 2]),
        Spoil::Method(other) => method.clone_from(other),
    }
    let uri = format!("http://localhost{target}");
    let mut spoilt = http::Request::builder().method(method.as_str()).uri(uri).body(body.into()).ok()?;
    *spoilt.headers_mut() = headers;
    Some(spoilt)
}

fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("CONNECTORY_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig::with_cases(cases.unwrap_or(default))
}

fn sandbox(builder: SandboxBuilder) -> Sandbox {
    let sandbox = builder.in_memory().unwrap();
    sandbox.ignore_unknown_requests();
    // So that there is something to recover.
    #[cfg(feature = "apideck")]
    sandbox.apideck().fail_refresh("test-consumer", "crm", "salesforce");
    sandbox
}

#[test]
fn every_request_is_answered_and_none_breaks_the_sandbox() {
    let known = known();
    let runtime = runtime();
    let input = (any::<prop::sample::Index>(), spoil());
    proptest!(cases(2000), |((at, spoil) in input)| {
        let request = &known[at.index(known.len())];
        if let Some(spoilt) = spoilt(request, &spoil) {
            // One of its own: what is destroyed would refuse all that follows.
            let answer = runtime.block_on(sandbox(seeded()).transport().send(spoilt)).unwrap();
            prop_assert!(!answer.status().is_server_error(), "{:?}", answer.status());
        }
    });
}

#[test]
fn what_is_spoilt_would_have_been_carried_out() {
    let carried_out = [
        "deck.connections.context",
        "deck.connections.destroy",
        "deck.connections.update_webhook",
        "deck.documents.list",
        "apideck.vault.connections.list",
        "codat.companies.get_access_token",
        "deck_v2.test.get",
        "deck_v2.agents.list",
        "deck_v2.agents.create",
        "deck_v2.event_destinations.create",
    ];
    let runtime = runtime();
    for request in known() {
        let again = spoilt(&request, &Spoil::Body(request.body.to_vec())).unwrap();
        let status = runtime.block_on(sandbox(seeded()).transport().send(again)).unwrap().status();
        let expected = match request.operation.map(|operation| operation.id()) {
            Some(id) if carried_out.contains(&id) => status.is_success(),
            Some(_) => !status.is_server_error(),
            None if request.target.starts_with("/_sandbox/") => status == 200,
            None if request.target.contains("/files/") => status == 403,
            None => status == 302,
        };
        assert!(expected, "{} {}: {status}", request.method, request.target);
    }
}

#[test]
fn a_socket_makes_no_difference() {
    let known = known();
    let runtime = runtime();
    let sandbox = runtime.block_on(seeded().start()).unwrap();
    sandbox.ignore_unknown_requests();
    let address = sandbox.address().unwrap();
    let input = (any::<prop::sample::Index>(), spoil());
    proptest!(cases(200), |((at, spoil) in input)| {
        let mut request = known[at.index(known.len())].clone();
        if let Some(spoilt) = spoilt(&request, &spoil) {
            let (head, body) = spoilt.into_parts();
            request.method = head.method;
            request.target = head.uri.path_and_query().unwrap().to_string();
            (request.headers, request.body) = (head.headers, body);
            let answer = runtime.block_on(over_a_socket(address, &request));
            prop_assert!(answer.starts_with("HTTP/1.1 ") && !answer.starts_with("HTTP/1.1 5"), "{answer}");
        }
    });
}
