use crate::types::setters;
use crate::{Secret, SecretUrl};

/// How a customer is led to a connection, and back.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reconnect {
    /// Where the browser comes back to from Apideck.
    pub redirect_uri: String,
    /// A random value that proves that the same browser came back from Apideck; see
    #[cfg_attr(
        feature = "apideck",
        doc = "[`AuthorizeLink`](crate::apideck::vault::connections::AuthorizeLink)."
    )]
    #[cfg_attr(not(feature = "apideck"), doc = "`AuthorizeLink`.")]
    pub nonce: Option<Secret>,
    /// Where Deck sends the events of its session.
    pub webhook_url: Option<String>,
}

impl Reconnect {
    /// Leads back to this URI.
    pub fn new(redirect_uri: impl Into<String>) -> Self {
        Self { redirect_uri: redirect_uri.into(), nonce: None, webhook_url: None }
    }

    setters! {
        nonce: Option<Secret>,
        webhook_url: Option<String>,
    }
}

/// What leads the customer to where a connection is put right.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reconnection {
    /// Send the customer's browser there.
    Redirect(SecretUrl),
    /// Give this link token to Deck's widget: 20 minutes, one session.
    DeckLink(Secret),
    /// Give this session token to Deck v2's Auth Component: 30 minutes.
    DeckV2Component(Secret),
    /// There is no way, for this reason.
    NotPossible(&'static str),
}

/// What came of bringing a connection up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refreshed {
    /// It is up to date.
    Done,
    /// It has begun; the vendor's events tell when it has ended.
    Started,
    /// There is no way, for this reason.
    NotPossible(&'static str),
}
