mod agents;
mod test;

use super::{Case, Input, Staged, Stored, sent, storable};

pub fn cases() -> Vec<Case> {
    [test::cases(), agents::cases()].into_iter().flatten().collect()
}
