//! What each vendor tells its webhooks, when it tries again, and when it gives up: without a socket.

use super::*;
use connectory::Provider;
use connectory::sandbox::{Delivery, DeliveryFault, DeliveryRule};
use std::time::SystemTime;

const START: SystemTime = SystemTime::UNIX_EPOCH;

pub(super) fn stopped() -> Sandbox {
    Sandbox::builder().stopped_at(START).in_memory().unwrap()
}

/// What was told since the last look.
struct Told<'a> {
    sandbox: &'a Sandbox,
    seen: usize,
}

impl<'a> Told<'a> {
    fn at(sandbox: &'a Sandbox) -> Self {
        Self { sandbox, seen: sandbox.deliveries().len() }
    }

    fn next(&mut self) -> Vec<Delivery> {
        let new = self.sandbox.deliveries().split_off(self.seen);
        self.seen += new.len();
        new
    }

    #[track_caller]
    fn expect<const N: usize>(&mut self, expected: [&str; N]) {
        let new = self.next();
        assert_eq!(new.iter().map(|it| it.event_type.as_str()).collect::<Vec<_>>(), expected);
    }
}

/// When each attempt was due, in seconds.
fn seconds(deliveries: &[Delivery]) -> Vec<u64> {
    deliveries.iter().map(|delivery| delivery.time.duration_since(START).unwrap().as_secs()).collect()
}

#[cfg(feature = "codat")]
pub(super) mod codat {
    use super::*;
    use connectory::codat::companies::CreateCompany;
    use connectory::codat::connections::{ConnectionId, CreateConnection};
    use connectory::codat::push_data::PushOperationStatus;
    use connectory::codat::refresh_data::RefreshDataType;
    use connectory::codat::webhooks::{CreateWebhookConsumer, WebhookConsumerId};
    use connectory::codat::{Codat, CompanyId};

    pub(in crate::sandbox) const EVENTS: [&str; 16] = [
        "company.created",
        "company.deleted",
        "company.product.added",
        "company.product.removed",
        "connection.created",
        "connection.connected",
        "connection.failed",
        "connection.disconnected",
        "connection.reconnected",
        "connection.deleted",
        "read.completed",
        "read.completed.initial",
        "bills.write.successful",
        "bills.write.unsuccessful",
        "client.rateLimit.reached",
        "client.rateLimit.reset",
    ];

    pub(in crate::sandbox) async fn consumer(sandbox: &Sandbox, url: &str) -> WebhookConsumerId {
        let consumer = CreateWebhookConsumer::new(url, EVENTS);
        sandbox.client().codat().webhooks().create_consumer(&consumer).await.unwrap().id
    }

    async fn connection(codat: &Codat, company: &CompanyId, key: &str) -> ConnectionId {
        codat.connections().create(company, &CreateConnection::new(key)).await.unwrap().id
    }

    #[tokio::test]
    async fn each_change_of_a_company_is_told() {
        let sandbox = stopped();
        let codat = sandbox.client().codat();
        consumer(&sandbox, "https://acme.example/codat").await;
        let mut told = Told::at(&sandbox);
        let company = sandbox.codat().add_company("Acme");
        told.expect(["company.created"]);
        codat.companies().create(&CreateCompany::new("Beta")).await.unwrap();
        let [created] = &told.next()[..] else { panic!() };
        let body = created.json().unwrap();
        assert_eq!(
            (&body["eventType"], &body["payload"]["name"]),
            (&"company.created".into(), &"Beta".into())
        );
        assert_eq!(body["generatedDate"], "1970-01-01T00:00:00.0000000Z");
        assert!(body["payload"]["dataConnections"].is_null(), "details alone");

        codat.companies().add_product(&company, "lending").await.unwrap();
        codat.companies().add_product(&company, "lending").await.unwrap();
        let [added] = &told.next()[..] else { panic!("once") };
        assert_eq!(added.json().unwrap()["payload"]["products"][0], "lending");
        codat.companies().remove_product(&company, "lending").await.unwrap();
        codat.companies().remove_product(&company, "lending").await.unwrap();
        told.expect(["company.product.removed"]);
        codat.companies().delete(&company).await.unwrap();
        told.expect(["company.deleted"]);
    }

