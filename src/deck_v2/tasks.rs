//! What agents are to do: `client.deck_v2().tasks()`.

use super::{AgentId, Page, TaskId};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{model, open_enum, request, setters, whole_number, write_secret};
use crate::{Call, JsonMap, OtherJson, Patch, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The operations on tasks.
#[derive(Clone, Debug)]
pub struct Tasks {
    engine: Arc<Engine>,
}

operations! { DeckV2, "deck_v2.tasks";
    /// Deck keeps a success for 24 hours
    CREATE = "create": POST "/tasks", Keyed;
    /// changes nothing
    LIST = "list": GET "/tasks", Read;
    /// changes nothing
    GET = "get": GET "/tasks/{task_id}", Read;
    /// Deck keeps a success for 24 hours
    UPDATE = "update": PATCH "/tasks/{task_id}", Keyed;
    /// Deck keeps a success for 24 hours
    DELETE = "delete": DELETE "/tasks/{task_id}", Keyed;
}

impl Tasks {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Creates a task of an agent.
    ///
    /// Its agent learns it first: it can be run at once, and is `Live` when the agent knows it.
    ///
    /// Of the body's `settings` only `timeout_seconds` is known, and `extraction` may be gone;
    /// [`CreateTask::more`] takes others.
    ///
    /// # Errors
    /// A refusal, whose status is not known, for a timeout over what your plan allows.
    ///
    /// Source: <https://docs.deck.co/api-reference/tasks/create-a-task>.
    #[inline]
    pub fn create(&self, body: &CreateTask) -> Call<Task> {
        self.engine.call(&CREATE).json(body).returns()
    }

    /// Lists tasks, a page at a time.
    ///
    /// Source: <https://docs.deck.co/api-reference/tasks/list-tasks>.
    #[doc(alias = "listTasks")]
    #[inline]
    pub fn list(&self, query: &ListTasks) -> Call<Page<Task>> {
        self.engine.call(&LIST).query(query).returns_with_unread::<Page<Task>, _>()
    }

    /// Returns one task.
    ///
    /// # Errors
    /// `NotFound` for a task that Deck does not know.
    ///
    /// Source: <https://docs.deck.co/api-reference/tasks/retrieve-a-task>.
    #[doc(alias = "getTask")]
    #[inline]
    pub fn get(&self, task: impl Into<TaskId>) -> Call<Task> {
        self.engine.call(&GET).path(task.into()).returns()
    }

    /// Changes a task.
    ///
    /// Its body is guessed, but for `storage`: it has the members of [`create`](Self::create), and
    /// [`UpdateTask::more`] for others.
    ///
    /// Source: <https://docs.deck.co/guides/storage>.
    #[inline]
    pub fn update(&self, task: impl Into<TaskId>, body: &UpdateTask) -> Call<Task> {
        self.engine.call(&UPDATE).path(task.into()).json(body).returns()
    }

    /// Deletes a task.
    ///
    /// Deck's page of it has not been seen; that the operation exists is known from others.
    ///
    /// # Errors
    /// `NotFound` for a task that Deck does not know.
    ///
    /// Source: <https://docs.deck.co/events/events-reference>.
    #[inline]
    pub fn delete(&self, task: impl Into<TaskId>) -> Call<()> {
        self.engine.call(&DELETE).path(task.into()).returns_nothing()
    }
}

request! {
    /// A task to create.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CreateTask {
        /// Its name.
        pub name: String,
        /// The agent that carries it out.
        pub agent_id: AgentId,
        /// An id of your own; Deck makes one where it is not set.
        pub id: Option<TaskId>,
        /// What to do, in words.
        pub prompt: Option<String>,
        /// The JSON Schema of what a run is given.
        pub input_schema: Option<OtherJson>,
        /// The JSON Schema of what a run brings.
        pub output_schema: Option<OtherJson>,
        /// Whether files are stored. Not in every plan.
        pub storage: Option<TaskStorage>,
        /// Whether data are extracted from files. Older documentation only: see [`TaskStorage::extraction`].
        pub extraction: Option<bool>,
        /// How a run is carried out.
        pub settings: Option<TaskSettings>,
        /// Other members, which the documentation that has been seen lacks.
        pub more: JsonMap as More,
    }
}

impl CreateTask {
    /// A task of this name, for this agent.
    pub fn new(name: impl Into<String>, agent: impl Into<AgentId>) -> Self {
        Self {
            name: name.into(),
            agent_id: agent.into(),
            id: None,
            prompt: None,
            input_schema: None,
            output_schema: None,
            storage: None,
            extraction: None,
            settings: None,
            more: JsonMap::new(),
        }
    }

