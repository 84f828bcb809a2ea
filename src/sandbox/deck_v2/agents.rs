//! Agents, which are merely kept.

use super::kept::members;
use super::{State, created, deleted, ok};
use crate::deck_v2::agents;
use crate::sandbox::body::body;
use crate::sandbox::exchange::{Asked, Handlers, Step};
use serde_json::json;

pub(super) const HANDLERS: Handlers<State> = &[
    (&agents::CREATE, State::create_agent),
    (&agents::LIST, State::list_agents),
    (&agents::GET, State::get_agent),
    (&agents::UPDATE, State::update_agent),
    (&agents::DELETE, State::delete_agent),
];

body! {
    #[expect(dead_code, reason = "some of it is only checked")]
    struct Body {
        name: String,
        description: Option<String>,
        ..
    }
}

impl State {
    fn create_agent(&mut self, asked: &Asked<'_>) -> Step {
        let mut agent = members::<Body>(asked)?;
        agent.insert("tasks".to_owned(), json!([]));
        let agent = self.agents.add(asked, agent);
        self.tell("agent.created", &agent, asked.now);
        created(agent)
    }

    fn list_agents(&mut self, asked: &Asked<'_>) -> Step {
        self.agents.page(asked, &|_| true)
    }

    fn get_agent(&mut self, asked: &Asked<'_>) -> Step {
        ok(self.agents.get(asked.id("agent_id")?)?.clone())
    }

    fn update_agent(&mut self, asked: &Asked<'_>) -> Step {
        let agent = self.agents.patch::<Body>(asked.id("agent_id")?, asked)?;
        self.tell("agent.updated", &agent, asked.now);
        ok(agent)
    }

    fn delete_agent(&mut self, asked: &Asked<'_>) -> Step {
        let agent = self.agents.delete(asked.id("agent_id")?)?;
        self.tell("agent.deleted", &agent, asked.now);
        ok(deleted(&agent))
    }
}
