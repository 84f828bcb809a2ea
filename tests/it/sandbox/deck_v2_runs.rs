//! Deck v2: runs from their start to their end, and all that follows on them.

use connectory::deck_v2::agents::CreateAgent;
use connectory::deck_v2::credentials::{CreateCredential, CredentialStatus};
use connectory::deck_v2::event_destinations::{
    CreateEventDestination, DeliveryStatus, DestinationStatus, DestinationType, ListEventDeliveries,
    UpdateEventDestination, WebhookConfig,
};
use connectory::deck_v2::event_log::{EventType, ListEvents};
use connectory::deck_v2::sessions::SessionStatus;
use connectory::deck_v2::sources::CreateSource;
use connectory::deck_v2::storage::ExtractionResult;
use connectory::deck_v2::task_runs::{
    AnswerInteraction, GetTaskRun, ListTaskRuns, RunTask, TaskRun, TaskRunPart, TaskRunResult, TaskRunStatus,
};
use connectory::deck_v2::tasks::{CreateTask, TaskSettings, TaskStorage};
use connectory::deck_v2::{
    CredentialId, DeckV2, ErrorCode, EventDestinationId, ListOptions, SessionId, TaskId, TaskRunId,
};
use connectory::sandbox::Sandbox;
use connectory::{Call, Error, JsonMap, OtherJson};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::{
    fmt::Debug,
    time::{Duration, SystemTime},
};

/// A sandbox at the beginning of 1970, and what a run needs.
struct Stage {
    sandbox: Sandbox,
    deck: DeckV2,
    task: TaskId,
    credential: CredentialId,
}

impl Stage {
    async fn of(username: &str, password: &str) -> Self {
        Self::with_task(username, password, |task| task).await
    }

    async fn with_task(
        username: &str,
        password: &str,
        settings: impl FnOnce(CreateTask) -> CreateTask,
    ) -> Self {
        let sandbox = Sandbox::builder().stopped_at(SystemTime::UNIX_EPOCH).in_memory().unwrap();
        let deck = sandbox.client().deck_v2();
        let agent = deck.agents().create(&CreateAgent::new("Bills")).await.unwrap();
        let task = settings(CreateTask::new("Latest bill", &agent.id));
        let task = deck.tasks().create(&task).await.unwrap().id;
        let source = deck.sources().create(&CreateSource::website("https://example.com/")).await.unwrap();
        let credential = CreateCredential::username_password(&source.id, username, password);
        let credential = deck.credentials().create(&credential).await.unwrap().id;
        Self { sandbox, deck, task, credential }
    }

    async fn run(&self) -> TaskRun {
        let body = RunTask::new().credential_id(&self.credential);
        self.deck.task_runs().run(&self.task, &body).await.unwrap()
    }

    async fn look(&self, run: &TaskRunId) -> TaskRun {
        self.deck.task_runs().get(run, &GetTaskRun::new()).await.unwrap()
    }

    async fn look_after(&self, seconds: u64, run: &TaskRunId) -> TaskRun {
        self.sandbox.advance(Duration::from_secs(seconds));
        self.look(run).await
    }

    async fn session(&self, session: Option<&SessionId>) -> SessionStatus {
        self.deck.sessions().get(session.unwrap()).await.unwrap().status.unwrap()
    }

    async fn credential(&self) -> CredentialStatus {
        self.deck.credentials().get(&self.credential).await.unwrap().status.unwrap()
    }

    /// The kinds of the events about this kind of resource.
    fn events(&self, resource: &str) -> Vec<String> {
        let events = self.sandbox.deck_v2().events();
        let kinds = events.iter().map(|event| event["type"].as_str().unwrap());
        kinds.filter_map(|kind| kind.strip_prefix(resource)?.strip_prefix('.')).map(str::to_owned).collect()
    }

