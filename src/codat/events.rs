//! What Codat delivers to your webhook: verified, and typed.

use super::companies::{Company, CompanyReference, ProductId};
use super::connections::{Connection, ConnectionId};
use super::push_data::{PushOperationKey, PushOperationStatus};
use super::refresh_data::PullOperationStatus;
use super::{CompanyId, DataType};
use crate::engine::spaced;
use crate::events::signature::{Key, Signature, digest, signed};
use crate::events::{
    Bounds, Delivery, EventError, Headers, RawEvent, events, read, standard_webhooks, verifier_methods,
};
use crate::types::{model, open_enum};
use crate::{Error, OtherJson, Provider, Secret, Timestamp};
use bytes::Bytes;
use std::time::SystemTime;

/// Verifies what Codat delivers to your webhook, with the endpoint's secret.
///
/// Codat delivers again for about 27 hours until it gets a 2XX, for which it waits 15 seconds.
///
/// ```
/// use connectory::codat::events::{Event, Verifier};
///
/// let verifier = Verifier::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// # let sent = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_614_265_330);
/// let headers = [
///     ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
///     ("webhook-timestamp", "1614265330"),
///     ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
/// ];
/// let delivery = verifier.verify_at(headers, br#"{"test": 2432232314}"#, sent)?;
/// assert_eq!(delivery.id(), "msg_p5jXN8AQM9LWM0D4loKWxJek");
/// assert!(matches!(delivery.event(), Event::Other(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: <https://docs.codat.io/using-the-api/webhooks/create-consumer>.
#[derive(Clone, Debug)]
pub struct Verifier {
    scheme: Scheme,
    bounds: Bounds,
}

/// How deliveries are told from what others send.
#[derive(Clone, Debug)]
enum Scheme {
    /// By a signature of what is sent.
    Signature(Vec<Key>),
    /// By an `Authorization` header that is always the same. Kept of it are a key of its bytes, and what that makes of it.
    Authorization(Vec<(Key, Signature)>),
}

impl Verifier {
    const HEADERS: &'static [&'static str] = &{
        let [id, svix_id, timestamp, svix_timestamp, signature, svix_signature] = standard_webhooks::HEADERS;
        [id, svix_id, timestamp, svix_timestamp, signature, svix_signature, "authorization"]
    };

    /// Verifies with an endpoint's secret, which Codat's portal shows: `whsec_` and base64.
    ///
    /// # Errors
    /// [`Error::Config`] for a secret of another form.
    pub fn new(secret: impl Into<Secret>) -> Result<Self, Error> {
        Self { scheme: Scheme::Signature(Vec::new()), bounds: Bounds::default() }.or(secret)
    }

    /// Verifies deliveries of rules from before 6 March 2024, by the `Authorization` header that you gave them.
    ///
    /// `value` is the whole header, such as `Bearer …`. Nothing else of such a delivery is verified: whoever once sees the
    /// header can send anything. Codat replaced it by signatures. [`or`](Self::or) takes other headers then, and a tolerance
    /// means nothing.
    ///
    /// # Errors
    /// [`Error::Config`] for a value that no header can have.
    pub fn authorization(value: impl Into<Secret>) -> Result<Self, Error> {
        Self { scheme: Scheme::Authorization(Vec::new()), bounds: Bounds::default() }.or(value)
    }

    verifier_methods!(Event, tolerance);

    fn with(mut self, secret: &Secret) -> Result<Self, Error> {
        match &mut self.scheme {
            Scheme::Signature(keys) => keys.push(standard_webhooks::key(secret, "Codat")?),
            Scheme::Authorization(values) => {
                let value = secret.expose_secret();
                spaced(value).map_err(|why| Error::config(format!("Codat's authorization header {why}")))?;
                let key = Key::new(value.as_bytes());
                let signature = key.signature(&[value.as_bytes()]);
                values.push((key, signature));
            }
        }
        Ok(self)
    }

    fn delivered(
        &self,
        headers: &Headers,
        body: &[u8],
        now: SystemTime,
    ) -> Result<Delivery<Event>, EventError> {
        let sent = match &self.scheme {
            Scheme::Signature(keys) => {
                Some(standard_webhooks::verify(keys, &self.bounds, headers, body, now)?)
            }
            Scheme::Authorization(values) => {
                let given = headers.text(["authorization"])?;
                let fits = values.iter().fold(false, |fits, (key, signature)| {
                    fits | signed(std::slice::from_ref(key), &[&[given.as_bytes()]], &[*signature]).is_some()
                });
                if !fits {
                    return Err(EventError::WrongSignature);
                }
                None
            }
        };
        let envelope: Envelope = read(body).unwrap_or_default();
        let event = Event::of(&envelope).unwrap_or_else(|| Event::Other(RawEvent::new(body)));
        let id = sent.as_ref().map(|sent| sent.id.to_owned());
        let id = id.or(envelope.id.filter(|id| !id.is_empty()));
        Ok(Delivery {
            provider: Provider::Codat,
            id: id.unwrap_or_else(|| digest(body)),
            event_type: envelope.event_type,
            attempt: None,
            time: envelope.generated_date,
            sent_at: sent.and_then(|sent| sent.at),
            body: Bytes::copy_from_slice(body),
            event,
        })
    }
}

