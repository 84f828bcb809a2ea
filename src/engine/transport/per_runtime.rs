use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::runtime::Id;

/// What each tokio runtime has for itself: a connection is driven by its runtime's tasks, and ends with them.
pub(super) struct PerRuntime<T>(Mutex<Vec<Kept<T>>>);

struct Kept<T> {
    /// `None`: made before a runtime was there, for the first that comes.
    runtime: Option<Id>,
    value: T,
}

impl<T: Clone> PerRuntime<T> {
    /// Runtimes that are at work at once are few; of short-lived ones only the last matter.
    const KEPT: usize = 16;

    pub(super) fn starting_with(first: T) -> Self {
        Self(Mutex::new(vec![Kept { runtime: None, value: first }]))
    }

    /// The runtime's own, made where it has none; the one that was used least recently makes room.
    pub(super) fn get<E>(&self, runtime: Id, make: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if let Some(value) = self.known(runtime) {
            return Ok(value);
        }
        // Without the lock: it may take its time.
        let made = Kept { runtime: Some(runtime), value: make()? };
        if let Some(faster) = self.known(runtime) {
            return Ok(faster);
        }
        let value = made.value.clone();
        let mut kept = self.lock();
        kept.insert(0, made);
        let beyond = kept.len().min(Self::KEPT);
        let dropped = kept.split_off(beyond);
        drop(kept);
        drop(dropped);
        Ok(value)
    }

    fn known(&self, runtime: Id) -> Option<T> {
        let mut kept = self.lock();
        let at = kept.iter().position(|kept| kept.runtime.is_none_or(|owner| owner == runtime))?;
        if at > 0 {
            let used = kept.remove(at);
            kept.insert(0, used);
        }
        let used = kept.first_mut()?;
        used.runtime = Some(runtime);
        Some(used.value.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for PerRuntime<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PerRuntime")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{cell::Cell, convert::Infallible, sync::Arc};
    use tokio::runtime::{Builder, Runtime};

    fn runtimes(count: usize) -> Vec<Runtime> {
        (0..count).map(|_| Builder::new_current_thread().build().unwrap()).collect()
    }

    #[test]
    fn r19_each_runtime_has_its_own_and_the_first_takes_what_is_there() {
        let values = PerRuntime::starting_with(0);
        let made = Cell::new(0);
        let get = |runtime: &Runtime| {
            let make = || {
                made.set(made.get() + 1);
                Ok::<_, Infallible>(made.get())
            };
            values.get(runtime.handle().id(), make).unwrap()
        };
        let runtimes = runtimes(3);
        for _ in 0..3 {
            assert_eq!(runtimes.iter().map(get).collect::<Vec<_>>(), [0, 1, 2]);
        }
    }

    #[test]
    fn r19_sixteen_are_kept_and_the_least_recently_used_makes_room() {
        let values = PerRuntime::starting_with(Arc::new(()));
        let get = |runtime: &Runtime| {
            values.get(runtime.handle().id(), || Ok::<_, Infallible>(Arc::new(()))).unwrap()
        };
        let runtimes = runtimes(17);
        let first = Arc::downgrade(&get(&runtimes[0]));
        let second = Arc::downgrade(&get(&runtimes[1]));
        for runtime in &runtimes[2..16] {
            get(runtime);
        }
        get(&runtimes[0]);
        get(&runtimes[16]);
        assert!(first.upgrade().is_some(), "it was used just now");
        assert!(second.upgrade().is_none(), "it makes room");
        assert_eq!(values.lock().len(), 16);
    }
}
