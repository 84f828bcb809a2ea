mod connections;
mod consumers;
mod freshness;
mod links;
mod logs;
mod resources;
mod sessions;
