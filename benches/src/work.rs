//! The work that all clients do.

use crate::{
    bare::Bare,
    hand::{self, Hand},
    ours::{self, Ours},
    server,
};
use connectory::HttpStack;
use serde_json::{Map, Value, json};
use std::{fmt, str::FromStr, sync::Arc};

/// Apideck's example of an update, 2.4 kB without its white space.
pub const UPDATE: &str = include_str!("../../tests/it/apideck/vault/update.json");

/// Apideck's example of a refusal.
const REFUSAL: &str = r#"{"status_code":422,"error":"Unprocessable Entity","type_name":"InvalidStateError",
"message":"Invalid State","detail":"Unprocessable request, please verify your request headers and body.",
"ref":"https://developers.apideck.com/errors#invalidstateerror"}"#;

/// Apideck's example of a connection.
const CONNECTION: &str = include_str!("../../tests/it/apideck/vault/connection.json");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Reads one connection of Apideck's.
    Get,
    /// Changes one, with the vendor's example of a body.
    Patch,
    /// Asks for one and is refused.
    Refused,
    /// Rotates an access token of Deck's: a small body each way.
    Post,
    /// Mints an access token of Codat's.
    Token,
    /// Lists so many connections of Apideck's.
    List(usize),
    /// Decodes the answer of such a list, without a call.
    Decode(usize),
}

impl Work {
    /// The body of its answer.
    pub fn answer(self) -> String {
        let mut example = connection();
        match self {
            Self::Get | Self::Patch => example.to_string(),
            Self::Refused => REFUSAL.replace('\n', ""),
            Self::Token => {
                r#"{"expiresIn":86400,"accessToken":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln","tokenType":"Bearer"}"#.to_owned()
            }
            Self::Post => {
                r#"{"new_access_token":"access-development-2b566e6a-d404-4099-9cf4-08de1282be2b"}"#.to_owned()
            }
            Self::List(count) | Self::Decode(count) => {
                let item = example["data"].take().to_string();
                // One allocation, with room for the head: the peak of what follows is to be the client's.
                let mut list = String::with_capacity(count * (item.len() + 1) + 300);
                list.push_str(r#"{"status_code":200,"status":"OK","data":["#);
                for index in 0..count {
                    list.push_str(if index == 0 { "" } else { "," });
                    list.push_str(&item);
                }
                list.push_str("]}");
                list
            }
        }
    }
}

/// The example with the scopes of a customer who has consented to some fields, in each place that has scopes: 4.6 kB.
fn connection() -> Value {
    const RESOURCES: [(&str, &[&str]); 2] = [
        (
            "hris.employees",
            &[
                "id",
                "first_name",
                "last_name",
                "email",
                "addresses[].street",
                "addresses[].city",
                "employment.job_title",
                "custom_fields[].employee_number",
            ],
        ),
        ("hris.departments", &["id", "name", "code"]),
    ];
    let fields = |names: &[&str]| -> Map<String, Value> {
        let fields =
            names.iter().map(|name| (name.to_string(), json!({ "read": true, "write": *name != "id" })));
        fields.collect()
    };
    let resources = RESOURCES.map(|(resource, names)| (resource.to_owned(), fields(names).into()));
    let resources = Value::Object(resources.into_iter().collect());
    let mut example: Value = serde_json::from_str(CONNECTION).expect("the example is JSON");
    // What belongs to lists and to troubleshooting.
    example
        .as_object_mut()
        .expect("an object")
        .retain(|name, _| !["meta", "links", "_raw"].contains(&name.as_str()));
    let data = &mut example["data"];
    for scopes in ["/latest_consent", "/consents/0", "/application_data_scopes"] {
        data.pointer_mut(scopes).expect("the example has it")["resources"] = resources.clone();
    }
    // The third field's nested options are in the body of the PATCH.
    data["form_fields"].as_array_mut().expect("a list").truncate(2);
    example
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Get => f.pad("get"),
            Self::Patch => f.pad("patch"),
            Self::Refused => f.pad("refused"),
            Self::Post => f.pad("post"),
            Self::Token => f.pad("token"),
            Self::List(count) => f.pad(&format!("list:{count}")),
            Self::Decode(count) => f.pad(&format!("decode:{count}")),
        }
    }
}

