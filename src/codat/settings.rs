//! Your own client at Codat: `client.codat().settings()`.

use super::DataType;
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{id, model, request, setters};
use crate::{Call, Secret, Timestamp};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// The operations on your client's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.settings";
    /// changes nothing
    GET_PROFILE = "get_profile": GET "/profile", Read, sdk "settings.get_profile";
    /// sets the whole profile
    UPDATE_PROFILE = "update_profile": PUT "/profile", Idempotent, sdk "settings.update_profile";
    /// changes nothing
    GET_SYNC_SETTINGS = "get_sync_settings": GET "/profile/syncSettings", Read, sdk "settings.get_sync_settings";
    /// Codat keeps a key for 90 minutes
    UPDATE_SYNC_SETTINGS = "update_sync_settings": POST "/profile/syncSettings", Keyed, sdk "settings.update_sync_settings";
    /// changes nothing
    GET_CORS_SETTINGS = "get_cors_settings": GET "/corsSettings", Read, sdk "settings.get";
    /// Codat keeps a key for 90 minutes
    SET_CORS_SETTINGS = "set_cors_settings": POST "/corsSettings", Keyed, sdk "settings.set";
    /// changes nothing
    LIST_API_KEYS = "list_api_keys": GET "/apiKeys", Read, sdk "settings.list_api_keys";
    /// each call makes an API key, and Codat keeps a key for 90 minutes
    CREATE_API_KEY = "create_api_key": POST "/apiKeys", Keyed, sdk "settings.create_api_key";
    /// gone twice is gone
    DELETE_API_KEY = "delete_api_key": DELETE "/apiKeys/{apiKeyId}", Idempotent, sdk "settings.delete_api_key";
}

id! {
    /// An API key, without the key itself: a UUID.
    pub struct ApiKeyId;
    /// You, as Codat knows you: a UUID.
    pub struct ClientId;
}

impl Settings {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Returns what your customers are shown of you.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-profile>.
    #[doc(alias = "get-profile")]
    #[inline]
    pub fn get_profile(&self) -> Call<Profile> {
        self.engine.call(&GET_PROFILE).returns()
    }

    /// Sets what your customers are shown of you, and returns it.
    ///
    /// Codat wants all members, and what is not set may be wiped: begin with [`Profile::to_update`].
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/update-profile>.
    #[doc(alias = "update-profile")]
    #[inline]
    pub fn update_profile(&self, profile: &UpdateProfile) -> Call<Profile> {
        self.engine.call(&UPDATE_PROFILE).json(profile).returns()
    }

    /// Returns how often and how far back data are read, unless a company has its own settings.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-profile-syncSettings>.
    #[doc(alias = "get-profile-syncSettings")]
    #[inline]
    pub fn get_sync_settings(&self) -> Call<SyncSettings> {
        self.engine.call(&GET_SYNC_SETTINGS).returns()
    }

    /// Sets how often and how far back data are read.
    ///
    /// [`get_sync_settings`](Self::get_sync_settings) tells your id.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/update-profile-syncSettings>.
    #[doc(alias = "update-profile-syncSettings")]
    #[inline]
    pub fn update_sync_settings(&self, client: impl Into<ClientId>, settings: &SetSyncSettings) -> Call<()> {
        let client = client.into();
        let body = settings.of("clientId", client.as_str());
        self.engine.call(&UPDATE_SYNC_SETTINGS).json(&body).returns_nothing()
    }

    /// Returns the origins whose pages may call Codat from a browser.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-cors-settings>.
    #[doc(alias = "get")]
    #[doc(alias = "get-cors-settings")]
    #[inline]
    pub fn get_cors_settings(&self) -> Call<CorsSettings> {
        self.engine.call(&GET_CORS_SETTINGS).returns()
    }

    /// Sets the origins whose pages may call Codat from a browser, and returns them.
    ///
    /// Codat's embedded pages need the origin of the page that they are in.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/set-cors-settings>.
    #[doc(alias = "set")]
    #[doc(alias = "set-cors-settings")]
    #[inline]
    pub fn set_cors_settings(&self, settings: &CorsSettings) -> Call<CorsSettings> {
        self.engine.call(&SET_CORS_SETTINGS).json(settings).returns()
    }

    /// Lists your API keys, all at once.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/list-api-keys>.
    #[doc(alias = "list-api-keys")]
    #[inline]
    pub fn list_api_keys(&self) -> Call<ApiKeys> {
        self.engine.call(&LIST_API_KEYS).returns_with_unread::<ApiKeys, _>()
    }

