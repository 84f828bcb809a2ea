//! Where a request was when something below panicked: whether it may have been sent.

use super::SendError;
use crate::error::BoxError;
use bytes::Bytes;
use http::Request;
use http_body::{Frame, SizeHint};
use std::{
    any::Any,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
    thread,
};

/// Where the body of a request is.
#[derive(Clone, Default)]
struct Place(Arc<AtomicU8>);

impl Place {
    /// With us, or on its way to a connection.
    const BEFORE: u8 = 0;
    /// A connection has taken it.
    const TAKEN: u8 = 1;
    /// A panic has dropped it before that.
    const LOST: u8 = 2;

    fn is(&self, place: u8) -> bool {
        self.0.load(Ordering::Relaxed) == place
    }

    fn leave(&self, place: u8) {
        let _ = self.0.compare_exchange(Self::BEFORE, place, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// The body of a request, empty or not: the connection that takes it reads it or drops it.
pub(super) struct Traced {
    body: Bytes,
    place: Place,
}

impl http_body::Body for Traced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.place.leave(Place::TAKEN);
        let body = std::mem::take(&mut self.body);
        Poll::Ready((!body.is_empty()).then(|| Ok(Frame::data(body))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.body.len() as u64)
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        self.place.leave(if thread::panicking() { Place::LOST } else { Place::TAKEN });
    }
}

/// Starts the sending of a request and sees it through to its answer.
///
/// A panic in there is told as what it is, and by whether a connection had the request already.
pub(super) async fn without_panic<T, W>(
    request: Request<Bytes>,
    start: impl FnOnce(Request<Traced>) -> Result<W, SendError>,
) -> Result<T, SendError>
where
    W: Future<Output = Result<T, SendError>>,
{
    let place = Place::default();
    let mut request = Some((request, start));
    let mut work = pin!(None);
    poll_fn(|context| {
        let poll = AssertUnwindSafe(|| {
            if let Some((request, start)) = request.take() {
                match start(request.map(|body| Traced { body, place: place.clone() })) {
                    Ok(started) => work.set(Some(started)),
                    Err(error) => return Poll::Ready(Err(error)),
                }
            }
            work.as_mut().as_pin_mut().map_or(Poll::Pending, |work| work.poll(context))
        });
        let panic = match catch_unwind(poll) {
            Ok(poll) => return poll,
            Err(panic) => panic,
        };
        let taken = place.is(Place::TAKEN);
        // What is still with us goes with the work; what is on its way does not.
        work.set(None);
        let sent = taken || place.is(Place::BEFORE);
        Poll::Ready(Err(if sent { SendError::panicked() } else { panicked_before(&*panic) }))
    })
    .await
}

/// tokio panics when a socket is to be opened on a runtime without I/O, and does not tell beforehand.
#[cold]
fn panicked_before(panic: &(dyn Any + Send)) -> SendError {
    let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    if said.is_some_and(|said| said.contains("IO is disabled")) {
        return SendError::connect("the tokio runtime has no I/O: build it with `enable_all`")
            .permanent_because("no connection");
    }
    SendError::connect("what it said went to the panic hook")
        .permanent_because("the transport panicked before anything was sent")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::Pending, sync::Mutex};

    fn poll<T>(work: impl Future<Output = T>) -> Poll<T> {
        pin!(work).poll(&mut Context::from_waker(std::task::Waker::noop()))
    }

    /// How the panic of a piece of work with the body of a request is told.
    fn told<W: Future<Output = ()>>(work: impl FnOnce(Traced) -> W) -> SendError {
        match poll(working(work)) {
            Poll::Ready(Err(error)) => error,
            _ => panic!("it panics"),
        }
    }

    async fn working<W: Future<Output = ()>>(work: impl FnOnce(Traced) -> W) -> Result<(), SendError> {
        without_panic(Request::new(Bytes::from_static(b"body")), |request| {
            let work = work(request.into_body());
            Ok(async {
                work.await;
                Ok(())
            })
        })
        .await
    }

    #[test]
    fn r12_a_panic_before_a_connection_has_the_request_sends_nothing() {
        for error in [
            told(|body| -> Pending<()> {
                let _body = body;
                panic!("at the start");
            }),
            told(|body| async {
                let _body = body;
                panic!("before");
            }),
            told(|body| {
                let mut kept = Some(body);
                poll_fn(move |_| {
                    if kept.is_some() {
                        panic!("before")
                    } else {
                        kept.take().map_or(Poll::Pending, |_| Poll::Ready(()))
                    }
                })
            }),
        ] {
            assert!(error.is_connect() && error.is_permanent(), "{error:?}");
            assert!(error.to_string().contains("before anything was sent"), "{error}");
        }
    }

    #[test]
    fn r12_a_panic_after_a_connection_has_the_request_may_have_sent_it() {
        let way = Mutex::new(None);
        for error in [
            told(|body| async {
                drop(body);
                panic!("after the connection has let it go");
            }),
            told(|mut body| async move {
                let frame =
                    poll(poll_fn(|context| http_body::Body::poll_frame(Pin::new(&mut body), context)));
                assert!(matches!(frame, Poll::Ready(Some(Ok(_)))));
                panic!("after it was read");
            }),
            told(|body| async {
                *way.lock().unwrap() = Some(body);
                panic!("while it is on its way");
            }),
        ] {
            assert!(!error.is_connect() && error.is_permanent(), "{error:?}");
            assert_eq!(error.to_string(), "the transport panicked");
        }
    }

    #[test]
    fn only_a_runtime_without_io_is_named_as_one() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let connecting = working(|body| async {
            let _body = body;
            let _ = tokio::net::TcpStream::connect("127.0.0.1:1").await;
        });
        let error = runtime.block_on(connecting).unwrap_err();
        assert!(error.is_connect() && error.is_permanent(), "{error:?}");
        assert!(error.into_source().to_string().contains("has no I/O"));
    }
}
