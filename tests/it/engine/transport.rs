//! What carries the requests: one's own, one that is shared, and the default with its TLS, proxies and pool.

use crate::support::{
    a_call, builder, calls, child, client,
    memory::{Memory, Step},
    offline, offline_builder,
    raw::{Raw, read_request},
    success, vendors,
    wire::Wire,
};
use bytes::Bytes;
use connectory::{
    AttemptInfo, Body, ClientBuilder, Error, HttpStack, Outcome, RetryPolicy, SendError, Transport,
    TransportFuture,
};
use http::Request;
use http_body::Frame;
use std::{
    error::Error as _,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::{io::AsyncWriteExt, runtime::Runtime};

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn impatient() -> RetryPolicy {
    RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO)
}

/// Sees each request on its way to another transport.
#[derive(Debug)]
struct Recording {
    inner: Arc<dyn Transport>,
    seen: Mutex<Vec<Request<Bytes>>>,
}

impl Transport for Recording {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        self.seen.lock().unwrap().push(request.clone());
        self.inner.send(request)
    }
}

/// Tells its name to the next one in a header.
#[derive(Debug)]
struct Named(&'static str, Arc<dyn Transport>);

impl Transport for Named {
    fn send(&self, mut request: Request<Bytes>) -> TransportFuture<'_> {
        request.headers_mut().append("x-through", self.0.parse().unwrap());
        self.1.send(request)
    }
}

#[tokio::test]
async fn each_wrap_goes_around_those_before_it() {
    let memory = Memory::playing([Step::answer(200, "{}")]);
    let named = |name| move |inner| Arc::new(Named(name, inner)) as Arc<dyn Transport>;
    let builder = offline_builder(&memory).wrap_transport(named("inner"));
    let builder = builder.wrap_transport(named("middle")).wrap_transport(named("outer"));
    a_call(&builder.build().unwrap()).bytes().await.unwrap();
    let request = memory.requests().remove(0);
    assert_eq!(
        request.headers().get_all("x-through").iter().collect::<Vec<_>>(),
        ["outer", "middle", "inner"]
    );
}

#[tokio::test]
async fn a_wrapped_transport_sees_every_attempt_as_it_is_sent() {
    let wire = Wire::status(503, "").await;
    let inner = wire.client().transport();
    let recording = Arc::new(Recording { inner, seen: Mutex::default() });
    let client = builder(&wire.base()).transport(recording.clone()).retry(impatient()).build().unwrap();
    for call in calls::all() {
        call.send_default(&client).await.unwrap_err();
    }
    let sent = wire.requests().await;
    let seen = recording.seen.lock().unwrap();
    assert_eq!(seen.len(), sent.len());
    assert!(seen.len() > calls::all().len(), "repeats are seen too");
    for (seen, sent) in seen.iter().zip(sent) {
        assert_eq!((seen.method(), &seen.body()[..]), (&sent.method, &sent.body[..]));
        assert_eq!((seen.uri().path(), seen.uri().query()), (sent.url.path(), sent.url.query()));
        for (name, value) in seen.headers() {
            assert_eq!(sent.headers.get(name), Some(value), "{name}");
        }
    }
}

type Kind = fn(&'static str) -> SendError;

/// Answers with a body that fails at once.
#[derive(Debug)]
struct Failing(Kind);

impl Transport for Failing {
    fn send(&self, _: Request<Bytes>) -> TransportFuture<'_> {
        let body = Body::new(FailingBody(self.0));
        Box::pin(async { Ok(http::Response::new(body)) })
    }
}

struct FailingBody(Kind);

impl http_body::Body for FailingBody {
    type Data = Bytes;
    type Error = SendError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, SendError>>> {
        Poll::Ready(Some(Err((self.0)("the cause"))))
    }
}

