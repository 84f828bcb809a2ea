//! R33: an answer whose members change in any one place still decodes, for every operation that answers with JSON.

use crate::support::{
    calls::{self, Case, Given},
    memory::{Memory, Step},
    offline,
};
use connectory::{Client, Error, Outcome};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One change in one place.
struct Mutation {
    kind: &'static str,
    /// A JSON pointer to the place.
    place: String,
    body: Value,
}

impl Mutation {
    /// Whether it takes away what the answer may not lack.
    fn is_fatal(&self, case: &Case) -> bool {
        matches!(self.kind, "nulled" | "removed") && case.needs.contains(&&*self.place)
    }
}

fn mutations(body: &Value) -> Vec<Mutation> {
    let mut places = Vec::new();
    collect_places(body, "", &mut places);
    let mut mutations = Vec::new();
    for place in places {
        let mut mutate = |kind, replacement: Option<Value>| {
            let body = replaced(body, &place, replacement);
            mutations.push(Mutation { kind, place: place.clone(), body });
        };
        match body.pointer(&place).unwrap() {
            Value::Object(members) => {
                let mut members = members.clone();
                members.insert("unseen member".to_owned(), json!({ "a": [1, null] }));
                mutate("extended", Some(members.into()));
            }
            Value::String(_) => {
                mutate("unseen", Some(json!("unseen \u{1F980} value")));
                mutate("emptied", Some(json!("")));
            }
            Value::Number(number) if number.is_i64() => {
                mutate("narrowed", Some(json!(i64::MIN)));
                mutate("widened", Some(json!(i64::MAX)));
                mutate("beyond", Some(json!(u64::MAX)));
                mutate("broken", Some(json!(0.5)));
            }
            Value::Array(items) => {
                mutate("with a null", Some(items.iter().cloned().chain([Value::Null]).collect()));
            }
            _ => {}
        }
        if let Some(parent) = parent(body, &place) {
            mutate("nulled", Some(Value::Null));
            if parent.is_object() {
                mutate("removed", None);
            }
        }
    }
    mutations
}

/// The JSON pointers to the value and to all that is in it.
fn collect_places(value: &Value, place: &str, places: &mut Vec<String>) {
    places.push(place.to_owned());
    let mut below = |step: &str, value| {
        let step = step.replace('~', "~0").replace('/', "~1");
        collect_places(value, &format!("{place}/{step}"), places);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, member)| below(key, member)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| below(&index.to_string(), item));
        }
        _ => {}
    }
}

fn parent<'a>(body: &'a Value, place: &str) -> Option<&'a Value> {
    body.pointer(place.rsplit_once('/')?.0)
}

/// The body with another value in this place, or with none.
fn replaced(body: &Value, place: &str, replacement: Option<Value>) -> Value {
    let mut body = body.clone();
    match replacement {
        Some(value) => *body.pointer_mut(place).unwrap() = value,
        None => {
            let (parent, key) = place.rsplit_once('/').unwrap();
            let members = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            members.remove(&key.replace("~1", "/").replace("~0", "~")).unwrap();
        }
    }
    body
}

/// What comes of the call when it is answered like this.
async fn answered(client: &(Client, Memory), call: &Case, status: u16, body: &Value) -> Result<Given, Error> {
    let (client, vendor) = client;
    vendor.take_requests();
    vendor.play([Step::answer(status, body.to_string())]);
    call.send_default(client).await
}

fn client() -> (Client, Memory) {
    let vendor = Memory::default();
    (offline(&vendor), vendor)
}

/// Every case with its answer; Apideck's list with a connection that has every member.
fn answers() -> Vec<(Case, Value)> {
    let answer = |case: Case| serde_json::from_str(case.answer.1).ok().map(|body: Value| (case, body));
    let mut answers: Vec<_> = calls::all().into_iter().filter_map(answer).collect();
    #[cfg(feature = "apideck")]
    {
        let of = |id| answers.iter().position(|(case, _)| case.id == id).unwrap();
        let (list, get) = (of("apideck.vault.connections.list"), of("apideck.vault.connections.get"));
        // What the example has in one place only may stand in others too.
        let data = &mut answers[get].1["data"];
        data["configuration"][0]["defaults"][0]["options"] = data["form_fields"][2]["options"].clone();
        data["latest_consent"] = data["consents"][0].clone();
        answers[list].1["data"] = json!([data]);
    }
    answers
}

