//! A transport that panics costs its caller the answer, and nothing else.

use crate::support::{a_call, builder};
use bytes::Bytes;
use connectory::{Body, Error, Outcome, SendError, Transport, TransportFuture};
use http::{Request, Response};
use http_body::Frame;
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

/// Where a transport of one's own panics.
#[derive(Clone, Copy, Debug)]
enum Panicking {
    AtOnce,
    Later,
    InTheBody(u16),
}

impl Transport for Panicking {
    fn send(&self, _: Request<Bytes>) -> TransportFuture<'_> {
        if let Self::AtOnce = self {
            panic!("s3cret");
        }
        Box::pin(async {
            tokio::task::yield_now().await;
            let Self::InTheBody(status) = *self else { panic!("s3cret") };
            Ok(Response::builder().status(status).body(Body::new(PanickingBody)).unwrap())
        })
    }
}

struct PanickingBody;

impl http_body::Body for PanickingBody {
    type Data = Bytes;
    type Error = SendError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, SendError>>> {
        panic!("s3cret");
    }

    fn size_hint(&self) -> http_body::SizeHint {
        panic!("s3cret");
    }
}

#[tokio::test]
async fn r12_a_panic_in_a_transport_of_one_s_own_leaves_the_call_its_outcome() {
    let rows = [
        (Panicking::AtOnce, Outcome::Unknown),
        (Panicking::Later, Outcome::Unknown),
        (Panicking::InTheBody(200), Outcome::Applied),
    ];
    for (panicking, outcome) in rows {
        let client = builder("http://127.0.0.1:1").transport(Arc::new(panicking)).build().unwrap();
        let error = a_call(&client).bytes().await.unwrap_err();
        assert_eq!((error.outcome(), error.attempts()), (outcome, 1), "{panicking:?}: {error:?}");
        assert!(error.to_string().contains("the transport panicked"), "{error}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
    let refusing = Arc::new(Panicking::InTheBody(400));
    let client = builder("http://127.0.0.1:1").transport(refusing).build().unwrap();
    let error = a_call(&client).await.unwrap_err();
    assert!(matches!(&error, Error::BadRequest(_)), "the status says it all: {error:?}");
}

#[cfg(feature = "reqwest-0-13")]
#[test]
fn r12_a_panic_before_a_connection_is_there_sends_nothing_and_is_no_want_of_io() {
    use crate::support::calls;
    use connectory::ReqwestTransport;

    #[derive(Debug)]
    struct Resolver;

    impl reqwest::dns::Resolve for Resolver {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            panic!("s3cret");
        }
    }

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let builders: [fn() -> reqwest::ClientBuilder; 2] = [
        || crate::support::reqwest_builder().dns_resolver(Arc::new(Resolver)),
        || {
            crate::support::reqwest_builder()
                .proxy(reqwest::Proxy::custom(|_| -> Option<url::Url> { panic!("s3cret") }))
        },
    ];
    for make in builders {
        let transport = Arc::new(ReqwestTransport::from_builder(make).unwrap());
        let client = builder("http://localhost:1").transport(transport).build().unwrap();
        for call in calls::all() {
            let error = runtime.block_on(call.send_default(&client)).unwrap_err();
            assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 1), "{error:?}");
            let shown = error.to_string();
            assert!(shown.contains("the transport panicked before anything was sent"), "{shown}");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }
}
