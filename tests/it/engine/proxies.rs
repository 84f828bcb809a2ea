//! Proxies that cannot be read, and proxies that refuse.

use crate::support::{
    a_call, builder, calls, child,
    memory::Memory,
    raw::{Raw, read_request},
    vendors,
};
use connectory::{ClientBuilder, Error, Outcome};
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

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
