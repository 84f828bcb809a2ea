use super::{Case, Staged, Stored, sent, storable, with_ids};
use connectory::Client;
use connectory::codat::companies::*;
use connectory::codat::settings::{SetSyncSettings, SyncSetting};
use connectory::codat::{CompanyId, DataType, Page, PageLink, PageLinks, Query};

const PAGE: &str = page!(
    r#"{
        "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "name": "Technicalium", "unseen": { "a": [1] },
        "dataConnections": [{ "id": "51baa045-4836-4317-a42e-3542e991e581", "status": "Paused" }]
    }"#,
    "/companies"
);

const COMPANY: &str = concat!(
    r#"{
    "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "name": "Technicalium", "description": "Technology services",
    "redirect": "https://link.codat.io/company/3fa85f64-5717-4562-b3fc-2c963f66afa6?{secret}",
    "lastSync": "2022-10-27T10:22:43.6464237Z", "created": "2022-11-10T10:45:18Z", "createdByUserName": "Joe Bloggs",
    "products": ["spend-insights", "lending"], "tags": { "region": "uk" }, "unseen": { "a": [1] },
    "dataConnections": ["#,
    connection!(),
    r#"],
    "referenceParentCompany": {
    "id": "ab12c58d-a678-4ebf-a159-ae99e1807bd0", "name": "Toft stores", "description": "Shops",
    "tags": { "region": "us" }, "links": { "portal": "https://app.codat.io/companies/ab12c58d/summary" }
    },
    "referenceSubsidiaryCompanies": [{
    "id": "c8d3af58-7011-47ce-b3f2-89faf300ef6d", "name": "Toft stores UK", "description": "Shops",
    "tags": { "region": "uk" }, "links": { "portal": "https://app.codat.io/companies/c8d3af58/summary" }
    }]
}"#
);

const SHORT: &str = r#"{
    "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "name": "Technicalium", "description": "",
    "redirect": "https://link.codat.io/company/3fa85f64?{secret}", "unseen": { "a": [1] }
}"#;

const SYNC_SETTINGS: &str = r#"{
    "companyId": "8a210b68-6988-11ed-a1eb-0242ac120002", "overridesDefaults": true, "unseen": { "a": [1] },
    "settings": [{
        "dataType": "dreams", "fetchOnFirstLink": true, "syncSchedule": 24, "syncOrder": 3,
        "syncFromUtc": "2020-01-01T12:00:00.000Z", "syncFromWindow": 25, "monthsToSync": 26, "isLocked": true
    }]
}"#;

/// A company of the sandbox's.
pub async fn create(client: &Client) -> CompanyId {
    client.codat().companies().create(&CreateCompany::new("Acme")).await.unwrap().id
}

/// A company of the sandbox's, with this product switched on.
fn staged(product: &'static str) -> impl FnOnce(Client) -> Staged {
    move |client| {
        Box::pin(async move {
            let company = create(&client).await;
            client.codat().companies().add_product(&company, product).await.unwrap();
            with_ids([company.as_str(), product])
        })
    }
}

