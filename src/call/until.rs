use super::{Call, Draft};
use crate::Error;
use crate::engine::{Reader, may_succeed_later};
use crate::operation::Repeat;
use std::{fmt, pin::Pin, time::Duration};
use tokio::time::{Instant, sleep};

/// The first wait between two looks; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait that the vendor did not ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// What is left for the last look.
const LAST_LOOK: Duration = Duration::from_secs(1);

impl<T> Call<T> {
    /// Asks again and again until the value is as you want it.
    ///
    /// The first look is taken at once; the waits between two looks grow from 1 s to 10 s, and a longer `Retry-After` is
    /// honoured. Five minutes may pass unless [`within`](Until::within) says otherwise. Each look is the call with its
    /// options, its timeout cut to what is left. A look that fails in a way that may pass, such as a timeout or a 503, is no
    /// answer; any other error ends it.
    ///
    /// Test for every state that nothing comes after, not only for the one you hope for, or a customer who turns back
    /// costs you the whole time. The enums that have such states have `is_final`.
    ///
    /// ```
    /// # #[cfg(feature = "codat")]
    /// # async fn example(client: connectory::Client) -> Result<(), connectory::Error> {
    /// use connectory::codat::connections::{Connection, ConnectionStatus};
    /// use std::time::Duration;
    ///
    /// let is_decided = |connection: &Connection| connection.status.as_ref().is_some_and(ConnectionStatus::is_final);
    /// let connection = client.codat().connections().get("company", "connection");
    /// match connection.until(is_decided).within(Duration::from_secs(120)).await?.done() {
    ///     Some(connection) => println!("{:?}", connection.status),
    ///     None => println!("the customer is not there yet"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// On await, `Error::Request` for a call that is not [`Repeat::Read`], and nothing is sent; else the error of the look
    /// that ended it.
    pub fn until(self, is_done: impl FnMut(&T) -> bool + Send + 'static) -> Until<T> {
        let Self { draft, reader } = self;
        Until { draft, reader, is_done: Box::new(is_done), within: Duration::from_secs(5 * 60) }
    }
}

/// A call that is made again until its value is as wanted: [`Call::until`].
#[must_use = "nothing is asked until it is awaited"]
pub struct Until<T> {
    draft: Draft,
    reader: Reader<T>,
    is_done: Box<dyn FnMut(&T) -> bool + Send>,
    within: Duration,
}

/// How the waiting of [`Call::until`] ended.
#[derive(Debug)]
pub enum Waited<T> {
    /// The value is as wanted.
    Done(T),
    /// Time is up.
    TimeUp {
        /// What the last look that succeeded gave; `None` where none did.
        last: Option<T>,
        /// Why the last look failed; `None` where it succeeded.
        error: Option<Error>,
    },
}

impl<T> Waited<T> {
    /// The value, if it is as wanted.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(value) => Some(value),
            Self::TimeUp { .. } => None,
        }
    }
}

impl<T: Send + 'static> Until<T> {
    /// Bounds the whole, looks and waits. 5 minutes by default.
    ///
    /// The last look is taken about a second before the end. A `Retry-After` that goes beyond it ends the waiting at once.
    pub fn within(mut self, time: Duration) -> Self {
        self.within = time;
        self
    }

    /// The future of the waiting, as `tokio::spawn` and collections of futures want it; `.await` needs none.
    ///
    /// # Errors
    /// As with [`Call::until`].
    pub fn send(self) -> impl Future<Output = Result<Waited<T>, Error>> + Send + 'static {
        let Self { mut draft, reader, mut is_done, within } = self;
        async move {
            let operation = draft.operation();
            if operation.repeat() != Repeat::Read {
                let why =
                    format!("only a read can be awaited with `until`, and this is {:?}", operation.repeat());
                return Err(Error::request(operation, why));
            }
            let mut pace = Pace::new(within);
            let mut last = None;
            loop {
                let look = draft.again().within(pace.left()).ready()?;
                let error = match look.value(reader).await {
                    Ok((value, _)) if is_done(&value) => return Ok(Waited::Done(value)),
                    Ok((value, _)) => {
                        last = Some(value);
                        None
                    }
                    Err(error) if may_succeed_later(&error) => Some(error),
                    Err(error) => return Err(error),
                };
                match pace.wait(error.as_ref().and_then(Error::retry_after)) {
                    Some(wait) => sleep(wait).await,
                    None => return Ok(Waited::TimeUp { last, error }),
                }
            }
        }
    }
}

impl<T: Send + 'static> IntoFuture for Until<T> {
    type Output = Result<Waited<T>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<T> fmt::Debug for Until<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Until")
            .field("operation", &self.draft.operation().id())
            .field("within", &self.within)
            .finish_non_exhaustive()
    }
}

/// When the next look is taken.
struct Pace {
    /// `None`: beyond what the clock can tell.
    deadline: Option<Instant>,
    wait: Duration,
}

impl Pace {
    fn new(within: Duration) -> Self {
        Self { deadline: Instant::now().checked_add(within), wait: FIRST_WAIT }
    }

    fn left(&self) -> Duration {
        self.deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// How long to wait for the next look; `None` where there is no time for one.
    fn wait(&mut self, asked: Option<Duration>) -> Option<Duration> {
        let usual = self.wait.min(self.left().saturating_sub(LAST_LOOK));
        self.wait = self.wait.saturating_mul(2).min(LONGEST_WAIT);
        let wait = asked.unwrap_or_default().max(usual);
        (!usual.is_zero() && wait < self.left()).then_some(wait)
    }
}
