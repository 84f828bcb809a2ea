use super::{Call, Download, Draft};
use crate::engine::Reader;
use crate::operation::{Operation, Repeat};
use bytes::Bytes;
use http::Method;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt;

/// A call that the crate has no method for, put together by hand.
///
/// It goes the way of every other call: credentials, ids that stay in their segment, retries, errors, spans. What it
/// returns is said last, and makes a [`Call`] of it.
///
/// ```
/// # #[cfg(feature = "codat")]
/// # async fn example(client: connectory::Client) -> Result<(), connectory::Error> {
/// use connectory::operation::Repeat;
/// use connectory::{JsonMap, http::Method};
///
/// #[derive(serde::Deserialize)]
/// struct Balance {
///     currency: Option<String>,
/// }
///
/// let balance: Balance = client
///     .codat()
///     .request(Method::POST, "/companies/{companyId}/balance")
///     .path("8a210b68-6988-11ed-a1eb-0242ac120002")
///     .query(&JsonMap::from([("page", 2)]))
///     .json(&JsonMap::from([("closed", false)]))
///     .repeat(Repeat::Idempotent)
///     .returns()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a request does nothing until it is said what it returns, and the call is awaited"]
pub struct RequestBuilder {
    draft: Draft,
}

impl RequestBuilder {
    /// `id` is that of the vendor's requests by hand; `begin` starts the draft of an operation.
    pub(crate) fn new(
        id: &'static str,
        provider: crate::Provider,
        method: &Method,
        path: &'static str,
        begin: impl FnOnce(&'static Operation) -> Draft,
    ) -> Self {
        // HTTP defines these methods as safe; what else may be repeated nobody but the vendor knows.
        let repeat = if method.is_safe() { Repeat::Read } else { Repeat::Once };
        let draft = begin(Operation::of_request(id, provider, method, path, repeat));
        Self {
            draft: match mistake_in(path) {
                Some(mistake) => draft.refuse(format!("the path {mistake}")),
                None => draft,
            },
        }
    }

    /// Fills the next `{placeholder}` of the path: the id becomes exactly one segment.
    ///
    /// # Errors
    /// On await, `Error::Request` for an id that is empty or a dot segment, and where ids and placeholders are not as many.
    pub fn path(self, id: impl AsRef<str>) -> Self {
        Self { draft: self.draft.path(id) }
    }

    /// Adds the members of an object to the query; those that are null are left out.
    ///
    /// A list repeats its key; a nested object becomes `key[member]=value`.
    ///
    /// # Errors
    /// On await, `Error::Request` for what does not serialise to an object.
    pub fn query(self, parameters: &impl Serialize) -> Self {
        Self { draft: self.draft.query(parameters) }
    }

    /// Sets the body, as JSON.
    ///
    /// # Errors
    /// On await, `Error::Request` for what does not serialise.
    pub fn json(self, body: &impl Serialize) -> Self {
        Self { draft: self.draft.json(body) }
    }

    /// Sets the body, of any content type.
    ///
    /// # Errors
    /// On await, `Error::Request` for a content type that no header can hold.
    pub fn body(self, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self { draft: self.draft.body(content_type, body.into()) }
    }

    /// Says when a failed attempt may be repeated.
    ///
    /// Without it a GET or HEAD is [`Repeat::Read`] and everything else [`Repeat::Once`].
    ///
    /// # Errors
    /// On await, `Error::Request` for [`Repeat::Keyed`] at Apideck, which takes no idempotency keys.
    pub fn repeat(self, repeat: Repeat) -> Self {
        let operation = self.draft.operation();
        let (method, path) = (operation.method(), operation.path());
        let described = Operation::of_request(operation.id(), operation.provider(), method, path, repeat);
        Self { draft: self.draft.described(described) }
    }

    /// The call, whose answer is JSON that is read as a `T`.
    ///
    /// An answer that does not fit is treated as everywhere: an optional member that is not understood reads as absent, an
    /// item that is not leaves its list, and [`Response::unread`](crate::Response::unread) tells of both. A member that
    /// `T` cannot do without is `Error::Decode`.
    pub fn returns<T: DeserializeOwned>(self) -> Call<T> {
        Call::new(self.draft, Reader::Json(|text| serde_json::from_str(text), |_, _| {}))
    }

    /// The call, whose answer is its body as it came, decompressed and not decoded.
    pub fn returns_bytes(self) -> Call<Bytes> {
        Call::new(self.draft, Reader::Answer(|answer| std::mem::take(&mut answer.body)))
    }

    /// The call, whose answer says nothing but that it succeeded.
    pub fn returns_nothing(self) -> Call<()> {
        self.draft.returns_nothing()
    }

    /// The call, whose answer is a body of any kind and length.
    pub fn downloads(self) -> Call<Download> {
        self.draft.downloads()
    }
}

impl fmt::Debug for RequestBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.draft.operation();
        f.debug_struct("RequestBuilder")
            .field("method", operation.method())
            .field("path", &operation.path())
            .finish_non_exhaustive()
    }
}

/// Why this is no path below a base URL, if it is none.
fn mistake_in(path: &str) -> Option<&'static str> {
    let Some(below) = path.strip_prefix('/') else { return Some("does not begin with a slash") };
    if below.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return Some("has a segment that is empty or dots");
    }
    let mut rest = below;
    loop {
        let (literal, placeholder) =
            rest.split_once('{').map_or((rest, None), |(literal, rest)| (literal, Some(rest)));
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte);
        if !literal.bytes().all(is_plain) {
            return Some("holds what only an id or a query may: give it to `path` or `query`");
        }
        // Without one it has come to the end, and found no mistake.
        rest = match placeholder?.split_once('}') {
            Some((name, rest)) if !name.is_empty() && !name.contains(['{', '/']) => rest,
            _ => return Some("has a placeholder without a name or an end"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_segments_and_placeholders() {
        for good in ["/a", "/a/{id}", "/{a}/{b}/c", "/a/{id}:run", "/a.b/~c", "/@{a}{b}"] {
            assert_eq!(mistake_in(good), None, "{good}");
        }
        for bad in [
            "",
            "/",
            "a",
            "https://a.example/b",
            "//a.example",
            "/a//b",
            "/a/",
            "/.",
            "/a/../b",
            "/a?b=c",
            "/a#b",
            "/a b",
            "/%2e%2e/a",
            "/a/{",
            "/a/}",
            "/a/{}",
            "/a/{b",
            "/a/{b/c}",
            "/a/{{b}}",
            "/é",
            "/a\\b",
            "/a\r\nb",
        ] {
            assert!(mistake_in(bad).is_some(), "{bad}");
        }
    }
}
