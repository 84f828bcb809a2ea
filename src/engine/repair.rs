//! Makes a body readable that has odd places in it.
//!
//! A place that is not understood is blanked out in the text, and the text is decoded again by the same code: there is no
//! second copy of every model that takes anything. A place is a pattern, such as `enabled` of every item of `data`, so
//! that the rounds are bounded by the model and not by the length of a list.

use super::json_path::{Place, Step, key_before, missing_member, read, text_length, unescaped};
use crate::types::repaired_strings;
use crate::{OtherJson, Unread};
use bytes::Bytes;
use serde::de::IgnoredAny;
use serde_json::error::Category;
use std::{ops::Range, slice::from_ref, str};

/// A body that is being repaired.
///
/// A carriage return stands in it for an item that was left out, so that the others keep their index.
pub(crate) struct Repairing {
    text: Vec<u8>,
    /// The longest text that repairing may make.
    limit: usize,
    /// Whether the strings of the text have been repaired.
    is_repaired: bool,
    /// Whether the text is known to be JSON: leaving out a part of it keeps it so.
    is_json: bool,
    rounds: u32,
    cuts: Cuts,
}

/// Why nothing more can be repaired.
pub(crate) struct Hopeless;

impl Repairing {
    /// How often a text is decoded at most.
    const ROUNDS: u32 = 1000;

    pub(crate) fn new(body: Bytes, limit: usize) -> Self {
        let mut text = Vec::from(body);
        blank_carriage_returns(&mut text);
        Self { text, limit, is_repaired: false, is_json: false, rounds: 0, cuts: Cuts::default() }
    }

    /// The text as far as it is repaired.
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The text, which is no UTF-8 before it was repaired once.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// Repairs what this error is about, and all that is like it; `None` stands for text that is no UTF-8.
    pub(crate) fn repair(&mut self, error: Option<&serde_json::Error>) -> Result<(), Hopeless> {
        self.rounds += 1;
        if self.rounds > Self::ROUNDS {
            return Err(Hopeless);
        }
        let is_syntax = error.is_none_or(|error| error.classify() == Category::Syntax);
        self.is_json = self.is_json || is_json(&self.text);
        if !self.is_repaired && (is_syntax || !self.is_json) {
            self.is_repaired = true;
            let repaired = repaired_strings(&self.text, self.limit).ok_or(Hopeless)?;
            let has_changed = !repaired.is_empty();
            if has_changed {
                self.text = repaired;
                self.is_json = is_json(&self.text);
            }
            // What is no JSON is not to be read as something by leaving out a part of it.
            if !self.is_json {
                return Err(Hopeless);
            }
            if has_changed {
                return Ok(());
            }
        }
        let fault = Fault::of(&self.text, error.ok_or(Hopeless)?).ok_or(Hopeless)?;
        let mut walk = Walk {
            text: &mut self.text,
            cuts: &mut self.cuts,
            fault: &fault,
            trail: Vec::new(),
            found: false,
            untold: 0,
        };
        if walk.repair() { Ok(()) } else { Err(Hopeless) }
    }

    /// What was left out, in the order of the text.
    pub(crate) fn unread(self) -> Vec<Unread> {
        let Cuts { told, more } = self.cuts;
        drop(self.text);
        let told = told.into_iter().map(|Cut { path, mut blanked, value, .. }| {
            blanked.truncate(value.end);
            blanked.drain(..value.start);
            Unread::one(path, String::from_utf8(blanked).ok().and_then(OtherJson::of_text))
        });
        told.chain(more.into_iter().map(|(path, count)| Unread::more(path, count))).collect()
    }
}

/// What is wrong, wherever it is found.
struct Fault {
    /// The list or object that holds what is wrong.
    parent: Vec<Step>,
    test: Test,
}

enum Test {
    /// This child, when it is of this kind.
    Kind(Step, Kind),
    /// This child, when it is an object without this member.
    Lacks(Step, String),
    /// Members of one of these names but the last.
    Repeated(Vec<String>),
    /// The child that begins here.
    At(usize),
}

impl Fault {
    /// Whether the value that begins here is wrong.
    fn is_about(&self, text: &[u8], at: usize) -> bool {
        match &self.test {
            Test::Kind(_, kind) => {
                text.get(at..value_end(text, at)).is_some_and(|value| Kind::of(value) == *kind)
            }
            Test::Lacks(_, name) => lacks(text, at, name),
            Test::At(_) | Test::Repeated(_) => false,
        }
    }

