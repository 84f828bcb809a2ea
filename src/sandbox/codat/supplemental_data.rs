//! Which members are added to Codat's models.

use super::integrations::platform;
use super::{State, body, done, failure, ok};
use crate::codat::supplemental_data;
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

pub(super) const HANDLERS: Handlers<State> = &[
    (&supplemental_data::CONFIGURE, State::configure_supplemental_data),
    (&supplemental_data::GET_CONFIGURATION, State::get_supplemental_data_configuration),
];

const DATA_TYPES: [&str; 21] = [
    "bills",
    "chartOfAccounts",
    "commerce-companyInfo",
    "commerce-customers",
    "commerce-disputes",
    "commerce-locations",
    "commerce-orders",
    "commerce-paymentMethods",
    "commerce-payments",
    "commerce-productCategories",
    "commerce-products",
    "commerce-taxComponents",
    "commerce-transactions",
    "company",
    "creditNotes",
    "customers",
    "invoices",
    "items",
    "journalEntries",
    "suppliers",
    "taxRates",
];

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Configuration {
    supplemental_data_config: BTreeMap<String, Source>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Source {
    data_source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull_data: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    push_data: Option<BTreeMap<String, String>>,
}

impl State {
    fn configure_supplemental_data(&mut self, asked: &Asked<'_>) -> Step {
        let key = key(asked)?;
        let configuration: Configuration = body(asked)?;
        self.supplemental_data.put(key, json!(configuration));
        done(StatusCode::OK)
    }

    fn get_supplemental_data_configuration(&mut self, asked: &Asked<'_>) -> Step {
        match self.supplemental_data.get(&key(asked)?) {
            Some(configuration) => ok(configuration.clone()),
            None => Err(failure(asked.random, StatusCode::NOT_FOUND)),
        }
    }
}

/// The integration and the data type that the path names.
fn key(asked: &Asked<'_>) -> Result<String, Reply> {
    let (platform, data_type) = (platform(asked)?, asked.id("dataType")?);
    match DATA_TYPES.contains(&data_type) {
        true => Ok(format!("{}/{data_type}", platform.key)),
        false => Err(failure(asked.random, StatusCode::NOT_FOUND)),
    }
}