    /// Creates an API key and returns it.
    ///
    /// # Errors
    /// `Conflict` where there are ten, `BadRequest` for a name of more than 50 characters. After an attempt whose answer
    /// was lost `Conflict` comes only when the call's time is over, because it may also mean that Codat is at work still.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/create-api-key>.
    #[doc(alias = "create-api-key")]
    #[inline]
    pub fn create_api_key(&self, key: &CreateApiKey) -> Call<CreatedApiKey> {
        self.engine.call(&CREATE_API_KEY).json(key).returns()
    }

    /// Deletes an API key for good, also the one that this call goes with.
    ///
    /// Codat's guide says that the last one cannot be deleted, its API document that it can.
    ///
    /// # Errors
    /// `NotFound` for a key that Codat does not know, also after an attempt whose answer was lost.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/delete-api-key>.
    #[doc(alias = "delete-api-key")]
    #[inline]
    pub fn delete_api_key(&self, key: impl Into<ApiKeyId>) -> Call<()> {
        self.engine.call(&DELETE_API_KEY).path(key.into()).returns_nothing()
    }
}

model! {
    /// What your customers are shown of you.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-profile>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Profile in camelCase {
        /// Your name.
        pub name: Option<String>,
        /// Where your logo is.
        pub logo_url: Option<String>,
        /// Where your icon is.
        pub icon_url: Option<String>,
        /// Where customers go after they have connected, with `{companyId}` and the like in it.
        pub redirect_url: Option<String>,
        /// The URLs that may communicate with Codat; all where there are none.
        pub white_list_urls: Vec<String>,
        /// An API key. Codat has deprecated it: [`list_api_keys`](Settings::list_api_keys) has them all. Not serialised.
        pub api_key: Option<Secret> as Hidden,
        /// Whether the company's name is confirmed. Codat has deprecated it.
        pub confirm_company_name: Option<bool>,
    }
}

impl Profile {
    /// The update that leaves the profile as it is, to change what you like.
    ///
    /// `None` where Codat has left out the name or the redirect URL, without which it takes no update.
    ///
    /// ```no_run
    /// # async fn rename(client: &connectory::Client) -> Result<(), connectory::Error> {
    /// let settings = client.codat().settings();
    /// if let Some(profile) = settings.get_profile().await?.to_update() {
    ///     settings.update_profile(&profile.logo_url("https://example.com/logo.png")).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_update(&self) -> Option<UpdateProfile> {
        let Self { name, logo_url, icon_url, redirect_url, white_list_urls, api_key, confirm_company_name } =
            self;
        Some(UpdateProfile {
            name: name.clone()?,
            redirect_url: redirect_url.clone()?,
            logo_url: logo_url.clone(),
            icon_url: icon_url.clone(),
            white_list_urls: Some(white_list_urls.clone()),
            api_key: api_key.clone(),
            confirm_company_name: *confirm_company_name,
        })
    }
}

request! {
    /// What your customers shall be shown of you.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct UpdateProfile in camelCase {
        /// Your name.
        pub name: String,
        /// Where customers go after they have connected, with `{companyId}` and the like in it.
        pub redirect_url: String,
        /// Where your logo is.
        pub logo_url: Option<String>,
        /// Where your icon is.
        pub icon_url: Option<String>,
        /// The URLs that may communicate with Codat; all where there are none.
        pub white_list_urls: Option<Vec<String>>,
        /// An API key. Codat has deprecated it.
        pub api_key: Option<Secret> as Hidden,
        /// Whether the company's name is confirmed. Codat has deprecated it.
        pub confirm_company_name: Option<bool>,
    }
}

impl UpdateProfile {
    /// A profile with what Codat requires.
    pub fn new(name: impl Into<String>, redirect_url: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            redirect_url: redirect_url.into(),
            logo_url: None,
            icon_url: None,
            white_list_urls: None,
            api_key: None,
            confirm_company_name: None,
        }
    }

    setters! {
        logo_url: Option<String>,
        icon_url: Option<String>,
        white_list_urls: Option<Vec<String>>,
        api_key: Option<Secret>,
        confirm_company_name: Option<bool>,
    }
}

model! {
    /// How often and how far back data are read.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-profile-syncSettings>.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SyncSettings in camelCase {
        /// Your id.
        pub client_id: Option<ClientId>,
        /// One setting for each data type.
        pub settings: Vec<SyncSetting>,
        /// Whether they take the place of Codat's own settings.
        pub overrides_defaults: Option<bool>,
    }
}

