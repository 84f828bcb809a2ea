//! What was written to a company's software: `client.codat().push_data()`.

use super::connections::ConnectionId;
use super::read_data::ValidationResult;
use super::{CompanyId, DataType, ListOptions, Page};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{id, model, open_enum};
use crate::{Call, Timestamp};
use std::{collections::BTreeMap, sync::Arc};

/// The operations on what was written.
#[derive(Clone, Debug)]
pub struct PushData {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.push_data";
    /// changes nothing
    GET_MODEL_OPTIONS = "get_model_options": GET "/companies/{companyId}/connections/{connectionId}/options/{dataType}", Read, sdk "push_data.get_model_options";
    /// changes nothing
    LIST_OPERATIONS = "list_operations": GET "/companies/{companyId}/push", Read, sdk "push_data.list_operations";
    /// changes nothing
    GET_OPERATION = "get_operation": GET "/companies/{companyId}/push/{pushOperationKey}", Read, sdk "push_data.get_operation";
}

id! {
    /// A push operation: a UUID.
    pub struct PushOperationKey;
}

impl PushData {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Returns what a connection takes when a record of this type is written.
    ///
    /// It differs from software to software, and from company to company: some of it is the company's own data.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-create-update-model-options-by-data-type>.
    #[doc(alias = "get-create-update-model-options-by-data-type")]
    #[inline]
    pub fn get_model_options(
        &self,
        company: impl Into<CompanyId>,
        connection: impl Into<ConnectionId>,
        data_type: impl Into<DataType>,
    ) -> Call<PushOption> {
        let call = self.engine.call(&GET_MODEL_OPTIONS).path(company.into());
        call.path(connection.into()).path(data_type.into()).returns()
    }

    /// Lists what was written to a company's software, a page at a time.
    ///
    /// [`pages`](Call::pages) walks all of it.
    ///
    /// # Errors
    /// `BadRequest` for a query that Codat cannot read.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-company-push-history>.
    #[doc(alias = "get-company-push-history")]
    #[inline]
    pub fn list_operations(
        &self,
        company: impl Into<CompanyId>,
        options: &ListOptions,
    ) -> Call<Page<PushOperation>> {
        let call = self.engine.call(&LIST_OPERATIONS).path(company.into());
        call.query(options).returns_with_unread::<Page<PushOperation>, _>()
    }

    /// Returns one push operation, and so whether the record is written.
    ///
    /// # Errors
    /// `NotFound` for a key that the company does not have.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-push-operation>.
    #[doc(alias = "get-push-operation")]
    #[inline]
    pub fn get_operation(
        &self,
        company: impl Into<CompanyId>,
        operation: impl Into<PushOperationKey>,
    ) -> Call<PushOperation> {
        self.engine.call(&GET_OPERATION).path(company.into()).path(operation.into()).returns()
    }
}

model! {
    /// What a connection takes for a record, or for one member of it.
    ///
    /// Source: <https://docs.codat.io/platform-api#/schemas/PushOption>.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PushOption in camelCase {
        /// What kind of value it takes.
        pub kind: Option<PushOptionType> = "type",
        /// Its name for people.
        pub display_name: Option<String>,
        /// What it is for.
        pub description: Option<String>,
        /// Whether it has to be there.
        pub required: Option<bool>,
        /// The members of an object, or of each item of a list, by their names.
        pub properties: BTreeMap<String, PushOption>,
        /// The values to choose from; any where there are none.
        pub options: Vec<PushOptionChoice>,
        /// What is checked.
        pub validation: Option<PushOptionValidation>,
    }
}

model! {
    /// A value to choose.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PushOptionChoice in camelCase {
        /// The value.
        pub value: Option<String>,
        /// What kind of value it is.
        pub kind: Option<PushOptionType> = "type",
        /// Its name for people.
        pub display_name: Option<String>,
        /// What it stands for.
        pub description: Option<String>,
        /// Whether it has to be there.
        pub required: Option<bool>,
    }
}

model! {
    /// What is checked before a record is written.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PushOptionValidation {
        /// Rules that may make the software refuse the record.
        pub warnings: Vec<PushFieldValidation>,
        /// Hints.
        pub information: Vec<PushFieldValidation>,
    }
}

model! {
    /// What is checked of one member.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PushFieldValidation {
        /// The member.
        pub field: Option<String>,
        /// What is checked.
        pub details: Option<String>,
        /// Where it is described.
        pub reference: Option<String> = "ref",
    }
}

open_enum! {
    /// What kind of value a member takes.
    pub enum PushOptionType {
        /// A list.
        Array = "Array",
        /// An object.
        Object = "Object",
        /// Text.
        String = "String",
        /// A number.
        Number = "Number",
        /// True or false.
        Boolean = "Boolean",
        /// A date and time.
        DateTime = "DateTime",
        /// A file.
        File = "File",
        /// Several parts.
        MultiPart = "MultiPart",
    }
}

model! {
    /// A record on its way to a company's software, or what became of it.
    ///
    /// Source: <https://docs.codat.io/platform-api#/schemas/PushOperation>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PushOperation in camelCase {
        /// The operation's key.
        pub push_operation_key: PushOperationKey,
        /// The company.
        pub company_id: Option<CompanyId>,
        /// The connection that it goes through.
        pub data_connection_key: Option<ConnectionId>,
        /// The record's type.
        pub data_type: Option<DataType>,
        /// What became of it.
        pub status: Option<PushOperationStatus>,
        /// The same as an HTTP status.
        pub status_code: Option<i64> as WholeNumber,
        /// What went wrong.
        pub error_message: Option<String>,
        /// What Codat's validation found.
        pub validation: Option<ValidationResult>,
        /// What it changed: one entry.
        pub changes: Vec<PushChange>,
        /// When it was asked for, in UTC.
        pub requested_on_utc: Option<Timestamp>,
        /// When it ended, in UTC.
        pub completed_on_utc: Option<Timestamp>,
        /// Minutes until it times out.
        pub timeout_in_minutes: Option<i64> as WholeNumber,
        /// Seconds until it times out. Codat prefers the minutes.
        pub timeout_in_seconds: Option<i64> as WholeNumber,
    }
}

model! {
    /// What a push operation changed.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PushChange in camelCase {
        /// How.
        pub kind: Option<PushChangeType> = "type",
        /// The record.
        pub record_ref: Option<PushedRecord>,
        /// The attachment that was uploaded.
        pub attachment_id: Option<String>,
    }
}

model! {
    /// A record that a push operation changed.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PushedRecord in camelCase {
        /// The record's id.
        pub id: Option<String>,
        /// The record's type.
        pub data_type: Option<DataType>,
    }
}

open_enum! {
    /// How a push operation changed a record.
    pub enum PushChangeType {
        /// It was created.
        Created = "Created",
        /// It was modified.
        Modified = "Modified",
        /// It was deleted.
        Deleted = "Deleted",
        /// An attachment was uploaded.
        AttachmentUploaded = "AttachmentUploaded",
        /// Codat does not say.
        Unspecified = "Unknown",
    }
}

open_enum! {
    /// What became of a push operation.
    pub enum PushOperationStatus {
        /// It is under way.
        Pending = "Pending",
        /// The record is written.
        Success = "Success",
        /// The record was refused.
        Failed = "Failed",
        /// The software did not answer in time.
        TimedOut = "TimedOut",
    }
}

impl PushOperationStatus {
    /// Whether nothing more comes of it. An unknown status is not final.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Pending | Self::Unknown(_))
    }
}
