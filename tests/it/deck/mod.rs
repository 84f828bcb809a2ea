mod connections;
#[cfg(feature = "deck-encryption")]
mod encryption;
mod error;
