//! Companies, their products, and the tokens that act for them.

use super::pages::{list, malformed};
use super::query::Filter;
use super::settings::SyncSettings;
use super::{Pending, State, body, done, invalid, iso, ok, refusal, seconds, segment};
use crate::codat::companies;
use crate::sandbox::body::{Texts, body};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::jwt;
use crate::sandbox::object::{self, object};
use crate::sandbox::store::Store;
use http::StatusCode;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

pub(super) const HANDLERS: Handlers<State> = &[
    (&companies::LIST, State::list_companies),
    (&companies::CREATE, State::create_company),
    (&companies::GET, State::get_company),
    (&companies::UPDATE, State::update_company),
    (&companies::REPLACE, State::replace_company),
    (&companies::DELETE, State::delete_company),
    (&companies::GET_ACCESS_TOKEN, State::get_access_token),
    (&companies::ADD_PRODUCT, State::add_product),
    (&companies::REMOVE_PRODUCT, State::remove_product),
    (&companies::REFRESH_PRODUCT_DATA, State::refresh_product_data),
    (&companies::GET_SYNC_SETTINGS, State::get_company_sync_settings),
    (&companies::SET_SYNC_SETTINGS, State::set_company_sync_settings),
];

/// What the vendor says of a company's access token.
const TOKEN_LIFETIME: Duration = Duration::from_secs(86_400);
/// Of the free plan.
const MOST_COMPANIES: usize = 50;
/// How long reading the data of a product takes.
const READING: Duration = Duration::from_secs(10);
/// Codat's own, whose data are not refreshed by hand.
const PRODUCTS: [&str; 8] = [
    "bank-feeds",
    "commerce",
    "expenses",
    "expenses-v1",
    "lending",
    "payables",
    "payables-v2",
    "spend-insights",
];

pub(super) struct Company {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) tags: Texts,
    created: SystemTime,
    /// In the order of their names.
    pub(super) products: Vec<String>,
    /// When its data were last read, however they were asked for.
    pub(super) last_read: Option<SystemTime>,
    /// Since when the data of a product are read.
    read: Store<SystemTime>,
    pub(super) sync_settings: Option<SyncSettings>,
}

pub(super) struct Token {
    pub(super) company: String,
    pub(super) expires: SystemTime,
}

body! {
    struct Details {
        name: Option<String>,
        description: Option<String>,
        tags: Option<Texts>,
    }
}

impl Company {
    pub(super) fn new(name: String, created: SystemTime) -> Self {
        Self {
            name,
            description: String::new(),
            tags: Texts::default(),
            created,
            products: Vec::new(),
            last_read: None,
            read: Store::default(),
            sync_settings: None,
        }
    }

    /// Where a product is, or would be.
    fn place_of(&self, product: &str) -> Result<usize, usize> {
        self.products.binary_search_by(|known| known.as_str().cmp(product))
    }

    fn update(&mut self, details: Details) {
        let Details { name, description, tags } = details;
        self.name = name.unwrap_or_else(|| std::mem::take(&mut self.name));
        self.description = description.unwrap_or_else(|| std::mem::take(&mut self.description));
        self.tags = tags.unwrap_or_else(|| std::mem::take(&mut self.tags));
    }
}

impl State {
    fn list_companies(&mut self, asked: &Asked<'_>) -> Step {
        let tags = Filter::of(asked, "tags")?;
        let mut found = Vec::new();
        for (id, company) in self.companies.iter() {
            let passes = tags.as_ref().map_or(Ok(true), |tags| tags.lets_through_tags(&company.tags));
            if passes.map_err(|why| malformed(asked, &why))? {
                found.push((id, company));
            }
        }
        let syncs = self.last_syncs(asked.now);
        list(asked, &found, |(id, company)| self.company_json(id, company, &syncs))
    }

    fn create_company(&mut self, asked: &Asked<'_>) -> Step {
        let details = details(asked, true)?;
        if self.companies.len() >= MOST_COMPANIES {
            return Err(too_many_companies(asked));
        }
        let id = asked.random.uuid().to_string();
        let mut company = Company::new(String::new(), asked.now);
        company.update(details);
        self.companies.put(id.as_str(), company);
        self.tell_of_company(&id, "company.created", asked.now);
        self.show_company(asked, &id)
    }

    fn get_company(&mut self, asked: &Asked<'_>) -> Step {
        self.show_company(asked, asked.id("companyId")?)
    }

    fn update_company(&mut self, asked: &Asked<'_>) -> Step {
        let (id, company) = self.company(asked)?;
        company.update(details(asked, false)?);
        self.show_company(asked, id)
    }

    fn replace_company(&mut self, asked: &Asked<'_>) -> Step {
        let (id, company) = self.company(asked)?;
        let Details { name, description, tags } = details(asked, true)?;
        let (description, tags) = (description.or(Some(String::new())), tags.or(Some(Texts::default())));
        company.update(Details { name, description, tags });
        self.show_company(asked, id)
    }

    fn delete_company(&mut self, asked: &Asked<'_>) -> Step {
        let (id, _) = self.company(asked)?;
        self.tell_of_company(id, "company.deleted", asked.now);
        self.companies.delete(id);
        self.connections.retain(&|_, connection| connection.company != id);
        self.tokens.retain(&|_, token| token.company != id);
        self.pulls.retain(&|_, pull| pull.company != id);
        done(StatusCode::NO_CONTENT)
    }

