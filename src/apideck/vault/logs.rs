//! The requests that were made for a consumer: `client.apideck().vault().logs()`.

use crate::apideck::{Apideck, ConsumerId, Envelope, Service, UnifiedApi};
use crate::operation::operations;
use crate::types::{model, open_enum, request, setters};
use crate::{Call, Timestamp};
use serde_json::Number;

/// The operations on one consumer's logs.
#[derive(Clone, Debug)]
pub struct Logs {
    apideck: Apideck,
}

operations! { Apideck, "apideck.vault.logs";
    /// changes nothing
    LIST = "list": GET "/vault/logs", Read, consumer Required, sdk "vault.logs.list";
}

impl Logs {
    pub(super) fn new(apideck: Apideck) -> Self {
        Self { apideck }
    }

    /// Lists the requests that were made for a consumer, page by page.
    ///
    /// [`pages`](Call::pages) walks all of them, with the same filters. It shows what a service answered when a
    /// connection does not work.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/logsAll>.
    #[doc(alias = "logsAll")]
    #[inline]
    pub fn list(&self, query: &ListLogs) -> Call<Envelope<Vec<Log>>> {
        self.apideck.call(&LIST).query(query).returns_list()
    }
}

request! {
    /// Which logs to list; all of them by default.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    #[doc(alias = "LogsFilter")]
    pub struct ListLogs {
        /// Only those of this connection, such as `crm+salesforce`. Apideck says that it does not apply it yet.
        pub connector_id: Option<String> = "filter[connector_id]",
        /// Only those with this path, or a part of it.
        pub path: Option<String> = "filter[path]",
        /// Which part of the path [`path`](Self::path) is: any where it is not set.
        pub path_match_mode: Option<PathMatchMode> = "filter[path_match_mode]",
        /// Only those with this HTTP method.
        pub http_method: Option<String> = "filter[http_method]",
        /// Only those with one of these HTTP methods.
        pub http_methods: Option<Vec<String>> = "filter[http_methods]",
        /// Only those from this moment on.
        pub start_date: Option<Timestamp> = "filter[start_date]",
        /// Only those up to this moment, itself included.
        pub end_date: Option<Timestamp> = "filter[end_date]",
        /// Only those that were answered with this status.
        pub status_code: Option<u32> = "filter[status_code]",
        /// Only those that were answered with one of these statuses, 50 at most.
        pub status_codes: Option<Vec<u32>> = "filter[status_codes]",
        /// None of these unified APIs, separated by commas: `vault,proxy`.
        pub exclude_unified_apis: Option<String> = "filter[exclude_unified_apis]",
        /// Where to begin: the cursor of a page. The first page where it is not set.
        pub cursor: Option<String>,
        /// How many logs a page holds: 20 where it is not set, 200 at most.
        pub limit: Option<u32>,
    }
}

impl ListLogs {
    /// All logs.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        connector_id: Option<String>,
        path: Option<String>,
        path_match_mode: Option<PathMatchMode>,
        http_method: Option<String>,
        http_methods: Option<Vec<String>>,
        start_date: Option<Timestamp>,
        end_date: Option<Timestamp>,
        status_code: Option<u32>,
        status_codes: Option<Vec<u32>>,
        exclude_unified_apis: Option<String>,
        cursor: Option<String>,
        limit: Option<u32>,
    }
}

open_enum! {
    /// Which part of a path a filter names.
    pub enum PathMatchMode {
        /// Any part.
        Contains = "CONTAINS",
        /// The beginning.
        StartsWith = "STARTS_WITH",
        /// The end.
        EndsWith = "ENDS_WITH",
        /// All of it.
        Exact = "EXACT",
    }
}

model! {
    /// A request that was made for a consumer.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Log {
        /// The request's id.
        pub id: Option<String>,
        /// The request that this one is a part of.
        pub parent_id: Option<String>,
        /// Whether it is a part of another one.
        pub child_request: Option<bool>,
        /// Whether others are parts of it.
        pub has_children: Option<bool>,
        /// The consumer.
        pub consumer_id: Option<ConsumerId>,
        /// The unified API that it was made to.
        pub unified_api: Option<UnifiedApi>,
        /// The service that it was for.
        pub service: Option<Service>,
        /// What it was, in the terms of Apideck's API documents.
        pub operation: Option<LogOperation>,
        /// `REST` or `GraphQL`.
        pub api_style: Option<String>,
        /// The host that it was made to, such as `unify.apideck.com`.
        pub base_url: Option<String>,
        /// Its path.
        pub path: Option<String>,
        /// Its HTTP method.
        pub http_method: Option<String>,
        /// The HTTP status of the answer.
        pub status_code: Option<i64> as WholeNumber,
        /// Whether it succeeded.
        pub success: Option<bool>,
        /// What went wrong, in short.
        pub error_message: Option<String>,
        /// How long the service took, in milliseconds with a fraction.
        pub duration: Option<Number>,
        /// How long all of it took, in milliseconds.
        pub execution: Option<i64> as WholeNumber,
        /// How long Apideck itself took, in milliseconds with a fraction.
        pub latency: Option<Number>,
        /// Whether it was made with Apideck's own test credentials.
        pub sandbox: Option<bool>,
        /// The IP address that it came from.
        pub source_ip: Option<String>,
        /// When it was made.
        pub timestamp: Option<Timestamp>,
    }
}

model! {
    /// An operation, in the terms of Apideck's API documents.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct LogOperation {
        /// Its id, such as `connectionsAll`.
        pub id: Option<String>,
        /// Its name, such as `Get All Connections`.
        pub name: Option<String>,
    }
}
