//! What Deck delivers to your webhook: verified, and typed.

#[cfg(feature = "deck-encryption")]
use super::encryption::{Cipher, Encrypt};
use super::jobs::JobCode;
use super::{ConnectionId, ErrorCategory, ErrorCode, JobId};
#[cfg(feature = "deck-encryption")]
use crate::engine::BodyCipher;
#[cfg(any(test, fuzzing, feature = "sandbox"))]
use crate::events::signature::to_base64;
use crate::events::signature::{Key, digest, from_base64, signed};
use crate::events::{Bounds, Delivery, EventError, Headers, RawEvent, events, read, verifier_methods};
use crate::types::{model, open_enum};
use crate::{Error, OtherJson, Provider, Secret};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use secrecy::zeroize::Zeroizing;
use std::time::SystemTime;
#[cfg(feature = "deck-encryption")]
use std::{fmt, sync::Arc};

/// Verifies what Deck delivers to your webhook, with the team's HMAC key.
///
/// A delivery carries neither a time nor an id: whoever has seen one can send it again, under the same [`Delivery::id`]. So
/// has what happens again, such as credentials that are refused once more: skip by the id only what comes once, which is
/// [`Event::JobEnded`] and [`Event::LinkConnectionCreated`].
/// Deck signs for teams that have HMAC switched on, waits 10 seconds for a 200, and delivers up to three times more.
///
/// ```
/// use connectory::deck::events::{Event, Verifier};
///
/// let verifier = Verifier::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")?;
/// let body = br#"{"link_token":"link-sandbox-77bd1897-b21b-4eb8-fca6-08dda362f7ed","public_token":"public-sandbox-b7500d0c-920d-46cf-44eb-08dda3634c66","webhook_type":"Link","webhook_code":"ConnectionCreated","environment":"Sandbox"}"#;
/// let headers = [("X-Signature", "/QLbJg0dBDdCj8dUerusV1xhiRyLZYAfDJeWjj4Idjg=")];
/// let delivery = verifier.verify(headers, body)?;
/// assert!(matches!(delivery.event(), Event::LinkConnectionCreated(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: <https://docs.deck.co/guides/webhooks/hmac>.
#[derive(Clone, Debug)]
pub struct Verifier {
    keys: Vec<Key>,
    bounds: Bounds,
    #[cfg(feature = "deck-encryption")]
    ciphers: Ciphers,
}

/// The keys that open encrypted bodies.
#[cfg(feature = "deck-encryption")]
#[derive(Clone, Default)]
struct Ciphers(Vec<Arc<Cipher>>);

#[cfg(feature = "deck-encryption")]
impl fmt::Debug for Ciphers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} keys", self.0.len())
    }
}

impl Verifier {
    const HEADERS: &'static [&'static str] = &["x-signature"];

    /// Verifies with the team's HMAC key, which the dashboard shows in base64.
    ///
    /// # Errors
    /// [`Error::Config`] for a key that is not base64.
    pub fn new(hmac_key: impl Into<Secret>) -> Result<Self, Error> {
        let verifier = Self {
            keys: Vec::new(),
            bounds: Bounds::default(),
            #[cfg(feature = "deck-encryption")]
            ciphers: Ciphers::default(),
        };
        verifier.or(hmac_key)
    }

    verifier_methods!(Event);

    /// Opens bodies that travel encrypted, with the dashboard's key: 32 bytes in base64.
    ///
    /// It may be set several times: any key that fits opens a body. Without one an encrypted body is
    /// [`EventError::Encrypted`].
    ///
    /// # Errors
    /// [`Error::Config`] for a key of another form.
    #[cfg(feature = "deck-encryption")]
    #[cfg_attr(docsrs, doc(cfg(feature = "deck-encryption")))]
    pub fn encryption_key(mut self, key: impl Into<Secret>) -> Result<Self, Error> {
        self.ciphers.0.push(Arc::new(Cipher::new(&key.into(), Encrypt::Bodies)?));
        Ok(self)
    }

    fn with(mut self, hmac_key: &Secret) -> Result<Self, Error> {
        self.keys.push(key(hmac_key)?);
        Ok(self)
    }

    fn delivered(
        &self,
        headers: &Headers,
        body: &[u8],
        _: SystemTime,
    ) -> Result<Delivery<Event>, EventError> {
        let signature =
            from_base64(headers.text(["x-signature"])?).ok_or(EventError::MalformedHeader("x-signature"))?;
        signed(&self.keys, &[&[body]], &[signature]).ok_or(EventError::WrongSignature)?;
        let body = self.opened(Bytes::copy_from_slice(body))?;

        let envelope: Envelope = read(&body).unwrap_or_default();
        let event_type = envelope.event_type();
        let event = event_type.as_deref().and_then(|event_type| Event::of(&envelope, event_type, &body));
        let parts = [envelope.job_guid, envelope.webhook_code, Some(digest(&body))];
        Ok(Delivery {
            provider: Provider::Deck,
            id: parts.into_iter().flatten().collect::<Vec<_>>().join(":"),
            event_type,
            attempt: None,
            time: None,
            sent_at: None,
            event: event.unwrap_or_else(|| Event::Other(RawEvent::new(&body))),
            body,
        })
    }

    /// The body as Deck wrote it before it was encrypted.
    fn opened(&self, body: Bytes) -> Result<Bytes, EventError> {
        let is_encrypted = read::<Encrypted>(&body).is_some_and(|body| body.encrypted_payload.is_some());
        if !is_encrypted {
            return Ok(body);
        }
        #[cfg(feature = "deck-encryption")]
        if let Some(opened) = self.ciphers.0.iter().find_map(|cipher| cipher.open(&body)) {
            return Ok(opened);
        }
        Err(EventError::Encrypted)
    }
}

