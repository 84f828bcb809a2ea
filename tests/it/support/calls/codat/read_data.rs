use super::{Case, Stored, storable};
use connectory::codat::read_data::{ValidationFinding, ValidationResult};

pub fn cases() -> Vec<Case> {
    vec![Case {
        id: "codat.read_data.get_validation_results",
        send: |client, input| {
            storable(&(), client.codat().read_data().get_validation_results(&input.ids[0], &input.ids[1]))
        },
        request: "GET /companies/first/sync/second/validation",
        answer: (
            200,
            r#"{
                "errors": [{
                    "ruleId": "accounting-bill-030", "itemId": "fc2f2d1a", "message": "A bill's lines do not add up",
                    "validatorName": "BillValidator", "unseen": { "a": [1] }
                }],
                "warnings": [{
                    "ruleId": "accounting-bill-032", "itemId": "1d3979e5", "message": "A bill's taxes do not add up",
                    "validatorName": "BillValidator"
                }],
                "unseen": { "a": [1] }
            }"#,
        ),
        stores: stores![ValidationFinding, ValidationResult],
        ..Case::default()
    }]
}
