//! Apideck's pages by cursor, and the filters of its lists.

use super::invalid;
use crate::sandbox::exchange::{Asked, Reply, Step};
use crate::sandbox::object::object;
use crate::sandbox::store::Slice;
use http::StatusCode;
use serde_json::Value;
use url::form_urlencoded::Serializer;

/// How many items a page holds.
pub(super) fn page_size(asked: &Asked<'_>) -> Result<usize, Reply> {
    match asked.query("limit").map(str::parse) {
        None => Ok(20),
        Some(Ok(limit @ 1..=200)) => Ok(limit),
        Some(_) => Err(invalid("limit is no number from 1 to 200")),
    }
}

/// A page with cursors and links; a refusal where the cursor is none.
pub(super) fn page<T>(
    asked: &Asked<'_>,
    found: Option<Slice<'_, T>>,
    show: &dyn Fn(&str, &T) -> Value,
) -> Step {
    let Slice { items, previous, next } =
        found.ok_or_else(|| invalid("cursor is none that this list has given"))?;
    let mut data = Vec::new();
    for (id, item) in items {
        data.push(show(id, item));
    }
    Ok(page_of(asked, data, previous.as_deref(), next.as_deref()))
}

fn page_of(asked: &Asked<'_>, data: Vec<Value>, previous: Option<&str>, next: Option<&str>) -> Reply {
    let current = asked.query("cursor");
    let body = object!({
        "status_code": 200,
        "status": "OK",
        "meta": object!({
            "items_on_page": data.len(),
            "cursors": object!({ "previous": previous, "current": current, "next": next }),
        }),
        "links": object!({
            "previous": previous.map(|previous| link(asked, Some(previous))),
            "current": link(asked, current),
            "next": next.map(|next| link(asked, Some(next))),
        }),
        "data": data,
    });
    Reply::json(StatusCode::OK, body)
}

/// The same list from this cursor on.
fn link(asked: &Asked<'_>, cursor: Option<&str>) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(asked.query.iter().filter(|(name, _)| name != "cursor"));
    query.extend_pairs(cursor.map(|cursor| ("cursor", cursor)));
    let (path, query) = (asked.operation.path(), query.finish());
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{path}{mark}{query}", asked.base_url)
}

/// The value of a filter.
pub(super) fn filter<'a>(asked: &'a Asked<'_>, name: &str) -> Option<&'a str> {
    asked.query(&format!("filter[{name}]"))
}

/// A parameter that is true or false.
pub(super) fn flag(name: &str, value: Option<&str>) -> Result<Option<bool>, Reply> {
    match value {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(invalid(&format!("{name} is not a boolean"))),
    }
}

/// All values of a filter that may be there more than once.
pub(super) fn filters<'a>(asked: &'a Asked<'_>, name: &str) -> Vec<&'a str> {
    let name = format!("filter[{name}]");
    asked.query.iter().filter(|(known, _)| *known == name).map(|(_, value)| value.as_str()).collect()
}

/// A whole number, as which Apideck's own SDKs write `404.0` too.
pub(super) fn number(text: &str) -> Option<u16> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

/// A moment in Unix milliseconds.
pub(super) fn moment(name: &str, text: &str) -> Result<i64, Reply> {
    let moment: Result<jiff::Timestamp, _> = text.parse();
    moment.map(jiff::Timestamp::as_millisecond).map_err(|error| invalid(&format!("{name}: {error}")))
}

/// The filters that both lists of logs have.
pub(super) struct LogFilter<'a> {
    from: Option<i64>,
    to: Option<i64>,
    statuses: Option<Vec<u16>>,
    excluded: Vec<&'a str>,
}

impl<'a> LogFilter<'a> {
    pub(super) fn read(asked: &'a Asked<'_>, excluded: &str) -> Result<Self, Reply> {
        let date = |name| filter(asked, name).map(|text| moment(name, text)).transpose();
        let (from, to) = (date("start_date")?, date("end_date")?);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            return Err(invalid("end_date is before start_date"));
        }
        let several = filters(asked, "status_codes");
        if several.len() > 50 {
            return Err(invalid("status_codes are more than 50"));
        }
        let status = |text: &str| match number(text) {
            // A delivery that was not answered has the status 0.
            Some(status @ (0 | 100..=599)) => Ok(status),
            _ => Err(invalid("a status is no number from 100 to 599")),
        };
        let statuses: Vec<_> = filter(asked, "status_code").into_iter().chain(several).collect();
        let statuses = statuses.into_iter().map(status).collect::<Result<Vec<u16>, _>>()?;
        Ok(Self {
            from,
            to,
            statuses: Some(statuses).filter(|statuses| !statuses.is_empty()),
            excluded: filter(asked, excluded).map(|apis| apis.split(',').collect()).unwrap_or_default(),
        })
    }

    /// Whether it lets through what was then, with this status and of this unified API.
    pub(super) fn fits(&self, at: u64, status: u16, unified_api: &str) -> bool {
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        self.from.is_none_or(|from| from <= at)
            && self.to.is_none_or(|to| at <= to)
            && self.statuses.as_ref().is_none_or(|statuses| statuses.contains(&status))
            && !self.excluded.contains(&unified_api)
    }
}
