use super::transport::{Body, SendError};
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::{HeaderMap, header};
use http_body::Body as _;
use http_body_util::BodyExt;
use std::{
    io::{self, Write},
    time::Duration,
};
use tokio::{task::yield_now, time::Instant};

/// A body being read, never holding more than its limit.
///
/// What has arrived stays readable whatever ends the reading.
pub(crate) struct Buffer {
    limit: usize,
    /// What the server says of the length, as far as it is believed.
    announced: usize,
    content: Content,
}

enum Content {
    /// At most one chunk has arrived: it is kept as it is.
    Chunk(Bytes),
    Joined(Limited),
    Gzip(Box<MultiGzDecoder<Limited>>),
}

pub(crate) enum ReadError {
    /// Time ran out over the work that the body makes.
    Late,
    /// The body is longer than the limit.
    TooLarge,
    /// The body ended before its end.
    Broken(SendError),
    /// All that was sent has arrived, and this keeps it from being a body.
    Spoilt(&'static str, io::Error),
}

/// What was done to a body on its way, as `Content-Encoding` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Nothing.
    Identity,
    /// It was compressed as we know to undo.
    Gzip,
    /// Something that is not undone here.
    Unknown(String),
}

impl Coding {
    /// Several headers are one list, in which `identity` says nothing.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if !headers.contains_key(header::CONTENT_ENCODING) {
            return Self::Identity;
        }
        let lists = || {
            let values = headers.get_all(header::CONTENT_ENCODING).iter();
            values.map(|value| value.to_str().unwrap_or("something unreadable"))
        };
        let is = |coding: &str, names: [&str; 2]| names.iter().any(|name| name.eq_ignore_ascii_case(coding));
        let codings = lists().flat_map(|list| list.split(',')).map(str::trim);
        let mut codings = codings.filter(|coding| !is(coding, ["identity", ""]));
        match (codings.next(), codings.next()) {
            (None, _) => Self::Identity,
            (Some(coding), None) if is(coding, ["gzip", "x-gzip"]) => Self::Gzip,
            (Some(_), _) => Self::Unknown(lists().collect::<Vec<_>>().join(", ")),
        }
    }
}

impl Buffer {
    /// The longest announced length that memory is reserved for before the bytes are there.
    const BELIEVED: usize = 16 * 1024 * 1024;

    pub(crate) fn new(limit: usize, headers: &HeaderMap) -> Self {
        let content = if Coding::of(headers) == Coding::Gzip {
            Content::Gzip(Box::new(MultiGzDecoder::new(Limited::new(limit))))
        } else {
            Content::Chunk(Bytes::new())
        };
        Self { limit, announced: 0, content }
    }

    /// Reads a body that must fit: one that announces to be over the limit is not read at all.
    pub(crate) async fn fill(&mut self, body: Body, until: Option<Instant>) -> Result<(), ReadError> {
        let announced = body.size_hint().lower();
        if !matches!(self.content, Content::Gzip(_)) && announced > self.limit as u64 {
            return Err(ReadError::TooLarge);
        }
        self.read(body, until).await
    }

    /// Reads until the body ends or is over the limit. Waiting for it is the caller's to bound, the work on it is not.
    pub(crate) async fn read(&mut self, mut body: Body, until: Option<Instant>) -> Result<(), ReadError> {
        let mut pace = Pace { until, rested: Instant::now() };
        let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        self.announced = announced.min(self.limit).min(Self::BELIEVED);
        let mut received = 0_usize;
        while let Some(frame) = body.frame().await {
            let Ok(chunk) = frame.map_err(ReadError::Broken)?.into_data() else { continue };
            received = received.saturating_add(chunk.len());
            if let Content::Gzip(_) = self.content {
                for step in chunk.chunks(Pace::STEP) {
                    pace.keep().await?;
                    self.push(chunk.slice_ref(step)).map_err(|error| self.read_error(error))?;
                }
            } else {
                self.push(chunk).map_err(|error| self.read_error(error))?;
            }
        }
        match &mut self.content {
            Content::Gzip(decoder) if received > 0 => {
                decoder.try_finish().map_err(|error| self.read_error(error))
            }
            _ => Ok(()),
        }
    }

