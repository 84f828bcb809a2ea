use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
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
    on_first_connection(|socket| answered(&mut secured(socket, config)))
}

/// An https proxy for one connection, which is also what it should pass on to: it ends with what each could decrypt.
///
/// The server behind it shows `VENDOR`.
pub fn proxying(certificate: &str, protocols: &[&[u8]]) -> (SocketAddr, JoinHandle<[String; 2]>) {
    let proxy = config(certificate, protocols);
    on_first_connection(|socket| {
        let mut stream = secured(socket, proxy);
        let asked = read_head(&mut stream);
        if !asked.starts_with("CONNECT ") {
            let _ = stream.write_all(ANSWER);
            return [asked, String::new()];
        }
        stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
        [asked, answered(&mut secured(stream, config(VENDOR, &[])))]
    })
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

fn on_first_connection<T: Send + 'static>(
    serve: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (SocketAddr, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (address, thread::spawn(move || serve(listener.accept().unwrap().0)))
}

fn secured<S: Read + Write>(stream: S, config: ServerConfig) -> StreamOwned<ServerConnection, S> {
    StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream)
}

fn answered(stream: &mut (impl Read + Write)) -> String {
    let head = read_head(stream);
    if head.contains("\r\n\r\n") {
        let _ = stream.write_all(ANSWER);
    }
    head
}

/// The head of a request, as far as it comes, with what of the body comes with it.
fn read_head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut chunk) {
            Ok(count @ 1..) => head.extend_from_slice(&chunk[..count]),
            Ok(0) | Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}
