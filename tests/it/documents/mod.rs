//! R37: the crate against the vendors' documents, which `tools/` has reduced to facts.
//!
//! Places are written as in the reductions: `data[].id` is a member of each item, `settings{}` each value of an open map.

use crate::{
    source,
    support::{
        calls::{self, Case, Given},
        memory::{Memory, Step},
        offline,
    },
};
use bytes::Bytes;
use connectory::operation::Operation;
use connectory::{Client, Error, Provider};
use http::{HeaderMap, Request};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
};

const DOCUMENTS: [(Provider, &str); 5] = [
    (Provider::Deck, include_str!("deck.json")),
    (Provider::Apideck, include_str!("apideck_vault.json")),
    (Provider::Apideck, include_str!("apideck_webhook.json")),
    (Provider::Codat, include_str!("codat.json")),
    // Written by hand: Deck publishes no whole document of it.
    (Provider::DeckV2, include_str!("deck_v2.json")),
];

/// The operations of the documents that the crate leaves out on purpose, each with its reason.
const LEFT_OUT: &str = include_str!("left_out.txt");

/// The beginning of operations' ids, the end of places (nothing for all of them), and why.
type Exception = (&'static str, &'static str, &'static str);

/// Operations of the crate that no document has, each with its reason.
const UNDOCUMENTED: &[(&str, &str)] = &[];

/// Members that the crate does not send: operation, place, reason.
const UNSENT: &[Exception] = &[];

/// Members that the crate sends and the document lacks: operation, place, reason.
const SENT_BEYOND: &[Exception] = &[];

/// Members of answers that the crate does not keep: operation, place, reason.
const UNKEPT: &[Exception] = &[
    (
        "codat.custom_data_types.get_configuration",
        "",
        "the document describes the records here; the vendor answers with what was configured",
    ),
    (
        "codat.custom_data_types.list_records",
        "results[].modifiedDate",
        "the document has an object around the date; it is kept as a date",
    ),
    ("codat.settings.delete_api_key", "", "the document gives its 204 the body of a 429; there is none"),
    ("deck_v2.agents.delete", "", "what confirms a deletion is not read: nothing in it can cost the call"),
    ("deck_v2.sources.delete", "", "the same"),
    ("deck_v2.tasks.delete", "", "the same"),
    ("deck_v2.credentials.delete", "", "the same"),
    ("deck_v2.event_destinations.delete", "", "the same"),
    ("apideck.vault.consumers.delete", "", "it is gone, and the call returns nothing as other deletions do"),
    ("apideck.webhooks.delete", "", "the same"),
];

/// Members of answers that the crate has and the document lacks: operation, place, reason.
const KEPT_BEYOND: &[Exception] = &[
    ("apideck.", "links", "the envelope is one for all operations, and lists have it"),
    ("apideck.", "meta", "the same"),
    ("apideck.vault.connections.confirm", "_raw", "the same"),
    ("deck_v2.", "data[].request_id", "an item of a list has the model that it has alone"),
    ("deck_v2.task_runs.", "artifacts", "the model is one, whatever is asked for"),
    ("deck_v2.task_runs.", "input", "the same"),
    ("deck_v2.task_runs.", "storage", "the same"),
    ("deck_v2.task_runs.get", "storage[].metadata", "a file has the model that it has alone"),
    ("deck_v2.task_runs.get", "storage[].result", "the same"),
    ("deck_v2.task_runs.get", "storage[].task_run_id", "the same"),
    ("apideck.vault.consumers.list", "data[].connections", "one type for a consumer, wherever it comes from"),
    (
        "apideck.vault.connections.",
        "form_fields[].mask",
        "the vendor's example has it, and its schema does not",
    ),
    ("codat.custom_data_types.get_configuration", "", "what was configured, in the place of records"),
    (
        "codat.custom_data_types.list_records",
        "_links",
        "the page is one for all lists, and the others have it",
    ),
    ("codat.push_data.", "ruleId", "findings are one type for reads and writes, and reads have it"),
];

/// Members of answers with a choice of values that are no open enum: operation, place, reason.
const NO_ENUM: &[Exception] = &[
    ("apideck.vault.connections.", "resources", "`*` or a map, kept as its text"),
    ("apideck.webhooks.delete", "", "the call returns nothing, as other deletions do"),
];

/// The facts of each place.
type Facts = BTreeMap<String, Value>;

/// A call, with what its vendor's document says of it.
struct Documented {
    call: Case,
    facts: Value,
}

impl Documented {
    fn id(&self) -> &'static str {
        self.call.id
    }

    fn provider(&self) -> String {
        self.call.operation().provider().to_string()
    }

    /// The status of the answer that the call is made for.
    fn status(&self) -> u16 {
        self.call.answer.0
    }

    fn facts(&self, section: &str) -> Facts {
        facts(&self.facts[section])
    }

    fn answer(&self) -> Facts {
        facts(&self.facts["answers"][self.status().to_string()])
    }
}

