//! The bodies of requests, which are read strictly: member by member, and nothing else passes.

use crate::types::Patch;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Error, Map, Value};
use std::time::Duration;

/// Declares what the body of a request holds, or an object in it.
///
/// A member's name in JSON is its own, its own in camel case (`struct Body in camelCase`), or the one that stands behind
/// it (`kind: Kind = "type"`). An `Option` may be absent or null, all else is required, unless its type says otherwise.
/// Other members are refused, unless `..` at the end lets them pass. A member may be there to be checked alone.
///
/// What is refused, and with which words, is as with serde's derive, which would make many times as much code of it.
macro_rules! body {
    (@declare [$($meta:tt)*] $vis:vis struct $name:ident $case:tt $others:ident { $(
        $(#[$member_meta:meta])* $member_vis:vis $member:ident: $type:ty $(= $key:literal)?
    ),+ }) => {
        $($meta)*
        $vis struct $name { $( $(#[$member_meta])* $member_vis $member: $type, )* }

        impl $crate::sandbox::body::Body for $name {
            const KEYS: &'static [&'static str] =
                $crate::types::model::keys!($case $( $member [$($key)?] )+);

            fn of(members: serde_json::Map<String, serde_json::Value>) -> serde_json::Result<Self> {
                $( let mut $member: Option<$type> = None; )+
                $crate::sandbox::body::fill(
                    members,
                    Self::KEYS,
                    $crate::sandbox::body::Others::$others,
                    &mut [$( &mut $member ),+],
                )?;
                match ($( $member, )+) {
                    ($( Some($member), )+) => Ok(Self { $( $member ),+ }),
                    // `fill` has refused it.
                    _ => Err(serde::de::Error::custom("a member is missing")),
                }
            }
        }

        impl $crate::sandbox::body::Member for $name {
            fn read(value: serde_json::Value) -> serde_json::Result<Self> {
                $crate::sandbox::body::Member::read(value).and_then($crate::sandbox::body::Body::of)
            }
        }
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident $(in $case:ident)? { $(
        $(#[$member_meta:meta])* $member_vis:vis $member:ident: $type:ty $(= $key:literal)?
    ),+ $(,)? }) => {
        $crate::sandbox::body::body!(@declare [$(#[$meta])*] $vis struct $name [$($case)?] Refused { $(
            $(#[$member_meta])* $member_vis $member: $type $(= $key)?
        ),* });
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident $(in $case:ident)? { $(
        $(#[$member_meta:meta])* $member_vis:vis $member:ident: $type:ty $(= $key:literal)?,
    )+ .. }) => {
        $crate::sandbox::body::body!(@declare [$(#[$meta])*] $vis struct $name [$($case)?] Pass { $(
            $(#[$member_meta])* $member_vis $member: $type $(= $key)?
        ),* });
    };
}

/// Lets types be members that serde reads in a few lines: texts, numbers, enums.
macro_rules! read_by_serde {
    ($($type:ty),+ $(,)?) => { $(
        impl $crate::sandbox::body::Member for $type {
            fn read(value: serde_json::Value) -> serde_json::Result<Self> {
                serde::Deserialize::deserialize(value)
            }
        }
    )+ };
}

pub(super) use {body, read_by_serde};

read_by_serde! { String, bool, i64, u32, u64, usize, Value, Map<String, Value> }

/// What [`body!`] declares.
pub(super) trait Body: Sized {
    const KEYS: &'static [&'static str];

    fn of(members: Map<String, Value>) -> serde_json::Result<Self>;
}

/// What a member of a body may be.
pub(super) trait Member: Sized {
    fn read(value: Value) -> serde_json::Result<Self>;

    /// What stands for one that is absent; `None` where it may not be.
    fn absent() -> Option<Self> {
        None
    }
}

impl<M: Member> Member for Option<M> {
    fn read(value: Value) -> serde_json::Result<Self> {
        if value.is_null() { Ok(None) } else { M::read(value).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<M: Member> Member for Vec<M> {
    fn read(value: Value) -> serde_json::Result<Self> {
        let mut items = Vec::new();
        for value in Vec::<Value>::deserialize(value)? {
            items.push(M::read(value)?);
        }
        Ok(items)
    }
}

/// A member that null clears, and that stays as it is where it is absent.
impl<M: Member> Member for Patch<M> {
    fn read(value: Value) -> serde_json::Result<Self> {
        if value.is_null() { Ok(Self::Clear) } else { M::read(value).map(Self::Set) }
    }

    fn absent() -> Option<Self> {
        Some(Self::Keep)
    }
}

/// A member whose default stands for an absent one, and not for null.
#[derive(Clone, Default)]
pub(super) struct OrDefault<M>(pub(super) M);

impl<M: Member + Default> Member for OrDefault<M> {
    fn read(value: Value) -> serde_json::Result<Self> {
        M::read(value).map(Self)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

/// An object whose members are texts.
#[derive(Clone, Default)]
pub(super) struct Texts(Map<String, Value>);

impl Texts {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_str()?)))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn to_json(&self) -> Value {
        self.0.clone().into()
    }
}

impl Member for Texts {
    fn read(value: Value) -> serde_json::Result<Self> {
        Map::deserialize(value).and_then(Body::of)
    }
}

/// A body whose members may have any name.
impl Body for Texts {
    const KEYS: &'static [&'static str] = &[];

    fn of(members: Map<String, Value>) -> serde_json::Result<Self> {
        match members.values().find(|member| !member.is_string()) {
            Some(other) => {
                Err(String::read(other.clone()).err().unwrap_or_else(|| Error::custom("it is no text")))
            }
            None => Ok(Self(members)),
        }
    }
}

/// A body of which nothing is known.
impl Body for Map<String, Value> {
    const KEYS: &'static [&'static str] = &[];

    fn of(members: Self) -> serde_json::Result<Self> {
        Ok(members)
    }
}

/// A time as [`read_seconds`] reads it.
pub(super) struct Seconds(pub(super) Duration);

impl Member for Seconds {
    fn read(value: Value) -> serde_json::Result<Self> {
        read_seconds(value).map(Self)
    }
}

/// Where a member is read into: one trait for all types, so that [`fill`] is compiled once.
pub(super) trait Slot {
    fn read(&mut self, value: Value) -> serde_json::Result<()>;

    /// Fills in what stands for an absent member; false where nothing does.
    fn end(&mut self) -> bool;
}

impl<M: Member> Slot for Option<M> {
    fn read(&mut self, value: Value) -> serde_json::Result<()> {
        *self = Some(M::read(value)?);
        Ok(())
    }

    fn end(&mut self) -> bool {
        if self.is_none() {
            *self = M::absent();
        }
        self.is_some()
    }
}

/// What becomes of members that a body does not know.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Others {
    Refused,
    Pass,
}

/// Reads the members into the slots, which have these keys.
pub(super) fn fill(
    members: Map<String, Value>,
    keys: &'static [&'static str],
    others: Others,
    slots: &mut [&mut dyn Slot],
) -> serde_json::Result<()> {
    for (name, value) in members {
        match keys.iter().zip(&mut *slots).find(|(key, _)| **key == name) {
            Some((_, slot)) => slot.read(value)?,
            None if others == Others::Refused => return Err(Error::unknown_field(&name, keys)),
            None => {}
        }
    }
    let missing = keys.iter().zip(slots).find_map(|(key, slot)| (!slot.end()).then_some(*key));
    missing.map_or(Ok(()), |missing| Err(Error::missing_field(missing)))
}

/// What is read from a JSON object alone. serde reads structs from arrays of their members, too.
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Map::deserialize(deserializer)?;
        T::deserialize(Value::Object(members)).map(Self).map_err(serde::de::Error::custom)
    }
}

/// A time in seconds, parts of one included.
pub(super) fn read_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom)
}

