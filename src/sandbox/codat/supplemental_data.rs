//! Which members are added to Codat's models.

use super::integrations::platform;
use super::{State, body, done, failure, invalid, ok, without_nulls};
use crate::codat::supplemental_data;
use crate::sandbox::body::{Member, Texts, body};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::object;
use http::StatusCode;
use serde_json::{Map, Value};

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

body! {
    struct Configuration in camelCase {
        /// Sources by name.
        supplemental_data_config: Map<String, Value>,
    }
}

body! {
    struct Source in camelCase {
        data_source: String,
        pull_data: Option<Texts>,
        push_data: Option<Texts>,
    }
}

impl Source {
    fn json(&self) -> Value {
        without_nulls(object!({
            "dataSource": self.data_source,
            "pullData": self.pull_data.as_ref().map(Texts::to_json),
            "pushData": self.push_data.as_ref().map(Texts::to_json),
        }))
    }
}

impl State {
    fn configure_supplemental_data(&mut self, asked: &Asked<'_>) -> Step {
        let key = key(asked)?;
        let Configuration { supplemental_data_config: mut sources } = body(asked)?;
        for source in sources.values_mut() {
            *source = Source::read(source.take()).map_err(|_| invalid(asked))?.json();
        }
        self.supplemental_data.put(&key, object!({ "supplementalDataConfig": sources }));
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
