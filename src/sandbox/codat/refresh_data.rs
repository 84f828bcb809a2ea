//! Pull operations: they read one data type of one connection, for ten seconds of the sandbox's clock.

use super::pages::{list, malformed};
use super::settings::is_data_type;
use super::{Codat, Pending, State, done, invalid, iso, ok, refusal};
use crate::codat::connections::ConnectionStatus;
use crate::codat::refresh_data::{self, DatasetId, PullOperationStatus};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step, later};
use crate::sandbox::object::object;
use crate::sandbox::random::Random;
use crate::sandbox::store::Store;
use http::StatusCode;
use serde_json::{Map, Value, json};
use std::time::{Duration, SystemTime};

pub(super) const HANDLERS: Handlers<State> = &[
    (&refresh_data::ALL, State::refresh_all),
    (&refresh_data::BY_DATA_TYPE, State::refresh_data_type),
    (&refresh_data::GET_DATA_STATUSES, State::get_data_statuses),
    (&refresh_data::LIST_PULL_OPERATIONS, State::list_pull_operations),
    (&refresh_data::GET_PULL_OPERATION, State::get_pull_operation),
];

const RUNS: Duration = Duration::from_secs(10);
/// How far it is from each of these seconds on, with its progress.
const STEPS: [(u64, PullOperationStatus, u32); 5] = [
    (0, PullOperationStatus::Queued, 0),
    (2, PullOperationStatus::Fetching, 20),
    (5, PullOperationStatus::Mapping, 60),
    (7, PullOperationStatus::Processing, 80),
    (9, PullOperationStatus::Validating, 90),
];

pub(super) struct Pull {
    pub(super) company: String,
    pub(super) connection: String,
    pub(super) data_type: String,
    requested: SystemTime,
    pub(super) ends: SystemTime,
    end: PullOperationStatus,
}

impl Pull {
    pub(super) fn status(&self, now: SystemTime) -> PullOperationStatus {
        self.step(now).0
    }

    fn step(&self, now: SystemTime) -> (PullOperationStatus, u32) {
        if now >= self.ends {
            return (self.end.clone(), 100);
        }
        let age = now.duration_since(self.requested).unwrap_or_default().as_secs();
        let reached = STEPS.into_iter().rev().find(|(from, ..)| *from <= age);
        reached.map_or((PullOperationStatus::Initial, 0), |(_, status, progress)| (status, progress))
    }

    fn json(&self, id: &str, now: SystemTime) -> Value {
        let (status, progress) = self.step(now);
        let is_completed = status == PullOperationStatus::Complete;
        let is_errored = status.is_final() && !is_completed;
        object!({
            "id": id,
            "companyId": self.company,
            "connectionId": self.connection,
            "dataType": self.data_type,
            "status": status,
            "statusDescription": Value::Null,
            "errorMessage": is_errored.then(|| format!("{} could not be read", self.data_type)),
            "requested": iso(self.requested),
            "completed": status.is_final().then(|| iso(self.ends)),
            "progress": progress,
            "isCompleted": is_completed,
            "isErrored": is_errored,
        })
    }
}

impl Codat<'_> {
    /// Ends a pull operation now, with this status.
    ///
    /// False where there is no such operation, or it has ended. One that ends with `ValidationError` has an error among
    /// its validation results.
    pub fn end_pull_operation(&self, dataset: impl Into<DatasetId>, status: PullOperationStatus) -> bool {
        let (dataset, now) = (dataset.into(), self.context.now());
        let mut state = self.state();
        let running = state.pulls.get_mut(dataset.as_str()).filter(|pull| now < pull.ends);
        running.map(|pull| (pull.ends, pull.end) = (now, status)).is_some()
    }
}

impl State {
    fn refresh_all(&mut self, asked: &Asked<'_>) -> Step {
        let (company, _) = self.company(asked)?;
        let mut pulls = Vec::new();
        for (connection, _) in self.linked(asked, company, None)? {
            pulls.extend(self.pull_all(&connection, asked.now, asked.random));
        }
        self.read_together(company, &pulls);
        done(StatusCode::NO_CONTENT)
    }

    fn refresh_data_type(&mut self, asked: &Asked<'_>) -> Step {
        let ((company, _), data_type) = (self.company(asked)?, asked.id("dataType")?);
        if !is_data_type(data_type) {
            return Err(invalid(asked));
        }
        let mut linked = self.linked(asked, company, asked.query("connectionId"))?;
        let has = |(_, data_types): &(String, Vec<&str>)| data_types.contains(&data_type);
        if linked.iter().any(has) {
            linked.retain(has);
        }
        let pulls: Vec<_> = linked
            .iter()
            .map(|(connection, _)| self.pull(connection, data_type, asked.now, asked.random))
            .collect();
        self.read_together(company, &pulls);
        pulls.into_iter().next().map_or_else(|| Err(invalid(asked)), ok)
    }

