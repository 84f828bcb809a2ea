use super::context::Clock;
use super::journal::Journal;
use super::random::Random;
use super::server::Server;
use super::world::{Log, World};
use super::{Request, Sandbox};
#[cfg(feature = "apideck")]
use crate::apideck::{AppId, ConsumerId, ServiceId, UnifiedApi, vault::connections::ConnectionState};
#[cfg(feature = "codat")]
use crate::codat::CompanyId;
use crate::{Provider, Secret};
use std::{fmt, io, sync::Arc, time::SystemTime};

/// Settings of a [`Sandbox`]: what it knows at its start, its chance, its clock, its port.
#[must_use = "a builder does nothing until `start()`"]
#[derive(Default)]
pub struct SandboxBuilder {
    seed: Option<u64>,
    stands_at: Option<SystemTime>,
    port: u16,
    port_each: bool,
    journal_limit: Option<usize>,
    log: Option<Log>,
    /// The applications at Apideck besides the first.
    #[cfg(feature = "apideck")]
    apideck_apps: Vec<AppId>,
    /// What is known at the start; the answer says what cannot be.
    seeds: Vec<Seed>,
}

type Seed = Box<dyn FnOnce(&World) -> Result<(), String> + Send>;

impl SandboxBuilder {
    /// Makes ids, tokens and the chance of faults follow from this number.
    ///
    /// Times are the clock's, also those within Codat's tokens: [`stopped_at`](Self::stopped_at) makes them the same.
    /// The signatures of Apideck's links and Codat's tokens may differ between versions of Rust.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Lets the clock stand still at this moment; [`Sandbox::advance`] moves it.
    pub fn stopped_at(mut self, time: SystemTime) -> Self {
        self.stands_at = Some(time);
        self
    }

    /// Takes this port instead of a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Serves each vendor on a port of its own, this one and those that follow, without a prefix in the path.
    ///
    /// In the order Deck, Apideck, Codat, Deck v2. Without [`port`](Self::port) they are free ports.
    pub fn port_each(mut self) -> Self {
        self.port_each = true;
        self
    }

    /// Remembers so many requests, the latest ones; all of them without a limit.
    ///
    /// What is forgotten counts for nothing: neither for an expectation nor as an unknown request.
    pub fn journal_limit(mut self, requests: usize) -> Self {
        self.journal_limit = Some(requests);
        self
    }

    /// Calls this with every request once it has been answered.
    ///
    /// That is also with what is not in the journal: customers who follow Apideck's links, and requests to `/_sandbox/`.
    pub fn log(mut self, log: impl Fn(&Request) + Send + Sync + 'static) -> Self {
        self.log = Some(Box::new(log));
        self
    }

    /// Makes Deck know its client by this id and secret.
    #[cfg(feature = "deck")]
    pub fn deck_credentials(self, client_id: impl Into<String>, secret: impl Into<String>) -> Self {
        let credentials = super::deck::Credentials { client_id: client_id.into(), secret: secret.into() };
        self.seeded(move |world| {
            world.deck().state().credentials = credentials;
            Ok(())
        })
    }

    /// Makes Deck share this key with its client, which encrypts so much with it.
    ///
    /// [`start`](Self::start) refuses a key that is not 32 bytes in base64.
    #[cfg(feature = "deck-encryption")]
    #[cfg_attr(docsrs, doc(cfg(feature = "deck-encryption")))]
    pub fn deck_encryption(self, key: impl Into<Secret>, encrypt: crate::deck::Encrypt) -> Self {
        let key = key.into();
        self.seeded(move |world| {
            let encryption = super::deck::encryption::Encryption::new(key, encrypt);
            world.deck().state().encrypt(encryption.map_err(|error| error.to_string())?);
            Ok(())
        })
    }

    /// Adds a connection at Deck that has this access token.
    #[cfg(feature = "deck")]
    pub fn deck_connection(self, access_token: impl Into<Secret>) -> Self {
        let token = access_token.into();
        self.seeded(move |world| {
            world.deck().seed(token.expose_secret());
            Ok(())
        })
    }

    /// Makes Apideck know its account by this key, and its first application by this id.
    #[cfg(feature = "apideck")]
    pub fn apideck_credentials(self, api_key: impl Into<String>, app_id: impl Into<String>) -> Self {
        let credentials = super::apideck::Credentials { api_key: api_key.into(), app_id: app_id.into() };
        self.seeded(move |world| {
            world.set_apideck_credentials(credentials);
            Ok(())
        })
    }