    fn child(&self) -> Option<&Step> {
        match &self.test {
            Test::Kind(step, _) | Test::Lacks(step, _) => Some(step),
            Test::At(_) | Test::Repeated(_) => None,
        }
    }

    /// What serde says in words only.
    fn of(text: &[u8], error: &serde_json::Error) -> Option<Self> {
        let said = error.to_string();
        let mut read = read(text, error);
        if said.starts_with("recursion limit") {
            // The bracket that was one too many is part of what was read.
            read = read.split_last().map_or(read, |(_, before)| before);
        }
        let mut place = Place::at_end(read);
        if said.starts_with("trailing c") {
            // A list of more items than a struct has members.
            place = place.parent();
        }
        if !place.is_whole() {
            return None;
        }
        let named = |what: &str| Some(said.strip_prefix(what)?.split_once('`')?.0.to_owned());
        let everywhere: Vec<Step> = place.steps.iter().map(Step::everywhere).collect();
        if let Some(name) = named("duplicate field `") {
            let names = [Some(name), key_before(text, error)].into_iter().flatten().collect();
            return Some(Self { parent: everywhere, test: Test::Repeated(names) });
        }
        if let Some(name) = missing_member(error) {
            let (child, parent) = everywhere.split_last()?;
            return Some(Self { parent: parent.to_vec(), test: Test::Lacks(child.clone(), name) });
        }
        // A list that is none of what is expected is refused when its first item is reached.
        for place in [&place, &place.clone().parent()] {
            let kind = Kind::of(text.get(place.value(text)?)?);
            if kind.is_meant_by(error, &said) {
                let everywhere: Vec<Step> = place.steps.iter().map(Step::everywhere).collect();
                let (child, parent) = everywhere.split_last()?;
                return Some(Self { parent: parent.to_vec(), test: Test::Kind(child.clone(), kind) });
            }
        }
        let (_, parent) = place.steps.split_last()?;
        Some(Self { parent: parent.to_vec(), test: Test::At(place.value(text)?.start) })
    }
}

impl Place {
    fn value(&self, text: &[u8]) -> Option<Range<usize>> {
        let start = after_space(text, self.start());
        (!self.steps.is_empty()).then(|| start..value_end(text, start))
    }
}

/// The kinds of values that serde tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Null,
    Boolean,
    Integer,
    /// A whole number over `i64::MAX`.
    Unsigned,
    Float,
    /// A number beyond what an `f64` holds.
    Infinite,
    Text,
    List,
    Object,
}

impl Kind {
    fn of(value: &[u8]) -> Self {
        match value.first() {
            Some(b'n') => Self::Null,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'"') => Self::Text,
            Some(b'[') => Self::List,
            Some(b'{') => Self::Object,
            _ => {
                let text = str::from_utf8(value).unwrap_or_default();
                match text.parse::<f64>() {
                    _ if text.parse::<i64>().is_ok() => Self::Integer,
                    _ if text.parse::<u64>().is_ok() => Self::Unsigned,
                    Ok(number) if number.is_finite() => Self::Float,
                    _ => Self::Infinite,
                }
            }
        }
    }

    /// Whether the error is about every value of this kind, and not about this one.
    fn is_meant_by(self, error: &serde_json::Error, said: &str) -> bool {
        if error.classify() == Category::Syntax {
            return match self {
                Self::Infinite => said.starts_with("number out of range"),
                Self::List => ["recursion limit", "trailing c"].iter().any(|begin| said.starts_with(begin)),
                Self::Object => said.starts_with("recursion limit"),
                _ => false,
            };
        }
        let word = match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Unsigned => return said.contains(": integer `"),
            Self::Float => "floating point",
            Self::Infinite => return false,
            Self::Text => "string",
            Self::List if said.starts_with("invalid length") => return true,
            Self::List => "sequence",
            Self::Object => "map",
        };
        said.strip_prefix("invalid type: ").is_some_and(|said| said.starts_with(word))
    }
}

/// What has been blanked out.
#[derive(Default)]
struct Cuts {
    /// In the order of the text.
    told: Vec<Cut>,
    /// How many more there are, sorted by the pattern of their place.
    more: Vec<(String, usize)>,
}

