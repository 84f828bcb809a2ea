use crate::call::{Draft, Page, Successor};
use crate::types::{List, model, tells_unread, whole_number};
use crate::{Call, JsonMap, Unread};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What Apideck wraps around every answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Envelope<T> {
    /// The answer itself.
    pub data: T,
    /// The HTTP status as the body has it.
    #[serde(default, deserialize_with = "whole_number")]
    pub status_code: Option<i64>,
    /// The status in words, such as `OK`.
    pub status: Option<String>,
    /// Cursors, counts and warnings.
    pub meta: Option<Meta>,
    /// Links to other pages.
    pub links: Option<Links>,
    /// The answer of the connected service, when it was asked for.
    #[serde(rename = "_raw")]
    pub raw: Option<JsonMap>,
    /// What of the answer was left out because it was not understood; empty as a rule.
    #[serde(skip)]
    pub unread: Vec<Unread>,
}

tells_unread!(Envelope<T>);

impl<T: Send + 'static> Page for Envelope<Vec<T>> {
    type Item = T;

    fn successor(&self) -> Successor {
        let cursors = self.meta.as_ref().and_then(|meta| meta.cursors.as_ref());
        let next = cursors.and_then(|cursors| cursors.next.clone());
        next.filter(|next| !next.is_empty()).map_or(Successor::None, Successor::Cursor)
    }

    fn into_items(self) -> Vec<T> {
        self.data
    }
}

impl<T> From<Envelope<List<T>>> for Envelope<Vec<T>> {
    fn from(envelope: Envelope<List<T>>) -> Self {
        let Envelope { data: List(data), status_code, status, meta, links, raw, unread } = envelope;
        Self { data, status_code, status, meta, links, raw, unread }
    }
}

impl Draft {
    /// The call, whose answer is one thing in its envelope.
    pub(super) fn returns_one<T: DeserializeOwned>(self) -> Call<Envelope<T>> {
        self.returns_with_unread::<Envelope<T>, _>()
    }

    /// The call, whose answer is a list in its envelope.
    pub(super) fn returns_list<T: DeserializeOwned>(self) -> Call<Envelope<Vec<T>>> {
        self.returns_with_unread::<Envelope<List<T>>, _>()
    }
}

model! {
    /// What an answer says about itself.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Meta {
        /// How many items `data` holds.
        pub items_on_page: Option<i64> as WholeNumber,
        /// Where this page stands among others.
        pub cursors: Option<Cursors>,
        /// How many items there are on all pages.
        pub total_count: Option<i64> as WholeNumber,
        /// Steps that failed without failing the call.
        pub warnings: Vec<Warning>,
    }
}

model! {
    /// Opaque positions in a paged list.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Cursors {
        /// The page before.
        pub previous: Option<String>,
        /// This page.
        pub current: Option<String>,
        /// The page after; absent on the last.
        pub next: Option<String>,
    }
}

model! {
    /// Ready URLs of other pages.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Links {
        /// The page before.
        pub previous: Option<String>,
        /// This page.
        pub current: Option<String>,
        /// The page after.
        pub next: Option<String>,
    }
}

model! {
    /// A step that failed without failing the call: some data may be missing.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Warning {
        /// The kind of warning, such as `downstream_request_failed`.
        pub kind: Option<String> = "type",
        /// The HTTP status of the connected service.
        pub status_code: Option<i64> as WholeNumber,
        /// The connected service's error, in short.
        pub error: Option<String>,
        /// The step that failed.
        pub operation: Option<String>,
        /// The connected service's error, in full.
        pub message: Option<String>,
    }
}
