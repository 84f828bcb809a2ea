//! Companies, and the tokens that act for them.

use super::pages::list;
use super::{State, refusal, seconds};
use crate::codat::companies;
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::jwt;
use http::StatusCode;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

pub(super) const HANDLERS: Handlers<State> =
    &[(&companies::LIST, State::list_companies), (&companies::GET_ACCESS_TOKEN, State::get_access_token)];

/// What the vendor says of a company's access token.
const TOKEN_LIFETIME: Duration = Duration::from_secs(86_400);

pub(super) struct Token {
    pub(super) company: String,
    pub(super) expires: SystemTime,
}

impl State {
    fn list_companies(&mut self, asked: &Asked<'_>) -> Step {
        list(asked, self.companies.iter(), |(id, name)| company_json(id, name))
    }

    fn get_access_token(&mut self, asked: &Asked<'_>) -> Step {
        let (company, name) = self.company(asked)?;
        let expires = asked.now + TOKEN_LIFETIME;
        let claims = json!({
            "sub": company,
            "name": name,
            "jti": asked.random.uuid().to_string(),
            "exp": seconds(expires),
        });
        let token = jwt::sign(&claims, asked.random.uuid());
        let body =
            json!({ "expiresIn": TOKEN_LIFETIME.as_secs(), "accessToken": token, "tokenType": "Bearer" });
        self.tokens.retain(|_, token| asked.now < token.expires);
        self.tokens.put(token, Token { company: company.to_owned(), expires });
        Ok(Reply::json(StatusCode::OK, body))
    }

    /// Id and name of the company that the path names.
    fn company<'a>(&self, asked: &'a Asked<'_>) -> Result<(&'a str, &str), Reply> {
        let id = asked.id("companyId")?;
        let name = self.companies.get(id).ok_or_else(|| {
            let message = format!("No company was found with ID {id}");
            refusal(asked.random, StatusCode::NOT_FOUND, "ClientsApi", &message)
        })?;
        Ok((id, name))
    }
}

fn company_json(id: &str, name: &str) -> Value {
    json!({
        "id": id,
        "name": name,
        "description": "",
        "redirect": format!("https://link.codat.io/company/{id}"),
        "dataConnections": [],
        "products": [],
        "tags": {},
        "referenceSubsidiaryCompanies": [],
    })
}
