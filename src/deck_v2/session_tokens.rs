//! Tokens for the Auth Component on your page: `client.deck_v2().session_tokens()`.

use super::SessionTokenId;
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::model;
use crate::{Call, Secret, Timestamp};
use std::sync::Arc;

/// The operation on session tokens.
#[derive(Clone, Debug)]
pub struct SessionTokens {
    engine: Arc<Engine>,
}

operations! { DeckV2, "deck_v2.session_tokens";
    /// Deck keeps a success for 24 hours
    CREATE = "create": POST "/token", Keyed;
}

impl SessionTokens {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Mints a token with which a customer signs in on your page, in Deck's Auth Component.
    ///
    /// It is valid for 30 minutes. Deck calls the component a preview.
    ///
    /// Source: <https://docs.deck.co/api-reference/components/create-a-session-token>.
    #[inline]
    pub fn create(&self) -> Call<SessionToken> {
        self.engine.call(&CREATE).returns()
    }
}

model! {
    /// A token for the Auth Component.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct SessionToken {
        /// Its id. It is not the token.
        pub id: Option<SessionTokenId>,
        /// What kind of resource it is: `token`.
        pub object: Option<String>,
        /// The token.
        pub token: Secret,
        /// When it expires.
        pub expires_at: Option<Timestamp>,
        /// When it was minted.
        pub created_at: Option<Timestamp>,
        /// The id of the request, for Deck's support.
        pub request_id: Option<String>,
    }
}
