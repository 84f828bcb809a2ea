use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use std::{fmt, marker::PhantomData};

/// A list as the vendors write lists: absent and `null` are empty, and items that are `null` are left out.
pub(crate) struct List<T>(pub(crate) Vec<T>);

/// Reads a [`List`] into a plain vector.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    List::deserialize(deserializer).map(|List(items)| items)
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_none<E>(self) -> Result<List<T>, E> {
                Ok(List(Vec::new()))
            }

            fn visit_unit<E>(self) -> Result<List<T>, E> {
                Ok(List(Vec::new()))
            }

            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<List<T>, D::Error> {
                deserializer.deserialize_seq(self)
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut sequence: S) -> Result<List<T>, S::Error> {
                let mut items = Vec::new();
                while let Some(item) = sequence.next_element::<Option<T>>()? {
                    items.extend(item);
                }
                Ok(List(items))
            }
        }

        deserializer.deserialize_option(Items(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_str, json};

    #[derive(serde::Deserialize)]
    struct Holder {
        #[serde(default, deserialize_with = "list")]
        items: Vec<i64>,
    }

    #[test]
    fn absent_and_null_are_empty_and_null_items_are_left_out() {
        let rows = [
            ("{}", vec![]),
            (r#"{"items":null}"#, vec![]),
            (r#"{"items":[]}"#, vec![]),
            (r#"{"items":[null,1,null,2]}"#, vec![1, 2]),
        ];
        for (text, expected) in rows {
            assert_eq!(from_str::<Holder>(text).unwrap().items, expected, "{text}");
            let value = serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(serde_json::from_value::<Holder>(value).unwrap().items, expected, "{text}");
        }
        assert!(from_str::<Holder>(r#"{"items":"none"}"#).is_err());
        assert!(serde_json::from_value::<List<i64>>(json!({})).is_err());
    }
}