request! {
    /// How often and how far back one type of data is read.
    ///
    /// Source: <https://docs.codat.io/core-concepts/data-type-settings>.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    read pub struct SyncSetting in camelCase {
        /// The type of data.
        pub data_type: Option<DataType>,
        /// Whether it is read once a company has connected.
        pub fetch_on_first_link: Option<bool>,
        /// After how many hours it is read again.
        pub sync_schedule: Option<i64> as WholeNumber,
        /// Its place in the order in which types are read.
        pub sync_order: Option<i64> as WholeNumber,
        /// Read from this date on; or else `sync_from_window`.
        pub sync_from_utc: Option<Timestamp>,
        /// How many months back to read; or else `sync_from_utc`.
        pub sync_from_window: Option<i64> as WholeNumber,
        /// How many months of reports to read: for balance sheets, profit and loss.
        pub months_to_sync: Option<i64> as WholeNumber,
        /// Whether the setting is locked.
        pub is_locked: Option<bool>,
    }
}

impl SyncSetting {
    /// A setting with what Codat requires: the hours between two reads, and the place in the order of reading.
    pub fn new(
        data_type: impl Into<DataType>,
        fetch_on_first_link: bool,
        sync_schedule: i64,
        sync_order: i64,
    ) -> Self {
        Self {
            data_type: Some(data_type.into()),
            fetch_on_first_link: Some(fetch_on_first_link),
            sync_schedule: Some(sync_schedule),
            sync_order: Some(sync_order),
            ..Self::default()
        }
    }

    setters! {
        sync_from_utc: Option<Timestamp>,
        sync_from_window: Option<i64>,
        months_to_sync: Option<i64>,
        is_locked: Option<bool>,
    }
}

request! {
    /// Settings to set, for a company or for all.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct SetSyncSettings in camelCase {
        /// One setting for each data type.
        pub settings: Vec<SyncSetting>,
        /// Whether they take the place of the settings above them; they do unless you say otherwise.
        pub overrides_defaults: bool,
    }
}

impl SetSyncSettings {
    /// These settings.
    pub fn new(settings: impl IntoIterator<Item = SyncSetting>) -> Self {
        Self { settings: settings.into_iter().collect(), overrides_defaults: true }
    }

    /// Sets [`overrides_defaults`](field@Self::overrides_defaults).
    #[must_use]
    pub fn overrides_defaults(mut self, overrides_defaults: bool) -> Self {
        self.overrides_defaults = overrides_defaults;
        self
    }

    /// The settings with whose they are, which Codat wants in the body too.
    pub(super) fn of<'a>(&'a self, key: &'static str, id: &'a str) -> impl Serialize + 'a {
        SyncSettingsOf { settings: self, key, id }
    }
}

struct SyncSettingsOf<'a> {
    settings: &'a SetSyncSettings,
    key: &'static str,
    id: &'a str,
}

impl Serialize for SyncSettingsOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        body.serialize_entry(self.key, self.id)?;
        body.serialize_entry("settings", &self.settings.settings)?;
        body.serialize_entry("overridesDefaults", &self.settings.overrides_defaults)?;
        body.end()
    }
}

model! {
    /// The origins whose pages may call Codat from a browser.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-cors-settings>.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CorsSettings in camelCase {
        /// The origins, such as `https://app.example.com`.
        pub allowed_origins: Vec<String>,
    }
}

impl CorsSettings {
    /// These origins and no others.
    pub fn new(allowed_origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { allowed_origins: allowed_origins.into_iter().map(Into::into).collect() }
    }
}

model! {
    /// Your API keys.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ApiKeys {
        /// The keys.
        pub results: Vec<ApiKey>,
    } with unread
}

model! {
    /// One of your API keys.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/list-api-keys>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ApiKey in camelCase {
        /// The key's id.
        pub id: ApiKeyId,
        /// What you call it.
        pub name: Option<String>,
        /// The key itself. Not serialised.
        pub api_key: Option<Secret> as Hidden,
        /// When it was created; absent for old ones.
        pub created_date: Option<Timestamp>,
    }
}

request! {
    /// The API key to create.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct CreateApiKey {
        /// What to call it, in at most 50 characters.
        pub name: Option<String>,
    }
}

impl CreateApiKey {
    /// A key without a name.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        name: Option<String>,
    }
}

model! {
    /// An API key that was created.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct CreatedApiKey in camelCase {
        /// The key's id.
        pub id: ApiKeyId,
        /// What you call it.
        pub name: Option<String>,
        /// The key itself.
        pub api_key: Secret,
        /// When it was created.
        pub created_date: Option<Timestamp>,
    }
}