#[tokio::test]
async fn what_a_body_fails_of_is_told_as_it_is() {
    let kinds: [(Kind, bool); 3] =
        [(SendError::other, false), (SendError::timeout, true), (SendError::connect, false)];
    for (kind, timeout) in kinds {
        let client = builder("http://127.0.0.1:1").transport(Arc::new(Failing(kind))).build().unwrap();
        let error = a_call(&client).max_attempts(1).bytes().await.unwrap_err();
        assert_eq!((error.is_timeout(), error.is_connect()), (timeout, false), "{error}");
        assert_eq!(error.outcome(), Outcome::Applied, "a status line was there");
        assert_eq!(error.source().unwrap().to_string(), "the cause");
    }
}

#[tokio::test]
async fn clients_on_one_transport_share_its_connections_and_nothing_else() {
    let server = keep_alive("{}", |_| Duration::MAX).await;
    let first = client(&server.base());
    let second =
        builder(&server.base()).transport(first.transport()).retry(RetryPolicy::never()).build().unwrap();
    for _ in 0..5 {
        a_call(&first).bytes().await.unwrap();
        a_call(&second).bytes().await.unwrap();
    }
    assert_eq!(server.connections(), 1);

    let memory = Memory::playing([Step::answer(503, "")]);
    let first = offline_builder(&memory).retry(RetryPolicy::default().budget(0)).build().unwrap();
    let second = builder("http://127.0.0.1:1").transport(first.transport()).build().unwrap();
    assert_eq!(a_call(&first).await.unwrap_err().attempts(), 1);
    let error = tokio::time::timeout(Duration::from_secs(5), a_call(&second).into_future()).await.unwrap();
    assert_eq!(error.unwrap_err().attempts(), 3);
}