    #[tokio::test]
    async fn each_change_of_a_connection_is_told() {
        let sandbox = stopped();
        let codat = sandbox.client().codat();
        consumer(&sandbox, "https://acme.example/codat").await;
        let company = sandbox.codat().add_company("Acme");
        let mut told = Told::at(&sandbox);
        let id = connection(&codat, &company, "gbol").await;
        told.expect(["connection.created"]);
        assert!(sandbox.codat().cancel_link(&id));
        let [failed] = &told.next()[..] else { panic!() };
        let payload = &failed.json().unwrap()["payload"];
        assert_eq!(payload["connection"]["dataConnectionErrors"][0]["statusCode"], "403");
        assert_eq!(payload["referenceCompany"]["name"], "Acme");
        assert!(sandbox.codat().link(&id));
        told.expect(["connection.connected"]);
        assert!(sandbox.codat().link(&id));
        told.expect([]);
        codat.connections().unlink(&company, &id).await.unwrap();
        let [disconnected] = &told.next()[..] else { panic!() };
        assert_eq!(disconnected.event_type, "connection.disconnected");
        assert_eq!(disconnected.json().unwrap()["payload"]["connection"]["status"], "Unlinked");
        sandbox.codat().link(&id);
        told.expect(["connection.reconnected"]);
        assert!(sandbox.codat().deauthorize(&id));
        assert!(!sandbox.codat().deauthorize(&id));
        told.expect(["connection.disconnected"]);
        codat.connections().delete(&company, &id).await.unwrap();
        told.expect(["connection.deleted"]);
        assert!(sandbox.verify().is_ok());
    }

    #[tokio::test]
    async fn what_takes_time_is_told_when_it_has_ended() {
        let sandbox = stopped();
        let codat = sandbox.client().codat();
        consumer(&sandbox, "https://acme.example/codat").await;
        let company = sandbox.codat().add_company("Acme");
        let id = connection(&codat, &company, "gbol").await;
        // The first link reads.
        sandbox.codat().link(&id);
        let mut told = Told::at(&sandbox);
        let write = |company| sandbox.codat().add_push_operation(company, &id, "bills");
        write(&company);
        let fails = write(&company);
        assert!(sandbox.codat().end_push_operation(&fails, PushOperationStatus::Failed));
        told.expect(["bills.write.unsuccessful"]);
        sandbox.advance(Duration::from_secs(9));
        told.expect([]);
        sandbox.advance(Duration::from_secs(60));
        let both = told.next();
        assert_eq!(seconds(&both), [10, 10], "when it ended, and not when somebody looks");
        let types: Vec<_> = both.iter().map(|it| it.event_type.as_str()).collect();
        assert_eq!(types, ["read.completed.initial", "bills.write.successful"]);
        let read = &both[0].json().unwrap()["payload"];
        let summaries = read["dataTypes"].as_array().unwrap();
        assert!(summaries.len() > 1 && summaries.iter().all(|it| it["status"] == "Complete"), "{read}");
        assert!(read["modifiedFromDate"].is_null());
        assert!(both[1].json().unwrap()["payload"]["record"]["id"].is_string());

        let body = RefreshDataType::new();
        codat.refresh_data().by_data_type(&company, "bills", &body).await.unwrap();
        sandbox.advance(Duration::from_secs(10));
        let [read] = &told.next()[..] else { panic!() };
        assert_eq!(read.event_type, "read.completed");
        assert!(read.json().unwrap()["payload"]["modifiedFromDate"].is_string());
    }

