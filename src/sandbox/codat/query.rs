//! Codat's query language, acted out: `query`, `tags` and `orderBy` of its lists.

use crate::sandbox::body::Texts;
use serde_json::Value;
use std::cmp::Ordering;

/// Which items a list lets through.
#[derive(Debug, PartialEq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Clause { property: String, operator: Operator, value: String },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Contains,
    Greater,
    Less,
    AtLeast,
    AtMost,
}

/// Longer ones first: `>=` begins as `>` does.
const OPERATORS: [(&str, Operator); 7] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("=", Operator::Equal),
    ("~", Operator::Contains),
    (">", Operator::Greater),
    ("<", Operator::Less),
];

/// Codat's words for a query that it cannot read.
const MALFORMED: &str = "Error parsing query - Malformed query.";
const MAX_CHARS: usize = 2048;
/// Nobody needs more, and each level costs stack.
const MAX_DEPTH: usize = 32;

impl Filter {
    pub(super) fn read(query: &str) -> Result<Self, String> {
        let whole = |(filter, rest): (Self, &str)| rest.is_empty().then_some(filter);
        let short = query.chars().count() <= MAX_CHARS;
        let read = short.then(|| read_any(query.trim(), 0)).flatten();
        read.and_then(whole).ok_or_else(|| MALFORMED.to_owned())
    }

    /// Whether the item is let through; an error where a property or an operator does not fit.
    pub(super) fn lets_through(&self, item: &Value) -> Result<bool, String> {
        self.holds(&|property, operator, value| {
            let found = resolve(item, property)?;
            found.into_iter().try_fold(false, |any, found| Ok(compare(found, operator, value)? || any))
        })
    }

    /// The same of a company's tags, which are texts. A tag that it lacks is not equal to anything.
    pub(super) fn lets_through_tags(&self, tags: &Texts) -> Result<bool, String> {
        self.holds(&|name, operator, value| {
            let tag = tags.get(name);
            match operator {
                Operator::Equal => Ok(tag == Some(value)),
                Operator::NotEqual => Ok(tag != Some(value)),
                Operator::Contains => Ok(tag.is_some_and(|tag| tag.contains(value))),
                _ => Err(MALFORMED.to_owned()),
            }
        })
    }

    /// Every clause is looked at, so that a mistake in any of them is told.
    fn holds(&self, clause: &dyn Fn(&str, Operator, &str) -> Result<bool, String>) -> Result<bool, String> {
        match self {
            Self::All(parts) => parts.iter().try_fold(true, |all, part| Ok(part.holds(clause)? && all)),
            Self::Any(parts) => parts.iter().try_fold(false, |any, part| Ok(part.holds(clause)? || any)),
            Self::Clause { property, operator, value } => clause(property, *operator, value),
        }
    }
}

/// Parts between `||`, each of parts between `&&`.
fn read_any(text: &str, depth: usize) -> Option<(Filter, &str)> {
    read_joined(text, "||", Filter::Any, |text| {
        read_joined(text, "&&", Filter::All, |text| read_part(text, depth))
    })
}

fn read_joined<'a>(
    text: &'a str,
    joint: &str,
    join: fn(Vec<Filter>) -> Filter,
    read: impl Fn(&'a str) -> Option<(Filter, &'a str)>,
) -> Option<(Filter, &'a str)> {
    let (first, mut rest) = read(text)?;
    let mut parts = vec![first];
    while let Some(after) = rest.strip_prefix(joint) {
        let (part, left) = read(after.trim_start())?;
        parts.push(part);
        rest = left;
    }
    Some((if parts.len() == 1 { parts.remove(0) } else { join(parts) }, rest))
}

/// A clause, or a group in braces.
fn read_part(text: &str, depth: usize) -> Option<(Filter, &str)> {
    if let Some(group) = text.strip_prefix('{') {
        let (filter, rest) = (depth < MAX_DEPTH).then(|| read_any(group.trim_start(), depth + 1))??;
        return Some((filter, rest.strip_prefix('}')?.trim_start()));
    }
    let ends = ["&&", "||", "{", "}"].into_iter().filter_map(|end| text.find(end));
    let (clause, rest) = text.split_at(ends.min().unwrap_or(text.len()));
    let at = clause.find(['=', '!', '~', '>', '<'])?;
    let (property, after) = clause.split_at(at);
    let (operator, value) =
        OPERATORS.into_iter().find_map(|(sign, operator)| Some((operator, after.strip_prefix(sign)?)))?;
    let (property, value) = (property.trim(), value.trim());
    let is_whole = !property.is_empty() && !property.contains(char::is_whitespace) && !value.is_empty();
    let clause = Filter::Clause { property: property.to_owned(), operator, value: value.to_owned() };
    is_whole.then_some((clause, rest))
}