    /// Data types of which nothing was read are not among them.
    fn get_data_statuses(&mut self, asked: &Asked<'_>) -> Step {
        let (company, _) = self.company(asked)?;
        let mut statuses = Map::new();
        for (id, pull) in self.pulls.filter(&|_, pull| pull.company == company) {
            if !is_data_type(&pull.data_type) {
                continue;
            }
            let status = pull.status(asked.now);
            let known = statuses.entry(pull.data_type.as_str()).or_insert_with(|| json!({}));
            known["dataType"] = pull.data_type.as_str().into();
            known["latestSyncId"] = id.into();
            if status == PullOperationStatus::Complete {
                known["latestSuccessfulSyncId"] = id.into();
                known["lastSuccessfulSync"] = iso(pull.ends).into();
            }
            known["currentStatus"] = status.as_str().into();
        }
        ok(statuses.into())
    }

    fn list_pull_operations(&mut self, asked: &Asked<'_>) -> Step {
        let (company, _) = self.company(asked)?;
        // Codat shows it and cannot be asked for it.
        if asked.query("query").is_some_and(|query| query.contains("isCompleted")) {
            let message = "Error parsing query - Could not resolve property isCompleted on Dataset";
            return Err(malformed(asked, message));
        }
        let pulls = self.pulls.filter(&|_, pull| pull.company == company);
        list(asked, &pulls, |(id, pull)| pull.json(id, asked.now))
    }

    fn get_pull_operation(&mut self, asked: &Asked<'_>) -> Step {
        let (id, pull) = self.dataset(asked)?;
        ok(pull.json(id, asked.now))
    }

    /// Id and pull operation that the path names: one of the company that it names.
    pub(super) fn dataset<'a>(&mut self, asked: &'a Asked<'_>) -> Result<(&'a str, &Pull), Reply> {
        let ((company, _), id) = (self.company(asked)?, asked.id("datasetId")?);
        let pull = self.pulls.get(id).filter(|pull| pull.company == company).ok_or_else(|| {
            let message = format!("Dataset {id} not found");
            refusal(asked.random, StatusCode::NOT_FOUND, "PublicApi", &message)
        })?;
        Ok((id, pull))
    }

    /// The connections of a company that can be read, or this one of them, and the data types that they have.
    fn linked(
        &self,
        asked: &Asked<'_>,
        company: &str,
        wanted: Option<&str>,
    ) -> Result<Vec<(String, Vec<&'static str>)>, Reply> {
        let found = self.connections.filter(&|id, connection| {
            connection.company == company && wanted.is_none_or(|wanted| wanted == id)
        });
        if let (Some(id), []) = (wanted, &found[..]) {
            let message = format!("Data connection {id} not found");
            return Err(refusal(asked.random, StatusCode::NOT_FOUND, "PublicApi", &message));
        }
        let mut linked = Vec::new();
        for (id, connection) in found {
            if connection.status == ConnectionStatus::Linked {
                linked.push((id.to_owned(), connection.integration.data_types()));
            }
        }
        if linked.is_empty() {
            let message = "The company has no linked data connection to read";
            return Err(refusal(asked.random, StatusCode::BAD_REQUEST, "PublicApi", message));
        }
        Ok(linked)
    }

    /// Tells when all of these pull operations have ended.
    pub(super) fn read_together(&mut self, company: &str, pulls: &[Value]) {
        let pulls: Vec<_> = pulls.iter().filter_map(|pull| pull["id"].as_str()).map(str::to_owned).collect();
        if !pulls.is_empty() {
            self.pending.push(Pending::Read { company: company.to_owned(), pulls });
        }
    }

    /// Begins to read all data types that are fetched on first link.
    pub(super) fn pull_all(&mut self, connection: &str, now: SystemTime, random: &Random) -> Vec<Value> {
        let Some(found) = self.connections.get(connection) else { return Vec::new() };
        let own = self.companies.get(&found.company).and_then(|company| company.sync_settings.as_ref());
        let settings = own.unwrap_or(&self.sync_settings);
        let mut fetched = found.integration.data_types();
        fetched.retain(|data_type| settings.fetches(data_type));
        fetched.into_iter().map(|data_type| self.pull(connection, data_type, now, random)).collect()
    }

    /// When each connection was last read with success.
    pub(super) fn last_syncs(&self, now: SystemTime) -> Store<SystemTime> {
        let mut syncs = Store::<SystemTime>::default();
        for (_, pull) in self.pulls.iter() {
            if pull.status(now) != PullOperationStatus::Complete {
                continue;
            }
            match syncs.get_mut(&pull.connection) {
                Some(last) => *last = pull.ends.max(*last),
                None => drop(syncs.put(pull.connection.as_str(), pull.ends)),
            }
        }
        syncs
    }

    /// Begins to read a data type. One that the software does not have ends at once.
    pub(super) fn pull(
        &mut self,
        connection: &str,
        data_type: &str,
        now: SystemTime,
        random: &Random,
    ) -> Value {
        let id = random.uuid().to_string();
        let Some(found) = self.connections.get(connection) else { return Value::Null };
        let is_missing = is_data_type(data_type) && !found.integration.data_types().contains(&data_type);
        let (ends, end) = match is_missing {
            true => (now, PullOperationStatus::NotSupported),
            false => (later(now, RUNS), PullOperationStatus::Complete),
        };
        let pull = Pull {
            company: found.company.clone(),
            connection: connection.to_owned(),
            data_type: data_type.to_owned(),
            requested: now,
            ends,
            end,
        };
        let json = pull.json(&id, now);
        self.pulls.put(&id, pull);
        json
    }
}
