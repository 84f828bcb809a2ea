//! Apideck's tokens: how they age, fail to be refreshed, and are revoked.

use connectory::apideck::ErrorBody;
use connectory::apideck::vault::connections::{
    Connection, ConnectionHealth, ConnectionState, Connections, ImportConnection, ImportCredentials,
    UpdateConnection,
};
use connectory::sandbox::Sandbox;
use connectory::{Error, JsonMap, UnixMillis};
use std::time::{Duration, SystemTime};

const ACME: (&str, &str, &str) = ("acme", "crm", "hubspot");
const START: u64 = 1_800_000_000_000;
const HOUR: u64 = 60 * 60 * 1000;

const fn hours(hours: u64) -> Duration {
    Duration::from_secs(60 * 60 * hours)
}

/// Its clock stands at `START`.
fn sandbox() -> Sandbox {
    let start = SystemTime::UNIX_EPOCH + Duration::from_millis(START);
    Sandbox::builder().stopped_at(start).in_memory().unwrap()
}

fn connections(sandbox: &Sandbox) -> Connections {
    sandbox.client().apideck().consumer(ACME.0).vault().connections()
}

async fn hubspot(sandbox: &Sandbox) -> Connection {
    connections(sandbox).get(ACME.1, ACME.2).await.unwrap().data
}

/// State, health, when the credentials expire and when refreshing failed last.
fn seen(connection: &Connection) -> (&str, &str, u64, u64) {
    let millis = |time: Option<UnixMillis>| u64::try_from(time.unwrap().get()).unwrap();
    (
        connection.state.as_ref().unwrap().as_str(),
        connection.health.as_ref().unwrap().as_str(),
        millis(connection.credentials_expire_at),
        millis(connection.last_refresh_failed_at),
    )
}

fn authorize(sandbox: &Sandbox) {
    assert!(sandbox.apideck().authorize(ACME.0, ACME.1, ACME.2));
}

fn fail_refresh(sandbox: &Sandbox) -> bool {
    sandbox.apideck().fail_refresh(ACME.0, ACME.1, ACME.2)
}

fn recover_refresh(sandbox: &Sandbox) -> bool {
    sandbox.apideck().recover_refresh(ACME.0, ACME.1, ACME.2)
}

#[tokio::test]
async fn a_token_is_refreshed_for_ever_where_nothing_fails() {
    let sandbox = sandbox();
    authorize(&sandbox);
    for _ in 0..3 {
        assert_eq!(seen(&hubspot(&sandbox).await), ("callable", "ok", 0, 0));
        sandbox.advance(hours(100));
    }
    // A token that had expired long ago fails now, not then.
    let now = START + 300 * HOUR;
    assert!(fail_refresh(&sandbox));
    let failing = ("callable", "pending_refresh", now + 48 * HOUR, now);
    assert_eq!(seen(&hubspot(&sandbox).await), failing);
}

#[tokio::test]
async fn credentials_that_cannot_be_refreshed_are_deleted_after_48_hours() {
    let sandbox = sandbox();
    assert!(!fail_refresh(&sandbox), "there is no token");
    authorize(&sandbox);
    assert!(fail_refresh(&sandbox));
    let failing = ("callable", "pending_refresh", START + 48 * HOUR, START);
    assert_eq!(seen(&hubspot(&sandbox).await), failing);
    sandbox.advance(hours(47));
    assert!(fail_refresh(&sandbox), "it begins once");
    assert_eq!(seen(&hubspot(&sandbox).await), failing);

    sandbox.advance(hours(1));
    assert_eq!(seen(&hubspot(&sandbox).await), ("added", "needs_auth", 0, START));
    assert!(!fail_refresh(&sandbox), "there is no token any more");
    assert!(recover_refresh(&sandbox));
    assert_eq!(seen(&hubspot(&sandbox).await), ("added", "needs_auth", 0, 0), "what is gone is gone");
    authorize(&sandbox);
    assert_eq!(seen(&hubspot(&sandbox).await), ("callable", "ok", 0, 0));
}

