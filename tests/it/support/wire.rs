use super::client;
use connectory::Client;
use serde_json::Value;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

/// A server that gives every request the same answer and records what it got.
pub struct Wire {
    server: MockServer,
}

impl Wire {
    pub async fn answering(answer: ResponseTemplate) -> Self {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        Self { server }
    }

    /// Answers 200 with this body.
    pub async fn ok(body: impl Into<String>) -> Self {
        Self::status(200, body).await
    }

    pub async fn status(status: u16, body: impl Into<String>) -> Self {
        let body: String = body.into();
        Self::answering(ResponseTemplate::new(status).set_body_raw(body, "application/json")).await
    }

    pub fn base(&self) -> String {
        self.server.uri()
    }

    pub fn client(&self) -> Client {
        client(&self.base())
    }

    pub async fn requests(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }

    /// The one request that came.
    pub async fn request(&self) -> Request {
        let mut requests = self.requests().await;
        assert_eq!(requests.len(), 1, "exactly one request");
        requests.remove(0)
    }
}

/// What the tests ask of a recorded request.
pub trait Seen {
    /// Method, path and query as they were sent.
    fn line(&self) -> String;
    /// A header's value; empty when it is not there.
    fn header(&self, name: &str) -> &str;
    fn json(&self) -> Value;
}

impl Seen for Request {
    fn line(&self) -> String {
        let query = self.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{} {}{query}", self.method, self.url.path())
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}