/// The members of these names, all of them texts, where there are no others.
pub(super) fn texts<const N: usize>(
    members: Map<String, Value>,
    names: &'static [&'static str; N],
) -> serde_json::Result<[String; N]> {
    let mut texts = [const { None::<String> }; N];
    fill(members, names, Others::Refused, &mut texts.each_mut().map(|text| text as &mut dyn Slot))?;
    Ok(texts.map(Option::unwrap_or_default))
}

#[cfg(test)]
mod tests {
    use super::{Body, Object, OrDefault, Texts};
    use crate::types::Patch;
    use serde::Deserialize;
    use serde_json::{Map, Value, json};

    body! {
        struct Whole in camelCase {
            name: String,
            how_many: Option<u32>,
            parts: Vec<Part>,
            kind: Patch<String> = "type",
            is_new: OrDefault<bool>,
            tags: Option<Texts>,
        }
    }

    body! {
        struct Part {
            id: String,
            ..
        }
    }

    /// The same as serde's derive has it.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    #[expect(dead_code, reason = "what it refuses is compared")]
    struct Derived {
        name: String,
        how_many: Option<u32>,
        parts: Vec<Object<DerivedPart>>,
        #[serde(rename = "type")]
        kind: Option<String>,
        #[serde(default)]
        is_new: bool,
        tags: Option<std::collections::BTreeMap<String, String>>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "what it refuses is compared")]
    struct DerivedPart {
        id: String,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct DerivedNothing {}

    fn read<T: Body>(json: &Value) -> serde_json::Result<T> {
        T::of(json.as_object().cloned().unwrap_or_default())
    }

    #[test]
    fn members_are_read_by_their_names() {
        let whole = json!({
            "name": "a", "howMany": 2, "parts": [{ "id": "b", "more": 1 }], "type": null, "isNew": true,
            "tags": { "one": "1" },
        });
        let whole: Whole = read(&whole).unwrap();
        assert_eq!((whole.name.as_str(), whole.how_many), ("a", Some(2)));
        assert_eq!(whole.parts.iter().map(|part| part.id.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!((whole.kind, whole.is_new.0), (Patch::Clear, true));
        assert_eq!(whole.tags.unwrap().get("one"), Some("1"));
        let bare: Whole = read(&json!({ "name": "a", "parts": [], "howMany": null })).unwrap();
        assert_eq!((bare.how_many, bare.kind, bare.is_new.0), (None, Patch::Keep, false));
        assert!(bare.tags.is_none());
        let texts = |json: Value| super::texts(json.as_object().cloned().unwrap_or_default(), &["a", "b"]);
        assert_eq!(texts(json!({ "b": "2", "a": "1" })).unwrap(), ["1", "2"]);
        assert!(super::texts(Map::new(), &[]).is_ok());
    }

    #[test]
    fn what_is_refused_is_refused_as_serde_s_derive_does() {
        let refused = |json: &Value| read::<Whole>(json).err().unwrap().to_string();
        let derived = |json: &Value| Derived::deserialize(json).err().unwrap().to_string();
        for json in [
            json!({}),
            json!({ "name": "a" }),
            json!({ "name": null, "parts": [] }),
            json!({ "name": 5, "parts": [] }),
            json!({ "name": "a", "parts": {} }),
            json!({ "name": "a", "parts": [1] }),
            json!({ "name": "a", "parts": [{ "name": "b" }] }),
            json!({ "name": "a", "parts": [], "how_many": 1 }),
            json!({ "name": "a", "parts": [], "howMany": -1 }),
            json!({ "name": "a", "parts": [], "howMany": 1.5 }),
            json!({ "name": "a", "parts": [], "isNew": null }),
            json!({ "name": "a", "parts": [], "type": [] }),
            json!({ "name": "a", "parts": [], "tags": [] }),
            json!({ "name": "a", "parts": [], "tags": { "b": "1", "c": 2 } }),
        ] {
            assert_eq!(refused(&json), derived(&json), "{json}");
        }
        let other = json!({ "other": 1 });
        let refused = super::texts(other.as_object().cloned().unwrap(), &[]).err().unwrap().to_string();
        assert_eq!(refused, DerivedNothing::deserialize(&other).err().unwrap().to_string());
    }
}
