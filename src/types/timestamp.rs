use crate::types::text_conversions;
#[cfg(feature = "jiff-0-2")]
use jiff::fmt::temporal::Pieces;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;

/// A moment as the vendor wrote it: the text is kept as it came.
///
/// The vendors write RFC 3339 with and without an offset, date only, and with up to nine fraction digits, and now
/// and then an impossible time. So nothing is parsed while decoding, and two of them have no order: that of their texts
/// is not that of the moments.
#[cfg_attr(feature = "jiff-0-2", doc = "[`parse`](Self::parse) reads it.")]
#[cfg_attr(not(feature = "jiff-0-2"), doc = "With the feature `jiff-0-2`, `parse` reads it.")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

/// What a [`Timestamp`] says.
///
/// An instant where it has an offset, else a local time or a date.
#[cfg(feature = "jiff-0-2")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moment {
    /// A point in time.
    Instant(jiff::Timestamp),
    /// A date and time without offset: the local time of the data's business.
    Local(jiff::civil::DateTime),
    /// A date without time.
    Date(jiff::civil::Date),
}

#[cfg(feature = "jiff-0-2")]
impl Timestamp {
    /// What the text says.
    ///
    /// # Errors
    /// When the text is neither RFC 3339 nor another form of ISO 8601, names a time that does not exist (`23:59:99`), or
    /// a time zone without an offset.
    pub fn parse(&self) -> Result<Moment, jiff::Error> {
        let pieces = Pieces::parse(&*self.0)?;
        let is_zoned = pieces.offset().is_some() || pieces.time_zone_annotation().is_some();
        Ok(match pieces.time() {
            _ if is_zoned => Moment::Instant(self.0.parse()?),
            Some(time) => Moment::Local(pieces.date().to_datetime(time)),
            None => Moment::Date(pieces.date()),
        })
    }
}

#[cfg(feature = "jiff-0-2")]
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
    #[cfg(feature = "jiff-0-2")]
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
        struct Millis;

        impl Visitor<'_> for Millis {
            type Value = i64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of milliseconds")
            }

            fn visit_i64<E: Error>(self, millis: i64) -> Result<i64, E> {
                Ok(millis)
            }

            fn visit_u64<E: Error>(self, millis: u64) -> Result<i64, E> {
                Ok(millis.try_into().unwrap_or(i64::MAX))
            }

            fn visit_f64<E: Error>(self, millis: f64) -> Result<i64, E> {
                Ok(millis as i64)
            }
        }

        deserializer.deserialize_any(Millis).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_str, from_value, json, to_string};

    #[test]
    fn a_timestamp_keeps_its_text() {
        for text in ["2021-11-15T06:00:00Z", "2024-09-01T23:59:99Z", "yesterday", ""] {
            let timestamp: Timestamp = from_value(json!(text)).unwrap();
            assert_eq!(timestamp.as_str(), text);
            assert_eq!(to_string(&timestamp).unwrap(), to_string(text).unwrap());
        }
        assert!(from_value::<Timestamp>(json!(1_615_563_533_390_i64)).is_err());
    }

    #[test]
    fn unix_millis_take_every_json_number() {
        let rows = [
            ("1615563533390", 1_615_563_533_390),
            ("1615563533390.0", 1_615_563_533_390),
            ("1.5e3", 1500),
            ("-1.9", -1),
            ("0", 0),
            ("-9223372036854775808", i64::MIN),
            ("9223372036854775807", i64::MAX),
            ("18446744073709551615", i64::MAX),
            ("-1e300", i64::MIN),
        ];
        for (json, millis) in rows {
            let moment: UnixMillis = from_str(json).unwrap();
            assert_eq!(moment.get(), millis, "{json}");
            assert_eq!(to_string(&moment).unwrap(), millis.to_string());
            assert_eq!(moment.is_never(), millis == 0);
        }
        for wrong in [json!(null), json!("2021-11-15T06:00:00Z"), json!([0]), json!({})] {
            assert!(from_value::<UnixMillis>(wrong).is_err());
        }
    }
}

#[cfg(all(test, feature = "jiff-0-2"))]
mod jiff_tests {
    use super::*;

    fn parsed(text: &str) -> Option<Moment> {
        Timestamp::from(text).parse().ok()
    }

    #[test]
    fn every_form_of_the_vendors_parses() {
        let instant = |text: &str| Some(Moment::Instant(text.parse().unwrap()));
        let local = |text: &str| Some(Moment::Local(text.parse().unwrap()));
        assert_eq!(parsed("2021-11-15T06:00:00Z"), instant("2021-11-15T06:00:00Z"));
        assert_eq!(parsed("2021-11-15T01:00:00-05:00"), instant("2021-11-15T06:00:00Z"));
        assert_eq!(parsed("2020-10-01T12:00:00.000Z"), instant("2020-10-01T12:00:00Z"));
        assert_eq!(parsed("2022-10-27T10:22:43.6464237Z"), instant("2022-10-27T10:22:43.646423700Z"));
        assert_eq!(parsed("2022-10-27T10:22:43.123456789Z"), instant("2022-10-27T10:22:43.123456789Z"));
        assert_eq!(parsed("2021-11-15T01:00:00"), local("2021-11-15T01:00:00"));
        assert_eq!(parsed("2022-10-27T10:22:43.6464237"), local("2022-10-27T10:22:43.6464237"));
        assert_eq!(parsed("2022-10-23"), Some(Moment::Date(jiff::civil::date(2022, 10, 23))));
    }

    #[test]
    fn an_impossible_moment_is_an_error() {
        for text in [
            "2024-09-01T23:59:99Z",
            "2024-09-01T23:59:99",
            "2024-09-01T25:00:00-05:00",
            "2024-02-30",
            "2024-02-30T00:00:00Z",
            "2024-13-01T00:00:00",
            "2024-09-01T10:00:00+99:00",
            "2024-09-01T",
            "T10:00:00",
            "yesterday",
            "",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_with_an_offset_is_never_read_as_local() {
        // What .NET writes for "never", as UTC: an instant beyond what jiff holds.
        for text in ["9999-12-31T23:59:59.9999999+00:00", "9999-12-31T23:59:59.9999999Z"] {
            assert_eq!(parsed(text), None, "{text}");
        }
        // A time zone in brackets is no local time either.
        for text in ["2024-09-01T10:00:00[-04:00]", "2024-09-01T10:00:00[Europe/Paris]", "2024-09-01[UTC]"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn unix_millis_are_instants() {
        let moment = UnixMillis::from(1_615_563_533_390).parse().unwrap();
        assert_eq!(moment, "2021-03-12T15:38:53.39Z".parse().unwrap());
        assert_eq!(Timestamp::from(moment).as_str(), "2021-03-12T15:38:53.39Z");
        assert!(UnixMillis::from(i64::MAX).parse().is_err());
        assert!(UnixMillis::from(i64::MIN).parse().is_err());
    }
}
