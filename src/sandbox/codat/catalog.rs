//! The integrations that the sandbox's Codat has.

use crate::codat::connections::SourceType;

/// A software that companies connect to.
#[derive(Debug)]
pub(super) struct Integration {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) id: &'static str,
    pub(super) source_id: &'static str,
    pub(super) source_type: SourceType,
}

pub(super) static INTEGRATIONS: [Integration; 4] = [
    Integration {
        key: "gbol",
        name: "Xero",
        id: "8a156a5a-39cb-4f9d-856e-76ef9b9a9607",
        source_id: "4ae9f6a4-1c8d-4f0c-9d6e-8d1a3c2b5e71",
        source_type: SourceType::Accounting,
    },
    Integration {
        key: "qhyg",
        name: "QuickBooks Online",
        id: "6b113e06-e818-45d7-977b-8e6bb3d01269",
        source_id: "56e6575a-3f1f-4918-b009-f7535555f0d6",
        source_type: SourceType::Accounting,
    },
    Integration {
        key: "dfxm",
        name: "Basiq",
        id: "bf083d72-62c7-493e-aec9-81b4dbba7e2c",
        source_id: "bdd831ce-eebd-4896-89a7-20e5ee8989ee",
        source_type: SourceType::Banking,
    },
    Integration {
        key: "fztf",
        name: "Shopify",
        id: "f8a4ba80-be2e-4b0d-8f5b-9c4a2d7d5a1e",
        source_id: "0e6c1d9a-7f43-4f6a-9b0e-3c5d2a8b4f60",
        source_type: SourceType::Commerce,
    },
];

/// The integration of this key.
pub(super) fn integration(key: &str) -> Option<&'static Integration> {
    INTEGRATIONS.iter().find(|integration| integration.key == key)
}
