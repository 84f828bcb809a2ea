//! Proxies: what they are told, those that cannot be read, and those that refuse.

use crate::support::{
    a_call, builder, calls, child,
    memory::Memory,
    raw::{Raw, read_request},
    vendors,
};
use connectory::{ClientBuilder, Error, Outcome};
use std::sync::{Arc, Mutex};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// A proxy that passes requests on to `server`, tunnelled or not, and keeps their heads.
async fn passing_on(server: std::net::SocketAddr) -> (Raw, Arc<Mutex<Vec<String>>>) {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = heads.clone();
    let proxy = Raw::serving(move |mut stream| {
        let seen = seen.clone();
        async move {
            let Some(head) = read_request(&mut stream).await else { return };
            let mut onward = TcpStream::connect(server).await.unwrap();
            if head.starts_with("CONNECT ") {
                stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await.unwrap();
            } else {
                onward.write_all(head.as_bytes()).await.unwrap();
            }
            seen.lock().unwrap().push(head);
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut onward).await;
        }
    })
    .await;
    (proxy, heads)
}

fn with_credentials(proxy: &Raw) -> String {
    proxy.base().replace("http://", "http://user:p%40ss@")
}

/// The base64 of `user:p@ss`.
const CREDENTIALS: &str = "proxy-authorization: Basic dXNlcjpwQHNz\r\n";

#[tokio::test]
async fn r5_a_proxy_is_told_the_whole_address_and_who_asks() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    let server = Raw::answering(answer).await;
    let (proxy, heads) = passing_on(server.base().strip_prefix("http://").unwrap().parse().unwrap()).await;
    let builder = builder("http://vendor.example:81/v1").proxy(with_credentials(&proxy));
    let client = builder.allow_http(true).build().unwrap();
    for call in calls::all() {
        match call.send_default(&client).await {
            Ok(_) | Err(Error::Decode(_)) => {}
            Err(error) => panic!("{}: {error:?}", call.id),
        }
        let head = heads.lock().unwrap().pop().unwrap();
        let start = format!("{} http://vendor.example:81/v1/", call.operation().method());
        assert!(head.starts_with(&start), "{head}");
        assert!(head.to_lowercase().contains(&CREDENTIALS.to_lowercase()), "{head}");
        assert!(head.contains("host: vendor.example:81\r\n"), "{head}");
    }
}

/// Elsewhere the platform's own verifier decides, which has rules of its own for tests like this.
#[cfg(all(feature = "rustls", target_os = "linux"))]
#[tokio::test]
async fn r5_https_goes_through_a_tunnel_whose_proxy_sees_nothing_of_it() {
    use crate::support::tls::{SERVER, VENDOR, serving};
    for (certificate, is_trusted) in [(VENDOR, true), (SERVER, false)] {
        let (server, received) = serving(certificate);
        let (proxy, heads) = passing_on(server).await;
        let builder = builder("https://vendor.example").root_certificate(VENDOR);
        let client = builder.proxy(with_credentials(&proxy)).build().unwrap();
        let result = crate::support::a_call(&client).bytes().await;
        let received = tokio::task::spawn_blocking(|| received.join().unwrap()).await.unwrap();
        match result {
            Ok(body) => assert!(is_trusted && body == "{}" && received.contains("host: vendor.example\r\n")),
            Err(error) => {
                assert!(!is_trusted && error.to_string().contains("certificate is not trusted"), "{error:?}");
                assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 1));
                assert_eq!(received, "");
            }
        }
        let heads = heads.lock().unwrap();
        let [head] = &heads[..] else { panic!("{heads:?}") };
        assert!(head.starts_with("CONNECT vendor.example:443 HTTP/1.1\r\n"), "{head}");
        assert!(head.to_lowercase().contains(&CREDENTIALS.to_lowercase()), "{head}");
        assert_eq!(head.matches("uthorization").count(), 1, "no other credentials: {head}");
    }
}

