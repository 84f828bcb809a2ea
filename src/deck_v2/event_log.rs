//! What has happened at Deck: `client.deck_v2().event_log()`.

use super::{EventId, Page};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{model, open_enum, request, setters};
use crate::{Call, OtherJson, Timestamp};
use std::sync::Arc;

/// The operations on the log of events.
#[derive(Clone, Debug)]
pub struct EventLog {
    engine: Arc<Engine>,
}

operations! { DeckV2, "deck_v2.event_log";
    /// changes nothing
    LIST = "list": GET "/events", Read;
    /// changes nothing
    GET = "get": GET "/events/{event_id}", Read;
}

impl EventLog {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Lists the events of the last 30 days, a page at a time.
    ///
    /// What was missed by webhook is found here.
    ///
    /// Source: <https://docs.deck.co/api-reference/events/list-events>.
    #[doc(alias = "listEvents")]
    #[inline]
    pub fn list(&self, query: &ListEvents) -> Call<Page<Event>> {
        self.engine.call(&LIST).query(query).returns_with_unread::<Page<Event>, _>()
    }

    /// Returns one event.
    ///
    /// # Errors
    /// `NotFound` for an event that is older than 30 days.
    ///
    /// Source: <https://docs.deck.co/api-reference/events/retrieve-an-event>.
    #[doc(alias = "getEvent")]
    #[inline]
    pub fn get(&self, event: impl Into<EventId>) -> Call<Event> {
        self.engine.call(&GET).path(event.into()).returns()
    }
}

request! {
    /// Which events to list.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ListEvents {
        /// How many events a page holds, from 1 to 100: 20 where it is not set.
        pub limit: Option<u32>,
        /// Where the page begins: the `next_cursor` of the one before.
        pub cursor: Option<String>,
        /// Those of one of these kinds.
        pub kind: Option<Vec<EventType>> = "type",
        /// Those after this moment: RFC 3339.
        pub created_after: Option<Timestamp>,
        /// Those before this moment: RFC 3339.
        pub created_before: Option<Timestamp>,
    }
}

impl ListEvents {
    /// All events.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        limit: Option<u32>,
        cursor: Option<String>,
        kind: Option<Vec<EventType>>,
        created_after: Option<Timestamp>,
        created_before: Option<Timestamp>,
    }
}

model! {
    /// Something that has happened.
    ///
    /// Source: <https://docs.deck.co/events/events>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Event {
        /// The event's id.
        pub id: EventId,
        /// What this is: `event`.
        pub object: Option<String>,
        /// What has happened, and to what.
        pub kind: Option<EventType> = "type",
        /// The resource as it was then, in short: a run's output, for one, is not in it.
        pub data: Option<OtherJson>,
        /// When it happened.
        pub created_at: Option<Timestamp>,
        /// The id of the request, for Deck's support; absent in lists.
        pub request_id: Option<String>,
    }
}

open_enum! {
    /// What has happened, and to what.
    ///
    /// Source: <https://docs.deck.co/events/events-reference>.
    pub enum EventType {
        /// An agent was created.
        AgentCreated = "agent.created",
        /// An agent was changed.
        AgentUpdated = "agent.updated",
        /// An agent was deleted.
        AgentDeleted = "agent.deleted",
        /// A source was created.
        SourceCreated = "source.created",
        /// A source was changed.
        SourceUpdated = "source.updated",
        /// A source was deleted.
        SourceDeleted = "source.deleted",
        /// A credential was stored.
        CredentialCreated = "credential.created",
        /// A credential was changed, and has yet to be tried.
        CredentialUnverified = "credential.unverified",
        /// The source took a credential.
        CredentialVerified = "credential.verified",
        /// The source refused a credential.
        CredentialInvalid = "credential.invalid",
        /// A credential was deleted.
        CredentialDeleted = "credential.deleted",
        /// A session waits to start.
        SessionQueued = "session.queued",
        /// A run works in a session.
        SessionRunning = "session.running",
        /// A session waits for another run.
        SessionIdle = "session.idle",
        /// A session is being ended.
        SessionCompleting = "session.completing",
        /// A session has ended.
        SessionCompleted = "session.completed",
        /// A session broke.
        SessionFailed = "session.failed",
        /// A task was created.
        TaskCreated = "task.created",
        /// A task was changed.
        TaskUpdated = "task.updated",
        /// A task was deleted.
        TaskDeleted = "task.deleted",
        /// A run waits to start.
        TaskRunQueued = "task_run.queued",
        /// A run works at the source.
        TaskRunRunning = "task_run.running",
        /// A run waits for an answer.
        TaskRunInteractionRequired = "task_run.interaction_required",
        /// A run waits for a review: the documented name.
        TaskRunPending = "task_run.pending",
        /// A run waits for a review. Guessed from the run's status: Deck documents `task_run.pending`.
        TaskRunReviewRequired = "task_run.review_required",
        /// A run has ended.
        TaskRunCompleted = "task_run.completed",
        /// A run has failed.
        TaskRunFailed = "task_run.failed",
        /// A run is being canceled.
        TaskRunCanceling = "task_run.canceling" | "task_run.cancelling",
        /// A run was canceled.
        TaskRunCanceled = "task_run.canceled",
        /// A file was stored.
        StorageCreated = "storage.created",
        /// A file was deleted. Only Deck's oldest texts have it.
        StorageDeleted = "storage.deleted",
    }
}
