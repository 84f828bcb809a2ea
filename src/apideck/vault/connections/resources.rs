use crate::apideck::{ServiceId, UnifiedApi};
use crate::types::{id, model, open_enum, request, setters};
use crate::{JsonMap, OtherJson};

id! {
    /// A resource of a unified API, in the plural, such as `leads`.
    pub struct ResourceId;
}

request! {
    /// Which record of a resource the answer is taken from; one that Vault picks by default.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct ListCustomFields {
        /// The record's id, such as an employee's.
        pub resource_id: Option<String>,
    }
}

impl ListCustomFields {
    /// Lets Vault pick the record.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        resource_id: Option<String>,
    }
}

model! {
    /// A custom field of a service's records.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CustomField {
        /// The field's id at the service.
        pub id: Option<String>,
        /// The field's name to show.
        pub name: Option<String>,
        /// What the field is for.
        pub description: Option<String>,
        /// Its value in the record that was looked at: your customer's data.
        pub value: Option<OtherJson>,
        /// The JSONPath at which a mapping finds the value in the service's record.
        pub finder: Option<String>,
    }
}

model! {
    /// What a service itself answers for a resource.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ResourceExample {
        /// The unified API through which it is called.
        pub unified_api: Option<UnifiedApi>,
        /// The service.
        pub service_id: Option<ServiceId>,
        /// The resource.
        pub resource: Option<ConnectorResource>,
        /// The service's answer.
        pub example_response: Option<JsonMap>,
    }
}

model! {
    /// A resource as a service has it.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ConnectorResource {
        /// The resource of the unified API, such as `companies`.
        pub id: Option<ResourceId>,
        /// Its name to show.
        pub name: Option<String>,
        /// Whether Apideck offers it for the service yet.
        pub status: Option<ResourceStatus>,
        /// What the service calls it in its API.
        pub downstream_id: Option<String>,
        /// What the service calls it on its pages.
        pub downstream_name: Option<String>,
    }
}

open_enum! {
    /// Whether Apideck offers a resource for a service yet.
    pub enum ResourceStatus {
        /// Offered.
        Live = "live",
        /// Offered, and not finished.
        Beta = "beta",
        /// Being built.
        Development = "development",
        /// Announced.
        Upcoming = "upcoming",
        /// Thought about.
        Considering = "considering",
    }
}
