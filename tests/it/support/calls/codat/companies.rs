use super::{Case, Stored, sent, storable};
use connectory::codat::companies::{Company, CompanyLinks, CompanyReference, ListCompanies};
use connectory::codat::connections::{Connection, ConnectionError};
use connectory::codat::{Page, PageLink, PageLinks, Query};

const PAGE: &str = r#"{
    "results": [{
        "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "name": "Technicalium", "description": "Technology services",
        "redirect": "https://link.codat.io/company/3fa85f64-5717-4562-b3fc-2c963f66afa6?{secret}",
        "lastSync": "2022-10-27T10:22:43.6464237Z", "created": "2022-11-10T10:45:18Z", "createdByUserName": "Joe Bloggs",
        "products": ["spend-insights", "lending"], "tags": { "region": "uk" }, "unseen": { "a": [1] },
        "dataConnections": [{
            "id": "51baa045-4836-4317-a42e-3542e991e581", "integrationId": "1c312d69-e638-46d4-ad31-72e6c3ba8390",
            "integrationKey": "vjms", "sourceId": "396c3158-5dd7-481b-a7c4-a795ca31792b", "platformName": "Pandle",
            "linkUrl": "https://link-api.codat.io/companies/3fa85f64/connections/51baa045/start?{secret}",
            "status": "Paused", "sourceType": "Accounting", "lastSync": "2022-01-01T12:30:00.000Z",
            "created": "2022-01-01T11:30:00Z", "connectionInfo": { "key": "{secret}" },
            "dataConnectionErrors": [{
                "statusCode": "401", "statusText": "Unauthorized", "errorMessage": "The token has expired",
                "erroredOnUtc": "2022-10-27T09:53:29", "status": "Active", "resolvedOnUtc": "2022-10-28T09:53:29"
            }]
        }],
        "referenceParentCompany": {
            "id": "ab12c58d-a678-4ebf-a159-ae99e1807bd0", "name": "Toft stores", "description": "Shops",
            "tags": { "region": "us" }, "links": { "portal": "https://app.codat.io/companies/ab12c58d/summary" }
        },
        "referenceSubsidiaryCompanies": [{
            "id": "c8d3af58-7011-47ce-b3f2-89faf300ef6d", "name": "Toft stores UK", "description": "Shops",
            "tags": { "region": "uk" }, "links": { "portal": "https://app.codat.io/companies/c8d3af58/summary" }
        }]
    }],
    "pageNumber": 2, "pageSize": 20, "totalResults": 41,
    "_links": {
        "current": { "href": "/companies?page=2&pageSize=20" }, "self": { "href": "/companies" },
        "next": { "href": "/companies?page=3&pageSize=20" }, "previous": { "href": "/companies?page=1&pageSize=20" }
    }
}"#;

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "codat.companies.list",
            send: |client, _| {
                let query = ListCompanies::new().page(2).page_size(20).order_by("-name");
                let query = query.query(Query::contains("name", "acme"));
                let query = query.tags(Query::equal("region", "uk").and(Query::equal("team", "a")));
                storable(&query, client.codat().companies().list(&query))
            },
            request: "GET /companies?orderBy=-name&page=2&pageSize=20&query=name~acme&tags=region%3Duk%20%26%26%20team%3Da",
            required: Some((
                |client, _| storable(&(), client.codat().companies().list(&ListCompanies::new())),
                "GET /companies",
            )),
            answer: (200, PAGE),
            stores: stores![
                Company,
                CompanyLinks,
                CompanyReference,
                Connection,
                ConnectionError,
                Page<Company>,
                PageLink,
                PageLinks
            ],
            ..Case::default()
        },
        Case {
            id: "codat.companies.get_access_token",
            send: |client, input| sent(&(), client.codat().companies().get_access_token(&input.ids[0])),
            request: "GET /companies/first/accessToken",
            answer: (
                200,
                r#"{ "expiresIn": 86400, "accessToken": "{secret}", "tokenType": "DPoP", "unseen": { "a": [1] } }"#,
            ),
            needs: &["/accessToken"],
            ..Case::default()
        },
    ]
}
