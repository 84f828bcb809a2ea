use super::told;
use connectory::deck::connections::{
    AccessTokenRequest, AccountSelection, Connections, ConnectivityStatus, ExchangePublicToken,
    RefreshConnection, SelectAccounts, UpdateAutoRefresh, UpdateWebhook,
};
use connectory::deck::documents::{GetDocumentFile, ListDocuments};
use connectory::deck::jobs::{AnswerJobMfa, EnsureConnection, Job, Jobs, SubmitJob};
use connectory::deck::link::{
    AnswerLinkMfa, ConnectSource, CreateLinkToken, CredentialField, Language, Link, LinkMode,
    LinkTokenRequest, LinkUpdate, SearchSources, SelectLinkAccounts, StartedConnection, UpdateMode,
};
use connectory::deck::{AlreadyRunningJob, Config, Deck, ErrorBody, ErrorCategory, ErrorCode};
use connectory::sandbox::{Fault, FaultRule, Sandbox};
use connectory::{Call, Client, Error, Outcome, Provider, Secret};
use serde_json::{Value, json};
use std::{fmt::Debug, time::Duration};

pub(super) const UTILITY: &str = "11115055-46cf-4e49-6ba4-08ddcbf23235";
pub(super) const AETNA: &str = "fee328b0-fc48-4699-a245-5de34313952e";
pub(super) const ANSWER: &str = "123456";

pub(super) const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// Awaits a call that Deck refuses, and gives the code.
pub(super) async fn refused<T: Debug + 'static>(call: Call<T>) -> ErrorCode {
    let error = call.await.unwrap_err();
    assert!(matches!(error, Error::BadRequest(_)), "{error:?}");
    let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
    let is_job = error.operation().unwrap().id() == "deck.jobs.submit";
    assert!(body.category.is_none() == is_job && body.message.is_some(), "{body:?}");
    body.code.clone().unwrap()
}

