//! Deliveries that are posted: to this machine alone, again where they fail, and never after the sandbox.

use super::*;
use axum::extract::{Request as AxumRequest, State};
use axum::response::{IntoResponse, Response};
use connectory::sandbox::DeliverToError;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// A service that keeps what it is sent, and answers as it is told to.
#[derive(Clone, Default)]
pub(super) struct Receiver {
    pub(super) got: Arc<Mutex<Vec<(http::request::Parts, bytes::Bytes)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    /// Answers with these statuses, and with 200 from then on; gives its base address.
    pub(super) async fn start(answers: &[u16]) -> (Self, String) {
        let receiver = Self::default();
        receiver.answers.lock().unwrap().extend(answers);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(receive).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (receiver, base)
    }

    fn targets(&self) -> Vec<String> {
        self.got.lock().unwrap().iter().map(|(head, _)| format!("{} {}", head.method, head.uri)).collect()
    }
}

async fn receive(State(receiver): State<Receiver>, request: AxumRequest) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let status = receiver.answers.lock().unwrap().pop_front().unwrap_or(200);
    receiver.got.lock().unwrap().push((head, body));
    let status = http::StatusCode::from_u16(status).unwrap();
    (status, [("location", "http://127.0.0.1:9/elsewhere")], "answered").into_response()
}

