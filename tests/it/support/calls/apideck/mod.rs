mod vault;

use super::{Case, Sent, Stored, as_json, given, sent, staged};

pub fn cases() -> Vec<Case> {
    vault::cases()
}
