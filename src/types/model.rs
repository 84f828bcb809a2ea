//! How answers are read and written: `model!` declares a type with the names that its members have in JSON.

use super::request::{Hidden, Part};
use super::secret::WriteSecret;
use super::{List, any_text, map, read_any_secret, whole_number};
use crate::{JsonMap, OtherJson, Patch, Secret, SecretUrl};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use std::{collections::BTreeMap, fmt, marker::PhantomData};

/// Declares a type of answers: an object in JSON, read member by member.
///
/// A member's name in JSON is its own, its own in camel case (`struct Company in camelCase`), or the one that stands
/// behind it (`pub kind: Option<String> = "type"`). `Option`s, lists and maps may be absent, all else is required; a
/// list is read as [`List`] reads it, a map as [`map`] does. A reader is named where the vendor's types vary: `as
/// WholeNumber`. `with unread` behind the type adds the member that tells what was left out.
///
/// The type is `Serialize` too. What is secret in it is read `as Hidden` or `as AnySecret`, and is not written: [`Secret`]
/// has no `Serialize`, so that a member which lacks this does not compile. An answer that exists to bring a secret is not
/// `Serialize`, because nothing would be left of it: it is declared as `secret pub struct`.
///
/// serde's derive would make several times as much code of it, and a hundred such types are most of what a compiler has
/// to do here.
macro_rules! model {
    (@read [$($meta:tt)*] $vis:vis struct $name:ident $case:tt { $(
        $(#[$member_meta:meta])* $member_vis:vis $member:ident: $type:ty $(as $reader:ident)? $(= $key:literal)?
    ),+ $(,)? } $(with $unread:ident)?) => {
        $($meta)*
        $vis struct $name {
            $( $(#[$member_meta])* $member_vis $member: $type, )+
            $(
                /// What of the answer was left out because it was not understood; empty as a rule.
                pub $unread: Vec<$crate::Unread>,
            )?
        }

        impl $crate::types::model::Model for $name {
            const KEYS: &'static [&'static str] = $crate::types::model::keys!($case $( $member [$($key)?] )+);

            fn read<'de, A: serde::de::MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
                $( let mut $member: Option<$type> = None; )+
                $crate::types::model::fill(
                    map,
                    Self::KEYS,
                    &mut [$( $crate::types::model::slot!($member $($reader)?) ),+],
                )?;
                match ($( $member, )+) {
                    ($( Some($member), )+) => Ok(Self { $($member,)+ $( $unread: Vec::new(), )? }),
                    // `fill` has refused it.
                    _ => Err(serde::de::Error::custom("a member is missing")),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::types::model::deserialize(deserializer)
            }
        }

        impl $crate::types::model::Member for $name {}

        $(
            impl $crate::types::TellsUnread for $name {
                fn tell(&mut self, unread: &[$crate::Unread]) {
                    self.$unread = unread.to_vec();
                }
            }
        )?
    };
    (@write struct $name:ident $case:tt { $(
        $(#[$member_meta:meta])* $member_vis:vis $member:ident: $type:ty $(as $reader:ident)? $(= $key:literal)?
    ),+ $(,)? }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let count = 0 $( + $crate::types::model::count!($($reader)?) )+;
                let keys = <Self as $crate::types::model::Model>::KEYS;
                let mut members = $crate::types::model::Members::begin(serializer, Some(count), keys)?;
                $( $crate::types::model::write!(members, &self.$member $(, $reader)?); )+
                members.end()
            }
        }
    };
    ($(#[$meta:meta])* secret $vis:vis struct $name:ident $(in $case:ident)? { $($members:tt)+ } $($with:tt)*) => {
        $crate::types::model!(@read [$(#[$meta])*] $vis struct $name [$($case)?] { $($members)+ } $($with)*);
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident $(in $case:ident)? { $($members:tt)+ } $($with:tt)*) => {
        $crate::types::model!(@read [$(#[$meta])*] $vis struct $name [$($case)?] { $($members)+ } $($with)*);
        $crate::types::model!(@write struct $name [$($case)?] { $($members)+ });
    };
}

/// The members' names in JSON.
macro_rules! keys {
    ([] $( $member:ident [$($key:literal)?] )+) => {
        &[$( $crate::types::model::key!($member $($key)?) ),+]
    };
    // One constant for all: a compiler evaluates each of them by itself.
    ([camelCase] $( $member:ident [$($key:literal)?] )+) => {{
        const NAMES: &str = concat!($( $crate::types::model::name!($member $($key)?) ),+);
        const CAMEL: [u8; NAMES.len()] = $crate::types::model::camel_case(NAMES);
        // A name with a space in it does not compile.
        const _: [(); [$( stringify!($member) ),+].len()] = [(); $crate::types::model::spaces(NAMES)];
        const KEYS: [&str; [$( stringify!($member) ),+].len()] =
            $crate::types::model::words($crate::types::model::text(&CAMEL));
        &KEYS
    }};
}

/// A member's name in JSON.
macro_rules! key {
    ($member:ident) => {
        stringify!($member)
    };
    ($member:ident $key:literal) => {
        $key
    };
}

/// A name for [`camel_case`].
macro_rules! name {
    ($member:ident) => {
        concat!(stringify!($member), " ")
    };
    ($member:ident $key:literal) => {
        concat!("=", $key, " ")
    };
}

/// Where a member is read into, by the reader that is named for it.
macro_rules! slot {
    ($member:ident $(Hidden)?) => {
        &mut $member
    };
    ($member:ident $reader:ident) => {
        &mut $crate::types::model::$reader(&mut $member)
    };
}

/// How many members are written of one with this reader.
macro_rules! count {
    (Hidden) => {
        0
    };
    (AnySecret) => {
        0
    };
    ($($reader:ident)?) => {
        1
    };
}

/// Writes a member, unless its reader says that it is secret.
macro_rules! write {
    ($members:ident, $value:expr, Hidden) => {
        $members.skip()
    };
    ($members:ident, $value:expr, AnySecret) => {
        $members.skip()
    };
    ($members:ident, $value:expr $(, $reader:ident)?) => {
        $members.write($value)
    };
}

pub(crate) use {count, key, keys, model, name, slot, write};

/// A type that [`model!`] declares.
pub(crate) trait Model: Sized {
    const KEYS: &'static [&'static str];

    fn read<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error>;
}

/// What a member may be.
pub(crate) trait Member: DeserializeOwned {
    fn read<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
        map.next_value()
    }

    /// What stands for one that is absent; `None` where it may not be.
    fn absent() -> Option<Self> {
        None
    }
}

/// Where a member is read into: one trait for all types, so that [`fill`] is compiled once.
pub(crate) trait Slot<'de, A: MapAccess<'de>> {
    /// Reads the member; `false` where it has come already.
    fn read(&mut self, map: &mut A) -> Result<bool, A::Error>;

    /// Fills in what stands for an absent one; `false` where nothing does.
    fn end(&mut self) -> bool;
}

impl<'de, A: MapAccess<'de>, M: Member> Slot<'de, A> for Option<M> {
    fn read(&mut self, map: &mut A) -> Result<bool, A::Error> {
        if self.is_some() {
            return Ok(false);
        }
        *self = Some(M::read(map)?);
        Ok(true)
    }

    fn end(&mut self) -> bool {
        if self.is_none() {
            *self = M::absent();
        }
        self.is_some()
    }
}

impl<T: DeserializeOwned> Member for Option<T> {
    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: DeserializeOwned> Member for Vec<T> {
    fn read<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
        map.next_value().map(|List(items)| items)
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }
}

impl<T: DeserializeOwned> Member for BTreeMap<String, T> {
    fn read<'de, A: MapAccess<'de>>(members: &mut A) -> Result<Self, A::Error> {
        struct Members<T>(BTreeMap<String, T>);

        impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                map(deserializer).map(Self)
            }
        }

        members.next_value().map(|Members(members)| members)
    }

    fn absent() -> Option<Self> {
        Some(BTreeMap::new())
    }
}

impl Member for String {}
impl Member for bool {}
impl Member for i64 {}
impl Member for JsonMap {}
impl Member for OtherJson {}
impl Member for Secret {}
impl Member for SecretUrl {}

/// The readers, each by the function that does it.
macro_rules! readers {
    ($($name:ident = $function:ident: $value:ty;)+) => { $(
        pub(crate) struct $name<'a>(pub(crate) &'a mut Option<$value>);

        impl<'de, A: MapAccess<'de>> Slot<'de, A> for $name<'_> {
            fn read(&mut self, map: &mut A) -> Result<bool, A::Error> {
                struct Seed;

                impl<'de> DeserializeSeed<'de> for Seed {
                    type Value = $value;

                    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<$value, D::Error> {
                        $function(deserializer)
                    }
                }

                if self.0.is_some() {
                    return Ok(false);
                }
                *self.0 = Some(map.next_value_seed(Seed)?);
                Ok(true)
            }

            fn end(&mut self) -> bool {
                self.0.get_or_insert(None);
                true
            }
        }
    )+ };
}

readers! {
    WholeNumber = whole_number: Option<i64>;
    AnyText = any_text: Option<String>;
    AnySecret = read_any_secret: Option<Secret>;
}

/// Reads a model.
pub(crate) fn deserialize<'de, T: Model, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Object<T>(PhantomData<T>);

    impl<'de, T: Model> Visitor<'de> for Object<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::read(map)
        }
    }

    deserializer.deserialize_map(Object(PhantomData))
}

