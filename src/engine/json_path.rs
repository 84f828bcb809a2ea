//! Where in a body decoding stopped.
//!
//! The text is walked once more, not decoded once more: a second way of decoding would be a second copy of every model
//! in every build.

use std::{borrow::Cow, fmt};

/// A place in a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// From the outside in.
    pub(crate) steps: Vec<Step>,
    /// Where the value begins that each step leads to, and spaces before it.
    starts: Vec<usize>,
    /// Lists and objects below the last step that are not told.
    beyond: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Member(String),
    Item(usize),
    /// Every item of a list.
    Items,
}

impl Step {
    /// The same step in every item of its list.
    pub(crate) fn everywhere(&self) -> Self {
        match self {
            Self::Item(_) | Self::Items => Self::Items,
            Self::Member(name) => Self::Member(name.clone()),
        }
    }
}

impl Place {
    /// Steps that are kept: more than any model is deep, and little memory for a body of brackets.
    const KEPT: usize = 256;

    /// Where in this text serde_json gave up.
    pub(crate) fn of(json: &[u8], error: &serde_json::Error) -> Self {
        Self::at_end(read(json, error))
    }

    /// The place of what stands at the end of the beginning of a JSON text.
    pub(crate) fn at_end(read: &[u8]) -> Self {
        let mut open: Vec<Open<'_>> = Vec::new();
        let mut beyond = 0;
        let mut text: &[u8] = b"";
        let mut rest = read;
        while let [byte, after @ ..] = rest {
            rest = after;
            let is_full = open.len() == Self::KEPT;
            match (byte, open.last_mut()) {
                (b'"', _) => (text, rest) = rest.split_at(text_length(rest)),
                (b'[' | b'{', _) if is_full => beyond += 1,
                (b'[', _) => open.push(Open { start: read.len() - rest.len(), at: At::Item(0) }),
                (b'{', _) => open.push(Open { start: 0, at: At::Key }),
                (b']' | b'}', _) if beyond > 0 => beyond -= 1,
                (b']' | b'}', _) => drop(open.pop()),
                (b':' | b',', _) if beyond > 0 => {}
                (b':', Some(open)) => *open = Open { start: read.len() - rest.len(), at: At::Member(text) },
                // See `Repairing`.
                (b'\r', Some(Open { at: At::Item(index), .. })) => *index += 1,
                (b',', Some(Open { start, at: At::Item(index) })) => {
                    (*start, *index) = (read.len() - rest.len(), *index + 1);
                }
                (b',', Some(open)) => open.at = At::Key,
                _ => {}
            }
        }
        let known = open.iter().filter_map(|open| Some((open.start, open.at.step()?)));
        let (starts, steps) = known.unzip();
        Self { steps, starts, beyond }
    }

    /// Whether it is known to the last step.
    pub(crate) fn is_whole(&self) -> bool {
        self.beyond == 0
    }

    pub(crate) fn new(steps: Vec<Step>) -> Self {
        Self { steps, starts: Vec::new(), beyond: 0 }
    }

    /// Where the value begins, and spaces before it.
    pub(crate) fn start(&self) -> usize {
        self.starts.last().copied().unwrap_or_default()
    }

    /// The list or object that it stands in.
    pub(crate) fn parent(mut self) -> Self {
        self.steps.pop();
        self.starts.pop();
        self
    }
}

/// The last key before this place of the text, where it has no value yet.
pub(crate) fn key_before(json: &[u8], error: &serde_json::Error) -> Option<String> {
    let read = read(json, error).trim_ascii_end();
    let start = read.strip_suffix(b"\"")?.iter().rposition(|&byte| byte == b'"')?;
    read.get(start + 1..).map(|key| unescaped(key).into_owned())
}

/// Such as `data[3].state`; `.` for the text as a whole. It is cut after 1 KiB.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 1024;
        let mut path = String::new();
        for step in &self.steps {
            match step {
                Step::Item(index) => path.push_str(&format!("[{index}]")),
                Step::Items => path.push_str("[*]"),
                Step::Member(name) => {
                    path.push_str(if path.is_empty() { "" } else { "." });
                    path.push_str(name);
                }
            }
        }
        match path.len() {
            0 => f.write_str("."),
            length if length > LONGEST || self.beyond > 0 => {
                let end = (0..=LONGEST.min(length)).rev().find(|&end| path.is_char_boundary(end));
                write!(f, "{}…", path.get(..end.unwrap_or_default()).unwrap_or_default())
            }
            _ => f.write_str(&path),
        }
    }
}

/// The member that is not there: serde says which in words only. The name is our own struct's, not the vendor's.
pub(crate) fn missing_member(error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    let (name, _) = text.strip_prefix("missing field `")?.split_once('`')?;
    Some(name.to_owned())
}

/// The text up to where serde_json gave up.
pub(crate) fn read<'a>(json: &'a [u8], error: &serde_json::Error) -> &'a [u8] {
    let lines = json.split_inclusive(|&byte| byte == b'\n').take(error.line().saturating_sub(1));
    let before: usize = lines.map(<[u8]>::len).sum();
    json.get(..before.saturating_add(error.column())).unwrap_or(json)
}

/// A list or an object that is not at its end.
struct Open<'a> {
    /// Where its child begins that is being read.
    start: usize,
    at: At<'a>,
}