fn facts(section: &Value) -> Facts {
    serde_json::from_value(section.clone()).unwrap_or_default()
}

/// The documents' operations by vendor and name.
fn documents() -> BTreeMap<(String, String), Value> {
    let mut operations = BTreeMap::new();
    for (provider, text) in DOCUMENTS {
        let reduction: Value = serde_json::from_str(text).unwrap();
        for (name, facts) in reduction["operations"].as_object().unwrap() {
            operations.insert((provider.to_string(), by_position(name)), facts.clone());
        }
    }
    operations
}

/// Method and path with the placeholders unnamed: the crate may call them something else.
fn by_position(operation: &str) -> String {
    let mut pieces = operation.split('{');
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |whole, piece| whole + "{" + piece.trim_start_matches(|letter| letter != '}'))
}

fn key(operation: &Operation) -> (String, String) {
    let name = format!("{} {}", operation.method(), operation.path());
    (operation.provider().to_string(), by_position(&name))
}

fn documented_calls() -> Vec<Documented> {
    let mut documents = documents();
    let calls = calls::all().into_iter();
    calls
        .filter_map(|call| documents.remove(&key(call.operation())).map(|facts| Documented { call, facts }))
        .collect()
}

/// Plays calls in memory.
struct Player {
    client: Client,
    memory: Memory,
}

impl Player {
    fn new() -> Self {
        let memory = Memory::default();
        Self { client: offline(&memory), memory }
    }

    /// What goes over the wire: of the call with everything set, and of those beside it.
    async fn sent(&self, documented: &Documented) -> Vec<Sent> {
        let success = documented.call.success("s3cret");
        self.memory.play([success.clone()]);
        documented.call.send_default(&self.client).await.unwrap();
        for beside in calls_beside(&self.client, documented.id()) {
            self.memory.play([success.clone()]);
            beside.await.unwrap();
        }
        self.memory.take_requests().into_iter().map(Sent::from).collect()
    }

    /// All that a caller can see of what comes of this answer.
    async fn seen(&self, documented: &Documented, answer: &Value) -> Seen {
        self.memory.take_requests();
        self.memory.play([Step::answer(documented.status(), answer.to_string())]);
        match documented.call.send_default(&self.client).await {
            Ok(Given { shown, stored, unread, .. }) => Seen { shown, stored, unread, error: None },
            Err(error) => Seen { error: Some(error.to_string()), ..Seen::default() },
        }
    }
}