/// The key in a secret: base64.
fn key(secret: &Secret) -> Result<Key, Error> {
    match BASE64_STANDARD.decode(secret.expose_secret()).map(Zeroizing::new) {
        Ok(bytes) if !bytes.is_empty() => Ok(Key::new(&bytes)),
        _ => Err(Error::config("Deck's HMAC key is not base64")),
    }
}

/// The header that Deck signs a delivery with. An encrypted body is signed as it travels.
#[cfg(any(test, fuzzing, feature = "sandbox"))]
pub(crate) fn sign(secret: &Secret, body: &[u8]) -> Result<Vec<(&'static str, String)>, Error> {
    Ok(vec![("x-signature", to_base64(key(secret)?.sign(&[body])))])
}

model! {
    struct Encrypted {
        encrypted_payload: Option<OtherJson>,
    }
}

model! {
    #[derive(Default)]
    struct Envelope {
        webhook_type: Option<String>,
        webhook_code: Option<String>,
        job_guid: Option<String>,
    }
}

impl Envelope {
    fn event_type(&self) -> Option<String> {
        Some(format!("{}.{}", self.webhook_type.as_deref()?, self.webhook_code.as_deref()?))
    }
}

events! {
    /// Something that has happened at Deck.
    ///
    /// Deck writes the type in two members, `webhook_type` and `webhook_code`: here they have a dot between them.
    ///
    /// Source: <https://docs.deck.co/guides/webhooks/events>.
    pub enum Event {
        /// A job waits for the customer's answer to a question.
        JobMfaRequired(JobQuestion) = "Job.MfaRequired",
        /// The customer's answer to a job's question was wrong.
        JobMfaInvalidAnswer(JobQuestion) = "Job.MfaQuestionInvalidAnswer",
        /// A customer has connected in a Link session.
        LinkConnectionCreated(LinkConnection) = "Link.ConnectionCreated",
        /// A connection works.
        ConnectionCompleted(ConnectionChange) = "Connection.ConnectionCompleted",
        /// The source refuses a connection's credentials.
        ConnectionInvalidCredentials(ConnectionChange) = "Connection.InvalidCredentials",
        /// The source asks a question before it lets a connection in.
        ConnectionMfaQuestion(ConnectionChange) = "Connection.MfaQuestion",
        /// A connection does not work.
        ConnectionError(ConnectionChange) = "Connection.Error",
    }
    besides {
        /// A job has ended, well or not; [`EndedJob::succeeded`] tells which.
        ///
        /// On the wire: `Job`, and the job's code.
        JobEnded(EndedJob),
        /// New data of a connection are there.
        ///
        /// On the wire: the kind of data, such as `Sustainability`, and `DefaultUpdate`.
        DataUpdated(ConnectionChange),
    }
}

impl Event {
    fn of(envelope: &Envelope, event_type: &str, body: &[u8]) -> Option<Self> {
        if envelope.webhook_code.as_deref() == Some("DefaultUpdate") {
            return read(body).map(Self::DataUpdated);
        }
        if let Some(event) = Self::read(event_type, body) {
            return Some(event);
        }
        let job: EndedJob = read(body).filter(|_| envelope.webhook_type.as_deref() == Some("Job"))?;
        (job.output.is_some() || job.error.is_some()).then_some(Self::JobEnded(job))
    }

    /// The job that it is about.
    pub fn job_id(&self) -> Option<&JobId> {
        match self {
            Self::JobEnded(job) => Some(&job.job_guid),
            Self::JobMfaRequired(question) | Self::JobMfaInvalidAnswer(question) => Some(&question.job_guid),
            _ => None,
        }
    }

