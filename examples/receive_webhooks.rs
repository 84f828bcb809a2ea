//! One service that receives the webhooks of all four vendors, and a customer's day that the sandbox drives it through.
//!
//! What to copy: `receive`, which verifies before it reads, does nothing twice, and answers at once; and `act`, which says
//! what an event means to the customer. The rest stands in for a database and for the vendors.
//!
//! It ends by itself, with a failure where something did not hold.

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use connectory::codat::connections::{ConnectionId, CreateConnection};
use connectory::codat::webhooks::CreateWebhookConsumer;
use connectory::events::{Delivery, EventError};
use connectory::sandbox::{DeliveryFault, DeliveryRule, Sandbox};
use connectory::{Client, Provider, Secret, apideck, codat, deck, deck_v2};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error>;

/// The verifiers, made once: each takes a secret of the wrong form for an error.
struct Service {
    deck: deck::events::Verifier,
    apideck: apideck::events::Verifier,
    codat: codat::events::Verifier,
    deck_v2: deck_v2::events::Verifier,
    /// In a service of yours: tables of a database.
    records: Mutex<Records>,
}

#[derive(Default)]
struct Records {
    /// Which deliveries were acted on. Written in the transaction that acts.
    seen: BTreeSet<(String, String)>,
    /// What was done, in order.
    done: Vec<String>,
    repeated: usize,
    refused: usize,
}

impl Service {
    fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/webhooks/deck", post(receive_deck))
            .route("/webhooks/apideck", post(receive_apideck))
            .route("/webhooks/codat", post(receive_codat))
            .route("/webhooks/deck-v2", post(receive_deck_v2))
            .with_state(self)
    }

    /// Answers 400 to what is not a vendor's, and acts on the rest: once on what has an id of its own.
    fn receive<E>(
        &self,
        delivery: Result<Delivery<E>, EventError>,
        has_own_id: bool,
        act: impl FnOnce(&E) -> Option<String>,
    ) -> StatusCode {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let delivery = match delivery {
            Ok(delivery) => delivery,
            Err(error) => {
                println!("  refused: {error}");
                records.refused += 1;
                return StatusCode::BAD_REQUEST;
            }
        };
        // Vendors deliver at least once. What was seen is answered like the first time, or it would come again.
        let id = (delivery.provider().to_string(), delivery.id().to_owned());
        if has_own_id && !records.seen.insert(id) {
            println!("  {} again: {}", delivery.provider(), delivery.event_type().unwrap_or("?"));
            records.repeated += 1;
            return StatusCode::OK;
        }
        // An event of another kind, or of tomorrow, is no error.
        if let Some(done) = act(delivery.event()) {
            println!("  {}: {done}", delivery.provider());
            records.done.push(format!("{}: {done}", delivery.provider()));
        }
        // Deck takes 200 alone for a success, the others any 2XX.
        StatusCode::OK
    }
}

/// Headers and body as they came: what is parsed before it is verified can no longer be verified.
async fn parts(request: Request) -> (HeaderMap, Bytes) {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    (head.headers, body)
}

async fn receive_deck(State(service): State<Arc<Service>>, request: Request) -> StatusCode {
    use deck::events::Event;
    let (headers, body) = parts(request).await;
    let delivery = service.deck.verify(&headers, &body);
    // Credentials that are refused once more are told by the same bytes, and so have the same id.
    let event = delivery.as_ref().map(Delivery::event);
    let has_own_id = matches!(event, Ok(Event::JobEnded(_) | Event::LinkConnectionCreated(_)));
    service.receive(delivery, has_own_id, |event| {
        Some(match event {
            Event::JobEnded(job) => match &job.error {
                None => "a job has ended".to_owned(),
                Some(_) => "a job has failed".to_owned(),
            },
            Event::ConnectionInvalidCredentials(_) => "the customer has to sign in again".to_owned(),
            _ => return None,
        })
    })
}

async fn receive_apideck(State(service): State<Arc<Service>>, request: Request) -> StatusCode {
    use apideck::events::Event;
    let (headers, body) = parts(request).await;
    service.receive(service.apideck.verify(&headers, &body), true, |event| {
        Some(match event {
            Event::ConnectionCallable(_) => "connected".to_owned(),
            Event::TokenRefreshPending(_) => "the token cannot be refreshed: warn the customer".to_owned(),
            Event::TokenRefreshRecovered(_) => "the token is fresh again".to_owned(),
            Event::ConnectionRevoked(_) => "disconnected".to_owned(),
            _ => return None,
        })
    })
}

async fn receive_codat(State(service): State<Arc<Service>>, request: Request) -> StatusCode {
    use codat::events::Event;
    let (headers, body) = parts(request).await;
    service.receive(service.codat.verify(&headers, &body), true, |event| {
        Some(match event {
            Event::ConnectionConnected(_) => "connected".to_owned(),
            Event::ReadCompletedInitial(_) => "the books are here".to_owned(),
            Event::ConnectionDisconnected(_) => "disconnected".to_owned(),
            Event::ConnectionReconnected(_) => "connected again".to_owned(),
            _ => return None,
        })
    })
}

async fn receive_deck_v2(State(service): State<Arc<Service>>, request: Request) -> StatusCode {
    use deck_v2::events::Event;
    let (headers, body) = parts(request).await;
    service.receive(service.deck_v2.verify(&headers, &body), true, |event| {
        Some(match event {
            Event::AgentCreated(_) => "an agent is there".to_owned(),
            Event::AgentDeleted(_) => "an agent is gone".to_owned(),
            _ => return None,
        })
    })
}

