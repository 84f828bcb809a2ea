//! What is asked of a connection besides its own members, on the wire.

use crate::support::wire::Wire;
use connectory::Error;
use connectory::apideck::UnifiedApi;
use connectory::apideck::vault::connections::{
    ConfirmConnection, ConnectionState, Connections, ListCustomFields, ResourceStatus,
};
use serde_json::{Value, json};

/// A server that gives this answer. wiremock gives it to another test once it is dropped.
async fn answering(data: Value) -> Wire {
    Wire::ok(json!({ "status_code": 200, "status": "OK", "data": data }).to_string()).await
}

fn connections(wire: &Wire) -> Connections {
    wire.client().apideck().consumer("acme").vault().connections()
}

#[tokio::test]
async fn the_members_have_their_names() {
    let wire = answering(json!({ "id": "crm+salesforce", "state": "callable" })).await;
    let validated = connections(&wire).validate("crm", "salesforce").await.unwrap().data;
    assert_eq!(validated.id.unwrap().as_str(), "crm+salesforce");
    assert_eq!(validated.state, Some(ConnectionState::Callable));

    let resource = json!({
        "id": "companies", "name": "Companies", "status": "beta", "downstream_id": "accounts",
        "downstream_name": "Accounts",
    });
    let example = json!({
        "unified_api": "crm", "service_id": "salesforce", "resource": resource,
        "example_response": { "Phone": "(415) 901-7000" },
    });
    let example =
        connections(&answering(example).await).example("crm", "salesforce", "companies").await.unwrap().data;
    assert_eq!(example.unified_api, Some(UnifiedApi::Crm));
    assert_eq!(example.service_id.unwrap().as_str(), "salesforce");
    assert_eq!(example.example_response.unwrap().raw("Phone"), Some("\"(415) 901-7000\""));
    let resource = example.resource.unwrap();
    assert_eq!(resource.id.unwrap().as_str(), "companies");
    assert_eq!(resource.name.as_deref(), Some("Companies"));
    assert_eq!(resource.status, Some(ResourceStatus::Beta));
    assert_eq!(resource.downstream_id.as_deref(), Some("accounts"));
    assert_eq!(resource.downstream_name.as_deref(), Some("Accounts"));

    let consents =
        json!([{ "id": "con_1", "created_at": "2025-04-15T14:30:00Z", "granted": true, "resources": "*" }]);
    let consents = connections(&answering(consents).await).consents("crm", "salesforce").await.unwrap().data;
    assert_eq!(consents[0].id.as_ref().unwrap().as_str(), "con_1");
    assert_eq!(consents[0].granted, Some(true));
}

#[tokio::test]
async fn a_custom_field_keeps_any_value() {
    let values = [json!("495172776"), json!(17), json!(1.5), json!([1, { "a": null }]), json!(false)];
    let fields: Vec<_> = values
        .iter()
        .map(|value| {
            json!({
                "id": "123", "name": "SSN", "description": "Employee Level", "value": value, "finder": "$.ssn",
            })
        })
        .chain([json!({ "id": null, "name": null, "description": null, "value": null }), json!(null)])
        .collect();
    let query = ListCustomFields::new();
    let fields = connections(&answering(fields.into()).await)
        .custom_fields("hris", "personio", "employees", &query)
        .await
        .unwrap();
    let (nothing, known) = fields.data.split_last().unwrap();
    assert!(nothing.id.is_none() && nothing.name.is_none() && nothing.value.is_none(), "{nothing:?}");
    for (field, value) in known.iter().zip(&values) {
        assert_eq!(field.id.as_deref(), Some("123"));
        assert_eq!(field.name.as_deref(), Some("SSN"));
        assert_eq!(field.description.as_deref(), Some("Employee Level"));
        assert_eq!(field.finder.as_deref(), Some("$.ssn"));
        assert_eq!(&field.value.as_ref().unwrap().to_value(), value);
    }
    assert_eq!(known.len(), values.len());
    assert!(!format!("{fields:?}").contains("495172776"), "it is the customer's");
}

#[tokio::test]
async fn a_schema_keeps_what_is_in_it() {
    let text = r#"{"data":{"type":"object","properties":{"id":{"maximum":12345678901234567890123}}}}"#;
    let schema = connections(&Wire::ok(text).await).schema("crm", "salesforce", "leads").await.unwrap();
    assert_eq!(schema.data.raw("properties"), Some(r#"{"id":{"maximum":12345678901234567890123}}"#));
}

/// Whether the connection is callable hangs on it, so that it is not guessed.
#[tokio::test]
async fn what_was_confirmed_is_said() {
    for (data, confirmed) in [(json!({ "confirmed": true }), true), (json!({ "confirmed": false }), false)] {
        let confirmation =
            connections(&answering(data).await).confirm("crm", "hubspot", &ConfirmConnection::new("t")).await;
        assert_eq!(confirmation.unwrap().data.confirmed, confirmed);
    }
    let error = connections(&answering(json!({})).await)
        .confirm("crm", "hubspot", &ConfirmConnection::new("t"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error}");
}

#[test]
fn every_status_of_a_resource_is_known() {
    let known: Vec<_> = ResourceStatus::KNOWN.iter().map(ResourceStatus::as_str).collect();
    assert_eq!(known, ["live", "beta", "development", "upcoming", "considering"]);
}
