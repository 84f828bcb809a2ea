//! The engine, one file per concern.

mod auth;
mod budget;
mod cancellation;
mod caps;
mod decode;
mod environment;
mod paths;
mod redaction;
mod redirects;
mod retries;
mod retry_after;
mod runtime;
#[cfg(feature = "deck")]
mod streams;
mod telemetry;
mod timeouts;
mod transport;
