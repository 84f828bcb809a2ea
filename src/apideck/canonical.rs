//! The text that Apideck signs: the body as JavaScript writes it once its keys are sorted.
//!
//! Apideck documents it as code: `JSON.parse`, a copy of each object with its keys in order, `JSON.stringify`. So the text
//! has to be JavaScript's, byte for byte. Sources: ECMAScript, `JSON.parse`, `JSON.stringify`, `Number::toString` and
//! `OrdinaryOwnPropertyKeys`: <https://tc39.es/ecma262/>.

use std::{cmp::Ordering, fmt::Write, ops::Range, str};

/// How deep the body may be nested. serde_json reads nothing deeper either.
const DEPTH: usize = 128;

/// How many numbers of more than [`DIGITS`] digits a body may hold, zeros at their beginning aside. The nearest double of
/// such a number can take as long to find as that of a hundred others. JavaScript writes none below 10^19.
const LONG_NUMBERS: usize = 1000;

/// As many as always fit into 64 bits.
const DIGITS: usize = 19;

/// The object that `__proto__` stands for in JavaScript.
const PROTO: &str = "__proto__";

/// Whether objects in arrays have their keys sorted: Apideck's prose says so, its code does not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrays {
    /// As they came.
    Untouched,
    /// Sorted too.
    Descended,
}

/// A body that JavaScript can parse, ready to be written.
pub(crate) struct Parsed<'a> {
    text: &'a str,
    values: Vec<Value>,
}

/// A value in the text; an object's keys are values too. What it holds follows it.
struct Value {
    start: usize,
    end: usize,
    /// The index of the value after it and all that it holds.
    next: usize,
}

impl<'a> Parsed<'a> {
    /// `None` where the body is no JSON to JavaScript, is nested too deep, or has too many long numbers.
    pub(crate) fn new(body: &'a [u8]) -> Option<Self> {
        let text = str::from_utf8(body).ok()?;
        let mut parser = Parser { text, at: 0, values: Vec::new(), long_numbers: 0 };
        parser.value(DEPTH)?;
        parser.skip_space();
        (parser.at == text.len()).then_some(Self { text, values: parser.values })
    }

    /// The text that is signed.
    pub(crate) fn written(&self, arrays: Arrays) -> String {
        let mut written = String::with_capacity(self.text.len());
        self.write(0, Some(arrays), &mut written);
        written
    }

    /// Writes a value; with sorted keys where it says what becomes of arrays. It goes no deeper than the parser did.
    fn write(&self, index: usize, sorted: Option<Arrays>, out: &mut String) {
        let text = self.source(index);
        match text.as_bytes().first() {
            Some(b'{') => self.write_object(index, sorted, out),
            Some(b'[') => {
                let sorted = sorted.filter(|arrays| *arrays == Arrays::Descended);
                out.push('[');
                for (place, item) in self.within(index, 1).enumerate() {
                    out.push_str(if place > 0 { "," } else { "" });
                    self.write(item, sorted, out);
                }
                out.push(']');
            }
            Some(b'"') => write_string(text, out),
            Some(b'-' | b'0'..=b'9') => write_number(text, out),
            _ => out.push_str(text),
        }
    }

    fn write_object(&self, index: usize, sorted: Option<Arrays>, out: &mut String) {
        let keys = self.within(index, 2).map(|key| Key::new(self.source(key), key.saturating_add(1)));
        out.push('{');
        for (place, Key { text, value, .. }) in in_order(keys.collect(), sorted.is_some()).iter().enumerate()
        {
            out.push_str(if place > 0 { "," } else { "" });
            write_string(text, out);
            out.push(':');
            self.write(*value, sorted, out);
        }
        out.push('}');
    }

    fn source(&self, index: usize) -> &'a str {
        self.values.get(index).and_then(|value| self.text.get(value.start..value.end)).unwrap_or_default()
    }

    /// Every `step`th value directly within this one.
    fn within(&self, index: usize, step: usize) -> impl Iterator<Item = usize> {
        let next = |index: usize| self.values.get(index).map_or(usize::MAX, |value| value.next);
        let end = next(index);
        let first = index.saturating_add(1);
        let after = move |index: &usize| Some((0..step).fold(*index, |index, _| next(index)));
        std::iter::successors(Some(first), after).take_while(move |index| *index < end)
    }
}

