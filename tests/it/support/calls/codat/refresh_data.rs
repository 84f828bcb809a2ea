use super::{Case, Stored, connections, sent, storable, with_ids};
use connectory::codat::refresh_data::{DataStatus, DataStatuses, PullOperation, RefreshDataType};
use connectory::codat::{ListOptions, Query};

const PAGE: &str = page!(pull!("invoices"), "/companies/4645bd78/data/history");

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "codat.refresh_data.all",
            send: |client, input| sent(&(), client.codat().refresh_data().all(&input.ids[0])),
            request: "POST /companies/first/data/all",
            answer: (204, ""),
            stage: Some(connections::linked),
            ..Case::default()
        },
        Case {
            id: "codat.refresh_data.by_data_type",
            send: |client, input| {
                let query = RefreshDataType::new().connection_id(&input.ids[2]);
                let data = client.codat().refresh_data();
                storable(&query, data.by_data_type(&input.ids[0], &input.ids[1], &query))
            },
            request: "POST /companies/first/data/queue/second?connectionId=third",
            required: Some((
                |client, input| {
                    let query = RefreshDataType::new();
                    let data = client.codat().refresh_data();
                    storable(&(), data.by_data_type(&input.ids[0], &input.ids[1], &query))
                },
                "POST /companies/first/data/queue/second",
            )),
            answer: (200, pull!("invoices")),
            needs: &["/id"],
            stores: stores![PullOperation],
            stage: Some(|client| {
                Box::pin(async move {
                    let ids = connections::linked(client).await.ids;
                    with_ids([&ids[0], "invoices", &ids[1]])
                })
            }),
        },
        Case {
            id: "codat.refresh_data.get_data_statuses",
            send: |client, input| {
                storable(&(), client.codat().refresh_data().get_data_statuses(&input.ids[0]))
            },
            request: "GET /companies/first/dataStatus",
            answer: (
                200,
                r#"{
                    "invoices": {
                        "dataType": "invoices", "lastSuccessfulSync": "2022-01-01T00:00:00.000Z", "currentStatus": "Paused",
                        "latestSyncId": "d03b6979-eb3b-447a-a27a-13cf457a9f48",
                        "latestSuccessfulSyncId": "6883bba8-514d-423f-ba7f-c38285a80b7f", "unseen": { "a": [1] }
                    },
                    "bills": null
                }"#,
            ),
            stores: stores![DataStatus, DataStatuses],
            ..Case::default()
        },
        Case {
            id: "codat.refresh_data.list_pull_operations",
            send: |client, input| {
                let options = ListOptions::new().page(2).page_size(20).order_by("-requested");
                let options = options.query(Query::not_equal("status", "Complete"));
                storable(
                    &options,
                    client.codat().refresh_data().list_pull_operations(&input.ids[0], &options),
                )
            },
            request: "GET /companies/first/data/history?orderBy=-requested&page=2&pageSize=20&query=status%21%3DComplete",
            required: Some((
                |client, input| {
                    let options = ListOptions::new();
                    storable(&(), client.codat().refresh_data().list_pull_operations(&input.ids[0], &options))
                },
                "GET /companies/first/data/history",
            )),
            answer: (200, PAGE),
            ..Case::default()
        },
        Case {
            id: "codat.refresh_data.get_pull_operation",
            send: |client, input| {
                let data = client.codat().refresh_data();
                storable(&(), data.get_pull_operation(&input.ids[0], &input.ids[1]))
            },
            request: "GET /companies/first/data/history/second",
            answer: (200, pull!("invoices")),
            needs: &["/id"],
            ..Case::default()
        },
    ]
}
