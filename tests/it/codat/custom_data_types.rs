//! Codat's custom data types by name; what is sent is in their cases.

use crate::support::{
    COMPANY,
    memory::{Memory, Step},
    offline,
};
use connectory::codat::custom_data_types::{CustomDataRecord, ListCustomDataRecords};
use connectory::codat::{DataType, Page};
use serde_json::{Value, json};

#[tokio::test]
async fn a_configuration_has_its_members_by_name() {
    // As the vendor's document gives it for what PUT answers.
    let body = json!({
        "dataSource": "api/purchaseOrders", "requiredData": { "currency": "$[*].currencyCode" },
        "keyBy": ["$[*].id"], "sourceModifiedDate": ["$[*].lastModifiedDateTime"],
    });
    // Its document has records for what GET answers.
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let response = client.codat().custom_data_types().get_configuration("gbol", "orders").response().await;
    let response = response.unwrap();
    assert!(response.unread().is_empty());
    let configuration = response.into_value();
    assert_eq!(configuration.data_source.as_deref(), Some("api/purchaseOrders"));
    assert_eq!(configuration.required_data["currency"], "$[*].currencyCode");
    assert_eq!(configuration.key_by, ["$[*].id"]);
    assert_eq!(configuration.source_modified_date.unwrap(), ["$[*].lastModifiedDateTime"]);
}

#[tokio::test]
async fn records_in_the_place_of_a_configuration_cost_nobody_the_answer() {
    let body = r#"{"results":[{"id":"1","content":{}}],"pageNumber":1,"pageSize":100,"totalResults":1}"#;
    let client = offline(&Memory::playing([Step::answer(200, body)]));
    let configuration = client.codat().custom_data_types().get_configuration("gbol", "orders").await.unwrap();
    assert_eq!(configuration, Default::default());
}

async fn records(page: Value) -> Page<CustomDataRecord> {
    let client = offline(&Memory::playing([Step::answer(200, page.to_string())]));
    let types = client.codat().custom_data_types();
    types.list_records(COMPANY, "c-1", "orders", &ListCustomDataRecords::new()).await.unwrap()
}

#[tokio::test]
async fn a_record_has_its_members_by_name_and_its_date_in_either_form() {
    let wrapped =
        json!({ "id": "1", "content": { "n": 7 }, "modifiedDate": { "modifiedDate": "2022-10-23" } });
    let bare = json!({ "id": "2", "content": {}, "modifiedDate": "2022-10-23T00:00:00Z" });
    let empty = json!({ "id": "3", "modifiedDate": {} });
    let odd = json!({ "id": "4", "modifiedDate": [7] });
    let page = records(json!({ "results": [wrapped, bare, empty, odd] })).await;
    let [first, second, third, fourth] = &page.results[..] else { panic!("four records") };
    assert_eq!(first.id.as_deref(), Some("1"));
    assert_eq!(first.content.as_ref().unwrap().get::<i64>("n"), Some(7));
    let date = |record: &CustomDataRecord| record.modified_date.as_ref().map(|date| date.to_string());
    assert_eq!(date(first).as_deref(), Some("2022-10-23"));
    assert_eq!(date(second).as_deref(), Some("2022-10-23T00:00:00Z"));
    assert_eq!((date(third), date(fourth)), (None, None));
    let unread: Vec<_> = page.unread.iter().map(|unread| unread.path()).collect();
    assert_eq!(unread, ["results[3].modifiedDate"], "what is neither is told");
}

/// The vendor's document gives these pages no links.
#[tokio::test]
async fn pages_without_links_go_on_as_their_counts_say() {
    let page = |number: i64, items: usize, total: i64| {
        let results = vec![json!({ "id": number.to_string() }); items];
        let body = json!({ "results": results, "pageNumber": number, "pageSize": 2, "totalResults": total });
        Step::answer(200, body.to_string())
    };
    for (pages, ids) in [
        (vec![page(1, 2, 5), page(2, 2, 5), page(3, 1, 5)], "1 1 2 2 3"),
        (vec![page(1, 2, 4), page(2, 2, 4)], "1 1 2 2"),
        (vec![page(1, 0, 0)], ""),
        // Fewer than were counted: what is empty ends it.
        (vec![page(1, 2, 9), page(2, 0, 9)], "1 1"),
        // As in the vendor's example of another list.
        (vec![page(0, 1, 0)], "0"),
    ] {
        let (memory, expected) = (Memory::playing(pages.clone()), pages.len());
        let types = offline(&memory).codat().custom_data_types();
        let mut walk = types.list_records(COMPANY, "c-1", "orders", &ListCustomDataRecords::new()).pages();
        let mut seen = Vec::new();
        while let Some(record) = walk.try_next().await.unwrap() {
            seen.push(record.id.unwrap());
        }
        assert_eq!(seen.join(" "), ids);
        assert_eq!(memory.take_requests().len(), expected, "{ids}");
    }
}

#[tokio::test]
async fn a_custom_data_type_is_a_data_type_by_its_own_name() {
    let body = r#"{ "id": "p-1", "dataType": "DynamicsPurchaseOrders", "status": "Queued" }"#;
    let client = offline(&Memory::playing([Step::answer(200, body)]));
    let pull = client.codat().custom_data_types().refresh(COMPANY, "c-1", "DynamicsPurchaseOrders").await;
    let data_type = pull.unwrap().data_type.unwrap();
    assert!(matches!(data_type, DataType::Unknown(_)));
    assert_eq!(data_type.as_str(), "DynamicsPurchaseOrders");
}
