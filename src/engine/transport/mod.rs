//! What carries a request to the vendor: the trait, and what its implementations share.

#[cfg(any(feature = "reqwest", feature = "hyper"))]
mod failure;
#[cfg(feature = "hyper")]
mod hyper;
mod names;
mod per_runtime;
mod proxies;
#[cfg(feature = "reqwest")]
mod reqwest;
mod stack;
#[cfg(feature = "rustls")]
mod tls;
mod traced;

pub(crate) use proxies::Proxies;
#[cfg(feature = "reqwest-0-13")]
pub use reqwest::ReqwestTransport;
pub use stack::HttpStack;

use crate::error::BoxError;
use crate::operation::Operation;
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use std::{
    fmt,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

/// What [`Transport::send`] returns.
pub type TransportFuture<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, SendError>> + Send + 'a>>;

/// Carries one HTTP request out and brings its answer back.
///
/// The client has its own, on the stack that [`HttpStack`] names.
/// [`wrap_transport`](crate::ClientBuilder::wrap_transport) puts yours around it: every attempt of every call goes
/// through, with all headers set. Credentials are among them, marked sensitive.
///
/// A transport never follows redirects and never repeats a request: the engine decides about both. It may be dropped
/// at any await. One that panics loses its caller nothing: the call ends with an error, as one whose answer was lost.
///
/// ```
/// use connectory::{Transport, TransportFuture};
/// use std::sync::Arc;
///
/// #[derive(Debug)]
/// struct Logged(Arc<dyn Transport>);
///
/// impl Transport for Logged {
///     fn send(&self, request: http::Request<bytes::Bytes>) -> TransportFuture<'_> {
///         Box::pin(async move {
///             let method = request.method().clone();
///             let answer = self.0.send(request).await?;
///             println!("{method} -> {}", answer.status());
///             Ok(answer)
///         })
///     }
/// }
/// ```
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends the request and returns once the headers of the answer are there.
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_>;
}

/// Which attempt of which operation a request is: among its extensions, for a transport of your own.
///
/// ```
/// use connectory::AttemptInfo;
///
/// fn name(request: &http::Request<bytes::Bytes>) -> Option<&'static str> {
///     request.extensions().get::<AttemptInfo>().map(|attempt| attempt.operation().id())
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AttemptInfo {
    pub(crate) operation: &'static Operation,
    pub(crate) number: u32,
    pub(crate) afresh: bool,
}

impl AttemptInfo {
    /// The operation that is called.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Which attempt of the call it is, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Whether an attempt before failed with its connection: another one that has been idle may be as dead.
    pub fn wants_new_connection(&self) -> bool {
        self.afresh
    }
}

/// Load balancers close idle connections after 60 s; a connection that we drop first is never half dead.
const IDLE: Duration = Duration::from_secs(30);

/// What a transport of the client's own is made with.
#[derive(Clone, Debug)]
pub(crate) struct TransportSettings {
    pub(crate) connect_timeout: Duration,
    /// How long an HTTP/2 connection says nothing before it is pinged, and how long the answer may take.
    pub(crate) ping: Duration,
    pub(crate) proxies: Proxies,
    pub(crate) root_certificates: Vec<Vec<u8>>,
    /// Some base URL is https.
    pub(crate) https: bool,
}

/// Sends through a transport that may panic.
pub(crate) async fn send(
    transport: &dyn Transport,
    request: Request<Bytes>,
) -> Result<Response<Body>, SendError> {
    let mut sending = caught(|| transport.send(request))?;
    poll_fn(|context| {
        caught(|| sending.as_mut().poll(context)).unwrap_or_else(|error| Poll::Ready(Err(error)))
    })
    .await
}

/// What the panic was about is for the panic hook: it may hold what no log should.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, SendError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| SendError::panicked())
}

/// The body of an answer, read as it arrives.
pub struct Body(UnsyncBoxBody<Bytes, SendError>);

impl Body {
    /// Makes one of any body.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(body.map_err(|error| SendError::of(error.into())).boxed_unsync())
    }

    /// A body without content.
    pub fn empty() -> Self {
        Self::from(Bytes::new())
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::new(Full::new(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::from(Bytes::from(text))
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self::from(Bytes::from_static(text.as_bytes()))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = SendError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, SendError>>> {
        caught(|| Pin::new(&mut self.0).poll_frame(context))
            .unwrap_or_else(|error| Poll::Ready(Some(Err(error))))
    }

    fn is_end_stream(&self) -> bool {
        caught(|| self.0.is_end_stream()).unwrap_or(false)
    }

    fn size_hint(&self) -> SizeHint {
        caught(|| self.0.size_hint()).unwrap_or_default()
    }
}

/// Why a transport brought no answer, or not all of it.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct SendError {
    kind: Kind,
    problem: &'static str,
    /// Another try would end the same way.
    permanent: bool,
    source: BoxError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Connect,
    Unprocessed,
    Timeout,
    Other,
}

impl SendError {
    /// No connection was made: nothing of the request was sent. The engine may repeat any operation after it.
    pub fn connect(source: impl Into<BoxError>) -> Self {
        Self::new(Kind::Connect, "no connection", source)
    }

    /// The server said that it has not looked at the request.
    ///
    /// As HTTP/2 does with `REFUSED_STREAM`, or with a GOAWAY whose last stream is an earlier one. Nothing was carried
    /// out: the engine may repeat any operation after it.
    pub fn unprocessed(source: impl Into<BoxError>) -> Self {
        Self::new(Kind::Unprocessed, "the server turned the request away unprocessed", source)
    }

    /// Time ran out after something may have been sent.
    pub fn timeout(source: impl Into<BoxError>) -> Self {
        Self::new(Kind::Timeout, "timed out", source)
    }

    /// The request or its answer was lost on the way.
    pub fn other(source: impl Into<BoxError>) -> Self {
        Self::new(Kind::Other, "connection broken", source)
    }

    fn new(kind: Kind, problem: &'static str, source: impl Into<BoxError>) -> Self {
        Self { kind, problem, permanent: false, source: source.into() }
    }

    /// The error itself where it is one of ours already.
    fn of(error: BoxError) -> Self {
        error.downcast().map_or_else(Self::other, |ours| *ours)
    }

    fn panicked() -> Self {
        Self::other("what it said went to the panic hook").permanent_because("the transport panicked")
    }

    /// Whether no connection was made.
    pub fn is_connect(&self) -> bool {
        self.kind == Kind::Connect
    }

    /// Whether the server said that it has not looked at the request.
    pub fn is_unprocessed(&self) -> bool {
        self.kind == Kind::Unprocessed
    }

    /// Whether time ran out.
    pub fn is_timeout(&self) -> bool {
        self.kind == Kind::Timeout
    }

    /// The same error, after which the engine tries no more: another try would end the same way.
    #[must_use]
    pub fn permanent(self) -> Self {
        Self { permanent: true, ..self }
    }

    /// Another try would end the same way, because of this.
    fn permanent_because(self, problem: &'static str) -> Self {
        Self { permanent: true, problem, ..self }
    }

    pub(crate) fn is_permanent(&self) -> bool {
        self.permanent
    }

    pub(crate) fn into_source(self) -> BoxError {
        self.source
    }
}
