use super::{
    builder,
    calls::{self, Input},
    wire::Wire,
};
use connectory::{Error, Outcome, RetryPolicy};
use wiremock::ResponseTemplate;

/// A row of a vendor's error table.
pub struct Refusal {
    pub status: u16,
    /// The variant of `Error`.
    pub variant: &'static str,
    pub outcome: Outcome,
    pub code: Option<&'static str>,
    pub message: Option<&'static str>,
    pub request_id: Option<&'static str>,
}

impl Refusal {
    /// Gives every operation of the vendor this answer, checks what all errors have in common and returns them.
    pub async fn check(&self, vendor: &str, answer: ResponseTemplate, body: &str) -> Vec<Error> {
        let errors = refused(vendor, answer).await;
        for error in &errors {
            let operation = error.operation().unwrap();
            let context = format!("{operation}: {error:?}");
            assert_eq!(variant(error), self.variant, "{context}");
            assert_eq!(error.status().unwrap(), self.status, "{context}");
            assert_eq!(error.outcome(), self.outcome, "{context}");
            assert_eq!(error.code(), self.code, "{context}");
            assert_eq!(error.message(), self.message, "{context}");
            assert_eq!(error.request_id(), self.request_id, "{context}");
            assert_eq!(error.body().unwrap(), body, "{context}");
            assert_eq!(error.attempts(), 1, "{context}");

            let line = error.to_string();
            let head = format!("{}: {} answered {}", operation.id(), operation.provider(), self.status);
            assert!(line.starts_with(&head), "{line}");
            for part in [self.code, self.message, self.request_id].into_iter().flatten() {
                assert!(line.contains(part), "{part:?} is not in {line}");
            }
        }
        errors
    }
}

/// The errors of every operation of the vendor, each sent once.
pub async fn refused(vendor: &str, answer: ResponseTemplate) -> Vec<Error> {
    let wire = Wire::answering(answer).await;
    let client = builder(&wire.base()).no_proxy().retry(RetryPolicy::never()).build().unwrap();
    let mut errors = Vec::new();
    for call in calls::all() {
        if call.id.split('.').next() == Some(vendor) {
            errors.push((call.send)(&client, &Input::default()).await.unwrap_err());
        }
    }
    assert!(!errors.is_empty(), "{vendor} has operations");
    assert_eq!(wire.requests().await.len(), errors.len());
    errors
}

fn variant(error: &Error) -> &'static str {
    match error {
        Error::BadRequest(_) => "BadRequest",
        Error::Unauthorized(_) => "Unauthorized",
        Error::PaymentRequired(_) => "PaymentRequired",
        Error::Forbidden(_) => "Forbidden",
        Error::NotFound(_) => "NotFound",
        Error::Conflict(_) => "Conflict",
        Error::Unprocessable(_) => "Unprocessable",
        Error::RateLimited(_) => "RateLimited",
        Error::Client(_) => "Client",
        Error::Server(_) => "Server",
        Error::Redirect(_) => "Redirect",
        Error::Decode(_) => "Decode",
        Error::Transport(_) => "Transport",
        _ => "another",
    }
}
