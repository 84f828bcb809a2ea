//! Work that Deck does at a source: `client.deck().jobs()`.

use super::{JobId, SourceId};
use crate::engine::{Engine, visible};
use crate::operation::operations;
use crate::types::{model, open_enum, request, setters, with_secrets};
use crate::{Call, JsonMap, Secret};
use http::HeaderName;
use serde::Serialize;
use serde_json::{Value, value::to_raw_value};
use std::{fmt, sync::Arc};

/// The operations on jobs.
#[derive(Clone, Debug)]
pub struct Jobs {
    engine: Arc<Engine>,
}

static OUTCOME: HeaderName = HeaderName::from_static("x-deck-sandbox");

operations! { Deck, "deck.jobs";
    /// Deck keeps a key for 24 hours
    SUBMIT = "submit": POST "/jobs/submit", Keyed, sdk "jobs.submit";
    /// a code works once
    ANSWER_MFA = "answer_mfa": POST "/jobs/mfa/answer", Once, sdk "jobs.answer_mfa";
}

impl Jobs {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Submits a job and returns its id; the result comes by webhook.
    ///
    /// The call carries an idempotency key, fixed before the first attempt, so a lost answer is asked for again without
    /// the job running twice. Deck keeps a key for 24 hours and then answers what it answered first, failures included:
    /// a new try needs a new key. To ask again after a crash or an error with the outcome `Unknown`, set a key of your
    /// own with [`idempotency_key`](Call::idempotency_key): the generated one ends with the call.
    ///
    /// # Errors
    /// `Request` when the input serialises to anything but an object: nothing is sent.
    /// `Conflict` with an [`AlreadyRunningJob`](super::AlreadyRunningJob) while another job runs on the connection, and
    /// without one when the idempotency key was used for another input. After a lost answer
    /// ([`outcome`](crate::Error::outcome) is then `Unknown`) the job that runs may be the one of this very call.
    /// `BadRequest` with
    /// [`NoActiveConnection`](super::ErrorCode::NoActiveConnection) when the connection is not open.
    ///
    /// Source: <https://docs.deck.co/guides/development/idempotency>.
    #[inline]
    pub fn submit<I: Serialize>(&self, body: &SubmitJob<I>) -> Call<Job> {
        let mut draft = self.engine.call(&SUBMIT).json(body);
        // Deck answers anything else with a refusal that names no member.
        if !with_secrets(|| to_raw_value(&body.input)).is_ok_and(|input| input.get().starts_with('{')) {
            draft = draft.refuse("the input of a job is no JSON object".to_owned());
        }
        if let Some(outcome) = &body.sandbox_outcome {
            draft = draft.header(&OUTCOME, visible(outcome.as_str()));
        }
        draft.returns()
    }

    /// Passes on the customer's answer to the question that a job asks.
    ///
    /// Never repeated after a lost answer, because a code works once; the job's next webhook tells whether it arrived.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/jobs/README.md>.
    #[doc(alias = "answerMFA")]
    #[inline]
    pub fn answer_mfa(&self, body: &AnswerJobMfa) -> Call<()> {
        self.engine.call(&ANSWER_MFA).json(body).returns_nothing()
    }
}

open_enum! {
    /// What a job does. Your own jobs have codes of their own.
    pub enum JobCode {
        /// Opens a connection, or finds it open.
        EnsureConnection = "EnsureConnection",
        /// Closes a connection.
        CloseConnection = "CloseConnection",
        /// Fetches documents.
        FetchDocuments = "FetchDocuments",
        /// Fetches the payment methods that the customer has stored.
        FetchPaymentMethods = "FetchPaymentMethods",
        /// Fetches the balance.
        FetchBalance = "FetchBalance",
        /// Makes a payment.
        MakePayment = "MakePayment",
    }
}

open_enum! {
    /// How Deck's sandbox shall end a job that is neither EnsureConnection nor CloseConnection.
    pub enum SandboxOutcome {
        /// The job fails.
        JobFailed = "job-failed",
        /// The input is wrong.
        ErrorInputValues = "error-input-values",
        /// What the input names is not there.
        ErrorNotFound = "error-not-found",
        /// Deck fails.
        ErrorSystemError = "error-system-error",
        /// The source rejects the action.
        ErrorActionRejected = "error-action-rejected",
        /// Something unforeseen happens.
        ErrorUnexpectedError = "error-unexpected-error",
    }
}