/// Calls for what one call cannot send at once, because it excludes each other there.
fn calls_beside(client: &Client, id: &str) -> Vec<Beside> {
    match id {
        #[cfg(feature = "apideck")]
        "apideck.vault.connections.create"
        | "apideck.vault.connections.update"
        | "apideck.vault.connections.update_resource_settings" => {
            use connectory::apideck::vault::connections::*;
            let values = || FieldValue::from([FieldValue::from("one"), 2.into()]);
            let simple = || FormFieldOption::simple("One", values());
            let group = FormFieldOption::group("g", "All", [simple()]);
            let default = ConfigurationDefault::new("x", values()).options([simple(), group]);
            let some = UpdateConnection::new()
                .configuration([ConnectionConfiguration::new("leads", [default])])
                .application_data_scopes(DataScopesInput::new().resources(some_fields()))
                .latest_consent(ConsentRecordInput::new(true, some_fields()));
            let all = ConsentRecordInput::new(true, DataScopesResources::all());
            let bodies = [some, UpdateConnection::new().latest_consent(all)];
            let connections = client.apideck().vault().connections();
            let send = |body| match id.rsplit('.').next() {
                Some("create") => connections.create("crm", "salesforce", &body),
                Some("update") => connections.update("crm", "salesforce", &body),
                _ => connections.update_resource_settings("crm", "salesforce", "leads", &body),
            };
            bodies.map(send).map(|call| Box::pin(async { call.await.map(drop) }) as Beside).into()
        }
        #[cfg(feature = "apideck")]
        "apideck.vault.connections.update_consent" => {
            use connectory::apideck::vault::connections::*;
            let body = ConsentRecordInput::new(true, some_fields());
            let call = client.apideck().vault().connections().update_consent("crm", "salesforce", &body);
            vec![Box::pin(async { call.await.map(drop) })]
        }
        #[cfg(feature = "deck-v2")]
        "deck_v2.event_destinations.create" => {
            use connectory::deck_v2::event_destinations::CreateEventDestination;
            let destinations = client.deck_v2().event_destinations();
            let send = |(kind, config)| {
                let call = destinations.create(&CreateEventDestination::other("Billing", kind, config));
                Box::pin(async { call.await.map(drop) }) as Beside
            };
            deck_v2_destinations().map(send).collect()
        }
        #[cfg(feature = "deck-v2")]
        "deck_v2.event_destinations.update" => {
            use connectory::deck_v2::event_destinations::{UpdateEventDestination, WebhookConfig};
            let destinations = client.deck_v2().event_destinations();
            let update = UpdateEventDestination::new().webhook(WebhookConfig::new("https://example.com"));
            let update =
                deck_v2_destinations().fold(update, |update, (kind, config)| update.other(kind, config));
            let call = destinations.update("first", &update);
            vec![Box::pin(async { call.await.map(drop) })]
        }
        _ => Vec::new(),
    }
}

/// Permissions on a field of one resource.
#[cfg(feature = "apideck")]
fn some_fields() -> connectory::apideck::vault::connections::DataScopesFields {
    use connectory::apideck::vault::connections::FieldPermission;
    let fields = BTreeMap::from([("name".to_owned(), FieldPermission::new(true, false))]);
    BTreeMap::from([("crm.leads".to_owned(), fields)])
}

/// What Deck's destinations that are no webhooks need to know.
#[cfg(feature = "deck-v2")]
fn deck_v2_destinations() -> impl Iterator<Item = (&'static str, connectory::JsonMap)> {
    let kinds: [(_, &[&str]); 8] = [
        ("aws_sqs", &["queue_url"]),
        ("aws_kinesis", &["stream_name", "region"]),
        ("aws_s3", &["bucket", "region"]),
        ("aws_eventbridge", &["event_bus_name", "region"]),
        ("gcp_pubsub", &["project_id", "topic"]),
        ("rabbitmq", &["exchange", "server_url"]),
        ("azure_servicebus", &["name"]),
        ("hookdeck", &["token"]),
    ];
    kinds.into_iter().map(|(kind, names)| (kind, names.iter().map(|name| (*name, "text")).collect()))
}

type Beside = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// What a request holds of what documents know.
struct Sent {
    body: Value,
    query: BTreeSet<String>,
    headers: HeaderMap,
}

impl From<Request<Bytes>> for Sent {
    fn from(request: Request<Bytes>) -> Self {
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        let query = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
        let query = query.map(|(name, _)| name.into_owned()).collect();
        Self { body, query, headers: request.headers().clone() }
    }
}

#[derive(Debug, Default, PartialEq)]
struct Seen {
    shown: String,
    stored: Option<Value>,
    unread: Vec<String>,
    error: Option<String>,
}

