use super::{Account, Connection, Failure};
use crate::operation::Operation;
use crate::{Call, Client, Error, Outcome, Paged, Unread};
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

/// Calls that are under way at once.
const AT_ONCE: usize = 16;
/// Connections of one account that are kept: no page of a browser shows as many.
const MOST: usize = 10_000;

/// A look at all of a customer's connections.
#[derive(Clone)]
pub(super) struct Look {
    pub(super) client: Client,
    /// `None`: beyond what the clock can tell.
    deadline: Option<Instant>,
    permits: Arc<Semaphore>,
}

impl Look {
    pub(super) fn new(client: Client, timeout: Duration) -> Self {
        let deadline = Instant::now().checked_add(timeout);
        Self { client, deadline, permits: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    fn left(&self) -> Duration {
        self.deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Sends a call once it is its turn, if that is in time.
    pub(super) async fn ask<T: 'static>(&self, call: Call<T>) -> Result<T, Error> {
        let _turn = self.turn(call.operation()).await?;
        call.within(self.left()).await
    }

    /// Walks a list, and gives what came of it until the error, if there was one.
    pub(super) async fn walk<T: Paged + 'static>(
        &self,
        call: Call<T>,
        mut page: impl FnMut(T) -> usize,
    ) -> Result<(), Error> {
        let operation = call.operation();
        let _turn = self.turn(operation).await?;
        let mut pages = call.within(self.left()).pages();
        let mut seen = 0_usize;
        while let Some(next) = self.next(&mut pages, operation).await? {
            if seen >= MOST {
                return Err(Error::endless(operation));
            }
            seen = seen.saturating_add(page(next).max(1));
        }
        Ok(())
    }

    /// Waits for a call's turn, which has to come while there is time left.
    async fn turn(&self, operation: &'static Operation) -> Result<impl Drop, Error> {
        let turn = self.in_time(self.permits.acquire()).await.and_then(Result::ok);
        turn.filter(|_| !self.left().is_zero()).ok_or_else(|| Error::late(operation, Outcome::NotSent))
    }

    async fn next<T: Paged>(
        &self,
        pages: &mut crate::Pages<T>,
        operation: &'static Operation,
    ) -> Result<Option<T>, Error> {
        let page = self.in_time(pages.try_next_page()).await;
        page.unwrap_or_else(|| Err(Error::late(operation, Outcome::Unknown)))
    }

    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        match self.deadline {
            Some(deadline) => timeout_at(deadline, work).await.ok(),
            None => Some(work.await),
        }
    }
}

/// What one account brought.
#[derive(Default)]
pub(super) struct Found {
    pub(super) connections: Vec<Connection>,
    /// What the customer has not connected yet.
    pub(super) available: Vec<Connection>,
    pub(super) unread: Vec<Unread>,
    pub(super) failure: Option<Failure>,
}

impl Found {
    pub(super) fn failed(account: Option<Account>, error: Error) -> Self {
        Self { failure: Some(Failure::new(account, error)), ..Self::default() }
    }
}
