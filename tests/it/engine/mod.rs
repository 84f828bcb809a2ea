//! The engine, one file per concern.

mod auth;
mod paths;
mod retries;