    /// Adds another application of the account at Apideck, with consumers and connections of its own.
    ///
    /// Each [`apideck_connection`](Self::apideck_connection) that follows is this application's. A client reaches it with
    /// [`apideck().app(..)`](crate::apideck::Apideck::app), a test with [`Apideck::app`](super::Apideck::app).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use connectory::apideck::vault::connections::ConnectionState;
    /// use connectory::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder()
    ///     .apideck_connection("acme", "crm", "salesforce", "callable")
    ///     .apideck_app("second-app")
    ///     .apideck_connection("acme", "crm", "salesforce", "invalid")
    ///     .in_memory()?;
    /// let first = sandbox.client().apideck().consumer("acme");
    /// let second = first.clone().app("second-app");
    /// for (app, state) in [(first, ConnectionState::Callable), (second, ConnectionState::Invalid)] {
    ///     assert_eq!(app.vault().connections().get("crm", "salesforce").await?.data.state, Some(state));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "apideck")]
    pub fn apideck_app(mut self, app: impl Into<AppId>) -> Self {
        self.apideck_apps.push(app.into());
        self
    }

    /// Adds a consumer's connection at Apideck, in this state.
    ///
    /// It is one of the application that was added last, or of the first. [`start`](Self::start) refuses a service that the
    /// sandbox does not offer and a state that it cannot be in, and says which there are.
    #[cfg(feature = "apideck")]
    pub fn apideck_connection(
        self,
        consumer: impl Into<ConsumerId>,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        state: impl Into<ConnectionState>,
    ) -> Self {
        let (consumer, unified_api) = (consumer.into(), unified_api.into());
        let (service, state) = (service.into(), state.into());
        let app = self.apideck_apps.last().cloned();
        self.seeded(move |world| {
            let apideck = app.map_or(world.apideck(), |app| world.apideck().app(app));
            apideck.seed(consumer.as_str(), unified_api.as_str(), service.as_str(), &state)
        })
    }

    /// Makes Codat know its client by this key.
    #[cfg(feature = "codat")]
    pub fn codat_credentials(self, api_key: impl Into<String>) -> Self {
        let credentials = super::codat::Credentials { api_key: api_key.into() };
        self.seeded(move |world| {
            world.codat().state().set_credentials(credentials);
            Ok(())
        })
    }

    /// Adds a company at Codat that has this id.
    #[cfg(feature = "codat")]
    pub fn codat_company(self, id: impl Into<CompanyId>, name: impl Into<String>) -> Self {
        let (id, name) = (id.into(), name.into());
        self.seeded(move |world| {
            world.codat().seed(&id, name);
            Ok(())
        })
    }

    /// Makes Deck v2 know its client by this key.
    #[cfg(feature = "deck-v2")]
    pub fn deck_v2_credentials(self, api_key: impl Into<String>) -> Self {
        let api_key = api_key.into();
        self.seeded(move |world| {
            world.deck_v2().state().api_key = api_key;
            Ok(())
        })
    }

    /// Starts the sandbox on loopback, on the tokio runtime of the caller.
    ///
    /// # Errors
    /// When a port cannot be had, or a connection cannot be in the state that it was given.
    pub async fn start(self) -> io::Result<Sandbox> {
        let (port, port_each) = (self.port, self.port_each);
        let world = self.world()?;
        let each = [Provider::Deck, Provider::Apideck, Provider::Codat, Provider::DeckV2].map(Some);
        let served = if port_each { &each[..] } else { &[None] };
        let mut servers = Vec::new();
        for (only, offset) in served.iter().zip(0..) {
            let port = if port == 0 { 0 } else { port.saturating_add(offset) };
            servers.push(Server::start(world.clone(), *only, port).await?);
        }
        Ok(Sandbox { world, servers, watches: true.into() })
    }

    /// Makes a sandbox without a socket: its clients reach it through memory.
    ///
    /// # Errors
    /// When a connection cannot be in the state that it was given.
    pub fn in_memory(self) -> io::Result<Sandbox> {
        Ok(Sandbox { world: self.world()?, servers: Vec::new(), watches: true.into() })
    }

    fn seeded(mut self, seed: impl FnOnce(&World) -> Result<(), String> + Send + 'static) -> Self {
        self.seeds.push(Box::new(seed));
        self
    }

    fn world(self) -> io::Result<Arc<World>> {
        let random = self.seed.map_or_else(Random::unforeseen, Random::seeded);
        let clock = Clock { stands_at: self.stands_at, ..Clock::default() };
        let mut world = World::new(random, clock, Journal::limited(self.journal_limit), self.log);
        #[cfg(feature = "apideck")]
        self.apideck_apps.into_iter().for_each(|app| world.add_apideck_app(app.into()));
        for seed in self.seeds {
            seed(&world).map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        }
        Ok(Arc::new(world))
    }
}

impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxBuilder")
            .field("seed", &self.seed)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
