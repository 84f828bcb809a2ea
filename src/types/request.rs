//! How requests are written: `request!` declares a type with the names that its members have in JSON.

use super::secret::WriteSecret;
use super::write_secret;
use crate::{JsonMap, OtherJson, Patch};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Declares a type of requests: an object in JSON, written member by member.
///
/// Names are given as in [`model!`](super::model::model). An `Option` that is `None` and a `Patch` that keeps are left out.
/// What is secret is written `as Hidden`: `[REDACTED]`, unless the client writes it; [`Secret`](crate::Secret) has no
/// `Serialize`, so that a member which lacks this does not compile. The members of a [`JsonMap`] that is written `as More`
/// stand beside the others, and are secret.
///
/// `read` before the type makes it a model too, for what vendors answer as it was sent.
///
/// serde's derive would make several times as much code of it.
macro_rules! request {
    (@write struct $name:ident $case:tt { $(
        $(#[$member_meta:meta])* $member_vis:vis $member:ident: $type:ty $(as $writer:ident)? $(= $key:literal)?
    ),+ $(,)? }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let keys = $crate::types::model::keys!($case $( $member [$($key)?] )+);
                let mut members = $crate::types::model::Members::begin(serializer, None, keys)?;
                $( $crate::types::request::write_part!(members, &self.$member $(, $writer)?); )+
                members.end()
            }
        }

        $crate::types::request::part! { $name }
    };
    (@declare [$($meta:tt)*] $vis:vis struct $name:ident { $(
        $(#[$member_meta:meta])* $member_vis:vis $member:ident: $type:ty $(as $writer:ident)? $(= $key:literal)?
    ),+ $(,)? }) => {
        $($meta)*
        $vis struct $name {
            $( $(#[$member_meta])* $member_vis $member: $type, )+
        }
    };
    ($(#[$meta:meta])* read $vis:vis struct $name:ident $(in $case:ident)? { $($members:tt)+ }) => {
        $crate::types::model!(@read [$(#[$meta])*] $vis struct $name [$($case)?] { $($members)+ });
        $crate::types::request!(@write struct $name [$($case)?] { $($members)+ });
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident $(in $case:ident)? { $($members:tt)+ }) => {
        $crate::types::request!(@declare [$(#[$meta])*] $vis struct $name { $($members)+ });
        $crate::types::request!(@write struct $name [$($case)?] { $($members)+ });
    };
}

/// Writes a member by the writer that is named for it, and by none that it does not know; a reader's name matters to
/// reading only.
macro_rules! write_part {
    ($members:ident, $value:expr, Hidden) => {
        $members.hidden($value)
    };
    ($members:ident, $value:expr, More) => {
        $members.more($value)
    };
    ($members:ident, $value:expr, WholeNumber) => {
        $members.part($value)
    };
    ($members:ident, $value:expr) => {
        $members.part($value)
    };
}

/// Makes types members that are always written.
macro_rules! part {
    ($($type:ty),+) => { $(
        impl $crate::types::request::Part for $type {
            type Value = Self;

            #[inline]
            fn part(&self) -> $crate::Patch<&Self> {
                $crate::Patch::Set(self)
            }
        }
    )+ };
}

pub(crate) use {part, request, write_part};

/// What a member of a request may be.
pub(crate) trait Part {
    type Value;

    /// What is written: nothing, `null`, or the value.
    fn part(&self) -> Patch<&Self::Value>;
}

impl<T> Part for Option<T> {
    type Value = T;

    fn part(&self) -> Patch<&T> {
        self.as_ref().map_or(Patch::Keep, Patch::Set)
    }
}

impl<T> Part for Patch<T> {
    type Value = T;

    fn part(&self) -> Patch<&T> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(value),
        }
    }
}

impl<T> Part for Vec<T> {
    type Value = Self;

    fn part(&self) -> Patch<&Self> {
        Patch::Set(self)
    }
}

impl<T> Part for BTreeMap<String, T> {
    type Value = Self;

    fn part(&self) -> Patch<&Self> {
        Patch::Set(self)
    }
}

part! { String, bool, i64, u32, JsonMap, OtherJson, crate::Secret, crate::SecretUrl }

/// What is secret in a request.
pub(super) struct Hidden<'a, T>(pub(super) &'a T);

impl<T: WriteSecret> Serialize for Hidden<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_secret(self.0, serializer)
    }
}

#[cfg(test)]
mod tests {
    use crate::types::with_secrets;
    use crate::{JsonMap, Patch, Secret};
    use serde_json::{from_str, json, to_string, to_value};

    request! {
        /// A thing to change.
        #[derive(Clone, Debug, Default)]
        struct UpdateThing in camelCase {
            name_of_it: Patch<String>,
            is_open: Option<bool>,
            parts: Vec<Part>,
            key: Option<Secret> as Hidden,
            old_key: Patch<Secret> as Hidden,
            settings: JsonMap as Hidden = "_settings",
            more: JsonMap as More,
        }
    }

    request! {
        /// A part of it, which comes back as it was sent.
        #[derive(Clone, Debug, Default, PartialEq)]
        read pub(super) struct Part {
            pub(super) size: Option<i64> as WholeNumber,
            pub(super) kind: Option<String> = "type",
        }
    }

    #[test]
    fn what_is_not_set_is_left_out() {
        assert_eq!(to_string(&UpdateThing::default()).unwrap(), r#"{"parts":[],"_settings":{}}"#);
        let cleared =
            UpdateThing { name_of_it: Patch::Clear, old_key: Patch::Clear, ..UpdateThing::default() };
        let written = json!({ "nameOfIt": null, "parts": [], "oldKey": null, "_settings": {} });
        assert_eq!(to_value(cleared).unwrap(), written);
    }

    #[test]
    fn what_is_secret_is_for_the_client_alone() {
        let update = UpdateThing {
            name_of_it: "it".into(),
            is_open: Some(false),
            parts: vec![Part { size: Some(1), kind: None }],
            key: Some("k3y".into()),
            old_key: "0ld".into(),
            settings: JsonMap::new().with("pin", 4711),
            more: JsonMap::new().with("new", "s3cret"),
        };
        let hidden = json!({
            "nameOfIt": "it", "isOpen": false, "parts": [{ "size": 1 }], "key": "[REDACTED]",
            "oldKey": "[REDACTED]", "_settings": { "pin": "[REDACTED]" }, "new": "[REDACTED]",
        });
        assert_eq!(to_value(&update).unwrap(), hidden);
        let whole = json!({
            "nameOfIt": "it", "isOpen": false, "parts": [{ "size": 1 }], "key": "k3y",
            "oldKey": "0ld", "_settings": { "pin": 4711 }, "new": "s3cret",
        });
        assert_eq!(with_secrets(|| to_value(&update)).unwrap(), whole);
    }

    #[test]
    fn what_comes_back_is_read_as_a_model() {
        let part: Part = from_str(r#"{"type":"bolt","size":"17","new":1}"#).unwrap();
        assert_eq!(part, Part { size: Some(17), kind: Some("bolt".to_owned()) });
        assert_eq!(from_str::<Part>("{}").unwrap(), Part::default());
    }
}
