use super::{Case, Stored, storable};
use connectory::codat::push_data::{
    PushChange, PushFieldValidation, PushOperation, PushOption, PushOptionChoice, PushOptionValidation,
    PushedRecord,
};
use connectory::codat::{ListOptions, Query};

/// A push operation with all its members.
macro_rules! push {
    () => {
        r#"{
            "pushOperationKey": "e0b1dd63-5c23-4f43-8b3d-4a4a3c3ab3cd", "companyId": "4645bd78-8988-45bc-ac9e-67ba5df6e4e5",
            "dataConnectionKey": "51baa045-4836-4317-a42e-3542e991e581", "dataType": "invoices", "status": "Delayed",
            "statusCode": 400, "errorMessage": "The record was refused", "unseen": { "a": [1] },
            "validation": {
                "errors": [{ "itemId": "i-1", "message": "A bill's lines do not add up", "validatorName": "BillValidator" }],
                "warnings": [{ "itemId": "i-2", "message": "The date is in the future", "validatorName": "DateValidator" }]
            },
            "changes": [{
                "type": "Merged", "attachmentId": "a-1", "recordRef": { "id": "r-1", "dataType": "invoices" }
            }],
            "requestedOnUtc": "2021-11-15T01:00:00", "completedOnUtc": "2021-11-15T01:00:00-05:00",
            "timeoutInMinutes": 60, "timeoutInSeconds": 3600
        }"#
    };
}

const PAGE: &str = page!(push!(), "/companies/4645bd78/push");

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "codat.push_data.get_model_options",
            send: |client, input| {
                let data = client.codat().push_data();
                storable(&(), data.get_model_options(&input.ids[0], &input.ids[1], &input.ids[2]))
            },
            request: "GET /companies/first/connections/second/options/third",
            answer: (
                200,
                r#"{
                    "type": "Tuple", "displayName": "Invoice", "description": "An invoice", "required": true,
                    "properties": {
                        "status": {
                            "type": "String", "displayName": "Status", "description": "Draft or not", "required": false,
                            "options": [{
                                "value": "Draft", "type": "String", "displayName": "Draft", "description": "A draft",
                                "required": false, "unseen": { "a": [1] }
                            }]
                        },
                        "lines": { "type": "Array", "properties": { "amount": { "type": "Number" } } }
                    },
                    "options": [],
                    "validation": {
                        "warnings": [{ "field": "status", "details": "At most 10", "ref": "https://docs.codat.io/x" }],
                        "information": [{ "field": "lines", "details": "One at least", "ref": "https://docs.codat.io/y" }]
                    },
                    "unseen": { "a": [1] }
                }"#,
            ),
            stores: stores![PushFieldValidation, PushOption, PushOptionChoice, PushOptionValidation],
            ..Case::default()
        },
        Case {
            id: "codat.push_data.list_operations",
            send: |client, input| {
                let options = ListOptions::new().page(2).page_size(20).order_by("-requestedOnUtc");
                let options = options.query(Query::equal("status", "Failed"));
                storable(&options, client.codat().push_data().list_operations(&input.ids[0], &options))
            },
            request: "GET /companies/first/push?orderBy=-requestedOnUtc&page=2&pageSize=20&query=status%3DFailed",
            required: Some((
                |client, input| {
                    let options = ListOptions::new();
                    storable(&(), client.codat().push_data().list_operations(&input.ids[0], &options))
                },
                "GET /companies/first/push",
            )),
            answer: (200, PAGE),
            stores: stores![PushChange, PushOperation, PushedRecord],
            ..Case::default()
        },
        Case {
            id: "codat.push_data.get_operation",
            send: |client, input| {
                storable(&(), client.codat().push_data().get_operation(&input.ids[0], &input.ids[1]))
            },
            request: "GET /companies/first/push/second",
            answer: (200, push!()),
            needs: &["/pushOperationKey"],
            ..Case::default()
        },
    ]
}
