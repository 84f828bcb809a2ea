mod vault;
mod webhooks;

use super::{Case, Input, Sent, Staged, Stored, as_json, sent, staged, storable, with_secrets};

pub fn cases() -> Vec<Case> {
    [vault::cases(), webhooks::cases()].into_iter().flatten().collect()
}
