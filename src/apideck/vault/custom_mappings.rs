//! Where custom fields are found in a service's records: `client.apideck().vault().custom_mappings()`.
//!
//! Your application defines custom fields, its target fields; a mapping says for one consumer and service which value
//! of the service's record fills one of them.

use super::connections::{CustomMapping, CustomMappingInput};
use crate::Call;
use crate::apideck::{Apideck, Envelope, ServiceId, UnifiedApi};
use crate::call::Draft;
use crate::operation::{Operation, operations};
use crate::types::id;

/// The operations on one consumer's custom mappings.
#[derive(Clone, Debug)]
pub struct CustomMappings {
    apideck: Apideck,
}

id! {
    /// A custom field of your application, such as `hris+employees+first_aid_training`.
    pub struct TargetFieldId;
}

operations! { Apideck, "apideck.vault.custom_mappings";
    /// changes nothing
    LIST = "list": GET "/vault/custom-mappings/{unified_api}/{service_id}", Read, consumer Required, sdk "vault.custom_mappings.list";
    /// changes nothing
    GET = "get": GET "/vault/custom-mappings/{unified_api}/{service_id}/{target_field_id}", Read, consumer Required;
    /// Apideck does not say what a second call does
    CREATE = "create": POST "/vault/custom-mappings/{unified_api}/{service_id}/{target_field_id}", Once, consumer Required;
    /// sets the value
    UPDATE = "update": PATCH "/vault/custom-mappings/{unified_api}/{service_id}/{target_field_id}", Idempotent, consumer Required;
    /// gone twice is gone
    DELETE = "delete": DELETE "/vault/custom-mappings/{unified_api}/{service_id}/{target_field_id}", Idempotent, consumer Required;
}

impl CustomMappings {
    pub(super) fn new(apideck: Apideck) -> Self {
        Self { apideck }
    }

    /// Lists a consumer's mappings for a service. The list is not paged.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/customMappingsAll>.
    #[doc(alias = "customMappingsAll")]
    #[inline]
    pub fn list(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> Call<Envelope<Vec<CustomMapping>>> {
        self.apideck.call(&LIST).path(unified_api.into()).path(service.into()).returns_list()
    }

    /// Returns the mapping of one target field.
    ///
    /// # Errors
    /// `NotFound` for a field that has no mapping.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/customMappingsOne>.
    #[doc(alias = "customMappingsOne")]
    #[inline]
    pub fn get(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        target_field: impl Into<TargetFieldId>,
    ) -> Call<Envelope<CustomMapping>> {
        self.one(&GET, unified_api.into(), service.into(), target_field.into()).returns_one()
    }

    /// Maps a target field and returns the mapping.
    ///
    /// Never repeated after a lost answer; [`get`](Self::get) tells whether the mapping is there.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/customMappingsAdd>.
    #[doc(alias = "customMappingsAdd")]
    #[inline]
    pub fn create(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        target_field: impl Into<TargetFieldId>,
        body: &CustomMappingInput,
    ) -> Call<Envelope<CustomMapping>> {
        let draft = self.one(&CREATE, unified_api.into(), service.into(), target_field.into());
        draft.json(body).returns_one()
    }

    /// Changes the mapping of a target field and returns it.
    ///
    /// # Errors
    /// `NotFound` for a field that has no mapping.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/customMappingsUpdate>.
    #[doc(alias = "customMappingsUpdate")]
    #[inline]
    pub fn update(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        target_field: impl Into<TargetFieldId>,
        body: &CustomMappingInput,
    ) -> Call<Envelope<CustomMapping>> {
        let draft = self.one(&UPDATE, unified_api.into(), service.into(), target_field.into());
        draft.json(body).returns_one()
    }

    /// Deletes the mapping of a target field; the field itself stays.
    ///
    /// # Errors
    /// `NotFound` for a field that has no mapping. After a lost answer that may be the trace of a first attempt that did
    /// its work: [`outcome`](crate::Error::outcome) is then `Unknown`.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/customMappingsDelete>.
    #[doc(alias = "customMappingsDelete")]
    #[inline]
    pub fn delete(
        &self,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
        target_field: impl Into<TargetFieldId>,
    ) -> Call<()> {
        self.one(&DELETE, unified_api.into(), service.into(), target_field.into()).returns_nothing()
    }

    fn one(
        &self,
        operation: &'static Operation,
        unified_api: UnifiedApi,
        service: ServiceId,
        target_field: TargetFieldId,
    ) -> Draft {
        self.apideck.call(operation).path(unified_api).path(service).path(target_field)
    }
}
