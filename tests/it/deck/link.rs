use super::{JOB, SOURCE, TOKEN, sent};
use crate::support::{
    calls,
    memory::{Memory, Step},
    offline,
    wire::Wire,
};
use connectory::Patch;
use connectory::deck::link::{
    AccountSelectMode, BetaSourceStatus, ConnectRequest, CredentialField, FieldType, Language,
    LinkAccountSelectRequest, LinkConnectionStatus, LinkMfaAnswerRequest, LinkMode, LinkTokenCreateRequest,
    LinkTokenRequest, LinkUpdate, ParsingMethod, SourcesRequest, UpdateMode,
};
use connectory::operation::Auth;
use serde_json::{Value, json};

const LINK_TOKEN: &str = "link-sandbox-77bd1897-b21b-4eb8-fca6-08dda362f7ed";
const ACCOUNT: &str = "0b8f7f6e-21a4-4d64-8f6c-0a8d21c9f3aa";

fn line_and_body(path: &str, body: Value) -> (String, Value) {
    (format!("POST /link/{path}"), body)
}

/// The eight that a browser makes. A secret that went with them would end up where browsers are.
#[tokio::test]
async fn what_the_link_token_authorizes_never_carries_the_credentials() {
    let mut without = Vec::new();
    for call in calls::all().into_iter().filter(|call| call.id.starts_with("deck.")) {
        let memory = Memory::playing([call.success("s")]);
        call.send_default(&offline(&memory)).await.unwrap();
        let headers = memory.requests().remove(0).headers().clone();
        let carried = ["x-deck-client-id", "x-deck-secret"].map(|name| headers.contains_key(name));
        assert_eq!(carried[0], carried[1], "{}", call.id);
        if !carried[1] {
            without.push(call.id);
        }
    }
    let of_the_spec = [
        "deck.link.info",
        "deck.link.sources",
        "deck.link.connect",
        "deck.link.connection_status",
        "deck.link.mfa_question",
        "deck.link.answer_mfa",
        "deck.link.accounts",
        "deck.link.select_accounts",
    ];
    assert_eq!(without, of_the_spec);
}

#[tokio::test]
async fn create_token_leaves_out_what_is_not_set() {
    let wire = Wire::ok(json!({ "link_token": LINK_TOKEN, "unseen": [1] }).to_string()).await;
    let created = wire.client().deck().link().create_token(&LinkTokenCreateRequest::new()).await.unwrap();
    assert_eq!(created.link_token.expose_secret(), LINK_TOKEN);
    assert_eq!(sent(&wire, Auth::Credentials).await, line_and_body("token/create", json!({})));
}

#[tokio::test]
async fn create_token_writes_everything() {
    let body = LinkTokenCreateRequest::new()
        .language(Language::Fr)
        .countries(["CA".to_owned(), "US".to_owned()].to_vec())
        .source_ids(vec![SOURCE.into()])
        .source_types(vec!["Utility".to_owned()])
        .beta_source_status(BetaSourceStatus::LiveAndBeta)
        .update(LinkUpdate::new(TOKEN, UpdateMode::UpdateAccountSelection))
        .webhook_url("https://example.com/hook")
        .auto_refresh(false)
        .parsing_method(ParsingMethod::FullSustainability)
        .latest_invoice_only(true);
    let wire = Wire::ok(json!({ "link_token": LINK_TOKEN }).to_string()).await;
    wire.client().deck().link().create_token(&body).await.unwrap();
    let written = json!({
        "language": "FR",
        "countries": ["CA", "US"],
        "source_ids": [SOURCE],
        "source_types": ["Utility"],
        "beta_source_status": "LiveAndBeta",
        "update": { "access_token": TOKEN, "mode": "UpdateAccountSelection" },
        "webhook_url": "https://example.com/hook",
        "auto_refresh": false,
        "parsing_method": "FullSustainability",
        "latest_invoice_only": true,
    });
    assert_eq!(sent(&wire, Auth::Credentials).await, line_and_body("token/create", written));
}

