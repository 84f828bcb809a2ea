//! The engine, one file per concern.
