use crate::Provider;
use crate::operation::Operation;
use std::net::SocketAddr;

/// Where vendors are served.
#[derive(Clone, Copy)]
pub(super) struct Mount {
    /// The one vendor that is served, below its own base path; without one all are, each below its prefix.
    pub(super) only: Option<Provider>,
    /// `None` in memory.
    pub(super) address: Option<SocketAddr>,
}

impl Mount {
    pub(super) const MEMORY: Self = Self { only: None, address: None };

    /// How clients reach the vendor here: not by what they say in `Host`, which anybody can make up.
    pub(super) fn base_url(self, provider: Provider) -> Option<String> {
        let prefix = self.prefix(provider)?;
        Some(match self.address {
            Some(address) => format!("http://{address}{prefix}"),
            None => format!("http://localhost{prefix}"),
        })
    }

    /// The path of an operation, with the ids' names; `None` where its vendor is not served.
    pub(super) fn path_of(self, operation: &Operation) -> Option<String> {
        self.prefix(operation.provider()).map(|prefix| format!("{prefix}{}", operation.path()))
    }

    /// The path below which the vendor is served; Deck's ends as the real one does.
    pub(super) fn prefix(self, provider: Provider) -> Option<&'static str> {
        match (self.only, provider) {
            (None, Provider::Deck) => Some("/deck/api/v1"),
            (None, Provider::Apideck) => Some("/apideck"),
            (None, Provider::Codat) => Some("/codat"),
            (None, Provider::DeckV2) => Some("/deck-v2/v2"),
            (Some(only), provider) if only != provider => None,
            (Some(_), Provider::Deck) => Some("/api/v1"),
            (Some(_), Provider::Apideck | Provider::Codat) => Some(""),
            (Some(_), Provider::DeckV2) => Some("/v2"),
        }
    }
}
