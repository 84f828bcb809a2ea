//! What all vendors share: one clock and one source of chance.

use super::exchange::later;
use super::random::Random;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

pub(super) struct Context {
    pub(super) random: Random,
    clock: Arc<Mutex<Clock>>,
}

impl Context {
    pub(super) fn new(random: Random, clock: Clock) -> Self {
        Self { random, clock: Arc::new(Mutex::new(clock)) }
    }

    pub(super) fn clock(&self) -> Arc<Mutex<Clock>> {
        self.clock.clone()
    }

    pub(super) fn now(&self) -> SystemTime {
        lock(&self.clock).now()
    }

    pub(super) fn advance(&self, time: Duration) {
        let mut clock = lock(&self.clock);
        clock.advanced = clock.advanced.saturating_add(time);
    }
}

/// The sandbox's time: the machine's or one that stands still, moved forward by what a test says.
#[derive(Clone, Copy, Default)]
pub(super) struct Clock {
    pub(super) stands_at: Option<SystemTime>,
    pub(super) advanced: Duration,
}

impl Clock {
    fn now(self) -> SystemTime {
        later(self.of_receivers(), self.advanced)
    }

    /// The clock of whoever a delivery is for: nobody has moved that forward.
    pub(super) fn of_receivers(self) -> SystemTime {
        self.stands_at.unwrap_or_else(SystemTime::now)
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
