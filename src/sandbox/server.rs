use super::exchange::Reply;
use super::world::World;
use axum::{Router, body::Body, extract::Request};
use http::{Response, StatusCode};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::{net::TcpListener, sync::oneshot};

/// More than any request of the vendors' APIs needs.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// The socket side of a sandbox.
pub(super) struct Server {
    address: SocketAddr,
    /// Dropping it ends the server.
    _running: oneshot::Sender<()>,
}

impl Server {
    pub(super) async fn start(world: Arc<World>) -> io::Result<Self> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (running, stopped) = oneshot::channel::<()>();
        let router = Router::new().fallback(move |request: Request| {
            let world = world.clone();
            async move { answer(&world, request).await }
        });
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = stopped.await;
        });
        tokio::spawn(serving.into_future());
        Ok(Self { address, _running: running })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn answer(world: &World, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    match axum::body::to_bytes(body, MAX_BODY).await {
        Ok(body) => world.answer(&head, &body).into_http().map(Body::from),
        Err(_) => Reply::empty(StatusCode::PAYLOAD_TOO_LARGE).into_http().map(Body::from),
    }
}
