//! Codat's old way to company tokens: `client.codat().connection_management()`.

use super::CompanyId;
use crate::engine::Engine;
use crate::operation::operations;
use crate::{Call, Secret};
use serde::Deserialize;
use std::sync::Arc;

/// What Codat has replaced by [`companies().get_access_token`](super::companies::Companies::get_access_token).
#[derive(Clone, Debug)]
pub struct ConnectionManagement {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.connection_management";
    /// leaves earlier tokens as they are
    GET = "get": GET "/companies/{companyId}/connectionManagement/accessToken", Read, sdk "connection_management.get";
}

impl ConnectionManagement {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Mints a token for the Connections SDK, valid for one hour.
    ///
    /// Codat has removed it: since 2026-10-12 the answer is 404. It is here for code that is being moved.
    ///
    /// # Errors
    /// `NotFound`, always, from Codat itself.
    ///
    /// Source: <https://docs.codat.io/updates/260624-deprecation-connection-management-access-token>.
    #[deprecated = "removed by Codat on 2026-10-12; use `codat().companies().get_access_token(..)`"]
    #[doc(alias = "get-connection-management-access-token")]
    pub fn get(&self, company: impl Into<CompanyId>) -> Call<ConnectionManagementAccessToken> {
        self.engine.call(&GET).path(company.into()).returns()
    }
}

/// A token for the Connections SDK, good for one company and one hour.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectionManagementAccessToken {
    /// The token.
    pub access_token: Secret,
}
