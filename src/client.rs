#[cfg(feature = "apideck")]
use crate::apideck::{self, Apideck};
#[cfg(feature = "codat")]
use crate::codat::{self, Codat};
#[cfg(feature = "deck")]
use crate::deck::{self, Deck};
#[cfg(feature = "deck-v2")]
use crate::deck_v2::{self, DeckV2};
use crate::engine::{Budget, Endpoint, Engine, Limits, Proxies, TransportSettings, visible};
use crate::env::Variables;
use crate::{Error, HttpStack, RetryPolicy, Secret, Transport};
use http::HeaderValue;
use std::{ffi::OsString, fmt, sync::Arc, time::Duration};

/// One client for all vendors. Clones are cheap and share connections and retry budget.
///
/// ```
/// # #[cfg(all(feature = "codat", feature = "rustls"))] {
/// use connectory::{Client, codat};
///
/// let client = Client::builder().codat(codat::Config::new("codat-api-key")).build()?;
/// # }
/// # Ok::<(), connectory::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    engine: Arc<Engine>,
    #[cfg(feature = "apideck")]
    apideck: Arc<apideck::Scope>,
}

impl Client {
    /// Starts a client: name the vendors it talks to, then [`build`](ClientBuilder::build) it.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client for the vendors that the environment names; see [`ClientBuilder::from_env`].
    ///
    /// # Errors
    /// `Error::Config` when no vendor is found, or one of its variables is missing or bad.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// The operations of Deck, API v1.
    #[cfg(feature = "deck")]
    #[cfg_attr(docsrs, doc(cfg(feature = "deck")))]
    pub fn deck(&self) -> Deck {
        Deck::new(self.engine.clone())
    }

    /// The operations of Apideck, in the scope of the config's app and consumer.
    #[cfg(feature = "apideck")]
    #[cfg_attr(docsrs, doc(cfg(feature = "apideck")))]
    pub fn apideck(&self) -> Apideck {
        Apideck::new(self.engine.clone(), self.apideck.clone())
    }

    /// The operations of Codat Platform.
    #[cfg(feature = "codat")]
    #[cfg_attr(docsrs, doc(cfg(feature = "codat")))]
    pub fn codat(&self) -> Codat {
        Codat::new(self.engine.clone())
    }

    /// The operations of Deck, API v2.
    #[cfg(feature = "deck-v2")]
    #[cfg_attr(docsrs, doc(cfg(feature = "deck-v2")))]
    pub fn deck_v2(&self) -> DeckV2 {
        DeckV2::new(self.engine.clone())
    }

    /// The transport, to give to another client that shall share its connections.
    pub fn transport(&self) -> Arc<dyn Transport> {
        self.engine.transport.clone()
    }

    #[cfg(any(test, fuzzing))]
    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.engine).finish()
    }
}

/// Settings of a [`Client`]. Setters never fail; [`build`](Self::build) checks.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build()`"]
pub struct ClientBuilder {
    #[cfg(feature = "deck")]
    deck: Option<deck::Config>,
    #[cfg(feature = "apideck")]
    apideck: Option<apideck::Config>,
    #[cfg(feature = "codat")]
    codat: Option<codat::Config>,
    #[cfg(feature = "deck-v2")]
    deck_v2: Option<deck_v2::Config>,
    limits: Limits,
    retry: RetryPolicy,
    user_agent_suffix: Option<String>,
    allow_http: bool,
    connect_timeout: Option<Duration>,
    proxy: Option<Secret>,
    no_proxy: bool,
    root_certificates: Vec<Vec<u8>>,
    http_stack: Option<HttpStack>,
    transport: Option<Arc<dyn Transport>>,
    /// The innermost first.
    wraps: Vec<Wrap>,
}

const NO_VENDOR: &str = "the environment names no vendor: set DECK_CLIENT_ID, APIDECK_API_KEY, CODAT_API_KEY or \
    DECK_V2_API_KEY, and what goes with it";

