//! Tasks, which their agents name. Runs of them are in `task_runs`.

use super::kept::{Resource, asks_for, body, read, resource, text, with_all};
use super::{State, created, deleted, invalid, ok};
use crate::deck_v2::tasks::{self, TaskStorage};
use crate::sandbox::body::{Body as _, OrDefault, body, read_by_serde};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::{self, object};
use serde_json::Value;

pub(super) const HANDLERS: Handlers<State> = &[
    (&tasks::CREATE, State::create_task),
    (&tasks::LIST, State::list_tasks),
    (&tasks::GET, State::get_task),
    (&tasks::UPDATE, State::update_task),
    (&tasks::DELETE, State::delete_task),
];

body! {
    #[expect(dead_code, reason = "some of it is only checked")]
    struct Body {
        name: String,
        agent_id: String,
        prompt: Option<String>,
        input_schema: Option<Value>,
        output_schema: Option<Value>,
        storage: Option<TaskStorage>,
        extraction: OrDefault<bool>,
        settings: OrDefault<Settings>,
        ..
    }
}

body! {
    #[derive(Default)]
    #[expect(dead_code, reason = "some of it is only checked")]
    struct Settings {
        timeout_seconds: OrDefault<u32>,
        ..
    }
}

read_by_serde! { TaskStorage }

/// What Deck makes of members that are left out. Of storage it keeps what it knows.
fn complete(mut members: Resource) -> Result<Resource, Reply> {
    let Body { extraction: OrDefault(extraction), storage, .. } = read(members.clone())?;
    let mut settings = resource(object!({ "timeout_seconds": 1800 }));
    settings.extend(members.remove("settings").map(resource).unwrap_or_default());
    members.extend(resource(object!({ "extraction": extraction, "storage": storage, "settings": settings })));
    Ok(with_all(members, Body::KEYS))
}

impl State {
    fn create_task(&mut self, asked: &Asked<'_>) -> Step {
        let mut members = complete(body(asked)?)?;
        let agent = text(&members, "agent_id").to_owned();
        self.agents.get(&agent)?;
        members.insert("status".to_owned(), "learning".into());
        let task = match members.remove("id") {
            None | Some(Value::Null) => self.tasks.add(asked, members),
            Some(Value::String(id)) if !id.is_empty() && self.tasks.items.get(&id).is_none() => {
                self.tasks.add_as(&id, asked.now, members)
            }
            Some(_) => return Err(invalid("id is none, or another task has it")),
        };
        self.name_tasks(&agent);
        self.tell("task.created", &task, asked.now);
        created(task)
    }

    fn list_tasks(&mut self, asked: &Asked<'_>) -> Step {
        self.tasks.page(asked, &|task| {
            asks_for(asked, "agent_id", task, "agent_id") && asks_for(asked, "status", task, "status")
        })
    }

    fn get_task(&mut self, asked: &Asked<'_>) -> Step {
        ok(self.tasks.get(asked.id("task_id")?)?.clone())
    }

    fn update_task(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("task_id")?;
        let before = self.tasks.get(id)?.get("agent_id").cloned();
        let changed = self.tasks.patched::<Body>(id, asked)?;
        if changed.get("agent_id") != before.as_ref() {
            return Err(invalid("agent_id cannot be changed"));
        }
        let task = self.tasks.set(id, asked.now, changed)?;
        self.name_tasks(before.as_ref().and_then(Value::as_str).unwrap_or_default());
        self.tell("task.updated", &task, asked.now);
        ok(task)
    }

    fn delete_task(&mut self, asked: &Asked<'_>) -> Step {
        let task = self.tasks.delete(asked.id("task_id")?)?;
        self.name_tasks(text(&task, "agent_id"));
        self.tell("task.deleted", &task, asked.now);
        ok(deleted(&task))
    }

    /// Makes the agent name its tasks as they are now.
    pub(super) fn name_tasks(&mut self, agent: &str) {
        let own = self.tasks.items.filter(&|_, task| text(task, "agent_id") == agent);
        let mut named = own.into_iter().map(|(_, task)| {
            let member = |name: &str| task.get(name).cloned().unwrap_or_default();
            object!({
                "id": member("id"),
                "object": "task",
                "name": member("name"),
                "status": member("status"),
            })
        });
        let named = object::list(&mut named);
        if let Some(agent) = self.agents.items.get_mut(agent) {
            agent.insert("tasks".to_owned(), named);
        }
    }
}
