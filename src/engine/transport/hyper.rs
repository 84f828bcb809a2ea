use super::{
    AttemptInfo, Body, IDLE, Proxies, SendError, Transport, TransportFuture, TransportSettings,
    failure::{causes, is_timeout, refused_by_proxy, told},
    names::{LookingUp, Names},
    per_runtime::PerRuntime,
    traced::{Traced, without_panic},
};
use crate::Error;
use crate::engine::is_loopback;
use crate::error::BoxError;
use bytes::Bytes;
use http::{
    Request, Response, StatusCode,
    header::PROXY_AUTHORIZATION,
    uri::{Scheme, Uri},
};
use http_body_util::BodyExt;
use hyper::rt::{Read, ReadBufCursor, Write};
#[cfg(feature = "rustls")]
use hyper_rustls::HttpsConnector;
#[cfg(feature = "rustls")]
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::{
    client::{
        legacy::{
            self, Client,
            connect::{Connected, Connection, HttpConnector, dns::Name},
        },
        proxy::matcher::{Intercept, Matcher},
    },
    rt::{TokioExecutor, TokioTimer},
};
#[cfg(feature = "rustls")]
use rustls::ClientConfig;
use std::{
    fmt, io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{runtime::Handle, time::timeout};
use tower_service::Service;

/// The transport of the feature `hyper`, on [hyper](https://docs.rs/hyper) and hyper-util's pool.
///
/// It speaks HTTP/1.1, with the feature `http2` also HTTP/2, and keeps connections that idle for 30 s, for each tokio
/// runtime its own. An attempt that follows on one whose connection broke gets a connection of its own. A request to a
/// loopback address never goes through a proxy.
pub(super) struct HyperTransport {
    pooled: Arc<PerRuntime<Arc<Pool>>>,
    builder: legacy::Builder,
    connector: Connector,
}

type Pool = Client<Connector, Traced>;

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport").finish_non_exhaustive()
    }
}

impl HyperTransport {
    pub(super) fn new(names: Names, settings: &TransportSettings) -> Result<Self, Error> {
        let connector = Connector(Arc::new(Routes::new(names, settings)?));
        let mut builder = Client::builder(TokioExecutor::new());
        builder.timer(TokioTimer::new()).pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE);
        // An idle connection is pinged too: who calls next shall not be the one that finds it dead.
        #[cfg(feature = "http2")]
        builder
            .http2_keep_alive_interval(settings.ping)
            .http2_keep_alive_timeout(settings.ping)
            .http2_keep_alive_while_idle(true);
        let first = Arc::new(builder.build(connector.clone()));
        Ok(Self { pooled: Arc::new(PerRuntime::starting_with(first)), builder, connector })
    }

    fn start(
        &self,
        mut request: Request<Traced>,
    ) -> Result<impl Future<Output = Result<Response<Body>, SendError>> + use<>, SendError> {
        if request.uri().host().is_none() {
            return Err(SendError::connect("the address names no host"));
        }
        let afresh = request.extensions().get::<AttemptInfo>().is_some_and(AttemptInfo::wants_new_connection);
        let asked = self.connector.0.asked_instead(request.uri());
        if let Some(credentials) = asked.as_ref().and_then(Intercept::basic_auth) {
            request.headers_mut().entry(PROXY_AUTHORIZATION).or_insert_with(|| credentials.clone());
        }
        let is_by_proxy = asked.is_some();
        let answer = self.pool(afresh)?.request(request);
        Ok(async move {
            let answer = answer.await.map_err(send_error)?;
            if is_by_proxy && answer.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
                return Err(refused_by_proxy("407 Proxy Authentication Required"));
            }
            Ok(answer.map(|body| Body::new(body.map_err(body_error))))
        })
    }

    fn pool(&self, afresh: bool) -> Result<Arc<Pool>, SendError> {
        if afresh {
            let mut builder = self.builder.clone();
            return Ok(Arc::new(builder.pool_max_idle_per_host(0).build(self.connector.clone())));
        }
        let runtime = Handle::try_current().map_err(SendError::connect)?;
        self.pooled.get(runtime.id(), || Ok(Arc::new(self.builder.build(self.connector.clone()))))
    }
}

impl Transport for HyperTransport {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        Box::pin(without_panic(request, |request| self.start(request)))
    }
}

#[cold]
fn send_error(error: legacy::Error) -> SendError {
    let (is_connect, is_timeout) = (error.is_connect(), causes(&error).any(is_timeout));
    told(error, is_connect, is_timeout)
}

#[cold]
fn body_error(error: hyper::Error) -> SendError {
    let is_timeout = causes(&error).any(is_timeout);
    told(error, false, is_timeout)
}

/// Makes connections, within the time for one.
#[derive(Clone)]
struct Connector(Arc<Routes>);

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let routes = self.0.clone();
        Box::pin(async move { timeout(routes.timeout, routes.connect(server)).await? })
    }
}

/// The ways to a server: to itself, or by a proxy.
struct Routes {
    /// For look-up, TCP, proxy and TLS together.
    timeout: Duration,
    direct: Direct,
    /// A proxy is spoken to in HTTP/1.1 alone.
    to_proxy: Direct,
    proxies: Option<Matcher>,
    #[cfg(feature = "rustls")]
    tls: Arc<ClientConfig>,
}

type Tcp = HttpConnector<Resolver>;

#[cfg(feature = "rustls")]
type Direct = HttpsConnector<Tcp>;
/// It refuses https.
#[cfg(not(feature = "rustls"))]
type Direct = Tcp;

