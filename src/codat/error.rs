use crate::error::{ErrorView, Sealed};
use crate::types::{from_object, model};
use std::fmt;

model! {
    /// The body of Codat's refusals and failures.
    ///
    /// Its `status_code` may differ from the HTTP status; the HTTP status is the one to believe. `Debug` leaves the texts
    /// out, because they may echo what was sent.
    ///
    /// Source: <https://docs.codat.io/using-the-api/errors>.
    #[derive(Clone)]
    #[non_exhaustive]
    secret pub struct ErrorBody in camelCase {
        /// The status as the body has it.
        pub status_code: Option<i64>,
        /// The service of Codat's that answers.
        pub service: Option<String>,
        /// What went wrong, for developers.
        pub error: Option<String>,
        /// The id of the request, for Codat's support.
        pub correlation_id: Option<String> as AnyText,
        /// What Codat's validation found.
        pub validation: Option<Validation>,
        /// Whether repeating may help: `True`, `False` or `Unknown`.
        pub can_be_retried: Option<String> as AnyText,
        /// Codat's code for the error; 0 when it has none.
        pub detailed_error_code: Option<i64>,
    }
}

impl fmt::Debug for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorBody")
            .field("status_code", &self.status_code)
            .field("correlation_id", &self.correlation_id)
            .field("can_be_retried", &self.can_be_retried)
            .field("detailed_error_code", &self.detailed_error_code)
            .finish_non_exhaustive()
    }
}

model! {
    /// What Codat's validation found.
    #[derive(Clone)]
    #[non_exhaustive]
    secret pub struct Validation {
        /// What made the call fail.
        pub errors: Vec<ValidationItem>,
        /// Findings that do not stop it.
        pub warnings: Vec<ValidationItem>,
    }
}

impl fmt::Debug for Validation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { errors, warnings } = self;
        write!(f, "Validation {{ {} errors, {} warnings }}", errors.len(), warnings.len())
    }
}

model! {
    /// One finding of Codat's validation.
    #[derive(Clone)]
    #[non_exhaustive]
    secret pub struct ValidationItem in camelCase {
        /// The item that it is about.
        pub item_id: Option<String>,
        /// What is wrong with it.
        pub message: Option<String>,
        /// The rule that says so.
        pub validator_name: Option<String>,
    }
}

impl fmt::Debug for ValidationItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidationItem").field("validator_name", &self.validator_name).finish_non_exhaustive()
    }
}

impl Sealed for ErrorBody {}

pub(super) fn read(body: &str) -> Result<ErrorView, serde_json::Error> {
    let body: ErrorBody = from_object(body)?;
    Ok(ErrorView {
        code: body.detailed_error_code.filter(|code| *code != 0).map(|code| code.to_string()),
        message: body.error.clone(),
        request_id: body.correlation_id.clone(),
        // A string, and "Unknown" for most errors: only a clear no counts.
        never_retry: body.can_be_retried.as_deref().is_some_and(|text| text.eq_ignore_ascii_case("false")),
        body: Some(Box::new(body)),
        ..ErrorView::default()
    })
}
