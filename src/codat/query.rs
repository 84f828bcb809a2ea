use serde::{Serialize, Serializer, ser::Error};
use std::fmt::{self, Display};

/// The most that Codat takes.
const MAX_CHARS: usize = 2048;

/// Which items to list, in Codat's query language.
///
/// Values go in as they are: one that the language is not known to carry makes the call fail before it is sent, and
/// nothing is escaped by guess. So what a customer has typed cannot become another query. [`raw`](Self::raw) is the way
/// round.
///
/// ```
/// use connectory::codat::{Query, companies::ListCompanies};
///
/// let pending = Query::equal("dataConnections.status", "PendingAuth");
/// let list = ListCompanies::new().query(pending.and(Query::contains("name", "acme")));
/// ```
///
/// Codat compares numbers and dates (`2021-01-28`) with each of its operators, texts with [`equal`](Self::equal),
/// [`not_equal`](Self::not_equal) and [`contains`](Self::contains) only. A property of an object is reached with a dot;
/// lists and null cannot be asked for. A query has at most 2,048 characters.
///
/// Source: <https://docs.codat.io/using-the-api/querying>.
#[derive(Clone, PartialEq, Eq)]
pub struct Query {
    text: String,
    kind: Kind,
    /// Why it cannot be sent.
    mistake: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Clause,
    And,
    Or,
    /// It may be anything.
    Raw,
}

impl Query {
    /// Items whose property has this value.
    pub fn equal(property: impl AsRef<str>, value: impl Display) -> Self {
        Self::clause(property.as_ref(), "=", &value.to_string())
    }

    /// Items whose property has another value.
    pub fn not_equal(property: impl AsRef<str>, value: impl Display) -> Self {
        Self::clause(property.as_ref(), "!=", &value.to_string())
    }

    /// Items whose property is a text with this in it.
    pub fn contains(property: impl AsRef<str>, text: impl Display) -> Self {
        Self::clause(property.as_ref(), "~", &text.to_string())
    }

    /// Items whose property is greater, or later.
    pub fn greater(property: impl AsRef<str>, value: impl Display) -> Self {
        Self::clause(property.as_ref(), ">", &value.to_string())
    }

    /// Items whose property is less, or earlier.
    pub fn less(property: impl AsRef<str>, value: impl Display) -> Self {
        Self::clause(property.as_ref(), "<", &value.to_string())
    }

    /// Items whose property is this, or greater or later.
    pub fn at_least(property: impl AsRef<str>, value: impl Display) -> Self {
        Self::clause(property.as_ref(), ">=", &value.to_string())
    }

    /// Items whose property is this, or less or earlier.
    pub fn at_most(property: impl AsRef<str>, value: impl Display) -> Self {
        Self::clause(property.as_ref(), "<=", &value.to_string())
    }

    /// A query as it is: whatever is in it goes to Codat. The client encodes it, once.
    pub fn raw(query: impl Into<String>) -> Self {
        Self { text: query.into(), kind: Kind::Raw, mistake: None }
    }

    /// Items that both queries let through.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.joined(Kind::And, " && ", other)
    }

    /// Items that either query lets through.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.joined(Kind::Or, " || ", other)
    }

    fn clause(property: &str, operator: &str, value: &str) -> Self {
        let mistake = match (unfit(property), unfit(value)) {
            _ if property.contains(|letter: char| letter.is_whitespace() || "&|!".contains(letter)) => {
                Some("a property holds a space, &, | or !".to_owned())
            }
            (Some(what), _) => Some(format!("a property {what}")),
            (None, Some(what)) => Some(format!("the value for {property} {what}")),
            (None, None) => None,
        };
        Self { text: format!("{property}{operator}{value}"), kind: Kind::Clause, mistake }
    }

    fn joined(mut self, kind: Kind, joint: &str, other: Self) -> Self {
        self.text = format!("{}{joint}{}", self.part_of(kind), other.part_of(kind));
        Self { text: self.text, kind, mistake: self.mistake.or(other.mistake) }
    }

    fn part_of(&self, whole: Kind) -> String {
        if self.kind == Kind::Clause || self.kind == whole {
            self.text.clone()
        } else {
            format!("{{{}}}", self.text)
        }
    }
}

