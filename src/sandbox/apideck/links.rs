//! The links that customers follow in the browser, to authorize and to revoke: made for connections, and served.

use super::catalog::{self, Auth, Service};
use super::{State, consumer, key, not_found, refusal, unauthorized};
use crate::call::RESERVED;
use crate::engine::is_loopback;
use crate::sandbox::exchange::{Asked, Reply};
use crate::sandbox::{jwt, route::percent_decode};
use http::StatusCode;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;
use serde_json::json;
use url::{Url, form_urlencoded};

/// What `state` says: whose connection a link is for.
#[derive(Deserialize)]
struct Claims {
    consumer_id: String,
    unified_api: String,
    service_id: String,
}

impl State {
    /// The link of this name; only where the customer authorizes in the browser.
    pub(super) fn link(&self, asked: &Asked<'_>, service: &Service, name: &str) -> Option<String> {
        if service.auth != Auth::AuthorizationCode {
            return None;
        }
        let claims = json!({
            "consumer_id": consumer(asked),
            "unified_api": service.unified_api,
            "service_id": service.id,
            "application_id": self.credentials.app_id,
        });
        let application = utf8_percent_encode(&self.credentials.app_id, RESERVED);
        let state = jwt::sign(&claims, self.link_secret);
        Some(format!("{}/vault/{name}/{}/{application}?state={state}", asked.base_url, service.id))
    }

    pub(super) fn follow(&mut self, path: &str, query: &str, now: u64) -> Option<Reply> {
        let mut segments = path.strip_prefix("/vault/")?.split('/');
        let (name, service, application) = (segments.next()?, segments.next()?, segments.next()?);
        if !matches!((name, segments.next()), ("authorize" | "revoke", None)) {
            return None;
        }
        let application = percent_decode(application).unwrap_or_default();
        Some(match self.visit(service, &application, query) {
            Ok((consumer, service, back)) => {
                if name == "authorize" {
                    self.record(&consumer, service, now).grant(now);
                } else if let Some(record) = self.records.get_mut(&key(&consumer, service)) {
                    record.revoke(now);
                }
                // Not 301, as at Apideck: browsers keep that, and the next click would never arrive here.
                Reply::empty(StatusCode::FOUND).header("location", back)
            }
            Err(refusal) => refusal,
        })
    }

    /// Whose connection a link is for, and where it leads in the end.
    fn visit(
        &self,
        service: &str,
        application: &str,
        query: &str,
    ) -> Result<(String, &'static Service, String), Reply> {
        if application != self.credentials.app_id {
            return Err(unauthorized());
        }
        let query = |key: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(known, _)| known == key).map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        let claims: Option<Claims> = jwt::read(&query("state"), self.link_secret);
        let is_of_service = |claims: &Claims| claims.service_id == service && !claims.consumer_id.is_empty();
        let claims = claims.filter(is_of_service).ok_or_else(|| {
            bad_request("OAuthInvalidStateError", "state is none that this sandbox has given to a consumer")
        })?;
        let service = catalog::service(&claims.unified_api, service)
            .ok_or_else(|| not_found("ConnectorNotFoundError", "connector", service))?;
        let back = Url::parse(&query("redirect_uri")).ok();
        let back = back.filter(|url| matches!(url.scheme(), "http" | "https") && is_loopback(url));
        let back = back.ok_or_else(|| {
            bad_request("OAuthRedirectUriError", "redirect_uri is no http or https URL of this machine")
        })?;
        Ok((claims.consumer_id, service, back.into()))
    }
}

fn bad_request(type_name: &str, detail: &str) -> Reply {
    refusal(StatusCode::BAD_REQUEST, type_name, "Invalid Params", &detail.into())
}
