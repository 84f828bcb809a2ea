//! Your customers as Codat knows them: `client.codat().companies()`.

use super::connections::Connection;
use super::settings::{SetSyncSettings, SyncSetting};
use super::{CompanyId, DataType, Page, Query};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{id, model, request, setters};
use crate::{Call, Secret, SecretUrl, Timestamp};
use std::{collections::BTreeMap, sync::Arc};

/// The operations on companies.
#[derive(Clone, Debug)]
pub struct Companies {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.companies";
    /// changes nothing
    LIST = "list": GET "/companies", Read, sdk "companies.list";
    /// each call makes a company, and Codat keeps a key for 90 minutes
    CREATE = "create": POST "/companies", Keyed, sdk "companies.create";
    /// changes nothing
    GET = "get": GET "/companies/{companyId}", Read, sdk "companies.get";
    /// Codat keeps a key for 90 minutes
    UPDATE = "update": PATCH "/companies/{companyId}", Keyed, sdk "companies.update";
    /// sets name, description and tags
    REPLACE = "replace": PUT "/companies/{companyId}", Idempotent, sdk "companies.replace";
    /// gone twice is gone
    DELETE = "delete": DELETE "/companies/{companyId}", Idempotent, sdk "companies.delete";
    /// leaves earlier tokens as they are
    GET_ACCESS_TOKEN = "get_access_token": GET "/companies/{companyId}/accessToken", Read, sdk "companies.get_access_token";
    /// on twice is on
    ADD_PRODUCT = "add_product": PUT "/companies/{companyId}/products/{productIdentifier}", Idempotent, sdk "companies.add_product";
    /// off twice is off
    REMOVE_PRODUCT = "remove_product": DELETE "/companies/{companyId}/products/{productIdentifier}", Idempotent, sdk "companies.remove_product";
    /// each call reads the data again, and Codat keeps a key for 90 minutes
    REFRESH_PRODUCT_DATA = "refresh_product_data": POST "/companies/{companyId}/products/{productIdentifier}/refresh", Keyed, sdk "companies.refresh_product_data";
    /// changes nothing
    GET_SYNC_SETTINGS = "get_sync_settings": GET "/companies/{companyId}/syncSettings", Read, sdk "companies.get_company_sync_settings";
    /// Codat keeps a key for 90 minutes
    SET_SYNC_SETTINGS = "set_sync_settings": POST "/companies/{companyId}/syncSettings", Keyed, sdk "companies.set_company_sync_settings";
}

id! {
    /// A product of Codat's, such as `lending`, or one of your own making.
    pub struct ProductId;
}

impl Companies {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Lists your companies, a page at a time.
    ///
    /// [`pages`](Call::pages) walks all of them.
    ///
    /// # Errors
    /// `BadRequest` for a query that Codat cannot read.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/list-companies>.
    #[doc(alias = "list-companies")]
    #[inline]
    pub fn list(&self, query: &ListCompanies) -> Call<Page<Company>> {
        self.engine.call(&LIST).query(query).returns_with_unread::<Page<Company>, _>()
    }

    /// Creates a company and returns it, with its id.
    ///
    /// Codat drops what a name may not hold without a word: `Acme (Codat[1])` becomes `Acme Codat1`. Send the customer to
    /// `redirect`, or create a connection for one software and send them to its link.
    ///
    /// # Errors
    /// `PaymentRequired` for a company beyond what the plan allows.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/create-company>.
    #[doc(alias = "create-company")]
    #[inline]
    pub fn create(&self, company: &CreateCompany) -> Call<Company> {
        self.engine.call(&CREATE).json(company).returns()
    }

    /// Returns one company with its connections.
    ///
    /// # Errors
    /// `NotFound` for a company that Codat does not know.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-company>.
    #[doc(alias = "get-company")]
    #[inline]
    pub fn get(&self, company: impl Into<CompanyId>) -> Call<Company> {
        self.engine.call(&GET).path(company.into()).returns()
    }

    /// Changes the members that are set, and returns the company.
    ///
    /// Tags are replaced as a whole.
    ///
    /// # Errors
    /// `NotFound` for a company that Codat does not know.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/update-company>.
    #[doc(alias = "update-company")]
    #[inline]
    pub fn update(&self, company: impl Into<CompanyId>, update: &UpdateCompany) -> Call<Company> {
        self.engine.call(&UPDATE).path(company.into()).json(update).returns()
    }

