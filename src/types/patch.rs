use crate::types::{OtherJson, Secret};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// What an update does to one field: leave it, clear it, or set it.
///
/// Used where the vendor tells a field that is absent from one that is `null`. `Keep` sends nothing and is the
/// default, `Clear` sends `null`, `Set` sends the value.
///
/// ```
/// use connectory::Patch;
///
/// let keep = Patch::<u32>::default();
/// let set = Patch::from(7);
/// assert_eq!((keep, set), (Patch::Keep, Patch::Set(7)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The field is not sent; the vendor keeps what it has.
    #[default]
    Keep,
    /// The field is sent as `null`.
    Clear,
    /// The field is sent with this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the field is left out of the request.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The value to set, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

/// Lets every patch of one of these types be set from text.
macro_rules! patch_from_text {
    ($($target:ty),+ $(,)?) => { $(
        impl From<&str> for $crate::types::Patch<$target> {
            #[inline]
            fn from(text: &str) -> Self {
                Self::Set(text.into())
            }
        }

        impl From<&String> for $crate::types::Patch<$target> {
            #[inline]
            fn from(text: &String) -> Self {
                Self::from(text.as_str())
            }
        }
    )+ };
}

pub(crate) use patch_from_text;

patch_from_text!(String, Secret);

impl From<Value> for Patch<OtherJson> {
    fn from(json: Value) -> Self {
        Self::Set(json.into())
    }
}

impl From<String> for Patch<Secret> {
    fn from(text: String) -> Self {
        Self::Set(text.into())
    }
}

/// Skip the field with `skip_serializing_if = "Patch::is_keep"`: a format cannot leave it out from here.
impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro writes public items")]
mod tests {
    use super::*;
    use crate::types::{JsonMap, Timestamp, setters, with_secrets, write_secret};
    use serde_json::{json, to_value};

    #[derive(Default, Serialize)]
    struct Update {
        #[serde(skip_serializing_if = "Patch::is_keep")]
        settings: Patch<JsonMap>,
        #[serde(skip_serializing_if = "Patch::is_keep", serialize_with = "write_secret")]
        token: Patch<Secret>,
        #[serde(skip_serializing_if = "Patch::is_keep")]
        at: Patch<Timestamp>,
        #[serde(skip_serializing_if = "Option::is_none")]
        enabled: Option<bool>,
    }

    impl Update {
        setters! {
            settings: Patch<JsonMap>,
            token: Patch<Secret>,
            at: Patch<Timestamp>,
            enabled: Option<bool>,
        }
    }

    #[test]
    fn keep_is_absent_clear_is_null_set_is_the_value() {
        assert_eq!(to_value(Update::default()).unwrap(), json!({}));
        let cleared = Update::default().settings(Patch::Clear).token(Patch::Clear).at(Patch::Clear);
        assert_eq!(to_value(cleared).unwrap(), json!({ "settings": null, "token": null, "at": null }));
        let set = Update::default()
            .settings(JsonMap::new())
            .token("s3cret")
            .at(String::from("2020-01-01T00:00:00Z"))
            .enabled(false);
        let expected =
            json!({ "settings": {}, "token": "s3cret", "at": "2020-01-01T00:00:00Z", "enabled": false });
        assert_eq!(with_secrets(|| to_value(set)).unwrap(), expected);
        let kept = Update::default().settings(JsonMap::new()).settings(Patch::Keep);
        assert_eq!(to_value(kept).unwrap(), json!({}));
    }

    #[test]
    fn only_set_has_a_value() {
        assert_eq!(Patch::<i64>::default(), Patch::Keep);
        assert_eq!(
            [Patch::Keep, Patch::Clear, Patch::from(7)].map(|patch| patch.value().copied()),
            [None, None, Some(7)]
        );
        assert_eq!(
            [Patch::Keep, Patch::Clear, Patch::Set(7)].map(|patch| patch.is_keep()),
            [true, false, false]
        );
    }
}