/// A job to submit. `Debug` leaves the input out, because it may hold credentials.
#[derive(Clone, Serialize)]
#[non_exhaustive]
#[doc(alias = "JobRequest")]
pub struct SubmitJob<I> {
    /// What the job does.
    pub job_code: JobCode,
    /// What it needs to know: an object whose members depend on the code.
    pub input: I,
    /// How Deck's sandbox shall end it. Not for the live environment.
    #[serde(skip)]
    pub sandbox_outcome: Option<SandboxOutcome>,
}

impl<I> SubmitJob<I> {
    /// A job with this input, which must serialise to a JSON object.
    pub fn new(job_code: impl Into<JobCode>, input: I) -> Self {
        Self { job_code: job_code.into(), input, sandbox_outcome: None }
    }

    setters! {
        sandbox_outcome: Option<SandboxOutcome>,
    }
}

impl SubmitJob<EnsureConnection> {
    /// Opens a connection with the customer's credentials.
    pub fn ensure_connection(input: EnsureConnection) -> Self {
        Self::new(JobCode::EnsureConnection, input)
    }
}

impl SubmitJob<ConnectionInput> {
    /// Closes the connection with this access token.
    pub fn close_connection(access_token: impl Into<Secret>) -> Self {
        Self::new(JobCode::CloseConnection, ConnectionInput::new(access_token))
    }

    /// Fetches the documents of the connection with this access token.
    pub fn fetch_documents(access_token: impl Into<Secret>) -> Self {
        Self::new(JobCode::FetchDocuments, ConnectionInput::new(access_token))
    }

    /// Fetches the payment methods of the connection with this access token.
    pub fn fetch_payment_methods(access_token: impl Into<Secret>) -> Self {
        Self::new(JobCode::FetchPaymentMethods, ConnectionInput::new(access_token))
    }

    /// Fetches the balance of the connection with this access token.
    pub fn fetch_balance(access_token: impl Into<Secret>) -> Self {
        Self::new(JobCode::FetchBalance, ConnectionInput::new(access_token))
    }

    /// Makes a payment over the connection with this access token; [`input`](Self::input) says which.
    pub fn make_payment(access_token: impl Into<Secret>) -> Self {
        Self::new(JobCode::MakePayment, ConnectionInput::new(access_token))
    }

    /// Adds a member to the input.
    #[must_use]
    pub fn input(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.input.more = self.input.more.with(key, value);
        self
    }
}

impl<I> fmt::Debug for SubmitJob<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubmitJob")
            .field("job_code", &self.job_code)
            .field("sandbox_outcome", &self.sandbox_outcome)
            .finish_non_exhaustive()
    }
}

request! {
    /// What opening a connection needs to know.
    ///
    /// Source: <https://docs.deck.co/guides/authentication/headless>.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct EnsureConnection {
        /// The source.
        pub source_guid: SourceId,
        /// The customer's user name there.
        pub username: Secret as Hidden,
        /// The customer's password there.
        pub password: Secret as Hidden,
        /// Your own id of the customer or the connection.
        pub external_id: Option<String>,
        /// Where the job's events are sent.
        pub webhook_url: Option<String>,
    }
}

impl EnsureConnection {
    /// Signs in at this source with these credentials.
    pub fn new(
        source: impl Into<SourceId>,
        username: impl Into<Secret>,
        password: impl Into<Secret>,
    ) -> Self {
        Self {
            source_guid: source.into(),
            username: username.into(),
            password: password.into(),
            external_id: None,
            webhook_url: None,
        }
    }

    setters! {
        external_id: Option<String>,
        webhook_url: Option<String>,
    }
}

request! {
    /// What a job on an open connection needs to know.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct ConnectionInput {
        /// The connection's access token.
        pub access_token: Secret as Hidden,
        /// What else the job's code asks for.
        pub more: JsonMap as More,
    }
}

impl ConnectionInput {
    /// The connection with this access token.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self { access_token: access_token.into(), more: JsonMap::new() }
    }
}

request! {
    /// A customer's answer to the question that a job asks.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "JobMfaAnswerRequest")]
    pub struct AnswerJobMfa {
        /// The job that asks.
        pub job_guid: Option<JobId>,
        /// The answer, or the code that the customer was sent.
        pub answer: Secret as Hidden,
    }
}

impl AnswerJobMfa {
    /// This answer, to the job that asks.
    pub fn new(job: impl Into<JobId>, answer: impl Into<Secret>) -> Self {
        Self { job_guid: Some(job.into()), answer: answer.into() }
    }
}

model! {
    /// A job that has been submitted.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Job {
        /// The job's id, as webhooks name it.
        pub job_guid: JobId,
        /// What it does.
        pub job_code: Option<JobCode>,
    }
}
