//! What Deck v2 delivers to your webhook: verified, and typed.

use super::agents::Agent;
use super::credentials::Credential;
use super::sessions::Session;
use super::sources::Source;
use super::storage::StorageItem;
use super::task_runs::TaskRun;
use super::tasks::Task;
use crate::events::signature::Key;
use crate::events::{
    Bounds, Delivery, EventError, Headers, RawEvent, events, read, standard_webhooks, verifier_methods,
};
use crate::types::model;
use crate::{Error, OtherJson, Provider, Secret, Timestamp};
use bytes::Bytes;
use std::time::SystemTime;

/// Verifies what Deck v2 delivers to your webhook, with the destination's secret.
///
/// Deck waits 5 seconds for a 2XX and delivers up to three times more; then the destination becomes `inactive`.
///
/// ```
/// use connectory::deck_v2::events::Verifier;
///
/// let verifier = Verifier::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?.or("whsec_bmV3IHNlY3JldA==")?;
/// # Ok::<(), connectory::Error>(())
/// ```
///
/// Source: <https://docs.deck.co/events/webhook-best-practices>.
#[derive(Clone, Debug)]
pub struct Verifier {
    keys: Vec<Key>,
    bounds: Bounds,
}

impl Verifier {
    const HEADERS: &'static [&'static str] = &standard_webhooks::HEADERS;

    /// Verifies with a destination's secret, yours or the one that Deck made: `whsec_` and base64.
    ///
    /// # Errors
    /// [`Error::Config`] for a secret of another form.
    pub fn new(secret: impl Into<Secret>) -> Result<Self, Error> {
        Self { keys: Vec::new(), bounds: Bounds::default() }.or(secret)
    }

    verifier_methods!(Event, tolerance);

    fn with(mut self, secret: &Secret) -> Result<Self, Error> {
        self.keys.push(standard_webhooks::key(secret, "Deck v2")?);
        Ok(self)
    }

    fn delivered(
        &self,
        headers: &Headers,
        body: &[u8],
        now: SystemTime,
    ) -> Result<Delivery<Event>, EventError> {
        let sent = standard_webhooks::verify(&self.keys, &self.bounds, headers, body, now)?;
        let envelope: Envelope = read(body).unwrap_or_default();
        let event = Event::of(&envelope).unwrap_or_else(|| Event::Other(RawEvent::new(body)));
        Ok(Delivery {
            provider: Provider::DeckV2,
            id: envelope.id.filter(|id| !id.is_empty()).unwrap_or_else(|| sent.id.to_owned()),
            event_type: envelope.event_type,
            attempt: None,
            time: envelope.created_at,
            sent_at: sent.at,
            body: Bytes::copy_from_slice(body),
            event,
        })
    }
}

/// The headers that Deck v2 signs a delivery with.
///
/// The secret is `whsec_…`; a secret of another form is an error. `unix_seconds` is when it is sent.
#[cfg(any(test, fuzzing, feature = "sandbox"))]
pub(crate) fn sign(
    secret: &Secret,
    id: &str,
    unix_seconds: i64,
    body: &[u8],
) -> Result<Vec<(&'static str, String)>, Error> {
    Ok(standard_webhooks::sign(&standard_webhooks::key(secret, "Deck v2")?, id, unix_seconds, body))
}

model! {
    #[derive(Default)]
    struct Envelope {
        id: Option<String>,
        event_type: Option<String> = "type",
        data: Option<OtherJson>,
        created_at: Option<Timestamp>,
    }
}

