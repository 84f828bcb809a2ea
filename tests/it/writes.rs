//! R12: whatever goes wrong on the way, a write happens once, and the caller is told no lie about it.
//!
//! `CONNECTORY_SCHEDULES` sets how many schedules are played, `CONNECTORY_SCHEDULE` plays one of them.

use crate::support::{
    calls::{self, Case, Given, Input},
    idempotency_key, of_sandbox,
};
use bytes::Bytes;
use connectory::operation::Repeat;
use connectory::sandbox::{Fault, Sandbox};
use connectory::{Body, Error, Outcome, SendError, Transport, TransportFuture};
use http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

/// What becomes of one attempt.
#[derive(Clone, Debug)]
enum Fate {
    Arrives,
    /// Nothing is sent.
    NoConnection,
    Struck(Fault),
    /// The vendor carries the request out, and a gateway answers with this status.
    Hidden(u16),
}

fn fates() -> Vec<Fate> {
    let seconds = Duration::from_secs;
    let faults = [
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::Silence,
        Fault::Latency(seconds(40)),
        Fault::CutBody,
        Fault::WrongLength,
        Fault::TruncatedJson,
        Fault::GzipBomb(200_000),
        Fault::RateLimited(1),
        Fault::RateLimited(90),
        Fault::RateLimitedUntil(seconds(5)),
        Fault::Html,
        Fault::Redirect("https://elsewhere.example/".to_owned()),
        Fault::UnseenValues,
        Fault::NulledFields,
        Fault::ExtraFields,
    ];
    let refused = [400, 401, 404, 408, 409, 422, 425, 429, 500, 501, 502, 503, 504, 520].map(Fault::Status);
    let hidden = [301, 302, 303, 408, 500, 502, 503, 504, 520, 524, 529].map(Fate::Hidden);
    let struck = faults.into_iter().chain(refused).map(Fate::Struck);
    [Fate::Arrives, Fate::NoConnection].into_iter().chain(struck).chain(hidden).collect()
}

/// Up to four attempts of the schedule with this number; those that follow arrive.
fn schedule(number: u64) -> VecDeque<Fate> {
    let fates = fates();
    // SplitMix64.
    let mut state = number;
    let mut chance = |below: usize| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % below as u64) as usize
    };
    (0..=chance(4)).map(|_| fates[chance(fates.len())].clone()).collect()
}

/// Leads to a sandbox as the schedule has it.
struct Fated {
    sandbox: Arc<Sandbox>,
    schedule: Mutex<VecDeque<Fate>>,
}

impl Transport for Fated {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        let fate = self.schedule.lock().unwrap().pop_front().unwrap_or(Fate::Arrives);
        let transport = self.sandbox.transport();
        Box::pin(async move {
            self.sandbox.clear_faults();
            match fate {
                Fate::Arrives => transport.send(request).await,
                Fate::NoConnection => Err(SendError::connect("refused")),
                Fate::Struck(fault) => {
                    self.sandbox.inject(fault);
                    transport.send(request).await
                }
                Fate::Hidden(status) => {
                    transport.send(request).await?;
                    Ok(Response::builder().status(status).body(Body::empty()).unwrap())
                }
            }
        })
    }
}

impl fmt::Debug for Fated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fated")
    }
}

/// Keeps the bodies of the answers.
#[derive(Debug)]
struct Watched {
    inner: Arc<dyn Transport>,
    bodies: Mutex<Vec<Bytes>>,
}

impl Transport for Watched {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        Box::pin(async move {
            let (head, body) = self.inner.send(request).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            self.bodies.lock().unwrap().push(body.clone());
            Ok(Response::from_parts(head, body.into()))
        })
    }
}

/// The bodies without the ids of their requests, which count requests and not what came of them.
fn told(bodies: &[Bytes]) -> Vec<Value> {
    let read =
        |body: &Bytes| serde_json::from_slice(body).unwrap_or_else(|_| Value::from(format!("{body:?}")));
    let mut bodies: Vec<_> = bodies.iter().map(read).collect();
    for body in bodies.iter_mut().filter_map(Value::as_object_mut) {
        body.retain(|name, _| !["request_id", "correlationId"].contains(&name.as_str()));
    }
    bodies
}

