//! Codat's push operations by name; what is sent is in their cases.

use crate::support::{
    COMPANY,
    memory::{Memory, Step},
    offline,
};
use connectory::codat::DataType;
use connectory::codat::push_data::{PushChangeType, PushOperationStatus, PushOptionType};
use serde_json::json;

#[tokio::test]
async fn a_push_operation_has_its_members_by_name() {
    let finding = |name: &str| json!({ "itemId": "i", "message": name, "validatorName": "v" });
    let body = json!({
        "pushOperationKey": "p-1", "companyId": "c-1", "dataConnectionKey": "d-1", "dataType": "bills",
        "status": "TimedOut", "statusCode": 408, "errorMessage": "late", "timeoutInMinutes": 60,
        "timeoutInSeconds": 3600, "requestedOnUtc": "2021-11-15T01:00:00", "completedOnUtc": "2024-09-01T23:59:99Z",
        "validation": { "errors": [finding("error")], "warnings": [finding("warning")] },
        "changes": [{ "type": "Unknown", "attachmentId": "a-1", "recordRef": { "id": "r-1", "dataType": "bills" } }],
    });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let push = client.codat().push_data().get_operation(COMPANY, "p-1").await.unwrap();
    assert_eq!(push.push_operation_key.as_str(), "p-1");
    assert_eq!(push.company_id.unwrap().as_str(), "c-1");
    assert_eq!(push.data_connection_key.unwrap().as_str(), "d-1");
    assert_eq!(push.data_type, Some(DataType::Bills));
    assert_eq!((push.status, push.status_code), (Some(PushOperationStatus::TimedOut), Some(408)));
    assert_eq!(push.error_message.as_deref(), Some("late"));
    assert_eq!((push.timeout_in_minutes, push.timeout_in_seconds), (Some(60), Some(3600)));
    // A time without offset, and one that there is not: both are kept as they came.
    assert_eq!(push.requested_on_utc.unwrap().as_str(), "2021-11-15T01:00:00");
    assert_eq!(push.completed_on_utc.unwrap().as_str(), "2024-09-01T23:59:99Z");
    let validation = push.validation.unwrap();
    assert_eq!(validation.errors[0].message.as_deref(), Some("error"));
    assert_eq!(validation.warnings[0].message.as_deref(), Some("warning"));
    let [change] = &push.changes[..] else { panic!("one change") };
    assert_eq!(change.kind, Some(PushChangeType::Unspecified));
    assert_eq!(change.attachment_id.as_deref(), Some("a-1"));
    let record = change.record_ref.as_ref().unwrap();
    assert_eq!((record.id.as_deref(), record.data_type.as_ref()), (Some("r-1"), Some(&DataType::Bills)));
}

#[tokio::test]
async fn options_hold_options_of_any_depth() {
    let rule = json!({ "field": "f", "details": "d", "ref": "https://x" });
    let body = json!({
        "type": "Object", "displayName": "Bill", "description": "A bill", "required": true,
        "properties": { "lines": { "type": "Array", "properties": { "amount": { "type": "Number" } }, "options": null } },
        "options": [{ "value": "v", "type": "File", "displayName": "V", "description": "dv", "required": false }],
        "validation": { "warnings": [rule], "information": null },
    });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let option = client.codat().push_data().get_model_options(COMPANY, "d-1", DataType::Bills).await.unwrap();
    assert_eq!((option.kind, option.required), (Some(PushOptionType::Object), Some(true)));
    assert_eq!(
        (option.display_name.as_deref(), option.description.as_deref()),
        (Some("Bill"), Some("A bill"))
    );
    assert_eq!(option.properties["lines"].properties["amount"].kind, Some(PushOptionType::Number));
    let [choice] = &option.options[..] else { panic!("one choice") };
    assert_eq!((choice.value.as_deref(), choice.kind.as_ref()), (Some("v"), Some(&PushOptionType::File)));
    assert_eq!((choice.display_name.as_deref(), choice.description.as_deref()), (Some("V"), Some("dv")));
    assert_eq!(choice.required, Some(false));
    let validation = option.validation.unwrap();
    assert!(validation.information.is_empty());
    let [rule] = &validation.warnings[..] else { panic!("one rule") };
    assert_eq!(
        [&rule.field, &rule.details, &rule.reference].map(|text| text.as_deref()),
        [Some("f"), Some("d"), Some("https://x")]
    );
}

#[test]
fn what_is_under_way_or_unknown_is_not_final() {
    let is_final = |status: &PushOperationStatus| status.is_final();
    let known: Vec<_> = PushOperationStatus::KNOWN.iter().filter(|status| !is_final(status)).collect();
    assert_eq!(known, [&PushOperationStatus::Pending]);
    assert!(!is_final(&"Delayed".into()));
}