/// Sends this body, as it is and with the right credentials.
pub(super) async fn post(sandbox: &Sandbox, path: &str, body: &Value) -> (u16, Value) {
    let request = http::Request::post(format!("{}{path}", sandbox.base_url(Provider::Deck)))
        .header("x-deck-client-id", "sandbox-client-id")
        .header("x-deck-secret", "sandbox-secret-2f8a1c55")
        .header("content-type", "application/json");
    let answer = sandbox.transport().send(request.body(body.to_string().into()).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

/// A Link session, from the browser's side.
pub(super) struct Session {
    pub(super) link: Link,
    pub(super) token: Secret,
}

impl Session {
    pub(super) async fn start(deck: &Deck, body: &CreateLinkToken) -> Self {
        let link = deck.link();
        let token = link.create_token(body).await.unwrap().link_token;
        Self { link, token }
    }

    fn named(&self) -> LinkTokenRequest {
        LinkTokenRequest::new(&self.token)
    }

    pub(super) fn connect(&self, username: &str, password: &str) -> Call<StartedConnection> {
        let fields = [CredentialField::new("username", username), CredentialField::new("password", password)];
        self.link.connect(&ConnectSource::new(&self.token, UTILITY, fields))
    }

    pub(super) async fn status(&self) -> String {
        self.link.connection_status(&self.named()).await.unwrap().status.unwrap().to_string()
    }

    /// Looks this often.
    pub(super) async fn statuses(&self, looks: usize) -> Vec<String> {
        let mut seen = Vec::new();
        for _ in 0..looks {
            seen.push(self.status().await);
        }
        seen
    }

    pub(super) async fn answer(&self, answer: &str) {
        self.link.answer_mfa(&AnswerLinkMfa::new(&self.token, answer)).await.unwrap();
    }
}

async fn session(sandbox: &Sandbox) -> Session {
    Session::start(&sandbox.client().deck(), &CreateLinkToken::new()).await
}

/// An access token of a connection that was just made.
pub(super) fn connected(sandbox: &Sandbox) -> (Secret, Connections, Jobs) {
    let deck = sandbox.client().deck();
    (sandbox.deck().connect(), deck.connections(), deck.jobs())
}

/// The event that ends this job, if it has ended.
pub(super) fn result_of(sandbox: &Sandbox, job: &Job) -> Option<Value> {
    let events = told(sandbox);
    let mut ends = events
        .into_iter()
        .filter(|event| event["job_guid"] == job.job_guid.as_str())
        .filter(|event| event.get("output").or(event.get("error")).is_some());
    let end = ends.next();
    assert!(ends.next().is_none(), "a job ends once");
    end
}

#[tokio::test]
async fn a_customer_connects_and_is_served_to_the_end() {
    let sandbox = Sandbox::start().await.unwrap();
    let deck = sandbox.client().deck();
    let settings = CreateLinkToken::new().language(Language::Fr).countries(vec!["CA".to_owned()]);
    let session = Session::start(&deck, &settings).await;
    let told = session.link.get_token(&session.named()).await.unwrap();
    assert_eq!((told.language, told.countries), (Some(Language::Fr), vec!["CA".to_owned()]));
    let info = session.link.info(&session.named()).await.unwrap();
    assert_eq!((info.mode, info.language), (Some(LinkMode::Normal), Some(Language::Fr)));
    assert!(info.update_mode.is_none());
    assert_eq!(info.show_step_add_source, Some(true));

    let found = session.link.sources(&SearchSources::new(&session.token).search("UTIL")).await.unwrap();
    let [source] = found.sources.as_slice() else { panic!("{found:?}") };
    assert_eq!(source.source_id.as_str(), UTILITY);
    let fields: Vec<_> = source.fields.iter().map(|field| field.field_name.as_deref().unwrap()).collect();
    assert_eq!(fields, ["username", "password"]);

    let started = session.connect("mfa-and-accounts", "pass").await.unwrap();
    assert!(started.job_guid.is_some());
    let exchange = ExchangePublicToken::new(started.public_token.as_ref().unwrap());
    let connections = deck.connections();
    assert_eq!(session.statuses(4).await, ["New", "Connecting", "MfaQuestion", "MfaQuestion"]);
    assert!(!session.link.mfa_question(&session.named()).await.unwrap().question.is_empty());
    session.answer("000000").await;
    assert_eq!(session.statuses(2).await, ["MfaQuestionInvalidAnswer", "MfaQuestionInvalidAnswer"]);
    session.answer(ANSWER).await;
    assert_eq!(session.statuses(3).await, ["Connecting", "AccountSelection", "AccountSelection"]);
    assert_eq!(refused(connections.exchange_public_token(&exchange)).await, ErrorCode::InvalidPublicToken);
    let accounts = session.link.accounts(&session.named()).await.unwrap().accounts;
    let chosen = accounts.iter().find(|account| account.account_number.as_deref() == Some("1002")).unwrap();
    let select = SelectLinkAccounts::new(&session.token, [&chosen.account_id]);
    session.link.select_accounts(&select).await.unwrap();
    assert_eq!(session.statuses(3).await, ["Connecting", "Connected", "Connected"]);

    let exchanged = connections.exchange_public_token(&exchange).await.unwrap();
    assert_eq!(exchanged.fields[0].field_value.as_ref().unwrap().expose_secret(), "mfa-and-accounts");
    let access = AccessTokenRequest::new(&exchanged.access_token);
    let context = connections.context(&access).await.unwrap();
    assert_eq!(context.connection_id, exchanged.connection_id);
    assert_eq!(context.connection_status, Some(ConnectivityStatus::Connected));
    assert_eq!((context.num_of_entities, context.entities.len()), (Some(2), 2));
    assert_eq!(context.provider.unwrap().id.unwrap().as_str(), UTILITY);
    let accounts = connections.accounts(&access).await.unwrap().accounts;
    let seen: Vec<_> =
        accounts.iter().map(|account| (account.account_number.as_deref(), account.is_selected)).collect();
    assert_eq!(seen, [(Some("1001"), Some(false)), (Some("1002"), Some(true))]);

    let job = deck.jobs().submit(&SubmitJob::fetch_documents(&exchanged.access_token)).await.unwrap();
    sandbox.advance(Duration::from_secs(2));
    assert_eq!(result_of(&sandbox, &job).unwrap()["output"]["success"], true);
    let list = deck.documents().list(&ListDocuments::new(&exchanged.access_token)).await.unwrap();
    let body = GetDocumentFile::new(&exchanged.access_token, &list.documents[0].document_id);
    let mut file = Vec::new();
    deck.documents().file(&body).await.unwrap().write_to(&mut file).await.unwrap();
    assert!(file.starts_with(b"%PDF-"));
    // The vendor's own SDKs ask for these.
    for (accept, given) in
        [("*/*", "application/pdf"), ("application/json, text/json;q=0.7", "application/json")]
    {
        let answer = deck.documents().file(&body).header("accept", accept).response().await.unwrap();
        assert_eq!(answer.headers()["content-type"], given);
    }

    let rotated = connections.invalidate_access_token(&access).await.unwrap().new_access_token;
    assert_eq!(refused(connections.context(&access)).await, ErrorCode::InvalidAccessToken);
    let access = AccessTokenRequest::new(&rotated);
    assert_eq!(connections.context(&access).await.unwrap().connection_id, exchanged.connection_id);
    connections.destroy(&access).await.unwrap();
    assert_eq!(refused(connections.context(&access)).await, ErrorCode::InvalidAccessToken);
    assert_eq!(refused(connections.destroy(&access)).await, ErrorCode::InvalidAccessToken);
    let body = SubmitJob::fetch_documents(&rotated);
    assert_eq!(refused(deck.jobs().submit(&body)).await, ErrorCode::InvalidAccessToken);
    assert_eq!(
        refused(deck.documents().list(&ListDocuments::new(&rotated))).await,
        ErrorCode::InvalidAccessToken
    );
}

#[tokio::test]
async fn a_link_token_lasts_twenty_minutes_and_connects_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let first = session(&sandbox).await;
    sandbox.advance(minutes(19));
    first.connect("customer", "pass").await.unwrap();
    assert_eq!(refused(first.connect("customer", "pass")).await, ErrorCode::InvalidLinkToken);
    assert_eq!(first.statuses(3).await, ["New", "Connecting", "Connected"]);
    assert_eq!(refused(first.connect("customer", "pass")).await, ErrorCode::InvalidLinkToken);

    sandbox.advance(minutes(1));
    let late = || LinkTokenRequest::new(&first.token);
    assert_eq!(refused(first.link.get_token(&late())).await, ErrorCode::InvalidLinkToken);
    assert_eq!(refused(first.link.info(&late())).await, ErrorCode::InvalidLinkToken);
    assert_eq!(
        refused(first.link.sources(&SearchSources::new(&first.token))).await,
        ErrorCode::InvalidLinkToken
    );
    assert_eq!(refused(first.connect("customer", "pass")).await, ErrorCode::InvalidLinkToken);
    assert_eq!(refused(first.link.connection_status(&late())).await, ErrorCode::InvalidLinkToken);
    assert_eq!(refused(first.link.mfa_question(&late())).await, ErrorCode::InvalidLinkToken);
    let answer = AnswerLinkMfa::new(&first.token, ANSWER);
    assert_eq!(refused(first.link.answer_mfa(&answer)).await, ErrorCode::InvalidLinkToken);
    assert_eq!(refused(first.link.accounts(&late())).await, ErrorCode::InvalidLinkToken);
    let select = SelectLinkAccounts::new(&first.token, [""; 0]);
    assert_eq!(refused(first.link.select_accounts(&select)).await, ErrorCode::InvalidLinkToken);
    let error = first.link.info(&LinkTokenRequest::new("no-such-token")).await.unwrap_err();
    let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
    assert_eq!(body.category, Some(ErrorCategory::InvalidInput));
}

#[tokio::test]
async fn a_public_token_is_exchanged_once_and_outlives_its_session() {
    let sandbox = Sandbox::start().await.unwrap();
    let session = session(&sandbox).await;
    let started = session.connect("customer", "pass").await.unwrap();
    let body = ExchangePublicToken::new(started.public_token.as_ref().unwrap());
    let connections = sandbox.client().deck().connections();
    assert_eq!(refused(connections.exchange_public_token(&body)).await, ErrorCode::InvalidPublicToken);
    session.statuses(3).await;
    sandbox.advance(minutes(25));
    let token = connections.exchange_public_token(&body).await.unwrap().access_token;
    assert_eq!(refused(connections.exchange_public_token(&body)).await, ErrorCode::InvalidPublicToken);
    let unknown = ExchangePublicToken::new("public-sandbox-unknown");
    assert_eq!(refused(connections.exchange_public_token(&unknown)).await, ErrorCode::InvalidPublicToken);
    // It is open from the exchange on, however long that took.
    sandbox.client().deck().jobs().submit(&SubmitJob::fetch_balance(&token)).await.unwrap();
}

#[tokio::test]
async fn rejected_credentials_can_be_entered_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let session = session(&sandbox).await;
    let started = session.connect("customer", "invalid").await.unwrap();
    assert_eq!(session.statuses(4).await, ["New", "Connecting", "InvalidCredentials", "InvalidCredentials"]);
    let connections = sandbox.client().deck().connections();
    let body = ExchangePublicToken::new(started.public_token.unwrap());
    assert_eq!(refused(connections.exchange_public_token(&body)).await, ErrorCode::InvalidPublicToken);

    let started = session.connect("customer", "right").await.unwrap();
    assert_eq!(session.statuses(3).await, ["New", "Connecting", "Connected"]);
    let body = ExchangePublicToken::new(started.public_token.unwrap());
    connections.exchange_public_token(&body).await.unwrap();
}

