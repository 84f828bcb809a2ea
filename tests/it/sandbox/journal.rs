//! What the sandbox remembers: every request, and those that no vendor knows.

use super::*;
use connectory::Provider;
use connectory::sandbox::Mismatch;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[tokio::test]
async fn every_request_is_kept_and_its_debug_shows_no_secret() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    for call in calls::all() {
        let input = calls::Input::default();
        let _ = (call.send)(&client, &input).await;
        let requests = sandbox.requests_of(call.id);
        let request = requests.last().unwrap_or_else(|| panic!("{} is kept", call.id));
        assert_eq!(request.ids, input.ids[..call.ids()], "{}", call.id);
        assert_eq!(request.method, *call.operation().method());
        assert!(request.status.is_some() && request.was_handled);
        let shown = format!("{request:?} {request:#?} {}", request.summary());
        for secret in
            [&*input.secret, "sandbox-secret", "sk_test_sandbox", "sandbox-codat-key", "sk_live_sandbox"]
        {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    assert!(sandbox.requests().len() >= calls::all().len());
    sandbox.verify().unwrap();
}

#[tokio::test]
async fn a_journal_with_a_limit_keeps_the_latest_requests() {
    let sandbox = Sandbox::builder().journal_limit(2).in_memory().unwrap();
    stray(&sandbox).await;
    let calls = calls::all();
    let sent: Vec<_> = calls.iter().chain(&calls).take(3).collect();
    for call in &sent {
        let _ = call.send_default(&client(&sandbox)).await;
    }
    let kept: Vec<_> = sandbox.requests().iter().map(|request| request.operation.unwrap().id()).collect();
    assert_eq!(kept, [sent[1].id, sent[2].id]);
    sandbox.verify().unwrap();
    // What is new is told of, although as much has been forgotten.
    stray(&sandbox).await;
    assert!(catch_unwind(AssertUnwindSafe(|| drop(sandbox))).is_err());
}

#[tokio::test]
async fn expectations_count_calls() {
    let sandbox = Sandbox::start().await.unwrap();
    let call = &calls::all()[0];
    sandbox.expect(call.id, 2);
    let _ = call.send_default(&client(&sandbox)).await;
    let error = sandbox.verify().unwrap_err();
    assert_eq!(error.to_string(), format!("calls of {}: 2 expected, 1 made", call.id));
    let _ = call.send_default(&client(&sandbox)).await;
    sandbox.verify().unwrap();
}

/// Sends what no vendor knows.
async fn stray(sandbox: &Sandbox) {
    let operation = calls::all()[0].operation();
    let base = sandbox.base_url(operation.provider());
    let target = format!("{base}{}x", operation.path());
    let request = http::Request::builder().method(operation.method()).uri(target).body(bytes::Bytes::new());
    let answer = sandbox.transport().send(request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), 404);
    let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let said = match operation.provider() {
        Provider::Codat => (&body["error"], "NotFound"),
        Provider::Apideck => (&body["detail"], "There is no such operation"),
        Provider::DeckV2 => (&body["errors"][0]["message"], "There is no such operation"),
        _ => (&body["error_message"], "There is no such operation"),
    };
    assert_eq!(said.0, said.1);
}

#[tokio::test]
async fn requests_whose_body_cannot_be_had_are_kept_too() {
    use std::sync::{Arc, Mutex};
    use tokio::io::AsyncWriteExt;
    let logged = Arc::new(Mutex::new(Vec::new()));
    let log = logged.clone();
    let builder = Sandbox::builder().log(move |request| log.lock().unwrap().push(request.status));
    let sandbox = builder.start().await.unwrap();
    let call = &calls::all()[0];
    let _ = call.send_default(&client(&sandbox)).await;
    let mut request = sandbox.requests().remove(0);
    request.body = vec![b' '; 5 * 1024 * 1024].into();
    over_a_socket(sandbox.address().unwrap(), &request).await;

    let base = sandbox.base_url(call.operation().provider());
    let path = base.splitn(4, '/').nth(3).unwrap();
    let head = format!(
        "{} /{path}{} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n",
        call.operation().method(),
        call.operation().path().replace(['{', '}'], ""),
    );
    let mut socket = tokio::net::TcpStream::connect(sandbox.address().unwrap()).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    while sandbox.requests().len() < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let statuses: Vec<_> = sandbox.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses[1..], [413, 400].map(|status| http::StatusCode::from_u16(status).ok()));
    assert_eq!(*logged.lock().unwrap(), statuses);
    for request in &sandbox.requests()[1..] {
        assert_eq!(request.operation.unwrap().id(), call.id);
        assert!(!request.was_handled);
    }
}