    /// Replaces name, description and tags, and returns the company.
    ///
    /// What is not set is wiped.
    ///
    /// # Errors
    /// `NotFound` for a company that Codat does not know.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/replace-company>.
    #[doc(alias = "replace-company")]
    #[inline]
    pub fn replace(&self, company: impl Into<CompanyId>, replacement: &CreateCompany) -> Call<Company> {
        self.engine.call(&REPLACE).path(company.into()).json(replacement).returns()
    }

    /// Deletes a company for good, with its connections and their data.
    ///
    /// # Errors
    /// `NotFound` for a company that Codat does not know, also after an attempt whose answer was lost.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/delete-company>.
    #[doc(alias = "delete-company")]
    #[inline]
    pub fn delete(&self, company: impl Into<CompanyId>) -> Call<()> {
        self.engine.call(&DELETE).path(company.into()).returns_nothing()
    }

    /// Mints a token that lets Codat's embedded pages act for one company.
    ///
    /// Hand it to your front end for the Connections SDK or the Link SDK. It is valid for one day.
    ///
    /// # Errors
    /// `NotFound` for a company that Codat does not know.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-company-access-token>.
    #[doc(alias = "get-company-access-token")]
    #[inline]
    pub fn get_access_token(&self, company: impl Into<CompanyId>) -> Call<CompanyAccessToken> {
        self.engine.call(&GET_ACCESS_TOKEN).path(company.into()).returns()
    }

    /// Switches a product on for a company.
    ///
    /// Codat offers this to participants of its development program only.
    ///
    /// # Errors
    /// `NotFound` for a company or product that Codat does not know.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/add-product>.
    #[doc(alias = "add-product")]
    #[inline]
    pub fn add_product(&self, company: impl Into<CompanyId>, product: impl Into<ProductId>) -> Call<()> {
        self.engine.call(&ADD_PRODUCT).path(company.into()).path(product.into()).returns_nothing()
    }

    /// Switches a product off for a company.
    ///
    /// Codat offers this to participants of its development program only.
    ///
    /// # Errors
    /// `NotFound` for a company or product that Codat does not know.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/remove-product>.
    #[doc(alias = "remove-product")]
    #[inline]
    pub fn remove_product(&self, company: impl Into<CompanyId>, product: impl Into<ProductId>) -> Call<()> {
        self.engine.call(&REMOVE_PRODUCT).path(company.into()).path(product.into()).returns_nothing()
    }

    /// Reads the data of one of your custom products again.
    ///
    /// The work is queued when this returns.
    ///
    /// # Errors
    /// `BadRequest` for one of Codat's own products, for a data type that is not the product's, and while data are
    /// read.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/refresh-product-data>.
    #[doc(alias = "refresh-product-data")]
    #[inline]
    pub fn refresh_product_data(
        &self,
        company: impl Into<CompanyId>,
        product: impl Into<ProductId>,
        request: &RefreshProductData,
    ) -> Call<()> {
        let call = self.engine.call(&REFRESH_PRODUCT_DATA).path(company.into()).path(product.into());
        call.json(request).returns_nothing()
    }

    /// Returns how often and how far back a company's data are read.
    ///
    /// # Errors
    /// `NotFound` for a company that Codat does not know.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-company-syncSettings>.
    #[doc(alias = "get-company-syncSettings")]
    #[doc(alias = "get_company_sync_settings")]
    #[inline]
    pub fn get_sync_settings(&self, company: impl Into<CompanyId>) -> Call<CompanySyncSettings> {
        self.engine.call(&GET_SYNC_SETTINGS).path(company.into()).returns()
    }

    /// Sets how often and how far back a company's data are read.
    ///
    /// # Errors
    /// `NotFound` for a company that Codat does not know.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/set-company-syncSettings>.
    #[doc(alias = "set-company-syncSettings")]
    #[doc(alias = "set_company_sync_settings")]
    #[inline]
    pub fn set_sync_settings(&self, company: impl Into<CompanyId>, settings: &SetSyncSettings) -> Call<()> {
        let company = company.into();
        let body = settings.of("companyId", company.as_str());
        self.engine.call(&SET_SYNC_SETTINGS).path(&company).json(&body).returns_nothing()
    }
}

