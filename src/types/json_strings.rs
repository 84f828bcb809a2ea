//! Strings of JSON that are none.

use serde_json::Deserializer;
use std::{ops::Range, str};

/// The JSON with each of its strings written in the one way in which we write them, so that they can be found.
pub(crate) fn plain_strings(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, string)) = rest.find('"').and_then(|start| rest.split_at_checked(start)) {
        plain.push_str(before);
        let mut strings = Deserializer::from_str(string).into_iter::<String>();
        let text = strings.next().and_then(Result::ok);
        let end = if text.is_some() { strings.byte_offset() } else { string.len() };
        let (written, after) = string.split_at_checked(end).unwrap_or((string, ""));
        match text.and_then(|text| serde_json::to_string(&text).ok()) {
            Some(text) => plain.push_str(&text),
            None => plain.push_str(written),
        }
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// The text with its strings repaired, empty where nothing was to be repaired.
///
/// What is no UTF-8 and half a surrogate pair become U+FFFD; control characters and unknown escapes stand for themselves.
/// `None` where the repaired text would be over the limit.
pub(crate) fn repaired_strings(text: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut edited = Edited { text, limit: limit.max(text.len()), repaired: Vec::new(), copied: 0 };
    let (mut at, mut is_string) = (0, false);
    for chunk in text.utf8_chunks() {
        let end = at + chunk.valid().len();
        while let Some(special) = text.get(at..end).and_then(special) {
            at += special;
            let rest = text.get(at..end)?;
            let (length, replacement) = match rest.first()? {
                b'"' => {
                    is_string = !is_string;
                    (1, None)
                }
                b'\\' if is_string => escape(rest),
                control @ ..b' ' if is_string => (1, Some(format!("\\u{control:04x}"))),
                _ => (1, None),
            };
            if let Some(replacement) = replacement {
                edited.replace(at..at + length, &replacement)?;
            }
            at += length;
        }
        at = end;
        if !chunk.invalid().is_empty() {
            edited.replace(at..at + chunk.invalid().len(), "\u{fffd}")?;
            at += chunk.invalid().len();
        }
    }
    if edited.copied > 0 {
        edited.replace(text.len()..text.len(), "")?;
    }
    Some(edited.repaired)
}

/// A text that is copied with replacements, from the first one on.
struct Edited<'a> {
    text: &'a [u8],
    limit: usize,
    repaired: Vec<u8>,
    /// How much of the text is copied or replaced.
    copied: usize,
}

impl Edited<'_> {
    /// `None` where the result is over the limit.
    fn replace(&mut self, range: Range<usize>, replacement: &str) -> Option<()> {
        if self.copied == 0 {
            self.repaired.reserve_exact(self.text.len());
        }
        self.repaired.extend_from_slice(self.text.get(self.copied..range.start)?);
        self.repaired.extend_from_slice(replacement.as_bytes());
        self.copied = range.end;
        (self.repaired.len() <= self.limit).then_some(())
    }
}

/// Where the next byte stands that may need repairing, or begins or ends a string.
fn special(text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))
}

/// How long an escape is, and what is to be written for it.
fn escape(text: &[u8]) -> (usize, Option<String>) {
    let unit = |text: Option<&[u8]>| {
        let digits = text?.strip_prefix(b"\\u").filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
        u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
    };
    match (text.get(1), unit(text.get(..6)), unit(text.get(6..12))) {
        (Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'), ..) => (2, None),
        (_, Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, None),
        (_, Some(0xd800..=0xdfff), _) => (6, Some("\\ufffd".to_owned())),
        (_, Some(_), _) => (6, None),
        // No escape of JSON's: the backslash stands for itself.
        _ => (1, Some("\\\\".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r20_strings_are_found_however_they_were_escaped() {
        let json = r#"{"key":"apideck\u002dkey-1","url":"https:\/\/a.example\/?a=1\u0026b=2","p\u00e4ss":["\u00e4\"",1.50,"\ud83d"]}"#;
        let plain =
            r#"{"key":"apideck-key-1","url":"https://a.example/?a=1&b=2","päss":["ä\"",1.50,"\ud83d"]}"#;
        assert_eq!(plain_strings(json), plain);
    }
}
