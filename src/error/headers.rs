use bytes::BytesMut;
use http::{HeaderMap, HeaderName, HeaderValue};

/// What an error keeps of its answer's headers.
pub(crate) struct KeptHeaders {
    pub(super) map: HeaderMap,
    /// Some did not fit.
    pub(super) cut: bool,
}

impl KeptHeaders {
    /// As HTTP/2 counts: name, value, and 32 bytes for each.
    const LIMIT: usize = 16 * 1024;

    /// Those that fit, in their order.
    ///
    /// As a copy: values are pieces of the buffer that the connection reads into, which may be far longer.
    pub(crate) fn of(headers: HeaderMap) -> Self {
        let size = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 32;
        let cut = headers.iter().map(size).sum::<usize>() > Self::LIMIT;
        let mut room = Self::LIMIT;
        let mut fits = |header| room.checked_sub(size(header)).map(|rest| room = rest).is_some();
        let mut map = if cut {
            headers
                .iter()
                .filter(|header| fits(*header))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        } else {
            headers
        };
        let mut values = BytesMut::with_capacity(map.values().map(HeaderValue::len).sum());
        map.values().for_each(|value| values.extend_from_slice(value.as_bytes()));
        let mut values = values.freeze();
        for value in map.values_mut() {
            let is_sensitive = value.is_sensitive();
            if let Ok(copy) = HeaderValue::from_maybe_shared(values.split_to(value.len())) {
                *value = copy;
                value.set_sensitive(is_sensitive);
            }
        }
        Self { map, cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn map(headers: &[(&'static str, usize)]) -> HeaderMap {
        let value = |length| HeaderValue::from_bytes(&vec![b'x'; length]).unwrap();
        headers.iter().map(|(name, length)| (HeaderName::from_static(name), value(*length))).collect()
    }

    #[test]
    fn r14_headers_that_fit_are_kept_and_the_others_cut() {
        let exact = KeptHeaders::LIMIT - 2 * (1 + 32);
        for (headers, kept, cut) in [
            (map(&[]), 0, false),
            (map(&[("a", 0), ("b", exact)]), 2, false),
            (map(&[("a", 0), ("b", exact + 1)]), 1, true),
            (map(&[("a", 300_000), ("b", 7), ("c", 300_000), ("d", 7)]), 2, true),
        ] {
            let found = KeptHeaders::of(headers.clone());
            assert_eq!((found.map.len(), found.cut), (kept, cut));
            assert!(found.map.iter().all(|(name, value)| headers[name] == value));
        }
        let mut many = HeaderMap::new();
        for _ in 0..2000 {
            many.append("set-cookie", HeaderValue::from_static(""));
        }
        let found = KeptHeaders::of(many);
        assert_eq!((found.map.len(), found.cut), (16 * 1024 / (10 + 32), true));
    }

    #[test]
    fn r14_what_is_kept_of_headers_is_a_copy() {
        let buffer = Bytes::from(vec![b'x'; 300_000]);
        let mut value = HeaderValue::from_maybe_shared(buffer.slice(..5)).unwrap();
        value.set_sensitive(true);
        let headers = HeaderMap::from_iter([(HeaderName::from_static("a"), value)]);
        let kept = KeptHeaders::of(headers);
        assert!(buffer.is_unique(), "nothing of the buffer is held");
        assert!(kept.map["a"] == "xxxxx" && kept.map["a"].is_sensitive());
    }
}