pub fn settings() -> SetSyncSettings {
    let setting = SyncSetting::new(DataType::Invoices, true, 24, 3).sync_from_utc("2020-01-01T12:00:00Z");
    SetSyncSettings::new([setting.sync_from_window(25).months_to_sync(26).is_locked(true)])
}

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
            stores: stores![Page<Company>, PageLink, PageLinks],
            ..Case::default()
        },
        Case {
            id: "codat.companies.create",
            send: |client, _| {
                let company = CreateCompany::new("Acme").description("Anvils").tag("region", "uk");
                storable(&company, client.codat().companies().create(&company))
            },
            request: r#"POST /companies { "name": "Acme", "description": "Anvils", "tags": { "region": "uk" } }"#,
            required: Some((
                |client, _| {
                    let company = CreateCompany::new("Acme");
                    storable(&company, client.codat().companies().create(&company))
                },
                r#"POST /companies { "name": "Acme" }"#,
            )),
            answer: (200, SHORT),
            needs: &["/id"],
            ..Case::default()
        },
        Case {
            id: "codat.companies.get",
            send: |client, input| storable(&(), client.codat().companies().get(&input.ids[0])),
            request: "GET /companies/first",
            answer: (200, COMPANY),
            needs: &["/id"],
            stores: stores![Company, CompanyLinks, CompanyReference],
            ..Case::default()
        },
        Case {
            id: "codat.companies.update",
            send: |client, input| {
                let update = UpdateCompany::new().name("Acme 2").description("Anvils").tag("region", "uk");
                storable(&update, client.codat().companies().update(&input.ids[0], &update))
            },
            request: r#"PATCH /companies/first
                { "name": "Acme 2", "description": "Anvils", "tags": { "region": "uk" } }"#,
            required: Some((
                |client, input| {
                    let update = UpdateCompany::new();
                    storable(&update, client.codat().companies().update(&input.ids[0], &update))
                },
                "PATCH /companies/first {}",
            )),
            answer: (200, SHORT),
            needs: &["/id"],
            stage: Some(|client| staged("own")(client)),
            ..Case::default()
        },
        Case {
            id: "codat.companies.replace",
            send: |client, input| {
                let company = CreateCompany::new("Acme 2").description("Anvils").tag("region", "uk");
                storable(&company, client.codat().companies().replace(&input.ids[0], &company))
            },
            request: r#"PUT /companies/first
                { "name": "Acme 2", "description": "Anvils", "tags": { "region": "uk" } }"#,
            required: Some((
                |client, input| {
                    let company = CreateCompany::new("Acme 2");
                    storable(&company, client.codat().companies().replace(&input.ids[0], &company))
                },
                r#"PUT /companies/first { "name": "Acme 2" }"#,
            )),
            answer: (200, SHORT),
            needs: &["/id"],
            stage: Some(|client| staged("own")(client)),
            ..Case::default()
        },
        Case {
            id: "codat.companies.delete",
            send: |client, input| sent(&(), client.codat().companies().delete(&input.ids[0])),
            request: "DELETE /companies/first",
            answer: (204, ""),
            stage: Some(|client| staged("own")(client)),
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
        Case {
            id: "codat.companies.add_product",
            send: |client, input| {
                sent(&(), client.codat().companies().add_product(&input.ids[0], &input.ids[1]))
            },
            request: "PUT /companies/first/products/second",
            answer: (204, ""),
            stage: Some(|client| {
                Box::pin(async move { with_ids([create(&client).await.as_str(), "lending"]) })
            }),
            ..Case::default()
        },
        Case {
            id: "codat.companies.remove_product",
            send: |client, input| {
                sent(&(), client.codat().companies().remove_product(&input.ids[0], &input.ids[1]))
            },
            request: "DELETE /companies/first/products/second",
            answer: (204, ""),
            stage: Some(|client| staged("lending")(client)),
            ..Case::default()
        },
        Case {
            id: "codat.companies.refresh_product_data",
            send: |client, input| {
                let request = RefreshProductData::new().data_types([DataType::Invoices]);
                let companies = client.codat().companies();
                sent(&request, companies.refresh_product_data(&input.ids[0], &input.ids[1], &request))
            },
            request: r#"POST /companies/first/products/second/refresh { "dataTypes": ["invoices"] }"#,
            required: Some((
                |client, input| {
                    let request = RefreshProductData::new();
                    let companies = client.codat().companies();
                    sent(&request, companies.refresh_product_data(&input.ids[0], &input.ids[1], &request))
                },
                "POST /companies/first/products/second/refresh {}",
            )),
            answer: (202, ""),
            stage: Some(|client| staged("own")(client)),
            ..Case::default()
        },
        Case {
            id: "codat.companies.get_sync_settings",
            send: |client, input| storable(&(), client.codat().companies().get_sync_settings(&input.ids[0])),
            request: "GET /companies/first/syncSettings",
            answer: (200, SYNC_SETTINGS),
            stores: stores![CompanySyncSettings, SyncSetting],
            ..Case::default()
        },
        Case {
            id: "codat.companies.set_sync_settings",
            send: |client, input| {
                let settings = settings();
                sent(&settings, client.codat().companies().set_sync_settings(&input.ids[0], &settings))
            },
            request: r#"POST /companies/first/syncSettings {
                "companyId": "first", "overridesDefaults": true,
                "settings": [{
                    "dataType": "invoices", "fetchOnFirstLink": true, "syncSchedule": 24, "syncOrder": 3,
                    "syncFromUtc": "2020-01-01T12:00:00Z", "syncFromWindow": 25, "monthsToSync": 26, "isLocked": true
                }]
            }"#,
            required: Some((
                |client, input| {
                    let settings = SetSyncSettings::new([SyncSetting::new("invoices", false, 0, 0)]);
                    let settings = settings.overrides_defaults(false);
                    sent(&settings, client.codat().companies().set_sync_settings(&input.ids[0], &settings))
                },
                r#"POST /companies/first/syncSettings {
                    "companyId": "first", "overridesDefaults": false,
                    "settings": [
                        { "dataType": "invoices", "fetchOnFirstLink": false, "syncSchedule": 0, "syncOrder": 0 }
                    ]
                }"#,
            )),
            answer: (204, ""),
            stage: Some(|client| staged("own")(client)),
            ..Case::default()
        },
    ]
}
