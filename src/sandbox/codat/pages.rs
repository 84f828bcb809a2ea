//! Codat's pages by number.

use super::refusal;
use crate::sandbox::exchange::{Asked, Reply};
use http::StatusCode;
use serde_json::{Value, json};

/// The number and the size of the page that is asked for.
pub(super) fn page_of(asked: &Asked<'_>) -> Result<(usize, usize), Reply> {
    let number = |key, default: usize, most: usize| match asked.query(key).map(str::parse::<usize>) {
        None => Ok(default),
        Some(Ok(number)) if (1..=most).contains(&number) => Ok(number),
        Some(_) => {
            let message = "Error processing request - not valid.";
            Err(refusal(asked.random, StatusCode::BAD_REQUEST, "ClientsApi", message))
        }
    };
    Ok((number("page", 1, usize::MAX)?, number("pageSize", 100, 5000)?))
}

/// A page with links to those beside it.
pub(super) fn page_json(path: &str, number: usize, size: usize, total: usize, results: Vec<Value>) -> Reply {
    let link = |number: usize| json!({ "href": format!("{path}?page={number}&pageSize={size}") });
    let mut links = json!({ "current": link(number), "self": { "href": path } });
    if let Some(links) = links.as_object_mut() {
        if number > 1 {
            links.insert("previous".to_owned(), link(number - 1));
        }
        if number.saturating_mul(size) < total {
            links.insert("next".to_owned(), link(number + 1));
        }
    }
    let body = json!({
        "results": results,
        "pageNumber": number,
        "pageSize": size,
        "totalResults": total,
        "_links": links,
    });
    Reply::json(StatusCode::OK, body)
}
