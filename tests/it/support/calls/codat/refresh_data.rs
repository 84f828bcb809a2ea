use super::{Case, Stored, connections, sent, storable, with_ids};
use connectory::codat::refresh_data::{DataStatus, DataStatuses, PullOperation, RefreshDataType};
use connectory::codat::{ListOptions, Query};

const PAGE: &str = r#"{
    "results": [{
    "id": "97d60846-f07a-4d42-b5a0-0bdcc6ebf56b", "companyId": "4645bd78-8988-45bc-ac9e-67ba5df6e4e5",
    "connectionId": "51baa045-4836-4317-a42e-3542e991e581", "dataType": "invoices", "status": "Paused",
    "statusDescription": "Paused until 2022-10-23T00:00:00.000Z", "errorMessage": "The software is busy",
    "requested": "2022-11-14T11:18:37.2798351Z", "completed": "2024-09-01T23:59:99Z", "progress": 10,
    "isCompleted": false, "isErrored": true, "unseen": { "a": [1] }
    }],
    "pageNumber": 2, "pageSize": 20, "totalResults": 41,
    "_links": {
        "current": { "href": "/companies/4645bd78/data/history?page=2&pageSize=20" }, "self": { "href": "/companies/4645bd78/data/history" },
        "next": { "href": "/companies/4645bd78/data/history?page=3&pageSize=20" }, "previous": { "href": "/companies/4645bd78/data/history?page=1&pageSize=20" }
    }
}"#;

const ONE: &str = r#"{
    "id": "97d60846-f07a-4d42-b5a0-0bdcc6ebf56b", "companyId": "4645bd78-8988-45bc-ac9e-67ba5df6e4e5",
    "connectionId": "51baa045-4836-4317-a42e-3542e991e581", "dataType": "invoices", "status": "Paused",
    "statusDescription": "Paused until 2022-10-23T00:00:00.000Z", "errorMessage": "The software is busy",
    "requested": "2022-11-14T11:18:37.2798351Z", "completed": "2024-09-01T23:59:99Z", "progress": 10,
    "isCompleted": false, "isErrored": true, "unseen": { "a": [1] }
}"#;

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
            answer: (200, ONE),
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
            answer: (200, ONE),
            needs: &["/id"],
            ..Case::default()
        },
    ]
}
