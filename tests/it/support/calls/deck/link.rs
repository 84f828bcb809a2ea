use super::{Case, SOURCE, Stored, sent, storable, with_token};
use connectory::deck::link::*;
use connectory::{Client, Secret};

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck.link.create_token",
            send: |client, input| {
                let body = CreateLinkToken::new()
                    .language(Language::En)
                    .countries(vec!["CA".to_owned()])
                    .source_ids(vec![SOURCE.into()])
                    .source_types(vec!["Utility".to_owned()])
                    .beta_source_status(BetaSourceStatus::OnlyLive)
                    .update(LinkUpdate::new(&input.secret, UpdateMode::Refresh))
                    .webhook_url("https://example.com/hook")
                    .auto_refresh(true)
                    .parsing_method(ParsingMethod::Basic)
                    .latest_invoice_only(false);
                sent(&body, client.deck().link().create_token(&body))
            },
            request: r#"
                POST /link/token/create
                {
                  "language": "EN", "countries": ["CA"], "source_ids": ["11115055-46cf-4e49-6ba4-08ddcbf23235"],
                  "source_types": ["Utility"], "beta_source_status": "OnlyLive",
                  "update": { "access_token": "{secret}", "mode": "Refresh" },
                  "webhook_url": "https://example.com/hook", "auto_refresh": true, "parsing_method": "Basic",
                  "latest_invoice_only": false
                }"#,
            required: Some((
                |client, _| {
                    let body = CreateLinkToken::new();
                    sent(&body, client.deck().link().create_token(&body))
                },
                "POST /link/token/create {}",
            )),
            answer: (200, r#"{ "link_token": "{secret}" }"#),
            needs: &["/link_token"],
            ..Case::default()
        },
        Case {
            id: "deck.link.get_token",
            send: |client, input| {
                let body = LinkTokenRequest::new(&input.secret);
                storable(&body, client.deck().link().get_token(&body))
            },
            request: r#"POST /link/token/get { "link_token": "{secret}" }"#,
            answer: (
                200,
                r#"{
                  "language": "EN", "beta_source_status": "OnlyOdd", "countries": ["CA"], "source_types": ["Utility"],
                  "source_guids": ["11115055-46cf-4e49-6ba4-08ddcbf23235"], "unseen": { "a": [1] }
                }"#,
            ),
            stores: stores![LinkTokenSettings],
            ..Case::default()
        },
        Case {
            id: "deck.link.info",
            send: |client, input| {
                let body = LinkTokenRequest::new(&input.secret);
                storable(&body, client.deck().link().info(&body))
            },
            request: r#"POST /link/info { "link_token": "{secret}" }"#,
            answer: (
                200,
                r#"{
                  "name": "Acme", "image_url": "https://example.com/logo.png", "language": "EN",
                  "update_mode": { "source": {
                    "source_id": "11115055-46cf-4e49-6ba4-08ddcbf23235", "name": "Source",
                    "logo_url": "https://example.com/logo.png", "country": "CA", "website": "https://example.com",
                    "fields": [{
                      "field_number": 1, "field_name": "username", "field_label": "User name",
                      "field_value": "{secret}", "field_type": "Text"
                    }]
                  } },
                  "terms_of_use_url": "https://example.com/terms", "privacy_policy_url": "https://example.com/privacy",
                  "mode": "Rewind", "account_select_mode": "All", "allow_document_upload": false,
                  "show_step_consent": true, "show_step_add_source": true, "show_step_select_account": true,
                  "show_step_add_account": false, "unseen": { "a": [1] }
                }"#,
            ),
            stores: stores![ClientInfo, UpdateInfo],
            ..Case::default()
        },
        Case {
            id: "deck.link.sources",
            send: |client, input| {
                let body = SearchSources::new(&input.secret).source_id(SOURCE).search("aet");
                storable(&body, client.deck().link().sources(&body))
            },
            request: r#"
                POST /link/sources
                { "link_token": "{secret}", "source_id": "11115055-46cf-4e49-6ba4-08ddcbf23235", "search": "aet" }"#,
            required: Some((
                |client, input| {
                    let body = SearchSources::new(&input.secret);
                    storable(&body, client.deck().link().sources(&body))
                },
                r#"POST /link/sources { "link_token": "{secret}" }"#,
            )),
            answer: (
                200,
                r#"{ "sources": [{
                  "source_id": "11115055-46cf-4e49-6ba4-08ddcbf23235", "name": "Source",
                  "logo_url": "https://example.com/logo.png", "country": "CA", "website": "https://example.com",
                  "fields": [{
                    "field_number": 1, "field_name": "username", "field_label": "User name",
                    "field_value": "{secret}", "field_type": "Dial", "unseen": 1
                  }]
                }] }"#,
            ),
            stores: stores![Sources, Source, SourceField],
            ..Case::default()
        },
        Case {
            id: "deck.link.connect",
            send: |client, input| {
                let body = connect(&input.secret)
                    .terms_of_use_url("https://example.com/terms")
                    .privacy_policy_url("https://example.com/privacy");
                sent(&body, client.deck().link().connect(&body))
            },
            request: r#"
                POST /link/connect
                {
                  "link_token": "{secret}", "source_id": "11115055-46cf-4e49-6ba4-08ddcbf23235",
                  "fields": [
                    { "field_name": "username", "field_value": "{secret}" },
                    { "field_name": "password", "field_value": "{secret}" }
                  ],
                  "terms_of_use_url": "https://example.com/terms", "privacy_policy_url": "https://example.com/privacy"
                }"#,
            required: Some((
                |client, input| {
                    let body = connect(&input.secret);
                    sent(&body, client.deck().link().connect(&body))
                },
                r#"
                POST /link/connect
                {
                  "link_token": "{secret}", "source_id": "11115055-46cf-4e49-6ba4-08ddcbf23235",
                  "fields": [
                    { "field_name": "username", "field_value": "{secret}" },
                    { "field_name": "password", "field_value": "{secret}" }
                  ]
                }"#,
            )),
            answer: (
                200,
                r#"{ "public_token": "{secret}", "job_guid": "55bba4ec-7242-4f52-b3c0-08de128283fc", "unseen": 1 }"#,
            ),
            stage: Some(|client| {
                Box::pin(async move {
                    let created = client.deck().link().create_token(&CreateLinkToken::new()).await;
                    with_token(&created.unwrap().link_token, "")
                })
            }),
            ..Case::default()
        },
        Case {
            id: "deck.link.connection_status",
            send: |client, input| {
                let body = LinkTokenRequest::new(&input.secret);
                storable(&body, client.deck().link().connection_status(&body))
            },
            request: r#"POST /link/connection/status { "link_token": "{secret}" }"#,
            answer: (
                200,
                r#"{ "status": "Teleporting", "additional_information": "The source is slow today", "unseen": 1 }"#,
            ),
            stores: stores![ConnectionStatus],
            ..Case::default()
        },
        Case {
            id: "deck.link.mfa_question",
            send: |client, input| {
                let body = LinkTokenRequest::new(&input.secret);
                storable(&body, client.deck().link().mfa_question(&body))
            },
            request: r#"POST /link/authentication/mfa/get { "link_token": "{secret}" }"#,
            answer: (200, r#"{ "question": "Which code did we send you?", "unseen": 1 }"#),
            needs: &["/question"],
            stores: stores![SecurityQuestion],
            ..Case::default()
        },
        Case {
            id: "deck.link.answer_mfa",
            send: |client, input| {
                let body = AnswerLinkMfa::new(&input.secret, &input.secret);
                sent(&body, client.deck().link().answer_mfa(&body))
            },
            request: r#"POST /link/authentication/mfa/answer { "link_token": "{secret}", "answer": "{secret}" }"#,
            stage: Some(|client| {
                Box::pin(async move { with_token(&connecting(&client, "mfa", "MfaQuestion").await.0, "") })
            }),
            ..Case::default()
        },
        Case {
            id: "deck.link.accounts",
            send: |client, input| {
                let body = LinkTokenRequest::new(&input.secret);
                storable(&body, client.deck().link().accounts(&body))
            },
            request: r#"POST /link/account/list { "link_token": "{secret}" }"#,
            answer: (
                200,
                r#"{ "accounts": [{
                  "account_id": "0b8f7f6e-21a4-4d64-8f6c-0a8d21c9f3aa", "account_number": "1234",
                  "account_address": "1 Main Street", "unseen": 1
                }] }"#,
            ),
            stores: stores![LinkAccounts, LinkAccount],
            ..Case::default()
        },
        Case {
            id: "deck.link.select_accounts",
            send: |client, input| {
                let body = SelectLinkAccounts::new(&input.secret, [input.ids[0].as_str()]);
                sent(&body, client.deck().link().select_accounts(&body))
            },
            request: r#"POST /link/account/select { "link_token": "{secret}", "accounts": ["first"] }"#,
            stage: Some(|client| {
                Box::pin(async move {
                    let (token, _) = connecting(&client, "accounts", "AccountSelection").await;
                    let found = client.deck().link().accounts(&LinkTokenRequest::new(&token)).await.unwrap();
                    with_token(&token, found.accounts[0].account_id.as_str())
                })
            }),
            ..Case::default()
        },
    ]
}

fn connect(secret: &str) -> ConnectSource {
    let fields = ["username", "password"].map(|field| CredentialField::new(field, secret));
    ConnectSource::new(secret, SOURCE, fields)
}

/// The link token and public token of a session that has come to this status.
pub async fn connecting(client: &Client, username: &str, status: &str) -> (Secret, Secret) {
    let link = client.deck().link();
    let token = link.create_token(&CreateLinkToken::new()).await.unwrap().link_token;
    let fields = [CredentialField::new("username", username), CredentialField::new("password", "password")];
    let started = link.connect(&ConnectSource::new(&token, SOURCE, fields)).await.unwrap();
    let named = LinkTokenRequest::new(&token);
    while link.connection_status(&named).await.unwrap().status.unwrap().as_str() != status {}
    (token, started.public_token.unwrap())
}
