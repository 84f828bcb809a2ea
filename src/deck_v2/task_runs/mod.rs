//! What tasks do at a source: `client.deck_v2().task_runs()`.

mod types;

pub use types::*;

use super::storage::StorageItem;
use super::{AgentId, CredentialId, Page, SessionId, SourceId, TaskId, TaskRunId};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{open_enum, request, setters};
use crate::{Call, Secret, Timestamp};
use serde::{Serialize, Serializer};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// The operations on task runs.
#[derive(Clone, Debug)]
pub struct TaskRuns {
    engine: Arc<Engine>,
}

operations! { DeckV2, "deck_v2.task_runs";
    /// Deck keeps a success for 24 hours
    RUN = "run": POST "/tasks/{task_id}/run", Keyed;
    /// changes nothing
    LIST = "list": GET "/task-runs", Read;
    /// changes nothing
    GET = "get": GET "/task-runs/{run_id}", Read;
    /// Deck keeps a success for 24 hours
    CANCEL = "cancel": POST "/task-runs/{run_id}/cancel", Keyed;
    /// Deck keeps a success for 24 hours
    ANSWER_INTERACTION = "answer_interaction": POST "/task-runs/{run_id}/interaction", Keyed;
    /// changes nothing
    LIST_STORAGE = "list_storage": GET "/task-runs/{run_id}/storage", Read;
}

impl TaskRuns {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Starts a run of a task, and returns it `queued`.
    ///
    /// It has a session from the start; its output comes later. Learn of it by an event, or look with
    /// [`get`](Self::get). A lost answer is asked for again under the same key. After an error with the outcome
    /// `Unknown` look into [`list`](Self::list) before you start another run.
    ///
    /// # Errors
    /// `RateLimited` with the code `session_limit_exceeded` while your plan's sessions are all in use. It returns at
    /// once, since only the end of a session helps.
    ///
    /// Source: <https://docs.deck.co/api-reference/tasks/run-a-task>.
    #[doc(alias = "runTask")]
    #[inline]
    pub fn run<I: Serialize>(&self, task: impl Into<TaskId>, body: &RunTask<I>) -> Call<TaskRun> {
        self.engine.call(&RUN).path(task.into()).json(body).returns()
    }

    /// Lists task runs, a page at a time.
    ///
    /// Source: <https://docs.deck.co/api-reference/task-runs/list-task-runs>.
    #[doc(alias = "listTaskRuns")]
    #[inline]
    pub fn list(&self, query: &ListTaskRuns) -> Call<Page<TaskRun>> {
        self.engine.call(&LIST).query(query).returns_with_unread::<Page<TaskRun>, _>()
    }

    /// Returns one run: how far it is, and what came of it.
    ///
    /// Its input, files and screenshots are there only when [`GetTaskRun::include`] asks for them.
    ///
    /// Source: <https://docs.deck.co/api-reference/task-runs/retrieve-a-task-run>.
    #[doc(alias = "getTaskRun")]
    #[inline]
    pub fn get(&self, run: impl Into<TaskRunId>, query: &GetTaskRun) -> Call<TaskRun> {
        self.engine.call(&GET).path(run.into()).query(query).returns()
    }

    /// Cancels a run that is queued or running, and returns it.
    ///
    /// It is `canceling` first and `canceled` soon after. Deck's page of this call has not been seen: that it takes no
    /// body, and returns the run, follows from the pages around it. [`bytes`](Call::bytes) gives what came.
    ///
    /// # Errors
    /// For a run that has ended; with which status, Deck does not say.
    ///
    /// Source: <https://docs.deck.co/concepts/task-runs>.
    #[doc(alias = "cancelTaskRun")]
    #[inline]
    pub fn cancel(&self, run: impl Into<TaskRunId>) -> Call<TaskRun> {
        self.engine.call(&CANCEL).path(run.into()).returns()
    }

    /// Answers what a run asks for, such as a code, and returns the run.
    ///
    /// All fields of its [`Interaction`] go in one call. After a wrong answer the run asks again, with the same
    /// question or another one.
    ///
    /// Source: <https://docs.deck.co/api-reference/task-runs/submit-interaction-input>.
    #[doc(alias = "submitInteraction")]
    #[inline]
    pub fn answer_interaction(&self, run: impl Into<TaskRunId>, body: &AnswerInteraction) -> Call<TaskRun> {
        self.engine.call(&ANSWER_INTERACTION).path(run.into()).json(body).returns()
    }

    /// Lists the files that a run has stored.
    ///
    /// The answer is a page, though Deck documents neither `limit` nor `cursor` here; [`pages`](Call::pages) sends a
    /// cursor where there is one. Deck's texts disagree on whether the items have `url`; [`storage().get`] gives it.
    ///
    /// [`storage().get`]: super::storage::Storage::get
    ///
    /// Source: <https://docs.deck.co/api-reference/task-runs/list-task-run-storage-items>.
    #[doc(alias = "listTaskRunStorage")]
    #[inline]
    pub fn list_storage(&self, run: impl Into<TaskRunId>) -> Call<Page<StorageItem>> {
        self.engine.call(&LIST_STORAGE).path(run.into()).returns_with_unread::<Page<StorageItem>, _>()
    }
}

