use super::{Case, Stored, connections, storable, with_ids};
use connectory::codat::custom_data_types::{
    CustomDataRecord, CustomDataTypeConfiguration, ListCustomDataRecords,
};

const CONFIGURATION: &str = r#"{
    "dataSource": "api/purchaseOrders", "requiredData": { "number": "$[*].number", "date": "$[*].orderDate" },
    "keyBy": ["$[*].id"], "sourceModifiedDate": ["$[*].lastModifiedDateTime"], "unseen": { "a": [1] }
}"#;

fn configuration() -> CustomDataTypeConfiguration {
    let required = [("number", "$[*].number"), ("date", "$[*].orderDate")];
    CustomDataTypeConfiguration::new("api/purchaseOrders", required, ["$[*].id"])
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "codat.custom_data_types.configure",
            send: |client, input| {
                let body = configuration().source_modified_date(["$[*].lastModifiedDateTime"]);
                let types = client.codat().custom_data_types();
                storable(&body, types.configure(&input.ids[0], &input.ids[1], &body))
            },
            request: r#"PUT /integrations/first/dataTypes/custom/second
                {
                    "dataSource": "api/purchaseOrders",
                    "requiredData": { "number": "$[*].number", "date": "$[*].orderDate" },
                    "keyBy": ["$[*].id"], "sourceModifiedDate": ["$[*].lastModifiedDateTime"]
                }"#,
            required: Some((
                |client, input| {
                    let types = client.codat().custom_data_types();
                    storable(&(), types.configure(&input.ids[0], &input.ids[1], &configuration()))
                },
                r#"PUT /integrations/first/dataTypes/custom/second
                    {
                        "dataSource": "api/purchaseOrders",
                        "requiredData": { "number": "$[*].number", "date": "$[*].orderDate" }, "keyBy": ["$[*].id"]
                    }"#,
            )),
            answer: (200, CONFIGURATION),
            stores: stores![CustomDataTypeConfiguration],
            stage: Some(|_| Box::pin(async { with_ids(["gbol", "PurchaseOrders"]) })),
            ..Case::default()
        },
        Case {
            id: "codat.custom_data_types.get_configuration",
            send: |client, input| {
                let types = client.codat().custom_data_types();
                storable(&(), types.get_configuration(&input.ids[0], &input.ids[1]))
            },
            request: "GET /integrations/first/dataTypes/custom/second",
            answer: (200, CONFIGURATION),
            ..Case::default()
        },
        Case {
            id: "codat.custom_data_types.list_records",
            send: |client, input| {
                let query = ListCustomDataRecords::new().page(2).page_size(20);
                let types = client.codat().custom_data_types();
                storable(&query, types.list_records(&input.ids[0], &input.ids[1], &input.ids[2], &query))
            },
            request: "GET /companies/first/connections/second/data/custom/third?page=2&pageSize=20",
            required: Some((
                |client, input| {
                    let query = ListCustomDataRecords::new();
                    let types = client.codat().custom_data_types();
                    storable(&(), types.list_records(&input.ids[0], &input.ids[1], &input.ids[2], &query))
                },
                "GET /companies/first/connections/second/data/custom/third",
            )),
            answer: (
                200,
                r#"{
                    "results": [{
                        "id": "1d3979e5", "content": { "number": "106001", "lines": [{ "total": 12345678901234567890.10 }] },
                        "modifiedDate": "2022-10-27T10:22:43.6464237Z", "unseen": { "a": [1] }
                    }],
                    "pageNumber": 2, "pageSize": 20, "totalResults": 41
                }"#,
            ),
            stores: stores![CustomDataRecord],
            ..Case::default()
        },
        Case {
            id: "codat.custom_data_types.refresh",
            send: |client, input| {
                let types = client.codat().custom_data_types();
                storable(&(), types.refresh(&input.ids[0], &input.ids[1], &input.ids[2]))
            },
            request: "POST /companies/first/connections/second/data/queue/custom/third",
            answer: (200, pull!("DynamicsPurchaseOrders")),
            needs: &["/id"],
            stage: Some(|client| {
                Box::pin(async move {
                    let types = client.codat().custom_data_types();
                    types.configure("gbol", "PurchaseOrders", &configuration()).await.unwrap();
                    let ids = connections::linked(client).await.ids;
                    with_ids([&ids[0], &ids[1], "PurchaseOrders"])
                })
            }),
            ..Case::default()
        },
    ]
}
