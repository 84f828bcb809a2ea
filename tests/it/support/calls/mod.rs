//! A typed call of every operation, with everything set: the coverage, path, secret and fault tests run over all.
//!
//! An operation that is missing here fails `coverage`.

use super::memory::Step;
use connectory::operation::Operation;
use connectory::{Call, Client, Error};
use serde::Serialize;
use serde_json::{Value, json};
use std::{fmt::Debug, pin::Pin};

/// A call of one operation.
pub struct TypedCall {
    /// The operation's id.
    pub id: &'static str,
    /// How many ids its path takes.
    pub ids: usize,
    /// The status and body of a success; `{secret}` in it stands for a secret.
    pub answer: (u16, &'static str),
    pub send: fn(&Client, &Input) -> Sent,
}

/// What a caller can make of an answer.
#[derive(Debug)]
pub struct Given {
    /// What was sent and what came, the call and its response too, as `{:?}` and `{:#?}` print them.
    pub shown: String,
    /// The value as the caller may store it; nothing of it where it holds secrets.
    pub stored: Option<Value>,
    /// The places of what was left out of it.
    pub unread: Vec<String>,
    /// The body, or whatever else the call takes, as anybody but the client serialises it.
    pub serialised: Value,
}

impl TypedCall {
    pub fn operation(&self) -> &'static Operation {
        connectory::operations().find(|operation| operation.id() == self.id).unwrap()
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
}

pub type Sent = Pin<Box<dyn Future<Output = Result<Given, Error>> + Send>>;

/// What a call is made with.
pub struct Input {
    /// The ids of the path in URL order; without any, what the body picks out.
    pub ids: Vec<String>,
    /// Goes into every member of the body that is secret.
    pub secret: String,
    /// The same, for members that take numbers.
    pub number: u64,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            ids: vec!["first".into(), "second".into(), "third".into()],
            secret: "s3cret-value".into(),
            number: 482_913,
        }
    }
}

/// A call with its body, or whatever else it takes.
fn sent<T: Debug + 'static>(body: &(impl Debug + Serialize), call: Call<T>) -> Sent {
    given(body, call, |_| None)
}

/// A call whose value can be stored whole.
fn storable<T: Debug + Serialize + 'static>(body: &(impl Debug + Serialize), call: Call<T>) -> Sent {
    given(body, call, |value| Some(as_json(value)))
}

/// The value as JSON; as its text where no `Value` can hold it.
fn as_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_else(|_| serde_json::to_string(value).unwrap().into())
}

fn given<T: Debug + 'static>(
    body: &(impl Debug + Serialize),
    call: Call<T>,
    stored: fn(&T) -> Option<Value>,
) -> Sent {
    let shown = format!("{body:?} {body:#?} {call:?} {call:#?}");
    let serialised = json!(body);
    Box::pin(async move {
        let response = call.response().await?;
        let shown = format!("{shown} {response:?} {response:#?}");
        let unread = response.unread().iter().map(|unread| unread.path().to_owned()).collect();
        Ok(Given { shown, stored: stored(response.value()), serialised, unread })
    })
}

pub fn all() -> Vec<TypedCall> {
    let calls = Vec::new();
    #[cfg(feature = "deck")]
    let calls = [calls, deck::calls()].into_iter().flatten().collect::<Vec<_>>();
    #[cfg(feature = "apideck")]
    let calls = [calls, apideck::calls()].into_iter().flatten().collect::<Vec<_>>();
    #[cfg(feature = "codat")]
    let calls = [calls, codat::calls()].into_iter().flatten().collect::<Vec<_>>();
    calls
}

#[cfg(feature = "deck")]
mod deck;

#[cfg(feature = "apideck")]
mod apideck {
    use super::{Call, Debug, Input, Sent, Serialize, TypedCall, Value, as_json, given, json, sent};
    use connectory::JsonMap;
    use connectory::apideck::Envelope;
    use connectory::apideck::vault::connections::{
        ConfigurationDefault, Connection, ConnectionConfiguration, ConsentState, CustomMappingInput,
        DataScopesInput, DataScopesResources, FormFieldOption, ImportConnection, ImportCredentials,
        ListConnections, UpdateConnection,
    };

