use super::{
    AttemptInfo, Body, IDLE, Proxies, SendError, Transport, TransportFuture, TransportSettings,
    failure::{refused_by_proxy, told},
    names::Names,
    per_runtime::PerRuntime,
    traced::{Traced, without_panic},
};
use crate::Error;
use crate::engine::is_loopback;
use crate::error::BoxError;
use bytes::Bytes;
use http::{
    Request, Response, StatusCode,
    uri::{Authority, Scheme, Uri},
};
use http_body_util::BodyExt;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
#[cfg(feature = "reqwest-0-13")]
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::runtime::Handle;
use url::{ParseError, Url};

/// The transport of the feature `reqwest`, on [reqwest](https://docs.rs/reqwest).
///
/// It speaks HTTP/1.1, with the feature `http2` also HTTP/2, and keeps connections that idle for 30 s, for each tokio
/// runtime its own. An attempt that follows on one whose connection broke gets a connection of its own. Without
/// redirects, without retries of its own, without decompression: the engine does these. A request to a loopback
/// address never goes through a proxy.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "reqwest-0-13"), allow(unreachable_pub))]
pub struct ReqwestTransport {
    direct: Arc<Clients>,
    /// For all but loopback addresses, where there is a proxy.
    outward: Option<Arc<Clients>>,
    urls: Arc<Urls>,
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
    pub(super) fn new(names: Names, settings: &TransportSettings) -> Result<Self, Error> {
        #[cfg(feature = "rustls")]
        let tls = super::tls::config(settings)?;
        let names = Arc::new(names);
        let (connect_timeout, ping) = (settings.connect_timeout, settings.ping);
        let clients = |proxies: &Proxies| {
            let names = names.clone();
            #[cfg(feature = "rustls")]
            let tls = tls.clone();
            let proxied = proxies.http.is_some();
            let proxies = reqwest_proxies(proxies)?;
            let builder = move || {
                let builder = reqwest::Client::builder().no_proxy();
                let builder = builder.connect_timeout(connect_timeout).dns_resolver(names.clone());
                #[cfg(feature = "rustls")]
                let builder = builder.tls_backend_preconfigured(tls.clone());
                proxies.iter().cloned().fold(builder, reqwest::ClientBuilder::proxy)
            };
            Clients::of(builder, ping, proxied)
        };
        let direct = clients(&Proxies::default())?;
        let proxies = Some(&settings.proxies).filter(|proxies| !proxies.is_empty());
        let outward = proxies.map(clients).transpose()?;
        Ok(Self { direct, outward, urls: Arc::default() })
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
        Ok(Self { direct: clients, outward: None, urls: Arc::default() })
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

fn reqwest_proxies(proxies: &Proxies) -> Result<Vec<reqwest::Proxy>, Error> {
    let exceptions = proxies.exceptions.as_deref().and_then(reqwest::NoProxy::from_string);
    let http = proxies.http.as_ref().map(|uri| reqwest::Proxy::http(uri.to_string()));
    let https = proxies.https.as_ref().map(|uri| reqwest::Proxy::https(uri.to_string()));
    let all = http.into_iter().chain(https).map(|proxy| Ok(proxy?.no_proxy(exceptions.clone())));
    all.collect::<Result<_, reqwest::Error>>().map_err(|_| Error::config("a proxy cannot be used"))
}

/// Look-ups, shared.
impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.addresses(name.as_str());
        Box::pin(async { Ok(Box::new(addresses.await?) as Addrs) })
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
        Box::pin(without_panic(request, |request| self.start(request)))
    }
}

impl ReqwestTransport {
    fn start(
        &self,
        request: Request<Traced>,
    ) -> Result<impl Future<Output = Result<Response<Body>, SendError>> + use<>, SendError> {
        let (head, body) = request.into_parts();
        let afresh = head.extensions.get::<AttemptInfo>().is_some_and(AttemptInfo::wants_new_connection);
        let url = self.urls.url(&head.uri).map_err(SendError::connect)?;
        let mut request = reqwest::Request::new(head.method, url);
        *request.headers_mut() = head.headers;
        *request.body_mut() = Some(reqwest::Body::wrap(body));
        let outward = self.outward.as_ref().filter(|_| !request.url().host_str().is_some_and(is_loopback));
        let clients = outward.unwrap_or(&self.direct);
        let by_proxy = clients.proxied && request.url().scheme() == "http";
        let response = clients.client(afresh)?.execute(request);
        Ok(async move {
            let mut response = response.await.map_err(send_error)?;
            if by_proxy && response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
                return Err(refused_by_proxy("407 Proxy Authentication Required"));
            }
            let mut answer = Response::new(());
            *answer.status_mut() = response.status();
            *answer.version_mut() = response.version();
            *answer.headers_mut() = std::mem::take(response.headers_mut());
            Ok(answer.map(|()| Body::new(reqwest::Body::from(response).map_err(send_error))))
        })
    }
}

/// Turns addresses into reqwest's, and keeps their origins: parsing the host is most of what an address costs.
#[derive(Default)]
struct Urls(Mutex<Vec<KnownOrigin>>);

struct KnownOrigin {
    scheme: Scheme,
    authority: Authority,
    url: Url,
}

/// Addresses may hold user info.
impl fmt::Debug for Urls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Urls")
    }
}

impl Urls {
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
            |known: &&KnownOrigin| known.scheme == *scheme && known.authority.as_str() == authority.as_str();
        let known = origins.iter().find(is_known);
        if let Some(known) = known {
            return Ok(known.url.clone());
        }
        let url = Url::parse(&format!("{scheme}://{authority}"))?;
        origins.truncate(Self::KEPT - 1);
        origins.insert(
            0,
            KnownOrigin { scheme: scheme.clone(), authority: authority.clone(), url: url.clone() },
        );
        Ok(url)
    }
}

#[cold]
fn send_error(error: reqwest::Error) -> SendError {
    let (is_connect, is_timeout) = (error.is_connect(), error.is_timeout());
    told(error.without_url(), is_connect, is_timeout)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_without_a_host_is_an_error() {
        assert!(Urls::default().url(&Uri::from_static("/path")).is_err());
    }

    #[test]
    fn addresses_are_not_shown() {
        let urls = Urls::default();
        urls.url(&Uri::from_static("http://user:s3cret@host/path")).unwrap();
        assert_eq!(format!("{urls:?}"), "Urls");
    }

    proptest! {
        #[test]
        fn an_address_is_what_parsing_it_whole_makes_of_it(
            texts in prop::collection::vec(
                "https?://([a-c]:[A-B]@)?([a-f]|A|127\\.0\\.0\\.1|\\[::1\\])(:[1-3])?(/[a-z%2e.]{0,6}){0,3}(\\?[a-z=&%5B]{0,6})?",
                1..40,
            ),
        ) {
            let urls = Urls::default();
            for text in texts {
                let Ok(uri) = text.parse::<Uri>() else { continue };
                let whole = Url::parse(&uri.to_string());
                prop_assert_eq!(urls.url(&uri).ok(), whole.ok(), "{}", text);
                prop_assert!(urls.0.lock().unwrap().len() <= Urls::KEPT);
            }
        }
    }
}
