use super::over_a_socket;
use connectory::codat::companies::*;
use connectory::codat::connections::*;
use connectory::codat::settings::*;
use connectory::codat::{CompanyId, DataType, ErrorBody, ListOptions, Query};
use connectory::sandbox::{Fault, FaultRule, Sandbox};
use connectory::{Error, RateLimitScope, RetryPolicy, codat};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// In memory, on a clock that stands still.
pub(super) fn sandbox() -> Sandbox {
    Sandbox::builder().seed(7).stopped_at(SystemTime::UNIX_EPOCH).in_memory().unwrap()
}

/// A company with a connection to this software.
async fn connected(sandbox: &Sandbox, platform: &str) -> (CompanyId, ConnectionId) {
    let company = sandbox.codat().add_company("Acme");
    let connection = create(sandbox, &company, platform).await;
    (company, connection.id)
}

async fn create(sandbox: &Sandbox, company: &CompanyId, platform: &str) -> Connection {
    let connections = sandbox.client().codat().connections();
    connections.create(company, &CreateConnection::new(platform)).await.unwrap()
}

#[tokio::test]
async fn tokens_act_for_their_company_until_they_expire() {
    let sandbox = Sandbox::start().await.unwrap();
    let company = sandbox.codat().add_company("Acme");
    let response = sandbox.client().codat().companies().get_access_token(&company).response().await.unwrap();
    let token = response.into_value();
    assert_eq!(token.expires_in, Some(86_400));
    assert_eq!(sandbox.codat().company_of(token.access_token.expose_secret()), Some(company));

    sandbox.advance(Duration::from_secs(86_400));
    assert_eq!(sandbox.codat().company_of(token.access_token.expose_secret()), None);
}

#[tokio::test]
async fn every_answer_says_what_is_left_of_the_quota() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.ignore_unknown_requests();
    let company = sandbox.codat().add_company("Acme");
    sandbox.client().codat().companies().get_access_token(&company).await.unwrap();
    let request = sandbox.requests().remove(0);
    let mut stranger = request.clone();
    stranger.headers.remove("authorization");
    let mut astray = request.clone();
    astray.target.push_str("/elsewhere");
    for (request, status) in [(stranger, "401"), (astray, "404"), (request, "503")] {
        if status == "503" {
            sandbox.inject(Fault::Status(503));
        }
        let answer = over_a_socket(sandbox.address().unwrap(), &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.contains("x-rate-limit-limit: 1000\r\n"), "{answer}");
        assert!(answer.contains("x-rate-limit-remaining: 999\r\n"), "{answer}");
        assert!(answer.contains("x-rate-limit-reset: "), "{answer}");
    }
}

#[tokio::test]
async fn unknown_companies_and_the_removed_endpoint_are_not_found() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let error = client.codat().companies().get_access_token("no-such-company").await.unwrap_err();
    assert_eq!(error.message(), Some("No company was found with ID no-such-company"));
    assert!(error.request_id().is_some());

    let company = sandbox.codat().add_company("Acme");
    #[expect(deprecated, reason = "the vendor has removed it, and the sandbox with it")]
    let error = client.codat().connection_management().get_access_token(&company).await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error}");
    assert_eq!(error.message(), Some("NotFound"));
}

#[tokio::test]
async fn companies_are_listed_page_by_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let before = sandbox.client().codat().companies().list(&ListCompanies::new()).await.unwrap();
    let known = before.results.len();
    for name in ["A", "B", "C", "D", "E"] {
        sandbox.codat().add_company(name);
    }
    let companies = sandbox.client().codat().companies();
    let mut pages = companies.list(&ListCompanies::new().page_size(2).order_by("name")).pages();
    let mut names = Vec::new();
    while let Some(company) = pages.try_next().await.unwrap() {
        names.push(company.name.unwrap());
    }
    assert_eq!(names[known..], ["A", "B", "C", "D", "E"]);
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 1 + (known + 5).div_ceil(2));
    assert!(requests[1..].iter().all(|request| request.target.contains("orderBy=name&pageSize=2")));

    let last = companies.list(&ListCompanies::new().page(2).page_size(known as u32 + 4)).await.unwrap();
    assert_eq!(
        (last.results.len(), last.page_number, last.total_results),
        (1, Some(2), Some(known as i64 + 5))
    );
    let links = last.links.unwrap();
    assert!(links.next.is_none() && links.previous.is_some());
    for refused in [ListCompanies::new().page(0), ListCompanies::new().page_size(5001)] {
        assert!(matches!(companies.list(&refused).await, Err(Error::BadRequest(_))));
    }
}

