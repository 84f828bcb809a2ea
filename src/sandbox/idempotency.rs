//! Answers that are given again under the same idempotency key.

use super::exchange::Reply;
use super::store::Store;
use http::StatusCode;
use serde_json::Value;
use std::time::SystemTime;

/// What one vendor has answered under idempotency keys. How long it remembers, and how it refuses a key that comes with
/// another request, is the vendor's.
#[derive(Default)]
pub(super) struct Answers(Store<Answer>);

struct Answer {
    request: Value,
    reply: Reply,
    until: SystemTime,
}

/// The key was used for another request.
pub(super) struct OtherRequest;

impl Answers {
    /// What was answered under this key, if it is remembered.
    pub(super) fn find(
        &mut self,
        key: &str,
        request: &Value,
        now: SystemTime,
    ) -> Option<Result<Reply, OtherRequest>> {
        self.0.retain(&|_, answer| now < answer.until);
        let answer = self.0.get(key)?;
        Some(if answer.request == *request { Ok(answer.reply.clone()) } else { Err(OtherRequest) })
    }

    /// Remembers the first answer under a key; never 429, after which the same key may be tried again.
    pub(super) fn keep(&mut self, key: &str, request: Value, reply: &Reply, until: SystemTime) {
        if reply.status() != StatusCode::TOO_MANY_REQUESTS && self.0.get(key).is_none() {
            self.0.put(key, Answer { request, reply: reply.clone(), until });
        }
    }
}
