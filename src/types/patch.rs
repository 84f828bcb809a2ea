use crate::types::{Secret, Timestamp};
use serde::{Serialize, Serializer};

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

macro_rules! patch_from_text {
    ($($text:ty => $target:ty),+ $(,)?) => { $(
        impl From<$text> for Patch<$target> {
            fn from(text: $text) -> Self {
                Self::Set(text.into())
            }
        }
    )+ };
}

patch_from_text! {
    &str => String,
    &str => Secret,
    String => Secret,
    &str => Timestamp,
    String => Timestamp,
}

/// Skip the field with `skip_serializing_if = "Patch::is_keep"`: a format cannot leave it out from here.
impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}