    /// What stands behind a link.
    async fn fetch(&self, url: &str) -> (u16, Vec<u8>) {
        let request = http::Request::get(url).body(bytes::Bytes::new()).unwrap();
        let answer = self.sandbox.transport().send(request).await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.into_body().collect().await.unwrap().to_bytes().to_vec())
    }
}

fn code(answer: &str) -> AnswerInteraction {
    AnswerInteraction::new().field("code", answer)
}

async fn refused<T: Debug + 'static>(call: Call<T>) -> Error {
    let error = call.await.unwrap_err();
    assert!(matches!(error, Error::BadRequest(_)), "{error:?}");
    error
}

#[tokio::test]
async fn a_run_goes_to_its_end_with_a_question_in_between() {
    let stage = Stage::of("ada-mfa", "s3cret").await;
    let runs = stage.deck.task_runs();
    stage.sandbox.deck_v2().set_output(&stage.task, json!({ "total": 54.6 }));
    let input = RunTask::with_input(json!({ "month": "2026-10" })).credential_id(&stage.credential);
    let run = runs.run(&stage.task, &input.request_id("mine")).await.unwrap();
    assert_eq!((run.status, run.result), (Some(TaskRunStatus::Queued), None));
    assert!(run.request_id.unwrap().starts_with("req_"), "the request's, and not the caller's own");
    assert!(run.input.is_none() && run.agent_id.is_some() && run.source_id.is_some());
    assert_eq!(stage.session(run.session_id.as_ref()).await, SessionStatus::Queued);

    assert_eq!(stage.look_after(1, &run.id).await.status, Some(TaskRunStatus::Running));
    assert_eq!(stage.session(run.session_id.as_ref()).await, SessionStatus::Running);
    assert_eq!(stage.credential().await, CredentialStatus::Unverified);
    refused(runs.answer_interaction(&run.id, &code("123456"))).await;
    let asks = stage.look_after(1, &run.id).await;
    assert_eq!(asks.status, Some(TaskRunStatus::InteractionRequired));
    assert_eq!(asks.interaction.unwrap().fields[0].name.as_deref(), Some("code"));

    let error = refused(runs.answer_interaction(&run.id, &AnswerInteraction::new())).await;
    assert_eq!(error.code(), Some("input_missing"));
    let wrong = runs.answer_interaction(&run.id, &code("000000")).await.unwrap();
    assert_eq!(wrong.status, Some(TaskRunStatus::InteractionRequired));
    let right = runs.answer_interaction(&run.id, &code("123456")).await.unwrap();
    assert_eq!((right.status, right.interaction), (Some(TaskRunStatus::Running), None));
    assert_eq!(stage.credential().await, CredentialStatus::Verified);

    let done = stage.look_after(1, &run.id).await;
    assert_eq!((done.status, done.result), (Some(TaskRunStatus::Completed), Some(TaskRunResult::Success)));
    assert_eq!((done.output.unwrap().to_value(), done.runtime_ms), (json!({ "total": 54.6 }), Some(3000)));
    assert_eq!(
        stage.events("task_run"),
        ["queued", "running", "interaction_required", "interaction_required", "running", "completed"]
    );
    let parts = GetTaskRun::new().include([TaskRunPart::Input, TaskRunPart::Artifacts]);
    let whole = runs.get(&run.id, &parts).await.unwrap();
    assert_eq!(whole.input.unwrap().to_value(), json!({ "month": "2026-10" }));
    let screenshot = &whole.artifacts.unwrap().screenshots[0];
    let (status, png) = stage.fetch(screenshot.url.as_ref().unwrap().expose_secret()).await;
    assert_eq!((status, png.len() as i64), (200, screenshot.file_size.unwrap()));
    assert!(png.starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn a_source_refuses_a_credential() {
    let stage = Stage::of("ada", "invalid").await;
    let run = stage.run().await;
    let failed = stage.look_after(2, &run.id).await;
    assert_eq!((failed.status, failed.result), (Some(TaskRunStatus::Failed), Some(TaskRunResult::Failure)));
    assert_eq!(failed.errors[0].code, Some(ErrorCode::AuthInvalid));
    assert_eq!(stage.credential().await, CredentialStatus::Invalid);
    assert_eq!(stage.events("credential"), ["created", "invalid"]);
    assert_eq!(stage.session(run.session_id.as_ref()).await, SessionStatus::Idle);

    stage.deck.credentials().delete(&stage.credential).await.unwrap();
    let body = RunTask::new().credential_id(&stage.credential);
    refused(stage.deck.task_runs().run(&stage.task, &body)).await;
}

#[tokio::test]
async fn a_question_waits_ten_minutes_and_a_run_as_long_as_its_task_allows() {
    let stage = Stage::of("ada-accounts", "s3cret").await;
    let run = stage.run().await;
    let asks = stage.look_after(2, &run.id).await.interaction.unwrap();
    assert_eq!(asks.fields[0].name.as_deref(), Some("account_id"));
    assert_eq!(stage.look_after(599, &run.id).await.status, Some(TaskRunStatus::InteractionRequired));
    let failed = stage.look_after(1, &run.id).await;
    assert_eq!(failed.errors[0].code, Some(ErrorCode::InteractionTimeout));
    assert!(failed.interaction.is_none());

    let hasty = TaskSettings::new().timeout_seconds(60);
    let stage = Stage::with_task("ada-mfa", "s3cret", |task| task.settings(hasty)).await;
    let run = stage.run().await;
    let failed = stage.look_after(60, &run.id).await;
    assert_eq!((failed.status, failed.runtime_ms), (Some(TaskRunStatus::Failed), Some(60_000)));
    assert_eq!(failed.errors[0].code, Some(ErrorCode::Timeout));
}

#[tokio::test]
async fn what_the_input_lacks_is_named() {
    let schema = OtherJson::from(json!({ "type": "object", "required": ["month"] }));
    let stage = Stage::with_task("ada", "s3cret", |task| task.input_schema(schema)).await;
    let runs = stage.deck.task_runs();
    for call in
        [runs.run(&stage.task, &RunTask::new()), runs.run(&stage.task, &RunTask::with_input(json!({})))]
    {
        let error = refused(call).await;
        let body: &connectory::deck_v2::ErrorBody = error.api().unwrap().vendor().unwrap();
        assert_eq!(body.errors[0].code, Some(ErrorCode::InputMissing));
        assert_eq!(body.errors[0].field.as_deref(), Some("month"));
    }
    runs.run(&stage.task, &RunTask::with_input(json!({ "month": "2026-10" }))).await.unwrap();
}

#[tokio::test]
async fn an_output_has_the_form_of_its_schema() {
    let schema = json!({ "type": "object", "properties": {
        "name": { "type": "string" }, "paid": { "type": ["boolean", "null"] }, "count": { "type": "integer" },
        "bills": { "type": "array", "items": { "properties": { "total": { "type": "number" } }, "type": "object" } },
        "state": { "enum": ["open", "closed"] }, "other": {},
    } });
    let stage = Stage::with_task("ada", "s3cret", |task| task.output_schema(OtherJson::from(schema))).await;
    let run = stage.run().await;
    let output = stage.look_after(9, &run.id).await.output.unwrap();
    let expected = json!({
        "name": "text", "paid": true, "count": 1, "bills": [{ "total": 1.5 }], "state": "open", "other": null,
    });
    assert_eq!(output.to_value(), expected);
}

#[tokio::test]
async fn a_run_is_canceled_once() {
    let stage = Stage::of("ada", "s3cret").await;
    let runs = stage.deck.task_runs();
    let run = stage.run().await;
    let canceling = runs.cancel(&run.id).await.unwrap();
    assert_eq!(canceling.status, Some(TaskRunStatus::Canceling));
    refused(runs.cancel(&run.id)).await;
    let canceled = stage.look_after(1, &run.id).await;
    assert_eq!((canceled.status, canceled.result), (Some(TaskRunStatus::Canceled), None));
    assert_eq!(stage.look_after(60, &run.id).await.status, Some(TaskRunStatus::Canceled));
    assert_eq!(stage.events("task_run"), ["queued", "canceling", "canceled"]);
}

#[tokio::test]
async fn a_session_idles_ends_after_ten_minutes_and_takes_another_run_before() {
    let stage = Stage::of("ada", "s3cret").await;
    let (runs, sessions) = (stage.deck.task_runs(), stage.deck.sessions());
    let first = stage.run().await;
    let session = first.session_id.as_ref();
    stage.look_after(3, &first.id).await;
    assert_eq!(stage.session(session).await, SessionStatus::Idle);
    stage.sandbox.advance(Duration::from_secs(599));
    let again = RunTask::new().session_id(session.unwrap());
    let second = runs.run(&stage.task, &again).await.unwrap();
    assert_eq!(second.session_id.as_ref(), session);
    stage.look_after(3, &second.id).await;
    let told = sessions.get(session.unwrap()).await.unwrap();
    assert_eq!(told.task_runs.iter().map(|run| &run.id).collect::<Vec<_>>(), [&first.id, &second.id]);
    assert_eq!((told.status, told.runtime_ms), (Some(SessionStatus::Idle), Some(605_000)));

    stage.sandbox.advance(Duration::from_secs(599));
    assert_eq!(stage.session(session).await, SessionStatus::Idle);
    stage.sandbox.advance(Duration::from_secs(1));
    assert_eq!(stage.session(session).await, SessionStatus::Completed);
    refused(runs.run(&stage.task, &again)).await;
    refused(sessions.end(session.unwrap())).await;
    assert_eq!(stage.events("session"), ["queued", "running", "idle", "running", "idle", "completed"]);
    assert_eq!(sessions.list(&ListOptions::new()).await.unwrap().data.len(), 1);
}

#[tokio::test]
async fn ending_a_session_cancels_its_runs() {
    let stage = Stage::of("ada", "s3cret").await;
    let run = stage.run().await;
    let session = run.session_id.as_ref();
    let ended = stage.deck.sessions().end(session.unwrap()).await.unwrap();
    assert_eq!(ended.status, Some(SessionStatus::Completing));
    assert_eq!(stage.look(&run.id).await.status, Some(TaskRunStatus::Canceled));
    stage.look_after(1, &run.id).await;
    assert_eq!(stage.session(session).await, SessionStatus::Completed);
    assert_eq!(stage.look_after(900, &run.id).await.status, Some(TaskRunStatus::Canceled));
    assert_eq!(stage.events("session"), ["queued", "completing", "completed"]);
}

#[tokio::test(start_paused = true)]
async fn too_many_sessions_are_told_at_once() {
    let stage = Stage::of("ada", "s3cret").await;
    stage.sandbox.deck_v2().limit_sessions(1);
    let run = stage.run().await;
    let before = tokio::time::Instant::now();
    let error = stage.deck.task_runs().run(&stage.task, &RunTask::new()).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited(_)), "{error:?}");
    assert_eq!((error.code(), error.attempts()), (Some("session_limit_exceeded"), 1));
    assert_eq!(before.elapsed(), Duration::ZERO);
    stage.deck.sessions().end(run.session_id.as_ref().unwrap()).await.unwrap();
    stage.run().await;
}

