mod connections;
mod links;
mod resources;
