//! Deck v2: what is odd about it, and each model's members by name.

mod agents;
mod error;
mod page;
