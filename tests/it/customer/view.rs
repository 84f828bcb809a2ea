//! What a view shows, and what costs it nothing.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::customer::{Account, Connection, Key, Need, Original, Since, Status, View};
use connectory::deck::connections::ScrapingStatus;
use connectory::sandbox::{Fault, FaultRule, Sandbox};
use connectory::{Error, Provider};
use std::time::Duration;
use tokio::time::Instant;

const LISTS: [(Provider, &str); 4] = [
    (Provider::Deck, "deck.connections.context"),
    (Provider::Apideck, "apideck.vault.connections.list"),
    (Provider::Codat, "codat.connections.list"),
    (Provider::DeckV2, "deck_v2.credentials.list"),
];

fn rows(view: &View) -> Vec<(Provider, String, Status, Option<Need>)> {
    let row = |it: &Connection| (it.provider(), it.service().to_owned(), it.status(), it.needs());
    view.connections().iter().map(row).collect()
}

#[tokio::test]
async fn a_customer_is_shown_over_all_vendors() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let seeded = sandbox.customer("acme");
    let view = seeded.at(&sandbox.client()).connections().await;
    let expected = [
        (Provider::Deck, "Sandbox Utility", Status::Active, None),
        (Provider::Apideck, "Salesforce", Status::Active, None),
        (Provider::Apideck, "Xero", Status::NeedsCustomer, Some(Need::Settings)),
        (Provider::Codat, "Xero", Status::Active, None),
        (Provider::Codat, "Shopify", Status::Pending, Some(Need::Authorize)),
        (Provider::DeckV2, "utility.example", Status::Pending, None),
    ];
    let mut shown = rows(&view);
    shown.sort_by_key(|(provider, service, ..)| {
        let place =
            |row: &(Provider, &str, Status, Option<Need>)| (row.0, row.1) == (*provider, service.as_str());
        expected.iter().position(place)
    });
    assert_eq!(
        shown,
        expected.map(|(provider, service, status, need)| (provider, service.to_owned(), status, need))
    );
    assert_eq!(view.available().len(), 7);
    assert!(view.available().iter().all(|it| it.status() == Status::Disconnected));
    for connection in view.connections() {
        let is_own = match (connection.original(), connection.account()) {
            (Original::Deck(context), Account::Deck(token)) => {
                context.connection_id.is_some() && token.expose_secret() == seeded.deck.expose_secret()
            }
            (Original::Apideck(connection), Account::Apideck(consumer)) => {
                connection.state.is_some() && consumer.as_str() == "acme"
            }
            (Original::Codat(connection), Account::Codat(company)) => {
                connection.link_url.is_some() && *company == seeded.codat
            }
            (Original::DeckV2(credential), Account::DeckV2(id)) => {
                credential.external_id.as_ref() == Some(id)
            }
            _ => false,
        };
        assert!(is_own, "{connection:?}");
        let is_linked =
            matches!(connection.original(), Original::Codat(_)) && connection.status() == Status::Active;
        assert_eq!(connection.since().is_some(), !is_linked, "{connection:?}");
    }
    let debug = format!("{view:?}");
    assert!(!debug.contains(seeded.deck.expose_secret()), "{debug}");
}

#[tokio::test]
async fn since_is_the_vendor_s_own_moment() {
    let body = r#"{"data":[{"id":"crm+x","service_id":"x","unified_api":"crm","state":"callable","enabled":true,
        "health":"pending_refresh","last_refresh_failed_at":1700000000001,"updated_at":1700000000002,
        "last_downstream_error_at":1700000000003}]}"#;
    for (health, since) in [("pending_refresh", 1), ("degraded", 3), ("ok", 2)] {
        let memory = Memory::playing([Step::answer(200, body.replace("pending_refresh", health))]);
        let view = offline(&memory).customer().apideck("acme").connections().await;
        let Some(Since::Millis(moment)) = view.connections()[0].since() else { panic!("{view:?}") };
        assert_eq!(moment.get(), 1_700_000_000_000 + since, "{health}");
    }
    let failed = r#"{"results":[{"id":"c","status":"PendingAuth","created":"2026-01-01T00:00:00Z",
        "dataConnectionErrors":[{"erroredOnUtc":"2026-02-01T00:00:00Z","status":"Active"}]}]}"#;
    let memory = Memory::playing([Step::answer(200, failed)]);
    let view = offline(&memory).customer().codat("company").connections().await;
    assert_eq!(view.connections()[0].since(), Some(&Since::Text("2026-02-01T00:00:00Z".into())));
    let body = r#"{"results":[{"id":"c","status":"Deauthorized","created":"2026-01-01T00:00:00Z",
        "dataConnectionErrors":[{"erroredOnUtc":"2026-02-01T00:00:00Z","status":"Resolved"},
        {"erroredOnUtc":"2026-03-01T00:00:00Z","status":"Active"}]}]}"#;
    let memory = Memory::playing([Step::answer(200, body)]);
    let view = offline(&memory).customer().codat("company").connections().await;
    assert_eq!(view.connections()[0].since(), Some(&Since::Text("2026-03-01T00:00:00Z".into())));
}

