//! Rotates a Deck access token so that no crash and no lost answer leaves you without knowing where you stand.
//!
//! The old token dies with the rotation and the new one is told once. So the intent is stored before the call, the new
//! token right after it, and a lost answer is settled by asking whether the old token still works.

use bytes::Bytes;
use connectory::deck::ErrorCode;
use connectory::deck::connections::{AccessTokenRequest, WebhookUpdateRequest};
use connectory::sandbox::Sandbox;
use connectory::{Client, Error, Outcome, Secret, SendError, Transport, TransportFuture};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What your database knows of a connection.
struct Stored {
    access_token: Secret,
    /// Set before a rotation, cleared after it: a crash in between leaves it behind.
    rotating: bool,
    webhook: String,
}

enum Rotation {
    Done,
    /// The old token still works: rotate again when you like.
    NotDone(Error),
    /// The old token is dead and the new one was lost: the customer has to connect again.
    Reconnect,
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("rotated"),
            Self::NotDone(why) => write!(f, "not rotated: {why}"),
            Self::Reconnect => {
                f.write_str("rotated, and the new token is lost: ask the customer to connect again")
            }
        }
    }
}

async fn rotate(client: &Client, stored: &mut Stored) -> Result<Rotation, Error> {
    stored.rotating = true;
    let body = AccessTokenRequest::new(&stored.access_token);
    match client.deck().connections().invalidate_access_token(&body).await {
        Ok(rotated) => {
            stored.access_token = rotated.new_access_token;
            stored.rotating = false;
            Ok(Rotation::Done)
        }
        // `Applied`: Deck said yes, but its answer was unreadable. `Unknown`: it may have said yes.
        Err(error) if error.outcome() >= Outcome::Unknown => settle(client, stored, error).await,
        Err(error) => {
            stored.rotating = false;
            Ok(Rotation::NotDone(error))
        }
    }
}

/// Asks whether the old token still works, by setting the webhook to what it is: safe to repeat, and changes nothing.
async fn settle(client: &Client, stored: &mut Stored, lost: Error) -> Result<Rotation, Error> {
    let same = WebhookUpdateRequest::new(&stored.access_token, &stored.webhook, true);
    let rotation = match client.deck().connections().update_webhook(&same).await {
        Ok(()) => Rotation::NotDone(lost),
        Err(error) if error.code() == Some(ErrorCode::InvalidAccessToken.as_str()) => Rotation::Reconnect,
        Err(error) => return Err(error),
    };
    stored.rotating = false;
    Ok(rotation)
}

/// A network that carries the first request out and loses its answer.
#[derive(Debug)]
struct LosesFirstAnswer {
    inner: Arc<dyn Transport>,
    lost: AtomicBool,
}

impl Transport for LosesFirstAnswer {
    fn send(&self, request: http::Request<Bytes>) -> TransportFuture<'_> {
        Box::pin(async move {
            let answer = self.inner.send(request).await;
            if self.lost.swap(true, Ordering::Relaxed) {
                answer
            } else {
                Err(SendError::other("connection reset"))
            }
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();
    let webhook = "https://example.com/deck".to_owned();
    let mut stored = Stored { access_token: sandbox.deck().connect(), rotating: false, webhook };

    println!("on a good day:        {}", rotate(&client, &mut stored).await?);

    let inner = client.transport();
    let unlucky = Arc::new(LosesFirstAnswer { inner, lost: AtomicBool::new(false) });
    let unlucky = sandbox.client_builder().transport(unlucky).build()?;
    println!("when the answer is lost: {}", rotate(&unlucky, &mut stored).await?);

    println!("and after that:       {}", rotate(&client, &mut stored).await?);
    Ok(())
}
