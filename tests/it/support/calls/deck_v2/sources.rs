use super::{Case, Input, Staged, Stored, sent, storable};
use connectory::deck_v2::ListOptions;
use connectory::deck_v2::sources::*;
use connectory::{Client, Patch};

const SOURCE: &str = r#"{
    "id": "src_7fHk2LmN9pQrStUv", "object": "source", "name": "Utility", "type": "portal",
    "website": { "url": "https://utility.example/login", "unseen": 1 },
    "created_at": "2026-03-01T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "request_id": "req_1",
    "unseen": { "a": [1] }
}"#;

const PAGE: &str = r#"{
    "data": [{
        "id": "src_7fHk2LmN9pQrStUv", "object": "source", "name": null, "type": "website",
        "website": { "url": "https://utility.example/" }, "unseen": 1
    }],
    "has_more": false, "next_cursor": null, "request_id": "req_1", "unseen": { "a": [1] }
}"#;

/// A source that is there.
pub fn a_source(client: Client) -> Staged {
    Box::pin(async move {
        let body = CreateSource::website("https://utility.example");
        let source = client.deck_v2().sources().create(&body).await.unwrap();
        Input { ids: vec![source.id.to_string()], ..Input::default() }
    })
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck_v2.sources.create",
            send: |client, _| {
                let body = CreateSource::website("https://utility.example").name("Utility");
                storable(&body, client.deck_v2().sources().create(&body))
            },
            request: r#"POST /sources {
                "type": "website", "website": { "url": "https://utility.example" }, "name": "Utility"
            }"#,
            required: Some((
                |client, _| {
                    let body = CreateSource::website("https://utility.example");
                    storable(&body, client.deck_v2().sources().create(&body))
                },
                r#"POST /sources { "type": "website", "website": { "url": "https://utility.example" } }"#,
            )),
            answer: (200, SOURCE),
            needs: &["/id"],
            stores: stores![Source, Website],
            ..Case::default()
        },
        Case {
            id: "deck_v2.sources.list",
            send: |client, _| {
                let query = ListOptions::new().limit(50).cursor("cur_0000000000000000");
                storable(&query, client.deck_v2().sources().list(&query))
            },
            request: "GET /sources?cursor=cur_0000000000000000&limit=50",
            required: Some((
                |client, _| storable(&(), client.deck_v2().sources().list(&ListOptions::new())),
                "GET /sources",
            )),
            answer: (200, PAGE),
            ..Case::default()
        },
        Case {
            id: "deck_v2.sources.get",
            send: |client, input| storable(&(), client.deck_v2().sources().get(&input.ids[0])),
            request: "GET /sources/first",
            answer: (200, SOURCE),
            needs: &["/id"],
            ..Case::default()
        },
        Case {
            id: "deck_v2.sources.update",
            send: |client, input| {
                let body =
                    UpdateSource::new().name(Patch::Clear).website(Website::new("https://new.example"));
                let body = body.more("region", "eu");
                storable(&body, client.deck_v2().sources().update(&input.ids[0], &body))
            },
            request: r#"PATCH /sources/first {
                "name": null, "website": { "url": "https://new.example" }, "region": "eu"
            }"#,
            required: Some((
                |client, input| {
                    let body = UpdateSource::new();
                    storable(&body, client.deck_v2().sources().update(&input.ids[0], &body))
                },
                "PATCH /sources/first {}",
            )),
            answer: (200, SOURCE),
            needs: &["/id"],
            stage: Some(a_source),
            ..Case::default()
        },
        Case {
            id: "deck_v2.sources.delete",
            send: |client, input| sent(&(), client.deck_v2().sources().delete(&input.ids[0])),
            request: "DELETE /sources/first",
            answer: (200, ""),
            stage: Some(a_source),
            ..Case::default()
        },
    ]
}
