//! What a call tells OpenTelemetry: names that are known, values that are harmless.

use crate::support::{
    a_call,
    calls::{self, Input},
    memory::{Memory, Step},
    offline, offline_builder, success,
    traces::{Trace, Traces},
};
use tracing::Level;

/// Every field that the crate may record.
const ALLOWED: [&str; 16] = [
    "otel.kind",
    "otel.name",
    "http.request.method",
    "url.template",
    "server.address",
    "server.port",
    "http.response.status_code",
    "http.request.resend_count",
    "error.type",
    "otel.status_code",
    "connectory.provider",
    "connectory.operation",
    "connectory.request_id",
    "connectory.unread",
    "message",
    // The crate that an event of `log` comes from: none of ours.
    "log.target",
];

fn last(trace: &Trace) -> [Option<&str>; 4] {
    ["http.response.status_code", "http.request.resend_count", "error.type", "connectory.request_id"]
        .map(|name| trace.field(name))
}

#[tokio::test]
async fn r23_one_span_per_call_says_what_is_called() {
    let (traces, _guard) = Traces::record();
    for call in calls::all() {
        traces.clear();
        let memory = Memory::playing([call.success("s").header("request-id", "8fa2b5f4")]);
        call.send_default(&offline(&memory)).await.unwrap();
        let [span] = traces.spans().try_into().unwrap();
        let operation = call.operation();
        let provider = operation.provider().to_string();
        assert_eq!((span.name, span.level, span.target), ("connectory.call", Level::INFO, "connectory"));
        assert_eq!(span.field("otel.status_code"), None, "it did not fail");
        let expected = [
            ("otel.kind", "client"),
            ("otel.name", call.id),
            ("http.request.method", operation.method().as_str()),
            ("url.template", operation.path()),
            ("server.address", "127.0.0.1"),
            ("server.port", "1"),
            ("connectory.provider", &provider),
            ("connectory.operation", call.id),
        ];
        for (name, value) in expected {
            assert_eq!(span.field(name), Some(value), "{}", call.id);
        }
        let status = call.answer.0.to_string();
        assert_eq!(last(&span), [Some(status.as_str()), None, None, Some("8fa2b5f4")]);
        let [event] = traces.events().try_into().unwrap();
        assert_eq!((event.level, event.target, last(&event)), (Level::DEBUG, "connectory", last(&span)));
    }
}

#[tokio::test]
async fn r23_what_was_left_out_of_an_answer_is_counted() {
    let (traces, _guard) = Traces::record();
    for call in calls::all().into_iter().filter(|call| call.reads_body() && call.id.contains("list")) {
        traces.clear();
        let body = call.answer.1.replace("[{", "[7,true,{").replace("{secret}", "s");
        let given = call.send_default(&offline(&Memory::playing([Step::answer(200, body)]))).await.unwrap();
        let events = traces.events();
        let told = events.iter().filter_map(|event| event.field("connectory.unread").map(str::to_owned));
        assert_eq!(told.collect::<Vec<_>>(), [given.unread.len().to_string()], "{}", call.id);
        let warned = events.iter().find(|event| event.level == Level::WARN).unwrap();
        assert_eq!(warned.target, "connectory");
    }
}

#[tokio::test(start_paused = true)]
async fn r23_one_event_per_attempt_and_the_span_ends_as_the_call_does() {
    let (traces, _guard) = Traces::record();
    let memory = Memory::default();
    let call = a_call(&offline(&memory));
    let unavailable = Step::answer(503, "").header("request-id", "first");
    memory.play([unavailable.clone(), Step::connect_fails(), success(call.operation())]);
    call.await.unwrap();
    let events = traces.events();
    let seen: Vec<_> = events.iter().map(last).collect();
    let expected = [
        [Some("503"), None, Some("5xx"), Some("first")],
        [None, Some("1"), Some("connect"), None],
        [Some("200"), Some("2"), None, None],
    ];
    assert_eq!(seen, expected);
    assert_eq!(last(&traces.spans()[0]), expected[2]);

    traces.clear();
    memory.play([unavailable, Step::reset(), Step::connect_fails()]);
    a_call(&offline(&memory)).await.unwrap_err();
    assert_eq!(traces.events().len(), 3);
    assert_eq!(last(&traces.spans()[0]), [None, Some("2"), Some("connect"), None]);
}

