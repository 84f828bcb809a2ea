//! Credentials: stored unverified, verified or refused by the first run that signs in.

use super::kept::{Resource, asks_for, body, members, resource, text};
use super::{State, created, deleted, invalid, ok};
use crate::deck_v2::credentials;
use crate::sandbox::body::{OrDefault, body, read_by_serde};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::object;
use crate::types::Patch;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::SystemTime;

pub(super) const HANDLERS: Handlers<State> = &[
    (&credentials::CREATE, State::create_credential),
    (&credentials::LIST, State::list_credentials),
    (&credentials::GET, State::get_credential),
    (&credentials::UPDATE, State::update_credential),
    (&credentials::DELETE, State::delete_credential),
];

body! {
    struct Body {
        source_id: String,
        auth_method: OrDefault<Method>,
        auth_credentials: Option<SignIn>,
        external_id: Option<String>,
        ..
    }
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Method {
    UsernamePassword,
    #[default]
    None,
}

read_by_serde! { Method }

body! {
    /// What a customer signs in with.
    #[derive(Clone, Default)]
    pub(super) struct SignIn {
        pub(super) username: Option<String>,
        pub(super) password: Option<String>,
        source_fields: OrDefault<Resource>,
    }
}

impl SignIn {
    pub(super) fn new(username: String, password: String) -> Self {
        Self { username: Some(username), password: Some(password), ..Self::default() }
    }

    /// As it is read back: without the password.
    fn shown(&self) -> Resource {
        let mut shown = Resource::new();
        if let Some(username) = &self.username {
            shown.insert("username".to_owned(), username.as_str().into());
        }
        let OrDefault(fields) = &self.source_fields;
        if !fields.is_empty() {
            shown.insert("source_fields".to_owned(), fields.clone().into());
        }
        shown
    }

    /// Whether the source asks for nothing more and nothing less.
    fn check(&self, method: Method) -> Result<(), Reply> {
        let has_both = self.username.is_some() && self.password.is_some();
        if method == Method::UsernamePassword && !has_both {
            return Err(invalid("auth_credentials lacks a username or a password"));
        }
        let is_name = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_lowercase())
                && name.len() <= 64
                && name.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '_'))
                && !matches!(name, "username" | "password")
        };
        let OrDefault(fields) = &self.source_fields;
        if fields.len() > 10 || !fields.keys().all(|name| is_name(name)) {
            return Err(invalid("source_fields are over ten, or have names that cannot be"));
        }
        Ok(())
    }
}

/// Your own id may have 255 characters.
fn check_external_id(id: Option<&str>) -> Result<(), Reply> {
    let is_short = id.is_none_or(|id| id.chars().count() <= 255);
    is_short.then_some(()).ok_or_else(|| invalid("external_id is over 255 characters"))
}

/// A credential that no run has signed in with yet.
fn unverified(source: &str, method: Method, external_id: Option<&str>, sign_in: &SignIn) -> Resource {
    resource(object!({
        "status": "unverified",
        "external_id": external_id,
        "source_id": source,
        "auth_method": method,
        "auth_credentials": sign_in.shown(),
    }))
}

impl State {
    fn create_credential(&mut self, asked: &Asked<'_>) -> Step {
        members::<Body>(asked)?;
        let sent: Body = body(asked)?;
        self.sources.get(&sent.source_id)?;
        let sign_in = sent.auth_credentials.unwrap_or_default();
        let OrDefault(method) = sent.auth_method;
        sign_in.check(method)?;
        check_external_id(sent.external_id.as_deref())?;
        let members = unverified(&sent.source_id, method, sent.external_id.as_deref(), &sign_in);
        let credential = self.credentials.add(asked, members);
        self.keep_sign_in(&credential, sign_in);
        self.tell("credential.created", &credential, asked.now);
        created(credential)
    }

    /// A customer's credential as the Auth Component stores it.
    pub(super) fn add_credential(
        &mut self,
        id: &str,
        source: &str,
        external_id: Option<&str>,
        sign_in: SignIn,
        now: SystemTime,
    ) -> Result<(), Reply> {
        self.sources.get(source)?;
        let members = unverified(source, Method::UsernamePassword, external_id, &sign_in);
        let credential = self.credentials.add_as(id, now, members);
        self.keep_sign_in(&credential, sign_in);
        self.tell("credential.created", &credential, now);
        Ok(())
    }

    fn list_credentials(&mut self, asked: &Asked<'_>) -> Step {
        self.credentials.page(asked, &|credential| {
            ["source_id", "status", "external_id"].iter().all(|name| asks_for(asked, name, credential, name))
        })
    }

    fn get_credential(&mut self, asked: &Asked<'_>) -> Step {
        ok(self.credentials.get(asked.id("credential_id")?)?.clone())
    }

    fn update_credential(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Changes {
                auth_credentials: Option<SignIn>,
                external_id: Patch<String>,
            }
        }

        let id = asked.id("credential_id")?;
        let credential = self.credentials.get(id)?;
        let was = credential.get("status").cloned();
        if was == Some("deleted".into()) {
            return Err(invalid("The credential is deleted"));
        }
        let method = credential.get("auth_method").cloned().unwrap_or_default();
        let Changes { auth_credentials, external_id } = body(asked)?;
        let mut changes = Resource::new();
        check_external_id(external_id.value().map(String::as_str))?;
        if !external_id.is_keep() {
            changes.insert("external_id".to_owned(), json!(external_id));
        }
        if let Some(sign_in) = &auth_credentials {
            sign_in.check(serde_json::from_value(method).unwrap_or_default())?;
            changes.extend(resource(object!({ "auth_credentials": sign_in.shown() })));
            changes.insert("status".to_owned(), "unverified".into());
        }
        let credential = self.credentials.set(id, asked.now, changes)?;
        if let Some(sign_in) = auth_credentials {
            self.keep_sign_in(&credential, sign_in);
        }
        if credential.get("status") != was.as_ref() {
            self.tell("credential.unverified", &credential, asked.now);
        }
        ok(credential)
    }

    /// It stays readable, and cannot be used.
    fn delete_credential(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("credential_id")?;
        self.set_status(id, "deleted", asked.now);
        self.sign_ins.delete(id);
        ok(deleted(self.credentials.get(id)?))
    }

    fn keep_sign_in(&mut self, credential: &Resource, sign_in: SignIn) {
        if let Some(Value::String(id)) = credential.get("id") {
            self.sign_ins.put(id.as_str(), sign_in);
        }
    }

    /// What came of signing in with the credential.
    pub(super) fn verify_credential(&mut self, id: &str, takes: bool, at: SystemTime) {
        self.set_status(id, if takes { "verified" } else { "invalid" }, at);
    }

    fn set_status(&mut self, id: &str, status: &str, at: SystemTime) {
        let Ok(credential) = self.credentials.get(id) else { return };
        let was = text(credential, "status");
        if was == status || was == "deleted" {
            return;
        }
        if let Ok(credential) = self.credentials.set(id, at, resource(object!({ "status": status }))) {
            self.tell(&format!("credential.{status}"), &credential, at);
        }
    }
}