impl Seen {
    /// How many values of open enums, and kinds of open choices, are not known.
    fn unknown(&self) -> usize {
        self.shown.matches("Unknown(").count() + self.shown.matches("Other(").count()
    }
}

/// The place that this one is in.
fn above(place: &str) -> &str {
    match place.strip_suffix("[]").or(place.strip_suffix("{}")) {
        Some(above) => above,
        None => place.rsplit_once('.').map_or("", |(above, _)| above),
    }
}

/// A JSON pointer to the place in an example.
fn pointer(place: &str) -> String {
    let steps = place.replace("[]", ".0").replace("{}", ".key");
    steps.split('.').filter(|step| !step.is_empty()).map(|step| format!("/{step}")).collect()
}

fn kinds(fact: &Value) -> Vec<&str> {
    let several = fact["kind"].as_array().into_iter().flatten();
    several.chain([&fact["kind"]]).filter_map(Value::as_str).collect()
}

fn values(fact: &Value) -> &[Value] {
    fact["values"].as_array().map_or(&[], Vec::as_slice)
}

/// A value with every member that the document has below this place, no two of them alike.
///
/// Where there is a choice of kinds or values, each round takes the next one.
fn example(facts: &Facts, place: &str, round: usize) -> Value {
    let (fact, number) = (&facts[place], facts.range(..place.to_owned()).count() + 1_000);
    let kinds = kinds(fact);
    match kinds[round % kinds.len()] {
        "object" => {
            let below =
                facts.keys().filter(|key| !key.is_empty() && above(key) == place && !key.ends_with("[]"));
            let step = |key: &str| pointer(key).rsplit('/').next().unwrap().to_owned();
            let mut members: serde_json::Map<_, _> =
                below.map(|key| (step(key), example(facts, key, round))).collect();
            if fact["open"] == true {
                members.insert("key".to_owned(), number.into());
            }
            members.into()
        }
        "array" => match facts.contains_key(&format!("{place}[]")) {
            true => json!([example(facts, &format!("{place}[]"), round)]),
            false => json!([]),
        },
        "string" => match values(fact) {
            [] => json!(format!("{place} {number}")),
            values => values[round % values.len()].clone(),
        },
        "integer" | "number" => json!(number),
        "boolean" => json!(true),
        _ => json!({ "any": number }),
    }
}

/// The example with another value in this place, or with none.
fn with(example: &Value, place: &str, value: Option<Value>) -> Option<Value> {
    let mut example = example.clone();
    let pointer = pointer(place);
    match value {
        Some(value) => *example.pointer_mut(&pointer)? = value,
        None => {
            example.pointer(&pointer)?;
            let (above, step) = pointer.rsplit_once('/')?;
            match example.pointer_mut(above)? {
                Value::Object(members) => drop(members.remove(step)),
                Value::Array(items) => items.clear(),
                _ => return None,
            }
        }
    }
    Some(example)
}

/// How many rounds bring each kind and each value of a place once.
fn rounds(facts: &Facts) -> usize {
    facts.values().map(|fact| kinds(fact).len().max(values(fact).len())).max().unwrap_or(0)
}

/// What a test has found, less what is known with its reason; a reason that nothing needs is found too.
struct Found {
    known: &'static [Exception],
    needed: BTreeSet<usize>,
    compiled: BTreeSet<&'static str>,
    failures: BTreeSet<String>,
}

impl Found {
    fn less(known: &'static [Exception]) -> Self {
        let compiled = connectory::operations().map(Operation::id).collect();
        Self { known, needed: BTreeSet::new(), compiled, failures: BTreeSet::new() }
    }

    fn add(&mut self, operation: &str, place: &str, what: &str) {
        let is_there = |end: &str| end.is_empty() || format!(".{place}").ends_with(&format!(".{end}"));
        let fits = |known: &Exception| operation.starts_with(known.0) && is_there(known.1);
        match self.known.iter().position(fits) {
            Some(index) => drop(self.needed.insert(index)),
            None => drop(self.failures.insert(format!("{operation}: {place}: {what}"))),
        }
    }