    #[tokio::test]
    async fn a_quota_that_is_used_up_is_told_once_and_when_it_is_back() {
        let sandbox = stopped();
        let codat = sandbox.client_builder().retry(connectory::RetryPolicy::never()).build().unwrap().codat();
        consumer(&sandbox, "https://acme.example/codat").await;
        let mut told = Told::at(&sandbox);
        for _ in 0..1002 {
            let _ = codat.webhooks().list_consumers().await;
        }
        let [reached] = &told.next()[..] else { panic!("once") };
        let body = reached.json().unwrap();
        assert_eq!(
            (reached.event_type.as_str(), &body["payload"]["dailyQuota"]),
            ("client.rateLimit.reached", &1000.into())
        );
        sandbox.advance(Duration::from_secs(2 * 86_400));
        let [reset] = &told.next()[..] else { panic!("once") };
        assert_eq!(
            (reset.event_type.as_str(), &seconds(std::slice::from_ref(reset))[..]),
            ("client.rateLimit.reset", &[86_400][..])
        );
    }

    #[tokio::test]
    async fn consumers_get_what_they_name_of_companies_with_their_tags() {
        let sandbox = stopped();
        let codat = sandbox.client().codat();
        let create = async |consumer: CreateWebhookConsumer| {
            codat.webhooks().create_consumer(&consumer).await.unwrap()
        };
        let named =
            |name: &str| CreateWebhookConsumer::new(format!("https://{name}.example"), ["company.created"]);
        create(named("all")).await;
        create(named("uk").company_tags(["region:uk", "region:us"])).await;
        create(named("fr").company_tags(["region:fr", "region"])).await;
        create(named("off").disabled(true)).await;
        create(CreateWebhookConsumer::new("https://other.example", ["company.deleted"])).await;
        let company = CreateCompany::new("Acme").tag("region", "uk");
        codat.companies().create(&company).await.unwrap();
        let mut endpoints: Vec<_> = sandbox.deliveries().into_iter().map(|it| it.endpoint).collect();
        endpoints.sort();
        assert_eq!(endpoints, ["https://all.example/", "https://uk.example/"]);
    }

    #[tokio::test]
    async fn it_tries_for_a_day_and_disables_what_fails_for_five() {
        let sandbox = stopped();
        let codat = sandbox.client().codat();
        let id = consumer(&sandbox, "https://nobody.invalid/").await;
        sandbox.codat().add_company("Acme");
        let is_disabled = async || codat.webhooks().list_consumers().await.unwrap().results[0].disabled;
        sandbox.advance(Duration::from_secs(2 * 86_400));
        let tries = sandbox.deliveries();
        let hour = 3600;
        let waits = [5, 300, 1800, 2 * hour, 5 * hour, 10 * hour, 10 * hour];
        let expected: Vec<u64> = (0..=waits.len()).map(|tries| waits[..tries].iter().sum()).collect();
        assert_eq!(seconds(&tries), expected);
        assert!(tries.iter().all(|it| it.status.is_none() && !it.is_accepted));
        assert_eq!(tries.iter().map(|it| it.attempt).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8]);
        let message = |it: &Delivery| it.headers["webhook-id"].clone();
        assert!(tries.iter().all(|it| message(it) == message(&tries[0]) && it.body == tries[0].body));
        assert_eq!(is_disabled().await, Some(false));

        sandbox.advance(Duration::from_secs(3 * 86_400));
        sandbox.codat().add_company("Beta");
        assert_eq!(is_disabled().await, Some(true), "{id}");
        let before = sandbox.deliveries().len();
        sandbox.codat().add_company("Gamma");
        sandbox.advance(Duration::from_secs(86_400));
        assert_eq!(sandbox.deliveries().len(), before, "nor is it tried again");
    }
}