#[test]
fn it_posts_to_this_machine_and_to_nothing_else() {
    let sandbox = Sandbox::builder().in_memory().unwrap();
    let refused = |url: &str| sandbox.deliver_to(url).err().unwrap_or_else(|| panic!("{url} is taken"));
    for url in ["127.0.0.1:3000", "", "/hook", "http://"] {
        assert!(matches!(refused(url), DeliverToError::NotAUrl | DeliverToError::NotHttp), "{url}");
    }
    for url in ["https://127.0.0.1:3000", "https://localhost", "ftp://127.0.0.1", "file:///etc/passwd"] {
        assert!(matches!(refused(url), DeliverToError::NotHttp), "{url}");
    }
    for url in [
        "http://8.8.8.8",
        "http://[::ffff:8.8.8.8]",
        "http://[::]",
        "http://0.0.0.0:3000",
        "http://10.0.0.1",
        "http://169.254.169.254/latest/meta-data",
        "http://acme.example",
        "http://localhost.acme.example",
        "http://127.0.0.1.nip.io",
        "http://localhost@8.8.8.8",
        "http://134744072",
    ] {
        assert!(matches!(refused(url), DeliverToError::NotLoopback), "{url}: {:?}", refused(url));
    }
    for url in ["http://127.0.0.1/?x", "http://localhost/#x", "http://me:s3cret@127.0.0.1"] {
        let error = refused(url);
        assert!(matches!(error, DeliverToError::NotABase), "{url}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
    for url in
        ["http://127.0.0.1:3000", "http://localhost:3000/", "http://[::1]:3000/base", "HTTP://LOCALHOST"]
    {
        sandbox.deliver_to(url).unwrap();
    }
}

#[cfg(feature = "deck")]
mod deck {
    use super::*;
    use connectory::deck::connections::UpdateWebhook;

    fn happen(sandbox: &Sandbox, token: &connectory::Secret) {
        assert!(sandbox.deck().disconnect(token.expose_secret(), "InvalidCredentials"));
    }

    #[tokio::test]
    async fn a_webhook_s_path_stays_whatever_its_host() {
        let (receiver, base) = Receiver::start(&[]).await;
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.deliver_to(&base).unwrap();
        let token = sandbox.deck().connect();
        let connections = sandbox.client().deck().connections();
        happen(&sandbox, &token);
        sandbox.deliver().await;
        let webhook = UpdateWebhook::new(&token, "https://user:pw@hooks.example:8443/a%20b/c?d=e#f", true);
        connections.update_webhook(&webhook).await.unwrap();
        happen(&sandbox, &token);
        sandbox.deliver().await;
        sandbox.deliver_to(format!("{base}/base/")).unwrap();
        happen(&sandbox, &token);
        sandbox.deliver().await;
        assert_eq!(
            receiver.targets(),
            ["POST /webhooks/deck", "POST /a%20b/c?d=e", "POST /base/a%20b/c?d=e"]
        );
        let got = receiver.got.lock().unwrap();
        let (head, body) = &got[0];
        assert_eq!(head.headers["host"], base.strip_prefix("http://").unwrap());
        assert_eq!(head.headers["content-type"], "application/json");
        assert!(!head.headers.contains_key("authorization"));
        let delivery = &sandbox.deliveries()[0];
        assert_eq!((body, delivery.status.unwrap().as_u16()), (&delivery.body, 200));
    }

    #[tokio::test]
    async fn what_was_due_before_is_not_posted_whoever_has_looked() {
        for looks in [true, false] {
            let (receiver, base) = Receiver::start(&[]).await;
            let sandbox = Sandbox::builder().in_memory().unwrap();
            happen(&sandbox, &sandbox.deck().connect());
            if looks {
                assert_eq!(sandbox.deliveries().len(), 1);
            }
            sandbox.deliver_to(&base).unwrap();
            sandbox.deliver().await;
            assert_eq!(receiver.targets(), [""; 0], "{looks}");
            assert!(sandbox.deliveries()[0].is_accepted);
        }
    }

    #[tokio::test]
    async fn what_fails_is_posted_again_when_the_clock_has_come_there() {
        // Deck takes 200 alone, and follows nobody elsewhere.
        let (receiver, base) = Receiver::start(&[500, 302, 204]).await;
        let sandbox = Sandbox::builder().in_memory().unwrap();
        sandbox.deliver_to(&base).unwrap();
        let token = sandbox.deck().connect();
        happen(&sandbox, &token);
        let statuses = async || {
            sandbox.deliver().await;
            let all = sandbox.deliveries();
            all.iter().map(|it| (it.attempt, it.status.unwrap().as_u16(), it.is_accepted)).collect::<Vec<_>>()
        };
        assert_eq!(statuses().await, [(1, 500, false)]);
        assert_eq!(statuses().await, [(1, 500, false)], "not before it is due");
        sandbox.advance(Duration::from_secs(3600));
        let all = [(1, 500, false), (2, 302, false), (3, 204, false), (4, 200, true)];
        assert_eq!(statuses().await, all);
        sandbox.advance(Duration::from_secs(86_400));
        assert_eq!(statuses().await, all);
        assert_eq!(receiver.targets(), ["POST /webhooks/deck"; 4]);
    }

    #[tokio::test]
    async fn where_nobody_listens_no_status_is_known() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        drop(listener);
        let sandbox = Sandbox::builder().in_memory().unwrap();
        sandbox.deliver_to(&base).unwrap();
        happen(&sandbox, &sandbox.deck().connect());
        sandbox.deliver().await;
        let [delivery] = &sandbox.deliveries()[..] else { panic!() };
        assert_eq!((delivery.status, delivery.is_accepted), (None, false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_clock_changes_nothing() {
        let (receiver, base) = Receiver::start(&[500]).await;
        let sandbox = Sandbox::builder().in_memory().unwrap();
        sandbox.deliver_to(&base).unwrap();
        let token = sandbox.deck().connect();
        for _ in 0..20 {
            happen(&sandbox, &token);
        }
        sandbox.deliver().await;
        sandbox.advance(Duration::from_secs(3600));
        sandbox.deliver().await;
        assert_eq!(receiver.targets().len(), 21);
        assert_eq!(sandbox.deliveries().iter().filter(|it| it.is_accepted).count(), 20);
    }

    #[tokio::test]
    async fn it_posts_by_itself_and_nothing_once_it_is_gone() {
        let (receiver, base) = Receiver::start(&[500]).await;
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.deliver_to(&base).unwrap();
        let token = sandbox.deck().connect();
        happen(&sandbox, &token);
        while receiver.targets().is_empty() {
            tokio::task::yield_now().await;
        }
        sandbox.deliver().await;
        sandbox.advance(Duration::from_secs(3600));
        drop(sandbox);
        let first = receiver.targets().len();
        // A retry that had begun may have come through.
        assert!(first <= 2, "{first}");
    }
}

#[cfg(feature = "codat")]
#[tokio::test]
async fn consumers_and_the_order_of_events_are_those_of_the_vendor() {
    let (receiver, base) = Receiver::start(&[503]).await;
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.deliver_to(&base).unwrap();
    super::deliveries::codat::consumer(&sandbox, "https://acme.example/webhooks/codat").await;
    for name in ["one", "two", "three"] {
        sandbox.codat().add_company(name);
    }
    sandbox.deliver().await;
    sandbox.advance(Duration::from_secs(5));
    sandbox.deliver().await;
    let names: Vec<_> = receiver
        .got
        .lock()
        .unwrap()
        .iter()
        .map(|(_, body)| {
            serde_json::from_slice::<serde_json::Value>(body).unwrap()["payload"]["name"].clone()
        })
        .collect();
    assert_eq!(names, ["one", "two", "three", "one"]);
    let got = receiver.got.lock().unwrap();
    let id = |index: usize| got[index].0.headers["webhook-id"].clone();
    assert!(id(0) == id(3) && id(0) != id(1), "a retry has the id of its message");
}

#[cfg(feature = "apideck")]
#[tokio::test]
async fn apideck_s_logs_tell_what_the_webhook_answered() {
    use connectory::apideck::webhooks::ListEventLogs;
    let (_receiver, base) = Receiver::start(&[418]).await;
    let sandbox = Sandbox::builder().in_memory().unwrap();
    sandbox.deliver_to(&base).unwrap();
    super::deliveries::apideck::webhook(&sandbox, "https://acme.example/webhooks/apideck").await;
    sandbox.apideck().authorize("acme", "accounting", "xero");
    sandbox.deliver().await;
    let webhooks = sandbox.client().apideck().webhooks();
    let logs = webhooks.event_logs(&ListEventLogs::new().success(false)).await.unwrap().data;
    assert_eq!((logs.len(), logs[0].status_code, logs[0].retry_scheduled), (1, Some(418), Some(true)));
    sandbox.advance(Duration::from_secs(60));
    sandbox.deliver().await;
    let logs = webhooks.event_logs(&ListEventLogs::new().execution_attempt(2)).await.unwrap().data;
    assert_eq!((logs.len(), logs[0].status_code, logs[0].retry_scheduled), (1, Some(200), Some(false)));
    let statuses: Vec<_> = logs[0].attempts.iter().map(|attempt| attempt.status_code).collect();
    assert_eq!(statuses, [Some(418), Some(200)]);
}

/// Deck v2 waits for five seconds, the shortest of all.
#[cfg(feature = "deck-v2")]
#[tokio::test]
async fn a_webhook_that_never_answers_is_given_up_in_time() {
    use connectory::deck_v2::agents::CreateAgent;
    use connectory::deck_v2::event_destinations::WebhookConfig;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sandbox = Sandbox::builder().in_memory().unwrap();
    sandbox.deliver_to(format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let webhook = WebhookConfig::new("https://acme.example/webhooks/deck-v2");
    super::deliveries::deck_v2::destination(&sandbox, webhook).await;
    sandbox.client().deck_v2().agents().create(&CreateAgent::new("Bills")).await.unwrap();
    sandbox.deliver().await;
    let [delivery] = &sandbox.deliveries()[..] else { panic!() };
    assert_eq!((delivery.status, delivery.is_accepted), (None, false));
}

#[cfg(feature = "deck-v2")]
#[tokio::test]
async fn the_owner_s_headers_change_neither_the_message_nor_its_signature() {
    use connectory::deck_v2::agents::CreateAgent;
    use connectory::deck_v2::event_destinations::WebhookConfig;
    let (receiver, base) = Receiver::start(&[]).await;
    let sandbox = Sandbox::builder().in_memory().unwrap();
    sandbox.deliver_to(&base).unwrap();
    let webhook = [
        ("content-length", "5"),
        ("transfer-encoding", "chunked"),
        ("Host", "elsewhere.example"),
        ("webhook-id", "other"),
        ("content-type", "text/plain"),
        ("x-team", "billing"),
    ]
    .into_iter()
    .fold(WebhookConfig::new("https://acme.example/"), |webhook, (name, value)| {
        webhook.custom_header(name, value)
    });
    super::deliveries::deck_v2::destination(&sandbox, webhook).await;
    sandbox.client().deck_v2().agents().create(&CreateAgent::new("Bills")).await.unwrap();
    sandbox.deliver().await;
    let [delivery] = &sandbox.deliveries()[..] else { panic!() };
    let got = receiver.got.lock().unwrap();
    let (head, body) = &got[0];
    assert_eq!(body, &delivery.body);
    assert_eq!(head.headers["content-length"], body.len().to_string());
    assert!(!head.headers.contains_key("transfer-encoding"));
    assert_eq!(format!("http://{}", head.headers["host"].to_str().unwrap()), base);
    assert_eq!(head.headers["webhook-id"], delivery.json().unwrap()["id"].as_str().unwrap());
    assert_eq!(head.headers["content-type"], "application/json");
    assert_eq!(head.headers["x-team"], "billing");
}

#[cfg(feature = "deck-v2")]
#[tokio::test]
async fn deck_v2_s_deliveries_tell_what_the_destination_answered() {
    use connectory::deck_v2::agents::CreateAgent;
    use connectory::deck_v2::event_destinations::{ListEventDeliveries, WebhookConfig};
    let (_receiver, base) = Receiver::start(&[500, 500, 500, 500]).await;
    let sandbox = Sandbox::builder().in_memory().unwrap();
    sandbox.deliver_to(&base).unwrap();
    let webhook = WebhookConfig::new("https://acme.example/webhooks/deck-v2");
    let id = super::deliveries::deck_v2::destination(&sandbox, webhook).await;
    let deck = sandbox.client().deck_v2();
    deck.agents().create(&CreateAgent::new("Bills")).await.unwrap();
    let last = async || {
        sandbox.deliver().await;
        let destinations = deck.event_destinations();
        let list = destinations.list_deliveries(&id, &ListEventDeliveries::new()).await.unwrap().data;
        let status = destinations.get(&id).await.unwrap().status.unwrap().to_string();
        (list[0].status.clone().unwrap().to_string(), list[0].attempts.unwrap(), status)
    };
    assert_eq!(last().await, ("failure".to_owned(), 1, "active".to_owned()));
    sandbox.advance(Duration::from_secs(10));
    assert_eq!(last().await, ("failure".to_owned(), 2, "active".to_owned()));
    sandbox.advance(Duration::from_secs(3600));
    assert_eq!(last().await, ("failure".to_owned(), 4, "inactive".to_owned()));
}