#[test]
fn settings_that_do_not_go_with_a_transport_of_one_s_own_are_refused() {
    type Setting = (&'static str, fn(ClientBuilder) -> ClientBuilder);
    let settings: &[Setting] = &[
        #[cfg(feature = "reqwest")]
        ("http_stack", |builder| builder.http_stack(HttpStack::Reqwest)),
        #[cfg(feature = "hyper")]
        ("http_stack", |builder| builder.http_stack(HttpStack::Hyper)),
        ("connect_timeout", |builder| builder.connect_timeout(Duration::from_secs(1))),
        ("proxy", |builder| builder.proxy("http://127.0.0.1:1")),
        ("no_proxy", |builder| builder.no_proxy()),
        ("root_certificate", |builder| builder.root_certificate("")),
    ];
    for (name, set) in settings {
        let error = set(offline_builder(&Memory::default())).build().unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
    }
}

#[test]
fn the_builder_chooses_among_the_stacks_that_are_compiled_in() {
    let transport = |builder: ClientBuilder| format!("{:?}", builder.build().unwrap().transport());
    let builder = || builder("http://127.0.0.1:1").no_proxy();
    let usual = if cfg!(feature = "reqwest") { "ReqwestTransport" } else { "HyperTransport" };
    assert!(transport(builder()).starts_with(usual));
    #[cfg(feature = "reqwest")]
    assert!(transport(builder().http_stack(HttpStack::Reqwest)).starts_with("ReqwestTransport"));
    #[cfg(feature = "hyper")]
    assert!(transport(builder().http_stack(HttpStack::Hyper)).starts_with("HyperTransport"));
}

#[tokio::test]
async fn an_address_without_a_host_is_no_connection() {
    let transport = client("http://127.0.0.1:1").transport();
    let error = transport.send(Request::new(Bytes::new())).await.map(drop).unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[test]
fn r5_plain_http_goes_to_loopback_or_where_it_is_allowed() {
    let memory = Arc::new(Memory::default());
    let near = ["127.0.0.1:80", "127.9.9.9", "[::1]:8080", "localhost", "LocalHost:1", "2130706433"];
    let far = [
        "vendor.example",
        "127.0.0.1.vendor.example",
        "localhost.vendor.example",
        "localhosts",
        "10.0.0.1",
        "0.0.0.0",
        "[::]",
        "[::2]",
        "169.254.169.254",
    ];
    for host in near {
        for (_, builder) in vendors(&format!("http://{host}")) {
            builder.transport(memory.clone()).build().unwrap();
        }
    }
    for host in far {
        for (_, builder) in vendors(&format!("http://{host}/v1")) {
            let builder = builder.transport(memory.clone());
            let error = builder.clone().build().unwrap_err();
            assert!(matches!(error, Error::Config(_)), "{host}: {error:?}");
            let shown = error.to_string();
            assert!(shown.starts_with(&format!("http://{host} ")) && shown.contains("allow_http"), "{shown}");
            builder.clone().allow_http(false).build().unwrap_err();
            builder.allow_http(true).build().unwrap();
        }
        for (_, builder) in vendors(&format!("https://{host}")) {
            builder.transport(memory.clone()).build().unwrap();
        }
    }
}

#[cfg(feature = "rustls")]
mod tls {
    use super::*;
    use crate::support::tls::{EXPIRED, ROOT, SELF_SIGNED, SERVER, serving};

    async fn call(host: &str, certificate: &str) -> (Result<Bytes, Error>, String) {
        let (address, server) = serving(certificate);
        let base = format!("https://{host}:{}", address.port());
        let client = builder(&base).no_proxy().root_certificate(ROOT).build().unwrap();
        let result = a_call(&client).bytes().await;
        let received = tokio::task::spawn_blocking(|| server.join().unwrap()).await.unwrap();
        (result, received)
    }

    #[tokio::test]
    async fn r5_a_certificate_that_is_not_trusted_ends_the_call_before_a_byte_is_sent() {
        // The good certificate is for the address, not for the name.
        let rows = [("127.0.0.1", SELF_SIGNED), ("127.0.0.1", EXPIRED), ("localhost", SERVER)];
        for (host, certificate) in rows {
            let (result, received) = call(host, certificate).await;
            let error = result.unwrap_err();
            assert!(error.is_connect(), "{error:?}");
            assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 1), "{error}");
            assert_eq!(received, "");
        }
    }

    /// Elsewhere the platform's own verifier decides, which has rules of its own for tests like this.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_root_certificate_of_one_s_own_is_trusted() {
        let (result, received) = call("127.0.0.1", SERVER).await;
        assert_eq!(result.unwrap(), "{}");
        assert!(received.contains("HTTP/1.1\r\n"), "{received}");
    }

    /// A client that has no https base URL reads no certificates; its transport does when another client needs them.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_shared_transport_trusts_whom_its_first_client_trusts() {
        let (address, server) = serving(SERVER);
        let plain = builder("http://127.0.0.1:1").no_proxy().root_certificate(ROOT).build().unwrap();
        let base = format!("https://127.0.0.1:{}", address.port());
        let client = builder(&base).transport(plain.transport()).build().unwrap();
        assert_eq!(a_call(&client).bytes().await.unwrap(), "{}");
        tokio::task::spawn_blocking(|| server.join().unwrap()).await.unwrap();
    }

    #[test]
    fn a_root_certificate_that_is_none_is_refused() {
        let broken = ROOT.replace("MII", "!!!");
        for pem in ["", "nonsense", broken.as_str()] {
            let error = builder("http://127.0.0.1:1").root_certificate(pem).build().unwrap_err();
            assert!(matches!(error, Error::Config(_)), "{error:?}");
        }
    }
}

#[cfg(not(feature = "rustls"))]
#[test]
fn https_without_tls_is_refused_by_build() {
    for (_, builder) in vendors("https://vendor.example") {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert!(error.to_string().contains("`rustls`"), "{error}");
    }
}

#[cfg(not(feature = "rustls"))]
#[test]
fn a_proxy_or_certificate_that_needs_tls_is_refused_by_build_without_it() {
    let builder = || builder("http://127.0.0.1:1");
    let rows = [
        (builder().proxy("https://proxy.example"), "an https proxy"),
        (builder().root_certificate(""), "`root_certificate`"),
    ];
    for (builder, what) in rows {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert!(error.to_string().contains(&format!("{what} needs the feature `rustls`")), "{error}");
    }
    builder().proxy("http://proxy.example").build().unwrap();
}