struct Cut {
    start: usize,
    path: String,
    blanked: Vec<u8>,
    /// The value in it.
    value: Range<usize>,
    /// A comma before it that is blanked out too.
    comma: Option<usize>,
}

/// A walk over the text that blanks out what a fault is about.
struct Walk<'a> {
    text: &'a mut Vec<u8>,
    cuts: &'a mut Cuts,
    fault: &'a Fault,
    /// Where the walk is.
    trail: Vec<Step>,
    found: bool,
    /// What was left out and is not told one by one.
    untold: usize,
}

impl Walk<'_> {
    /// How many places are told one by one.
    const TOLD: usize = 1000;

    fn repair(&mut self) -> bool {
        let start = after_space(self.text, 0);
        self.find(start, &self.fault.parent);
        if self.untold > 0 {
            let steps = self.fault.parent.iter().chain(self.fault.child());
            let path = Place::new(steps.map(Step::everywhere).collect()).to_string();
            let more = &mut self.cuts.more;
            let place = more.partition_point(|(known, _)| *known < path);
            match more.get_mut(place).filter(|(known, _)| *known == path) {
                Some((_, count)) => *count += self.untold,
                None => more.insert(place, (path, self.untold)),
            }
        }
        self.found
    }

    /// Repairs every list or object that these steps lead to; gives where the value ends.
    fn find(&mut self, at: usize, steps: &[Step]) -> usize {
        let Some((step, rest)) = steps.split_first() else { return self.repair_children(at) };
        let mut children = Children::of(self.text, at);
        while let Some(child) = children.next(self.text) {
            let end = if child.is(step) {
                self.trail.push(child.step);
                let end = self.find(child.value, rest);
                self.trail.pop();
                end
            } else {
                value_end(self.text, child.value)
            };
            children.pass(self.text, end);
        }
        children.end(self.text)
    }

    fn repair_children(&mut self, at: usize) -> usize {
        let fault = self.fault;
        let last = match (&fault.test, fault.child()) {
            (Test::Repeated(names), _) => last_of(self.text, at, names),
            (_, Some(Step::Member(name))) => last_of(self.text, at, from_ref(name)),
            _ => None,
        };
        // Of a repeated member the last counts: where that is wrong, none may come back in its place.
        let none_counts = last.is_some_and(|(_, value)| fault.is_about(self.text, value));
        let mut children = Children::of(self.text, at);
        let mut comma_before = None;
        while let Some(child) = children.next(self.text) {
            let end = value_end(self.text, child.value);
            let comma = children.pass(self.text, end);
            let is_wrong = match &fault.test {
                Test::At(start) => child.value == *start,
                Test::Repeated(names) => {
                    last.is_some_and(|(last, _)| child.start < last)
                        && names.iter().any(|name| child.has(name))
                }
                Test::Kind(step, _) | Test::Lacks(step, _) => {
                    child.is(step) && (none_counts || fault.is_about(self.text, child.value))
                }
            };
            if !is_wrong {
                comma_before = comma.or(comma_before);
                continue;
            }
            let whole = child.start..comma.map_or(end, |comma| comma + 1);
            let comma_too = comma_before.filter(|_| comma.is_none());
            self.tell(child.step.clone(), &whole, child.value..end, comma_too);
            let start = whole.start;
            self.blank(whole);
            if let (Some(mark), Step::Item(_)) = (self.text.get_mut(start), &child.step) {
                *mark = b'\r';
            }
            if let Some(comma) = comma_too {
                self.blank(comma..comma + 1);
            }
            self.found = true;
        }
        children.end(self.text)
    }

    fn blank(&mut self, range: Range<usize>) {
        self.text.get_mut(range).unwrap_or_default().fill(b' ');
    }

    /// Keeps what is about to be blanked out.
    fn tell(&mut self, step: Step, whole: &Range<usize>, value: Range<usize>, comma: Option<usize>) {
        let Self { text, cuts: Cuts { told, .. }, .. } = self;
        // What was left out of it before is left out with it: it is told as it came.
        let place = told.partition_point(|cut| cut.start < whole.start);
        let within = told.iter().skip(place).take_while(|cut| cut.start < whole.end).count();
        for cut in told.drain(place..place + within).rev() {
            if let Some(blanked) = text.get_mut(cut.start..cut.start + cut.blanked.len()) {
                blanked.copy_from_slice(&cut.blanked);
            }
            if let Some(comma) = cut.comma.and_then(|comma| text.get_mut(comma)) {
                *comma = b',';
            }
        }
        let steps = self.trail.iter().chain([&step]);
        if told.len() < Self::TOLD {
            let blanked = text.get(whole.clone()).unwrap_or_default().into();
            let value = value.start - whole.start..value.end - whole.start;
            let path = Place::new(steps.cloned().collect()).to_string();
            told.insert(place, Cut { start: whole.start, path, blanked, value, comma });
        } else {
            self.untold += 1;
        }
    }
}

