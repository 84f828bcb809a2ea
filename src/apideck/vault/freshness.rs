//! Keeps a connection's token fresh before unified calls, with one `validate` for all who ask at once.

use super::connections::{ConnectionState, VALIDATE, ValidatedConnection};
use crate::Error;
use crate::apideck::{Apideck, ConsumerId, ServiceId, UnifiedApi};
use crate::engine::runtime;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::{fmt, pin::Pin, time::Duration};
use tokio::{sync, time::Instant};

/// Makes sure that connections have a fresh token, with one `validate` for all who ask at once.
///
/// Apideck refreshes a token that is about to expire on the next unified call. Of several such calls at once each may
/// refresh it, and some services then refuse what the others got. So ask here before you send a batch of them:
///
/// ```
/// use connectory::Client;
/// use connectory::apideck::vault::Freshness;
///
/// async fn sync(client: &Client, freshness: &Freshness) -> Result<(), Box<dyn std::error::Error>> {
///     freshness.ensure("acme", "accounting", "xero").await?;
///     // Unified calls of this customer, as many at once as you like.
///     Ok(())
/// }
///
/// # fn example(client: &Client) {
/// let freshness = Freshness::new(&client.apideck()); // one for the whole program: clones share it
/// # }
/// ```
///
/// Whoever asks while another one's call is under way waits for that call, and gets its answer or its error. A call that
/// its first caller drops is carried on by those who wait. A success counts for [`fresh_for`](Self::fresh_for), an error
/// for nobody who asks later. What is kept lives in memory, and each tokio runtime has its own; the guide to Apideck says
/// what to do over several replicas.
///
/// Source: <https://developers.apideck.com/guides/refresh-token-race-condition>.
#[derive(Clone)]
pub struct Freshness {
    apideck: Apideck,
    fresh_for: Duration,
    known: Arc<Mutex<Known>>,
}

/// A connection, as a tokio runtime knows it: what a call waits for is driven by the runtime that began it.
type Key = (tokio::runtime::Id, ConsumerId, UnifiedApi, ServiceId);

type Validated = Result<ValidatedConnection, Arc<Error>>;

#[derive(Default)]
struct Known {
    connections: HashMap<Key, Connection>,
    /// With so many connections those that say nothing any more are thrown out.
    crowded: usize,
}

#[derive(Default)]
struct Connection {
    fresh: Option<(ValidatedConnection, Instant)>,
    /// The call under way. It belongs to those who wait, so that it ends with the last of them.
    flight: Weak<sync::Mutex<Flight>>,
}

impl Connection {
    fn fresh(&self) -> Option<&ValidatedConnection> {
        self.fresh.as_ref().filter(|(_, until)| Instant::now() < *until).map(|(connection, _)| connection)
    }
}

/// A call that whoever holds its lock drives.
enum Flight {
    Going(Pin<Box<dyn Future<Output = Validated> + Send>>),
    Landed(Validated),
}

impl Freshness {
    /// Looks after the connections of this app's consumers.
    ///
    /// The consumer of the scope does not matter: each call names its own.
    pub fn new(apideck: &Apideck) -> Self {
        Self { apideck: apideck.clone(), fresh_for: Duration::from_secs(10 * 60), known: Arc::default() }
    }

    /// Sets for how long a token counts as fresh. 10 minutes by default.
    ///
    /// It should be half a minute less than the service's tokens last, since Apideck refreshes them that early. Every
    /// `validate` makes a new token, however long the old one would have lasted.
    #[must_use]
    pub fn fresh_for(mut self, time: Duration) -> Self {
        self.fresh_for = time;
        self
    }

    /// Validates a connection, unless that was done not long ago, and gives what came of it.
    ///
    /// Drop it whenever you like, as by `tokio::time::timeout` for a deadline of your own: that costs nobody else
    /// anything. Only a [`Callable`](ConnectionState::Callable) connection counts as fresh afterwards.
    ///
    /// # Errors
    /// Those of [`validate`](super::connections::Connections::validate), shared by all who waited for the call.
    #[inline]
    pub async fn ensure(
        &self,
        consumer: impl Into<ConsumerId>,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) -> Result<ValidatedConnection, Arc<Error>> {
        let (consumer, unified_api, service) = (consumer.into(), unified_api.into(), service.into());
        let key = (runtime::check(&VALIDATE)?.id(), consumer, unified_api, service);
        let flight = match self.join(&key) {
            Ok(connection) => return Ok(connection),
            Err(flight) => flight,
        };
        let mut held = flight.lock().await;
        let landed = match &mut *held {
            Flight::Landed(validated) => return validated.clone(),
            Flight::Going(call) => call.await,
        };
        self.land(key, &flight, &landed);
        *held = Flight::Landed(landed.clone());
        landed
    }

    /// Lets the next [`ensure`](Self::ensure) of this connection validate it, as after a unified call with a 401.
    pub fn forget(
        &self,
        consumer: impl Into<ConsumerId>,
        unified_api: impl Into<UnifiedApi>,
        service: impl Into<ServiceId>,
    ) {
        let (consumer, unified_api, service) = (consumer.into(), unified_api.into(), service.into());
        for ((_, of, api, at), connection) in &mut self.known().connections {
            if (of, api, at) == (&consumer, &unified_api, &service) {
                connection.fresh = None;
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of the connection, or else the call that tells: the one under way, or a new one.
    #[inline]
    fn join(&self, key: &Key) -> Result<ValidatedConnection, Arc<sync::Mutex<Flight>>> {
        let mut known = self.known();
        known.make_room();
        let connection = known.connections.entry(key.clone()).or_default();
        if let Some(fresh) = connection.fresh() {
            return Ok(fresh.clone());
        }
        Err(connection.flight.upgrade().unwrap_or_else(|| {
            let (_, consumer, unified_api, service) = key.clone();
            let connections = self.apideck.clone().consumer(consumer).vault().connections();
            let call = connections.validate(unified_api, service).send();
            let call = async move { call.await.map(|answer| answer.data).map_err(Arc::new) };
            let flight = Arc::new(sync::Mutex::new(Flight::Going(Box::pin(call))));
            connection.flight = Arc::downgrade(&flight);
            flight
        }))
    }

    /// Keeps a success. Whoever asks from now on does not meet this call.
    fn land(&self, key: Key, flight: &Arc<sync::Mutex<Flight>>, validated: &Validated) {
        let mut known = self.known();
        let connection = known.connections.entry(key).or_default();
        if connection.flight.ptr_eq(&Arc::downgrade(flight)) {
            connection.flight = Weak::new();
        }
        if let Ok(validated) = validated
            && validated.state == Some(ConnectionState::Callable)
        {
            let until = Instant::now().checked_add(self.fresh_for);
            connection.fresh = until.map(|until| (validated.clone(), until));
        }
    }
}

impl Known {
    /// Throws out what says nothing any more, once there is twice as much as the last time.
    fn make_room(&mut self) {
        if self.connections.len() < self.crowded.max(64) {
            return;
        }
        self.connections.retain(|_, it| it.fresh().is_some() || it.flight.strong_count() > 0);
        self.crowded = self.connections.len().saturating_mul(2);
    }
}

impl fmt::Debug for Freshness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Freshness").field("fresh_for", &self.fresh_for).finish_non_exhaustive()
    }
}
