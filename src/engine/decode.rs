use super::{Answer, Engine, json_path, telemetry};
use crate::Error;
use crate::error::{CallInfo, DecodeError, shown_aside};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Why a body was not understood, and where.
pub(crate) struct Misread {
    path: String,
    error: serde_json::Error,
}

pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Misread> {
    let body = without_bom(body);
    serde_json::from_slice(body).map_err(|error| Misread { path: json_path::at(body, &error), error })
}

/// The body without the byte order mark that some servers put before it.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// The error for an encrypted body that no key opens.
pub(crate) fn unreadable(call: CallInfo, body: &Bytes, keep: usize) -> Error {
    let body = kept(body, keep);
    Error::Decode(Box::new(DecodeError {
        call,
        path: ".".to_owned(),
        shown_path: ".".to_owned(),
        line: 0,
        column: 0,
        category: "encrypted",
        body,
    }))
}

/// At most the first `keep` bytes, as a copy where that lets the rest be freed.
fn kept(body: &Bytes, keep: usize) -> Bytes {
    body.get(..keep).map_or_else(|| body.clone(), Bytes::copy_from_slice)
}

impl Misread {
    pub(crate) fn into_error(self, answer: Answer, engine: &Engine) -> Error {
        let call = answer.call_info();
        let secrets =
            engine.endpoint(answer.operation.provider()).map(|endpoint| endpoint.secrets.as_slice());
        let category = match self.error.classify() {
            _ if answer.body.is_empty() => "empty",
            Category::Syntax => "syntax",
            Category::Eof => "truncated",
            Category::Data | Category::Io => "type",
        };
        let body = kept(&answer.body, engine.limits.max_error_body);
        let error = Error::Decode(Box::new(DecodeError {
            call,
            shown_path: shown_aside(&self.path, secrets.unwrap_or_default(), &answer.sent),
            path: self.path,
            line: self.error.line(),
            column: self.error.column(),
            category,
            body,
        }));
        telemetry::misread(&answer.span, &error);
        error
    }
}
