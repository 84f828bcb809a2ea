//! `/_sandbox/`: a sandbox that is driven over HTTP.

use super::*;
use connectory::Provider;
use serde_json::{Value, json};

/// A request as a program of this machine sends it.
fn request(method: &str, route: &str, body: &Value) -> http::Request<bytes::Bytes> {
    let request = http::Request::builder()
        .method(method)
        .uri(format!("http://localhost/_sandbox/{route}"))
        .header("content-type", "application/json");
    request.body(if body.is_null() { bytes::Bytes::new() } else { body.to_string().into() }).unwrap()
}

async fn send(sandbox: &Sandbox, request: http::Request<bytes::Bytes>) -> (u16, Value) {
    let answer = sandbox.transport().send(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

async fn get(sandbox: &Sandbox, route: &str) -> Value {
    let (status, answer) = send(sandbox, request("GET", route, &Value::Null)).await;
    assert_eq!(status, 200, "{route}: {answer}");
    answer
}

async fn post(sandbox: &Sandbox, route: &str, body: Value) -> (u16, Value) {
    send(sandbox, request("POST", route, &body)).await
}

/// An act that is carried out; what it gives.
async fn act(sandbox: &Sandbox, route: &str, body: Value) -> Value {
    let (status, answer) = post(sandbox, route, body).await;
    assert_eq!(status, 200, "{route}: {answer}");
    answer
}

#[tokio::test]
async fn what_is_no_client_s_is_logged_without_its_query() {
    let logged = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = logged.clone();
    let builder = seeded().log(move |request| log.lock().unwrap().push(request.summary()));
    let sandbox = builder.in_memory().unwrap();
    act(&sandbox, "advance", json!({ "seconds": 1 })).await;
    get(&sandbox, "requests?secret").await;
    assert_eq!(post(&sandbox, "nothing", json!({})).await.0, 404);
    let mut expected = vec![
        "POST /_sandbox/advance (no operation) 13 bytes -> 200 OK",
        "GET /_sandbox/requests (no operation) 0 bytes -> 200 OK",
        "POST /_sandbox/nothing (no operation) 2 bytes -> 404 Not Found",
    ];
    if cfg!(feature = "apideck") {
        let link =
            format!("{}/vault/authorize/hubspot/sandbox-app?state=x", sandbox.base_url(Provider::Apideck));
        let visit = http::Request::get(link).body(bytes::Bytes::new()).unwrap();
        sandbox.transport().send(visit).await.unwrap();
        expected.push(
            "GET /apideck/vault/authorize/hubspot/sandbox-app (no operation) 0 bytes -> 400 Bad Request",
        );
    }
    assert_eq!(*logged.lock().unwrap(), expected);
    assert!(sandbox.requests().is_empty());
}

fn sandbox() -> Sandbox {
    seeded().in_memory().unwrap()
}

#[tokio::test]
async fn expectations_are_told_and_verified() {
    let sandbox = sandbox();
    let operation = connectory::operations().next().unwrap();
    let call = json!({ "operation": operation.id(), "times": 1 });
    act(&sandbox, "verify", json!({})).await;
    act(&sandbox, "expect", call.clone()).await;
    let amiss = format!("calls of {}: 1 expected, 0 made", operation.id());
    assert_eq!(post(&sandbox, "verify", json!({})).await, (422, json!({ "error": amiss })));

    let path = format!("{}{}", sandbox.base_url(operation.provider()), operation.path());
    let path = path.replace(['{', '}'], "");
    let asked = http::Request::builder().method(operation.method()).uri(path).body(bytes::Bytes::new());
    sandbox.transport().send(asked.unwrap()).await.unwrap();
    act(&sandbox, "verify", json!({})).await;
    assert_eq!(post(&sandbox, "expect", json!({ "operation": "nobody.s", "times": 1 })).await.0, 422);

    let stray = http::Request::get("http://localhost/stray").body(bytes::Bytes::new()).unwrap();
    sandbox.transport().send(stray).await.unwrap();
    let (status, answer) = post(&sandbox, "verify", json!({})).await;
    assert_eq!(status, 422);
    assert!(answer["error"].as_str().unwrap().starts_with("no operation takes GET /stray"), "{answer}");
    // Having been told, the sandbox may be dropped.
}

#[cfg(feature = "deck")]
#[tokio::test]
async fn deck_s_acts_clock_and_events_are_those_of_the_handle() {
    use connectory::deck::connections::{AccessTokenRequest, ConnectivityStatus};
    use connectory::deck::jobs::SubmitJob;
    let sandbox = sandbox();
    let deck = sandbox.client().deck();
    let token = act(&sandbox, "deck/connect", json!({})).await["access_token"].as_str().unwrap().to_owned();
    deck.jobs().submit(&SubmitJob::fetch_balance(&token)).await.unwrap();
    assert_eq!(get(&sandbox, "deliveries").await, json!([]));
    assert_eq!(act(&sandbox, "advance", json!({ "seconds": 1 })).await, json!({}));
    assert_eq!(get(&sandbox, "deliveries").await, json!([]));
    act(&sandbox, "advance", json!({ "seconds": 1.0 })).await;
    assert_eq!(get(&sandbox, "deliveries").await[0]["event_type"], "Job.FetchBalance");

    let end = json!({ "access_token": token, "reason": "InvalidCredentials" });
    assert_eq!(act(&sandbox, "deck/disconnect", end).await, json!({}));
    let context = deck.connections().context(&AccessTokenRequest::new(&token)).await.unwrap();
    assert_eq!(context.connection_status, Some(ConnectivityStatus::Disconnected));
    let deliveries = get(&sandbox, "deliveries").await;
    let bodies =
        deliveries.as_array().unwrap().iter().map(|it| serde_json::from_str(it["body"].as_str().unwrap()));
    assert_eq!(bodies.collect::<Result<Vec<Value>, _>>().unwrap(), told(&sandbox));
    let unknown = json!({ "access_token": "unknown", "reason": "Error" });
    assert_eq!(post(&sandbox, "deck/disconnect", unknown).await.0, 422);
}

#[cfg(feature = "apideck")]
#[tokio::test]
async fn apideck_s_acts_are_those_of_the_handle() {
    let sandbox = sandbox();
    let connections = sandbox.client().apideck().consumer("acme").vault().connections();
    let hubspot = json!({ "consumer_id": "acme", "unified_api": "crm", "service_id": "hubspot" });
    let rows = [
        ("fail_refresh", 422, ("available", "")),
        ("authorize", 200, ("callable", "ok")),
        ("recover_refresh", 422, ("callable", "ok")),
        ("fail_refresh", 200, ("callable", "pending_refresh")),
        ("recover_refresh", 200, ("callable", "ok")),
        ("revoke", 200, ("added", "revoked")),
        ("revoke", 422, ("added", "revoked")),
    ];
    for (name, status, (state, health)) in rows {
        let (answered, answer) = post(&sandbox, &format!("apideck/{name}"), hubspot.clone()).await;
        assert_eq!(answered, status, "{name}: {answer}");
        let seen = connections.get("crm", "hubspot").await.unwrap().data;
        assert_eq!(seen.state.unwrap().as_str(), state, "{name}");
        assert_eq!(seen.health.map_or(String::new(), |health| health.to_string()), health, "{name}");
    }
    let nowhere = json!({ "consumer_id": "acme", "unified_api": "crm", "service_id": "nobody" });
    assert_eq!(post(&sandbox, "apideck/authorize", nowhere).await.0, 422);

    use connectory::apideck::webhooks::{CreateWebhook, DisabledReason, WebhookEventType};
    let webhooks = sandbox.client().apideck().webhooks();
    let body = CreateWebhook::new("vault", "https://acme.example", [WebhookEventType::All]);
    let id = webhooks.create(&body).await.unwrap().data.id;
    for (id, status) in [(id.as_str(), 200), ("nobody", 422)] {
        let body = json!({ "webhook_id": id, "reason": "usage_limit" });
        assert_eq!(post(&sandbox, "apideck/disable_webhook", body).await.0, status);
    }
    assert_eq!(webhooks.get(&id).await.unwrap().data.disabled_reason, Some(DisabledReason::UsageLimit));
}

#[cfg(feature = "deck-v2")]
#[tokio::test]
async fn a_customer_signs_in_at_deck_v2() {
    use connectory::deck_v2::sources::CreateSource;
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let deck = sandbox.client().deck_v2();
    let source = deck.sources().create(&CreateSource::website("https://utility.example")).await.unwrap().id;
    let token = deck.session_tokens().create().await.unwrap().token;
    let body = json!({
        "session_token": token.expose_secret(), "source": source, "username": "jane", "password": "x",
    });
    let id = act(&sandbox, "deck_v2/sign_in", body).await["id"].as_str().unwrap().to_owned();
    assert_eq!(deck.credentials().get(&id).await.unwrap().source_id, Some(source));

    // And a run of a task with it brings what it is told to, in the one session that the plan has.
    use connectory::deck_v2::{agents::CreateAgent, task_runs::*, tasks::CreateTask};
    let agent = deck.agents().create(&CreateAgent::new("Bills")).await.unwrap().id;
    let task = deck.tasks().create(&CreateTask::new("Latest bill", agent)).await.unwrap().id;
    act(&sandbox, "deck_v2/set_output", json!({ "task": task, "output": [7] })).await;
    act(&sandbox, "deck_v2/limit_sessions", json!({ "sessions": 1 })).await;
    let body = RunTask::new().credential_id(&id);
    let run = deck.task_runs().run(&task, &body).await.unwrap().id;
    let error = deck.task_runs().run(&task, &body).await.unwrap_err();
    assert_eq!(error.code(), Some("session_limit_exceeded"));
    act(&sandbox, "advance", json!({ "seconds": 10 })).await;
    let run = deck.task_runs().get(&run, &GetTaskRun::new()).await.unwrap();
    assert_eq!((run.status, run.output.unwrap().raw()), (Some(TaskRunStatus::Completed), "[7]"));
    assert_eq!(get(&sandbox, "deck_v2/events").await, Value::from(sandbox.deck_v2().events()));
}

#[cfg(feature = "codat")]
#[tokio::test]
async fn codat_s_data_are_read_and_written_as_a_test_has_it() {
    use connectory::codat::connections::CreateConnection;
    use connectory::codat::custom_data_types::ListCustomDataRecords;
    use connectory::codat::push_data::{PushOperationKey, PushOperationStatus};
    use connectory::codat::refresh_data::{PullOperationStatus, RefreshDataType};
    let sandbox = Sandbox::start().await.unwrap();
    let (codat, company) = (sandbox.client().codat(), sandbox.codat().add_company("Acme"));
    let connection = codat.connections().create(&company, &CreateConnection::new("gbol")).await.unwrap().id;
    sandbox.codat().link(&connection);
    let data = codat.refresh_data();
    let pull = data.by_data_type(&company, "bills", &RefreshDataType::new()).await.unwrap().id;
    act(&sandbox, "codat/end_pull_operation", json!({ "dataset_id": pull, "status": "FetchError" })).await;
    let pull = data.get_pull_operation(&company, &pull).await.unwrap();
    assert_eq!(pull.status, Some(PullOperationStatus::FetchError));

    let body = json!({ "company_id": company, "connection_id": connection, "data_type": "bills" });
    let key = act(&sandbox, "codat/add_push_operation", body).await["push_operation_key"].take();
    act(&sandbox, "codat/end_push_operation", json!({ "push_operation_key": key, "status": "Failed" })).await;
    let key = PushOperationKey::from(key.as_str().unwrap());
    let push = codat.push_data().get_operation(&company, &key).await.unwrap();
    assert_eq!(push.status, Some(PushOperationStatus::Failed));

    let body = json!({ "connection_id": connection, "data_type": "Orders", "content": { "number": 7 } });
    act(&sandbox, "codat/add_custom_data", body).await;
    let types = codat.custom_data_types();
    let page =
        types.list_records(&company, &connection, "Orders", &ListCustomDataRecords::new()).await.unwrap();
    assert_eq!(page.results[0].content.as_ref().unwrap().raw("number"), Some("7"));
}

#[cfg(feature = "codat")]
#[tokio::test]
async fn codat_s_customers_link_and_turn_back() {
    use connectory::codat::connections::CreateConnection;
    let sandbox = sandbox();
    let id = sandbox.codat().add_company("Acme");
    let connections = sandbox.client().codat().connections();
    let connection = connections.create(&id, &CreateConnection::new("gbol")).await.unwrap().id;
    for (route, status) in
        [("cancel_link", "PendingAuth"), ("link", "Linked"), ("deauthorize", "Deauthorized")]
    {
        act(&sandbox, &format!("codat/{route}"), json!({ "connection_id": connection })).await;
        let found = connections.get(&id, &connection).await.unwrap();
        assert_eq!(found.status.unwrap().as_str(), status);
        let errors = usize::from(status != "Linked") + usize::from(status != "PendingAuth");
        assert_eq!(found.data_connection_errors.len(), errors);
    }
}

#[cfg(feature = "codat")]
#[tokio::test]
async fn companies_faults_and_requests_are_those_of_the_sandbox() {
    const TOKEN: &str = "codat.companies.get_access_token";
    let sandbox = sandbox();
    let id = act(&sandbox, "codat/add_company", json!({ "name": "Acme" })).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let call = async || sandbox.client().codat().companies().get_access_token(&id).max_attempts(1).await;
    call().await.unwrap();

    let rule = json!({ "fault": { "status": 404 }, "operation": TOKEN, "times": 1 });
    assert_eq!(act(&sandbox, "inject", rule).await, json!({}));
    assert_eq!(call().await.unwrap_err().status().unwrap(), 404);
    call().await.unwrap();
    act(&sandbox, "inject", json!({ "fault": "reset_after" })).await;
    assert!(call().await.is_err());
    act(&sandbox, "clear_faults", json!({})).await;
    call().await.unwrap();

    let shown = |status, was_handled| {
        json!({
            "operation": TOKEN, "method": "GET", "path": "/companies/{companyId}/accessToken",
            "status": status, "was_handled": was_handled,
        })
    };
    let all = [(Some(200), true), (Some(404), false), (Some(200), true), (None, true), (Some(200), true)];
    let expected: Value = all.into_iter().map(|(status, handled)| shown(status, handled)).collect();
    assert_eq!(get(&sandbox, "requests").await, expected);
}

#[cfg(all(feature = "deck", feature = "codat"))]
#[tokio::test]
async fn deliveries_are_posted_disturbed_and_shown_over_the_routes() {
    use connectory::codat::webhooks::CreateWebhookConsumer;
    let (receiver, base) = super::deliveries_posted::Receiver::start(&[500]).await;
    let sandbox = Sandbox::start().await.unwrap();
    let consumer = CreateWebhookConsumer::new("https://acme.example/codat", ["company.created"]);
    let consumer = sandbox.client().codat().webhooks().create_consumer(&consumer).await.unwrap().id;
    for url in ["https://127.0.0.1", "http://8.8.8.8", "nowhere"] {
        assert_eq!(post(&sandbox, "deliver_to", json!({ "url": url })).await.0, 422, "{url}");
    }
    act(&sandbox, "deliver_to", json!({ "url": base })).await;
    let rule = json!({ "fault": "twice", "provider": "codat", "times": 1 });
    act(&sandbox, "inject_delivery", rule).await;
    act(&sandbox, "codat/add_company", json!({ "name": "Acme" })).await;
    assert_eq!(act(&sandbox, "deliver", json!({})).await, json!({}));
    assert_eq!(receiver.got.lock().unwrap().len(), 2, "it waits until they are answered");

    let shown = get(&sandbox, "deliveries").await;
    let members = ["provider", "event_type", "endpoint", "attempt", "status", "is_accepted"];
    let first: Vec<_> = members.iter().map(|name| shown[0][name].clone()).collect();
    let expected = json!(["codat", "company.created", "https://acme.example/codat", 1, 500, false]);
    assert_eq!(Value::from(first), expected);
    assert_eq!(shown[0]["headers"]["webhook-id"], shown[1]["headers"]["webhook-id"]);
    let body: Value = serde_json::from_str(shown[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["payload"]["name"], "Acme");
    assert!(shown[0]["time"].as_str().unwrap().ends_with('Z'));

    for (fault, status) in [
        (json!({ "fault": { "late": 1.5 } }), 200),
        (json!({ "fault": "wrong_signature" }), 200),
        (json!({ "fault": { "signed_with": "whsec_c2VjcmV0" }, "provider": "deck_v2" }), 200),
        (json!({ "fault": "lost" }), 400),
        (json!({ "fault": "twice", "provider": "stripe" }), 400),
    ] {
        assert_eq!(post(&sandbox, "inject_delivery", fault).await.0, status);
    }
    let secret = "whsec_b3RoZXItc2VjcmV0LW9mLTMyLWJ5dGVzLWluLXRlc3Q=";
    for (id, status) in [(consumer.as_str(), 200), ("nobody", 422)] {
        let body = json!({ "webhook_id": id, "secret": secret });
        assert_eq!(post(&sandbox, "codat/set_webhook_secret", body).await.0, status);
    }
    assert_eq!(sandbox.codat().webhook_secret(&consumer).unwrap().expose_secret(), secret);
    for (secret, status) in [("c2VjcmV0", 200), ("-", 422)] {
        assert_eq!(post(&sandbox, "deck/set_webhook_secret", json!({ "secret": secret })).await.0, status);
    }
    for (url, status) in [("https://acme.example/deck", 200), ("deck", 422)] {
        assert_eq!(post(&sandbox, "deck/set_default_webhook", json!({ "url": url })).await.0, status);
    }
}

#[tokio::test]
async fn every_fault_can_be_named() {
    let sandbox = sandbox();
    let faults = [
        json!({ "latency": 0.05 }),
        json!("silence"),
        json!("reset_before"),
        json!("reset_after"),
        json!("cut_body"),
        json!({ "rate_limited": 120 }),
        json!({ "rate_limited_until": 30 }),
        json!({ "status": 503 }),
        json!("html"),
        json!("truncated_json"),
        json!("wrong_length"),
        json!({ "gzip_bomb": 1000 }),
        json!({ "redirect": "https://example.com" }),
        json!("unseen_values"),
        json!("nulled_fields"),
        json!("extra_fields"),
    ];
    for fault in faults {
        act(&sandbox, "inject", json!({ "fault": fault, "rate": 0.5, "times": 3 })).await;
    }
    let wrong = [
        json!({}),
        json!({ "fault": "unheard_of" }),
        json!({ "fault": { "latency": -1 } }),
        json!({ "fault": { "latency": 1e300 } }),
        json!({ "fault": "html", "times": -1 }),
        json!({ "fault": "html", "rate": "often" }),
        json!({ "fault": "html", "rate": 50 }),
        json!({ "fault": "html", "rate": -0.5 }),
        json!({ "fault": "html", "only": "once" }),
    ];
    for rule in wrong {
        assert_eq!(post(&sandbox, "inject", rule.clone()).await.0, 400, "{rule}");
    }
    let (status, answer) = post(&sandbox, "inject", json!({ "fault": "html", "operation": "no.such" })).await;
    assert!(answer["error"].as_str().unwrap().starts_with("there is no operation no.such"), "{answer}");
    assert_eq!(status, 422);
    sandbox.verify().unwrap();
}

#[tokio::test]
async fn what_is_not_understood_is_refused_in_json() {
    let sandbox = sandbox();
    let mut rows = vec![
        ("POST", "advance", json!({}), 400),
        ("POST", "advance", json!({ "seconds": -1 }), 400),
        ("POST", "advance", json!({ "seconds": "1" }), 400),
        ("POST", "advance", json!({ "seconds": 1, "hours": 1 }), 400),
        ("POST", "advance", json!([1]), 400),
        ("POST", "advance", Value::Null, 400),
        ("POST", "clear_faults", json!({ "all": true }), 400),
        ("POST", "", json!({}), 404),
        ("POST", "requests", json!({}), 404),
        ("GET", "advance", Value::Null, 404),
        ("GET", "deck/", Value::Null, 404),
        ("PUT", "advance", json!({ "seconds": 1 }), 405),
        ("OPTIONS", "advance", Value::Null, 405),
        ("HEAD", "requests", Value::Null, 405),
    ];
    if cfg!(feature = "deck") {
        rows.push(("POST", "deck/connect", json!({ "as": "ada" }), 400));
        rows.push(("POST", "deck/disconnect", json!({ "access_token": "a" }), 400));
    }
    if cfg!(feature = "apideck") {
        rows.push(("POST", "apideck/authorize", json!({ "consumer_id": "acme" }), 400));
        rows.push(("POST", "apideck/unauthorize", json!({}), 404));
    }
    if cfg!(feature = "codat") {
        rows.push(("POST", "codat/add_company", json!({ "name": 7 }), 400));
        rows.push(("POST", "codat/link", json!({ "connection_id": "none" }), 422));
        rows.push((
            "POST",
            "codat/end_pull_operation",
            json!({ "dataset_id": "none", "status": "Complete" }),
            422,
        ));
        let none = json!({ "push_operation_key": "none", "status": "Failed" });
        rows.push(("POST", "codat/end_push_operation", none, 422));
        rows.push(("POST", "codat/add_custom_data", json!({ "content": {} }), 400));
    }
    if cfg!(feature = "deck-v2") {
        let unknown =
            json!({ "session_token": "tk_1", "source": "src_1", "username": "jane", "password": "x" });
        rows.push(("POST", "deck_v2/sign_in", unknown, 422));
        rows.push(("POST", "deck_v2/sign_in", json!({ "session_token": "tk_1" }), 400));
        rows.push(("POST", "deck_v2/set_output", json!({ "task": "task_1" }), 400));
        rows.push(("POST", "deck_v2/limit_sessions", json!({ "sessions": -1 }), 400));
    }
    for (method, route, body, expected) in rows {
        let (status, answer) = send(&sandbox, request(method, route, &body)).await;
        assert_eq!(status, expected, "{method} {route} {body}: {answer}");
        assert!(answer["error"].as_str().is_some_and(|error| !error.is_empty()), "{answer}");
    }
    let mut bare = request("GET", "", &Value::Null);
    *bare.uri_mut() = "http://localhost/_sandbox".parse().unwrap();
    assert_eq!(send(&sandbox, bare).await.0, 404);
    // None of it was a client's.
    assert!(sandbox.requests().is_empty());
    sandbox.verify().unwrap();
}

#[tokio::test]
async fn no_page_of_the_web_drives_it() {
    let sandbox = seeded().start().await.unwrap();
    let address = sandbox.address().unwrap();
    let own = format!("host: {address}");
    let json = "content-type: application/json";
    let rows = [
        (vec![&own[..], json], 200),
        (vec!["host: localhost:1", "content-type: Application/JSON; charset=utf-8"], 200),
        (vec!["host: [::1]", json], 200),
        (vec![&own, json, "origin: https://example.com"], 403),
        (vec![&own, json, "origin: null"], 403),
        (vec![&own, json, "origin: http://localhost:3000"], 403),
        (vec![&own, json, "origin: \u{fc}"], 403),
        (vec!["host: example.com", json], 403),
        (vec!["host: localhost.example.com", json], 403),
        (vec!["host: localhost@example.com", json], 403),
        (vec!["host: 10.0.0.1", json], 403),
        (vec!["host: ", json], 403),
        (vec![json], 403),
        // What a form or a script can send to another origin without asking.
        (vec![&own], 415),
        (vec![&own, "content-type: text/plain"], 415),
        (vec![&own, "content-type: text/plain; a=application/json"], 415),
        (vec![&own, "content-type: application/x-www-form-urlencoded"], 415),
        (vec![&own, "content-type: multipart/form-data; boundary=x"], 415),
    ];
    for (headers, expected) in rows {
        for (line, is_json) in [("POST /_sandbox/clear_faults", false), ("GET /_sandbox/requests", true)] {
            let request = format!(
                "{line} HTTP/1.1\r\n{}\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}",
                headers.join("\r\n")
            );
            let answer = raw(address, request.as_bytes()).await;
            // To look needs no content type.
            let expected = if is_json && expected == 415 { 200 } else { expected };
            assert!(answer.starts_with(&format!("HTTP/1.1 {expected} ")), "{line} {headers:?}: {answer}");
            assert!(!answer.to_lowercase().contains("access-control-"), "{answer}");
        }
    }
    sandbox.verify().unwrap();
}

#[tokio::test]
async fn every_port_has_it_beside_its_vendor() {
    let sandbox = seeded().port_each().start().await.unwrap();
    let served = [Provider::Deck, Provider::Apideck, Provider::Codat, Provider::DeckV2]
        .map(|vendor| sandbox.base_url(vendor));
    let single = seeded().start().await.unwrap();
    let addresses = served.iter().map(|base| base.split('/').nth(2).unwrap().parse().unwrap());
    for address in addresses.chain([single.address().unwrap()]) {
        let request =
            format!("GET /_sandbox/requests HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        let answer = raw(address, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("[]"), "{answer}");
    }
}

#[tokio::test]
async fn no_fault_strikes_it_and_too_much_is_refused() {
    let sandbox = seeded().start().await.unwrap();
    let address = sandbox.address().unwrap();
    sandbox.inject(connectory::sandbox::Fault::Status(503));
    assert_eq!(get(&sandbox, "requests").await, json!([]));
    let head = format!(
        "POST /_sandbox/advance HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nconnection: close\r\n"
    );
    let endless = format!("{head}content-length: 5000000\r\n\r\n{}", " ".repeat(5_000_000));
    let answer = raw(address, endless.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413 "), "{answer}");
    sandbox.verify().unwrap();
}

#[cfg(feature = "deck")]
#[tokio::test]
async fn the_list_of_requests_shows_no_secret() {
    let sandbox = sandbox();
    for call in calls::all() {
        let _ = call.send_default(&client(&sandbox)).await;
    }
    let (secret, shown) = (calls::Input::default().secret, get(&sandbox, "requests").await.to_string());
    assert!(
        sandbox.requests().iter().any(|request| String::from_utf8_lossy(&request.body).contains(&*secret))
    );
    assert!(!shown.contains(&*secret) && !shown.contains("sandbox-secret"), "{shown}");
}