/// A member of an object.
struct Key<'a> {
    /// As it stands in the body, quotes and escapes included.
    text: &'a str,
    /// ASCII without escapes, whose bytes compare as its UTF-16 units do.
    is_plain: bool,
    /// What the key is as an index of an array: JavaScript lists those first.
    array_index: Option<u32>,
    /// The index of the member's value.
    value: usize,
}

impl<'a> Key<'a> {
    fn new(text: &'a str, value: usize) -> Self {
        let is_plain = text.is_ascii() && !text.contains('\\');
        Self { text, is_plain, array_index: array_index(text), value }
    }

    /// As JavaScript compares strings, by their UTF-16 units.
    fn compare(&self, other: &Self) -> Ordering {
        if self.is_plain && other.is_plain {
            return inner(self.text).cmp(inner(other.text));
        }
        units(self.text).cmp(units(other.text))
    }

    fn is_proto(&self) -> bool {
        if self.is_plain { inner(self.text) == PROTO } else { units(self.text).eq(PROTO.encode_utf16()) }
    }
}

/// The members in the order in which JavaScript writes them: of several with one key the last, in the place of the first.
fn in_order(mut keys: Vec<Key<'_>>, sorted: bool) -> Vec<Key<'_>> {
    let is_rising = keys.is_sorted_by(|one, other| one.compare(other) == Ordering::Less);
    if !is_rising || keys.iter().any(|key| key.array_index.is_some()) {
        keys = merged(keys, sorted);
    }
    if sorted {
        // In the copy it is no key: to set it sets what the copy inherits from.
        keys.retain(|key| !key.is_proto());
    }
    keys
}

/// Sorts by key, then back to where each key came first.
fn merged(keys: Vec<Key<'_>>, sorted: bool) -> Vec<Key<'_>> {
    let mut placed: Vec<(usize, Key<'_>)> = keys.into_iter().enumerate().collect();
    placed.sort_by(|(_, one), (_, other)| one.compare(other));
    placed.dedup_by(|(_, later), (_, first)| {
        let is_same = later.compare(first) == Ordering::Equal;
        if is_same {
            first.value = later.value;
        }
        is_same
    });
    let index = |key: &Key<'_>| key.array_index.map_or(u64::MAX, u64::from);
    placed.sort_by_key(|(place, key)| (index(key), if sorted { 0 } else { *place }));
    placed.into_iter().map(|(_, key)| key).collect()
}

/// A whole number from 0 to 2^32 - 2, written in the one way.
fn array_index(text: &str) -> Option<u32> {
    if !inner(text).starts_with(|first: char| first.is_ascii_digit() || first == '\\') {
        return None;
    }
    let units: Vec<u16> = units(text).take(11).collect();
    let text = String::from_utf16(&units).ok()?;
    let index: u32 = text.parse().ok()?;
    (index < u32::MAX && index.to_string() == text).then_some(index)
}

/// The UTF-16 units that a string in JSON stands for.
fn units(text: &str) -> impl Iterator<Item = u16> {
    pieces(text).flat_map(|piece| {
        let mut room = [0; 2];
        let units = match piece {
            Piece::Char(char) => char.encode_utf16(&mut room).len(),
            Piece::Unit(unit) => {
                room = [unit, 0];
                1
            }
        };
        room.into_iter().take(units)
    })
}

/// Part of a string: a character, or half of a surrogate pair.
enum Piece {
    Char(char),
    Unit(u16),
}

/// What stands between the quotes, its escapes read.
fn pieces(text: &str) -> impl Iterator<Item = Piece> {
    let mut rest = inner(text).chars();
    std::iter::from_fn(move || {
        let first = rest.next()?;
        if first != '\\' {
            return Some(Piece::Char(first));
        }
        Some(match rest.next()? {
            'b' => Piece::Char('\u{8}'),
            'f' => Piece::Char('\u{c}'),
            'n' => Piece::Char('\n'),
            'r' => Piece::Char('\r'),
            't' => Piece::Char('\t'),
            'u' => {
                let (unit, after) = unit(rest.as_str())?;
                rest = after.chars();
                let low = after.strip_prefix("\\u").and_then(self::unit);
                let pair = low.and_then(|(low, after)| {
                    Some((
                        char::decode_utf16([unit, low]).next()?.ok().filter(|char| *char > '\u{ffff}')?,
                        after,
                    ))
                });
                match (pair, char::from_u32(unit.into())) {
                    (Some((char, after)), _) => {
                        rest = after.chars();
                        Piece::Char(char)
                    }
                    (None, Some(char)) => Piece::Char(char),
                    (None, None) => Piece::Unit(unit),
                }
            }
            itself => Piece::Char(itself),
        })
    })
}

/// Four digits of hex, and what follows them.
fn unit(text: &str) -> Option<(u16, &str)> {
    let (digits, after) = text.split_at_checked(4)?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    Some((u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)?, after))
}

/// What stands between the quotes.
fn inner(text: &str) -> &str {
    text.get(1..text.len().saturating_sub(1)).unwrap_or_default()
}

fn write_string(text: &str, out: &mut String) {
    if !text.contains('\\') {
        // It is as JavaScript writes it: what would be escaped could not stand there.
        out.push_str(text);
        return;
    }
    out.push('"');
    for piece in pieces(text) {
        let escape = match piece {
            Piece::Char('"') => "\\\"",
            Piece::Char('\\') => "\\\\",
            Piece::Char('\u{8}') => "\\b",
            Piece::Char('\u{c}') => "\\f",
            Piece::Char('\n') => "\\n",
            Piece::Char('\r') => "\\r",
            Piece::Char('\t') => "\\t",
            Piece::Char(control @ ..' ') => {
                write_unit(control as u16, out);
                continue;
            }
            Piece::Unit(unit) => {
                write_unit(unit, out);
                continue;
            }
            Piece::Char(char) => {
                out.push(char);
                continue;
            }
        };
        out.push_str(escape);
    }
    out.push('"');
}

fn write_unit(unit: u16, out: &mut String) {
    // A `String` takes everything.
    let _ = write!(out, "\\u{unit:04x}");
}

/// Writes a number as JavaScript writes the double next to it.
fn write_number(text: &str, out: &mut String) {
    if text.len() <= 15 && !text.starts_with('-') && text.bytes().all(|byte| byte.is_ascii_digit()) {
        out.push_str(text);
        return;
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => out.push_str(ryu_js::Buffer::new().format_finite(number)),
        // Too large for a double: infinite, which JSON has no word for.
        _ => out.push_str("null"),
    }
}

/// Reads JSON as `JSON.parse` does.
struct Parser<'a> {
    text: &'a str,
    at: usize,
    values: Vec<Value>,
    long_numbers: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn skip(&mut self, fits: impl Fn(u8) -> bool) -> Range<usize> {
        let start = self.at;
        while self.peek().is_some_and(&fits) {
            self.at += 1;
        }
        start..self.at
    }

    fn skip_space(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    /// A value that holds others at most so deep; `None` where there is none.
    fn value(&mut self, depth: usize) -> Option<()> {
        self.skip_space();
        let (index, start) = (self.values.len(), self.at);
        self.values.push(Value { start, end: start, next: 0 });
        match self.peek()? {
            b'{' => self.members(depth.checked_sub(1)?, b'}', |parser, depth| {
                parser.key()?;
                parser.skip_space();
                parser.take(b':')?;
                parser.value(depth)
            }),
            b'[' => self.members(depth.checked_sub(1)?, b']', Self::value),
            b'"' => self.string(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }?;
        let (end, next) = (self.at, self.values.len());
        let value = self.values.get_mut(index)?;
        (value.end, value.next) = (end, next);
        Some(())
    }

    /// What stands between brackets, with commas between.
    fn members(
        &mut self,
        depth: usize,
        end: u8,
        member: impl Fn(&mut Self, usize) -> Option<()>,
    ) -> Option<()> {
        self.at += 1;
        self.skip_space();
        if self.take(end).is_some() {
            return Some(());
        }
        loop {
            member(self, depth)?;
            self.skip_space();
            if self.take(end).is_some() {
                return Some(());
            }
            self.take(b',')?;
        }
    }

    fn key(&mut self) -> Option<()> {
        self.skip_space();
        let (start, next) = (self.at, self.values.len() + 1);
        self.string()?;
        self.values.push(Value { start, end: self.at, next });
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        self.take(b'"')?;
        loop {
            self.skip(|byte| !matches!(byte, b'"' | b'\\' | ..b' '));
            if self.take(b'"').is_some() {
                return Some(());
            }
            self.take(b'\\')?;
            let escape = self.peek()?;
            self.at += 1;
            match escape {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                b'u' => {
                    unit(self.text.get(self.at..)?)?;
                    self.at += 4;
                }
                _ => return None,
            }
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    fn number(&mut self) -> Option<()> {
        let _ = self.take(b'-');
        let whole = self.digits()?;
        let start = whole.start;
        if whole.len() > 1 && self.text.get(whole)?.starts_with('0') {
            return None;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        let digits = self.text.get(start..self.at)?.trim_start_matches(['0', '.']);
        if digits.len() - usize::from(digits.contains('.')) > DIGITS {
            self.long_numbers += 1;
            if self.long_numbers > LONG_NUMBERS {
                return None;
            }
        }
        if self.take(b'e').or_else(|| self.take(b'E')).is_some() {
            let _ = self.take(b'-').or_else(|| self.take(b'+'));
            self.digits()?;
        }
        Some(())
    }

    /// One digit at least.
    fn digits(&mut self) -> Option<Range<usize>> {
        Some(self.skip(|byte| byte.is_ascii_digit())).filter(|digits| !digits.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(body: &str) -> Option<String> {
        Some(Parsed::new(body.as_bytes())?.written(Arrays::Untouched))
    }

    #[test]
    fn r26_what_javascript_cannot_parse_has_no_canonical_form() {
        let bodies = [
            "",
            " ",
            "{",
            "}",
            "[",
            "[1,]",
            "{\"a\":1,}",
            "{\"a\"}",
            "{a:1}",
            "{'a':1}",
            "[1 2]",
            "01",
            "-",
            "-01",
            "+1",
            "1.",
            ".1",
            "1e",
            "1e+",
            "0x1",
            "1_0",
            "NaN",
            "Infinity",
            "nul",
            "nulll",
            "tru",
            "True",
            "\"",
            "\"\\\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "\"\\u+123\"",
            "\"\n\"",
            "\"\u{1f}\"",
            "\u{feff}{}",
            "{}\u{a0}",
            "{}\u{b}",
            "{} {}",
            "//\n{}",
            "{\"a\":1 \"b\":2}",
            "[,1]",
            "{,}",
            "{1:2}",
            "\"é",
            "é",
        ];
        for body in bodies {
            assert_eq!(written(body), None, "{body}");
        }
        assert!(Parsed::new(b"\"\xff\"").is_none(), "no UTF-8");
        assert_eq!(written(" \t\r\n{ \"b\" : [ ] , \"a\" : 1.0 } \n").as_deref(), Some("{\"a\":1,\"b\":[]}"));
    }

    #[test]
    fn r26_depth_is_bounded() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let nested = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(written(&nested(DEPTH)).unwrap(), nested(DEPTH));
            assert_eq!(written(&nested(DEPTH + 1)), None);
            assert_eq!(written(&open.repeat(1_000_000)), None);
        }
    }

    #[test]
    fn r26_long_numbers_are_bounded() {
        for number in ["12345678901234567891", "-0.010000000000000000000", "1.7976931348623157081452742e-305"]
        {
            let list = |count: usize| format!("[{}]", vec![number; count].join(","));
            assert!(written(&list(LONG_NUMBERS)).is_some());
            assert_eq!(written(&list(LONG_NUMBERS + 1)), None);
        }
        for number in ["1234567890.123456789e-300", "0.000012345678901234567", "1234567890123456800"] {
            assert!(written(&format!("[{}0]", format!("{number},").repeat(40_000))).is_some());
        }
    }

    #[test]
    fn r26_a_body_costs_no_more_than_a_few_times_its_length() {
        for body in [format!("[{}0]", "0,".repeat(500_000)), format!("[{}0]", "{\"\":0},".repeat(130_000))] {
            let parsed = Parsed::new(body.as_bytes()).unwrap();
            assert!(
                parsed.values.len() * size_of::<Value>() <= body.len() * 13,
                "{} values",
                parsed.values.len()
            );
            assert_eq!(parsed.written(Arrays::Descended), body);
        }
    }
}
