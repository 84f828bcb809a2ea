use super::{Answer, Engine, json_path, telemetry};
use crate::Error;
use crate::error::{CallInfo, DecodeError, shown_aside};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Why a body was not understood, and where.
pub(crate) struct Misread {
    path: String,
    line: usize,
    column: usize,
    category: &'static str,
}

pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Misread> {
    let body = without_bom(body);
    serde_json::from_slice(body).map_err(|error| Misread::new(body, &error))
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
    fn new(body: &[u8], error: &serde_json::Error) -> Self {
        let path = json_path::at(body, error);
        let (path, category) = match (error.classify(), missing_member(error)) {
            _ if body.is_empty() => (path, "empty"),
            (Category::Syntax, _) => (path, "syntax"),
            (Category::Eof, _) => (path, "truncated"),
            (_, None) => (path, "type"),
            (_, Some(member)) if path == "." => (member, "missing"),
            (_, Some(member)) => (format!("{path}.{member}"), "missing"),
        };
        Self { path, line: error.line(), column: error.column(), category }
    }

    pub(crate) fn into_error(self, answer: Answer, engine: &Engine) -> Error {
        let call = answer.call_info();
        let secrets =
            engine.endpoint(answer.operation.provider()).map(|endpoint| endpoint.secrets.as_slice());
        let body = kept(&answer.body, engine.limits.max_error_body);
        let error = Error::Decode(Box::new(DecodeError {
            call,
            shown_path: shown_aside(&self.path, secrets.unwrap_or_default(), &answer.sent),
            path: self.path,
            line: self.line,
            column: self.column,
            category: self.category,
            body,
        }));
        telemetry::misread(&answer.span, &error);
        error
    }
}

/// The member that is not there: serde says which in words only. The name is our own struct's, not the vendor's.
fn missing_member(error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    let (name, _) = text.strip_prefix("missing field `")?.split_once('`')?;
    Some(name.to_owned())
}
