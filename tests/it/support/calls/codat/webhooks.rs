use super::{Case, Stored, sent, storable, with_ids};
use connectory::codat::webhooks::{CreateWebhookConsumer, WebhookConsumer, WebhookConsumers};

/// A webhook consumer with all its members.
macro_rules! consumer {
    () => {
        r#"{
            "id": "12571faf-0898-47e7-afdd-0fe9eb0a9bf5", "url": "https://example.com/hook", "disabled": true,
            "eventTypes": ["connection.connected"], "companyTags": ["region:uk"], "unseen": { "a": [1] }
        }"#
    };
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "codat.webhooks.list_consumers",
            send: |client, _| storable(&(), client.codat().webhooks().list_consumers()),
            request: "GET /webhooks",
            answer: (200, concat!(r#"{ "results": ["#, consumer!(), r#"], "unseen": { "a": [1] } }"#)),
            stores: stores![WebhookConsumers],
            ..Case::default()
        },
        Case {
            id: "codat.webhooks.create_consumer",
            send: |client, _| {
                let body = CreateWebhookConsumer::new("https://example.com/hook", ["connection.connected"]);
                let body = body.disabled(true).company_tags(["region:uk"]);
                storable(&body, client.codat().webhooks().create_consumer(&body))
            },
            request: r#"POST /webhooks
                {
                    "url": "https://example.com/hook", "eventTypes": ["connection.connected"], "disabled": true,
                    "companyTags": ["region:uk"]
                }"#,
            required: Some((
                |client, _| {
                    let body =
                        CreateWebhookConsumer::new("https://example.com/hook", ["connection.connected"]);
                    storable(&(), client.codat().webhooks().create_consumer(&body))
                },
                r#"POST /webhooks
                    { "url": "https://example.com/hook", "eventTypes": ["connection.connected"] }"#,
            )),
            answer: (201, consumer!()),
            needs: &["/id"],
            stores: stores![WebhookConsumer],
            ..Case::default()
        },
        Case {
            id: "codat.webhooks.delete_consumer",
            send: |client, input| sent(&(), client.codat().webhooks().delete_consumer(&input.ids[0])),
            request: "DELETE /webhooks/first",
            answer: (204, ""),
            stage: Some(|client| {
                Box::pin(async move {
                    let body =
                        CreateWebhookConsumer::new("https://example.com/hook", ["connection.connected"]);
                    let consumer = client.codat().webhooks().create_consumer(&body).await.unwrap();
                    with_ids([consumer.id.as_str()])
                })
            }),
            ..Case::default()
        },
        Case {
            id: "codat.webhooks.rotate_zapier_key",
            send: |client, _| sent(&(), client.codat().webhooks().rotate_zapier_key()),
            request: "POST /webhooks/integrationKeys/zapier",
            answer: (201, r#"{ "key": "{secret}", "unseen": { "a": [1] } }"#),
            needs: &["/key"],
            ..Case::default()
        },
    ]
}
