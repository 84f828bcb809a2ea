use crate::engine::{Answer, Body, runtime};
use crate::error::{BoxError, CallInfo, TransportError, WriteError};
use crate::{Error, TransportErrorKind as Kind};
use bytes::Bytes;
use http::{StatusCode, header};
use http_body::{Body as _, Frame, SizeHint};
use std::{
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long the vendor may take for the next chunk.
const GAP: Duration = Duration::from_secs(30);

/// A body that is read as it arrives.
///
/// Memory stays flat however long it is. The call's deadline has ended with the headers; from then on the next chunk
/// may be waited for 30 s, in one call of [`chunk`](Self::chunk) or in several that were dropped. A body that ends
/// before its end is an error, never a short file; only where the vendor says neither a length nor that it sends
/// chunks, the end of the connection is the end of the body.
///
/// It is an [`http_body::Body`], which a server takes as the body of its own answer, and with the feature
/// `futures-core-0-3` a `Stream` of chunks. Both end after their first error.
pub struct Download {
    call: CallInfo,
    body: Body,
    content_type: Option<String>,
    content_length: Option<u64>,
    received: u64,
    patience: Patience,
    /// An error has been told: what may follow is no end of the body.
    ended_early: bool,
    /// Its end has been told, or an error, to one who reads it as a stream.
    is_over: bool,
}

impl Download {
    pub(crate) fn new(answer: &mut Answer) -> Self {
        let text = |name| answer.headers.get(name).and_then(|value| value.to_str().ok());
        // RFC 9112, 6.3: a body that is framed otherwise has not the length that is announced beside it.
        let is_framed =
            answer.status == StatusCode::NO_CONTENT || answer.headers.contains_key(header::TRANSFER_ENCODING);
        let length = text(header::CONTENT_LENGTH).filter(|_| !is_framed);
        Self {
            content_type: text(header::CONTENT_TYPE).map(str::to_owned),
            content_length: length.and_then(|length| length.parse().ok()),
            call: answer.call_info(),
            body: answer.stream.take().unwrap_or_else(Body::empty),
            received: 0,
            patience: Patience::new(),
            ended_early: false,
            is_over: false,
        }
    }

    /// What the body is, as the vendor says, such as `application/pdf`.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// How many bytes it has, if the vendor says so beforehand.
    pub fn content_length(&self) -> Option<u64> {
        self.content_length
    }

    /// The next bytes; `None` at the end.
    ///
    /// The future may be dropped, as `select!` does: nothing of the body is lost, and the time that it has waited
    /// counts. Time in which nobody waits does not.
    ///
    /// # Errors
    /// `Transport` when a chunk is waited for longer than 30 s or the body is cut short.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let waiting = Waiting(self);
        poll_fn(|context| waiting.0.poll_chunk(context)).await
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        let chunk = match runtime::check(self.call.operation) {
            Ok(_) if self.ended_early => Err(self.broken(Kind::Broken, "the body has ended early", None)),
            Ok(_) => ready!(self.poll_next_chunk(context)),
            Err(error) => Err(error),
        };
        self.ended_early |= chunk.is_err();
        Poll::Ready(chunk)
    }

    fn poll_next_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        loop {
            self.patience.begin();
            // What is there is taken, however little time is left.
            let frame = match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(frame) => frame,
                Poll::Pending => {
                    ready!(self.patience.poll_end(context));
                    let problem = "the next part of the body did not come in time";
                    return Poll::Ready(Err(self.broken(Kind::Timeout, problem, None)));
                }
            };
            let frame = match frame {
                Some(Err(error)) => {
                    let kind = if error.is_timeout() { Kind::Timeout } else { Kind::Broken };
                    let problem = error.to_string();
                    return Poll::Ready(Err(self.broken(kind, &problem, Some(error.into_source()))));
                }
                Some(Ok(frame)) => frame,
                None if self.content_length.is_some_and(|length| length != self.received) => {
                    return Poll::Ready(Err(self.broken(Kind::Broken, "the body is cut short", None)));
                }
                None => return Poll::Ready(Ok(None)),
            };
            self.patience.renew();
            if let Ok(chunk) = frame.into_data() {
                self.received += chunk.len() as u64;
                return Poll::Ready(Ok(Some(chunk)));
            }
        }
    }

    /// The next chunk for a stream, which ends after its first error.
    ///
    /// Nobody says whether a stream that was polled is still waited for. So the time counts from then on; but where it has
    /// long run out, nobody was there to be told, and it begins again.
    fn poll_streamed(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        if self.patience.is_long_over() {
            self.patience.renew();
        }
        let chunk = ready!(self.poll_chunk(context)).transpose();
        self.is_over = !matches!(chunk, Some(Ok(_)));
        Poll::Ready(chunk)
    }

    /// The whole body, if it has at most `limit` bytes.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk), and `Transport` for a longer body.
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if whole.len() + chunk.len() > limit {
                let problem = format!("the body is over the limit of {limit} bytes");
                return Err(self.broken(Kind::TooLarge, &problem, None));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.into())
    }

    /// Writes the whole body, flushes the writer, and gives the number of bytes.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk), and `Write` with the writer's error as its source. What was written before
    /// stays written: write to a temporary file and rename it at the end.
    pub async fn write_to<W: AsyncWrite + Unpin>(mut self, writer: &mut W) -> Result<u64, Error> {
        while let Some(chunk) = self.chunk().await? {
            writer.write_all(&chunk).await.map_err(|error| self.unwritten(error))?;
        }
        writer.flush().await.map_err(|error| self.unwritten(error))?;
        Ok(self.received)
    }

    fn unwritten(&self, source: io::Error) -> Error {
        Error::Write(Box::new(WriteError { call: self.call.clone(), source }))
    }

    fn broken(&self, kind: Kind, problem: &str, source: Option<BoxError>) -> Error {
        Error::Transport(Box::new(TransportError {
            call: self.call.clone(),
            problem: problem.to_owned(),
            kind,
            permanent: true,
            source,
        }))
    }
}

