//! The engine, one file per concern.

mod auth;
mod budget;
mod caps;
mod decode;
#[cfg(feature = "deck")]
mod downloads;
mod paths;
mod redaction;
mod redirects;
mod retries;
mod retry_after;
mod telemetry;
mod timeouts;