    const CONNECTION: &str = r#"{"status_code":200,"status":"OK","data":{
        "id":"crm+salesforce","service_id":"salesforce","unified_api":"crm","state":"callable",
        "authorize_url":"https://unify.apideck.com/vault/authorize/salesforce/app?state={secret}",
        "revoke_url":"https://unify.apideck.com/vault/revoke/salesforce/app?state={secret}",
        "settings":{"api_key":"{secret}"},"metadata":{"note":"{secret}"},
        "form_fields":[{"id":"api_key","value":"{secret}","sensitive":true,"type":"text",
            "options":[{"label":"One","value":"{secret}","option_type":"simple"}]}],
        "configuration":[{"resource":"leads","defaults":[{"id":"x","value":"{secret}"}]}],
        "subscriptions":[{"execute_url":"https://unify.apideck.com/webhook/w/{secret}/salesforce"}]
    },"_raw":{"token":"{secret}"}}"#;

    const LIST: &str = r#"{"status_code":200,"status":"OK","data":[{
        "id":"crm+salesforce","service_id":"salesforce","unified_api":"crm","state":"callable",
        "settings":{"api_key":"{secret}"},"form_fields":[{"id":"api_key","value":"{secret}"}]
    }]}"#;

    pub fn calls() -> Vec<TypedCall> {
        vec![
            TypedCall {
                id: "apideck.vault.connections.list",
                ids: 0,
                answer: (200, LIST),
                send: |client, _| {
                    let query = ListConnections::new().api("crm").configured(true);
                    let list = client.apideck().vault().connections().list(&query);
                    given(&query, list, |answer| {
                        Some(with_data(answer, answer.data.iter().map(stored).collect()))
                    })
                },
            },
            TypedCall {
                id: "apideck.vault.connections.get",
                ids: 2,
                answer: (200, CONNECTION),
                send: |client, input| {
                    let connections = client.apideck().vault().connections();
                    sent_for_one(&(), connections.get(&input.ids[0], &input.ids[1]))
                },
            },
            TypedCall {
                id: "apideck.vault.connections.update",
                ids: 2,
                answer: (200, CONNECTION),
                send: |client, input| {
                    let connections = client.apideck().vault().connections();
                    let body = update(input);
                    sent_for_one(&body, connections.update(&input.ids[0], &input.ids[1], &body))
                },
            },
            TypedCall {
                id: "apideck.vault.connections.delete",
                ids: 2,
                answer: (204, ""),
                send: |client, input| {
                    let connections = client.apideck().vault().connections();
                    sent(&(), connections.delete(&input.ids[0], &input.ids[1]))
                },
            },
            TypedCall {
                id: "apideck.vault.connections.import",
                ids: 2,
                answer: (200, CONNECTION),
                send: |client, input| {
                    let connections = client.apideck().vault().connections();
                    let body = import(input);
                    sent_for_one(&body, connections.import(&input.ids[0], &input.ids[1], &body))
                },
            },
            TypedCall {
                id: "apideck.vault.connections.token",
                ids: 2,
                answer: (200, CONNECTION),
                send: |client, input| {
                    let connections = client.apideck().vault().connections();
                    sent_for_one(&(), connections.token(&input.ids[0], &input.ids[1]))
                },
            },
        ]
    }

    /// All of a connection but its form fields, whose values are secrets.
    fn stored(connection: &Connection) -> Value {
        macro_rules! members {
            ($($name:ident)+) => { json!({ $((stringify!($name)): as_json(&connection.$name)),+ }) };
        }
        members! {
            id service_id unified_api name tag_line state integration_state auth_type oauth_grant_type status enabled
            website icon logo authorize_url revoke_url settings metadata configuration configurable_resources
            resource_schema_support resource_settings_support validation_support schema_support
            settings_required_for_authorization subscriptions has_guide custom_mappings consent_state consents
            latest_consent application_data_scopes health credentials_expire_at last_refresh_failed_at
            last_downstream_error_at created_at updated_at
        }
    }

    /// A call that gives a connection.
    fn sent_for_one(body: &(impl Debug + Serialize), call: Call<Envelope<Connection>>) -> Sent {
        given(body, call, |answer| Some(with_data(answer, stored(&answer.data))))
    }

    fn with_data<T>(answer: &Envelope<T>, data: Value) -> Value {
        let Envelope { status_code, status, meta, links, raw, .. } = answer;
        json!({
            "data": data, "status_code": status_code, "status": status, "meta": meta, "links": links, "_raw": as_json(raw),
        })
    }

    fn update(input: &Input) -> UpdateConnection {
        let secret = input.secret.as_str();
        let default =
            ConfigurationDefault::new("x", secret).options([FormFieldOption::simple("One", secret)]);
        UpdateConnection::new()
            .enabled(true)
            .settings(JsonMap::new().with("api_key", secret))
            .metadata(JsonMap::new().with("note", secret).with("pins", json!([{ "pin": input.number }])))
            .configuration([ConnectionConfiguration::new("leads", [default])])
            .custom_mappings([CustomMappingInput::new("$.root.training.first_aid")])
            .consent_state(ConsentState::Granted)
            .application_data_scopes(
                DataScopesInput::new().enabled(true).resources(DataScopesResources::all()),
            )
    }

    fn import(input: &Input) -> ImportConnection {
        let secret = input.secret.as_str();
        let credentials = ImportCredentials::new()
            .refresh_token(secret)
            .access_token(secret)
            .issued_at("2020-01-01T00:00:00Z")
            .expires_in(3600);
        ImportConnection::new()
            .credentials(credentials)
            .settings(JsonMap::new().with("api_key", secret))
            .metadata(JsonMap::new().with("note", secret).with("pin", input.number))
    }
}

#[cfg(feature = "codat")]
mod codat {
    use super::{TypedCall, sent};

    pub fn calls() -> Vec<TypedCall> {
        vec![
            TypedCall {
                id: "codat.companies.get_access_token",
                ids: 1,
                answer: (200, r#"{"expiresIn":86400,"accessToken":"{secret}","tokenType":"Bearer"}"#),
                send: |client, input| sent(&(), client.codat().companies().get_access_token(&input.ids[0])),
            },
            TypedCall {
                id: "codat.connection_management.get",
                ids: 1,
                answer: (200, r#"{"accessToken":"{secret}"}"#),
                #[expect(deprecated, reason = "it is tested as long as it is there")]
                send: |client, input| sent(&(), client.codat().connection_management().get(&input.ids[0])),
            },
        ]
    }
}
