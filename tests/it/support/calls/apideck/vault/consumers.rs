use super::{Case, Stored, sent, staged, storable};
use connectory::apideck::vault::consumers::*;

const LIST: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": [{
    "consumer_id": "test_consumer_id", "application_id": "1111", "unseen": { "a": [1] },
    "metadata": {
      "account_name": "SpaceX", "user_name": "Elon Musk", "email": "elon@musk.com",
      "image": "https://www.spacex.com/static/images/share.jpg"
    },
    "services": ["salesforce", "stripe"], "aggregated_request_count": 131,
    "request_counts": { "unify": 100, "proxy": 10, "vault": 21 },
    "request_count_updated": "2021-05-07T12:55:42.242Z", "created": "2021-05-05T12:55:42.242Z",
    "modified": "2021-05-06T12:55:42.242Z"
  }],
  "meta": { "items_on_page": 1, "cursors": { "previous": null, "current": "cur_1", "next": "cur_2" } },
  "links": { "previous": null, "current": "https://unify.apideck.com/vault/consumers", "next": null }
}"#;

const CONSUMER: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": {
    "consumer_id": "test_consumer_id", "application_id": "1111", "unseen": { "a": [1] },
    "metadata": { "account_name": "SpaceX", "user_name": "Elon Musk", "email": "elon@musk.com" },
    "connections": [{
      "id": "1111+test_user_id", "name": "Salesforce", "unified_api": "crm", "service_id": "teamleader",
      "icon": "https://res.cloudinary.com/apideck/icon128x128.png", "logo": "https://c1.sfdcstatic.com/logo.svg",
      "website": "https://www.salesforce.com", "tag_line": "CRM software solutions.", "consumer_id": "test_user_id",
      "auth_type": "oauth3", "enabled": true, "settings": { "instance_url": "https://{secret}.salesforce.com" },
      "metadata": { "plan": "{secret}", "company_id": "4bfe0fce" }, "state": "dreaming", "health": "tired",
      "created_at": "2020-09-19T12:18:37.071Z", "updated_at": "2020-09-20T12:18:37.071Z",
      "credentials_expire_at": "2020-09-22T12:18:37.071Z", "last_refresh_failed_at": "2020-09-21T12:18:37.071Z"
    }],
    "services": ["salesforce"], "aggregated_request_count": 101,
    "request_counts": { "unify": 100, "proxy": 0, "vault": 1 },
    "request_count_updated": "2021-05-07T12:55:42.242Z", "created": "2021-05-05T12:55:42.242Z",
    "modified": "2021-05-06T12:55:42.242Z"
  }
}"#;

const COUNTS: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": {
    "application_id": "1111", "consumer_id": "test_user_id", "start_datetime": "2021-05-01T12:00:00.000Z",
    "end_datetime": "2021-05-10T12:00:00.000Z", "aggregated_request_count": 40,
    "request_counts": { "unify": 32, "proxy": 3, "vault": 5 }, "unseen": { "a": [1] }
  }
}"#;

const NEEDS: &[&str] = &["/data", "/data/consumer_id"];

fn metadata() -> ConsumerMetadata {
    ConsumerMetadata::new()
        .account_name("SpaceX")
        .user_name("Elon Musk")
        .email("elon@musk.com")
        .image("https://www.spacex.com/share.jpg")
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "apideck.vault.consumers.list",
            send: |client, _| {
                let query = ListConsumers::new()
                    .consumer_id("test")
                    .search("j hn")
                    .cursor("cur_0000000000000000")
                    .limit(50);
                storable(&query, client.apideck().vault().consumers().list(&query))
            },
            request: "GET /vault/consumers?cursor=cur_0000000000000000&filter%5Bconsumer_id%5D=test&filter%5Bsearch%5D=j%20hn&limit=50",
            required: Some((
                |client, _| {
                    let query = ListConsumers::new();
                    storable(&query, client.apideck().vault().consumers().list(&query))
                },
                "GET /vault/consumers",
            )),
            answer: (200, LIST),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.consumers.create",
            send: |client, _| {
                let body = CreateConsumer::new("test_consumer_id").metadata(metadata());
                storable(&body, client.apideck().vault().consumers().create(&body))
            },
            request: r#"
                POST /vault/consumers
                {
                  "consumer_id": "test_consumer_id",
                  "metadata": {
                    "account_name": "SpaceX", "user_name": "Elon Musk", "email": "elon@musk.com",
                    "image": "https://www.spacex.com/share.jpg"
                  }
                }"#,
            required: Some((
                |client, _| {
                    let body = CreateConsumer::new("test_consumer_id");
                    storable(&body, client.apideck().vault().consumers().create(&body))
                },
                r#"POST /vault/consumers {"consumer_id": "test_consumer_id"}"#,
            )),
            answer: (200, CONSUMER),
            needs: NEEDS,
            ..Case::default()
        },
        Case {
            id: "apideck.vault.consumers.get",
            send: |client, input| storable(&(), client.apideck().vault().consumers().get(&input.ids[0])),
            request: "GET /vault/consumers/first",
            answer: (200, CONSUMER),
            needs: NEEDS,
            stores: stores![Consumer, ConsumerMetadata, ConsumerConnection, RequestCounts],
            ..Case::default()
        },
        Case {
            id: "apideck.vault.consumers.update",
            send: |client, input| {
                let body = UpdateConsumer::new().metadata(metadata());
                storable(&body, client.apideck().vault().consumers().update(&input.ids[0], &body))
            },
            request: r#"
                PATCH /vault/consumers/first
                {"metadata": {
                  "account_name": "SpaceX", "user_name": "Elon Musk", "email": "elon@musk.com",
                  "image": "https://www.spacex.com/share.jpg"
                }}"#,
            required: Some((
                |client, input| {
                    let body = UpdateConsumer::new();
                    storable(&body, client.apideck().vault().consumers().update(&input.ids[0], &body))
                },
                "PATCH /vault/consumers/first {}",
            )),
            answer: (200, CONSUMER),
            needs: NEEDS,
            stage: Some(|_| staged(["test-consumer"])),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.consumers.delete",
            send: |client, input| sent(&(), client.apideck().vault().consumers().delete(&input.ids[0])),
            request: "DELETE /vault/consumers/first",
            answer: (200, ""),
            stage: Some(|_| staged(["test-consumer"])),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.consumers.request_counts",
            send: |client, input| {
                let consumers = client.apideck().vault().consumers();
                let (start, end) = ("2021-05-01T12:00:00.000Z", "2021-05-10T12:00:00.000Z");
                storable(&(), consumers.request_counts(&input.ids[0], start, end))
            },
            request: "GET /vault/consumers/first/stats\
                      ?end_datetime=2021-05-10T12%3A00%3A00.000Z&start_datetime=2021-05-01T12%3A00%3A00.000Z",
            answer: (200, COUNTS),
            needs: &["/data"],
            stores: stores![RequestCountsInRange],
            ..Case::default()
        },
    ]
}
