//! The work with hyper and serde alone, and the models of `hand`: what a call costs at the least.

use crate::hand::{
    AccessToken, AccessTokenRequest, Connection, Envelope, ErrorBody, InvalidatedAccessToken,
    UpdateConnection,
};
use crate::work::Calls;
use http::{Method, Request, StatusCode, request::Builder};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;

#[derive(Clone)]
pub struct Bare {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
    update: Arc<UpdateConnection>,
}

impl Bare {
    pub fn new(base: &str, update: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let update = Arc::new(serde_json::from_str(update).expect("the example decodes"));
        Self { client, base: base.to_owned(), update }
    }

    fn apideck(&self, method: Method, path: &str) -> Builder {
        self.request(method, path)
            .header("authorization", "Bearer key")
            .header("x-apideck-app-id", "app")
            .header("x-apideck-consumer-id", "consumer")
    }

    fn request(&self, method: Method, path: &str) -> Builder {
        Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("accept", "application/json")
            .header("user-agent", "by-hand/0.1")
    }

    async fn send<T: DeserializeOwned>(&self, request: Builder, body: Bytes) -> T {
        self.answer(request, body, StatusCode::OK).await
    }

    async fn answer<T: DeserializeOwned>(&self, request: Builder, body: Bytes, expected: StatusCode) -> T {
        let request = request.body(Full::new(body)).expect("a request");
        let response = self.client.request(request).await.expect("an answer");
        assert_eq!(response.status(), expected);
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        serde_json::from_slice(&body).expect("it decodes")
    }
}

impl Calls for Bare {
    async fn get(&self) {
        let request = self.apideck(Method::GET, "/vault/connections/crm/salesforce");
        drop::<Envelope<Connection>>(self.send(request, Bytes::new()).await);
    }

    async fn update(&self) {
        let request = self.apideck(Method::PATCH, "/vault/connections/crm/salesforce");
        let request = request.header("content-type", "application/json");
        drop::<Envelope<Connection>>(self.send(request, json(&*self.update)).await);
    }

    async fn refused(&self) {
        let request = self.apideck(Method::GET, "/vault/connections/crm/salesforce");
        let refused = StatusCode::UNPROCESSABLE_ENTITY;
        drop::<ErrorBody>(self.answer(request, Bytes::new(), refused).await);
    }

    async fn rotate(&self) {
        let body =
            AccessTokenRequest { access_token: "access-development-0e5f1a60-2d9e-4a09-8d24-5a61d4dd1d51" };
        let request = self
            .request(Method::POST, "/connection/access_token/invalidate")
            .header("x-deck-client-id", "client-id")
            .header("x-deck-secret", "secret")
            .header("content-type", "application/json");
        drop::<InvalidatedAccessToken>(self.send(request, json(&body)).await);
    }

    async fn token(&self) {
        let path = "/companies/8a210b68-6988-11ed-a1eb-0242ac120002/accessToken";
        let request = self.request(Method::GET, path).header("authorization", "Basic a2V5");
        drop::<AccessToken>(self.send(request, Bytes::new()).await);
    }

    async fn list(&self) {
        let request = self.apideck(Method::GET, "/vault/connections?api=crm&configured=true");
        drop::<Envelope<Vec<Connection>>>(self.send(request, Bytes::new()).await);
    }
}

fn json(body: &impl Serialize) -> Bytes {
    serde_json::to_vec(body).expect("JSON").into()
}
