//! Posts what is due to an address of this machine, and to nothing else.
//!
//! It has a thread and a runtime of its own: it goes on while nobody drives the test's runtime, and a clock that tokio
//! has paused there does not cut the vendors' timeouts short.

use super::context::lock;
use super::deliveries::DeliverToError;
use super::office::{self, Postman};
use super::outbox::Attempt;
use super::world::World;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, Weak};
use std::{error::Error, io, time::Duration};
use tokio::net::{TcpStream, lookup_host};
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};
use url::{Host, Url};

/// How often it looks for what time has brought.
const LOOKS: Duration = Duration::from_millis(50);
/// More than a webhook has to say.
const MAX_BODY: usize = 64 * 1024;

type Failed = Box<dyn Error + Send + Sync>;

/// Posts to this base address from now on.
pub(super) fn deliver_to(world: &Arc<World>, base: &str) -> Result<(), DeliverToError> {
    let base = office::base(base)?;
    // What is due by now has been acted out, whether anybody has looked or not.
    drop(world.deliveries());
    world.office().post_to(base, &|| start(world)).map_err(DeliverToError::Thread)
}

/// Starts to post what the world's vendors send.
fn start(world: &Arc<World>) -> io::Result<Postman> {
    let (asks, asked) = mpsc::unbounded_channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let posting = runtime.spawn(run(Arc::downgrade(world), asked));
    let task = posting.abort_handle();
    let runtime = Arc::new(Mutex::new(Some(runtime)));
    let threads = runtime.clone();
    let work = move || {
        let runtime = lock(&threads).take();
        // It ends where the sandbox does.
        let _ = runtime.map(|runtime| runtime.block_on(posting));
    };
    let thread = std::thread::Builder::new().name("sandbox-webhooks".to_owned()).spawn(work);
    thread.map(|_| Postman { asks, task }).inspect_err(|_| {
        // This may be a thread of another runtime, where none may be dropped that has yet to shut down.
        let _ = lock(&runtime).take().map(Runtime::shutdown_background);
    })
}

/// One post after the other, in the order in which they are due.
async fn run(world: Weak<World>, mut asked: mpsc::UnboundedReceiver<oneshot::Sender<()>>) {
    loop {
        let waits = match tokio::time::timeout(LOOKS, asked.recv()).await {
            Ok(None) => return,
            Ok(Some(waits)) => Some(waits),
            Err(_) => None,
        };
        while let Some((posting, attempt, url)) = world.upgrade().and_then(|world| world.next_post()) {
            let posted = tokio::time::timeout(attempt.timeout, post(&attempt, &url)).await;
            let status = posted.ok().and_then(Result::ok);
            let Some(world) = world.upgrade() else { return };
            world.record(posting, attempt, status);
        }
        if let Some(waits) = waits {
            let _ = waits.send(());
        }
    }
}

/// The status that is answered. A redirect is one like any other.
async fn post(attempt: &Attempt, url: &Url) -> Result<StatusCode, Failed> {
    let stream = TcpStream::connect(&addresses(url).await?[..]).await?;
    let (mut sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let mut request: Request<Bytes> = attempt.delivery.request();
    let target = &url[url::Position::BeforePath..];
    *request.uri_mut() = target.parse()?;
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    request.headers_mut().insert(header::HOST, host.parse()?);
    let (status, body) = sender.send_request(request.map(Full::new)).await.map(|answer| {
        let (head, body) = answer.into_parts();
        (head.status, body)
    })?;
    // What it says is nothing to the vendors, but they wait for its end.
    let _ = Limited::new(body, MAX_BODY).collect().await;
    connection.abort();
    Ok(status)
}

/// Where the URL leads: loopback addresses, or nowhere.
async fn addresses(url: &Url) -> io::Result<Vec<SocketAddr>> {
    let port = url.port_or_known_default().unwrap_or(80);
    match url.host() {
        Some(Host::Ipv4(address)) => of_this_machine([SocketAddr::from((address, port))]),
        Some(Host::Ipv6(address)) => of_this_machine([SocketAddr::from((address, port))]),
        Some(Host::Domain(name)) => of_this_machine(lookup_host((name, port)).await?),
        None => of_this_machine([]),
    }
}

/// The addresses, if all of them are loopback ones. A name may be bound to anything.
fn of_this_machine(addresses: impl IntoIterator<Item = SocketAddr>) -> io::Result<Vec<SocketAddr>> {
    let addresses: Vec<_> = addresses.into_iter().collect();
    match !addresses.is_empty() && addresses.iter().all(|address| address.ip().is_loopback()) {
        true => Ok(addresses),
        false => Err(io::Error::other("the sandbox posts to loopback addresses only")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_leads_nowhere() {
        let of = |addresses: &[&str]| {
            of_this_machine(addresses.iter().map(|address| address.parse().unwrap())).map(|found| found.len())
        };
        assert_eq!(of(&["127.0.0.1:80", "[::1]:80", "127.8.8.8:80"]).unwrap(), 3);
        for elsewhere in [
            &["8.8.8.8:80"][..],
            &["127.0.0.1:80", "10.0.0.1:80"],
            &["[::ffff:8.8.8.8]:80"],
            &["0.0.0.0:80"],
            &[],
        ] {
            assert!(of(elsewhere).is_err(), "{elsewhere:?}");
        }
    }
}
