use super::{JOB, SOURCE, TOKEN};
use crate::support::{
    calls,
    memory::{Memory, Step},
    offline,
};
use connectory::Patch;
use connectory::deck::link::{
    AccountSelectMode, BetaSourceStatus, ConnectSource, CreateLinkToken, FieldType, Language, Link,
    LinkConnectionStatus, LinkMode, LinkTokenRequest, LinkUpdate, ParsingMethod, SearchSources, UpdateMode,
};
use serde_json::{Value, json};

const LINK_TOKEN: &str = "link-sandbox-77bd1897-b21b-4eb8-fca6-08dda362f7ed";
const ACCOUNT: &str = "0b8f7f6e-21a4-4d64-8f6c-0a8d21c9f3aa";

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

/// The operations, answered like this.
fn answered(answer: &Value) -> Link {
    offline(&Memory::playing([Step::answer(200, answer.to_string())])).deck().link()
}

#[tokio::test]
async fn a_session_has_its_members_by_name() {
    let named = LinkTokenRequest::new(LINK_TOKEN);
    let link = answered(&json!({ "link_token": LINK_TOKEN }));
    let created = link.create_token(&CreateLinkToken::new()).await.unwrap();
    assert_eq!(created.link_token.expose_secret(), LINK_TOKEN);

    let link = answered(&json!({ "public_token": "public-sandbox-1", "job_guid": JOB }));
    let started = link.connect(&ConnectSource::new(LINK_TOKEN, SOURCE, [])).await.unwrap();
    assert_eq!(started.public_token.unwrap().expose_secret(), "public-sandbox-1");
    assert_eq!(started.job_guid.unwrap().as_str(), JOB);

    let link = answered(&json!({ "status": "MfaQuestion", "additional_information": "by mail" }));
    let seen = link.connection_status(&named).await.unwrap();
    assert_eq!(seen.status, Some(LinkConnectionStatus::MfaQuestion));
    assert_eq!(seen.additional_information.as_deref(), Some("by mail"));

    let question = answered(&json!({ "question": "Which code?" })).mfa_question(&named).await.unwrap();
    assert_eq!(question.question, "Which code?");
}

#[tokio::test]
async fn create_token_keeps_clears_or_sets_each_member() {
    type Change = fn(CreateLinkToken) -> CreateLinkToken;
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
        offline(&memory).deck().link().create_token(&change(CreateLinkToken::new())).await.unwrap();
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
    let settings = answered(&answer).get_token(&LinkTokenRequest::new(LINK_TOKEN)).await.unwrap();
    assert_eq!(settings.language, Some(Language::En));
    assert_eq!(settings.beta_source_status, Some(BetaSourceStatus::OnlyBeta));
    assert_eq!(
        (settings.countries.join(" "), settings.source_types.join(" ")),
        ("CA".into(), "Utility".into())
    );
    assert_eq!(settings.source_guids[0].as_str(), SOURCE);
    assert_eq!(serde_json::to_value(&settings).unwrap(), answer);
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
    });
    let info = answered(&answer).info(&LinkTokenRequest::new(LINK_TOKEN)).await.unwrap();
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
    let found = answered(&answer).sources(&SearchSources::new(LINK_TOKEN)).await.unwrap().sources;
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
async fn accounts_lists_what_was_found() {
    let answer = json!({ "accounts": [
        { "account_id": ACCOUNT, "account_number": "1001", "account_address": "1 Main St" },
        { "account_id": "other", "account_number": null, "account_address": null },
        { "account_id": "third" },
    ] });
    let found = answered(&answer).accounts(&LinkTokenRequest::new(LINK_TOKEN)).await.unwrap();
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

#[test]
fn each_status_of_a_session_goes_on_by_itself_or_asks_or_is_final() {
    let going_on = |status: &&LinkConnectionStatus| !status.is_final() && !status.asks_customer();
    let going_on: Vec<_> = LinkConnectionStatus::KNOWN.iter().filter(going_on).collect();
    assert_eq!(going_on, [&LinkConnectionStatus::New, &LinkConnectionStatus::Connecting]);
    let is_both = |status: &&LinkConnectionStatus| status.is_final() && status.asks_customer();
    assert_eq!(LinkConnectionStatus::KNOWN.iter().find(is_both), None);
    let ends: Vec<_> = LinkConnectionStatus::KNOWN.iter().filter(|status| status.is_final()).collect();
    let expected = [
        &LinkConnectionStatus::Connected,
        &LinkConnectionStatus::InvalidCredentials,
        &LinkConnectionStatus::Error,
        &LinkConnectionStatus::MfaQuestionNoAnswer,
    ];
    assert_eq!(ends, expected);
    let unknown = LinkConnectionStatus::from("Dreaming");
    assert!(!unknown.is_final() && !unknown.asks_customer());
}
