//! The two ways to a sandbox: a loopback port, and a transport in memory.

use super::context::lock;
use super::control;
use super::faults::{Played, Way};
use super::mount::Mount;
use super::world::World;
use crate::{Body, Provider, SendError, Transport, TransportFuture};
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{
    fmt,
    future::poll_fn,
    io,
    net::Ipv4Addr,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

/// More than any request of the vendors' APIs needs.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// A loopback port on which a sandbox answers.
pub(super) struct Server {
    mount: Mount,
    port: Arc<Port>,
    accepting: AbortHandle,
}

/// What is open, until it is taken away: a runtime that nobody drives would not come to closing it.
type Port = Mutex<Option<Open>>;

struct Open {
    listener: TcpListener,
    connections: JoinSet<()>,
}

impl Server {
    /// Serves one vendor, or all; port 0 takes a free one.
    pub(super) async fn start(world: Arc<World>, only: Option<Provider>, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener =
            listener.map_err(|error| io::Error::new(error.kind(), format!("port {port}: {error}")))?;
        let mount = Mount { only, address: Some(listener.local_addr()?) };
        let port = Arc::new(Mutex::new(Some(Open { listener, connections: JoinSet::new() })));
        let accepting = tokio::spawn(accept(port.clone(), world, mount)).abort_handle();
        Ok(Self { mount, port, accepting })
    }

    pub(super) fn mount(&self) -> Mount {
        self.mount
    }
}

/// Closes the port, and no request is taken any more, whatever the runtime does.
impl Drop for Server {
    fn drop(&mut self) {
        let open = lock(&self.port).take();
        drop(open);
        self.accepting.abort();
    }
}

async fn accept(port: Arc<Port>, world: Arc<World>, mount: Mount) {
    while let Some(accepted) = poll_fn(|context| accept_one(&port, &world, mount, context)).await {
        if accepted.is_err() {
            // Too many open files, say: they may become fewer.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Ends with `None` once the port is closed.
fn accept_one(
    port: &Port,
    world: &Arc<World>,
    mount: Mount,
    context: &mut Context<'_>,
) -> Poll<Option<io::Result<()>>> {
    let mut port = lock(port);
    let Some(Open { listener, connections }) = &mut *port else { return Poll::Ready(None) };
    let accepted = ready!(listener.poll_accept(context));
    while connections.try_join_next().is_some() {}
    Poll::Ready(Some(accepted.map(|(stream, _)| {
        connections.spawn(serve(stream, world.clone(), mount));
    })))
}

async fn serve(stream: TcpStream, world: Arc<World>, mount: Mount) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(&world, mount, request));
    // What ends a connection is the client's business, or a fault's.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// An error breaks the connection.
async fn answer(
    world: &Arc<World>,
    mount: Mount,
    request: Request<Incoming>,
) -> io::Result<Response<PlayedBody>> {
    let (head, body) = request.into_parts();
    let played = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => control::play(world, mount, &head, &body.to_bytes()).await,
        Err(error) if error.is::<LengthLimitError>() => {
            control::refuse(world, mount, &head, StatusCode::PAYLOAD_TOO_LARGE)
        }
        Err(_) => control::refuse(world, mount, &head, StatusCode::BAD_REQUEST),
    };
    deliver(played).await
}

/// Brings the answer on its way, or loses it.
async fn deliver(played: Played) -> io::Result<Response<PlayedBody>> {
    let Played { response, latency, way } = played;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let broken = || io::Error::other("the sandbox was told to break the connection");
    match way {
        Way::Whole => Ok(response.map(PlayedBody::whole)),
        Way::Never => std::future::pending().await,
        Way::Reset => Err(broken()),
        Way::Cut => Ok(response.map(|body| PlayedBody {
            announced: body.len() as u64,
            left: Some(body.slice(..body.len() / 2)),
            paused: false,
            then: Some(broken()),
        })),
        Way::WrongLength => Ok(response.map(|body| PlayedBody {
            announced: body.len() as u64 + 100,
            left: Some(body),
            paused: false,
            then: Some(broken()),
        })),
    }
}

/// A body of one chunk, which may announce more than it has, and may break off.
struct PlayedBody {
    announced: u64,
    left: Option<Bytes>,
    paused: bool,
    then: Option<io::Error>,
}

impl PlayedBody {
    fn whole(body: Bytes) -> Self {
        Self { announced: body.len() as u64, left: Some(body), paused: false, then: None }
    }
}

impl http_body::Body for PlayedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(chunk) = self.left.take().filter(|chunk| !chunk.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        if self.then.is_some() && !std::mem::replace(&mut self.paused, true) {
            // What was written so far has to be on its way before the connection breaks.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.then.take().map(Err))
    }

    fn is_end_stream(&self) -> bool {
        self.then.is_none() && self.left.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}

/// A transport that leads to a sandbox without a socket.
pub(super) struct Memory {
    pub(super) world: Arc<World>,
}

impl Transport for Memory {
    fn send(&self, request: Request<Bytes>) -> TransportFuture<'_> {
        Box::pin(async move {
            let (mut head, body) = request.into_parts();
            if let Some(host) = head.uri.authority().and_then(|host| host.as_str().parse().ok()) {
                head.headers.insert(header::HOST, host);
            }
            let played = control::play(&self.world, Mount::MEMORY, &head, &body).await;
            let answer = deliver(played).await.map_err(SendError::other)?;
            Ok(answer.map(Body::new))
        })
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sandbox")
    }
}
