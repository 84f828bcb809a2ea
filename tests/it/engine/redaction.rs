//! No secret is printed: not by an error, not by a value, not to a log.

use crate::support::{
    a_call,
    calls::{self, Input},
    memory::{Memory, Step},
    offline,
    traces::{Log, printed},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use connectory::{Body, Client, ClientBuilder, Error, RetryPolicy, SendError, Transport, TransportFuture};
use http::{Request, Response};
use serde_json::{Value, json};
use std::{fmt::Write, sync::Arc};

/// What no output may hold. Characters that JSON escapes are among it: an echo may show them either way.
const CANARY: &str = "c4nary";
const SECRET: &str = r#"c4nary-body"quoted\slashed"#;
const NUMBER: u64 = 7_361_946_250_318;
const DECK_ID: &str = "c4nary-deck-id";
const DECK_SECRET: &str = "c4nary-deck-secret";
const APIDECK: &str = "c4nary-apideck-key";
const CODAT: &str = "c4nary-codat-key";
const DECK_V2: &str = "c4nary-deck-v2-key";
const CREDENTIALS: [&str; 5] = [DECK_ID, DECK_SECRET, APIDECK, CODAT, DECK_V2];

fn builder(base: &str, scheme: &str) -> ClientBuilder {
    let builder = Client::builder();
    #[cfg(feature = "deck")]
    let builder = builder.deck(connectory::deck::Config::at(base, DECK_ID, DECK_SECRET));
    #[cfg(feature = "apideck")]
    let builder = builder.apideck(
        connectory::apideck::Config::new(format!("{scheme}{APIDECK}"), "app")
            .consumer_id("consumer")
            .base_url(base),
    );
    #[cfg(feature = "codat")]
    let builder = builder.codat(connectory::codat::Config::new(format!("{scheme}{CODAT}")).base_url(base));
    #[cfg(feature = "deck-v2")]
    let builder =
        builder.deck_v2(connectory::deck_v2::Config::new(format!("{scheme}{DECK_V2}")).base_url(base));
    builder
}

#[track_caller]
fn assert_clean(text: &str, of: &str) {
    let encoded = [BASE64_STANDARD.encode(CODAT), BASE64_STANDARD.encode(format!("Basic {CODAT}"))];
    let encoded = encoded.each_ref().map(|text| text.trim_end_matches('='));
    for secret in [CANARY, r#"quoted\"#, &NUMBER.to_string(), encoded[0], encoded[1]] {
        if let Some(place) = text.find(secret) {
            let around = text.get(place.saturating_sub(300)..(place + 100).min(text.len()));
            panic!("{of} shows {secret}: {}", around.unwrap_or(text));
        }
    }
}

/// A vendor that repeats what it was sent: in every text of its error, and in headers.
#[derive(Clone, Debug)]
struct Echo {
    status: u16,
    /// Whether it speaks of headers, of the body, or of the body's values first: no more than a beginning is shown.
    first: usize,
    /// In a coding that is named as a credential is.
    packed: bool,
}

impl Transport for Echo {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        let mut headers: Vec<_> = request.headers().values().map(|value| value.to_str().unwrap()).collect();
        // Credentials are the last.
        headers.reverse();
        let headers =
            headers.iter().map(|value| format!("{} of {value}; ", value.rsplit(' ').next().unwrap()));
        let mut words = String::new();
        if let Ok(body) = serde_json::from_slice(request.body()) {
            values(&body, &mut words);
        }
        let mut said = [headers.collect(), String::from_utf8_lossy(request.body()).into_owned(), words]
            .map(|said| said + "; ");
        said.rotate_left(self.first);
        let said = format!("you sent {}", said.concat());
        let finding = json!({ "itemId": said, "message": said, "validatorName": "rule" });
        let body = json!({
            "error_category": "INVALID_REQUEST", "error_code": "INVALID_ARGUMENT", "error_message": said,
            "display_message": said,
            "status_code": self.status, "error": said, "type_name": "RequestValidationError", "message": said,
            "detail": { "missing": [said] }, "ref": said,
            "downstream_errors": [{ "message": said, "detail": said, "code": "c" }],
            "statusCode": self.status, "service": said, "correlationId": "8fa2b5f4",
            "validation": { "errors": [finding], "warnings": [finding] },
            "canBeRetried": "False", "detailedErrorCode": 7,
            "errors": [{ "type": "request", "code": "input_missing", "message": said, "field": said }],
            "unseen": said,
        });
        let credential = CREDENTIALS.into_iter().find(|known| said.contains(known)).unwrap_or("elsewhere");
        let response = Response::builder()
            .status(self.status)
            .header("location", format!("https://{credential}.example/{CANARY}"))
            .header("content-encoding", if self.packed { credential } else { "identity" })
            .header("set-cookie", CANARY)
            .body(Body::from(body.to_string()))
            .map_err(SendError::other);
        Box::pin(async { response })
    }
}