/// Reads an object's members into the slots, which have these keys.
pub(crate) fn fill<'de, A: MapAccess<'de>>(
    mut map: A,
    keys: &'static [&'static str],
    slots: &mut [&mut dyn Slot<'de, A>],
) -> Result<(), A::Error> {
    let mut expected = 0;
    while let Some(index) = map.next_key_seed(Key { keys, expected })? {
        expected = index.saturating_add(1);
        let Some(slot) = slots.get_mut(index) else {
            map.next_value::<IgnoredAny>()?;
            continue;
        };
        if !slot.read(&mut map)? {
            return Err(A::Error::duplicate_field(key_of(keys, index)));
        }
    }
    match slots.iter_mut().position(|slot| !slot.end()) {
        Some(missing) => Err(A::Error::missing_field(key_of(keys, missing))),
        None => Ok(()),
    }
}

fn key_of(keys: &'static [&'static str], index: usize) -> &'static str {
    keys.get(index).copied().unwrap_or_default()
}

/// Finds a key among those of a model; a number beyond them stands for another one.
struct Key {
    keys: &'static [&'static str],
    /// Vendors write members in one order.
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E>(self, key: &str) -> Result<usize, E> {
        let (before, after) = self.keys.split_at_checked(self.expected).unwrap_or((self.keys, &[]));
        let find = |keys: &[&str]| keys.iter().position(|name| *name == key);
        Ok(find(after).map(|index| before.len() + index).or_else(|| find(before)).unwrap_or(usize::MAX))
    }
}

