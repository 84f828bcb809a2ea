use super::{
    endpoint::is_loopback,
    transport::{Afresh, Body, SendError, Transport, TransportFuture},
};
use crate::error::BoxError;
use crate::{Error, Secret};
use bytes::Bytes;
use http::{
    Request, Response,
    uri::{Authority, Scheme, Uri},
};
use http_body_util::BodyExt;
use std::{
    fmt,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};
use url::{ParseError, Url};

/// Load balancers close idle connections after 60 s; a connection that we drop first is never half dead.
const IDLE: Duration = Duration::from_secs(30);

/// The transport that ships with the crate, on [reqwest](https://docs.rs/reqwest).
///
/// It speaks HTTP/1.1, with the feature `http2` also HTTP/2, and keeps connections that idle for 30 s. An attempt that
/// follows on one whose connection broke gets a connection of its own. Without
/// redirects, without retries of its own, without decompression: the engine does these. A request to a loopback
/// address never goes through a proxy.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    /// For loopback addresses: never through a proxy.
    direct: Clients,
    outward: Clients,
    addresses: Arc<Addresses>,
}

#[derive(Clone, Debug)]
struct Clients {
    pooled: reqwest::Client,
    /// Makes a connection for each request.
    fresh: reqwest::Client,
}

#[derive(Clone, Debug)]
pub(crate) struct TransportSettings {
    pub(crate) connect_timeout: Duration,
    pub(crate) proxy: Option<Secret>,
    pub(crate) no_proxy: bool,
    pub(crate) root_certificates: Vec<Vec<u8>>,
    /// Some base URL is https.
    pub(crate) https: bool,
}

impl ReqwestTransport {
    pub(crate) fn new(settings: &TransportSettings) -> Result<Self, Error> {
        #[cfg(feature = "rustls")]
        let tls = tls::config(settings)?;
        #[cfg(not(feature = "rustls"))]
        if settings.https {
            return Err(Error::config(
                "an https base URL needs the feature `rustls`, or a transport of your own",
            ));
        }
        let builder = || {
            let builder = reqwest::Client::builder().connect_timeout(settings.connect_timeout);
            #[cfg(feature = "rustls")]
            let builder = builder.tls_backend_preconfigured(tls.clone());
            builder
        };
        let direct = Clients::of(|| builder().no_proxy())?;
        let outward = match &settings.proxy {
            Some(_) if settings.no_proxy => {
                return Err(Error::config("`proxy` and `no_proxy` contradict each other"));
            }
            None if settings.no_proxy => direct.clone(),
            Some(url) => {
                let proxy = proxy(url)?;
                Clients::of(|| builder().proxy(proxy.clone()))?
            }
            None => Clients::of(builder)?,
        };
        Ok(Self { direct, outward, addresses: Arc::default() })
    }

    /// Finishes a reqwest builder of your own.
    ///
    /// For another TLS stack, a resolver, a client certificate. Redirects, `Referer`, reqwest's own retries and its
    /// decompression are switched off, and idle connections are kept for 30 s; the rest stays as you set it, proxies
    /// included, also for loopback addresses.
    ///
    /// The builder has to know its TLS: a feature of reqwest's that brings one, a backend given to
    /// `tls_backend_preconfigured`, or a rustls provider that is installed for the process.
    ///
    /// # Errors
    /// `Error::Config` when reqwest refuses the settings, or has no TLS.
    #[cfg(feature = "reqwest-0-13")]
    #[cfg_attr(docsrs, doc(cfg(feature = "reqwest-0-13")))]
    pub fn from_builder(builder: reqwest::ClientBuilder) -> Result<Self, Error> {
        // reqwest panics where rustls is compiled in without a provider, and a builder does not tell beforehand.
        let client = catch_unwind(AssertUnwindSafe(|| finish(builder)))
            .unwrap_or_else(|_| Err(Error::config("the reqwest builder has no TLS provider: give it one")))?;
        // A builder makes one client: what is repeated may meet an idle connection again.
        let clients = Clients { pooled: client.clone(), fresh: client };
        Ok(Self { direct: clients.clone(), outward: clients, addresses: Arc::default() })
    }
}

impl Clients {
    fn of(builder: impl Fn() -> reqwest::ClientBuilder) -> Result<Self, Error> {
        Ok(Self { pooled: finish(builder())?, fresh: finish(builder().pool_max_idle_per_host(0))? })
    }
}

fn proxy(url: &Secret) -> Result<reqwest::Proxy, Error> {
    let refused = || Error::config("the proxy is not an http or https URL");
    let url = Url::parse(url.expose_secret()).map_err(|_| refused())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused());
    }
    reqwest::Proxy::all(url).map_err(|_| refused())
}

fn finish(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
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
        .map_err(|error| Error::config(format!("the HTTP client cannot be built: {}", error.without_url())))
}

