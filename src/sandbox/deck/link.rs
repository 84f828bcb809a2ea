//! A Link session, from its token to the public token.

use super::connections::{Account, Connection};
use super::{MFA_ANSWER, QUESTION, State, Webhook, body, done, guid, invalid, ok, refusal};
use crate::deck::link::{self, BetaSourceStatus, Language, LinkConnectionStatus, ParsingMethod, UpdateMode};
use crate::deck::{ConnectionId, ErrorCode};
use crate::sandbox::body::{OrDefault, body, read_by_serde};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::{self, object};
use crate::types::UnknownValue;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

pub(super) const HANDLERS: Handlers<State> = &[
    (&link::CREATE_TOKEN, State::create_link_token),
    (&link::GET_TOKEN, State::get_link_token),
    (&link::INFO, State::link_info),
    (&link::SOURCES, State::link_sources),
    (&link::CONNECT, State::link_connect),
    (&link::CONNECTION_STATUS, State::link_connection_status),
    (&link::MFA_QUESTION, State::link_mfa_question),
    (&link::ANSWER_MFA, State::link_answer_mfa),
    (&link::ACCOUNTS, State::link_accounts),
    (&link::SELECT_ACCOUNTS, State::link_select_accounts),
];

const LIFETIME: Duration = Duration::from_secs(20 * 60);

/// So many sessions are kept beyond their link token, the latest, for a public token that nobody has exchanged.
const KEPT: usize = 1000;

pub(super) struct Source {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
}

pub(super) const SOURCES: [Source; 2] = [
    Source { id: "11115055-46cf-4e49-6ba4-08ddcbf23235", name: "Sandbox Utility" },
    Source { id: "fee328b0-fc48-4699-a245-5de34313952e", name: "Aetna" },
];

impl Source {
    pub(super) fn find(id: &str) -> Option<&'static Source> {
        SOURCES.iter().find(|source| source.id == id)
    }

    /// The source, with the user name that is known already.
    fn show(&self, username: Option<&str>) -> Value {
        let field = |number: u8, name, label, kind, value: Option<&str>| {
            object!({
                "field_number": number,
                "field_name": name,
                "field_label": label,
                "field_value": value,
                "field_type": kind,
            })
        };
        object!({
            "source_id": self.id,
            "name": self.name,
            "logo_url": Value::Null,
            "country": "CA",
            "website": "https://source.example",
            "fields": json!([
                field(1, "username", "User name", "Text", username),
                field(2, "password", "Password", "Password", None),
            ]),
        })
    }
}

/// The Link sessions, each with its link token, in the order in which they were created.
#[derive(Default)]
pub(super) struct Sessions(Vec<(String, Session)>);

impl Sessions {
    fn get_mut(&mut self, link_token: &str) -> Option<&mut Session> {
        self.0.iter_mut().find(|(token, _)| token == link_token).map(|(_, session)| session)
    }

    /// The one that has connected under this public token.
    pub(super) fn connected(&mut self, public_token: &str) -> Option<&mut Session> {
        let mut sessions = self.0.iter_mut().map(|(_, session)| session);
        sessions
            .find(|session| session.is_connected() && session.public_token.as_deref() == Some(public_token))
    }

    /// Drops those with which nobody can do anything any more.
    pub(super) fn forget_useless(&mut self, now: SystemTime) {
        self.0.retain(|(_, session)| now < session.expires || session.can_be_exchanged());
        let over = self.0.iter().filter(|(_, session)| session.expires <= now).count();
        let mut surplus = over.saturating_sub(KEPT);
        self.0.retain(|(_, session)| {
            let is_surplus = surplus > 0 && session.expires <= now;
            surplus -= usize::from(is_surplus);
            !is_surplus
        });
    }

    /// Drops those that update this connection.
    pub(super) fn forget_updates_of(&mut self, connection: &ConnectionId) {
        self.0.retain(|(_, session)| {
            session.update.as_ref().is_none_or(|update| update.connection != *connection)
        });
    }
}

/// A Link session.
pub(super) struct Session {
    expires: SystemTime,
    /// What the token was created with.
    settings: Settings,
    update: Option<Updated>,
    status: LinkConnectionStatus,
    /// What follows on the status.
    ahead: Vec<LinkConnectionStatus>,
    /// What the customer connects, and its public token until that is exchanged.
    pub(super) connecting: Option<Connection>,
    public_token: Option<String>,
}

/// The connection that a session updates, as it was, and how.
struct Updated {
    mode: UpdateMode,
    connection: ConnectionId,
    source: &'static str,
    username: String,
    accounts: Vec<Account>,
}