/// Writes an object, whose members come in the order of their keys.
///
/// An error is kept until the end: a `?` behind each member of each model is what a compiler would spend its time on.
pub(crate) struct Members<S: SerializeMap> {
    map: S,
    keys: &'static [&'static str],
    outcome: Result<(), S::Error>,
}

impl<S: SerializeMap> Members<S> {
    pub(crate) fn begin<Z>(
        serializer: Z,
        count: Option<usize>,
        keys: &'static [&'static str],
    ) -> Result<Self, Z::Error>
    where
        Z: Serializer<SerializeMap = S, Error = S::Error>,
    {
        Ok(Self { map: serializer.serialize_map(count)?, keys, outcome: Ok(()) })
    }

    pub(crate) fn write<T: Serialize>(&mut self, value: &T) {
        if let Some(key) = self.key() {
            self.entry(key, value);
        }
    }

    pub(crate) fn part<P: Part<Value: Serialize>>(&mut self, part: &P) {
        match (self.key(), part.part()) {
            (Some(key), Patch::Set(value)) => self.entry(key, value),
            (Some(key), Patch::Clear) => self.entry(key, &()),
            (_, Patch::Keep) | (None, _) => {}
        }
    }

    pub(crate) fn hidden<P: Part<Value: WriteSecret>>(&mut self, part: &P) {
        match (self.key(), part.part()) {
            (Some(key), Patch::Set(value)) => self.entry(key, &Hidden(value)),
            (Some(key), Patch::Clear) => self.entry(key, &()),
            (_, Patch::Keep) | (None, _) => {}
        }
    }

    /// Writes members that the type lacks, which are secret.
    pub(crate) fn more(&mut self, members: &JsonMap) {
        self.skip();
        for (key, value) in members {
            self.entry(key, &Hidden(value));
        }
    }

    pub(crate) fn skip(&mut self) {
        self.key();
    }

    pub(crate) fn end(self) -> Result<S::Ok, S::Error> {
        self.outcome?;
        self.map.end()
    }

    fn entry<T: Serialize>(&mut self, key: &str, value: &T) {
        if self.outcome.is_ok() {
            self.outcome = self.map.serialize_entry(key, value);
        }
    }

    fn key(&mut self) -> Option<&'static str> {
        let (key, others) = self.keys.split_first()?;
        self.keys = others;
        Some(key)
    }
}

