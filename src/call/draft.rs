use super::{Call, Download};
#[cfg(feature = "apideck")]
use crate::SecretUrl;
use crate::engine::{
    Endpoint, Engine, Options, Reader, Reading, Ready, Request, Sealed, is_dots, spaced, visible,
};
use crate::operation::{Auth, Operation, Repeat};
use crate::types::{TellsUnread, from_object, with_secrets};
use crate::{Error, Secret};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{borrow::Cow, sync::Arc, time::Duration};
use uuid::Uuid;

/// What a caller may add, roughly.
const MAX_HEADERS: usize = 1000;

/// A request being put together. The first mistake is kept and returned when the call is awaited.
pub(crate) struct Draft {
    engine: Arc<Engine>,
    operation: &'static Operation,
    repeat: Repeat,
    /// The path so far, the base URL's prefix included.
    path: String,
    /// The part of the path template that is not in `path` yet.
    template: &'static str,
    /// The query so far; apart, because ids still go to the end of the path.
    query: String,
    headers: HeaderMap,
    body: Option<Bytes>,
    content_type: HeaderValue,
    reading: Reading,
    options: Options,
    mistake: Option<Error>,
}

impl Engine {
    /// Starts a call of this operation.
    pub(crate) fn call(self: &Arc<Self>, operation: &'static Operation) -> Draft {
        Draft::new(self.clone(), operation)
    }
}

impl Draft {
    fn new(engine: Arc<Engine>, operation: &'static Operation) -> Self {
        let mut path = String::with_capacity(128);
        path.push_str(engine.endpoint(operation.provider()).map_or("", |endpoint| endpoint.base.prefix()));
        let mut draft = Self {
            engine,
            operation,
            repeat: operation.repeat(),
            path,
            template: operation.path(),
            query: String::new(),
            headers: HeaderMap::with_capacity(16),
            body: None,
            content_type: HeaderValue::from_static("application/json"),
            reading: Reading::Whole,
            options: Options::default(),
            mistake: None,
        };
        draft.copy_template();
        draft
    }

    /// Fills the next placeholder of the path: the id becomes exactly one segment.
    pub(crate) fn path(mut self, id: impl AsRef<str>) -> Self {
        let id = id.as_ref();
        if is_dots(id) {
            let what = if id.is_empty() { "empty" } else { "a dot segment" };
            let name = self.template.split(['{', '}']).nth(1).unwrap_or("id");
            return self.refuse(format!("{name} is {what}: it would address another resource"));
        }
        if self.template.is_empty() {
            return self.refuse("the path has no place for another id".to_owned());
        }
        self.path.extend(utf8_percent_encode(id, RESERVED));
        self.template = self.template.split_once('}').map_or("", |(_, rest)| rest);
        self.copy_template();
        self
    }

    /// Adds the members of `parameters` to the query, those that are null left out.
    ///
    /// A list repeats its key; a nested object becomes `key[member]=value`.
    pub(crate) fn query(mut self, parameters: &impl Serialize) -> Self {
        match with_secrets(|| serde_json::to_value(parameters)) {
            Ok(parameters @ (Value::Object(_) | Value::Null)) => {
                write_query(&mut self.query, "", &parameters);
                self
            }
            Ok(_) => self.refuse("the query is no object, whose members are its parameters".to_owned()),
            Err(error) => self.refuse(format!("the query cannot be sent: {error}")),
        }
    }

    /// Sets one parameter of the query, in the place of what it was.
    pub(super) fn parameter(mut self, name: &str, value: &str) -> Self {
        let others =
            self.query.split('&').filter(|pair| pair.split('=').next() != Some(name) && !pair.is_empty());
        let mut query: String = others.collect::<Vec<_>>().join("&");
        write_query(&mut query, name, &Value::from(value));
        self.query = query;
        self
    }

    pub(super) fn is_mistaken(&self) -> bool {
        self.mistake.is_some()
    }

    /// The same draft once more. A mistake goes with the first one.
    pub(super) fn again(&mut self) -> Self {
        Self {
            engine: self.engine.clone(),
            operation: self.operation,
            repeat: self.repeat,
            path: self.path.clone(),
            template: self.template,
            query: self.query.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            content_type: self.content_type.clone(),
            reading: self.reading,
            options: self.options.clone(),
            mistake: self.mistake.take(),
        }
    }

    pub(crate) fn json(self, body: &impl Serialize) -> Self {
        self.serialised(with_secrets(|| serde_json::to_vec(body)).ok())
    }

    fn serialised(mut self, body: Option<Vec<u8>>) -> Self {
        match body {
            Some(body) => {
                self.body = Some(body.into());
                self
            }
            None => self.refuse("the body cannot be serialised".to_owned()),
        }
    }

    /// Sets a body of any kind.
    pub(super) fn body(mut self, content_type: &str, body: Bytes) -> Self {
        match spaced(content_type) {
            Ok(content_type) => (self.body, self.content_type) = (Some(body), content_type),
            Err(why) => return self.refuse(format!("the body's content type {why}")),
        }
        self
    }

