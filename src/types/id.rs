/// Declares an identifier type: one string that is not interchangeable with another kind of id.
macro_rules! id {
    ( $( $(#[$meta:meta])* pub struct $name:ident; )+ ) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The identifier as the vendor writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<$name> for String {
            #[inline]
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl PartialEq<str> for $name {
            #[inline]
            fn eq(&self, text: &str) -> bool {
                *self.0 == *text
            }
        }

        impl PartialEq<&str> for $name {
            #[inline]
            fn eq(&self, text: &&str) -> bool {
                *self.0 == **text
            }
        }

        impl PartialEq<$name> for str {
            #[inline]
            fn eq(&self, id: &$name) -> bool {
                *self == *id.0
            }
        }

        impl PartialEq<$name> for &str {
            #[inline]
            fn eq(&self, id: &$name) -> bool {
                **self == *id.0
            }
        }

        $crate::types::text_conversions!($name);
    )+ };
}

pub(crate) use id;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{from_str, from_value, json, to_string};

    id! {
        /// A thing.
        pub struct ThingId;
    }

    #[test]
    fn every_conversion_leads_to_the_same_id() {
        let id = ThingId::from("a/b");
        let owned = String::from("a/b");
        assert_eq!(ThingId::from(&owned), id);
        assert_eq!(ThingId::from(owned), id);
        assert_eq!(ThingId::from(&id), id);
        assert_eq!((id.as_str(), id.as_ref()), ("a/b", "a/b"));
        assert_eq!(format!("{id:>4}|{id}"), " a/b|a/b");
    }

    #[test]
    fn what_is_no_string_is_refused() {
        for json in [json!(1), json!(null), json!(["a"]), json!({})] {
            assert!(from_value::<ThingId>(json).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_string_round_trips(text: String) {
            let json = to_string(&text).unwrap();
            let id: ThingId = from_str(&json).unwrap();
            prop_assert_eq!(id.as_str(), &text);
            prop_assert_eq!(to_string(&id).unwrap(), json);
            prop_assert!(id == *text && id == text.as_str());
            prop_assert!(*text == id && text.as_str() == id);
            prop_assert_ne!(&id, &*(text.clone() + "x"));
            prop_assert_eq!(String::from(id), text);
        }
    }
}
