//! Your customers as Codat knows them: `client.codat().companies()`.

use super::connections::Connection;
use super::{CompanyId, Page, Query};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{list, setters, whole_number};
use crate::{Call, JsonMap, Secret, SecretUrl, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The operations on companies.
#[derive(Clone, Debug)]
pub struct Companies {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.companies";
    /// changes nothing
    LIST = "list": GET "/companies", Read, sdk "companies.list";
    /// leaves earlier tokens as they are
    GET_ACCESS_TOKEN = "get_access_token": GET "/companies/{companyId}/accessToken", Read, sdk "companies.get_access_token";
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
    pub fn list(&self, query: &ListCompanies) -> Call<Page<Company>> {
        self.engine.call(&LIST).query(query).returns_with_unread::<Page<Company>, _>()
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
    pub fn get_access_token(&self, company: impl Into<CompanyId>) -> Call<CompanyAccessToken> {
        self.engine.call(&GET_ACCESS_TOKEN).path(company.into()).returns()
    }
}

/// Which companies to list, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListCompanies {
    /// The number of the page, from 1; the first where it is not set.
    pub page: Option<u32>,
    /// How many companies a page holds: 100 where it is not set, 5,000 at most.
    pub page_size: Option<u32>,
    /// Which companies, by their members. Codat's guide sets a page size wherever it sets a query.
    pub query: Option<Query>,
    /// The member to sort by, with a `-` before it from the end on.
    pub order_by: Option<String>,
    /// Which companies, by their tags: with `equal`, `not_equal` and `contains`.
    pub tags: Option<Query>,
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

/// A customer as Codat knows it.
///
/// Source: <https://docs.codat.io/platform-api#/operations/list-companies>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Company {
    /// The company's id.
    pub id: CompanyId,
    /// The company's name.
    pub name: Option<String>,
    /// What you say of it.
    pub description: Option<String>,
    /// Where to send the customer to connect. Whoever knows it can connect accounts of his own.
    pub redirect: Option<SecretUrl>,
    /// When its data were last synced.
    pub last_sync: Option<Timestamp>,
    /// Its connections.
    #[serde(default, deserialize_with = "list")]
    pub data_connections: Vec<Connection>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// Who created it.
    pub created_by_user_name: Option<String>,
    /// The products of Codat's that it uses.
    #[serde(default, deserialize_with = "list")]
    pub products: Vec<String>,
    /// Your own tags, by their names.
    pub tags: Option<JsonMap>,
    /// The company that it belongs to.
    pub reference_parent_company: Option<CompanyReference>,
    /// The companies that belong to it.
    #[serde(default, deserialize_with = "list")]
    pub reference_subsidiary_companies: Vec<CompanyReference>,
}

/// Another company that a company names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompanyReference {
    /// The company's id.
    pub id: Option<CompanyId>,
    /// The company's name.
    pub name: Option<String>,
    /// What you say of it.
    pub description: Option<String>,
    /// Your own tags, by their names.
    pub tags: Option<JsonMap>,
    /// Where the company is found.
    pub links: Option<CompanyLinks>,
}

/// Where a company is found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompanyLinks {
    /// The company in Codat's portal.
    pub portal: Option<String>,
}

/// A token for Codat's embedded pages, good for one company.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CompanyAccessToken {
    /// The token.
    pub access_token: Secret,
    /// Seconds until it expires, from the moment it was minted.
    #[serde(default, deserialize_with = "whole_number")]
    pub expires_in: Option<i64>,
    /// How it goes into an `Authorization` header: `Bearer`.
    pub token_type: Option<String>,
}