#[tokio::test]
async fn a_company_s_name_loses_what_it_may_not_have() {
    let companies = sandbox().client().codat().companies();
    let created = companies.create(&CreateCompany::new("Acme & Söhne (Codat[1])")).await.unwrap();
    assert_eq!(created.name.as_deref(), Some("Acme & Shne Codat1"));
    assert_eq!((created.description.as_deref(), created.tags.len()), (Some(""), 0));
    let ten = || CreateCompany::new("A").tags((0..10).map(|number| (format!("tag {number}"), "x")));
    let long = |name: usize, text: usize| CreateCompany::new("A").tag("n".repeat(name), "t".repeat(text));
    for (company, is_taken) in [
        (CreateCompany::new("[]"), false),
        (ten(), true),
        (ten().tag("one more", "x"), false),
        (long(27, 100), true),
        (long(28, 100), false),
        (long(27, 101), false),
    ] {
        match companies.create(&company).await {
            Ok(_) => assert!(is_taken, "{company:?}"),
            Err(error) => assert!(matches!(error, Error::BadRequest(_)) && !is_taken, "{company:?}: {error}"),
        }
    }
}

#[tokio::test]
async fn the_51st_company_is_beyond_the_plan() {
    let sandbox = sandbox();
    let companies = sandbox.client().codat().companies();
    for _ in 0..49 {
        sandbox.codat().add_company("Acme");
    }
    let last = companies.create(&CreateCompany::new("Fifty")).await.unwrap();
    let error = companies.create(&CreateCompany::new("One more")).await.unwrap_err();
    assert!(matches!(error, Error::PaymentRequired(_)), "{error}");
    let validation = error.vendor::<ErrorBody>().unwrap().validation.as_ref().unwrap();
    let [item] = &validation.errors[..] else { panic!("{validation:?}") };
    assert_eq!(
        (item.item_id.as_deref(), item.validator_name.as_deref()),
        (Some("Company"), Some("CreateCompany"))
    );
    assert!(validation.warnings.is_empty() && item.message.is_some());
    companies.delete(&last.id).await.unwrap();
    companies.create(&CreateCompany::new("Fifty again")).await.unwrap();
}

#[tokio::test]
async fn an_update_leaves_what_a_replacement_wipes() {
    let companies = sandbox().client().codat().companies();
    let none = BTreeMap::<String, String>::new;
    let company =
        companies.create(&CreateCompany::new("A").description("B").tag("region", "uk")).await.unwrap();
    let updated = companies.update(&company.id, &UpdateCompany::new().name("C")).await.unwrap();
    assert_eq!((updated.name.as_deref(), updated.description.as_deref()), (Some("C"), Some("B")));
    assert_eq!(updated.tags["region"], "uk");
    let untagged = companies.update(&company.id, &UpdateCompany::new().tags(none())).await.unwrap();
    assert_eq!((untagged.description.as_deref(), untagged.tags), (Some("B"), none()));
    companies.update(&company.id, &UpdateCompany::new().tag("region", "uk")).await.unwrap();
    companies.replace(&company.id, &CreateCompany::new("D")).await.unwrap();
    let replaced = companies.get(&company.id).await.unwrap();
    assert_eq!((replaced.name.as_deref(), replaced.description.as_deref()), (Some("D"), Some("")));
    assert_eq!((replaced.tags, replaced.id), (none(), company.id));
}

#[tokio::test]
async fn a_deleted_company_takes_its_connections_and_tokens_with_it() {
    let sandbox = sandbox();
    let (company, connection) = connected(&sandbox, "gbol").await;
    let codat = sandbox.client().codat();
    let token = codat.companies().get_access_token(&company).await.unwrap().access_token;
    codat.companies().delete(&company).await.unwrap();
    assert_eq!(sandbox.codat().company_of(token.expose_secret()), None);
    assert!(!sandbox.codat().link(&connection));
    for error in [
        codat.companies().get(&company).await.unwrap_err(),
        codat.companies().delete(&company).await.unwrap_err(),
        codat.connections().list(&company, &ListOptions::new()).await.unwrap_err(),
        codat.connections().get(&company, &connection).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::NotFound(_)), "{error}");
    }
}

