use super::{Case, Staged, Stored, companies, sent, storable, with_ids};
use connectory::Client;
use connectory::codat::connections::*;
use connectory::codat::{ListOptions, Query};

const SHORT: &str = r#"{
    "id": "51baa045-4836-4317-a42e-3542e991e581", "status": "PendingAuth", "unseen": { "a": [1] },
    "linkUrl": "https://link-api.codat.io/companies/3fa85f64/connections/51baa045/start?{secret}"
}"#;

const PAGE: &str = r#"{
    "results": [{ "id": "51baa045-4836-4317-a42e-3542e991e581", "status": "Paused", "unseen": { "a": [1] } }],
    "pageNumber": 1, "pageSize": 100, "totalResults": 1,
    "_links": {
        "current": { "href": "/companies/first/connections?page=1&pageSize=100" },
        "self": { "href": "/companies/first/connections" }
    }
}"#;

/// A company of the sandbox's with a connection that waits for its customer.
fn pending(client: Client) -> Staged {
    Box::pin(async move {
        let company = companies::create(&client).await;
        let connections = client.codat().connections();
        let connection = connections.create(&company, &CreateConnection::new("gbol")).await.unwrap();
        with_ids([company.as_str(), connection.id.as_str()])
    })
}

/// The same with one that works.
pub fn linked(client: Client) -> Staged {
    Box::pin(async move {
        let input = pending(client.clone()).await;
        let authorization = UpdateAuthorization::new().credential("key", "value");
        let connections = client.codat().connections();
        connections.update_authorization(&input.ids[0], &input.ids[1], &authorization).await.unwrap();
        input
    })
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "codat.connections.list",
            send: |client, input| {
                let options = ListOptions::new().page(2).page_size(20).order_by("-created");
                let options = options.query(Query::equal("status", "Linked"));
                storable(&options, client.codat().connections().list(&input.ids[0], &options))
            },
            request: "GET /companies/first/connections?orderBy=-created&page=2&pageSize=20&query=status%3DLinked",
            required: Some((
                |client, input| {
                    let options = ListOptions::new();
                    storable(&options, client.codat().connections().list(&input.ids[0], &options))
                },
                "GET /companies/first/connections",
            )),
            answer: (200, PAGE),
            ..Case::default()
        },
        Case {
            id: "codat.connections.create",
            send: |client, input| {
                let connection = CreateConnection::new("gbol");
                storable(&connection, client.codat().connections().create(&input.ids[0], &connection))
            },
            request: r#"POST /companies/first/connections { "platformKey": "gbol" }"#,
            answer: (200, SHORT),
            needs: &["/id"],
            stage: Some(|client| {
                Box::pin(async move { with_ids([companies::create(&client).await.as_str()]) })
            }),
            ..Case::default()
        },
        Case {
            id: "codat.connections.get",
            send: |client, input| {
                storable(&(), client.codat().connections().get(&input.ids[0], &input.ids[1]))
            },
            request: "GET /companies/first/connections/second",
            answer: (200, connection!()),
            needs: &["/id"],
            stores: stores![Connection, ConnectionError],
            ..Case::default()
        },
        Case {
            id: "codat.connections.unlink",
            send: |client, input| {
                storable(&(), client.codat().connections().unlink(&input.ids[0], &input.ids[1]))
            },
            request: r#"PATCH /companies/first/connections/second { "status": "Unlinked" }"#,
            answer: (200, SHORT),
            needs: &["/id"],
            stage: Some(linked),
            ..Case::default()
        },
        Case {
            id: "codat.connections.delete",
            send: |client, input| {
                sent(&(), client.codat().connections().delete(&input.ids[0], &input.ids[1]))
            },
            request: "DELETE /companies/first/connections/second",
            answer: (200, ""),
            stage: Some(linked),
            ..Case::default()
        },
        Case {
            id: "codat.connections.update_authorization",
            send: |client, input| {
                let authorization = UpdateAuthorization::new().credential("token", &input.secret);
                let connections = client.codat().connections();
                let call = connections.update_authorization(&input.ids[0], &input.ids[1], &authorization);
                storable(&authorization, call)
            },
            request: r#"PUT /companies/first/connections/second/authorization { "token": "{secret}" }"#,
            answer: (200, SHORT),
            needs: &["/id"],
            stage: Some(pending),
            ..Case::default()
        },
    ]
}
