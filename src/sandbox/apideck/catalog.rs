//! The services that the sandbox's application offers.

/// A service and what a customer needs to connect it.
pub(super) struct Service {
    pub(super) unified_api: &'static str,
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) auth: Auth,
    /// Settings that must be there before the connection is callable.
    pub(super) fields: &'static [Field],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Auth {
    /// The customer authorizes in the browser.
    AuthorizationCode,
    /// The settings hold what the service gives a token for.
    ClientCredentials,
    /// The settings hold an API key.
    ApiKey,
    /// The settings hold user name and password.
    Basic,
}

impl Auth {
    pub(super) fn auth_type(self) -> &'static str {
        match self {
            Self::AuthorizationCode | Self::ClientCredentials => "oauth2",
            Self::ApiKey => "apiKey",
            Self::Basic => "basic",
        }
    }

    pub(super) fn grant_type(self) -> Option<&'static str> {
        match self {
            Self::AuthorizationCode => Some("authorization_code"),
            Self::ClientCredentials => Some("client_credentials"),
            Self::ApiKey | Self::Basic => None,
        }
    }
}

pub(super) struct Field {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) sensitive: bool,
}

const fn field(id: &'static str, label: &'static str) -> Field {
    Field { id, label, sensitive: false }
}

const fn secret(id: &'static str, label: &'static str) -> Field {
    Field { id, label, sensitive: true }
}

pub(super) static SERVICES: &[Service] = &[
    Service {
        unified_api: "accounting",
        id: "intuit-enterprise-suite",
        name: "Intuit Enterprise Suite",
        auth: Auth::AuthorizationCode,
        fields: &[],
    },
    Service {
        unified_api: "accounting",
        id: "quickbooks",
        name: "QuickBooks",
        auth: Auth::AuthorizationCode,
        fields: &[],
    },
    Service {
        unified_api: "accounting",
        id: "xero",
        name: "Xero",
        auth: Auth::AuthorizationCode,
        fields: &[field("tenant_id", "Organization")],
    },
    Service {
        unified_api: "crm",
        id: "hubspot",
        name: "HubSpot",
        auth: Auth::AuthorizationCode,
        fields: &[],
    },
    Service {
        unified_api: "crm",
        id: "pipedrive",
        name: "Pipedrive",
        auth: Auth::AuthorizationCode,
        fields: &[],
    },
    Service {
        unified_api: "crm",
        id: "salesforce",
        name: "Salesforce",
        auth: Auth::AuthorizationCode,
        fields: &[field("instance_url", "Instance url")],
    },
    Service {
        unified_api: "ecommerce",
        id: "woocommerce",
        name: "WooCommerce",
        auth: Auth::Basic,
        fields: &[
            field("store_url", "Store URL"),
            field("username", "Username"),
            secret("password", "Password"),
        ],
    },
    Service {
        unified_api: "hris",
        id: "bamboohr",
        name: "BambooHR",
        auth: Auth::ApiKey,
        fields: &[field("subdomain", "Subdomain"), secret("api_key", "API Key")],
    },
    Service {
        unified_api: "hris",
        id: "personio",
        name: "Personio",
        auth: Auth::ClientCredentials,
        fields: &[secret("client_id", "Client ID"), secret("client_secret", "Client Secret")],
    },
];

pub(super) fn service(unified_api: &str, id: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.unified_api == unified_api && service.id == id)
}

/// The services that a connection to this one can be moved to.
pub(super) fn migration_targets(service: &Service) -> &'static [&'static str] {
    if service.id == "quickbooks" { &["intuit-enterprise-suite"] } else { &[] }
}

/// The resources that the sandbox has of a unified API.
pub(super) fn resources(unified_api: &str) -> &'static [&'static str] {
    match unified_api {
        "accounting" => &["bills", "customers", "invoices"],
        "crm" => &["companies", "contacts", "leads", "opportunities"],
        "ecommerce" => &["customers", "orders", "products"],
        _ => &["departments", "employees"],
    }
}
