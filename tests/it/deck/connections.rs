use super::{SOURCE, TOKEN};
use crate::support::{
    memory::{Memory, Step},
    offline,
    wire::Wire,
};
use connectory::deck::{
    ErrorBody, ErrorCategory, ErrorCode,
    connections::{
        AccessTokenRequest, AccountSelection, ConnectionContext, Connections, ConnectivityStatus,
        ExchangePublicToken, RefreshConnection, ScrapingStatus, SelectAccounts,
    },
};
use connectory::{Error, Outcome};
use serde_json::{Value, json};

const REFUSED: &str = r#"{"error_category":"INVALID_REQUEST","error_code":"INVALID_ACCESS_TOKEN",
    "error_message":"The access token is not valid","display_message":null}"#;

/// The operations, answered like this.
fn answered(answer: &Value) -> Connections {
    offline(&Memory::playing([Step::answer(200, answer.to_string())])).deck().connections()
}

#[tokio::test]
async fn invalidate_access_token_rotates() {
    let connections = answered(&json!({ "new_access_token": "access-development-new" }));
    let rotated = connections.invalidate_access_token(&AccessTokenRequest::new(TOKEN)).await.unwrap();
    assert_eq!(rotated.new_access_token.expose_secret(), "access-development-new");
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

#[tokio::test]
async fn exchange_public_token_gives_the_access_token() {
    let answer = json!({
        "access_token": TOKEN,
        "connection_id": "7d0a1c52-53fb-4f2e-9d0f-1a2b3c4d5e6f",
        "fields": [{ "field_name": "username", "field_value": "user123" }],
    });
    let body = ExchangePublicToken::new("public-sandbox-1");
    let exchanged = answered(&answer).exchange_public_token(&body).await.unwrap();
    assert_eq!(exchanged.access_token.expose_secret(), TOKEN);
    assert_eq!(exchanged.connection_id.unwrap().as_str(), "7d0a1c52-53fb-4f2e-9d0f-1a2b3c4d5e6f");
    assert_eq!(exchanged.fields.len(), 1);
    assert_eq!(exchanged.fields[0].field_name.as_deref(), Some("username"));
    assert_eq!(exchanged.fields[0].field_value.as_ref().unwrap().expose_secret(), "user123");
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
    let context = context(&answer).await;
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
}

async fn context(answer: &Value) -> ConnectionContext {
    answered(answer).context(&AccessTokenRequest::new(TOKEN)).await.unwrap()
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
        let context = context(&json!({ "num_of_entities": number })).await;
        assert_eq!(context.num_of_entities, expected, "{number}");
    }
    assert_eq!(context(&json!({})).await.num_of_entities, None);
}

#[tokio::test]
async fn accounts_lists_which_are_selected() {
    let answer = json!({ "accounts": [
        { "account_number": "1001", "is_selected": true },
        { "account_number": null, "is_selected": null },
        {},
    ] });
    let found = answered(&answer).accounts(&AccessTokenRequest::new(TOKEN)).await.unwrap();
    let seen: Vec<_> = found
        .accounts
        .iter()
        .map(|account| (account.account_number.as_deref(), account.is_selected))
        .collect();
    assert_eq!(seen, [(Some("1001"), Some(true)), (None, None), (None, None)]);
}

/// Deck tells an empty list from none, and takes an account without a number.
#[tokio::test]
async fn what_is_empty_is_sent() {
    let memory = Memory::playing([Step::answer(200, "OK")]);
    let connections = offline(&memory).deck().connections();
    let mut without_number = AccountSelection::new("", false);
    without_number.account_number = None;
    connections.select_accounts(&SelectAccounts::new(TOKEN, [without_number])).await.unwrap();
    connections.select_accounts(&SelectAccounts::new(TOKEN, [])).await.unwrap();
    connections.refresh(&RefreshConnection::new(TOKEN).account_numbers([""; 0])).await.unwrap();
    let bodies = memory.requests().into_iter().map(|request| serde_json::from_slice(request.body()).unwrap());
    let expected = [
        json!({ "access_token": TOKEN, "accounts": [{ "account_number": null, "is_selected": false }] }),
        json!({ "access_token": TOKEN, "accounts": [] }),
        json!({ "access_token": TOKEN, "account_numbers": [] }),
    ];
    assert_eq!(bodies.collect::<Vec<Value>>(), expected);
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

#[test]
fn what_has_connected_or_failed_is_final() {
    let open: Vec<_> = ConnectivityStatus::KNOWN.iter().filter(|status| !status.is_final()).collect();
    assert_eq!(open, [&ConnectivityStatus::New, &ConnectivityStatus::Connecting]);
    assert!(!ConnectivityStatus::from("Dozing").is_final());
}
