//! What holds for all vendors' deliveries.

use super::{Pairs, Scheme, schemes, sent};
use connectory::events::EventError;
use std::time::Duration;

#[test]
fn r27_any_secret_that_fits_passes() {
    for scheme in schemes() {
        let body = scheme.body.as_bytes();
        let headers = scheme.signed(body);
        let verified = |secrets: &[&str]| (scheme.verify)(secrets, &headers, body, sent());
        let (secret, another) = (scheme.secret, scheme.another);
        for secrets in [&[secret][..], &[secret, another], &[another, secret], &[another, another, secret]] {
            let seen = verified(secrets).unwrap_or_else(|error| panic!("{}: {error}", scheme.name));
            assert_eq!(seen.provider, scheme.provider);
        }
        for secrets in [&[another][..], &[another, another]] {
            assert_eq!(verified(secrets), Err(EventError::WrongSignature), "{}", scheme.name);
        }
    }
}

#[test]
fn r28_what_was_sent_too_long_ago_or_in_the_future_is_refused() {
    let seconds = Duration::from_secs;
    for scheme in schemes() {
        let headers = scheme.signed(scheme.body.as_bytes());
        for (now, expected) in [
            (sent(), None),
            (sent() + seconds(300), None),
            (sent() + seconds(301), Some(EventError::TooOld)),
            (sent() - seconds(300), None),
            (sent() - seconds(301), Some(EventError::TooNew)),
            (sent() + seconds(1_000_000_000), Some(EventError::TooOld)),
        ] {
            let verified = (scheme.verify)(&[scheme.secret], &headers, scheme.body.as_bytes(), now);
            let expected = expected.filter(|_| scheme.is_timed());
            assert_eq!(verified.err(), expected, "{}", scheme.name);
            // A time that is not signed is not looked at.
            let another = (scheme.verify)(&[scheme.another], &headers, scheme.body.as_bytes(), now);
            assert_eq!(another, Err(EventError::WrongSignature));
        }
    }
}

#[cfg(feature = "codat")]
#[test]
fn r28_the_tolerance_can_be_set() {
    use connectory::codat::events::Verifier;

    let headers = super::standard_webhooks(super::WHSEC, "msg_1", b"{}");
    for (tolerance, late, fits) in
        [(0, 0, true), (0, 1, false), (60, 60, true), (60, 61, false), (u64::MAX, u64::MAX / 4, true)]
    {
        let tolerant = Verifier::new(super::WHSEC).unwrap().tolerance(Duration::from_secs(tolerance));
        let verified = tolerant.verify_at(headers.clone(), b"{}", sent() + Duration::from_secs(late));
        assert_eq!(verified.is_ok(), fits, "{tolerance} {late}");
    }
    // By this machine's clock, which has moved on since.
    let error = Verifier::new(super::WHSEC).unwrap().verify(headers, b"{}").unwrap_err();
    assert_eq!(error, EventError::TooOld);
}

#[test]
fn r29_what_is_not_understood_is_a_value() {
    for scheme in schemes() {
        for (body, is_typed) in [(scheme.unseen, true), (scheme.unread, true), ("not JSON", false)] {
            let seen = scheme.verified(&scheme.signed(body.as_bytes()), body.as_bytes()).unwrap();
            assert_eq!(seen.event, "Other(..)", "{}", scheme.name);
            assert_eq!(seen.event_type.is_some(), is_typed, "{}", scheme.name);
            assert!(!seen.id.is_empty());
        }
        let known = scheme.verified(&scheme.signed(scheme.body.as_bytes()), scheme.body.as_bytes()).unwrap();
        assert!(!known.event.starts_with("Other"), "{}: {}", scheme.name, known.event);
        assert!(!known.debug.contains("access-development"), "{}", known.debug);
    }
}

