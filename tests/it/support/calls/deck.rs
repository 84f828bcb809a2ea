use super::{TypedCall, sent, storable};
use connectory::deck::connections::{
    AccessTokenRequest, AccountSelection, AccountsSelectRequest, AutoRefreshUpdateRequest,
    PublicTokenExchangeRequest, RefreshConnectionRequest, WebhookUpdateRequest,
};
use connectory::deck::documents::{DocumentFileRequest, ListDocuments};
use connectory::deck::jobs::{EnsureConnection, JobMfaAnswerRequest, JobRequest, SandboxOutcome};
use connectory::deck::link::{
    BetaSourceStatus, ConnectRequest, CredentialField, Language, LinkAccountSelectRequest,
    LinkMfaAnswerRequest, LinkTokenCreateRequest, LinkTokenRequest, LinkUpdate, ParsingMethod,
    SourcesRequest, UpdateMode,
};

pub fn calls() -> Vec<TypedCall> {
    vec![
        TypedCall {
            id: "deck.link.create_token",
            ids: 0,
            answer: (200, r#"{"link_token":"{secret}"}"#),
            send: |client, input| {
                let body = LinkTokenCreateRequest::new()
                    .language(Language::En)
                    .countries(vec!["CA".to_owned()])
                    .source_ids(vec!["11115055-46cf-4e49-6ba4-08ddcbf23235".into()])
                    .source_types(vec!["t".to_owned()])
                    .beta_source_status(BetaSourceStatus::OnlyLive)
                    .update(LinkUpdate::new(&input.secret, UpdateMode::Refresh))
                    .webhook_url("https://example.com/hook")
                    .auto_refresh(true)
                    .parsing_method(ParsingMethod::Basic)
                    .latest_invoice_only(false);
                sent(&body, client.deck().link().create_token(&body))
            },
        },
        TypedCall {
            id: "deck.link.get_token",
            ids: 0,
            answer: (
                200,
                r#"{"language":"EN","beta_source_status":"OnlyLive","countries":["CA"],"source_types":["t"],"source_guids":["11115055-46cf-4e49-6ba4-08ddcbf23235"]}"#,
            ),
            send: |client, input| {
                let body = LinkTokenRequest::new(&input.secret);
                storable(&body, client.deck().link().get_token(&body))
            },
        },
        TypedCall {
            id: "deck.link.info",
            ids: 0,
            answer: (
                200,
                r#"{"name":"Acme","image_url":"https://example.com/logo.png","language":"EN",
            "update_mode":{"source":{"source_id":"11115055-46cf-4e49-6ba4-08ddcbf23235","name":"Source",
            "logo_url":"https://example.com/logo.png","country":"CA","website":"https://example.com","fields":[{"field_number":1,
            "field_name":"username","field_label":"User name","field_value":"{secret}","field_type":"Text"}]}},
            "terms_of_use_url":"https://example.com/terms","privacy_policy_url":"https://example.com/privacy","mode":"UpdateCredentials","account_select_mode":"All",
            "allow_document_upload":false,"show_step_consent":true,"show_step_add_source":true,
            "show_step_select_account":true,"show_step_add_account":false}"#,
            ),
            send: |client, input| {
                let body = LinkTokenRequest::new(&input.secret);
                sent(&body, client.deck().link().info(&body))
            },
        },
        TypedCall {
            id: "deck.link.sources",
            ids: 0,
            answer: (
                200,
                r#"{"sources":[{"source_id":"11115055-46cf-4e49-6ba4-08ddcbf23235","name":"Source","logo_url":"https://example.com/logo.png","country":"CA",
            "website":"https://example.com","fields":[{"field_number":1,"field_name":"username","field_label":"User name",
            "field_value":"{secret}","field_type":"Text"}]}]}"#,
            ),
            send: |client, input| {
                let body = SourcesRequest::new(&input.secret)
                    .source_id("11115055-46cf-4e49-6ba4-08ddcbf23235")
                    .search("aet");
                sent(&body, client.deck().link().sources(&body))
            },
        },
        TypedCall {
            id: "deck.link.connect",
            ids: 0,
            answer: (200, r#"{"public_token":"{secret}","job_guid":"55bba4ec-7242-4f52-b3c0-08de128283fc"}"#),
            send: |client, input| {
                let body = ConnectRequest::new(
                    &input.secret,
                    "11115055-46cf-4e49-6ba4-08ddcbf23235",
                    ["username", "password"].map(|field| CredentialField::new(field, &input.secret)),
                )
                .terms_of_use_url("https://example.com/terms")
                .privacy_policy_url("https://example.com/privacy");
                sent(&body, client.deck().link().connect(&body))
            },
        },
        TypedCall {
            id: "deck.link.connection_status",
            ids: 0,
            answer: (200, r#"{"status":"Connecting","additional_information":"The source is slow today"}"#),
            send: |client, input| {
                let body = LinkTokenRequest::new(&input.secret);
                storable(&body, client.deck().link().connection_status(&body))
            },
        },
        TypedCall {
            id: "deck.link.mfa_question",
            ids: 0,
            answer: (200, r#"{"question":"Which code did we send you?"}"#),
            send: |client, input| {
                let body = LinkTokenRequest::new(&input.secret);
                storable(&body, client.deck().link().mfa_question(&body))
            },
        },
        TypedCall {
            id: "deck.link.answer_mfa",
            ids: 0,
            answer: (200, ""),
            send: |client, input| {
                let body = LinkMfaAnswerRequest::new(&input.secret, &input.secret);
                sent(&body, client.deck().link().answer_mfa(&body))
            },
        },
        TypedCall {
            id: "deck.link.accounts",
            ids: 0,
            answer: (
                200,
                r#"{"accounts":[{"account_id":"0b8f7f6e-21a4-4d64-8f6c-0a8d21c9f3aa","account_number":"1234","account_address":"1 Main Street"}]}"#,
            ),
            send: |client, input| {
                let body = LinkTokenRequest::new(&input.secret);
                storable(&body, client.deck().link().accounts(&body))
            },
        },
        TypedCall {
            id: "deck.link.select_accounts",
            ids: 0,
            answer: (200, ""),
            send: |client, input| {
                let body = LinkAccountSelectRequest::new(&input.secret, [input.ids[0].as_str()]);
                sent(&body, client.deck().link().select_accounts(&body))
            },
        },
        TypedCall {
            id: "deck.connections.exchange_public_token",
            ids: 0,
            answer: (
                200,
                r#"{"access_token":"{secret}","connection_id":"7d0a1c52-53fb-4f2e-9d0f-1a2b3c4d5e6f","fields":[{"field_name":"username","field_value":"{secret}"}]}"#,
            ),
            send: |client, input| {
                let body = PublicTokenExchangeRequest::new(&input.secret);
                sent(&body, client.deck().connections().exchange_public_token(&body))
            },
        },
        TypedCall {
            id: "deck.connections.context",
            ids: 0,
            answer: (
                200,
                r#"{"connection_id":"7d0a1c52-53fb-4f2e-9d0f-1a2b3c4d5e6f","provider":{"id":"11115055-46cf-4e49-6ba4-08ddcbf23235","name":"Source"},
            "connection_status":"Connected","connection_status_timestamp":"2025-07-01T10:00:00Z",
            "connection_status_reason":"DataFound","num_of_entities":1,"entities":[{"account_number":"1234"}]}"#,
            ),
            send: |client, input| {
                let body = AccessTokenRequest::new(&input.secret);
                storable(&body, client.deck().connections().context(&body))
            },
        },
        TypedCall {
            id: "deck.connections.accounts",
            ids: 0,
            answer: (200, r#"{"accounts":[{"account_number":"1234","is_selected":true}]}"#),
            send: |client, input| {
                let body = AccessTokenRequest::new(&input.secret);
                storable(&body, client.deck().connections().accounts(&body))
            },
        },
        TypedCall {
            id: "deck.connections.select_accounts",
            ids: 0,
            answer: (200, ""),
            send: |client, input| {
                let accounts = [AccountSelection::new(&input.ids[0], false)];
                let body = AccountsSelectRequest::new(&input.secret, accounts);
                sent(&body, client.deck().connections().select_accounts(&body))
            },
        },
        TypedCall {
            id: "deck.connections.invalidate_access_token",
            ids: 0,
            answer: (200, r#"{"new_access_token":"{secret}"}"#),
            send: |client, input| {
                let body = AccessTokenRequest::new(&input.secret);
                sent(&body, client.deck().connections().invalidate_access_token(&body))
            },
        },
        TypedCall {
            id: "deck.connections.update_webhook",
            ids: 0,
            answer: (200, ""),
            send: |client, input| {
                let body = WebhookUpdateRequest::new(&input.secret, "https://example.com/hook", true);
                sent(&body, client.deck().connections().update_webhook(&body))
            },
        },
        TypedCall {
            id: "deck.connections.update_auto_refresh",
            ids: 0,
            answer: (200, ""),
            send: |client, input| {
                let body = AutoRefreshUpdateRequest::new(&input.secret, true);
                sent(&body, client.deck().connections().update_auto_refresh(&body))
            },
        },
        TypedCall {
            id: "deck.connections.refresh",
            ids: 0,
            answer: (200, ""),
            send: |client, input| {
                let body =
                    RefreshConnectionRequest::new(&input.secret).account_numbers([input.ids[0].clone()]);
                sent(&body, client.deck().connections().refresh(&body))
            },
        },
        TypedCall {
            id: "deck.connections.destroy",
            ids: 0,
            answer: (200, ""),
            send: |client, input| {
                let body = AccessTokenRequest::new(&input.secret);
                sent(&body, client.deck().connections().destroy(&body))
            },
        },
        TypedCall {
            id: "deck.jobs.submit",
            ids: 0,
            answer: (
                200,
                r#"{"job_guid":"55bba4ec-7242-4f52-b3c0-08de128283fc","job_code":"EnsureConnection"}"#,
            ),
            send: |client, input| {
                let body = JobRequest::ensure_connection(
                    EnsureConnection::new(
                        "11115055-46cf-4e49-6ba4-08ddcbf23235",
                        &input.secret,
                        &input.secret,
                    )
                    .external_id("acme")
                    .webhook_url("https://example.com/hook"),
                )
                .sandbox_outcome(SandboxOutcome::JobFailed);
                storable(&body, client.deck().jobs().submit(&body))
            },
        },
        TypedCall {
            id: "deck.jobs.answer_mfa",
            ids: 0,
            answer: (200, ""),
            send: |client, input| {
                let body = JobMfaAnswerRequest::new(input.ids[0].as_str(), &input.secret);
                sent(&body, client.deck().jobs().answer_mfa(&body))
            },
        },
        TypedCall {
            id: "deck.documents.list",
            ids: 0,
            answer: (
                200,
                r#"{"documents":[{"document_id":"doc-1","file_type":"pdf","metadata":{"note":"{secret}"},"file_name":"invoice.pdf","file_size":1024,
            "fetch_date":"2025-07-01T10:00:00"}]}"#,
            ),
            send: |client, input| {
                let body = ListDocuments::new(&input.secret).job_guid("55bba4ec-7242-4f52-b3c0-08de128283fc");
                storable(&body, client.deck().documents().list(&body))
            },
        },
        TypedCall {
            id: "deck.documents.file",
            ids: 0,
            answer: (200, "%PDF-1.7 {secret}"),
            send: |client, input| {
                let body = DocumentFileRequest::new(&input.secret, "doc-1");
                sent(&body, client.deck().documents().file(&body))
            },
        },
    ]
}
