mod vault;
mod webhooks;

use super::{Case, Input, Sent, Staged, Stored, as_json, given, sent, staged, storable};

pub fn cases() -> Vec<Case> {
    [vault::cases(), webhooks::cases()].into_iter().flatten().collect()
}
