//! Apideck's consumers, sessions, custom mappings and logs, as the sandbox keeps them.

use connectory::apideck::vault::Vault;
use connectory::apideck::vault::connections::{CustomMappingInput, UpdateConnection};
use connectory::apideck::vault::consumers::{
    ConsumerMetadata, CreateConsumer, ListConsumers, UpdateConsumer,
};
use connectory::apideck::vault::logs::{ListLogs, PathMatchMode};
use connectory::apideck::vault::sessions::{CreateSession, SessionSettings, SessionTheme};
use connectory::apideck::webhooks::{CreateWebhook, UpdateWebhook, WebhookEventType};
use connectory::sandbox::{Fault, FaultRule, Request, Sandbox};
use connectory::{Error, JsonMap, Provider};
use http_body_util::BodyExt;
use std::time::{Duration, SystemTime};

fn vault(sandbox: &Sandbox, consumer: &str) -> Vault {
    sandbox.client().apideck().consumer(consumer).vault()
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().code().unwrap().to_owned()
}

#[tokio::test]
async fn consumers_come_into_being_by_use_and_go_with_all_that_is_theirs() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let acme = vault(&sandbox, "acme");
    assert_eq!(code(acme.consumers().get("acme").await), "EntityNotFoundError");
    let settings = UpdateConnection::new().settings(JsonMap::new().with("subdomain", "acme"));
    acme.connections().update("hris", "bamboohr", &settings).await.unwrap();
    sandbox.apideck().authorize("acme", "crm", "hubspot");
    let field = "crm+contacts+first_aid";
    acme.custom_mappings().create("crm", "hubspot", field, &CustomMappingInput::new("$.a")).await.unwrap();

    let consumer = acme.consumers().get("acme").await.unwrap().data;
    assert_eq!(consumer.application_id.unwrap().as_str(), "sandbox-app");
    assert_eq!(consumer.services.iter().map(AsRef::as_ref).collect::<Vec<_>>(), ["bamboohr", "hubspot"]);
    let [hubspot, bamboohr] = &consumer.connections[..] else { panic!("two connections") };
    assert_eq!(hubspot.state.as_ref().unwrap().as_str(), "callable");
    assert_eq!(bamboohr.state.as_ref().unwrap().as_str(), "added");
    assert_eq!(bamboohr.settings.as_ref().unwrap().get::<String>("subdomain").as_deref(), Some("acme"));
    assert_eq!(bamboohr.id.as_deref(), Some("sandbox-app+acme"));
    assert!(bamboohr.created_at.is_some() && bamboohr.last_refresh_failed_at.is_none());

    acme.consumers().delete("acme").await.unwrap();
    assert_eq!(code(acme.consumers().get("acme").await), "EntityNotFoundError");
    assert_eq!(code(acme.consumers().delete("acme").await), "EntityNotFoundError");
    assert_eq!(code(acme.custom_mappings().get("crm", "hubspot", field).await), "EntityNotFoundError");
    let hubspot = acme.connections().get("crm", "hubspot").await.unwrap().data;
    assert_eq!(hubspot.state.unwrap().as_str(), "available");
    assert!(acme.consumers().get("acme").await.unwrap().data.connections.is_empty(), "named, and so anew");
}

#[tokio::test]
async fn consumers_are_described_found_and_listed_page_by_page() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let consumers = vault(&sandbox, "nobody").consumers();
    for (id, email) in
        [("acme-1", "jo@acme.example"), ("acme-2", "al@acme.example"), ("beta", "jo@beta.example")]
    {
        let metadata = ConsumerMetadata::new().email(email);
        let created = consumers.create(&CreateConsumer::new(id).metadata(metadata)).await.unwrap().data;
        assert_eq!(created.metadata.unwrap().email.as_deref(), Some(email));
    }
    let update = UpdateConsumer::new().metadata(ConsumerMetadata::new().account_name("Beta"));
    let metadata = consumers.update("beta", &update).await.unwrap().data.metadata.unwrap();
    assert_eq!(
        (metadata.account_name.as_deref(), metadata.email.as_deref()),
        (Some("Beta"), Some("jo@beta.example"))
    );
    assert_eq!(code(consumers.update("gamma", &update).await), "EntityNotFoundError");

    let found = async |query: ListConsumers| {
        let mut pages = consumers.list(&query.limit(1)).pages();
        let mut found = Vec::new();
        while let Some(consumer) = pages.try_next().await.unwrap() {
            found.push(consumer.consumer_id.to_string());
        }
        found.join(" ")
    };
    assert_eq!(found(ListConsumers::new()).await, "acme-1 acme-2 beta");
    assert_eq!(found(ListConsumers::new().consumer_id("acme")).await, "acme-1 acme-2");
    assert_eq!(found(ListConsumers::new().search("jo@")).await, "acme-1 beta");
    assert_eq!(found(ListConsumers::new().search("Beta").consumer_id("acme")).await, "");
    let targets: Vec<_> = sandbox
        .requests_of("apideck.vault.consumers.list")
        .into_iter()
        .map(|request| request.target)
        .collect();
    assert!(targets.iter().filter(|target| target.contains("search%5D=jo%40")).count() == 2, "{targets:?}");
}

