use super::EventError;
use std::time::Duration;

/// What a delivery is held to besides its signature.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    pub(crate) tolerance: Duration,
    pub(crate) max_body: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { tolerance: Duration::from_secs(300), max_body: 1024 * 1024 }
    }
}

impl Bounds {
    pub(crate) fn check_size(&self, body: &[u8]) -> Result<(), EventError> {
        let limit = self.max_body;
        if body.len() > limit { Err(EventError::TooLarge { limit }) } else { Ok(()) }
    }
}

/// Writes what all vendors' verifiers have in common, `tolerance` for those whose deliveries carry a time.
///
/// The type has `bounds`, the names of its `HEADERS`, `with`, which takes a secret in, and `delivered`, which verifies.
macro_rules! verifier_methods {
    ($event:ty $(, $tolerance:ident)?) => {
        /// Takes another secret too: any that fits passes a delivery.
        ///
        /// While a secret is rotated both are in use. All of them are always tried, so that the time it takes tells nothing.
        ///
        /// # Errors
        /// [`Error::Config`](crate::Error::Config) for a secret of the wrong form.
        pub fn or(self, another: impl Into<$crate::Secret>) -> Result<Self, $crate::Error> {
            self.with(&another.into())
        }

        $(
            /// Sets how far the time of a delivery may be from this machine's, both ways: 300 seconds by default.
            #[must_use]
            pub fn $tolerance(mut self, $tolerance: std::time::Duration) -> Self {
                self.bounds.$tolerance = $tolerance;
                self
            }
        )?

        /// Sets the longest body in bytes that is looked at: 1 MiB by default.
        #[must_use]
        pub fn max_body(mut self, bytes: usize) -> Self {
            self.bounds.max_body = bytes;
            self
        }

        /// Verifies a delivery, by this machine's clock.
        ///
        /// `headers` is all of the request's headers: a `&HeaderMap`, or pairs of name and value of another kind. `body` is
        /// the request's body, byte for byte as it came.
        ///
        /// # Errors
        /// [`EventError`](crate::events::EventError) says which part does not hold. A type or a payload that is not
        /// understood is no error: it is `Event::Other`.
        pub fn verify(
            &self,
            headers: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<[u8]>)>,
            body: &[u8],
        ) -> Result<$crate::events::Delivery<$event>, $crate::events::EventError> {
            self.verify_at(headers, body, std::time::SystemTime::now())
        }

        /// Verifies a delivery as of this moment, which is for tests and for deliveries that were kept.
        ///
        /// # Errors
        /// See [`verify`](Self::verify).
        pub fn verify_at(
            &self,
            headers: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<[u8]>)>,
            body: &[u8],
            now: std::time::SystemTime,
        ) -> Result<$crate::events::Delivery<$event>, $crate::events::EventError> {
            self.bounds.check_size(body)?;
            self.delivered(&$crate::events::Headers::of(Self::HEADERS, headers), body, now)
        }
    };
}

pub(crate) use verifier_methods;