#[tokio::test]
async fn each_wrong_step_of_a_session_is_refused_in_deck_s_words() {
    let sandbox = Sandbox::start().await.unwrap();
    let session = session(&sandbox).await;
    let Session { link, token } = &session;
    assert_eq!(refused(link.mfa_question(&session.named())).await, ErrorCode::SecurityQuestionNotFound);
    let answer = AnswerLinkMfa::new(token, ANSWER);
    assert_eq!(refused(link.answer_mfa(&answer)).await, ErrorCode::SecurityQuestionNotFound);
    assert!(link.accounts(&session.named()).await.unwrap().accounts.is_empty());
    let select = SelectLinkAccounts::new(token, ["no-such-account"]);
    assert_eq!(refused(link.select_accounts(&select)).await, ErrorCode::InvalidAccountId);

    for search in ["ab", &"x".repeat(256)] {
        let body = SearchSources::new(token).search(search);
        assert_eq!(refused(link.sources(&body)).await, ErrorCode::ValidationFailed);
    }
    let one = SearchSources::new(token).source_id(AETNA).search("zzz");
    assert_eq!(link.sources(&one).await.unwrap().sources[0].source_id.as_str(), AETNA);
    assert_eq!(link.sources(&SearchSources::new(token)).await.unwrap().sources.len(), 2);

    let fields = || [CredentialField::new("username", "u"), CredentialField::new("password", "p")];
    let elsewhere = ConnectSource::new(token, "3f0fdc9a-95a4-4d2c-b8a6-6b8a4f3f2a10", fields());
    assert_eq!(refused(link.connect(&elsewhere)).await, ErrorCode::InvalidSource);
    let half = ConnectSource::new(token, UTILITY, [CredentialField::new("username", "u")]);
    assert_eq!(refused(link.connect(&half)).await, ErrorCode::ValidationFailed);
    // None of this has used the token up.
    link.connect(&ConnectSource::new(token, UTILITY, fields())).await.unwrap();
}

#[tokio::test]
async fn a_link_token_allows_the_sources_that_it_names() {
    let sandbox = Sandbox::start().await.unwrap();
    let only = CreateLinkToken::new().source_ids(vec![AETNA.into()]);
    let session = Session::start(&sandbox.client().deck(), &only).await;
    let found = session.link.sources(&SearchSources::new(&session.token)).await.unwrap().sources;
    assert_eq!(found.iter().map(|source| source.source_id.as_str()).collect::<Vec<_>>(), [AETNA]);
    assert_eq!(refused(session.connect("customer", "pass")).await, ErrorCode::InvalidSource);
    let fields = [CredentialField::new("username", "u"), CredentialField::new("password", "p")];
    session.link.connect(&ConnectSource::new(&session.token, AETNA, fields)).await.unwrap();
}

