//! What of a vendor's words is fit for a log.

use crate::Secret;
use serde_json::Deserializer;

/// The text on one line, control characters escaped, cut after `limit` characters.
pub(super) fn printable(text: &str, limit: usize) -> String {
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

/// What must not be shown when the vendor echoes it: the client's credentials and the texts of the request's body, as
/// they are and as JSON writes them, longest first.
///
/// Words of under four characters stay: they would hit everything.
pub(super) fn confidential(secrets: &[Secret], sent: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = secrets.iter().map(|secret| secret.expose_secret().to_owned()).collect();
    collect_texts(&String::from_utf8_lossy(sent), &mut words);
    words.retain(|word| word.chars().count() >= 4);
    let escaped: Vec<_> = words.iter().filter_map(|word| in_json(word)).collect();
    words.extend(escaped);
    words.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    words.dedup();
    words
}

/// What a server says outside its message, such as a header's value or a member's name, as an error shows it.
pub(crate) fn shown_aside(text: &str, secrets: &[Secret], sent: &[u8]) -> String {
    printable(&redact(text, &confidential(secrets, sent)), 100)
}

/// An origin as an error shows it: its host is in lower case, whatever is echoed in it.
pub(crate) fn shown_origin(origin: &str, secrets: &[Secret], sent: &[u8]) -> String {
    let mut hidden = confidential(secrets, sent);
    hidden.iter_mut().for_each(|word| word.make_ascii_lowercase());
    printable(&redact(origin, &hidden), SHOWN)
}

/// How much of a vendor's words is shown, in characters.
pub(super) const SHOWN: usize = 300;

/// The beginning of the text without the words in `hidden`: at least what is shown of it.
pub(super) fn redact(text: &str, hidden: &[String]) -> String {
    // Beyond this a long answer would cost more than anyone will read.
    const READ: usize = 8 * SHOWN;
    let longest = hidden.first().map_or(0, String::len);
    let end = text.char_indices().nth(READ.saturating_add(longest)).map(|(end, _)| end);
    let mut shown = text.get(..end.unwrap_or(text.len())).unwrap_or(text).to_owned();
    for word in hidden {
        if shown.contains(word) {
            shown = shown.replace(word, "[REDACTED]");
        }
    }
    if end.is_some() {
        // The cut may have left the beginning of a hidden word at the end.
        let kept = shown.len().saturating_sub(longest);
        let kept = (0..=kept).rev().find(|end| shown.is_char_boundary(*end)).unwrap_or(0);
        shown.truncate(kept);
        shown.push('…');
    }
    shown
}

/// The text as it stands between the quotes of JSON; `None` where that is the text itself.
pub(crate) fn in_json(word: &str) -> Option<String> {
    let quoted = serde_json::to_string(word).ok()?;
    let escaped = quoted.strip_prefix('"')?.strip_suffix('"')?;
    (escaped != word).then(|| escaped.to_owned())
}

/// Every string and number in the JSON, as it says and as it writes it; names of members are not among them.
///
/// Read from the text: a number that is parsed may be written as another one, and nesting has no end here.
fn collect_texts(json: &str, texts: &mut Vec<String>) {
    let begins = |letter: char| letter == '"' || letter == '-' || letter.is_ascii_digit();
    let mut rest = json;
    while let Some((_, value)) = rest.find(begins).and_then(|start| rest.split_at_checked(start)) {
        if value.starts_with('"') {
            let mut strings = Deserializer::from_str(value).into_iter::<String>();
            let Some(Ok(text)) = strings.next() else { return };
            rest = value.get(strings.byte_offset()..).unwrap_or_default();
            if !rest.starts_with(':') {
                texts.push(text);
            }
        } else {
            let number = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
            rest = value.trim_start_matches(number);
            texts.extend(value.strip_suffix(rest).map(str::to_owned));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_is_one_short_line() {
        assert_eq!(printable("a\nb\u{1b}[31mc\u{2028}", 300), "a\\nb\\u{1b}[31mc\\u{2028}");
        assert_eq!(printable("a\u{61c}b\u{ad}c\u{e0041}", 300), "a\\u{61c}b\\u{ad}c\\u{e0041}");
        assert_eq!(printable(&"é".repeat(400), 300).chars().count(), 301);
    }

    #[test]
    fn redaction_takes_the_longest_word_first() {
        let hidden = confidential(&["secret-1".into(), "secret-12".into(), "no".into()], b"");
        assert_eq!(redact("secret-12 and secret-1 and no", &hidden), "[REDACTED] and [REDACTED] and no");
    }

    #[test]
    fn r20_what_was_sent_is_hidden_however_it_is_echoed() {
        let sent = serde_json::json!({ "password": "pass\"wo\\rd\n", "pins": [482_913, true, null] });
        let echo = format!("pass\"wo\\rd\n, 482913 in {sent}");
        let hidden = confidential(&[], sent.to_string().as_bytes());
        let expected = r#"[REDACTED], [REDACTED] in {"password":"[REDACTED]","pins":[[REDACTED],true,null]}"#;
        assert_eq!(redact(&echo, &hidden), expected);
    }

    #[test]
    fn r20_numbers_are_hidden_as_they_were_written_however_deep() {
        let numbers = ["123456789012345678901234567890", "-6.860846860398661e217", "4829.10"];
        let sent = format!(r#"{{"pins":{}{}{}}}"#, "[".repeat(200), numbers.join(","), "]".repeat(200));
        for number in numbers {
            let hidden = confidential(&[], sent.as_bytes());
            assert_eq!(redact(&format!("no account {number}"), &hidden), "no account [REDACTED]");
        }
    }

    #[test]
    fn r20_names_of_members_and_words_of_under_four_characters_stay() {
        let hidden = confidential(&[], br#"{"instance_url":"12\"","pin":123,"active":true}"#);
        assert_eq!(hidden, [""; 0]);
    }
}
