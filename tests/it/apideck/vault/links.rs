//! Links that a customer's browser follows: made by the client, followed by nobody here.

use crate::support::{APIDECK_KEY, builder, memory::Memory, offline};
use connectory::apideck;
use connectory::apideck::vault::connections::{AuthorizeLink, Connection, RedirectFragment};
use connectory::{Client, Error};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use serde_json::json;
use url::Url;

fn connection(authorize_url: &str, revoke_url: &str) -> Connection {
    let json = json!({
        "id": "crm+salesforce", "service_id": "salesforce", "unified_api": "crm",
        "authorize_url": authorize_url, "revoke_url": revoke_url,
    });
    serde_json::from_value(json).unwrap()
}

fn link() -> AuthorizeLink {
    AuthorizeLink::new("https://example.com/done?a=b&c=%20")
}

const ENCODED: &str = "redirect_uri=https%3A%2F%2Fexample.com%2Fdone%3Fa%3Db%26c%3D%2520";

fn authorize(url: &str, link: &AuthorizeLink) -> String {
    connection(url, "").authorize_link(link).unwrap().expose_secret().to_owned()
}

#[test]
fn each_value_is_encoded_once_and_takes_the_place_of_another() {
    let full = link().scope(["openid", "leads:write"]).nonce("a+b c");
    let scope = "scope=openid%20leads%3Awrite";
    let rows = [
        ("https://x/a?state=s.t-u_v", &link(), format!("https://x/a?state=s.t-u_v&{ENCODED}")),
        (
            "https://x/a?state=%2B%2f",
            &full,
            format!("https://x/a?state=%2B%2f&nonce=a%2Bb%20c&{ENCODED}&{scope}"),
        ),
        ("https://x/a", &link(), format!("https://x/a?{ENCODED}")),
        ("https://x/a?", &link(), format!("https://x/a?{ENCODED}")),
        ("https://x/a?state=s&redirect_uri=old&z", &link(), format!("https://x/a?state=s&z&{ENCODED}")),
        // What is not set stays.
        ("https://x/a?scope=old&nonce=n", &link(), format!("https://x/a?scope=old&nonce=n&{ENCODED}")),
        (
            "https://x/a?nonce=n&nonce=m#part?x",
            &full,
            format!("https://x/a?nonce=a%2Bb%20c&{ENCODED}&{scope}#part?x"),
        ),
        ("https://x/a?state=s", &AuthorizeLink::new(""), "https://x/a?state=s&redirect_uri=".to_owned()),
    ];
    for (url, link, expected) in rows {
        assert_eq!(authorize(url, link), expected);
    }
    let revoke = connection("", "https://x/r?state=s").revoke_link("https://example.com/done?a=b&c=%20");
    assert_eq!(revoke.unwrap().expose_secret(), format!("https://x/r?state=s&{ENCODED}"));
}

#[test]
fn a_service_without_links_has_none() {
    let connection: Connection = serde_json::from_value(
        json!({ "id": "hris+bamboohr", "service_id": "bamboohr", "unified_api": "hris", "authorize_url": null }),
    )
    .unwrap();
    assert!(connection.authorize_link(&link()).is_none());
    assert!(connection.revoke_link("https://example.com").is_none());
}

proptest! {
    #[test]
    fn what_a_link_says_is_what_was_given(redirect_uri: String, scope: Vec<String>, nonce: String) {
        let link = AuthorizeLink::new(&redirect_uri).scope(scope.iter()).nonce(nonce.as_str());
        let url = Url::parse(&authorize("https://x/a?state=s%26t", &link)).unwrap();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut expected =
            vec![pair("state", "s&t"), pair("nonce", &nonce), pair("redirect_uri", &redirect_uri)];
        // None asked for are the application's own.
        expected.extend((!scope.is_empty()).then(|| pair("scope", &scope.join(" "))));
        prop_assert_eq!(pairs, expected);
        prop_assert_eq!(url.fragment(), None);
    }
}

#[test]
fn a_link_is_built_for_the_application_and_nothing_is_sent() {
    let memory = Memory::default();
    let client = offline(&memory);
    let connections = client.apideck().app("An App/x").vault().connections();
    let full = link().scope(["openid"]).nonce("n");
    let authorize = connections.authorize_link("sales force", "s+t/u", &full).unwrap();
    let (address, query) = authorize.expose_secret().split_once('?').unwrap();
    assert!(address.ends_with("/vault/authorize/sales%20force/An%20App%2Fx"), "{address}");
    assert_eq!(query, format!("state=s%2Bt%2Fu&nonce=n&{ENCODED}&scope=openid"));

    let revoke = connections.revoke_link("salesforce", "s", "https://example.com/done?a=b&c=%20").unwrap();
    let (address, query) = revoke.expose_secret().split_once('?').unwrap();
    assert!(address.ends_with("/vault/revoke/salesforce/An%20App%2Fx"), "{address}");
    assert_eq!(query, format!("state=s&{ENCODED}"));
    assert!(memory.take_requests().is_empty());
    let shown = format!("{authorize:?} {full:?} {full:#?}");
    assert!(!shown.contains("s%2Bt") && !shown.contains("\"n\""), "{shown}");
}

