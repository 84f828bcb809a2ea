//! Codat's pull operations by name; what is sent is in their cases.

use crate::support::{
    COMPANY,
    memory::{Memory, Step},
    offline,
};
use connectory::codat::refresh_data::{PullOperationStatus, RefreshDataType};
use connectory::codat::{DataType, ListOptions};
use serde_json::json;

#[tokio::test]
async fn a_pull_operation_has_its_members_by_name() {
    let body = json!({
        "id": "p-1", "companyId": "c-1", "connectionId": "d-1", "dataType": "invoices", "status": "RateLimitError",
        "statusDescription": "Paused", "errorMessage": "Too many", "requested": "2022-10-27T10:22:43.6464237Z",
        "completed": "2022-10-23", "progress": 100, "isCompleted": false, "isErrored": true,
    });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let data = client.codat().refresh_data();
    let pull = data.by_data_type(COMPANY, DataType::Invoices, &RefreshDataType::new()).await.unwrap();
    assert_eq!(pull.id.as_str(), "p-1");
    assert_eq!(pull.company_id.unwrap().as_str(), "c-1");
    assert_eq!(pull.connection_id.unwrap().as_str(), "d-1");
    assert_eq!(pull.data_type, Some(DataType::Invoices));
    assert_eq!(pull.status, Some(PullOperationStatus::RateLimitError));
    assert_eq!(pull.status_description.as_deref(), Some("Paused"));
    assert_eq!(pull.error_message.as_deref(), Some("Too many"));
    assert_eq!(pull.requested.unwrap().as_str(), "2022-10-27T10:22:43.6464237Z");
    assert_eq!(pull.completed.unwrap().as_str(), "2022-10-23");
    assert_eq!((pull.progress, pull.is_completed, pull.is_errored), (Some(100), Some(false), Some(true)));
}

#[tokio::test]
async fn statuses_are_found_by_data_type_those_that_are_new_too() {
    let body = json!({
        "banking-accounts": {
            "dataType": "banking-accounts", "currentStatus": "Complete", "lastSuccessfulSync": "2022-01-01T13:00:00",
            "latestSyncId": "p-2", "latestSuccessfulSyncId": "p-1",
        },
        "bills": null,
        "payslips": { "dataType": "payslips", "currentStatus": "Initial" },
    });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let statuses = client.codat().refresh_data().get_data_statuses(COMPANY).await.unwrap();
    let status = statuses.get(DataType::BankingAccounts).unwrap();
    assert_eq!(status.data_type, Some(DataType::BankingAccounts));
    assert_eq!(status.current_status, Some(PullOperationStatus::Complete));
    assert_eq!(status.last_successful_sync.as_ref().unwrap().as_str(), "2022-01-01T13:00:00");
    assert_eq!(status.latest_sync_id.as_ref().unwrap().as_str(), "p-2");
    assert_eq!(status.latest_successful_sync_id.as_ref().unwrap().as_str(), "p-1");
    assert!(statuses.get(DataType::Bills).is_none());
    assert_eq!(statuses.get("payslips").unwrap().current_status, Some(PullOperationStatus::Initial));
    assert_eq!(statuses.by_data_type.len(), 2);
}

#[test]
fn what_is_under_way_or_unknown_is_not_final() {
    let running: Vec<_> = PullOperationStatus::KNOWN.iter().filter(|status| !status.is_final()).collect();
    let names: Vec<_> = running.iter().map(|status| status.as_str()).collect();
    let expected =
        "Initial Queued Fetching MapQueued Mapping ProcessingQueued Processing ValidationQueued Validating";
    assert_eq!(names.join(" "), expected);
    assert!(!PullOperationStatus::from("Paused").is_final());
}

/// The vendor's example counts no pages and no results.
#[tokio::test]
async fn the_vendor_s_own_page_is_read_and_leads_on() {
    let of =
        |number: u32| json!({ "href": format!("/companies/17129e41/data/history?page={number}&pageSize=2") });
    let pull = json!({ "id": "p-1", "dataType": "invoices", "status": "Initial", "progress": 10 });
    let page = |links| {
        let body =
            json!({ "results": [pull], "_links": links, "pageNumber": 0, "pageSize": 0, "totalResults": 0 });
        Step::answer(200, body.to_string())
    };
    let first = page(json!({ "current": of(1), "self": { "href": "/companies" }, "next": of(2) }));
    let memory = Memory::playing([first, page(json!({ "current": of(2) }))]);
    let data = offline(&memory).codat().refresh_data();
    let mut pages = data.list_pull_operations(COMPANY, &ListOptions::new().page_size(2)).pages();
    let mut count = 0;
    while pages.try_next().await.unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 2);
    let targets: Vec<_> =
        memory.take_requests().iter().map(|request| request.uri().query().unwrap().to_owned()).collect();
    assert_eq!(targets, ["pageSize=2", "pageSize=2&page=2"]);
}
