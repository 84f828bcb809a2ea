//! The sandbox, through the client: what each vendor keeps, and how it refuses.

#[cfg(feature = "apideck")]
mod apideck;
#[cfg(feature = "codat")]
mod codat;
#[cfg(feature = "codat")]
mod codat_data;
#[cfg(feature = "apideck")]
mod consumers;
#[cfg(feature = "deck")]
mod deck;
#[cfg(feature = "deck-v2")]
mod deck_v2;
#[cfg(feature = "deck-v2")]
mod deck_v2_runs;
#[cfg(feature = "deck")]
mod disconnect;
#[cfg(feature = "deck")]
mod events;
#[cfg(feature = "apideck")]
mod links;
#[cfg(feature = "apideck")]
mod refresh;
#[cfg(feature = "apideck")]
mod vault;
#[cfg(feature = "apideck")]
mod webhooks;

mod builder;
mod control;
mod deliveries;
mod deliveries_posted;
#[cfg(all(
    feature = "events",
    feature = "deck",
    feature = "apideck",
    feature = "codat",
    feature = "deck-v2"
))]
mod deliveries_signed;
mod faults;
mod hostile;
mod journal;

use crate::support::{calls, of_sandbox};
use connectory::Client;
use connectory::sandbox::{Request, Sandbox, SandboxBuilder};
use std::{net::SocketAddr, time::Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The bodies of all that was posted to webhooks.
fn told(sandbox: &Sandbox) -> Vec<serde_json::Value> {
    sandbox.deliveries().iter().map(|delivery| delivery.json().unwrap()).collect()
}

/// Sends a request as it is, whatever a client would make of it; gives the answer as it comes.
async fn over_a_socket(address: SocketAddr, request: &Request) -> String {
    let mut head = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", request.method, request.target);
    for (name, value) in &request.headers {
        if !matches!(name.as_str(), "connection" | "content-length") {
            head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap_or("?")));
        }
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
    raw(address, &[head.as_bytes(), &request.body].concat()).await
}

/// What a server answers to these bytes until it closes.
async fn raw(address: SocketAddr, request: &[u8]) -> String {
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    // The server may answer, and close, before it has read all.
    let _ = socket.write_all(request).await;
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The same without a socket: the answer's status and body.
async fn in_memory(sandbox: &Sandbox, request: &Request) -> String {
    let mut sent = http::Request::new(request.body.clone());
    *sent.method_mut() = request.method.clone();
    *sent.uri_mut() = format!("http://evil.example{}", request.target).parse().unwrap();
    *sent.headers_mut() = request.headers.clone();
    let answer = sandbox.transport().send(sent).await.unwrap();
    let status = answer.status();
    let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    format!("{status} {}", String::from_utf8_lossy(&body))
}

/// A client with the consumer that the calls are for.
fn client(sandbox: &Sandbox) -> Client {
    of_sandbox(sandbox).build().unwrap()
}

/// A sandbox that knows what the calls name, as far as it can.
fn seeded() -> SandboxBuilder {
    let builder = Sandbox::builder().seed(7);
    #[cfg(feature = "codat")]
    let builder = builder.codat_company("first", "Acme");
    #[cfg(feature = "apideck")]
    let builder = builder.apideck_connection("test-consumer", "crm", "salesforce", "callable");
    #[cfg(feature = "deck")]
    let builder = builder.deck_connection(calls::Input::default().secret);
    builder
}

#[tokio::test]
async fn it_acts_out_every_operation() {
    let mut succeeded = Vec::new();
    for call in calls::all() {
        // Each in a sandbox of its own: some calls end what others need.
        let sandbox = seeded().start().await.unwrap();
        match call.send_default(&client(&sandbox)).await {
            Ok(_) => succeeded.push(call.id),
            Err(error) => {
                let status = error.status().unwrap_or_else(|| panic!("{}: {error}", call.id));
                assert!(status.is_client_error(), "{} answers {status}", call.id);
            }
        }
    }
    // The others name a link token, a document, a service or an agent that the sandbox cannot know.
    let known = [
        "deck.link.create_token",
        "deck.connections.context",
        "deck.connections.accounts",
        "deck.connections.invalidate_access_token",
        "deck.connections.update_webhook",
        "deck.connections.update_auto_refresh",
        "deck.connections.destroy",
        "deck.documents.list",
        "apideck.vault.connections.list",
        "apideck.vault.consumers.list",
        "apideck.vault.consumers.create",
        "apideck.vault.sessions.create",
        "apideck.webhooks.create",
        "codat.companies.get_access_token",
        "deck_v2.test.get",
        "deck_v2.agents.list",
        "deck_v2.agents.create",
    ];
    let compiled = known.into_iter().filter(|id| connectory::operations().any(|known| known.id() == *id));
    for id in compiled {
        assert!(succeeded.contains(&id), "{id} is refused");
    }
}

#[tokio::test]
async fn it_stops_when_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    let (client, call) = (client(&sandbox), &calls::all()[0]);
    let _ = (call.send)(&client, &calls::Input::default()).await;
    drop(sandbox);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = (call.send)(&client, &calls::Input::default()).await.unwrap_err();
    assert!(error.is_connect(), "{error}");
}

