//! Rotates a Deck access token so that no crash and no lost answer leaves you without knowing where you stand.
//!
//! The old token dies with the rotation and the new one is told once. So the intent is stored before the call and the
//! new token right after it; what a crash or a lost answer leaves open is settled by asking whether the old token works.

use bytes::Bytes;
use connectory::deck::ErrorCode;
use connectory::deck::connections::{AccessTokenRequest, UpdateWebhook};
use connectory::sandbox::Sandbox;
use connectory::{Client, Error, Outcome, Secret, SendError, Transport, TransportFuture};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What your database knows of a connection.
struct Stored {
    access_token: Secret,
    /// Set before a rotation, cleared when it is known how it ended: a crash in between leaves it behind.
    rotating: bool,
    webhook: String,
}

enum Rotation {
    Done,
    /// Nothing was rotated: the token still works.
    NotDone(Error),
    /// The token is dead and no other is known: the customer has to connect again.
    Reconnect,
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("rotated"),
            Self::NotDone(why) => write!(f, "not rotated: {why}"),
            Self::Reconnect => f.write_str("the token is dead: ask the customer to connect again"),
        }
    }
}

async fn rotate(client: &Client, stored: &mut Stored) -> Result<Rotation, Error> {
    // An earlier rotation was interrupted: first learn how it ended.
    if stored.rotating && !still_works(client, stored).await? {
        return Ok(Rotation::Reconnect);
    }
    stored.rotating = true;
    let body = AccessTokenRequest::new(&stored.access_token);
    let rotation = match client.deck().connections().invalidate_access_token(&body).await {
        Ok(rotated) => {
            stored.access_token = rotated.new_access_token;
            Rotation::Done
        }
        // `Applied`: Deck said yes, but its answer was unreadable. `Unknown`: it may have said yes. A request that is
        // still on its way can yet be carried out: ask again later before you rely on a token that still works.
        Err(error) if error.outcome() >= Outcome::Unknown => match still_works(client, stored).await? {
            true => Rotation::NotDone(error),
            false => Rotation::Reconnect,
        },
        Err(error) if is_dead(&error) => Rotation::Reconnect,
        Err(error) => Rotation::NotDone(error),
    };
    stored.rotating = false;
    Ok(rotation)
}

/// Asks by setting the webhook to what it is: safe to repeat, and changes nothing.
async fn still_works(client: &Client, stored: &Stored) -> Result<bool, Error> {
    let same = UpdateWebhook::new(&stored.access_token, &stored.webhook, true);
    match client.deck().connections().update_webhook(&same).await {
        Ok(()) => Ok(true),
        Err(error) if is_dead(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_dead(error: &Error) -> bool {
    error.code() == Some(ErrorCode::InvalidAccessToken.as_str())
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
    println!("on a good day           {}", rotate(&client, &mut stored).await?);

    stored.rotating = true;
    println!("after a crash before it {}", rotate(&client, &mut stored).await?);

    let wrap =
        |inner| -> Arc<dyn Transport> { Arc::new(LosesFirstAnswer { inner, lost: AtomicBool::new(false) }) };
    let unlucky = sandbox.client_builder().wrap_transport(wrap).build()?;
    println!("when its answer is lost {}", rotate(&unlucky, &mut stored).await?);
    println!("and after that          {}", rotate(&client, &mut stored).await?);
    Ok(())
}
