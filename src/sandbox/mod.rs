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
#[cfg(feature = "codat")]
mod codat;
#[cfg(feature = "deck")]
mod deck;
mod exchange;
mod server;
mod world;

#[cfg(feature = "apideck")]
pub use apideck::Apideck;
#[cfg(feature = "codat")]
pub use codat::Codat;
#[cfg(feature = "deck")]
pub use deck::{Deck, Webhook};

use crate::{Client, ClientBuilder, Provider};
use server::Server;
use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};
use world::World;

/// The vendors, acted out on a loopback port until it is dropped.
pub struct Sandbox {
    world: Arc<World>,
    server: Server,
}

impl Sandbox {
    /// Starts a sandbox on a free loopback port.
    ///
    /// It runs on the tokio runtime of the caller.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start() -> io::Result<Self> {
        let world = Arc::new(World::default());
        let server = Server::start(world.clone()).await?;
        Ok(Self { world, server })
    }

    /// A client of every vendor that is compiled in, with credentials that the sandbox accepts.
    ///
    /// Its Apideck consumer is `test-consumer`.
    ///
    /// # Panics
    /// Never: the settings are the sandbox's own.
    pub fn client(&self) -> Client {
        let client = self.client_builder().build();
        #[expect(clippy::expect_used, reason = "loopback addresses and constant credentials always build")]
        client.expect("the sandbox's own settings build a client")
    }

    /// The settings of [`client`](Self::client), to change some of them.
    pub fn client_builder(&self) -> ClientBuilder {
        let builder = Client::builder();
        #[cfg(feature = "deck")]
        let builder = builder.deck(deck::config(self.base_url(Provider::Deck)));
        #[cfg(feature = "apideck")]
        let builder = builder.apideck(apideck::config(self.base_url(Provider::Apideck)));
        #[cfg(feature = "codat")]
        let builder = builder.codat(codat::config(self.base_url(Provider::Codat)));
        builder
    }

    /// Where the sandbox acts as this vendor.
    pub fn base_url(&self, provider: Provider) -> String {
        format!("http://{}{}", self.address(), world::prefix(provider))
    }

    /// The loopback address of the server.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// What happens at Deck without the API: customers connect.
    #[cfg(feature = "deck")]
    pub fn deck(&self) -> Deck<'_> {
        Deck::new(&self.world)
    }

    /// What happens at Apideck without the API: customers authorize in the browser.
    #[cfg(feature = "apideck")]
    pub fn apideck(&self) -> Apideck<'_> {
        Apideck::new(&self.world)
    }

    /// What happens at Codat without the operations that the client has.
    #[cfg(feature = "codat")]
    pub fn codat(&self) -> Codat<'_> {
        Codat::new(&self.world)
    }

    /// Moves the sandbox's clock forward: tokens age, nobody waits.
    pub fn advance(&self, time: Duration) {
        self.world.advance(time);
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address()).finish_non_exhaustive()
    }
}
