//! How TLS is set up, whatever the transport.

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

/// Whether the server's certificate is not trusted: trying again does not change that.
pub(super) fn is_distrust(cause: &(dyn StdError + 'static)) -> bool {
    matches!(cause.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
}

fn roots(settings: &TransportSettings) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut roots = Vec::new();
    for pem in &settings.root_certificates {
        let found = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots.push(
                certificate.map_err(|error| Error::config_because("a root certificate is not PEM", error))?,
            );
        }
        if roots.len() == found {
            return Err(Error::config("a root certificate holds no PEM certificate"));
        }
    }
    Ok(roots)
}
