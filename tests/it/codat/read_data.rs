//! What Codat's checks found, by name; what is sent is in their cases.

use crate::support::{
    COMPANY,
    memory::{Memory, Step},
    offline,
};
use serde_json::json;

#[tokio::test]
async fn findings_have_their_members_by_name() {
    let finding = |kind: &str| json!({ "ruleId": kind, "itemId": "i", "message": "m", "validatorName": "v" });
    let body = json!({ "errors": [finding("error")], "warnings": [finding("warning")] });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let result = client.codat().read_data().get_validation_results(COMPANY, "d-1").await.unwrap();
    let ([error], [warning]) = (&result.errors[..], &result.warnings[..]) else { panic!("one of each") };
    assert_eq!((error.rule_id.as_deref(), warning.rule_id.as_deref()), (Some("error"), Some("warning")));
    assert_eq!(
        [&error.item_id, &error.message, &error.validator_name].map(|text| text.as_deref()),
        [Some("i"), Some("m"), Some("v")]
    );
}
