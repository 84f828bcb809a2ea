use serde::de::{Deserializer, Error, Visitor};
use std::fmt;

/// Declares an enum whose values a vendor may extend at any time.
///
/// The declaration lists the values known today. Any other value is kept in `Unknown`, byte for byte. A value that the
/// vendor spells in several ways has the others behind a `|`: they are read, and the first is written.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $text:literal $(| $other:literal)*, )+
        }
    ) => {
        $(#[$meta])*
        ///
        /// The vendor may add values: one that this version does not know is kept in `Unknown`.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* #[doc = concat!("\n\nOn the wire: `", $text, "`.")] $variant, )+
            /// A value that this version of the crate does not know; `as_str()` gives it.
            Unknown($crate::types::UnknownValue),
        }

        impl $name {
            /// Every value that this version of the crate knows.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it goes over the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $text, )+
                    Self::Unknown(value) => value.as_str(),
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $( $text $(| $other)* => Self::$variant, )+
                    other => Self::Unknown($crate::types::UnknownValue::new(other)),
                }
            }
        }

        $crate::types::text_conversions!($name);
    };
}

/// Implements what every type that is one string on the wire has in common.
///
/// The type brings `From<&str>` and `as_str`.
macro_rules! text_conversions {
    ($name:ident) => {
        impl From<String> for $name {
            #[inline]
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl From<&String> for $name {
            #[inline]
            fn from(text: &String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl From<&$name> for $name {
            #[inline]
            fn from(value: &$name) -> Self {
                value.clone()
            }
        }

        impl AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            #[inline]
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        $crate::types::patch_from_text!($name);

        impl From<String> for $crate::types::Patch<$name> {
            #[inline]
            fn from(text: String) -> Self {
                Self::Set(text.into())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::types::model::Member for $name {}

        $crate::types::request::part! { $name }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::types::deserialize_text(deserializer)
            }
        }
    };
}

pub(crate) use {open_enum, text_conversions};

/// The text of an enum value that this version of the crate does not know.
///
/// It is rare, and every enum is as large as its largest variant: hence one pointer and not two words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnknownValue(Box<Box<str>>);

impl UnknownValue {
    pub(crate) fn new(text: &str) -> Self {
        Self(Box::new(text.into()))
    }

    /// The value as the vendor sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads a string without copying it first.
pub(crate) fn deserialize_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    /// One type for all texts: a visitor for each would be compiled with a copy of the parser.
    struct Text<'a>(&'a mut dyn FnMut(&str));

    impl Visitor<'_> for Text<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E>(self, text: &str) -> Result<(), E> {
            (self.0)(text);
            Ok(())
        }
    }

    let mut read = None;
    deserializer.deserialize_str(Text(&mut |text| read = Some(T::from(text))))?;
    read.ok_or_else(|| Error::custom("no string was read"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Timestamp, UnixMillis};
    use proptest::prelude::*;
    use serde_json::{from_str, from_value, json, to_string};
    use std::marker::PhantomData;

    open_enum! {
        /// A colour.
        pub enum Colour {
            /// Red.
            Red = "red",
            /// Deep blue.
            DeepBlue = "deep-blue" | "deepblue",
        }
    }

    #[test]
    fn another_spelling_reads_as_the_first() {
        assert_eq!(from_str::<Colour>(r#""deepblue""#).unwrap(), Colour::DeepBlue);
        assert_eq!(Colour::from("deepblue").as_str(), "deep-blue");
    }

    #[test]
    fn known_values_round_trip() {
        assert_eq!(Colour::KNOWN, [Colour::Red, Colour::DeepBlue]);
        for colour in Colour::KNOWN {
            assert_eq!(&Colour::from(colour.as_str()), colour);
            assert_eq!(&from_str::<Colour>(&to_string(colour).unwrap()).unwrap(), colour);
        }
        assert_eq!(to_string(&Colour::DeepBlue).unwrap(), r#""deep-blue""#);
    }

    #[test]
    fn an_unseen_value_is_kept() {
        for text in ["green", "", "Red", " red", "red\0", "🦀\u{202e}"] {
            let colour = Colour::from(text);
            assert_eq!(colour, Colour::Unknown(UnknownValue::new(text)));
            assert_eq!(colour.as_str(), text);
            assert_eq!(from_str::<Colour>(&to_string(&colour).unwrap()).unwrap(), colour);
        }
    }

    #[test]
    fn every_conversion_leads_to_the_same_value() {
        let owned = String::from("red");
        assert_eq!(Colour::from(&owned), Colour::Red);
        assert_eq!(Colour::from(owned), Colour::Red);
        assert_eq!(Colour::from(&Colour::Red), Colour::Red);
        assert_eq!(Colour::Red.as_ref(), "red");
        assert_eq!(format!("{:>5}|{}", Colour::Red, Colour::from("x")), "  red|x");
    }

    /// Whoever sorts them would sort the vendor's spelling, or the order of a declaration.
    #[test]
    fn what_has_no_order_of_its_own_cannot_be_sorted() {
        struct Probe<T>(PhantomData<T>);

        impl<T: PartialOrd> Probe<T> {
            const IS_ORDERED: bool = true;
        }

        /// What is found where there is no order.
        trait Otherwise {
            const IS_ORDERED: bool = false;
        }

        impl<T> Otherwise for Probe<T> {}

        let ordered =
            [Probe::<Colour>::IS_ORDERED, Probe::<UnknownValue>::IS_ORDERED, Probe::<Timestamp>::IS_ORDERED];
        assert_eq!(ordered, [false; 3]);
        assert_eq!([Probe::<UnixMillis>::IS_ORDERED], [true], "a number");
    }

    #[test]
    fn what_is_no_string_is_refused() {
        for json in [json!(1), json!(null), json!(["red"]), json!({ "red": null })] {
            assert!(from_value::<Colour>(json).is_err());
        }
    }

    proptest! {
        #[test]
        fn r33_any_string_round_trips(text: String) {
            let json = to_string(&text).unwrap();
            let colour: Colour = from_str(&json).unwrap();
            prop_assert_eq!(colour.as_str(), &text);
            prop_assert_eq!(to_string(&colour).unwrap(), json);
            // Out of a value, strings come owned and not borrowed.
            prop_assert_eq!(from_value::<Colour>(json!(text)).unwrap(), colour);
        }
    }
}
