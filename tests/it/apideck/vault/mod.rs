mod connections;
mod consumers;
mod links;
mod logs;
mod resources;
mod sessions;
