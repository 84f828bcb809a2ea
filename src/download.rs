use crate::Error;
use crate::engine::{Answer, Body, runtime};
use crate::error::{CallInfo, TransportError};
use bytes::Bytes;
use http::header;
use http_body_util::BodyExt;
use std::{fmt, time::Duration};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// How long the vendor may take for the next chunk.
const GAP: Duration = Duration::from_secs(30);

/// A body that is read as it arrives.
///
/// Memory stays flat however long it is. The call's deadline has ended with the headers; from then on 30 s may pass between two chunks. A body that ends
/// before its end is an error, never a short file.
pub struct Download {
    call: CallInfo,
    body: Body,
    content_type: Option<String>,
    content_length: Option<u64>,
    received: u64,
    /// An error has been told: what may follow is no end of the body.
    ended_early: bool,
}

impl Download {
    pub(crate) fn new(answer: &mut Answer) -> Self {
        let text = |name| answer.headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            content_type: text(header::CONTENT_TYPE).map(str::to_owned),
            content_length: text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()),
            call: answer.call_info(),
            body: answer.stream.take().unwrap_or_else(Body::empty),
            received: 0,
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
    /// # Errors
    /// `Transport` when no chunk comes for 30 s or the body is cut short.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = match runtime::check(self.call.operation) {
            Ok(()) if self.ended_early => Err(self.broken("the body has ended early", false, None)),
            Ok(()) => self.next_chunk().await,
            Err(error) => Err(error),
        };
        self.ended_early |= chunk.is_err();
        chunk
    }

    async fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let frame = match timeout(GAP, self.body.frame()).await {
                Err(_) => {
                    return Err(self.broken("the next part of the body did not come in time", true, None));
                }
                Ok(Some(Err(error))) => {
                    return Err(self.broken(
                        &error.to_string(),
                        error.is_timeout(),
                        Some(error.into_source()),
                    ));
                }
                Ok(Some(Ok(frame))) => frame,
                Ok(None) if self.content_length.is_some_and(|length| length != self.received) => {
                    return Err(self.broken("the body is cut short", false, None));
                }
                Ok(None) => return Ok(None),
            };
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
                return Err(self.broken(
                    &format!("the body is over the limit of {limit} bytes"),
                    false,
                    None,
                ));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.into())
    }

    /// Writes the whole body, flushes the writer, and gives the number of bytes.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk), and `Transport` with the writer's error as its source. What was written before
    /// stays written: write to a temporary file and rename it at the end.
    pub async fn write_to<W: AsyncWrite + Unpin>(mut self, writer: &mut W) -> Result<u64, Error> {
        while let Some(chunk) = self.chunk().await? {
            if let Err(error) = writer.write_all(&chunk).await {
                return Err(self.broken("the body could not be written", false, Some(error.into())));
            }
        }
        match writer.flush().await {
            Ok(()) => Ok(self.received),
            Err(error) => Err(self.broken("the body could not be written", false, Some(error.into()))),
        }
    }

    fn broken(&self, problem: &str, timeout: bool, source: Option<crate::error::BoxError>) -> Error {
        Error::Transport(Box::new(TransportError {
            call: self.call.clone(),
            problem: problem.to_owned(),
            timeout,
            connect: false,
            unprocessed: false,
            permanent: true,
            source,
        }))
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
