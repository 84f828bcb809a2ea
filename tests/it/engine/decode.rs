//! Bodies that are not what they should be: the status decides, and nothing is lost.

use crate::support::{
    a_call,
    calls::{self, Case},
    memory::{Memory, Step},
    offline, offline_builder,
};
use connectory::{Client, DecodeCategory, Error, Outcome};
use http::StatusCode;
use proptest::{prelude::*, sample::Index, test_runner::TestRunner};

const ID: &str = "8fa2b5f4-0d6e";

fn reading() -> impl Iterator<Item = Case> {
    calls::all().into_iter().filter(Case::reads_body)
}

/// The answer with something put in behind its first brace.
fn with_member(call: &Case, member: &str) -> String {
    call.answer.1.replacen('{', &format!("{{{member},"), 1)
}

fn nested(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

#[tokio::test]
async fn r34_a_body_that_is_not_understood_is_kept_with_all_that_is_known() {
    let bodies = [
        ("", DecodeCategory::Empty),
        ("{", DecodeCategory::Truncated),
        ("\u{feff}{", DecodeCategory::Truncated),
        ("{\"data\":\"half", DecodeCategory::Truncated),
        ("<!doctype html><title>Sign in</title>", DecodeCategory::Syntax),
        ("{'single':1}", DecodeCategory::Syntax),
        ("3", DecodeCategory::Type),
        ("\"text\"", DecodeCategory::Type),
    ];
    for call in reading() {
        for (body, category) in bodies {
            let step = Step::answer(201, body).header("request-id", ID);
            let memory = Memory::playing([step]);
            let error = call.send_default(&offline(&memory)).await.unwrap_err();
            let Error::Decode(decode) = &error else { panic!("{}: {error:?}", call.id) };
            assert_eq!(decode.category(), category, "{} {body:?}", call.id);
            assert!(decode.line() <= 1 && decode.column() <= body.len() + 1);
            assert_eq!(error.operation().unwrap().id(), call.id);
            assert_eq!((error.status(), error.request_id()), (Some(StatusCode::CREATED), Some(ID)));
            assert_eq!((error.outcome(), error.attempts(), memory.count()), (Outcome::Applied, 1, 1));
            assert_eq!(error.body().unwrap(), body);
            assert!(std::error::Error::source(&error).is_none(), "serde's text holds values of the body");
            let shown = error.to_string();
            assert!(
                shown.contains(call.id) && shown.contains("201 Created") && shown.contains(ID),
                "{shown}"
            );
        }
    }
}

#[tokio::test]
async fn a_second_value_behind_the_first_is_a_mistake() {
    for call in reading() {
        let body = call.answer.1.replace("{secret}", "s") + " {}";
        let memory = Memory::playing([Step::answer(200, body)]);
        let error = call.send_default(&offline(&memory)).await.unwrap_err();
        let Error::Decode(decode) = &error else { panic!("{}: {error:?}", call.id) };
        assert_eq!((decode.path(), decode.category()), (".", DecodeCategory::Syntax), "{}", call.id);
    }
}

#[tokio::test]
async fn r34_the_place_of_the_mistake_is_named() {
    let rows: &[(&str, &str, &str, usize, usize)] = &[
        #[cfg(feature = "deck")]
        (
            "deck.connections.invalidate_access_token",
            "{\n \"new_access_token\": 7}",
            "new_access_token",
            2,
            22,
        ),
        #[cfg(feature = "codat")]
        ("codat.companies.get_access_token", "{\"accessToken\":[]}", "accessToken", 1, 15),
        #[cfg(feature = "apideck")]
        (
            "apideck.vault.connections.get",
            "{\"data\":\n{\"id\":{},\"service_id\":\"b\",\"unified_api\":\"c\"}}",
            "data.id",
            2,
            6,
        ),
    ];
    for (id, body, path, line, column) in rows {
        let call = calls::all().into_iter().find(|call| call.id == *id).unwrap();
        let memory = Memory::playing([Step::answer(200, *body)]);
        let error = call.send_default(&offline(&memory)).await.unwrap_err();
        let Error::Decode(decode) = &error else { panic!("{error:?}") };
        assert_eq!((decode.path(), decode.line(), decode.category()), (*path, *line, DecodeCategory::Type));
        assert!(decode.column().abs_diff(*column) <= 1, "{}", decode.column());
    }
}

#[tokio::test]
async fn r34_a_member_that_is_missing_is_named() {
    let rows: &[(&str, &str, &str)] = &[
        #[cfg(feature = "deck")]
        ("deck.connections.invalidate_access_token", "{}", "new_access_token"),
        #[cfg(feature = "codat")]
        ("codat.companies.get_access_token", r#"{"expiresIn":7}"#, "accessToken"),
        #[cfg(feature = "apideck")]
        ("apideck.vault.connections.get", r#"{"status_code":200}"#, "data"),
        #[cfg(feature = "apideck")]
        ("apideck.vault.connections.get", r#"{"data":{"id":"a","service_id":"b"}}"#, "data.unified_api"),
    ];
    for (id, body, path) in rows {
        let call = calls::all().into_iter().find(|call| call.id == *id).unwrap();
        let memory = Memory::playing([Step::answer(200, *body)]);
        let error = call.send_default(&offline(&memory)).await.unwrap_err();
        let Error::Decode(decode) = &error else { panic!("{error:?}") };
        assert_eq!((decode.path(), decode.category()), (*path, DecodeCategory::Missing));
        assert!(error.to_string().contains(&format!("(missing at `{path}`")), "{error}");
    }
}

#[tokio::test]
async fn r34_of_a_long_body_the_beginning_is_kept() {
    let body = "x".repeat(200 * 1024);
    for call in reading() {
        let memory = Memory::playing([Step::answer(200, body.clone())]);
        let error = call.send_default(&offline(&memory)).await.unwrap_err();
        assert_eq!(error.body().unwrap(), &body[..64 * 1024]);
        let client = offline_builder(&memory).max_error_body(7).build().unwrap();
        let error = call.send_default(&client).await.unwrap_err();
        assert_eq!(error.body().unwrap(), &body[..7]);
    }
}

#[tokio::test]
async fn r35_a_good_body_is_read_whatever_stands_around_it() {
    for call in reading() {
        let body = call.answer.1.replace("{secret}", "s");
        let bodies = [
            format!("\u{feff}{body}"),
            format!("\r\n\t {body}\n\n"),
            with_member(&call, r#""unseen":{"a":[1,null,{"b":"\u0000"}]}"#),
        ];
        for content_type in ["text/json", "application/problem+json", "text/html; charset=utf-8", "nonsense"]
        {
            for body in &bodies {
                let step = Step::answer(200, body.clone()).header("content-type", content_type);
                call.send_default(&offline(&Memory::playing([step]))).await.unwrap();
            }
        }
        call.send_default(&offline(&Memory::playing([Step::answer(202, body)]))).await.unwrap();
    }
}

#[tokio::test]
async fn what_returns_nothing_takes_any_body() {
    for call in calls::all().into_iter().filter(|call| call.answer.1.is_empty()) {
        for body in ["", "OK", "{}", "<html>", "\u{0}"] {
            let memory = Memory::playing([Step::answer(200, body).header("content-encoding", "gzip")]);
            call.send_default(&offline(&memory)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn r15_strange_json_is_a_value_or_an_error() {
    for call in reading() {
        let deep = nested(20_000);
        let deep_objects = r#"{"a":"#.repeat(20_000);
        let bodies = [
            with_member(&call, &format!("\"unseen\":{deep}")),
            with_member(&call, &format!("\"unseen\":{deep_objects}")),
            deep.clone(),
            deep_objects.clone(),
            format!("{{\"data\":{deep}}}"),
            format!("{{\"_raw\":{{\"a\":{deep}}}}}"),
            call.answer.1.replace("\"{secret}\"", &deep),
            call.answer.1.replace("{secret}", "\\ud800"),
            call.answer.1.replace("{secret}", "\\udc00\\ud800 \\u0000"),
            call.answer.1.replace("\"{secret}\"", "1e999"),
            call.answer.1.replace("\"{secret}\"", &"9".repeat(1000)),
            with_member(&call, "\"unseen\":-1e-999999999"),
            with_member(&call, "\"data\":null"),
            with_member(&call, "\"data\":{},\"data\":[],\"new_access_token\":\"a\",\"accessToken\":\"a\""),
        ];
        for body in bodies {
            let step = |status| Step::answer(status, body.clone());
            match call.send_default(&offline(&Memory::playing([step(200)]))).await {
                Ok(_) | Err(Error::Decode(_)) => {}
                Err(other) => panic!("{}: {other:?}", call.id),
            }
            let error = call.send_default(&offline(&Memory::playing([step(400)]))).await.unwrap_err();
            assert!(matches!(error, Error::BadRequest(_)), "{error:?}");
            let kept = error.body().unwrap();
            assert_eq!(kept, &body.as_bytes()[..body.len().min(64 * 1024)]);
        }
    }
}

fn variant(error: &Error) -> &'static str {
    match error {
        Error::BadRequest(_) => "400",
        Error::Unauthorized(_) => "401",
        Error::PaymentRequired(_) => "402",
        Error::Forbidden(_) => "403",
        Error::NotFound(_) => "404",
        Error::Conflict(_) => "409",
        Error::Unprocessable(_) => "422",
        Error::RateLimited(_) => "429",
        Error::Client(_) => "4XX",
        Error::Server(_) => "5XX",
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn r35_the_status_decides_whatever_the_body_says() {
    let statuses = [
        (400, "400"),
        (401, "401"),
        (402, "402"),
        (403, "403"),
        (404, "404"),
        (405, "4XX"),
        (408, "4XX"),
        (409, "409"),
        (410, "4XX"),
        (418, "4XX"),
        (422, "422"),
        (424, "4XX"),
        (429, "429"),
        (451, "4XX"),
        (499, "4XX"),
        (500, "5XX"),
        (501, "5XX"),
        (503, "5XX"),
        (599, "5XX"),
        (600, "5XX"),
        (999, "5XX"),
    ];
    let problem = r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"no such thing"}"#;
    let bodies: [(&[u8], &str); 11] = [
        (b"", ""),
        (b"<!doctype html><h1>502 Bad Gateway</h1>", "text/html"),
        (b"\xef\xbb\xbf{}", "application/json"),
        (b"{\"error_code\":\"A\",", "application/json"),
        (b"{\"error_code\":7,\"type_name\":[],\"detailedErrorCode\":\"x\"}", "text/json"),
        (problem.as_bytes(), "application/problem+json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"\"\\ud800\"", "application/json"),
        (b"\xff\xfe{\0}\0", "application/json; charset=utf-16"),
        (b"{\"status_code\":200,\"statusCode\":200,\"status\":\"OK\"}", "application/json"),
    ];
    // The operations take turns: each vendor's error body is read under each status.
    let calls = calls::all();
    let mut calls = calls.iter().cycle();
    for (status, expected) in statuses {
        for (body, content_type) in bodies {
            let call = calls.next().unwrap();
            let step = Step::answer(status, body).header("content-type", content_type);
            let error = send_once(call, step.header("request-id", ID)).await.unwrap_err();
            assert_eq!(variant(&error), expected, "{status}");
            assert_eq!(error.status().unwrap().as_u16(), status);
            assert_eq!(error.body().unwrap().as_ref(), body);
            assert_eq!(error.request_id(), Some(ID));
            assert_eq!(error.operation().unwrap().id(), call.id);
            assert_eq!(error.to_string().lines().count(), 1);
        }
    }
}

#[tokio::test]
async fn r35_a_byte_that_is_no_utf_8_hides_no_error() {
    let body =
        b"{\"error_code\":\"Soci\xe9t\xe9\",\"error_message\":\"no caf\xe9\",\"type_name\":\"Soci\xe9t\xe9\",
        \"message\":\"no caf\xe9\",\"error\":\"no caf\xe9\",\"detailedErrorCode\":7,
        \"errors\":[{\"code\":\"Soci\xe9t\xe9\",\"message\":\"no caf\xe9\"}]}";
    for call in calls::all() {
        let memory = Memory::playing([Step::answer(400, body.as_slice())]);
        let error = call.send_default(&offline(&memory)).await.unwrap_err();
        assert!(matches!(error.code(), Some("Soci\u{fffd}t\u{fffd}" | "7")), "{error:?}");
        assert_eq!(error.message(), Some("no caf\u{fffd}"));
        assert_eq!(error.body().unwrap().as_ref(), body, "as it came");
    }
}

#[tokio::test]
async fn r35_a_byte_order_mark_hides_no_error() {
    let body = r#"{"error_code":"INVALID_ARGUMENT","error_message":"no","type_name":"T","message":"no",
        "statusCode":400,"error":"no","detailedErrorCode":7,"errors":[{"code":"C","message":"no"}]}"#;
    for call in calls::all() {
        let step = Step::answer(400, format!("\u{feff}{body}"));
        let error = call.send_default(&offline(&Memory::playing([step]))).await.unwrap_err();
        assert_eq!(error.message(), Some("no"), "{}", call.id);
        assert!(error.code().is_some(), "{}", call.id);
    }
}

#[tokio::test]
async fn r24_every_error_has_the_request_s_id() {
    for call in calls::all() {
        for header in ["request-id", "x-request-id"] {
            for status in [200, 302, 400, 503] {
                let step = Step::answer(status, "<").header(header, ID);
                if let Err(error) = send_once(&call, step).await {
                    assert_eq!(error.request_id(), Some(ID), "{} {status} {header}", call.id);
                    assert!(error.to_string().contains(ID), "{error}");
                }
            }
        }
        let unreadable = Step::answer(400, "").header("request-id", b"\xff".as_slice());
        assert_eq!(send_once(&call, unreadable).await.unwrap_err().request_id(), None);
    }
    let cut = Step::answer(200, "{").header("request-id", ID).then_breaks();
    let error = a_call(&offline(&Memory::playing([cut]))).bytes().await.unwrap_err();
    assert_eq!(error.request_id(), Some(ID));
}

#[tokio::test]
async fn r24_a_header_without_an_id_hides_none() {
    let unusable: [&[u8]; 3] = [b"", b"  ", b"\xff"];
    for call in calls::all() {
        for value in unusable {
            let step =
                Step::answer(400, format!(r#"{{"correlationId":"{ID}"}}"#)).header("request-id", value);
            let error = send_once(&call, step.clone()).await.unwrap_err();
            let codat = call.id.starts_with("codat.");
            assert_eq!(error.request_id(), codat.then_some(ID), "{error}");
            let error = send_once(&call, step.header("x-request-id", ID)).await.unwrap_err();
            assert_eq!(error.request_id(), Some(ID), "{error}");
        }
        let error = send_once(&call, Step::answer(400, r#"{"correlationId":" "}"#)).await.unwrap_err();
        assert_eq!(error.request_id(), None, "{error}");
    }
}

async fn send_once(call: &Case, step: Step) -> Result<String, Error> {
    let builder = offline_builder(&Memory::playing([step])).retry(connectory::RetryPolicy::never());
    let client: Client = builder.build().unwrap();
    call.send_default(&client).await.map(|given| given.shown)
}

#[test]
fn r36_no_body_makes_a_call_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let memory = Memory::default();
    let retry = connectory::RetryPolicy::never();
    let client = offline_builder(&memory).retry(retry).build().unwrap();
    let calls = calls::all();
    let piece = prop_oneof![
        prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "null",
            "true",
            "1",
            "-",
            "1e9",
            "\\u",
            "\\ud800",
            "\"data\":",
            "\"id\":",
            "\"error\":",
            "\"message\":",
            "\"error_code\":",
            "\"detail\":",
            "\"validation\":",
            "\"downstream_errors\":",
            "\"canBeRetried\":",
            "\u{feff}",
            " ",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    let body = prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat());
    let status = prop::sample::select(vec![200, 302, 400, 429, 500]);
    let config = ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&(body, status, any::<Index>()), |(body, status, chosen)| {
            memory.play([Step::answer(status, body)]);
            if let Err(error) = runtime.block_on(chosen.get(&calls).send_default(&client)) {
                prop_assert_eq!(error.status().unwrap().as_u16(), status);
                prop_assert_eq!(error.to_string().lines().count(), 1);
            }
            Ok(())
        })
        .unwrap();
}