#[tokio::test]
async fn companies_are_found_by_their_members_and_tags() {
    let sandbox = sandbox();
    let companies = sandbox.client().codat().companies();
    for (name, region) in [("Bolts", "uk"), ("Anvils", "us"), ("Cogs", "uk")] {
        let company = companies.create(&CreateCompany::new(name).tag("region", region)).await.unwrap();
        let connection = create(&sandbox, &company.id, "gbol").await;
        if name == "Cogs" {
            assert!(sandbox.codat().link(&connection.id));
        }
    }
    let all = ListCompanies::new;
    let pending = || Query::equal("dataConnections.status", "PendingAuth");
    for (list, names) in [
        (all().order_by("name"), "Anvils Bolts Cogs"),
        (all().order_by("-name").page_size(2), "Cogs Bolts Anvils"),
        (all().query(Query::contains("name", "n")), "Anvils"),
        (all().query(pending()), "Bolts Anvils"),
        (all().query(pending().and(Query::equal("name", "Bolts"))), "Bolts"),
        (all().tags(Query::equal("region", "uk")), "Bolts Cogs"),
        (all().tags(Query::not_equal("region", "uk")), "Anvils"),
        (all().tags(Query::equal("region", "uk")).query(pending()), "Bolts"),
        (all().query(Query::at_least("created", "1970-01-01")).order_by("name"), "Anvils Bolts Cogs"),
        (all().query(Query::raw("name = Cogs || name=Bolts")), "Bolts Cogs"),
    ] {
        let mut pages = companies.list(&list).pages();
        let mut found = Vec::new();
        while let Some(company) = pages.try_next().await.unwrap() {
            found.push(company.name.unwrap());
        }
        assert_eq!(found.join(" "), names, "{list:?}");
    }
    let sent = sandbox.requests().len();
    let malformed = companies.list(&all().query(Query::raw("name="))).await.unwrap_err();
    assert_eq!(malformed.message(), Some("Error parsing query - Malformed query."));
    let unknown = companies.list(&all().query(Query::equal("colour", "red"))).await.unwrap_err();
    let message = "Error parsing query - Could not resolve property colour on Dataset";
    assert_eq!(unknown.message(), Some(message));
    assert!(companies.list(&all().order_by("colour")).await.is_err());
    assert_eq!(sandbox.requests().len(), sent + 3);
    // What the client does not take is not sent.
    let error = companies.list(&all().tags(Query::equal("region", "uk && x=1"))).await.unwrap_err();
    assert!(matches!(error, Error::Request(_)) && error.to_string().contains("holds &&"), "{error}");
    let long = Query::contains("name", "x".repeat(2048));
    assert!(matches!(companies.list(&all().query(long)).await, Err(Error::Request(_))));
    assert_eq!(sandbox.requests().len(), sent + 3);
}

#[tokio::test]
async fn a_connection_goes_through_all_its_states() {
    let sandbox = sandbox();
    let (company, id) = connected(&sandbox, "gbol").await;
    let (codat, connections) = (sandbox.codat(), sandbox.client().codat().connections());
    let look = async || {
        let found = connections.get(&company, &id).await.unwrap();
        let status = |error: &ConnectionError| {
            format!("{} {}", error.status_code.as_ref().unwrap(), error.status.as_ref().unwrap())
        };
        let errors: Vec<_> = found.data_connection_errors.iter().map(status).collect();
        format!("{} [{}]", found.status.unwrap(), errors.join(", "))
    };
    assert_eq!(look().await, "PendingAuth []");
    assert!(!codat.deauthorize(&id) && codat.cancel_link(&id));
    assert_eq!(look().await, "PendingAuth [403 Active]");
    let error = connections.unlink(&company, &id).await.unwrap_err();
    assert_eq!(error.message(), Some("Only Linked data connections can be unlinked"));
    assert!(codat.link(&id));
    assert_eq!(look().await, "Linked [403 Resolved]");
    assert!(!codat.cancel_link(&id));
    assert_eq!(connections.unlink(&company, &id).await.unwrap().status, Some(ConnectionStatus::Unlinked));
    assert_eq!(look().await, "Unlinked [403 Resolved]");
    assert!(!codat.deauthorize(&id) && codat.link(&id) && codat.deauthorize(&id));
    assert_eq!(look().await, "Deauthorized [403 Resolved, 401 Active]");
    sandbox.advance(Duration::from_secs(1));
    assert!(codat.link(&id));
    assert_eq!(look().await, "Linked [403 Resolved, 401 Resolved]");
    sandbox.advance(Duration::from_secs(9));
    let found = sandbox.client().codat().companies().get(&company).await.unwrap();
    assert_eq!(found.last_sync.unwrap().as_str(), "1970-01-01T00:00:10.0000000Z", "the first link read");
    assert_eq!(found.data_connections[0].id, id);
    connections.delete(&company, &id).await.unwrap();
    assert!(matches!(connections.get(&company, &id).await, Err(Error::NotFound(_))));
    assert!(connections.list(&company, &ListOptions::new()).await.unwrap().results.is_empty());
    assert!(!codat.link(&id));
}

