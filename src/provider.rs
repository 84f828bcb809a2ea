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
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Deck => "Deck",
            Self::Apideck => "Apideck",
            Self::Codat => "Codat",
        })
    }
}