/// The children of a list or an object, one after the other.
struct Children {
    at: usize,
    is_object: bool,
    index: usize,
    is_open: bool,
}

struct Child {
    /// Where it begins, with its key.
    start: usize,
    value: usize,
    step: Step,
}

impl Child {
    fn is(&self, step: &Step) -> bool {
        self.step == *step || matches!((&self.step, step), (Step::Item(_), Step::Items))
    }

    fn has(&self, name: &str) -> bool {
        matches!(&self.step, Step::Member(own) if own == name)
    }
}

impl Children {
    fn of(text: &[u8], at: usize) -> Self {
        let first = text.get(at);
        let is_open = matches!(first, Some(b'{' | b'['));
        Self { at: if is_open { at + 1 } else { at }, is_object: first == Some(&b'{'), index: 0, is_open }
    }

    /// The next one; [`pass`](Self::pass) leads behind it.
    fn next(&mut self, text: &[u8]) -> Option<Child> {
        let start = after_space(text, self.at);
        if !self.is_open || matches!(text.get(start), None | Some(b'}' | b']')) {
            return None;
        }
        if !self.is_object {
            let left_out = text.get(self.at..start).unwrap_or_default().iter().filter(|&&byte| byte == b'\r');
            self.index += left_out.count();
            return Some(Child { start, value: start, step: Step::Item(self.index) });
        }
        let end = value_end(text, start);
        let key = unescaped(text.get(start + 1..end).unwrap_or_default()).into_owned();
        let colon = after_space(text, end);
        Some(Child { start, value: after_space(text, colon + 1), step: Step::Member(key) })
    }

    /// Goes behind a child whose value ends here; gives the comma after it.
    fn pass(&mut self, text: &[u8], end: usize) -> Option<usize> {
        let next = after_space(text, end);
        self.index += 1;
        let comma = (text.get(next) == Some(&b',')).then_some(next);
        self.is_open = comma.is_some();
        self.at = comma.map_or(next, |comma| comma + 1);
        comma
    }

    /// Where the list or object ends.
    fn end(&self, text: &[u8]) -> usize {
        let end = after_space(text, self.at);
        if matches!(text.get(end), Some(b'}' | b']')) { end + 1 } else { value_end(text, end) }
    }
}

fn lacks(text: &[u8], at: usize, name: &String) -> bool {
    text.get(at) == Some(&b'{') && last_of(text, at, from_ref(name)).is_none()
}

/// Where the last member begins that has one of these names, and where its value does.
fn last_of(text: &[u8], at: usize, names: &[String]) -> Option<(usize, usize)> {
    let mut last = None;
    let mut children = Children::of(text, at);
    while let Some(child) = children.next(text) {
        if names.iter().any(|name| child.has(name)) {
            last = Some((child.start, child.value));
        }
        children.pass(text, value_end(text, child.value));
    }
    last
}

fn after_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len())
}

/// Where the value ends that begins here.
fn value_end(text: &[u8], at: usize) -> usize {
    let mut rest = text.get(at..).unwrap_or_default();
    let mut depth = 0_usize;
    while let [byte, after @ ..] = rest {
        match byte {
            b'"' => rest = after.get(text_length(after)..).unwrap_or_default(),
            b'{' | b'[' => (depth, rest) = (depth + 1, after),
            b'}' | b']' => (depth, rest) = (depth.saturating_sub(1), after),
            b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => rest = after,
            _ => {
                let is_end = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
                let end = after.iter().position(is_end).unwrap_or(after.len());
                rest = after.get(end..).unwrap_or_default();
            }
        }
        if depth == 0 {
            break;
        }
    }
    text.len() - rest.len()
}

