use super::{Case, Stored, sent, storable, with_ids};
use connectory::codat::supplemental_data::{SupplementalDataConfiguration, SupplementalDataSource};

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "codat.supplemental_data.configure",
            send: |client, input| {
                let orders = SupplementalDataSource::new("/orders").pull("number", "order_num");
                let body =
                    SupplementalDataConfiguration::new().with("orders", orders.push("state", "order_state"));
                let data = client.codat().supplemental_data();
                sent(&body, data.configure(&input.ids[0], &input.ids[1], &body))
            },
            request: r#"PUT /integrations/first/dataTypes/second/supplementalDataConfig
                { "supplementalDataConfig": { "orders": {
                    "dataSource": "/orders", "pullData": { "number": "order_num" }, "pushData": { "state": "order_state" }
                } } }"#,
            required: Some((
                |client, input| {
                    let body = SupplementalDataConfiguration::new()
                        .with("orders", SupplementalDataSource::new("/orders"));
                    let data = client.codat().supplemental_data();
                    sent(&(), data.configure(&input.ids[0], &input.ids[1], &body))
                },
                r#"PUT /integrations/first/dataTypes/second/supplementalDataConfig
                    { "supplementalDataConfig": { "orders": { "dataSource": "/orders" } } }"#,
            )),
            stage: Some(|_| Box::pin(async { with_ids(["gbol", "invoices"]) })),
            ..Case::default()
        },
        Case {
            id: "codat.supplemental_data.get_configuration",
            send: |client, input| {
                let data = client.codat().supplemental_data();
                storable(&(), data.get_configuration(&input.ids[0], &input.ids[1]))
            },
            request: "GET /integrations/first/dataTypes/second/supplementalDataConfig",
            answer: (
                200,
                r#"{
                    "supplementalDataConfig": { "orders": {
                        "dataSource": "/orders", "pullData": { "number": "order_num" }, "pushData": { "state": "order_state" },
                        "unseen": { "a": [1] }
                    } },
                    "unseen": { "a": [1] }
                }"#,
            ),
            stores: stores![SupplementalDataConfiguration, SupplementalDataSource],
            ..Case::default()
        },
    ]
}
