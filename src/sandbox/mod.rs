//! A server that acts like the vendors, for tests and for trying the crate out.
//!
//! No account and no network are needed. It runs in the process on a free loopback port, keeps state, checks credentials
//! and required headers, and refuses bad input with the vendors' own statuses and bodies.
//!
//! ```
//! # #[cfg(feature = "codat")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use connectory::sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start().await?;
//! let company = sandbox.codat().add_company("Acme");
//!
//! let client = sandbox.client();
//! let token = client.codat().companies().get_access_token(&company).await?;
//! assert_eq!(sandbox.codat().company_of(token.access_token.expose_secret()), Some(company));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "codat"))]
//! # fn main() {}
//! ```

#[cfg(feature = "apideck")]
mod apideck;
#[cfg_attr(
    not(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2")),
    allow(dead_code, unused_macros, unused_imports, reason = "a vendor alone needs a part of it")
)]
mod body;
mod builder;
#[cfg(feature = "codat")]
mod codat;
mod context;
mod control;
#[cfg(any(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
mod customer;
#[cfg(feature = "deck")]
mod deck;
#[cfg(feature = "deck-v2")]
mod deck_v2;
mod deliveries;
mod exchange;
mod faults;
#[cfg(any(feature = "deck", feature = "codat", feature = "deck-v2"))]
mod idempotency;
mod journal;
#[cfg(any(feature = "apideck", feature = "codat", feature = "deck-v2"))]
mod jwt;
mod mount;
mod object;
mod office;
mod outbox;
mod postman;
mod random;
mod route;
mod server;
#[cfg_attr(
    not(all(feature = "deck", feature = "apideck", feature = "codat")),
    allow(dead_code, reason = "a vendor alone needs a part of it")
)]
mod store;
mod world;

#[cfg(feature = "apideck")]
pub use apideck::Apideck;
pub use builder::SandboxBuilder;
#[cfg(feature = "codat")]
pub use codat::Codat;
#[cfg(any(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
pub use customer::Customer;
#[cfg(feature = "deck")]
pub use deck::{Deck, Webhook};
#[cfg(feature = "deck-v2")]
pub use deck_v2::DeckV2;
pub use deliveries::{DeliverToError, Delivery, DeliveryFault, DeliveryRule};
pub use faults::{Fault, FaultRule};
pub use journal::{Mismatch, Request};

use crate::{Client, ClientBuilder, Provider, Transport};
use mount::Mount;
use server::{Memory, Server};
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};
use world::World;

/// The vendors, acted out until it is dropped.
///
/// # Panics
/// Dropping it panics when a client has sent a request that no vendor knows, so that a test cannot pass by an error
/// that it does not look at, and when an operation was not called as often as [`expect`](Self::expect) said.
/// [`verify`](Self::verify) tells of either instead, and
/// [`ignore_unknown_requests`](Self::ignore_unknown_requests) switches the first off.
pub struct Sandbox {
    world: Arc<World>,
    /// None where it is reached through memory.
    servers: Vec<Server>,
    /// Whether an unknown request is to be told of.
    watches: AtomicBool,
}