#[tokio::test]
async fn a_file_is_stored_and_read_over_its_link() {
    let storage = TaskStorage::new()
        .enabled(true)
        .extraction(true)
        .extraction_schema(OtherJson::from(json!({ "type": "number" })));
    let stage = Stage::with_task("ada", "s3cret", |task| task.storage(storage)).await;
    let run = stage.run().await;
    stage.look_after(3, &run.id).await;
    let listed = stage.deck.task_runs().list_storage(&run.id).await.unwrap().data;
    let item = stage.deck.storage().get(&listed[0].id).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&item));
    assert_eq!((item.task_run_id.as_ref(), item.result), (Some(&run.id), Some(ExtractionResult::Success)));
    assert_eq!(item.extraction.unwrap().to_value(), json!(1.5));
    let whole = stage.deck.task_runs().get(&run.id, &GetTaskRun::new().include([TaskRunPart::Storage])).await;
    assert_eq!(whole.unwrap().storage, listed);

    let url = item.url.unwrap();
    let url = url.expose_secret();
    let (status, file) = stage.fetch(url).await;
    assert_eq!((status, file.len() as i64), (200, item.file_size.unwrap()));
    assert!(file.starts_with(b"date,"));
    assert!(stage.sandbox.requests_of("deck_v2.storage.get").len() == 1, "the link is none of the client's");
    for wrong in [
        url.replace(".csv?", ".png?"),
        url[..url.len() - 1].to_owned(),
        url.split('?').next().unwrap().into(),
    ] {
        assert_eq!(stage.fetch(&wrong).await.0, 403, "{wrong}");
    }
    stage.sandbox.advance(Duration::from_secs(901));
    assert_eq!(stage.fetch(url).await.0, 403, "the link has expired");
    assert_eq!(stage.events("storage"), ["created"]);
}

