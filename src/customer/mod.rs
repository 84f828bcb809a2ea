//! One view of a customer over all vendors: `client.customer()`.
//!
//! Which accounts has this customer connected, which of them need attention, how are they put right, how removed: a page
//! that every service with more than one vendor has. `docs/customer.md` says how each vendor's states are read, and what
//! is lost when a connection is removed.

mod account;
#[cfg(feature = "apideck")]
mod apideck;
mod at_once;
#[cfg(feature = "events")]
mod change;
#[cfg(feature = "codat")]
mod codat;
mod connection;
#[cfg(feature = "deck")]
mod deck;
#[cfg(feature = "deck-v2")]
mod deck_v2;
mod look;
mod reconnect;
mod view;

pub use account::Account;
#[cfg(feature = "events")]
#[cfg_attr(docsrs, doc(cfg(feature = "events")))]
pub use change::{Change, ConnectionChange};
pub use connection::{Connection, Key, Need, Original, Since, Status};
pub use reconnect::{Reconnect, Reconnection, Refreshed};
pub use view::{Failure, View};

use crate::{Client, Error};
use at_once::at_once;
use connection::Place;
use look::{Found, Look};
use std::{pin::Pin, time::Duration};

/// What is done about a connection.
type Work<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

impl Client {
    /// One of your customers, with the connections at all vendors in one view.
    pub fn customer(&self) -> Customer {
        let timeout = Duration::from_secs(10);
        Customer { client: self.clone(), accounts: Vec::new(), timeout }
    }
}

/// One of your customers, by what each vendor knows them by.
///
/// Name an account for each vendor that the customer may have used, or several; the client has to know the vendor.
///
/// ```
/// use connectory::customer::Status;
///
/// # #[cfg(all(feature = "apideck", feature = "codat"))]
/// async fn page(client: &connectory::Client) {
///     let customer = client.customer().apideck("acme").codat("8a210b68-6988-11ed-a1eb-0242ac120002");
///     let view = customer.connections().await;
///     for connection in view.connections() {
///         let hint = if connection.status() == Status::Active { "" } else { ", look here" };
///         println!("{} by {}: {}{hint}", connection.service(), connection.provider(), connection.status());
///     }
///     for failure in view.failures() {
///         println!("{failure}"); // one line, fit for a log
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a customer is asked about with `connections()`"]
pub struct Customer {
    client: Client,
    accounts: Vec<Account>,
    timeout: Duration,
}

impl Customer {
    /// Adds the connection at Deck that this access token belongs to. May be called more than once.
    #[cfg(feature = "deck")]
    #[cfg_attr(docsrs, doc(cfg(feature = "deck")))]
    pub fn deck(self, access_token: impl Into<crate::Secret>) -> Self {
        self.account(Account::Deck(access_token.into()))
    }

    /// Adds the connections of this consumer at Apideck. May be called more than once.
    #[cfg(feature = "apideck")]
    #[cfg_attr(docsrs, doc(cfg(feature = "apideck")))]
    pub fn apideck(self, consumer: impl Into<crate::apideck::ConsumerId>) -> Self {
        self.account(Account::Apideck(consumer.into()))
    }

    /// Adds the connections of this company at Codat. May be called more than once.
    #[cfg(feature = "codat")]
    #[cfg_attr(docsrs, doc(cfg(feature = "codat")))]
    pub fn codat(self, company: impl Into<crate::codat::CompanyId>) -> Self {
        self.account(Account::Codat(company.into()))
    }

    /// Adds the credentials at Deck v2 that have this `external_id`. May be called more than once.
    #[cfg(feature = "deck-v2")]
    #[cfg_attr(docsrs, doc(cfg(feature = "deck-v2")))]
    pub fn deck_v2(self, external_id: impl Into<String>) -> Self {
        self.account(Account::DeckV2(external_id.into()))
    }

    /// Bounds how long [`connections`](Self::connections) waits for a vendor. 10 s by default.
    ///
    /// The client's own timeouts hold too, where they are shorter.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// An account that is named twice is one.
    fn account(mut self, account: Account) -> Self {
        if !self.accounts.contains(&account) {
            self.accounts.push(account);
        }
        self
    }

