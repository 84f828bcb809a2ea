//! What the sandbox signs is what the crate's own verifiers accept, and nothing else.

use super::deliveries::{self, stopped};
use super::*;
use connectory::deck_v2::agents::CreateAgent;
use connectory::deck_v2::event_destinations::{UpdateEventDestination, WebhookConfig};
use connectory::events::EventError;
use connectory::sandbox::{Delivery, DeliveryFault};
use connectory::{Error, Provider, Secret};
use std::collections::BTreeSet;
use std::time::SystemTime;

const OTHER: &str = "whsec_b3RoZXItc2VjcmV0LW9mLTMyLWJ5dGVzLWluLXRlc3Q=";
const OTHER_KEY: &str = "b3RoZXItc2VjcmV0LW9mLTMyLWJ5dGVzLWluLXRlc3Q=";

/// What has to be known of each vendor's verifier here.
type Verified = Result<(String, Option<u32>), EventError>;

/// A sandbox with a webhook at every vendor.
struct Stage {
    sandbox: Sandbox,
    codat: connectory::codat::webhooks::WebhookConsumerId,
    deck_v2: connectory::deck_v2::EventDestinationId,
    token: Secret,
}

impl Stage {
    async fn new() -> Self {
        let sandbox = stopped();
        let codat = deliveries::codat::consumer(&sandbox, "https://acme.example/codat").await;
        deliveries::apideck::webhook(&sandbox, "https://acme.example/apideck").await;
        let webhook = WebhookConfig::new("https://acme.example/deck-v2");
        let deck_v2 = deliveries::deck_v2::destination(&sandbox, webhook).await;
        let token = sandbox.deck().connect();
        Self { sandbox, codat, deck_v2, token }
    }

    /// Something happens at every vendor; what is delivered of it, in the vendors' order.
    async fn happen(&self) -> Vec<Delivery> {
        let before = self.sandbox.deliveries().len();
        self.sandbox.deck().disconnect(self.token.expose_secret(), "Error");
        if !self.sandbox.apideck().revoke("acme", "crm", "hubspot") {
            self.sandbox.apideck().authorize("acme", "crm", "hubspot");
        }
        self.sandbox.codat().add_company("Acme");
        self.sandbox.client().deck_v2().agents().create(&CreateAgent::new("Bills")).await.unwrap();
        self.sandbox.deliveries().split_off(before)
    }

    /// By the secrets that the vendors show just now.
    fn secret(&self, provider: Provider) -> Secret {
        match provider {
            Provider::Deck => self.sandbox.deck().webhook_secret(),
            Provider::Apideck => self.sandbox.apideck().webhook_secret(),
            Provider::Codat => self.sandbox.codat().webhook_secret(&self.codat).unwrap(),
            _ => self.sandbox.deck_v2().webhook_secret(&self.deck_v2).unwrap(),
        }
    }

    fn verify(&self, delivery: &Delivery) -> Verified {
        verify(delivery, &self.secret(delivery.provider), SystemTime::UNIX_EPOCH).unwrap()
    }
}

fn verify(delivery: &Delivery, secret: &Secret, now: SystemTime) -> Result<Verified, Error> {
    use connectory::{apideck, codat, deck, deck_v2};
    let request = delivery.request();
    let (headers, body) = (request.headers(), &request.body()[..]);
    macro_rules! told {
        ($vendor:ident) => {
            $vendor::events::Verifier::new(secret)?.verify_at(headers, body, now).map(|verified| {
                assert_eq!(verified.event_type(), Some(delivery.event_type.as_str()));
                assert!(!matches!(verified.event(), $vendor::events::Event::Other(_)), "{delivery:?}");
                (verified.id().to_owned(), verified.attempt())
            })
        };
    }
    Ok(match delivery.provider {
        Provider::Deck => told!(deck),
        Provider::Apideck => told!(apideck),
        Provider::Codat => told!(codat),
        _ => told!(deck_v2),
    })
}

#[tokio::test]
async fn what_every_vendor_signs_is_accepted_with_its_own_secret_alone() {
    let stage = Stage::new().await;
    let all = stage.happen().await;
    let providers: BTreeSet<_> = all.iter().map(|delivery| delivery.provider.to_string()).collect();
    assert_eq!(providers.len(), 4);
    for delivery in &all {
        stage.verify(delivery).unwrap();
        let other = match delivery.provider {
            Provider::Deck => OTHER_KEY,
            _ => OTHER,
        };
        let refused = verify(delivery, &other.into(), SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(refused, Err(EventError::WrongSignature), "{delivery:?}");
    }
}

#[tokio::test]
async fn r32_what_comes_twice_has_one_id_at_every_vendor() {
    let stage = Stage::new().await;
    stage.sandbox.inject_delivery(DeliveryFault::Twice);
    let all = stage.happen().await;
    let ids = |all: &[Delivery]| all.iter().map(|it| stage.verify(it).unwrap().0).collect::<Vec<_>>();
    let ids = ids(&all);
    assert!(ids.len() >= 8);
    for pair in ids.chunks(2) {
        assert_eq!(pair[0], pair[1]);
    }
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len() / 2);
}