#[cfg(feature = "apideck")]
pub(super) mod apideck {
    use super::*;
    use connectory::JsonMap;
    use connectory::apideck::vault::connections::{MigrateConnection, UpdateConnection};
    use connectory::apideck::webhooks::{CreateWebhook, ListEventLogs, WebhookEventType, WebhookId};

    pub(in crate::sandbox) async fn webhook(sandbox: &Sandbox, url: &str) -> WebhookId {
        let body = CreateWebhook::new("vault", url, [WebhookEventType::All]);
        sandbox.client().apideck().webhooks().create(&body).await.unwrap().data.id
    }

    #[tokio::test]
    async fn each_change_of_a_connection_is_told_in_apideck_s_order() {
        let sandbox = stopped();
        let connections = sandbox.client().apideck().consumer("acme").vault().connections();
        webhook(&sandbox, "https://acme.example/apideck").await;
        let told = &mut Told::at(&sandbox);
        let mut expect = |events: &[&str]| {
            let new: Vec<_> = told.next().into_iter().map(|it| it.event_type).collect();
            let events: Vec<_> = events.iter().map(|it| format!("vault.connection.{it}")).collect();
            assert_eq!(new, events);
        };
        let apideck = sandbox.apideck();
        apideck.authorize("acme", "crm", "hubspot");
        expect(&["created", "updated", "callable"]);
        apideck.revoke("acme", "crm", "hubspot");
        expect(&["revoked"]);
        apideck.authorize("acme", "crm", "hubspot");
        expect(&["updated", "callable"]);
        apideck.authorize("acme", "crm", "hubspot");
        expect(&["updated"]);

        let settings =
            |value: &str| UpdateConnection::new().settings(JsonMap::new().with("tenant_id", value));
        connections.update("accounting", "xero", &settings("t-1")).await.unwrap();
        expect(&["created"]);
        apideck.authorize("acme", "accounting", "xero");
        expect(&["updated", "callable"]);
        connections.update("accounting", "xero", &settings("t-2")).await.unwrap();
        expect(&["updated"]);
        connections.validate("accounting", "xero").await.unwrap();
        expect(&[]);
        connections.update("accounting", "xero", &UpdateConnection::new().enabled(false)).await.unwrap();
        expect(&["disabled"]);
        apideck.fail_refresh("acme", "accounting", "xero");
        expect(&["token_refresh.pending"]);
        apideck.recover_refresh("acme", "accounting", "xero");
        expect(&["token_refresh.recovered"]);
        connections.delete("accounting", "xero").await.unwrap();
        expect(&["deleted"]);
    }

    #[tokio::test]
    async fn time_alone_ends_credentials_that_cannot_be_refreshed() {
        let sandbox = stopped();
        webhook(&sandbox, "https://acme.example/apideck").await;
        sandbox.apideck().authorize("acme", "crm", "hubspot");
        sandbox.apideck().fail_refresh("acme", "crm", "hubspot");
        let mut told = Told::at(&sandbox);
        sandbox.advance(Duration::from_secs(47 * 3600));
        told.expect([]);
        sandbox.advance(Duration::from_secs(10 * 3600));
        let [failed] = &told.next()[..] else { panic!() };
        assert_eq!(failed.event_type, "vault.connection.token_refresh.failed");
        assert_eq!(seconds(std::slice::from_ref(failed)), [48 * 3600]);
        assert_eq!(failed.json().unwrap()["payload"]["entity"]["state"], "added");
        // It is granted anew, and that token fails once it has expired.
        sandbox.apideck().authorize("acme", "crm", "hubspot");
        told.expect(["vault.connection.updated", "vault.connection.callable"]);
        sandbox.advance(Duration::from_secs(2 * 3600));
        told.expect(["vault.connection.token_refresh.pending"]);
    }