/// A sandbox where one call of the operation succeeds, and what the call is made with: the same each time.
struct Stage<'a> {
    call: &'a Case,
    sandbox: Arc<Sandbox>,
    input: Input,
    /// How many calls of the operation led there.
    before: usize,
}

/// What the call is to be made with where a customer has to act before; no client could.
async fn prepared(sandbox: &Sandbox, id: &str) -> Option<Input> {
    match id {
        #[cfg(feature = "apideck")]
        "apideck.vault.connections.confirm" => {
            use connectory::apideck::vault::connections::{AuthorizeLink, RedirectFragment};
            let connections = sandbox.client().apideck().consumer("test-consumer").vault().connections();
            let hubspot = connections.get("crm", "hubspot").await.unwrap().data;
            let link = AuthorizeLink::new("http://localhost/done").nonce("n-1");
            let back = sandbox.apideck().visit(&hubspot.authorize_link(&link).unwrap()).unwrap();
            let token = RedirectFragment::parse(back.expose_secret()).unwrap().confirm_token;
            let ids = ["crm", "hubspot", "leads"].map(str::to_owned).to_vec();
            Some(Input { ids, secret: token.expose_secret().to_owned(), ..Input::default() })
        }
        _ => None,
    }
}

/// All that a vendor's reads and events tell.
type State = BTreeMap<&'static str, String>;

impl<'a> Stage<'a> {
    async fn of(call: &'a Case) -> Self {
        let builder = Sandbox::builder().seed(7).stopped_at(SystemTime::UNIX_EPOCH);
        #[cfg(feature = "deck")]
        let builder = builder.deck_connection(Input::default().secret);
        #[cfg(feature = "apideck")]
        let builder = builder
            .apideck_connection("test-consumer", "crm", "salesforce", "callable")
            .apideck_connection("test-consumer", "hris", "personio", "callable");
        let sandbox = Arc::new(builder.in_memory().unwrap());
        let input = match (prepared(&sandbox, call.id).await, call.stage) {
            (Some(input), _) => input,
            (None, Some(prepare)) => prepare(of_sandbox(&sandbox).build().unwrap()).await,
            (None, None) => Input::default(),
        };
        sandbox.advance(input.after);
        let before = sandbox.requests_of(call.id).len();
        Self { call, sandbox, input, before }
    }

    async fn play(&self, schedule: VecDeque<Fate>) -> Result<Given, Error> {
        let fated = Fated { sandbox: self.sandbox.clone(), schedule: Mutex::new(schedule) };
        let builder = of_sandbox(&self.sandbox).transport(Arc::new(fated)).max_body(100_000);
        (self.call.send)(&builder.build().unwrap(), &self.input).await
    }

    async fn state(&self) -> State {
        self.sandbox.clear_faults();
        let mut state = State::new();
        for read in calls::all() {
            let operation = read.operation();
            // What was asked is not what it did.
            let is_log = read.id == "apideck.vault.logs.list";
            let is_of_vendor = operation.provider() == self.call.operation().provider();
            if is_of_vendor && operation.repeat() == Repeat::Read && !is_log {
                let inner = self.sandbox.transport();
                let watched = Arc::new(Watched { inner, bodies: Mutex::default() });
                let client = of_sandbox(&self.sandbox).transport(watched.clone()).build().unwrap();
                // What a call asks for beyond that might hide what a write has done.
                let send = read.required.map_or(read.send, |(send, _)| send);
                let _ = send(&client, &self.input).await;
                state.insert(read.id, format!("{:?}", told(&watched.bodies.lock().unwrap())));
            }
        }
        #[cfg(feature = "deck")]
        {
            let posted = self.sandbox.deliveries().into_iter();
            let posted = posted.filter(|delivery| delivery.provider == connectory::Provider::Deck);
            let bodies: Vec<_> = posted.map(|delivery| delivery.body).collect();
            state.insert("events", format!("{bodies:?}"));
        }
        #[cfg(feature = "codat")]
        if let Some(key) = self.sandbox.codat().zapier_key() {
            state.insert("zapier_key", key.expose_secret().to_owned());
        }
        state
    }

