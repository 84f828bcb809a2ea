//! What the vendors deliver.

use crate::Secret;
use crate::events::{Delivery, EventError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SENT: i64 = 1_700_000_000;

type Headers = Vec<(&'static str, Vec<u8>)>;

/// How one vendor signs and verifies.
struct Scheme {
    sign: fn(&[u8]) -> Vec<(&'static str, String)>,
    /// The text that was signed.
    verify: fn(&Headers, &[u8]) -> Result<Vec<u8>, EventError>,
}

macro_rules! scheme {
    ($vendor:ident, $secret:literal, |$own:ident, $body:ident| $sign:expr) => {
        Scheme {
            sign: |$body| {
                let $own = Secret::from($secret);
                $sign.unwrap()
            },
            verify: |headers, body| {
                let verifier = crate::$vendor::events::Verifier::new($secret).unwrap();
                let headers = headers.iter().map(|(name, value)| (name, value));
                verifier.verify_at(headers, body, sent()).map(signed)
            },
        }
    };
}

const SCHEMES: &[Scheme] = &[
    #[cfg(feature = "deck")]
    scheme!(deck, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", |secret, body| crate::deck::events::sign(
        &secret, body
    )),
    #[cfg(feature = "deck-v2")]
    scheme!(deck_v2, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", |secret, body| {
        crate::deck_v2::events::sign(&secret, "msg_1", SENT, body)
    }),
    #[cfg(feature = "apideck")]
    scheme!(apideck, "sk_test_apideck_key", |secret, body| crate::apideck::events::sign(&secret, body)),
    #[cfg(feature = "codat")]
    scheme!(codat, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", |secret, body| {
        crate::codat::events::sign(&secret, "msg_1", SENT, body)
    }),
];

fn sent() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(SENT.unsigned_abs())
}

fn signed<E>(delivery: Delivery<E>) -> Vec<u8> {
    assert!(!delivery.id().is_empty());
    delivery.body().to_vec()
}

/// Which vendor, how to change a byte of a delivery, and in two bytes which; then a body. As it is signed it is verified;
/// changed it is not, unless the same text is signed by the same signature.
pub fn delivery(data: &[u8]) {
    let [vendor, change, high, low, body @ ..] = data else { return };
    let scheme = &SCHEMES[usize::from(*vendor) % SCHEMES.len()];
    let headers: Headers =
        (scheme.sign)(body).into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
    let text = (scheme.verify)(&headers, body).unwrap_or_else(|error| panic!("{error}"));

    let (mut changed, mut changed_body) = (headers.clone(), body.to_vec());
    let room = headers.iter().map(|(_, value)| value.len()).sum::<usize>() + body.len();
    let mut place = usize::from(u16::from_be_bytes([*high, *low])) % room;
    let values = changed.iter_mut().map(|(_, value)| value).chain([&mut changed_body]);
    for value in values {
        if place < value.len() {
            mutate(value, place, *change);
            break;
        }
        place -= value.len();
    }
    if let Ok(changed_text) = (scheme.verify)(&changed, &changed_body) {
        assert_eq!(changed_text, text, "what was signed was changed");
        let (good, given) = (headers.last().unwrap(), changed.last().unwrap());
        let given = given.1.split(|byte| *byte == b' ');
        assert!(given.into_iter().any(|given| given == good.1), "the signature was changed");
        assert_eq!(headers[..headers.len() - 1], changed[..changed.len() - 1]);
    }

    // Made of nothing that the vendor has signed.
    let forged: Headers = headers.iter().map(|(name, _)| (*name, body.to_vec())).collect();
    assert!((scheme.verify)(&forged, body).is_err());
    let forged: Headers = headers.iter().map(|(name, value)| (*name, value.clone())).skip(1).collect();
    assert!((scheme.verify)(&forged, body).is_err());
}

/// Flips bits, or takes bytes out, or puts some in.
fn mutate(value: &mut Vec<u8>, place: usize, change: u8) {
    match change {
        0 => {
            value.remove(place);
        }
        1 => value.truncate(place),
        2 => value.insert(place, b' '),
        3 => value.insert(place, value[place]),
        4 => value.extend_from_within(..place),
        5 => value.push(value[place]),
        bits => value[place] ^= bits,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::hostile_text;
    use super::*;
    use crate::types::any_json;
    use proptest::{collection::vec, prelude::*};

    proptest! {
        #[test]
        fn r30_no_changed_delivery_is_taken_for_what_was_signed(
            change in any::<[u8; 4]>(),
            kind in prop_oneof![any::<u8>(), 0..6_u8],
            body in prop_oneof![
                any_json().prop_map(|json| json.to_string().into_bytes()),
                hostile_text().prop_map(String::into_bytes),
                vec(any::<u8>(), 0..60),
            ],
        ) {
            let [vendor, _, high, low] = change;
            delivery(&[&[vendor, kind, high, low], &body[..]].concat());
        }
    }
}
