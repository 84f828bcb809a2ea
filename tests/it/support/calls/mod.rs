//! A case for each operation: how it is called, what that sends, what comes back. The generic tests run over all of them.
//!
//! They stand in the file of their group, as the methods do. An operation that is missing here fails `coverage`.

use super::memory::Step;
use connectory::operation::Operation;
use connectory::{Call, Client, Error};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{fmt::Debug, pin::Pin, time::Duration};

/// All that the tests know of one operation.
pub struct Case {
    /// The operation's id.
    pub id: &'static str,
    /// How it is called with everything set.
    pub send: Sending,
    /// What that sends, as [`Request`] reads it.
    pub request: &'static str,
    /// The same for a call with the required arguments only, where there are others.
    pub required: Option<(Sending, &'static str)>,
    /// The status and body of a success, with every member that the model has; `{secret}` in it stands for a secret.
    ///
    /// Of operations that return the same, one has them all. A member `unseen` is one that the model does not know.
    pub answer: (u16, &'static str),
    /// The places of what the answer may not lack: the resource's own id, or the value that the call exists to return.
    pub needs: &'static [&'static str],
    /// The types of the answer that callers may store, each at one operation.
    pub stores: Vec<Stored>,
    /// What leads a sandbox to where the call succeeds; nothing has to where it is not set.
    pub stage: Option<fn(Client) -> Staged>,
}

pub type Sending = fn(&Client, &Input) -> Sent;

pub type Sent = Pin<Box<dyn Future<Output = Result<Given, Error>> + Send>>;

/// What a call is to be made with.
pub type Staged = Pin<Box<dyn Future<Output = Input> + Send>>;

impl Default for Case {
    fn default() -> Self {
        Self {
            id: "",
            send: |_, _| panic!("the case does not say how it is called"),
            request: "",
            required: None,
            answer: (200, ""),
            needs: &[],
            stores: Vec::new(),
            stage: None,
        }
    }
}

/// What a caller can make of an answer.
#[derive(Debug)]
pub struct Given {
    /// What was sent and what came, the call and its response too, as `{:?}` and `{:#?}` print them.
    pub shown: String,
    /// The body, or whatever else the call takes, and the value as `{:?}` prints them.
    pub models: [String; 2],
    /// The value as the caller may store it; nothing of it where it holds secrets.
    pub stored: Option<Value>,
    /// What anybody serialises the value to; nothing where it cannot be.
    pub written: Option<Value>,
    /// The places of what was left out of it.
    pub unread: Vec<String>,
    /// The body, or whatever else the call takes, as anybody but the client serialises it.
    pub serialised: Value,
}

impl Case {
    pub fn operation(&self) -> &'static Operation {
        connectory::operations().find(|operation| operation.id() == self.id).unwrap()
    }

    /// How many ids its path takes.
    pub fn ids(&self) -> usize {
        self.operation().path().matches('{').count()
    }

    /// The answer of a success, with the secret in its place.
    pub fn success(&self, secret: &str) -> Step {
        Step::answer(self.answer.0, self.answer.1.replace("{secret}", secret))
    }

    /// Whether the body of a success is read and decoded: it is not where nothing or a stream is returned.
    pub fn reads_body(&self) -> bool {
        self.answer.1.starts_with('{')
    }

    /// Sends it with what needs no attention.
    pub fn send_default(&self, client: &Client) -> Sent {
        (self.send)(client, &Input::default())
    }

    /// Each way to call it, with what that sends.
    pub fn ways(&self) -> impl Iterator<Item = (Sending, Request)> {
        let ways = [Some((self.send, self.request)), self.required];
        ways.into_iter().flatten().map(|(send, text)| (send, Request::read(text, &Input::default())))
    }
}

/// What a call is made with.
pub struct Input {
    /// The ids of the path in URL order; without any, what the body picks out.
    pub ids: Vec<String>,
    /// Goes into every member of the body that is secret.
    pub secret: String,
    /// The same, for members that take numbers.
    pub number: u64,
    /// How much time a sandbox's clock has to move before the call.
    pub after: Duration,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            ids: vec!["first".into(), "second".into(), "third".into()],
            secret: "whsec_czNjcmV0LXZhbHVl".into(),
            number: 482_913,
            after: Duration::ZERO,
        }
    }
}

