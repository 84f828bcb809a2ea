mod agents;
mod credentials;
mod event_destinations;
mod event_log;
mod session_tokens;
mod sessions;
mod sources;
mod storage;
mod task_runs;
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
        task_runs::cases(),
        storage::cases(),
        sessions::cases(),
        event_log::cases(),
        event_destinations::cases(),
    ];
    groups.into_iter().flatten().collect()
}