impl Sandbox {
    /// Starts a sandbox on a free loopback port.
    ///
    /// It runs on the tokio runtime of the caller.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Settings of a sandbox: what it knows at its start, its chance, its clock, its port.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// A client of every vendor that is compiled in, with credentials that the sandbox accepts.
    ///
    /// It has no consumer at Apideck, as in production: the code under test names one.
    ///
    /// # Panics
    /// When the sandbox was given credentials that no client takes.
    pub fn client(&self) -> Client {
        let client = self.client_builder().build();
        #[expect(
            clippy::expect_used,
            reason = "loopback addresses and the sandbox's own credentials always build"
        )]
        client.expect("the sandbox's settings build a client")
    }

    /// The settings of [`client`](Self::client), to change some of them.
    pub fn client_builder(&self) -> ClientBuilder {
        let builder = Client::builder();
        #[cfg(feature = "deck")]
        let builder = builder.deck(self.world.deck().state().config(self.base_url(Provider::Deck)));
        #[cfg(feature = "apideck")]
        let builder = builder
            .apideck(self.world.apideck().state().credentials.config(self.base_url(Provider::Apideck)));
        #[cfg(feature = "codat")]
        let builder =
            builder.codat(self.world.codat().state().credentials().config(self.base_url(Provider::Codat)));
        #[cfg(feature = "deck-v2")]
        let builder = builder.deck_v2(self.world.deck_v2().state().config(self.base_url(Provider::DeckV2)));
        if self.servers.is_empty() { builder.transport(self.transport()) } else { builder }
    }

    /// A transport that leads here without a socket, whatever the host of the base URL.
    ///
    /// The path has to begin as in [`base_url`](Self::base_url).
    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(Memory { world: self.world.clone() })
    }

    /// Where the sandbox acts as this vendor.
    pub fn base_url(&self, provider: Provider) -> String {
        let mut mounts = self.servers.iter().map(Server::mount).chain([Mount::MEMORY]);
        mounts.find_map(|mount| mount.base_url(provider)).unwrap_or_default()
    }

    /// The loopback address of the server; `None` where the sandbox is reached through memory.
    pub fn address(&self) -> Option<SocketAddr> {
        self.servers.first()?.mount().address
    }

    /// What happens at Deck without the API: customers connect.
    #[cfg(feature = "deck")]
    pub fn deck(&self) -> Deck<'_> {
        self.world.deck()
    }

    /// What happens at Apideck without the API: customers authorize in the browser.
    #[cfg(feature = "apideck")]
    pub fn apideck(&self) -> Apideck<'_> {
        self.world.apideck()
    }

    /// What happens at Codat without the API, or with operations that the client does not have yet.
    #[cfg(feature = "codat")]
    pub fn codat(&self) -> Codat<'_> {
        self.world.codat()
    }

    /// What happens at Deck v2 without the API: sources refuse credentials, customers are asked.
    #[cfg(feature = "deck-v2")]
    pub fn deck_v2(&self) -> DeckV2<'_> {
        self.world.deck_v2()
    }

    /// Moves the sandbox's clock forward: tokens age, jobs end, nobody waits.
    ///
    /// It stops at the end of the year 9998.
    pub fn advance(&self, time: Duration) {
        self.world.advance(time);
    }

    /// Makes something go wrong from now on.
    ///
    /// # Panics
    /// When the rule names an operation that there is none of: it would never strike, and the test pass.
    ///
    /// ```
    /// # #[cfg(feature = "codat")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use connectory::sandbox::{Fault, FaultRule, Sandbox};
    ///
    /// let sandbox = Sandbox::start().await?;
    /// let company = sandbox.codat().add_company("Acme");
    /// sandbox.inject(FaultRule::new(Fault::Status(503)).times(1));
    ///
    /// let response = sandbox.client().codat().companies().get_access_token(&company).response().await?;
    /// assert_eq!(response.attempts(), 2);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "codat"))]
    /// # fn main() {}
    /// ```
    #[track_caller]
    pub fn inject(&self, fault: impl Into<FaultRule>) {
        let rule = fault.into();
        rule.assert_share();
        if let Some(operation) = rule.named_operation() {
            assert_known(operation);
        }
        self.world.faults().add(rule);
    }

    /// Lets nothing go wrong any more, with deliveries neither.
    ///
    /// Deliveries that a fault has struck before go on as they are.
    pub fn clear_faults(&self) {
        self.world.clear_faults();
    }

    /// Every attempt to deliver an event to a webhook so far, in the order in which they were due.
    ///
    /// Of each vendor the attempts of the latest 10,000 messages. A vendor posts to the webhooks that it knows: at Deck to the
    /// connection's or the [default one](Deck::set_default_webhook), elsewhere to those that were created with the API.
    /// They are answered with 200 until [`deliver_to`](Self::deliver_to) says where to post; a webhook whose host ends in
    /// `.invalid` is never answered then.
    ///
    /// ```
    /// # #[cfg(feature = "deck")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use connectory::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().in_memory()?;
    /// let token = sandbox.deck().connect();
    /// sandbox.deck().disconnect(token.expose_secret(), "InvalidCredentials");
    ///
    /// let [delivery] = &sandbox.deliveries()[..] else { panic!("one") };
    /// assert_eq!(delivery.event_type, "Connection.InvalidCredentials");
    /// let request = delivery.request(); // for your handler
    /// assert_eq!(request.method(), "POST");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "deck"))]
    /// # fn main() {}
    /// ```
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.world.deliveries()
    }

    /// Really posts deliveries from now on, to a server on this machine.
    ///
    /// What was due before has been answered with 200, and is not posted.
    ///
    /// `base` is an `http` URL of a loopback address or of `localhost`, such as `http://127.0.0.1:3000`. It stands in for
    /// scheme, host and port of the webhooks; path and query stay theirs. Whatever a webhook's URL says, nothing else is
    /// ever connected to: no proxy is asked, and no redirect followed.
    ///
    /// What fails is posted again as the vendor would, on the sandbox's clock. A thread of its own posts, until the sandbox
    /// is dropped; [`deliver`](Self::deliver) waits for it.
    ///
    /// # Errors
    /// When the URL is another one, or the thread does not start.
    pub fn deliver_to(&self, base: impl AsRef<str>) -> Result<(), DeliverToError> {
        postman::deliver_to(&self.world, base.as_ref())
    }

    /// Waits until all that is due by now has been posted and answered.
    ///
    /// What is due later is posted once [`advance`](Self::advance), or time, has come there.
    pub async fn deliver(&self) {
        self.world.deliver().await;
    }

    /// Makes something go wrong with deliveries of what happens from now on.
    ///
    /// ```
    /// # #[cfg(feature = "deck")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use connectory::sandbox::{DeliveryFault, Sandbox};
    ///
    /// let sandbox = Sandbox::builder().in_memory()?;
    /// let token = sandbox.deck().connect();
    /// sandbox.inject_delivery(DeliveryFault::Twice);
    /// sandbox.deck().disconnect(token.expose_secret(), "InvalidCredentials");
    /// assert_eq!(sandbox.deliveries().len(), 2);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "deck"))]
    /// # fn main() {}
    /// ```
    pub fn inject_delivery(&self, fault: impl Into<DeliveryRule>) {
        self.world.office().add_rule(fault.into());
    }

    /// Every request so far, in the order in which they were answered.
    pub fn requests(&self) -> Vec<Request> {
        self.world.journal().requests()
    }

    /// The requests of this operation so far, by its id such as `codat.companies.get_access_token`.
    ///
    /// # Panics
    /// When there is no such operation.
    #[track_caller]
    pub fn requests_of(&self, operation: &str) -> Vec<Request> {
        assert_known(operation);
        let mut requests = self.requests();
        requests.retain(|request| request.operation.is_some_and(|known| known.id() == operation));
        requests
    }

    /// Expects this operation to be called so often, retries included.
    ///
    /// [`verify`](Self::verify) tells whether it was. If nobody asks, dropping the sandbox panics where it was not, also
    /// when a test ends early with an `Err`.
    ///
    /// # Panics
    /// When there is no such operation.
    #[track_caller]
    pub fn expect(&self, operation: &str, times: usize) {
        assert_known(operation);
        self.world.journal().expect(operation, times);
    }

    /// Tells whether every request was one that a vendor knows, and every expectation was met.
    ///
    /// # Errors
    /// The first mismatch, unknown requests before expectations.
    pub fn verify(&self) -> Result<(), Mismatch> {
        self.world.verify()
    }

    /// Stops, as dropping it does: its ports are closed when this returns, and no request is taken any more.
    ///
    /// Any runtime may await it, since it waits for nothing. Connections that are open break as soon as the runtime that
    /// it was started on comes to them: until then a client finds silence there.
    ///
    /// # Panics
    /// Where dropping it panics.
    pub async fn stop(self) {
        drop(self);
    }

    /// Lets requests pass that no vendor knows; they are answered as the vendor would, and kept.
    pub fn ignore_unknown_requests(&self) {
        self.watches.store(false, Ordering::Relaxed);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.world.office().stop_posting();
        if std::thread::panicking() {
            return;
        }
        let watches = self.watches.load(Ordering::Relaxed);
        let journal = self.world.journal();
        let untold = watches.then(|| journal.untold_request()).flatten().or_else(|| journal.untold_count());
        drop(journal);
        if let Some(mismatch) = untold {
            #[expect(
                clippy::panic,
                reason = "a test whose client goes astray, or does nothing, must not pass"
            )]
            {
                panic!("the sandbox was not asked what it should be: {mismatch}");
            }
        }
    }
}

