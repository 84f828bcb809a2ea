#[cfg(feature = "hyper")]
use super::hyper::HyperTransport;
#[cfg(feature = "reqwest")]
use super::reqwest::ReqwestTransport;
use super::{Transport, TransportSettings};
use crate::Error;
use std::sync::Arc;

/// The HTTP client that carries a client's requests; each is a feature.
///
/// Both keep the same promises. A client that does not choose is on reqwest where the feature `reqwest` is on, else on
/// hyper; with neither feature `build()` asks for a [`transport`]. Another crate of the program may switch `reqwest` on:
/// who counts on hyper says so with [`http_stack`].
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
    /// What a client gets that asks for none.
    pub(crate) fn usual() -> Option<Self> {
        let compiled_in: &[Self] = &[
            #[cfg(feature = "reqwest")]
            Self::Reqwest,
            #[cfg(feature = "hyper")]
            Self::Hyper,
        ];
        compiled_in.first().copied()
    }

    pub(crate) fn transport(self, settings: &TransportSettings) -> Result<Arc<dyn Transport>, Error> {
        #[cfg(not(feature = "rustls"))]
        without_tls(settings)?;
        match self {
            #[cfg(feature = "reqwest")]
            Self::Reqwest => Ok(Arc::new(ReqwestTransport::new(settings)?)),
            #[cfg(feature = "hyper")]
            Self::Hyper => Ok(Arc::new(HyperTransport::new(settings)?)),
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
