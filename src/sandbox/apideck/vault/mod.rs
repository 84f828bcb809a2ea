pub(super) mod connections;
pub(super) mod consumers;
pub(super) mod custom_mappings;
pub(super) mod logs;
pub(super) mod sessions;
