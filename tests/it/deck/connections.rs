use super::{SOURCE, TOKEN, sent};
use crate::support::{
    DECK_CLIENT_ID, DECK_SECRET,
    memory::{Memory, Step},
    offline,
    wire::{Seen, Wire},
};
use connectory::deck::{
    ErrorBody, ErrorCategory, ErrorCode,
    connections::{
        AccessTokenRequest, AccountSelection, AccountsSelectRequest, AutoRefreshUpdateRequest,
        ConnectionContext, ConnectivityStatus, PublicTokenExchangeRequest, RefreshConnectionRequest,
        ScrapingStatus, WebhookUpdateRequest,
    },
};
use connectory::operation::Auth;
use connectory::{Error, Outcome, Secret};
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::ResponseTemplate;

const REFUSED: &str = r#"{"error_category":"INVALID_REQUEST","error_code":"INVALID_ACCESS_TOKEN",
    "error_message":"The access token is not valid","display_message":null}"#;

#[tokio::test]
async fn invalidate_access_token_rotates() {
    let wire = Wire::ok(r#"{"new_access_token":"access-development-new","unseen":{"a":[1]}}"#).await;
    let connections = wire.client().deck().connections();
    let rotated = connections.invalidate_access_token(&AccessTokenRequest::new(TOKEN)).await.unwrap();
    assert_eq!(rotated.new_access_token.expose_secret(), "access-development-new");

    let request = wire.request().await;
    assert_eq!(request.line(), "POST /connection/access_token/invalidate");
    assert_eq!(request.json(), json!({ "access_token": TOKEN }));
    assert_eq!(request.header("x-deck-client-id"), DECK_CLIENT_ID);
    assert_eq!(request.header("x-deck-secret"), DECK_SECRET);
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("accept"), "application/json");
    assert_eq!(request.header("user-agent"), concat!("connectory/", env!("CARGO_PKG_VERSION")));
    assert_eq!(request.header("authorization"), "");
    assert_eq!(request.header("x-deck-idempotency-key"), "", "the vendor takes no key here");
}

#[tokio::test]
async fn invalidate_access_token_with_every_option() {
    let answer = ResponseTemplate::new(200).set_body_raw(r#"{"new_access_token":"new"}"#, "text/json");
    let wire = Wire::answering(answer).await;
    let body = AccessTokenRequest::new(Secret::from(TOKEN));
    let call = wire.client().deck().connections().invalidate_access_token(&body);
    let response = call
        .timeout(Duration::from_secs(5))
        .attempt_timeout(Duration::from_secs(2))
        .max_attempts(5)
        .header("x-trace", "a1b2")
        .response()
        .await
        .unwrap();
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));
    assert_eq!(response.into_value().new_access_token.expose_secret(), "new");

    let request = wire.request().await;
    assert_eq!(request.line(), "POST /connection/access_token/invalidate");
    assert_eq!(request.json(), json!({ "access_token": TOKEN }));
    assert_eq!(request.header("x-trace"), "a1b2");
}

#[tokio::test]
async fn invalidate_access_token_takes_no_idempotency_key() {
    let wire = Wire::ok(r#"{"new_access_token":"new"}"#).await;
    let call = wire.client().deck().connections().invalidate_access_token(&AccessTokenRequest::new(TOKEN));
    let error = call.idempotency_key("7d9ba6a4-4e0e-4d0b-8b8a-3f3a5a0c9f00").await.unwrap_err();
    assert!(matches!(error, Error::Request(_)), "{error:?}");
    assert!(wire.requests().await.is_empty());
}

#[tokio::test]
async fn invalidate_access_token_without_the_token_in_the_answer_is_a_decode_error() {
    let wire = Wire::ok(r#"{"new_access_token":null}"#).await;
    let connections = wire.client().deck().connections();
    let error = connections.invalidate_access_token(&AccessTokenRequest::new(TOKEN)).await.unwrap_err();
    let Error::Decode(decode) = &error else { panic!("{error:?}") };
    assert_eq!((decode.path(), decode.category()), ("new_access_token", connectory::DecodeCategory::Type));
    assert_eq!(error.outcome(), Outcome::Applied);
}

#[tokio::test]
async fn update_webhook_takes_any_body_for_success() {
    for (status, body) in [(200, ""), (200, "OK"), (200, "{}"), (204, ""), (200, "<html>")] {
        let wire = Wire::status(status, body).await;
        let body = WebhookUpdateRequest::new(TOKEN, "https://example.com/hook", false);
        wire.client().deck().connections().update_webhook(&body).await.unwrap();

        let request = wire.request().await;
        assert_eq!(request.line(), "POST /connection/webhook/update");
        let expected =
            json!({ "access_token": TOKEN, "url": "https://example.com/hook", "is_active": false });
        assert_eq!(request.json(), expected);
        assert_eq!(request.header("x-deck-secret"), DECK_SECRET);
    }
}

#[tokio::test]
async fn update_webhook_with_every_option() {
    let wire = Wire::ok("").await;
    let body =
        WebhookUpdateRequest::new(String::from(TOKEN), String::from("https://example.com/a?b=c"), true);
    let call = wire.client().deck().connections().update_webhook(&body);
    let response = call.timeout(Duration::from_secs(5)).header("x-trace", "a1b2").response().await.unwrap();
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));

    let request = wire.request().await;
    assert_eq!(request.line(), "POST /connection/webhook/update");
    let expected = json!({ "access_token": TOKEN, "url": "https://example.com/a?b=c", "is_active": true });
    assert_eq!(request.json(), expected);
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("x-deck-client-id"), DECK_CLIENT_ID);
    assert_eq!(request.header("x-trace"), "a1b2");
}

