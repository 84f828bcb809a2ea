//! What all vendors' webhooks have in common: verified deliveries, and why one is refused.

pub(crate) mod signature;
#[cfg(any(feature = "codat", feature = "deck-v2"))]
pub(crate) mod standard_webhooks;
