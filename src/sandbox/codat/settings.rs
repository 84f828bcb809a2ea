//! Your own client: profile, API keys, CORS and sync settings.

use super::{State, body, created, done, failure, invalid, iso, ok, refusal};
use crate::codat::{DataType, settings};
use crate::sandbox::body::{OrDefault, body};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::{self, object};
use http::StatusCode;
use serde_json::{Value, json};
use std::time::SystemTime;

pub(super) const HANDLERS: Handlers<State> = &[
    (&settings::GET_PROFILE, State::get_profile),
    (&settings::UPDATE_PROFILE, State::update_profile),
    (&settings::GET_SYNC_SETTINGS, State::get_sync_settings),
    (&settings::UPDATE_SYNC_SETTINGS, State::update_sync_settings),
    (&settings::GET_CORS_SETTINGS, State::get_cors_settings),
    (&settings::SET_CORS_SETTINGS, State::set_cors_settings),
    (&settings::LIST_API_KEYS, State::list_api_keys),
    (&settings::CREATE_API_KEY, State::create_api_key),
    (&settings::DELETE_API_KEY, State::delete_api_key),
];

const CLIENT_ID: &str = "367f7975-267b-439b-90c6-a6040ee680f3";
const MOST_KEYS: usize = 10;

/// An API key. The first one is the client's own.
pub(super) struct ApiKey {
    pub(super) name: Option<String>,
    pub(super) key: String,
    pub(super) created: Option<SystemTime>,
}

impl ApiKey {
    fn json(&self, id: &str) -> Value {
        let Self { name, key, created } = self;
        object!({ "id": id, "name": name, "apiKey": key, "createdDate": created.map(iso) })
    }
}

body! {
    #[expect(dead_code, reason = "some of it is only checked")]
    pub(super) struct Profile in camelCase {
        name: String,
        pub(super) redirect_url: String,
        logo_url: Option<String>,
        icon_url: Option<String>,
        white_list_urls: OrDefault<Vec<String>>,
        /// Taken, and not shown.
        api_key: Option<String>,
        confirm_company_name: Option<bool>,
    }
}

impl Profile {
    fn json(&self) -> Value {
        object!({
            "name": self.name,
            "redirectUrl": self.redirect_url,
            "logoUrl": self.logo_url,
            "iconUrl": self.icon_url,
            "whiteListUrls": self.white_list_urls.0,
            "confirmCompanyName": self.confirm_company_name,
        })
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            name: "Sandbox".to_owned(),
            redirect_url: "http://127.0.0.1/connected/{companyId}".to_owned(),
            logo_url: None,
            icon_url: None,
            white_list_urls: OrDefault::default(),
            api_key: None,
            confirm_company_name: None,
        }
    }
}

#[derive(Clone, Default)]
pub(super) struct SyncSettings {
    settings: Vec<SyncSetting>,
    overrides_defaults: bool,
}

body! {
    #[derive(Clone)]
    struct SyncSetting in camelCase {
        data_type: String,
        fetch_on_first_link: bool,
        sync_schedule: u32,
        sync_order: u32,
        sync_from_utc: Option<String>,
        sync_from_window: Option<u32>,
        months_to_sync: Option<u32>,
        is_locked: Option<bool>,
    }
}

impl SyncSetting {
    fn json(&self) -> Value {
        object!({
            "dataType": self.data_type,
            "fetchOnFirstLink": self.fetch_on_first_link,
            "syncSchedule": self.sync_schedule,
            "syncOrder": self.sync_order,
            "syncFromUtc": self.sync_from_utc,
            "syncFromWindow": self.sync_from_window,
            "monthsToSync": self.months_to_sync,
            "isLocked": self.is_locked,
        })
    }
}

impl SyncSettings {
    /// The settings of the body, if they are those of this company or client.
    fn of(asked: &Asked<'_>, key: &str, id: &str) -> Result<Self, Reply> {
        body! {
            struct Body in camelCase {
                company_id: Option<String>,
                client_id: Option<String>,
                settings: Vec<SyncSetting>,
                overrides_defaults: bool,
            }
        }

        let Body { company_id, client_id, settings, overrides_defaults } = body(asked)?;
        let ids = if key == "companyId" { (company_id, client_id) } else { (client_id, company_id) };
        let is_valid = ids == (Some(id.to_owned()), None)
            && settings.iter().all(|setting| is_data_type(&setting.data_type));
        is_valid.then_some(Self { settings, overrides_defaults }).ok_or_else(|| invalid(asked))
    }

