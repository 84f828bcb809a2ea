//! Deliveries and secrets that are none.

use super::{KEY, Pairs, SENT, Scheme, schemes};
use connectory::Error;
use connectory::events::EventError;
use std::time::Duration;

fn names(headers: &Pairs) -> Vec<String> {
    headers.iter().map(|(name, _)| name.to_lowercase()).collect()
}

fn error(scheme: &Scheme, headers: &Pairs) -> EventError {
    scheme.verified(headers, scheme.body.as_bytes()).expect_err(scheme.name)
}

/// The error is about the header, whichever kind it is.
fn header(error: EventError) -> String {
    match error {
        EventError::MissingHeader(name)
        | EventError::RepeatedHeader(name)
        | EventError::MalformedHeader(name) => name.to_owned(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_header_that_is_missing_repeated_or_no_text_is_named() {
    for scheme in schemes() {
        let headers = scheme.signed(scheme.body.as_bytes());
        assert!(scheme.verified(&headers, scheme.body.as_bytes()).is_ok(), "{}", scheme.name);
        for (index, name) in names(&headers).into_iter().enumerate() {
            let mut missing = headers.clone();
            missing.remove(index);
            assert!(matches!(error(&scheme, &missing), EventError::MissingHeader(shown) if shown == name));
            let mut repeated = headers.clone();
            repeated.push((name.to_uppercase(), headers[index].1.clone()));
            assert!(matches!(error(&scheme, &repeated), EventError::RepeatedHeader(shown) if shown == name));
            for value in [&b""[..], b"\xff", b"\xc3\xa9", b"a\0", b"a\n", b"a\x7f"] {
                let mut odd = headers.clone();
                odd[index].1 = value.to_vec();
                assert!(matches!(error(&scheme, &odd), EventError::MalformedHeader(shown) if shown == name));
            }
        }
        let mut more = headers.clone();
        more.extend([("x-other".to_owned(), b"\xff".to_vec()), ("x-other".to_owned(), Vec::new())]);
        assert!(scheme.verified(&more, scheme.body.as_bytes()).is_ok(), "what it does not read is no matter");
        assert!(matches!(error(&scheme, &Pairs::new()), EventError::MissingHeader(_)));
    }
}

#[test]
fn a_signature_is_read_strictly() {
    for scheme in schemes().into_iter().filter(Scheme::is_signed) {
        let headers = scheme.signed(scheme.body.as_bytes());
        let (name, good) = headers.last().unwrap().clone();
        let good = String::from_utf8(good).unwrap();
        let (prefix, text) = good.split_at(good.find(',').map_or(0, |comma| comma + 1));
        let spare_bits = |last: char| {
            let (rest, _) = text.split_at(text.len() - 2);
            format!("{prefix}{rest}{last}=")
        };
        let mut wrong = vec![
            text.to_uppercase(),
            format!(" {}", text.to_lowercase()),
            format!("\"{good}\""),
            format!("{prefix}{}", &text[..text.len() - 1]),
            format!("{prefix}{}", &text[2..]),
            format!("{prefix}{text}{text}"),
            format!("{prefix}{text}="),
            format!("{prefix}{text},"),
            format!("{prefix}00"),
            prefix.to_owned(),
            format!("{prefix}{}", text.replace(char::is_alphanumeric, "!")),
            format!("{prefix}{}", text.replace(['=', '0'], "-")),
        ];
        if scheme.name != "apideck" {
            // Another text for the same bytes, if the last two bits were not looked at.
            wrong.extend(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".chars().map(spare_bits),
            );
        }
        for text in wrong.into_iter().filter(|text| *text != good && !text.is_empty()) {
            let mut odd = headers.clone();
            odd.last_mut().unwrap().1 = text.clone().into_bytes();
            match error(&scheme, &odd) {
                EventError::WrongSignature => {}
                other => assert_eq!(header(other), name.to_lowercase(), "{text}"),
            }
        }
    }
}

#[test]
fn r28_any_timestamp_is_in_time_or_an_error() {
    for scheme in schemes().into_iter().filter(Scheme::is_timed) {
        let mut odd = scheme.signed(scheme.body.as_bytes());
        for text in [
            "-9223372036854775808",
            "9223372036854775807",
            "18446744073709551615",
            "18446744073709551616",
            "-1",
            "0",
            "1",
            "+1700000000",
            " 1700000000",
            "1700000000 ",
            "1700000000.0",
            "1.7e9",
            "0x6553F100",
            "１７",
            "now",
            "-",
            "99999999999999999999999",
        ] {
            odd[1].1 = text.as_bytes().to_vec();
            let error = error(&scheme, &odd);
            let is_number = text.parse::<u64>().is_ok() && !text.starts_with('+');
            let expected = if is_number {
                EventError::WrongSignature
            } else {
                EventError::MalformedHeader("webhook-timestamp")
            };
            assert_eq!(error, expected, "{text}");
        }
    }
}

#[test]
fn a_dot_in_an_id_would_let_one_text_be_parted_in_two_ways() {
    for scheme in schemes().into_iter().filter(Scheme::is_timed) {
        // Signed as `msg.1700000000.{…}`, sent as the id `msg` and a body that begins with the time.
        let mut headers = scheme.signed(scheme.body.as_bytes());
        let id = String::from_utf8(headers[0].1.clone()).unwrap();
        headers[0].1 = format!("{id}.{SENT}").into_bytes();
        assert_eq!(error(&scheme, &headers), EventError::MalformedHeader("webhook-id"));
    }
}

#[test]
fn a_body_is_any_bytes() {
    let deep = "[".repeat(100_000);
    for scheme in schemes() {
        for body in [
            &b""[..],
            b"\xff\xfe",
            b"null",
            b"[]",
            b"{}",
            b"\"\\ud83d\"",
            b"{\"payload\":{}}",
            b"{\"id\":\"\",\"payload\":{\"event_id\":\"\"}}",
            deep.as_bytes(),
            b"\0",
        ] {
            let headers = (scheme.sign)(scheme.secret, body);
            let seen =
                scheme.verified(&headers, body).unwrap_or_else(|error| panic!("{}: {error}", scheme.name));
            assert!(seen.event.starts_with("Other"), "{}: {}", scheme.name, seen.event);
            assert_eq!((&seen.body[..], seen.provider), (body, scheme.provider));
            assert!(!seen.id.is_empty(), "{}", scheme.name);
            if scheme.is_signed() {
                let headers = scheme.signed(scheme.body.as_bytes());
                assert_eq!(scheme.verified(&headers, body), Err(EventError::WrongSignature));
            }
        }
    }
}

#[test]
fn a_secret_of_the_wrong_form_is_refused_and_not_shown() {
    for scheme in schemes() {
        let wrong: &[&str] = match scheme.name {
            "apideck" => &["", " ", "s3cret s3cret", "s3cret\n", "s3crét"],
            "codat before 2024" => &["", " ", " s3cret", "s3cret\n", "s3crét"],
            "deck" => &["", "s3cret", "AAE=AA", "whsec_AAECAwQ=", "AAECAwQFBgc\n", "AAF="],
            _ => &[
                "",
                "whsec_",
                "s3cret",
                "whsec_s3cret",
                "whsec_whsec_AAECAwQ=",
                "whsec_AAECAwQFBgc\n",
                "whsec_AAF=",
            ],
        };
        for secret in wrong {
            for secrets in [&[secret][..], &[&scheme.secret, secret]] {
                let secrets: Vec<&str> = secrets.iter().map(|secret| **secret).collect();
                let error = (scheme.shown)(&secrets).expect_err(secret);
                assert!(matches!(error, Error::Config(_)), "{error:?}");
                let shown = format!("{error} {error:?} {error:#?}");
                let inner = secret.trim_matches(['w', 'h', 's', 'e', 'c', '_', ' ', '\n']);
                assert!(inner.len() < 3 || !shown.contains(inner), "{shown}");
            }
        }
    }
}

#[test]
fn r20_nothing_of_a_secret_or_a_delivery_is_shown() {
    for scheme in schemes() {
        let secret = scheme.secret.trim_start_matches("whsec_").trim_start_matches("Bearer ");
        let canaries = [secret, &secret[..secret.len() - 1], KEY, "c4n4ry"];
        let shows = |text: &str| canaries.iter().any(|canary| text.contains(canary));
        let verifier = (scheme.shown)(&[scheme.secret, scheme.another]).unwrap();
        assert!(!shows(&verifier), "{verifier}");
        // The bytes of the key, as a list of numbers.
        assert!(!verifier.contains("1, 2, 3"), "{verifier}");
        let body = scheme.unseen.replace("painted", "c4n4ry").replace("Rain", "c4n4ry");
        let body = body.replacen('{', "{\"more\":\"h1dd3n\",", 1);
        let headers = scheme.signed(body.as_bytes());
        let seen = scheme.verified(&headers, body.as_bytes()).unwrap();
        assert!(seen.event_type.unwrap().contains("c4n4ry"), "the type is told, and");
        assert_eq!(seen.event, "Other(..)");
        assert!(!seen.debug.contains("h1dd3n"), "{}", seen.debug);
        let mut wrong = headers.clone();
        wrong.last_mut().unwrap().1 = secret.as_bytes().to_vec();
        for headers in [wrong, headers] {
            let Err(error) = scheme.verified(&headers, b"{\"c4n4ry\":true}") else { continue };
            let shown = format!("{error} {error:?} {error:#?}");
            assert!(!shows(&shown), "{shown}");
        }
    }
}

#[test]
fn a_clock_before_1970_is_no_panic() {
    for scheme in schemes().into_iter().filter(Scheme::is_timed) {
        let headers = scheme.signed(scheme.body.as_bytes());
        let before = std::time::UNIX_EPOCH - Duration::from_secs(1_000_000_000);
        let verified = (scheme.verify)(&[scheme.secret], &headers, scheme.body.as_bytes(), before);
        assert_eq!(verified, Err(EventError::TooNew));
    }
}
