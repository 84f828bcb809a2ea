//! A call that is put together by hand goes the way of those that have a method.

use super::paths::{any_id, leads_elsewhere, percent_decode};
use crate::support::{
    calls, idempotency_key,
    memory::{Memory, Step},
    offline,
    traces::Traces,
};
use bytes::Bytes;
use connectory::operation::{Auth, ConsumerHeader, Operation, Repeat};
use connectory::{Client, Error, Outcome, Provider, RequestBuilder};
use http::{Method, Request};
use proptest::{prelude::*, test_runner::TestRunner};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::ptr;
use url::form_urlencoded;

/// The vendors that are compiled in.
fn providers() -> Vec<Provider> {
    let mut providers: Vec<_> = connectory::operations().map(Operation::provider).collect();
    providers.dedup();
    providers
}

fn by_hand(client: &Client, provider: Provider, method: Method, path: &'static str) -> RequestBuilder {
    match provider {
        #[cfg(feature = "deck")]
        Provider::Deck => client.deck().request(method, path),
        #[cfg(feature = "apideck")]
        Provider::Apideck => client.apideck().request(method, path),
        #[cfg(feature = "codat")]
        Provider::Codat => client.codat().request(method, path),
        #[cfg(feature = "deck-v2")]
        Provider::DeckV2 => client.deck_v2().request(method, path),
        #[allow(unreachable_patterns)]
        other => panic!("{other} is not compiled in"),
    }
}

/// The parameters of a query, in the order of their names.
fn pairs(request: &Request<Bytes>) -> Vec<(String, String)> {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    pairs.sort();
    pairs
}

/// The headers that a method and a hand set alike.
fn headers(request: &Request<Bytes>, operation: &Operation) -> Vec<(String, String)> {
    let is_own = |name: &str| match name {
        "x-apideck-consumer-id" => operation.consumer_header() == ConsumerHeader::Never,
        // One operation alone has it.
        "x-deck-sandbox" => true,
        _ => name.ends_with("idempotency-key"),
    };
    let headers = request.headers().iter().filter(|(name, _)| !is_own(name.as_str()));
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    headers
}

#[tokio::test]
async fn what_every_method_sends_can_be_sent_by_hand() {
    for case in calls::all().into_iter().filter(|case| case.operation().auth() == Auth::Credentials) {
        let memory = Memory::playing([case.success("s")]);
        let (client, operation) = (offline(&memory), case.operation());
        case.send_default(&client).await.unwrap();
        let sent = memory.take_requests().remove(0);

        let mut parameters = Map::new();
        for (name, value) in pairs(&sent) {
            let values = parameters.entry(name).or_insert_with(|| json!([]));
            values.as_array_mut().unwrap().push(value.into());
        }
        let path = operation.path();
        let mut request = by_hand(&client, operation.provider(), operation.method().clone(), path);
        for (segment, name) in
            sent.uri().path().rsplit('/').zip(path.rsplit('/')).collect::<Vec<_>>().iter().rev()
        {
            if name.starts_with('{') {
                request = request.path(percent_decode(segment));
            }
        }
        request = request.query(&parameters).repeat(operation.repeat());
        if let Ok(body) = serde_json::from_slice::<Value>(sent.body()) {
            request = request.json(&body);
        }
        memory.play([case.success("s")]);
        match sent.headers()["accept"] == "*/*" {
            true => drop(request.downloads().await.unwrap()),
            false => drop(request.returns_bytes().await.unwrap()),
        }
        let [again] = memory.take_requests().try_into().unwrap();
        assert_eq!((again.method(), again.uri().path()), (sent.method(), sent.uri().path()), "{}", case.id);
        assert_eq!(pairs(&again), pairs(&sent), "{}", case.id);
        assert_eq!(headers(&again, operation), headers(&sent, operation), "{}", case.id);
        let has_key = |request: &Request<Bytes>| idempotency_key(request.headers()).is_some();
        assert_eq!(has_key(&again), has_key(&sent), "{}", case.id);
        let json = |request: &Request<Bytes>| serde_json::from_slice::<Value>(request.body()).ok();
        assert_eq!(json(&again), json(&sent), "{}", case.id);
    }
}

/// That a GET may be repeated is HTTP's word; the vendors keep to it.
#[test]
fn no_vendor_has_a_get_that_changes_anything() {
    let mut gets = connectory::operations().filter(|operation| operation.method().is_safe());
    assert!(gets.all(|operation| operation.repeat() == Repeat::Read));
}

