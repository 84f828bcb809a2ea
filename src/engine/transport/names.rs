use crate::error::BoxError;
use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    vec,
};
use tokio::{
    runtime::{Handle, Id, TryCurrentError},
    sync::watch,
    task::spawn_blocking,
};

/// Looks hosts up, one look-up for each host and runtime at a time: all who wait share it, and nothing is kept after.
///
/// The platform's look-up cannot be stopped, and holds a thread until it ends.
pub(super) struct Names {
    look_up: LookUp,
    running: Arc<Mutex<Vec<Running>>>,
}

/// The addresses of a host, once they are there.
pub(super) type LookingUp = Pin<Box<dyn Future<Output = Result<vec::IntoIter<SocketAddr>, BoxError>> + Send>>;

type LookUp = Arc<dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync>;

/// `None` until it is there.
type Found = Option<Result<Vec<SocketAddr>, Arc<io::Error>>>;

struct Running {
    host: String,
    runtime: Id,
    found: watch::Receiver<Found>,
}

impl Names {
    pub(super) fn of_the_platform() -> Self {
        Self::new(|host| Ok((host, 0).to_socket_addrs()?.collect()))
    }

    pub(super) fn new(look_up: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static) -> Self {
        Self { look_up: Arc::new(look_up), running: Arc::default() }
    }

    pub(super) fn addresses(&self, host: &str) -> LookingUp {
        let found = self.look_up(host);
        Box::pin(async move {
            let mut found = found?;
            let found = found.wait_for(Option::is_some).await?.clone();
            Ok(found.ok_or("the look-up has no end")??.into_iter())
        })
    }

    /// Joins the look-up that is running, or starts one.
    fn look_up(&self, host: &str) -> Result<watch::Receiver<Found>, TryCurrentError> {
        let runtime = Handle::try_current()?.id();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = running.iter().find(|one| one.is(host, runtime)) {
            return Ok(one.found.clone());
        }
        let (sender, found) = watch::channel(None);
        running.push(Running { host: host.to_owned(), runtime, found: found.clone() });
        // A runtime that is shutting down drops at once what it is given, and that takes the lock.
        drop(running);
        let look_up = self.look_up.clone();
        let entry = Entry { running: self.running.clone(), host: host.to_owned(), runtime };
        spawn_blocking(move || {
            let found = look_up(&entry.host).map_err(Arc::new);
            // From here on others look up anew.
            drop(entry);
            sender.send_replace(Some(found));
        });
        Ok(found)
    }
}

impl Running {
    fn is(&self, host: &str, runtime: Id) -> bool {
        self.runtime == runtime && self.host == host
    }
}

/// A look-up among those that are running, until it ends or is dropped before it began.
struct Entry {
    running: Arc<Mutex<Vec<Running>>>,
    host: String,
    runtime: Id,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|one| !one.is(&self.host, self.runtime));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::{
            Condvar,
            atomic::{AtomicUsize, Ordering},
        },
        task::{Context, Waker},
        time::Duration,
    };
    use tokio::runtime::Builder;

    /// A name server that says nothing until it is told to.
    #[derive(Clone, Default)]
    struct Slow {
        asked: Arc<AtomicUsize>,
        open: Arc<(Mutex<bool>, Condvar)>,
    }

    impl Slow {
        fn names(&self) -> Arc<Names> {
            let slow = self.clone();
            Arc::new(Names::new(move |host| {
                slow.asked.fetch_add(1, Ordering::SeqCst);
                let (open, changed) = &*slow.open;
                drop(changed.wait_while(open.lock().unwrap(), |open| !*open).unwrap());
                match host {
                    "nobody" => Err(io::Error::other("no such host")),
                    _ => Ok(vec![SocketAddr::from(([192, 0, 2, 1], 0))]),
                }
            }))
        }

        fn set_open(&self, open: bool) {
            *self.open.0.lock().unwrap() = open;
            self.open.1.notify_all();
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::SeqCst)
        }
    }

    async fn found(addresses: LookingUp) -> Result<usize, String> {
        addresses.await.map(|addresses| addresses.len()).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn r16_six_hundred_calls_that_give_up_hold_one_thread() {
        let slow = Slow::default();
        let names = slow.names();
        let mut waker = Context::from_waker(Waker::noop());
        for _ in 0..600 {
            assert!(names.addresses("vendor").as_mut().poll(&mut waker).is_pending());
        }
        let last = names.addresses("vendor");
        let others = tokio::time::timeout(Duration::from_secs(10), spawn_blocking(|| 7)).await;
        slow.set_open(true);
        assert_eq!(others.expect("a thread is free for others").unwrap(), 7);
        assert_eq!(found(last).await, Ok(1));
        assert_eq!(slow.asked(), 1);
    }

    #[tokio::test]
    async fn what_was_found_goes_to_all_who_wait_and_is_not_kept() {
        let slow = Slow::default();
        let names = slow.names();
        for (host, expected) in [("vendor", Ok(1)), ("nobody", Err("no such host".to_owned()))] {
            slow.set_open(false);
            let before = slow.asked();
            let first = names.addresses(host);
            let waiting = [names.addresses(host), names.addresses(host)];
            drop(first);
            slow.set_open(true);
            for one in waiting {
                assert_eq!(found(one).await, expected);
            }
            assert_eq!(slow.asked() - before, 1);
            let again = found(names.addresses(host)).await;
            assert_eq!((again, slow.asked() - before), (expected, 2));
        }
    }

    #[test]
    fn a_runtime_waits_for_no_other_runtime_s_look_up() {
        let slow = Slow::default();
        let names = slow.names();
        let runtime = || Builder::new_current_thread().build().unwrap();
        let (gone, here) = (runtime(), runtime());
        let waiting = {
            let _gone = gone.enter();
            names.addresses("vendor")
        };
        gone.shutdown_background();
        slow.set_open(true);
        here.block_on(async {
            assert_eq!(found(names.addresses("vendor")).await, Ok(1));
        });
        drop(waiting);
        let there = runtime();
        there.block_on(async {
            assert_eq!(found(names.addresses("vendor")).await, Ok(1));
        });
    }
}
