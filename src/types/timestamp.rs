use crate::types::text_conversions;
#[cfg(feature = "jiff")]
use jiff::fmt::temporal::Pieces;
use serde::{Deserialize, Deserializer, Serialize, de};

/// A moment as the vendor wrote it: the text is kept as it came.
///
/// The vendors write RFC 3339 with and without an offset, date only, and with up to nine fraction digits, and now
/// and then an impossible time. So nothing is parsed while decoding.
#[cfg_attr(feature = "jiff", doc = "[`parse`](Self::parse) reads it.")]
#[cfg_attr(not(feature = "jiff"), doc = "With the feature `jiff`, `parse` reads it.")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(Box<str>);

impl Timestamp {
    /// The moment as the vendor wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

text_conversions!(Timestamp);

/// What a [`Timestamp`] says: an instant where it has an offset, else a local time or a date.
#[cfg(feature = "jiff")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A point in time.
    Instant(jiff::Timestamp),
    /// A date and time without offset: local time of the business that the data belongs to.
    Local(jiff::civil::DateTime),
    /// A date without time.
    Date(jiff::civil::Date),
}

#[cfg(feature = "jiff")]
impl Timestamp {
    /// What the text says.
    ///
    /// # Errors
    /// When the text is not RFC 3339, or names a time that does not exist (`23:59:99`).
    pub fn parse(&self) -> Result<Moment, jiff::Error> {
        let pieces = Pieces::parse(&*self.0)?;
        Ok(match (pieces.offset(), pieces.time()) {
            (Some(_), _) => Moment::Instant(self.0.parse()?),
            (None, Some(time)) => Moment::Local(pieces.date().to_datetime(time)),
            (None, None) => Moment::Date(pieces.date()),
        })
    }
}

#[cfg(feature = "jiff")]
impl From<jiff::Timestamp> for Timestamp {
    fn from(instant: jiff::Timestamp) -> Self {
        instant.to_string().into()
    }
}

/// A moment in Unix milliseconds.
///
/// Apideck writes 0 for "never".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct UnixMillis(i64);

impl UnixMillis {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn get(self) -> i64 {
        self.0
    }

    /// Whether the vendor says with it that the event has not happened.
    pub fn is_never(self) -> bool {
        self.0 == 0
    }

    /// The moment as an instant.
    ///
    /// # Errors
    /// When the moment lies outside the years −9999 to 9999.
    #[cfg(feature = "jiff")]
    pub fn parse(self) -> Result<jiff::Timestamp, jiff::Error> {
        jiff::Timestamp::from_millisecond(self.0)
    }
}

impl From<i64> for UnixMillis {
    fn from(millis: i64) -> Self {
        Self(millis)
    }
}

impl<'de> Deserialize<'de> for UnixMillis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        number
            .as_i64()
            .or_else(|| number.as_f64().map(|millis| millis as i64))
            .map(Self)
            .ok_or_else(|| de::Error::custom("not a number of milliseconds"))
    }
}