#[tokio::test(start_paused = true)]
async fn it_is_repeated_as_the_caller_says_and_with_care_if_nobody_says() {
    let rows = [
        (Method::GET, None, 3),
        (Method::HEAD, None, 3),
        (Method::POST, None, 1),
        (Method::PUT, None, 1),
        (Method::DELETE, None, 1),
        (Method::GET, Some(Repeat::Once), 1),
        (Method::POST, Some(Repeat::Read), 3),
        (Method::POST, Some(Repeat::Idempotent), 3),
        (Method::POST, Some(Repeat::Keyed), 3),
    ];
    for provider in providers() {
        for (method, repeat, attempts) in rows.clone() {
            let memory = Memory::playing([Step::answer(503, "")]);
            let mut request = by_hand(&offline(&memory), provider, method.clone(), "/a");
            request = repeat.into_iter().fold(request, RequestBuilder::repeat);
            let error = request.returns_nothing().await.unwrap_err();
            let keys: Vec<_> =
                memory.requests().iter().filter_map(|request| idempotency_key(request.headers())).collect();
            if provider == Provider::Apideck && repeat == Some(Repeat::Keyed) {
                assert!(matches!(error, Error::Request(_)) && memory.count() == 0, "{error}");
                continue;
            }
            assert_eq!(
                (error.attempts(), error.outcome()),
                (attempts, Outcome::Unknown),
                "{method} {repeat:?}"
            );
            let is_keyed = repeat == Some(Repeat::Keyed);
            assert_eq!(keys.len(), if is_keyed { 3 } else { 0 });
            assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        }
    }
}

#[tokio::test]
async fn errors_and_spans_name_the_path_and_never_an_id() {
    let (traces, _guard) = Traces::record();
    for provider in providers() {
        traces.clear();
        let memory = Memory::playing([Step::answer(404, "")]);
        let request = by_hand(&offline(&memory), provider, Method::PATCH, "/things/{thing_id}/parts");
        let error = request.path("value-1").returns::<Value>().await.unwrap_err();
        let operation = error.operation().unwrap();
        assert_eq!((operation.method(), operation.path()), (&Method::PATCH, "/things/{thing_id}/parts"));
        assert!(operation.id().ends_with(".request"), "{error}");
        assert_eq!((operation.provider(), operation.repeat()), (provider, Repeat::Once));
        assert!(matches!(error, Error::NotFound(_)) && !format!("{error:?}").contains("value-1"));
        let [span] = traces.spans().try_into().unwrap();
        assert_eq!(span.field("url.template"), Some("/things/{thing_id}/parts"));
        assert_eq!(
            (span.field("otel.name"), span.field("http.request.method")),
            (Some(operation.id()), Some("PATCH"))
        );
        assert!(span.fields.iter().all(|(_, value)| !value.contains("value-1")), "{span:?}");
    }
}

#[test]
fn a_request_is_described_once_however_often_it_is_made() {
    let client = offline(&Memory::default());
    for provider in providers() {
        let described = |method: Method, path: &'static str| {
            by_hand(&client, provider, method, path).returns_nothing().operation()
        };
        let first = described(Method::POST, "/once");
        assert!((0..1000).all(|_| ptr::eq(described(Method::POST, "/once"), first)));
        assert!(!ptr::eq(described(Method::PUT, "/once"), first));
        assert!(!ptr::eq(described(Method::POST, "/twice"), first));
        assert!(connectory::operations().all(|known| known.id() != first.id()));
    }
}