/// How far a list or an object is.
enum At<'a> {
    Item(usize),
    /// The key is not over.
    Key,
    /// The key as it is written.
    Member(&'a [u8]),
}

impl At<'_> {
    fn step(&self) -> Option<Step> {
        match self {
            Self::Item(index) => Some(Step::Item(*index)),
            Self::Key => None,
            Self::Member(key) => Some(Step::Member(unescaped(key).into_owned())),
        }
    }
}

/// How much of what follows a quotation mark belongs to the text, with the mark that ends it.
pub(crate) fn text_length(rest: &[u8]) -> usize {
    let mut escaped = false;
    let end = rest.iter().position(|&byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |end| end + 1)
}

/// The key without what JSON escapes in it. It comes without its first quotation mark.
pub(crate) fn unescaped(key: &[u8]) -> Cow<'_, str> {
    let plain = key.strip_suffix(b"\"").filter(|key| !key.contains(&b'\\'));
    match plain.map(str::from_utf8) {
        Some(Ok(key)) => Cow::Borrowed(key),
        _ => serde_json::from_slice(&[b"\"", key].concat())
            .map_or_else(|_| String::from_utf8_lossy(key), Cow::Owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{any_json, list};
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::{Value, error::Category, json};
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Tree {
        id: String,
        count: Option<i32>,
        kind: Option<Kind>,
        #[serde(default, deserialize_with = "list")]
        children: Vec<Tree>,
        #[serde(default)]
        named: BTreeMap<String, Tree>,
    }

    #[derive(Debug, Deserialize)]
    enum Kind {
        #[serde(rename = "leaf")]
        Leaf,
    }

    fn tree() -> impl Strategy<Value = Value> {
        let leaf = "\\PC{0,3}".prop_map(|id| json!({ "id": id, "kind": "leaf", "unknown": [{ "id": 1 }] }));
        leaf.prop_recursive(4, 24, 3, |tree| {
            let named = prop::collection::btree_map("[a-z\"\\\\.\\[é]{0,3}", tree.clone(), 0..3);
            (prop::collection::vec(tree, 0..3), named, any::<Option<i16>>()).prop_map(
                |(children, named, count)| {
                    json!({ "count": count, "named": named, "children": children, "id": "x" })
                },
            )
        })
    }

    /// Puts something else in the place of one of the values.
    fn replace(value: &mut Value, mut place: usize, other: Value) {
        fn walk(value: &mut Value, place: &mut usize, other: &Value) {
            if *place == 0 {
                *value = other.clone();
            }
            *place = place.wrapping_sub(1);
            match value {
                Value::Array(items) => items.iter_mut().for_each(|item| walk(item, place, other)),
                Value::Object(members) => members.values_mut().for_each(|member| walk(member, place, other)),
                _ => {}
            }
        }
        walk(value, &mut place, &other);
    }

    /// What a second run of the decoder says that keeps an account of where it is.
    fn tracked(json: &str) -> Option<(String, serde_json::Error)> {
        let mut json = serde_json::Deserializer::from_str(json);
        let error = serde_path_to_error::deserialize::<_, Tree>(&mut json).err()?;
        Some((error.path().to_string(), error.into_inner()))
    }

    fn assert_same(json: &str) -> Result<(), TestCaseError> {
        if let Some((path, error)) = tracked(json) {
            let ours = Place::of(json.as_bytes(), &error).to_string();
            if error.classify() == Category::Data {
                prop_assert_eq!(ours, path, "{} {}", error, json);
            } else {
                // It does not know of a key that is cut off, nor where it is in what the model does not have.
                let known = path.trim_end_matches(['.', '?']);
                prop_assert!(ours.starts_with(known), "{ours} {path} {error} {json}");
            }
        }
        Ok(())
    }

    #[test]
    fn r15_of_a_deep_or_long_place_the_beginning_is_told() {
        let deep = Place::at_end("[".repeat(100_000).as_bytes());
        assert_eq!((deep.steps.len(), deep.is_whole()), (Place::KEPT, false));
        assert_eq!(deep.to_string(), "[0]".repeat(Place::KEPT) + "…");
        let closed = format!("[1,{}{}{{\"a\":", "[".repeat(1000), "]".repeat(1000) + ",");
        assert_eq!(Place::at_end(closed.as_bytes()).to_string(), "[2].a");
        let long = Place::at_end(format!(r#"{{"{}":"#, "é".repeat(100_000)).as_bytes());
        assert_eq!(long.to_string(), "é".repeat(512) + "…");
    }

    proptest! {
        #[test]
        fn r34_the_path_is_that_of_a_decoder_that_tracks_it(
            mut tree in tree(), place in 0_usize..40, other in any_json(), pretty: bool, cut: prop::sample::Index,
        ) {
            replace(&mut tree, place, other);
            let text = if pretty { format!(" {tree:#}\n") } else { tree.to_string() };
            assert_same(&text)?;
            let cut = cut.index(text.len());
            let cut = (0..=cut).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
            assert_same(&text[..cut])?;
        }

        #[test]
        fn any_bytes_have_a_path(json: Vec<u8>) {
            if let Err(error) = serde_json::from_slice::<Tree>(&json) {
                let _ = Place::of(&json, &error).to_string();
            }
        }
    }
}
