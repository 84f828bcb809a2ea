//! What is done about a connection.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::customer::{
    Connection, Customer, Need, Original, Reconnect, Reconnection, Refreshed, Status, View,
};
use connectory::deck::connections::ScrapingStatus;
use connectory::deck::link::{LinkMode, LinkTokenRequest};
use connectory::sandbox::{Fault, FaultRule, Sandbox};
use connectory::{Error, Provider};
use std::time::Duration;

fn row<'a>(view: &'a View, provider: Provider, service: &str) -> &'a Connection {
    let mut all = view.connections().iter().chain(view.available());
    let found = all.find(|it| it.provider() == provider && it.service() == service);
    found.unwrap_or_else(|| panic!("{provider} {service} in {view:?}"))
}

async fn statuses(customer: &Customer) -> Vec<(Provider, Status)> {
    let view = customer.connections().await;
    view.connections().iter().map(|it| (it.provider(), it.status())).collect()
}

fn options() -> Reconnect {
    Reconnect::new("http://127.0.0.1:9/connected").nonce("n-1").webhook_url("https://example.com/hook")
}

#[tokio::test]
async fn disconnecting_ends_the_access_at_every_vendor() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let seeded = sandbox.customer("acme");
    let customer = seeded.at(&sandbox.client());
    let view = customer.connections().await;
    for connection in view.connections() {
        customer.disconnect(connection).await.unwrap();
    }
    let after = customer.connections().await;
    // Deck's token is dead, Apideck's services are available again, Codat keeps what was linked.
    assert_eq!(after.failures().len(), 1);
    assert_eq!(after.failures()[0].error().code(), Some("INVALID_ACCESS_TOKEN"));
    assert_eq!(after.available().len(), 9);
    let rest: Vec<_> =
        after.connections().iter().map(|it| (it.provider(), it.service(), it.status())).collect();
    let expected = [
        (Provider::Codat, "Xero", Status::Disconnected),
        (Provider::DeckV2, "utility.example", Status::Disconnected),
    ];
    assert_eq!(rest, expected);
    // Once more does no harm to what is kept.
    customer.disconnect(row(&after, Provider::Codat, "Xero")).await.unwrap();
    assert_eq!(statuses(&customer).await.len(), 2);
}

#[tokio::test]
async fn a_row_that_is_out_of_date_deletes_nothing_at_codat() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let customer = sandbox.customer("acme").at(&sandbox.client());
    let view = customer.connections().await;
    let shopify = row(&view, Provider::Codat, "Shopify");
    let Original::Codat(connection) = shopify.original() else { panic!("{shopify:?}") };
    // The customer authorizes after the page was shown.
    assert!(sandbox.codat().link(&connection.id));
    customer.disconnect(shopify).await.unwrap();
    let view = customer.connections().await;
    assert_eq!(row(&view, Provider::Codat, "Shopify").status(), Status::Disconnected);
    assert!(sandbox.requests_of("codat.connections.delete").is_empty());
}

