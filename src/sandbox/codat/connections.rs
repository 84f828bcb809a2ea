//! Connections: authorized by the customer, ended by you or by the software.

use super::catalog::{Integration, integration};
use super::pages::list;
use super::{State, body, done, invalid, iso, ok, refusal, segment};
use crate::codat::connections::{self, ConnectionStatus, SourceType};
use crate::sandbox::body::{Texts, body, read_by_serde};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::{self, object};
use crate::sandbox::random::Random;
use http::StatusCode;
use serde_json::{Value, json};
use std::time::SystemTime;

pub(super) const HANDLERS: Handlers<State> = &[
    (&connections::LIST, State::list_connections),
    (&connections::CREATE, State::create_connection),
    (&connections::GET, State::get_connection),
    (&connections::UNLINK, State::unlink_connection),
    (&connections::DELETE, State::delete_connection),
    (&connections::UPDATE_AUTHORIZATION, State::update_authorization),
];

read_by_serde! { ConnectionStatus }

pub(super) struct Connection {
    pub(super) company: String,
    pub(super) integration: &'static Integration,
    pub(super) status: ConnectionStatus,
    created: SystemTime,
    was_linked: bool,
    troubles: Vec<Trouble>,
}

/// Something that went wrong with a connection.
struct Trouble {
    status: StatusCode,
    message: &'static str,
    at: SystemTime,
    resolved: Option<SystemTime>,
}

impl Connection {
    pub(super) fn new(company: String, integration: &'static Integration, created: SystemTime) -> Self {
        let status = ConnectionStatus::PendingAuth;
        Self { company, integration, status, created, was_linked: false, troubles: Vec::new() }
    }

    fn is_active_accounting(&self) -> bool {
        self.status == ConnectionStatus::Linked && self.integration.source_type == SourceType::Accounting
    }

    /// True for the first time.
    fn link(&mut self, now: SystemTime) -> bool {
        self.status = ConnectionStatus::Linked;
        self.troubles.iter_mut().for_each(|trouble| trouble.resolved = trouble.resolved.or(Some(now)));
        !std::mem::replace(&mut self.was_linked, true)
    }

    /// The software refuses Codat from now on. False where it did before.
    pub(super) fn deauthorize(&mut self, now: SystemTime) -> bool {
        let was_linked = self.status == ConnectionStatus::Linked;
        if was_linked {
            self.status = ConnectionStatus::Deauthorized;
            self.fail(StatusCode::UNAUTHORIZED, "The authorization was revoked or has expired", now);
        }
        was_linked
    }

    /// The customer turns back on the way. False for a connection that has been linked.
    pub(super) fn cancel(&mut self, now: SystemTime) -> bool {
        let is_pending = self.status == ConnectionStatus::PendingAuth;
        if is_pending {
            self.fail(StatusCode::FORBIDDEN, "User cancelled linking", now);
        }
        is_pending
    }

    fn fail(&mut self, status: StatusCode, message: &'static str, at: SystemTime) {
        self.troubles.push(Trouble { status, message, at, resolved: None });
    }

    pub(super) fn json(&self, base_url: &str, id: &str, last_sync: Option<SystemTime>) -> Value {
        let Self { company, integration, .. } = self;
        let mut troubles = self.troubles.iter().map(|trouble| {
            object!({
                "statusCode": trouble.status.as_str(),
                "statusText": trouble.status.canonical_reason(),
                "errorMessage": trouble.message,
                "erroredOnUtc": iso(trouble.at),
                "status": if trouble.resolved.is_some() { "Resolved" } else { "Active" },
                "resolvedOnUtc": trouble.resolved.map(iso),
            })
        });
        object!({
            "id": id,
            "integrationId": integration.id,
            "integrationKey": integration.key,
            "sourceId": integration.source_id,
            "platformName": integration.name,
            "linkUrl":
                format!("{base_url}/companies/{}/connections/{}/start", segment(company), segment(id)),
            "status": self.status,
            "sourceType": integration.source_type,
            "lastSync": last_sync.map(iso),
            "created": iso(self.created),
            "dataConnectionErrors": object::list(&mut troubles),
            "connectionInfo": json!({}),
        })
    }
}

impl State {
    fn list_connections(&mut self, asked: &Asked<'_>) -> Step {
        let (company, _) = self.company(asked)?;
        let connections = self.connections.filter(&|_, connection| connection.company == company);
        let syncs = self.last_syncs(asked.now);
        list(asked, &connections, |(id, connection)| {
            connection.json(&asked.base_url, id, syncs.get(id).copied())
        })
    }

    fn create_connection(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body in camelCase {
                platform_key: String,
            }
        }

