//! Where consumers' custom fields are found.

use crate::apideck::vault::custom_mappings;
use crate::sandbox::apideck::catalog::Service;
use crate::sandbox::apideck::{State, body, consumer, not_found, service, success};
use crate::sandbox::body::body;
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::object;
use http::StatusCode;
use serde_json::Value;

pub(in crate::sandbox::apideck) const HANDLERS: Handlers<State> = &[
    (&custom_mappings::LIST, State::list_mappings),
    (&custom_mappings::GET, State::get_mapping),
    (&custom_mappings::CREATE, State::create_mapping),
    (&custom_mappings::UPDATE, State::update_mapping),
    (&custom_mappings::DELETE, State::delete_mapping),
];

pub(in crate::sandbox::apideck) struct Mapping {
    pub(in crate::sandbox::apideck) consumer: String,
    service: &'static Service,
    target_field: String,
    value: String,
}

impl Mapping {
    fn is_of(&self, consumer: &str, service: &Service) -> bool {
        self.consumer == consumer
            && (self.service.unified_api, self.service.id) == (service.unified_api, service.id)
    }
}

impl State {
    fn list_mappings(&mut self, asked: &Asked<'_>) -> Step {
        let service = service(asked)?;
        Ok(success(self.mappings_of(consumer(asked), service).into()))
    }

    pub(in crate::sandbox::apideck) fn mappings_of(&self, consumer: &str, service: &Service) -> Vec<Value> {
        let mappings = self.mappings.filter(&|_, mapping| mapping.is_of(consumer, service));
        mappings.into_iter().map(|(_, mapping)| mapping_json(mapping)).collect()
    }

    fn get_mapping(&mut self, asked: &Asked<'_>) -> Step {
        let mapping = self.mappings.get(&key(asked)?).ok_or_else(|| unknown(asked))?;
        Ok(success(mapping_json(mapping)))
    }

    /// One that is there is replaced.
    fn create_mapping(&mut self, asked: &Asked<'_>) -> Step {
        let (key, Input { value }) = (key(asked)?, body(asked)?);
        let mapping = Mapping {
            consumer: consumer(asked).to_owned(),
            service: service(asked)?,
            target_field: asked.id("target_field_id")?.to_owned(),
            value,
        };
        let shown = mapping_json(&mapping);
        self.mappings.put(&key, mapping);
        Ok(success(shown))
    }

    fn update_mapping(&mut self, asked: &Asked<'_>) -> Step {
        let (key, Input { value }) = (key(asked)?, body(asked)?);
        let mapping = self.mappings.get_mut(&key).ok_or_else(|| unknown(asked))?;
        mapping.value = value;
        Ok(success(mapping_json(mapping)))
    }

    fn delete_mapping(&mut self, asked: &Asked<'_>) -> Step {
        self.mappings.delete(&key(asked)?).ok_or_else(|| unknown(asked))?;
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    }
}

/// Consumer, service and target field; no header holds a line break.
fn key(asked: &Asked<'_>) -> Result<String, Reply> {
    let Service { unified_api, id, .. } = service(asked)?;
    Ok(format!("{}\n{unified_api}\n{id}\n{}", consumer(asked), asked.id("target_field_id")?))
}

fn unknown(asked: &Asked<'_>) -> Reply {
    not_found("EntityNotFoundError", "custom mapping", asked.id("target_field_id").unwrap_or_default())
}

fn mapping_json(mapping: &Mapping) -> Value {
    let key = mapping.target_field.rsplit('+').next().unwrap_or_default();
    object!({
        "id": mapping.target_field,
        "key": key,
        "label": key.replace('_', " "),
        "description": Value::Null,
        "value": mapping.value,
        "required": false,
        "custom_field": false,
        "consumer_id": mapping.consumer,
        "example": Value::Null,
    })
}

body! {
    struct Input {
        value: String,
    }
}
