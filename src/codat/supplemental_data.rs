//! Members beyond Codat's models: `client.codat().supplemental_data()`.

use super::{DataType, PlatformKey};
use crate::Call;
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{map, request};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// The operations on supplemental data.
#[derive(Clone, Debug)]
pub struct SupplementalData {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.supplemental_data";
    /// puts the configuration whole
    CONFIGURE = "configure": PUT "/integrations/{platformKey}/dataTypes/{dataType}/supplementalDataConfig", Idempotent, sdk "supplemental_data.configure";
    /// changes nothing
    GET_CONFIGURATION = "get_configuration": GET "/integrations/{platformKey}/dataTypes/{dataType}/supplementalDataConfig", Read, sdk "supplemental_data.get_configuration";
}

impl SupplementalData {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Sets which members Codat adds to one data type of one integration.
    ///
    /// It replaces what was set before.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/configure-supplemental-data>.
    #[doc(alias = "configure-supplemental-data")]
    #[inline]
    pub fn configure(
        &self,
        platform: impl Into<PlatformKey>,
        data_type: impl Into<DataType>,
        body: &SupplementalDataConfiguration,
    ) -> Call<()> {
        self.engine.call(&CONFIGURE).path(platform.into()).path(data_type.into()).json(body).returns_nothing()
    }

    /// Returns which members Codat adds to one data type of one integration.
    ///
    /// # Errors
    /// `NotFound` where nothing was configured.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-supplemental-data-configuration>.
    #[doc(alias = "get-supplemental-data-configuration")]
    #[inline]
    pub fn get_configuration(
        &self,
        platform: impl Into<PlatformKey>,
        data_type: impl Into<DataType>,
    ) -> Call<SupplementalDataConfiguration> {
        self.engine.call(&GET_CONFIGURATION).path(platform.into()).path(data_type.into()).returns()
    }
}

/// Which members Codat adds to one data type of one integration.
///
/// Source: <https://docs.codat.io/using-the-api/supplemental-data/overview>.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Sources")]
#[non_exhaustive]
pub struct SupplementalDataConfiguration {
    /// The source's endpoints, by the names that you want for them.
    pub supplemental_data_config: BTreeMap<String, SupplementalDataSource>,
}

impl SupplementalDataConfiguration {
    /// Nothing is added.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds members of one endpoint of the source, under this name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, source: SupplementalDataSource) -> Self {
        self.supplemental_data_config.insert(name.into(), source);
        self
    }
}

impl From<Sources> for SupplementalDataConfiguration {
    fn from(Sources(supplemental_data_config): Sources) -> Self {
        Self { supplemental_data_config }
    }
}

/// The sources, with the member around them that Codat's schema has, or without it as in Codat's examples.
struct Sources(BTreeMap<String, SupplementalDataSource>);

impl<'de> Deserialize<'de> for Sources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Wrapped(#[serde(deserialize_with = "map")] BTreeMap<String, SupplementalDataSource>);

        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Sources;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Sources, A::Error> {
                let (mut wrapped, mut bare) = (None, BTreeMap::new());
                while let Some(name) = members.next_key::<String>()? {
                    if name == "supplementalDataConfig" {
                        wrapped = members.next_value::<Option<Wrapped>>()?.or(wrapped);
                    } else if let Some(source) = members.next_value()? {
                        bare.insert(name, source);
                    }
                }
                Ok(Sources(wrapped.map_or(bare, |Wrapped(sources)| sources)))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

request! {
    /// Members of one endpoint of the source, by the names that you want for them.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    read pub struct SupplementalDataSource in camelCase {
        /// The source's endpoint, such as `/Invoices`.
        pub data_source: Option<String>,
        /// The source's members to read.
        pub pull_data: Option<BTreeMap<String, String>>,
        /// The source's members to write.
        pub push_data: Option<BTreeMap<String, String>>,
    }
}

impl SupplementalDataSource {
    /// This endpoint of the source, with no members yet.
    pub fn new(data_source: impl Into<String>) -> Self {
        Self { data_source: Some(data_source.into()), ..Self::default() }
    }

    /// Adds a member to read: your name for it, and the source's.
    #[must_use]
    pub fn pull(mut self, name: impl Into<String>, member: impl Into<String>) -> Self {
        self.pull_data.get_or_insert_default().insert(name.into(), member.into());
        self
    }

    /// Adds a member to write: your name for it, and the source's.
    #[must_use]
    pub fn push(mut self, name: impl Into<String>, member: impl Into<String>) -> Self {
        self.push_data.get_or_insert_default().insert(name.into(), member.into());
        self
    }
}
