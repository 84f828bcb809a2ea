mod companies;
mod connection_management;
mod connections;
mod custom_data_types;
mod integrations;
mod push_data;
mod read_data;
mod refresh_data;
mod settings;
mod supplemental_data;
mod webhooks;

use super::{Case, Input, Staged, Stored, sent, storable};

/// Made with these ids; further places of a path name nothing.
fn with_ids<const N: usize>(ids: [&str; N]) -> Input {
    let mut input = Input::default();
    input.ids.splice(..N, ids.map(str::to_owned));
    input
}

pub fn cases() -> Vec<Case> {
    let groups = [
        companies::cases(),
        connection_management::cases(),
        connections::cases(),
        custom_data_types::cases(),
        integrations::cases(),
        push_data::cases(),
        read_data::cases(),
        refresh_data::cases(),
        settings::cases(),
        supplemental_data::cases(),
        webhooks::cases(),
    ];
    groups.into_iter().flatten().collect()
}
