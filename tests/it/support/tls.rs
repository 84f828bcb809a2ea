use rustls::{
    ServerConfig, ServerConnection, Stream,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
};

/// The root that has signed `SERVER` and `EXPIRED`, both for 127.0.0.1.
pub const ROOT: &str = include_str!("tls/root.pem");
pub const SERVER: &str = include_str!("tls/server.pem");
pub const EXPIRED: &str = include_str!("tls/expired.pem");
pub const SELF_SIGNED: &str = include_str!("tls/self_signed.pem");
/// For `vendor.example`, and its own root.
pub const VENDOR: &str = include_str!("tls/vendor.pem");
const KEY: &str = include_str!("tls/key.pem");

/// How a server with this certificate speaks TLS, and what it offers to speak in it.
pub fn config(certificate: &str, protocols: &[&[u8]]) -> ServerConfig {
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    config
}

/// For a client that trusts nobody.
#[cfg(feature = "reqwest-0-13")]
pub fn client_config() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

/// A server for one connection, which answers `200 {}`; it ends with what it could decrypt.
pub fn serving(certificate: &str) -> (SocketAddr, JoinHandle<String>) {
    let config = config(certificate, &[]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = Stream::new(&mut connection, &mut socket);
        let mut request = Vec::new();
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut chunk) {
            request.extend_from_slice(&chunk[..count]);
            if request.windows(4).any(|end| end == b"\r\n\r\n") {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
                break;
            }
        }
        String::from_utf8_lossy(&request).into_owned()
    });
    (address, server)
}
