use super::JobId;
use crate::error::{ErrorView, Sealed};
use crate::types::{from_object, model, open_enum};
use std::fmt;

/// The body of Deck's refusals (400).
///
/// Category and code are made for programs; Deck may reword the messages at any time. `Debug` leaves the messages out,
/// because they may echo what was sent.
///
/// Source: <https://docs.deck.co/docs/error-schema>.
#[derive(Clone)]
#[non_exhaustive]
pub struct ErrorBody {
    /// The broad kind of error.
    pub category: Option<ErrorCategory>,
    /// The particular error.
    pub code: Option<ErrorCode>,
    /// What went wrong, for developers.
    pub message: Option<String>,
    /// What went wrong, for the customer; absent when the customer can do nothing about it.
    pub display_message: Option<String>,
}

/// The body of Deck's 409 while another job runs on the connection.
#[derive(Clone)]
#[non_exhaustive]
pub struct AlreadyRunningJob {
    /// The job that runs.
    pub job_guid: JobId,
    /// What went wrong, for developers.
    pub message: Option<String>,
}

impl fmt::Debug for AlreadyRunningJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlreadyRunningJob").field("job_guid", &self.job_guid).finish_non_exhaustive()
    }
}

impl fmt::Debug for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorBody")
            .field("category", &self.category)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

open_enum! {
    /// The broad kind of a Deck error.
    pub enum ErrorCategory {
        /// The request is wrong.
        InvalidRequest = "INVALID_REQUEST",
        /// What came back is unusable.
        InvalidResult = "INVALID_RESULT",
        /// What the customer entered is wrong.
        InvalidInput = "INVALID_INPUT",
        /// The source has a problem.
        DataSourceError = "DATA_SOURCE_ERROR",
        /// Too many requests.
        RateLimitExceeded = "RATE_LIMIT_EXCEEDED",
        /// Deck has a problem.
        ApiError = "API_ERROR",
        /// The connection has a problem.
        ConnectionError = "CONNECTION_ERROR",
        /// A captcha was not solved.
        RecaptchaError = "RECAPTCHA_ERROR",
        /// The balance could not be fetched.
        FetchBalance = "FETCH_BALANCE",
        /// A payment method could not be added.
        AddPaymentMethod = "ADD_PAYMENT_METHOD",
        /// The payment methods could not be fetched.
        FetchPaymentMethods = "FETCH_PAYMENT_METHODS",
        /// A payment failed.
        Payment = "PAYMENT",
    }
}

open_enum! {
    /// The particular error that Deck reports.
    pub enum ErrorCode {
        /// No such source.
        DataSourceNotFound = "DATA_SOURCE_NOT_FOUND",
        /// The source does not answer.
        DataSourceNotResponding = "DATA_SOURCE_NOT_RESPONDING",
        /// The product's data are not there yet.
        ProductNotReady = "PRODUCT_NOT_READY",
        /// No such connection.
        ConnectionNotFound = "CONNECTION_NOT_FOUND",
        /// The connection could not be made.
        ConnectionFailed = "CONNECTION_FAILED",
        /// The customer's credentials are wrong.
        InvalidCredentials = "INVALID_CREDENTIALS",
        /// The team may not use the live environment.
        LiveConnectivityNotEnabled = "LIVE_CONNECTIVITY_NOT_ENABLED",
        /// The team may not use the product.
        ProductNotEnabled = "PRODUCT_NOT_ENABLED",
        /// The customer has no accounts there.
        NoAccounts = "NO_ACCOUNTS",
        /// The customer has no statements there.
        NoStatements = "NO_STATEMENTS",
        /// The customer's account is locked.
        ConnectionLocked = "CONNECTION_LOCKED",
        /// The source asks for a PIN.
        BlockedByPin = "BLOCKED_BY_PIN",
        /// A field does not pass validation.
        ValidationFailed = "VALIDATION_FAILED",
        /// The client id or secret is wrong.
        InvalidApiKeys = "INVALID_API_KEYS",
        /// The link token is unknown, used or expired.
        InvalidLinkToken = "INVALID_LINK_TOKEN",
        /// The public token is unknown or used.
        InvalidPublicToken = "INVALID_PUBLIC_TOKEN",
        /// The access token is unknown or has been rotated or destroyed.
        InvalidAccessToken = "INVALID_ACCESS_TOKEN",
        /// No such account.
        InvalidAccountId = "INVALID_ACCOUNT_ID",
        /// No such statement.
        InvalidStatementId = "INVALID_STATEMENT_ID",
        /// The customer's consent is missing.
        ConsentRequired = "CONSENT_REQUIRED",
        /// The CURP, Mexico's personal identity code, is wrong.
        InvalidCurp = "INVALID_CURP",
        /// The uploaded document is unusable.
        InvalidDocumentUpload = "INVALID_DOCUMENT_UPLOAD",
        /// An argument is wrong.
        InvalidArgument = "INVALID_ARGUMENT",
        /// The source does not support this.
        NotSupported = "NOT_SUPPORTED",
        /// Deck failed in a way it did not foresee.
        UnexpectedError = "UNEXPECTED_ERROR",
        /// Deck or the source is being maintained.
        PlannedMaintenance = "PLANNED_MAINTENANCE",
        /// No security question is waiting for an answer.
        SecurityQuestionNotFound = "SECURITY_QUESTION_NOT_FOUND",
        /// No captcha is waiting for an answer.
        SecurityCaptchaNotFound = "SECURITY_CAPTCHA_NOT_FOUND",
        /// Too many requests.
        RateLimitExceeded = "RATE_LIMIT_EXCEEDED",
        /// The connection is not open.
        NoActiveConnection = "NO_ACTIVE_CONNECTION",
        /// The source is not one that the link token allows.
        InvalidSource = "INVALID_SOURCE",
        /// The connection is open already.
        ActiveConnectionExists = "ACTIVE_CONNECTION_EXISTS",
    }
}

model! {
    /// What any of Deck's error bodies holds. `job_id` and `message` are the old names.
    secret struct Members {
        error_category: Option<ErrorCategory>,
        error_code: Option<ErrorCode>,
        error_message: Option<String>,
        message: Option<String>,
        display_message: Option<String>,
        job_guid: Option<String> as AnyText,
        job_id: Option<String> as AnyText,
    }
}

impl Sealed for ErrorBody {}

impl Sealed for AlreadyRunningJob {}

pub(super) fn read(body: &str) -> Result<ErrorView, serde_json::Error> {
    let members: Members = from_object(body)?;
    let Members { error_category: category, error_code: code, display_message, .. } = members;
    let message = members.error_message.or(members.message);
    let view = ErrorView {
        code: code.as_ref().map(|code| code.as_str().to_owned()),
        message: message.clone(),
        ..ErrorView::default()
    };
    Ok(match members.job_guid.or(members.job_id) {
        // It is another job, so waiting for the end of this request would not help.
        Some(job_guid) => ErrorView {
            never_retry: true,
            body: Some(Box::new(AlreadyRunningJob { job_guid: job_guid.into(), message })),
            ..view
        },
        None => {
            ErrorView { body: Some(Box::new(ErrorBody { category, code, message, display_message })), ..view }
        }
    })
}
