#![expect(deprecated, reason = "it is tested as long as it is there")]

use super::{CORS, Case, sent, storable};
use connectory::codat::settings::CorsSettings;

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "codat.connection_management.get_access_token",
            send: |client, input| {
                sent(&(), client.codat().connection_management().get_access_token(&input.ids[0]))
            },
            request: "GET /companies/first/connectionManagement/accessToken",
            answer: (200, r#"{ "accessToken": "{secret}", "unseen": { "a": [1] } }"#),
            needs: &["/accessToken"],
            ..Case::default()
        },
        Case {
            id: "codat.connection_management.get_cors_settings",
            send: |client, _| storable(&(), client.codat().connection_management().get_cors_settings()),
            request: "GET /connectionManagement/corsSettings",
            answer: (200, CORS),
            ..Case::default()
        },
        Case {
            id: "codat.connection_management.set_cors_settings",
            send: |client, _| {
                let settings = CorsSettings::new(["https://www.bank-of-dave.com"]);
                storable(&settings, client.codat().connection_management().set_cors_settings(&settings))
            },
            request: r#"POST /connectionManagement/corsSettings
                { "allowedOrigins": ["https://www.bank-of-dave.com"] }"#,
            answer: (200, CORS),
            ..Case::default()
        },
    ]
}
