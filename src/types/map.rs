use serde::de::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// Reads an object whose members are all alike: absent and `null` are empty, and members that are `null` are left out.
pub(crate) fn map<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let members = Option::<BTreeMap<String, Option<T>>>::deserialize(deserializer)?;
    Ok(members.into_iter().flatten().filter_map(|(name, member)| Some((name, member?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::from_str;

    #[derive(serde::Deserialize)]
    struct Holder {
        #[serde(default, deserialize_with = "map")]
        members: BTreeMap<String, i64>,
    }

    #[test]
    fn absent_and_null_are_empty_and_null_members_are_left_out() {
        let two = || BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]);
        let rows = [
            ("{}", BTreeMap::new()),
            (r#"{"members":null}"#, BTreeMap::new()),
            (r#"{"members":{}}"#, BTreeMap::new()),
            (r#"{"members":{"a":1,"c":null,"b":2}}"#, two()),
        ];
        for (text, expected) in rows {
            assert_eq!(from_str::<Holder>(text).unwrap().members, expected, "{text}");
        }
        assert!(from_str::<Holder>(r#"{"members":[]}"#).is_err());
    }
}
