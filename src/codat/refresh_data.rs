//! Brings a company's data up to date: `client.codat().refresh_data()`.

use super::connections::ConnectionId;
use super::{CompanyId, DataType, ListOptions, Page};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{id, map, model, open_enum, request, setters};
use crate::{Call, Timestamp};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// The operations that refresh data, and those that tell how far it is.
#[derive(Clone, Debug)]
pub struct RefreshData {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.refresh_data";
    /// each call reads the data again, and Codat keeps a key for 90 minutes
    ALL = "all": POST "/companies/{companyId}/data/all", Keyed, sdk "refresh_data.all";
    /// each call reads the data again, and Codat keeps a key for 90 minutes
    BY_DATA_TYPE = "by_data_type": POST "/companies/{companyId}/data/queue/{dataType}", Keyed, sdk "refresh_data.by_data_type";
    /// changes nothing
    GET_DATA_STATUSES = "get_data_statuses": GET "/companies/{companyId}/dataStatus", Read, sdk "refresh_data.get";
    /// changes nothing
    LIST_PULL_OPERATIONS = "list_pull_operations": GET "/companies/{companyId}/data/history", Read, sdk "refresh_data.list_pull_operations";
    /// changes nothing
    GET_PULL_OPERATION = "get_pull_operation": GET "/companies/{companyId}/data/history/{datasetId}", Read, sdk "refresh_data.get_pull_operation";
}

id! {
    /// A pull operation, which Codat also calls a dataset: a UUID.
    pub struct DatasetId;
}

impl RefreshData {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Queues a refresh of a company's data types that are fetched on first link.
    ///
    /// It returns before the data are there. [`list_pull_operations`](Self::list_pull_operations) tells how far each
    /// data type is.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/refresh-company-data>.
    #[doc(alias = "refresh-company-data")]
    #[inline]
    pub fn all(&self, company: impl Into<CompanyId>) -> Call<()> {
        self.engine.call(&ALL).path(company.into()).returns_nothing()
    }

    /// Queues a refresh of one data type, and returns the pull operation.
    ///
    /// It returns before the data are there. [`get_pull_operation`](Self::get_pull_operation) tells how far it is.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/refresh-data-type>.
    #[doc(alias = "refresh-data-type")]
    #[inline]
    pub fn by_data_type(
        &self,
        company: impl Into<CompanyId>,
        data_type: impl Into<DataType>,
        query: &RefreshDataType,
    ) -> Call<PullOperation> {
        self.engine.call(&BY_DATA_TYPE).path(company.into()).path(data_type.into()).query(query).returns()
    }

    /// Returns how up to date each of a company's data types is.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-company-data-status>.
    #[doc(alias = "get")]
    #[doc(alias = "get-company-data-status")]
    #[inline]
    pub fn get_data_statuses(&self, company: impl Into<CompanyId>) -> Call<DataStatuses> {
        self.engine.call(&GET_DATA_STATUSES).path(company.into()).returns()
    }

    /// Lists a company's pull operations, a page at a time.
    ///
    /// [`pages`](Call::pages) walks all of them.
    ///
    /// # Errors
    /// `BadRequest` for a query that Codat cannot read. It knows no `isCompleted`: filter by `status`.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/list-pull-operations>.
    #[doc(alias = "list-pull-operations")]
    #[inline]
    pub fn list_pull_operations(
        &self,
        company: impl Into<CompanyId>,
        options: &ListOptions,
    ) -> Call<Page<PullOperation>> {
        let call = self.engine.call(&LIST_PULL_OPERATIONS).path(company.into());
        call.query(options).returns_with_unread::<Page<PullOperation>, _>()
    }

    /// Returns one pull operation, and so how far it is.
    ///
    /// # Errors
    /// `NotFound` for a pull operation that the company does not have.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-pull-operation>.
    #[doc(alias = "get-pull-operation")]
    #[inline]
    pub fn get_pull_operation(
        &self,
        company: impl Into<CompanyId>,
        dataset: impl Into<DatasetId>,
    ) -> Call<PullOperation> {
        self.engine.call(&GET_PULL_OPERATION).path(company.into()).path(dataset.into()).returns()
    }
}

request! {
    /// Where a data type is refreshed from.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct RefreshDataType in camelCase {
        /// The connection; all of the company's where it is not set.
        pub connection_id: Option<ConnectionId>,
    }
}

