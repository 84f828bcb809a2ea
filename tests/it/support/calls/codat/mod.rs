/// A page of a list: what it holds, and the path of the list.
macro_rules! page {
    ($results:expr, $path:literal) => {
        concat!(
            r#"{ "results": ["#,
            $results,
            r#"], "pageNumber": 2, "pageSize": 20, "totalResults": 41, "_links": { "self": { "href": ""#,
            $path,
            r#"" }, "current": { "href": ""#,
            $path,
            r#"?page=2&pageSize=20" }, "next": { "href": ""#,
            $path,
            r#"?page=3&pageSize=20" }, "previous": { "href": ""#,
            $path,
            r#"?page=1&pageSize=20" } } }"#
        )
    };
}

/// A connection with all its members.
macro_rules! connection {
    () => {
        r#"{
            "id": "51baa045-4836-4317-a42e-3542e991e581", "integrationId": "1c312d69-e638-46d4-ad31-72e6c3ba8390",
            "integrationKey": "vjms", "sourceId": "396c3158-5dd7-481b-a7c4-a795ca31792b", "platformName": "Pandle",
            "linkUrl": "https://link-api.codat.io/companies/3fa85f64/connections/51baa045/start?{secret}",
            "status": "Paused", "sourceType": "Accounting", "lastSync": "2022-01-01T12:30:00.000Z",
            "created": "2022-01-01T11:30:00Z", "connectionInfo": { "key": "{secret}" }, "unseen": { "a": [1] },
            "dataConnectionErrors": [{
                "statusCode": "401", "statusText": "Unauthorized", "errorMessage": "The token has expired",
                "erroredOnUtc": "2022-10-27T09:53:29", "status": "Active", "resolvedOnUtc": "2022-10-28T09:53:29"
            }]
        }"#
    };
}

/// A pull operation of this data type, with all its members.
macro_rules! pull {
    ($data_type:literal) => {
        concat!(
            r#"{
                "id": "97d60846-f07a-4d42-b5a0-0bdcc6ebf56b", "companyId": "4645bd78-8988-45bc-ac9e-67ba5df6e4e5",
                "connectionId": "51baa045-4836-4317-a42e-3542e991e581", "status": "Paused",
                "statusDescription": "Paused until 2022-10-23T00:00:00.000Z", "errorMessage": "The software is busy",
                "requested": "2022-11-14T11:18:37.2798351Z", "completed": "2024-09-01T23:59:99Z", "progress": 10,
                "isCompleted": false, "isErrored": true, "unseen": { "a": [1] }, "dataType": ""#,
            $data_type,
            r#"" }"#
        )
    };
}

mod companies;
mod connection_management;
mod connections;
mod custom_data_types;
mod integrations;
mod push_data;
mod read_data;
mod refresh_data;
mod settings;
mod supplemental_data;
mod webhooks;

use super::{Case, Input, Staged, Stored, sent, storable};

/// The settings of the old CORS pair, and of the new one.
const CORS: &str = r#"{ "allowedOrigins": ["https://www.bank-of-dave.com"], "unseen": { "a": [1] } }"#;

/// Made with these ids; further places of a path name nothing.
fn with_ids<const N: usize>(ids: [&str; N]) -> Input {
    let mut input = Input::default();
    input.ids.splice(..N, ids.map(str::to_owned));
    input
}

pub fn cases() -> Vec<Case> {
    let groups = [
        companies::cases(),
        connection_management::cases(),
        connections::cases(),
        custom_data_types::cases(),
        integrations::cases(),
        push_data::cases(),
        read_data::cases(),
        refresh_data::cases(),
        settings::cases(),
        supplemental_data::cases(),
        webhooks::cases(),
    ];
    groups.into_iter().flatten().collect()
}
