mod companies;
mod connection_management;
mod error;
