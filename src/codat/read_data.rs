//! What Codat's checks found in what was read: `client.codat().read_data()`.

use super::CompanyId;
use super::refresh_data::DatasetId;
use crate::Call;
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::model;
use std::sync::Arc;

/// The operations on what was read.
#[derive(Clone, Debug)]
pub struct ReadData {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.read_data";
    /// changes nothing
    GET_VALIDATION_RESULTS = "get_validation_results": GET "/companies/{companyId}/sync/{datasetId}/validation", Read, sdk "read_data.get_validation_results";
}

impl ReadData {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Returns what Codat's checks found in the data of one pull operation.
    ///
    /// Errors keep the data from being used, warnings do not.
    ///
    /// # Errors
    /// `NotFound` for a pull operation that the company does not have.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-read-validation-results>.
    #[doc(alias = "get-read-validation-results")]
    #[inline]
    pub fn get_validation_results(
        &self,
        company: impl Into<CompanyId>,
        dataset: impl Into<DatasetId>,
    ) -> Call<ValidationResult> {
        self.engine.call(&GET_VALIDATION_RESULTS).path(company.into()).path(dataset.into()).returns()
    }
}

model! {
    /// What Codat's checks found in data that were read or are to be written.
    ///
    /// Source: <https://docs.codat.io/platform-api#/schemas/ValidationResult>.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ValidationResult {
        /// What keeps the data from being used.
        pub errors: Vec<ValidationFinding>,
        /// Findings that do not stop it.
        pub warnings: Vec<ValidationFinding>,
    }
}

model! {
    /// One finding of Codat's checks.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ValidationFinding in camelCase {
        /// The rule, such as `accounting-bill-030`; absent in a push operation.
        pub rule_id: Option<String>,
        /// The item that it is about.
        pub item_id: Option<String>,
        /// What is wrong with it.
        pub message: Option<String>,
        /// The validator that says so.
        pub validator_name: Option<String>,
    }
}