/// Names in camel case, of which each ends in a space; one behind `=` stays as it is.
pub(crate) const fn camel_case<const N: usize>(snake: &str) -> [u8; N] {
    let mut camel = [b' '; N];
    let mut room: &mut [u8] = &mut camel;
    let (mut rest, mut begins, mut is_literal) = (snake.as_bytes(), false, false);
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'=' => is_literal = true,
            b'_' if !is_literal => begins = true,
            _ => {
                if let [letter, others @ ..] = room {
                    *letter = if begins { byte.to_ascii_uppercase() } else { *byte };
                    room = others;
                }
                (begins, is_literal) = (false, is_literal && *byte != b' ');
            }
        }
    }
    camel
}

pub(crate) const fn spaces(text: &str) -> usize {
    let (mut rest, mut count) = (text.as_bytes(), 0);
    while let [byte, after @ ..] = rest {
        count += (*byte == b' ') as usize;
        rest = after;
    }
    count
}

/// The words of a text, of which each ends in a space.
pub(crate) const fn words<const N: usize>(text: &'static str) -> [&'static str; N] {
    let mut words = [""; N];
    let (mut room, mut rest): (&mut [&'static str], _) = (&mut words, text);
    while let [place, others @ ..] = room {
        (*place, rest) = first_word(rest);
        room = others;
    }
    words
}

const fn first_word(text: &'static str) -> (&'static str, &'static str) {
    let (mut rest, mut length) = (text.as_bytes(), 0);
    while let [byte, after @ ..] = rest
        && *byte != b' '
    {
        rest = after;
        length += 1;
    }
    let Some((word, after)) = text.split_at_checked(length) else { return (text, "") };
    match after.split_at_checked(1) {
        Some((_, after)) => (word, after),
        None => (word, ""),
    }
}

/// The text of a name.
pub(crate) const fn text(utf8: &[u8]) -> &str {
    match std::str::from_utf8(utf8) {
        Ok(text) => text,
        Err(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use crate::types::TellsUnread;
    use crate::{JsonMap, Secret, Unread};
    use serde_json::{from_str, json, to_value};

    model! {
        /// A thing.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(unreachable_pub, reason = "models are public as a rule")]
        pub struct Thing in camelCase {
            /// Its id.
            pub id: String,
            /// Its parts.
            pub spare_parts: Vec<i64>,
            /// How many there are.
            pub in_stock: Option<i64> as WholeNumber,
            /// What it is.
            pub kind: Option<String> = "type",
            /// Its id elsewhere.
            pub other_id: Option<String> = "_other_ID",
        } with unread
    }

    model! {
        /// A thing with secrets.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(unreachable_pub, reason = "models are public as a rule")]
        pub struct Locked {
            /// Its name.
            pub name: Option<String>,
            /// What opens it.
            pub key: Option<Secret> as Hidden,
            /// The same in any form.
            pub code: Option<Secret> as AnySecret,
            /// What else has been entered.
            pub settings: Option<JsonMap> as Hidden,
        }
    }

    #[test]
    fn r20_what_is_secret_is_read_and_not_written() {
        let text = r#"{"name":"safe","key":"s3cret","code":4711,"settings":{"pin":"s3cret"}}"#;
        let locked: Locked = from_str(text).unwrap();
        assert_eq!(locked.key.as_ref().map(Secret::expose_secret), Some("s3cret"));
        assert_eq!(locked.code.as_ref().map(Secret::expose_secret), Some("4711"));
        assert_eq!(locked.settings.as_ref().and_then(|settings| settings.raw("pin")), Some("\"s3cret\""));
        let written = to_value(&locked).unwrap();
        assert_eq!(written, json!({ "name": "safe" }));
        let read: Locked = serde_json::from_value(written).unwrap();
        assert_eq!((read.key, read.code, read.settings), (None, None, None));
    }

    #[test]
    fn members_have_their_names_and_readers() {
        let text =
            r#"{"type":"bolt","id":"1","more":[{}],"_other_ID":"x","spareParts":[1,null,2],"inStock":"17"}"#;
        let thing: Thing = from_str(text).unwrap();
        let expected = Thing {
            id: "1".to_owned(),
            spare_parts: vec![1, 2],
            in_stock: Some(17),
            kind: Some("bolt".to_owned()),
            other_id: Some("x".to_owned()),
            unread: Vec::new(),
        };
        assert_eq!(thing, expected);
        let written =
            json!({ "id": "1", "spareParts": [1, 2], "inStock": 17, "type": "bolt", "_other_ID": "x" });
        assert_eq!(to_value(&thing).unwrap(), written);
        assert_eq!(serde_json::from_value::<Thing>(written).unwrap(), thing);
    }

    #[test]
    fn options_and_lists_may_be_absent_and_nothing_else() {
        let bare: Thing = from_str(r#"{"id":"1"}"#).unwrap();
        assert_eq!((bare.spare_parts, bare.in_stock, bare.kind), (Vec::new(), None, None));
        let refused = |text: &str| from_str::<Thing>(text).unwrap_err().to_string();
        assert!(refused("{}").starts_with("missing field `id`"));
        assert!(refused(r#"{"spareParts":[],"id":null}"#).starts_with("invalid type: null"));
        assert!(refused(r#"{"id":"1","inStock":1,"inStock":2}"#).starts_with("duplicate field `inStock`"));
        assert!(refused(r#"{"id":"1","type":"a","type":"b"}"#).starts_with("duplicate field `type`"));
        assert!(refused(r#"["1",[],1,"bolt"]"#).starts_with("invalid type: sequence, expected an object"));
    }

    #[test]
    fn what_was_left_out_is_told_and_not_written() {
        let mut thing: Thing = from_str(r#"{"id":"1"}"#).unwrap();
        thing.tell(&[Unread::more("inStock".to_owned(), 2)]);
        assert_eq!(thing.unread[0].path(), "inStock");
        assert_eq!(to_value(&thing).unwrap().get("unread"), None);
    }
}