impl FromStr for Work {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let count = |count: &str| count.parse().map_err(|_| format!("{count} is no number"));
        match text.split_once(':') {
            None if text == "get" => Ok(Self::Get),
            None if text == "patch" => Ok(Self::Patch),
            None if text == "refused" => Ok(Self::Refused),
            None if text == "post" => Ok(Self::Post),
            None if text == "token" => Ok(Self::Token),
            Some(("list", number)) => count(number).map(Self::List),
            Some(("decode", number)) => count(number).map(Self::Decode),
            _ => Err(format!("{text} is no work")),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// connectory on reqwest.
    Reqwest,
    /// connectory on hyper.
    Hyper,
    /// reqwest and serde by hand.
    Hand,
    /// hyper and serde by hand.
    Bare,
}

impl Who {
    pub const ALL: [Self; 4] = [Self::Reqwest, Self::Hyper, Self::Hand, Self::Bare];
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reqwest => "on-reqwest",
            Self::Hyper => "on-hyper",
            Self::Hand => "hand",
            Self::Bare => "bare",
        })
    }
}

impl FromStr for Who {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|who| who.to_string() == text)
            .ok_or_else(|| format!("{text} is no client"))
    }
}

/// The calls that every client makes; what comes of them is dropped.
pub trait Calls: Sync {
    fn get(&self) -> impl Future<Output = ()> + Send;
    fn update(&self) -> impl Future<Output = ()> + Send;
    /// Gets a connection that the vendor refuses to give.
    fn refused(&self) -> impl Future<Output = ()> + Send;
    fn rotate(&self) -> impl Future<Output = ()> + Send;
    fn token(&self) -> impl Future<Output = ()> + Send;
    fn list(&self) -> impl Future<Output = ()> + Send;
}

async fn call(client: &impl Calls, work: Work) {
    match work {
        Work::Get => client.get().await,
        Work::Patch => client.update().await,
        Work::Refused => client.refused().await,
        Work::Post => client.rotate().await,
        Work::Token => client.token().await,
        Work::List(_) | Work::Decode(_) => client.list().await,
    }
}

/// One of the clients, with what it needs for its work.
#[derive(Clone)]
pub enum Worker {
    Ours(Work, Ours),
    Hand(Work, Hand),
    Bare(Work, Bare),
    OurDecoder(Arc<str>),
    HandDecoder(Arc<str>),
}

impl Worker {
    pub fn new(who: Who, work: Work) -> Self {
        let answer = work.answer();
        if let Work::Decode(_) = work {
            return match who {
                Who::Reqwest | Who::Hyper => Self::OurDecoder(answer.into()),
                Who::Hand | Who::Bare => Self::HandDecoder(answer.into()),
            };
        }
        let status = if work == Work::Refused { "422 Unprocessable Entity" } else { "200 OK" };
        let base = format!("http://{}", server::answering(status, answer));
        match who {
            Who::Reqwest => Self::Ours(work, Ours::new(&base, UPDATE, HttpStack::Reqwest)),
            Who::Hyper => Self::Ours(work, Ours::new(&base, UPDATE, HttpStack::Hyper)),
            Who::Hand => Self::Hand(work, Hand::new(&base, UPDATE)),
            Who::Bare => Self::Bare(work, Bare::new(&base, UPDATE)),
        }
    }

    /// Does the work so often, and drops what it came to.
    pub async fn run(&self, times: usize) {
        for _ in 0..times {
            match self {
                Self::Ours(work, client) => call(client, *work).await,
                Self::Hand(work, client) => call(client, *work).await,
                Self::Bare(work, client) => call(client, *work).await,
                Self::OurDecoder(answer) => drop(ours::decode(answer.as_bytes())),
                Self::HandDecoder(answer) => drop(hand::decode(answer.as_bytes())),
            }
        }
    }
}