    /// Takes another description of the same request.
    pub(super) fn described(mut self, operation: &'static Operation) -> Self {
        (self.operation, self.repeat) = (operation, operation.repeat());
        self
    }

    /// Adds a header of the vendor's protocol, whose value is what [`visible`] and its like make of it.
    pub(crate) fn header(mut self, name: &HeaderName, value: Result<HeaderValue, &'static str>) -> Self {
        match value {
            Ok(value) => {
                self.headers.insert(name, value);
                self
            }
            Err(why) => self.refuse(format!("the value of {name} {why}")),
        }
    }

    /// Adds a header that the caller asks for.
    pub(crate) fn caller_header(mut self, name: &str, value: &str) -> Self {
        let Ok(name) = HeaderName::try_from(name) else {
            return self.refuse("a header name is not one".to_owned());
        };
        if self.engine.endpoints.iter().any(|endpoint| endpoint.reserves(&name)) {
            return self.refuse(format!("the header {name} is set by the client and cannot be replaced"));
        }
        let Ok(mut value) = HeaderValue::try_from(value) else {
            return self.refuse(format!("the value of the header {name} holds bytes that a header cannot"));
        };
        value.set_sensitive(true);
        // Servers refuse far fewer, and a map of headers panics over some ten thousand.
        if self.headers.len() >= MAX_HEADERS {
            return self.refuse(format!("more than {MAX_HEADERS} headers"));
        }
        self.headers.insert(name, value);
        self
    }

    /// Forbids to send the request again once it may have been carried out, whatever the operation allows.
    pub(crate) fn once(mut self) -> Self {
        self.repeat = Repeat::Once;
        self
    }

    /// Ends the call after this time at the latest, whatever its own timeout is.
    pub(super) fn within(self, time: Duration) -> Self {
        let usual = self.options.timeout.unwrap_or(self.engine.limits.timeout);
        self.options(|options| options.timeout = Some(usual.min(time)))
    }

    pub(crate) fn options(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    pub(crate) fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Keeps the first mistake.
    pub(crate) fn fail(mut self, mistake: Error) -> Self {
        self.mistake.get_or_insert(mistake);
        self
    }

    pub(crate) fn refuse(self, why: String) -> Self {
        let mistake = Error::request(self.operation, why);
        self.fail(mistake)
    }

    /// The call, whose answer is a `T`.
    pub(crate) fn returns<T: DeserializeOwned>(self) -> Call<T> {
        Call::new(self, Reader::Json(from_json::<T, T>, |_, _| {}))
    }

    /// The call, whose answer is a `W` on the wire and to the caller a `T` that tells what was left out.
    pub(crate) fn returns_with_unread<W: DeserializeOwned, T: From<W> + TellsUnread>(self) -> Call<T> {
        Call::new(self, Reader::Json(from_json::<W, T>, |value, unread| value.tell(unread)))
    }

    /// The call, whose answer says nothing but that it succeeded.
    pub(crate) fn returns_nothing(mut self) -> Call<()> {
        self.reading = Reading::Nothing;
        Call::new(self, Reader::Answer(|_| ()))
    }

    /// The call, whose answer is a body of any kind and length.
    pub(crate) fn downloads(self) -> Call<Download> {
        let draft = Self {
            reading: Reading::Stream,
            ..self.header(&header::ACCEPT, Ok(HeaderValue::from_static("*/*")))
        };
        Call::new(draft, Reader::Answer(Download::new))
    }

    /// The address alone, for a browser to follow.
    #[cfg(feature = "apideck")]
    pub(crate) fn link(self) -> Result<SecretUrl, Error> {
        Ok(SecretUrl::from(self.ready()?.request.uri.to_string().as_str()))
    }

    /// Makes the body of the answer matter, whatever the operation returns.
    pub(crate) fn reading_body(mut self) -> Self {
        self.reading = Reading::Whole;
        self
    }

    /// The request whole, or the first mistake.
    pub(crate) fn ready(self) -> Result<Ready, Error> {
        let engine = self.engine.clone();
        let provider = self.operation.provider();
        let endpoint = engine.endpoint(provider).ok_or_else(|| {
            Error::config_of(self.operation, format!("{provider} is not configured on this client"))
        })?;
        let endpoint = endpoint.clone();
        let request = self.into_request(&endpoint)?;
        Ok(Ready { engine, endpoint, request })
    }

    fn into_request(self, endpoint: &Endpoint) -> Result<Request, Error> {
        let Self {
            engine,
            operation,
            repeat,
            mut path,
            template,
            query,
            mut headers,
            body,
            content_type,
            reading,
            options,
            mistake,
        } = self;
        if let Some(mistake) = mistake {
            return Err(mistake);
        }
        if !template.is_empty() {
            return Err(Error::request(operation, format!("the path lacks a value for {template}")));
        }
        if !query.is_empty() {
            path.push('?');
            path.push_str(&query);
        }
        let too_long = || Error::request(operation, "the address is too long");
        let uri = endpoint.base.address(path).ok_or_else(too_long)?;

        let encoding = match reading {
            Reading::Whole | Reading::Nothing => "gzip",
            Reading::Stream => "identity",
        };
        // A caller may have set the first and the last.
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding));
        headers.entry(header::USER_AGENT).or_insert_with(|| engine.user_agent.clone());
        let plain = body.clone().unwrap_or_default();
        let sealed = match (body, &endpoint.cipher) {
            (None, _) => None,
            (Some(body), None) => Some((body, content_type)),
            (Some(body), Some(cipher)) => {
                let refused = || Error::request(operation, "the body cannot be encrypted");
                let Sealed { body, content_type } = cipher.seal(operation, body).ok_or_else(refused)?;
                Some((body, HeaderValue::from_static(content_type)))
            }
        };
        let body = sealed.map_or_else(Bytes::new, |(body, content_type)| {
            headers.insert(header::CONTENT_TYPE, content_type);
            body
        });
        if let Some((name, key)) = idempotency(operation, endpoint, options.idempotency_key.as_ref())? {
            headers.insert(name, key);
        }
        if operation.auth() == Auth::Credentials {
            for (name, value) in &endpoint.credentials {
                headers.insert(name.clone(), value.clone());
            }
        }
        Ok(Request { operation, repeat, uri, headers, body, plain, reading, options })
    }

    /// Copies the template up to its next placeholder.
    fn copy_template(&mut self) {
        let end = self.template.find('{').unwrap_or(self.template.len());
        let (literal, rest) = self.template.split_at(end);
        self.path.push_str(literal);
        self.template = rest;
    }
}