#[tokio::test]
async fn runs_are_found_by_what_they_are() {
    let stage = Stage::of("ada", "s3cret").await;
    let runs = stage.deck.task_runs();
    let first = stage.run().await;
    stage.look_after(60, &first.id).await;
    let second = stage.run().await;
    let all = ListTaskRuns::new();
    let [task, credential] = [all.clone().task_id(&stage.task), all.clone().credential_id(&stage.credential)];
    for (query, found) in [
        (all.clone(), vec![&first, &second]),
        (task, vec![&first, &second]),
        (credential.source_id([first.source_id.as_ref().unwrap()]), vec![&first, &second]),
        (all.clone().agent_id("agt_1"), vec![]),
        (all.clone().status([TaskRunStatus::Queued]), vec![&second]),
        (all.clone().status([TaskRunStatus::Queued, TaskRunStatus::Completed]), vec![&first, &second]),
        (all.clone().outcome([TaskRunResult::Success]), vec![&first]),
        (all.clone().created_after("1970-01-01T00:00:00Z"), vec![&second]),
        (all.clone().created_before("1970-01-01T01:01:00+01:00"), vec![&first]),
    ] {
        let ids: Vec<_> = runs.list(&query).await.unwrap().data.into_iter().map(|run| run.id).collect();
        assert_eq!(ids, found.iter().map(|run| run.id.clone()).collect::<Vec<_>>(), "{query:?}");
    }
    let mut pages = runs.list(&all.clone().limit(1)).pages();
    let mut ids = Vec::new();
    while let Some(run) = pages.try_next().await.unwrap() {
        ids.push(run.id);
    }
    assert_eq!(ids, [first.id, second.id]);
    refused(runs.list(&all.created_after("yesterday"))).await;
}

