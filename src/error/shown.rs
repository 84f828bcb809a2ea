//! What of a vendor's words is fit for a log.

use super::redact::{redact, redact_lower_case};
use crate::Secret;

/// The text on one line, control characters escaped, cut after `limit` characters.
pub(super) fn printable(text: &str, limit: usize) -> String {
    // Without an end before the last byte, so that many are looked at together.
    let is_plain = || text.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'));
    if text.len() <= limit && is_plain() {
        return text.to_owned();
    }
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == limit {
            shown.push('…');
            break;
        }
        if character.is_control() || is_invisible(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Characters that break a line, turn its direction, or cannot be seen.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// What a server says outside its message, such as a header's value or a member's name, as an error shows it.
pub(crate) fn shown_aside(text: &str, secrets: &[Secret], sent: &[u8]) -> String {
    let [shown] = redact([text], secrets, sent);
    printable(&shown, 100)
}

/// An origin as an error shows it: its host is in lower case, whatever is echoed in it.
pub(crate) fn shown_origin(origin: &str, secrets: &[Secret], sent: &[u8]) -> String {
    printable(&redact_lower_case(origin, secrets, sent), SHOWN)
}

/// How much of a vendor's words is shown, in characters.
pub(super) const SHOWN: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_is_one_short_line() {
        assert_eq!(printable("a\nb\u{1b}[31mc\u{2028}", 300), "a\\nb\\u{1b}[31mc\\u{2028}");
        assert_eq!(printable("a\u{61c}b\u{ad}c\u{e0041}", 300), "a\\u{61c}b\\u{ad}c\\u{e0041}");
        assert_eq!(printable(&"é".repeat(400), 300).chars().count(), 301);
    }
}
