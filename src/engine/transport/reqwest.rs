use super::{
    AttemptInfo, Body, Proxies, SendError, Transport, TransportFuture, TransportSettings, names::Names,
    per_runtime::PerRuntime,
};
use crate::Error;
use crate::engine::is_loopback;
use crate::error::BoxError;
use bytes::Bytes;
use http::{
    Request, Response, StatusCode,
    uri::{Authority, Scheme, Uri},
};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use std::{
    any::Any,
    error::Error as StdError,
    fmt,
    future::poll_fn,
    io, iter,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
    thread,
    time::Duration,
};
use tokio::runtime::Handle;
use url::{ParseError, Url};

/// Load balancers close idle connections after 60 s; a connection that we drop first is never half dead.
const IDLE: Duration = Duration::from_secs(30);

/// The transport that ships with the crate, on [reqwest](https://docs.rs/reqwest).
///
/// It speaks HTTP/1.1, with the feature `http2` also HTTP/2, and keeps connections that idle for 30 s, for each tokio
/// runtime its own. An attempt that follows on one whose connection broke gets a connection of its own. Without
/// redirects, without retries of its own, without decompression: the engine does these. A request to a loopback
/// address never goes through a proxy.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    /// For loopback addresses: never through a proxy.
    direct: Arc<Clients>,
    outward: Arc<Clients>,
    addresses: Arc<Addresses>,
}

/// Clients of the same settings: one with a pool for each runtime, and one for a single request when asked.
struct Clients {
    builder: Box<dyn Fn() -> reqwest::ClientBuilder + Send + Sync>,
    pooled: PerRuntime<reqwest::Client>,
    ping: Duration,
    /// Whether a proxy answers in the place of plain http servers.
    proxied: bool,
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clients").finish_non_exhaustive()
    }
}

impl ReqwestTransport {
    pub(crate) fn new(settings: &TransportSettings) -> Result<Self, Error> {
        #[cfg(feature = "rustls")]
        let tls = super::tls::config(settings)?;
        #[cfg(not(feature = "rustls"))]
        if settings.https {
            return Err(Error::config(
                "an https base URL needs the feature `rustls`, or a transport of your own",
            ));
        }
        let names = Arc::new(Names::of_the_platform());
        let (connect_timeout, ping) = (settings.connect_timeout, settings.ping);
        let clients = |proxies: Proxies| {
            let names = names.clone();
            #[cfg(feature = "rustls")]
            let tls = tls.clone();
            let proxied = proxies.answer_for_http();
            let builder = move || {
                let builder = reqwest::Client::builder();
                let builder = builder.connect_timeout(connect_timeout).dns_resolver(names.clone());
                #[cfg(feature = "rustls")]
                let builder = builder.tls_backend_preconfigured(tls.clone());
                proxies.put_into(builder)
            };
            Clients::of(builder, ping, proxied)
        };
        let direct = clients(Proxies::default())?;
        let outward =
            if settings.proxies.is_empty() { direct.clone() } else { clients(settings.proxies.clone())? };
        Ok(Self { direct, outward, addresses: Arc::default() })
    }

    /// Sends with reqwest clients of your own making.
    ///
    /// For another TLS stack, a resolver, a client certificate. The function is called for each tokio runtime that
    /// calls are made on, since a connection belongs to its runtime, and for each attempt that gets a connection of its
    /// own: it should make the same every time, and cheaply.
    ///
    /// Redirects, `Referer`, reqwest's own retries and its decompression are switched off, idle connections are kept
    /// for 30 s, and HTTP/2 connections are pinged; the rest stays as you set it, proxies included, also for loopback
    /// addresses.
    ///
    /// The builder has to know its TLS: a feature of reqwest's that brings one, a backend given to
    /// `tls_backend_preconfigured`, or a rustls provider that is installed for the process.
    ///
    /// ```
    /// use connectory::ReqwestTransport;
    /// use std::time::Duration;
    ///
    /// # #[cfg(not(feature = "rustls"))] {
    /// let transport = ReqwestTransport::from_builder(|| {
    ///     reqwest::Client::builder().connect_timeout(Duration::from_secs(2))
    /// })?;
    /// # }
    /// # Ok::<(), connectory::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Error::Config` when reqwest refuses the settings, or has no TLS.
    #[cfg(feature = "reqwest-0-13")]
    #[cfg_attr(docsrs, doc(cfg(feature = "reqwest-0-13")))]
    pub fn from_builder(
        builder: impl Fn() -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        const PING: Duration = Duration::from_secs(10);
        // reqwest panics where rustls is compiled in without a provider, and a builder does not tell beforehand.
        let clients = catch_unwind(AssertUnwindSafe(|| Clients::of(builder, PING, false)))
            .unwrap_or_else(|_| Err(Error::config("the reqwest builder has no TLS provider: give it one")))?;
        Ok(Self { direct: clients.clone(), outward: clients, addresses: Arc::default() })
    }
}

