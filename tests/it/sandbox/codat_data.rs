//! Codat's data in the sandbox: read, checked, written, and what is configured around it.

use super::codat::sandbox;
use connectory::codat::connections::{ConnectionId, CreateConnection};
use connectory::codat::custom_data_types::{CustomDataTypeConfiguration, ListCustomDataRecords};
use connectory::codat::push_data::{PushChangeType, PushOperationStatus, PushOptionType};
use connectory::codat::refresh_data::{DatasetId, PullOperationStatus, RefreshDataType};
use connectory::codat::settings::{SetSyncSettings, SyncSetting};
use connectory::codat::supplemental_data::{SupplementalDataConfiguration, SupplementalDataSource};
use connectory::codat::webhooks::CreateWebhookConsumer;
use connectory::codat::{CompanyId, DataType, ListOptions, Query};
use connectory::sandbox::Sandbox;
use connectory::{Client, Error, JsonMap};
use std::{collections::BTreeSet, time::Duration};

/// A company with a linked connection to this integration.
async fn connected(sandbox: &Sandbox, platform: &str) -> (Client, CompanyId, ConnectionId) {
    let (client, company) = (sandbox.client(), sandbox.codat().add_company("Acme"));
    let connection = connect(&client, &company, platform).await;
    assert!(sandbox.codat().link(&connection));
    (client, company, connection)
}

async fn connect(client: &Client, company: &CompanyId, platform: &str) -> ConnectionId {
    client.codat().connections().create(company, &CreateConnection::new(platform)).await.unwrap().id
}

async fn status(client: &Client, company: &CompanyId, dataset: &DatasetId) -> (PullOperationStatus, i64) {
    let pull = client.codat().refresh_data().get_pull_operation(company, dataset).await.unwrap();
    assert_eq!(pull.is_completed, Some(pull.status == Some(PullOperationStatus::Complete)));
    (pull.status.unwrap(), pull.progress.unwrap())
}

#[tokio::test]
async fn reading_a_data_type_takes_its_time() {
    let sandbox = sandbox();
    let (client, company, connection) = connected(&sandbox, "gbol").await;
    let data = client.codat().refresh_data();
    let first = data.by_data_type(&company, DataType::Invoices, &RefreshDataType::new()).await.unwrap();
    assert_eq!(first.company_id.as_ref(), Some(&company));
    assert_eq!(first.connection_id.as_ref(), Some(&connection));
    assert_eq!(
        (first.data_type, first.status),
        (Some(DataType::Invoices), Some(PullOperationStatus::Queued))
    );
    for (seconds, expected) in [
        (0, (PullOperationStatus::Queued, 0)),
        (2, (PullOperationStatus::Fetching, 20)),
        (3, (PullOperationStatus::Mapping, 60)),
        (2, (PullOperationStatus::Processing, 80)),
        (2, (PullOperationStatus::Validating, 90)),
        (1, (PullOperationStatus::Complete, 100)),
    ] {
        sandbox.advance(Duration::from_secs(seconds));
        assert_eq!(status(&client, &company, &first.id).await, expected);
    }
    let done = data.get_pull_operation(&company, &first.id).await.unwrap();
    assert!(done.completed.is_some() && done.error_message.is_none());

    // The status of the data type is that of the latest read; what was read before stays known.
    let second = data.by_data_type(&company, "invoices", &RefreshDataType::new()).await.unwrap();
    let statuses = data.get_data_statuses(&company).await.unwrap();
    let invoices = statuses.get(DataType::Invoices).unwrap();
    assert_eq!(invoices.current_status, Some(PullOperationStatus::Queued));
    assert_eq!(invoices.latest_sync_id.as_ref(), Some(&second.id));
    assert_eq!(invoices.latest_successful_sync_id.as_ref(), Some(&first.id));
    assert_eq!(invoices.last_successful_sync, done.completed);
    assert!(statuses.get(DataType::CommerceOrders).is_none(), "nothing was read of it");
}

