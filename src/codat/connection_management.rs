//! Codat's old ways to company tokens and CORS settings: `client.codat().connection_management()`.

use super::CompanyId;
use super::settings::CorsSettings;
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::model;
use crate::{Call, Secret};
use std::sync::Arc;

/// What Codat has replaced by [`companies().get_access_token`](super::companies::Companies::get_access_token) and by the
/// CORS settings of [`settings()`](super::settings::Settings).
#[derive(Clone, Debug)]
pub struct ConnectionManagement {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.connection_management";
    /// leaves earlier tokens as they are
    GET_ACCESS_TOKEN = "get_access_token": GET "/companies/{companyId}/connectionManagement/accessToken", Read, sdk "connection_management.get";
    /// changes nothing
    GET_CORS_SETTINGS = "get_cors_settings": GET "/connectionManagement/corsSettings", Read, sdk "cors.get";
    /// Codat keeps a key for 90 minutes
    SET_CORS_SETTINGS = "set_cors_settings": POST "/connectionManagement/corsSettings", Keyed, sdk "cors.set";
}

impl ConnectionManagement {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Mints a token for the Connections SDK, valid for one hour.
    ///
    /// Codat removed it on 2026-10-12: the answer is 404. It is here for code that is being moved.
    ///
    /// # Errors
    /// `NotFound`, always, from Codat itself.
    ///
    /// Source: <https://docs.codat.io/updates/260624-deprecation-connection-management-access-token>.
    #[deprecated = "removed by Codat on 2026-10-12; use `codat().companies().get_access_token(..)`"]
    #[doc(alias = "get")]
    #[doc(alias = "get-connection-management-access-token")]
    #[inline]
    pub fn get_access_token(&self, company: impl Into<CompanyId>) -> Call<ConnectionManagementAccessToken> {
        self.engine.call(&GET_ACCESS_TOKEN).path(company.into()).returns()
    }

    /// Returns the origins whose pages may call Codat from a browser.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-connection-management-cors-settings>.
    #[deprecated = "use `codat().settings().get_cors_settings()`"]
    #[doc(alias = "get")]
    #[doc(alias = "get-connection-management-cors-settings")]
    #[inline]
    pub fn get_cors_settings(&self) -> Call<CorsSettings> {
        self.engine.call(&GET_CORS_SETTINGS).returns()
    }

    /// Sets the origins whose pages may call Codat from a browser, and returns them.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/set-connection-management-cors-settings>.
    #[deprecated = "use `codat().settings().set_cors_settings(..)`"]
    #[doc(alias = "set")]
    #[doc(alias = "set-connection-management-cors-settings")]
    #[inline]
    pub fn set_cors_settings(&self, settings: &CorsSettings) -> Call<CorsSettings> {
        self.engine.call(&SET_CORS_SETTINGS).json(settings).returns()
    }
}

model! {
    /// A token for the Connections SDK, good for one company and one hour.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct ConnectionManagementAccessToken in camelCase {
        /// The token.
        pub access_token: Secret,
    }
}