#[tokio::test]
async fn a_state_that_is_new_is_unlinked_and_never_deleted() {
    let connection = r#"{"id":"c","status":"Resting"}"#;
    let memory = Memory::playing([Step::answer(200, format!(r#"{{"results":[{connection}]}}"#))]);
    let customer = offline(&memory).customer().codat("company");
    let view = customer.connections().await;
    memory.play([Step::answer(200, connection)]);
    memory.take_requests();
    customer.disconnect(&view.connections()[0]).await.unwrap();
    let methods: Vec<_> = memory.requests().iter().map(|request| request.method().clone()).collect();
    assert_eq!(methods, [http::Method::GET, http::Method::PATCH]);
}

#[tokio::test(start_paused = true)]
async fn a_disconnect_whose_answer_was_lost_is_one() {
    for operation in [
        "deck.connections.destroy",
        "apideck.vault.connections.delete",
        "codat.connections.unlink",
        "codat.connections.delete",
        "deck_v2.credentials.delete",
    ] {
        for fault in [Fault::ResetAfter, Fault::Silence, Fault::CutBody] {
            let sandbox = Sandbox::builder().in_memory().unwrap();
            let customer = sandbox.customer("acme").at(&sandbox.client());
            let view = customer.connections().await;
            sandbox.inject(FaultRule::new(fault.clone()).operation(operation).times(1));
            for connection in view.connections() {
                customer
                    .disconnect(connection)
                    .await
                    .unwrap_or_else(|error| panic!("{operation} {fault:?} {error}"));
            }
            assert!(sandbox.requests_of(operation).len() > 1 || fault == Fault::CutBody, "{operation}");
        }
    }
}

#[tokio::test]
async fn what_was_gone_before_is_an_error() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let customer = sandbox.customer("acme").at(&sandbox.client());
    let view = customer.connections().await;
    let salesforce = row(&view, Provider::Apideck, "Salesforce");
    customer.disconnect(salesforce).await.unwrap();
    assert!(matches!(customer.disconnect(salesforce).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn a_row_of_another_customer_is_refused_and_nothing_is_sent() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let client = sandbox.client();
    let (acme, globex) = (sandbox.customer("acme").at(&client), sandbox.customer("globex").at(&client));
    let view = globex.connections().await;
    let sent = sandbox.requests().len();
    for connection in view.connections() {
        for refused in [
            acme.disconnect(connection).await.unwrap_err(),
            acme.reconnect(connection, &options()).await.unwrap_err(),
            acme.refresh(connection).await.unwrap_err(),
        ] {
            assert!(matches!(refused, Error::Request(_)), "{refused}");
            assert_eq!(refused.provider(), Some(connection.provider()));
        }
    }
    assert_eq!(sandbox.requests().len(), sent);
    assert_eq!(statuses(&globex).await.len(), view.connections().len());
}

#[tokio::test]
async fn reconnecting_leads_to_where_each_vendor_puts_it_right() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let client = sandbox.client();
    let seeded = sandbox.customer("acme");
    let customer = seeded.at(&client);

    // Apideck, by the link: the customer has revoked, and authorizes again.
    assert!(sandbox.apideck().revoke("acme", "crm", "salesforce"));
    let view = customer.connections().await;
    let salesforce = row(&view, Provider::Apideck, "Salesforce");
    assert_eq!((salesforce.status(), salesforce.needs()), (Status::Disconnected, Some(Need::Authorize)));
    let plain = Reconnect::new("http://127.0.0.1:9/connected");
    let Reconnection::Redirect(link) = customer.reconnect(salesforce, &plain).await.unwrap() else {
        panic!()
    };
    let back = sandbox.apideck().visit(&link).unwrap();
    assert!(back.expose_secret().starts_with("http://127.0.0.1:9/connected"));
    let view = customer.connections().await;
    assert_eq!(row(&view, Provider::Apideck, "Salesforce").status(), Status::Active);

    // With a nonce the connection has to be confirmed.
    let hubspot = row(&view, Provider::Apideck, "HubSpot");
    let Reconnection::Redirect(link) = customer.reconnect(hubspot, &options()).await.unwrap() else {
        panic!()
    };
    sandbox.apideck().visit(&link).unwrap();
    let view = customer.connections().await;
    assert_eq!(row(&view, Provider::Apideck, "HubSpot").status(), Status::Pending);

    // Apideck, by a session: settings are missing.
    let Reconnection::Redirect(session) =
        customer.reconnect(row(&view, Provider::Apideck, "Xero"), &options()).await.unwrap()
    else {
        panic!()
    };
    assert!(session.expose_secret().contains("/session/"));
    let sent = sandbox.requests_of("apideck.vault.sessions.create");
    let body: serde_json::Value = serde_json::from_slice(&sent[0].body).unwrap();
    assert_eq!(body["settings"]["unified_apis"], serde_json::json!(["accounting"]));
    assert_eq!(body["redirect_uri"], "http://127.0.0.1:9/connected");

    // Codat.
    let shopify = row(&view, Provider::Codat, "Shopify");
    let Original::Codat(connection) = shopify.original() else { panic!() };
    let Reconnection::Redirect(link) = customer.reconnect(shopify, &options()).await.unwrap() else {
        panic!()
    };
    assert_eq!(Some(&link), connection.link_url.as_ref());

    // Deck v2.
    let utility = row(&view, Provider::DeckV2, "utility.example");
    let Original::DeckV2(credential) = utility.original() else { panic!() };
    let source = credential.source_id.clone().unwrap();
    let Reconnection::DeckV2Component(token) = customer.reconnect(utility, &options()).await.unwrap() else {
        panic!()
    };
    assert!(sandbox.deck_v2().sign_in(token.expose_secret(), source, "jane", "secret").is_some());
}

#[tokio::test]
async fn deck_s_session_updates_what_the_connection_needs() {
    for (reason, mode) in [
        (ScrapingStatus::InvalidCredentials, LinkMode::UpdateCredentials),
        (ScrapingStatus::MfaCodeRequired, LinkMode::Refresh),
        (ScrapingStatus::AccountSelectionRequired, LinkMode::UpdateAccountSelection),
    ] {
        let sandbox = Sandbox::builder().in_memory().unwrap();
        let (client, seeded) = (sandbox.client(), sandbox.customer("acme"));
        assert!(sandbox.deck().disconnect(seeded.deck.expose_secret(), reason.clone()));
        let customer = client.customer().deck(&seeded.deck);
        let view = customer.connections().await;
        assert_eq!(view.connections()[0].status(), Status::NeedsCustomer, "{reason}");
        let Reconnection::DeckLink(token) =
            customer.reconnect(&view.connections()[0], &options()).await.unwrap()
        else {
            panic!("{reason}")
        };
        let info = client.deck().link().info(&LinkTokenRequest::new(&token)).await.unwrap();
        assert_eq!(info.mode, Some(mode));
        let sent = sandbox.requests_of("deck.link.create_token");
        let body: serde_json::Value = serde_json::from_slice(&sent[0].body).unwrap();
        assert_eq!(body["webhook_url"], "https://example.com/hook");
    }
}

#[tokio::test]
async fn refreshing_is_what_each_vendor_has() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let customer = sandbox.customer("acme").at(&sandbox.client());
    let view = customer.connections().await;
    for (provider, service, refreshed, operation) in [
        (Provider::Deck, "Sandbox Utility", Some(Refreshed::Started), "deck.connections.refresh"),
        (Provider::Apideck, "Salesforce", Some(Refreshed::Done), "apideck.vault.connections.validate"),
        (Provider::Codat, "Xero", Some(Refreshed::Started), "codat.refresh_data.all"),
        (Provider::DeckV2, "utility.example", None, "deck_v2.task_runs.run"),
    ] {
        let came = customer.refresh(row(&view, provider, service)).await.unwrap();
        match refreshed {
            Some(refreshed) => assert_eq!(came, refreshed),
            None => assert!(matches!(came, Refreshed::NotPossible(_)), "{came:?}"),
        }
        assert_eq!(sandbox.requests_of(operation).len(), usize::from(refreshed.is_some()));
    }
}

#[tokio::test]
async fn the_futures_can_be_spawned() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let customer = sandbox.customer("acme").at(&sandbox.client());
    let view = tokio::spawn(customer.connections()).await.unwrap();
    let connection = row(&view, Provider::Apideck, "Salesforce");
    let work = (
        customer.refresh(connection),
        customer.reconnect(connection, &options()),
        customer.disconnect(connection),
    );
    drop(customer);
    tokio::spawn(work.0).await.unwrap().unwrap();
    tokio::spawn(work.1).await.unwrap().unwrap();
    tokio::time::timeout(Duration::from_secs(20), tokio::spawn(work.2)).await.unwrap().unwrap().unwrap();
}