/// The headers that Codat signs a delivery with.
///
/// The secret is `whsec_…`; a secret of another form is an error. `unix_seconds` is when it is sent.
#[cfg(any(test, fuzzing, feature = "sandbox"))]
pub(crate) fn sign(
    secret: &Secret,
    id: &str,
    unix_seconds: i64,
    body: &[u8],
) -> Result<Vec<(&'static str, String)>, Error> {
    Ok(standard_webhooks::sign(&standard_webhooks::key(secret, "Codat")?, id, unix_seconds, body))
}

model! {
    #[derive(Default)]
    struct Envelope in camelCase {
        id: Option<String>,
        event_type: Option<String>,
        generated_date: Option<Timestamp>,
        payload: Option<OtherJson>,
    }
}

events! {
    /// Something that has happened at Codat.
    ///
    /// Source: <https://docs.codat.io/using-the-api/webhooks/event-types>.
    #[derive(PartialEq)]
    pub enum Event {
        /// A company was created.
        CompanyCreated(Company) = "company.created",
        /// A company was deleted.
        CompanyDeleted(Company) = "company.deleted",
        /// A product was switched on for a company.
        CompanyProductAdded(CompanyProduct) = "company.product.added",
        /// A product was switched off for a company.
        CompanyProductRemoved(CompanyProduct) = "company.product.removed",
        /// A connection was created; the customer has yet to authorize.
        ConnectionCreated(CompanyConnection) = "connection.created",
        /// The customer has authorized: the connection works.
        ConnectionConnected(CompanyConnection) = "connection.connected",
        /// The customer did not get through; the connection's errors say why.
        ConnectionFailed(CompanyConnection) = "connection.failed",
        /// A connection was unlinked, or the authorization was withdrawn: its status tells which.
        ConnectionDisconnected(CompanyConnection) = "connection.disconnected",
        /// A connection that was disconnected works again.
        ConnectionReconnected(CompanyConnection) = "connection.reconnected",
        /// A connection was deleted.
        ConnectionDeleted(CompanyConnection) = "connection.deleted",
        /// Data were read again.
        ReadCompleted(CompletedRead) = "read.completed",
        /// All data of a company were read for the first time.
        ReadCompletedInitial(CompletedRead) = "read.completed.initial",
        /// Your requests of the day are used up.
        ClientRateLimitReached(ClientRateLimit) = "client.rateLimit.reached",
        /// Your requests of the day are counted from the beginning.
        ClientRateLimitReset(ClientRateLimit) = "client.rateLimit.reset",
    }
    besides {
        /// A record is in the customer's software as you wrote it.
        ///
        /// On the wire: the data type, and `.write.successful`.
        WriteSuccessful(CompletedWrite),
        /// A record is not in the customer's software as you wrote it.
        ///
        /// On the wire: the data type, and `.write.unsuccessful`.
        WriteUnsuccessful(CompletedWrite),
    }
}

impl Event {
    fn of(envelope: &Envelope) -> Option<Self> {
        let (event_type, payload) =
            (envelope.event_type.as_deref()?, envelope.payload.as_ref()?.raw().as_bytes());
        let Some((data_type, "successful" | "unsuccessful")) = event_type.rsplit_once(".write.") else {
            return Self::read(event_type, payload);
        };
        let write = CompletedWrite { data_type: Some(data_type.into()), ..read(payload)? };
        let is_done = event_type.ends_with(".successful");
        Some(if is_done { Self::WriteSuccessful(write) } else { Self::WriteUnsuccessful(write) })
    }

    /// The company that it is about.
    pub fn company_id(&self) -> Option<&CompanyId> {
        let reference = match self {
            Self::CompanyCreated(company) | Self::CompanyDeleted(company) => return Some(&company.id),
            Self::CompanyProductAdded(product) | Self::CompanyProductRemoved(product) => {
                return Some(&product.id);
            }
            Self::ReadCompleted(read) | Self::ReadCompletedInitial(read) => &read.reference_company,
            Self::WriteSuccessful(write) | Self::WriteUnsuccessful(write) => &write.reference_company,
            Self::ConnectionCreated(of)
            | Self::ConnectionConnected(of)
            | Self::ConnectionFailed(of)
            | Self::ConnectionDisconnected(of)
            | Self::ConnectionReconnected(of)
            | Self::ConnectionDeleted(of) => &of.reference_company,
            Self::ClientRateLimitReached(_) | Self::ClientRateLimitReset(_) | Self::Other(_) => return None,
        };
        reference.as_ref()?.id.as_ref()
    }

