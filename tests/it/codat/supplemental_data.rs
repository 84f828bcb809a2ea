//! Codat's supplemental data by name; what is sent is in their cases.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::codat::DataType;
use connectory::codat::supplemental_data::SupplementalDataConfiguration;
use serde_json::{Value, json};

async fn configuration(body: Value) -> (SupplementalDataConfiguration, Vec<String>) {
    let client = offline(&Memory::playing([Step::answer(200, body.to_string())]));
    let data = client.codat().supplemental_data();
    let response = data.get_configuration("gbol", DataType::Invoices).response().await.unwrap();
    let unread = response.unread().iter().map(|unread| unread.path().to_owned()).collect();
    (response.into_value(), unread)
}

/// The vendor's schema has the member around the sources, its examples do not.
#[tokio::test]
async fn a_configuration_is_read_with_its_wrapper_and_without() {
    let sources = json!({ "yourKeyNameForInvoices": {
        "dataSource": "/Invoices", "pullData": { "yourNameForHasAttachments": "HasAttachments" },
        "pushData": { "state": "State" },
    } });
    for body in [json!({ "supplementalDataConfig": sources }), sources.clone()] {
        let (configuration, unread) = configuration(body).await;
        assert!(unread.is_empty());
        let [(name, source)] = &Vec::from_iter(&configuration.supplemental_data_config)[..] else {
            panic!("one source")
        };
        assert_eq!(
            (name.as_str(), source.data_source.as_deref()),
            ("yourKeyNameForInvoices", Some("/Invoices"))
        );
        assert_eq!(source.pull_data.as_ref().unwrap()["yourNameForHasAttachments"], "HasAttachments");
        assert_eq!(source.push_data.as_ref().unwrap()["state"], "State");
    }
}

#[tokio::test]
async fn what_is_beside_the_wrapper_is_no_source_and_nothing_is_an_empty_configuration() {
    let beside = json!({ "supplementalDataConfig": { "orders": {} }, "generated": { "by": "Codat" } });
    let (configuration, _) = self::configuration(beside).await;
    assert_eq!(Vec::from_iter(configuration.supplemental_data_config.keys()), ["orders"]);
    for nothing in
        [json!({}), json!({ "supplementalDataConfig": null }), json!({ "supplementalDataConfig": {} })]
    {
        assert_eq!(self::configuration(nothing).await.0, SupplementalDataConfiguration::new());
    }
    let odd = json!({ "orders": { "dataSource": 7, "pullData": { "a": "b" } }, "items": "none" });
    let (configuration, unread) = self::configuration(odd).await;
    assert_eq!(configuration.supplemental_data_config["orders"].pull_data.as_ref().unwrap()["a"], "b");
    assert_eq!(unread, ["items", "orders.dataSource"]);
}