    fn get_access_token(&mut self, asked: &Asked<'_>) -> Step {
        let (company, Company { name, .. }) = self.company(asked)?;
        let expires = asked.now + TOKEN_LIFETIME;
        let claims = object!({
            "sub": company,
            "name": name,
            "jti": asked.random.uuid().to_string(),
            "exp": seconds(expires),
        });
        let token = jwt::sign(&claims, asked.random.uuid());
        let body =
            object!({ "expiresIn": TOKEN_LIFETIME.as_secs(), "accessToken": token, "tokenType": "Bearer" });
        self.tokens.retain(&|_, token| asked.now < token.expires);
        self.tokens.put(&token, Token { company: company.to_owned(), expires });
        ok(body)
    }

    fn add_product(&mut self, asked: &Asked<'_>) -> Step {
        let ((id, company), product) = (self.company(asked)?, asked.id("productIdentifier")?);
        if let Err(place) = company.place_of(product) {
            company.products.insert(place, product.to_owned());
            self.tell_of_product(id, "company.product.added", product, asked.now);
        }
        done(StatusCode::NO_CONTENT)
    }

    fn remove_product(&mut self, asked: &Asked<'_>) -> Step {
        let ((id, company), product) = (self.company(asked)?, asked.id("productIdentifier")?);
        if let Ok(place) = company.place_of(product) {
            company.products.remove(place);
            self.tell_of_product(id, "company.product.removed", product, asked.now);
        }
        done(StatusCode::NO_CONTENT)
    }

    fn refresh_product_data(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            #[derive(Default)]
            struct Body in camelCase {
                data_types: Option<Vec<String>>,
            }
        }

        let product = asked.id("productIdentifier")?;
        let (id, company) = self.company(asked)?;
        let refuse = |why: &str| refusal(asked.random, StatusCode::BAD_REQUEST, "PublicApi", why);
        let Body { data_types } = if asked.body.is_empty() { Body::default() } else { body(asked)? };
        if data_types.iter().flatten().any(|name| !super::settings::is_data_type(name)) {
            return Err(invalid(asked));
        }
        if PRODUCTS.contains(&product) {
            return Err(refuse(&format!("{product} doesn't support data refreshing.")));
        }
        if company.place_of(product).is_err() {
            let why = format!("No product was found with identifier {product}");
            return Err(refusal(asked.random, StatusCode::NOT_FOUND, "PublicApi", &why));
        }
        if company.read.get(product).is_some_and(|since| asked.now < *since + READING) {
            return Err(refuse("Data cannot be refreshed while a read operation is in progress."));
        }
        company.read.put(product, asked.now);
        let (company, ends) = (id.to_owned(), asked.now + READING);
        self.pending.push(Pending::Product { company, data_types, ends });
        done(StatusCode::ACCEPTED)
    }

    /// Id and company that the path names.
    pub(super) fn company<'a>(&mut self, asked: &'a Asked<'_>) -> Result<(&'a str, &mut Company), Reply> {
        let id = asked.id("companyId")?;
        let company = self.companies.get_mut(id).ok_or_else(|| no_company(asked, id))?;
        Ok((id, company))
    }

    fn show_company(&self, asked: &Asked<'_>, id: &str) -> Step {
        let company = self.companies.get(id).ok_or_else(|| no_company(asked, id))?;
        ok(self.company_json(id, company, &self.last_syncs(asked.now)))
    }

    pub(super) fn company_json(&self, id: &str, company: &Company, syncs: &Store<SystemTime>) -> Value {
        let connections = self.connections.filter(&|_, connection| connection.company == id);
        let reads = company.read.iter().map(|(_, since)| since);
        let last_sync = connections.iter().filter_map(|(id, _)| syncs.get(id)).chain(reads).max();
        let mut shown = connections
            .iter()
            .map(|(id, connection)| connection.json(&self.base_url, id, syncs.get(id).copied()));
        object!({
            "id": id,
            "name": company.name,
            "description": company.description,
            "platform": "",
            "redirect": format!("https://link.codat.io/company/{}", segment(id)),
            "lastSync": last_sync.copied().map(iso),
            "dataConnections": object::list(&mut shown),
            "created": iso(company.created),
            "createdByUserName": "Sandbox",
            "products": company.products,
            "tags": company.tags.to_json(),
            "referenceParentCompany": Value::Null,
            "referenceSubsidiaryCompanies": json!([]),
        })
    }
}

/// What Codat makes of them: characters that a name may not have are dropped without a word.
fn details(asked: &Asked<'_>, needs_name: bool) -> Result<Details, Reply> {
    let mut details: Details = body(asked)?;
    if let Some(name) = &mut details.name {
        name.retain(|letter| {
            letter.is_ascii_alphanumeric() || letter.is_whitespace() || "-',&@.?!".contains(letter)
        });
    }
    let fits = |tags: &Texts| {
        let is_short = |text: &str, most| text.chars().count() <= most;
        let fits = |(name, text): (&str, &str)| !name.is_empty() && is_short(name, 27) && is_short(text, 100);
        tags.len() <= 10 && tags.iter().all(fits)
    };
    let is_named = details.name.as_ref().map_or(!needs_name, |name| !name.is_empty());
    let is_valid = is_named && details.tags.as_ref().is_none_or(fits);
    is_valid.then_some(details).ok_or_else(|| invalid(asked))
}

fn no_company(asked: &Asked<'_>, id: &str) -> Reply {
    let message = format!("No company was found with ID {id}");
    refusal(asked.random, StatusCode::NOT_FOUND, "ClientsApi", &message)
}

fn too_many_companies(asked: &Asked<'_>) -> Reply {
    let mut reply = super::failure(asked.random, StatusCode::PAYMENT_REQUIRED);
    if let Some(body) = reply.json_mut() {
        let item = object!({
            "itemId": "Company",
            "message": "Company limit exceeded. Learn more at https://docs.codat.io/using-the-api/errors",
            "validatorName": "CreateCompany",
        });
        body["validation"] = object!({ "errors": json!([item]), "warnings": Value::Null });
    }
    reply
}
