mod error;
mod vault;