#[tokio::test]
async fn a_connection_is_its_company_s_alone() {
    let sandbox = sandbox();
    let (_, id) = connected(&sandbox, "gbol").await;
    let other = sandbox.codat().add_company("Other");
    let connections = sandbox.client().codat().connections();
    let error = connections.get(&other, &id).await.unwrap_err();
    assert_eq!(error.message(), Some(&*format!("Data connection {id} not found")));
    assert!(connections.delete(&other, &id).await.is_err());
    let unknown = connections.create(&other, &CreateConnection::new("none")).await.unwrap_err();
    assert!(matches!(unknown, Error::NotFound(_)), "{unknown}");
}

#[tokio::test]
async fn one_accounting_connection_is_active_at_a_time() {
    let sandbox = sandbox();
    let (company, xero) = connected(&sandbox, "gbol").await;
    let [quickbooks, bank, shop] = ["qhyg", "dfxm", "fztf"].map(|key| create(&sandbox, &company, key));
    let (quickbooks, bank, shop) = (quickbooks.await.id, bank.await.id, shop.await.id);
    let codat = sandbox.codat();
    assert!(codat.link(&xero) && codat.link(&bank) && codat.link(&shop) && !codat.link(&quickbooks));
    let authorization = UpdateAuthorization::new().credential("token", "t");
    let connections = sandbox.client().codat().connections();
    let error = connections.update_authorization(&company, &quickbooks, &authorization).await.unwrap_err();
    assert_eq!(error.message(), Some("The company has an active accounting connection"));
    connections.unlink(&company, &xero).await.unwrap();
    connections.update_authorization(&company, &quickbooks, &authorization).await.unwrap();
    assert!(!codat.link(&xero));
}

#[tokio::test]
async fn a_customer_who_follows_the_link_has_linked() {
    let company = CompanyId::from("a/b c");
    let sandbox = Sandbox::builder().codat_company(&company, "Acme").start().await.unwrap();
    let id = create(&sandbox, &company, "gbol").await.id;
    let quickbooks = create(&sandbox, &company, "qhyg").await;
    let codat = sandbox.client().codat();
    let follow = async |link: &str| {
        let mut request = sandbox.requests().remove(0);
        request.method = http::Method::GET;
        request.target = link
            .split_once("//")
            .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
            .unwrap();
        request.headers.clear();
        request.body = bytes::Bytes::new();
        over_a_socket(sandbox.address().unwrap(), &request).await.to_lowercase()
    };
    let link = codat.connections().get(&company, &id).await.unwrap().link_url.unwrap();
    let sent = sandbox.requests().len();
    // No fault strikes a customer.
    sandbox.inject(Fault::Status(500));
    let answer = follow(link.expose_secret()).await;
    sandbox.clear_faults();
    assert!(answer.starts_with("http/1.1 302 "), "{answer}");
    assert!(answer.contains("location: http://127.0.0.1/connected/a%2fb%20c\r\n"), "{answer}");
    assert_eq!(sandbox.requests().len(), sent, "it is no request of a client");
    let found = codat.connections().get(&company, &id).await.unwrap();
    assert_eq!(found.status, Some(ConnectionStatus::Linked));

    let second = follow(quickbooks.link_url.unwrap().expose_secret()).await;
    assert!(second.starts_with("http/1.1 409 "), "{second}");
    let other = follow(&link.expose_secret().replace("a%2Fb%20c", "other")).await;
    assert!(other.starts_with("http/1.1 404 "), "{other}");
    let page = codat.connections().list(&company, &ListOptions::new()).await.unwrap();
    let list = page.links.unwrap().list.unwrap().href;
    assert_eq!(list.as_deref(), Some("/companies/a%2Fb%20c/connections"));
    // It leads to this machine alone.
    let elsewhere = UpdateProfile::new("Acme", "https://elsewhere.example/{companyId}");
    codat.settings().update_profile(&elsewhere).await.unwrap();
    let answer = follow(link.expose_secret()).await;
    assert!(answer.starts_with("http/1.1 200 ") && !answer.contains("location"), "{answer}");
}