impl RefreshDataType {
    /// From all of the company's connections.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        connection_id: Option<ConnectionId>,
    }
}

/// How up to date a company's data types are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[non_exhaustive]
pub struct DataStatuses {
    /// The statuses by the names of the data types, as Codat writes them.
    #[serde(deserialize_with = "map")]
    pub by_data_type: BTreeMap<String, DataStatus>,
}

impl DataStatuses {
    /// The status of one data type; `None` where Codat tells none.
    pub fn get(&self, data_type: impl Into<DataType>) -> Option<&DataStatus> {
        self.by_data_type.get(data_type.into().as_str())
    }
}

model! {
    /// How up to date one data type is.
    ///
    /// Source: <https://docs.codat.io/platform-api#/schemas/DataStatus>.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DataStatus in camelCase {
        /// The data type.
        pub data_type: Option<DataType>,
        /// How far the latest pull operation is.
        pub current_status: Option<PullOperationStatus>,
        /// When data were last read with success.
        pub last_successful_sync: Option<Timestamp>,
        /// The latest pull operation.
        pub latest_sync_id: Option<DatasetId>,
        /// The latest pull operation with success.
        pub latest_successful_sync_id: Option<DatasetId>,
    }
}

model! {
    /// A read of one data type from a company's software, or what became of it.
    ///
    /// Source: <https://docs.codat.io/platform-api#/schemas/PullOperation>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PullOperation in camelCase {
        /// The operation's id.
        pub id: DatasetId,
        /// The company.
        pub company_id: Option<CompanyId>,
        /// The connection that it reads.
        pub connection_id: Option<ConnectionId>,
        /// The data type.
        pub data_type: Option<DataType>,
        /// How far it is.
        pub status: Option<PullOperationStatus>,
        /// More about the status, such as until when it pauses.
        pub status_description: Option<String>,
        /// What went wrong, at Codat or at the software.
        pub error_message: Option<String>,
        /// When it was asked for.
        pub requested: Option<Timestamp>,
        /// When it ended.
        pub completed: Option<Timestamp>,
        /// How far it is, in percent.
        pub progress: Option<i64> as WholeNumber,
        /// Whether it ended with success.
        pub is_completed: Option<bool>,
        /// Whether it ended with an error.
        pub is_errored: Option<bool>,
    }
}

open_enum! {
    /// How far a pull operation is.
    pub enum PullOperationStatus {
        /// It was asked for.
        Initial = "Initial",
        /// It waits for its turn.
        Queued = "Queued",
        /// The data are being fetched.
        Fetching = "Fetching",
        /// The data wait to be mapped.
        MapQueued = "MapQueued",
        /// The data are being mapped to Codat's models.
        Mapping = "Mapping",
        /// The data wait to be processed.
        ProcessingQueued = "ProcessingQueued",
        /// The data are being processed.
        Processing = "Processing",
        /// The data wait to be checked.
        ValidationQueued = "ValidationQueued",
        /// The data are being checked.
        Validating = "Validating",
        /// The data are there.
        Complete = "Complete",
        /// The data could not be fetched.
        FetchError = "FetchError",
        /// The data could not be mapped.
        MapError = "MapError",
        /// The data could not be processed.
        ProcessingError = "ProcessingError",
        /// The data did not pass the checks.
        ValidationError = "ValidationError",
        /// Something went wrong at Codat.
        InternalError = "InternalError",
        /// The connection is not authorized any more.
        AuthError = "AuthError",
        /// It was cancelled.
        Cancelled = "Cancelled",
        /// The software does not have this data type.
        NotSupported = "NotSupported",
        /// The software has limited the requests.
        RateLimitError = "RateLimitError",
        /// The customer may not read the data, or has not allowed it.
        PermissionsError = "PermissionsError",
        /// Another data type has to be read first.
        PrerequisiteNotMet = "PrerequisiteNotMet",
    }
}

impl PullOperationStatus {
    /// Whether nothing more comes of it: [`Complete`](Self::Complete) is success. An unknown status is not final.
    pub fn is_final(&self) -> bool {
        !matches!(
            self,
            Self::Initial
                | Self::Queued
                | Self::Fetching
                | Self::MapQueued
                | Self::Mapping
                | Self::ProcessingQueued
                | Self::Processing
                | Self::ValidationQueued
                | Self::Validating
                | Self::Unknown(_)
        )
    }
}
