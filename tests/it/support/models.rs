//! Any bytes as the answer of every operation. The tests run it under proptest, `fuzz/` runs it under libFuzzer.

use super::{
    calls::{self, Case, Stored},
    memory::{Memory, Step},
};
use connectory::{Client, DecodeCategory, Error, Outcome, Provider};
use serde_json::{Value, json};

/// A client that is answered from memory.
pub struct Models {
    runtime: tokio::runtime::Runtime,
    memory: Memory,
    client: Client,
    calls: Vec<Case>,
    stored: Vec<(Provider, Stored)>,
}

impl Models {
    pub fn new(client: impl FnOnce(&Memory) -> Client) -> Self {
        let memory = Memory::default();
        Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap(),
            client: client(&memory),
            memory,
            calls: calls::all().into_iter().filter(Case::reads_body).collect(),
            stored: calls::all()
                .into_iter()
                .flat_map(|case| {
                    let provider = case.operation().provider();
                    case.stores.into_iter().map(move |stored| (provider, stored))
                })
                .collect(),
        }
    }

    /// Answers every call of this vendor with the bytes as they are, and one with its own answer changed as they say.
    pub fn answer(&self, provider: Provider, data: &[u8]) {
        let calls = self.calls.iter().filter(|call| call.operation().provider() == provider);
        let calls: Vec<_> = calls.collect();
        for call in &calls {
            self.check(call, data);
        }
        self.check_stored(provider, data);

        let Some((first, changes)) = data.split_first() else { return };
        let call = calls[usize::from(*first) % calls.len()];
        let mut answer = serde_json::from_str(&call.answer.1.replace("{secret}", "s3cret")).unwrap();
        change(&mut answer, changes);
        self.check(call, answer.to_string().as_bytes());
        each_object(&answer, &mut |object| self.check_stored(provider, object.to_string().as_bytes()));
    }

    /// A value, or an error that says where and keeps the body.
    fn check(&self, call: &Case, body: &[u8]) {
        self.memory.play([Step::answer(call.answer.0, body.to_vec())]);
        let result = self.runtime.block_on(call.send_default(&self.client));
        assert_eq!(self.memory.take_requests().len(), 1, "{}", call.id);
        match result {
            Ok(_) => {
                let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
                let json = serde_json::from_slice::<serde::de::IgnoredAny>(body);
                assert!(json.is_ok(), "{}: what is no JSON has no value", call.id);
            }
            Err(error) => {
                let Error::Decode(decode) = &error else { panic!("{}: {error:?}", call.id) };
                assert!(
                    !matches!(decode.category(), DecodeCategory::Encrypted | DecodeCategory::Cycle),
                    "{decode}"
                );
                assert_eq!((error.outcome(), error.attempts()), (Outcome::Applied, 1), "{error}");
                let kept = &body[..body.len().min(64 * 1024)];
                assert_eq!(error.body().unwrap(), kept, "{error}");
                let line = error.to_string();
                assert!(!line.contains(char::is_control) && line.len() < 300 + 10 * 100, "{line:?}");
            }
        }
    }

    fn check_stored(&self, provider: Provider, json: &[u8]) {
        for (_, stored) in self.stored.iter().filter(|(vendor, _)| *vendor == provider) {
            (stored.check)(json);
        }
    }
}

/// What comes in the place of something else.
const VALUES: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "9223372036854775807",
    "18446744073709551615",
    "1e308",
    "-0.5",
    r#""""#,
    r#""7""#,
    r#""*""#,
    r#""2024-09-01T23:59:99Z""#,
    r#""\u0000\u202e""#,
    "[]",
    "{}",
    "[null]",
    "[[{}]]",
    r#"{"":null}"#,
    r#"{"option_type":"group","label":"","options":[{"label":"","value":[]},null]}"#,
    r#"{"option_type":"simple","label":"","value":{"a":1.5}}"#,
];

/// Changes the JSON: each two bytes say where, and what comes there.
fn change(json: &mut Value, changes: &[u8]) {
    for change in changes.chunks_exact(2).take(16) {
        let (mut place, kind) = (usize::from(change[0]) % count(json), usize::from(change[1]));
        let Some(value) = nth(json, &mut place) else { continue };
        *value = match VALUES.get(kind) {
            Some(replacement) => serde_json::from_str(replacement).unwrap(),
            None if kind % 3 == 0 => json!([value.take()]),
            None if kind % 3 == 1 => json!({ "unseen": value.take() }),
            None => char::from(change[1]).to_string().into(),
        };
    }
}

/// How many values there are in it, itself included.
fn count(json: &Value) -> usize {
    1 + match json {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// The value in this place, counted from itself at 0.
fn nth<'a>(json: &'a mut Value, place: &mut usize) -> Option<&'a mut Value> {
    if *place == 0 {
        return Some(json);
    }
    *place -= 1;
    match json {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, place)),
        Value::Object(members) => members.values_mut().find_map(|member| nth(member, place)),
        _ => None,
    }
}

fn each_object(json: &Value, visit: &mut impl FnMut(&Value)) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| each_object(item, visit)),
        Value::Object(members) => {
            visit(json);
            members.values().for_each(|member| each_object(member, visit));
        }
        _ => {}
    }
}