/// How a task is to be run. `Debug` leaves the input out, because it may hold secrets.
#[derive(Clone, Serialize)]
#[non_exhaustive]
#[doc(alias = "RunTaskRequest")]
pub struct RunTask<I = ()> {
    /// The credential to sign in with, if the source wants one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_id: Option<CredentialId>,
    /// The source to work at, where no credential names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<SourceId>,
    /// The session to go on in; a new one is started where it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// What the task needs to know: any JSON, as its `input_schema` has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<I>,
    /// Your own id, to trace the run by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl RunTask {
    /// A run without input.
    pub fn new() -> Self {
        Self { credential_id: None, source_id: None, session_id: None, input: None, request_id: None }
    }
}

impl Default for RunTask {
    fn default() -> Self {
        Self::new()
    }
}

impl<I> RunTask<I> {
    /// A run with this input.
    pub fn with_input(input: I) -> Self {
        let RunTask { credential_id, source_id, session_id, request_id, .. } = RunTask::new();
        Self { credential_id, source_id, session_id, input: Some(input), request_id }
    }

    setters! {
        credential_id: Option<CredentialId>,
        source_id: Option<SourceId>,
        session_id: Option<SessionId>,
        request_id: Option<String>,
    }
}

impl<I> fmt::Debug for RunTask<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunTask")
            .field("credential_id", &self.credential_id)
            .field("source_id", &self.source_id)
            .field("session_id", &self.session_id)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

request! {
    /// Which task runs to list.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ListTaskRuns {
        /// How many runs a page holds, from 1 to 100: 20 where it is not set.
        pub limit: Option<u32>,
        /// Where the page begins: the `next_cursor` of the one before.
        pub cursor: Option<String>,
        /// Those in one of these states.
        pub status: Option<Vec<TaskRunStatus>>,
        /// Those that ended with one of these results.
        pub outcome: Option<Vec<TaskRunResult>>,
        /// Those at one of these sources.
        pub source_id: Option<Vec<SourceId>>,
        /// Those of this agent.
        pub agent_id: Option<AgentId>,
        /// Those with this credential.
        pub credential_id: Option<CredentialId>,
        /// Those of this task.
        pub task_id: Option<TaskId>,
        /// Those that were created after this moment: RFC 3339.
        pub created_after: Option<Timestamp>,
        /// Those that were created before this moment: RFC 3339.
        pub created_before: Option<Timestamp>,
    }
}

impl ListTaskRuns {
    /// All runs.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        limit: Option<u32>,
        cursor: Option<String>,
        status: Option<Vec<TaskRunStatus>>,
        outcome: Option<Vec<TaskRunResult>>,
        source_id: Option<Vec<SourceId>>,
        agent_id: Option<AgentId>,
        credential_id: Option<CredentialId>,
        task_id: Option<TaskId>,
        created_after: Option<Timestamp>,
        created_before: Option<Timestamp>,
    }
}

/// What to return of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GetTaskRun {
    /// The parts that Deck leaves out where nobody asks for them.
    #[serde(serialize_with = "write_parts")]
    pub include: Option<Vec<TaskRunPart>>,
}

impl GetTaskRun {
    /// The run without its larger parts.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        include: Option<Vec<TaskRunPart>>,
    }
}

/// Deck takes one parameter with commas.
fn write_parts<S: Serializer>(parts: &Option<Vec<TaskRunPart>>, serializer: S) -> Result<S::Ok, S::Error> {
    let joined =
        |parts: &Vec<TaskRunPart>| parts.iter().map(TaskRunPart::as_str).collect::<Vec<_>>().join(",");
    parts.as_ref().filter(|parts| !parts.is_empty()).map(joined).serialize(serializer)
}

open_enum! {
    /// A part of a run that has to be asked for.
    pub enum TaskRunPart {
        /// What it was started with.
        Input = "input",
        /// The files that it has stored.
        Storage = "storage",
        /// Its screenshots.
        Artifacts = "artifacts",
    }
}

request! {
    /// A customer's answer to what a run asks for.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    #[doc(alias = "SubmitInteractionRequest")]
    pub struct AnswerInteraction {
        /// The answers by the names of the fields.
        pub input: BTreeMap<String, Secret> as Hidden,
    }
}

impl AnswerInteraction {
    /// No answer yet; [`field`](Self::field) adds one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the answer to one field.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, answer: impl Into<Secret>) -> Self {
        self.input.insert(name.into(), answer.into());
        self
    }
}
