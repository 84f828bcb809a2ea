use super::{Credentials, State};
use crate::sandbox::{context::lock, outbox::Outbox, random::Random};
use std::sync::Mutex;

/// The applications of one account at Apideck: they share its key, and nothing else.
pub(in crate::sandbox) struct Apps {
    first: Mutex<State>,
    others: Vec<Mutex<State>>,
}

impl Apps {
    pub(in crate::sandbox) fn new(outbox: Outbox, random: &Random) -> Self {
        Self { first: Mutex::new(State::new(outbox, random)), others: Vec::new() }
    }

    /// Adds an application of this id.
    pub(in crate::sandbox) fn add(&mut self, app_id: String, outbox: Outbox, random: &Random) {
        let mut state = State::new(outbox, random);
        state.credentials.app_id = app_id;
        self.others.push(Mutex::new(state));
    }

    /// Makes the account known by this key, and its first application by this id.
    pub(in crate::sandbox) fn set_credentials(&self, credentials: Credentials) {
        for state in &self.others {
            lock(state).credentials.api_key.clone_from(&credentials.api_key);
        }
        lock(&self.first).credentials = credentials;
    }

    pub(in crate::sandbox) fn first(&self) -> &Mutex<State> {
        &self.first
    }

    pub(in crate::sandbox) fn all(&self) -> impl Iterator<Item = &Mutex<State>> {
        [&self.first].into_iter().chain(&self.others)
    }

    /// The application of this id.
    pub(in crate::sandbox) fn of(&self, app_id: &str) -> Option<&Mutex<State>> {
        self.all().find(|state| lock(state).credentials.app_id == app_id)
    }
}
