//! Codat's lists: filtered, sorted, and by page number.

use super::query::{Filter, sort};
use super::{invalid, ok, refusal, segment};
use crate::sandbox::exchange::{Asked, Reply, Step};
use crate::sandbox::object::object;
use crate::sandbox::route::placeholder;
use http::StatusCode;
use serde_json::Value;

/// The page that is asked for, of the items that `query` and `orderBy` leave.
///
/// A property that an item lacks is one that Codat does not know: what may be absent has to be null.
pub(super) fn list<T>(asked: &Asked<'_>, items: &[T], json: impl Fn(&T) -> Value) -> Step {
    list_of(asked, items.len(), &|place| items.get(place).map_or(Value::Null, &json))
}

/// The same of so many items, by their places.
fn list_of(asked: &Asked<'_>, total: usize, json: &dyn Fn(usize) -> Value) -> Step {
    let page = Page::of(asked)?;
    let (query, order) = (Filter::of(asked, "query")?, asked.query("orderBy"));
    if query.is_none() && order.is_none() {
        let places = (0..total).skip(page.skipped()).take(page.size);
        return page.holding(asked, total, places.map(json).collect());
    }
    let mut found = Vec::new();
    for item in (0..total).map(json) {
        let passes = query.as_ref().map_or(Ok(true), |query| query.lets_through(&item));
        if passes.map_err(|why| malformed(asked, &why))? {
            found.push(item);
        }
    }
    if let Some(order) = order {
        sort(&mut found, order).map_err(|why| malformed(asked, &why))?;
    }
    page.holding(asked, found.len(), found.into_iter().skip(page.skipped()).take(page.size).collect())
}

impl Filter {
    /// The query parameter of this name, read; `None` where it is not set.
    pub(super) fn of(asked: &Asked<'_>, name: &str) -> Result<Option<Self>, Reply> {
        asked.query(name).map(Self::read).transpose().map_err(|why| malformed(asked, &why))
    }
}

pub(super) fn malformed(asked: &Asked<'_>, why: &str) -> Reply {
    refusal(asked.random, StatusCode::BAD_REQUEST, "ClientsApi", why)
}

/// The page that is asked for.
#[derive(Clone, Copy)]
struct Page {
    number: usize,
    size: usize,
}

impl Page {
    fn of(asked: &Asked<'_>) -> Result<Self, Reply> {
        let number = |key, default: usize, most: usize| match asked.query(key).map(str::parse::<usize>) {
            None => Ok(default),
            Some(Ok(number)) if (1..=most).contains(&number) => Ok(number),
            Some(_) => Err(invalid(asked)),
        };
        Ok(Self { number: number("page", 1, usize::MAX)?, size: number("pageSize", 100, 5000)? })
    }

    fn skipped(self) -> usize {
        (self.number - 1).saturating_mul(self.size)
    }

    /// With links to those beside it, which are relative.
    fn holding(self, asked: &Asked<'_>, total: usize, results: Vec<Value>) -> Step {
        let Self { number, size } = self;
        let path = path(asked);
        let link = |number: usize| object!({ "href": format!("{path}?page={number}&pageSize={size}") });
        let mut links = object!({ "current": link(number), "self": object!({ "href": path }) });
        if let Some(links) = links.as_object_mut() {
            if number > 1 {
                links.insert("previous".to_owned(), link(number - 1));
            }
            if number.saturating_mul(size) < total {
                links.insert("next".to_owned(), link(number + 1));
            }
        }
        ok(object!({
            "results": results,
            "pageNumber": number,
            "pageSize": size,
            "totalResults": total,
            "_links": links,
        }))
    }
}

/// The path of the request: the template with its ids.
fn path(asked: &Asked<'_>) -> String {
    let mut ids = asked.ids.iter().map(|id| segment(id));
    let segments = asked.operation.path().split('/').map(|segment| match placeholder(segment) {
        Some(_) => ids.next().unwrap_or_default(),
        None => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}