#[tokio::test]
async fn a_key_is_answered_as_the_first_time_for_90_minutes() {
    const KEY: &str = "5cf3c1c4-6f3c-4b6a-8a47-1f5c7d1ad0d5";
    let sandbox = sandbox();
    let companies = sandbox.client().codat().companies();
    let create = |name: &str| companies.create(&CreateCompany::new(name)).idempotency_key(KEY);
    let first = create("A").await.unwrap();
    assert_eq!(create("A").await.unwrap().id, first.id);
    let known = async || companies.list(&ListCompanies::new()).await.unwrap().results.len();
    assert_eq!(known().await, 1);
    let error = create("B").await.unwrap_err();
    assert!(matches!(error, Error::Unprocessable(_)), "{error}");
    let error = companies.update(&first.id, &UpdateCompany::new().name("A")).idempotency_key(KEY).await;
    assert!(matches!(error, Err(Error::Unprocessable(_))), "another request");
    sandbox.advance(Duration::from_secs(90 * 60 - 1));
    assert_eq!(create("A").await.unwrap().id, first.id);
    sandbox.advance(Duration::from_secs(1));
    assert_ne!(create("A").await.unwrap().id, first.id);
    assert_eq!(known().await, 2);
    for key in ["order-7", "5cf3c1c4"] {
        let error = companies.create(&CreateCompany::new("C")).idempotency_key(key).await.unwrap_err();
        assert!(matches!(error, Error::BadRequest(_)), "{error}");
    }
}

#[tokio::test]
async fn a_key_keeps_refusals_and_failures_but_no_429() {
    let sandbox = sandbox();
    let client = sandbox.client_builder().retry(RetryPolicy::never()).build().unwrap();
    let (companies, settings) = (client.codat().companies(), client.codat().settings());
    for (number, status) in [500_u16, 503, 404, 429].into_iter().enumerate() {
        let key = format!("5cf3c1c4-6f3c-4b6a-8a47-00000000000{number}");
        let create = || companies.create(&CreateCompany::new("A")).idempotency_key(&key);
        sandbox.inject(FaultRule::new(Fault::Status(status)).times(1));
        let first = create().await.unwrap_err();
        assert_eq!(first.status().unwrap(), status);
        match create().await {
            Ok(_) => assert_eq!(status, 429),
            Err(again) => {
                assert_eq!((again.status(), again.request_id()), (first.status(), first.request_id()))
            }
        }
    }
    // Also what the vendor itself refuses.
    let key = "5cf3c1c4-6f3c-4b6a-8a47-000000000009";
    let create = || settings.create_api_key(&CreateApiKey::new()).idempotency_key(key);
    let mut last = None;
    while let Ok(key) = settings.create_api_key(&CreateApiKey::new()).await {
        last = Some(key.id);
    }
    assert!(matches!(create().await, Err(Error::Conflict(_))));
    settings.delete_api_key(last.unwrap()).await.unwrap();
    assert!(matches!(create().await, Err(Error::Conflict(_))), "it is replayed");
}

#[tokio::test(start_paused = true)]
async fn a_key_is_in_progress_until_its_request_is_answered() {
    const KEY: &str = "5cf3c1c4-6f3c-4b6a-8a47-1f5c7d1ad0d5";
    let sandbox = sandbox();
    let companies = sandbox.client().codat().companies();
    let create = || companies.create(&CreateCompany::new("A")).idempotency_key(KEY);
    sandbox.inject(FaultRule::new(Fault::Latency(Duration::from_secs(5))).times(1));
    let first = tokio::spawn(create().send());
    tokio::time::sleep(Duration::from_secs(4)).await;
    let error = create().await.unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "{error}");
    assert_eq!(error.message(), Some("A request with this idempotency key is in progress"));
    let first = first.await.unwrap().unwrap();
    assert_eq!(create().await.unwrap().id, first.id);
}