/// A proxy that answers everything itself, with the request lines that it gets.
async fn proxy() -> (Raw, Arc<Mutex<Vec<String>>>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = lines.clone();
    let server = Raw::serving(move |mut stream| {
        let seen = seen.clone();
        async move {
            while let Some(request) = read_request(&mut stream).await {
                seen.lock().unwrap().push(request.lines().next().unwrap().to_owned());
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                stream.write_all(answer).await.unwrap();
            }
        }
    })
    .await;
    (server, lines)
}

async fn reaches(builder: ClientBuilder) -> bool {
    let client = builder.allow_http(true).build().unwrap();
    // What goes to `vendor.example` without a proxy finds nobody there.
    let call = a_call(&client).max_attempts(1).timeout(Duration::from_secs(2));
    call.bytes().await.is_ok()
}

#[test]
fn r5_loopback_is_reached_directly_whatever_the_environment_says() {
    let runtime = runtime();
    let (server, lines) = runtime.block_on(proxy());
    let named = |command: &mut std::process::Command| {
        for name in ["http_proxy", "https_proxy", "all_proxy"] {
            command.env(name, server.base()).env(name.to_uppercase(), server.base());
        }
        command.env_remove("no_proxy").env_remove("NO_PROXY");
    };
    let parent = child::run_with(named, || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let wire = Wire::ok("{}").await;
            let base = wire.base();
            assert!(reaches(builder(&base)).await);
            assert!(reaches(builder(&base.replace("127.0.0.1", "localhost"))).await);
            assert_eq!(wire.requests().await.len(), 2);
            assert!(reaches(builder("http://vendor.example")).await, "the proxy is there for others");
            assert!(!reaches(builder("http://vendor.example").no_proxy()).await);
        });
    });
    if parent {
        let lines = lines.lock().unwrap();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains(" http://vendor.example/"), "{lines:?}");
    }
}

