use super::json_path::{Place, missing_member};
use super::repair::{Hopeless, Repairing};
use crate::error::{CallInfo, DecodeError, shown_aside};
use crate::{DecodeCategory, Error, Secret, Unread};
use bytes::{Buf, Bytes};
use serde_json::error::Category;
use std::str;

/// What makes a value of a text.
pub(crate) type Decode<T> = fn(&str) -> Result<T, serde_json::Error>;

/// A body on its way to a value: it is repaired where it is not understood, and decoded again.
pub(crate) struct Decoding {
    body: Bytes,
    /// The longest text that repairing may make.
    limit: usize,
    /// How much of the body an error keeps.
    keep: usize,
    /// From the first failure on, instead of the body.
    repairing: Option<Repairing>,
    /// What could not be read before it was repaired.
    misread: Vec<Misread>,
}

/// Why a body was not understood, and where.
#[derive(Clone)]
pub(crate) struct Misread {
    /// Where decoding stopped; of what is missing, what lacks it.
    place: String,
    path: String,
    line: usize,
    column: usize,
    category: DecodeCategory,
}

impl Decoding {
    pub(crate) fn new(body: Bytes, limit: usize, keep: usize) -> Self {
        Self { body, limit, keep, repairing: None, misread: Vec::new() }
    }

    /// One try: the value, or `None` where something has been repaired for another one.
    pub(crate) fn attempt<T>(&mut self, decode: Decode<T>) -> Result<Option<T>, Misread> {
        let text = match &self.repairing {
            Some(repairing) => Some(repairing.text()),
            None => str::from_utf8(without_bom(&self.body)).ok(),
        };
        match text.map(decode) {
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(error)) => self.repair(Some(error)).map(|()| None),
            None => self.repair(None).map(|()| None),
        }
    }

    /// The value; for a body that is short enough to hold a thread up until it is repaired.
    pub(crate) fn now<T>(&mut self, decode: Decode<T>) -> Option<T> {
        loop {
            if let Some(value) = self.attempt(decode).ok()? {
                return Some(value);
            }
        }
    }

    /// The body as it came; of one that was repaired the part that is kept.
    pub(crate) fn body(self) -> Bytes {
        self.body
    }

    /// What was left out.
    pub(crate) fn unread(self) -> Vec<Unread> {
        self.repairing.map_or_else(Vec::new, Repairing::unread)
    }

    /// The beginning of the body as it came.
    pub(crate) fn kept(self) -> Bytes {
        kept(&self.body, self.keep)
    }

    /// Why the last attempt brought no value.
    pub(crate) fn last_misread(&self) -> Option<Misread> {
        self.misread.last().cloned()
    }

    #[cold]
    fn repair(&mut self, error: Option<serde_json::Error>) -> Result<(), Misread> {
        let (body, limit, keep) = (&mut self.body, self.limit, self.keep);
        let repairing = self.repairing.get_or_insert_with(|| {
            let kept = kept(body, keep);
            let mut text = std::mem::replace(body, kept);
            text.advance(text.len() - without_bom(&text).len());
            Repairing::new(text, limit)
        });
        let misread = Misread::new(repairing.bytes(), error.as_ref());
        // What was left out is not missing.
        let cause = self.misread.iter().find(|cause| cause.place == misread.path).cloned();
        let misread = Misread { place: misread.place.clone(), ..cause.unwrap_or(misread) };
        repairing.repair(error.as_ref()).map_err(|Hopeless| misread.clone())?;
        self.misread.push(misread);
        Ok(())
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The body without the byte order mark that some servers put before it.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(BOM).unwrap_or(body)
}

/// The error for an encrypted body that no key opens.
pub(crate) fn unreadable(call: CallInfo, body: Bytes) -> Error {
    Misread::nowhere(0, DecodeCategory::Encrypted).into_error(call, body, &[], &[])
}

/// At most the first `keep` bytes, as a copy: what they came in may be far longer.
pub(crate) fn kept(body: &Bytes, keep: usize) -> Bytes {
    Bytes::copy_from_slice(body.get(..keep).unwrap_or(body))
}

impl Misread {
    fn new(body: &[u8], error: Option<&serde_json::Error>) -> Self {
        let Some(error) = error else {
            // Bytes that are no UTF-8, and not in a string where they could be repaired.
            let error = serde_json::from_slice::<serde::de::IgnoredAny>(body).err();
            let syntax = Self::nowhere(1, DecodeCategory::Syntax);
            let misread = error.map_or(syntax, |error| Self::new(body, Some(&error)));
            return Self { place: String::new(), ..misread };
        };
        let place = Place::of(body, error).to_string();
        let path = place.clone();
        let (path, category) = match (error.classify(), missing_member(error)) {
            _ if body.is_empty() => (path, DecodeCategory::Empty),
            (Category::Syntax, _) => (path, DecodeCategory::Syntax),
            (Category::Eof, _) => (path, DecodeCategory::Truncated),
            (_, None) => (path, DecodeCategory::Type),
            (_, Some(member)) if path == "." => (member, DecodeCategory::Missing),
            (_, Some(member)) => (format!("{path}.{member}"), DecodeCategory::Missing),
        };
        Self { place, path, line: error.line(), column: error.column(), category }
    }

    /// Of a body of which no place is to be named.
    fn nowhere(line: usize, category: DecodeCategory) -> Self {
        Self { place: String::new(), path: ".".to_owned(), line, column: 0, category }
    }

    /// `body` is what is kept of it, `secrets` and `sent` what is not shown when it is echoed.
    pub(crate) fn into_error(self, call: CallInfo, body: Bytes, secrets: &[Secret], sent: &[u8]) -> Error {
        let Self { path, line, column, category, .. } = self;
        let shown_path = shown_aside(&path, secrets, sent);
        Error::Decode(Box::new(DecodeError { call, path, shown_path, line, column, category, body }))
    }
}