#[tokio::test]
async fn an_unknown_request_is_named_with_the_nearest_operation() {
    let sandbox = Sandbox::start().await.unwrap();
    stray(&sandbox).await;
    let operation = calls::all()[0].operation();
    let Err(Mismatch::UnknownRequest { request, nearest }) = sandbox.verify() else {
        panic!("it is unknown")
    };
    assert_eq!(request, format!("{nearest}x"));
    assert!(nearest.ends_with(operation.path()), "{nearest}");
}

#[cfg(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
#[tokio::test]
async fn the_nearest_operation_is_the_one_that_was_meant() {
    let rows = [
        ("POST /deck/api/v1/jobs/submitt", "POST /deck/api/v1/jobs/submit"),
        ("GET /deck/api/v1/jobs/submit", "POST /deck/api/v1/jobs/submit"),
        ("POST /jobs/submit", "POST /deck/api/v1/jobs/submit"),
        ("POST /deck/v1/jobs/submit", "POST /deck/api/v1/jobs/submit"),
        ("POST /deck/api/v1/link/token/gett", "POST /deck/api/v1/link/token/get"),
        ("POST /deck/api/v1/connections/destroy", "POST /deck/api/v1/connection/destroy"),
        ("POST /deck/api/v1/connection/webhook", "POST /deck/api/v1/connection/webhook/update"),
        ("GET /apideck/vault/conections", "GET /apideck/vault/connections"),
        ("GET /apideck/vault/connections/crm", "GET /apideck/vault/connections/{unified_api}/{service_id}"),
        (
            "DELETE /apideck/vault/connections/crm/hubspot/",
            "DELETE /apideck/vault/connections/{unified_api}/{service_id}",
        ),
        (
            "POST /apideck/vault/connections/crm/hubspot/tokens",
            "POST /apideck/vault/connections/{unified_api}/{service_id}/token",
        ),
        ("POST /codat/companies/c-1/accessToken", "GET /codat/companies/{companyId}/accessToken"),
        ("GET /codat/company/c-1/accesstoken", "GET /codat/companies/{companyId}/accessToken"),
    ];
    for (sent, expected) in rows {
        let sandbox = Sandbox::builder().in_memory().unwrap();
        let (method, path) = sent.split_once(' ').unwrap();
        let request = http::Request::builder().method(method).uri(format!("http://localhost{path}"));
        sandbox.transport().send(request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
        let Err(Mismatch::UnknownRequest { request, nearest }) = sandbox.verify() else { panic!("{sent}") };
        assert_eq!((&*request, &*nearest), (sent, expected));
    }

    let sandbox = Sandbox::builder().port_each().start().await.unwrap();
    let base = sandbox.base_url(Provider::Codat);
    let address = base.strip_prefix("http://").unwrap().parse().unwrap();
    raw(address, b"POST /jobs/submit HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    let Err(Mismatch::UnknownRequest { nearest, .. }) = sandbox.verify() else { panic!("it is unknown") };
    let served = connectory::operations().filter(|operation| operation.provider() == Provider::Codat);
    let mut served = served.map(|operation| format!("{} {}", operation.method(), operation.path()));
    assert!(served.any(|operation| operation == nearest), "{nearest} is not served there");
}

#[tokio::test]
async fn a_summary_is_one_line_that_moves_no_cursor() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    sandbox.ignore_unknown_requests();
    let request = http::Request::get("http://localhost/a\u{85}b\u{9b}2Jc\u{e9}").body(bytes::Bytes::new());
    sandbox.transport().send(request.unwrap()).await.unwrap();
    let summary = sandbox.requests()[0].summary();
    assert_eq!(summary, "GET /a\u{fffd}b\u{fffd}2Jc\u{e9} (no operation) 0 bytes -> 404 Not Found");
}

#[tokio::test]
async fn an_endless_path_is_unknown_soon() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    for part in ["a", "/", "/a"] {
        let path = format!("http://localhost/{}", part.repeat(30_000));
        let request = http::Request::get(path).body(bytes::Bytes::new()).unwrap();
        sandbox.transport().send(request).await.unwrap();
    }
    let start = std::time::Instant::now();
    sandbox.verify().unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn dropping_a_sandbox_with_an_unknown_request_panics_unless_somebody_knows() {
    let dropped = |sandbox: Sandbox| catch_unwind(AssertUnwindSafe(|| drop(sandbox))).is_err();

    let sandbox = Sandbox::builder().in_memory().unwrap();
    stray(&sandbox).await;
    assert!(dropped(sandbox));

    let sandbox = Sandbox::builder().in_memory().unwrap();
    stray(&sandbox).await;
    let _ = sandbox.verify();
    assert!(!dropped(sandbox));

    let sandbox = Sandbox::builder().in_memory().unwrap();
    stray(&sandbox).await;
    sandbox.ignore_unknown_requests();
    assert!(!dropped(sandbox));

    let sandbox = Sandbox::builder().in_memory().unwrap();
    stray(&sandbox).await;
    let unwound = catch_unwind(AssertUnwindSafe(move || {
        let _sandbox = sandbox;
        panic!("the test's own");
    }));
    assert_eq!(*unwound.unwrap_err().downcast_ref::<&str>().unwrap(), "the test's own");
}

#[tokio::test]
async fn what_was_expected_and_did_not_come_fails_like_an_unknown_request() {
    let call = &calls::all()[0];
    let expecting = |times| {
        let sandbox = Sandbox::builder().in_memory().unwrap();
        sandbox.expect(call.id, times);
        sandbox
    };
    let dropped = |sandbox: Sandbox| {
        let panic = catch_unwind(AssertUnwindSafe(|| drop(sandbox))).err();
        panic.map(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
    };
    let told = dropped(expecting(1)).unwrap();
    assert!(told.ends_with(&format!("calls of {}: 1 expected, 0 made", call.id)), "{told}");
    let ignoring = expecting(1);
    ignoring.ignore_unknown_requests();
    assert!(dropped(ignoring).is_some(), "what is ignored is unknown requests");

    assert_eq!(dropped(expecting(0)), None);
    let met = expecting(1);
    let _ = call.send_default(&client(&met)).await;
    assert_eq!(dropped(met), None);
    let verified = expecting(1);
    verified.verify().unwrap_err();
    assert_eq!(dropped(verified), None, "somebody knows");

    let again = expecting(1);
    again.verify().unwrap_err();
    again.expect(call.id, 2);
    assert!(dropped(again).unwrap().contains("2 expected"), "nobody knows of the new one");
}

#[tokio::test]
async fn an_operation_that_is_none_is_refused_where_it_is_named() {
    use connectory::sandbox::{Fault, FaultRule};
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let known = calls::all()[0].id;
    let misspelt = format!("{known}x");
    let panics: [&dyn Fn(); 3] = [
        &|| sandbox.inject(FaultRule::new(Fault::Html).operation(&misspelt)),
        &|| sandbox.expect(&misspelt, 1),
        &|| drop(sandbox.requests_of(&misspelt)),
    ];
    for panics in panics {
        let panic = catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
        let said = panic.downcast_ref::<String>().unwrap();
        assert_eq!(*said, format!("there is no operation {misspelt}; the nearest is {known}"));
    }
    sandbox.verify().unwrap();
}

#[tokio::test]
async fn what_lies_outside_every_vendor_is_not_found_and_kept() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.ignore_unknown_requests();
    let request = http::Request::get("http://localhost/elsewhere").body(bytes::Bytes::new()).unwrap();
    assert_eq!(sandbox.transport().send(request).await.unwrap().status(), 404);
    assert!(sandbox.requests()[0].operation.is_none());
    assert!(sandbox.base_url(Provider::Deck).starts_with("http://127.0.0.1:"));
}
