//! Whether the key works: `client.deck_v2().test()`.

use crate::Call;
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{model, open_enum};
use std::sync::Arc;

/// A call that does nothing.
#[derive(Clone, Debug)]
pub struct Test {
    engine: Arc<Engine>,
}

operations! { DeckV2, "deck_v2.test";
    /// changes nothing
    GET = "get": GET "/test", Read;
}

impl Test {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Tells that Deck is ready and takes your key.
    ///
    /// # Errors
    /// `Unauthorized` for a key that Deck does not know.
    ///
    /// Source: <https://docs.deck.co/api/using-the-api>.
    #[inline]
    pub fn get(&self) -> Call<Readiness> {
        self.engine.call(&GET).returns()
    }
}

model! {
    /// Whether Deck is ready.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Readiness {
        /// Whether calls are taken.
        pub status: Option<ReadinessStatus>,
        /// What the key is for. Deck's older documentation does not have it.
        pub environment: Option<Environment>,
        /// The id of the request, for Deck's support.
        pub request_id: Option<String>,
    }
}

open_enum! {
    /// Whether Deck takes calls.
    pub enum ReadinessStatus {
        /// It does.
        Ready = "ready",
    }
}

open_enum! {
    /// What a key is for.
    pub enum Environment {
        /// Real sources and real accounts.
        Live = "live",
    }
}