#[tokio::test]
async fn create_token_keeps_clears_or_sets_each_member() {
    type Change = fn(LinkTokenCreateRequest) -> LinkTokenCreateRequest;
    let rows: [(&str, Change, Change, Value); 10] = [
        ("language", |body| body.language(Patch::Clear), |body| body.language(Language::En), json!("EN")),
        (
            "countries",
            |body| body.countries(Patch::Clear),
            |body| body.countries(vec!["CA".to_owned()]),
            json!(["CA"]),
        ),
        ("source_ids", |body| body.source_ids(Patch::Clear), |body| body.source_ids(vec![]), json!([])),
        (
            "source_types",
            |body| body.source_types(Patch::Clear),
            |body| body.source_types(vec!["t".to_owned()]),
            json!(["t"]),
        ),
        (
            "beta_source_status",
            |body| body.beta_source_status(Patch::Clear),
            |body| body.beta_source_status(BetaSourceStatus::from("Alpha")),
            json!("Alpha"),
        ),
        (
            "update",
            |body| body.update(Patch::Clear),
            |body| body.update(LinkUpdate::new(TOKEN, "UpdatePin")),
            json!({ "access_token": TOKEN, "mode": "UpdatePin" }),
        ),
        ("webhook_url", |body| body.webhook_url(Patch::Clear), |body| body.webhook_url("u"), json!("u")),
        ("auto_refresh", |body| body.auto_refresh(Patch::Clear), |body| body.auto_refresh(true), json!(true)),
        (
            "parsing_method",
            |body| body.parsing_method(Patch::Clear),
            |body| body.parsing_method(ParsingMethod::None),
            json!("None"),
        ),
        (
            "latest_invoice_only",
            |body| body.latest_invoice_only(Patch::Clear),
            |body| body.latest_invoice_only(false),
            json!(false),
        ),
    ];
    let written = async |change: Change| {
        let memory = Memory::playing([Step::answer(200, r#"{"link_token":"t"}"#)]);
        offline(&memory).deck().link().create_token(&change(LinkTokenCreateRequest::new())).await.unwrap();
        serde_json::from_slice::<Value>(memory.requests()[0].body()).unwrap()
    };
    for (member, clear, set, value) in rows {
        assert_eq!(written(clear).await, json!({ member: null }));
        assert_eq!(written(set).await, json!({ member: value }));
    }
}

#[tokio::test]
async fn get_token_gives_the_settings() {
    let answer = json!({
        "language": "EN",
        "beta_source_status": "OnlyBeta",
        "countries": ["CA"],
        "source_types": ["Utility"],
        "source_guids": [SOURCE],
    });
    let wire = Wire::ok(answer.to_string()).await;
    let settings = wire.client().deck().link().get_token(&LinkTokenRequest::new(LINK_TOKEN)).await.unwrap();
    assert_eq!(settings.language, Some(Language::En));
    assert_eq!(settings.beta_source_status, Some(BetaSourceStatus::OnlyBeta));
    assert_eq!(
        (settings.countries.join(" "), settings.source_types.join(" ")),
        ("CA".into(), "Utility".into())
    );
    assert_eq!(settings.source_guids[0].as_str(), SOURCE);
    assert_eq!(serde_json::to_value(&settings).unwrap(), answer);

    let expected = line_and_body("token/get", json!({ "link_token": LINK_TOKEN }));
    assert_eq!(sent(&wire, Auth::Credentials).await, expected);
}

#[tokio::test]
async fn get_token_takes_nulls_and_languages_that_are_new() {
    let nulls = json!({
        "language": null, "beta_source_status": null, "countries": null, "source_types": null,
        "source_guids": null,
    });
    for answer in [json!({}), nulls, json!({ "language": "KLI", "unseen": 1 })] {
        let wire = Wire::ok(answer.to_string()).await;
        let body = LinkTokenRequest::new(LINK_TOKEN);
        let settings = wire.client().deck().link().get_token(&body).await.unwrap();
        assert_eq!(settings.language.as_ref().map(Language::as_str), answer["language"].as_str());
        assert_eq!(settings.countries.len() + settings.source_types.len() + settings.source_guids.len(), 0);
    }
}

#[tokio::test]
async fn info_gives_what_the_session_shows() {
    let answer = json!({
        "name": "Acme",
        "image_url": "https://example.com/logo.png",
        "language": "FR",
        "update_mode": { "source": { "source_id": SOURCE, "name": "Sandbox Utility" } },
        "terms_of_use_url": "https://example.com/terms",
        "privacy_policy_url": "https://example.com/privacy",
        "mode": "UpdateCredentials",
        "account_select_mode": "Multiple",
        "allow_document_upload": false,
        "show_step_consent": true,
        "show_step_add_source": false,
        "show_step_select_account": true,
        "show_step_add_account": false,
        "unseen": {},
    });
    let wire = Wire::ok(answer.to_string()).await;
    let info = wire.client().deck().link().info(&LinkTokenRequest::new(LINK_TOKEN)).await.unwrap();
    assert_eq!(info.name.as_deref(), Some("Acme"));
    assert_eq!(info.image_url.as_deref(), Some("https://example.com/logo.png"));
    assert_eq!(info.language, Some(Language::Fr));
    assert_eq!(info.update_mode.unwrap().source.unwrap().source_id.as_str(), SOURCE);
    assert_eq!(info.terms_of_use_url.as_deref(), Some("https://example.com/terms"));
    assert_eq!(info.privacy_policy_url.as_deref(), Some("https://example.com/privacy"));
    assert_eq!(info.mode, Some(LinkMode::UpdateCredentials));
    assert_eq!(info.account_select_mode, Some(AccountSelectMode::Multiple));
    assert_eq!(info.allow_document_upload, Some(false));
    let steps = [
        info.show_step_consent,
        info.show_step_add_source,
        info.show_step_select_account,
        info.show_step_add_account,
    ];
    assert_eq!(steps, [Some(true), Some(false), Some(true), Some(false)]);

    let expected = line_and_body("info", json!({ "link_token": LINK_TOKEN }));
    assert_eq!(sent(&wire, Auth::None).await, expected);
}

#[tokio::test]
async fn info_takes_nulls_and_modes_that_are_new() {
    let new = json!({ "mode": "Rewind", "account_select_mode": "Any", "update_mode": { "source": null } });
    for answer in [json!({}), json!({ "name": null, "update_mode": null, "mode": null }), new] {
        let wire = Wire::ok(answer.to_string()).await;
        let info = wire.client().deck().link().info(&LinkTokenRequest::new(LINK_TOKEN)).await.unwrap();
        assert_eq!(info.mode.as_ref().map(LinkMode::as_str), answer["mode"].as_str());
        let select = info.account_select_mode.as_ref().map(AccountSelectMode::as_str);
        assert_eq!(select, answer["account_select_mode"].as_str());
        assert!(info.update_mode.is_none_or(|update| update.source.is_none()));
    }
}

#[tokio::test]
async fn sources_asks_for_the_common_ones_or_some() {
    let all = SourcesRequest::new(LINK_TOKEN);
    let some = SourcesRequest::new(LINK_TOKEN).source_id(SOURCE).search("util");
    let rows = [
        (all, json!({ "link_token": LINK_TOKEN })),
        (some, json!({ "link_token": LINK_TOKEN, "source_id": SOURCE, "search": "util" })),
    ];
    for (body, written) in rows {
        let wire = Wire::ok(r#"{"sources":[]}"#).await;
        assert!(wire.client().deck().link().sources(&body).await.unwrap().sources.is_empty());
        assert_eq!(sent(&wire, Auth::None).await, line_and_body("sources", written));
    }
}

#[tokio::test]
async fn sources_gives_the_fields_to_ask_for() {
    let answer = json!({ "sources": [
        {
            "source_id": SOURCE, "name": "Sandbox Utility", "logo_url": "https://example.com/logo.png",
            "country": "CA", "website": "https://example.com", "unseen": 1,
            "fields": [
                { "field_number": 1, "field_name": "username", "field_label": "User name",
                  "field_value": "user123", "field_type": "Text" },
                { "field_number": 2, "field_name": "pin", "field_label": "PIN", "field_value": null,
                  "field_type": "Dial" },
                {},
            ],
        },
        { "source_id": "other", "logo_url": null, "country": null, "website": null, "fields": null },
    ] });
    let client = offline(&Memory::playing([Step::answer(200, answer.to_string())]));
    let found = client.deck().link().sources(&SourcesRequest::new(LINK_TOKEN)).await.unwrap().sources;
    let (first, second) = (&found[0], &found[1]);
    assert_eq!((first.source_id.as_str(), first.name.as_deref()), (SOURCE, Some("Sandbox Utility")));
    assert_eq!(first.logo_url.as_deref(), Some("https://example.com/logo.png"));
    assert_eq!(
        (first.country.as_deref(), first.website.as_deref()),
        (Some("CA"), Some("https://example.com"))
    );
    let [username, pin, empty] = first.fields.as_slice() else { panic!("{:?}", first.fields) };
    assert_eq!((username.field_number, username.field_name.as_deref()), (Some(1), Some("username")));
    assert_eq!(username.field_label.as_deref(), Some("User name"));
    assert_eq!(username.field_value.as_ref().unwrap().expose_secret(), "user123");
    assert_eq!(username.field_type, Some(FieldType::Text));
    assert!(pin.field_value.is_none());
    assert_eq!(pin.field_type.as_ref().unwrap().as_str(), "Dial");
    assert!(empty.field_name.is_none() && empty.field_type.is_none());
    assert_eq!((second.source_id.as_str(), second.fields.len()), ("other", 0));
}

#[tokio::test]
async fn connect_sends_what_the_customer_entered() {
    let fields =
        || [CredentialField::new("username", "user123"), CredentialField::new("password", "pass123")];
    let written = json!([
        { "field_name": "username", "field_value": "user123" },
        { "field_name": "password", "field_value": "pass123" },
    ]);
    let bare = ConnectRequest::new(LINK_TOKEN, SOURCE, fields());
    let whole = bare
        .clone()
        .terms_of_use_url("https://example.com/terms")
        .privacy_policy_url("https://example.com/privacy");
    let rows = [
        (bare, json!({ "link_token": LINK_TOKEN, "source_id": SOURCE, "fields": written })),
        (
            whole,
            json!({
                "link_token": LINK_TOKEN, "source_id": SOURCE, "fields": written,
                "terms_of_use_url": "https://example.com/terms",
                "privacy_policy_url": "https://example.com/privacy",
            }),
        ),
    ];
    for (body, written) in rows {
        let answer = json!({ "public_token": "public-sandbox-1", "job_guid": JOB, "unseen": 1 });
        let wire = Wire::ok(answer.to_string()).await;
        let started = wire.client().deck().link().connect(&body).await.unwrap();
        assert_eq!(started.public_token.unwrap().expose_secret(), "public-sandbox-1");
        assert_eq!(started.job_guid.unwrap().as_str(), JOB);
        assert_eq!(sent(&wire, Auth::None).await, line_and_body("connect", written));
    }
}

#[tokio::test]
async fn connect_has_no_public_token_when_it_updates() {
    for answer in [json!({}), json!({ "public_token": null, "job_guid": null })] {
        let wire = Wire::ok(answer.to_string()).await;
        let started =
            wire.client().deck().link().connect(&ConnectRequest::new(LINK_TOKEN, SOURCE, [])).await.unwrap();
        assert!(started.public_token.is_none() && started.job_guid.is_none());
    }
}

#[tokio::test]
async fn connection_status_tells_how_far_it_is() {
    let rows = [
        (json!({ "status": "New", "additional_information": null }), Some("New"), None),
        (
            json!({ "status": "MfaQuestion", "additional_information": "by mail", "unseen": 1 }),
            Some("MfaQuestion"),
            Some("by mail"),
        ),
        (json!({ "status": "Teleporting" }), Some("Teleporting"), None),
        (json!({ "status": null }), None, None),
        (json!({}), None, None),
    ];
    for (answer, status, information) in rows {
        let wire = Wire::ok(answer.to_string()).await;
        let body = LinkTokenRequest::new(LINK_TOKEN);
        let seen = wire.client().deck().link().connection_status(&body).await.unwrap();
        assert_eq!(seen.status.as_ref().map(LinkConnectionStatus::as_str), status);
        let is_known = LinkConnectionStatus::KNOWN.iter().any(|known| Some(known) == seen.status.as_ref());
        assert_eq!(is_known, matches!(status, Some("New" | "MfaQuestion")), "{answer}");
        assert_eq!(seen.additional_information.as_deref(), information);
        let expected = line_and_body("connection/status", json!({ "link_token": LINK_TOKEN }));
        assert_eq!(sent(&wire, Auth::None).await, expected);
    }
}

#[tokio::test]
async fn mfa_question_gives_its_text() {
    let wire = Wire::ok(r#"{"question":"Which code?","unseen":1}"#).await;
    let body = LinkTokenRequest::new(LINK_TOKEN);
    let question = wire.client().deck().link().mfa_question(&body).await.unwrap();
    assert_eq!(question.question, "Which code?");
    let expected = line_and_body("authentication/mfa/get", json!({ "link_token": LINK_TOKEN }));
    assert_eq!(sent(&wire, Auth::None).await, expected);
}

#[tokio::test]
async fn answer_mfa_passes_the_answer_on() {
    for (status, answer) in [(200, ""), (200, "OK"), (204, "")] {
        let wire = Wire::status(status, answer).await;
        let body = LinkMfaAnswerRequest::new(LINK_TOKEN, "123456");
        wire.client().deck().link().answer_mfa(&body).await.unwrap();
        let written = json!({ "link_token": LINK_TOKEN, "answer": "123456" });
        assert_eq!(sent(&wire, Auth::None).await, line_and_body("authentication/mfa/answer", written));
    }
}

#[tokio::test]
async fn accounts_lists_what_was_found() {
    let answer = json!({ "accounts": [
        { "account_id": ACCOUNT, "account_number": "1001", "account_address": "1 Main St", "unseen": 1 },
        { "account_id": "other", "account_number": null, "account_address": null },
        { "account_id": "third" },
    ] });
    let wire = Wire::ok(answer.to_string()).await;
    let found = wire.client().deck().link().accounts(&LinkTokenRequest::new(LINK_TOKEN)).await.unwrap();
    let seen: Vec<_> = found
        .accounts
        .iter()
        .map(|account| {
            (
                account.account_id.as_str(),
                account.account_number.as_deref(),
                account.account_address.as_deref(),
            )
        })
        .collect();
    let expected = [(ACCOUNT, Some("1001"), Some("1 Main St")), ("other", None, None), ("third", None, None)];
    assert_eq!(seen, expected);
    let expected = line_and_body("account/list", json!({ "link_token": LINK_TOKEN }));
    assert_eq!(sent(&wire, Auth::None).await, expected);

    for answer in ["{}", r#"{"accounts":null}"#] {
        let client = offline(&Memory::playing([Step::answer(200, answer)]));
        let found = client.deck().link().accounts(&LinkTokenRequest::new(LINK_TOKEN)).await.unwrap();
        assert!(found.accounts.is_empty());
    }
}

#[tokio::test]
async fn select_accounts_names_them() {
    let rows = [
        (LinkAccountSelectRequest::new(LINK_TOKEN, [ACCOUNT, "other"]), json!([ACCOUNT, "other"])),
        (LinkAccountSelectRequest::new(LINK_TOKEN, [""; 0]), json!([])),
    ];
    for (body, accounts) in rows {
        let wire = Wire::ok("").await;
        wire.client().deck().link().select_accounts(&body).await.unwrap();
        let written = json!({ "link_token": LINK_TOKEN, "accounts": accounts });
        assert_eq!(sent(&wire, Auth::None).await, line_and_body("account/select", written));
    }
}

#[test]
fn every_value_that_the_vendor_documents_is_known() {
    macro_rules! known {
        ($type:ty) => {
            <$type>::KNOWN.iter().map(<$type>::as_str).collect::<Vec<_>>().join(" ")
        };
    }
    assert_eq!(known!(Language), "EN ES FR DE IT PT NL PL SV DA NO ET LT LV RO");
    assert_eq!(known!(BetaSourceStatus), "LiveAndBeta OnlyLive OnlyBeta");
    assert_eq!(known!(UpdateMode), "UpdateCredentials Refresh UpdateAccountSelection");
    assert_eq!(known!(LinkMode), "Normal UpdateCredentials Refresh UpdateAccountSelection");
    assert_eq!(known!(ParsingMethod), "PdfOnly Basic FullSustainability None");
    assert_eq!(known!(AccountSelectMode), "All Single Multiple");
    assert_eq!(known!(FieldType), "Text Password");
    assert_eq!(
        known!(LinkConnectionStatus),
        "New Connecting Connected InvalidCredentials Error MfaMethodChoice MfaQuestion \
         MfaQuestionInvalidAnswer MfaQuestionNoAnswer Captcha SecurityQuestion AccountSelection"
    );
}