#[tokio::test]
async fn events_are_kept_for_thirty_days() {
    let stage = Stage::of("ada", "s3cret").await;
    let log = stage.deck.event_log();
    let run = stage.run().await;
    stage.look_after(3, &run.id).await;
    let kinds = ListEvents::new().kind([EventType::TaskRunCompleted, EventType::CredentialVerified]);
    let found = log.list(&kinds).await.unwrap().data;
    let told: Vec<_> = found.iter().map(|event| event.kind.clone().unwrap()).collect();
    assert_eq!(told, [EventType::CredentialVerified, EventType::TaskRunCompleted]);
    let summary = found[1].data.as_ref().unwrap().to_value();
    assert_eq!((&summary["id"], &summary["result"]), (&json!(run.id), &json!("success")));
    assert!(summary.get("output").is_none());
    let got = log.get(&found[1].id).await.unwrap();
    assert!(got.request_id.is_some());
    let late = ListEvents::new().created_after("1970-01-01T00:00:02Z");
    let told: Vec<_> =
        log.list(&late).await.unwrap().data.into_iter().map(|event| event.kind.unwrap()).collect();
    assert_eq!(told, [EventType::TaskRunCompleted, EventType::SessionIdle]);

    stage.sandbox.advance(Duration::from_secs(30 * 86_400));
    let told = log.list(&ListEvents::new()).await.unwrap().data;
    assert_eq!(told.len(), 3, "the end of the run and of its session, ten minutes later: {told:?}");
    stage.sandbox.advance(Duration::from_secs(1));
    let error = log.get(&found[1].id).await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error:?}");
}

