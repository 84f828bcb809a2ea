//! One view of a customer over all vendors.

#[cfg(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
mod actions;
#[cfg(all(
    feature = "events",
    feature = "deck",
    feature = "apideck",
    feature = "codat",
    feature = "deck-v2"
))]
mod changes;
#[cfg(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
mod schedules;
#[cfg(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
mod states;
#[cfg(all(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2"))]
mod view;

use crate::support::{
    memory::{Memory, Step},
    vendors,
};
use connectory::Error;
use connectory::customer::Status;
use connectory::sandbox::Sandbox;
use std::sync::Arc;

#[tokio::test]
async fn a_customer_without_any_account_is_a_failure_and_nothing_is_sent() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let view = sandbox.client().customer().connections().await;
    assert!(view.connections().is_empty() && !view.is_complete());
    let [failure] = view.failures() else { panic!("{view:?}") };
    assert!(matches!(failure.error(), Error::Config(_)), "{failure}");
    assert!(failure.account().is_none() && failure.provider().is_none());
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_vendor_that_is_not_configured_is_a_failure_of_its_own() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let customer = sandbox.customer("acme");
    let vendors = vendors("http://127.0.0.1:1");
    for (configured, builder) in vendors.clone() {
        let memory = Memory::playing([Step::answer(404, "")]);
        let client = builder.transport(Arc::new(memory.clone())).build().unwrap();
        let view = customer.at(&client).connections().await;
        assert_eq!(view.failures().len(), vendors.len(), "{view:?}");
        for failure in view.failures() {
            let is_missing = failure.provider() != Some(configured);
            assert_eq!(matches!(failure.error(), Error::Config(_)), is_missing, "{failure}");
            assert_eq!(failure.account().map(|account| account.provider()), failure.provider());
            assert_eq!(failure.error().provider(), failure.provider());
        }
        assert_eq!(memory.requests().len(), 1, "nothing is sent to the others");
    }
}

/// Whatever vendors are compiled in.
#[tokio::test]
async fn the_sandbox_s_customer_is_seen_in_one_call() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let customer = sandbox.customer("acme").at(&sandbox.client());
    let view = customer.connections().await;
    assert!(view.is_complete(), "{:?}", view.failures());
    assert!(!view.connections().is_empty());
    for connection in view.connections() {
        assert_ne!(connection.status(), Status::NeedsLook, "{connection:?}");
        assert!(!connection.service().is_empty());
        assert_eq!(view.get(connection.key().unwrap()).unwrap().service(), connection.service());
    }
    let vendors: std::collections::HashSet<_> = view.connections().iter().map(|it| it.provider()).collect();
    let compiled: std::collections::HashSet<_> =
        connectory::operations().map(|operation| operation.provider()).collect();
    assert_eq!(vendors, compiled);
}