    #[track_caller]
    fn finish(mut self) {
        for (index, (operation, place, reason)) in self.known.iter().enumerate() {
            let is_compiled = self.compiled.iter().any(|id| id.starts_with(operation));
            if is_compiled && !self.needed.contains(&index) {
                self.failures.insert(format!("{operation}: {place}: needs no exception any more ({reason})"));
            }
        }
        let failures = Vec::from_iter(self.failures);
        assert!(failures.is_empty(), "{} found:\n{}", failures.len(), failures.join("\n"));
    }
}

#[test]
fn r37_every_operation_is_in_its_vendor_s_document() {
    let documents = documents();
    for operation in connectory::operations() {
        let is_excused = UNDOCUMENTED.iter().any(|(id, _)| *id == operation.id());
        assert_ne!(documents.contains_key(&key(operation)), is_excused, "{}", operation.id());
    }
    let known: BTreeSet<_> = connectory::operations().map(key).collect();
    for line in LEFT_OUT.lines() {
        let (name, reason) = line.split_once(": ").expect("an operation and its reason");
        let is_it = |key: &&(String, String)| key.1 == by_position(name);
        let key = documents.keys().find(is_it).unwrap_or_else(|| panic!("{name} is in no document"));
        assert!(!known.contains(key), "{name} is not left out: {reason}");
    }
}

#[test]
fn the_guide_says_what_is_left_out() {
    let guide = include_str!("../../../docs/operations.md");
    let (_, section) = guide.split_once("## What is left out").unwrap();
    let rows: Vec<_> = section.lines().filter(|line| line.starts_with("- ")).collect();
    let listed: Vec<_> = LEFT_OUT.lines().map(|line| line.split_once(": ").unwrap()).collect();
    let listed: Vec<_> = listed.iter().map(|(name, reason)| format!("- `{name}`: {reason}")).collect();
    assert_eq!(rows, listed);
}

#[test]
fn r37_every_answer_has_a_status_of_the_document() {
    for documented in documented_calls() {
        let status = json!(documented.status().to_string());
        let statuses = documented.facts["statuses"].as_array().unwrap();
        assert!(statuses.contains(&status), "{}: {status}", documented.id());
    }
}

#[tokio::test]
async fn r37_each_member_of_a_request_can_be_sent() {
    let (player, mut found) = (Player::new(), Found::less(UNSENT));
    for documented in documented_calls() {
        let id = documented.id();
        let sent = player.sent(&documented).await;
        for (place, fact) in documented.facts("request").iter().filter(|(place, _)| !place.is_empty()) {
            let values: Vec<_> = sent.iter().flat_map(|sent| at(&sent.body, place)).collect();
            if values.is_empty() {
                found.add(id, place, "not sent");
            }
            let fits = |value: &&Value| value.is_null() || kinds(fact).iter().any(|kind| is(value, kind));
            if let Some(value) = values.into_iter().find(|value| !fits(value)) {
                found.add(id, place, &format!("{value} is not {}", fact["kind"]));
            }
        }
        let is_sent = |place: &str| sent.iter().any(|sent| sent.query.contains(place));
        let is_leaf = |place: &str, fact| kinds(fact) != ["object"] && !place.ends_with("[]");
        for (place, fact) in &documented.facts("query") {
            if is_leaf(place, fact) && !is_sent(place) {
                found.add(id, place, "not in the query");
            }
        }
        for name in documented.facts("header").keys() {
            if !sent[0].headers.contains_key(name) {
                found.add(id, name, "not among the headers");
            }
        }
    }
    found.finish();
}

#[tokio::test]
async fn r37_each_member_that_is_sent_is_in_the_document() {
    let (player, mut found) = (Player::new(), Found::less(SENT_BEYOND));
    for documented in documented_calls() {
        let id = documented.id();
        let (of_body, of_query) = (documented.facts("request"), documented.facts("query"));
        for Sent { body, query, .. } in player.sent(&documented).await {
            if !body.is_null() {
                undocumented(&of_body, &body, "", &mut |place| found.add(id, place, "not in the document"));
            }
            for name in query.iter().filter(|name| !of_query.contains_key(*name)) {
                found.add(id, name, "not in the document's query");
            }
        }
    }
    found.finish();
}

