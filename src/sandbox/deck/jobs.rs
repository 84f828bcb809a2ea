//! Jobs: submitted, run for two seconds of the sandbox's clock, reported as webhooks would report them.

use super::connections::{Connection, not_open};
use super::events::Events;
use super::link::Source;
use super::{MFA_ANSWER, QUESTION, State, Webhook, body, done, invalid, ok, refusal};
use crate::deck::connections::ScrapingStatus;
use crate::deck::{ConnectionId, ErrorCode, jobs};
use crate::sandbox::body::body;
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::idempotency::OtherRequest;
use crate::sandbox::object::{self, object};
use http::StatusCode;
use serde_json::{Map, Value, json};
use std::time::{Duration, SystemTime};
use uuid::Uuid;

pub(super) const HANDLERS: Handlers<State> =
    &[(&jobs::SUBMIT, State::submit_job), (&jobs::ANSWER_MFA, State::answer_job_mfa)];

const RUNS: Duration = Duration::from_secs(2);
/// How long a security question waits.
const ASKS: Duration = Duration::from_secs(60 * 60);
/// How long an idempotency key is remembered.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) struct Job {
    pub(super) id: String,
    code: String,
    /// `None` while the job has yet to open one.
    pub(super) connection: Option<ConnectionId>,
    /// Where its events go.
    webhook: Webhook,
    stage: Stage,
}

enum Stage {
    /// A security question waits for an answer.
    Asks {
        until: SystemTime,
        opens: Opens,
    },
    Runs {
        until: SystemTime,
        forced: Option<String>,
        /// The id of the document that it fetches. It is drawn beforehand: looking at what has ended draws nothing.
        document: Option<String>,
    },
    Ended,
}

/// The connection that is opened.
enum Opens {
    New(Box<Connection>),
    Again { id: ConnectionId, access_token: String, username: String, webhook: Option<Webhook> },
}

impl Job {
    /// When its time is over; `None` where it has ended.
    fn until(&self) -> Option<SystemTime> {
        match &self.stage {
            Stage::Asks { until, .. } | Stage::Runs { until, .. } => Some(*until),
            Stage::Ended => None,
        }
    }

    fn runs(&self) -> bool {
        matches!(self.stage, Stage::Runs { .. })
    }
}

impl State {
    fn submit_job(&mut self, asked: &Asked<'_>) -> Step {
        let Some((key, request)) = keyed(asked)? else { return self.start_job(asked) };
        match self.answered.find(key, &request, asked.now) {
            Some(Ok(reply)) => return Ok(reply),
            Some(Err(OtherRequest)) => {
                let message = "The idempotency key was used for another request";
                return Err(Reply::json(StatusCode::CONFLICT, object!({ "error_message": message })));
            }
            None => {}
        }
        let reply = self.start_job(asked).unwrap_or_else(|refusal| refusal);
        self.answered.keep(key, request, &reply, asked.now + REMEMBERED);
        Ok(reply)
    }

    /// Deck gives failures of its own again, too.
    pub(super) fn keep_failure(&mut self, asked: &Asked<'_>, reply: &Reply) {
        if !asked.is(&jobs::SUBMIT) || !asked.fails.is_some_and(is_failure) {
            return;
        }
        if let Ok(Some((key, request))) = keyed(asked) {
            self.answered.keep(key, request, reply, asked.now + REMEMBERED);
        }
    }