#[tokio::test]
async fn a_destination_is_verified_gets_what_it_wants_and_goes_inactive() {
    let stage = Stage::of("ada", "s3cret").await;
    let destinations = stage.deck.event_destinations();
    let webhook =
        WebhookConfig::new("https://example.com/deck").secret("whsec_c2VjcmV0").custom_header("x", "y");
    let wanted = CreateEventDestination::webhook("Billing", webhook).events([EventType::TaskRunCompleted]);
    let billing = destinations.create(&wanted).await.unwrap();
    assert_eq!(billing.status, Some(DestinationStatus::PendingVerification));
    assert_eq!(billing.webhook.unwrap().url.as_deref(), Some("https://example.com/deck"));
    let config =
        JsonMap::new().with("bucket", "deck").with("region", "eu-west-1").with("secret_key", "s3cret");
    let bucket = CreateEventDestination::other("Archive", DestinationType::AwsS3, config);
    let bucket = destinations.create(&bucket).await.unwrap();
    assert_eq!(bucket.aws_s3.unwrap(), JsonMap::new().with("bucket", "deck").with("region", "eu-west-1"));
    let nowhere = CreateEventDestination::webhook("Nowhere", WebhookConfig::new("https://nobody.invalid/"));
    let nowhere = destinations.create(&nowhere).await.unwrap();

    stage.sandbox.advance(Duration::from_secs(1));
    let status = async |id: &EventDestinationId| destinations.get(id).await.unwrap().status.unwrap();
    assert_eq!(status(&nowhere.id).await, DestinationStatus::Active);
    let run = stage.run().await;
    stage.look_after(3, &run.id).await;
    assert_eq!(status(&nowhere.id).await, DestinationStatus::Active, "Deck tries again");
    stage.sandbox.advance(Duration::from_secs(70));
    assert_eq!(status(&nowhere.id).await, DestinationStatus::Inactive, "the first event did not arrive");
    let all = ListEventDeliveries::new();
    let [delivery] = &destinations.list_deliveries(&billing.id, &all).await.unwrap().data[..] else {
        panic!()
    };
    assert_eq!((delivery.status.clone(), delivery.attempts), (Some(DeliveryStatus::Success), Some(1)));
    assert_eq!(delivery.event_type, Some(EventType::TaskRunCompleted));
    stage.deck.event_log().get(delivery.event_id.as_ref().unwrap()).await.unwrap();
    let deliveries = destinations.list_deliveries(&bucket.id, &all.clone().limit(2)).await.unwrap();
    assert_eq!((deliveries.data.len(), deliveries.has_more), (2, Some(true)), "all events go there");
    let failures = all.clone().status(DeliveryStatus::Failure);
    assert!(destinations.list_deliveries(&bucket.id, &failures).await.unwrap().data.is_empty());
    let failed = destinations.list_deliveries(&nowhere.id, &failures).await.unwrap().data;
    assert!(failed.iter().all(|failure| failure.delivered_at.is_none()));
    let given_up = failed.iter().filter(|failure| failure.attempts == Some(4)).count();
    assert_eq!(given_up, 1, "no other is tried once the destination is inactive");

    let repaired = UpdateEventDestination::new()
        .status(DestinationStatus::Active)
        .webhook(WebhookConfig::new("https://example.com/new"))
        .events(["*"]);
    let repaired = destinations.update(&nowhere.id, &repaired).await.unwrap();
    assert_eq!(
        (repaired.status, repaired.name.as_deref()),
        (Some(DestinationStatus::Active), Some("Nowhere"))
    );
    let rotated = UpdateEventDestination::new().webhook(WebhookConfig::default().secret("whsec_bmV3"));
    let rotated = destinations.update(&nowhere.id, &rotated).await.unwrap();
    assert_eq!(rotated.webhook.unwrap().url.as_deref(), Some("https://example.com/new"));

    destinations.delete(&nowhere.id).await.unwrap();
    let error = destinations.list_deliveries(&nowhere.id, &all).await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error:?}");
    assert_eq!(destinations.list(&ListOptions::new()).await.unwrap().data.len(), 2);
}

