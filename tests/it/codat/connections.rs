//! Codat's connections by name, and where its document differs from what it answers.

use crate::support::{
    COMPANY,
    memory::{Memory, Step},
    offline,
};
use connectory::codat::ListOptions;
use connectory::codat::connections::{ConnectionErrorStatus, ConnectionStatus, SourceType};

#[tokio::test]
async fn a_connection_has_its_members_by_name() {
    let body = r#"{
        "id": "d-1", "integrationId": "i-1", "integrationKey": "dfxm", "sourceId": "s-1", "platformName": "Basiq",
        "linkUrl": "https://link-api.codat.io/d-1", "status": "Deauthorized", "sourceType": "Banking",
        "lastSync": "2022-10-27T10:22:43.6464237Z", "created": "2022-10-27T09:53:29Z",
        "connectionInfo": { "additionalProp1": "x" },
        "dataConnectionErrors": [{
            "statusCode": "401", "statusText": "Unauthorized", "errorMessage": "revoked",
            "erroredOnUtc": "2022-05-01", "status": "Resolved", "resolvedOnUtc": "2022-05-02"
        }]
    }"#;
    let client = offline(&Memory::playing([Step::answer(200, body)]));
    let found = client.codat().connections().get(COMPANY, "d-1").await.unwrap();
    let ids = (found.id.as_str(), found.integration_id.unwrap(), found.source_id.unwrap());
    assert_eq!(ids, ("d-1", "i-1".into(), "s-1".into()));
    assert_eq!(
        (found.integration_key.as_deref(), found.platform_name.as_deref()),
        (Some("dfxm"), Some("Basiq"))
    );
    assert_eq!(found.link_url.unwrap().expose_secret(), "https://link-api.codat.io/d-1");
    assert_eq!(
        (found.status, found.source_type),
        (Some(ConnectionStatus::Deauthorized), Some(SourceType::Banking))
    );
    assert_eq!(found.last_sync.unwrap().as_str(), "2022-10-27T10:22:43.6464237Z");
    assert_eq!(found.created.unwrap().as_str(), "2022-10-27T09:53:29Z");
    assert_eq!(found.connection_info.unwrap().get::<String>("additionalProp1").as_deref(), Some("x"));
    let [error] = &found.data_connection_errors[..] else { panic!("one error") };
    assert_eq!(
        (error.status_code.as_deref(), error.status_text.as_deref()),
        (Some("401"), Some("Unauthorized"))
    );
    assert_eq!(
        (error.error_message.as_deref(), &error.status),
        (Some("revoked"), &Some(ConnectionErrorStatus::Resolved))
    );
    let times = [&error.errored_on_utc, &error.resolved_on_utc].map(|time| time.as_ref().unwrap().as_str());
    assert_eq!(times, ["2022-05-01", "2022-05-02"]);
}

#[tokio::test]
async fn what_codat_has_nothing_of_is_null() {
    let body = r#"{
        "id": "d-1", "status": "PendingAuth", "lastSync": null, "dataConnectionErrors": null, "connectionInfo": null
    }"#;
    let client = offline(&Memory::playing([Step::answer(200, body)]));
    let found = client.codat().connections().unlink(COMPANY, "d-1").await.unwrap();
    assert!(found.data_connection_errors.is_empty() && found.connection_info.is_none());
}

/// The only delete of Codat's that is no 204.
#[tokio::test]
async fn a_connection_is_deleted_by_a_200_without_a_body() {
    for (status, body) in [(200, ""), (200, "null"), (200, "OK"), (204, "")] {
        let client = offline(&Memory::playing([Step::answer(status, body)]));
        client.codat().connections().delete(COMPANY, "d-1").await.unwrap();
    }
}

/// As the document's example has it: links that lead nowhere.
#[tokio::test]
async fn a_page_whose_links_say_nothing_is_the_last() {
    let body = r#"{
        "results": [{ "id": "d-1" }], "pageNumber": 0, "pageSize": 0, "totalResults": 0,
        "_links": {
            "self": { "href": "string" }, "current": { "href": "string" },
            "next": { "href": "string" }, "previous": { "href": "string" }
        }
    }"#;
    let memory = Memory::playing([Step::answer(200, body)]);
    let mut pages = offline(&memory).codat().connections().list(COMPANY, &ListOptions::new()).pages();
    assert_eq!(pages.try_next().await.unwrap().unwrap().id.as_str(), "d-1");
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!(memory.count(), 1);
}

#[test]
fn what_the_customer_has_decided_is_final() {
    let open: Vec<_> = ConnectionStatus::KNOWN.iter().filter(|status| !status.is_final()).collect();
    assert_eq!(open, [&ConnectionStatus::PendingAuth]);
    assert!(!ConnectionStatus::from("Resting").is_final());
}