#[test]
fn a_link_leads_to_the_base_url_whole() {
    let client = builder("http://127.0.0.1:9/gateway/").build().unwrap();
    let link = client.apideck().vault().connections().revoke_link("hubspot", "s", "https://x").unwrap();
    let expected = "http://127.0.0.1:9/gateway/vault/revoke/hubspot/";
    assert!(link.expose_secret().starts_with(expected), "{}", link.expose_secret());
}

#[test]
fn r1_a_link_to_elsewhere_is_refused() {
    let client = offline(&Memory::default());
    let connections = client.apideck().vault().connections();
    for service in ["", ".", "..", "%2e%2E"] {
        let error = connections.authorize_link(service, "s", &link()).unwrap_err();
        assert!(matches!(error, Error::Request(_)), "{error}");
        let error = connections.revoke_link(service, "s", "https://x").unwrap_err();
        assert!(matches!(error, Error::Request(_)), "{error}");
    }
    let odd = client.apideck().app("a\nb").vault().connections();
    assert!(matches!(odd.authorize_link("hubspot", "s", &link()).unwrap_err(), Error::Request(_)));

    let dots = apideck::Config::new(APIDECK_KEY, "..").base_url("http://127.0.0.1:9");
    let dots = Client::builder().apideck(dots).build().unwrap().apideck().vault().connections();
    assert!(matches!(dots.authorize_link("hubspot", "s", &link()).unwrap_err(), Error::Request(_)));
    #[cfg(feature = "codat")]
    {
        let nobody = Client::builder().codat(connectory::codat::Config::new("key")).build().unwrap();
        let error = nobody.apideck().vault().connections().authorize_link("hubspot", "s", &link());
        assert!(matches!(error.unwrap_err(), Error::Config(_)));
    }
}

#[test]
fn a_fragment_is_read_however_a_page_hands_it_over() {
    let token = "550e8400-e29b-41d4-a716-446655440000";
    let plain = format!("nonce=0b-1&confirm_token={token}&service_id=hubspot");
    for text in [
        plain.clone(),
        format!("#{plain}"),
        format!("https://example.com/done?nonce=other#{plain}"),
        format!("#unseen=1&{plain}&nonce=later&x"),
        format!("#service_id=hub%73pot&confirm_token={token}&nonce=0b%2D1"),
    ] {
        let fragment = RedirectFragment::parse(&text).unwrap();
        assert_eq!(fragment.confirm_token.expose_secret(), token, "{text}");
        assert_eq!(fragment.service_id.as_ref().unwrap().as_str(), "hubspot", "{text}");
        assert!(fragment.is_for("0b-1") && !fragment.is_for("0b-10") && !fragment.is_for(""), "{text}");
        let shown = format!("{fragment:?} {fragment:#?}");
        assert!(!shown.contains("550e") && !shown.contains("0b-1"), "{shown}");
    }
    let without_service = RedirectFragment::parse("nonce=a+b%2Bc&confirm_token=t").unwrap();
    assert!(without_service.is_for("a+b+c") && without_service.service_id.is_none());
    for text in [
        "",
        "#",
        "nonce=n",
        "confirm_token=t",
        "nonce=&confirm_token=t",
        "nonce=n&confirm_token=",
        "nonce=n&confirm_token=%ff",
        "error=access_denied",
        "noncen&confirm_token",
        "https://x/?nonce=n&confirm_token=t#",
    ] {
        assert!(RedirectFragment::parse(text).is_none(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_a_fragment_says_is_read(nonce in "(?s).+", token in "(?s).+", service: String, odd: String) {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let [nonce_, token_, service_] = [&nonce, &token, &service].map(|text| encode(text));
        let text = format!("#nonce={nonce_}&confirm_token={token_}&service_id={service_}");
        let fragment = RedirectFragment::parse(&text).unwrap();
        prop_assert!(fragment.is_for(&nonce));
        prop_assert_eq!(fragment.confirm_token.expose_secret(), token);
        prop_assert_eq!(fragment.service_id.is_some(), !service.is_empty());
        // Anything else is read as well, or not.
        let _ = RedirectFragment::parse(&odd);
    }
}
