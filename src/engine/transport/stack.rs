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
        if settings.https {
            return Err(Error::config(
                "an https base URL needs the feature `rustls`, or a transport of your own",
            ));
        }
        match self {
            #[cfg(feature = "reqwest")]
            Self::Reqwest => Ok(Arc::new(ReqwestTransport::new(settings)?)),
            #[cfg(feature = "hyper")]
            Self::Hyper => Ok(Arc::new(HyperTransport::new(settings)?)),
        }
    }
}
