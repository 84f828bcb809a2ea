//! Vault keeps your customers' connections to other services: `client.apideck().vault()`.

pub mod connections;

use super::Apideck;
use connections::Connections;

/// Vault's operations, by group.
#[derive(Clone, Debug)]
pub struct Vault {
    apideck: Apideck,
}

impl Vault {
    pub(super) fn new(apideck: Apideck) -> Self {
        Self { apideck }
    }

    /// One consumer's connections to services.
    pub fn connections(&self) -> Connections {
        Connections::new(self.apideck.clone())
    }
}