#[tokio::test]
async fn pages_say_where_they_are_and_refuse_what_is_no_page() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let consumers = vault(&sandbox, "nobody").consumers();
    for id in ["a", "b", "c"] {
        consumers.create(&CreateConsumer::new(id)).await.unwrap();
    }
    let query = ListConsumers::new().search("").limit(2);
    let first = consumers.list(&query).await.unwrap();
    let meta = first.meta.unwrap();
    assert_eq!(meta.items_on_page, Some(2));
    let cursors = meta.cursors.unwrap();
    let (next, links) = (cursors.next.unwrap(), first.links.unwrap());
    assert_eq!((cursors.previous, cursors.current, links.previous), (None, None, None));
    let base = sandbox.base_url(Provider::Apideck);
    let link = format!("{base}/vault/consumers?filter%5Bsearch%5D=&limit=2");
    assert_eq!((links.current, links.next), (Some(link.clone()), Some(format!("{link}&cursor={next}"))));

    let last = consumers.list(&query.clone().cursor(&next)).await.unwrap();
    assert_eq!(last.data[0].consumer_id.as_str(), "c");
    let cursors = last.meta.unwrap().cursors.unwrap();
    assert_eq!((cursors.current, cursors.next, last.links.unwrap().next), (Some(next), None, None));
    for refused in [query.clone().limit(0), query.clone().limit(201), query.clone().cursor("elsewhere")] {
        assert_eq!(code(consumers.list(&refused).await), "RequestValidationError");
    }
}

#[tokio::test]
async fn a_session_s_token_names_the_consumer_until_it_expires() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let sessions = vault(&sandbox, "acme").sessions();
    let hour = sessions.create(&CreateSession::new()).await.unwrap().data;
    let settings = SessionSettings::new().session_length("1w").unified_apis(["crm"]).show_logs(false);
    let week = CreateSession::new()
        .settings(settings)
        .consumer_metadata(ConsumerMetadata::new().account_name("Acme"))
        .redirect_uri("http://localhost:3000/done");
    let week = sessions.create(&week).await.unwrap().data;
    let of = |token: &str| sandbox.apideck().consumer_of(token).map(|consumer| consumer.to_string());
    let (short, long) = (hour.session_token.expose_secret(), week.session_token.expose_secret());
    assert_ne!(short, long);
    for token in [short, long] {
        assert_eq!(of(token).as_deref(), Some("acme"));
    }
    assert_eq!(of(&format!("{long}x")), None);
    // A link's state is signed by the same hand, and is no session.
    let link = vault(&sandbox, "acme").connections().get("crm", "hubspot").await.unwrap().data.authorize_url;
    assert_eq!(of(link.unwrap().expose_secret().split_once("state=").unwrap().1), None);
    let consumer = vault(&sandbox, "acme").consumers().get("acme").await.unwrap().data;
    assert_eq!(consumer.metadata.unwrap().account_name.as_deref(), Some("Acme"));

    let visit = async |uri: &str| {
        let request = http::Request::get(uri).body(bytes::Bytes::new()).unwrap();
        let answer = sandbox.transport().send(request).await.unwrap();
        let back = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        drop(answer.into_body().collect().await.unwrap());
        (status, back)
    };
    assert!(week.session_uri.expose_secret().starts_with(&sandbox.base_url(Provider::Apideck)));
    assert_eq!(
        visit(week.session_uri.expose_secret()).await,
        (302, Some("http://localhost:3000/done".to_owned()))
    );
    let back = sandbox.apideck().visit(&week.session_uri).unwrap();
    assert_eq!(back.expose_secret(), "http://localhost:3000/done");
    assert_eq!(visit(hour.session_uri.expose_secret()).await, (204, None));
    sandbox.advance(Duration::from_secs(60 * 60));
    assert_eq!((of(short), of(long).as_deref()), (None, Some("acme")));
    assert_eq!(visit(hour.session_uri.expose_secret()).await.0, 401);
    sandbox.verify().unwrap();
}

