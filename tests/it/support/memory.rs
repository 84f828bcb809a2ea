use bytes::Bytes;
use connectory::{Body, SendError, Transport, TransportFuture};
use http::{Request, Response};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

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
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: Bytes },
    Connect,
    Reset,
    Silence,
}

impl Step {
    pub fn answer(status: u16, body: impl Into<Bytes>) -> Self {
        Self { delay: Duration::ZERO, end: End::Answer { status, headers: Vec::new(), body: body.into() } }
    }

    /// No connection is made.
    pub fn connect_fails() -> Self {
        Self { delay: Duration::ZERO, end: End::Connect }
    }

    /// The request is sent, and the connection breaks before the answer.
    pub fn reset() -> Self {
        Self { delay: Duration::ZERO, end: End::Reset }
    }

    /// The request is sent, and nothing ever comes back.
    pub fn silence() -> Self {
        Self { delay: Duration::ZERO, end: End::Silence }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let End::Answer { headers, .. } = &mut self.end {
            headers.push((name, value.into()));
        }
        self
    }

    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

impl Memory {
    /// Plays these steps in order, and the last one from then on.
    pub fn playing(steps: impl IntoIterator<Item = Step>) -> Self {
        let memory = Self::default();
        memory.inner.script.lock().unwrap().extend(steps);
        memory
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
            tokio::time::sleep(delay).await;
            match end {
                End::Connect => Err(SendError::connect("refused")),
                End::Reset => Err(SendError::other("reset")),
                End::Silence => std::future::pending().await,
                End::Answer { status, headers, body } => {
                    let mut response = Response::builder().status(status);
                    for (name, value) in headers {
                        response = response.header(name, value);
                    }
                    Ok(response.body(Body::from(body)).unwrap())
                }
            }
        })
    }
}