#[test]
fn r5_what_the_environment_excepts_from_its_proxies_goes_without() {
    let runtime = runtime();
    let (server, lines) = runtime.block_on(proxy());
    let named = |command: &mut std::process::Command| {
        for name in ["HTTP_PROXY", "all_proxy", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name);
        }
        command.env("http_proxy", server.base()).env("no_proxy", "vendor.example, 192.0.2.0/24");
    };
    let parent = child::run_with(named, || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            assert!(reaches(builder("http://other.example")).await);
            assert!(!reaches(builder("http://vendor.example")).await);
            assert!(!reaches(builder("http://eu.vendor.example")).await);
            assert!(!reaches(builder("http://192.0.2.7")).await);
            assert!(reaches(builder("http://198.51.100.7")).await);
            let given = std::env::var("http_proxy").unwrap();
            assert!(reaches(builder("http://vendor.example").proxy(given)).await, "a proxy of the builder's");
        });
    });
    if parent {
        assert_eq!(lines.lock().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn r5_a_proxy_of_the_builder_s_is_for_what_is_not_loopback() {
    let (server, lines) = proxy().await;
    let wire = Wire::ok("{}").await;
    let through = |base: &str| builder(base).proxy(server.base());
    assert!(reaches(through(&wire.base())).await);
    assert_eq!((wire.requests().await.len(), server.connections()), (1, 0));
    assert!(reaches(through("http://vendor.example")).await);
    assert_eq!(lines.lock().unwrap().len(), 1);

    let refused = ["http://user:s3cret@[", "socks5://user:s3cret@h", "ftp://user:s3cret@h", "s3cret"];
    let builders = refused.map(|url| builder("http://127.0.0.1:1").proxy(url));
    for builder in builders.into_iter().chain([through("http://127.0.0.1:1").no_proxy()]) {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
}

/// A server that keeps a connection open for as long as `idle` says after its answers, which it counts.
async fn keep_alive(body: &'static str, idle: fn(usize) -> Duration) -> Raw {
    let answered = Arc::new(AtomicUsize::new(0));
    Raw::serving(move |mut stream| {
        let answered = answered.clone();
        async move {
            let mut time = Duration::MAX;
            while let Ok(Some(_)) = tokio::time::timeout(time, read_request(&mut stream)).await {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                if stream.write_all((head + body).as_bytes()).await.is_err() {
                    return;
                }
                time = idle(answered.fetch_add(1, Ordering::SeqCst));
            }
        }
    })
    .await
}

/// With the default settings: a read that meets a connection in the moment of its closing is repeated on a new one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r13_ten_thousand_reads_of_a_server_that_closes_idle_connections_at_random_all_succeed() {
    let server = keep_alive("{}", |count| match count % 5 {
        0 => Duration::from_micros(count as u64 * 7919 % 10_000),
        _ => Duration::MAX,
    })
    .await;
    let client = client(&server.base());
    let mut running = tokio::task::JoinSet::new();
    for task in 0..50_u64 {
        let client = client.clone();
        running.spawn(async move {
            for read in 0..200 {
                a_call(&client).bytes().await.unwrap();
                tokio::time::sleep(Duration::from_micros((read * 3313 + task * 977) % 10_000)).await;
            }
        });
    }
    running.join_all().await;
    assert!(server.connections() > 100, "{} connections", server.connections());
}

#[tokio::test]
async fn r13_a_read_meets_one_dead_connection_at_most() {
    // A connection answers once, and takes the next request without a word.
    let server = Raw::serving(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        read_request(&mut stream).await;
    })
    .await;
    let transport = client(&server.base()).transport();
    let client = builder(&server.base()).transport(transport).retry(impatient()).build().unwrap();
    let idle = (0..5).map(|_| tokio::spawn(a_call(&client).bytes()));
    for call in idle.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.connections(), 5);
    for dead in 1..=4 {
        a_call(&client).bytes().await.unwrap();
        assert_eq!(server.connections(), 5 + dead);
    }
}

#[tokio::test]
async fn r13_another_failure_in_between_does_not_lead_back_to_a_dead_connection() {
    const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    const BUSY: &[u8] = b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n";
    let accepted = Arc::new(AtomicUsize::new(0));
    let server = Raw::serving(move |mut stream| {
        let answer = if accepted.fetch_add(1, Ordering::SeqCst) == 3 { BUSY } else { OK };
        async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(answer).await;
            read_request(&mut stream).await;
        }
    })
    .await;
    let client = builder(&server.base()).no_proxy().retry(impatient()).build().unwrap();
    let idle = (0..3).map(|_| tokio::spawn(a_call(&client).bytes()));
    for call in idle.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.connections(), 3);
    let response = a_call(&client).response().await;
    assert_eq!(server.connections(), 5, "a dead one, a busy new one, a new one");
    assert!(matches!(response.map(|_| ()), Ok(()) | Err(Error::Decode(_))));
}

/// Load balancers close after 60 s what they have not heard of; by then the client has given it up.
#[tokio::test]
async fn r13_a_connection_that_was_idle_for_31_seconds_is_not_used_again() {
    let server = keep_alive("{}", |_| Duration::MAX).await;
    let client = client(&server.base());
    for (idle, connections) in [(0, 1), (29, 1), (31, 2)] {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(idle)).await;
        tokio::time::resume();
        a_call(&client).bytes().await.unwrap();
        assert_eq!(server.connections(), connections, "after {idle} s");
    }
}