#[tokio::test(start_paused = true)]
async fn the_type_of_an_error_is_one_of_few() {
    let (traces, _guard) = Traces::record();
    let rows = [
        (Step::connect_fails(), "connect"),
        (Step::reset(), "transport"),
        (Step::silence(), "timeout"),
        (Step::answer(302, ""), "redirect"),
        (Step::answer(400, ""), "400"),
        (Step::answer(401, ""), "401"),
        (Step::answer(402, ""), "402"),
        (Step::answer(403, ""), "403"),
        (Step::answer(404, ""), "404"),
        (Step::answer(409, ""), "409"),
        (Step::answer(418, ""), "4xx"),
        (Step::answer(422, ""), "422"),
        (Step::answer(429, ""), "429"),
        (Step::answer(500, ""), "5xx"),
        (Step::answer(999, ""), "5xx"),
    ];
    for (step, expected) in rows {
        traces.clear();
        a_call(&offline(&Memory::playing([step]))).max_attempts(1).await.unwrap_err();
        let [span] = traces.spans().try_into().unwrap();
        assert_eq!(
            (span.field("error.type"), span.field("otel.status_code")),
            (Some(expected), Some("ERROR"))
        );
    }
    for call in calls::all().into_iter().filter(|call| call.reads_body()) {
        traces.clear();
        call.send_default(&offline(&Memory::playing([Step::answer(200, "<")]))).await.unwrap_err();
        assert_eq!(last(&traces.spans()[0])[..3], [Some("200"), None, Some("decode")], "{}", call.id);
    }
}

#[tokio::test]
async fn r21_nothing_is_recorded_but_what_is_allowed() {
    let (traces, _guard) = Traces::record();
    let input = Input {
        ids: vec!["path-value-1".into(), "path-value-2".into(), "path-value-3".into()],
        secret: "body-value".into(),
        ..Input::default()
    };
    for call in calls::all() {
        for step in [call.success("answer-value"), Step::answer(400, "{\"message\":\"answer-value\"}")] {
            let memory = Memory::playing([step.header("request-id", "header-value 1")]);
            let _ = (call.send)(&offline(&memory), &input).await;
        }
    }
    let traces = [traces.spans(), traces.events()].concat();
    for (name, value) in traces.iter().flat_map(|trace| &trace.fields) {
        assert!(ALLOWED.contains(name), "{name}");
        assert!(!value.contains("-value"), "{name}: {value}");
    }
}

/// Dashboards and filters lean on them.
#[test]
fn r23_the_page_promises_every_field_and_the_target() {
    let page = include_str!("../../../docs/tracing.md");
    for name in ALLOWED.into_iter().filter(|name| !["message", "log.target"].contains(name)) {
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
    }
    let fields = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    for (name, _) in fields.filter(|(name, _)| name.contains('.')) {
        assert!(ALLOWED.contains(&name) || name == "connectory.call", "{name}");
    }
}

#[tokio::test]
async fn a_request_id_that_does_not_look_like_one_is_not_recorded() {
    let (traces, _guard) = Traces::record();
    let long = "a".repeat(65);
    let rows = [
        ("8FA2b5f4-0d6e_1.2", true),
        (&long[..64], true),
        (&long, false),
        ("a b", false),
        ("user@example.com", false),
        ("{\"a\":1}", false),
    ];
    for (id, recorded) in rows {
        traces.clear();
        let memory = Memory::playing([Step::answer(404, "").header("request-id", id)]);
        let error = a_call(&offline(&memory)).await.unwrap_err();
        assert_eq!(error.request_id(), Some(id), "the error keeps it as it came");
        let expected = recorded.then_some(id);
        assert_eq!(traces.spans()[0].field("connectory.request_id"), expected);
        assert_eq!(traces.events()[0].field("connectory.request_id"), expected);
    }
}

/// A caller whose filter drops the crate's spans has a span of its own around the call.
#[tokio::test]
async fn the_caller_s_span_is_left_alone() {
    use tracing::Instrument;
    use tracing_subscriber::{Layer, filter::filter_fn, layer::SubscriberExt};
    let traces = Traces::default();
    let foreign = filter_fn(|metadata| !metadata.target().starts_with("connectory"));
    let subscriber = tracing_subscriber::registry().with(traces.clone().with_filter(foreign));
    let _guard = tracing::subscriber::set_default(subscriber);
    let span = tracing::info_span!("caller", error.type = tracing::field::Empty);
    let client = offline_builder(&Memory::playing([Step::answer(404, "")])).build().unwrap();
    a_call(&client).into_future().instrument(span).await.unwrap_err();
    let [span] = traces.spans().try_into().unwrap();
    assert_eq!((span.name, span.field("error.type")), ("caller", None));
}
