use super::{Case, sent, vault};
use connectory::JsonMap;
use connectory::apideck::vault::{consumers::ConsumerMetadata, sessions::*};

const SESSION: &str = r#"{
  "status_code": 200, "status": "OK",
  "data": {
    "session_uri": "https://vault.apideck.com/session/{secret}", "session_token": "{secret}", "unseen": { "a": [1] }
  }
}"#;

pub fn cases() -> Vec<Case> {
    vec![Case {
        id: "apideck.vault.sessions.create",
        send: |client, input| {
            let settings = SessionSettings::new()
                .unified_apis(["accounting", "crm"])
                .hide_resource_settings(true)
                .sandbox_mode(true)
                .isolation_mode(false)
                .session_length("30m")
                .show_logs(false)
                .show_suggestions(true)
                .show_sidebar(false)
                .auto_redirect(true)
                .hide_guides(true)
                .allow_actions([SessionAction::Delete, SessionAction::Reauthorize]);
            let theme = SessionTheme::new()
                .favicon("https://acme.example/favicon.ico")
                .logo("https://acme.example/logo.svg")
                .primary_color("#286efa")
                .sidepanel_background_color("#000000")
                .sidepanel_text_color("#FFFFFF")
                .vault_name("Acme")
                .privacy_url("https://acme.example/privacy")
                .terms_url("https://acme.example/terms");
            let metadata = ConsumerMetadata::new()
                .account_name("SpaceX")
                .user_name("Elon Musk")
                .email("elon@musk.com")
                .image("https://www.spacex.com/share.jpg");
            let own = JsonMap::new().with("note", input.secret.as_str());
            let body = CreateSession::new()
                .consumer_metadata(metadata)
                .redirect_uri("https://acme.example/done")
                .settings(settings)
                .theme(theme)
                .custom_consumer_settings(own);
            sent(&body, vault(client).sessions().create(&body))
        },
        request: r##"
            POST /vault/sessions
            {
              "consumer_metadata": {
                "account_name": "SpaceX", "user_name": "Elon Musk", "email": "elon@musk.com",
                "image": "https://www.spacex.com/share.jpg"
              },
              "redirect_uri": "https://acme.example/done",
              "settings": {
                "unified_apis": ["accounting", "crm"], "hide_resource_settings": true, "sandbox_mode": true,
                "isolation_mode": false, "session_length": "30m", "show_logs": false, "show_suggestions": true,
                "show_sidebar": false, "auto_redirect": true, "hide_guides": true,
                "allow_actions": ["delete", "reauthorize"]
              },
              "theme": {
                "favicon": "https://acme.example/favicon.ico", "logo": "https://acme.example/logo.svg",
                "primary_color": "#286efa", "sidepanel_background_color": "#000000",
                "sidepanel_text_color": "#FFFFFF", "vault_name": "Acme",
                "privacy_url": "https://acme.example/privacy", "terms_url": "https://acme.example/terms"
              },
              "custom_consumer_settings": { "note": "{secret}" }
            }"##,
        required: Some((
            |client, _| {
                let body = CreateSession::new();
                sent(&body, vault(client).sessions().create(&body))
            },
            "POST /vault/sessions {}",
        )),
        answer: (200, SESSION),
        needs: &["/data", "/data/session_uri", "/data/session_token"],
        ..Case::default()
    }]
}