events! {
    /// Something that has happened at Deck, with what it happened to, as it was then and in short.
    ///
    /// A run's output, for one, is not in it: ask for the run.
    ///
    /// Source: <https://docs.deck.co/events/events-reference>.
    #[derive(PartialEq)]
    pub enum Event {
        /// An agent was created.
        AgentCreated(Agent) = "agent.created",
        /// An agent was changed.
        AgentUpdated(Agent) = "agent.updated",
        /// An agent was deleted.
        AgentDeleted(Agent) = "agent.deleted",
        /// A source was created.
        SourceCreated(Source) = "source.created",
        /// A source was changed.
        SourceUpdated(Source) = "source.updated",
        /// A source was deleted.
        SourceDeleted(Source) = "source.deleted",
        /// A credential was stored.
        CredentialCreated(Credential) = "credential.created",
        /// A credential was changed, and has yet to be tried.
        CredentialUnverified(Credential) = "credential.unverified",
        /// The source took a credential.
        CredentialVerified(Credential) = "credential.verified",
        /// The source refused a credential: the customer has to give another one.
        CredentialInvalid(Credential) = "credential.invalid",
        /// A credential was deleted.
        CredentialDeleted(Credential) = "credential.deleted",
        /// A session waits to start.
        SessionQueued(Session) = "session.queued",
        /// A run works in a session.
        SessionRunning(Session) = "session.running",
        /// A session waits for another run.
        SessionIdle(Session) = "session.idle",
        /// A session is being ended.
        SessionCompleting(Session) = "session.completing",
        /// A session has ended.
        SessionCompleted(Session) = "session.completed",
        /// A session broke.
        SessionFailed(Session) = "session.failed",
        /// A task was created.
        TaskCreated(Task) = "task.created",
        /// A task was changed.
        TaskUpdated(Task) = "task.updated",
        /// A task was deleted.
        TaskDeleted(Task) = "task.deleted",
        /// A run waits to start.
        TaskRunQueued(TaskRun) = "task_run.queued",
        /// A run works at the source.
        TaskRunRunning(TaskRun) = "task_run.running",
        /// A run waits for an answer; [`TaskRun::interaction`] may have the question, else ask for the run.
        TaskRunInteractionRequired(TaskRun) = "task_run.interaction_required",
        /// A run waits for a review. Deck documents this name; `task_run.review_required` is guessed from the run's status.
        TaskRunReviewRequired(TaskRun) = "task_run.pending" | "task_run.review_required",
        /// A run has ended.
        TaskRunCompleted(TaskRun) = "task_run.completed",
        /// A run has failed.
        TaskRunFailed(TaskRun) = "task_run.failed",
        /// A run is being canceled.
        TaskRunCanceling(TaskRun) = "task_run.canceling" | "task_run.cancelling",
        /// A run was canceled.
        TaskRunCanceled(TaskRun) = "task_run.canceled",
        /// A file was stored.
        StorageCreated(StorageItem) = "storage.created",
        /// A file was deleted. Only Deck's oldest texts have it.
        StorageDeleted(StorageItem) = "storage.deleted",
    }
}

impl Event {
    fn of(envelope: &Envelope) -> Option<Self> {
        Self::read(envelope.event_type.as_deref()?, envelope.data.as_ref()?.raw().as_bytes())
    }

    /// The credential that it is about.
    pub fn credential(&self) -> Option<&Credential> {
        match self {
            Self::CredentialCreated(credential)
            | Self::CredentialUnverified(credential)
            | Self::CredentialVerified(credential)
            | Self::CredentialInvalid(credential)
            | Self::CredentialDeleted(credential) => Some(credential),
            _ => None,
        }
    }

    /// The run that it is about.
    pub fn task_run(&self) -> Option<&TaskRun> {
        match self {
            Self::TaskRunQueued(run)
            | Self::TaskRunRunning(run)
            | Self::TaskRunInteractionRequired(run)
            | Self::TaskRunReviewRequired(run)
            | Self::TaskRunCompleted(run)
            | Self::TaskRunFailed(run)
            | Self::TaskRunCanceling(run)
            | Self::TaskRunCanceled(run) => Some(run),
            _ => None,
        }
    }

    /// The session that it is about.
    pub fn session(&self) -> Option<&Session> {
        match self {
            Self::SessionQueued(session)
            | Self::SessionRunning(session)
            | Self::SessionIdle(session)
            | Self::SessionCompleting(session)
            | Self::SessionCompleted(session)
            | Self::SessionFailed(session) => Some(session),
            _ => None,
        }
    }
}
