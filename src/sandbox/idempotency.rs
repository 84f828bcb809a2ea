//! Answers that are given again under the same idempotency key.

use super::exchange::Reply;
use http::StatusCode;
use serde_json::Value;
use std::{collections::HashMap, time::SystemTime};

/// What one vendor has answered under idempotency keys. How long it remembers, and how it refuses a key that comes with
/// another request, is the vendor's.
#[derive(Default)]
pub(super) struct Answers(HashMap<String, Answer>);

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
        self.0.retain(|_, answer| now < answer.until);
        let answer = self.0.get(key)?;
        Some(if answer.request == *request { Ok(answer.reply.clone()) } else { Err(OtherRequest) })
    }

    /// Remembers the first answer under a key; never 429, after which the same key may be tried again.
    pub(super) fn keep(&mut self, key: &str, request: Value, reply: &Reply, until: SystemTime) {
        if reply.status() != StatusCode::TOO_MANY_REQUESTS {
            let answer = || Answer { request, reply: reply.clone(), until };
            self.0.entry(key.to_owned()).or_insert_with(answer);
        }
    }
}