#[tokio::test]
async fn r13_no_call_is_lost_on_a_connection_that_the_server_has_closed() {
    let server = Raw::serving(|mut stream| async move {
        read_request(&mut stream).await;
        // Nothing in the answer says that the connection is closed after it.
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    })
    .await;
    let client = builder(&server.base()).no_proxy().retry(RetryPolicy::never()).build().unwrap();
    for (sent, call) in calls::all().into_iter().enumerate() {
        match call.send_default(&client).await {
            Ok(_) | Err(Error::Decode(_)) => {}
            Err(error) => panic!("{}: {error:?}", call.id),
        }
        assert_eq!(server.connections(), sent + 1);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Answers 421 on the connections that this says, and 200 on the others.
async fn misdirecting(misdirected: fn(usize) -> bool) -> Raw {
    let accepted = Arc::new(AtomicUsize::new(0));
    Raw::serving(move |mut stream| {
        let status = if misdirected(accepted.fetch_add(1, Ordering::SeqCst)) { "421 No" } else { "200 OK" };
        async move {
            while read_request(&mut stream).await.is_some() {
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\n{{}}");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_misdirected_request_goes_once_more_on_a_new_connection() {
    let policy = impatient().budget(u32::MAX);
    let server = misdirecting(|connection| connection == 0).await;
    let client = builder(&server.base()).no_proxy().retry(policy.clone()).build().unwrap();
    for (sent, call) in calls::all().into_iter().enumerate() {
        match call.send_default(&client).await {
            Ok(_) | Err(Error::Decode(_)) => {}
            Err(error) => panic!("{}: {error:?}", call.id),
        }
        assert_eq!(server.connections(), sent + 2, "{}", call.id);
    }
    let server = misdirecting(|_| true).await;
    let client = builder(&server.base()).no_proxy().retry(policy).build().unwrap();
    for call in calls::all() {
        let error = call.send_default(&client).await.unwrap_err();
        assert_eq!((error.outcome(), error.attempts()), (Outcome::Refused, 2), "{}: {error:?}", call.id);
    }
}

#[tokio::test]
async fn a_transport_is_asked_once_for_each_attempt() {
    let memory = Memory::default();
    let call = a_call(&offline(&memory));
    memory.play([success(call.operation())]);
    call.await.unwrap();
    assert_eq!(memory.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_transport_is_told_which_attempt_of_which_operation_it_carries() {
    #[derive(Debug)]
    struct Told(Memory, Mutex<Vec<(&'static str, u32, bool)>>);

    impl Transport for Told {
        fn send(&self, request: http::Request<bytes::Bytes>) -> TransportFuture<'_> {
            let attempt = request.extensions().get::<AttemptInfo>().unwrap();
            let told = (attempt.operation().id(), attempt.number(), attempt.wants_new_connection());
            self.1.lock().unwrap().push(told);
            self.0.send(request)
        }
    }

    let memory = Memory::default();
    let told = Arc::new(Told(memory.clone(), Mutex::default()));
    let client = builder("http://127.0.0.1:1").transport(told.clone()).build().unwrap();
    let call = a_call(&client);
    let id = call.operation().id();
    memory.play([Step::answer(503, ""), Step::connect_fails(), success(call.operation())]);
    call.await.unwrap();
    assert_eq!(*told.1.lock().unwrap(), [(id, 1, false), (id, 2, false), (id, 3, false)]);

    memory.play([Step::reset(), success(a_call(&client).operation())]);
    a_call(&client).await.unwrap();
    assert_eq!(told.1.lock().unwrap()[3..], [(id, 1, false), (id, 2, true)]);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_permanent_is_not_followed_by_another_attempt() {
    #[derive(Debug)]
    struct Gone(Mutex<u32>);

    impl Transport for Gone {
        fn send(&self, _: http::Request<bytes::Bytes>) -> TransportFuture<'_> {
            *self.0.lock().unwrap() += 1;
            Box::pin(async { Err(SendError::connect("no such place").permanent()) })
        }
    }

    let gone = Arc::new(Gone(Mutex::default()));
    let client = builder("http://127.0.0.1:1").transport(gone.clone()).build().unwrap();
    let error = a_call(&client).await.unwrap_err();
    assert_eq!((*gone.0.lock().unwrap(), error.outcome()), (1, connectory::Outcome::NotSent));
}
