//! The tables of `docs/customer.md` against the code: each state of the documents and of the enums has its line.

use crate::support::{
    memory::{Memory, Step},
    offline,
};
use connectory::apideck::vault::connections::{ConnectionHealth, ConnectionState};
use connectory::codat::connections::ConnectionStatus;
use connectory::customer::{Customer, Status};
use connectory::deck::connections::{ConnectivityStatus, ScrapingStatus};
use connectory::deck_v2::credentials::CredentialStatus;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const GUIDE: &str = include_str!("../../../docs/customer.md");

/// What a connection of one vendor can be like.
struct Vendor {
    heading: &'static str,
    document: &'static str,
    /// The operation whose answer shows it, and where in there.
    operation: &'static str,
    place: &'static str,
    /// The members that make the state, with the values that the enums know.
    members: Vec<(&'static str, Vec<String>)>,
    /// What is to be tried with each state.
    besides: Vec<Value>,
    customer: fn(Customer) -> Customer,
    /// The answer with this connection in it.
    answer: fn(Value) -> Value,
}

fn known<T: AsRef<str>>(values: &[T]) -> Vec<String> {
    values.iter().map(|value| value.as_ref().to_owned()).collect()
}

fn vendors() -> [Vendor; 4] {
    let link =
        |link: bool| if link { json!("https://unify.apideck.com/vault/authorize") } else { Value::Null };
    let mut apideck = Vec::new();
    for enabled in [json!(true), json!(false), Value::Null] {
        for (expires, has_link) in [(0, true), (1_700_000_000_000_i64, true), (0, false)] {
            let authorize_url = link(has_link);
            apideck.push(json!({
                "enabled": enabled, "credentials_expire_at": expires, "authorize_url": authorize_url,
                "id": "crm+x", "service_id": "x", "unified_api": "crm",
            }));
        }
    }
    let codat = [json!([]), json!([{ "status": "Resolved" }]), json!([{ "status": "Active" }]), json!([{}])];
    [
        Vendor {
            heading: "### Deck",
            document: include_str!("../documents/deck.json"),
            operation: "POST /connection/context",
            place: "",
            members: vec![
                ("connection_status", known(ConnectivityStatus::KNOWN)),
                ("connection_status_reason", known(ScrapingStatus::KNOWN)),
            ],
            besides: vec![json!({ "connection_id": "c" })],
            customer: |customer| customer.deck("token"),
            answer: |connection| connection,
        },
        Vendor {
            heading: "### Apideck",
            document: include_str!("../documents/apideck_vault.json"),
            operation: "GET /vault/connections",
            place: "data[].",
            members: vec![
                ("state", known(ConnectionState::KNOWN)),
                ("health", known(ConnectionHealth::KNOWN)),
            ],
            besides: apideck,
            customer: |customer| customer.apideck("acme"),
            answer: |connection| json!({ "data": [connection] }),
        },
        Vendor {
            heading: "### Codat",
            document: include_str!("../documents/codat.json"),
            operation: "GET /companies/{companyId}/connections",
            place: "results[].",
            members: vec![("status", known(ConnectionStatus::KNOWN))],
            besides: codat
                .iter()
                .map(|errors| json!({ "id": "c", "dataConnectionErrors": errors }))
                .collect(),
            customer: |customer| customer.codat("company"),
            answer: |connection| json!({ "results": [connection] }),
        },
        Vendor {
            heading: "### Deck v2",
            document: include_str!("../documents/deck_v2.json"),
            operation: "GET /credentials",
            place: "data[].",
            members: vec![("status", known(CredentialStatus::KNOWN))],
            besides: vec![json!({ "id": "cred_1", "external_id": "acme" })],
            customer: |customer| customer.deck_v2("acme"),
            answer: |connection| json!({ "data": [connection] }),
        },
    ]
}

/// A line of a table.
struct Line {
    text: &'static str,
    /// What each member may be.
    states: Vec<Vec<&'static str>>,
    besides: &'static str,
    status: &'static str,
    needs: &'static str,
}

impl Vendor {
    /// The table below the vendor's heading.
    fn lines(&self) -> Vec<Line> {
        let section = GUIDE.split(&format!("{}\n", self.heading)).nth(1).expect(self.heading);
        let section = section.split("\n#").next().unwrap();
        let rows: Vec<_> = section.lines().filter(|line| line.starts_with('|')).collect();
        let cells = |row: &'static str| -> Vec<_> {
            row.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>()
        };
        let heads = cells(rows[0]);
        let names: Vec<_> = self.members.iter().map(|(name, _)| format!("`{name}`")).collect();
        assert_eq!(heads[..names.len()], names[..], "{}", self.heading);
        let has_besides = heads[names.len()] == "Besides";
        let parse = |row: &&'static str| {
            // An empty cell is one space wide.
            let cells: Vec<_> = row.split('|').skip(1).map(str::trim).take(heads.len()).collect();
            let (states, rest) = cells.split_at(names.len());
            let (besides, rest) = if has_besides { (rest[0], &rest[1..]) } else { ("", rest) };
            assert!(!rest[2].is_empty(), "it says why: {row}");
            let split = |cell: &&'static str| cell.split(", ").map(|it| it.trim_matches('`')).collect();
            Line {
                text: row,
                states: states.iter().map(split).collect(),
                besides,
                status: rest[0],
                needs: rest[1],
            }
        };
        rows[2..].iter().map(parse).collect()
    }

    /// Every value of a member that the document or the enum has, one that nobody has seen, and none.
    fn values(&self, (name, known): &(&'static str, Vec<String>)) -> Vec<Option<String>> {
        let document: Value = serde_json::from_str(self.document).unwrap();
        let member =
            &document["operations"][self.operation]["answers"]["200"][format!("{}{name}", self.place)];
        let documented = member["values"].as_array().unwrap_or_else(|| panic!("{} {name}", self.operation));
        let documented = documented.iter().map(|value| value.as_str().unwrap().to_owned());
        let all: BTreeSet<_> = documented.chain(known.iter().cloned()).collect();
        all.into_iter().map(Some).chain([Some("unseen".to_owned()), None]).collect()
    }

    /// Every state, as the members that make it.
    fn states(&self) -> Vec<Vec<Option<String>>> {
        let mut states = vec![Vec::new()];
        for member in &self.members {
            let values = self.values(member);
            let extended = |state: &Vec<Option<String>>| {
                let state = state.clone();
                let add = move |value: &Option<String>| [state.clone(), vec![value.clone()]].concat();
                values.iter().map(add).collect::<Vec<_>>()
            };
            states = states.iter().flat_map(extended).collect();
        }
        states
    }
}

impl Line {
    fn fits(&self, state: &[Option<String>], connection: &Value) -> bool {
        let is_in = |(cell, value): (&Vec<&str>, &Option<String>)| {
            cell.iter().any(|choice| match (*choice, value.as_deref()) {
                ("any", _) => true,
                ("absent", value) => value.is_none(),
                ("unknown", value) => value == Some("unseen"),
                (choice, value) => value == Some(choice),
            })
        };
        let no_error = || {
            let errors = connection["dataConnectionErrors"].as_array().unwrap();
            errors.iter().all(|error| error["status"] == "Resolved")
        };
        let besides = match self.besides {
            "" => true,
            "`enabled` is false" => connection["enabled"] == false,
            "`enabled` is true" => connection["enabled"] == true,
            "`credentials_expire_at` is set" => connection["credentials_expire_at"] != 0,
            "no error applies" => no_error(),
            other => panic!("{other}"),
        };
        besides && self.states.iter().zip(state).all(is_in)
    }

    fn needs(&self, connection: &Value) -> Option<&str> {
        let (first, second) = self.needs.split_once(", else ").unwrap_or((self.needs, self.needs));
        let needs = if connection["authorize_url"].is_null() { second } else { first };
        Some(needs).filter(|needs| !needs.is_empty())
    }
}

#[tokio::test]
async fn every_state_of_the_documents_is_read_as_the_guide_says() {
    let mut count = 0;
    for vendor in vendors() {
        let lines = vendor.lines();
        let mut used = BTreeSet::new();
        for state in vendor.states() {
            for besides in &vendor.besides {
                let mut connection: Map<String, Value> = besides.as_object().unwrap().clone();
                for ((name, _), value) in vendor.members.iter().zip(&state) {
                    connection.insert((*name).to_owned(), value.clone().into());
                }
                let connection = Value::Object(connection);
                let line = lines.iter().position(|line| line.fits(&state, &connection));
                let line = line.unwrap_or_else(|| panic!("{} {state:?} has no line", vendor.heading));
                used.insert(line);

                let memory =
                    Memory::playing([Step::answer(200, (vendor.answer)(connection.clone()).to_string())]);
                let view = (vendor.customer)(offline(&memory).customer()).connections().await;
                let row = view.connections().iter().chain(view.available()).next();
                let row = row.unwrap_or_else(|| panic!("{state:?}: {:?}", view.failures()));
                let seen = (row.status().to_string(), row.needs().map(|needs| needs.to_string()));
                let line = &lines[line];
                let said = (line.status.to_owned(), line.needs(&connection).map(str::to_owned));
                assert_eq!(seen, said, "{} {connection}: {}", vendor.heading, line.text);
                let is_available = state[0].as_deref() == Some("available");
                assert_eq!(view.connections().is_empty(), is_available, "{state:?}");
                count += 1;
            }
        }
        let idle: Vec<_> = (0..lines.len()).filter(|line| !used.contains(line)).collect();
        assert!(idle.is_empty(), "no state comes to these lines: {idle:?} of {}", vendor.heading);
    }
    assert!(count > 700, "{count} states");
}

#[tokio::test]
async fn a_health_that_cannot_be_read_is_not_one_that_is_absent() {
    for (health, status) in [(Value::Null, Status::Active), (json!({ "of": "tomorrow" }), Status::NeedsLook)]
    {
        let connection = json!({
            "id": "crm+hubspot", "unified_api": "crm", "service_id": "hubspot",
            "state": "callable", "enabled": true, "health": health, "logo": { "of": "tomorrow" },
        });
        let memory = Memory::playing([Step::answer(200, json!({ "data": [connection] }).to_string())]);
        let view = offline(&memory).customer().apideck("acme").connections().await;
        assert_eq!(view.connections()[0].status(), status, "{health}");
    }
}