#[cfg(all(feature = "rustls", target_os = "linux"))]
#[tokio::test]
async fn r5_an_https_proxy_is_asked_over_tls_and_only_where_it_is_trusted() {
    use crate::support::tls::{ROOT, SELF_SIGNED, SERVER, VENDOR, proxying};
    let plain = ("http://vendor.example", &[&b"http/1.1"[..]][..], " http://vendor.example/", "");
    // A tunnel is asked for in HTTP/1.1, whatever else the proxy speaks.
    let tunnel = (
        "https://vendor.example",
        &[&b"h2"[..], b"http/1.1"][..],
        "CONNECT vendor.example:443 HTTP/1.1\r\n",
        "host: vendor.example\r\n",
    );
    for (base, protocols, asked, behind) in [plain, tunnel] {
        for (certificate, is_trusted) in [(SERVER, true), (SELF_SIGNED, false)] {
            let (address, proxy) = proxying(certificate, protocols);
            let builder = builder(base).allow_http(true).root_certificate(ROOT).root_certificate(VENDOR);
            let client = builder.proxy(format!("https://user:p%40ss@{address}")).build().unwrap();
            let result = a_call(&client).bytes().await;
            let [to_proxy, to_server] = tokio::task::spawn_blocking(|| proxy.join().unwrap()).await.unwrap();
            if is_trusted {
                assert_eq!(result.unwrap(), "{}");
                assert!(to_proxy.contains(asked), "{to_proxy}");
                assert!(to_proxy.to_lowercase().contains(&CREDENTIALS.to_lowercase()), "{to_proxy}");
                assert!(to_server.contains(behind), "{to_server}");
                assert!(!to_server.to_lowercase().contains("proxy-authorization"), "{to_server}");
            } else {
                let error = result.unwrap_err();
                assert!(error.to_string().contains("certificate is not trusted"), "{error:?}");
                assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 1));
                assert_eq!((to_proxy.as_str(), to_server.as_str()), ("", ""));
            }
        }
    }
}

#[test]
fn r5_a_proxy_variable_that_cannot_be_read_ends_in_an_error_and_not_in_a_direct_call() {
    for name in ["http_proxy", "HTTPS_PROXY", "all_proxy"] {
        // Each name in a process of its own.
        let unreadable = |command: &mut std::process::Command| {
            for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
                command.env_remove(name).env_remove(name.to_uppercase());
            }
            command.env(name, "http://user:s3cret@[").env("CONNECTORY_TEST_NAME", name);
        };
        child::run_with(unreadable, || {
            let name = std::env::var("CONNECTORY_TEST_NAME").unwrap();
            for (_, builder) in vendors("http://127.0.0.1:1") {
                let error = builder.clone().build().unwrap_err();
                assert!(matches!(error, Error::Config(_)), "{error:?}");
                assert!(error.to_string().contains(&format!("variable {name} ")), "{error}");
                assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
                builder.clone().no_proxy().build().unwrap();
                builder.clone().proxy("http://127.0.0.1:1").build().unwrap();
                builder.transport(Arc::new(Memory::default())).build().unwrap();
            }
        });
    }
}

/// Wants to know who asks.
async fn refusing() -> Raw {
    Raw::serving(|mut stream| async move {
        while read_request(&mut stream).await.is_some() {
            let answer =
                b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
        }
    })
    .await
}

async fn assert_refused_once(builder: ClientBuilder, proxy: &Raw) {
    let client = builder.allow_http(true).build().unwrap();
    for (sent, call) in calls::all().into_iter().enumerate() {
        let error = call.send_default(&client).await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{error:?}");
        assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 1), "{error:?}");
        assert!(error.to_string().contains("the proxy refuses"), "{error}");
        assert!(proxy.connections() <= sent + 1, "{} connections", proxy.connections());
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_asked_once_and_named() {
    let proxy = refusing().await;
    assert_refused_once(builder("http://vendor.example").proxy(proxy.base()), &proxy).await;
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_proxy_that_refuses_a_tunnel_is_asked_once_and_named() {
    let proxy = refusing().await;
    let builder = builder("https://vendor.example").root_certificate(crate::support::tls::ROOT);
    assert_refused_once(builder.proxy(proxy.base()), &proxy).await;
}

#[tokio::test]
async fn a_407_without_a_proxy_is_the_vendor_s() {
    let server = refusing().await;
    let client = builder(&server.base()).no_proxy().build().unwrap();
    let error = a_call(&client).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (407, 1), "{error:?}");
}