/// What is put around the transport.
#[derive(Clone)]
struct Wrap(Arc<WrapFn>);

type WrapFn = dyn Fn(Arc<dyn Transport>) -> Arc<dyn Transport> + Send + Sync;

impl fmt::Debug for Wrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wrap")
    }
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            #[cfg(feature = "deck")]
            deck: None,
            #[cfg(feature = "apideck")]
            apideck: None,
            #[cfg(feature = "codat")]
            codat: None,
            #[cfg(feature = "deck-v2")]
            deck_v2: None,
            limits: Limits {
                timeout: Duration::from_secs(60),
                attempt_timeout: Duration::from_secs(30),
                max_body: 16 * 1024 * 1024,
                max_error_body: 64 * 1024,
            },
            retry: RetryPolicy::default(),
            user_agent_suffix: None,
            allow_http: false,
            connect_timeout: None,
            proxy: None,
            no_proxy: false,
            root_certificates: Vec::new(),
            http_stack: None,
            transport: None,
            wraps: Vec::new(),
        }
    }
}

impl ClientBuilder {
    /// Adds Deck.
    #[cfg(feature = "deck")]
    #[cfg_attr(docsrs, doc(cfg(feature = "deck")))]
    pub fn deck(mut self, config: deck::Config) -> Self {
        self.deck = Some(config);
        self
    }

    /// Adds Apideck.
    #[cfg(feature = "apideck")]
    #[cfg_attr(docsrs, doc(cfg(feature = "apideck")))]
    pub fn apideck(mut self, config: apideck::Config) -> Self {
        self.apideck = Some(config);
        self
    }

    /// Adds Codat.
    #[cfg(feature = "codat")]
    #[cfg_attr(docsrs, doc(cfg(feature = "codat")))]
    pub fn codat(mut self, config: codat::Config) -> Self {
        self.codat = Some(config);
        self
    }

    /// Adds Deck's API v2.
    #[cfg(feature = "deck-v2")]
    #[cfg_attr(docsrs, doc(cfg(feature = "deck-v2")))]
    pub fn deck_v2(mut self, config: deck_v2::Config) -> Self {
        self.deck_v2 = Some(config);
        self
    }

