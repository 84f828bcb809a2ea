//! What may be shown of an error.

use super::vendor::CREDENTIAL;
use crate::Error;

/// An error is one bounded line, holds no credential, and nothing that turns or breaks the line it is shown in.
pub(super) fn assert_loggable(error: &Error) {
    let line = error.to_string();
    let breaks = |shown: char| {
        let turns = matches!(shown, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        turns || shown.is_control() || matches!(shown, '\u{2028}' | '\u{2029}')
    };
    assert!(!line.contains(breaks), "{line:?}");
    // Code, message and request id, each of whose characters may be written as an escape.
    assert!(line.len() < 200 + 10 * (100 + 300 + 100), "{line:?}");
    assert_hidden(&line, CREDENTIAL);
    assert_hidden(&format!("{error:?} {error:#?}"), CREDENTIAL);
}

#[track_caller]
pub(super) fn assert_hidden(shown: &str, secret: &str) {
    assert!(!shown.contains(secret), "{secret:?} is shown: {shown:?}");
}
