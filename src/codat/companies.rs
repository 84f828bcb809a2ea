//! Your customers as Codat knows them: `client.codat().companies()`.

use super::CompanyId;
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::whole_number;
use crate::{Call, Secret};
use serde::Deserialize;
use std::sync::Arc;

/// The operations on companies.
#[derive(Clone, Debug)]
pub struct Companies {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.companies";
    /// leaves earlier tokens as they are
    GET_ACCESS_TOKEN = "get_access_token": GET "/companies/{companyId}/accessToken", Read, sdk "companies.get_access_token";
}

impl Companies {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
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