#[tokio::test]
async fn a_refusal_carries_deck_s_code_and_body() {
    let wire = Wire::status(400, REFUSED).await;
    let connections = wire.client().deck().connections();
    let error = connections.invalidate_access_token(&AccessTokenRequest::new(TOKEN)).await.unwrap_err();
    let Error::BadRequest(refused) = &error else { panic!("{error:?}") };
    let body: &ErrorBody = refused.vendor().unwrap();
    assert_eq!(body.category, Some(ErrorCategory::InvalidRequest));
    assert_eq!(body.code, Some(ErrorCode::InvalidAccessToken));
    assert_eq!(body.display_message, None);
    assert_eq!(error.code(), Some("INVALID_ACCESS_TOKEN"));
    assert_eq!(error.message(), Some("The access token is not valid"));
    assert_eq!(error.outcome(), Outcome::Refused);
    assert_eq!(
        error.to_string(),
        "deck.connections.invalidate_access_token: Deck answered 400 Bad Request, \
         code INVALID_ACCESS_TOKEN: The access token is not valid"
    );
}

#[tokio::test]
async fn an_error_code_that_is_new_keeps_the_error_whole() {
    let wire = Wire::status(400, REFUSED.replace("INVALID_ACCESS_TOKEN", "JOB_NOT_RUNNING")).await;
    let connections = wire.client().deck().connections();
    let error = connections.invalidate_access_token(&AccessTokenRequest::new(TOKEN)).await.unwrap_err();
    assert_eq!(error.code(), Some("JOB_NOT_RUNNING"));
    let code = error.api().unwrap().vendor::<ErrorBody>().unwrap().code.clone().unwrap();
    assert!(matches!(code, ErrorCode::Unknown(_)), "{code:?}");
    assert_eq!(serde_json::to_string(&code).unwrap(), r#""JOB_NOT_RUNNING""#);
}

#[tokio::test]
async fn wrong_credentials_are_unauthorized_although_the_body_is_empty() {
    let wire = Wire::status(401, "").await;
    let connections = wire.client().deck().connections();
    let error = connections.invalidate_access_token(&AccessTokenRequest::new(TOKEN)).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized(_)), "{error:?}");
    assert_eq!((error.code(), error.message()), (None, None));
    assert_eq!(wire.requests().await.len(), 1);
}

fn line_and_body(path: &str, body: Value) -> (String, Value) {
    (format!("POST /connection/{path}"), body)
}

#[tokio::test]
async fn exchange_public_token_gives_the_access_token() {
    let answer = json!({
        "access_token": TOKEN,
        "connection_id": "7d0a1c52-53fb-4f2e-9d0f-1a2b3c4d5e6f",
        "fields": [{ "field_name": "username", "field_value": "user123", "unseen": 1 }],
        "unseen": { "a": [1] },
    });
    let wire = Wire::ok(answer.to_string()).await;
    let body = PublicTokenExchangeRequest::new("public-sandbox-1");
    let exchanged = wire.client().deck().connections().exchange_public_token(&body).await.unwrap();
    assert_eq!(exchanged.access_token.expose_secret(), TOKEN);
    assert_eq!(exchanged.connection_id.unwrap().as_str(), "7d0a1c52-53fb-4f2e-9d0f-1a2b3c4d5e6f");
    assert_eq!(exchanged.fields.len(), 1);
    assert_eq!(exchanged.fields[0].field_name.as_deref(), Some("username"));
    assert_eq!(exchanged.fields[0].field_value.as_ref().unwrap().expose_secret(), "user123");

    let expected = line_and_body("public_token/exchange", json!({ "public_token": "public-sandbox-1" }));
    assert_eq!(sent(&wire, Auth::Credentials).await, expected);
}