#[tokio::test]
async fn a_refresh_of_all_reads_each_data_type_of_each_linked_connection() {
    let sandbox = sandbox();
    let (client, company, books) = connected(&sandbox, "gbol").await;
    let bank = connect(&client, &company, "dfxm").await;
    connect(&client, &company, "fztf").await;
    sandbox.codat().link(&bank);
    // What their first links read has ended.
    sandbox.advance(Duration::from_secs(10));
    let data = client.codat().refresh_data();
    data.all(&company).await.unwrap();
    let queued = || Query::equal("status", "Queued");
    let mut pulls =
        data.list_pull_operations(&company, &ListOptions::new().page_size(10).query(queued())).pages();
    let (mut of_books, mut of_bank) = (BTreeSet::new(), BTreeSet::new());
    while let Some(pull) = pulls.try_next().await.unwrap() {
        let data_type = pull.data_type.unwrap().to_string();
        let of = if pull.connection_id == Some(books.clone()) { &mut of_books } else { &mut of_bank };
        assert!(of.insert(data_type));
    }
    assert!(of_books.contains("invoices") && of_books.iter().all(|name| !name.contains('-')));
    let of_bank: Vec<_> = of_bank.iter().map(String::as_str).collect();
    assert_eq!(
        of_bank,
        [
            "banking-accountBalances",
            "banking-accounts",
            "banking-transactionCategories",
            "banking-transactions"
        ]
    );

    // A failed read is found by its status, as the vendor's document advises.
    let query = ListOptions::new().query(Query::equal("isCompleted", false));
    assert!(matches!(data.list_pull_operations(&company, &query).await, Err(Error::BadRequest(_))));
    let query = ListOptions::new().query(queued().and(Query::equal("dataType", "banking-accounts")));
    let found = data.list_pull_operations(&company, &query).await.unwrap();
    let [accounts] = &found.results[..] else { panic!("one read: {found:?}") };
    assert!(sandbox.codat().end_pull_operation(&accounts.id, PullOperationStatus::AuthError));
    assert!(!sandbox.codat().end_pull_operation(&accounts.id, PullOperationStatus::Complete), "it has ended");
    sandbox.advance(Duration::from_secs(10));
    let failed = Query::not_equal("status", "Complete").and(Query::not_equal("status", "NotSupported"));
    let failed = ListOptions::new().query(failed).order_by("-requested");
    let failed = data.list_pull_operations(&company, &failed).await.unwrap();
    let [failed] = &failed.results[..] else { panic!("one failed: {failed:?}") };
    assert_eq!((&failed.id, failed.is_errored), (&accounts.id, Some(true)));
    assert!(failed.error_message.is_some());
}

#[tokio::test]
async fn a_refresh_of_all_reads_what_the_sync_settings_fetch() {
    let sandbox = sandbox();
    let (client, company) = (sandbox.client(), sandbox.codat().add_company("Acme"));
    let connection = connect(&client, &company, "dfxm").await;
    let setting = |data_type: &str, fetches| SyncSetting::new(data_type, fetches, 24, 0);
    let settings = [setting("banking-accounts", false), setting("banking-transactions", true)];
    let companies = client.codat().companies();
    companies.set_sync_settings(&company, &SetSyncSettings::new(settings)).await.unwrap();
    let data = client.codat().refresh_data();
    let mut reads = Vec::new();
    for refresh in [false, true] {
        match refresh {
            false => assert!(sandbox.codat().link(&connection)),
            true => data.all(&company).await.unwrap(),
        }
        let statuses = data.get_data_statuses(&company).await.unwrap();
        reads.push(statuses.get(DataType::BankingTransactions).unwrap().latest_sync_id.clone());
        assert!(statuses.get(DataType::BankingAccounts).is_none());
    }
    assert_ne!(reads[0], reads[1]);
}

#[tokio::test]
async fn the_first_link_reads_and_no_other() {
    let sandbox = sandbox();
    let (client, company) = (sandbox.client(), sandbox.codat().add_company("Acme"));
    let connection = connect(&client, &company, "dfxm").await;
    let (connections, data) = (client.codat().connections(), client.codat().refresh_data());
    let pulls = async || {
        let pulls = data.list_pull_operations(&company, &ListOptions::new()).await.unwrap();
        pulls.total_results.unwrap()
    };
    let last_sync = async || {
        let of_connection = connections.get(&company, &connection).await.unwrap().last_sync;
        assert_eq!(client.codat().companies().get(&company).await.unwrap().last_sync, of_connection);
        of_connection
    };
    assert_eq!((pulls().await, last_sync().await), (0, None));
    assert!(sandbox.codat().link(&connection));
    assert_eq!((pulls().await, last_sync().await), (4, None), "nothing is read yet");
    sandbox.advance(Duration::from_secs(10));
    let first = last_sync().await;
    assert!(first.is_some());

    connections.unlink(&company, &connection).await.unwrap();
    assert!(sandbox.codat().link(&connection));
    sandbox.advance(Duration::from_secs(10));
    assert_eq!((pulls().await, last_sync().await), (4, first));
}

