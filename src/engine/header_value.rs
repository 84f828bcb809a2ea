//! What of a text may go into a header.

use crate::Secret;
use http::HeaderValue;

/// A header value of visible ASCII, or why it is not one.
pub(crate) fn visible(text: &str) -> Result<HeaderValue, &'static str> {
    let value = spaced(text)?;
    if text.contains(' ') { Err("holds bytes that are not visible ASCII") } else { Ok(value) }
}

/// A header value of visible ASCII with spaces within, as ids that people choose have them, or why it is not one.
pub(crate) fn spaced(text: &str) -> Result<HeaderValue, &'static str> {
    if text.is_empty() {
        return Err("is empty");
    }
    if text.starts_with(['\r', '\n']) || text.ends_with(['\r', '\n']) {
        return Err(
            "begins or ends with a line break, as a file's last line does: cut it off where it is read",
        );
    }
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err("begins or ends with a space");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err("holds bytes that are not visible ASCII");
    }
    HeaderValue::from_str(text).map_err(|_| "is not a header value")
}

/// [`visible`], marked so that nothing prints it.
pub(crate) fn sensitive(text: &str) -> Result<HeaderValue, &'static str> {
    let mut value = visible(text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The `Authorization` header for a key: as it is if it already reads `Basic …` or `Bearer …`, else what `encode`
/// makes of it. With it what must never be shown: the key as it was given and as it is sent, without the scheme.
pub(crate) fn authorization(
    key: &Secret,
    encode: impl FnOnce(&str) -> String,
) -> Result<(HeaderValue, Vec<Secret>), &'static str> {
    let key = key.expose_secret();
    let ready = key
        .split_once(' ')
        .filter(|(scheme, _)| ["basic", "bearer"].iter().any(|known| scheme.eq_ignore_ascii_case(known)));
    let given = ready.map_or(key, |(_, rest)| rest);
    visible(given)?;
    let text = if ready.is_some() { key.to_owned() } else { encode(key) };
    let mut value = HeaderValue::from_str(&text).map_err(|_| "is not a header value")?;
    value.set_sensitive(true);
    let sent = text.split_once(' ').map_or(text.as_str(), |(_, sent)| sent);
    Ok((value, vec![given.into(), sent.into()]))
}
