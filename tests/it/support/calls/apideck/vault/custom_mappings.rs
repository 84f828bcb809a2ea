use super::{Case, Staged, sent, staged, storable, vault};
use connectory::Client;
use connectory::apideck::vault::connections::CustomMappingInput;

const MAPPING: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": {
    "id": "hris+employees+first_aid_training", "label": "First Aid Training", "key": "first_aid_training",
    "description": "First Aid Training completed after 2019-01-01", "value": "$.root.training.first_aid",
    "required": false, "custom_field": true, "consumer_id": "test_user_id", "example": "Some value",
    "unseen": { "a": [1] }
  }
}"#;

const LIST: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": [{ "id": "hris+employees+first_aid_training", "value": "$.root.training.first_aid" }],
  "unseen": { "a": [1] }
}"#;

const FIELD: [&str; 3] = ["crm", "salesforce", "crm+contacts+first_aid_training"];

/// A mapping to change.
fn mapped(client: Client) -> Staged {
    Box::pin(async move {
        let [unified_api, service, field] = FIELD;
        let body = CustomMappingInput::new("$.before");
        let mappings = client.apideck().consumer("test-consumer").vault().custom_mappings();
        mappings.create(unified_api, service, field, &body).await.unwrap();
        staged(FIELD).await
    })
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "apideck.vault.custom_mappings.list",
            send: |client, input| {
                storable(&(), vault(client).custom_mappings().list(&input.ids[0], &input.ids[1]))
            },
            request: "GET /vault/custom-mappings/first/second",
            answer: (200, LIST),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.custom_mappings.get",
            send: |client, input| {
                let mappings = vault(client).custom_mappings();
                storable(&(), mappings.get(&input.ids[0], &input.ids[1], &input.ids[2]))
            },
            request: "GET /vault/custom-mappings/first/second/third",
            answer: (200, MAPPING),
            needs: &["/data"],
            ..Case::default()
        },
        Case {
            id: "apideck.vault.custom_mappings.create",
            send: |client, input| {
                let (mappings, body) =
                    (vault(client).custom_mappings(), CustomMappingInput::new("$.training"));
                storable(&body, mappings.create(&input.ids[0], &input.ids[1], &input.ids[2], &body))
            },
            request: r#"POST /vault/custom-mappings/first/second/third {"value": "$.training"}"#,
            answer: (200, MAPPING),
            needs: &["/data"],
            stage: Some(|_| staged(FIELD)),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.custom_mappings.update",
            send: |client, input| {
                let (mappings, body) =
                    (vault(client).custom_mappings(), CustomMappingInput::new("$.training"));
                storable(&body, mappings.update(&input.ids[0], &input.ids[1], &input.ids[2], &body))
            },
            request: r#"PATCH /vault/custom-mappings/first/second/third {"value": "$.training"}"#,
            answer: (200, MAPPING),
            needs: &["/data"],
            stage: Some(mapped),
            ..Case::default()
        },
        Case {
            id: "apideck.vault.custom_mappings.delete",
            send: |client, input| {
                let mappings = vault(client).custom_mappings();
                sent(&(), mappings.delete(&input.ids[0], &input.ids[1], &input.ids[2]))
            },
            request: "DELETE /vault/custom-mappings/first/second/third",
            answer: (204, ""),
            stage: Some(mapped),
            ..Case::default()
        },
    ]
}
