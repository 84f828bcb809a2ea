use super::{Case, Stored, storable};
use connectory::codat::integrations::{
    Branding, BrandingButton, BrandingImage, BrandingLogo, DataTypeFeature, ImageReference, Integration,
    SupportedFeature,
};
use connectory::codat::{ListOptions, Query};

/// An integration with all its members.
macro_rules! integration {
    () => {
        r#"{
            "key": "gbol", "name": "Xero", "logoUrl": "https://static.codat.io/public/officialLogos/Full/8A156A5A.png",
            "enabled": true, "sourceId": "35b92968-9851-4095-ad60-395c95cbcba4", "sourceType": "Payroll",
            "integrationId": "497a18ca-284e-40c0-985d-f72be35d468e", "isOfflineConnector": true, "isBeta": true,
            "dataProvidedBy": "Xero", "unseen": { "a": [1] },
            "datatypeFeatures": [{
                "dataType": "invoices", "unseen": { "a": [1] },
                "supportedFeatures": [{ "featureType": "Merge", "featureState": "Gamma", "unseen": { "a": [1] } }]
            }]
        }"#
    };
}

const PAGE: &str = page!(integration!(), "/integrations");

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "codat.integrations.list",
            send: |client, _| {
                let options = ListOptions::new().page(2).page_size(20).order_by("-name");
                let options = options.query(Query::equal("sourceType", "Accounting"));
                storable(&options, client.codat().integrations().list(&options))
            },
            request: "GET /integrations?orderBy=-name&page=2&pageSize=20&query=sourceType%3DAccounting",
            required: Some((
                |client, _| storable(&(), client.codat().integrations().list(&ListOptions::new())),
                "GET /integrations",
            )),
            answer: (200, PAGE),
            stores: stores![Integration, DataTypeFeature, SupportedFeature],
            ..Case::default()
        },
        Case {
            id: "codat.integrations.get",
            send: |client, input| storable(&(), client.codat().integrations().get(&input.ids[0])),
            request: "GET /integrations/first",
            answer: (200, integration!()),
            needs: &["/key"],
            ..Case::default()
        },
        Case {
            id: "codat.integrations.get_branding",
            send: |client, input| storable(&(), client.codat().integrations().get_branding(&input.ids[0])),
            request: "GET /integrations/first/branding",
            answer: (
                200,
                r#"{
                    "logo": {
                        "full": { "image": { "src": "https://static.codat.io/full.png", "alt": "xero full icon" } },
                        "square": { "image": { "src": "https://static.codat.io/square.png", "alt": "xero square icon" } }
                    },
                    "button": {
                        "default": { "image": { "src": "https://static.codat.io/button.png", "alt": "xero button" } },
                        "hover": { "image": { "src": "https://static.codat.io/hover.png", "alt": "xero hover button" } }
                    },
                    "sourceId": "35b92968-9851-4095-ad60-395c95cbcba4", "unseen": { "a": [1] }
                }"#,
            ),
            stores: stores![Branding, BrandingButton, BrandingImage, BrandingLogo, ImageReference],
            ..Case::default()
        },
    ]
}