/// What the property stands for: several values where it leads through a list, none where it is null.
fn resolve<'a>(item: &'a Value, property: &str) -> Result<Vec<&'a Value>, String> {
    let unknown = || format!("Error parsing query - Could not resolve property {property} on Dataset");
    let mut found = vec![item];
    for name in property.split('.') {
        let mut next = Vec::new();
        for value in found.into_iter().flat_map(items).filter(|value| !value.is_null()) {
            next.push(value.as_object().and_then(|members| members.get(name)).ok_or_else(unknown)?);
        }
        found = next;
    }
    Ok(found.into_iter().flat_map(items).filter(|value| !value.is_null()).collect())
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn compare(found: &Value, operator: Operator, value: &str) -> Result<bool, String> {
    let ordering = match found {
        Value::Number(number) => {
            let pair = number.as_f64().zip(value.parse().ok());
            pair.and_then(|(found, value): (f64, f64)| found.partial_cmp(&value))
        }
        Value::String(text) => moment(text).zip(moment(value)).map(|(found, value)| found.cmp(&value)),
        _ => None,
    };
    let text = || found.as_str().map_or_else(|| found.to_string(), str::to_owned);
    let is_equal = || ordering.map_or_else(|| text() == value, Ordering::is_eq);
    let ordered = |fits: fn(Ordering) -> bool| ordering.map(fits).ok_or_else(|| MALFORMED.to_owned());
    match operator {
        Operator::Equal => Ok(is_equal()),
        Operator::NotEqual => Ok(!is_equal()),
        Operator::Contains => {
            found.as_str().map(|text| text.contains(value)).ok_or_else(|| MALFORMED.to_owned())
        }
        Operator::Greater => ordered(Ordering::is_gt),
        Operator::Less => ordered(Ordering::is_lt),
        Operator::AtLeast => ordered(Ordering::is_ge),
        Operator::AtMost => ordered(Ordering::is_le),
    }
}

/// A date with or without a time. Codat writes its own in UTC, so one without an offset is taken for such.
fn moment(text: &str) -> Option<jiff::Timestamp> {
    let local = || text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse().ok().or_else(|| Some(local()?.timestamp()))
}

/// Puts the items in the order that `orderBy` asks for: `-` before the property turns it round.
pub(super) fn sort(items: &mut [Value], order_by: &str) -> Result<(), String> {
    let (property, falling) = match order_by.strip_prefix('-') {
        Some(property) => (property, true),
        None => (order_by, false),
    };
    for item in items.iter() {
        resolve(item, property)?;
    }
    items.sort_by(|one, other| {
        let key = |item| resolve(item, property).ok().and_then(|found| found.first().copied());
        let ordering = order(key(one), key(other));
        if falling { ordering.reverse() } else { ordering }
    });
    Ok(())
}