fn from_json<W: DeserializeOwned, T: From<W>>(text: &str) -> Result<T, serde_json::Error> {
    from_object::<W>(text).map(T::from)
}

/// The idempotency header, fixed before the first attempt.
fn idempotency(
    operation: &'static Operation,
    endpoint: &Endpoint,
    key: Option<&Secret>,
) -> Result<Option<(HeaderName, HeaderValue)>, Error> {
    if operation.repeat() != Repeat::Keyed {
        return match key {
            None => Ok(None),
            Some(_) => Err(Error::request(operation, "the vendor takes no idempotency key here")),
        };
    }
    let Some(keys) = &endpoint.keys else {
        return Err(Error::request(operation, "the vendor takes no idempotency keys: it cannot be `Keyed`"));
    };
    let value = match key {
        Some(key) => visible(key.expose_secret()),
        None => visible(&Uuid::new_v4().to_string()),
    };
    let value = value.map_err(|why| Error::request(operation, format!("the idempotency key {why}")))?;
    Ok(Some((keys.header.clone(), value)))
}

/// Every byte outside RFC 3986's unreserved characters.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Adds a value to a query: a list repeats its key, a nested object becomes `key[member]=value`, null is left out.
pub(crate) fn write_query(query: &mut String, key: &str, value: &Value) {
    let text = match value {
        Value::Null => return,
        Value::Bool(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Array(items) => {
            return items.iter().for_each(|item| write_query(query, key, item));
        }
        Value::Object(members) => {
            for (member, value) in members {
                let nested = if key.is_empty() { member.clone() } else { format!("{key}[{member}]") };
                write_query(query, &nested, value);
            }
            return;
        }
    };
    if !query.is_empty() {
        query.push('&');
    }
    query.extend(utf8_percent_encode(key, RESERVED));
    query.push('=');
    query.extend(utf8_percent_encode(&text, RESERVED));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn r1_dot_segments_are_known_in_every_spelling() {
        for dots in ["", ".", "..", "%2e", "%2E", "%2e%2E", ".%2e", "%2E."] {
            assert!(is_dots(dots), "{dots}");
        }
        for name in ["...", "a", ".a", "a.", "%2e%2e%2e", "%252e", "%2", "..%2f", " "] {
            assert!(!is_dots(name), "{name}");
        }
    }

    #[test]
    fn r1_nothing_but_unreserved_characters_stays_as_it_is() {
        for byte in 0..=127_u8 {
            let text = char::from(byte).to_string();
            let stays = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            let expected = if stays { text.clone() } else { format!("%{byte:02X}") };
            assert_eq!(utf8_percent_encode(&text, RESERVED).to_string(), expected);
        }
    }

    #[test]
    fn queries_repeat_lists_and_nest_objects() {
        let mut query = String::new();
        let filter = json!({ "service": { "id": "a b" }, "status_codes": [200, 404], "path": null });
        write_query(&mut query, "", &json!({ "filter": filter, "limit": 20, "success": true }));
        let expected = "filter%5Bservice%5D%5Bid%5D=a%20b&filter%5Bstatus_codes%5D=200\
                        &filter%5Bstatus_codes%5D=404&limit=20&success=true";
        assert_eq!(query, expected);
    }
}