    /// What is not as promised, if anything, when the schedule has been played.
    async fn broken_promise(
        self,
        schedule: VecDeque<Fate>,
        untouched: &State,
        done: &State,
    ) -> Option<String> {
        let result = self.play(schedule).await;
        let requests = self.sandbox.requests_of(self.call.id).split_off(self.before);
        let handled = requests.iter().filter(|request| request.was_handled).count();
        let keys: BTreeSet<_> = requests.iter().map(|request| idempotency_key(&request.headers)).collect();
        let state = self.state().await;
        let repeat = self.call.operation().repeat();
        // Where the vendor shows nothing of it, having seen it is having done it.
        let applied = if done == untouched { handled > 0 } else { state == *done };
        let truthful = match &result {
            Ok(_) => applied,
            Err(error) => match error.outcome() {
                Outcome::Applied => applied,
                Outcome::Refused => !applied,
                Outcome::NotSent => requests.is_empty(),
                _ => true,
            },
        };
        if state != *untouched && state != *done {
            Some(format!("what is left is neither nothing nor one effect: {state:#?}"))
        } else if repeat == Repeat::Once && handled > 1 {
            Some(format!("carried out {handled} times"))
        } else if repeat != Repeat::Keyed && applied != (handled > 0) {
            Some("seen by the vendor and not carried out".to_owned())
        } else if keys.len() > 1 || keys.contains(&None) == (repeat == Repeat::Keyed) && !keys.is_empty() {
            Some(format!("sent under the keys {keys:?}"))
        } else {
            (!truthful).then(|| format!("told {result:?}, and applied is {applied}"))
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r12_no_schedule_of_faults_doubles_a_write_or_falsifies_its_outcome() {
    let writes: Vec<_> =
        calls::all().into_iter().filter(|call| call.operation().repeat() != Repeat::Read).collect();
    let mut states = Vec::new();
    for call in &writes {
        let stage = Stage::of(call).await;
        let untouched = stage.state().await;
        let stage = Stage::of(call).await;
        let result = stage.play(VecDeque::new()).await;
        assert!(result.is_ok(), "{} fails where nothing goes wrong: {result:?}", call.id);
        states.push((untouched, stage.state().await));
    }
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let numbers = match number("CONNECTORY_SCHEDULE") {
        Some(one) => one..one + 1,
        None => 0..number("CONNECTORY_SCHEDULES").unwrap_or(1000),
    };
    // The vendors that are compiled in may have no writes.
    for number in numbers.filter(|_| !writes.is_empty()) {
        let index = number as usize % writes.len();
        let (call, (untouched, done)) = (&writes[index], &states[index]);
        let schedule = schedule(number);
        let stage = Stage::of(call).await;
        if let Some(problem) = stage.broken_promise(schedule.clone(), untouched, done).await {
            panic!("{}, CONNECTORY_SCHEDULE={number}, {schedule:?}: {problem}", call.id);
        }
    }
}

/// An update is idempotent but for what it appends.
#[cfg(feature = "apideck")]
#[tokio::test(start_paused = true)]
async fn r12_a_consent_whose_answer_is_lost_is_recorded_once() {
    use connectory::apideck::vault::connections::{
        ConsentRecordInput, DataScopesResources, UpdateConnection,
    };
    let sandbox = Sandbox::builder().in_memory().unwrap();
    sandbox.inject(Fault::ResetAfter);
    let connections = sandbox.client().apideck().consumer("acme").vault().connections();
    let enabled = UpdateConnection::new().enabled(true);
    let consent = ConsentRecordInput::new(true, DataScopesResources::all());
    let with_consent = enabled.clone().latest_consent(consent.clone());
    for (update, attempts) in [(enabled, 3), (with_consent, 1)] {
        let errors = [
            connections.update("crm", "salesforce", &update).await.unwrap_err(),
            connections.update_resource_settings("crm", "salesforce", "leads", &update).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.attempts(), error.outcome()), (attempts, Outcome::Unknown));
        }
    }
    let error = connections.update_consent("crm", "salesforce", &consent).await.unwrap_err();
    assert_eq!((error.attempts(), error.outcome()), (1, Outcome::Unknown));
    sandbox.clear_faults();
    let connection = connections.get("crm", "salesforce").await.unwrap().data;
    assert_eq!(connection.consents.len(), 3, "one each");
}