/// Finds the places in the value that the document does not have.
fn undocumented(facts: &Facts, value: &Value, place: &str, find: &mut impl FnMut(&str)) {
    let Some(fact) = facts.get(place) else { return find(place) };
    // What is in itself is described where it begins.
    if kinds(fact) == ["any"] || fact["recursive"] == true {
        return;
    }
    match value {
        Value::Object(members) => {
            let map = format!("{place}{{}}");
            for (name, member) in members {
                let below = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                match (facts.contains_key(&below), facts.contains_key(&map)) {
                    (false, true) => undocumented(facts, member, &map, find),
                    (false, false) if fact["open"] == true => {}
                    _ => undocumented(facts, member, &below, find),
                }
            }
        }
        Value::Array(items) => {
            items.iter().for_each(|item| undocumented(facts, item, &format!("{place}[]"), find));
        }
        _ => {}
    }
}

/// All values in this place.
fn at<'a>(value: &'a Value, place: &str) -> Vec<&'a Value> {
    if place.is_empty() {
        return vec![value];
    }
    let values = at(value, above(place));
    if place.ends_with("[]") {
        values.into_iter().filter_map(Value::as_array).flatten().collect()
    } else if place.ends_with("{}") {
        values.into_iter().filter_map(Value::as_object).flat_map(|members| members.values()).collect()
    } else {
        let name = place.rsplit('.').next().unwrap();
        values.into_iter().filter_map(|value| value.get(name)).collect()
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => true,
    }
}

#[tokio::test]
async fn r37_each_member_of_an_answer_is_kept() {
    let (player, mut found) = (Player::new(), Found::less(UNKEPT));
    for documented in documented_calls() {
        let (id, facts) = (documented.id(), documented.answer());
        let mut left: Vec<&String> = facts.keys().filter(|place| !place.is_empty()).collect();
        for round in 0..rounds(&facts) {
            let example = example(&facts, "", round);
            let whole = player.seen(&documented, &example).await;
            assert_eq!(
                whole,
                player.seen(&documented, &example).await,
                "{}: the same is seen of the same",
                id
            );
            if let Some(error) = &whole.error {
                found.add(id, "", error);
            }
            for place in &whole.unread {
                found.add(id, place, "unread");
            }
            let mut unseen = Vec::new();
            for place in left {
                let Some(value) = example.pointer(&pointer(place)) else {
                    unseen.push(place);
                    continue;
                };
                let stored = whole.stored.as_ref().and_then(|stored| stored.pointer(&pointer(place)));
                if stored.is_some_and(|stored| !stored.is_object() && !stored.is_array() && stored != value) {
                    found.add(id, place, &format!("{value} is stored as {}", stored.unwrap()));
                }
                // Whoever does not know the member sees the same without it, and with anything in its place.
                let mut leaves_a_trace = false;
                for other in [None, Some(json!({ "odd": [] })), Some(json!([7])), Some(json!("odd"))] {
                    let other = with(&example, place, other).unwrap();
                    leaves_a_trace = leaves_a_trace || player.seen(&documented, &other).await != whole;
                }
                if !leaves_a_trace {
                    unseen.push(place);
                }
            }
            left = unseen;
        }
        left.into_iter().for_each(|place| found.add(id, place, "not kept"));
    }
    found.finish();
}

#[tokio::test]
async fn r37_each_member_that_is_kept_is_in_the_document() {
    let (player, mut found) = (Player::new(), Found::less(KEPT_BEYOND));
    for documented in documented_calls() {
        let (id, facts) = (documented.id(), documented.answer());
        let mut beyond = BTreeSet::new();
        for round in 0..rounds(&facts) {
            let stored = player.seen(&documented, &example(&facts, "", round)).await.stored;
            stored.inspect(|stored| {
                undocumented(&facts, stored, "", &mut |place| {
                    beyond.insert(place.to_owned());
                });
            });
        }
        beyond.iter().for_each(|place| found.add(id, place, "not in the document"));
    }
    found.finish();
}