/// A member is not kept where nobody sees whether it is there, or what is in its place.
#[tokio::test(start_paused = true)]
async fn what_an_answer_holds_is_kept_by_its_model() {
    let client = client();
    let mut lost = Vec::new();
    for (case, body) in answers() {
        let whole = answered(&client, &case, case.answer.0, &body).await.unwrap();
        let mut places = Vec::new();
        collect_places(&body, "", &mut places);
        // What is marked as unseen is there to be ignored.
        places.retain(|place| !place.is_empty() && !place.contains("/unseen"));
        for place in places.iter().filter(|place| !body.pointer(place).unwrap().is_null()) {
            let mut changes = vec![body.clone()];
            without(&mut changes[0], place);
            changes.extend([json!(7), json!({})].map(|odd| replaced(&body, place, Some(odd))));
            let mut is_kept = false;
            for change in changes {
                is_kept |= match answered(&client, &case, case.answer.0, &change).await {
                    Ok(given) => given.shown != whole.shown || given.stored != whole.stored,
                    Err(_) => true,
                };
            }
            if !is_kept {
                lost.push(format!("{}: {place}", case.id));
            }
        }
    }
    assert!(lost.is_empty(), "in the answer, and nowhere to be seen:\n{}", lost.join("\n"));
}

/// The members of the structs that this `{:?}` shows, and whether something is in them.
fn members_in(shown: &str) -> Vec<(String, bool)> {
    let (mut members, mut structs, mut word, mut rest) = (Vec::new(), Vec::new(), String::new(), shown);
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        match letter {
            '"' => {
                let mut escaped = false;
                let end = rest.find(|letter| {
                    let is_end = letter == '"' && !escaped;
                    escaped = letter == '\\' && !escaped;
                    is_end
                });
                rest = &rest[end.unwrap() + 1..];
            }
            '{' => structs.push(std::mem::take(&mut word)),
            '}' => drop(structs.pop()),
            ':' => {
                let is_set = ![" None", " Keep", " []"].iter().any(|nothing| rest.starts_with(nothing));
                members.push((format!("{}.{word}", structs.last().unwrap()), is_set));
            }
            _ if letter.is_alphanumeric() || letter == '_' => word.push(letter),
            ' ' if rest.starts_with('{') => {}
            _ => word.clear(),
        }
    }
    members
}

#[tokio::test(start_paused = true)]
async fn what_a_model_has_is_set_by_a_case() {
    // The length is not the model's; with `latest_consent` an update is no longer what its operation says.
    const ON_PURPOSE: [&str; 3] = [".unread", "Download.content_length", "UpdateConnection.latest_consent"];
    let (client, vendor) = client();
    let mut members = BTreeMap::new();
    for case in calls::all() {
        vendor.play([case.success("s3cret")]);
        let given = case.send_default(&client).await.unwrap();
        for (member, is_set) in given.models.iter().flat_map(|shown| members_in(shown)) {
            *members.entry(member).or_insert(false) |= is_set;
        }
    }
    members.retain(|member, is_set| !*is_set && !ON_PURPOSE.iter().any(|end| member.ends_with(end)));
    assert!(members.is_empty(), "no case has anything in {:?}", members.keys());
}

#[tokio::test(start_paused = true)]
async fn r33_a_change_in_one_place_never_costs_the_answer() {
    let mut made = BTreeMap::<&str, u32>::new();
    let mut failures = Vec::new();
    let client = client();
    for (call, body) in answers() {
        let status = call.answer.0;
        let unchanged = answered(&client, &call, status, &body).await.unwrap().stored.unwrap_or_default();
        for mutation in mutations(&body) {
            *made.entry(mutation.kind).or_default() += 1;
            let context = format!("{}: {} {}", call.id, mutation.place, mutation.kind);
            match answered(&client, &call, status, &mutation.body).await {
                Ok(_) if mutation.is_fatal(&call) => failures.push(format!("{context}: not missed")),
                // What is stored has the unseen value where it has the seen one.
                Ok(given) => {
                    let place = &mutation.place;
                    let same = |one: &Value, other: &Value| one.pointer(place) == other.pointer(place);
                    let is_unseen = ["unseen", "emptied", "narrowed", "widened"].contains(&mutation.kind);
                    let stored = given.stored.unwrap_or_default();
                    if is_unseen && same(&unchanged, &body) && !same(&stored, &mutation.body) {
                        failures.push(format!("{context}: stored as {:?}", stored.pointer(place)));
                    }
                }
                Err(error) if mutation.is_fatal(&call) => {
                    assert!(matches!(error, Error::Decode(_)), "{context}: {error}");
                    assert_eq!(error.outcome(), Outcome::Applied, "{context}");
                }
                Err(error) => failures.push(format!("{context}: {error}")),
            }
        }
    }
    assert!(failures.is_empty(), "{} of {made:?}:\n{}", failures.len(), failures.join("\n"));
    for kind in ["extended", "nulled", "removed", "unseen", "emptied"] {
        assert!(made[kind] > 0, "{kind}");
    }
}