/// As in the examples of the vendor's document; its own SDKs refuse `null` in many places.
#[tokio::test]
async fn what_there_is_nothing_to_say_of_is_left_out() {
    let sandbox = sandbox();
    let (client, company, connection) = connected(&sandbox, "gbol").await;
    let codat = client.codat();
    let pull = codat.refresh_data().by_data_type(&company, DataType::Bills, &RefreshDataType::new());
    let key = sandbox.codat().add_push_operation(&company, &connection, DataType::Bills);
    let options = ListOptions::new();
    for body in [
        pull.bytes().await.unwrap(),
        codat.companies().get(&company).bytes().await.unwrap(),
        codat.connections().list(&company, &options).bytes().await.unwrap(),
        codat.refresh_data().list_pull_operations(&company, &options).bytes().await.unwrap(),
        codat.push_data().get_operation(&company, &key).bytes().await.unwrap(),
        codat.push_data().get_model_options(&company, &connection, DataType::Bills).bytes().await.unwrap(),
        codat.settings().list_api_keys().bytes().await.unwrap(),
    ] {
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(!body.contains("null"), "{body}");
    }
}

#[tokio::test]
async fn only_what_is_linked_is_read() {
    let sandbox = sandbox();
    let (client, company) = (sandbox.client(), sandbox.codat().add_company("Acme"));
    let connection = connect(&client, &company, "gbol").await;
    let data = client.codat().refresh_data();
    let query = |connection: &str| RefreshDataType::new().connection_id(connection);
    let all = RefreshDataType::new();
    assert!(matches!(data.all(&company).await, Err(Error::BadRequest(_))));
    let refused = data.by_data_type(&company, DataType::Bills, &query(connection.as_str())).await;
    assert!(matches!(refused, Err(Error::BadRequest(_))), "{refused:?}");

    sandbox.codat().link(&connection);
    let unknown = data.by_data_type(&company, DataType::Bills, &query("elsewhere")).await.unwrap_err();
    assert_eq!(unknown.message(), Some("Data connection elsewhere not found"));
    assert!(matches!(data.by_data_type(&company, "payslips", &all).await, Err(Error::BadRequest(_))));
    let missing = data.by_data_type(&company, DataType::CommerceOrders, &all).await.unwrap();
    assert_eq!(missing.status, Some(PullOperationStatus::NotSupported));
    assert_eq!((missing.is_completed, missing.is_errored), (Some(false), Some(true)));

    // What a company has is found under another one neither.
    let other = sandbox.codat().add_company("Other");
    for missing in [
        data.get_pull_operation(&other, &missing.id).await.map(drop),
        client.codat().read_data().get_validation_results(&other, &missing.id).await.map(drop),
        data.get_pull_operation("nobody", &missing.id).await.map(drop),
        data.get_data_statuses("nobody").await.map(drop),
    ] {
        assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
    }
}

#[tokio::test]
async fn data_that_do_not_pass_the_checks_have_an_error() {
    let sandbox = sandbox();
    let (client, company, _) = connected(&sandbox, "gbol").await;
    let (data, read) = (client.codat().refresh_data(), client.codat().read_data());
    let pull = data.by_data_type(&company, DataType::Bills, &RefreshDataType::new()).await.unwrap();
    let none = read.get_validation_results(&company, &pull.id).await.unwrap();
    assert_eq!((none.errors.len(), none.warnings.len()), (0, 0));
    sandbox.codat().end_pull_operation(&pull.id, PullOperationStatus::ValidationError);
    let found = read.get_validation_results(&company, &pull.id).await.unwrap();
    assert_eq!(found.errors[0].item_id.as_deref(), Some(pull.id.as_str()));
}

