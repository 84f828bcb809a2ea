//! A client, and the vendor that it gets its answers from.

use crate::call::Draft;
use crate::engine::{Answer, Reader};
use crate::operation::Operation;
use crate::{Body, Client, ClientBuilder, Error, RetryPolicy, SendError, Transport, TransportFuture};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Frame;
use serde_json::json;
use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};
use tokio::runtime::Runtime;

pub(super) const BASE: &str = "https://vendor.example/v1";
pub(super) const CREDENTIAL: &str = "credential-of-the-client";

/// The error of a call that sent this text in its body.
pub(super) fn refusal(operation: &'static Operation, played: Played, sent: &str) -> Error {
    let draft = |client: &Client| {
        let draft = client.engine().call(operation).json(&json!({ "password": sent }));
        fill_places(draft, operation)
    };
    send(builder(BASE), played, draft).0.err().unwrap()
}

/// What becomes of the call when it is answered like this, and the request if one went out.
pub(super) fn send(
    builder: ClientBuilder,
    played: Played,
    draft: impl FnOnce(&Client) -> Draft,
) -> (Result<Answer, Error>, Option<Request<Bytes>>) {
    thread_local! {
        static RUNTIME: Runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    }
    let played = Arc::new(played);
    let result = match builder.transport(played.clone()).build() {
        Ok(client) => RUNTIME.with(|runtime| {
            let ready = draft(&client).ready();
            runtime.block_on(async { Ok(ready?.value(Reader::Answer(|_| ())).await?.1) })
        }),
        Err(error) => Err(error),
    };
    let asked = played.asked.lock().unwrap().take();
    (result, asked)
}

pub(super) fn builder(base: &str) -> ClientBuilder {
    let builder = Client::builder();
    #[cfg(feature = "deck")]
    let builder = builder.deck(crate::deck::Config::at(base, CREDENTIAL, CREDENTIAL));
    #[cfg(feature = "apideck")]
    let builder = builder.apideck(crate::apideck::Config::new(CREDENTIAL, "app").base_url(base));
    #[cfg(feature = "codat")]
    let builder = builder.codat(crate::codat::Config::new(CREDENTIAL).base_url(base));
    #[cfg(feature = "deck-v2")]
    let builder = builder.deck_v2(crate::deck_v2::Config::new(CREDENTIAL).base_url(base));
    builder.allow_http(true).retry(RetryPolicy::never())
}

pub(super) fn one_of_each_vendor() -> Vec<&'static Operation> {
    let mut operations: Vec<_> = crate::operations().collect();
    operations.dedup_by_key(|operation| operation.provider());
    operations
}

/// How many ids the path takes.
pub(super) fn places(operation: &Operation) -> usize {
    operation.path().matches('{').count()
}

pub(super) fn fill_places(draft: Draft, operation: &Operation) -> Draft {
    (0..places(operation)).fold(draft, |draft, _| draft.path("id"))
}

/// A transport that answers like this, and keeps what it was asked.
#[derive(Debug, Default)]
pub(super) struct Played {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) chunks: VecDeque<Bytes>,
    pub(super) asked: Mutex<Option<Request<Bytes>>>,
}

impl Played {
    pub(super) fn answering(status: StatusCode, body: &[u8]) -> Self {
        Self { status, chunks: [Bytes::copy_from_slice(body)].into(), ..Self::default() }
    }
}

impl Transport for Played {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        *self.asked.lock().unwrap() = Some(request);
        let mut response = Response::new(Body::new(Chunks(self.chunks.clone())));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        Box::pin(async { Ok(response) })
    }
}

struct Chunks(VecDeque<Bytes>);

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = SendError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, SendError>>> {
        Poll::Ready(self.0.pop_front().map(|chunk| Ok(Frame::data(chunk))))
    }
}