    /// Asks all vendors at once for the customer's connections.
    ///
    /// It never fails as a whole. What a vendor did not answer, or not in time, costs that vendor's rows and stands in
    /// [`View::failures`], and so does a vendor that the client does not know, an id that is none, or a customer without
    /// any account. At most 16 calls are under way at once.
    #[inline]
    pub fn connections(&self) -> impl Future<Output = View> + Send + 'static {
        let Self { client, accounts, timeout } = self.clone();
        async move {
            if accounts.is_empty() {
                let nobody = Error::config("the customer has no account at any vendor: name one");
                return View::of([Found::failed(None, nobody)]);
            }
            let look = Look::new(client, timeout);
            let looks = accounts.into_iter().map(|account| account.look(look.clone()));
            View::of(at_once(looks).await)
        }
    }

    /// Ends the vendor's access to what was connected, and keeps the vendor's record of it where that can be.
    ///
    /// | vendor | what is done | what is lost |
    /// |---|---|---|
    /// | Deck | `destroy` | the connection with all its data; its access token is dead |
    /// | Apideck | `delete` | credentials and settings; the service is available again |
    /// | Codat | `unlink`, or `delete` where it is not linked | nothing, or the connection |
    /// | Deck v2 | `delete` of the credential | the credential; it stays readable |
    ///
    /// At Codat the connection is looked at first, because what is right depends on its status now; one that is unlinked
    /// already stays as it is.
    ///
    /// # Errors
    /// `Error::Request` for a connection of another customer, and nothing is sent; else those of the calls. After an attempt
    /// whose answer was lost, a connection that is gone counts as success.
    pub fn disconnect(
        &self,
        connection: &Connection,
    ) -> impl Future<Output = Result<(), Error>> + Send + 'static {
        let work = self.own(connection).map(|place| place.disconnect(&self.client));
        async move { work?.await }
    }

    /// Gives what leads the customer to where the connection is put right, or made.
    ///
    /// It works for the rows of [`View::available`] too: there it connects for the first time. Whoever has a link or token
    /// of it acts for the customer.
    ///
    /// | vendor | what comes of it |
    /// |---|---|
    /// | Deck | a link token for Deck's widget, in update mode: password, questions or accounts, as [`Connection::needs`] says |
    /// | Apideck | the link to authorize; a session on Apideck's pages where settings or a consent are missing |
    /// | Codat | the connection's link, which knows no way back of yours |
    /// | Deck v2 | a session token for the Auth Component, which makes a new credential: give it your `external_id` with `update` |
    ///
    /// # Errors
    /// `Error::Request` for a connection of another customer, and nothing is sent; else those of the calls.
    pub fn reconnect(
        &self,
        connection: &Connection,
        options: &Reconnect,
    ) -> impl Future<Output = Result<Reconnection, Error>> + Send + 'static {
        let need = connection.needs();
        let work = self.own(connection).map(|place| place.reconnect(&self.client, need, options));
        async move { work?.await }
    }

    /// Brings a connection up to date, where the vendor has a way to.
    ///
    /// | vendor | what is done |
    /// |---|---|
    /// | Deck | `refresh`: the new data come by webhook |
    /// | Apideck | `validate`: the service's token is fresh |
    /// | Codat | `refresh_data().all`: the data of all of the company's connections are read anew |
    /// | Deck v2 | nothing: a run of a task reads what it needs |
    ///
    /// # Errors
    /// `Error::Request` for a connection of another customer, and nothing is sent; else those of the calls.
    pub fn refresh(
        &self,
        connection: &Connection,
    ) -> impl Future<Output = Result<Refreshed, Error>> + Send + 'static {
        let work = self.own(connection).map(|place| place.refresh(&self.client));
        async move { work?.await }
    }

    /// The place of a connection that is this customer's.
    fn own<'a>(&self, connection: &'a Connection) -> Result<&'a dyn Place, Error> {
        let place = connection.place();
        if self.accounts.contains(connection.account()) {
            return Ok(place);
        }
        Err(Error::request(place.seen_by(), "the connection belongs to another customer"))
    }
}

/// A connection that is gone after an attempt whose answer was lost: that attempt may have done it.
fn gone(removed: Result<(), Error>, is_gone: impl FnOnce(&Error) -> bool) -> Result<(), Error> {
    removed.or_else(|error| {
        if error.outcome() == crate::Outcome::Unknown && is_gone(&error) { Ok(()) } else { Err(error) }
    })
}