#[tokio::test]
async fn r37_each_value_of_an_answer_is_known() {
    let (player, mut found) = (Player::new(), Found::less(NO_ENUM));
    for documented in documented_calls() {
        let (id, facts) = (documented.id(), documented.answer());
        let examples: Vec<_> = (0..rounds(&facts)).map(|round| example(&facts, "", round)).collect();
        for (place, fact) in facts.iter().filter(|(_, fact)| !values(fact).is_empty()) {
            let holds = |example: &&Value| example.pointer(&pointer(place)).is_some_and(Value::is_string);
            let example = examples.iter().find(holds).unwrap();
            let without = with(example, place, None).unwrap();
            let unknown = player.seen(&documented, &without).await.unknown();
            let unseen = with(example, place, Some("unseen".into())).unwrap();
            if player.seen(&documented, &unseen).await.unknown() == unknown {
                found.add(id, place, "no open enum");
                continue;
            }
            for value in values(fact) {
                let with_value = with(example, place, Some(value.clone())).unwrap();
                if player.seen(&documented, &with_value).await.unknown() != unknown {
                    found.add(id, place, &format!("{value} is not known"));
                }
            }
        }
    }
    found.finish();
}

/// The values of every open enum in the source of this vendor.
fn open_enums(vendor: &str) -> Vec<BTreeSet<String>> {
    let files = source::files(format!("src/{}", vendor.to_lowercase().replace(' ', "_")));
    let declared = files.iter().flat_map(|(_, text)| text.split("open_enum! {").skip(1));
    let values = |declared: &str| {
        let body = declared.split("\n}").next().unwrap();
        let lines = body.lines().filter_map(|line| line.trim().strip_suffix("\",")?.split_once(" = \""));
        lines.flat_map(|(_, values)| values.split("\" | \"").map(str::to_owned)).collect()
    };
    declared.map(values).collect()
}

/// What the enum that has most of these values lacks of them.
fn lacking<'a>(enums: &[BTreeSet<String>], values: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let lacks = |known: &BTreeSet<String>| {
        values.iter().copied().filter(|value| !known.contains(*value)).collect::<BTreeSet<_>>()
    };
    enums.iter().map(lacks).min_by_key(BTreeSet::len).unwrap_or_else(|| values.clone())
}

#[tokio::test]
async fn r37_each_value_of_a_request_is_known() {
    let (player, mut found) = (Player::new(), Found::less(&[]));
    for documented in documented_calls() {
        let id = documented.id();
        let enums = open_enums(&documented.provider());
        let sent = player.sent(&documented).await;
        for (place, fact) in ["request", "query"].into_iter().flat_map(|section| documented.facts(section)) {
            // What the calls have sent is no open enum where a type of its own stands for each value.
            let mut left: BTreeSet<_> = values(&fact).iter().filter_map(Value::as_str).collect();
            sent.iter().flat_map(|sent| at(&sent.body, &place)).filter_map(Value::as_str).for_each(|value| {
                left.remove(value);
            });
            let lacking = lacking(&enums, &left);
            if !lacking.is_empty() {
                found.add(id, &place, &format!("no open enum has {lacking:?}"));
            }
        }
    }
    found.finish();
}

#[test]
fn r37_each_value_of_an_error_is_known() {
    let mut found = Found::less(&[]);
    let vendors: BTreeSet<_> =
        connectory::operations().map(|operation| operation.provider().to_string()).collect();
    for (provider, text) in DOCUMENTS {
        let (provider, reduction) = (provider.to_string(), serde_json::from_str::<Value>(text).unwrap());
        if !vendors.contains(&provider) {
            continue;
        }
        let enums = open_enums(&provider);
        for (name, error) in reduction["errors"].as_object().unwrap() {
            for (place, fact) in facts(error) {
                let values: BTreeSet<_> = values(&fact).iter().filter_map(Value::as_str).collect();
                let lacking = lacking(&enums, &values);
                if !lacking.is_empty() {
                    found.add(name, &place, &format!("no open enum of {provider} has {lacking:?}"));
                }
            }
        }
    }
    found.finish();
}