#[tokio::test(start_paused = true)]
async fn a_slow_create_is_waited_for_and_done_once() {
    let sandbox = sandbox();
    let companies = sandbox.client().codat().companies();
    sandbox.inject(FaultRule::new(Fault::Latency(Duration::from_secs(40))).times(1));
    // The first attempt ends after 30 seconds.
    let created = companies.create(&CreateCompany::new("A")).await.unwrap();
    let statuses: Vec<_> =
        sandbox.requests().iter().map(|request| request.status.unwrap().as_u16()).collect();
    assert!(statuses[1..].iter().rev().skip(1).all(|status| *status == 409), "{statuses:?}");
    assert!(statuses.len() > 2 && statuses.ends_with(&[200]), "{statuses:?}");
    let known = companies.list(&ListCompanies::new()).await.unwrap().results;
    assert_eq!(known.iter().map(|company| &company.id).collect::<Vec<_>>(), [&created.id]);
}

#[tokio::test]
async fn a_key_of_another_kind_of_request_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let company = sandbox.codat().add_company("Acme");
    sandbox.client().codat().companies().get(&company).await.unwrap();
    let mut request = sandbox.requests().remove(0);
    let key = "5cf3c1c4-6f3c-4b6a-8a47-1f5c7d1ad0d5".parse::<http::HeaderValue>().unwrap();
    request.headers.insert("idempotency-key", key.clone());
    let address = sandbox.address().unwrap();
    assert!(over_a_socket(address, &request).await.starts_with("HTTP/1.1 400 "));
    request.method = http::Method::PATCH;
    request.body = bytes::Bytes::from_static(b"{}");
    request.headers.append("idempotency-key", key);
    assert!(over_a_socket(address, &request).await.starts_with("HTTP/1.1 400 "), "two keys");
    request.headers.remove("idempotency-key");
    assert!(over_a_socket(address, &request).await.starts_with("HTTP/1.1 200 "), "it goes without");
}

#[tokio::test(start_paused = true)]
async fn a_company_whose_answer_was_lost_is_created_once() {
    let sandbox = sandbox();
    sandbox.inject(FaultRule::new(Fault::ResetAfter).times(2));
    let companies = sandbox.client().codat().companies();
    let created = companies.create(&CreateCompany::new("Acme")).response().await.unwrap();
    assert_eq!(created.attempts(), 3);
    let list = companies.list(&ListCompanies::new()).await.unwrap();
    assert_eq!(list.results.len(), 1);
    assert_eq!(list.results[0].id, created.value().id);
}

#[tokio::test]
async fn a_key_opens_as_long_as_it_exists() {
    let sandbox = sandbox();
    let settings = sandbox.client().codat().settings();
    let own = settings.list_api_keys().await.unwrap().results.remove(0);
    let error = settings.delete_api_key(&own.id).await.unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "the last one stays: {error}");
    let created = settings.create_api_key(&CreateApiKey::new().name("second")).await.unwrap();
    let config = codat::Config::new(created.api_key.expose_secret())
        .base_url(sandbox.base_url(connectory::Provider::Codat));
    let second = sandbox.client_builder().codat(config).build().unwrap().codat().settings();
    let keys = second.list_api_keys().await.unwrap().results;
    assert_eq!(keys.iter().map(|key| key.name.as_deref()).collect::<Vec<_>>(), [None, Some("second")]);
    assert_eq!(keys[1].api_key.as_ref().unwrap().expose_secret(), created.api_key.expose_secret());
    for _ in 2..10 {
        second.create_api_key(&CreateApiKey::new()).await.unwrap();
    }
    let error = second.create_api_key(&CreateApiKey::new()).await.unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "{error}");
    second.delete_api_key(&own.id).await.unwrap();
    assert!(matches!(settings.list_api_keys().await, Err(Error::Unauthorized(_))));
    let long = CreateApiKey::new().name("x".repeat(51));
    assert_eq!(
        second.create_api_key(&long).await.unwrap_err().message(),
        Some("Max string length (50) for `name` reached.")
    );
    second.delete_api_key(&created.id).await.unwrap();
    assert!(matches!(second.list_api_keys().await, Err(Error::Unauthorized(_))), "its own key");
}