    setters! {
        id: Option<TaskId>,
        prompt: Option<String>,
        input_schema: Option<OtherJson>,
        output_schema: Option<OtherJson>,
        storage: Option<TaskStorage>,
        extraction: Option<bool>,
        settings: Option<TaskSettings>,
        more: JsonMap,
    }
}

request! {
    /// What to change of a task. All of it but `storage` is guessed.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct UpdateTask {
        /// Its name.
        pub name: Option<String>,
        /// What to do, in words.
        pub prompt: Patch<String>,
        /// The JSON Schema of what a run is given.
        pub input_schema: Patch<OtherJson>,
        /// The JSON Schema of what a run brings.
        pub output_schema: Patch<OtherJson>,
        /// Whether files are stored.
        pub storage: Option<TaskStorage>,
        /// How a run is carried out.
        pub settings: Option<TaskSettings>,
        /// Other members, should Deck's names differ.
        pub more: JsonMap as More,
    }
}

impl UpdateTask {
    /// No change.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        name: Option<String>,
        prompt: Patch<String>,
        input_schema: Patch<OtherJson>,
        output_schema: Patch<OtherJson>,
        storage: Option<TaskStorage>,
        settings: Option<TaskSettings>,
        more: JsonMap,
    }
}

request! {
    /// Which tasks to list.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ListTasks {
        /// How many tasks a page holds, from 1 to 100: 20 where it is not set.
        pub limit: Option<u32>,
        /// The `next_cursor` of the page before; the first page where it is not set.
        pub cursor: Option<String>,
        /// Those of this agent.
        pub agent_id: Option<AgentId>,
        /// Those in this state.
        pub status: Option<TaskStatus>,
    }
}

impl ListTasks {
    /// All tasks.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        limit: Option<u32>,
        cursor: Option<String>,
        agent_id: Option<AgentId>,
        status: Option<TaskStatus>,
    }
}

model! {
    /// What an agent is to do.
    ///
    /// Source: <https://docs.deck.co/api-reference/tasks/retrieve-a-task>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Task {
        /// The task's id.
        pub id: TaskId,
        /// What kind of resource it is: `task`.
        pub object: Option<String>,
        /// Its name.
        pub name: Option<String>,
        /// What to do, in words.
        pub prompt: Option<String>,
        /// How far its agent knows it.
        pub status: Option<TaskStatus>,
        /// The agent that carries it out.
        pub agent_id: Option<AgentId>,
        /// The JSON Schema of what a run is given.
        pub input_schema: Option<OtherJson>,
        /// The JSON Schema of what a run brings.
        pub output_schema: Option<OtherJson>,
        /// Whether files are stored.
        pub storage: Option<TaskStorage>,
        /// Whether data are extracted from files. Older documentation only.
        pub extraction: Option<bool>,
        /// How a run is carried out.
        pub settings: Option<TaskSettings>,
        /// When it was created.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
        /// The id of the request, for Deck's support; not of a task in a list.
        pub request_id: Option<String>,
    }
}

/// What becomes of the files that a task finds.
///
/// Source: <https://docs.deck.co/guides/storage>.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TaskStorage {
    /// Whether they are stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Whether data are extracted from them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extraction: Option<bool>,
    /// The JSON Schema of what is extracted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extraction_schema: Option<OtherJson>,
    /// Whether a file that is stored already is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deduplication: Option<bool>,
    /// Other members to send, which the documentation that has been seen lacks.
    #[serde(flatten, skip_deserializing, serialize_with = "write_secret")]
    pub more: JsonMap,
}

impl TaskStorage {
    /// What Deck does by itself.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        enabled: Option<bool>,
        extraction: Option<bool>,
        extraction_schema: Option<OtherJson>,
        deduplication: Option<bool>,
        more: JsonMap,
    }
}

/// How a run of a task is carried out.
///
/// Source: <https://docs.deck.co/concepts/task-runs>.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TaskSettings {
    /// Seconds until a run that has not ended fails: 1,800 where it is not set.
    #[serde(default, deserialize_with = "whole_number", skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<i64>,
    /// Other members to send, which the documentation that has been seen lacks.
    #[serde(flatten, skip_deserializing, serialize_with = "write_secret")]
    pub more: JsonMap,
}

impl TaskSettings {
    /// What Deck does by itself.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        timeout_seconds: Option<i64>,
        more: JsonMap,
    }
}

open_enum! {
    /// How far an agent knows a task. It can be run in every state.
    pub enum TaskStatus {
        /// The agent learns it.
        Learning = "learning",
        /// The agent tries it out.
        Test = "test",
        /// The agent knows it. It falls back when the source changes.
        Live = "live",
    }
}