    /// The connection that it is about. Events of jobs do not name it.
    pub fn connection_id(&self) -> Option<&ConnectionId> {
        match self {
            Self::ConnectionCompleted(change)
            | Self::ConnectionInvalidCredentials(change)
            | Self::ConnectionMfaQuestion(change)
            | Self::ConnectionError(change)
            | Self::DataUpdated(change) => Some(&change.connection_id),
            _ => None,
        }
    }
}

model! {
    /// A job that has ended.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct EndedJob {
        /// The job's id, as `submit` returned it.
        pub job_guid: JobId,
        /// What it did.
        pub job_code: Option<JobCode> = "webhook_code",
        /// What it brought, where it did not end in an error. Its members depend on the code.
        pub output: Option<OtherJson>,
        /// Why it ended early.
        pub error: Option<JobError>,
        /// The environment that it ran in.
        pub environment: Option<Environment>,
    }
}

impl EndedJob {
    /// Whether it did what it was to do: no error, and no output that says `"success": false`.
    pub fn succeeded(&self) -> bool {
        let output = self.output.as_ref().and_then(|output| read::<JobOutput>(output.raw().as_bytes()));
        self.error.is_none() && output.is_none_or(|output| output.success != Some(false))
    }

    /// The access token in the output of `EnsureConnection`.
    pub fn access_token(&self) -> Option<Secret> {
        read::<JobOutput>(self.output.as_ref()?.raw().as_bytes())?.access_token
    }
}

model! {
    secret struct JobOutput {
        success: Option<bool>,
        access_token: Option<Secret>,
    }
}

model! {
    /// Why a job ended early.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct JobError {
        /// The particular error.
        pub error_code: Option<JobErrorCode>,
        /// What went wrong, for people.
        pub error_message: Option<String>,
    }
}

open_enum! {
    /// The particular error that a job ended with. The calls of the API have other codes.
    ///
    /// Source: <https://docs.deck.co/guides/development/errors>.
    pub enum JobErrorCode {
        /// The source rejects the action.
        ActionRejected = "ActionRejected",
        /// The source keeps Deck out.
        Blocked = "Blocked",
        /// The input is wrong.
        InputValues = "InputValues",
        /// The job was canceled.
        JobCanceled = "JobCanceled",
        /// What the input names is not there.
        NotFound = "NotFound",
        /// Time ran out.
        Timeout = "Timeout",
        /// Deck failed.
        SystemError = "SystemError",
        /// Something unforeseen happened.
        Unexpected = "Unexpected",
        /// The source offers no way to sign in that Deck knows.
        AuthMethodInvalid = "AuthMethodInvalid",
        /// The customer's credentials are wrong.
        InvalidCredentials = "InvalidCredentials",
        /// The customer's code is wrong.
        MfaCodeInvalid = "MfaCodeInvalid",
        /// The customer did not answer in time.
        MfaTimeout = "MfaTimeout",
        /// No such account at the source.
        AccountNotFound = "AccountNotFound",
    }
}

open_enum! {
    /// An environment of Deck's.
    pub enum Environment {
        /// The sandbox.
        Sandbox = "Sandbox",
        /// The live environment.
        Production = "Production",
        /// Development.
        Development = "Development",
    }
}

model! {
    /// A question that a job asks the customer; `answer_mfa` takes the answer.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct JobQuestion {
        /// The job that asks.
        pub job_guid: JobId,
        /// The question.
        pub question: Option<String>,
        /// How the customer was sent a code, where the source tells it.
        pub method_selected: Option<OtherJson>,
        /// How many digits the answer has, where the source tells it.
        pub answer_expected_digits: Option<i64> as WholeNumber,
        /// The environment that it runs in.
        pub environment: Option<Environment>,
    }
}

model! {
    /// A connection that a customer has made in a Link session.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    secret pub struct LinkConnection {
        /// The session.
        pub link_token: Option<Secret>,
        /// What to exchange for an access token.
        pub public_token: Secret,
        /// The environment.
        pub environment: Option<Environment>,
    }
}

model! {
    /// What has happened to a connection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ConnectionChange {
        /// The connection.
        pub connection_id: ConnectionId,
        /// The kind of data that is new, such as `Sustainability`; else `Connection`.
        pub kind: Option<String> = "webhook_type",
        /// The source's question, for people.
        pub message: Option<String>,
        /// What went wrong, with codes as the calls of the API have them.
        pub error: Option<ConnectionError>,
        /// The environment.
        pub environment: Option<Environment>,
    }
}

model! {
    /// Why a connection does not work.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ConnectionError {
        /// The broad kind of error.
        pub category: Option<ErrorCategory> = "error_category",
        /// The particular error.
        pub code: Option<ErrorCode> = "error_code",
        /// What went wrong, for developers.
        pub message: Option<String> = "error_message",
        /// What went wrong, for the customer; absent when the customer can do nothing about it.
        pub display_message: Option<String>,
    }
}