    /// Whether a data type is read without being asked for.
    pub(super) fn fetches(&self, data_type: &str) -> bool {
        let mut settings = self.settings.iter().filter(|setting| setting.data_type == data_type);
        settings.all(|setting| setting.fetch_on_first_link)
    }

    fn json(&self, key: &str, id: &str) -> Value {
        let settings = object::list(&mut self.settings.iter().map(SyncSetting::json));
        json!({ key: id, "settings": settings, "overridesDefaults": self.overrides_defaults })
    }
}

/// Whether Codat has such a type of data.
pub(super) fn is_data_type(name: &str) -> bool {
    !matches!(DataType::from(name), DataType::Unknown(_))
}

impl State {
    fn get_profile(&mut self, _: &Asked<'_>) -> Step {
        ok(self.profile.json())
    }

    fn update_profile(&mut self, asked: &Asked<'_>) -> Step {
        self.profile = body(asked)?;
        ok(self.profile.json())
    }

    fn get_sync_settings(&mut self, _: &Asked<'_>) -> Step {
        ok(self.sync_settings.json("clientId", CLIENT_ID))
    }

    fn update_sync_settings(&mut self, asked: &Asked<'_>) -> Step {
        self.sync_settings = SyncSettings::of(asked, "clientId", CLIENT_ID)?;
        done(StatusCode::NO_CONTENT)
    }

    /// A company without its own has those of the client.
    pub(super) fn get_company_sync_settings(&mut self, asked: &Asked<'_>) -> Step {
        let (id, company) = self.company(asked)?;
        let own = company.sync_settings.clone();
        let settings = || SyncSettings { overrides_defaults: false, ..self.sync_settings.clone() };
        ok(own.unwrap_or_else(settings).json("companyId", id))
    }

    pub(super) fn set_company_sync_settings(&mut self, asked: &Asked<'_>) -> Step {
        let (id, company) = self.company(asked)?;
        company.sync_settings = Some(SyncSettings::of(asked, "companyId", id)?);
        done(StatusCode::NO_CONTENT)
    }

    pub(super) fn get_cors_settings(&mut self, _: &Asked<'_>) -> Step {
        ok(object!({ "allowedOrigins": self.allowed_origins }))
    }

    pub(super) fn set_cors_settings(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body in camelCase {
                allowed_origins: Vec<String>,
            }
        }

        let Body { allowed_origins } = body(asked)?;
        self.allowed_origins = allowed_origins;
        self.get_cors_settings(asked)
    }

    fn list_api_keys(&mut self, _: &Asked<'_>) -> Step {
        let keys = object::list(&mut self.api_keys.iter().map(|(id, key)| key.json(id)));
        ok(object!({ "results": keys }))
    }

    fn create_api_key(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                name: Option<String>,
            }
        }

        let Body { name } = body(asked)?;
        if name.as_ref().is_some_and(|name| name.chars().count() > 50) {
            let message = "Max string length (50) for `name` reached.";
            return Err(refusal(asked.random, StatusCode::BAD_REQUEST, "PublicApi", message));
        }
        if self.api_keys.len() >= MOST_KEYS {
            return Err(failure(asked.random, StatusCode::CONFLICT));
        }
        let id = asked.random.uuid().to_string();
        let key = asked.random.uuid().simple().to_string();
        let key = ApiKey { name, key, created: Some(asked.now) };
        let json = key.json(&id);
        self.api_keys.put(&id, key);
        created(json)
    }

    fn delete_api_key(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("apiKeyId")?;
        if self.api_keys.get(id).is_none() {
            let message = format!("API key {id} not found");
            return Err(refusal(asked.random, StatusCode::NOT_FOUND, "PublicApi", &message));
        }
        if self.api_keys.len() == 1 {
            let message = "The last remaining API key cannot be deleted.";
            return Err(refusal(asked.random, StatusCode::CONFLICT, "PublicApi", message));
        }
        self.api_keys.delete(id);
        done(StatusCode::NO_CONTENT)
    }
}