impl Session {
    /// Whether the token was created for this source, or for any.
    fn allows(&self, source: &Source) -> bool {
        let allowed = self.settings.source_ids.as_deref().unwrap_or_default();
        (allowed.is_empty() || allowed.iter().any(|id| id == source.id))
            && self.update.as_ref().is_none_or(|update| update.source == source.id)
    }

    /// A session connects once, and again only where the source rejected the credentials.
    fn may_connect(&self) -> bool {
        match self.status {
            LinkConnectionStatus::New => self.connecting.is_none(),
            LinkConnectionStatus::InvalidCredentials => true,
            _ => false,
        }
    }

    /// Whether its public token waits to be exchanged.
    fn can_be_exchanged(&self) -> bool {
        self.is_connected() && self.connecting.is_some()
    }

    fn is_connected(&self) -> bool {
        self.status == LinkConnectionStatus::Connected
    }

    fn move_on(&mut self) {
        if !self.ahead.is_empty() {
            self.status = self.ahead.remove(0);
        }
    }

    fn asks(&self) -> bool {
        use LinkConnectionStatus::{MfaQuestion, MfaQuestionInvalidAnswer};
        matches!(self.status, MfaQuestion | MfaQuestionInvalidAnswer)
    }
}

body! {
    struct LinkToken {
        link_token: String,
    }
}

body! {
    #[derive(Default)]
    #[expect(dead_code, reason = "some of it is only checked")]
    struct Settings {
        language: Option<Language>,
        countries: Option<Vec<String>>,
        source_ids: Option<Vec<String>>,
        source_types: Option<Vec<String>>,
        beta_source_status: Option<BetaSourceStatus>,
        update: Option<Update>,
        webhook_url: Option<String>,
        auto_refresh: Option<bool>,
        parsing_method: Option<ParsingMethod>,
        latest_invoice_only: Option<bool>,
    }
}

read_by_serde! { BetaSourceStatus, Language, ParsingMethod, UpdateMode }

impl Settings {
    /// A value that Deck does not have.
    fn unknown(&self) -> Option<&UnknownValue> {
        match self {
            Self { language: Some(Language::Unknown(value)), .. }
            | Self { beta_source_status: Some(BetaSourceStatus::Unknown(value)), .. }
            | Self { parsing_method: Some(ParsingMethod::Unknown(value)), .. }
            | Self { update: Some(Update { mode: UpdateMode::Unknown(value), .. }), .. } => Some(value),
            _ => None,
        }
    }

    fn webhook(&self) -> Option<Webhook> {
        self.webhook_url.clone().map(|url| Webhook { url: Some(url), is_active: true })
    }

    fn apply_to(&self, connection: &mut Connection) {
        if let Some(webhook) = self.webhook() {
            connection.webhook = webhook;
        }
        if let Some(auto_refresh) = self.auto_refresh {
            connection.auto_refresh = auto_refresh;
        }
    }
}

body! {
    struct Update {
        access_token: String,
        mode: UpdateMode,
    }
}

body! {
    struct Field {
        field_name: String,
        field_value: String,
    }
}

impl State {
    fn create_link_token(&mut self, asked: &Asked<'_>) -> Step {
        let settings: Settings = if asked.body.is_empty() { Settings::default() } else { body(asked)? };
        if let Some(value) = settings.unknown() {
            return Err(invalid(&format!("There is no value {}", value.as_str())));
        }
        for id in settings.source_ids.iter().flatten() {
            guid("source_ids", id)?;
        }
        let update = match &settings.update {
            None => None,
            Some(Update { access_token, mode }) => {
                let Connection { id, source, username, accounts, .. } = self.connection(access_token)?;
                Some(Updated {
                    mode: mode.clone(),
                    connection: id.clone(),
                    source,
                    username: username.clone(),
                    accounts: accounts.clone(),
                })
            }
        };
        let token = format!("link-sandbox-{}", asked.random.uuid());
        let session = Session {
            expires: asked.now + LIFETIME,
            settings,
            update,
            status: LinkConnectionStatus::New,
            ahead: Vec::new(),
            connecting: None,
            public_token: None,
        };
        self.sessions.0.push((token.clone(), session));
        ok(object!({ "link_token": token }))
    }

    fn get_link_token(&mut self, asked: &Asked<'_>) -> Step {
        let LinkToken { link_token } = body(asked)?;
        let settings = &self.session(asked, &link_token)?.settings;
        ok(object!({
            "language": settings.language,
            "beta_source_status": settings.beta_source_status,
            "countries": settings.countries,
            "source_types": settings.source_types,
            "source_guids": settings.source_ids,
        }))
    }