#[tokio::test]
async fn a_session_that_updates_shows_its_connection_and_gives_no_public_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let (token, connections, _) = connected(&sandbox);
    for mode in [UpdateMode::UpdateCredentials, UpdateMode::Refresh] {
        let body = CreateLinkToken::new().update(LinkUpdate::new(&token, mode.clone()));
        let session = Session::start(&sandbox.client().deck(), &body).await;
        let info = session.link.info(&session.named()).await.unwrap();
        assert_eq!(info.mode.unwrap().as_str(), mode.as_str());
        assert_eq!(info.show_step_add_source, Some(false));
        let source = info.update_mode.unwrap().source.unwrap();
        assert_eq!(source.source_id.as_str(), UTILITY);
        assert_eq!(source.fields[0].field_value.as_ref().unwrap().expose_secret(), "customer");
        assert!(source.fields[1].field_value.is_none(), "a password is never told");

        assert!(session.connect("customer", "new").await.unwrap().public_token.is_none());
        assert_eq!(session.statuses(3).await, ["New", "Connecting", "Connected"]);
        assert_eq!(refused(session.connect("customer", "new")).await, ErrorCode::InvalidLinkToken);
    }
    connections.context(&AccessTokenRequest::new(&token)).await.unwrap();

    let unknown = CreateLinkToken::new().update(LinkUpdate::new("unknown", UpdateMode::Refresh));
    let link = sandbox.client().deck().link();
    assert_eq!(refused(link.create_token(&unknown)).await, ErrorCode::InvalidAccessToken);
}

#[tokio::test]
async fn an_update_changes_its_connection_and_no_other() {
    let sandbox = Sandbox::start().await.unwrap();
    let (token, connections, _) = connected(&sandbox);
    let access = AccessTokenRequest::new(&token);
    let before = connections.context(&access).await.unwrap();
    let mine = UpdateWebhook::new(&token, "https://example.com/mine", true);
    connections.update_webhook(&mine).await.unwrap();
    let only_first = SelectAccounts::new(&token, [AccountSelection::new("1002", false)]);
    connections.select_accounts(&only_first).await.unwrap();

    let update = LinkUpdate::new(&token, UpdateMode::UpdateCredentials);
    let body = CreateLinkToken::new().update(update).auto_refresh(true);
    let session = Session::start(&sandbox.client().deck(), &body).await;
    let found = session.link.sources(&SearchSources::new(&session.token)).await.unwrap().sources;
    assert_eq!(found.iter().map(|source| source.source_id.as_str()).collect::<Vec<_>>(), [UTILITY]);
    let fields = [CredentialField::new("username", "u"), CredentialField::new("password", "p")];
    let elsewhere = ConnectSource::new(&session.token, AETNA, fields);
    assert_eq!(refused(session.link.connect(&elsewhere)).await, ErrorCode::InvalidSource);

    sandbox.advance(minutes(1));
    session.connect("renamed", "new").await.unwrap();
    assert_eq!(sandbox.deck().auto_refresh(token.expose_secret()), Some(false), "nothing before it connects");
    assert_eq!(session.statuses(3).await, ["New", "Connecting", "Connected"]);
    let after = connections.context(&access).await.unwrap();
    assert_eq!(after.connection_id, before.connection_id);
    assert_ne!(after.connection_status_timestamp, before.connection_status_timestamp);
    let accounts = connections.accounts(&access).await.unwrap().accounts;
    assert_eq!(accounts[1].is_selected, Some(false), "nobody has selected anything");
    assert_eq!(sandbox.deck().auto_refresh(token.expose_secret()), Some(true));
    let webhook = sandbox.deck().webhook(token.expose_secret()).unwrap();
    assert_eq!(webhook.url.as_deref(), Some("https://example.com/mine"), "the session has named none");

    let again = CreateLinkToken::new().update(LinkUpdate::new(&token, UpdateMode::Refresh));
    let session = Session::start(&sandbox.client().deck(), &again).await;
    let source = session.link.info(&session.named()).await.unwrap().update_mode.unwrap().source.unwrap();
    assert_eq!(source.fields[0].field_value.as_ref().unwrap().expose_secret(), "renamed");
}

#[tokio::test]
async fn webhook_and_refresh_reach_the_connection() {
    let sandbox = Sandbox::start().await.unwrap();
    let deck = sandbox.client().deck();
    let settings = CreateLinkToken::new().webhook_url("https://example.com/link").auto_refresh(true);
    let session = Session::start(&deck, &settings).await;
    let started = session.connect("customer", "pass").await.unwrap();
    session.statuses(3).await;
    let exchange = ExchangePublicToken::new(started.public_token.unwrap());
    let token = deck.connections().exchange_public_token(&exchange).await.unwrap().access_token;
    let webhook = sandbox.deck().webhook(token.expose_secret()).unwrap();
    assert_eq!((webhook.url.as_deref(), webhook.is_active), (Some("https://example.com/link"), true));
    assert_eq!(sandbox.deck().auto_refresh(token.expose_secret()), Some(true));

    let input = EnsureConnection::new(AETNA, "headless", "pass").webhook_url("https://example.com/job");
    let job = deck.jobs().submit(&SubmitJob::ensure_connection(input)).await.unwrap();
    let webhook = sandbox.deck().webhook(token_of(&sandbox, &job).expose_secret()).unwrap();
    assert_eq!((webhook.url.as_deref(), webhook.is_active), (Some("https://example.com/job"), true));
    assert_eq!(sandbox.deck().auto_refresh("unknown"), None);
}