#[tokio::test]
async fn a_key_names_vendor_account_and_connection_and_goes_through_a_form() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    sandbox.apideck().authorize("Acme / Co", "crm", "hubspot");
    let customer = sandbox.client().customer().apideck("Acme / Co");
    let view = customer.connections().await;
    let key = view.connections()[0].key().unwrap();
    assert_eq!(key.as_str(), "apideck/Acme%20%2F%20Co/crm/hubspot");
    assert_eq!(view.get(&Key::from(key.as_str())).unwrap().service(), "HubSpot");
    assert!(view.get(&"apideck/Acme/crm/hubspot".into()).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_fails_or_hangs_costs_its_own_rows_alone() {
    for fault in
        [Fault::Silence, Fault::Status(503), Fault::Status(401), Fault::TruncatedJson, Fault::ResetBefore]
    {
        for (broken, operation) in LISTS {
            let sandbox = Sandbox::builder().in_memory().unwrap();
            let customer = sandbox.customer("acme").at(&sandbox.client());
            let whole = rows(&customer.connections().await);
            sandbox.inject(FaultRule::new(fault.clone()).operation(operation));
            let start = Instant::now();
            let view = customer.timeout(Duration::from_secs(4)).connections().await;
            assert!(start.elapsed() < Duration::from_secs(5), "{operation}: {:?}", start.elapsed());
            let others: Vec<_> = whole.into_iter().filter(|(provider, ..)| *provider != broken).collect();
            assert_eq!(rows(&view), others, "{operation} {fault:?}");
            let [failure] = view.failures() else { panic!("{view:?}") };
            assert_eq!(failure.provider(), Some(broken));
            assert_eq!(failure.error().operation().unwrap().id(), operation);
            assert!(!view.is_complete());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_breaks_off_keeps_the_rows_before() {
    let page = r#"{"results":[{"id":"c1","status":"Linked"}],"pageNumber":1,"pageSize":1,"totalResults":2,
        "_links":{"next":{"href":"/companies/x/connections?page=2"}}}"#;
    for broken in [Step::answer(404, ""), Step::silence()] {
        let memory = Memory::playing([Step::answer(200, page), broken]);
        let view = offline(&memory).customer().codat("company").connections().await;
        assert_eq!((view.connections().len(), view.failures().len()), (1, 1), "{view:?}");
    }
    let endless = |number: usize| {
        Step::answer(200, format!(r#"{{"data":[],"has_more":true,"next_cursor":"c{number}"}}"#))
    };
    let memory = Memory::playing((0..20_000).map(endless));
    let view = offline(&memory).customer().deck_v2("acme").connections().await;
    assert!(matches!(view.failures()[0].error(), Error::Decode(_)), "{view:?}");
    // The page after the last row that is kept tells that there are more.
    assert_eq!(memory.requests().len(), 10_001);
}

#[tokio::test]
async fn what_is_not_understood_is_told() {
    let body = r#"{"data":[{"id":"crm+x","service_id":"x"},{"id":"crm+y","service_id":"y","unified_api":"crm","state":7}]}"#;
    let memory = Memory::playing([Step::answer(200, body)]);
    let view = offline(&memory).customer().apideck("acme").connections().await;
    assert_eq!(view.connections().len(), 1);
    assert_eq!(view.connections()[0].status(), Status::NeedsLook);
    assert_eq!(view.unread().len(), 2);
    assert!(view.failures().is_empty() && !view.is_complete());
}

#[tokio::test]
async fn bad_ids_are_typed_errors_and_nothing_is_sent() {
    let memory = Memory::playing([Step::answer(200, "{}")]);
    let client = offline(&memory);
    for customer in [
        client.customer().codat(".."),
        client.customer().codat(""),
        client.customer().codat("%2e%2e"),
        client.customer().apideck(""),
        client.customer().apideck("acme\r\nx-evil: 1"),
        client.customer().deck_v2(""),
    ] {
        let view = customer.connections().await;
        let [failure] = view.failures() else { panic!("{customer:?} {view:?}") };
        assert!(matches!(failure.error(), Error::Request(_)), "{customer:?}: {failure:?}");
    }
    assert!(memory.requests().is_empty());
}

#[tokio::test]
async fn nobody_sees_the_credentials_of_another_customer() {
    let body = r#"{"data":[{"id":"cred_1","external_id":"globex","status":"verified"},
        {"id":"cred_2","external_id":"acme","status":"verified"},{"id":"cred_3","status":"verified"}]}"#;
    let memory = Memory::playing([Step::answer(200, body)]);
    let view = offline(&memory).customer().deck_v2("acme").connections().await;
    let keys: Vec<_> = view.connections().iter().map(|it| it.key().unwrap().as_str()).collect();
    assert_eq!(keys, ["deck-v2/cred_2"]);
}

#[tokio::test]
async fn several_accounts_of_a_vendor_are_asked_about_and_one_that_is_named_twice_once() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let tokens = [sandbox.deck().connect(), sandbox.deck().connect()];
    assert!(sandbox.deck().disconnect(tokens[1].expose_secret(), ScrapingStatus::InvalidCredentials));
    let customer = sandbox.client().customer();
    let customer =
        customer.deck(&tokens[0]).deck(&tokens[1]).deck(&tokens[0]).deck("access-development-none");
    let view = customer.connections().await;
    let statuses: Vec<_> = view.connections().iter().map(|it| (it.status(), it.needs())).collect();
    let expected = [(Status::Active, None), (Status::NeedsCustomer, Some(Need::Credentials))];
    assert_eq!(statuses, expected);
    assert_eq!(view.failures()[0].error().code(), Some("INVALID_ACCESS_TOKEN"));
    assert_eq!(sandbox.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn at_most_sixteen_calls_are_under_way_at_once() {
    let memory = Memory::playing([
        Step::answer(200, r#"{"connection_status":"Connected"}"#).after(Duration::from_secs(1))
    ]);
    let client = offline(&memory);
    let customer = (0..40).fold(client.customer(), |customer, token| customer.deck(token.to_string()));
    let start = Instant::now();
    assert_eq!(customer.connections().await.connections().len(), 40);
    assert_eq!(start.elapsed().as_secs(), 3);
    let at = memory.offsets();
    assert_eq!(at.iter().filter(|at| at.as_secs() == 0).count(), 16);

    memory.take_requests();
    let view = customer.timeout(Duration::from_millis(1500)).connections().await;
    assert_eq!((view.connections().len(), view.failures().len()), (16, 24));
    assert_eq!(memory.requests().len(), 32, "what cannot be in time is not sent");
    assert!(view.failures().iter().all(|failure| failure.error().is_timeout()));
}

#[tokio::test]
async fn a_row_goes_to_a_front_end_without_the_account() {
    let body = r#"{"results":[{"id":"c-1","platformName":"Xero","status":"PendingAuth","linkUrl":"https://link.codat.io/s3cret",
        "created":"2026-01-01T00:00:00Z"}]}"#;
    let memory = Memory::playing([Step::answer(200, body)]);
    let view = offline(&memory).customer().codat("company").connections().await;
    let row = serde_json::to_value(&view.connections()[0]).unwrap();
    let expected = serde_json::json!({
        "key": "codat/company/c-1", "service": "Xero", "provider": "Codat", "status": "pending",
        "needs": "authorize", "since": "2026-01-01T00:00:00Z",
    });
    assert_eq!(row, expected);
}
