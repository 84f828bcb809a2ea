//! The engine, one file per concern.

mod auth;
mod budget;
mod by_hand;
mod cancellation;
mod caps;
mod decode;
#[cfg(feature = "deck")]
mod downloads;
mod environment;
mod hostile;
#[cfg(all(feature = "http2", feature = "rustls"))]
mod http2;
mod panics;
mod paths;
mod proxies;
mod redaction;
mod redirects;
mod retries;
mod retry_after;
mod runtime;
mod runtimes;
mod sockets;
mod telemetry;
mod timeouts;
mod transport;
#[cfg(feature = "codat")]
mod until;