#[tokio::test]
async fn a_refresh_that_recovers_leaves_nothing_behind() {
    let sandbox = sandbox();
    assert!(!recover_refresh(&sandbox), "there is no connection");
    authorize(&sandbox);
    assert!(!recover_refresh(&sandbox), "nothing fails");
    assert!(fail_refresh(&sandbox));
    sandbox.advance(hours(47));
    assert!(recover_refresh(&sandbox));
    sandbox.advance(hours(1000));
    assert_eq!(seen(&hubspot(&sandbox).await), ("callable", "ok", 0, 0));
}

#[tokio::test]
async fn a_new_grant_lasts_until_it_has_to_be_refreshed() {
    let sandbox = sandbox();
    authorize(&sandbox);
    assert!(fail_refresh(&sandbox));
    authorize(&sandbox);
    assert_eq!(seen(&hubspot(&sandbox).await), ("callable", "ok", 0, 0));
    sandbox.advance(hours(2));
    // It lasted an hour.
    let failed = START + HOUR;
    let failing = ("callable", "pending_refresh", failed + 48 * HOUR, failed);
    assert_eq!(seen(&hubspot(&sandbox).await), failing);
}

#[tokio::test]
async fn an_import_says_how_long_its_token_lasts() {
    let import = async |credentials: ImportCredentials| {
        let sandbox = sandbox();
        authorize(&sandbox);
        assert!(fail_refresh(&sandbox));
        sandbox.advance(hours(10));
        let body = ImportConnection::new().credentials(credentials.access_token("a").refresh_token("r"));
        connections(&sandbox).import(ACME.1, ACME.2, &body).await.map(|answer| {
            let (state, health, _, failed) = seen(&answer.data);
            assert_eq!(state, "callable");
            sandbox.advance(hours(1));
            (health.to_owned(), failed, sandbox)
        })
    };
    let now = START + 10 * HOUR;
    let new = ImportCredentials::new;
    let whole = new().issued_at("2027-01-15T18:00:00.000Z").expires_in(1800);
    let (health, failed, sandbox) = import(whole).await.unwrap();
    assert_eq!((health.as_str(), failed), ("ok", 0), "it was issued at this moment");
    assert_eq!(seen(&hubspot(&sandbox).await).3, now + HOUR / 2);

    // What has expired, or does not say when it does, is refreshed at once.
    let expired = new().issued_at("2027-01-15T12:00:00Z").expires_in(1800);
    let extremes =
        [i64::MIN, -1, 0].map(|seconds| new().issued_at("2027-01-15T18:00:00Z").expires_in(seconds));
    let silent = [new(), new().issued_at("2027-01-15T18:00:00Z"), new().expires_in(1800), expired];
    for credentials in silent.into_iter().chain(extremes) {
        let (health, failed, _) = import(credentials).await.unwrap();
        assert_eq!((health.as_str(), failed), ("pending_refresh", now));
    }
    let (health, ..) = import(new().issued_at("2027-01-15T18:00:00Z").expires_in(i64::MAX)).await.unwrap();
    assert_eq!(health, "ok");
    let error = import(new().issued_at("yesterday").expires_in(1800)).await.unwrap_err();
    assert_eq!(error.code(), Some("RequestValidationError"));
}

#[tokio::test]
async fn a_service_that_refreshes_nothing_gives_no_token() {
    let sandbox = sandbox();
    let connections = connections(&sandbox);
    let settings = JsonMap::new().with("client_id", "c").with("client_secret", "s");
    connections.update("hris", "personio", &UpdateConnection::new().settings(settings)).await.unwrap();
    let token = connections.token("hris", "personio").await.unwrap().data;
    assert_eq!(token.state, Some(ConnectionState::Callable));
    assert!(sandbox.apideck().fail_refresh(ACME.0, "hris", "personio"));

    let error = connections.token("hris", "personio").await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized(_)), "{error:?}");
    let body: &ErrorBody = error.api().unwrap().vendor().unwrap();
    assert_eq!(body.cooldown(), Some(Duration::from_secs(30)));
    let failing = connections.get("hris", "personio").await.unwrap().data;
    assert_eq!(failing.health, Some(ConnectionHealth::PendingRefresh));

    assert!(sandbox.apideck().recover_refresh(ACME.0, "hris", "personio"));
    let token = connections.token("hris", "personio").await.unwrap().data;
    assert_eq!(token.health, Some(ConnectionHealth::Ok));
}

