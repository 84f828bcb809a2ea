//! Deck v2: what is odd about it, and each model's members by name.

mod agents;
mod credentials;
mod error;
mod page;
mod session_tokens;
mod sources;
mod tasks;