#[tokio::test]
async fn a_wrong_signature_and_another_secret_s_are_refused_and_an_old_one_where_it_has_a_time() {
    let stage = Stage::new().await;
    stage.sandbox.inject_delivery(DeliveryFault::WrongSignature);
    for delivery in stage.happen().await {
        assert_eq!(stage.verify(&delivery), Err(EventError::WrongSignature), "{delivery:?}");
    }
    stage.sandbox.clear_faults();
    stage.sandbox.inject_delivery(DeliveryFault::SignedWith(OTHER.into()));
    for delivery in stage.happen().await.into_iter().filter(|it| it.provider != Provider::Deck) {
        assert_eq!(stage.verify(&delivery), Err(EventError::WrongSignature), "{delivery:?}");
        verify(&delivery, &OTHER.into(), SystemTime::UNIX_EPOCH).unwrap().unwrap();
    }
    stage.sandbox.clear_faults();
    // Nobody can have sent something before 1970.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(3600);
    let late = Sandbox::builder().stopped_at(now).in_memory().unwrap();
    let consumer = deliveries::codat::consumer(&late, "https://acme.example/codat").await;
    late.inject_delivery(DeliveryFault::Late(Duration::from_secs(301)));
    late.codat().add_company("Acme");
    late.advance(Duration::from_secs(301));
    let [delivery] = &late.deliveries()[..] else { panic!() };
    let secret = late.codat().webhook_secret(&consumer).unwrap();
    assert_eq!(verify(delivery, &secret, now).unwrap(), Err(EventError::TooOld));
    verify(delivery, &secret, now - Duration::from_secs(1)).unwrap().unwrap();
}

#[tokio::test]
async fn the_secret_before_a_rotation_is_good_for_a_day_at_codat_and_deck_v2() {
    let stage = Stage::new().await;
    let before: Vec<_> = [Provider::Codat, Provider::DeckV2].map(|provider| stage.secret(provider)).into();
    assert!(!stage.sandbox.codat().set_webhook_secret(&stage.codat, "no secret"));
    assert!(!stage.sandbox.codat().set_webhook_secret("nobody", OTHER));
    assert!(stage.sandbox.codat().set_webhook_secret(&stage.codat, OTHER));
    let update = UpdateEventDestination::new().webhook(WebhookConfig::default().secret(OTHER));
    stage.sandbox.client().deck_v2().event_destinations().update(&stage.deck_v2, &update).await.unwrap();
    assert!(!stage.sandbox.deck().set_webhook_secret("-"));
    assert!(stage.sandbox.deck().set_webhook_secret(OTHER_KEY));

    let now = SystemTime::UNIX_EPOCH;
    let good = |delivery: &Delivery, secret: &Secret| verify(delivery, secret, now).unwrap().is_ok();
    for is_over in [false, true] {
        for delivery in stage.happen().await {
            stage.verify(&delivery).unwrap();
            match delivery.provider {
                Provider::Codat => assert_eq!(good(&delivery, &before[0]), !is_over),
                Provider::DeckV2 => assert_eq!(good(&delivery, &before[1]), !is_over),
                _ => {}
            }
        }
        stage.sandbox.advance(Duration::from_secs(86_400));
    }
}

#[tokio::test]
async fn a_new_secret_signs_nothing_that_was_due_before_whoever_has_looked() {
    let stage = Stage::new().await;
    let [of_deck, of_codat] = [Provider::Deck, Provider::Codat].map(|provider| stage.secret(provider));
    stage.sandbox.deck().disconnect(stage.token.expose_secret(), "Error");
    stage.sandbox.codat().add_company("Acme");
    assert!(stage.sandbox.deck().set_webhook_secret(OTHER_KEY));
    assert!(stage.sandbox.codat().set_webhook_secret(&stage.codat, OTHER));
    let deliveries = stage.sandbox.deliveries();
    assert_eq!(deliveries.len(), 2);
    for delivery in deliveries {
        let before = if delivery.provider == Provider::Deck { &of_deck } else { &of_codat };
        verify(&delivery, before, SystemTime::UNIX_EPOCH).unwrap().unwrap();
        assert_eq!(stage.verify(&delivery), Err(EventError::WrongSignature));
    }
}

#[cfg(feature = "deck-encryption")]
#[tokio::test]
async fn an_encrypted_event_is_signed_as_it_travels_and_opens() {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let sandbox =
        Sandbox::builder().deck_encryption(key, connectory::deck::Encrypt::Bodies).in_memory().unwrap();
    let token = sandbox.deck().connect();
    sandbox.deck().disconnect(token.expose_secret(), "Error");
    let [delivery] = &sandbox.deliveries()[..] else { panic!() };
    let request = delivery.request();
    let verifier = connectory::deck::events::Verifier::new(sandbox.deck().webhook_secret()).unwrap();
    assert_eq!(verifier.verify(request.headers(), request.body()).unwrap_err(), EventError::Encrypted);
    let opened = verifier.encryption_key(key).unwrap().verify(request.headers(), request.body()).unwrap();
    assert_eq!(opened.event_type(), Some("Connection.Error"));
}

#[tokio::test]
async fn a_posted_delivery_is_accepted_by_the_machine_s_clock_however_far_the_sandbox_s_was_moved() {
    let (receiver, base) = super::deliveries_posted::Receiver::start(&[500]).await;
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.deliver_to(&base).unwrap();
    let consumer = deliveries::codat::consumer(&sandbox, "https://acme.example/codat").await;
    sandbox.codat().add_company("Acme");
    sandbox.deliver().await;
    sandbox.advance(Duration::from_secs(7 * 86_400));
    sandbox.deliver().await;
    let verifier =
        connectory::codat::events::Verifier::new(sandbox.codat().webhook_secret(&consumer).unwrap());
    let verifier = verifier.unwrap();
    let got = receiver.got.lock().unwrap();
    assert_eq!(got.len(), 2);
    for (head, body) in got.iter() {
        verifier.verify(&head.headers, body).unwrap();
    }
}
