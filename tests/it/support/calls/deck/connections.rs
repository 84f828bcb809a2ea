use super::link::connecting;
use super::{Case, Stored, sent, staged, storable, with_token};
use connectory::deck::connections::*;

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck.connections.exchange_public_token",
            send: |client, input| {
                let body = ExchangePublicToken::new(&input.secret);
                sent(&body, client.deck().connections().exchange_public_token(&body))
            },
            request: r#"POST /connection/public_token/exchange { "public_token": "{secret}" }"#,
            answer: (
                200,
                r#"{
                  "access_token": "{secret}", "connection_id": "7d0a1c52-53fb-4f2e-9d0f-1a2b3c4d5e6f",
                  "fields": [{ "field_name": "username", "field_value": "{secret}", "unseen": 1 }]
                }"#,
            ),
            needs: &["/access_token"],
            stage: Some(|client| {
                Box::pin(async move { with_token(&connecting(&client, "customer", "Connected").await.1, "") })
            }),
            ..Case::default()
        },
        Case {
            id: "deck.connections.context",
            send: |client, input| {
                let body = AccessTokenRequest::new(&input.secret);
                storable(&body, client.deck().connections().context(&body))
            },
            request: r#"POST /connection/context { "access_token": "{secret}" }"#,
            answer: (
                200,
                r#"{
                  "connection_id": "7d0a1c52-53fb-4f2e-9d0f-1a2b3c4d5e6f",
                  "provider": { "id": "11115055-46cf-4e49-6ba4-08ddcbf23235", "name": "Source" },
                  "connection_status": "Connected", "connection_status_timestamp": "2025-07-01T10:00:00Z",
                  "connection_status_reason": "SolarStorm", "num_of_entities": 1,
                  "entities": [{ "account_number": "1234" }], "unseen": { "a": [1] }
                }"#,
            ),
            stores: stores![ConnectionContext, SourceRef, Entity],
            ..Case::default()
        },
        Case {
            id: "deck.connections.accounts",
            send: |client, input| {
                let body = AccessTokenRequest::new(&input.secret);
                storable(&body, client.deck().connections().accounts(&body))
            },
            request: r#"POST /connection/accounts { "access_token": "{secret}" }"#,
            answer: (
                200,
                r#"{ "accounts": [{ "account_number": "1234", "is_selected": true, "unseen": 1 }] }"#,
            ),
            stores: stores![Accounts, Account],
            ..Case::default()
        },
        Case {
            id: "deck.connections.select_accounts",
            send: |client, input| {
                let accounts = [AccountSelection::new(&input.ids[0], false)];
                let body = SelectAccounts::new(&input.secret, accounts);
                sent(&body, client.deck().connections().select_accounts(&body))
            },
            request: r#"
                POST /connection/accounts/select
                { "access_token": "{secret}", "accounts": [{ "account_number": "first", "is_selected": false }] }"#,
            stage: Some(|_| staged(["1001"])),
            ..Case::default()
        },
        Case {
            id: "deck.connections.invalidate_access_token",
            send: |client, input| {
                let body = AccessTokenRequest::new(&input.secret);
                sent(&body, client.deck().connections().invalidate_access_token(&body))
            },
            request: r#"POST /connection/access_token/invalidate { "access_token": "{secret}" }"#,
            answer: (200, r#"{ "new_access_token": "{secret}", "unseen": { "a": [1] } }"#),
            needs: &["/new_access_token"],
            ..Case::default()
        },
        Case {
            id: "deck.connections.update_webhook",
            send: |client, input| {
                let body = UpdateWebhook::new(&input.secret, "https://example.com/a?b=c", true);
                sent(&body, client.deck().connections().update_webhook(&body))
            },
            request: r#"
                POST /connection/webhook/update
                { "access_token": "{secret}", "url": "https://example.com/a?b=c", "is_active": true }"#,
            ..Case::default()
        },
        Case {
            id: "deck.connections.update_auto_refresh",
            send: |client, input| {
                let body = UpdateAutoRefresh::new(&input.secret, true);
                sent(&body, client.deck().connections().update_auto_refresh(&body))
            },
            request: r#"
                POST /connection/auto_refresh/update
                { "access_token": "{secret}", "auto_refresh": true }"#,
            ..Case::default()
        },
        Case {
            id: "deck.connections.refresh",
            send: |client, input| {
                let body = RefreshConnection::new(&input.secret).account_numbers([input.ids[0].clone()]);
                sent(&body, client.deck().connections().refresh(&body))
            },
            request: r#"POST /connection/refresh { "access_token": "{secret}", "account_numbers": ["first"] }"#,
            required: Some((
                |client, input| {
                    let body = RefreshConnection::new(&input.secret);
                    sent(&body, client.deck().connections().refresh(&body))
                },
                r#"POST /connection/refresh { "access_token": "{secret}" }"#,
            )),
            stage: Some(|_| staged(["1001"])),
            ..Case::default()
        },
        Case {
            id: "deck.connections.destroy",
            send: |client, input| {
                let body = AccessTokenRequest::new(&input.secret);
                sent(&body, client.deck().connections().destroy(&body))
            },
            request: r#"POST /connection/destroy { "access_token": "{secret}" }"#,
            ..Case::default()
        },
    ]
}