    #[tokio::test]
    async fn a_migration_is_told_with_its_source() {
        let sandbox = stopped();
        let connections = sandbox.client().apideck().consumer("acme").vault().connections();
        sandbox.apideck().authorize("acme", "accounting", "quickbooks");
        webhook(&sandbox, "https://acme.example/apideck").await;
        let mut told = Told::at(&sandbox);
        let target = connections.get("accounting", "quickbooks").await.unwrap();
        drop(target);
        let body = MigrateConnection::new("intuit-enterprise-suite");
        connections.migrate("accounting", "quickbooks", &body).await.unwrap();
        let all = told.next();
        let seen: Vec<_> = all
            .iter()
            .map(|it| {
                let entity = &it.json().unwrap()["payload"]["entity"];
                let source = entity["migrated_from"].as_str().unwrap_or("-").to_owned();
                (
                    it.event_type.rsplit('.').next().unwrap().to_owned(),
                    entity["service_id"].as_str().unwrap().to_owned(),
                    source,
                )
            })
            .collect();
        let seen: Vec<_> =
            seen.iter().map(|(event, service, from)| format!("{event} {service} {from}")).collect();
        assert_eq!(
            seen,
            [
                "created intuit-enterprise-suite -",
                "callable intuit-enterprise-suite -",
                "migrated intuit-enterprise-suite quickbooks",
                "deleted quickbooks -",
            ]
        );
        connections.migrate("accounting", "quickbooks", &body).await.unwrap();
        told.expect([]);
    }

    #[tokio::test]
    async fn it_tries_five_times_and_logs_each_attempt() {
        let sandbox = stopped();
        let webhooks = sandbox.client().apideck().webhooks();
        let id = webhook(&sandbox, "https://nobody.invalid/").await;
        use connectory::apideck::webhooks::{UpdateWebhook, WebhookStatus};
        webhooks.update(&id, &UpdateWebhook::new().status(WebhookStatus::Enabled)).await.unwrap();
        sandbox.apideck().authorize("acme", "accounting", "xero");
        // The oldest: that of `created`.
        let log = async || webhooks.event_logs(&ListEventLogs::new()).await.unwrap().data.pop().unwrap();
        let first = log().await;
        assert_eq!(
            (first.success, first.retry_scheduled, first.attempts.len()),
            (Some(false), Some(true), 1)
        );
        sandbox.advance(Duration::from_secs(60));
        let second = log().await;
        assert_eq!((&second.id, second.execution_attempt), (&first.id, Some(2)));
        let body: serde_json::Value =
            serde_json::from_str(second.request_body.as_ref().unwrap().expose_secret()).unwrap();
        assert_eq!(body["payload"]["execution_attempt"], 2, "the body counts");
        sandbox.advance(Duration::from_secs(86_400));
        let last = log().await;
        assert_eq!((last.retry_scheduled, last.attempts.len()), (Some(false), 5));
        let of_created: Vec<_> =
            sandbox.deliveries().into_iter().filter(|it| it.event_type.ends_with("created")).collect();
        assert_eq!(seconds(&of_created), [0, 60, 360, 2160, 9360]);
        let keys: std::collections::BTreeSet<_> = of_created
            .iter()
            .map(|it| it.headers["x-apideck-idempotency-key"].to_str().unwrap().to_owned())
            .collect();
        assert_eq!(keys.len(), 1, "the same in each attempt");
        let webhook = webhooks.get(&id).await.unwrap().data;
        assert_eq!(webhook.disabled_reason.unwrap().as_str(), "retry_limit");
        sandbox.apideck().revoke("acme", "accounting", "xero");
        assert_eq!(webhooks.event_logs(&ListEventLogs::new()).await.unwrap().data.len(), 2);
    }
}

#[cfg(feature = "deck-v2")]
pub(super) mod deck_v2 {
    use super::*;
    use connectory::deck_v2::EventDestinationId;
    use connectory::deck_v2::agents::CreateAgent;
    use connectory::deck_v2::event_destinations::{CreateEventDestination, WebhookConfig};