impl Clients {
    fn of(
        builder: impl Fn() -> reqwest::ClientBuilder + Send + Sync + 'static,
        ping: Duration,
        proxied: bool,
    ) -> Result<Arc<Self>, Error> {
        // Made at once, to see that it can be.
        let first = finish(builder(), ping).map_err(|error| {
            Error::config(format!("the HTTP client cannot be built: {}", error.without_url()))
        })?;
        let pooled = PerRuntime::starting_with(first);
        Ok(Arc::new(Self { builder: Box::new(builder), pooled, ping, proxied }))
    }

    fn client(&self, afresh: bool) -> Result<reqwest::Client, SendError> {
        let client =
            |builder| finish(builder, self.ping).map_err(|error| SendError::connect(error.without_url()));
        if afresh {
            return client((self.builder)().pool_max_idle_per_host(0));
        }
        let runtime = Handle::try_current().map_err(SendError::connect)?;
        self.pooled.get(runtime.id(), || client((self.builder)()))
    }
}

fn finish(builder: reqwest::ClientBuilder, ping: Duration) -> reqwest::Result<reqwest::Client> {
    // An idle connection is pinged too: who calls next shall not be the one that finds it dead.
    #[cfg(feature = "http2")]
    let builder = builder
        .http2_keep_alive_interval(ping)
        .http2_keep_alive_timeout(ping)
        .http2_keep_alive_while_idle(true);
    #[cfg(not(feature = "http2"))]
    let _ = ping;
    builder
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .referer(false)
        .pool_idle_timeout(IDLE)
        .build()
}

impl Transport for ReqwestTransport {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        let place = Place::default();
        Box::pin(async move { without_panic(self.carry(request, &place), &place).await? })
    }
}

