use crate::Unread;
use crate::call::Successor;
use crate::types::{list, request, setters, tells_unread};
use serde::{Deserialize, Serialize};

/// One page of a list; [`Call::pages`](crate::Call::pages) walks all of them.
///
/// Source: <https://docs.deck.co/api/pagination>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
#[non_exhaustive]
pub struct Page<T> {
    /// What the page holds. Items have no `request_id` of their own.
    #[serde(default, deserialize_with = "list")]
    pub data: Vec<T>,
    /// Whether a page follows.
    pub has_more: Option<bool>,
    /// The `cursor` of the page that follows.
    pub next_cursor: Option<String>,
    /// The id of the request, for Deck's support.
    pub request_id: Option<String>,
    /// What of the answer was left out because it was not understood; empty as a rule.
    #[serde(skip)]
    pub unread: Vec<Unread>,
}

tells_unread!(Page<T>);

impl<T: Send + 'static> crate::call::Page for Page<T> {
    type Item = T;

    /// Either of the two members ends the list.
    fn successor(&self) -> Successor {
        match &self.next_cursor {
            Some(cursor) if self.has_more != Some(false) && !cursor.is_empty() => {
                Successor::Cursor(cursor.clone())
            }
            _ => Successor::None,
        }
    }

    fn into_items(self) -> Vec<T> {
        self.data
    }
}

request! {
    /// Where a list begins, and how long its pages are: what every list takes.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ListOptions {
        /// How many items a page holds, from 1 to 100: 20 where it is not set.
        pub limit: Option<u32>,
        /// The `next_cursor` of the page before; the first page where it is not set.
        pub cursor: Option<String>,
    }
}

impl ListOptions {
    /// The whole list.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        limit: Option<u32>,
        cursor: Option<String>,
    }
}