    fn start_job(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                job_code: String,
                input: Map<String, Value>,
            }
        }

        let Body { job_code, input } = body(asked)?;
        let id = match job_code.as_str() {
            "" => return Err(invalid("job_code is empty")),
            "EnsureConnection" => self.ensure_connection(&input, asked)?,
            "CloseConnection" => self.close_connection(&input, asked)?,
            _ => self.run_on_connection(&job_code, &input, asked)?,
        };
        ok(object!({ "job_guid": id, "job_code": job_code }))
    }

    fn ensure_connection(&mut self, input: &Map<String, Value>, asked: &Asked<'_>) -> Result<String, Reply> {
        let source = Source::find(text(input, "source_guid")?)
            .ok_or_else(|| refusal(ErrorCode::DataSourceNotFound, "There is no such source"))?;
        let (username, password) = (text(input, "username")?, text(input, "password")?);
        let open = self.connections.iter().any(|(_, connection)| {
            connection.source == source.id && connection.username == username && connection.is_open(asked.now)
        });
        if open {
            return Err(open_already());
        }
        let mut own = webhook(input)?;
        let opens = match given(input, "access_token")? {
            Some(access_token) => {
                let opens = self.open_again(access_token, input, source, username, asked)?;
                own = own.or_else(|| self.connection_of(access_token).map(|known| known.webhook.clone()));
                opens
            }
            None => {
                let mut connection = Connection::new(source.id, username, asked.now, asked.random);
                connection.webhook = own.clone().unwrap_or_default();
                Opens::New(Box::new(connection))
            }
        };
        let id = asked.random.uuid().to_string();
        let mut job = Job {
            id: id.clone(),
            code: "EnsureConnection".to_owned(),
            connection: None,
            webhook: own.unwrap_or_default(),
            stage: Stage::Ended,
        };
        let returns = match &opens {
            Opens::New(_) => None,
            Opens::Again { id, .. } => self.connections.get_mut(id.as_str()),
        };
        if password == "invalid" {
            if let Some(connection) = returns {
                connection.reject(asked.now);
            }
            report(&mut self.events, &job, "error", error("InvalidCredentials"), asked.now);
        } else if username.contains("mfa") {
            if let Some(connection) = returns {
                connection.ask(asked.now);
            }
            job.stage = Stage::Asks { until: asked.now + ASKS, opens };
            self.ask(&job, asked.now);
        } else {
            self.open(&mut job, opens, asked);
        }
        self.jobs.push(job);
        Ok(id)
    }

    /// A connection that is there already, and closed.
    fn open_again(
        &mut self,
        access_token: &str,
        input: &Map<String, Value>,
        source: &Source,
        username: &str,
        asked: &Asked<'_>,
    ) -> Result<Opens, Reply> {
        let connection = self.connection(access_token)?;
        if connection.is_open(asked.now) {
            return Err(open_already());
        }
        if connection.source != source.id {
            return Err(refusal(ErrorCode::InvalidSource, "The connection is one to another source"));
        }
        let (access_token, username) = (access_token.to_owned(), username.to_owned());
        Ok(Opens::Again { id: connection.id.clone(), access_token, username, webhook: webhook(input)? })
    }

    fn open(&mut self, job: &mut Job, opens: Opens, asked: &Asked<'_>) {
        let access_token = match opens {
            Opens::New(mut connection) => {
                connection.keep_open(asked.now);
                job.connection = Some(connection.id.clone());
                self.add_connection(*connection, asked.random)
            }
            Opens::Again { id, access_token, username, webhook } => {
                // The token may have been rotated, or the connection destroyed, while a question waited.
                let Ok(connection) = self.connection(&access_token) else {
                    if let Some(connection) = self.connections.get_mut(id.as_str()) {
                        connection.disconnect(ScrapingStatus::RetryLater, asked.now);
                    }
                    return report(&mut self.events, job, "error", error("NotFound"), asked.now);
                };
                connection.sign_in(&username, asked.now);
                if let Some(webhook) = webhook {
                    connection.webhook = webhook;
                }
                job.connection = Some(connection.id.clone());
                access_token
            }
        };
        report(&mut self.events, job, "output", object!({ "access_token": access_token }), asked.now);
    }

    fn close_connection(&mut self, input: &Map<String, Value>, asked: &Asked<'_>) -> Result<String, Reply> {
        let connection = self.open_connection(input, asked)?;
        connection.close();
        let (id, webhook) = (connection.id.clone(), connection.webhook.clone());
        self.break_off(&id, "JobCanceled", asked.now);
        let job = Job {
            id: asked.random.uuid().to_string(),
            code: "CloseConnection".to_owned(),
            connection: Some(id),
            webhook,
            stage: Stage::Ended,
        };
        report(&mut self.events, &job, "output", json!({}), asked.now);
        let id = job.id.clone();
        self.jobs.push(job);
        Ok(id)
    }

    /// Ends what runs on the connection, with this error.
    pub(super) fn break_off(&mut self, connection: &ConnectionId, code: &str, at: SystemTime) {
        let running = |job: &&mut Job| job.connection.as_ref() == Some(connection) && job.runs();
        for job in self.jobs.iter_mut().filter(running) {
            job.stage = Stage::Ended;
            report(&mut self.events, job, "error", error(code), at);
        }
    }

    fn open_connection(
        &mut self,
        input: &Map<String, Value>,
        asked: &Asked<'_>,
    ) -> Result<&mut Connection, Reply> {
        let connection = self.connection(text(input, "access_token")?)?;
        match connection.is_open(asked.now) {
            true => Ok(connection),
            false => Err(not_open()),
        }
    }

    fn run_on_connection(
        &mut self,
        code: &str,
        input: &Map<String, Value>,
        asked: &Asked<'_>,
    ) -> Result<String, Reply> {
        let connection = self.open_connection(input, asked)?;
        let (connection_id, webhook) = (connection.id.clone(), connection.webhook.clone());
        connection.keep_open(asked.now);
        let running =
            self.jobs.iter().find(|job| job.connection.as_ref() == Some(&connection_id) && job.runs());
        if let Some(job) = running {
            let message = "Another job runs on the connection";
            let body = object!({
                "job_guid": job.id,
                "job_id": job.id,
                "error_message": message,
                "message": message,
            });
            return Err(Reply::json(StatusCode::CONFLICT, body));
        }
        let forced =
            Some(asked.header("x-deck-sandbox")).filter(|forced| !forced.is_empty()).map(str::to_owned);
        let id = asked.random.uuid().to_string();
        let document = (code == "FetchDocuments").then(|| asked.random.uuid().to_string());
        self.jobs.push(Job {
            id: id.clone(),
            code: code.to_owned(),
            connection: Some(connection_id),
            webhook,
            stage: Stage::Runs { until: asked.now + RUNS, forced, document },
        });
        Ok(id)
    }

    fn answer_job_mfa(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                job_guid: Option<String>,
                answer: String,
            }
        }

        let Body { job_guid, answer } = body(asked)?;
        let asks = |job: &Job| {
            matches!(job.stage, Stage::Asks { .. })
                && job_guid.as_ref().is_none_or(|id| id.eq_ignore_ascii_case(&job.id))
        };
        let Some((index, job)) = self.jobs.iter().enumerate().find(|(_, job)| asks(job)) else {
            return Err(refusal(ErrorCode::SecurityQuestionNotFound, "No job waits for this answer"));
        };
        if answer != MFA_ANSWER {
            let event = object!({ "job_guid": job.id });
            self.events.push(&job.webhook, ("Job", "MfaQuestionInvalidAnswer"), event, asked.now);
            return done();
        }
        let mut job = self.jobs.remove(index);
        if let Stage::Asks { opens, .. } = std::mem::replace(&mut job.stage, Stage::Ended) {
            self.open(&mut job, opens, asked);
        }
        done()
    }

    /// Ends the jobs whose time is over, in the order in which it was.
    pub(super) fn finish_jobs(&mut self, now: SystemTime) {
        let due = |job: &Job| job.until().filter(|until| *until <= now);
        while let Some((until, job)) =
            self.jobs.iter_mut().filter_map(|job| Some((due(job)?, job))).min_by_key(|(until, _)| *until)
        {
            let (forced, document) = match &job.stage {
                Stage::Runs { forced, document, .. } => (forced.as_deref(), document.as_deref()),
                Stage::Asks { .. } | Stage::Ended => (None, None),
            };
            let returns = match &job.stage {
                Stage::Asks { opens: Opens::Again { id, .. }, .. } => Some(id),
                _ => None,
            };
            let id = job.connection.as_ref().or(returns);
            let connection = id.and_then(|id| self.connections.get_mut(id.as_str()));
            let (key, result) = match (forced, connection) {
                (_, Some(connection)) if !job.runs() => {
                    // It may have come back another way.
                    if !connection.is_connected() {
                        connection.disconnect(ScrapingStatus::MfaCodeTimeout, until);
                    }
                    ("error", error("MfaTimeout"))
                }
                _ if !job.runs() => ("error", error("MfaTimeout")),
                (None, Some(connection)) => {
                    if let Some(document) = document {
                        connection.documents.fetch(document, &job.id, until);
                    }
                    ("output", object!({ "success": true }))
                }
                (Some("job-failed"), _) => {
                    let message = format!("Failed to complete {}.", job.code);
                    (
                        "output",
                        object!({ "success": false, "error_category": "JobFailed", "message": message }),
                    )
                }
                (Some(forced), _) => ("error", error(forced_code(forced))),
                (None, None) => ("error", error("JobCanceled")),
            };
            let at = until;
            report(&mut self.events, job, key, result, at);
            job.stage = Stage::Ended;
        }
        self.jobs.retain(|job| !matches!(job.stage, Stage::Ended));
    }

    fn ask(&mut self, job: &Job, at: SystemTime) {
        let question = object!({
            "job_guid": job.id,
            "question": QUESTION,
            "method_selected": Value::Null,
            "answer_expected_digits": Value::Null,
        });
        self.events.push(&job.webhook, ("Job", "MfaRequired"), question, at);
    }
}

