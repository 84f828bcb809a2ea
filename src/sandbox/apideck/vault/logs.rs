//! What was asked for consumers.

use crate::apideck::vault::logs::{self, PathMatchMode};
use crate::call::RESERVED;
use crate::operation::Operation;
use crate::sandbox::apideck::pages::{LogFilter, filter, filters, page, page_size};
use crate::sandbox::apideck::{State, consumer, invalid, timestamp};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::route::placeholder;
use percent_encoding::utf8_percent_encode;
use serde_json::{Value, json};

pub(in crate::sandbox::apideck) const HANDLERS: Handlers<State> = &[(&logs::LIST, State::list_logs)];

/// So many logs are kept, the latest ones.
const KEPT: usize = 10_000;

pub(in crate::sandbox::apideck) struct Log {
    pub(in crate::sandbox::apideck) consumer: String,
    operation: &'static Operation,
    path: String,
    status: u16,
    error: Option<String>,
    /// Unix milliseconds.
    pub(in crate::sandbox::apideck) at: u64,
}

impl State {
    /// Remembers a call of Vault's that named a consumer.
    pub(in crate::sandbox::apideck) fn log(&mut self, asked: &Asked<'_>, reply: &mut Reply) {
        let path = path(asked);
        if consumer(asked).is_empty() || !path.starts_with("/vault/") {
            return;
        }
        let message = |body: &mut Value| Some(body.get("message")?.as_str()?.to_owned());
        let log = Log {
            consumer: consumer(asked).to_owned(),
            operation: asked.operation,
            path,
            status: reply.status().as_u16(),
            error: reply.json_mut().and_then(message),
            at: asked.now_millis(),
        };
        let id = self.next_id();
        self.logs.put(id, log);
        self.logs.keep_latest(KEPT);
    }

    fn list_logs(&mut self, asked: &Asked<'_>) -> Step {
        let common = LogFilter::read(asked, "exclude_unified_apis")?;
        let mode = filter(asked, "path_match_mode").map_or(PathMatchMode::Contains, PathMatchMode::from);
        if let PathMatchMode::Unknown(mode) = &mode {
            return Err(invalid(&format!("there is no path_match_mode {}", mode.as_str())));
        }
        let path = filter(asked, "path").unwrap_or_default();
        let mut methods = filters(asked, "http_methods");
        methods.extend(filter(asked, "http_method"));
        let fits = |_: &str, log: &Log| {
            let has_path = path.is_empty()
                || match mode {
                    PathMatchMode::StartsWith => log.path.starts_with(path),
                    PathMatchMode::EndsWith => log.path.ends_with(path),
                    PathMatchMode::Exact => log.path == path,
                    _ => log.path.contains(path),
                };
            log.consumer == consumer(asked)
                && has_path
                && (methods.is_empty() || methods.contains(&log.operation.method().as_str()))
                && common.fits(log.at, log.status, "vault")
        };
        let found = self.logs.follow_back(asked.query("cursor"), page_size(asked)?, fits);
        page(asked, found, |id, log| log_json(asked, id, log))
    }
}

/// The path as it was asked for.
fn path(asked: &Asked<'_>) -> String {
    let mut ids = asked.ids.iter();
    let segments = asked.operation.path().split('/').map(|segment| match placeholder(segment) {
        Some(_) => utf8_percent_encode(ids.next().map_or("", String::as_str), RESERVED).to_string(),
        None => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

fn log_json(asked: &Asked<'_>, id: &str, log: &Log) -> Value {
    let operation = log.operation.id().trim_start_matches("apideck.");
    json!({
        "id": id,
        "parent_id": null,
        "child_request": false,
        "has_children": false,
        "consumer_id": log.consumer,
        "unified_api": "vault",
        "service": { "id": "apideck-vault", "name": "Apideck Vault" },
        "operation": { "id": operation, "name": operation },
        "api_style": "REST",
        "base_url": asked.base_url.split_once("://").map_or("", |(_, host)| host),
        "path": log.path,
        "http_method": log.operation.method().as_str(),
        "status_code": log.status,
        "success": log.status < 400,
        "error_message": log.error,
        "duration": 0.0,
        "execution": 1,
        "latency": 1.0,
        "sandbox": false,
        "source_ip": "127.0.0.1",
        "timestamp": timestamp(log.at),
    })
}
