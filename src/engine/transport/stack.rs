#[cfg(feature = "hyper")]
use super::hyper::HyperTransport;
#[cfg(feature = "reqwest")]
use super::reqwest::ReqwestTransport;
use super::{Transport, TransportSettings, names::Names};
use crate::Error;
use std::sync::Arc;

/// The HTTP client that carries a client's requests; each is a feature.
///
/// Both keep the same promises. A client that does not choose is on reqwest where the feature `reqwest` is on, else on
/// hyper; with neither feature `build()` asks for a [`transport`]. Another crate of the program may switch `reqwest` on:
/// if you rely on hyper, choose it with [`http_stack`].
///
/// [`http_stack`]: crate::ClientBuilder::http_stack
/// [`transport`]: crate::ClientBuilder::transport
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpStack {
    /// reqwest, which most programs have in their tree already.
    #[cfg(feature = "reqwest")]
    #[cfg_attr(docsrs, doc(cfg(feature = "reqwest")))]
    Reqwest,
    /// hyper's own client: less work for each call, and a third fewer crates.
    #[cfg(feature = "hyper")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
    Hyper,
}

impl HttpStack {
    const COMPILED_IN: &[Self] = &[
        #[cfg(feature = "reqwest")]
        Self::Reqwest,
        #[cfg(feature = "hyper")]
        Self::Hyper,
    ];

    /// What a client gets that asks for none.
    pub(crate) fn usual() -> Option<Self> {
        Self::COMPILED_IN.first().copied()
    }

    pub(crate) fn transport(self, settings: &TransportSettings) -> Result<Arc<dyn Transport>, Error> {
        self.looking_up(Names::of_the_platform(), settings)
    }

    fn looking_up(self, names: Names, settings: &TransportSettings) -> Result<Arc<dyn Transport>, Error> {
        #[cfg(not(feature = "rustls"))]
        without_tls(settings)?;
        match self {
            #[cfg(feature = "reqwest")]
            Self::Reqwest => Ok(Arc::new(ReqwestTransport::new(names, settings)?)),
            #[cfg(feature = "hyper")]
            Self::Hyper => Ok(Arc::new(HyperTransport::new(names, settings)?)),
        }
    }
}

/// Refuses what only TLS could do, so that `build()` says it and not each call.
#[cfg(not(feature = "rustls"))]
fn without_tls(settings: &TransportSettings) -> Result<(), Error> {
    // Without TLS no other proxy is asked than that of plain http.
    let proxy = settings.proxies.http.as_ref().and_then(http::Uri::scheme);
    let wanted = [
        ("an https base URL", settings.https),
        ("an https proxy", proxy == Some(&http::uri::Scheme::HTTPS)),
        ("`root_certificate`", !settings.root_certificates.is_empty()),
    ];
    match wanted.into_iter().find(|(_, is_wanted)| *is_wanted) {
        None => Ok(()),
        Some((what, _)) => {
            Err(Error::config(format!("{what} needs the feature `rustls`, or a transport of your own")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Body, Proxies, SendError};
    use bytes::Bytes;
    use http::{Request, Response};
    use std::{
        io,
        net::SocketAddr,
        sync::{Mutex, mpsc},
        time::Duration,
    };
    use tokio::time::timeout;

    /// One on each stack, for which every host has the addresses that `look_up` finds.
    fn transports(
        connect_timeout: Duration,
        look_up: impl Fn() -> io::Result<Vec<SocketAddr>> + Clone + Send + Sync + 'static,
    ) -> Vec<Arc<dyn Transport>> {
        let settings = TransportSettings {
            connect_timeout,
            ping: Duration::from_secs(10),
            proxies: Proxies::default(),
            root_certificates: Vec::new(),
            https: false,
        };
        let transport = |stack: &HttpStack| {
            let look_up = look_up.clone();
            stack.looking_up(Names::new(move |_| look_up()), &settings).unwrap()
        };
        HttpStack::COMPILED_IN.iter().map(transport).collect()
    }

    async fn sent(transport: &dyn Transport) -> Result<Response<Body>, SendError> {
        // Without a port, so that each address brings its own.
        let request = Request::get("http://vendor.example/").body(Bytes::new()).unwrap();
        timeout(Duration::from_secs(8), transport.send(request)).await.expect("it ends")
    }

    async fn assert_no_connection(transport: &dyn Transport) {
        let error = sent(transport).await.unwrap_err();
        assert!(error.is_connect() && !error.is_permanent(), "{transport:?}: {error:?}");
    }

    #[cfg(target_os = "linux")]
    mod sockets {
        use super::*;
        use std::net::{Ipv4Addr, SocketAddrV4};
        use tokio::{
            io::{AsyncReadExt, AsyncWriteExt},
            net::{TcpListener, TcpSocket, TcpStream},
        };

        const ANY_PORT: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

        /// Nobody answers at its address: the listener's queue is full, and what comes is dropped.
        struct Full {
            address: SocketAddr,
            _listener: TcpListener,
            _queue: Vec<TcpStream>,
        }

        impl Full {
            async fn new() -> Self {
                let socket = TcpSocket::new_v4().unwrap();
                socket.bind(ANY_PORT).unwrap();
                let listener = socket.listen(1).unwrap();
                let address = listener.local_addr().unwrap();
                let mut queue = Vec::new();
                while let Ok(queued) = timeout(Duration::from_millis(200), TcpStream::connect(address)).await
                {
                    queue.push(queued.unwrap());
                }
                Self { address, _listener: listener, _queue: queue }
            }

            /// The same as an IPv6 socket sees it.
            fn as_ipv6(&self) -> SocketAddr {
                (Ipv4Addr::LOCALHOST.to_ipv6_mapped(), self.address.port()).into()
            }
        }

        async fn answering() -> SocketAddr {
            let listener = TcpListener::bind(ANY_PORT).await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    stream.read_u8().await.unwrap();
                    stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
                }
            });
            address
        }

        #[tokio::test]
        async fn r9_a_host_is_reached_within_the_time_although_its_first_address_is_silent() {
            let (full, answering) = (Full::new().await, answering().await);
            for silent in [full.address, full.as_ipv6()] {
                let addresses = vec![silent, answering];
                for transport in transports(Duration::from_secs(3), move || Ok(addresses.clone())) {
                    let answer = sent(&*transport).await;
                    assert_eq!(answer.unwrap().status(), 204, "{transport:?}, first {silent}");
                }
            }
        }

        #[tokio::test]
        async fn r9_the_time_for_a_connection_holds_for_its_sockets() {
            let full = Full::new().await;
            for addresses in [vec![full.address], vec![full.as_ipv6(), full.address, full.address]] {
                for transport in transports(Duration::from_millis(200), move || Ok(addresses.clone())) {
                    assert_no_connection(&*transport).await;
                }
            }
        }
    }

    #[tokio::test]
    async fn r9_the_time_for_a_connection_holds_for_its_look_up() {
        // Until it is dropped, no look-up ends.
        let (open, opened) = mpsc::channel::<()>();
        let opened = Arc::new(Mutex::new(opened));
        let look_up = move || {
            let _ = opened.lock().unwrap().recv();
            Err(io::Error::other("too late"))
        };
        for transport in transports(Duration::from_millis(200), look_up) {
            assert_no_connection(&*transport).await;
        }
        drop(open);
    }
}