/// JSON of every type.
const ODD: [&str; 7] = ["7", "-1.5", "1e400", "\"\\ud83d\"", "true", "[7]", "{}"];

/// The text with odd JSON in one place, and with that member twice, the right one last.
fn odd_texts(body: &Value, place: &str, odd: &str) -> (String, Option<String>) {
    let marked = replaced(body, place, Some(json!("<odd>"))).to_string();
    let odd_text = marked.replacen("\"<odd>\"", odd, 1);
    let (at, _) = marked.match_indices("\"<odd>\"").next().unwrap();
    let right = body.pointer(place).unwrap();
    let key = place.rsplit('/').next().unwrap().replace("~1", "/").replace("~0", "~");
    let twice = parent(body, place).is_some_and(Value::is_object).then(|| {
        format!("{}{odd},{}:{right}{}", &marked[..at], json!(key), &marked[at + "\"<odd>\"".len()..])
    });
    (odd_text, twice)
}

/// The path of a place as `unread` writes it.
fn path(place: &str) -> String {
    let index = |step: &str| step.bytes().all(|byte| byte.is_ascii_digit());
    place.split('/').skip(1).fold(String::new(), |path, step| match (index(step), path.is_empty()) {
        (true, _) => format!("{path}[{step}]"),
        (false, true) => step.to_owned(),
        (false, false) => format!("{path}.{step}"),
    })
}

#[tokio::test(start_paused = true)]
async fn r33_json_of_another_type_in_one_place_costs_no_other_place() {
    let (client, vendor) = client();
    let play = async |call: &Case, text: &str| {
        vendor.play([Step::answer(call.answer.0, text.to_owned())]);
        call.send_default(&client).await
    };
    for (call, body) in answers() {
        let whole = play(&call, &body.to_string()).await.unwrap();
        let mut places = Vec::new();
        collect_places(&body, "", &mut places);
        for place in places.iter().filter(|place| !place.is_empty()) {
            for odd in ODD {
                let (text, twice) = odd_texts(&body, place, odd);
                let context = format!("{}: {odd} at {place}", call.id);
                let fatal = call.needs.contains(&place.as_str());
                match play(&call, &text).await {
                    Err(Error::Decode(error)) if fatal => assert!(
                        path(place).starts_with(error.path()) || error.path().starts_with(&path(place)),
                        "{context}: {error}"
                    ),
                    Err(error) => panic!("{context}: {error}"),
                    Ok(given) => {
                        // It was read as it is, or it is told; an item goes with its id.
                        for unread in &given.unread {
                            let below =
                                unread.starts_with(&path(place)) || path(place).starts_with(unread.as_str());
                            assert!(below, "{context}: {unread}");
                        }
                        // No `Value` holds 1e400.
                        let stored = given.stored.filter(|_| odd != "1e400");
                        if let (Some(mut stored), Some(mut whole)) = (stored, whole.stored.clone()) {
                            // An item is gone from its list; what else is left out reads as absent.
                            let left_out = given.unread.first().map_or(path(place), String::clone);
                            let left_out =
                                places.iter().find(|place| path(place) == left_out).unwrap_or(place);
                            let cut = if left_out.len() < place.len() { left_out } else { place };
                            if given.unread.is_empty() || !path(cut).ends_with(']') {
                                without(&mut stored, cut);
                            }
                            without(&mut whole, cut);
                            assert_eq!(stored, whole, "{context}");
                        }
                    }
                }
                if let Some(twice) = twice {
                    match play(&call, &twice).await {
                        Ok(given) if odd != "1e400" => {
                            assert_eq!(given.stored, whole.stored, "{context}, repeated");
                        }
                        Ok(_) => {}
                        Err(error) => panic!("{context}, repeated: {error}"),
                    }
                }
            }
        }
    }
}

