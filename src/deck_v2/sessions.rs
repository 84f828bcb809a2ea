//! Where runs work: `client.deck_v2().sessions()`.

use super::{AgentId, CredentialId, ListOptions, Page, SessionId, TaskId, TaskRunId};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{model, open_enum};
use crate::{Call, Timestamp};
use std::sync::Arc;

/// The operations on sessions.
#[derive(Clone, Debug)]
pub struct Sessions {
    engine: Arc<Engine>,
}

operations! { DeckV2, "deck_v2.sessions";
    /// changes nothing
    LIST = "list": GET "/sessions", Read;
    /// changes nothing
    GET = "get": GET "/sessions/{session_id}", Read;
    /// Deck keeps a success for 24 hours
    END = "end": POST "/sessions/{session_id}/end", Keyed;
}

impl Sessions {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Lists sessions, a page at a time.
    ///
    /// Deck's page of this call has not been seen; it may take filters that are not known.
    ///
    /// Source: <https://docs.deck.co/concepts/sessions>.
    #[doc(alias = "listSessions")]
    #[inline]
    pub fn list(&self, query: &ListOptions) -> Call<Page<Session>> {
        self.engine.call(&LIST).query(query).returns_with_unread::<Page<Session>, _>()
    }

    /// Returns one session with the runs in it.
    ///
    /// Source: <https://docs.deck.co/api-reference/sessions/retrieve-a-session>.
    #[doc(alias = "getSession")]
    #[inline]
    pub fn get(&self, session: impl Into<SessionId>) -> Call<Session> {
        self.engine.call(&GET).path(session.into()).returns()
    }

    /// Ends a session, and returns it. Runs in it are canceled.
    ///
    /// Source: <https://docs.deck.co/api-reference/sessions/end-a-session>.
    #[doc(alias = "endSession")]
    #[inline]
    pub fn end(&self, session: impl Into<SessionId>) -> Call<Session> {
        self.engine.call(&END).path(session.into()).returns()
    }
}

model! {
    /// A browser at a source in which runs work, one after another.
    ///
    /// It starts with a run that names no session, and ends after ten minutes without a run.
    ///
    /// Source: <https://docs.deck.co/concepts/sessions>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Session {
        /// The session's id.
        pub id: SessionId,
        /// What this is: `session`.
        pub object: Option<String>,
        /// How far the session is.
        pub status: Option<SessionStatus>,
        /// How long it has been there, in milliseconds.
        pub runtime_ms: Option<i64> as WholeNumber,
        /// The runs in it.
        pub task_runs: Vec<SessionRun>,
        /// When it was started.
        pub created_at: Option<Timestamp>,
        /// When it changed last.
        pub updated_at: Option<Timestamp>,
        /// The id of the request, for Deck's support.
        pub request_id: Option<String>,
    }
}

open_enum! {
    /// How far a session is.
    pub enum SessionStatus {
        /// It waits to start.
        Queued = "queued",
        /// A run works in it.
        Running = "running",
        /// It waits for another run; after ten minutes it ends.
        Idle = "idle",
        /// It is being ended.
        Completing = "completing",
        /// It has ended.
        Completed = "completed",
        /// The session failed.
        Failed = "failed",
    }
}

impl SessionStatus {
    /// Whether the session has ended, well or not; false for a status that is unknown.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

model! {
    /// A run in a session.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SessionRun {
        /// The run's id.
        pub id: TaskRunId,
        /// Its task.
        pub task_id: Option<TaskId>,
        /// The task's agent.
        pub agent_id: Option<AgentId>,
        /// The credential that it signs in with.
        pub credential_id: Option<CredentialId>,
    }
}