#[cfg(feature = "apideck")]
#[test]
fn r29_what_is_not_understood_has_its_json() {
    use connectory::apideck::events::{Event, Verifier};

    let body = r#"{"payload":{"event_type":"vault.connection.painted","colour":"red"}}"#;
    let signature = super::hex(&super::hmac(super::API_KEY.as_bytes(), body.as_bytes()));
    let delivery =
        Verifier::new(super::API_KEY).unwrap().verify([("x-apideck-signature", signature)], body.as_bytes());
    let Event::Other(raw) = delivery.unwrap().into_event() else { panic!("it is new") };
    assert_eq!(raw.raw(), body);
    assert_eq!(raw.get::<serde_json::Value>().unwrap()["payload"]["colour"], "red");
    assert_eq!(raw.get::<Vec<u8>>(), None);
}

#[test]
fn r29_a_body_over_the_limit_is_refused_before_anything_else() {
    for scheme in schemes() {
        let largest = vec![b' '; 1024 * 1024];
        assert!(scheme.verified(&scheme.signed(&largest), &largest).is_ok(), "{}", scheme.name);
        let larger = vec![b' '; 1024 * 1024 + 1];
        let error = scheme.verified(&Pairs::new(), &larger).unwrap_err();
        assert_eq!(error, EventError::TooLarge { limit: 1024 * 1024 });
    }
}

#[cfg(feature = "deck")]
#[test]
fn r29_the_limit_can_be_set() {
    let verifier = connectory::deck::events::Verifier::new(super::KEY).unwrap().max_body(2);
    let headers = super::deck::scheme().signed(b"{}");
    assert!(verifier.verify(headers, b"{}").is_ok());
    assert_eq!(verifier.verify(Pairs::new(), b"{ }").unwrap_err(), EventError::TooLarge { limit: 2 });
}

/// Every single bit of 100 deliveries, each vendor's in turn.
#[test]
fn r30_no_flipped_bit_is_taken_for_what_was_signed() {
    let schemes: Vec<Scheme> = schemes().into_iter().filter(Scheme::is_signed).collect();
    let mut flips = 0;
    for turn in 0..100 {
        let scheme = &schemes[turn % schemes.len()];
        let body = match turn / schemes.len() {
            0 => scheme.body.to_owned(),
            1 => scheme.unseen.to_owned(),
            round => format!(r#"{{"n":{round}0,"{}":[{{"b":"\u00e9","a":1}}]}}"#, "k".repeat(round)),
        };
        let headers = scheme.signed(body.as_bytes());
        let seen = scheme.verified(&headers, body.as_bytes()).unwrap();
        let flip = |bytes: &mut [u8], bit: usize| bytes[bit / 8] ^= 1 << (bit % 8);
        for bit in 0..body.len() * 8 {
            let mut changed = body.clone().into_bytes();
            flip(&mut changed, bit);
            if let Ok(changed) = scheme.verified(&headers, &changed) {
                // Of Apideck's body the canonical text is signed: space, or a number written in another way.
                assert_eq!((changed, scheme.name), (seen.clone(), "apideck"), "bit {bit} of {body}");
            }
            flips += 1;
        }
        for (index, (name, value)) in headers.iter().enumerate() {
            for bit in 0..value.len() * 8 {
                let mut changed = headers.clone();
                flip(&mut changed[index].1, bit);
                assert!(scheme.verified(&changed, body.as_bytes()).is_err(), "bit {bit} of {name}");
                flips += 1;
            }
        }
    }
    assert!(flips > 50_000, "{flips}");
}

#[test]
fn r32_the_same_event_has_the_same_id_whenever_it_comes() {
    for scheme in schemes() {
        let id = |body: &str| scheme.verified(&scheme.signed(body.as_bytes()), body.as_bytes()).unwrap().id;
        assert_eq!(id(scheme.body), id(scheme.body), "{}", scheme.name);
        let ids = [scheme.body, scheme.unseen, "{}"].map(id);
        assert!(ids.iter().all(|id| !id.is_empty()), "{}: {ids:?}", scheme.name);
        // Standard Webhooks number the message: the tests' always have the same.
        if !scheme.is_timed() {
            assert_ne!(ids[0], ids[2], "{}", scheme.name);
        }
    }
}
