use crate::error::BoxError;
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

/// What [`Transport::send`] returns.
pub type TransportFuture<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, SendError>> + Send + 'a>>;

/// Carries one HTTP request out and brings its answer back.
///
/// The client's own is [`ReqwestTransport`](crate::ReqwestTransport). Wrap one to record, replay or disturb traffic:
/// every attempt of every call goes through it, with all headers set. Credentials are among them, marked sensitive.
///
/// A transport never follows redirects and never repeats a request: the engine decides about both. It may be dropped
/// at any await.
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

/// Marks a request whose last attempt was lost: one more connection that has been idle may be as dead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Afresh;

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
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// Why a transport brought no answer, or not all of it.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.kind.text())]
pub struct SendError {
    kind: Kind,
    /// Another try would end the same way.
    permanent: bool,
    source: BoxError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Connect,
    Timeout,
    Other,
}

impl Kind {
    fn text(self) -> &'static str {
        match self {
            Self::Connect => "no connection",
            Self::Timeout => "timed out",
            Self::Other => "connection broken",
        }
    }
}

impl SendError {
    /// No connection was made: nothing of the request was sent. The engine may repeat any operation after it.
    pub fn connect(source: impl Into<BoxError>) -> Self {
        Self { kind: Kind::Connect, permanent: false, source: source.into() }
    }

    /// Time ran out after something may have been sent.
    pub fn timeout(source: impl Into<BoxError>) -> Self {
        Self { kind: Kind::Timeout, permanent: false, source: source.into() }
    }

    /// The request or its answer was lost on the way.
    pub fn other(source: impl Into<BoxError>) -> Self {
        Self { kind: Kind::Other, permanent: false, source: source.into() }
    }

    /// The error itself where it is one of ours already.
    fn of(error: BoxError) -> Self {
        error.downcast().map_or_else(Self::other, |ours| *ours)
    }

    /// Whether nothing was sent.
    pub fn is_connect(&self) -> bool {
        self.kind == Kind::Connect
    }

    /// Whether time ran out.
    pub fn is_timeout(&self) -> bool {
        self.kind == Kind::Timeout
    }

    pub(crate) fn permanent(self) -> Self {
        Self { permanent: true, ..self }
    }

    pub(crate) fn is_permanent(&self) -> bool {
        self.permanent
    }

    pub(crate) fn into_source(self) -> BoxError {
        self.source
    }
}