    pub(in crate::sandbox) async fn destination(
        sandbox: &Sandbox,
        webhook: WebhookConfig,
    ) -> EventDestinationId {
        let body = CreateEventDestination::webhook("All", webhook).events(["*"]);
        let id = sandbox.client().deck_v2().event_destinations().create(&body).await.unwrap().id;
        sandbox.advance(Duration::from_secs(1));
        id
    }

    #[tokio::test]
    async fn events_are_delivered_as_the_log_has_them_with_the_owner_s_headers() {
        let sandbox = stopped();
        let webhook = WebhookConfig::new("https://acme.example/deck?x=1").custom_header("x-team", "billing");
        destination(&sandbox, webhook).await;
        sandbox.client().deck_v2().agents().create(&CreateAgent::new("Bills")).await.unwrap();
        let [delivery] = &sandbox.deliveries()[..] else { panic!() };
        assert_eq!(delivery.json().unwrap(), sandbox.deck_v2().events()[0]);
        let request = delivery.request();
        assert_eq!((request.uri().path(), request.uri().query()), ("/deck", Some("x=1")));
        assert_eq!(request.headers()["x-team"], "billing");
        assert_eq!(request.headers()["webhook-id"], delivery.json().unwrap()["id"].as_str().unwrap());
    }

    #[tokio::test]
    async fn it_tries_four_times_and_then_the_destination_is_inactive() {
        let sandbox = stopped();
        let id = destination(&sandbox, WebhookConfig::new("https://nobody.invalid/")).await;
        let deck = sandbox.client().deck_v2();
        deck.agents().create(&CreateAgent::new("Bills")).await.unwrap();
        sandbox.advance(Duration::from_secs(3600));
        assert_eq!(seconds(&sandbox.deliveries()), [1, 11, 31, 71]);
        let status = deck.event_destinations().get(&id).await.unwrap().status.unwrap();
        assert_eq!(status.as_str(), "inactive");
        deck.agents().create(&CreateAgent::new("More")).await.unwrap();
        assert_eq!(sandbox.deliveries().len(), 4);
    }
}

#[cfg(feature = "deck")]
mod deck {
    use super::*;
    use connectory::deck::connections::{RefreshConnection, UpdateWebhook};

    async fn refreshed(sandbox: &Sandbox, token: &connectory::Secret) -> Vec<Delivery> {
        let before = sandbox.deliveries().len();
        let connections = sandbox.client().deck().connections();
        connections.refresh(&RefreshConnection::new(token)).await.unwrap();
        sandbox.deliveries().split_off(before)
    }

    #[tokio::test]
    async fn events_go_to_the_connection_s_webhook_or_the_default_one_or_nowhere() {
        let sandbox = stopped();
        let token = sandbox.deck().connect();
        let endpoint =
            async || refreshed(&sandbox, &token).await.into_iter().map(|it| it.endpoint).collect::<Vec<_>>();
        assert_eq!(endpoint().await, ["https://acme.example/webhooks/deck"]);
        assert!(sandbox.deck().set_default_webhook("https://other.example/"));
        assert!(!sandbox.deck().set_default_webhook("other"));
        assert_eq!(endpoint().await, ["https://other.example/"]);
        let connections = sandbox.client().deck().connections();
        let own = |is_active| UpdateWebhook::new(&token, "https://own.example/x", is_active);
        connections.update_webhook(&own(true)).await.unwrap();
        assert_eq!(endpoint().await, ["https://own.example/x"]);
        connections.update_webhook(&own(false)).await.unwrap();
        assert_eq!(endpoint().await, [""; 0]);
    }

