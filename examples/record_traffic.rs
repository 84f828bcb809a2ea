//! Wraps the client's transport to record traffic: the way to middleware, replay and fault injection.

use bytes::Bytes;
use connectory::sandbox::Sandbox;
use connectory::{Client, Transport, TransportFuture};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug)]
struct Recorder {
    inner: Arc<dyn Transport>,
    seen: Lines,
}

type Lines = Arc<Mutex<Vec<String>>>;

impl Transport for Recorder {
    fn send(&self, request: http::Request<Bytes>) -> TransportFuture<'_> {
        Box::pin(async move {
            // Method and path only: headers and bodies hold credentials.
            let line = format!("{} {}", request.method(), request.uri().path());
            let answer = self.inner.send(request).await;
            let status =
                answer.as_ref().map_or_else(|error| error.to_string(), |answer| answer.status().to_string());
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{line} -> {status}"));
            answer
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let company = sandbox.codat().add_company("Acme");

    let seen = Lines::default();
    let lines = seen.clone();
    let record = move |inner| -> Arc<dyn Transport> { Arc::new(Recorder { inner, seen: lines.clone() }) };
    let client: Client = sandbox.client_builder().wrap_transport(record).build()?;

    client.codat().companies().get_access_token(&company).await?;
    if let Err(error) = client.codat().companies().get_access_token("no-such-company").await {
        println!("{error}\n");
    }
    for line in seen.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        println!("{line}");
    }
    Ok(())
}