impl Routes {
    fn new(names: Names, settings: &TransportSettings) -> Result<Self, Error> {
        let tcp = tcp(names, settings.connect_timeout);
        #[cfg(feature = "rustls")]
        let (direct, to_proxy, tls) = {
            let mut tcp = tcp;
            tcp.enforce_http(false);
            let tls = super::tls::config(settings)?;
            let mut tls_to_proxy = tls.clone();
            tls_to_proxy.alpn_protocols.clear();
            let tls = Arc::new(tls);
            ((tcp.clone(), tls.clone()).into(), (tcp, tls_to_proxy).into(), tls)
        };
        #[cfg(not(feature = "rustls"))]
        let (direct, to_proxy) = (tcp.clone(), tcp);
        Ok(Self {
            timeout: settings.connect_timeout,
            direct,
            to_proxy,
            proxies: (!settings.proxies.is_empty()).then(|| matcher(&settings.proxies)),
            #[cfg(feature = "rustls")]
            tls,
        })
    }

    fn proxy(&self, server: &Uri) -> Option<Intercept> {
        self.proxies.as_ref().filter(|_| !server.host().is_some_and(is_loopback))?.intercept(server)
    }

    /// The proxy that answers in the server's place; of https it sees nothing but bytes.
    fn asked_instead(&self, server: &Uri) -> Option<Intercept> {
        self.proxy(server).filter(|_| server.scheme() == Some(&Scheme::HTTP))
    }

    async fn connect(&self, server: Uri) -> Result<Stream, BoxError> {
        if let Some(proxy) = self.asked_instead(&server) {
            return Ok(Stream::new(self.to_proxy.clone().call(proxy.uri().clone()).await?, true));
        }
        #[cfg(feature = "rustls")]
        if let Some(proxy) = self.proxy(&server) {
            let tunnel = Tunnel::new(proxy.uri().clone(), self.to_proxy.clone());
            let tunnel = match proxy.basic_auth() {
                Some(credentials) => tunnel.with_auth(credentials.clone()),
                None => tunnel,
            };
            let through = HttpsConnector::from((tunnel, self.tls.clone())).call(server).await?;
            return Ok(Stream::new(through, false));
        }
        Ok(Stream::new(self.direct.clone().call(server).await?, false))
    }
}

fn matcher(proxies: &Proxies) -> Matcher {
    let text = |uri: &Option<Uri>| uri.as_ref().map(Uri::to_string).unwrap_or_default();
    let exceptions = proxies.exceptions.clone().unwrap_or_default();
    Matcher::builder().http(text(&proxies.http)).https(text(&proxies.https)).no(exceptions).build()
}

/// As reqwest sets it up: a connection whose other end is gone is given up, also while nothing is sent.
fn tcp(names: Names, connect_timeout: Duration) -> Tcp {
    const PROBE: Duration = Duration::from_secs(15);
    let mut tcp = HttpConnector::new_with_resolver(Resolver(Arc::new(names)));
    // Shared among the addresses of a host.
    tcp.set_connect_timeout(Some(connect_timeout));
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(PROBE));
    tcp.set_keepalive_interval(Some(PROBE));
    tcp.set_keepalive_retries(Some(3));
    #[cfg(any(target_os = "android", target_os = "linux"))]
    tcp.set_tcp_user_timeout(Some(Duration::from_secs(30)));
    tcp
}

/// Look-ups, shared.
#[derive(Clone)]
struct Resolver(Arc<Names>);

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<std::net::SocketAddr>;
    type Error = BoxError;
    type Future = LookingUp;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> LookingUp {
        self.0.addresses(name.as_str())
    }
}

/// A connection, with TLS or without, through a proxy or not.
struct Stream {
    io: Box<dyn Io>,
    /// A proxy answers in the server's place, and is told whole addresses.
    is_by_proxy: bool,
}

trait Io: Read + Write + Connection + Send + Unpin {}

impl<T: Read + Write + Connection + Send + Unpin> Io for T {}

impl Stream {
    fn new(io: impl Io + 'static, is_by_proxy: bool) -> Self {
        Self { io: Box::new(io), is_by_proxy }
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        // What else is known of a connection would be copied into each answer.
        let connected = Connected::new().proxy(self.is_by_proxy);
        if self.io.connected().is_negotiated_h2() { connected.negotiated_h2() } else { connected }
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.io).poll_read(context, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.io).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.io).poll_write_vectored(context, pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::client::conn::http1::handshake;
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf, duplex, join, split};

    /// The other end has answered no probe: so TCP tells it.
    struct Dead;

    impl AsyncRead for Dead {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
        }
    }

    #[tokio::test]
    async fn a_connection_that_dies_within_an_answer_is_told_as_a_timeout() {
        let (client, mut server) = duplex(1024);
        let (read, write) = split(client);
        let (mut sender, connection) = handshake(TokioIo::new(join(read.chain(Dead), write))).await.unwrap();
        tokio::spawn(connection);
        tokio::spawn(async move {
            server.read_u8().await.unwrap();
            server.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nbegun").await.unwrap();
        });
        let request = Request::new(http_body_util::Empty::<Bytes>::new());
        let answer = sender.send_request(request).await.unwrap();
        let error = body_error(answer.into_body().collect().await.unwrap_err());
        assert!(error.is_timeout() && !error.is_permanent(), "{error:?}");
    }
}