#[tokio::test]
async fn bodies_of_another_form_are_refused() {
    let sandbox = Sandbox::builder().deck_connection("access-1").in_memory().unwrap();
    let link = session(&sandbox).await.token;
    let link = link.expose_secret();
    let update = |mode| json!({ "update": { "access_token": "access-1", "mode": mode } });
    let (user, pass) = (
        json!({ "field_name": "username", "field_value": "u" }),
        json!({ "field_name": "password", "field_value": "p" }),
    );
    let connect = |user: &Value| json!({ "link_token": link, "source_id": UTILITY, "fields": [user, pass] });
    let rows = [
        ("/link/token/create", json!({ "language": 3 })),
        ("/link/token/create", json!({ "language": "Unheard" })),
        ("/link/token/create", json!({ "beta_source_status": "" })),
        ("/link/token/create", json!({ "source_ids": [UTILITY, "no-uuid"] })),
        ("/link/sources", json!({ "link_token": link, "source_id": "no-uuid" })),
        ("/link/connect", json!({ "link_token": link, "source_id": "no-uuid", "fields": [user, pass] })),
        ("/link/token/create", json!({ "parsing_method": "basic" })),
        ("/link/token/create", json!({ "countries": "CA" })),
        ("/link/token/create", json!({ "auto_refresh": "yes" })),
        ("/link/token/create", json!({ "webhook_url": ["https://example.com"] })),
        ("/link/token/create", json!({ "unheard_of": true })),
        ("/link/token/create", json!([null, null, null, null, null, null, null, null, null, null])),
        ("/link/token/create", update("Unheard")),
        (
            "/link/token/create",
            json!({ "update": { "access_token": "access-1", "mode": "Refresh", "x": 1 } }),
        ),
        ("/link/token/create", json!({ "update": ["access-1", "Refresh"] })),
        ("/link/connect", connect(&json!({ "field_name": "username", "field_value": "u", "x": 1 }))),
        ("/link/connect", connect(&json!(["username", "u"]))),
        ("/connection/context", json!(["access-1"])),
        ("/jobs/submit", json!(["FetchBalance", { "access_token": "access-1" }])),
        ("/connection/context", Value::Null),
        ("/connection/context", json!({})),
    ];
    for (path, body) in rows {
        let (status, answer) = post(&sandbox, path, &body).await;
        assert_eq!((status, &answer["error_code"]), (400, &json!("VALIDATION_FAILED")), "{path} {body}");
    }
    assert_eq!(post(&sandbox, "/link/token/create", &update("Refresh")).await.0, 200);
    assert_eq!(post(&sandbox, "/link/token/create", &json!({ "update": null })).await.0, 200);
    assert_eq!(post(&sandbox, "/link/connect", &connect(&user)).await.0, 200);
}