    /// Bounds a whole call, retries and waits included. 60 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout;
        self
    }

    /// Bounds each attempt of a call. 30 s by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.limits.attempt_timeout = timeout;
        self
    }

    /// Bounds the making of a connection, TLS included. 5 s by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Replaces the retry policy.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Appends a product such as `my-service/1.0` to the `User-Agent`. Visible ASCII only.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Sends everything but loopback through this proxy, instead of the one that the environment names.
    ///
    /// `NO_PROXY` does not count for it.
    /// An http URL, with the feature `rustls` also an https one. User name and password in it are percent-encoded.
    pub fn proxy(mut self, url: impl Into<Secret>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.no_proxy = true;
        self
    }

    /// Trusts the certificates of this PEM text besides the platform's. May be called more than once.
    ///
    /// It needs the feature `rustls`.
    pub fn root_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.root_certificates.push(pem.as_ref().to_vec());
        self
    }

    /// Allows base URLs with plain http that are not loopback. Credentials then travel unencrypted.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Bounds the body of an answer, decompressed, in bytes. 16 MiB by default.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.limits.max_body = bytes;
        self
    }

    /// Bounds what is kept of an error's body, in bytes. 64 KiB by default.
    pub fn max_error_body(mut self, bytes: usize) -> Self {
        self.limits.max_error_body = bytes;
        self
    }

    /// Chooses the HTTP client below, of those that are compiled in. [`HttpStack`] says which by default.
    pub fn http_stack(mut self, stack: HttpStack) -> Self {
        self.http_stack = Some(stack);
        self
    }

    /// Replaces the transport: to share one between clients, or to record, replay or disturb traffic.
    ///
    /// It brings its own connection settings: `connect_timeout`, `proxy`, `no_proxy`, `root_certificate` and
    /// `http_stack` do not go with it.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Puts something around the transport, the client's own or the one given.
    ///
    /// To record, replay or disturb traffic. May be called more than once: each goes around what is there, so that the
    /// last one sees a request first.
    ///
    /// ```
    /// # #[cfg(feature = "codat")] {
    /// use connectory::{Client, Transport, TransportFuture, codat};
    /// use std::sync::Arc;
    ///
    /// #[derive(Debug)]
    /// struct Logged(Arc<dyn Transport>);
    ///
    /// impl Transport for Logged {
    ///     fn send(&self, request: http::Request<bytes::Bytes>) -> TransportFuture<'_> {
    ///         println!("{}", request.method());
    ///         self.0.send(request)
    ///     }
    /// }
    ///
    /// let config = codat::Config::new("codat-api-key");
    /// let client = Client::builder().codat(config).wrap_transport(|inner| Arc::new(Logged(inner))).build()?;
    /// # }
    /// # Ok::<(), connectory::Error>(())
    /// ```
    pub fn wrap_transport(
        mut self,
        wrap: impl Fn(Arc<dyn Transport>) -> Arc<dyn Transport> + Send + Sync + 'static,
    ) -> Self {
        self.wraps.push(Wrap(Arc::new(wrap)));
        self
    }

    /// A builder for the vendors that the environment names.
    ///
    /// | vendor | variables |
    /// |---|---|
    /// | Deck | `DECK_CLIENT_ID`, `DECK_SECRET`, and `DECK_ENVIRONMENT` (`sandbox` or `live`) or `DECK_BASE_URL` |
    /// | Apideck | `APIDECK_API_KEY`, `APIDECK_APP_ID`; if wanted `APIDECK_CONSUMER_ID`, `APIDECK_BASE_URL` |
    /// | Codat | `CODAT_API_KEY`; if wanted `CODAT_BASE_URL` |
    /// | Deck, API v2 | `DECK_V2_API_KEY`; if wanted `DECK_V2_BASE_URL` |
    ///
    /// An empty variable counts as unset.
    ///
    /// # Errors
    /// `Error::Config` when no vendor is found, or one has some of its variables but not all: it names the missing one.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(&Variables::new(&environment))
    }

    fn from_variables(variables: &Variables<'_>) -> Result<Self, Error> {
        let mut builder = Self::default();
        let mut found = false;
        #[cfg(feature = "deck")]
        if let Some(config) = deck::Config::from_variables(variables)? {
            (builder, found) = (builder.deck(config), true);
        }
        #[cfg(feature = "apideck")]
        if let Some(config) = apideck::Config::from_variables(variables)? {
            (builder, found) = (builder.apideck(config), true);
        }
        #[cfg(feature = "codat")]
        if let Some(config) = codat::Config::from_variables(variables)? {
            (builder, found) = (builder.codat(config), true);
        }
        #[cfg(feature = "deck-v2")]
        if let Some(config) = deck_v2::Config::from_variables(variables)? {
            (builder, found) = (builder.deck_v2(config), true);
        }
        if found { Ok(builder) } else { Err(Error::config(NO_VENDOR)) }
    }

    /// Checks the settings and makes the client. Nothing is sent.
    ///
    /// # Errors
    /// `Error::Config` when no vendor was added, a credential is missing or holds bytes that no header can hold, a base
    /// URL is bad or plain http, a proxy variable cannot be read, TLS cannot be set up, no transport is compiled in, a
    /// root certificate is no PEM, or two settings contradict each other.
    pub fn build(self) -> Result<Client, Error> {
        let endpoints = self.endpoints()?;
        if endpoints.is_empty() {
            return Err(Error::config(
                "the client has no vendor: give the builder the config of one at least",
            ));
        }
        let engine = Engine {
            transport: self.wrapped_transport(&endpoints)?,
            has_own_transport: self.transport.is_some() || !self.wraps.is_empty(),
            endpoints: endpoints.into_iter().map(Arc::new).collect(),
            user_agent: self.user_agent()?,
            limits: self.limits,
            budget: Budget::new(self.retry.budget),
            retry: self.retry,
        };
        Ok(Client {
            engine: Arc::new(engine),
            #[cfg(feature = "apideck")]
            apideck: self.apideck.as_ref().map(apideck::Config::scope).transpose()?.unwrap_or_default(),
        })
    }

    fn endpoints(&self) -> Result<Vec<Endpoint>, Error> {
        let endpoints: Vec<Option<Result<Endpoint, Error>>> = vec![
            #[cfg(feature = "deck")]
            self.deck.as_ref().map(deck::Config::endpoint),
            #[cfg(feature = "apideck")]
            self.apideck.as_ref().map(apideck::Config::endpoint),
            #[cfg(feature = "codat")]
            self.codat.as_ref().map(codat::Config::endpoint),
            #[cfg(feature = "deck-v2")]
            self.deck_v2.as_ref().map(deck_v2::Config::endpoint),
        ];
        let endpoints = endpoints.into_iter().flatten().collect::<Result<Vec<Endpoint>, Error>>()?;
        let exposed = endpoints
            .iter()
            .map(|endpoint| endpoint.base.origin())
            .find(|origin| !origin.is_https() && !origin.is_loopback() && !self.allow_http);
        match exposed {
            None => Ok(endpoints),
            Some(origin) => Err(Error::config(format!(
                "{origin} is plain http, where credentials travel unencrypted; `allow_http(true)` allows it"
            ))),
        }
    }

    fn wrapped_transport(&self, endpoints: &[Endpoint]) -> Result<Arc<dyn Transport>, Error> {
        let transport = self.make_transport(endpoints)?;
        Ok(self.wraps.iter().fold(transport, |inner, Wrap(wrap)| wrap(inner)))
    }

    fn make_transport(&self, endpoints: &[Endpoint]) -> Result<Arc<dyn Transport>, Error> {
        let Some(transport) = &self.transport else { return self.own_transport(endpoints) };
        let ignored = [
            ("connect_timeout", self.connect_timeout.is_some()),
            ("proxy", self.proxy.is_some()),
            ("no_proxy", self.no_proxy),
            ("root_certificate", !self.root_certificates.is_empty()),
            ("http_stack", self.http_stack.is_some()),
        ];
        match ignored.into_iter().find(|(_, set)| *set) {
            None => Ok(transport.clone()),
            Some((setting, _)) => Err(Error::config(format!(
                "`{setting}` has no effect on a transport of your own: set it there"
            ))),
        }
    }

    fn own_transport(&self, endpoints: &[Endpoint]) -> Result<Arc<dyn Transport>, Error> {
        let Some(stack) = self.http_stack.or_else(HttpStack::usual) else {
            return Err(Error::config(
                "no transport is compiled in: the features `reqwest` and `hyper` bring one each, or give one to \
                 `transport(..)`",
            ));
        };
        stack.transport(&TransportSettings {
            connect_timeout: self.connect_timeout.unwrap_or(Duration::from_secs(5)),
            ping: ping(self.limits.attempt_timeout),
            proxies: self.proxies()?,
            root_certificates: self.root_certificates.clone(),
            https: endpoints.iter().any(|endpoint| endpoint.base.origin().is_https()),
        })
    }

    fn proxies(&self) -> Result<Proxies, Error> {
        match &self.proxy {
            Some(_) if self.no_proxy => Err(Error::config("`proxy` and `no_proxy` contradict each other")),
            Some(url) => Proxies::given(url),
            None if self.no_proxy => Ok(Proxies::default()),
            None => Proxies::of_the_environment(&Variables::new(&environment)),
        }
    }

    fn user_agent(&self) -> Result<HeaderValue, Error> {
        const OWN: &str = concat!("connectory/", env!("CARGO_PKG_VERSION"));
        let Some(suffix) = &self.user_agent_suffix else { return Ok(HeaderValue::from_static(OWN)) };
        visible(suffix)
            .and_then(|_| {
                HeaderValue::from_str(&format!("{OWN} {suffix}")).map_err(|_| "is not a header value")
            })
            .map_err(|why| Error::config(format!("the user agent suffix {why}")))
    }
}

fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// A third of an attempt for the silence before a ping, a third for its answer: a dead connection costs one attempt.
fn ping(attempt_timeout: Duration) -> Duration {
    (attempt_timeout / 3).clamp(Duration::from_secs(1), Duration::from_secs(10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Provider;
    use std::collections::BTreeMap;

    fn found(variables: &[(&str, &str)]) -> Result<ClientBuilder, Error> {
        let variables: BTreeMap<_, _> = variables.iter().copied().collect();
        let look_up = |name: &str| variables.get(name).map(OsString::from);
        ClientBuilder::from_variables(&Variables::new(&look_up))
    }

    /// Which vendors are set up, and where.
    fn vendors(variables: &[(&str, &str)]) -> Vec<(Provider, String)> {
        let endpoints = found(variables).unwrap().endpoints().unwrap();
        endpoints.iter().map(|endpoint| (endpoint.provider, endpoint.base.as_str().to_owned())).collect()
    }

    #[track_caller]
    fn assert_refused(variables: &[(&str, &str)], name: &str) {
        let error = found(variables).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert!(error.to_string().contains(name), "{error} names {name}");
    }

    #[test]
    fn a_builder_without_vendors_is_refused() {
        let error = Client::builder().build().unwrap_err();
        assert!(matches!(error, Error::Config(_)) && error.to_string().contains("no vendor"), "{error}");
    }

    #[cfg(all(feature = "codat", not(any(feature = "reqwest", feature = "hyper"))))]
    #[test]
    fn a_client_without_a_transport_is_refused() {
        let error = Client::builder().codat(codat::Config::new("key")).build().unwrap_err();
        let shown = error.to_string();
        assert!(
            matches!(error, Error::Config(_)) && shown.contains("no transport is compiled in"),
            "{shown}"
        );
    }

    #[test]
    fn an_environment_without_vendors_is_refused() {
        assert_refused(&[], "no vendor");
        assert_refused(&[("HOME", "/root"), ("CODAT_API_KEY", ""), ("DECK_SECRET", "")], "no vendor");
    }

    #[cfg(feature = "deck")]
    #[test]
    fn deck_is_found_with_its_environment_or_a_base_url() {
        let keys = [("DECK_CLIENT_ID", "id"), ("DECK_SECRET", "secret")];
        let with = |more: &[(&'static str, &'static str)]| [&keys, more].concat();
        let at = |url: &str| vec![(Provider::Deck, url.to_owned())];
        assert_eq!(vendors(&with(&[("DECK_ENVIRONMENT", "sandbox")])), at("https://sandbox.deck.co/api/v1"));
        assert_eq!(vendors(&with(&[("DECK_ENVIRONMENT", "live")])), at("https://live.deck.co/api/v1"));
        let local = ("DECK_BASE_URL", "http://127.0.0.1:8080/v1");
        assert_eq!(vendors(&with(&[local])), at("http://127.0.0.1:8080/v1"));
        assert_eq!(vendors(&with(&[local, ("DECK_ENVIRONMENT", "live")])), at("http://127.0.0.1:8080/v1"));

        assert_refused(&keys, "DECK_ENVIRONMENT");
        assert_refused(&with(&[("DECK_ENVIRONMENT", "")]), "DECK_ENVIRONMENT");
        assert_refused(&with(&[("DECK_ENVIRONMENT", "Live")]), "DECK_ENVIRONMENT");
        assert_refused(&with(&[local, ("DECK_ENVIRONMENT", "production")]), "DECK_ENVIRONMENT");
        assert_refused(&[("DECK_SECRET", "secret"), ("DECK_ENVIRONMENT", "live")], "DECK_CLIENT_ID");
        assert_refused(&[("DECK_CLIENT_ID", "id"), ("DECK_ENVIRONMENT", "live")], "DECK_SECRET");
        assert_refused(&[("DECK_ENVIRONMENT", "live")], "DECK_CLIENT_ID");
        assert_refused(&[local], "DECK_CLIENT_ID");
    }

    #[cfg(feature = "apideck")]
    #[test]
    fn apideck_is_found_with_its_key_and_app() {
        let keys = [("APIDECK_API_KEY", "key"), ("APIDECK_APP_ID", "app")];
        let at = |url: &str| vec![(Provider::Apideck, url.to_owned())];
        assert_eq!(vendors(&keys), at("https://unify.apideck.com"));
        let local = [&keys[..], &[("APIDECK_BASE_URL", "http://127.0.0.1:1")]].concat();
        assert_eq!(vendors(&local), at("http://127.0.0.1:1"));

        assert_refused(&keys[..1], "APIDECK_APP_ID");
        assert_refused(&keys[1..], "APIDECK_API_KEY");
        assert_refused(&[("APIDECK_CONSUMER_ID", "acme")], "APIDECK_API_KEY");
        assert_refused(&[("APIDECK_BASE_URL", "http://127.0.0.1:1")], "APIDECK_API_KEY");
    }

    #[cfg(feature = "codat")]
    #[test]
    fn codat_is_found_with_its_key() {
        let key = ("CODAT_API_KEY", "key");
        let at = |url: &str| vec![(Provider::Codat, url.to_owned())];
        assert_eq!(vendors(&[key]), at("https://api.codat.io"));
        assert_eq!(vendors(&[key, ("CODAT_BASE_URL", "")]), at("https://api.codat.io"));
        assert_eq!(vendors(&[key, ("CODAT_BASE_URL", "http://127.0.0.1:1")]), at("http://127.0.0.1:1"));
        assert_refused(&[("CODAT_BASE_URL", "http://127.0.0.1:1")], "CODAT_API_KEY");
    }

    #[cfg(feature = "deck-v2")]
    #[test]
    fn deck_v2_is_found_with_its_key() {
        let key = ("DECK_V2_API_KEY", "sk_live_1");
        let at = |url: &str| vec![(Provider::DeckV2, url.to_owned())];
        assert_eq!(vendors(&[key]), at("https://api.deck.co/v2"));
        assert_eq!(vendors(&[key, ("DECK_V2_BASE_URL", "http://127.0.0.1:1")]), at("http://127.0.0.1:1"));
        assert_refused(&[("DECK_V2_BASE_URL", "http://127.0.0.1:1")], "DECK_V2_API_KEY");
    }

    #[cfg(all(feature = "deck", feature = "codat"))]
    #[test]
    fn one_vendor_s_missing_variable_is_not_hidden_by_another_vendor() {
        assert_refused(&[("CODAT_API_KEY", "key"), ("DECK_SECRET", "secret")], "DECK_CLIENT_ID");
        assert_eq!(vendors(&[("CODAT_API_KEY", "key"), ("DECK_SECRET", "")]).len(), 1);
    }

    #[cfg(all(unix, any(feature = "deck", feature = "apideck", feature = "codat", feature = "deck-v2")))]
    #[test]
    fn a_variable_that_is_not_utf_8_is_refused_by_name_alone() {
        use std::os::unix::ffi::OsStringExt;
        let look_up = |_: &str| Some(OsString::from_vec(b"s3cret\xff".to_vec()));
        let error = ClientBuilder::from_variables(&Variables::new(&look_up)).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("is not UTF-8") && !shown.contains("s3cret"), "{shown}");
    }
}
