//! What the vendors deliver: verified, and read.

#[cfg(feature = "apideck")]
mod apideck;
#[cfg(feature = "codat")]
mod codat;
#[cfg(feature = "deck")]
mod deck;
#[cfg(feature = "deck-v2")]
mod deck_v2;
mod hostile;
mod promises;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use connectory::Provider;
use connectory::events::{Delivery, EventError};
use ring::hmac;
use std::{
    fmt::Debug,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The secret of all vendors' tests that is one in base64, and as Standard Webhooks write it.
pub const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
pub const WHSEC: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
pub const API_KEY: &str = "sk_test_apideck_key";

/// When the tests' deliveries are sent, in Unix seconds.
pub const SENT: u64 = 1_700_000_000;

pub fn sent() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(SENT)
}

/// A signature, by ring and not by the crate.
pub fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub type Pairs = Vec<(String, Vec<u8>)>;

/// The headers of Standard Webhooks, sent at [`SENT`].
pub fn standard_webhooks(secret: &str, id: &str, body: &[u8]) -> Pairs {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let message = [format!("{id}.{SENT}.").as_bytes(), body].concat();
    pairs([
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", SENT.to_string()),
        ("webhook-signature", format!("v1,{}", base64(hmac(&key, &message)))),
    ])
}

pub fn pairs<const N: usize>(headers: [(&str, String); N]) -> Pairs {
    headers.map(|(name, value)| (name.to_owned(), value.into_bytes())).into()
}

/// What there is to see of a delivery, whoever it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub provider: Provider,
    pub id: String,
    pub event_type: Option<String>,
    pub sent_at: Option<SystemTime>,
    pub body: Vec<u8>,
    /// The event as `Debug` prints it.
    pub event: String,
    /// The delivery likewise.
    pub debug: String,
}

impl<E: Debug> From<Delivery<E>> for Seen {
    fn from(delivery: Delivery<E>) -> Self {
        Self {
            provider: delivery.provider(),
            id: delivery.id().to_owned(),
            event_type: delivery.event_type().map(str::to_owned),
            sent_at: delivery.sent_at(),
            body: delivery.body().to_vec(),
            event: format!("{:?}", delivery.event()),
            debug: format!("{delivery:?} {delivery:#?}"),
        }
    }
}

pub type Verify = fn(&[&str], &Pairs, &[u8], SystemTime) -> Result<Seen, EventError>;

/// A vendor's scheme: what is the same for all is tested for all.
pub struct Scheme {
    pub name: &'static str,
    pub provider: Provider,
    pub secret: &'static str,
    pub another: &'static str,
    /// The headers that sign a body.
    pub sign: fn(&str, &[u8]) -> Pairs,
    /// Verifies with these secrets, at this time.
    pub verify: Verify,
    /// What `Debug` prints of a verifier with these secrets, or the error that refuses them.
    pub shown: fn(&[&str]) -> Result<String, connectory::Error>,
    /// A body that the vendor sends.
    pub body: &'static str,
    /// A body of a type that nobody has seen.
    pub unseen: &'static str,
    /// The same with a payload that nobody has seen.
    pub unread: &'static str,
}

macro_rules! scheme {
    ($vendor:ident, $new:ident, { $($member:ident: $value:expr),+ $(,)? }) => {{
        fn verifier(secrets: &[&str]) -> Result<connectory::$vendor::events::Verifier, connectory::Error> {
            let (first, others) = secrets.split_first().unwrap();
            let first = connectory::$vendor::events::Verifier::$new(*first)?;
            others.iter().try_fold(first, |verifier, another| verifier.or(*another))
        }
        $crate::events::Scheme {
            verify: |secrets, headers, body, now| {
                let headers = headers.iter().map(|(name, value)| (name, value));
                Ok(verifier(secrets).unwrap().verify_at(headers, body, now)?.into())
            },
            shown: |secrets| verifier(secrets).map(|verifier| format!("{verifier:?} {verifier:#?}")),
            $($member: $value),+
        }
    }};
}

pub(crate) use scheme;

/// The schemes of the vendors that are compiled in.
pub fn schemes() -> Vec<Scheme> {
    vec![
        #[cfg(feature = "deck")]
        deck::scheme(),
        #[cfg(feature = "deck-v2")]
        deck_v2::scheme(),
        #[cfg(feature = "apideck")]
        apideck::scheme(),
        #[cfg(feature = "codat")]
        codat::scheme(),
        #[cfg(feature = "codat")]
        codat::authorization(),
    ]
}

impl Scheme {
    pub fn is_signed(&self) -> bool {
        self.name != "codat before 2024"
    }

    pub fn is_timed(&self) -> bool {
        matches!(self.name, "codat" | "deck_v2")
    }

    /// The headers of this body, signed with the secret.
    pub fn signed(&self, body: &[u8]) -> Pairs {
        (self.sign)(self.secret, body)
    }

    /// What becomes of this delivery at the time that it was sent.
    pub fn verified(&self, headers: &Pairs, body: &[u8]) -> Result<Seen, EventError> {
        (self.verify)(&[self.secret], headers, body, sent())
    }
}
