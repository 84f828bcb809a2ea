use std::fmt;

/// A vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Provider {
    /// Deck, API v1.
    Deck,
    /// Apideck: Vault and Webhook.
    Apideck,
    /// Codat Platform.
    Codat,
    /// Deck, API v2: another API than v1, under the same name.
    DeckV2,
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Deck => "Deck",
            Self::Apideck => "Apideck",
            Self::Codat => "Codat",
            Self::DeckV2 => "Deck v2",
        })
    }
}