    fn push(&mut self, chunk: Bytes) -> io::Result<()> {
        match &mut self.content {
            Content::Gzip(decoder) => decoder.write_all(&chunk),
            Content::Joined(joined) => joined.write_all(&chunk),
            Content::Chunk(first) if first.is_empty() && chunk.len() <= self.limit => {
                *first = chunk;
                Ok(())
            }
            Content::Chunk(first) => {
                let mut joined = Limited::new(self.limit);
                let pushed = joined
                    .reserve(self.announced)
                    .and_then(|()| joined.write_all(first))
                    .and_then(|()| joined.write_all(&chunk));
                self.content = Content::Joined(joined);
                pushed
            }
        }
    }

    fn read_error(&self, error: io::Error) -> ReadError {
        let over = match &self.content {
            Content::Gzip(decoder) => decoder.get_ref().over,
            Content::Joined(joined) => joined.over,
            Content::Chunk(_) => false,
        };
        match error.kind() {
            _ if over => ReadError::TooLarge,
            io::ErrorKind::OutOfMemory => ReadError::Spoilt("there is no memory for the body", error),
            _ => ReadError::Spoilt("the body is not whole gzip, as which it is announced", error),
        }
    }

    /// What [`into_bytes`](Self::into_bytes) gives, and no more memory than that: a chunk is a piece of the buffer
    /// that the connection reads into, which also holds the headers and may be far longer.
    pub(crate) fn into_own_bytes(self) -> Bytes {
        let is_chunk = matches!(self.content, Content::Chunk(_));
        let bytes = self.into_bytes();
        if is_chunk { Bytes::copy_from_slice(&bytes) } else { bytes }
    }

    /// What has arrived, at most the limit.
    pub(crate) fn into_bytes(self) -> Bytes {
        match self.content {
            Content::Chunk(chunk) => chunk,
            Content::Joined(joined) => joined.bytes.into(),
            Content::Gzip(mut decoder) => {
                // What has been decompressed of a body that breaks off is still inside.
                let _ = decoder.try_finish();
                std::mem::take(&mut decoder.get_mut().bytes).into()
            }
        }
    }
}

/// Keeps decompressing within its time and from holding up its thread.
///
/// A few bytes may take long and become nothing, so neither a limit nor the end of what has arrived need come soon.
struct Pace {
    until: Option<Instant>,
    rested: Instant,
}

impl Pace {
    /// How many bytes are decompressed at once: some milliseconds at the worst.
    const STEP: usize = 1024;
    /// How long others may have to wait for their turn.
    const TURN: Duration = Duration::from_millis(10);

    /// To be called before each step.
    async fn keep(&mut self) -> Result<(), ReadError> {
        let now = Instant::now();
        if self.until.is_some_and(|until| until <= now) {
            return Err(ReadError::Late);
        }
        if now.duration_since(self.rested) > Self::TURN {
            yield_now().await;
            self.rested = Instant::now();
        }
        Ok(())
    }
}

/// A writer that takes `limit` bytes, grows by doubling and never beyond the limit.
struct Limited {
    bytes: Vec<u8>,
    limit: usize,
    over: bool,
}

impl Limited {
    fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, over: false }
    }

    /// Makes room for this many bytes in all; memory that is not to be had is an error and not the end of the process.
    fn reserve(&mut self, capacity: usize) -> io::Result<()> {
        let more = capacity.saturating_sub(self.bytes.len());
        self.bytes.try_reserve_exact(more).map_err(|error| io::Error::new(io::ErrorKind::OutOfMemory, error))
    }
}

impl Write for Limited {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        let room = self.limit - self.bytes.len();
        let taken = chunk.get(..room).unwrap_or(chunk);
        let needed = self.bytes.len() + taken.len();
        if needed > self.bytes.capacity() {
            let capacity = needed.max(self.bytes.capacity() * 2).min(self.limit);
            self.reserve(capacity)?;
        }
        self.bytes.extend_from_slice(taken);
        if taken.len() < chunk.len() {
            self.over = true;
            return Err(io::Error::other("over the limit"));
        }
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