#[tokio::test]
async fn what_is_no_path_no_query_and_no_body_is_told_before_anything_is_sent() {
    type Change = fn(RequestBuilder) -> RequestBuilder;
    let as_it_is: Change = |request| request;
    let rows: [(&'static str, Change, &str); 9] = [
        ("a", as_it_is, "the path does not begin with a slash"),
        ("https://elsewhere.example/", as_it_is, "the path does not begin with a slash"),
        ("/a?b=c", as_it_is, "the path holds what only an id or a query may: give it to `path` or `query`"),
        ("/a/{id}", as_it_is, "the path lacks a value for {id}"),
        ("/a/{id}", |request| request.path(".."), "id is a dot segment: it would address another resource"),
        ("/a", |request| request.path("b"), "the path has no place for another id"),
        ("/a", |request| request.query(&[1]), "the query is no object, whose members are its parameters"),
        (
            "/a",
            |request| request.json(&std::collections::BTreeMap::from([((), 1)])),
            "the body cannot be serialised",
        ),
        (
            "/a",
            |request| request.body("text\n", "x"),
            "the body's content type begins or ends with a line break",
        ),
    ];
    for provider in providers() {
        for (path, change, problem) in rows {
            let memory = Memory::default();
            let request = change(by_hand(&offline(&memory), provider, Method::POST, path));
            let error = request.returns_nothing().await.unwrap_err();
            assert!(matches!(error, Error::Request(_)) && error.to_string().contains(problem), "{error}");
            assert_eq!(memory.count(), 0);
        }
    }
}

#[test]
fn r1_every_id_of_a_request_by_hand_is_one_segment_or_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let memory = Memory::default();
    let client = offline(&memory);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&[any_id(), any_id()], |ids| {
            for provider in providers() {
                memory.play([Step::answer(200, "")]);
                let request = by_hand(&client, provider, Method::GET, "/a/{b}/c/{d}");
                let request = ids.iter().fold(request, RequestBuilder::path);
                let result = runtime.block_on(request.returns_nothing().into_future());
                let requests = memory.take_requests();
                if ids.iter().any(|id| leads_elsewhere(id)) {
                    prop_assert!(matches!(result, Err(Error::Request(_))), "{result:?}");
                    continue;
                }
                result.unwrap();
                let path: Vec<_> = requests[0].uri().path().split('/').map(percent_decode).collect();
                prop_assert_eq!(&path, &["", "a", &ids[0], "c", &ids[1]]);
            }
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn the_answer_is_what_the_caller_makes_of_it() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Part {
        id: String,
        count: Option<u32>,
    }
    for provider in providers() {
        let memory = Memory::default();
        let client = offline(&memory);
        let request = || by_hand(&client, provider, Method::GET, "/parts");
        let list = r#"[{"id":"a","count":1},{"id":"b","count":"many"},{"count":3}]"#;

        memory.play([Step::answer(200, list)]);
        let response = request().returns::<Vec<Part>>().response().await.unwrap();
        let expected = [("a", Some(1)), ("b", None)].map(|(id, count)| Part { id: id.to_owned(), count });
        assert_eq!(*response.value(), expected, "what is odd costs itself alone");
        assert_eq!(response.unread().len(), 2, "{:?}", response.unread());

        memory.play([Step::answer(200, list)]);
        assert_eq!(request().returns_bytes().await.unwrap(), list);
        memory.play([Step::answer(200, list)]);
        assert_eq!(request().downloads().await.unwrap().bytes(100).await.unwrap(), list);
        memory.play([Step::answer(200, "<html>")]);
        request().returns_nothing().await.unwrap();
        memory.play([Step::answer(200, "<html>")]);
        let error = request().returns::<Part>().await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)) && error.outcome() == Outcome::Applied, "{error}");
    }
}

#[tokio::test]
async fn a_body_goes_with_its_content_type() {
    for provider in providers() {
        let memory = Memory::playing([Step::answer(200, "")]);
        let request = by_hand(&offline(&memory), provider, Method::POST, "/files");
        request.body("text/csv; charset=utf-8", "a,b\n").returns_nothing().await.unwrap();
        let [sent] = memory.take_requests().try_into().unwrap();
        assert_eq!(
            (&sent.headers()["content-type"], &sent.body()[..]),
            (&"text/csv; charset=utf-8".parse().unwrap(), &b"a,b\n"[..])
        );
    }
}

/// The scope of a call by hand is that of the methods.
#[cfg(feature = "apideck")]
#[tokio::test]
async fn at_apideck_it_goes_with_app_and_consumer() {
    let memory = Memory::playing([Step::answer(200, "{}")]);
    let apideck = offline(&memory).apideck().app("other-app");
    for apideck in [apideck.clone().consumer("acme"), apideck.no_consumer()] {
        apideck.request(Method::GET, "/crm/contacts").returns::<Value>().await.unwrap();
    }
    let [acme, nobody] = memory.take_requests().try_into().unwrap();
    assert_eq!(
        (&acme.headers()["x-apideck-app-id"], &acme.headers()["x-apideck-consumer-id"]),
        (&"other-app".parse().unwrap(), &"acme".parse().unwrap())
    );
    assert!(!nobody.headers().contains_key("x-apideck-consumer-id"));
}
