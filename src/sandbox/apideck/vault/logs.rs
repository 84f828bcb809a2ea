//! What was asked for consumers.

use crate::apideck::vault::logs::{self, PathMatchMode};
use crate::apideck::vault::{connections, consumers, custom_mappings, sessions};
use crate::call::RESERVED;
use crate::operation::Operation;
use crate::sandbox::apideck::pages::{LogFilter, filter, filters, page, page_size};
use crate::sandbox::apideck::{State, consumer, invalid, timestamp};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::object;
use crate::sandbox::route::placeholder;
use percent_encoding::utf8_percent_encode;
use serde_json::Value;

pub(in crate::sandbox::apideck) const HANDLERS: Handlers<State> = &[(&logs::LIST, State::list_logs)];

/// So many logs are kept, the latest ones.
const KEPT: usize = 10_000;

/// Apideck's own ids and names of Vault's operations, by which it logs them.
const NAMES: [(&Operation, &str, &str); 32] = [
    (&connections::LIST, "connectionsAll", "Get all connections"),
    (&connections::GET, "connectionsOne", "Get connection"),
    (&connections::CREATE, "connectionsAdd", "Create connection"),
    (&connections::UPDATE, "connectionsUpdate", "Update connection"),
    (&connections::DELETE, "connectionsDelete", "Deletes a connection"),
    (&connections::IMPORT, "connectionsImport", "Import connection"),
    (&connections::MIGRATE, "connectionsMigrate", "Migrate connection"),
    (&connections::TOKEN, "connectionsToken", "Authorize Access Token"),
    (&connections::VALIDATE, "validateConnectionState", "Validate Connection State"),
    (&connections::CONSENTS, "connectionConsentsAll", "Get consent records"),
    (&connections::UPDATE_CONSENT, "connectionConsentUpdate", "Update consent state"),
    (&connections::CREATE_CALLBACK_STATE, "createCallbackState", "Create Callback State"),
    (&connections::CONFIRM, "connectionsConfirm", "Confirm Connection"),
    (&connections::RESOURCE_SETTINGS, "connectionSettingsAll", "Get resource settings"),
    (&connections::UPDATE_RESOURCE_SETTINGS, "connectionSettingsUpdate", "Update settings"),
    (&connections::SCHEMA, "connectionsSchema", "Get resource schema"),
    (&connections::EXAMPLE, "connectionsExample", "Get resource example"),
    (&connections::CUSTOM_FIELDS, "customFieldsAll", "Get resource custom fields"),
    (&connections::CUSTOM_MAPPINGS, "connectionCustomMappingsAll", "List connection custom mappings"),
    (&consumers::LIST, "consumersAll", "Get all consumers"),
    (&consumers::CREATE, "consumersAdd", "Create consumer"),
    (&consumers::GET, "consumersOne", "Get consumer"),
    (&consumers::UPDATE, "consumersUpdate", "Update consumer"),
    (&consumers::DELETE, "consumersDelete", "Delete consumer"),
    (&consumers::REQUEST_COUNTS, "consumerRequestCountsAll", "Consumer request counts"),
    (&custom_mappings::LIST, "customMappingsAll", "List custom mappings"),
    (&custom_mappings::GET, "customMappingsOne", "Get custom mapping"),
    (&custom_mappings::CREATE, "customMappingsAdd", "Create custom mapping"),
    (&custom_mappings::UPDATE, "customMappingsUpdate", "Update custom mapping"),
    (&custom_mappings::DELETE, "customMappingsDelete", "Deletes a custom mapping"),
    (&sessions::CREATE, "sessionsCreate", "Create Session"),
    (&logs::LIST, "logsAll", "Get all consumer request logs"),
];

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
        self.logs.put(&id, log);
        for forgotten in self.logs.keep_latest(KEPT) {
            self.count_forgotten(&forgotten.consumer, forgotten.at);
        }
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
        let found = self.logs.follow_back(asked.query("cursor"), page_size(asked)?, &fits);
        page(asked, found, &|id, log| log_json(asked, id, log))
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
    let named = NAMES.iter().find(|(operation, ..)| std::ptr::eq(*operation, log.operation));
    let (operation_id, operation_name) = named.map_or(("", ""), |(_, id, name)| (*id, *name));
    object!({
        "id": id,
        "parent_id": Value::Null,
        "child_request": false,
        "has_children": false,
        "consumer_id": log.consumer,
        "unified_api": "vault",
        "service": object!({ "id": "apideck-vault", "name": "Apideck Vault" }),
        "operation": object!({ "id": operation_id, "name": operation_name }),
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

#[cfg(test)]
mod tests {
    use super::NAMES;
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_of_vault_s_has_a_name_of_its_own() {
        let vault = crate::operations().filter(|operation| operation.id().starts_with("apideck.vault."));
        let known: Vec<_> = NAMES.iter().map(|(operation, ..)| operation.id()).collect();
        for operation in vault {
            assert!(known.contains(&operation.id()), "{operation}");
        }
        let ids: BTreeSet<_> = NAMES.iter().map(|(_, id, _)| id).collect();
        assert_eq!((ids.len(), known.len()), (NAMES.len(), NAMES.len()));
    }
}