/// Every text and number in the JSON, as a message would hold it.
fn values(json: &Value, said: &mut String) {
    match json {
        Value::String(text) => write!(said, " '{text}'").unwrap(),
        Value::Number(number) => write!(said, " {number}").unwrap(),
        Value::Array(items) => items.iter().for_each(|item| values(item, said)),
        Value::Object(members) => members.values().for_each(|member| values(member, said)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[tokio::test]
async fn r20_no_error_shows_what_a_vendor_echoes() {
    let (log, _guard) = Log::everything();
    let input = Input { secret: SECRET.to_owned(), number: NUMBER, ..Input::default() };
    let statuses = [200, 203, 302, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503];
    let echoes = statuses.map(|status| [0, 1, 2].map(|first| Echo { status, first, packed: status == 203 }));
    let schemes = ["", "Basic ", "Bearer "];
    for (scheme, echo) in
        schemes.iter().flat_map(|scheme| echoes.iter().flatten().map(move |echo| (scheme, echo)))
    {
        let client = builder("http://127.0.0.1:1", scheme)
            .transport(Arc::new(echo.clone()))
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        for call in calls::all() {
            let Err(error) = (call.send)(&client, &input).await else { continue };
            assert_clean(&printed(&error), call.id);
            if echo.status >= 400 {
                assert!(error.to_string().contains("you sent"), "{error}");
                let unchanged = error.message().unwrap();
                assert!(!unchanged.contains("[REDACTED]"), "the caller can read it: {unchanged}");
            }
            assert_clean(&typed_bodies(&error), call.id);
        }
    }
    assert!(log.text().contains("connectory.call"), "the log is on");
    assert_clean(&log.text(), "the log");
}

#[tokio::test]
async fn r20_a_request_id_that_repeats_what_was_sent_is_dropped() {
    let input = Input { secret: SECRET.to_owned(), number: NUMBER, ..Input::default() };
    for call in calls::all() {
        let memory = Memory::playing([Step::answer(400, "{}").header("request-id", SECRET)]);
        let error = (call.send)(&offline(&memory), &input).await.unwrap_err();
        let sent = memory.requests()[0].body().windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
        assert_eq!(error.request_id(), (!sent).then_some(SECRET), "{}", call.id);
    }
}

/// Where a vendor may say something besides its message.
#[tokio::test]
async fn r20_no_error_shows_what_is_echoed_outside_the_message() {
    let keys = [DECK_SECRET, APIDECK, CODAT, &BASE64_STANDARD.encode(CODAT), "c4nary-body"];
    let input = Input { secret: "c4nary-body".to_owned(), ..Input::default() };
    for key in keys {
        // The path of what cannot be read holds the members' names.
        let mistake = format!(r#"{{"{key}":{{"{key}": }}}}"#);
        let steps = [
            Step::answer(200, "{}").header("content-encoding", key),
            Step::answer(200, "{}").header("content-encoding", format!("gzip, {key}")),
            Step::answer(200, mistake.clone()),
            Step::answer(200, format!(r#"{{"data":{mistake}}}"#)),
            Step::answer(307, "").header("location", format!("https://{key}.elsewhere.example/")),
            Step::answer(307, "").header("location", format!("https://x.{key}/")),
        ];
        for step in steps {
            let memory = Memory::playing([step.clone()]);
            let client =
                builder("http://127.0.0.1:1", "").transport(Arc::new(memory.clone())).build().unwrap();
            for call in calls::all() {
                memory.play([step.clone()]);
                let result = (call.send)(&client, &input).await;
                let sent = &memory.take_requests()[0];
                let Err(error) = result else { continue };
                let ours = sent.headers().values().any(|value| value.to_str().unwrap().contains(key))
                    || sent.body().windows(key.len()).any(|part| part == key.as_bytes());
                if ours {
                    let shown = printed(&error);
                    assert_clean(&shown, call.id);
                    assert!(!shown.to_ascii_lowercase().contains(&key.to_ascii_lowercase()), "{error}");
                }
            }
        }
    }
}

#[cfg(feature = "deck")]
#[tokio::test]
async fn r20_a_download_does_not_show_what_a_header_echoes() {
    use connectory::deck::documents::GetDocumentFile;
    let step = Step::answer(200, "%PDF").header("content-type", DECK_SECRET);
    let client = offline(&Memory::playing([step]));
    let file = client.deck().documents().file(&GetDocumentFile::new("a", "d")).await.unwrap();
    assert_eq!(file.content_type(), Some(DECK_SECRET));
    assert_clean(&format!("{file:?} {file:#?}"), "the download");
}

/// The vendor's own error body, printed.
fn typed_bodies(error: &connectory::Error) -> String {
    let mut text = String::new();
    let Some(api) = error.api() else { return text };
    #[cfg(feature = "deck")]
    if let Some(body) = api.vendor::<connectory::deck::ErrorBody>() {
        write!(text, "{body:?} {body:#?}").unwrap();
    }
    #[cfg(feature = "apideck")]
    if let Some(body) = api.vendor::<connectory::apideck::ErrorBody>() {
        write!(text, "{body:?} {body:#?} {:?} {:?}", body.detail, body.downstream_errors).unwrap();
    }
    #[cfg(feature = "codat")]
    if let Some(body) = api.vendor::<connectory::codat::ErrorBody>() {
        write!(text, "{body:?} {body:#?} {:?}", body.validation).unwrap();
        let findings = body.validation.iter().flat_map(|found| found.errors.iter());
        findings.for_each(|finding| write!(text, " {finding:?}").unwrap());
    }
    #[cfg(feature = "deck-v2")]
    if let Some(body) = api.vendor::<connectory::deck_v2::ErrorBody>() {
        write!(text, "{body:?} {body:#?} {:?}", body.errors).unwrap();
    }
    assert!(!text.is_empty(), "{error:?} has the vendor's body");
    text
}

#[tokio::test]
async fn r20_no_value_shows_a_secret() {
    let (log, _guard) = Log::everything();
    let input = Input { secret: CANARY.to_owned(), number: NUMBER, ..Input::default() };
    for call in calls::all() {
        let memory = Memory::playing([call.success(CANARY).header("set-cookie", CANARY)]);
        let client = builder("http://127.0.0.1:1", "").transport(Arc::new(memory.clone())).build().unwrap();
        let shown = (call.send)(&client, &input).await.unwrap().shown;
        assert!(shown.contains(call.id));
        assert_clean(&shown, call.id);

        // Another kind of value in the secret's place: read and not shown, or an error that does not show it.
        for kind in [json!(NUMBER), json!([true, NUMBER]), json!({ CANARY: { CANARY: NUMBER } })] {
            let answer = call.answer.1.replace("\"{secret}\"", &kind.to_string());
            memory.play([Step::answer(200, answer.replace("{secret}", CANARY))]);
            match (call.send)(&client, &input).await {
                Ok(given) => assert_clean(&given.shown, call.id),
                Err(error) => assert_clean(&printed(&error), call.id),
            }
        }

        // The same answer, spoilt at its end: the error keeps it and does not show it.
        let spoilt = call.answer.1.replace("{secret}", CANARY) + CANARY;
        memory.play([Step::answer(200, spoilt)]);
        if let Err(error) = (call.send)(&client, &input).await {
            assert!(String::from_utf8_lossy(error.body().unwrap()).contains(CANARY));
            assert_clean(&printed(&error), call.id);
        }
    }
    assert_clean(&log.text(), "the log");
}

/// Asserts that what was written by somebody else is the body as it was sent, but for what is hidden; gives the places.
fn hidden_places(sent: &Value, written: &Value, place: &str) -> Vec<String> {
    match (sent, written) {
        (Value::Object(sent), Value::Object(written)) => {
            let names =
                |members: &serde_json::Map<String, Value>| members.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(sent), names(written), "{place}");
            let places = sent
                .iter()
                .map(|(name, sent)| hidden_places(sent, &written[name], &format!("{place}/{name}")));
            places.flatten().collect()
        }
        (Value::Array(sent), Value::Array(written)) => {
            assert_eq!(sent.len(), written.len(), "{place}");
            let items = sent.iter().zip(written);
            items.flat_map(|(sent, written)| hidden_places(sent, written, &format!("{place}/*"))).collect()
        }
        (sent, written) if *written == "[REDACTED]" => {
            assert!(sent.as_str().is_some_and(|sent| sent.contains(CANARY)), "{place}: {sent}");
            vec![place.to_owned()]
        }
        (sent, written) => {
            assert_eq!(sent, written, "{place}");
            vec![]
        }
    }
}

#[tokio::test]
async fn r20_a_request_that_another_serialises_holds_no_secret() {
    let input = Input { secret: CANARY.to_owned(), number: NUMBER, ..Input::default() };
    for call in calls::all() {
        let memory = Memory::playing([call.success("s")]);
        let client = builder("http://127.0.0.1:1", "").transport(Arc::new(memory.clone())).build().unwrap();
        let written = (call.send)(&client, &input).await.unwrap().serialised;
        let sent = serde_json::from_slice::<Value>(memory.requests()[0].body()).unwrap_or_default();
        let [sent, written] = [sent, written].map(|mut body| {
            if let Some(members) = body.as_object_mut() {
                // What callers store with a connection is theirs to read.
                members.retain(|name, _| !["metadata", "configuration"].contains(&name.as_str()));
            }
            body
        });
        assert_clean(&written.to_string(), call.id);
        if sent.to_string().contains(CANARY) {
            let hidden = hidden_places(&sent, &written, "");
            assert_eq!(hidden.len(), sent.to_string().matches(CANARY).count(), "{}: {hidden:?}", call.id);
        }
    }
}

/// The members that hold this, by the names on the way to them.
fn places_of(secret: &str, json: &Value, place: &str, places: &mut Vec<String>) {
    match json {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            places_of(secret, member, &format!("{place}/{name}"), places);
        }),
        Value::Array(items) => items.iter().for_each(|item| places_of(secret, item, place, places)),
        other => places.extend(other.to_string().contains(secret).then(|| place.to_owned())),
    }
}

/// As a service does that hands an answer to its front end.
#[tokio::test]
async fn r20_an_answer_that_another_serialises_holds_no_secret() {
    // Links that are made to be handed on; what is the caller's own; what the caller asked to have as it is; what can be
    // chosen, which is no customer's.
    const HANDED_ON: [&str; 15] = [
        "/authorize_url",
        "/revoke_url",
        "/execute_base_url",
        "/redirect",
        "/linkUrl",
        "/url",
        "/metadata/",
        "/_raw/",
        "/example_response/",
        "/connectionInfo/",
        "/auth_credentials/",
        "/options/value",
        "/options/options/value",
        "/defaults/value",
        "custom_fields /data/value",
    ];
    let mut seen = std::collections::BTreeSet::new();
    for call in calls::all() {
        let memory = Memory::playing([call.success(CANARY)]);
        let given = call.send_default(&offline(&memory)).await.unwrap();
        let mut places = Vec::new();
        places_of(CANARY, &given.written.unwrap_or_default(), "", &mut places);
        seen.extend(places.into_iter().map(|place| format!("{} {place}", call.id)));
    }
    let other = |place: &&String| !HANDED_ON.iter().any(|known| place.contains(known));
    let other: Vec<_> = seen.iter().filter(other).collect();
    assert!(other.is_empty(), "{other:#?}");
}

/// What `main` prints, and a log.
#[tokio::test]
async fn r20_a_report_is_one_line_with_all_causes() {
    /// Fails, and has a reason for its reason.
    #[derive(Debug)]
    struct Fails;

    impl Transport for Fails {
        fn send(&self, _: Request<Bytes>) -> TransportFuture<'_> {
            let cause = std::io::Error::other(Caused(std::io::Error::other("no route\nto host")));
            Box::pin(async move { Err(SendError::connect(cause)) })
        }
    }

    #[derive(Debug)]
    struct Caused(std::io::Error);

    impl std::fmt::Display for Caused {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("the tunnel is down")
        }
    }

    impl std::error::Error for Caused {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }

    let builder = builder("http://127.0.0.1:1", "").transport(Arc::new(Fails));
    let client = builder.retry(RetryPolicy::never()).build().unwrap();
    let error = a_call(&client).await.unwrap_err();
    let causes = ": the tunnel is down: no route\\nto host";
    assert_eq!(error.report().to_string(), format!("{error}{causes}"));
    assert_eq!(format!("{error:?}"), error.report().to_string());
    assert_eq!(format!("{error:#?}"), error.report().to_string());
}

/// What callers make of the crate's types in the input of a job.
#[cfg(feature = "deck")]
mod written_by_others {
    use super::*;
    use connectory::deck::jobs::{ConnectionInput, EnsureConnection, SubmitJob};
    use connectory::deck::link::{CredentialField, LinkUpdate, UpdateMode};
    use serde::{Serialize, Serializer, ser::Error as _};
    use std::panic::{AssertUnwindSafe, catch_unwind};

    fn connection() -> ConnectionInput {
        ConnectionInput::new(CANARY)
    }

    #[derive(Serialize)]
    struct Flattened {
        #[serde(flatten)]
        connection: ConnectionInput,
        update: LinkUpdate,
        amount: u32,
    }

    #[derive(Serialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        Payment(ConnectionInput),
    }

    #[derive(Serialize)]
    #[serde(untagged)]
    enum Untagged {
        Fields { fields: Vec<CredentialField>, connection: Option<ConnectionInput> },
    }

    /// Goes through a value of its own on the way.
    struct ByValue;

    impl Serialize for ByValue {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut value = serde_json::to_value(connection()).map_err(S::Error::custom)?;
            value["amount"] = 12.into();
            value.serialize(serializer)
        }
    }

    /// Puts our JSON into a text.
    struct AsText;

    impl Serialize for AsText {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let text = serde_json::to_string(&connection()).map_err(S::Error::custom)?;
            serializer.collect_map([("payload", text)])
        }
    }

    /// Fails half-way, one way or the other.
    struct Broken {
        panics: bool,
    }

    impl Serialize for Broken {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            assert!(!self.panics, "half-way");
            Err(S::Error::custom("half-way"))
        }
    }

    #[derive(Serialize)]
    struct HalfWay {
        connection: ConnectionInput,
        broken: Broken,
    }

    /// The input as the client sends it.
    async fn sent(input: impl Serialize) -> Value {
        let memory = Memory::playing([Step::answer(200, r#"{"job_guid":"j"}"#)]);
        offline(&memory).deck().jobs().submit(&SubmitJob::new("Any", input)).await.unwrap();
        serde_json::from_slice::<Value>(memory.requests()[0].body()).unwrap()["input"].take()
    }

    /// Everything that serde_json writes to.
    fn written(body: &impl Serialize) -> [String; 4] {
        let mut streamed = Vec::new();
        serde_json::to_writer(&mut streamed, body).unwrap();
        [
            serde_json::to_string(body).unwrap(),
            serde_json::to_string_pretty(body).unwrap(),
            serde_json::to_value(body).unwrap().to_string(),
            String::from_utf8(streamed).unwrap(),
        ]
    }

    async fn assert_the_client_s_alone(input: impl Serialize, secrets: usize) {
        for text in written(&input) {
            assert_eq!(text.matches("[REDACTED]").count(), secrets, "{text}");
            assert_clean(&text, "what another writes");
        }
        let sent = sent(input).await.to_string();
        assert_eq!(sent.matches(CANARY).count(), secrets, "{sent}");
        assert!(!sent.contains("REDACTED"), "{sent}");
    }

    #[tokio::test]
    async fn r20_a_type_that_embeds_a_request_is_sent_whole_and_written_without_its_secrets() {
        assert_the_client_s_alone(EnsureConnection::new("source", CANARY, CANARY), 2).await;
        assert_the_client_s_alone(SubmitJob::make_payment(CANARY).input("card", CANARY).input, 2).await;
        let update = LinkUpdate::new(CANARY, UpdateMode::Refresh);
        assert_the_client_s_alone(Flattened { connection: connection(), update, amount: 12 }, 2).await;
        assert_the_client_s_alone(Tagged::Payment(connection()), 1).await;
        let fields = vec![CredentialField::new("password", CANARY)];
        assert_the_client_s_alone(Untagged::Fields { fields, connection: Some(connection()) }, 2).await;
        assert_the_client_s_alone(ByValue, 1).await;
        // Whatever is serialised while the client writes a body is part of what it writes.
        assert_the_client_s_alone(AsText, 1).await;
    }

    #[tokio::test]
    async fn r20_a_body_that_breaks_off_leaves_nobody_else_writing_secrets() {
        let memory = Memory::default();
        let client = offline(&memory);
        for panics in [false, true] {
            let input = HalfWay { connection: connection(), broken: Broken { panics } };
            let body = SubmitJob::new("Any", input);
            let call = catch_unwind(AssertUnwindSafe(|| client.deck().jobs().submit(&body)));
            assert_eq!(call.is_err(), panics);
            assert_clean(&serde_json::to_string(&connection()).unwrap(), "what another writes");
            if let Ok(call) = call {
                assert!(matches!(call.await, Err(Error::Request(_))));
            }
        }
        assert_eq!(memory.count(), 0);
    }

    /// A call that is made while another is being written.
    struct Calling(Client);

    impl Serialize for Calling {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let elsewhere = std::thread::spawn(|| serde_json::to_string(&connection()).unwrap());
            assert_clean(&elsewhere.join().unwrap(), "what another thread writes");
            drop(self.0.deck().jobs().submit(&SubmitJob::new("Any", connection())));
            connection().serialize(serializer)
        }
    }

    #[tokio::test]
    async fn r20_a_call_within_a_call_s_body_changes_nothing() {
        let memory = Memory::default();
        let client = offline(&memory);
        let body = sent(Calling(client.clone())).await;
        assert_eq!(body["access_token"], CANARY);
        assert_eq!(memory.count(), 0);
    }
}

/// With bytes on a socket, through a proxy with a password, so that the HTTP stack has its say.
#[tokio::test]
async fn r20_the_http_stack_shows_no_secret() {
    use crate::support::raw::{Raw, read_request};
    use tokio::io::AsyncWriteExt;
    let (log, _guard) = Log::everything();
    let server = Raw::serving(|mut stream| async move {
        while read_request(&mut stream).await.is_some() {
            let _ = stream.write_all(b"HTTP/1.1 401 No\r\ncontent-length: 6\r\n\r\nc4nary").await;
        }
    })
    .await;
    let broken = Raw::serving(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 2xx c4nary\r\nc4nary c4nary\r\n\r\n").await;
    })
    .await;
    let proxy = |server: &Raw| server.base().replace("http://", "http://user:c4nary-proxy@");
    let input = Input { secret: SECRET.to_owned(), number: NUMBER, ..Input::default() };
    for (base, proxy) in [
        (server.base(), None),
        (broken.base(), None),
        ("http://vendor.example".to_owned(), Some(proxy(&server))),
        ("http://vendor.example".to_owned(), Some(proxy(&broken))),
        ("http://vendor.example".to_owned(), Some("http://user:c4nary@127.0.0.1:1".to_owned())),
        ("http://127.0.0.1:1".to_owned(), None),
    ] {
        let builder = builder(&base, "").allow_http(true).retry(RetryPolicy::never());
        let builder = match proxy {
            Some(proxy) => builder.proxy(proxy),
            None => builder.no_proxy(),
        };
        assert_clean(&format!("{builder:?} {builder:#?}"), "the builder");
        let client = builder.build().unwrap();
        let transport = client.transport();
        assert_clean(&format!("{client:?} {client:#?} {transport:?} {transport:#?}"), "the client");
        for call in calls::all() {
            let error = (call.send)(&client, &input).await.unwrap_err();
            assert_clean(&printed(&error), call.id);
        }
    }
    assert!(log.text().contains("hyper") || log.text().contains("reqwest"), "the stack is heard");
    assert_clean(&log.text(), "the log");
}

