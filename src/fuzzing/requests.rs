//! What a call makes of its arguments: where a request goes.

use super::loggable::{assert_hidden, assert_loggable};
use super::vendor::{BASE, CREDENTIAL, Played, builder, fill_places, places, send};
use crate::Error;
use crate::call::Draft;
use crate::operation::Operation;
use http::Uri;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::Url;

/// Longer addresses are refused.
const LONGEST_URI: usize = u16::MAX as usize - 1;

/// Ids, parted by 0xFF: each becomes exactly one segment of the path, or the call is refused.
pub fn path(data: &[u8]) {
    let ids: Vec<_> = data.split(|byte| *byte == 0xff).map(String::from_utf8_lossy).collect();
    for operation in crate::operations().filter(|operation| places(operation) > 0) {
        let template = operation.path();
        let used: Vec<_> = ids.iter().cycle().take(places(operation)).collect();
        let address = address(BASE, operation, |draft| used.iter().fold(draft, Draft::path));
        if used.iter().any(|id| leads_elsewhere(id)) {
            assert!(matches!(address, Err(Error::Request(_))), "{used:?}: {address:?}");
        } else if let Some(uri) = unless_too_long(address, data.len() * used.len()) {
            let segments = uri.path().strip_prefix("/v1").unwrap().split('/');
            assert_eq!(segments.clone().count(), template.split('/').count(), "{uri}");
            let mut used = used.into_iter();
            for (segment, name) in segments.zip(template.split('/')) {
                let expected = if name.starts_with('{') { used.next().unwrap() } else { name };
                assert_eq!(percent_decode_str(segment).decode_utf8().unwrap(), expected, "{uri}");
            }
            assert_eq!(uri.query(), None);
        }
    }
}

/// JSON, or text: as a member of a query it goes out as name and value of each leaf, and leaves the path alone.
pub fn query(data: &[u8]) {
    let json = serde_json::from_slice(data).unwrap_or_else(|_| String::from_utf8_lossy(data).into());
    let mut expected = Vec::new();
    collect_leaves("filter".to_owned(), &json, &mut expected);
    let Some(operation) = crate::operations().find(|operation| places(operation) == 0) else { return };
    let address = address(BASE, operation, |draft| draft.query(&json!({ "filter": json })));
    let length = expected.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
    if let Some(uri) = unless_too_long(address, length) {
        let url = Url::parse(&uri.to_string()).unwrap();
        assert_eq!(url.query_pairs().into_owned().collect::<Vec<_>>(), expected);
        assert_eq!(uri.path(), format!("/v1{}", operation.path()));
    }
}

/// A base URL: refused without showing what is secret in it, or a place below which every operation is.
pub fn base_url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for operation in crate::operations() {
        match address(&text, operation, |draft| fill_places(draft, operation)) {
            Err(error) => assert!(matches!(error, Error::Config(_)), "{text:?}: {error}"),
            // Of internationalised names nothing but the letters is looked at.
            Ok(uri) if uri.host().unwrap().contains("xn--") => {}
            Ok(uri) => {
                let (base, sent) = (Url::parse(&text).unwrap(), Url::parse(&uri.to_string()).unwrap());
                assert_eq!(sent.origin(), base.origin());
                assert!(sent.path().starts_with(base.path().trim_end_matches('/')), "{sent} is below {base}");
                let below = operation.path().split('{').next().unwrap();
                assert!(sent.path().contains(below), "{sent} is {below}");
            }
        }
    }
    let Ok(mut url) = Url::parse(&text) else { return };
    if url.set_password(Some(CREDENTIAL)).is_ok() {
        let builder = builder(url.as_str());
        assert_hidden(&format!("{builder:?}"), CREDENTIAL);
        assert_loggable(&builder.build().unwrap_err());
    }
}

/// What URL parsers take for "here" and "up", and nothing at all.
fn leads_elsewhere(id: &str) -> bool {
    matches!(&*id.to_ascii_lowercase().replace("%2e", "."), "" | "." | "..")
}

/// The leaves of a query, as a reader of forms would have them.
fn collect_leaves(key: String, value: &Value, leaves: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::String(text) => leaves.push((key, text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect_leaves(key.clone(), item, leaves)),
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| collect_leaves(format!("{key}[{name}]"), value, leaves));
        }
        Value::Bool(_) | Value::Number(_) => leaves.push((key, value.to_string())),
    }
}

/// `None` for an address that may be too long for one.
fn unless_too_long(address: Result<Uri, Error>, length: usize) -> Option<Uri> {
    match address {
        Ok(uri) => {
            assert_eq!(
                Url::parse(&uri.to_string()).unwrap().as_str(),
                uri.to_string(),
                "parsers leave it alone"
            );
            Some(uri)
        }
        Err(error) => {
            assert!(matches!(error, Error::Request(_)), "{error}");
            assert!(BASE.len() + 100 + 3 * length > LONGEST_URI, "{error}");
            None
        }
    }
}

/// Where a call of the operation goes.
fn address(
    base: &str,
    operation: &'static Operation,
    fill: impl FnOnce(Draft) -> Draft,
) -> Result<Uri, Error> {
    let (result, asked) =
        send(builder(base), Played::default(), |client| fill(client.engine().call(operation)));
    asked.map(|request| request.uri().clone()).ok_or_else(|| result.err().unwrap())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzzing::tests::hostile_text;
    use crate::types::any_json;
    use proptest::{collection::vec, prelude::*, sample::select};

    #[test]
    fn r1_a_query_leaves_the_path_alone_whenever_it_is_set() {
        let filter = json!({ "filter": { "id": "a/b" }, "limit": 2 });
        let query = "filter%5Bid%5D=a%2Fb&limit=2&cursor=c%26d";
        for operation in crate::operations() {
            let (id, places) = (operation.id(), places(operation));
            let segments = operation.path().split('/');
            let filled = segments.map(|segment| if segment.starts_with('{') { "id" } else { segment });
            let path = format!("/v1{}", filled.collect::<Vec<_>>().join("/"));
            let with_ids = |count, draft| (0..count).fold(draft, |draft: Draft, _| draft.path("id"));
            for before in 0..=places {
                let uri = address(BASE, operation, |draft| {
                    let draft = with_ids(before, draft).query(&filter);
                    with_ids(places - before, draft).query(&json!({ "cursor": "c&d" }))
                });
                let uri = uri.unwrap();
                assert_eq!((uri.path(), uri.query()), (&*path, Some(query)), "{id}");
            }
            let uri = address(BASE, operation, |draft| with_ids(places, draft.query(&json!({})))).unwrap();
            assert_eq!((uri.path(), uri.query()), (&*path, None), "{id}");
        }
    }

    proptest! {
        #[test]
        fn r1_paths_hold(ids in vec(prop_oneof!["(\\.|%2[eE]){0,3}", hostile_text()], 1..4)) {
            path(&ids.iter().map(String::as_bytes).collect::<Vec<_>>().join(&0xff));
        }

        #[test]
        fn queries_hold(json in any_json()) {
            query(json.to_string().as_bytes());
        }

        #[test]
        fn r6_base_urls_hold(
            scheme in select(&["http://", "https://", "HTTPS:\\\\", "ftp://", ""][..]),
            host in select(&["h", "127.0.0.1", "[::1]", "user@h", "h:8080", "é.example", ""][..]),
            rest in hostile_text(),
        ) {
            base_url(format!("{scheme}{host}{rest}").as_bytes());
            base_url(format!("{scheme}{host}/{rest}").as_bytes());
        }
    }
}