#[tokio::test]
async fn odd_destinations_are_refused() {
    let stage = Stage::of("ada", "s3cret").await;
    let destinations = stage.deck.event_destinations();
    let webhook = |url: &str| CreateEventDestination::webhook("Billing", WebhookConfig::new(url));
    let secret = |secret: &str| WebhookConfig::new("https://example.com").secret(secret);
    let signed_with = |text: &str| CreateEventDestination::webhook("Billing", secret(text));
    let nothing: [&str; 0] = [];
    let mut two = webhook("https://example.com");
    two.more = JsonMap::new().with("hookdeck", json!({}));
    for odd in [
        webhook("/deck"),
        webhook("ftp://example.com"),
        CreateEventDestination::webhook("", WebhookConfig::new("https://example.com")),
        CreateEventDestination::webhook("Billing", WebhookConfig::default()),
        CreateEventDestination::other("Billing", "fax", JsonMap::new()),
        webhook("https://example.com").events(nothing),
        webhook("https://example.com").events(["*", "task.created"]),
        two,
        signed_with("s3cret"),
        signed_with("whsec_"),
        signed_with("whsec_s3cret-value"),
    ] {
        refused(destinations.create(&odd)).await;
    }
    let made = destinations.create(&webhook("https://example.com")).await.unwrap();
    let pending = UpdateEventDestination::new().status(DestinationStatus::PendingVerification);
    let other = UpdateEventDestination::new().other(DestinationType::Hookdeck, JsonMap::new());
    let rotated = UpdateEventDestination::new().webhook(secret("s3cret"));
    for odd in [pending, other, rotated] {
        refused(destinations.update(&made.id, &odd)).await;
    }
}

#[tokio::test]
async fn looking_changes_nothing_of_what_time_brings() {
    let told = async |looks: bool| -> Vec<Value> {
        let sandbox = Sandbox::builder().seed(7).stopped_at(SystemTime::UNIX_EPOCH).in_memory().unwrap();
        let deck = sandbox.client().deck_v2();
        let agent = deck.agents().create(&CreateAgent::new("Bills")).await.unwrap();
        let storage = TaskStorage::new().enabled(true);
        let task = CreateTask::new("Bill", &agent.id).storage(storage);
        let task = deck.tasks().create(&task).await.unwrap().id;
        for _ in 0..3 {
            let run = deck.task_runs().run(&task, &RunTask::new()).await.unwrap();
            for _ in 0..5 {
                sandbox.advance(Duration::from_millis(700));
                if looks {
                    deck.task_runs().list_storage(&run.id).await.unwrap();
                }
            }
        }
        sandbox.advance(Duration::from_secs(3600));
        sandbox.deck_v2().events()
    };
    assert_eq!(told(true).await, told(false).await);
}