/// Takes the list item or the member in this place away.
fn without(json: &mut Value, place: &str) {
    let (above, step) = place.rsplit_once('/').unwrap();
    match json.pointer_mut(above) {
        Some(Value::Array(items)) => drop(
            step.parse().ok().filter(|index| *index < items.len()).map(|index: usize| items.remove(index)),
        ),
        Some(Value::Object(members)) => drop(members.remove(step)),
        _ => {}
    }
}

/// An error body of every kind that the vendors have.
fn error_bodies() -> Vec<(&'static str, Value)> {
    vec![
        (
            "deck.",
            json!({
                "error_category": "CONNECTION_ERROR", "error_code": "ACTIVE_CONNECTION_EXISTS",
                "error_message": "A connection is open", "display_message": "Already connected",
            }),
        ),
        (
            "deck.",
            json!({ "job_guid": "55bba4ec", "job_id": "55bba4ec", "error_message": "A job runs", "message": "A job runs" }),
        ),
        (
            "apideck.",
            json!({
                "status_code": 409, "error": "Conflict", "type_name": "ConflictError", "message": "It is there",
                "detail": { "missing": [{ "key": "x" }], "debug": { "cooldown_remaining_ms": 100 } },
                "ref": "https://developers.apideck.com/errors#conflicterror",
                "downstream_errors": [{ "message": "No", "detail": "None", "code": "c", "status_code": 409 }],
            }),
        ),
        (
            "deck_v2.",
            json!({
                "errors": [
                    { "type": "request", "code": "input_missing", "field": "name", "message": "It is missing" },
                    { "type": "task", "code": "timeout", "message": "Too long" },
                ],
                "request_id": "req_8fa2b5f4",
            }),
        ),
        (
            "codat.",
            json!({
                "statusCode": 409, "service": "PublicApi", "error": "It is there", "correlationId": "8fa2b5f4",
                "validation": {
                    "errors": [{ "itemId": "i", "message": "m", "validatorName": "v" }],
                    "warnings": [{ "itemId": "i", "message": "m", "validatorName": "v" }],
                },
                "canBeRetried": "Unknown", "detailedErrorCode": 7,
            }),
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn r33_a_change_in_one_place_never_costs_what_else_an_error_says() {
    let client = client();
    for (vendor, body) in error_bodies() {
        let Some(call) = calls::all().into_iter().find(|call| call.id.starts_with(vendor)) else { continue };
        let whole = answered(&client, &call, 409, &body).await.unwrap_err();
        let said = |error: &Error| {
            [error.message(), error.code(), error.request_id()].map(|text| text.map(str::to_owned))
        };
        // What is in the place goes with it: where code and message are in one list, both.
        let most = |place: &str| {
            let there = body.pointer(place).unwrap().to_string();
            said(&whole).iter().flatten().filter(|text| there.contains(*text)).count().max(1)
        };
        let mut places = Vec::new();
        collect_places(&body, "", &mut places);
        for place in places.iter().filter(|place| !place.is_empty()) {
            for odd in ODD {
                let (text, twice) = odd_texts(&body, place, odd);
                let (client, memory) = &client;
                for (text, lost) in [(Some(text), most(place)), (twice, 0)] {
                    let Some(text) = text else { continue };
                    memory.play([Step::answer(409, text.clone())]);
                    let error = call.send_default(client).await.unwrap_err();
                    let changed =
                        said(&error).iter().zip(said(&whole)).filter(|(now, then)| *now != then).count();
                    assert!(changed <= lost, "{text}: {error}");
                    assert_eq!(error.body().unwrap(), text.as_bytes());
                }
            }
        }
        for mutation in mutations(&body) {
            let error = answered(&client, &call, 409, &mutation.body).await.unwrap_err();
            let context = format!("{vendor} {} {}: {error}", mutation.place, mutation.kind);
            assert!(matches!(error, Error::Conflict(_)), "{context}");
            assert_eq!(error.body().unwrap(), mutation.body.to_string().as_bytes(), "{context}");
            let changed = said(&error).iter().zip(said(&whole)).filter(|(now, then)| *now != then).count();
            assert!(changed <= most(&mutation.place), "{context}");
        }
    }
}
