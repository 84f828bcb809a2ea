mod by_hand;
mod download;
mod draft;
mod pages;
mod until;

pub use by_hand::RequestBuilder;
pub use download::Download;
pub(crate) use draft::Draft;
pub(crate) use draft::RESERVED;
#[cfg(feature = "apideck")]
pub(crate) use draft::write_query;
pub(crate) use pages::page::{Page, Successor};
pub use pages::{Paged, Pages};
pub use until::{Until, Waited};

use crate::engine::{Answer, Options, Reader};
use crate::operation::Operation;
use crate::{Error, RateLimit, Unread};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::{fmt, pin::Pin, time::Duration};

/// One call, complete but not sent: await it to send it and get its value.
///
/// Options set here hold for this call only. What is wrong with the arguments is kept and returned on await. Await it
/// inside a tokio runtime whose timer is enabled, and I/O too unless the transport is one of your own. Without a timer it
/// is `Error::Config`, after tokio's own panic message has gone through the panic hook: tokio has no other way to tell.
///
/// ```
/// # async fn example(client: connectory::Client) -> Result<(), connectory::Error> {
/// # #[cfg(feature = "codat")] {
/// use std::time::Duration;
///
/// let response = client
///     .codat()
///     .companies()
///     .get_access_token("8a210b68-6988-11ed-a1eb-0242ac120002")
///     .timeout(Duration::from_secs(5))
///     .response()
///     .await?;
/// println!("{} after {} attempts", response.status(), response.attempts());
/// # }
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is sent when it is awaited"]
pub struct Call<T> {
    draft: Draft,
    reader: Reader<T>,
}

impl<T> Call<T> {
    pub(crate) fn new(draft: Draft, reader: Reader<T>) -> Self {
        Self { draft, reader }
    }

    /// Bounds the whole call, retries and waits included. 60 s by default.
    ///
    /// A bound below the client's `connect_timeout` (5 s by default) can end the call while it connects; it then
    /// cannot be told that nothing was sent, and the outcome is `Unknown`.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.options(|options| options.timeout = Some(timeout))
    }

    /// Bounds each attempt. 30 s by default.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        self.options(|options| options.attempt_timeout = Some(timeout))
    }

    /// Bounds the number of attempts, the first included. 3 by default, 1 switches retries off.
    pub fn max_attempts(self, attempts: u32) -> Self {
        self.options(|options| options.max_attempts = Some(attempts))
    }

    /// Adds a header, or replaces one of the client's own such as `Accept`.
    ///
    /// # Errors
    /// On await, `Error::Request` for the headers that hold credentials, app, consumer or idempotency key, for those
    /// that frame or describe the request's body, and for values that no header can hold.
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        Self { draft: self.draft.caller_header(name.as_ref(), value.as_ref()), ..self }
    }

    /// Replaces the idempotency key, a fresh UUID v4 by default.
    ///
    /// Keep your own key with the job it belongs to when the call may be made again after a crash.
    ///
    /// # Errors
    /// On await, `Error::Request` for an operation that is not [`Repeat::Keyed`](crate::operation::Repeat::Keyed), and for a key
    /// with bytes outside visible ASCII.
    pub fn idempotency_key(self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.options(|options| options.idempotency_key = Some(key.into()))
    }

    /// The operation that is called.
    pub fn operation(&self) -> &'static Operation {
        self.draft.operation()
    }

    /// The future of the call, as `tokio::spawn` and collections of futures want it; `.await` needs none.
    ///
    /// ```
    /// # async fn example(client: connectory::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// # #[cfg(feature = "codat")] {
    /// let companies = client.codat().companies();
    /// let token = tokio::spawn(companies.get_access_token("8a210b68-6988-11ed-a1eb-0242ac120002").send());
    /// println!("{:?}", token.await??);
    /// # }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Any [`Error`].
    pub fn send(self) -> impl Future<Output = Result<T, Error>> + Send + 'static
    where
        T: 'static,
    {
        let Self { draft, reader } = self;
        let ready = draft.ready();
        async move {
            let ready = ready?;
            Ok(ready.value(reader).await?.0)
        }
    }

    /// Sends the call and gives its value with status, headers, request id and attempts.
    ///
    /// # Errors
    /// Any [`Error`].
    pub fn response(self) -> impl Future<Output = Result<Response<T>, Error>> + Send + 'static
    where
        T: 'static,
    {
        let Self { draft, reader } = self;
        let ready = draft.ready();
        async move {
            let ready = ready?;
            let (value, answer) = ready.value(reader).await?;
            let request_id = answer.request_id().map(str::to_owned);
            let Answer { status, headers, attempts, unread, .. } = answer;
            Ok(Response { value, status, headers, request_id, attempts, unread })
        }
    }

    /// Sends the call and gives the body as it came, decompressed and not decoded.
    ///
    /// # Errors
    /// Any [`Error`] but `Decode`.
    pub fn bytes(self) -> impl Future<Output = Result<Bytes, Error>> + Send + 'static
    where
        T: 'static,
    {
        let ready = self.draft.reading_body().ready();
        async move {
            let ready = ready?;
            let body = Reader::Answer(|answer| std::mem::take(&mut answer.body));
            Ok(ready.value(body).await?.0)
        }
    }

    /// Bounds the whole call by this, too.
    pub(crate) fn within(self, time: Duration) -> Self {
        Self { draft: self.draft.within(time), ..self }
    }

    fn options(self, change: impl FnOnce(&mut Options)) -> Self {
        Self { draft: self.draft.options(change), ..self }
    }
}

impl<T: 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<T: Paged> Call<T> {
    /// The pages of the list, from this one on.
    ///
    /// Each goes with this call's scope, filters and options.
    pub fn pages(self) -> Pages<T> {
        Pages::new(self.draft, self.reader)
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("operation", &self.operation().id()).finish_non_exhaustive()
    }
}

/// The value of a call with what came around it.
pub struct Response<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    request_id: Option<String>,
    attempts: u32,
    unread: Vec<Unread>,
}

impl<T> Response<T> {
    /// What the call returns.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// What the call returns, owned.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// How many requests are left, where the answer tells it.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        RateLimit::of(&self.headers)
    }

    /// The vendor's id of the request, for its support.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// How many attempts it took.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What of the answer was left out because it was not understood; empty as a rule.
    pub fn unread(&self) -> &[Unread] {
        &self.unread
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("status", &self.status)
            // `Keys` itself prints the values too.
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("request_id", &self.request_id)
            .field("attempts", &self.attempts)
            .field("unread", &self.unread)
            .finish()
    }
}