/// Null before all else.
fn order(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let text = |value: Option<&Value>| {
        value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        _ => {
            let (one, other) = (text(one), text(other));
            let moment = |text: &Option<String>| text.as_deref().and_then(moment);
            match (moment(&one), moment(&other)) {
                (Some(one), Some(other)) => one.cmp(&other),
                _ => one.cmp(&other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codat::Query;
    use crate::sandbox::body::Member;
    use proptest::prelude::*;
    use serde_json::json;

    fn invoice() -> Value {
        json!({
            "id": "61", "amountDue": 12.5, "paid": false, "dueDate": "2021-01-28T06:00:00Z", "note": null,
            "customerRef": { "id": "c 7" }, "connections": [{ "status": "Linked" }, { "status": "PendingAuth" }],
        })
    }

    fn lets_through(query: &str) -> Result<bool, String> {
        Filter::read(query)?.lets_through(&invoice())
    }

    #[test]
    fn queries_let_through_what_they_say() {
        for (query, expected) in [
            ("id=61", true),
            ("id = 61 ", true),
            ("id!=61", false),
            ("amountDue>12", true),
            ("amountDue >= 12.50", true),
            ("amountDue=12.50", true),
            ("amountDue<12.5", false),
            ("amountDue<=12.5", true),
            ("paid=false", true),
            ("dueDate>2021-01-28", true),
            ("dueDate>2021-01-29", false),
            ("dueDate=2021-01-28T01:00:00-05:00", true),
            ("customerRef.id=c 7", true),
            ("customerRef.id~c", true),
            ("note=1", false),
            ("connections.status=PendingAuth", true),
            ("connections.status=Unlinked", false),
            ("id=1||id=61", true),
            ("id=1 && id=61", false),
            ("id=61 || id=1 && id=2", true),
            ("{id=61 || id=1} && id=2", false),
            ("{ { id=61 } && amountDue>0 }", true),
        ] {
            assert_eq!(lets_through(query), Ok(expected), "{query}");
        }
    }

    #[test]
    fn a_query_that_cannot_be_read_or_does_not_fit_is_malformed() {
        let deep = format!("{}id=61{}", "{".repeat(40), "}".repeat(40));
        let long = format!("id={}", "6".repeat(2046));
        for query in [
            "",
            "id",
            "id=",
            "=61",
            "id=61 &&",
            "&& id=61",
            "{id=61",
            "id=61}",
            "{}",
            "id ! 61",
            "a b=61",
            "id=61 {id=61}",
            "id>6x",
            "id~",
            "amountDue~1",
            "customerRef~c",
            &deep,
            &long,
        ] {
            assert_eq!(lets_through(query), Err(MALFORMED.to_owned()), "{query}");
        }
        for property in ["ids", "customerRef.name", "id.x", "connections.id"] {
            let told = format!("Error parsing query - Could not resolve property {property} on Dataset");
            assert_eq!(lets_through(&format!("{property}=1")), Err(told));
        }
    }

    #[test]
    fn tags_are_texts_and_may_be_absent() {
        let tags = Texts::read(json!({ "region": "uk" })).unwrap();
        let passes = |query: &str| Filter::read(query).unwrap().lets_through_tags(&tags);
        for (query, expected) in [
            ("region=uk", true),
            ("region!=uk", false),
            ("region~k && team!=a", true),
            ("team=a || team~a", false),
        ] {
            assert_eq!(passes(query), Ok(expected), "{query}");
        }
        assert_eq!(passes("region>a"), Err(MALFORMED.to_owned()));
    }

    #[test]
    fn items_are_sorted_by_what_their_property_is() {
        let item = |id: &str, n: Value| json!({ "id": id, "n": n });
        let sorted = |values: Vec<Value>, by| {
            let mut items: Vec<_> =
                values.into_iter().zip(["a", "b", "c"]).map(|(n, id)| item(id, n)).collect();
            sort(&mut items, by)
                .map(|()| items.iter().filter_map(|item| item["id"].as_str()).collect::<String>())
        };
        assert_eq!(sorted(vec![json!(10), json!(9), json!(null)], "n").as_deref(), Ok("cba"));
        assert_eq!(sorted(vec![json!(10), json!(9), json!(null)], "-n").as_deref(), Ok("abc"));
        assert_eq!(sorted(vec![json!("b"), json!("a"), json!("a")], "n").as_deref(), Ok("bca"));
        let dates =
            vec![json!("2021-01-01T10:00:00+02:00"), json!("2021-01-01T09:00:00Z"), json!("2020-12-31")];
        assert_eq!(sorted(dates, "n").as_deref(), Ok("cab"));
        assert!(sorted(vec![json!(1)], "x").is_err());
    }

    proptest! {
        /// What the client takes for a value stays one: the query has the shape that it was built with.
        #[test]
        fn no_value_and_no_property_breaks_out_of_its_clause(
            property in r"[a-z.]{1,3}|[a-z.&|!={}~ ]{1,4}",
            value in r#"[a-z0-9 &|!äß,.?@-]{0,8}|[a-z &|!={}<>~'"\\]{0,5}"#,
        ) {
            let other = || Query::equal("b", "x");
            let built = other().or(Query::equal(&property, &value)).and(other());
            if let Ok(text) = serde_json::to_value(&built) {
                let clause = |property: &str, value: &str| Filter::Clause {
                    property: property.to_owned(),
                    operator: Operator::Equal,
                    value: value.to_owned(),
                };
                let either = Filter::Any(vec![clause("b", "x"), clause(&property, &value)]);
                let shape = Filter::All(vec![either, clause("b", "x")]);
                prop_assert_eq!(Filter::read(text.as_str().unwrap()), Ok(shape));
            }
        }
    }
}