#[tokio::test]
async fn exchange_public_token_needs_nothing_but_the_access_token() {
    for rest in [json!({}), json!({ "connection_id": null, "fields": null })] {
        let mut answer = rest;
        answer["access_token"] = TOKEN.into();
        let wire = Wire::ok(answer.to_string()).await;
        let body = PublicTokenExchangeRequest::new(Secret::from("public-sandbox-1"));
        let exchanged = wire.client().deck().connections().exchange_public_token(&body).await.unwrap();
        assert_eq!((exchanged.connection_id, exchanged.fields.len()), (None, 0));
    }
}

#[tokio::test]
async fn context_gives_the_connection_s_state() {
    let answer = json!({
        "connection_id": "7d0a1c52-53fb-4f2e-9d0f-1a2b3c4d5e6f",
        "provider": { "id": SOURCE, "name": "Sandbox Utility" },
        "connection_status": "Disconnected",
        "connection_status_timestamp": "2025-07-01T10:00:00.123Z",
        "connection_status_reason": "MfaCodeTimeout",
        "num_of_entities": 2,
        "entities": [{ "account_number": "1001" }, { "account_number": null }],
    });
    let wire = Wire::ok(answer.to_string()).await;
    let context = wire.client().deck().connections().context(&AccessTokenRequest::new(TOKEN)).await.unwrap();
    let provider = context.provider.as_ref().unwrap();
    assert_eq!(provider.id.as_ref().unwrap().as_str(), SOURCE);
    assert_eq!(provider.name.as_deref(), Some("Sandbox Utility"));
    assert_eq!(context.connection_status, Some(ConnectivityStatus::Disconnected));
    assert_eq!(context.connection_status_timestamp.as_ref().unwrap().as_str(), "2025-07-01T10:00:00.123Z");
    assert_eq!(context.connection_status_reason, Some(ScrapingStatus::MfaCodeTimeout));
    assert_eq!(context.num_of_entities, Some(2));
    let numbers: Vec<_> = context.entities.iter().map(|entity| entity.account_number.as_deref()).collect();
    assert_eq!(numbers, [Some("1001"), None]);
    assert_eq!(serde_json::to_value(&context).unwrap(), answer, "it can be stored as it came");

    let expected = line_and_body("context", json!({ "access_token": TOKEN }));
    assert_eq!(sent(&wire, Auth::Credentials).await, expected);
}

async fn context(answer: Value) -> ConnectionContext {
    let client = offline(&Memory::playing([Step::answer(200, answer.to_string())]));
    client.deck().connections().context(&AccessTokenRequest::new(TOKEN)).await.unwrap()
}

#[tokio::test]
async fn context_takes_the_number_of_entities_in_every_spelling() {
    let rows = [
        (json!(12), Some(12)),
        (json!("12"), Some(12)),
        (json!(" 12 "), Some(12)),
        (json!(0), Some(0)),
        (json!(null), None),
        (json!("a dozen"), None),
        (json!(1.5), None),
        (json!([12]), None),
    ];
    for (number, expected) in rows {
        let context = context(json!({ "num_of_entities": number })).await;
        assert_eq!(context.num_of_entities, expected, "{number}");
    }
    assert_eq!(context(json!({})).await.num_of_entities, None);
}

#[tokio::test]
async fn context_keeps_values_that_are_new_and_misses_none_that_are_gone() {
    let answer = json!({
        "connection_status": "Hibernating",
        "connection_status_reason": "SolarStorm",
        "provider": {},
        "entities": null,
        "unseen": { "a": [1] },
    });
    let context = context(answer).await;
    assert_eq!(context.connection_status.unwrap().as_str(), "Hibernating");
    assert!(matches!(context.connection_status_reason, Some(ScrapingStatus::Unknown(_))));
    assert_eq!(context.connection_status_reason.unwrap().as_str(), "SolarStorm");
    let provider = context.provider.unwrap();
    assert_eq!((provider.id, provider.name), (None, None));
    assert!(context.entities.is_empty());
}

#[tokio::test]
async fn accounts_lists_which_are_selected() {
    let answer = json!({ "accounts": [
        { "account_number": "1001", "is_selected": true, "unseen": 1 },
        { "account_number": null, "is_selected": null },
        {},
    ] });
    let wire = Wire::ok(answer.to_string()).await;
    let connections = wire.client().deck().connections();
    let accounts = connections.accounts(&AccessTokenRequest::new(TOKEN)).await.unwrap().accounts;
    let seen: Vec<_> =
        accounts.iter().map(|account| (account.account_number.as_deref(), account.is_selected)).collect();
    assert_eq!(seen, [(Some("1001"), Some(true)), (None, None), (None, None)]);

    let expected = line_and_body("accounts", json!({ "access_token": TOKEN }));
    assert_eq!(sent(&wire, Auth::Credentials).await, expected);
}

