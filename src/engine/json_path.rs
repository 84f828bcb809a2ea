//! Where in a body decoding stopped.
//!
//! The text is walked once more, not decoded once more: a second way of decoding would be a second copy of every model
//! in every build.

use std::fmt::Write;

/// Where in this text serde_json gave up, such as `data[3].state`; `.` for the text as a whole.
pub(crate) fn at(json: &[u8], error: &serde_json::Error) -> String {
    let read = offset(json, error.line(), error.column());
    path(json.get(..read).unwrap_or(json))
}

/// How many bytes were read, from a line and a column that count from 1.
fn offset(json: &[u8], line: usize, column: usize) -> usize {
    let before: usize =
        json.split_inclusive(|&byte| byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    before.saturating_add(column)
}

/// A list or an object that is not at its end, and how far it is.
enum Open<'a> {
    List(usize),
    /// The key as it is written, from its colon to the next comma.
    Object(Option<&'a [u8]>),
}

/// The path of what stands at the end of the beginning of a JSON text.
fn path(read: &[u8]) -> String {
    let mut open = Vec::new();
    let mut text: &[u8] = b"";
    let mut rest = read;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, open.last_mut()) {
            (b'"', _) => (text, rest) = rest.split_at(text_length(rest)),
            (b'[', _) => open.push(Open::List(0)),
            (b'{', _) => open.push(Open::Object(None)),
            (b']' | b'}', _) => drop(open.pop()),
            (b':', Some(Open::Object(key))) => *key = Some(text),
            (b',', Some(Open::Object(key))) => *key = None,
            (b',', Some(Open::List(index))) => *index += 1,
            _ => {}
        }
    }
    written(&open)
}

/// How much of what follows a quotation mark belongs to the text, with the mark that ends it.
fn text_length(rest: &[u8]) -> usize {
    let mut escaped = false;
    let end = rest.iter().position(|&byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |end| end + 1)
}

fn written(open: &[Open<'_>]) -> String {
    let mut path = String::new();
    for place in open {
        // Writing into a string cannot fail.
        let _ = match place {
            Open::List(index) => write!(path, "[{index}]"),
            Open::Object(None) => Ok(()),
            Open::Object(Some(key)) => {
                let dot = if path.is_empty() { "" } else { "." };
                write!(path, "{dot}{}", unescaped(key))
            }
        };
    }
    if path.is_empty() { ".".to_owned() } else { path }
}

/// The key without what JSON escapes in it. It comes without its first quotation mark.
fn unescaped(key: &[u8]) -> String {
    serde_json::from_slice(&[b"\"", key].concat())
        .unwrap_or_else(|_| String::from_utf8_lossy(key).into_owned())
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
            let ours = at(json.as_bytes(), &error);
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
                at(&json, &error);
            }
        }
    }
}