/// Makes spaces of those that are not in strings, where they may mean something.
fn blank_carriage_returns(text: &mut [u8]) {
    let mut at = 0;
    while let Some(byte) = text.get_mut(at) {
        at += 1;
        match byte {
            b'\r' => *byte = b' ',
            b'"' => at += text.get(at..).map_or(0, text_length),
            _ => {}
        }
    }
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::decode::Decoding;
    use super::*;
    use crate::types::{any_json, list};
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Page {
        #[serde(deserialize_with = "list")]
        data: Vec<Item>,
        next: Option<String>,
        total: Option<i64>,
        owner: Option<Owner>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Item {
        id: String,
        name: Option<String>,
        count: Option<i64>,
        enabled: Option<bool>,
        owner: Option<Owner>,
        #[serde(default, deserialize_with = "list")]
        tags: Vec<String>,
        #[serde(default, deserialize_with = "list")]
        children: Vec<Item>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Owner {
        key: String,
    }

    fn decode(text: &str) -> Result<Page, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The page, what is unread of it as path and JSON, and how many times it was decoded.
    fn read(body: impl Into<Bytes>) -> Option<(Page, Vec<String>, u32)> {
        let mut decoding = Decoding::new(body.into(), 1 << 20, 0);
        for rounds in 1.. {
            if let Some(page) = decoding.attempt(decode).ok()? {
                let unread = decoding.unread();
                let told = unread.iter().map(|unread| match unread.json() {
                    Some(json) => format!("{} {}", unread.path(), json.raw()),
                    None => format!("{} x{}", unread.path(), unread.count()),
                });
                return Some((page, told.collect(), rounds));
            }
        }
        None
    }

    fn item(id: &str) -> Item {
        Item {
            id: id.into(),
            name: None,
            count: None,
            enabled: None,
            owner: None,
            tags: vec![],
            children: vec![],
        }
    }

    #[track_caller]
    fn assert_read(body: &[u8], page: Page, unread: &[&str]) {
        let (read, told, _) = read(body.to_vec()).expect("it is read");
        assert_eq!((read, told), (page, unread.iter().map(|text| text.to_string()).collect()));
    }

    #[test]
    fn r33_a_member_that_is_not_understood_reads_as_absent() {
        let total = |total| Page { total: Some(total), ..Page::default() };
        assert_read(br#"{"next":7,"total":1}"#, total(1), &["next 7"]);
        assert_read(br#"{"total":1,"next":{"a":[1,"]"]}}"#, total(1), &[r#"next {"a":[1,"]"]}"#]);
        assert_read(br#"{"total":1 , "next" : false }"#, total(1), &["next false"]);
        assert_read(br#"{"next":[]}"#, Page::default(), &["next []"]);
        assert_read(br#"{"total":1e400,"owner":"me"}"#, Page::default(), &["total 1e400", r#"owner "me""#]);
        assert_read(
            br#"{"total":18446744073709551615,"next":"a"}"#,
            Page { next: Some("a".into()), ..Page::default() },
            &["total 18446744073709551615"],
        );
        assert_read(br#"{"total":1.5}"#, Page::default(), &["total 1.5"]);
        assert_read(br#"{"data":{"id":"a"},"total":1}"#, total(1), &[r#"data {"id":"a"}"#]);
        assert_read(br#"{"owner":{},"total":1}"#, total(1), &["owner {}"]);
        assert_read(br#"{"owner":[],"total":1}"#, total(1), &["owner []"]);
        assert_read(br#"{"owner":{"key":null},"total":1}"#, total(1), &[r#"owner {"key":null}"#]);
    }

    #[test]
    fn r33_an_item_that_cannot_be_read_costs_no_other() {
        let page = |items| Page { data: items, ..Page::default() };
        let tagged =
            |tags: &[&str]| Item { tags: tags.iter().map(|tag| tag.to_string()).collect(), ..item("a") };
        assert_read(
            br#"{"data":[{"id":"a"},7,{"id":"b"}]}"#,
            page(vec![item("a"), item("b")]),
            &["data[1] 7"],
        );
        assert_read(
            br#"{"data":[{"name":"x"},{"id":"b"}]}"#,
            page(vec![item("b")]),
            &[r#"data[0] {"name":"x"}"#],
        );
        assert_read(br#"{"data":[{"id":7},{"id":"b"}]}"#, page(vec![item("b")]), &[r#"data[0] {"id":7}"#]);
        assert_read(
            br#"{"data":[{"id":"a"},{"id":null},"x",[]]}"#,
            page(vec![item("a")]),
            &[r#"data[1] {"id":null}"#, r#"data[2] "x""#, "data[3] []"],
        );
        assert_read(
            br#"{"data":[{"id":"a","tags":["x",1,"y",{"z":1}]}]}"#,
            page(vec![tagged(&["x", "y"])]),
            &["data[0].tags[1] 1", r#"data[0].tags[3] {"z":1}"#],
        );
        let nested = br#"{"data":[{"id":"a","children":[{"id":"b","enabled":"true"},{"enabled":true}]},{"children":[]}]}"#;
        let child = Item { children: vec![item("b")], ..item("a") };
        let told = [
            r#"data[0].children[0].enabled "true""#,
            r#"data[0].children[1] {"enabled":true}"#,
            r#"data[1] {"children":[]}"#,
        ];
        assert_read(nested, page(vec![child]), &told);
    }

    #[test]
    fn r33_what_is_like_it_stays_where_it_is_understood() {
        let counted = |id, count| Item { count, ..item(id) };
        let body = br#"{"data":[{"id":"a","count":1e400},{"id":"b","count":3},{"id":"c","count":18446744073709551615}]}"#;
        let data = vec![counted("a", None), counted("b", Some(3)), counted("c", None)];
        assert_read(
            body,
            Page { data, ..Page::default() },
            &["data[0].count 1e400", "data[2].count 18446744073709551615"],
        );
    }

    #[test]
    fn r33_of_a_repeated_member_the_last_counts_and_the_others_are_told() {
        let page = |next: &str| Page { next: Some(next.into()), ..Page::default() };
        assert_read(br#"{"next":"a","next":"b"}"#, page("b"), &[r#"next "a""#]);
        assert_read(br#"{"next":"a","ne\u0078t":"b"}"#, page("b"), &[r#"next "a""#]);
        assert_read(br#"{"next":"a","next":7,"next":"c"}"#, page("c"), &[r#"next "a""#, "next 7"]);
        assert_read(br#"{"next":7,"next":"c"}"#, page("c"), &["next 7"]);
        let data = vec![item("2"), Item { enabled: Some(true), ..item("4") }];
        let body = br#"{"data":[{"id":"1","id":"2"},{"id":"3","enabled":false,"id":"4","enabled":true}]}"#;
        let told = [r#"data[0].id "1""#, r#"data[1].id "3""#, "data[1].enabled false"];
        assert_read(body, Page { data, ..Page::default() }, &told);
    }

    #[test]
    fn r33_what_was_repeated_does_not_come_back_where_the_last_is_wrong() {
        let body = br#"{"data":[{"id":7},{"id":"old","id":7},{"id":"a","name":"old","name":7}]}"#;
        let told = [
            r#"data[0] {"id":7}"#,
            r#"data[1] {"id":"old","id":7}"#,
            r#"data[2].name "old""#,
            "data[2].name 7",
        ];
        assert_read(body, Page { data: vec![item("a")], ..Page::default() }, &told);
    }

    #[test]
    fn r33_a_list_where_none_is_expected_is_one_place() {
        let list = format!("[{}0]", "1,".repeat(500));
        let body =
            format!(r#"{{"data":[{{"id":"a","count":{list}}},{{"id":"b","count":3}}],"total":{list}}}"#);
        let (page, told, rounds) = read(body).unwrap();
        assert_eq!((page.data.len(), page.data[1].count, page.total), (2, Some(3), None));
        assert_eq!((told.len(), rounds), (2, 3));
    }

    #[test]
    fn r15_strings_that_are_none_are_repaired() {
        let page = |next: &str| Page { next: Some(next.into()), ..Page::default() };
        assert_read(br#"{"next":"a\ud83d"}"#, page("a\u{fffd}"), &[]);
        assert_read(br#"{"next":"\udc00\ud83d\ude00\ud83dx"}"#, page("\u{fffd}\u{1f600}\u{fffd}x"), &[]);
        assert_read(b"{\"next\":\"caf\xe9 \xf0\x9f\"}", page("caf\u{fffd} \u{fffd}"), &[]);
        assert_read(b"{\"next\":\"a\nb\x00\"}", page("a\nb\0"), &[]);
        assert_read(br#"{"next":"a\x\u12","total":true}"#, page(r"a\x\u12"), &["total true"]);
        assert_read(b"{\"unseen\":\"\x01\",\"next\":\"\\u0041\",\"total\":[]}", page("A"), &["total []"]);
    }

    #[test]
    fn what_is_no_json_is_not_repaired() {
        for body in [
            "",
            "{",
            r#"{"next":7"#,
            r#"{"next":7}}"#,
            r#"{"next":{x}}"#,
            r#"{"next":7,}"#,
            "7",
            r#""\ud83d"#,
        ] {
            assert!(read(body).is_none(), "{body}");
        }
        assert!(read(&b"{\"next\":\"a\" \xe9}"[..]).is_none());
        assert!(read(&b"\xff\xfe{\0}\0"[..]).is_none());
    }

    #[test]
    fn r33_rounds_are_bounded_by_the_model() {
        let odd = [r#""name":1"#, r#""enabled":"x""#, r#""owner":{}"#, r#""tags":"""#];
        let items: Vec<_> =
            (0..1000).map(|index| format!(r#"{{"id":"{index}",{}}}"#, odd[index % 4])).collect();
        let (page, told, rounds) = read(format!(r#"{{"data":[{}]}}"#, items.join(","))).unwrap();
        assert_eq!((page.data.len(), told.len(), rounds), (1000, 1000, 5));

        let items = r#"7,"#.repeat(5000) + r#"{"id":"a"}"#;
        let (page, told, rounds) = read(format!(r#"{{"data":[{items}]}}"#)).unwrap();
        assert_eq!((page.data.len(), rounds), (1, 2));
        assert_eq!(
            (told.len(), told[999].as_str(), told[1000].as_str()),
            (1001, "data[999] 7", "data[*] x4000")
        );
    }

    #[test]
    fn r33_what_nests_too_deep_is_left_out() {
        let deep = r#"{"id":"a","children":["#.repeat(200) + &"]}".repeat(200);
        let (page, told, _) = read(format!(r#"{{"data":[{deep}],"total":1}}"#)).unwrap();
        assert_eq!((page.total, told.len()), (Some(1), 1));
    }

    #[derive(Deserialize)]
    struct Loose {
        #[serde(default)]
        #[expect(dead_code, reason = "only its shape matters")]
        data: Vec<serde_json::Value>,
    }

    proptest! {
        /// Whatever JSON stands in a place, all other places are read.
        #[test]
        fn r33_any_json_in_any_place_costs_no_other(odd in any_json(), place in 0..9_usize, spaces: bool) {
            let mut json = json!({ "data": [
                { "id": "a", "name": "n", "count": 1, "enabled": true, "owner": { "key": "k" }, "tags": ["t", "u"] },
                { "id": "b", "name": "n", "count": 1, "enabled": true, "owner": { "key": "k" }, "tags": ["t", "u"] },
            ], "next": "c", "total": 2 });
            let places = ["/data/0/name", "/data/0/count", "/data/0/enabled", "/data/0/owner", "/data/0/owner/key",
                "/data/0/tags", "/data/0/tags/1", "/data/0/id", "/data/0"];
            let whole: Page = serde_json::from_value(json.clone()).unwrap();
            *json.pointer_mut(places[place]).unwrap() = odd;
            let text = if spaces { format!("{json:#}") } else { json.to_string() };
            let (page, _, rounds) = read(text).unwrap();
            prop_assert!(rounds <= 10, "{rounds}");
            prop_assert_eq!((&page.next, page.total), (&whole.next, whole.total));
            prop_assert_eq!(page.data.last(), whole.data.last());
        }

        /// Repairing any bytes ends, and what comes of it was JSON.
        #[test]
        fn r36_any_bytes_are_repaired_or_not(bytes in "[\\[\\]{}:,\"\\\\a-du0-9é \x01-]{0,60}", odd: Vec<u8>) {
            for body in [bytes.into_bytes(), odd] {
                if read(body.clone()).is_some() {
                    prop_assert!(is_json(&body) || repaired_strings(&body, 1 << 20).is_some_and(|text| is_json(&text)));
                }
                let mut loose = Decoding::new(body.into(), 1 << 20, 0);
                while let Ok(None) = loose.attempt(|text| serde_json::from_str::<Loose>(text)) {}
            }
        }
    }
}
