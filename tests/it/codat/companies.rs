//! Codat's companies by name; what is sent is in their cases.

use crate::support::{
    COMPANY,
    memory::{Memory, Step},
    offline,
};
use connectory::codat::DataType;
use connectory::codat::companies::{CreateCompany, ListCompanies};
use connectory::codat::connections::{ConnectionErrorStatus, ConnectionStatus, SourceType};
use connectory::codat::settings::SyncSetting;
use serde_json::json;

#[tokio::test]
async fn a_token_has_its_members_by_name() {
    let body = r#"{"expiresIn":86400,"accessToken":"string","tokenType":"Bearer"}"#;
    let client = offline(&Memory::playing([Step::answer(200, body)]));
    let token = client.codat().companies().get_access_token(COMPANY).await.unwrap();
    assert_eq!(token.access_token.expose_secret(), "string");
    assert_eq!((token.expires_in, token.token_type.as_deref()), (Some(86400), Some("Bearer")));
}

#[tokio::test]
async fn a_company_has_its_members_by_name() {
    let body = json!({ "results": [{
        "id": "c-1", "name": "Acme", "description": "Anvils", "redirect": "https://link.codat.io/company/c-1",
        "lastSync": "2022-01-01T12:30:00.000Z", "created": "2022-01-01T11:30:00Z", "createdByUserName": "Joe",
        "products": ["lending"], "tags": { "region": "uk" },
        "dataConnections": [{
            "id": "d-1", "integrationId": "i-1", "integrationKey": "vjms", "sourceId": "s-1", "platformName": "Pandle",
            "linkUrl": "https://link-api.codat.io/d-1", "status": "Linked", "sourceType": "Unknown",
            "dataConnectionErrors": [{ "statusCode": "401", "statusText": "Unauthorized", "status": "Resolved" }],
        }],
        "referenceParentCompany": { "id": "c-0", "links": { "portal": "https://app.codat.io/c-0" } },
    }], "pageNumber": 1, "pageSize": 100, "totalResults": 1 });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let page = client.codat().companies().list(&ListCompanies::new()).await.unwrap();
    assert_eq!((page.page_number, page.page_size, page.total_results), (Some(1), Some(100), Some(1)));
    let [company] = &page.results[..] else { panic!("one company") };
    assert_eq!((company.id.as_str(), company.name.as_deref()), ("c-1", Some("Acme")));
    assert_eq!(company.description.as_deref(), Some("Anvils"));
    assert_eq!(company.redirect.as_ref().unwrap().expose_secret(), "https://link.codat.io/company/c-1");
    assert_eq!(company.last_sync.as_ref().unwrap().as_str(), "2022-01-01T12:30:00.000Z");
    assert_eq!(company.created.as_ref().unwrap().as_str(), "2022-01-01T11:30:00Z");
    assert_eq!(company.created_by_user_name.as_deref(), Some("Joe"));
    assert_eq!(company.tags["region"], "uk");
    let parent = company.reference_parent_company.as_ref().unwrap();
    assert_eq!(parent.links.as_ref().unwrap().portal.as_deref(), Some("https://app.codat.io/c-0"));

    let [connection] = &company.data_connections[..] else { panic!("one connection") };
    assert_eq!((connection.id.as_str(), connection.integration_key.as_deref()), ("d-1", Some("vjms")));
    assert_eq!(connection.integration_id.as_ref().unwrap().as_str(), "i-1");
    assert_eq!(connection.source_id.as_ref().unwrap().as_str(), "s-1");
    assert_eq!(connection.platform_name.as_deref(), Some("Pandle"));
    assert_eq!(connection.status, Some(ConnectionStatus::Linked));
    assert_eq!(connection.source_type, Some(SourceType::Unspecified));
    let [error] = &connection.data_connection_errors[..] else { panic!("one error") };
    assert_eq!(
        (error.status_code.as_deref(), error.status_text.as_deref()),
        (Some("401"), Some("Unauthorized"))
    );
    assert_eq!(error.status, Some(ConnectionErrorStatus::Resolved));
}

/// The three forms that Codat's guide names, one of its document's examples, and an impossible one.
#[tokio::test]
async fn a_moment_is_kept_as_codat_writes_it() {
    for text in [
        "2021-11-15T06:00:00Z",
        "2021-11-15T01:00:00",
        "2021-11-15T01:00:00-05:00",
        "2022-10-23",
        "2022-10-27T10:22:43.6464237Z",
        "2024-09-01T23:59:99Z",
    ] {
        let body = json!({ "id": "c-1", "platform": "", "lastSync": text, "created": text }).to_string();
        let client = offline(&Memory::playing([Step::answer(200, body)]));
        let company = client.codat().companies().get(COMPANY).await.unwrap();
        assert_eq!(company.last_sync.unwrap().as_str(), text);
        assert_eq!(company.created.unwrap().as_str(), text);
    }
}

/// As Codat's document has it, with a member that it does not declare.
#[tokio::test]
async fn a_company_that_was_just_created_decodes() {
    let body = r#"{
        "id": "ab12c58d-a678-4ebf-a159-ae99e1807bd0", "name": "Technicalium", "description": "", "platform": "",
        "redirect": "https://link.codat.io/company/ab12c58d-a678-4ebf-a159-ae99e1807bd0", "dataConnections": [],
        "created": "2022-11-10T10:45:18.1950523Z", "createdByUserName": "Dan Tzabar",
        "products": ["spend-insights"], "tags": { "region": "us" }, "referenceSubsidiaryCompanies": []
    }"#;
    let client = offline(&Memory::playing([Step::answer(200, body)]));
    let call = client.codat().companies().create(&CreateCompany::new("Technicalium"));
    let response = call.response().await.unwrap();
    assert!(response.unread().is_empty());
    let company = response.into_value();
    assert_eq!(company.products, ["spend-insights"]);
    assert_eq!((company.description.as_deref(), company.last_sync), (Some(""), None));
}

#[tokio::test]
async fn sync_settings_have_their_members_by_name() {
    let body = r#"{ "companyId": "c-1", "overridesDefaults": true, "settings": [{
        "dataType": "invoices", "fetchOnFirstLink": false, "syncSchedule": 24, "syncOrder": 1,
        "syncFromUtc": "2020-01-01T12:00:00.000Z", "syncFromWindow": 25, "monthsToSync": 26, "isLocked": true
    }] }"#;
    let client = offline(&Memory::playing([Step::answer(200, body)]));
    let found = client.codat().companies().get_sync_settings(COMPANY).await.unwrap();
    assert_eq!((found.company_id, found.overrides_defaults), (Some("c-1".into()), Some(true)));
    let [setting] = &found.settings[..] else { panic!("one setting") };
    let expected = SyncSetting::new(DataType::Invoices, false, 24, 1);
    let expected = expected.sync_from_utc("2020-01-01T12:00:00.000Z").sync_from_window(25);
    assert_eq!(*setting, expected.months_to_sync(26).is_locked(true));
    assert_eq!((setting.sync_schedule, setting.sync_order), (Some(24), Some(1)));
    assert_eq!((setting.sync_from_window, setting.months_to_sync), (Some(25), Some(26)));
}
