use bytes::Bytes;
use connectory::{Body, SendError, Transport, TransportFuture};
use http::{HeaderName, HeaderValue, Request, Response};
use http_body::Frame;
use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::Sleep;

/// A transport without a network: plays a script and records what it is asked to send.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    script: Mutex<VecDeque<Step>>,
    last: Mutex<Option<Step>>,
    requests: Mutex<Vec<Request<Bytes>>>,
    times: Mutex<Vec<tokio::time::Instant>>,
}

/// What the transport does with one request.
#[derive(Clone, Debug)]
pub struct Step {
    delay: Duration,
    end: End,
}

#[derive(Clone, Debug)]
enum End {
    Answer { status: u16, headers: Vec<(HeaderName, HeaderValue)>, parts: VecDeque<Part>, tail: Tail },
    Connect,
    Reset,
    Silence,
}

/// A piece of a body, and how long it comes after what is before it.
type Part = (Duration, Bytes);

/// What comes after the body's bytes.
#[derive(Clone, Copy, Debug)]
enum Tail {
    End,
    Break,
    Silence,
}

impl Step {
    pub fn answer(status: u16, body: impl Into<Bytes>) -> Self {
        let parts = VecDeque::from([(Duration::ZERO, body.into())]);
        Self::of(End::Answer { status, headers: Vec::new(), parts, tail: Tail::End })
    }

    /// No connection is made.
    pub fn connect_fails() -> Self {
        Self::of(End::Connect)
    }

    /// The request is sent, and the connection breaks before the answer.
    pub fn reset() -> Self {
        Self::of(End::Reset)
    }

    /// The request is sent, and nothing ever comes back.
    pub fn silence() -> Self {
        Self::of(End::Silence)
    }

    fn of(end: End) -> Self {
        Self { delay: Duration::ZERO, end }
    }

    pub fn header(mut self, name: &'static str, value: impl TryInto<HeaderValue>) -> Self {
        if let End::Answer { headers, .. } = &mut self.end {
            let value = value.try_into().ok().expect("a header value");
            headers.push((HeaderName::from_static(name), value));
        }
        self
    }

    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// More of the body, that long after what is before it.
    pub fn then_sends(mut self, gap: Duration, bytes: impl Into<Bytes>) -> Self {
        if let End::Answer { parts, .. } = &mut self.end {
            parts.push_back((gap, bytes.into()));
        }
        self
    }

    /// The connection breaks after the body's bytes.
    pub fn then_breaks(self) -> Self {
        self.with_tail(Tail::Break)
    }

    /// The body's bytes arrive, and its end never does.
    pub fn then_stalls(self) -> Self {
        self.with_tail(Tail::Silence)
    }

    fn with_tail(mut self, then: Tail) -> Self {
        if let End::Answer { tail, .. } = &mut self.end {
            *tail = then;
        }
        self
    }
}

impl Memory {
    /// Plays these steps in order, and the last one from then on.
    pub fn playing(steps: impl IntoIterator<Item = Step>) -> Self {
        let memory = Self::default();
        memory.play(steps);
        memory
    }

    /// Plays these steps instead of what is left of the script.
    pub fn play(&self, steps: impl IntoIterator<Item = Step>) {
        *self.inner.script.lock().unwrap() = steps.into_iter().collect();
    }

    /// The requests since the last time, forgotten here.
    pub fn take_requests(&self) -> Vec<Request<Bytes>> {
        self.inner.times.lock().unwrap().clear();
        std::mem::take(&mut self.inner.requests.lock().unwrap())
    }

    pub fn requests(&self) -> Vec<Request<Bytes>> {
        self.inner.requests.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.inner.requests.lock().unwrap().len()
    }

    /// How long after the first request each of the others came, on tokio's clock.
    pub fn offsets(&self) -> Vec<Duration> {
        let times = self.inner.times.lock().unwrap();
        times.iter().map(|time| *time - times[0]).collect()
    }

    fn next(&self) -> Step {
        let mut last = self.inner.last.lock().unwrap();
        if let Some(step) = self.inner.script.lock().unwrap().pop_front() {
            *last = Some(step);
        }
        last.clone().expect("the script has a step")
    }
}

impl Transport for Memory {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        self.inner.times.lock().unwrap().push(tokio::time::Instant::now());
        self.inner.requests.lock().unwrap().push(request);
        let Step { delay, end } = self.next();
        Box::pin(async move {
            // Sleeping for no time takes tokio a millisecond.
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            match end {
                End::Connect => Err(SendError::connect("refused")),
                End::Reset => Err(SendError::other("reset")),
                End::Silence => std::future::pending().await,
                End::Answer { status, headers, mut parts, tail } => {
                    let body = match tail {
                        Tail::End if parts.len() == 1 => Body::from(parts.remove(0).unwrap().1),
                        _ => Body::new(Paced { parts, gap: None, tail }),
                    };
                    let mut response = Response::builder().status(status).body(body).unwrap();
                    response.headers_mut().extend(headers);
                    Ok(response)
                }
            }
        })
    }
}

/// A body that comes in parts.
struct Paced {
    parts: VecDeque<Part>,
    gap: Option<Pin<Box<Sleep>>>,
    tail: Tail,
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = SendError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, SendError>>> {
        if let Some((gap, _)) = self.parts.front() {
            let gap = *gap;
            if !gap.is_zero() {
                let sleep = self.gap.get_or_insert_with(|| Box::pin(tokio::time::sleep(gap)));
                ready!(sleep.as_mut().poll(context));
                self.gap = None;
            }
        }
        match (self.parts.pop_front(), self.tail) {
            (Some((_, bytes)), _) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            (None, Tail::End) => Poll::Ready(None),
            (None, Tail::Break) => Poll::Ready(Some(Err(SendError::other("cut short")))),
            (None, Tail::Silence) => Poll::Pending,
        }
    }
}
