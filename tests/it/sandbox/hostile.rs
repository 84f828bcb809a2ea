//! Whatever the sandbox is sent, it answers: no panic, no silence.

use super::*;
use connectory::Provider;
use connectory::sandbox::Request;
use proptest::prelude::*;
use serde_json::{Value, json};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// What a well-behaved client sends for every operation, credentials included.
fn known() -> Vec<Request> {
    runtime().block_on(async {
        let sandbox = Sandbox::builder().in_memory().unwrap();
        for call in calls::all() {
            let _ = call.send_default(&sandbox.client()).await;
        }
        sandbox.requests()
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

#[test]
fn every_request_is_answered_and_none_breaks_the_sandbox() {
    let known = known();
    let sandbox = Sandbox::builder().in_memory().unwrap();
    sandbox.ignore_unknown_requests();
    let runtime = runtime();
    let cases = std::env::var("CONNECTORY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2000);
    let input = (any::<prop::sample::Index>(), spoil());
    proptest!(ProptestConfig::with_cases(cases), |((at, spoil) in input)| {
        let request = &known[at.index(known.len())];
        if let Some(spoilt) = spoilt(request, &spoil) {
            let answer = runtime.block_on(sandbox.transport().send(spoilt)).unwrap();
            prop_assert!(answer.status() != 501 && answer.status() != 500, "{:?}", answer.status());
        }
    });
    for request in known {
        let spoilt = spoilt(&request, &Spoil::Body(request.body.to_vec())).unwrap();
        let status = runtime.block_on(sandbox.transport().send(spoilt)).unwrap().status();
        assert!(status.is_success() || status.is_client_error(), "{request:?}: {status}");
    }
    assert!(sandbox.base_url(Provider::Codat).starts_with("http://localhost"));
}