    #[tokio::test]
    async fn it_tries_three_times_more_after_times_of_chance() {
        let tries = async |seed| {
            let sandbox = Sandbox::builder().seed(seed).stopped_at(START).in_memory().unwrap();
            let token = sandbox.deck().connect();
            sandbox.deck().set_default_webhook("https://nobody.invalid/");
            refreshed(&sandbox, &token).await;
            sandbox.advance(Duration::from_secs(86_400));
            let tries = sandbox.deliveries();
            assert!(tries.windows(2).all(|pair| pair[0].body == pair[1].body));
            seconds(&tries)
        };
        let times = tries(7).await;
        assert_eq!((times.len(), times[0]), (4, 0));
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 14), "{times:?}");
        assert_eq!(times, tries(7).await);
        assert_ne!(times, tries(8).await);
    }

    #[cfg(feature = "deck-encryption")]
    #[tokio::test]
    async fn where_bodies_are_encrypted_events_are_too() {
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        for (encrypt, is_encrypted) in
            [(connectory::deck::Encrypt::Bodies, true), (connectory::deck::Encrypt::JobInput, false)]
        {
            let sandbox = Sandbox::builder().deck_encryption(key, encrypt).in_memory().unwrap();
            let token = sandbox.deck().connect();
            let [delivery] = &refreshed(&sandbox, &token).await[..] else { panic!() };
            assert_eq!(delivery.json().is_none(), is_encrypted);
            assert_eq!(String::from_utf8_lossy(&delivery.body).contains("encrypted_payload"), is_encrypted);
        }
    }

    #[test]
    fn r32_deliveries_come_twice_and_late_when_told_to() {
        let sandbox = stopped();
        let token = sandbox.deck().connect();
        let happen = |reason: &str| sandbox.deck().disconnect(token.expose_secret(), reason);
        let codes = || {
            let told = sandbox.deliveries();
            told.iter()
                .map(|it| it.event_type.trim_start_matches("Connection.").to_owned())
                .collect::<Vec<_>>()
                .join(" ")
        };
        sandbox.inject_delivery(DeliveryRule::new(DeliveryFault::Twice).times(1));
        sandbox.inject_delivery(DeliveryRule::new(DeliveryFault::Twice).provider(Provider::Codat));
        happen("InvalidCredentials");
        happen("Error");
        assert_eq!(codes(), "InvalidCredentials InvalidCredentials Error");
        let [one, other, _] = &sandbox.deliveries()[..] else { panic!() };
        assert_eq!((&one.body, &one.headers), (&other.body, &other.headers));

        sandbox.inject_delivery(DeliveryRule::new(DeliveryFault::Late(Duration::from_secs(1))).times(1));
        happen("InvalidCredentials");
        happen("Error");
        sandbox.clear_faults();
        assert_eq!(codes(), "InvalidCredentials InvalidCredentials Error Error", "one is on its way");
        sandbox.advance(Duration::from_secs(1));
        assert_eq!(codes(), "InvalidCredentials InvalidCredentials Error Error InvalidCredentials");
        sandbox.inject_delivery(DeliveryFault::Twice);
        sandbox.clear_faults();
        happen("Error");
        assert_eq!(sandbox.deliveries().len(), 6);
    }

    #[tokio::test]
    async fn nothing_that_is_secret_is_shown() {
        let sandbox = stopped();
        let jobs = sandbox.client().deck().jobs();
        sandbox.deck().set_default_webhook("https://acme.example/s3cret");
        sandbox.inject_delivery(DeliveryFault::SignedWith("s3cret".into()));
        jobs.submit(&super::super::deck::ensure("customer", "pass")).await.unwrap();
        let deliveries = sandbox.deliveries();
        let token = deliveries[0].json().unwrap()["output"]["access_token"].as_str().unwrap().to_owned();
        let rule = DeliveryRule::new(DeliveryFault::SignedWith("s3cret".into()));
        for shown in [format!("{deliveries:?} {rule:?} {sandbox:?}"), format!("{deliveries:#?} {rule:#?}")] {
            assert!(shown.contains("Job.EnsureConnection"), "{shown}");
            assert!(!shown.contains(&token) && !shown.contains("s3cret"), "{shown}");
        }
    }
}