#[tokio::test]
async fn a_session_takes_what_apideck_documents_and_nothing_else() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let sessions = vault(&sandbox, "acme").sessions();
    let settings = SessionSettings::new;
    let elsewhere = CreateSession::new().redirect_uri("https://acme.example/done");
    sessions.create(&elsewhere).await.unwrap();
    for refused in [
        CreateSession::new().redirect_uri("done"),
        CreateSession::new().settings(settings().session_length("8d")),
        CreateSession::new().settings(settings().session_length("0h")),
        CreateSession::new().settings(settings().session_length("soon")),
        CreateSession::new().settings(settings().session_length("é")),
        CreateSession::new().settings(settings().session_length("")),
        CreateSession::new().settings(settings().unified_apis(["telepathy"])),
        CreateSession::new().settings(settings().allow_actions(["explode"])),
    ] {
        assert_eq!(code(sessions.create(&refused).await), "RequestValidationError");
    }
}

#[tokio::test]
async fn mappings_are_kept_for_their_consumer_and_service() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let (acme, other) =
        (vault(&sandbox, "acme").custom_mappings(), vault(&sandbox, "other").custom_mappings());
    let field = "hris+employees+first_aid_training";
    let value = |text: &str| CustomMappingInput::new(text);
    assert_eq!(code(acme.update("hris", "bamboohr", field, &value("$.b")).await), "EntityNotFoundError");
    assert_eq!(code(acme.create("hris", "nobody", field, &value("$.a")).await), "ConnectorNotFoundError");
    let created = acme.create("hris", "bamboohr", field, &value("$.a")).await.unwrap().data;
    assert_eq!((created.id.as_deref(), created.key.as_deref()), (Some(field), Some("first_aid_training")));
    assert_eq!(created.label.as_deref(), Some("first aid training"));
    assert_eq!(created.consumer_id.as_deref(), Some("acme"));
    acme.update("hris", "bamboohr", field, &value("$.b")).await.unwrap();
    let kept = acme.get("hris", "bamboohr", field).await.unwrap().data;
    assert_eq!(kept.value.as_deref(), Some("$.b"));
    let count = async |mappings: &connectory::apideck::vault::custom_mappings::CustomMappings,
                       service: &str| {
        mappings.list("hris", service).await.unwrap().data.len()
    };
    assert_eq!((count(&acme, "bamboohr").await, count(&acme, "personio").await), (1, 0));
    assert_eq!(count(&other, "bamboohr").await, 0);
    assert_eq!(code(other.get("hris", "bamboohr", field).await), "EntityNotFoundError");
    let connections = vault(&sandbox, "acme").connections();
    for (resource, mappings) in [("employees", 1), ("departments", 0)] {
        let query = connectory::apideck::vault::connections::ListCustomFields::new();
        let found = connections.custom_mappings("hris", "bamboohr", resource, &query).await.unwrap().data;
        assert_eq!(found.len(), mappings, "{resource}");
    }
    acme.delete("hris", "bamboohr", field).await.unwrap();
    assert_eq!(count(&acme, "bamboohr").await, 0);
}

