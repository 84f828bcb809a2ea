//! What carries out tasks: `client.deck_v2().agents()`.

use super::tasks::TaskStatus;
use super::{AgentId, ListOptions, Page, TaskId};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{model, request, setters};
use crate::{Call, JsonMap, Patch, Timestamp};
use std::sync::Arc;

/// The operations on agents.
#[derive(Clone, Debug)]
pub struct Agents {
    engine: Arc<Engine>,
}

operations! { DeckV2, "deck_v2.agents";
    /// Deck keeps a success for 24 hours
    CREATE = "create": POST "/agents", Keyed;
    /// changes nothing
    LIST = "list": GET "/agents", Read;
    /// changes nothing
    GET = "get": GET "/agents/{agent_id}", Read;
    /// Deck keeps a success for 24 hours
    UPDATE = "update": PATCH "/agents/{agent_id}", Keyed;
    /// Deck keeps a success for 24 hours
    DELETE = "delete": DELETE "/agents/{agent_id}", Keyed;
}

impl Agents {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Creates an agent without tasks.
    ///
    /// Source: <https://docs.deck.co/api-reference/agents/create-an-agent>.
    #[doc(alias = "createAgent")]
    #[inline]
    pub fn create(&self, body: &CreateAgent) -> Call<Agent> {
        self.engine.call(&CREATE).json(body).returns()
    }

    /// Lists your agents, a page at a time.
    ///
    /// Source: <https://docs.deck.co/api/pagination>.
    #[inline]
    pub fn list(&self, query: &ListOptions) -> Call<Page<Agent>> {
        self.engine.call(&LIST).query(query).returns_with_unread::<Page<Agent>, _>()
    }

    /// Returns one agent with its tasks.
    ///
    /// # Errors
    /// `NotFound` for an agent that Deck does not know.
    ///
    /// Source: <https://docs.deck.co/api-reference/agents/retrieve-an-agent>.
    #[inline]
    pub fn get(&self, agent: impl Into<AgentId>) -> Call<Agent> {
        self.engine.call(&GET).path(agent.into()).returns()
    }

    /// Changes an agent's name and description.
    ///
    /// Its body is guessed: it has the members of [`create`](Self::create), and [`UpdateAgent::more`] for others.
    ///
    /// Source: <https://docs.deck.co/api-reference/agents/create-an-agent>.
    #[inline]
    pub fn update(&self, agent: impl Into<AgentId>, body: &UpdateAgent) -> Call<Agent> {
        self.engine.call(&UPDATE).path(agent.into()).json(body).returns()
    }

    /// Deletes an agent.
    ///
    /// # Errors
    /// `NotFound` for an agent that Deck does not know.
    ///
    /// Source: <https://docs.deck.co/api-reference/agents/delete-an-agent>.
    #[inline]
    pub fn delete(&self, agent: impl Into<AgentId>) -> Call<()> {
        self.engine.call(&DELETE).path(agent.into()).returns_nothing()
    }
}

request! {
    /// An agent to create.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CreateAgent {
        /// Its name.
        pub name: String,
        /// What it is for.
        pub description: Option<String>,
    }
}

impl CreateAgent {
    /// An agent of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: None }
    }

    setters! {
        description: Option<String>,
    }
}

request! {
    /// What to change of an agent. All of it is guessed.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct UpdateAgent {
        /// Its name.
        pub name: Option<String>,
        /// What it is for.
        pub description: Patch<String>,
        /// Other members, should Deck's names differ.
        pub more: JsonMap as More,
    }
}

impl UpdateAgent {
    /// No change.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        name: Option<String>,
        description: Patch<String>,
        more: JsonMap,
    }
}

model! {
    /// What carries out tasks.
    ///
    /// Source: <https://docs.deck.co/api-reference/agents/retrieve-an-agent>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Agent {
        /// The agent's id.
        pub id: AgentId,
        /// What kind of resource it is: `agent`.
        pub object: Option<String>,
        /// Its name.
        pub name: Option<String>,
        /// What it is for.
        pub description: Option<String>,
        /// Its tasks.
        pub tasks: Vec<AgentTask>,
        /// When it was created.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
        /// The id of the request, for Deck's support; not of an agent in a list.
        pub request_id: Option<String>,
    }
}

model! {
    /// A task as its agent names it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct AgentTask {
        /// The task's id.
        pub id: TaskId,
        /// What kind of resource it is: `task`.
        pub object: Option<String>,
        /// Its name.
        pub name: Option<String>,
        /// How far its agent knows it.
        pub status: Option<TaskStatus>,
    }
}