/// Where the vendors post to. At the real vendors it is your own host, here as in the sandbox.
const HOST: &str = "https://acme.example";

/// Registers the service at the vendors, and has the secrets from their portals.
async fn register(sandbox: &Sandbox, client: &Client) -> Result<Service, Failure> {
    use connectory::apideck::webhooks::{CreateWebhook, WebhookEventType};
    use connectory::deck_v2::event_destinations::{CreateEventDestination, WebhookConfig};
    sandbox.deck().set_default_webhook(format!("{HOST}/webhooks/deck"));
    let url = format!("{HOST}/webhooks/apideck");
    client.apideck().webhooks().create(&CreateWebhook::new("vault", url, [WebhookEventType::All])).await?;
    let events = [
        "connection.connected",
        "connection.disconnected",
        "connection.reconnected",
        "read.completed.initial",
    ];
    let consumer = CreateWebhookConsumer::new(format!("{HOST}/webhooks/codat"), events);
    let consumer = client.codat().webhooks().create_consumer(&consumer).await?.id;
    // Deck v2 takes a secret of your own.
    let secret = Secret::from("whsec_YW4tZXhhbXBsZS1zZWNyZXQtb2YtMzItYnl0ZXMtLSE=");
    let webhook = WebhookConfig::new(format!("{HOST}/webhooks/deck-v2")).secret(&secret);
    client.deck_v2().event_destinations().create(&CreateEventDestination::webhook("All", webhook)).await?;
    sandbox.advance(std::time::Duration::from_secs(1)); // until Deck has verified it
    let of_codat = sandbox.codat().webhook_secret(&consumer).ok_or("the consumer is there")?;
    Ok(Service {
        deck: deck::events::Verifier::new(sandbox.deck().webhook_secret())?,
        apideck: apideck::events::Verifier::new(sandbox.apideck().webhook_secret())?,
        codat: codat::events::Verifier::new(of_codat)?,
        deck_v2: deck_v2::events::Verifier::new(secret)?,
        records: Mutex::default(),
    })
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();
    let service = Arc::new(register(&sandbox, &client).await?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    sandbox.deliver_to(format!("http://{}", listener.local_addr()?))?;
    let router = service.clone().router();
    tokio::spawn(async move { axum::serve(listener, router).await });

    println!("In the morning the customer connects.");
    let token = sandbox.deck().connect();
    sandbox.apideck().authorize("acme", "crm", "hubspot");
    let company = sandbox.codat().add_company("Acme");
    let books: ConnectionId =
        client.codat().connections().create(&company, &CreateConnection::new("gbol")).await?.id;
    sandbox.codat().link(&books);
    let agent = client.deck_v2().agents().create(&deck_v2::agents::CreateAgent::new("Bills")).await?.id;
    sandbox.deliver().await;

    println!("Data are fetched, and one delivery comes twice.");
    sandbox.inject_delivery(DeliveryRule::new(DeliveryFault::Twice).provider(Provider::Codat).times(1));
    client.codat().refresh_data().all(&company).await?;
    client.deck().jobs().submit(&deck::jobs::SubmitJob::fetch_documents(&token)).await?;
    sandbox.advance(std::time::Duration::from_secs(10));
    sandbox.deliver().await;

    println!("At noon there is trouble.");
    sandbox.deck().disconnect(token.expose_secret(), "InvalidCredentials");
    sandbox.apideck().fail_refresh("acme", "crm", "hubspot");
    sandbox.codat().deauthorize(&books);
    sandbox.deliver().await;

    println!("Somebody makes a delivery up.");
    sandbox.inject_delivery(DeliveryRule::new(DeliveryFault::WrongSignature).times(1));
    sandbox.apideck().recover_refresh("acme", "crm", "hubspot");
    sandbox.deliver().await;
    sandbox.codat().link(&books);
    sandbox.deliver().await;

    println!("In the evening the customer leaves.");
    sandbox.apideck().revoke("acme", "crm", "hubspot");
    client.codat().connections().unlink(&company, &books).await?;
    client.deck_v2().agents().delete(&agent).await?;
    sandbox.deliver().await;

    let records = service.records.lock().unwrap_or_else(PoisonError::into_inner);
    let expected = [
        "Apideck: connected",
        "Codat: connected",
        "Deck v2: an agent is there",
        "Deck: a job has ended",
        "Codat: the books are here",
        "Deck: the customer has to sign in again",
        "Apideck: the token cannot be refreshed: warn the customer",
        "Codat: disconnected",
        "Codat: connected again",
        "Apideck: disconnected",
        "Codat: disconnected",
        "Deck v2: an agent is gone",
    ];
    let (mut done, mut wanted) = (records.done.clone(), expected.map(str::to_owned).to_vec());
    done.sort();
    wanted.sort();
    if done != wanted {
        return Err(format!("{done:#?}\nwas done, and not\n{wanted:#?}").into());
    }
    if (records.repeated, records.refused) != (1, 1) {
        return Err(format!("{} came twice and {} were refused", records.repeated, records.refused).into());
    }
    println!("{} events, one twice and acted on once, one forged and refused.", records.done.len());
    Ok(())
}