#[tokio::test]
async fn logs_hold_what_was_really_asked_latest_first() {
    let sandbox = Sandbox::builder().stopped_at(SystemTime::UNIX_EPOCH).in_memory().unwrap();
    let acme = vault(&sandbox, "acme");
    acme.connections().get("crm", "hubspot").await.unwrap();
    sandbox.advance(Duration::from_secs(60));
    acme.connections().get("crm", "no body").await.unwrap_err();
    sandbox.inject(FaultRule::new(Fault::Status(501)).times(1));
    acme.connections().delete("crm", "hubspot").await.unwrap_err();
    vault(&sandbox, "other").sessions().create(&CreateSession::new()).await.unwrap();
    // It names no consumer, and is in nobody's log.
    acme.consumers().get("acme").await.unwrap();

    let logs = acme.logs().list(&ListLogs::new()).await.unwrap().data;
    let seen: Vec<_> = logs
        .iter()
        .map(|log| {
            (log.http_method.as_deref().unwrap(), log.path.as_deref().unwrap(), log.status_code.unwrap())
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("DELETE", "/vault/connections/crm/hubspot", 501),
            ("GET", "/vault/connections/crm/no%20body", 404),
            ("GET", "/vault/connections/crm/hubspot", 200),
        ]
    );
    let [delete, missed, first] = &logs[..] else { panic!("three logs") };
    assert_eq!((first.success, first.error_message.as_deref()), (Some(true), None));
    assert_eq!((missed.success, missed.error_message.as_deref()), (Some(false), Some("Unknown connector")));
    assert_eq!(delete.operation.as_ref().unwrap().id.as_deref(), Some("connectionsDelete"));
    assert_eq!(first.timestamp.as_ref().unwrap().as_str(), "1970-01-01T00:00:00.000Z");
    assert_eq!(missed.timestamp.as_ref().unwrap().as_str(), "1970-01-01T00:01:00.000Z");
    assert!(first.id != missed.id && first.consumer_id.as_ref().unwrap().as_str() == "acme");

    let count = async |query: ListLogs| acme.logs().list(&query.limit(200)).await.unwrap().data.len();
    let of_connections = || ListLogs::new().path("/vault/connections");
    assert_eq!(count(of_connections()).await, 3);
    assert_eq!(count(of_connections().path_match_mode(PathMatchMode::Exact)).await, 0);
    assert_eq!(count(of_connections().path_match_mode(PathMatchMode::StartsWith)).await, 3);
    assert_eq!(count(ListLogs::new().path("hubspot").path_match_mode(PathMatchMode::EndsWith)).await, 2);
    assert_eq!(count(ListLogs::new().http_method("DELETE")).await, 1);
    assert_eq!(count(of_connections().http_methods(["DELETE", "GET"])).await, 3);
    assert_eq!(count(ListLogs::new().status_codes([404, 501])).await, 2);
    assert_eq!(count(ListLogs::new().status_code(404)).await, 1);
    assert_eq!(count(ListLogs::new().end_date("1970-01-01T00:00:59Z")).await, 1);
    assert_eq!(count(of_connections().start_date("1970-01-01T00:01:00Z")).await, 2);
    assert_eq!(count(ListLogs::new().exclude_unified_apis("proxy,vault")).await, 0);
    for refused in [
        ListLogs::new().path_match_mode("SOUNDS_LIKE"),
        ListLogs::new().status_code(99),
        ListLogs::new().status_codes(vec![200; 51]),
        ListLogs::new().start_date("yesterday"),
        ListLogs::new().start_date("1970-01-02T00:00:00Z").end_date("1970-01-01T00:00:00Z"),
    ] {
        assert_eq!(code(acme.logs().list(&refused).await), "RequestValidationError");
    }
}

/// Each look at the logs is in the logs.
#[tokio::test]
async fn a_walk_through_the_logs_ends() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let acme = vault(&sandbox, "acme");
    for _ in 0..3 {
        acme.connections().get("crm", "hubspot").await.unwrap();
    }
    let mut pages = acme.logs().list(&ListLogs::new().limit(1)).pages();
    let mut logs = 0;
    while pages.try_next().await.unwrap().is_some() {
        logs += 1;
        assert!(logs < 10);
    }
    assert_eq!(logs, 3);
}

#[tokio::test]
async fn requests_are_counted_at_once_in_a_range_and_each_hour_for_a_consumer() {
    let sandbox = Sandbox::builder().stopped_at(SystemTime::UNIX_EPOCH).in_memory().unwrap();
    let acme = vault(&sandbox, "acme");
    for _ in 0..3 {
        acme.connections().get("crm", "hubspot").await.unwrap();
        sandbox.advance(Duration::from_secs(25 * 60));
    }
    let consumers = acme.consumers();
    let counts = async |start: &str, end: &str| {
        let counts = consumers.request_counts("acme", start, end).await.unwrap().data;
        assert_eq!(counts.start_datetime.unwrap().as_str(), start);
        assert_eq!(counts.request_counts.unwrap().vault, counts.aggregated_request_count);
        counts.aggregated_request_count.unwrap()
    };
    assert_eq!(counts("1970-01-01T00:00:00Z", "1970-01-01T02:00:00Z").await, 3);
    assert_eq!(counts("1970-01-01T00:20:00Z", "1970-01-01T00:30:00Z").await, 1);
    let consumer = consumers.get("acme").await.unwrap().data;
    assert_eq!(consumer.request_count_updated.unwrap().as_str(), "1970-01-01T01:00:00.000Z");
    assert_eq!(consumer.aggregated_request_count, Some(3));
    acme.connections().get("crm", "hubspot").await.unwrap();
    assert_eq!(consumers.get("acme").await.unwrap().data.aggregated_request_count, Some(3), "not yet");
    assert_eq!(code(consumers.request_counts("acme", "then", "now").await), "RequestValidationError");
    assert_eq!(
        code(consumers.request_counts("beta", "1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z").await),
        "EntityNotFoundError"
    );
}