/// What keeps a text from standing for itself within a query.
fn unfit(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("is empty, which Codat cannot ask for".to_owned());
    }
    if text.trim() != text {
        return Some("begins or ends with a space".to_owned());
    }
    if text.contains(char::is_control) {
        return Some("holds a control character".to_owned());
    }
    let known = ["&&", "||", "{", "}", "\"", "'", "`", "\\", "=", "~", "<", ">"];
    // Beside an operator or a joint one of these would be read with it.
    let found = known.into_iter().find(|part| text.contains(part));
    let found = found.or_else(|| ["&", "|", "!"].into_iter().find(|part| is_at_an_end(text, part)));
    found.map(|part| {
        format!(
            "holds {part}, which Codat's query language is not known to carry; Query::raw sends it as it is"
        )
    })
}

fn is_at_an_end(text: &str, part: &str) -> bool {
    text.starts_with(part) || text.ends_with(part)
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Query").field(&self.text).finish()
    }
}

impl Serialize for Query {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(mistake) = &self.mistake {
            return Err(S::Error::custom(mistake));
        }
        if self.text.chars().count() > MAX_CHARS {
            return Err(S::Error::custom(format!("a query has over {MAX_CHARS} characters")));
        }
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::to_value;

    fn text(query: Query) -> String {
        to_value(&query).unwrap().as_str().unwrap().to_owned()
    }

    fn mistake(query: Query) -> String {
        to_value(&query).unwrap_err().to_string()
    }

    #[test]
    fn queries_read_as_codat_writes_them() {
        let date = Query::greater("dueDate", "2021-01-28").and(Query::at_most("totalAmount", 1000));
        assert_eq!(text(date), "dueDate>2021-01-28 && totalAmount<=1000");
        let amount = Query::greater("totalAmount", 100.5).or(Query::less("totalAmount", -50));
        let unpaid = amount.clone().and(Query::not_equal("status", "paid"));
        assert_eq!(text(unpaid), "{totalAmount>100.5 || totalAmount<-50} && status!=paid");
        let either = amount.or(Query::contains("name", "Marks & Spencer").and(Query::at_least("n", 1)));
        assert_eq!(
            text(either),
            "totalAmount>100.5 || totalAmount<-50 || {name~Marks & Spencer && n>=1}",
            "Codat says of neither && nor || that it goes first"
        );
        let raw = Query::raw("a=1||b=2").and(Query::raw("c=\"3\""));
        assert_eq!(text(raw), "{a=1||b=2} && {c=\"3\"}");
    }

    #[test]
    fn a_value_that_the_language_may_not_carry_is_named() {
        for part in ["&&", "||", "{", "}", "\"", "'", "`", "\\", "=", "!=", "~", "<", ">="] {
            let told = mistake(Query::equal("name", format!("a{part}b")));
            let named = if part == "!=" || part == ">=" { "=" } else { part };
            assert!(told.starts_with(&format!("the value for name holds {named}, ")), "{told}");
        }
        for part in ["&", "|", "!"] {
            assert!(mistake(Query::equal("name", format!("a{part}"))).contains(part));
            assert!(mistake(Query::equal("name", format!("{part}a"))).contains(part));
            assert_eq!(text(Query::equal("name", format!("a {part} b"))), format!("name=a {part} b"));
        }
        for (value, why) in [("", "is empty"), (" a", "a space"), ("a ", "a space"), ("a\nb", "control")] {
            assert!(mistake(Query::contains("name", value)).contains(why), "{value:?}");
        }
    }

    #[test]
    fn a_property_is_looked_at_as_well() {
        for property in ["", "a=1 || b", "a b", "a&&b", "{a", "a!b", "a|b"] {
            assert!(mistake(Query::equal(property, "x")).starts_with("a property "), "{property}");
        }
    }

    #[test]
    fn the_first_mistake_survives_all_that_follows() {
        let query = Query::equal("a", "1").or(Query::equal("b", "{")).and(Query::equal("c", "}"));
        assert!(mistake(query).contains("the value for b holds {"));
    }

    #[test]
    fn a_query_has_at_most_2048_characters() {
        assert_eq!(text(Query::raw("ä".repeat(2048))).chars().count(), 2048);
        assert_eq!(mistake(Query::raw("ä".repeat(2049))), "a query has over 2048 characters");
    }
}
