use super::{CORS, Case, Stored, companies, sent, storable, with_ids};
use connectory::codat::settings::*;

const PROFILE: &str = r#"{
    "name": "Bob's Burgers", "logoUrl": "https://client-images.codat.io/logo.png",
    "iconUrl": "https://client-images.codat.io/icon.ico", "redirectUrl": "https://bobs-burgers.example/{companyId}",
    "whiteListUrls": ["https://bobs-burgers.example"], "apiKey": "{secret}", "confirmCompanyName": true,
    "unseen": { "a": [1] }
}"#;

const SYNC_SETTINGS: &str = r#"{
    "clientId": "367f7975-267b-439b-90c6-a6040ee680f3", "overridesDefaults": true, "unseen": { "a": [1] },
    "settings": [{ "dataType": "dreams", "fetchOnFirstLink": true, "syncSchedule": 24, "syncOrder": 3 }]
}"#;

/// An API key with all its members.
macro_rules! api_key {
    () => {
        r#"{
            "id": "0498e921-9b53-4396-a412-4f2f5983b0a2", "name": "azure", "apiKey": "{secret}",
            "createdDate": "2022-04-11T13:49:37Z", "unseen": { "a": [1] }
        }"#
    };
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "codat.settings.get_profile",
            send: |client, _| storable(&(), client.codat().settings().get_profile()),
            request: "GET /profile",
            answer: (200, PROFILE),
            stores: stores![Profile],
            ..Case::default()
        },
        Case {
            id: "codat.settings.update_profile",
            send: |client, input| {
                let profile = UpdateProfile::new("Bob's Burgers", "https://bobs-burgers.example/{companyId}");
                let profile =
                    profile.logo_url("https://a.example/logo.png").icon_url("https://a.example/icon.ico");
                let profile =
                    profile.white_list_urls(["https://bobs-burgers.example"]).confirm_company_name(true);
                let profile = profile.api_key(&input.secret);
                storable(&profile, client.codat().settings().update_profile(&profile))
            },
            request: r#"PUT /profile {
                "name": "Bob's Burgers", "redirectUrl": "https://bobs-burgers.example/{companyId}",
                "logoUrl": "https://a.example/logo.png", "iconUrl": "https://a.example/icon.ico",
                "whiteListUrls": ["https://bobs-burgers.example"], "confirmCompanyName": true, "apiKey": "{secret}"
            }"#,
            required: Some((
                |client, _| {
                    let profile = UpdateProfile::new("Bob's Burgers", "https://bobs-burgers.example/");
                    storable(&profile, client.codat().settings().update_profile(&profile))
                },
                r#"PUT /profile { "name": "Bob's Burgers", "redirectUrl": "https://bobs-burgers.example/" }"#,
            )),
            answer: (200, PROFILE),
            ..Case::default()
        },
        Case {
            id: "codat.settings.get_sync_settings",
            send: |client, _| storable(&(), client.codat().settings().get_sync_settings()),
            request: "GET /profile/syncSettings",
            answer: (200, SYNC_SETTINGS),
            stores: stores![SyncSettings],
            ..Case::default()
        },
        Case {
            id: "codat.settings.update_sync_settings",
            send: |client, input| {
                let settings = companies::settings();
                sent(&settings, client.codat().settings().update_sync_settings(&input.ids[0], &settings))
            },
            request: r#"POST /profile/syncSettings {
                "clientId": "first", "overridesDefaults": true,
                "settings": [{
                    "dataType": "invoices", "fetchOnFirstLink": true, "syncSchedule": 24, "syncOrder": 3,
                    "syncFromUtc": "2020-01-01T12:00:00Z", "syncFromWindow": 25, "monthsToSync": 26, "isLocked": true
                }]
            }"#,
            answer: (204, ""),
            stage: Some(|client| {
                Box::pin(async move {
                    let settings = client.codat().settings().get_sync_settings().await.unwrap();
                    with_ids([settings.client_id.unwrap().as_str()])
                })
            }),
            ..Case::default()
        },
        Case {
            id: "codat.settings.get_cors_settings",
            send: |client, _| storable(&(), client.codat().settings().get_cors_settings()),
            request: "GET /corsSettings",
            answer: (200, CORS),
            stores: stores![CorsSettings],
            ..Case::default()
        },
        Case {
            id: "codat.settings.set_cors_settings",
            send: |client, _| {
                let settings = CorsSettings::new(["https://www.bank-of-dave.com"]);
                storable(&settings, client.codat().settings().set_cors_settings(&settings))
            },
            request: r#"POST /corsSettings { "allowedOrigins": ["https://www.bank-of-dave.com"] }"#,
            answer: (200, CORS),
            ..Case::default()
        },
        Case {
            id: "codat.settings.list_api_keys",
            send: |client, _| storable(&(), client.codat().settings().list_api_keys()),
            request: "GET /apiKeys",
            answer: (200, concat!(r#"{ "results": ["#, api_key!(), "] }")),
            stores: stores![ApiKeys, ApiKey],
            ..Case::default()
        },
        Case {
            id: "codat.settings.create_api_key",
            send: |client, _| {
                let key = CreateApiKey::new().name("azure");
                sent(&key, client.codat().settings().create_api_key(&key))
            },
            request: r#"POST /apiKeys { "name": "azure" }"#,
            required: Some((
                |client, _| {
                    let key = CreateApiKey::new();
                    sent(&key, client.codat().settings().create_api_key(&key))
                },
                "POST /apiKeys {}",
            )),
            answer: (201, api_key!()),
            needs: &["/id", "/apiKey"],
            ..Case::default()
        },
        Case {
            id: "codat.settings.delete_api_key",
            send: |client, input| sent(&(), client.codat().settings().delete_api_key(&input.ids[0])),
            request: "DELETE /apiKeys/first",
            answer: (204, ""),
            stage: Some(|client| {
                Box::pin(async move {
                    let key = client.codat().settings().create_api_key(&CreateApiKey::new()).await.unwrap();
                    with_ids([key.id.as_str()])
                })
            }),
            ..Case::default()
        },
    ]
}
