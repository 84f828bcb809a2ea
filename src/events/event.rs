use crate::engine::Decoding;
use crate::types::from_object;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use std::fmt;

/// An event that this version of the crate does not understand, as it was delivered.
///
/// `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct RawEvent(Box<str>);

impl RawEvent {
    pub(crate) fn new(body: &[u8]) -> Self {
        Self(String::from_utf8_lossy(body).into())
    }

    /// The body as text: JSON as a rule. What is no UTF-8 is U+FFFD.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The body read as a `T`; `None` where it is none.
    pub fn get<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.0).ok()
    }
}

impl fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Reads an envelope or a payload as the client reads answers: what is not understood of it is left out, if it can be.
pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    Decoding::new(Bytes::copy_from_slice(json), json.len().saturating_mul(6), 0).now(from_object::<T>)
}

/// Declares a vendor's events, each with its payload and its types: the first as documented, then other spellings.
///
/// What is told by more than the type stands under `besides`, and is read by the vendor's own code.
macro_rules! events {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident($payload:ty) = $text:literal $(| $other:literal)*, )+
        }
        $(besides { $( $(#[$more_meta:meta])* $more:ident($more_payload:ty), )+ })?
    ) => {
        $(#[$meta])*
        ///
        /// The vendor may add events, and change payloads: what this version does not understand is `Other`.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* #[doc = concat!("\n\nOn the wire: `", $text, "`.")] $variant($payload), )+
            $($( $(#[$more_meta])* $more($more_payload), )+)?
            /// An event of another type, or with a payload that is not understood.
            Other($crate::events::RawEvent),
        }

        impl $name {
            /// The event of this type with this payload, if both are understood.
            fn read(event_type: &str, payload: &[u8]) -> Option<Self> {
                match event_type {
                    $( $text $(| $other)* => $crate::events::read(payload).map(Self::$variant), )+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use events;