#[tokio::test]
async fn a_custom_data_type_is_configured_refreshed_and_listed() {
    let sandbox = sandbox();
    let (client, company, connection) = connected(&sandbox, "gbol").await;
    let types = client.codat().custom_data_types();
    let refused = types.refresh(&company, &connection, "Orders").await;
    assert!(matches!(refused, Err(Error::NotFound(_))), "nothing is configured: {refused:?}");
    assert!(matches!(types.get_configuration("gbol", "Orders").await, Err(Error::NotFound(_))));
    assert!(matches!(types.get_configuration("nope", "Orders").await, Err(Error::NotFound(_))));

    let configuration = CustomDataTypeConfiguration::new("/Orders", [("number", "$.Number")], ["$.Id"]);
    let set = types.configure("gbol", "Orders", &configuration).await.unwrap();
    assert_eq!(types.get_configuration("gbol", "Orders").await.unwrap(), set);
    assert_eq!(set, configuration);

    let pull = types.refresh(&company, &connection, "Orders").await.unwrap();
    assert_eq!(pull.data_type, Some("custom/Orders".into()));
    sandbox.advance(Duration::from_secs(10));
    assert_eq!(status(&client, &company, &pull.id).await, (PullOperationStatus::Complete, 100));
    let statuses = client.codat().refresh_data().get_data_statuses(&company).await.unwrap();
    assert!(!statuses.by_data_type.contains_key("custom/Orders"), "Codat's own data types alone are told");

    for number in 1..=5 {
        sandbox.codat().add_custom_data(&connection, "Orders", JsonMap::new().with("number", number));
        sandbox.codat().add_custom_data(&connection, "Others", JsonMap::new());
    }
    let options = ListCustomDataRecords::new().page_size(2);
    let mut records = types.list_records(&company, &connection, "Orders", &options).pages();
    let mut numbers = Vec::new();
    while let Some(record) = records.try_next().await.unwrap() {
        numbers.push(record.content.unwrap().get::<i64>("number").unwrap());
    }
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    let page = types.list_records(&company, &connection, "Orders", &options).await.unwrap();
    assert!(page.links.is_none(), "as the vendor's document has it");
}

#[tokio::test]
async fn supplemental_data_are_configured_for_the_types_that_have_them() {
    let sandbox = sandbox();
    let data = sandbox.client().codat().supplemental_data();
    let source = SupplementalDataSource::new("/Invoices").pull("paid", "FullyPaidOnDate");
    let configuration = SupplementalDataConfiguration::new().with("invoices", source);
    assert!(matches!(data.get_configuration("gbol", DataType::Invoices).await, Err(Error::NotFound(_))));
    data.configure("gbol", DataType::Invoices, &configuration).await.unwrap();
    assert_eq!(data.get_configuration("gbol", DataType::Invoices).await.unwrap(), configuration);
    assert!(matches!(data.get_configuration("qhyg", DataType::Invoices).await, Err(Error::NotFound(_))));
    let refused = data.configure("gbol", DataType::Transfers, &configuration).await;
    assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
}

#[tokio::test]
async fn what_is_written_succeeds_unless_the_test_says_otherwise() {
    let sandbox = sandbox();
    let (client, company, connection) = connected(&sandbox, "gbol").await;
    let data = client.codat().push_data();
    let begin = || sandbox.codat().add_push_operation(&company, &connection, DataType::Invoices);
    let (succeeds, fails, times_out) = (begin(), begin(), begin());
    let get = async |key: &_| data.get_operation(&company, key).await.unwrap();
    let pending = get(&succeeds).await;
    assert_eq!((pending.status, pending.status_code), (Some(PushOperationStatus::Pending), Some(202)));
    assert!(pending.completed_on_utc.is_none() && pending.changes.is_empty());

    assert!(sandbox.codat().end_push_operation(&fails, PushOperationStatus::Failed));
    assert!(sandbox.codat().end_push_operation(&times_out, PushOperationStatus::TimedOut));
    sandbox.advance(Duration::from_secs(10));
    assert!(!sandbox.codat().end_push_operation(&succeeds, PushOperationStatus::Failed), "it has ended");
    let done = get(&succeeds).await;
    assert_eq!((done.status, done.status_code), (Some(PushOperationStatus::Success), Some(200)));
    assert_eq!(done.changes[0].kind, Some(PushChangeType::Created));
    let failed = get(&fails).await;
    assert_eq!((failed.status, failed.status_code), (Some(PushOperationStatus::Failed), Some(400)));
    assert_eq!((failed.validation.unwrap().errors.len(), failed.changes.len()), (1, 0));
    let timed_out = get(&times_out).await;
    assert_eq!((timed_out.status, timed_out.status_code), (Some(PushOperationStatus::TimedOut), Some(408)));

    let query = ListOptions::new().query(Query::equal("status", "Failed"));
    let found = data.list_operations(&company, &query).await.unwrap();
    let keys: Vec<_> = found.results.iter().map(|push| &push.push_operation_key).collect();
    assert_eq!(keys, [&fails]);
    let other = sandbox.codat().add_company("Other");
    assert!(matches!(data.get_operation(&other, &fails).await, Err(Error::NotFound(_))));
    assert!(data.list_operations(&other, &ListOptions::new()).await.unwrap().results.is_empty());

    let options = data.get_model_options(&company, &connection, DataType::Invoices).await.unwrap();
    assert_eq!(options.kind, Some(PushOptionType::Object));
    assert_eq!(options.properties["lines"].properties["amount"].kind, Some(PushOptionType::Number));
    let missing = data.get_model_options(&company, &connection, DataType::CommerceOrders).await;
    assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
}