#[tokio::test]
async fn a_link_token_needs_no_body() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let request = http::Request::post(format!("{}/link/token/create", sandbox.base_url(Provider::Deck)))
        .header("x-deck-client-id", "sandbox-client-id")
        .header("x-deck-secret", "sandbox-secret-2f8a1c55");
    let answer = sandbox.transport().send(request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_job_is_refused_in_words_of_its_own() {
    let sandbox = Sandbox::builder().deck_connection("access-1").in_memory().unwrap();
    let job = |token| json!({ "job_code": "FetchBalance", "input": { "access_token": token } });
    let members = |answer: &Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>();

    let (status, answer) = post(&sandbox, "/jobs/submit", &job("unknown")).await;
    assert_eq!((status, &answer["error_code"]), (400, &json!("INVALID_ACCESS_TOKEN")));
    assert_eq!(members(&answer), ["error_code", "error_message", "message"]);
    let (status, answer) = post(&sandbox, "/jobs/submit", &json!({})).await;
    assert_eq!((status, &answer["error_code"]), (400, &json!("VALIDATION_FAILED")));
    assert_eq!(members(&answer), ["error_code", "error_message", "message"]);

    sandbox.inject(FaultRule::new(Fault::Status(400)).times(1));
    assert_eq!(members(&post(&sandbox, "/jobs/submit", &job("access-1")).await.1).len(), 3);
    sandbox.inject(FaultRule::new(Fault::Status(503)).times(1));
    assert_eq!(members(&post(&sandbox, "/jobs/submit", &job("access-1")).await.1).len(), 4);
    let context = json!({ "access_token": "unknown" });
    assert_eq!(members(&post(&sandbox, "/connection/context", &context).await.1).len(), 4);
}

#[tokio::test]
async fn a_job_is_found_by_its_guid_in_any_case() {
    let sandbox = Sandbox::builder().deck_connection("access-1").in_memory().unwrap();
    let submit = |code: &str, input: Value| json!({ "job_code": code, "input": input });
    let fetch = submit("FetchDocuments", json!({ "access_token": "access-1" }));
    let job = post(&sandbox, "/jobs/submit", &fetch).await.1["job_guid"].as_str().unwrap().to_uppercase();
    sandbox.advance(Duration::from_secs(2));
    let list = format!("/jobs/documents/list?job_guid={job}");
    let found = post(&sandbox, &list, &json!({ "access_token": "access-1" })).await.1;
    assert_eq!(found["documents"].as_array().unwrap().len(), 1);

    let input = json!({ "source_guid": UTILITY, "username": "mfa", "password": "p" });
    let job = post(&sandbox, "/jobs/submit", &submit("EnsureConnection", input)).await.1;
    let answer = json!({ "job_guid": job["job_guid"].as_str().unwrap().to_uppercase(), "answer": ANSWER });
    assert_eq!(post(&sandbox, "/jobs/mfa/answer", &answer).await.0, 200);
}

#[tokio::test]
async fn a_connection_keeps_what_is_set() {
    let sandbox = Sandbox::start().await.unwrap();
    let (token, connections, _) = connected(&sandbox);
    let body = SelectAccounts::new(&token, [AccountSelection::new("1001", false)]);
    connections.select_accounts(&body).await.unwrap();
    let accounts = connections.accounts(&AccessTokenRequest::new(&token)).await.unwrap().accounts;
    assert_eq!(
        accounts.iter().map(|account| account.is_selected).collect::<Vec<_>>(),
        [Some(false), Some(true)]
    );
    let body = SelectAccounts::new(
        &token,
        [AccountSelection::new("1002", false), AccountSelection::new("9999", true)],
    );
    assert_eq!(refused(connections.select_accounts(&body)).await, ErrorCode::InvalidAccountId);
    let accounts = connections.accounts(&AccessTokenRequest::new(&token)).await.unwrap().accounts;
    assert_eq!(accounts[1].is_selected, Some(true), "all or nothing");

    connections.update_auto_refresh(&UpdateAutoRefresh::new(&token, true)).await.unwrap();
    connections.refresh(&RefreshConnection::new(&token).account_numbers(["1001".to_owned()])).await.unwrap();
    let events = told(&sandbox);
    assert_eq!(events.last().unwrap()["webhook_code"], "DefaultUpdate");
    let body = RefreshConnection::new(&token).account_numbers(["9999".to_owned()]);
    assert_eq!(refused(connections.refresh(&body)).await, ErrorCode::InvalidAccountId);
    assert_eq!(told(&sandbox).len(), events.len());
}

#[tokio::test]
async fn one_job_runs_at_a_time() {
    let sandbox = Sandbox::start().await.unwrap();
    let (token, _, jobs) = connected(&sandbox);
    let first = jobs.submit(&SubmitJob::fetch_balance(&token)).await.unwrap();
    assert_eq!(first.job_code.as_ref().unwrap().as_str(), "FetchBalance");
    assert_eq!(result_of(&sandbox, &first), None);

    let error = jobs.submit(&SubmitJob::fetch_documents(&token)).await.unwrap_err();
    let Error::Conflict(refused) = &error else { panic!("{error:?}") };
    assert_eq!(refused.vendor::<AlreadyRunningJob>().unwrap().job_guid, first.job_guid);
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Refused, 1));
    // Another customer's connection is not concerned.
    jobs.submit(&SubmitJob::fetch_balance(sandbox.deck().connect())).await.unwrap();

    sandbox.advance(Duration::from_secs(2));
    let expected = json!({
        "job_guid": first.job_guid, "output": { "success": true },
        "webhook_type": "Job", "webhook_code": "FetchBalance", "environment": "Sandbox",
    });
    assert_eq!(result_of(&sandbox, &first), Some(expected));
    jobs.submit(&SubmitJob::fetch_documents(&token)).await.unwrap();
}

#[tokio::test]
async fn the_sandbox_outcome_decides_how_a_job_ends() {
    let sandbox = Sandbox::start().await.unwrap();
    let (token, _, jobs) = connected(&sandbox);
    let rows = [
        ("error-input-values", "InputValues"),
        ("error-not-found", "NotFound"),
        ("error-system-error", "SystemError"),
        ("error-action-rejected", "ActionRejected"),
        ("error-unexpected-error", "Unexpected"),
    ];
    for (outcome, code) in rows {
        let job = jobs.submit(&SubmitJob::fetch_documents(&token).sandbox_outcome(outcome)).await.unwrap();
        sandbox.advance(Duration::from_secs(2));
        let event = result_of(&sandbox, &job).unwrap();
        assert_eq!(event["error"]["error_code"], code);
        assert_eq!(event.get("output"), None);
    }
    let job = jobs.submit(&SubmitJob::fetch_documents(&token).sandbox_outcome("job-failed")).await.unwrap();
    sandbox.advance(Duration::from_secs(2));
    let output = json!({
        "success": false, "error_category": "JobFailed", "message": "Failed to complete FetchDocuments.",
    });
    assert_eq!(result_of(&sandbox, &job).unwrap()["output"], output);
    let documents = sandbox.client().deck().documents();
    assert!(documents.list(&ListDocuments::new(&token)).await.unwrap().documents.is_empty());
}

