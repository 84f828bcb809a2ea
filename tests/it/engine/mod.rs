//! The engine, one file per concern.

mod auth;
mod budget;
mod cancellation;
mod caps;
mod decode;
#[cfg(feature = "deck")]
mod downloads;
mod environment;
mod hostile;
mod paths;
mod redaction;
mod redirects;
mod retries;
mod retry_after;
mod runtime;
mod sockets;
mod telemetry;
mod timeouts;
mod transport;