/// The webhook that tells how a job ended.
fn report(events: &mut Events, job: &Job, key: &str, result: Value, at: SystemTime) {
    events.push(&job.webhook, ("Job", &job.code), json!({ "job_guid": job.id, key: result }), at);
}

fn open_already() -> Reply {
    refusal(ErrorCode::ActiveConnectionExists, "The connection is open already")
}

/// A refusal as jobs have it: without category, and with its message under the older name, too.
pub(super) fn as_job_s(mut refusal: Reply) -> Reply {
    let status = refusal.status();
    if let Some(Value::Object(members)) = refusal.json_mut()
        && status == StatusCode::BAD_REQUEST
    {
        object::retain(members, &|name, _| matches!(name, "error_code" | "error_message"));
        members.extend(members.get("error_message").cloned().map(|message| ("message".to_owned(), message)));
    }
    refusal
}

/// A job's idempotency key, if it has one, and what is asked under it.
fn keyed<'a>(asked: &'a Asked<'_>) -> Result<Option<(&'a str, Value)>, Reply> {
    let key = asked.header("x-deck-idempotency-key");
    if key.is_empty() {
        return Ok(None);
    }
    let is_version_4 = Uuid::try_parse(key).is_ok_and(|uuid| uuid.get_version_num() == 4);
    if key.len() != 36 || !is_version_4 {
        return Err(invalid("x-deck-idempotency-key is not a version 4 UUID of 36 characters"));
    }
    Ok(Some((key, Value::Object(body(asked)?))))
}

fn is_failure(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

fn error(code: &str) -> Value {
    object!({ "error_code": code, "error_message": code })
}

/// The error that a value of `x-deck-sandbox` asks for.
fn forced_code(forced: &str) -> &'static str {
    match forced {
        "error-input-values" => "InputValues",
        "error-not-found" => "NotFound",
        "error-system-error" => "SystemError",
        "error-action-rejected" => "ActionRejected",
        _ => "Unexpected",
    }
}

/// Where the input wants the connection's events sent, if it says so.
fn webhook(input: &Map<String, Value>) -> Result<Option<Webhook>, Reply> {
    let url = given(input, "webhook_url")?;
    Ok(url.map(|url| Webhook { url: Some(url.to_owned()), is_active: true }))
}

fn text<'a>(input: &'a Map<String, Value>, key: &str) -> Result<&'a str, Reply> {
    let text = given(input, key)?.filter(|text| !text.is_empty());
    text.ok_or_else(|| invalid(&format!("input lacks {key}")))
}

/// A text that may be left out.
fn given<'a>(input: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, Reply> {
    match input.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid(&format!("{key} is not a text"))),
    }
}
