use crate::engine::{Answer, Body, runtime};
use crate::error::{BoxError, CallInfo, TransportError, WriteError};
use crate::{Error, TransportErrorKind as Kind};
use bytes::Bytes;
use http::{StatusCode, header};
use http_body_util::BodyExt;
use std::{fmt, io, time::Duration};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};

/// How long the vendor may take for the next chunk.
const GAP: Duration = Duration::from_secs(30);

/// A body that is read as it arrives.
///
/// Memory stays flat however long it is. The call's deadline has ended with the headers; from then on the next chunk
/// may be waited for 30 s, in one call of [`chunk`](Self::chunk) or in several that were dropped. A body that ends
/// before its end is an error, never a short file; only where the vendor says neither a length nor that it sends
/// chunks, the end of the connection is the end of the body.
pub struct Download {
    call: CallInfo,
    body: Body,
    content_type: Option<String>,
    content_length: Option<u64>,
    received: u64,
    /// How long the next chunk may still be waited for.
    patience: Duration,
    /// An error has been told: what may follow is no end of the body.
    ended_early: bool,
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
            patience: GAP,
            ended_early: false,
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
        let chunk = match runtime::check(self.call.operation) {
            Ok(_) if self.ended_early => Err(self.broken(Kind::Broken, "the body has ended early", None)),
            Ok(_) => self.next_chunk().await,
            Err(error) => Err(error),
        };
        self.ended_early |= chunk.is_err();
        chunk
    }

    async fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let waiting = Waiting { patience: &mut self.patience, since: Instant::now() };
            // What is there is taken, however little time is left.
            let frame = timeout(*waiting.patience, self.body.frame()).await;
            drop(waiting);
            let frame = match frame {
                Err(_) => {
                    let problem = "the next part of the body did not come in time";
                    return Err(self.broken(Kind::Timeout, problem, None));
                }
                Ok(Some(Err(error))) => {
                    let kind = if error.is_timeout() { Kind::Timeout } else { Kind::Broken };
                    return Err(self.broken(kind, &error.to_string(), Some(error.into_source())));
                }
                Ok(Some(Ok(frame))) => frame,
                Ok(None) if self.content_length.is_some_and(|length| length != self.received) => {
                    return Err(self.broken(Kind::Broken, "the body is cut short", None));
                }
                Ok(None) => return Ok(None),
            };
            self.patience = GAP;
            if let Ok(chunk) = frame.into_data() {
                self.received += chunk.len() as u64;
                return Ok(Some(chunk));
            }
        }
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

/// Takes the time that somebody waits off the patience, also when the waiting is given up.
struct Waiting<'a> {
    patience: &'a mut Duration,
    since: Instant,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        *self.patience = self.patience.saturating_sub(self.since.elapsed());
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
