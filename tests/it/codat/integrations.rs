//! Codat's integrations by name; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::codat::connections::SourceType;
use connectory::codat::integrations::{FeatureState, FeatureType};
use connectory::codat::{DataType, ListOptions};
use serde_json::json;

#[tokio::test]
async fn an_integration_has_its_members_by_name() {
    let body = json!({
        "key": "gbol", "logoUrl": "https://example.com/x.png", "name": "Xero", "enabled": true,
        "sourceId": "s-1", "sourceType": "Unknown", "integrationId": "i-1", "isOfflineConnector": false, "isBeta": true,
        "dataProvidedBy": "X", "datatypeFeatures": [{
            "dataType": "invoices", "supportedFeatures": [{ "featureType": "Get", "featureState": "Release" }],
        }],
    });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let integration = client.codat().integrations().get("gbol").await.unwrap();
    assert_eq!((integration.key.as_str(), integration.name.as_deref()), ("gbol", Some("Xero")));
    assert_eq!(integration.logo_url.as_deref(), Some("https://example.com/x.png"));
    assert_eq!(integration.source_id.unwrap().as_str(), "s-1");
    assert_eq!(integration.integration_id.unwrap().as_str(), "i-1");
    assert_eq!(integration.source_type, Some(SourceType::Unspecified));
    assert_eq!(
        (integration.enabled, integration.is_offline_connector, integration.is_beta),
        (Some(true), Some(false), Some(true))
    );
    assert_eq!(integration.data_provided_by.as_deref(), Some("X"));
    let [feature] = &integration.datatype_features[..] else { panic!("one data type") };
    assert_eq!(feature.data_type, Some(DataType::Invoices));
    let [feature] = &feature.supported_features[..] else { panic!("one feature") };
    assert_eq!(feature.feature_type, Some(FeatureType::Get));
    assert_eq!(feature.feature_state, Some(FeatureState::Release));
}

/// The vendor's schema requires `datatype` and describes `dataType`; its examples have the former, features in small
/// letters, and texts in each other's place.
#[tokio::test]
async fn the_vendor_s_own_example_is_read() {
    let body = json!({ "results": [{
        "key": "gbol", "logoUrl": "http://example.com", "name": "Xero", "enabled": true, "sourceId": "accounting",
        "sourceType": "8193a927-ab7a-45a3-9dc2-d357a4932dfe", "datatypeFeatures": [{
            "datatype": "invoices", "supportedFeatures": [{ "featureType": "get", "featureState": "release" }],
        }],
    }] });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let page = client.codat().integrations().list(&ListOptions::new()).await.unwrap();
    assert!(page.unread.is_empty());
    let feature = &page.results[0].datatype_features[0];
    assert_eq!(feature.data_type, Some(DataType::Invoices));
    assert!(matches!(feature.supported_features[0].feature_type, Some(FeatureType::Unknown(_))));
    assert!(matches!(page.results[0].source_type, Some(SourceType::Unknown(_))));
}

#[tokio::test]
async fn branding_has_its_members_by_name() {
    let image = |name: &str| json!({ "image": { "src": format!("https://x/{name}.png"), "alt": name } });
    let body = json!({
        "logo": { "full": image("full"), "square": image("square") },
        "button": { "default": image("default"), "hover": image("hover") }, "sourceId": "s-1",
    });
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let branding = client.codat().integrations().get_branding("gbol").await.unwrap();
    let (logo, button) = (branding.logo.unwrap(), branding.button.unwrap());
    let images = [logo.full, logo.square, button.default, button.hover];
    for (image, name) in images.into_iter().zip(["full", "square", "default", "hover"]) {
        let image = image.unwrap().image.unwrap();
        assert_eq!(image.src.unwrap(), format!("https://x/{name}.png"));
        assert_eq!(image.alt.unwrap(), name);
    }
    assert_eq!(branding.source_id.unwrap().as_str(), "s-1");
}
