//! The integrations, as the API shows them.

use super::catalog::{INTEGRATIONS, Integration, integration};
use super::pages::list;
use super::{State, ok, refusal};
use crate::codat::connections::SourceType;
use crate::codat::{DataType, integrations};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::{self, object};
use http::StatusCode;
use serde_json::{Value, json};

pub(super) const HANDLERS: Handlers<State> = &[
    (&integrations::LIST, State::list_integrations),
    (&integrations::GET, State::get_integration),
    (&integrations::GET_BRANDING, State::get_branding),
];

impl State {
    fn list_integrations(&mut self, asked: &Asked<'_>) -> Step {
        list(asked, &INTEGRATIONS, Integration::json)
    }

    fn get_integration(&mut self, asked: &Asked<'_>) -> Step {
        ok(platform(asked)?.json())
    }

    fn get_branding(&mut self, asked: &Asked<'_>) -> Step {
        let platform = platform(asked)?;
        let image = |kind: &str| {
            let alt = format!("{} {kind}", platform.name);
            object!({ "image": object!({ "src": platform.image(kind), "alt": alt }) })
        };
        ok(object!({
            "logo": object!({ "full": image("full"), "square": image("square") }),
            "button": object!({ "default": image("default"), "hover": image("hover") }),
            "sourceId": platform.source_id,
        }))
    }
}

/// The integration that the path names.
pub(super) fn platform(asked: &Asked<'_>) -> Result<&'static Integration, Reply> {
    let key = asked.id("platformKey")?;
    integration(key).ok_or_else(|| {
        let message = format!("Platform with key {key} not found");
        refusal(asked.random, StatusCode::NOT_FOUND, "PublicApi", &message)
    })
}

impl Integration {
    fn json(&self) -> Value {
        let feature = |data_type| {
            let read = object!({ "featureType": "Get", "featureState": "Release" });
            object!({ "dataType": data_type, "supportedFeatures": json!([read]) })
        };
        object!({
            "key": self.key,
            "logoUrl": self.image("full"),
            "name": self.name,
            "enabled": true,
            "sourceId": self.source_id,
            "sourceType": self.source_type,
            "integrationId": self.id,
            "isOfflineConnector": false,
            "isBeta": false,
            "dataProvidedBy": self.name,
            "datatypeFeatures": object::list(&mut self.data_types().into_iter().map(feature)),
        })
    }

    fn image(&self, kind: &str) -> String {
        format!("https://static.codat.io/sandbox/{}/{kind}.png", self.key)
    }

    /// The data types that software of its kind has.
    pub(super) fn data_types(&self) -> Vec<&'static str> {
        let kind = match self.source_type {
            SourceType::Banking => Some("banking"),
            SourceType::Commerce => Some("commerce"),
            _ => None,
        };
        let mut data_types: Vec<_> = DataType::KNOWN.iter().map(DataType::as_str).collect();
        data_types.retain(|data_type| data_type.split_once('-').map(|(kind, _)| kind) == kind);
        data_types
    }
}
