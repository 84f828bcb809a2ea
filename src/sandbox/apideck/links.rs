//! The links that customers follow in the browser, to authorize and to revoke: made for connections, and served.

use super::catalog::{self, Auth, Service};
use super::{State, consumer, key, not_found, refusal, unauthorized};
use crate::call::RESERVED;
use crate::engine::is_loopback;
use crate::sandbox::body::body;
use crate::sandbox::exchange::{Asked, Reply};
use crate::sandbox::object::object;
use crate::sandbox::{jwt, random::Random, route::percent_decode};
use http::StatusCode;
use percent_encoding::utf8_percent_encode;
use url::{Url, form_urlencoded};

body! {
    /// What `state` says: whose connection a link is for.
    struct Claims {
        consumer_id: String,
        unified_api: String,
        service_id: String,
        /// Where a link leads that does not say.
        redirect_uri: Option<String>,
        ..
    }
}

impl State {
    /// The link of this name; only where the customer authorizes in the browser.
    pub(super) fn link(&self, asked: &Asked<'_>, service: &Service, name: &str) -> Option<String> {
        if service.auth != Auth::AuthorizationCode {
            return None;
        }
        let application = utf8_percent_encode(&self.credentials.app_id, RESERVED);
        let state = self.link_state(asked, service, None);
        Some(format!("{}/vault/{name}/{}/{application}?state={state}", asked.base_url, service.id))
    }

    /// What a link says in `state`.
    pub(super) fn link_state(
        &self,
        asked: &Asked<'_>,
        service: &Service,
        redirect_uri: Option<&str>,
    ) -> String {
        let claims = object!({
            "consumer_id": consumer(asked),
            "unified_api": service.unified_api,
            "service_id": service.id,
            "application_id": self.credentials.app_id,
            "redirect_uri": redirect_uri,
        });
        jwt::sign(&claims, self.link_secret)
    }

    pub(super) fn follow(&mut self, path: &str, query: &str, now: u64, random: &Random) -> Option<Reply> {
        let mut segments = path.strip_prefix("/vault/")?.split('/');
        let (name, service, application) = (segments.next()?, segments.next()?, segments.next()?);
        if !matches!((name, segments.next()), ("authorize" | "revoke", None)) {
            return None;
        }
        let application = percent_decode(application).unwrap_or_default();
        Some(match self.visit(service, &application, query) {
            Ok((consumer, service, mut back)) => {
                let nonce = parameter(query, "nonce");
                if name == "authorize" && nonce.is_empty() {
                    self.change_record(&consumer, service, now, |record| record.grant(now));
                } else if name == "authorize" {
                    let token = random.uuid().to_string();
                    self.change_record(&consumer, service, now, |record| {
                        record.grant_unconfirmed(&token, now)
                    });
                    let nonce = utf8_percent_encode(&nonce, RESERVED);
                    let fragment = format!("nonce={nonce}&confirm_token={token}&service_id={}", service.id);
                    back.set_fragment(Some(&fragment));
                } else if let Some(record) = self.records.get_mut(&key(&consumer, service)) {
                    record.revoke(now);
                }
                // Not 301, as at Apideck: browsers keep that, and the next click would never arrive here.
                Reply::empty(StatusCode::FOUND).header("location", back.as_str())
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
    ) -> Result<(String, &'static Service, Url), Reply> {
        if application != self.credentials.app_id {
            return Err(unauthorized());
        }
        let claims: Option<Claims> = jwt::read(&parameter(query, "state"), self.link_secret);
        let is_of_service = |claims: &Claims| claims.service_id == service && !claims.consumer_id.is_empty();
        let claims = claims.filter(is_of_service).ok_or_else(|| {
            bad_request("OAuthInvalidStateError", "state is none that this sandbox has given to a consumer")
        })?;
        let service = catalog::service(&claims.unified_api, service)
            .ok_or_else(|| not_found("ConnectorNotFoundError", "connector", service))?;
        let given = Some(parameter(query, "redirect_uri")).filter(|given| !given.is_empty());
        let back = given.or(claims.redirect_uri).and_then(|back| Url::parse(&back).ok());
        let back = back.filter(|url| {
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(is_loopback)
        });
        let back = back.ok_or_else(|| {
            bad_request("OAuthRedirectUriError", "redirect_uri is no http or https URL of this machine")
        })?;
        Ok((claims.consumer_id, service, back))
    }
}

/// The first of this name in a query; empty where there is none.
fn parameter(query: &str, name: &str) -> String {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn bad_request(type_name: &str, detail: &str) -> Reply {
    refusal(StatusCode::BAD_REQUEST, type_name, "Invalid Params", &detail.into())
}