#[tokio::test]
async fn integrations_are_listed_by_what_they_bring() {
    let sandbox = sandbox();
    let integrations = sandbox.client().codat().integrations();
    let query = ListOptions::new().query(Query::equal("sourceType", "Accounting")).order_by("name");
    let books = integrations.list(&query).await.unwrap();
    let names: Vec<_> = books.results.iter().filter_map(|it| it.name.as_deref()).collect();
    assert_eq!(names, ["QuickBooks Online", "Xero"]);
    for integration in integrations.list(&ListOptions::new()).await.unwrap().results {
        assert_eq!(integrations.get(&integration.key).await.unwrap(), integration);
        assert!(!integration.datatype_features.is_empty());
        let branding = integrations.get_branding(&integration.key).await.unwrap();
        assert_eq!(branding.source_id, integration.source_id);
    }
    assert!(matches!(integrations.get("nope").await, Err(Error::NotFound(_))));
    assert!(matches!(integrations.get_branding("nope").await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn fifty_webhook_consumers_are_enough() {
    let sandbox = sandbox();
    let webhooks = sandbox.client().codat().webhooks();
    let consumer = CreateWebhookConsumer::new("https://example.com/hook", ["connection.connected"]);
    let first = webhooks.create_consumer(&consumer.clone().company_tags(["region:uk"])).await.unwrap();
    assert_eq!((first.disabled, &first.company_tags[..]), (Some(false), &["region:uk".to_owned()][..]));
    for _ in 1..50 {
        webhooks.create_consumer(&consumer).await.unwrap();
    }
    assert!(matches!(webhooks.create_consumer(&consumer).await, Err(Error::BadRequest(_))));
    let consumers = webhooks.list_consumers().await.unwrap().results;
    assert_eq!((consumers.len(), &consumers[0]), (50, &first));

    webhooks.delete_consumer(&first.id).await.unwrap();
    assert!(matches!(webhooks.delete_consumer(&first.id).await, Err(Error::NotFound(_))));
    webhooks.create_consumer(&consumer).await.unwrap();
    for refused in [
        CreateWebhookConsumer::new("example.com/hook", ["connection.connected"]),
        CreateWebhookConsumer::new("https://example.com/hook", [] as [&str; 0]),
        consumer.company_tags((0..11).map(|number| number.to_string())),
    ] {
        assert!(matches!(webhooks.create_consumer(&refused).await, Err(Error::BadRequest(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_new_key_for_zapier_takes_the_place_of_the_one_before() {
    let sandbox = sandbox();
    let webhooks = sandbox.client().codat().webhooks();
    assert!(sandbox.codat().zapier_key().is_none());
    let first = webhooks.rotate_zapier_key().await.unwrap().key;
    let second = webhooks.rotate_zapier_key().await.unwrap().key;
    assert_ne!(first.expose_secret(), second.expose_secret());
    assert_eq!(sandbox.codat().zapier_key().unwrap().expose_secret(), second.expose_secret());
}
