mod connections;
mod consumers;
mod custom_mappings;
mod logs;
mod sessions;

use super::{Case, Input, Sent, Staged, Stored, as_json, sent, staged, storable, with_secrets};
use connectory::Client;
use connectory::apideck::vault::Vault;

pub fn cases() -> Vec<Case> {
    let groups = [
        connections::cases(),
        consumers::cases(),
        custom_mappings::cases(),
        sessions::cases(),
        logs::cases(),
    ];
    groups.into_iter().flatten().collect()
}

/// Vault for the consumer that the client names.
fn vault(client: &Client) -> Vault {
    client.apideck().vault()
}