/// The path at which a body stops being understood holds names that the vendor may have made of what it was sent.
#[tokio::test]
async fn r20_no_path_of_a_body_shows_a_secret() {
    let (log, _guard) = Log::everything();
    let input = Input { secret: SECRET.to_owned(), number: NUMBER, ..Input::default() };
    let mut named = 0;
    for call in calls::all() {
        let memory = Memory::playing([Step::answer(400, "{}")]);
        let client = builder("http://127.0.0.1:1", "").transport(Arc::new(memory.clone())).build().unwrap();
        (call.send)(&client, &input).await.unwrap_err();
        let request = memory.take_requests().remove(0);
        let sent = |secret: &str| {
            let headers = request.headers().values().any(|value| value.to_str().unwrap().ends_with(secret));
            headers || String::from_utf8_lossy(request.body()).contains(secret)
        };
        let number = NUMBER.to_string();
        let echoes = [DECK_ID, DECK_SECRET, APIDECK, "c4nary-body", &number];
        for echo in echoes.into_iter().filter(|echo| sent(echo)) {
            let name = if echo == "c4nary-body" { SECRET } else { echo };
            for (place, _) in call.answer.1.match_indices("\"{secret}\"") {
                let cut_short = format!("{}{{{}:{{", &call.answer.1[..place], json!(name));
                memory.play([Step::answer(200, cut_short)]);
                let error = (call.send)(&client, &input).await.unwrap_err();
                let Error::Decode(decode) = &error else { panic!("{error:?}") };
                named += usize::from(decode.path().contains(name));
                assert_clean(&printed(&error), call.id);
            }
        }
    }
    assert!(cfg!(not(feature = "apideck")) || named > 0, "some paths hold names of the vendor's");
    assert_clean(&log.text(), "the log");
}

