//! Takes out of a vendor's words what must not be shown when the vendor echoes it.
//!
//! That is the client's credentials, and the texts and numbers of the request's body, as they are and as JSON writes
//! them. Words of under four characters stay: they would hit everything.

use super::shown::SHOWN;
use crate::Secret;
use memchr::{memchr_iter, memchr2};
use std::borrow::Cow;

const MARK: &str = "[REDACTED]";

/// How much of a text is read, in characters. Beyond this a long answer would cost more than anyone will read.
const READ: usize = 8 * SHOWN;

/// How much of a word is looked for, in bytes: a longer one that begins in what is read reaches beyond it.
const LONGEST: usize = 4 * READ;

/// The beginning of each text without the words that must not be shown: at least what is shown of it.
pub(super) fn redact<'a, const N: usize>(
    texts: [&'a str; N],
    secrets: &[Secret],
    sent: &[u8],
) -> [Cow<'a, str>; N] {
    let mut searches = texts.map(Search::new);
    if !sent.is_empty() {
        searches.iter_mut().for_each(Search::expect_many);
    }
    each_word(secrets, sent, &mut |word| searches.iter_mut().for_each(|search| search.hide(word)));
    searches.map(Search::into_shown)
}

/// The same for a text in which ASCII letters are in lower case, however they were echoed.
pub(super) fn redact_lower_case<'a>(text: &'a str, secrets: &[Secret], sent: &[u8]) -> Cow<'a, str> {
    let mut search = Search::new(text);
    search.expect_many();
    each_word(secrets, sent, &mut |word| search.hide(&word.to_ascii_lowercase()));
    search.into_shown()
}

/// Where words stand in a text.
///
/// A request may hold a million words, so each is looked up in the text, and not the text gone through for each.
struct Search<'a> {
    /// The text, as far as it is read or a word reaches that begins there.
    text: &'a str,
    /// Where what is read ends.
    end: usize,
    cut: bool,
    /// Which four bytes a place of the text may begin with, a bit for each hash, once there are many words.
    heads: Option<[u64; 64]>,
    /// The places of the text in the order of what begins there, once it is needed.
    places: Vec<usize>,
    /// Runs of `places`, sorted, with the longest word that begins at all of a run's. Of two runs one holds the other, or
    /// they have no place in common: there are never more than twice as many as places.
    found: Vec<((usize, usize), usize)>,
}

impl<'a> Search<'a> {
    fn new(text: &'a str) -> Self {
        // A text of so many bytes has no more characters.
        let far = (text.len() > READ).then(|| text.char_indices().nth(READ)).flatten();
        let end = far.map_or(text.len(), |(end, _)| end);
        let bound = (end + LONGEST..text.len()).find(|bound| text.is_char_boundary(*bound));
        let text = text.get(..bound.unwrap_or(text.len())).unwrap_or(text);
        Self { text, end, cut: end < text.len(), heads: None, places: Vec::new(), found: Vec::new() }
    }

    /// Makes looking up cheap for words that are not in the text.
    fn expect_many(&mut self) {
        let mut heads = [0; 64];
        for head in self.text.as_bytes().windows(4).take(self.end) {
            let (index, bit) = Self::head(head);
            if let Some(bits) = heads.get_mut(index) {
                *bits |= bit;
            }
        }
        self.heads = Some(heads);
    }

    fn may_hold(&self, word: &[u8]) -> bool {
        let Some(heads) = &self.heads else {
            let text = self.text.as_bytes();
            let begins = |at: usize| text.get(at..).is_some_and(|rest| rest.starts_with(word));
            return word.first().is_some_and(|first| memchr_iter(*first, text).any(begins));
        };
        let (index, bit) = Self::head(word);
        heads.get(index).is_some_and(|bits| bits & bit != 0)
    }

    /// Which bit stands for what begins with these bytes.
    fn head(bytes: &[u8]) -> (usize, u64) {
        let number = bytes.iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        let hash = number.wrapping_mul(0x9e37_79b1) >> 20;
        (hash as usize / 64, 1 << (hash % 64))
    }

