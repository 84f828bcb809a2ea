//! Apideck's logs by name; what is sent is in their case.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::apideck::UnifiedApi;
use connectory::apideck::vault::logs::{ListLogs, Logs};
use serde_json::{Value, json};

fn logs(memory: &Memory) -> Logs {
    offline(memory).apideck().consumer("acme").vault().logs()
}

fn answer(data: Value, next: Option<&str>) -> Step {
    Step::answer(200, json!({ "data": data, "meta": { "cursors": { "next": next } } }).to_string())
}

#[tokio::test]
async fn a_log_has_its_members_by_name() {
    let data = json!([{
        "id": "l-2", "parent_id": "l-1", "child_request": true, "has_children": false, "consumer_id": "acme",
        "unified_api": "proxy", "service": { "id": "xero", "name": "Xero" },
        "operation": { "id": "connectionsAll", "name": "Get All Connections" }, "api_style": "REST",
        "base_url": "unify.apideck.com", "path": "/vault/connections", "http_method": "GET", "status_code": 401,
        "success": false, "error_message": "Refresh token is invalid", "duration": 2220.379304, "execution": 2248.0,
        "latency": 27, "sandbox": true, "source_ip": "94.227.131.238", "timestamp": "2021-07-12T14:26:17.420Z",
    }]);
    let list = logs(&Memory::playing([answer(data, None)])).list(&ListLogs::new()).await.unwrap().data;
    let [log] = &list[..] else { panic!("one log") };
    assert_eq!((log.id.as_deref(), log.parent_id.as_deref()), (Some("l-2"), Some("l-1")));
    assert_eq!((log.child_request, log.has_children), (Some(true), Some(false)));
    assert_eq!(log.consumer_id.as_ref().unwrap().as_str(), "acme");
    assert_eq!(log.unified_api, Some(UnifiedApi::Proxy));
    let service = log.service.as_ref().unwrap();
    assert_eq!((service.id.as_ref().unwrap().as_str(), service.name.as_deref()), ("xero", Some("Xero")));
    let operation = log.operation.as_ref().unwrap();
    assert_eq!(
        (operation.id.as_deref(), operation.name.as_deref()),
        (Some("connectionsAll"), Some("Get All Connections"))
    );
    assert_eq!(
        (log.api_style.as_deref(), log.base_url.as_deref()),
        (Some("REST"), Some("unify.apideck.com"))
    );
    assert_eq!((log.path.as_deref(), log.http_method.as_deref()), (Some("/vault/connections"), Some("GET")));
    assert_eq!((log.status_code, log.success), (Some(401), Some(false)));
    assert_eq!(log.error_message.as_deref(), Some("Refresh token is invalid"));
    assert_eq!(log.duration.as_ref().unwrap().as_f64(), Some(2220.379304));
    assert_eq!((log.execution, log.latency.as_ref().unwrap().as_i64()), (Some(2248), Some(27)));
    assert_eq!((log.sandbox, log.source_ip.as_deref()), (Some(true), Some("94.227.131.238")));
    assert_eq!(log.timestamp.as_ref().unwrap().as_str(), "2021-07-12T14:26:17.420Z");
}

/// The official SDK forgets everything but filter and limit on its second page.
#[tokio::test]
async fn each_page_goes_with_filters_scope_and_options_of_the_first() {
    let one = |id: &str| json!([{ "id": id }]);
    let memory = Memory::playing([
        answer(one("a"), Some("c/1")),
        answer(one("b"), Some("c/2")),
        answer(one("c"), Some("")),
    ]);
    let query = ListLogs::new().status_codes([404, 500]).path("/crm").limit(1);
    let mut pages = logs(&memory).list(&query).header("x-trace", "t-1").pages();
    let mut ids = Vec::new();
    while let Some(log) = pages.try_next().await.unwrap() {
        ids.push(log.id.unwrap());
    }
    assert_eq!(ids, ["a", "b", "c"]);
    let requests = memory.requests();
    let filters = "filter%5Bpath%5D=%2Fcrm&filter%5Bstatus_codes%5D=404&filter%5Bstatus_codes%5D=500&limit=1";
    let queries: Vec<_> = requests.iter().map(|request| request.uri().query().unwrap()).collect();
    assert_eq!(
        queries,
        [filters.to_owned(), format!("{filters}&cursor=c%2F1"), format!("{filters}&cursor=c%2F2"),]
    );
    for request in requests {
        assert_eq!(request.headers()["x-apideck-consumer-id"], "acme");
        assert_eq!(request.headers()["x-trace"], "t-1");
    }
}

/// Nothing addresses a log, and so nothing of it is needed.
#[tokio::test]
async fn a_log_without_an_id_is_a_log() {
    let list = logs(&Memory::playing([answer(json!([{ "status_code": 500 }, null]), None)]));
    let list = list.list(&ListLogs::new()).await.unwrap();
    assert_eq!((list.data.len(), list.data[0].status_code, list.unread.len()), (1, Some(500), 0));
}
