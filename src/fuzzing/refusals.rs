//! What the client makes of an answer that is no success.

use super::loggable::{assert_hidden, assert_loggable};
use super::vendor::{BASE, CREDENTIAL, Played, one_of_each_vendor, refusal};
use crate::operation::Repeat;
use crate::{Error, Outcome};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;
use std::time::{Duration, SystemTime};
use url::Url;

/// The bytes of a `Retry-After`: a wait or none, and a number is what it says.
pub fn retry_after(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let before = SystemTime::now();
    for operation in one_of_each_vendor() {
        let headers = HeaderMap::from_iter([(header::RETRY_AFTER, value.clone())]);
        let played = Played { status: StatusCode::TOO_MANY_REQUESTS, headers, ..Played::default() };
        let error = refusal(operation, played, "");
        assert!(matches!(error, Error::RateLimited(_)), "{error}");
        let text = value.to_str().unwrap_or_default().trim();
        let wait = error.retry_after();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            let seconds = text.parse().map_or(Duration::MAX, Duration::from_secs);
            // As precise as an f64, which is exact for some 285 million years.
            let exact = seconds.as_secs() < 1 << 53;
            assert!(
                if exact { wait == Some(seconds) } else { wait >= Some(seconds / 2) },
                "{text}: {wait:?}"
            );
        } else if let Ok(date) = httpdate::parse_http_date(text) {
            let until = |now| date.duration_since(now).unwrap_or_default();
            assert!(wait.is_some_and(|wait| (until(SystemTime::now())..=until(before)).contains(&wait)));
        } else if wait.is_some() {
            assert!(text.parse::<f64>().is_ok_and(|seconds| seconds >= 0.0), "{text}: {wait:?}");
        }
    }
}

/// The body of a refusal, and after a 0xFF what was sent before: the status says what the error is, the body is kept,
/// and neither the client's credentials nor what was sent is shown when the vendor echoes it.
pub fn error_body(data: &[u8]) {
    let (body, sent) = split_once(data, 0xff);
    let status = data.iter().fold(100_u16, |sum, byte| (sum * 31 + u16::from(*byte)) % 900) + 100;
    let status = StatusCode::from_u16(status).unwrap();
    if status.is_success() || status.is_redirection() {
        return;
    }
    let text = String::from_utf8_lossy(body);
    let sent = format!("«sent {}»", String::from_utf8_lossy(sent));
    for operation in one_of_each_vendor() {
        let error = refusal(operation, Played::answering(status, body), &sent);
        assert_eq!(error.kind(), kind(status), "{error}");
        assert_eq!((error.status(), error.attempts()), (Some(status), 1));
        let refused = status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT;
        assert_eq!(error.outcome(), if refused { Outcome::Refused } else { Outcome::Unknown });
        assert_eq!(error.body().unwrap(), body);
        assert_loggable(&error);

        // A redaction may happen to write what was sent.
        if sent.contains("REDACTED") || text.contains("«sent ") {
            continue;
        }
        for id in [&sent, CREDENTIAL] {
            let words = format!("{text}{sent}{text}{CREDENTIAL}{sent}");
            let echo = json!({
                "error_code": words, "error_message": words,
                "type_name": words, "message": words, "detail": [words, sent],
                "error": words, "correlationId": id,
            });
            let error =
                refusal(operation, Played::answering(status, &serde_json::to_vec(&echo).unwrap()), &sent);
            assert_loggable(&error);
            for shown in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
                assert_hidden(&shown, &sent);
                assert_hidden(&shown, &format!("{sent:?}"));
            }
        }
    }
}

