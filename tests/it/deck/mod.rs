mod connections;
mod error;
