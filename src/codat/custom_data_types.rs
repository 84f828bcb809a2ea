//! Data that Codat has no model for: `client.codat().custom_data_types()`.

use super::connections::ConnectionId;
use super::refresh_data::PullOperation;
use super::{CompanyId, Page, PlatformKey};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{id, request, setters};
use crate::{Call, JsonMap, Timestamp};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// The operations on custom data types.
#[derive(Clone, Debug)]
pub struct CustomDataTypes {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.custom_data_types";
    /// puts the configuration whole
    CONFIGURE = "configure": PUT "/integrations/{platformKey}/dataTypes/custom/{customDataIdentifier}", Idempotent, sdk "custom_data_type.configure";
    /// changes nothing
    GET_CONFIGURATION = "get_configuration": GET "/integrations/{platformKey}/dataTypes/custom/{customDataIdentifier}", Read, sdk "custom_data_type.get_configuration";
    /// changes nothing
    LIST_RECORDS = "list_records": GET "/companies/{companyId}/connections/{connectionId}/data/custom/{customDataIdentifier}", Read, sdk "custom_data_type.list";
    /// each call reads the data again, and Codat keeps a key for 90 minutes
    REFRESH = "refresh": POST "/companies/{companyId}/connections/{connectionId}/data/queue/custom/{customDataIdentifier}", Keyed, sdk "custom_data_type.refresh";
}

id! {
    /// A custom data type, by the name that you give it, such as `DynamicsPurchaseOrders`.
    pub struct CustomDataIdentifier;
}

impl CustomDataTypes {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Sets how a custom data type is read from one integration, and returns what was set.
    ///
    /// It replaces what was set before. Codat does not check the names of the source's members: a wrong one shows when
    /// the data are refreshed.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/configure-custom-data-type>.
    #[doc(alias = "configure-custom-data-type")]
    #[inline]
    pub fn configure(
        &self,
        platform: impl Into<PlatformKey>,
        data_type: impl Into<CustomDataIdentifier>,
        body: &CustomDataTypeConfiguration,
    ) -> Call<CustomDataTypeConfiguration> {
        self.engine.call(&CONFIGURE).path(platform.into()).path(data_type.into()).json(body).returns()
    }

    /// Returns how a custom data type is read from one integration.
    ///
    /// Codat's document describes the answer as the records of the type. If it is that, the configuration is empty: do not
    /// [`configure`](Self::configure) it back, which replaces what is there.
    ///
    /// # Errors
    /// `NotFound` where nothing was configured.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-custom-data-type-configuration>.
    #[doc(alias = "get-custom-data-type-configuration")]
    #[inline]
    pub fn get_configuration(
        &self,
        platform: impl Into<PlatformKey>,
        data_type: impl Into<CustomDataIdentifier>,
    ) -> Call<CustomDataTypeConfiguration> {
        self.engine.call(&GET_CONFIGURATION).path(platform.into()).path(data_type.into()).returns()
    }

    /// Lists what was read of a custom data type from one connection, a page at a time.
    ///
    /// [`pages`](Call::pages) walks all of it.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/list-custom-data-type-records>.
    #[doc(alias = "list")]
    #[doc(alias = "list-custom-data-type-records")]
    #[inline]
    pub fn list_records(
        &self,
        company: impl Into<CompanyId>,
        connection: impl Into<ConnectionId>,
        data_type: impl Into<CustomDataIdentifier>,
        query: &ListCustomDataRecords,
    ) -> Call<Page<CustomDataRecord>> {
        self.engine
            .call(&LIST_RECORDS)
            .path(company.into())
            .path(connection.into())
            .path(data_type.into())
            .query(query)
            .returns_with_unread::<Page<CustomDataRecord>, _>()
    }

    /// Queues a refresh of a custom data type, and returns the pull operation.
    ///
    /// [`get_pull_operation`](super::refresh_data::RefreshData::get_pull_operation) tells how far it is. Its `data_type` is the
    /// custom data type's name behind `custom/`.
    ///
    /// # Errors
    /// `Client` with status 451 for an integration that is not available for compliance reasons.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/refresh-custom-data-type>.
    #[doc(alias = "refresh-custom-data-type")]
    #[inline]
    pub fn refresh(
        &self,
        company: impl Into<CompanyId>,
        connection: impl Into<ConnectionId>,
        data_type: impl Into<CustomDataIdentifier>,
    ) -> Call<PullOperation> {
        let call = self.engine.call(&REFRESH).path(company.into());
        call.path(connection.into()).path(data_type.into()).returns()
    }
}

request! {
    /// How a custom data type is read from one integration. Codat checks none of the names.
    ///
    /// Source: <https://docs.codat.io/using-the-api/custom-data>.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    read pub struct CustomDataTypeConfiguration in camelCase {
        /// The source's endpoint, such as `api/purchaseOrders`.
        pub data_source: Option<String>,
        /// Paths of the source's members, by the names that you want for them.
        pub required_data: BTreeMap<String, String>,
        /// Paths of the source's members that tell its records apart, such as `$[*].id`.
        pub key_by: Vec<String>,
        /// Paths of the source's members that say when a record was modified.
        pub source_modified_date: Option<Vec<String>>,
    }
}

impl CustomDataTypeConfiguration {
    /// These members of this endpoint of the source, and those of its members that tell its records apart.
    pub fn new(
        data_source: impl Into<String>,
        required_data: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
        key_by: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let required = required_data.into_iter().map(|(name, path)| (name.into(), path.into()));
        Self {
            data_source: Some(data_source.into()),
            required_data: required.collect(),
            key_by: key_by.into_iter().map(Into::into).collect(),
            source_modified_date: None,
        }
    }

    setters! {
        source_modified_date: Option<Vec<String>>,
    }
}

request! {
    /// Which page of the records.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ListCustomDataRecords in camelCase {
        /// The number of the page, from 1; the first where it is not set.
        pub page: Option<u32>,
        /// How many records a page holds: 100 where it is not set, 5,000 at most.
        pub page_size: Option<u32>,
    }
}

impl ListCustomDataRecords {
    /// All records.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        page: Option<u32>,
        page_size: Option<u32>,
    }
}

/// A record of a custom data type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomDataRecord {
    /// The record's id.
    pub id: Option<String>,
    /// The source's values, by the names that you gave them.
    pub content: Option<JsonMap>,
    /// When Codat last fetched it.
    #[serde(default, deserialize_with = "modified_date")]
    pub modified_date: Option<Timestamp>,
}

/// Codat's document has an object with the date in it. Both are read.
fn modified_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wrapped {
        modified_date: Option<Timestamp>,
    }

    struct Either;

    impl<'de> Visitor<'de> for Either {
        type Value = Option<Timestamp>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a date")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.into()))
        }

        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
            Wrapped::deserialize(MapAccessDeserializer::new(members)).map(|wrapped| wrapped.modified_date)
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(Either)
}
