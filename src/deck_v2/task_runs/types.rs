use crate::deck_v2::storage::StorageItem;
use crate::deck_v2::{AgentId, CredentialId, ErrorItem, SessionId, SourceId, TaskId, TaskRunId};
use crate::types::{model, open_enum};
use crate::{OtherJson, SecretUrl, Timestamp};

model! {
    /// One run of a task.
    ///
    /// Where the input had fields that Deck keeps in its vault, the answer names them in a member whose name is not known;
    /// [`bytes`](crate::Call::bytes) gives the answer whole.
    ///
    /// Source: <https://docs.deck.co/api-reference/task-runs/retrieve-a-task-run>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct TaskRun {
        /// The run's id.
        pub id: TaskRunId,
        /// What this is: `task_run`.
        pub object: Option<String>,
        /// How far the run is.
        pub status: Option<TaskRunStatus>,
        /// What came of it; absent while it runs.
        pub result: Option<TaskRunResult>,
        /// The task.
        pub task_id: Option<TaskId>,
        /// The agent of the task.
        pub agent_id: Option<AgentId>,
        /// The source.
        pub source_id: Option<SourceId>,
        /// The credential that it signs in with.
        pub credential_id: Option<CredentialId>,
        /// The session that it runs in.
        pub session_id: Option<SessionId>,
        /// How long it has run, in milliseconds.
        pub runtime_ms: Option<i64> as WholeNumber,
        /// What it brought: any JSON, as the task's `output_schema` has it. [`OtherJson::get`] reads it.
        pub output: Option<OtherJson>,
        /// What went wrong.
        pub errors: Vec<ErrorItem>,
        /// What it waits for, while the status is `interaction_required`.
        pub interaction: Option<Interaction>,
        /// What it was started with, where [`TaskRunPart::Input`](super::TaskRunPart::Input) is asked for.
        pub input: Option<OtherJson>,
        /// The files that it stored, where [`TaskRunPart::Storage`](super::TaskRunPart::Storage) is asked for.
        pub storage: Vec<StorageItem>,
        /// What it left behind, where [`TaskRunPart::Artifacts`](super::TaskRunPart::Artifacts) is asked for.
        pub artifacts: Option<Artifacts>,
        /// When it was started.
        pub created_at: Option<Timestamp>,
        /// When it changed last.
        pub updated_at: Option<Timestamp>,
        /// The id of the request, for Deck's support.
        pub request_id: Option<String>,
    }
}

open_enum! {
    /// How far a run is.
    pub enum TaskRunStatus {
        /// It waits to start.
        Queued = "queued",
        /// It works at the source.
        Running = "running",
        /// It waits for an answer; see [`TaskRun::interaction`].
        InteractionRequired = "interaction_required",
        /// It waits for a review. Deck's texts disagree on whether it is paused or done then; no call for it is known.
        ReviewRequired = "review_required",
        /// It has ended.
        Completed = "completed",
        /// It has ended; [`TaskRun::errors`] says why.
        Failed = "failed",
        /// It is being canceled.
        Canceling = "canceling" | "cancelling",
        /// It was canceled.
        Canceled = "canceled",
    }
}

impl TaskRunStatus {
    /// Whether the run has ended, well or not; false for a status that is unknown.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Canceled)
    }
}

open_enum! {
    /// What came of a run.
    pub enum TaskRunResult {
        /// The task was done.
        Success = "success",
        /// It was not.
        Failure = "failure",
        /// Deck cannot tell.
        Undetermined = "unknown",
    }
}

model! {
    /// What a run waits for.
    ///
    /// Show the customer [`fields`](Self::fields), whatever the kind: Deck adds kinds at any time. How long a run waits
    /// depends on the source; then it fails with the code `interaction_timeout`, and takes a new run.
    ///
    /// Source: <https://docs.deck.co/guides/interactions>.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Interaction {
        /// What kind of question it is.
        pub kind: Option<InteractionType> = "type",
        /// What to ask the customer.
        pub message: Option<String>,
        /// What to answer.
        pub fields: Vec<InteractionField>,
    }
}

open_enum! {
    /// What kind of question a run asks.
    pub enum InteractionType {
        /// A code that the customer was sent. Its field is `code`.
        Mfa = "mfa",
        /// A security question. Its field is `answer`.
        SecurityQuestion = "security_question",
        /// Which account to work on. Its field is `account_id`.
        AccountSelection = "account_selection",
    }
}

model! {
    /// One thing to answer.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct InteractionField {
        /// The name to send the answer back under.
        pub name: Option<String>,
        /// The input to show, such as `text`.
        pub kind: Option<String> = "type",
        /// The name to show.
        pub label: Option<String>,
    }
}

model! {
    /// What a run left behind.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Artifacts {
        /// What the source looked like.
        pub screenshots: Vec<Screenshot>,
    }
}

model! {
    /// What the source looked like at one moment.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Screenshot {
        /// The image's name.
        pub file_name: Option<String>,
        /// Its media type, such as `image/png`.
        pub file_type: Option<String>,
        /// Its length in bytes.
        pub file_size: Option<i64> as WholeNumber,
        /// When it was taken.
        pub created_at: Option<Timestamp>,
        /// Where it is for a while. Whoever knows the link can see it.
        pub url: Option<SecretUrl>,
        /// Why the agent did what it did then.
        pub reasoning: Option<String>,
    }
}