    /// The connection that it is about, as it was then.
    pub fn connection(&self) -> Option<&Connection> {
        match self {
            Self::ConnectionCreated(of)
            | Self::ConnectionConnected(of)
            | Self::ConnectionFailed(of)
            | Self::ConnectionDisconnected(of)
            | Self::ConnectionReconnected(of)
            | Self::ConnectionDeleted(of) => Some(&of.connection),
            _ => None,
        }
    }
}

model! {
    /// A product that was switched on or off for a company.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CompanyProduct in camelCase {
        /// The company's id.
        pub id: CompanyId,
        /// The company's name.
        pub name: Option<String>,
        /// What you say of the company.
        pub description: Option<String>,
        /// The product.
        pub product_id: Option<ProductId>,
        /// The product's name.
        pub product_name: Option<String>,
        /// All products that are switched on for the company now.
        pub products: Vec<ProductId>,
    }
}

model! {
    /// A connection, and the company that it belongs to.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CompanyConnection in camelCase {
        /// The company.
        pub reference_company: Option<CompanyReference>,
        /// The connection as it was then.
        pub connection: Connection,
    }
}

model! {
    /// What was read of a company's data.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CompletedRead in camelCase {
        /// The company.
        pub reference_company: Option<CompanyReference>,
        /// When the data came into Codat's cache, in UTC.
        pub modified_from_date: Option<Timestamp>,
        /// What was read, by connection and data type.
        pub data_types: Vec<ReadDataType>,
    }
}

model! {
    /// What was read of one data type over one connection.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ReadDataType in camelCase {
        /// The connection.
        pub connection_id: Option<ConnectionId>,
        /// The data type.
        pub data_type: Option<DataType>,
        /// Whether Codat's cache has changed.
        pub records_modified: Option<bool>,
        /// How far reading came.
        pub status: Option<PullOperationStatus>,
        /// What went wrong.
        pub issues: Vec<ReadIssue>,
    }
}

model! {
    /// Something that went wrong while data were read.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ReadIssue {
        /// Its kind, such as `warning.validation`.
        pub kind: Option<String> = "type",
        /// What went wrong.
        pub message: Option<String>,
        /// Where there is more about it.
        pub links: Option<ReadIssueLinks>,
    }
}

model! {
    /// Where there is more about something that went wrong.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ReadIssueLinks in camelCase {
        /// What Codat's checks found.
        pub logs: Option<String>,
        /// What was read of the company, in Codat's portal.
        pub portal: Option<String>,
        /// What to do about it.
        pub read_more: Option<String>,
    }
}

model! {
    /// What became of a record that you wrote.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CompletedWrite in camelCase {
        /// The write's key, as [`push_data`](super::push_data) has it.
        pub id: Option<PushOperationKey>,
        /// How it was to change the record.
        pub kind: Option<WriteType> = "type",
        /// The record's type: that of the event.
        pub data_type: Option<DataType>,
        /// The company.
        pub reference_company: Option<CompanyReference>,
        /// The connection.
        pub connection_id: Option<ConnectionId>,
        /// When you asked for it, in UTC.
        pub requested_on_date: Option<Timestamp>,
        /// When it ended, in UTC.
        pub completed_on_date: Option<Timestamp>,
        /// What became of it.
        pub status: Option<PushOperationStatus>,
        /// The record.
        pub record: Option<WrittenRecord>,
        /// The attachment that was uploaded.
        pub attachment_id: Option<String>,
    }
}

model! {
    /// A record that you wrote.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct WrittenRecord {
        /// The record's id in the customer's software.
        pub id: Option<String>,
    }
}

open_enum! {
    /// How a write was to change a record.
    pub enum WriteType {
        /// It makes one.
        Create = "Create",
        /// It changes one.
        Update = "Update",
        /// It deletes one.
        Delete = "Delete",
        /// It adds an attachment to one.
        UploadAttachment = "UploadAttachment",
    }
}

model! {
    /// Your requests of the day.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ClientRateLimit in camelCase {
        /// How many you have in a day.
        pub daily_quota: Option<i64> as WholeNumber,
        /// How many are left.
        pub quota_remaining: Option<i64> as WholeNumber,
        /// When they are counted from the beginning, in UTC.
        pub expiry_date: Option<Timestamp>,
    }
}
