use super::{Case, Stored, storable, vault};
use connectory::apideck::Service;
use connectory::apideck::vault::logs::*;

const LOGS: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": [{
    "id": "0b5f7480-5550-4f5c-a5fc-3c01ac43dd0f", "parent_id": "1c5f7480-5550-4f5c-a5fc-3c01ac43dd0f",
    "child_request": true, "has_children": false, "consumer_id": "test-consumer", "unified_api": "telepathy",
    "service": { "id": "apideck-vault", "name": "Apideck Vault" },
    "operation": { "id": "connectionsAll", "name": "Get All Connections" }, "api_style": "REST",
    "base_url": "unify.apideck.com", "path": "/vault/connections", "http_method": "GET", "status_code": 401,
    "success": false, "error_message": "Refresh token is invalid", "duration": 2220.379304, "execution": 2248,
    "latency": 27.620695999999953, "sandbox": false, "source_ip": "94.227.131.238",
    "timestamp": "2021-07-12T14:26:17.420Z", "unseen": { "a": [1] }
  }],
  "meta": { "items_on_page": 1, "cursors": { "previous": "cur_0", "current": "cur_1", "next": "cur_2" } },
  "links": { "previous": "https://unify.apideck.com/vault/logs?cursor=cur_0" }
}"#;

pub fn cases() -> Vec<Case> {
    vec![Case {
        id: "apideck.vault.logs.list",
        send: |client, _| {
            let query = ListLogs::new()
                .connector_id("crm+salesforce")
                .path("/crm/contacts")
                .path_match_mode(PathMatchMode::StartsWith)
                .http_method("PUT")
                .http_methods(["GET", "POST"])
                .start_date("2024-01-01T00:00:00.000Z")
                .end_date("2024-01-31T23:59:59.999Z")
                .status_code(201)
                .status_codes([404, 500])
                .exclude_unified_apis("vault,proxy")
                .cursor("cur_0000000000000000")
                .limit(200);
            storable(&query, vault(client).logs().list(&query))
        },
        request: "GET /vault/logs?cursor=cur_0000000000000000&filter%5Bconnector_id%5D=crm%2Bsalesforce\
                  &filter%5Bend_date%5D=2024-01-31T23%3A59%3A59.999Z\
                  &filter%5Bexclude_unified_apis%5D=vault%2Cproxy&filter%5Bhttp_method%5D=PUT\
                  &filter%5Bhttp_methods%5D=GET&filter%5Bhttp_methods%5D=POST&filter%5Bpath%5D=%2Fcrm%2Fcontacts\
                  &filter%5Bpath_match_mode%5D=STARTS_WITH&filter%5Bstart_date%5D=2024-01-01T00%3A00%3A00.000Z\
                  &filter%5Bstatus_code%5D=201&filter%5Bstatus_codes%5D=404&filter%5Bstatus_codes%5D=500&limit=200",
        required: Some((
            |client, _| {
                let query = ListLogs::new();
                storable(&query, vault(client).logs().list(&query))
            },
            "GET /vault/logs",
        )),
        answer: (200, LOGS),
        stores: stores![Log, LogOperation, Service],
        ..Case::default()
    }]
}
