//! Deck v2: what is odd about it, and each model's members by name.

mod agents;
mod credentials;
mod error;
mod event_destinations;
mod event_log;
mod page;
mod session_tokens;
mod sessions;
mod sources;
mod storage;
mod task_runs;
mod tasks;
