mod agents;
mod credentials;
mod session_tokens;
mod sources;
mod tasks;
mod test;

use super::{Case, Input, Staged, Stored, sent, storable};

pub fn cases() -> Vec<Case> {
    let groups = [
        test::cases(),
        sources::cases(),
        agents::cases(),
        tasks::cases(),
        credentials::cases(),
        session_tokens::cases(),
    ];
    groups.into_iter().flatten().collect()
}
