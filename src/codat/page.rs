use super::Query;
use crate::Unread;
use crate::call::Successor;
use crate::types::{list, model, request, setters, tells_unread, whole_number};
use serde::{Deserialize, Serialize};

/// One page of a list; [`Call::pages`](crate::Call::pages) walks all of them.
///
/// Source: <https://docs.codat.io/using-the-api/paging>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "T: Deserialize<'de>"))]
#[non_exhaustive]
pub struct Page<T> {
    /// What the page holds.
    #[serde(default, deserialize_with = "list")]
    pub results: Vec<T>,
    /// The number of the page, from 1.
    #[serde(default, deserialize_with = "whole_number")]
    pub page_number: Option<i64>,
    /// How many results a page holds at most.
    #[serde(default, deserialize_with = "whole_number")]
    pub page_size: Option<i64>,
    /// How many results there are on all pages.
    #[serde(default, deserialize_with = "whole_number")]
    pub total_results: Option<i64>,
    /// Where this page and those beside it are.
    #[serde(rename = "_links")]
    pub links: Option<PageLinks>,
    /// What of the answer was left out because it was not understood; empty as a rule.
    #[serde(skip)]
    pub unread: Vec<Unread>,
}

tells_unread!(Page<T>);

request! {
    /// Which page of a list, and how it is filtered and sorted.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ListOptions in camelCase {
        /// The number of the page, from 1; the first where it is not set.
        pub page: Option<u32>,
        /// How many results a page holds: 100 where it is not set, 5,000 at most.
        pub page_size: Option<u32>,
        /// Which results, by their members. Codat's guide sets a page size wherever it sets a query.
        pub query: Option<Query>,
        /// The member to sort by: `name` ascending, `-name` descending.
        pub order_by: Option<String>,
    }
}

impl ListOptions {
    /// All results.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        page: Option<u32>,
        page_size: Option<u32>,
        query: Option<Query>,
        order_by: Option<String>,
    }
}

model! {
    /// Where a page and those beside it are, relative to the base URL.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PageLinks {
        /// The page.
        pub current: Option<PageLink>,
        /// The list without a page.
        pub list: Option<PageLink> = "self",
        /// The page after; absent on the last.
        pub next: Option<PageLink>,
        /// The page before; absent on the first.
        pub previous: Option<PageLink>,
    }
}

model! {
    /// Where a page is.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PageLink {
        /// Path and query.
        pub href: Option<String>,
    }
}

impl PageLink {
    /// The number of the page that it leads to.
    fn number(&self) -> Option<u64> {
        let (_, query) = self.href.as_deref()?.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix("page="))?.parse().ok()
    }
}

impl<T> Page<T> {
    /// The number of the next page, where the counts say that there is one.
    fn number_after(&self) -> Option<u64> {
        let (number, size) = (self.page_number?, self.page_size?);
        let is_empty = self.results.is_empty() && self.unread.is_empty();
        let goes_on = number.checked_mul(size)? < self.total_results? && !is_empty;
        u64::try_from(number).ok()?.checked_add(1).filter(|_| goes_on)
    }
}

impl<T: Send + 'static> crate::call::Page for Page<T> {
    type Item = T;

    /// Of the link only the number is read. A list without links tells by its counts whether it goes on.
    fn successor(&self) -> Successor {
        let next = match &self.links {
            Some(links) => links.next.as_ref().and_then(PageLink::number),
            None => self.number_after(),
        };
        next.map_or(Successor::None, Successor::Number)
    }

    fn into_items(self) -> Vec<T> {
        self.results
    }
}
