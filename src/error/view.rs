use std::{any::Any, time::Duration};

/// What the engine wants to know of a vendor's error body.
#[derive(Default)]
pub(crate) struct ErrorView {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// What the message is about, where the vendor says it apart.
    pub(crate) detail: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    /// The vendor says that repeating is pointless.
    pub(crate) never_retry: bool,
    /// The vendor's typed body, when it parses.
    pub(crate) body: Option<Box<dyn Any + Send + Sync>>,
}

/// A vendor's typed error body, such as `deck::ErrorBody`: what [`Error::vendor`](crate::Error::vendor) can give.
pub trait VendorBody: sealed::Sealed + Any {}

impl<T: sealed::Sealed + Any> VendorBody for T {}

pub(crate) mod sealed {
    /// Keeps what is no error body out.
    pub trait Sealed {}
}
