//! Custom data types: how they are read, and what was read.

use super::integrations::platform;
use super::pages::list;
use super::{Codat, State, body, failure, iso, ok};
use crate::JsonMap;
use crate::codat::connections::{ConnectionId, ConnectionStatus};
use crate::codat::custom_data_types::{self, CustomDataIdentifier};
use crate::sandbox::body::{Texts, body};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::object;
use http::StatusCode;
use serde_json::Value;

pub(super) const HANDLERS: Handlers<State> = &[
    (&custom_data_types::CONFIGURE, State::configure_custom_data_type),
    (&custom_data_types::GET_CONFIGURATION, State::get_custom_data_type_configuration),
    (&custom_data_types::LIST_RECORDS, State::list_custom_data_records),
    (&custom_data_types::REFRESH, State::refresh_custom_data_type),
];

body! {
    struct Configuration in camelCase {
        data_source: String,
        required_data: Texts,
        key_by: Vec<String>,
        source_modified_date: Option<Vec<String>>,
    }
}

impl Configuration {
    fn json(&self) -> Value {
        object!({
            "dataSource": self.data_source,
            "requiredData": self.required_data.to_json(),
            "keyBy": self.key_by,
            "sourceModifiedDate": self.source_modified_date,
        })
    }
}

/// A record of a custom data type.
pub(super) struct Record {
    connection: String,
    data_type: String,
    json: Value,
}

impl Codat<'_> {
    /// Adds a record to what is read of a custom data type from this connection.
    pub fn add_custom_data(
        &self,
        connection: impl Into<ConnectionId>,
        data_type: impl Into<CustomDataIdentifier>,
        content: JsonMap,
    ) {
        let id = self.context.random.uuid().to_string();
        let json = object!({
            "id": id,
            "content": content.to_map(),
            // An object with the date in it, as the document has it.
            "modifiedDate": object!({ "modifiedDate": iso(self.context.now()) }),
        });
        let (connection, data_type) = (connection.into().to_string(), data_type.into().to_string());
        self.state().records.put(&id, Record { connection, data_type, json });
    }
}

impl State {
    fn configure_custom_data_type(&mut self, asked: &Asked<'_>) -> Step {
        let key = key(asked, platform(asked)?.key)?;
        let configuration = body::<Configuration>(asked)?.json();
        self.custom_data_types.put(&key, configuration.clone());
        ok(configuration)
    }

    /// The configuration, whatever the document says.
    fn get_custom_data_type_configuration(&mut self, asked: &Asked<'_>) -> Step {
        let key = key(asked, platform(asked)?.key)?;
        match self.custom_data_types.get(&key) {
            Some(configuration) => ok(configuration.clone()),
            None => Err(failure(asked.random, StatusCode::NOT_FOUND)),
        }
    }

    /// A page without links, as the document has it.
    fn list_custom_data_records(&mut self, asked: &Asked<'_>) -> Step {
        let ((connection, _), data_type) = (self.connection(asked)?, asked.id("customDataIdentifier")?);
        let is_asked = |record: &Record| record.connection == connection && record.data_type == data_type;
        let records = self.records.filter(&|_, record| is_asked(record));
        let mut page = list(asked, &records, |(_, record)| record.json.clone())?;
        if let Some(members) = page.json_mut().and_then(Value::as_object_mut) {
            members.remove("_links");
        }
        Ok(page)
    }

    /// What is not configured for the connection's integration is not found.
    fn refresh_custom_data_type(&mut self, asked: &Asked<'_>) -> Step {
        let (id, connection) = self.connection(asked)?;
        let is_linked = connection.status == ConnectionStatus::Linked;
        let (key, company) = (key(asked, connection.integration.key)?, connection.company.clone());
        if !is_linked || self.custom_data_types.get(&key).is_none() {
            return Err(failure(asked.random, StatusCode::NOT_FOUND));
        }
        let data_type = format!("custom/{}", asked.id("customDataIdentifier")?);
        let pull = self.pull(id, &data_type, asked.now, asked.random);
        self.read_together(&company, std::slice::from_ref(&pull));
        ok(pull)
    }
}

/// The integration and the custom data type.
fn key(asked: &Asked<'_>, platform: &str) -> Result<String, Reply> {
    Ok(format!("{platform}/{}", asked.id("customDataIdentifier")?))
}
