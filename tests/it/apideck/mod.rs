mod error;
mod vault;
mod webhooks;
