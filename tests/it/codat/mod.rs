mod companies;
mod connection_management;
mod connections;
mod error;
mod settings;