#[tokio::test]
async fn r20_no_setting_shows_a_secret() {
    for scheme in ["", "Basic ", "Bearer "] {
        let builder = builder("http://127.0.0.1:1", scheme).transport(Arc::new(Memory::default()));
        assert_clean(&format!("{builder:?} {builder:#?}"), "the builder");
        let client = builder.build().unwrap();
        assert_clean(&format!("{client:?} {client:#?}"), "the client");
        #[cfg(feature = "deck")]
        assert_clean(&format!("{:?} {:?}", client.deck(), client.deck().connections()), "Deck");
        #[cfg(feature = "apideck")]
        assert_clean(
            &format!("{:?} {:?}", client.apideck(), client.apideck().vault().connections()),
            "Apideck",
        );
        #[cfg(feature = "codat")]
        assert_clean(&format!("{:?} {:?}", client.codat(), client.codat().companies()), "Codat");
        #[cfg(feature = "deck-v2")]
        assert_clean(&format!("{:?} {:?}", client.deck_v2(), client.deck_v2().agents()), "Deck v2");
        // What is refused is not shown either: a header, an idempotency key, a key.
        let refused = [
            a_call(&client).header("x-trace", "c4nary\n"),
            a_call(&client).header("c4nary header", ""),
            a_call(&client).idempotency_key("c4nary"),
        ];
        for call in refused {
            assert_clean(&format!("{call:?} {call:#?}"), "the call");
            let error = call.await.unwrap_err();
            assert!(matches!(error, Error::Request(_)), "{error:?}");
            assert_clean(&printed(&error), "an error of the arguments");
        }
        let error = self::builder("http://127.0.0.1:1", "c4nary ").build();
        if let Err(error) = error {
            assert_clean(&printed(&error), "an error of build()");
        }
    }
}