request! {
    /// A company to create, or what takes the place of one.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct CreateCompany {
        /// Its name: letters, digits, spaces and `-',&@.?!`; Codat drops all else.
        pub name: String,
        /// Whatever you want to say about it, your own id of it for example.
        pub description: Option<String>,
        /// Your own tags: at most ten, with names of up to 27 characters and texts of up to 100.
        pub tags: Option<BTreeMap<String, String>>,
    }
}

impl CreateCompany {
    /// A company of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: None, tags: None }
    }

    setters! {
        description: Option<String>,
        tags and tag: Option<BTreeMap<String, String>>,
    }
}

request! {
    /// What to change of a company; nothing by default.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct UpdateCompany {
        /// Its name, which has to keep to what [`CreateCompany::name`] says.
        pub name: Option<String>,
        /// Whatever you want to say about it.
        pub description: Option<String>,
        /// All of its tags; an empty map removes them.
        pub tags: Option<BTreeMap<String, String>>,
    }
}

impl UpdateCompany {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        name: Option<String>,
        description: Option<String>,
        tags and tag: Option<BTreeMap<String, String>>,
    }
}

request! {
    /// Which data of a product to read again; all of them by default.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct RefreshProductData in camelCase {
        /// The data types, which have to be the product's.
        pub data_types: Option<Vec<DataType>>,
    }
}

impl RefreshProductData {
    /// All data of the product.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        data_types: Option<Vec<DataType>>,
    }
}

request! {
    /// Which companies to list, and how.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ListCompanies in camelCase {
        /// The number of the page, from 1; the first where it is not set.
        pub page: Option<u32>,
        /// How many companies a page holds: 100 where it is not set, 5,000 at most.
        pub page_size: Option<u32>,
        /// Which companies, by their members. Codat's guide sets a page size wherever it sets a query.
        pub query: Option<Query>,
        /// The member to sort by: `name` ascending, `-name` descending.
        pub order_by: Option<String>,
        /// Which companies, by their tags: with `equal`, `not_equal` and `contains`.
        pub tags: Option<Query>,
    }
}

impl ListCompanies {
    /// All companies.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        page: Option<u32>,
        page_size: Option<u32>,
        query: Option<Query>,
        order_by: Option<String>,
        tags: Option<Query>,
    }
}

model! {
    /// A customer as Codat knows it.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/list-companies>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Company in camelCase {
        /// The company's id.
        pub id: CompanyId,
        /// The company's name.
        pub name: Option<String>,
        /// What you say of it.
        pub description: Option<String>,
        /// Where to send the customer to connect. Anyone who has the link can connect their own accounts.
        pub redirect: Option<SecretUrl>,
        /// When its data were last synced.
        pub last_sync: Option<Timestamp>,
        /// Its connections.
        pub data_connections: Vec<Connection>,
        /// When it was created.
        pub created: Option<Timestamp>,
        /// Who created it.
        pub created_by_user_name: Option<String>,
        /// The products that are switched on for it.
        pub products: Vec<ProductId>,
        /// Your own tags, by their names.
        pub tags: BTreeMap<String, String>,
        /// The company that it belongs to.
        pub reference_parent_company: Option<CompanyReference>,
        /// The companies that belong to it.
        pub reference_subsidiary_companies: Vec<CompanyReference>,
    }
}

model! {
    /// Another company that a company names.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CompanyReference {
        /// The company's id.
        pub id: Option<CompanyId>,
        /// The company's name.
        pub name: Option<String>,
        /// What you say of it.
        pub description: Option<String>,
        /// Your own tags, by their names.
        pub tags: BTreeMap<String, String>,
        /// Where the company is found.
        pub links: Option<CompanyLinks>,
    }
}

model! {
    /// Where a company is found.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CompanyLinks {
        /// The company in Codat's portal.
        pub portal: Option<String>,
    }
}

model! {
    /// A token for Codat's embedded pages, good for one company.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct CompanyAccessToken in camelCase {
        /// The token.
        pub access_token: Secret,
        /// Seconds until it expires, from the moment it was minted.
        pub expires_in: Option<i64> as WholeNumber,
        /// How it goes into an `Authorization` header: `Bearer`.
        pub token_type: Option<String>,
    }
}

model! {
    /// How often and how far back a company's data are read.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-company-syncSettings>.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CompanySyncSettings in camelCase {
        /// The company's id.
        pub company_id: Option<CompanyId>,
        /// One setting for each data type.
        pub settings: Vec<SyncSetting>,
        /// Whether they take the place of your client's own settings.
        pub overrides_defaults: Option<bool>,
    }
}