        let (company, _) = self.company(asked)?;
        let Body { platform_key } = body(asked)?;
        let integration = integration(&platform_key).ok_or_else(|| {
            let message = format!("Platform with key {platform_key} not found");
            refusal(asked.random, StatusCode::NOT_FOUND, "PublicApi", &message)
        })?;
        let id = asked.random.uuid().to_string();
        let connection = Connection::new(company.to_owned(), integration, asked.now);
        self.connections.put(id.as_str(), connection);
        self.tell_of_connection(&id, "connection.created", asked.now);
        ok(self.connection_json(&id, asked.now))
    }

    fn get_connection(&mut self, asked: &Asked<'_>) -> Step {
        let (id, _) = self.connection(asked)?;
        ok(self.connection_json(id, asked.now))
    }

    fn unlink_connection(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                status: ConnectionStatus,
            }
        }

        let (id, connection) = self.connection(asked)?;
        let Body { status } = body(asked)?;
        if status != ConnectionStatus::Unlinked {
            return Err(invalid(asked));
        }
        if connection.status != ConnectionStatus::Linked {
            let message = "Only Linked data connections can be unlinked";
            return Err(refusal(asked.random, StatusCode::BAD_REQUEST, "PublicApi", message));
        }
        connection.status = status;
        self.tell_of_connection(id, "connection.disconnected", asked.now);
        ok(self.connection_json(id, asked.now))
    }

    fn delete_connection(&mut self, asked: &Asked<'_>) -> Step {
        let (id, _) = self.connection(asked)?;
        self.tell_of_connection(id, "connection.deleted", asked.now);
        self.connections.delete(id);
        done(StatusCode::OK)
    }

    /// Any credentials will do, as long as there are some.
    fn update_authorization(&mut self, asked: &Asked<'_>) -> Step {
        let (id, _) = self.connection(asked)?;
        let credentials: Texts = body(asked)?;
        if credentials.len() == 0 {
            return Err(invalid(asked));
        }
        if !self.link(id, asked.now, asked.random) {
            return Err(second_accounting(asked));
        }
        ok(self.connection_json(id, asked.now))
    }

    pub(super) fn connection_json(&self, id: &str, now: SystemTime) -> Value {
        let last_sync = self.last_syncs(now).get(id).copied();
        let connection = self.connections.get(id);
        connection.map_or(Value::Null, |connection| connection.json(&self.base_url, id, last_sync))
    }

    /// Id and connection that the path names: one of the company that it names.
    pub(super) fn connection<'a>(
        &mut self,
        asked: &'a Asked<'_>,
    ) -> Result<(&'a str, &mut Connection), Reply> {
        let (company, _) = self.company(asked)?;
        let id = asked.id("connectionId")?;
        let found = self.connections.get_mut(id).filter(|connection| connection.company == company);
        let connection = found.ok_or_else(|| {
            let message = format!("Data connection {id} not found");
            refusal(asked.random, StatusCode::NOT_FOUND, "PublicApi", &message)
        })?;
        Ok((id, connection))
    }

    /// The customer authorizes; false where there is no such connection, or another one to accounting software is active.
    ///
    /// The first time Codat begins to read.
    pub(super) fn link(&mut self, id: &str, now: SystemTime, random: &Random) -> bool {
        let Some(connection) = self.connections.get(id) else { return false };
        let is_accounting = connection.integration.source_type == SourceType::Accounting;
        let company = connection.company.as_str();
        let is_other = |(other, connection): (&str, &Connection)| {
            other != id && connection.company == company && connection.is_active_accounting()
        };
        if is_accounting && self.connections.iter().any(is_other) {
            return false;
        }
        let Some(connection) = self.connections.get_mut(id) else { return false };
        let before = std::mem::replace(&mut connection.status, ConnectionStatus::Linked);
        let (company, is_first) = (connection.company.clone(), connection.link(now));
        match before {
            ConnectionStatus::Linked => {}
            ConnectionStatus::PendingAuth => self.tell_of_connection(id, "connection.connected", now),
            _ => self.tell_of_connection(id, "connection.reconnected", now),
        }
        if is_first {
            let pulls = self.pull_all(id, now, random);
            self.read_together(&company, &pulls);
        }
        true
    }

    /// How many companies have a connection that works.
    pub(super) fn active_companies(&self) -> usize {
        let linked = self.connections.filter(&|_, it| it.status == ConnectionStatus::Linked);
        let mut companies: Vec<_> =
            linked.into_iter().map(|(_, connection)| connection.company.as_str()).collect();
        companies.sort_unstable();
        companies.dedup();
        companies.len()
    }
}

fn second_accounting(asked: &Asked<'_>) -> Reply {
    let message = "The company has an active accounting connection";
    refusal(asked.random, StatusCode::BAD_REQUEST, "PublicApi", message)
}