    fn hide(&mut self, word: &str) {
        let word = word.as_bytes();
        let word = word.get(..LONGEST).unwrap_or(word);
        if !self.may_hold(word) {
            return;
        }
        let bytes = self.text.as_bytes();
        let rest = |place: usize| bytes.get(place..).unwrap_or_default();
        if self.places.is_empty() {
            self.places = self.text.char_indices().map(|(place, _)| place).take(READ).collect();
            self.places.sort_unstable_by(|one, other| rest(*one).cmp(rest(*other)));
        }
        let from = self.places.partition_point(|place| rest(*place) < word);
        let matching = self.places.get(from..).unwrap_or_default();
        let to = from + matching.partition_point(|place| rest(*place).starts_with(word));
        if from < to {
            let run = (from, to);
            let place = self.found.partition_point(|(known, _)| *known < run);
            match self.found.get_mut(place).filter(|(known, _)| *known == run) {
                Some((_, longest)) => *longest = word.len().max(*longest),
                None => self.found.insert(place, (run, word.len())),
            }
        }
    }

    /// The text with one mark for each stretch that words cover, where they overlap together.
    fn into_shown(self) -> Cow<'a, str> {
        if self.found.is_empty() {
            let read = self.text.get(..self.end).unwrap_or(self.text);
            return if self.cut { format!("{read}…").into() } else { read.into() };
        }
        let mut reach = vec![0; self.end];
        for ((from, to), length) in &self.found {
            for place in self.places.get(*from..*to).unwrap_or_default() {
                if let Some(reach) = reach.get_mut(*place) {
                    *reach = (*length).max(*reach);
                }
            }
        }
        let mut shown = String::new();
        let mut covered = 0;
        for (place, character) in self.text.char_indices().take(READ) {
            let length = reach.get(place).copied().unwrap_or_default();
            if place >= covered {
                if length > 0 { shown.push_str(MARK) } else { shown.push(character) }
            }
            covered = covered.max(if length > 0 { place + length } else { 0 });
        }
        if self.cut {
            shown.push('…');
        }
        shown.into()
    }
}

/// Every word that must not be shown.
fn each_word(secrets: &[Secret], sent: &[u8], hide: &mut impl FnMut(&str)) {
    let mut both = |word: &str| {
        if is_long(word) {
            hide(word);
            if let Some(escaped) = in_json(word) {
                hide(&escaped);
            }
        }
    };
    secrets.iter().for_each(|secret| both(secret.expose_secret()));
    each_text(&String::from_utf8_lossy(sent), &mut both);
}

fn is_long(word: &str) -> bool {
    word.chars().nth(3).is_some()
}

/// Every string and number in the JSON, as it says and as it writes it; names of members are not among them.
///
/// Read from the text: a number that is parsed may be written as another one, and nesting has no end here.
fn each_text(json: &str, hide: &mut impl FnMut(&str)) {
    let begins = |letter: char| letter == '"' || letter == '-' || letter.is_ascii_digit();
    let mut rest = json;
    while let Some((_, value)) = rest.find(begins).and_then(|start| rest.split_at_checked(start)) {
        if let Some(string) = value.strip_prefix('"') {
            let (written, after) = until_quote(string);
            rest = after;
            if rest.trim_ascii_start().starts_with(':') {
                continue;
            }
            let text =
                written.contains('\\').then(|| serde_json::from_str::<String>(&format!("\"{written}\"")));
            match text {
                Some(Ok(text)) => {
                    hide(&text);
                    // JSON in a text, which is shorter than the text as it was written: this has an end.
                    if text.starts_with(['{', '[']) {
                        each_text(&text, hide);
                    }
                    if is_long(&text) {
                        hide(written);
                    }
                }
                Some(Err(_)) | None => hide(written),
            }
        } else {
            let number = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
            rest = value.trim_start_matches(number);
            value.strip_suffix(rest).into_iter().for_each(&mut *hide);
        }
    }
}