/// Panics where no operation has this id, at the line of the test that names it.
#[track_caller]
fn assert_known(operation: &str) {
    if let Err(why) = journal::known(operation) {
        #[expect(clippy::panic, reason = "a test that waits for what cannot happen must not pass")]
        {
            panic!("{why}");
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::exchange::Handlers;
    use crate::operation::Operation;
    use std::ptr;

    /// The operations of a vendor's tables.
    fn listed<S>(groups: &[Handlers<S>]) -> Vec<&'static Operation> {
        groups.iter().copied().flatten().map(|(operation, _)| *operation).collect()
    }

    #[test]
    fn every_operation_has_one_handler() {
        let vendors: &[Vec<&Operation>] = &[
            #[cfg(feature = "deck")]
            listed(super::deck::HANDLERS),
            #[cfg(feature = "apideck")]
            listed(super::apideck::HANDLERS),
            #[cfg(feature = "codat")]
            listed(super::codat::HANDLERS),
            #[cfg(feature = "deck-v2")]
            listed(super::deck_v2::HANDLERS),
        ];
        let handled = vendors.concat();
        for operation in crate::operations() {
            let handlers = handled.iter().filter(|handled| ptr::eq(**handled, operation)).count();
            assert_eq!(handlers, 1, "handlers of {operation}");
        }
        assert_eq!(handled.len(), crate::operations().count());
    }
}