/// What goes over the wire.
#[derive(Debug, PartialEq)]
pub struct Request {
    /// Method, path and query.
    pub line: String,
    /// The headers of its own, besides those that every call of the vendor has.
    pub headers: Vec<(String, String)>,
    pub json: Option<Value>,
}

impl Request {
    /// Reads a request line, headers and JSON, each on lines of their own, with `{secret}` and `{number}` of the input.
    fn read(text: &str, input: &Input) -> Self {
        let text = text.replace("{secret}", &input.secret).replace("{number}", &input.number.to_string());
        let (head, json) = text.split_at(text.find('{').unwrap_or(text.len()));
        let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
        let line = lines.next().unwrap_or_default().to_owned();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_owned(), value.to_owned())
        };
        let json = (!json.is_empty()).then(|| serde_json::from_str(json).unwrap());
        Self { line, headers: lines.map(header).collect(), json }
    }
}

/// A type that callers may store: what is read from JSON is written to JSON that reads as the same.
pub struct Stored {
    pub name: &'static str,
    pub check: fn(&[u8]),
}

impl Stored {
    fn of<T: Serialize + DeserializeOwned>() -> Self {
        let path = std::any::type_name::<T>().split('<').next().unwrap();
        let check = |json: &[u8]| {
            let Ok(read) = serde_json::from_slice::<T>(json) else { return };
            let written = serde_json::to_string(&read).unwrap();
            let again: T = serde_json::from_str(&written).unwrap();
            assert_eq!(serde_json::to_string(&again).unwrap(), written);
        };
        Self { name: path.rsplit("::").next().unwrap(), check }
    }
}

/// The types that callers may store.
macro_rules! stores {
    ($($type:ty),+ $(,)?) => { vec![$(Stored::of::<$type>()),+] };
}

/// A call with its body, or whatever else it takes.
fn sent<T: Debug + 'static>(body: &(impl Debug + Serialize), call: Call<T>) -> Sent {
    given(body, call, |_| None, |_| None)
}

/// A call whose value can be stored whole.
fn storable<T: Debug + Serialize + 'static>(body: &(impl Debug + Serialize), call: Call<T>) -> Sent {
    given(body, call, |value| Some(as_json(value)), |value| Some(as_json(value)))
}

/// A call whose value is serialised without its secrets, and can be stored whole as this says.
fn with_secrets<T: Debug + Serialize + 'static>(
    body: &(impl Debug + Serialize),
    call: Call<T>,
    stored: fn(&T) -> Option<Value>,
) -> Sent {
    given(body, call, stored, |value| Some(as_json(value)))
}

/// The value as JSON; as its text where no `Value` can hold it.
fn as_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_else(|_| serde_json::to_string(value).unwrap().into())
}

fn given<T: Debug + 'static>(
    body: &(impl Debug + Serialize),
    call: Call<T>,
    stored: fn(&T) -> Option<Value>,
    written: fn(&T) -> Option<Value>,
) -> Sent {
    let shown = format!("{body:?} {body:#?} {call:?} {call:#?}");
    let (serialised, asked) = (json!(body), format!("{body:?}"));
    Box::pin(async move {
        let response = call.response().await?;
        let shown = format!("{shown} {response:?} {response:#?}");
        let models = [asked, format!("{:?}", response.value())];
        let unread = response.unread().iter().map(|unread| unread.path().to_owned()).collect();
        let (stored, written) = (stored(response.value()), written(response.value()));
        Ok(Given { shown, models, stored, written, serialised, unread })
    })
}

/// Nothing to prepare but these ids. Those that are missing are any: the reads that look at the outcome may take more.
fn staged<const N: usize>(ids: [&str; N]) -> Staged {
    let mut input = Input::default();
    input.ids.splice(..N, ids.map(str::to_owned));
    Box::pin(async { input })
}

pub fn all() -> Vec<Case> {
    let groups = [
        #[cfg(feature = "deck")]
        deck::cases(),
        #[cfg(feature = "apideck")]
        apideck::cases(),
        #[cfg(feature = "codat")]
        codat::cases(),
        #[cfg(feature = "deck-v2")]
        deck_v2::cases(),
    ];
    groups.into_iter().flatten().collect()
}

#[cfg(feature = "apideck")]
mod apideck;
#[cfg(feature = "codat")]
mod codat;
#[cfg(feature = "deck")]
mod deck;
#[cfg(feature = "deck-v2")]
mod deck_v2;