/// A `Location`: where it leads is named by its origin, and nothing else of it is shown.
pub fn location(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut locations = vec![data.to_vec()];
    locations
        .extend([format!("{text}{CREDENTIAL}"), format!("//{CREDENTIAL}{text}")].map(String::into_bytes));
    let parsed = Url::options().base_url(Some(&Url::parse(BASE).unwrap())).parse(&text);
    if let Ok(mut url) = parsed {
        let _ = url.set_username(CREDENTIAL);
        let _ = url.set_password(Some(CREDENTIAL));
        url.set_query(Some(CREDENTIAL));
        url.set_fragment(Some(CREDENTIAL));
        locations.push(url.to_string().into_bytes());
    }
    let status = [301, 302, 303, 304, 307, 308, 399][data.len() % 7];
    for location in locations {
        let Ok(value) = HeaderValue::from_bytes(&location) else { continue };
        for operation in one_of_each_vendor() {
            let headers = HeaderMap::from_iter([(header::LOCATION, value.clone())]);
            let status = StatusCode::from_u16(status).unwrap();
            let error = refusal(operation, Played { status, headers, ..Played::default() }, "");
            let Error::Redirect(redirect) = &error else { panic!("{error:?}") };
            let perhaps = matches!(status.as_u16(), 301..=303) && operation.repeat() != Repeat::Read;
            let outcome = if perhaps { Outcome::Unknown } else { Outcome::Refused };
            assert_eq!((error.outcome(), error.attempts()), (outcome, 1));
            assert_loggable(&error);
            let Some(origin) = redirect.target_origin() else { continue };
            if origin.contains("[REDACTED]") || origin.ends_with('…') {
                continue;
            }
            // Of internationalised names nothing but the letters is looked at.
            if origin.contains("xn--") {
                continue;
            }
            let (url, text) = (Url::parse(origin).unwrap(), str::from_utf8(&location).unwrap());
            let leads_to = Url::parse(BASE).unwrap().join(text).unwrap().origin();
            assert_eq!(url.origin(), leads_to, "where browsers would go from {text:?}");
            assert_eq!(format!("{origin}/"), url.as_str(), "an origin and nothing else");
        }
    }
}

/// The name that telemetry gives to an error with this status.
fn kind(status: StatusCode) -> String {
    match status.as_u16() {
        known @ (400..=404 | 409 | 422 | 429) => known.to_string(),
        400..=499 => "4xx".to_owned(),
        _ => "5xx".to_owned(),
    }
}

fn split_once(data: &[u8], separator: u8) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == separator) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzzing::tests::hostile_text;
    use crate::types::any_json;
    use proptest::{collection::vec, prelude::*, sample::select};
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn r10_retry_after_holds(text in prop_oneof![
            vec(any::<u8>(), 0..40),
            " ?[-+.eE0-9]{0,40}".prop_map(String::into_bytes),
            "(Mon|Sun|Foo), [0-9]{1,3} (Jan|Feb|Xyz) [0-9]{1,6} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|UTC)"
                .prop_map(String::into_bytes),
            (0_u64..1 << 37).prop_map(|seconds| {
                httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).into_bytes()
            }),
        ]) {
            retry_after(&text);
        }

        #[test]
        fn r20_locations_hold(
            scheme in select(&["http:", "https:", "HTTPS:", "data:", "blob:https:", "file:", "x:", ""][..]),
            slashes in select(&["//", "/", "\\\\", "////", ""][..]),
            host in select(&["h", "127.0.0.1", "[::1]", "u:p@h", "h:8080", "é.example", "1.2", "%41", "a_b", ""][..]),
            rest in hostile_text(),
        ) {
            location(format!("{scheme}{slashes}{host}{rest}").as_bytes());
            location(rest.as_bytes());
        }

        #[test]
        fn r35_error_bodies_hold(
            body in prop_oneof![
                vec(any::<u8>(), 0..100),
                hostile_text().prop_map(String::into_bytes),
                vec((select(MEMBERS), any_json()), 0..6).prop_map(|members| {
                    let members: BTreeSet<_> =
                        members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                    format!("{{{}}}", members.into_iter().collect::<Vec<_>>().join(",")).into_bytes()
                }),
            ],
            sent in hostile_text(),
        ) {
            error_body(&[&body, sent.as_bytes()].join(&0xff));
        }
    }

    const MEMBERS: &[&str] = &[
        "error_category",
        "error_code",
        "error_message",
        "display_message",
        "job_guid",
        "job_id",
        "message",
        "status_code",
        "error",
        "type_name",
        "detail",
        "ref",
        "downstream_errors",
        "statusCode",
        "service",
        "correlationId",
        "validation",
        "canBeRetried",
        "detailedErrorCode",
    ];
}