impl Transport for ReqwestTransport {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let afresh = head.extensions.get::<Afresh>().is_some();
            let url = self.addresses.url(&head.uri).map_err(SendError::connect)?;
            let mut request = reqwest::Request::new(head.method, url);
            *request.headers_mut() = head.headers;
            *request.body_mut() = (!body.is_empty()).then(|| body.into());
            let clients = if is_loopback(request.url()) { &self.direct } else { &self.outward };
            let client = if afresh { &clients.fresh } else { &clients.pooled };
            let mut response = without_panic(client.execute(request)).await?.map_err(send_error)?;
            let mut answer = Response::new(());
            *answer.status_mut() = response.status();
            *answer.version_mut() = response.version();
            *answer.headers_mut() = std::mem::take(response.headers_mut());
            Ok(answer.map(|()| Body::new(reqwest::Body::from(response).map_err(send_error))))
        })
    }
}

/// tokio panics when a socket is to be opened on a runtime without I/O, and does not tell beforehand.
async fn without_panic<T>(work: impl Future<Output = T>) -> Result<T, SendError> {
    let no_io =
        |_| SendError::connect("the tokio runtime has no I/O: build it with `enable_all`").permanent();
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(no_io(panic))),
    })
    .await
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

fn send_error(error: reqwest::Error) -> SendError {
    let error = error.without_url();
    if error.is_connect() {
        #[cfg(feature = "rustls")]
        if tls::is_distrust(&error) {
            return SendError::connect(error).permanent();
        }
        SendError::connect(error)
    } else if error.is_timeout() {
        SendError::timeout(error)
    } else {
        SendError::other(error)
    }
}

#[cfg(feature = "rustls")]
mod tls {
    use super::TransportSettings;
    use crate::Error;
    use rustls::{
        ClientConfig, DigitallySignedStruct, SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        crypto::{CryptoProvider, ring},
        pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    };
    use rustls_platform_verifier::Verifier;
    use std::{
        error::Error as StdError,
        io,
        sync::{Arc, OnceLock},
    };

    /// rustls on ring with the platform's verifier, for this client alone: no process-wide default is set.
    pub(super) fn config(settings: &TransportSettings) -> Result<ClientConfig, Error> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::config_because("TLS cannot be set up", error))?;
        let verifier = OnFirstUse { roots: roots(settings)?, provider, verifier: OnceLock::new() };
        if settings.https {
            verifier.get().map_err(|error| {
                Error::config_because(
                    "no usable certificates on this platform: give the roots to trust to \
                     `root_certificate(pem)`",
                    error,
                )
            })?;
        }
        let verifier = Arc::new(verifier);
        let mut config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
        if cfg!(feature = "http2") {
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        }
        Ok(config)
    }

    /// The platform's verifier, made when the first certificate is to be verified.
    ///
    /// Reading the platform's certificates takes its time, and a client whose base URLs are plain http needs none.
    #[derive(Debug)]
    struct OnFirstUse {
        roots: Vec<CertificateDer<'static>>,
        provider: Arc<CryptoProvider>,
        verifier: OnceLock<Result<Verifier, rustls::Error>>,
    }

    impl OnFirstUse {
        fn get(&self) -> Result<&Verifier, rustls::Error> {
            let make = || Verifier::new_with_extra_roots(self.roots.clone(), self.provider.clone());
            self.verifier.get_or_init(make).as_ref().map_err(Clone::clone)
        }
    }

    impl ServerCertVerifier for OnFirstUse {
        fn verify_server_cert(
            &self,
            end_entity: &CertificateDer<'_>,
            intermediates: &[CertificateDer<'_>],
            server_name: &ServerName<'_>,
            ocsp_response: &[u8],
            now: UnixTime,
        ) -> Result<ServerCertVerified, rustls::Error> {
            self.get()?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        }

        fn verify_tls12_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signature: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            self.get()?.verify_tls12_signature(message, certificate, signature)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signature: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            self.get()?.verify_tls13_signature(message, certificate, signature)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.provider.signature_verification_algorithms.supported_schemes()
        }
    }

    /// Whether the server's certificate is not trusted: trying again does not mend that.
    pub(super) fn is_distrust(error: &(dyn StdError + 'static)) -> bool {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) {
                return true;
            }
            // An I/O error hides what it holds: its source is that of the error in it.
            let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            cause = held.map(|held| held as &(dyn StdError + 'static)).or_else(|| error.source());
        }
        false
    }

    fn roots(settings: &TransportSettings) -> Result<Vec<CertificateDer<'static>>, Error> {
        let mut roots = Vec::new();
        for pem in &settings.root_certificates {
            let found = roots.len();
            for certificate in CertificateDer::pem_slice_iter(pem) {
                roots.push(
                    certificate
                        .map_err(|error| Error::config_because("a root certificate is not PEM", error))?,
                );
            }
            if roots.len() == found {
                return Err(Error::config("a root certificate holds no PEM certificate"));
            }
        }
        Ok(roots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
