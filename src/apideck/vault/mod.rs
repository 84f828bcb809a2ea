//! Vault keeps your customers' connections to other services: `client.apideck().vault()`.

pub mod connections;
pub mod consumers;
pub mod custom_mappings;
mod freshness;
pub mod logs;
pub mod sessions;

pub use freshness::Freshness;

use super::Apideck;
use connections::Connections;
use consumers::Consumers;
use custom_mappings::CustomMappings;
use logs::Logs;
use sessions::Sessions;

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

    /// Your customers as Vault knows them.
    pub fn consumers(&self) -> Consumers {
        Consumers::new(self.apideck.clone())
    }

    /// Where one consumer's custom fields are found in a service's records.
    pub fn custom_mappings(&self) -> CustomMappings {
        CustomMappings::new(self.apideck.clone())
    }

    /// Sessions, in which one consumer connects services on Apideck's own pages.
    pub fn sessions(&self) -> Sessions {
        Sessions::new(self.apideck.clone())
    }

    /// The requests that were made for one consumer.
    pub fn logs(&self) -> Logs {
        Logs::new(self.apideck.clone())
    }
}