#[tokio::test]
async fn its_ports_are_closed_once_it_has_stopped() {
    let sandbox = Sandbox::builder().port_each().start().await.unwrap();
    let address = sandbox.address().unwrap();
    tokio::net::TcpStream::connect(address).await.unwrap();
    sandbox.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Stops it on a runtime that is not its own; it has as long as a busy machine may need.
#[track_caller]
fn stop_elsewhere(sandbox: Sandbox) {
    let address = sandbox.address().unwrap();
    let stopped =
        runtime().block_on(async { tokio::time::timeout(Duration::from_secs(20), sandbox.stop()).await });
    assert!(stopped.is_ok(), "it never ends");
    assert!(std::net::TcpStream::connect(address).is_err(), "its port is closed");
}

#[test]
fn it_stops_on_another_runtime_while_nobody_drives_its_own() {
    let own = runtime();
    let sandbox = own.block_on(Sandbox::builder().port_each().start()).unwrap();
    let (client, call) = (client(&sandbox), &calls::all()[0]);
    let _ = own.block_on((call.send)(&client, &calls::Input::default()));
    stop_elsewhere(sandbox);
    // The connection that the client has kept leads nowhere either.
    own.block_on((call.send)(&client, &calls::Input::default())).unwrap_err();
}

#[test]
fn it_stops_on_another_runtime_when_its_own_is_gone() {
    let own = runtime();
    let sandbox = own.block_on(Sandbox::start()).unwrap();
    drop(own);
    stop_elsewhere(sandbox);
}

#[test]
fn it_stops_on_another_runtime_while_its_own_runs() {
    let own = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let sandbox = own.block_on(Sandbox::start()).unwrap();
    let address = sandbox.address().unwrap();
    let open: Vec<_> = (0..8).map(|_| std::net::TcpStream::connect(address).unwrap()).collect();
    stop_elsewhere(sandbox);
    for mut connection in open {
        use std::io::Read;
        connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let read = connection.read(&mut [0]);
        let is_over = match &read {
            Ok(bytes) => *bytes == 0,
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        };
        assert!(is_over, "{read:?}");
    }
}

#[test]
fn its_port_is_closed_once_it_has_been_dropped_anywhere() {
    let own = runtime();
    let sandbox = own.block_on(Sandbox::start()).unwrap();
    let address = sandbox.address().unwrap();
    std::thread::spawn(|| drop(sandbox)).join().unwrap();
    assert!(std::net::TcpStream::connect(address).is_err());
    let again = own.block_on(Sandbox::builder().port(address.port()).start()).unwrap();
    assert_eq!(again.address(), Some(address));
}

#[tokio::test]
async fn bytes_that_are_no_request_do_not_stop_it() {
    use std::io::{Read, Write};
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.ignore_unknown_requests();
    let address = sandbox.address().unwrap();
    for garbage in
        ["\0\u{1}\u{2}", "GET", "POST /deck/api/v1/x HTTP/1.1\r\ncontent-length: 99\r\n\r\n", "\r\n\r\n"]
    {
        tokio::task::spawn_blocking(move || {
            let mut socket = std::net::TcpStream::connect(address).unwrap();
            socket.write_all(garbage.as_bytes()).unwrap();
            socket.shutdown(std::net::Shutdown::Write).unwrap();
            let _ = socket.read(&mut [0; 64]);
        })
        .await
        .unwrap();
    }
    let call = &calls::all()[0];
    match (call.send)(&client(&sandbox), &calls::Input::default()).await {
        Ok(_) => {}
        Err(error) => assert!(error.status().is_some(), "{error}"),
    }
}