#[tokio::test]
async fn an_idempotency_key_replays_its_answer_for_a_day() {
    const KEY: &str = "7d9ba6a4-4e0e-4d0b-8b8a-3f3a5a0c9f00";
    let sandbox = Sandbox::start().await.unwrap();
    let (token, _, jobs) = connected(&sandbox);
    let body = SubmitJob::fetch_balance(&token);
    let first = jobs.submit(&body).idempotency_key(KEY).await.unwrap();
    let again = jobs.submit(&body).idempotency_key(KEY).await.unwrap();
    assert_eq!(again.job_guid, first.job_guid, "although a job runs");

    let other = SubmitJob::fetch_documents(&token);
    let error = jobs.submit(&other).idempotency_key(KEY).await.unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "{error:?}");
    assert!(error.api().unwrap().vendor::<AlreadyRunningJob>().is_none());

    let strange = [
        "my-key",
        "7d9ba6a44e0e4d0b8b8a3f3a5a0c9f00",
        "{7d9ba6a4-4e0e-4d0b-8b8a-3f3a5a0c9f00}",
        "7d9ba6a4-4e0e-1d0b-8b8a-3f3a5a0c9f00",
    ];
    for key in strange {
        let refusal = refused(jobs.submit(&body).idempotency_key(key)).await;
        assert_eq!(refusal, ErrorCode::ValidationFailed, "{key}");
    }

    // The same request in other bytes.
    let mut request = sandbox.requests_of("deck.jobs.submit").remove(0);
    let pretty = serde_json::to_vec_pretty(&request.json().unwrap()).unwrap();
    assert_ne!(pretty, request.body);
    request.body = pretty.into();
    let again = super::in_memory(&sandbox, &request).await;
    assert!(again.starts_with("200") && again.contains(first.job_guid.as_str()), "{again}");

    // A failure is replayed too, after its cause is gone.
    const SECOND: &str = "0c0f6f2e-6c41-4c9b-9a2e-5b8b3c5d7e11";
    jobs.submit(&other).idempotency_key(SECOND).await.unwrap_err();
    sandbox.advance(Duration::from_secs(2));
    let error = jobs.submit(&other).idempotency_key(SECOND).await.unwrap_err();
    assert_eq!(error.api().unwrap().vendor::<AlreadyRunningJob>().unwrap().job_guid, first.job_guid);
    jobs.submit(&other).await.unwrap();

    sandbox.advance(minutes(24 * 60));
    let code = refused(jobs.submit(&body).idempotency_key(KEY)).await;
    assert_eq!(code, ErrorCode::NoActiveConnection, "the key is forgotten, and the connection closed");
}

pub(super) fn ensure(username: &str, password: &str) -> SubmitJob<EnsureConnection> {
    SubmitJob::ensure_connection(EnsureConnection::new(AETNA, username, password))
}

/// The access token that a job has opened a connection with.
pub(super) fn token_of(sandbox: &Sandbox, job: &Job) -> Secret {
    result_of(sandbox, job).unwrap()["output"]["access_token"].as_str().unwrap().into()
}

#[tokio::test]
async fn ensure_connection_opens_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let deck = sandbox.client().deck();
    let job = deck.jobs().submit(&ensure("customer", "pass")).await.unwrap();
    let token = token_of(&sandbox, &job);
    let context = deck.connections().context(&AccessTokenRequest::new(&token)).await.unwrap();
    assert_eq!(context.provider.unwrap().name.as_deref(), Some("Aetna"));

    assert_eq!(
        refused(deck.jobs().submit(&ensure("customer", "pass"))).await,
        ErrorCode::ActiveConnectionExists
    );
    deck.jobs().submit(&ensure("another", "pass")).await.unwrap();

    let job = deck.jobs().submit(&ensure("third", "invalid")).await.unwrap();
    assert_eq!(result_of(&sandbox, &job).unwrap()["error"]["error_code"], "InvalidCredentials");
    let nowhere = SubmitJob::ensure_connection(EnsureConnection::new("no-such-source", "u", "p"));
    assert_eq!(refused(deck.jobs().submit(&nowhere)).await, ErrorCode::DataSourceNotFound);
    for input in [json!({}), json!({ "source_guid": AETNA, "username": "u" })] {
        let body = SubmitJob::new("EnsureConnection", input);
        assert_eq!(refused(deck.jobs().submit(&body)).await, ErrorCode::ValidationFailed);
    }
    // The client sends no such thing.
    let encrypted = json!({ "job_code": "EnsureConnection", "input": "encrypted" });
    let (status, body) = post(&sandbox, "/jobs/submit", &encrypted).await;
    assert_eq!((status, body["error_code"].as_str()), (400, Some(ErrorCode::ValidationFailed.as_str())));
}

#[tokio::test]
async fn ensure_connection_may_ask_a_question() {
    let sandbox = Sandbox::start().await.unwrap();
    let (_, _, jobs) = connected(&sandbox);
    let job = jobs.submit(&ensure("mfa", "pass")).await.unwrap();
    let events = told(&sandbox);
    assert_eq!(events[0]["webhook_code"], "MfaRequired");
    assert_eq!(events[0]["job_guid"], job.job_guid.as_str());
    assert!(events[0]["question"].is_string());
    assert_eq!(result_of(&sandbox, &job), None);

    let elsewhere = AnswerJobMfa::new("2f4e3b0a-0000-4000-8000-000000000000", ANSWER);
    assert_eq!(refused(jobs.answer_mfa(&elsewhere)).await, ErrorCode::SecurityQuestionNotFound);
    jobs.submit(&ensure("second-mfa", "pass")).await.unwrap();
    jobs.answer_mfa(&AnswerJobMfa::new(&job.job_guid, "000000")).await.unwrap();
    assert_eq!(told(&sandbox)[2]["webhook_code"], "MfaQuestionInvalidAnswer");
    // A customer who takes long is no worse off.
    sandbox.advance(minutes(15));
    let wait = json!({ "answer": ANSWER });
    assert_eq!(post(&sandbox, "/jobs/mfa/answer", &wait).await.0, 200, "the first that asks is meant still");
    let token = token_of(&sandbox, &job);
    jobs.submit(&SubmitJob::fetch_balance(&token)).await.unwrap();
    let again = AnswerJobMfa::new(&job.job_guid, ANSWER);
    assert_eq!(refused(jobs.answer_mfa(&again)).await, ErrorCode::SecurityQuestionNotFound);
}