/// How long the next chunk may still be waited for. Only the time counts in which somebody waits.
struct Patience {
    left: Duration,
    /// Since when somebody waits.
    since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    fn new() -> Self {
        Self { left: GAP, since: None, timer: None }
    }

    /// Somebody waits from now on, if nobody did.
    fn begin(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    /// Nobody waits any more.
    fn pause(&mut self) {
        if let Some(since) = self.since.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
    }

    /// The next chunk has all the time again.
    fn renew(&mut self) {
        (self.left, self.since) = (GAP, None);
    }

    fn end(&self) -> Option<Instant> {
        Some(self.since? + self.left)
    }

    /// Ready when the time has run out.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(end) = self.end() else { return Poll::Pending };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(end)));
        if timer.deadline() != end {
            timer.as_mut().reset(end);
        }
        timer.as_mut().poll(context)
    }

    /// Whether it has run out a while ago: whoever waits is woken at once.
    fn is_long_over(&self) -> bool {
        self.end().is_some_and(|end| end + Duration::from_secs(1) < Instant::now())
    }
}

/// Somebody who waits until this is dropped.
struct Waiting<'a>(&'a mut Download);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.patience.pause();
    }
}

/// The body of an answer of your own: `axum::body::Body::new(download)` passes it on with its length.
impl http_body::Body for Download {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.poll_streamed(context).map_ok(Frame::data)
    }

    fn is_end_stream(&self) -> bool {
        self.is_over || self.content_length == Some(self.received)
    }

    fn size_hint(&self) -> SizeHint {
        let left = self.content_length.and_then(|length| length.checked_sub(self.received));
        left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

#[cfg(feature = "futures-core-0-3")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core-0-3")))]
impl futures_core::Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_streamed(context)
    }
}

/// The content type is the vendor's text.
impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("content_length", &self.content_length)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}
