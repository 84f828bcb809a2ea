use super::{Case, Input, Staged, Stored, sent, storable};
use connectory::deck_v2::agents::*;
use connectory::deck_v2::{ListOptions, Page};
use connectory::{Client, Patch};

const AGENT: &str = r#"{
    "id": "agt_4nVbq0T1ZyXwLk2s", "object": "agent", "name": "Bills", "description": "Fetches bills",
    "tasks": [{ "id": "task_9GhJk3Lm5NpQrStU", "object": "task", "name": "Latest bill", "status": "paused" }],
    "created_at": "2026-03-01T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "request_id": "req_1",
    "unseen": { "a": [1] }
}"#;

const PAGE: &str = r#"{
    "data": [{ "id": "agt_4nVbq0T1ZyXwLk2s", "object": "agent", "name": "Bills", "unseen": 1 }],
    "has_more": true, "next_cursor": "b3BhcXVl", "request_id": "req_1", "unseen": { "a": [1] }
}"#;

/// An agent that is there.
fn an_agent(client: Client) -> Staged {
    Box::pin(async move {
        let agent = client.deck_v2().agents().create(&CreateAgent::new("Bills")).await.unwrap();
        Input { ids: vec![agent.id.to_string()], ..Input::default() }
    })
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck_v2.agents.create",
            send: |client, _| {
                let body = CreateAgent::new("Bills").description("Fetches bills");
                storable(&body, client.deck_v2().agents().create(&body))
            },
            request: r#"POST /agents { "name": "Bills", "description": "Fetches bills" }"#,
            required: Some((
                |client, _| {
                    let body = CreateAgent::new("Bills");
                    storable(&body, client.deck_v2().agents().create(&body))
                },
                r#"POST /agents { "name": "Bills" }"#,
            )),
            answer: (201, AGENT),
            needs: &["/id"],
            stores: stores![Agent, AgentTask],
            ..Case::default()
        },
        Case {
            id: "deck_v2.agents.list",
            send: |client, _| {
                let query = ListOptions::new().limit(50).cursor("cur_0000000000000000");
                storable(&query, client.deck_v2().agents().list(&query))
            },
            request: "GET /agents?cursor=cur_0000000000000000&limit=50",
            required: Some((
                |client, _| storable(&(), client.deck_v2().agents().list(&ListOptions::new())),
                "GET /agents",
            )),
            answer: (200, PAGE),
            stores: stores![Page<Agent>],
            ..Case::default()
        },
        Case {
            id: "deck_v2.agents.get",
            send: |client, input| storable(&(), client.deck_v2().agents().get(&input.ids[0])),
            request: "GET /agents/first",
            answer: (200, AGENT),
            needs: &["/id"],
            ..Case::default()
        },
        Case {
            id: "deck_v2.agents.update",
            send: |client, input| {
                let body = UpdateAgent::new().name("Bills").description(Patch::Clear).more("icon", "bolt");
                storable(&body, client.deck_v2().agents().update(&input.ids[0], &body))
            },
            request: r#"PATCH /agents/first { "name": "Bills", "description": null, "icon": "bolt" }"#,
            required: Some((
                |client, input| {
                    let body = UpdateAgent::new();
                    storable(&body, client.deck_v2().agents().update(&input.ids[0], &body))
                },
                "PATCH /agents/first {}",
            )),
            answer: (200, AGENT),
            needs: &["/id"],
            stage: Some(an_agent),
            ..Case::default()
        },
        Case {
            id: "deck_v2.agents.delete",
            send: |client, input| sent(&(), client.deck_v2().agents().delete(&input.ids[0])),
            request: "DELETE /agents/first",
            // What is answered does not matter.
            answer: (200, ""),
            stage: Some(an_agent),
            ..Case::default()
        },
    ]
}
