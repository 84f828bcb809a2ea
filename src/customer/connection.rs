use super::{Account, Reconnect, Reconnection, Refreshed, Work};
use crate::call::RESERVED;
use crate::operation::Operation;
use crate::types::id;
use crate::{Client, Provider, Timestamp, UnixMillis};
use percent_encoding::utf8_percent_encode;
use serde::{Serialize, Serializer, ser::SerializeStruct};
use std::{fmt, sync::Arc};

/// One connection of a customer, wherever it is kept.
#[derive(Clone, Debug)]
pub struct Connection {
    account: Account,
    key: Option<Key>,
    service: String,
    status: Status,
    needs: Option<Need>,
    since: Option<Since>,
    place: Arc<dyn Place>,
}

impl Connection {
    pub(super) fn new(account: Account, service: String, seen: Seen, place: impl Place + 'static) -> Self {
        let (key, since) = (place.key(), place.since());
        let (status, needs) = seen;
        Self { account, key, service, status, needs, since, place: Arc::new(place) }
    }

    #[cfg(feature = "deck-v2")]
    pub(super) fn call_service(&mut self, name: &str) {
        name.clone_into(&mut self.service);
    }

    pub(super) fn place(&self) -> &dyn Place {
        &*self.place
    }

    /// What is connected, by its name, or by its id where the vendor tells no name.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The vendor that keeps the connection.
    pub fn provider(&self) -> Provider {
        self.account.provider()
    }

    /// What the vendor knows the customer by.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// How the connection is.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What the customer has to do for the connection to work; `None` where that is nothing, or not known.
    pub fn needs(&self) -> Option<Need> {
        self.needs
    }

    /// Since when, at the latest, it is so; `None` where the vendor does not tell.
    pub fn since(&self) -> Option<&Since> {
        self.since.as_ref()
    }

    /// What the connection is stored under; `None` where the vendor told no id.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// The vendor's own object.
    pub fn original(&self) -> Original<'_> {
        self.place.original()
    }
}

/// What a page shows of it, without the account and the vendor's object: `key`, `service`, `provider`, `status`, `needs` and
/// `since`.
impl Serialize for Connection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Connection", 6)?;
        row.serialize_field("key", &self.key)?;
        row.serialize_field("service", &self.service)?;
        row.serialize_field("provider", &self.provider().to_string())?;
        row.serialize_field("status", &self.status)?;
        row.serialize_field("needs", &self.needs)?;
        row.serialize_field("since", &self.since)?;
        row.end()
    }
}

/// How a connection is, whoever keeps it.
///
/// It is complete: a later version adds no other. The vendor's own states are in [`Connection::original`], and the table in
/// `docs/customer.md` says which become which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It works.
    Active,
    /// It is being connected, or nobody has tried it yet.
    Pending,
    /// It does not work, or soon will not, until the customer does something: see [`Connection::needs`].
    NeedsCustomer,
    /// It is switched off, and you can switch it on.
    Paused,
    /// It has failed, and the customer can do nothing about it.
    Failed,
    /// It was ended, by you or by the customer.
    Disconnected,
    /// The vendor's state is new, absent or contradictory, or says that it works at times: look at it.
    NeedsLook,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::NeedsCustomer => "needs the customer",
            Self::Paused => "paused",
            Self::Failed => "failed",
            Self::Disconnected => "disconnected",
            Self::NeedsLook => "needs a look",
        })
    }
}

/// What a customer has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Need {
    /// Authorize in the browser, for the first time or again.
    Authorize,
    /// Enter settings that are missing or rejected, such as an API key.
    Settings,
    /// Enter user name and password again.
    Credentials,
    /// Answer a question of the source, such as a code that was sent.
    Answer,
    /// Do something at the source itself.
    ActAtSource,
    /// Choose accounts.
    SelectAccounts,
    /// Agree to the sharing of data.
    Consent,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Authorize => "authorize",
            Self::Settings => "enter settings",
            Self::Credentials => "sign in again",
            Self::Answer => "answer a question",
            Self::ActAtSource => "act at the source",
            Self::SelectAccounts => "choose accounts",
            Self::Consent => "agree",
        })
    }
}

/// A moment as the vendor tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Since {
    /// A text.
    Text(Timestamp),
    /// Unix milliseconds.
    Millis(UnixMillis),
}

id! {
    /// A connection's name among all of all vendors: safe in a URL's path once encoded, in a form and as a key of a database.
    ///
    /// It says which vendor and which connection, at Apideck and Codat with the consumer or company, and stays the same as
    /// long as the connection is there.
    pub struct Key;
}

impl Key {
    pub(super) fn of(vendor: &str, ids: &[&str]) -> Self {
        let mut key = vendor.to_owned();
        for id in ids {
            key.push('/');
            key.extend(utf8_percent_encode(id, RESERVED));
        }
        Self::from(key)
    }
}

/// A connection as its vendor has it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Original<'a> {
    /// Deck's.
    #[cfg(feature = "deck")]
    Deck(&'a crate::deck::connections::ConnectionContext),
    /// Apideck's.
    #[cfg(feature = "apideck")]
    Apideck(&'a crate::apideck::vault::connections::Connection),
    /// Codat's.
    #[cfg(feature = "codat")]
    Codat(&'a crate::codat::connections::Connection),
    /// Deck v2's.
    #[cfg(feature = "deck-v2")]
    DeckV2(&'a crate::deck_v2::credentials::Credential),
}

/// How a vendor's state is read.
pub(super) type Seen = (Status, Option<Need>);

/// A connection where its vendor keeps it, and what can be done about it there.
pub(super) trait Place: fmt::Debug + Send + Sync {
    fn original(&self) -> Original<'_>;

    fn key(&self) -> Option<Key>;

    fn since(&self) -> Option<Since>;

    /// The operation by which it was seen.
    fn seen_by(&self) -> &'static Operation;

    fn disconnect(&self, client: &Client) -> Work<()>;

    fn reconnect(&self, client: &Client, need: Option<Need>, options: &Reconnect) -> Work<Reconnection>;

    fn refresh(&self, client: &Client) -> Work<Refreshed>;
}
