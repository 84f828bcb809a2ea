mod companies;
mod connection_management;

use super::{Case, Stored, sent, storable};

pub fn cases() -> Vec<Case> {
    [companies::cases(), connection_management::cases()].into_iter().flatten().collect()
}
