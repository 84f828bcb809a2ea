use super::look::{Found, Look};
use crate::Provider;
#[cfg(feature = "deck")]
use crate::Secret;
#[cfg(feature = "apideck")]
use crate::apideck::ConsumerId;
#[cfg(feature = "codat")]
use crate::codat::CompanyId;
use std::pin::Pin;

/// What one vendor knows a customer by.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Account {
    /// At Deck: the access token of one connection.
    #[cfg(feature = "deck")]
    Deck(Secret),
    /// At Apideck: a consumer.
    #[cfg(feature = "apideck")]
    Apideck(ConsumerId),
    /// At Codat: a company.
    #[cfg(feature = "codat")]
    Codat(CompanyId),
    /// At Deck v2: the `external_id` of credentials.
    #[cfg(feature = "deck-v2")]
    DeckV2(String),
}

impl PartialEq for Account {
    fn eq(&self, other: &Self) -> bool {
        self.provider() == other.provider() && self.id() == other.id()
    }
}

impl Eq for Account {}

impl Account {
    /// The vendor.
    pub fn provider(&self) -> Provider {
        match self {
            #[cfg(feature = "deck")]
            Self::Deck(_) => Provider::Deck,
            #[cfg(feature = "apideck")]
            Self::Apideck(_) => Provider::Apideck,
            #[cfg(feature = "codat")]
            Self::Codat(_) => Provider::Codat,
            #[cfg(feature = "deck-v2")]
            Self::DeckV2(_) => Provider::DeckV2,
        }
    }

    fn id(&self) -> &str {
        match self {
            #[cfg(feature = "deck")]
            Self::Deck(access_token) => access_token.expose_secret(),
            #[cfg(feature = "apideck")]
            Self::Apideck(consumer) => consumer.as_str(),
            #[cfg(feature = "codat")]
            Self::Codat(company) => company.as_str(),
            #[cfg(feature = "deck-v2")]
            Self::DeckV2(external_id) => external_id,
        }
    }

    /// What the vendor has of it.
    #[inline]
    pub(super) fn look(self, look: Look) -> Pin<Box<dyn Future<Output = Found> + Send>> {
        match self {
            #[cfg(feature = "deck")]
            Self::Deck(access_token) => Box::pin(super::deck::look(access_token, look)),
            #[cfg(feature = "apideck")]
            Self::Apideck(consumer) => Box::pin(super::apideck::look(consumer, look)),
            #[cfg(feature = "codat")]
            Self::Codat(company) => Box::pin(super::codat::look(company, look)),
            #[cfg(feature = "deck-v2")]
            Self::DeckV2(external_id) => Box::pin(super::deck_v2::look(external_id, look)),
        }
    }
}