#[tokio::test]
async fn a_connection_closes_on_demand_or_after_ten_minutes() {
    let sandbox = Sandbox::start().await.unwrap();
    let (_, connections, jobs) = connected(&sandbox);
    let token = token_of(&sandbox, &jobs.submit(&ensure("customer", "pass")).await.unwrap());
    for _ in 0..3 {
        sandbox.advance(minutes(9));
        jobs.submit(&SubmitJob::fetch_balance(&token)).await.unwrap();
    }
    sandbox.advance(minutes(10));
    assert_eq!(refused(jobs.submit(&SubmitJob::fetch_balance(&token))).await, ErrorCode::NoActiveConnection);
    connections.context(&AccessTokenRequest::new(&token)).await.unwrap();

    let token = token_of(&sandbox, &jobs.submit(&ensure("customer", "pass")).await.unwrap());
    let canceled = jobs.submit(&SubmitJob::fetch_documents(&token)).await.unwrap();
    let close = jobs.submit(&SubmitJob::close_connection(&token)).await.unwrap();
    assert_eq!(result_of(&sandbox, &canceled).unwrap()["error"]["error_code"], "JobCanceled");
    assert_eq!(result_of(&sandbox, &close).unwrap()["output"], json!({}));
    sandbox.advance(Duration::from_secs(2));
    assert_eq!(result_of(&sandbox, &canceled).unwrap()["error"]["error_code"], "JobCanceled");
    assert_eq!(refused(jobs.submit(&SubmitJob::fetch_balance(&token))).await, ErrorCode::NoActiveConnection);
    assert_eq!(
        refused(jobs.submit(&SubmitJob::close_connection(&token))).await,
        ErrorCode::NoActiveConnection
    );
    jobs.submit(&ensure("customer", "pass")).await.unwrap();

    let body = SubmitJob::close_connection("unknown");
    assert_eq!(refused(jobs.submit(&body)).await, ErrorCode::InvalidAccessToken);
}

#[tokio::test]
async fn documents_belong_to_their_connection_and_job() {
    let sandbox = Sandbox::start().await.unwrap();
    let (token, _, jobs) = connected(&sandbox);
    let documents = sandbox.client().deck().documents();
    let mut fetched = Vec::new();
    for _ in 0..2 {
        fetched.push(jobs.submit(&SubmitJob::fetch_documents(&token)).await.unwrap());
        sandbox.advance(Duration::from_secs(2));
    }
    let all = documents.list(&ListDocuments::new(&token)).await.unwrap().documents;
    assert_eq!(all.len(), 2);
    let body = ListDocuments::new(&token).job_guid(&fetched[1].job_guid);
    let of_one = documents.list(&body).await.unwrap().documents;
    assert_eq!(of_one.len(), 1);
    assert_eq!(of_one[0].document_id, all[1].document_id);
    assert_eq!(of_one[0].file_type.as_deref(), Some("pdf"));

    let file = documents.file(&GetDocumentFile::new(&token, &all[0].document_id)).await.unwrap();
    assert_eq!(file.content_type(), Some("application/pdf"));
    let length = all[0].file_size.unwrap();
    assert_eq!(file.content_length(), Some(length as u64));
    assert_eq!(file.bytes(4096).await.unwrap().len() as i64, length);

    let body = ListDocuments::new(&token).job_guid("not a uuid");
    assert_eq!(refused(documents.list(&body)).await, ErrorCode::ValidationFailed);
    let strange = sandbox.deck().connect();
    assert!(documents.list(&ListDocuments::new(&strange)).await.unwrap().documents.is_empty());
    let body = GetDocumentFile::new(&strange, &all[0].document_id);
    assert_eq!(refused(documents.file(&body)).await, ErrorCode::InvalidStatementId);
}

#[tokio::test]
async fn a_rotated_token_is_refused_at_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let connections = sandbox.client().deck().connections();
    let first = sandbox.deck().connect();

    let rotated = connections.invalidate_access_token(&AccessTokenRequest::new(&first)).await.unwrap();
    let error = connections.invalidate_access_token(&AccessTokenRequest::new(&first)).await.unwrap_err();
    assert_eq!(error.code(), Some("INVALID_ACCESS_TOKEN"));
    assert_eq!(error.outcome(), Outcome::Refused);

    let body = UpdateWebhook::new(&first, "https://example.com/hook", true);
    assert_eq!(connections.update_webhook(&body).await.unwrap_err().code(), Some("INVALID_ACCESS_TOKEN"));
    let body = UpdateWebhook::new(&rotated.new_access_token, "https://example.com/hook", true);
    connections.update_webhook(&body).await.unwrap();

    let webhook = sandbox.deck().webhook(rotated.new_access_token.expose_secret()).unwrap();
    assert_eq!(webhook.url.as_deref(), Some("https://example.com/hook"));
    assert!(webhook.is_active);
    assert_eq!(sandbox.deck().webhook(first.expose_secret()), None);
}

#[tokio::test]
async fn bad_input_is_refused_in_deck_s_words() {
    let sandbox = Sandbox::start().await.unwrap();
    let connections = sandbox.client().deck().connections();
    let token = sandbox.deck().connect();
    let body = UpdateWebhook::new(&token, "not a url", true);
    assert_eq!(connections.update_webhook(&body).await.unwrap_err().code(), Some("INVALID_ARGUMENT"));

    let base = sandbox.base_url(Provider::Deck);
    let stranger = Client::builder().deck(Config::at(base, "sandbox-client-id", "wrong")).build().unwrap();
    let error = stranger.deck().connections().update_webhook(&body).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized(_)), "{error}");
}