/// What stands before the quote that ends this string, and what after it.
fn until_quote(string: &str) -> (&str, &str) {
    let mut at = 0;
    while let Some(found) = string.as_bytes().get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if let Some((written, rest)) = string.split_at_checked(at)
            && let Some(rest) = rest.strip_prefix('"')
        {
            return (written, rest);
        }
        at += 2;
    }
    (string, "")
}

/// The text as it stands between the quotes of JSON; `None` where that is the text itself.
pub(crate) fn in_json(word: &str) -> Option<String> {
    let is_escaped = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    if !word.bytes().any(is_escaped) {
        return None;
    }
    let quoted = serde_json::to_string(word).ok()?;
    Some(quoted.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*, sample::select};
    use serde_json::json;

    fn redacted(text: &str, secrets: &[&str], sent: &str) -> String {
        let secrets: Vec<Secret> = secrets.iter().copied().map(Secret::from).collect();
        let [shown] = redact([text], &secrets, sent.as_bytes());
        shown.into_owned()
    }

    #[test]
    fn r20_what_is_sent_as_json_in_a_text_is_hidden_too() {
        let headers =
            json!({ "authorization": "to\"ken-1", "more": json!({ "x": "to\"ken-2" }).to_string() });
        let sent = json!({ "headers": headers.to_string() }).to_string();
        let shown = redacted("no to\"ken-1, no to\\\"ken-2, no authorization", &[], &sent);
        assert_eq!(shown, "no [REDACTED], no [REDACTED], no authorization");
    }

    #[test]
    fn redaction_takes_the_longest_word_first() {
        let shown = redacted("secret-12 and secret-1 and no", &["secret-1", "secret-12", "no"], "");
        assert_eq!(shown, "[REDACTED] and [REDACTED] and no");
    }

    #[test]
    fn r20_what_was_sent_is_hidden_however_it_is_echoed() {
        let sent = json!({ "password": "pass\"wo\\rd\n", "pins": [482_913, true, null] }).to_string();
        let echo = format!("pass\"wo\\rd\n, 482913 in {sent}");
        let expected = r#"[REDACTED], [REDACTED] in {"password":"[REDACTED]","pins":[[REDACTED],true,null]}"#;
        assert_eq!(redacted(&echo, &[], &sent), expected);
        // Another writer of JSON may escape what need not be escaped.
        assert_eq!(redacted(r"caf\u00e9 café", &[], r#"["caf\u00e9"]"#), "[REDACTED] [REDACTED]");
        assert_eq!(redacted(r"half \ud83d", &[], r#"["half \ud83d"]"#), "[REDACTED]");
    }

    #[test]
    fn r20_numbers_are_hidden_as_they_were_written_however_deep() {
        let numbers = ["123456789012345678901234567890", "-6.860846860398661e217", "4829.10"];
        let sent = format!(r#"{{"pins":{}{}{}}}"#, "[".repeat(200), numbers.join(","), "]".repeat(200));
        for number in numbers {
            let shown = redacted(&format!("no account {number}"), &[], &sent);
            assert_eq!(shown, "no account [REDACTED]");
        }
    }

    #[test]
    fn r20_names_of_members_and_words_of_under_four_characters_stay() {
        let sent = r#"{"instance_url":"12\"","pin":123,"active":true, "name" : null}"#;
        assert_eq!(redacted(sent, &["abc"], sent), sent);
    }

    #[test]
    fn r20_a_redaction_does_not_look_into_its_own_marks() {
        let sent = json!(["secret", "[REDACTED]", "REDA", "][RE", "ACTE", "TED]"]).to_string();
        assert_eq!(redacted("a secret, a secret", &[], &sent), "a [REDACTED], a [REDACTED]");
        assert_eq!(redacted("secretsecret", &[], &sent), "[REDACTED][REDACTED]");
        assert_eq!(redacted(MARK, &[], &sent), MARK);
    }

    #[test]
    fn r20_of_a_long_text_the_beginning_is_read_and_nothing_hidden_is_left_at_its_end() {
        for length in [1, 10, 11, 300, LONGEST - 1, LONGEST, LONGEST + 1, 5 * LONGEST] {
            let secret = "geheim é".repeat(length / 8 + 1);
            for before in [0, 2000, READ - 3, READ - 1] {
                let text = format!("{}{secret}{}", "x".repeat(before), "y".repeat(3 * READ));
                let shown = redacted(&text, &[&secret], "");
                assert!(shown.starts_with(&format!("{}{MARK}", "x".repeat(before))), "{length} {before}");
                assert!(!shown.contains('g') && shown.ends_with('…'), "{length} {before}: {shown}");
                assert!(shown.chars().count() <= READ + MARK.len() + 1);
            }
        }
    }

    /// Among them those that are the worst for how they are looked up.
    #[test]
    fn r9_a_hundred_thousand_words_are_looked_up_in_one_text() {
        let count = 100_000;
        let rows = [
            (json!(vec!["aaaa"; count]), "a".repeat(5000)),
            (
                json!((0..count).map(|number| format!("user{number}")).collect::<Vec<_>>()),
                "user1 ".repeat(999),
            ),
            (json!((0..4000).map(|length| "a".repeat(length)).collect::<Vec<_>>()), "a".repeat(60_000)),
        ];
        for (sent, text) in rows {
            let sent = sent.to_string();
            let mut words = 0;
            each_word(&[], sent.as_bytes(), &mut |_| words += 1);
            assert!(words >= 3996);
            let shown = redacted(&text, &[], &sent);
            assert!(!shown.contains("aaaa") && !shown.contains("user"), "{shown}");
        }
    }

    /// What a redaction is, without regard to what it costs.
    fn model(text: &str, words: &[String]) -> String {
        let mut shown = String::new();
        let mut covered = 0;
        for (place, character) in text.char_indices().take(READ) {
            let begins = |word: &&String| text[place..].starts_with(word.as_str());
            let length = words.iter().filter(begins).map(String::len).max().unwrap_or_default();
            if place >= covered {
                if length > 0 { shown.push_str(MARK) } else { shown.push(character) }
            }
            covered = covered.max(if length > 0 { place + length } else { 0 });
        }
        if text.chars().count() > READ { shown + "…" } else { shown }
    }

    proptest! {
        #[test]
        fn r20_a_redaction_is_what_it_says(
            words in vec("[RED\\[\\]aé\"\\\\ ]{0,8}", 0..8),
            numbers in vec(any::<i16>(), 0..3),
            pieces in vec("[RED\\[\\]aé\"\\\\ 0-9]{0,6}", 0..12),
            picks in vec(any::<prop::sample::Index>(), 0..12),
            padding in select(&[0, 0, 0, READ - 20, READ - 3, READ, 2 * READ][..]),
        ) {
            let secrets: Vec<Secret> = words.iter().take(2).map(|word| word.as_str().into()).collect();
            let sent = json!({ "names": &words, "numbers": numbers }).to_string();
            let mut hidden = Vec::new();
            each_word(&secrets, sent.as_bytes(), &mut |word| hidden.push(word.to_owned()));
            let mut text = "x".repeat(padding);
            for (piece, pick) in pieces.iter().zip(&picks) {
                text += piece;
                text += words.get(pick.index(words.len() + 1)).map_or(MARK, String::as_str);
            }
            let [shown] = redact([&text], &secrets, sent.as_bytes());
            prop_assert_eq!(&shown, &model(&text, &hidden));
            let echoes: usize = hidden.iter().map(|word| text.matches(word.as_str()).count()).sum();
            prop_assert!(shown.len() <= text.len() + echoes * MARK.len() + '…'.len_utf8());
            if !text.contains("RED") {
                for part in shown.split(MARK) {
                    prop_assert!(!hidden.iter().any(|word| part.contains(word)), "{part:?}");
                }
            }
        }
    }
}
