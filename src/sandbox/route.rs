//! Which operation a path belongs to.

use crate::Provider;
use crate::operation::Operation;
use http::Method;
use std::sync::LazyLock;

/// The routes of all vendors.
pub(super) static ROUTES: LazyLock<Routes> = LazyLock::new(|| Routes::new(crate::operations()));

/// Operations by the method and path template that they are described with.
pub(super) struct Routes {
    /// The template that is more literal comes first: where two take one path, it is the first segment in which they
    /// differ that decides.
    operations: Vec<&'static Operation>,
}

impl Routes {
    fn new(all: impl Iterator<Item = &'static Operation>) -> Self {
        let is_literal = |operation: &Operation| -> Vec<bool> {
            operation.path().split('/').map(|segment| placeholder(segment).is_none()).collect()
        };
        let mut operations = Vec::<&'static Operation>::new();
        for operation in all {
            let literal = is_literal(operation);
            let place = operations.partition_point(|known| is_literal(known) >= literal);
            operations.insert(place, operation);
        }
        Self { operations }
    }

    /// The vendor's operation, and the ids of the path, decoded, in URL order.
    pub(super) fn find(
        &self,
        provider: Provider,
        method: &Method,
        path: &str,
    ) -> Option<(&'static Operation, Vec<String>)> {
        let segments: Vec<_> = path.split('/').collect();
        let is_meant =
            |operation: &Operation| operation.provider() == provider && operation.method() == method;
        let mut meant = self.operations.iter().filter(|operation| is_meant(operation));
        meant.find_map(|operation| Some((*operation, ids(operation, &segments)?)))
    }
}

/// The ids of a path that this operation has; `None` when it has not.
fn ids(operation: &Operation, segments: &[&str]) -> Option<Vec<String>> {
    let (mut ids, mut segments) = (Vec::new(), segments.iter());
    for expected in operation.path().split('/') {
        let segment = segments.next()?;
        if placeholder(expected).is_some() {
            ids.push(percent_decode(segment).filter(|id| !id.is_empty())?);
        } else if segment != &expected {
            return None;
        }
    }
    segments.next().is_none().then_some(ids)
}

/// The name in `{name}`.
pub(super) fn placeholder(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

pub(super) fn percent_decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, after @ ..] = tail else { return None };
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        bytes.push(u8::try_from(16 * digit(high)? + digit(low)?).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{ROUTES, Routes, percent_decode, placeholder};
    use crate::Provider;
    use crate::operation::{Operation, Repeat};
    use http::Method;

    const fn get(id: &'static str, path: &'static str) -> Operation {
        Operation::new(Provider::Codat, id, Method::GET, path, Repeat::Read)
    }

    static ANY: Operation = get("any", "/dataTypes/{dataType}/{id}/status");
    static CUSTOM: Operation = get("custom", "/dataTypes/custom/{id}/status");
    static CUSTOM_ALL: Operation = get("custom_all", "/dataTypes/custom/all/{what}");
    static INVOICES: Operation = get("invoices", "/dataTypes/{dataType}/invoices/status");
    static ONE: Operation = get("one", "/dataTypes/{id}");
    static DELETE_CUSTOM: Operation =
        Operation::new(Provider::Codat, "delete", Method::DELETE, "/dataTypes/custom", Repeat::Idempotent);

    #[test]
    fn a_literal_segment_goes_before_a_placeholder_and_the_first_decides() {
        let mut listed = [&ANY, &CUSTOM, &CUSTOM_ALL, &INVOICES, &ONE, &DELETE_CUSTOM];
        for _ in 0..2 {
            let routes = Routes::new(listed.into_iter());
            for (path, id, ids) in [
                ("/dataTypes/custom/7/status", "custom", &["7"][..]),
                ("/dataTypes/custom/invoices/status", "custom", &["invoices"]),
                ("/dataTypes/custom/all/status", "custom_all", &["status"]),
                ("/dataTypes/custom/all/since", "custom_all", &["since"]),
                ("/dataTypes/bills/invoices/status", "invoices", &["bills"]),
                ("/dataTypes/bills/7%2F8/status", "any", &["bills", "7/8"]),
                // The literal one is for another method.
                ("/dataTypes/custom", "one", &["custom"]),
            ] {
                let (found, found_ids) = routes.find(Provider::Codat, &Method::GET, path).unwrap();
                assert_eq!(
                    (found.id(), &found_ids[..]),
                    (id, &ids.iter().map(|id| id.to_string()).collect::<Vec<_>>()[..]),
                    "{path}"
                );
            }
            for path in ["/dataTypes", "/dataTypes/", "/dataTypes/a/b/c/status", "/dataTypes/%ff", ""] {
                assert!(routes.find(Provider::Codat, &Method::GET, path).is_none(), "{path}");
            }
            assert!(routes.find(Provider::Deck, &Method::GET, "/dataTypes/7").is_none());
            // In whatever order they are listed.
            listed.reverse();
        }
    }

    #[test]
    fn every_operation_is_found_by_its_own_path() {
        for operation in crate::operations() {
            let fill = |segment: &str| placeholder(segment).map_or(segment, |name| name).to_owned();
            let path = operation.path().split('/').map(fill).collect::<Vec<_>>().join("/");
            let names: Vec<_> = operation.path().split('/').filter_map(placeholder).collect();
            let (found, ids) = ROUTES.find(operation.provider(), operation.method(), &path).unwrap();
            assert!(std::ptr::eq(found, operation), "{path} is {found}'s and not {operation}'s");
            assert_eq!(ids, names);
        }
    }

    #[test]
    fn two_hexadecimal_digits_make_a_byte_and_nothing_else_does() {
        assert_eq!(percent_decode("a%2Fb%c3%A9%25").as_deref(), Some("a/bé%"));
        for broken in ["%", "%4", "%+a", "%-1", "%g0", "%0x", "%ff"] {
            assert_eq!(percent_decode(broken), None, "{broken}");
        }
    }
}
