mod companies;
mod connection_management;
mod connections;
mod settings;

use super::{Case, Input, Staged, Stored, sent, storable};

/// Made with these ids; further places of a path name nothing.
fn with_ids<const N: usize>(ids: [&str; N]) -> Input {
    let mut input = Input::default();
    input.ids.splice(..N, ids.map(str::to_owned));
    input
}

pub fn cases() -> Vec<Case> {
    let groups =
        [companies::cases(), connection_management::cases(), connections::cases(), settings::cases()];
    groups.into_iter().flatten().collect()
}