#[tokio::test]
async fn accounts_without_a_list_are_none() {
    for answer in [json!({}), json!({ "accounts": null }), json!({ "accounts": [] })] {
        let wire = Wire::ok(answer.to_string()).await;
        let connections = wire.client().deck().connections();
        let accounts = connections.accounts(&AccessTokenRequest::new(TOKEN)).await.unwrap();
        assert!(accounts.accounts.is_empty(), "{answer}");
    }
}

#[tokio::test]
async fn select_accounts_sets_a_flag_for_each() {
    let mut without_number = AccountSelection::new("", false);
    without_number.account_number = None;
    let rows = [
        (vec![], json!([])),
        (
            vec![AccountSelection::new("1001", true), without_number],
            json!([
                { "account_number": "1001", "is_selected": true },
                { "account_number": null, "is_selected": false },
            ]),
        ),
    ];
    for (accounts, written) in rows {
        let wire = Wire::ok("OK").await;
        let body = AccountsSelectRequest::new(TOKEN, accounts);
        wire.client().deck().connections().select_accounts(&body).await.unwrap();
        let expected =
            line_and_body("accounts/select", json!({ "access_token": TOKEN, "accounts": written }));
        assert_eq!(sent(&wire, Auth::Credentials).await, expected);
    }
}

#[tokio::test]
async fn update_auto_refresh_writes_on_and_off() {
    for flag in [true, false] {
        let wire = Wire::ok("").await;
        let body = AutoRefreshUpdateRequest::new(TOKEN, flag);
        wire.client().deck().connections().update_auto_refresh(&body).await.unwrap();
        let expected =
            line_and_body("auto_refresh/update", json!({ "access_token": TOKEN, "auto_refresh": flag }));
        assert_eq!(sent(&wire, Auth::Credentials).await, expected);
    }
}

#[tokio::test]
async fn refresh_is_of_all_accounts_or_of_some() {
    let all = RefreshConnectionRequest::new(TOKEN);
    let some = RefreshConnectionRequest::new(TOKEN).account_numbers(["1001".to_owned(), "1002".to_owned()]);
    let none = RefreshConnectionRequest::new(TOKEN).account_numbers([""; 0]);
    let rows = [
        (all, json!({ "access_token": TOKEN })),
        (some, json!({ "access_token": TOKEN, "account_numbers": ["1001", "1002"] })),
        (none, json!({ "access_token": TOKEN, "account_numbers": [] })),
    ];
    for (body, written) in rows {
        let wire = Wire::ok("").await;
        wire.client().deck().connections().refresh(&body).await.unwrap();
        assert_eq!(sent(&wire, Auth::Credentials).await, line_and_body("refresh", written));
    }
}

#[tokio::test]
async fn destroy_takes_any_body_for_success() {
    for (status, body) in [(200, ""), (200, "OK"), (204, ""), (200, "<html>")] {
        let wire = Wire::status(status, body).await;
        wire.client().deck().connections().destroy(&AccessTokenRequest::new(TOKEN)).await.unwrap();
        let expected = line_and_body("destroy", json!({ "access_token": TOKEN }));
        assert_eq!(sent(&wire, Auth::Credentials).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn destroy_after_a_lost_answer_may_have_worked() {
    let gone = r#"{"error_category":"INVALID_REQUEST","error_code":"INVALID_ACCESS_TOKEN"}"#;
    let memory = Memory::playing([Step::reset(), Step::answer(400, gone)]);
    let body = AccessTokenRequest::new(TOKEN);
    let error = offline(&memory).deck().connections().destroy(&body).await.unwrap_err();
    assert_eq!(error.code(), Some("INVALID_ACCESS_TOKEN"));
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, 2));
}

#[test]
fn every_status_that_the_vendor_documents_is_known() {
    let connectivity: Vec<_> = ConnectivityStatus::KNOWN.iter().map(ConnectivityStatus::as_str).collect();
    assert_eq!(connectivity.join(" "), "New Connecting Connected Disconnected Error");
    let scraping: Vec<_> = ScrapingStatus::KNOWN.iter().map(ScrapingStatus::as_str).collect();
    assert_eq!(
        scraping.join(" "),
        "New Connecting CredentialsSent InvalidCredentials ConnectedCredentials SecurityAnswerRequired \
         SecurityAnswerInvalid SecurityQuestionTimeout MfaMethodChoiceRequired MfaCodeRequired MfaCodeInvalid \
         MfaCodeTimeout MfaActionRequired BlockedByPin AccountSelectionRequired WaitingForJob ExecutingJob \
         CompletedJob RetryLater DataFound ConnectedWaitingOnDataExtraction NoDataFound NoStatement Error"
    );
}