    fn link_info(&mut self, asked: &Asked<'_>) -> Step {
        let LinkToken { link_token } = body(asked)?;
        let session = self.session(asked, &link_token)?;
        let mode = session.update.as_ref().map_or("Normal", |update| update.mode.as_str());
        let updated = session.update.as_ref().map(|update| {
            let source = Source::find(update.source).map(|source| source.show(Some(&update.username)));
            object!({ "source": source })
        });
        ok(object!({
            "name": "Sandbox Client",
            "image_url": "https://client.example/logo.png",
            "language": session.settings.language.as_ref().unwrap_or(&Language::En),
            "update_mode": updated,
            "terms_of_use_url": Value::Null,
            "privacy_policy_url": Value::Null,
            "mode": mode,
            "account_select_mode": "Multiple",
            "allow_document_upload": false,
            "show_step_consent": true,
            "show_step_add_source": session.update.is_none(),
            "show_step_select_account": true,
            "show_step_add_account": false,
        }))
    }

    fn link_sources(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                link_token: String,
                source_id: Option<String>,
                search: Option<String>,
            }
        }

        let Body { link_token, source_id, search } = body(asked)?;
        source_id.as_ref().map(|id| guid("source_id", id)).transpose()?;
        let session = self.session(asked, &link_token)?;
        let search = search.filter(|search| !search.is_empty()).map(|search| search.to_lowercase());
        if search.as_ref().is_some_and(|search| !(3..=255).contains(&search.chars().count())) {
            return Err(invalid("search must have 3 to 255 characters"));
        }
        let allowed = SOURCES.iter().filter(|source| session.allows(source));
        let found = allowed.filter(|source| match (&source_id, &search) {
            (Some(id), _) => source.id == id,
            (None, Some(search)) => source.name.to_lowercase().contains(search),
            (None, None) => true,
        });
        ok(object!({ "sources": object::list(&mut found.map(|source| source.show(None))) }))
    }

    fn link_connect(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            #[expect(dead_code, reason = "some of it is only checked")]
            struct Body {
                link_token: String,
                source_id: String,
                fields: Vec<Field>,
                terms_of_use_url: Option<String>,
                privacy_policy_url: Option<String>,
            }
        }

        use LinkConnectionStatus::{
            AccountSelection, Connected, Connecting, InvalidCredentials, MfaQuestion, New,
        };

        let Body { link_token, source_id, fields, .. } = body(asked)?;
        guid("source_id", &source_id)?;
        let session = self.session(asked, &link_token)?;
        if !session.may_connect() {
            return Err(invalid_link_token());
        }
        let Some(source) = Source::find(&source_id).filter(|source| session.allows(source)) else {
            return Err(refusal(ErrorCode::InvalidSource, "The link token does not allow this source"));
        };
        let value = |name: &str| {
            let mut fields = fields.iter();
            fields.find(|field| field.field_name == name).map(|field| field.field_value.as_str())
        };
        let (Some(username), Some(password)) = (value("username"), value("password")) else {
            return Err(invalid("fields lack username or password"));
        };
        session.status = New;
        session.ahead = vec![Connecting];
        if password == "invalid" {
            session.ahead.push(InvalidCredentials);
        } else {
            let steps = [("mfa", MfaQuestion), ("accounts", AccountSelection)];
            session
                .ahead
                .extend(steps.into_iter().filter(|(word, _)| username.contains(word)).map(|(_, step)| step));
            session.ahead.push(Connected);
        }
        let mut connection = Connection::new(source.id, username, asked.now, asked.random);
        session.settings.apply_to(&mut connection);
        if let Some(update) = &session.update {
            connection.accounts.clone_from(&update.accounts);
        }
        session.connecting = Some(connection);
        let public_token =
            session.update.is_none().then(|| format!("public-sandbox-{}", asked.random.uuid()));
        session.public_token.clone_from(&public_token);
        ok(object!({ "public_token": public_token, "job_guid": asked.random.uuid().to_string() }))
    }

    /// Each look moves connecting one step on, as far as nobody has to do anything.
    fn link_connection_status(&mut self, asked: &Asked<'_>) -> Step {
        use LinkConnectionStatus::{Connecting, New};
        let LinkToken { link_token } = body(asked)?;
        let session = self.session(asked, &link_token)?;
        let status = session.status.clone();
        if matches!(status, New | Connecting) {
            session.move_on();
            self.reject_update(&link_token, asked.now);
            self.tell(&link_token, asked.now);
        }
        self.end_update(&link_token, asked.now);
        ok(object!({ "status": status, "additional_information": Value::Null }))
    }

    /// The webhooks of what the session has come to.
    fn tell(&mut self, link_token: &str, now: SystemTime) {
        let Some(session) = self.sessions.get_mut(link_token) else { return };
        let updated = session.update.as_ref().map(|update| &update.connection);
        let connecting = session.connecting.as_ref().map(|connection| &connection.id);
        let Some(connection_id) = updated.or(connecting) else { return };
        let own = session.settings.webhook();
        let kept = updated
            .and_then(|id| self.connections.get(id.as_str()))
            .map(|connection| connection.webhook.clone());
        let webhook = own.or(kept).unwrap_or_default();
        let mut tell = |code, event| self.events.push(&webhook, code, event, now);
        match &session.status {
            LinkConnectionStatus::MfaQuestion => {
                let question = object!({ "connection_id": connection_id, "message": QUESTION });
                tell(("Connection", "MfaQuestion"), question);
            }
            LinkConnectionStatus::InvalidCredentials => {
                tell(("Connection", "InvalidCredentials"), object!({ "connection_id": connection_id }));
            }
            LinkConnectionStatus::Connected => {
                if let Some(public_token) = &session.public_token {
                    let created = object!({ "link_token": link_token, "public_token": public_token });
                    tell(("Link", "ConnectionCreated"), created);
                }
                tell(("Connection", "ConnectionCompleted"), object!({ "connection_id": connection_id }));
            }
            _ => {}
        }
    }

    /// Rejected credentials are why the connection that the session updates is not back; one that is open stays so.
    fn reject_update(&mut self, link_token: &str, now: SystemTime) {
        let Some(Session { status, update: Some(update), .. }) = self.sessions.get_mut(link_token) else {
            return;
        };
        let connection = self.connections.get_mut(update.connection.as_str());
        if let Some(connection) = connection.filter(|connection| !connection.is_connected())
            && *status == LinkConnectionStatus::InvalidCredentials
        {
            connection.reject(now);
        }
    }

    /// Changes the connection that the session updates, once it is connected.
    fn end_update(&mut self, link_token: &str, now: SystemTime) {
        let session = self.sessions.get_mut(link_token).filter(|session| session.is_connected());
        let Some(Session { settings, update: Some(update), connecting, .. }) = session else { return };
        let Some(connection) = self.connections.get_mut(update.connection.as_str()) else { return };
        if let Some(Connection { username, accounts, .. }) = connecting.take() {
            settings.apply_to(connection);
            connection.accounts = accounts;
            connection.sign_in(&username, now);
        }
    }

    fn link_mfa_question(&mut self, asked: &Asked<'_>) -> Step {
        let LinkToken { link_token } = body(asked)?;
        match self.session(asked, &link_token)?.asks() {
            true => ok(object!({ "question": QUESTION })),
            false => Err(no_question()),
        }
    }

    fn link_answer_mfa(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                link_token: String,
                answer: String,
            }
        }

        let Body { link_token, answer } = body(asked)?;
        let session = self.session(asked, &link_token)?;
        if !session.asks() {
            return Err(no_question());
        }
        if answer == MFA_ANSWER {
            session.status = LinkConnectionStatus::Connecting;
        } else {
            session.status = LinkConnectionStatus::MfaQuestionInvalidAnswer;
        }
        done()
    }

    fn link_accounts(&mut self, asked: &Asked<'_>) -> Step {
        let LinkToken { link_token } = body(asked)?;
        let connecting = self.session(asked, &link_token)?.connecting.as_ref();
        let accounts = connecting.map_or(&[][..], |connection| &connection.accounts);
        let mut shown = accounts.iter().map(|account| {
            object!({
                "account_id": account.id,
                "account_number": account.number,
                "account_address": Value::Null,
            })
        });
        ok(object!({ "accounts": object::list(&mut shown) }))
    }

    fn link_select_accounts(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                link_token: String,
                accounts: OrDefault<Vec<String>>,
            }
        }

        let Body { link_token, accounts: OrDefault(accounts) } = body(asked)?;
        let session = self.session(asked, &link_token)?;
        let known = session.connecting.as_mut().map_or(&mut [][..], |connection| &mut connection.accounts);
        if accounts.iter().any(|id| known.iter().all(|account| account.id != *id)) {
            return Err(refusal(ErrorCode::InvalidAccountId, "An account was not found while connecting"));
        }
        for account in known {
            account.is_selected = accounts.contains(&account.id);
        }
        if session.status == LinkConnectionStatus::AccountSelection {
            session.status = LinkConnectionStatus::Connecting;
        }
        done()
    }

    fn session(&mut self, asked: &Asked<'_>, link_token: &str) -> Result<&mut Session, Reply> {
        let session = self.sessions.get_mut(link_token).filter(|session| asked.now < session.expires);
        session.ok_or_else(invalid_link_token)
    }
}

fn invalid_link_token() -> Reply {
    refusal(ErrorCode::InvalidLinkToken, "The link token is unknown, used or expired")
}

fn no_question() -> Reply {
    refusal(ErrorCode::SecurityQuestionNotFound, "No security question waits for an answer")
}