#[tokio::test]
async fn a_count_does_not_fall_when_logs_are_cut() {
    let sandbox = Sandbox::builder().stopped_at(SystemTime::UNIX_EPOCH).in_memory().unwrap();
    let (acme, beta) = (vault(&sandbox, "acme"), vault(&sandbox, "beta"));
    for _ in 0..3 {
        acme.connections().consents("crm", "hubspot").await.unwrap();
    }
    sandbox.advance(Duration::from_secs(3600));
    for _ in 0..9_999 {
        beta.connections().consents("crm", "hubspot").await.unwrap();
    }
    let counted = async |start: &str| {
        let counts = acme.consumers().request_counts("acme", start, "1970-01-02T00:00:00Z").await;
        counts.unwrap().data.aggregated_request_count
    };
    assert_eq!(counted("1970-01-01T00:00:00Z").await, Some(3));
    assert_eq!(counted("1970-01-01T01:00:00Z").await, Some(0));
    assert_eq!(acme.consumers().get("acme").await.unwrap().data.aggregated_request_count, Some(3));
    let left = acme.logs().list(&ListLogs::new()).await.unwrap().data.len();
    assert_eq!(left, 1, "two are gone, and this call is no part of what it gives");
}

/// Apideck's own SDKs write whole numbers so, and booleans as they are.
#[tokio::test]
async fn a_status_may_be_written_with_a_fraction_of_zeros() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let acme = vault(&sandbox, "acme");
    acme.connections().get("crm", "nobody").await.unwrap_err();
    acme.logs().list(&ListLogs::new().status_code(404)).await.unwrap();
    let asked = sandbox.requests_of("apideck.vault.logs.list").remove(0);
    for (status, found) in [("404.0", true), ("403.0", false), ("404.5", false)] {
        let mut request = asked.clone();
        request.target = request.target.replace("404", status);
        let answer = super::in_memory(&sandbox, &request).await;
        assert_eq!(answer.contains("/vault/connections/crm/nobody"), found, "{status}: {answer}");
        assert_eq!(answer.starts_with("400"), status == "404.5", "{status}: {answer}");
    }
}

#[tokio::test]
async fn bodies_hold_no_member_that_apideck_forbids() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let acme = vault(&sandbox, "acme");
    let (field, value) = ("crm+leads+vip", CustomMappingInput::new("$.vip"));
    acme.consumers().create(&CreateConsumer::new("acme")).await.unwrap();
    acme.consumers().update("acme", &UpdateConsumer::new()).await.unwrap();
    acme.custom_mappings().create("crm", "hubspot", field, &value).await.unwrap();
    acme.custom_mappings().update("crm", "hubspot", field, &value).await.unwrap();
    let session = CreateSession::new().settings(SessionSettings::new()).theme(SessionTheme::new());
    acme.sessions().create(&session).await.unwrap();
    let webhook = CreateWebhook::new("vault", "https://acme.example", [WebhookEventType::All]);
    let webhooks = sandbox.client().apideck().webhooks();
    let id = webhooks.create(&webhook).await.unwrap().data.id;
    webhooks.update(&id, &UpdateWebhook::new()).await.unwrap();
    let with = async |request: &Request, place: &str| {
        let (mut request, mut body) = (request.clone(), request.json().unwrap());
        body.pointer_mut(place).unwrap()["unseen"] = 1.into();
        request.body = body.to_string().into();
        super::in_memory(&sandbox, &request).await
    };
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 7);
    for request in &requests {
        let answer = with(request, "").await;
        assert!(answer.starts_with("400 "), "{}: {answer}", request.target);
    }
    let session = requests.iter().find(|request| request.target.ends_with("/sessions")).unwrap();
    assert!(with(session, "/settings").await.starts_with("400 "));
    assert!(with(session, "/theme").await.starts_with("200 "), "which Apideck leaves open");
}
