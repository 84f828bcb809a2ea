mod companies;
mod connection_management;
mod custom_data_types;
mod integrations;
mod push_data;
mod read_data;
mod refresh_data;
mod supplemental_data;
mod webhooks;

use super::{Case, Input, Stored, sent, staged, storable};

pub fn cases() -> Vec<Case> {
    let groups = [
        companies::cases(),
        connection_management::cases(),
        custom_data_types::cases(),
        integrations::cases(),
        push_data::cases(),
        read_data::cases(),
        refresh_data::cases(),
        supplemental_data::cases(),
        webhooks::cases(),
    ];
    groups.into_iter().flatten().collect()
}