impl ReqwestTransport {
    async fn carry(&self, request: Request<Bytes>, place: &Place) -> Result<Response<Body>, SendError> {
        let (head, body) = request.into_parts();
        let afresh = head.extensions.get::<AttemptInfo>().is_some_and(AttemptInfo::wants_new_connection);
        let url = self.addresses.url(&head.uri).map_err(SendError::connect)?;
        let mut request = reqwest::Request::new(head.method, url);
        *request.headers_mut() = head.headers;
        *request.body_mut() = Some(reqwest::Body::wrap(Traced { body, place: place.clone() }));
        let clients = if is_loopback(request.url()) { &self.direct } else { &self.outward };
        let by_proxy = clients.proxied && request.url().scheme() == "http";
        let mut response = clients.client(afresh)?.execute(request).await.map_err(send_error)?;
        if by_proxy && response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(refused_by_proxy("407 Proxy Authentication Required"));
        }
        let mut answer = Response::new(());
        *answer.status_mut() = response.status();
        *answer.version_mut() = response.version();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer.map(|()| Body::new(reqwest::Body::from(response).map_err(send_error))))
    }
}

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
struct Traced {
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

/// A panic below is told as what it is, and by whether a connection had the request already.
async fn without_panic<T>(work: impl Future<Output = T>, place: &Place) -> Result<T, SendError> {
    let mut work = pin!(Some(work));
    poll_fn(|context| {
        let Some(running) = work.as_mut().as_pin_mut() else { return Poll::Pending };
        let panic = match catch_unwind(AssertUnwindSafe(|| running.poll(context))) {
            Ok(poll) => return poll.map(Ok),
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

/// Turns addresses into reqwest's, and keeps their origins: parsing the host is most of what an address costs.
#[derive(Default)]
struct Addresses(Mutex<Vec<Origin>>);

struct Origin {
    scheme: Scheme,
    authority: Authority,
    url: Url,
}

/// Addresses may hold user info.
impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Addresses")
    }
}

impl Addresses {
    /// More than there are vendors; tenants with hosts of their own take turns.
    const KEPT: usize = 8;

    fn url(&self, uri: &Uri) -> Result<Url, BoxError> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err("the address names no host".into());
        };
        let mut url = self.origin(scheme, authority)?;
        url.set_path(uri.path());
        url.set_query(uri.query());
        Ok(url)
    }

    fn origin(&self, scheme: &Scheme, authority: &Authority) -> Result<Url, ParseError> {
        let mut origins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // `Authority` itself compares without regard to case, which matters to user info.
        let is_known =
            |known: &&Origin| known.scheme == *scheme && known.authority.as_str() == authority.as_str();
        let known = origins.iter().find(is_known);
        if let Some(known) = known {
            return Ok(known.url.clone());
        }
        let url = Url::parse(&format!("{scheme}://{authority}"))?;
        origins.truncate(Self::KEPT - 1);
        origins.insert(0, Origin { scheme: scheme.clone(), authority: authority.clone(), url: url.clone() });
        Ok(url)
    }
}

#[cold]
fn send_error(error: reqwest::Error) -> SendError {
    let error = error.without_url();
    if error.is_connect() {
        if causes(&error).any(|cause| cause.to_string() == "tunnel error: proxy authorization required") {
            return refused_by_proxy(error);
        }
        #[cfg(feature = "rustls")]
        if causes(&error).any(super::tls::is_distrust) {
            return SendError::connect(error).permanent_because("the server's certificate is not trusted");
        }
        return SendError::connect(error);
    }
    #[cfg(feature = "http2")]
    if causes(&error).any(is_turned_away) {
        return SendError::unprocessed(error);
    }
    let problem = causes(&error).find_map(unreadable);
    if let Some(problem) = problem {
        return SendError::other(error).permanent_because(problem);
    }
    if error.is_timeout() { SendError::timeout(error) } else { SendError::other(error) }
}

#[cold]
fn refused_by_proxy(source: impl Into<BoxError>) -> SendError {
    SendError::connect(source).permanent_because("the proxy refuses: it wants other credentials (407)")
}

/// An error and what is below it.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    iter::successors(Some(error as &(dyn StdError + 'static)), |error| {
        let error: &(dyn StdError + 'static) = *error;
        // An I/O error hides what it holds: its source is that of the error in it.
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        held.map(|held| held as &(dyn StdError + 'static)).or_else(|| error.source())
    })
}

/// Whether the server says that it has not looked at the request (RFC 9113, 8.7).
///
/// h2 gives an error of the peer's GOAWAY to the streams alone that come after the last one which the peer names.
#[cfg(feature = "http2")]
fn is_turned_away(cause: &(dyn StdError + 'static)) -> bool {
    let Some(error) = cause.downcast_ref::<h2::Error>() else { return false };
    let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    error.is_remote() && (error.is_go_away() || refused)
}

/// Why an answer is none that can be read: another try would bring the same one.
fn unreadable(cause: &(dyn StdError + 'static)) -> Option<&'static str> {
    let error = cause.downcast_ref::<hyper::Error>().filter(|error| error.is_parse())?;
    Some(match error.to_string().as_str() {
        "message head is too large" => "the answer's head is too large: more than 100 headers, or 400 KiB",
        "invalid HTTP header parsed" => "the answer has a header that is none",
        "invalid HTTP status-code parsed" => "the answer has no readable status",
        _ => "the answer's head cannot be read as HTTP",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn poll<T>(work: impl Future<Output = T>) -> Poll<T> {
        pin!(work).poll(&mut Context::from_waker(std::task::Waker::noop()))
    }

    fn traced(place: &Place) -> Traced {
        Traced { body: Bytes::from_static(b"body"), place: place.clone() }
    }

    /// How the panic of a piece of work with the body of a request is told.
    fn told<W: Future<Output = ()>>(work: impl FnOnce(Traced) -> W) -> SendError {
        let place = Place::default();
        let work = work(traced(&place));
        match poll(without_panic(work, &place)) {
            Poll::Ready(Err(error)) => error,
            _ => panic!("it panics"),
        }
    }

    #[test]
    fn r12_a_panic_before_a_connection_has_the_request_sends_nothing() {
        for error in [
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
        let place = Place::default();
        let body = traced(&place);
        let work = async {
            let _body = body;
            let _ = tokio::net::TcpStream::connect("127.0.0.1:1").await;
        };
        let Err(error) = runtime.block_on(without_panic(work, &place)) else { panic!("it panics") };
        assert!(error.is_connect() && error.is_permanent(), "{error:?}");
        assert!(error.into_source().to_string().contains("has no I/O"));
    }

    #[test]
    fn an_address_without_a_host_is_an_error() {
        assert!(Addresses::default().url(&Uri::from_static("/path")).is_err());
    }

    #[test]
    fn addresses_are_not_shown() {
        let addresses = Addresses::default();
        addresses.url(&Uri::from_static("http://user:s3cret@host/path")).unwrap();
        assert_eq!(format!("{addresses:?}"), "Addresses");
    }

    proptest! {
        #[test]
        fn an_address_is_what_parsing_it_whole_makes_of_it(
            texts in prop::collection::vec(
                "https?://([a-c]:[A-B]@)?([a-f]|A|127\\.0\\.0\\.1|\\[::1\\])(:[1-3])?(/[a-z%2e.]{0,6}){0,3}(\\?[a-z=&%5B]{0,6})?",
                1..40,
            ),
        ) {
            let addresses = Addresses::default();
            for text in texts {
                let Ok(uri) = text.parse::<Uri>() else { continue };
                let whole = Url::parse(&uri.to_string());
                prop_assert_eq!(addresses.url(&uri).ok(), whole.ok(), "{}", text);
                prop_assert!(addresses.0.lock().unwrap().len() <= Addresses::KEPT);
            }
        }
    }
}
