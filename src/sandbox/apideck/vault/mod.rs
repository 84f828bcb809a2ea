pub(super) mod connections;
