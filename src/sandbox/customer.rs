use super::Sandbox;
use crate::Client;
#[cfg(feature = "deck")]
use crate::Secret;
#[cfg(feature = "apideck")]
use crate::apideck::{ConsumerId, vault::connections::ConnectionState};
#[cfg(feature = "codat")]
use crate::codat::CompanyId;

/// One customer at all vendors, made by [`Sandbox::customer`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Customer {
    /// The access token of a connection that works, at Deck.
    #[cfg(feature = "deck")]
    pub deck: Secret,
    /// The consumer at Apideck: `salesforce` is callable, `xero` lacks a setting.
    #[cfg(feature = "apideck")]
    pub apideck: ConsumerId,
    /// The company at Codat: Xero is linked, Shopify waits for the customer.
    #[cfg(feature = "codat")]
    pub codat: CompanyId,
    /// The `external_id` at Deck v2 of one credential, which no run has used.
    #[cfg(feature = "deck-v2")]
    pub deck_v2: String,
}

impl Customer {
    /// The view of this customer through a client of the sandbox.
    pub fn at(&self, client: &Client) -> crate::customer::Customer {
        let customer = client.customer();
        #[cfg(feature = "deck")]
        let customer = customer.deck(&self.deck);
        #[cfg(feature = "apideck")]
        let customer = customer.apideck(&self.apideck);
        #[cfg(feature = "codat")]
        let customer = customer.codat(&self.codat);
        #[cfg(feature = "deck-v2")]
        let customer = customer.deck_v2(&self.deck_v2);
        customer
    }
}

impl Sandbox {
    /// A customer of this name with connections at every vendor, some of which need something.
    ///
    /// ```
    /// # #[cfg(feature = "codat")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use connectory::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start().await?;
    /// let customer = sandbox.customer("acme").at(&sandbox.client());
    /// assert!(customer.connections().await.is_complete());
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "codat"))]
    /// # fn main() {}
    /// ```
    pub fn customer(&self, name: &str) -> Customer {
        #[cfg(feature = "apideck")]
        for (api, service, state) in [
            ("crm", "salesforce", ConnectionState::Callable),
            ("accounting", "xero", ConnectionState::Authorized),
        ] {
            // The sandbox offers both, and both can be so.
            let _ = self.world.apideck().seed(name, api, service, &state);
        }
        Customer {
            #[cfg(feature = "deck")]
            deck: self.deck().connect(),
            #[cfg(feature = "apideck")]
            apideck: name.into(),
            #[cfg(feature = "codat")]
            codat: self.company(name),
            #[cfg(feature = "deck-v2")]
            deck_v2: {
                self.deck_v2().add_credential("https://utility.example", name);
                name.to_owned()
            },
        }
    }

    #[cfg(feature = "codat")]
    fn company(&self, name: &str) -> CompanyId {
        let codat = self.codat();
        let company = codat.add_company(name);
        if let Some(xero) = codat.add_connection(&company, "gbol") {
            codat.link(xero);
        }
        codat.add_connection(&company, "fztf");
        company
    }
}