#[tokio::test]
async fn settings_are_what_was_set() {
    let sandbox = sandbox();
    let company = sandbox.codat().add_company("Acme");
    let codat = sandbox.client().codat();
    let (companies, settings) = (codat.companies(), codat.settings());
    let profile = UpdateProfile::new("Bob", "https://bob.example")
        .api_key("s3cret")
        .white_list_urls(["https://a.example"]);
    settings.update_profile(&profile).await.unwrap();
    let found = settings.get_profile().await.unwrap();
    assert_eq!((found.name.as_deref(), found.api_key.is_none()), (Some("Bob"), true));
    assert_eq!(found.white_list_urls, ["https://a.example"]);

    settings.set_cors_settings(&CorsSettings::new(["https://a.example"])).await.unwrap();
    #[expect(deprecated, reason = "it is the same thing by its old name")]
    let old = codat.connection_management().get_cors_settings().await.unwrap();
    assert_eq!(old.allowed_origins, ["https://a.example"]);

    let client = settings.get_sync_settings().await.unwrap().client_id.unwrap();
    let of_client = SetSyncSettings::new([SyncSetting::new(DataType::Invoices, true, 24, 0)]);
    settings.update_sync_settings(&client, &of_client).await.unwrap();
    let inherited = companies.get_sync_settings(&company).await.unwrap();
    assert_eq!((inherited.settings, inherited.overrides_defaults), (of_client.settings, Some(false)));
    let own = SetSyncSettings::new([SyncSetting::new("bills", false, 1, 2).months_to_sync(3)]);
    companies.set_sync_settings(&company, &own).await.unwrap();
    let found = companies.get_sync_settings(&company).await.unwrap();
    assert_eq!((found.settings, found.company_id), (own.settings, Some(company)));
    let unknown = SetSyncSettings::new([SyncSetting::new("dreams", true, 1, 1)]);
    let error = settings.update_sync_settings(&client, &unknown).await.unwrap_err();
    assert!(matches!(error, Error::BadRequest(_)), "{error}");
    assert!(settings.update_sync_settings("another", &own_of()).await.is_err());

    fn own_of() -> SetSyncSettings {
        SetSyncSettings::new([])
    }
}

#[tokio::test]
async fn a_product_is_read_once_at_a_time() {
    let sandbox = sandbox();
    let company = sandbox.codat().add_company("Acme");
    let companies = sandbox.client().codat().companies();
    let refresh =
        |product: &str| companies.refresh_product_data(&company, product, &RefreshProductData::new());
    assert!(matches!(refresh("own").await, Err(Error::NotFound(_))));
    companies.add_product(&company, "own").await.unwrap();
    companies.add_product(&company, "lending").await.unwrap();
    let products = companies.get(&company).await.unwrap().products;
    assert_eq!(products, ["lending", "own"]);
    refresh("own").await.unwrap();
    let error = refresh("own").await.unwrap_err();
    assert!(matches!(error, Error::BadRequest(_)), "{error}");
    sandbox.advance(Duration::from_secs(10));
    refresh("own").await.unwrap();
    let error = refresh("lending").await.unwrap_err();
    assert_eq!(error.message(), Some("lending doesn't support data refreshing."));
    companies.remove_product(&company, "own").await.unwrap();
    assert!(matches!(refresh("own").await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn answers_and_refusals_tell_what_is_left() {
    let midnight = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400);
    let sandbox = sandbox();
    let (company, id) = connected(&sandbox, "gbol").await;
    let companies = sandbox.client().codat().companies();
    let response = companies.get(&company).response().await.unwrap();
    let told = response.rate_limit().unwrap();
    assert_eq!(
        (told.scope(), told.limit(), told.remaining()),
        (RateLimitScope::Vendor, Some(1000), Some(998))
    );
    assert_eq!(told.reset(), Some(midnight));
    assert!(sandbox.codat().link(&id));
    let error = companies.get("none").await.unwrap_err();
    let told = error.rate_limit().unwrap();
    assert_eq!((told.limit(), told.remaining()), (Some(2000), Some(1997)), "a company that is connected");
    assert_eq!(error.api().unwrap().rate_limit(), Some(told));
}