#[tokio::test]
async fn what_is_revoked_has_to_be_granted_anew() {
    let sandbox = sandbox();
    let apideck = sandbox.apideck();
    assert!(!apideck.revoke(ACME.0, ACME.1, ACME.2), "nothing was granted");
    assert!(apideck.authorize(ACME.0, "accounting", "xero"));
    assert!(apideck.revoke(ACME.0, "accounting", "xero"), "although its settings are missing");
    authorize(&sandbox);
    assert!(fail_refresh(&sandbox));
    assert!(apideck.revoke(ACME.0, ACME.1, ACME.2));
    assert_eq!(seen(&hubspot(&sandbox).await), ("added", "revoked", 0, 0));
    assert!(!apideck.revoke(ACME.0, ACME.1, ACME.2), "once");
    assert!(!fail_refresh(&sandbox));
    authorize(&sandbox);
    assert_eq!(seen(&hubspot(&sandbox).await), ("callable", "ok", 0, 0));
}

#[tokio::test]
async fn what_is_not_authorized_needs_that_before_its_settings() {
    for (api, service) in [("accounting", "xero"), ("crm", "salesforce")] {
        let sandbox = sandbox();
        let now = async || {
            let connection = connections(&sandbox).get(api, service).await.unwrap().data;
            (connection.state.unwrap().to_string(), connection.health.unwrap().to_string())
        };
        let is = |state: &str, health: &str| (state.to_owned(), health.to_owned());
        connections(&sandbox).update(api, service, &UpdateConnection::new().enabled(true)).await.unwrap();
        assert_eq!(now().await, is("added", "needs_auth"), "{service}");
        assert!(sandbox.apideck().authorize(ACME.0, api, service));
        assert_eq!(now().await, is("authorized", "missing_settings"), "{service}");
        assert!(sandbox.apideck().fail_refresh(ACME.0, api, service));
        assert_eq!(now().await, is("authorized", "missing_settings"), "{service} was not callable");
        sandbox.advance(hours(48));
        assert_eq!(now().await, is("added", "needs_auth"), "{service}");
    }
}

#[tokio::test]
async fn what_changes_a_connection_says_when() {
    let sandbox = sandbox();
    let apideck = sandbox.apideck();
    let authorize = || apideck.authorize(ACME.0, ACME.1, ACME.2);
    let revoke = || apideck.revoke(ACME.0, ACME.1, ACME.2);
    let (fail, recover) = (|| fail_refresh(&sandbox), || recover_refresh(&sandbox));
    let rows: [(&dyn Fn() -> bool, bool); 8] = [
        (&authorize, true),
        (&recover, false),
        (&fail, true),
        // It begins once.
        (&fail, false),
        (&recover, true),
        (&revoke, true),
        (&revoke, false),
        (&authorize, true),
    ];
    let mut changed = 0;
    for (hour, (act, changes)) in (0..).zip(rows) {
        act();
        if changes {
            changed = hour;
        }
        let updated = hubspot(&sandbox).await.updated_at.unwrap().get();
        assert_eq!(u64::try_from(updated).unwrap(), START + changed * HOUR, "{hour}");
        sandbox.advance(hours(1));
    }
}

#[tokio::test]
async fn what_has_no_token_cannot_lose_it() {
    let sandbox = Sandbox::builder()
        .apideck_connection("acme", "hris", "bamboohr", "callable")
        .apideck_connection("acme", "crm", "salesforce", "callable")
        .apideck_connection("acme", "crm", "hubspot", "added")
        .in_memory()
        .unwrap();
    let apideck = sandbox.apideck();
    for (api, service) in [("crm", "hubspot"), ("crm", "nobody")] {
        assert!(!apideck.fail_refresh("acme", api, service), "{service}");
        assert!(!apideck.recover_refresh("acme", api, service), "{service}");
        assert!(!apideck.revoke("acme", api, service), "{service}");
    }
    // A key is no token.
    assert!(!apideck.fail_refresh("acme", "hris", "bamboohr"));
    assert!(!apideck.revoke("acme", "hris", "bamboohr"));
    assert!(!apideck.fail_refresh("another", "crm", "salesforce"), "each consumer has its own");
    assert!(apideck.fail_refresh("acme", "crm", "salesforce"), "one that is seeded has a token");
}
