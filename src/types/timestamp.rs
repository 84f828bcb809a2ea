use crate::types::text_conversions;
#[cfg(feature = "jiff-0-2")]
use jiff::fmt::temporal::Pieces;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// A moment as the vendor wrote it: the text is kept as it came.
///
/// The vendors write RFC 3339 with and without an offset, date only, and with up to nine fraction digits, and now
/// and then an impossible time. So nothing is parsed while decoding, and two of them have no order: that of their texts
/// is not that of the moments.
#[cfg_attr(feature = "jiff-0-2", doc = "[`parse`](Self::parse) reads it.")]
#[cfg_attr(not(feature = "jiff-0-2"), doc = "With the feature `jiff-0-2`, `parse` reads it.")]
#[cfg_attr(
    feature = "chrono-0-4",
    doc = "[`parse_chrono`](Self::parse_chrono) reads it into chrono's types."
)]
#[cfg_attr(not(feature = "chrono-0-4"), doc = "With the feature `chrono-0-4`, `parse_chrono` reads it.")]
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

/// What a [`Timestamp`] says, in chrono's types.
///
/// An instant where it has an offset, else a local time or a date.
#[cfg(feature = "chrono-0-4")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChronoMoment {
    /// A point in time, with the offset that it was written with.
    Instant(chrono::DateTime<chrono::FixedOffset>),
    /// A date and time without offset: the local time of the data's business.
    Local(chrono::NaiveDateTime),
    /// A date without time.
    Date(chrono::NaiveDate),
}

#[cfg(feature = "chrono-0-4")]
impl Timestamp {
    /// What the text says, in chrono's types.
    ///
    /// # Errors
    /// When the text is neither RFC 3339 nor the same without offset or time, or names a time that does not exist
    /// (`23:59:99`).
    pub fn parse_chrono(&self) -> Result<ChronoMoment, chrono::ParseError> {
        let instant = || self.0.parse().map(ChronoMoment::Instant);
        let local = |_| self.0.parse().map(ChronoMoment::Local);
        let date = |_| self.0.parse().map(ChronoMoment::Date);
        instant().or_else(local).or_else(date)
    }
}

#[cfg(feature = "chrono-0-4")]
impl<Z: chrono::TimeZone> From<chrono::DateTime<Z>> for Timestamp {
    fn from(instant: chrono::DateTime<Z>) -> Self {
        instant.to_utc().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true).into()
    }
}

#[cfg(any(feature = "jiff-0-2", feature = "chrono-0-4"))]
impl Timestamp {
    /// The instant as the standard library has it.
    ///
    /// `None` for a local time, a date, a text that cannot be read, and what lies beyond the system's clock.
    #[cfg_attr(docsrs, doc(cfg(any(feature = "jiff-0-2", feature = "chrono-0-4"))))]
    pub fn to_system_time(&self) -> Option<SystemTime> {
        #[cfg(feature = "jiff-0-2")]
        let nanoseconds = match self.parse().ok()? {
            Moment::Instant(instant) => instant.as_nanosecond(),
            _ => return None,
        };
        #[cfg(not(feature = "jiff-0-2"))]
        let nanoseconds = match self.parse_chrono().ok()? {
            ChronoMoment::Instant(instant) => {
                i128::from(instant.timestamp()) * 1_000_000_000 + i128::from(instant.timestamp_subsec_nanos())
            }
            _ => return None,
        };
        system_time(nanoseconds)
    }
}

/// The moment so many nanoseconds after 1970; `None` beyond the system's clock.
fn system_time(nanoseconds: i128) -> Option<SystemTime> {
    let distance = nanoseconds.unsigned_abs();
    let seconds = u64::try_from(distance / 1_000_000_000).ok()?;
    let distance = Duration::new(seconds, u32::try_from(distance % 1_000_000_000).ok()?);
    match nanoseconds {
        0.. => SystemTime::UNIX_EPOCH.checked_add(distance),
        _ => SystemTime::UNIX_EPOCH.checked_sub(distance),
    }
}

/// A moment in Unix milliseconds.
///
/// Apideck writes 0 for "never".
///
/// `Display` writes the number.
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

    /// The moment as an instant of chrono's; `None` outside the years −262143 to 262142.
    #[cfg(feature = "chrono-0-4")]
    pub fn parse_chrono(self) -> Option<chrono::DateTime<chrono::Utc>> {
        chrono::DateTime::from_timestamp_millis(self.0)
    }

    /// The moment as the standard library has it; `None` beyond the system's clock.
    pub fn to_system_time(self) -> Option<SystemTime> {
        system_time(i128::from(self.0) * 1_000_000)
    }
}

impl fmt::Display for UnixMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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
            assert_eq!(format!("{moment}|{moment:>21}"), format!("{millis}|{millis:>21}"));
        }
        for wrong in [json!(null), json!("2021-11-15T06:00:00Z"), json!([0]), json!({})] {
            assert!(from_value::<UnixMillis>(wrong).is_err());
        }
    }
}

#[cfg(test)]
mod system_time_tests {
    use super::*;
    use proptest::prelude::*;

    fn millis_of(time: SystemTime) -> i128 {
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_millis()).unwrap(),
            Err(error) => -i128::try_from(error.duration().as_millis()).unwrap(),
        }
    }

    proptest! {
        #[test]
        fn unix_millis_are_times_of_the_system(millis: i64) {
            if let Some(time) = UnixMillis::from(millis).to_system_time() {
                prop_assert_eq!(millis_of(time), i128::from(millis));
            }
        }
    }

    #[cfg(any(feature = "jiff-0-2", feature = "chrono-0-4"))]
    #[test]
    fn only_an_instant_is_a_time_of_the_system() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2021-03-12T15:38:53.39Z", Some(1_615_563_533_390)),
            ("2021-03-12T10:38:53.39-05:00", Some(1_615_563_533_390)),
            ("1969-12-31T23:59:58.5Z", Some(-1500)),
            ("2021-03-12T15:38:53", None),
            ("2021-03-12", None),
            ("yesterday", None),
        ] {
            assert_eq!(Timestamp::from(text).to_system_time().map(millis_of), millis, "{text}");
        }
    }
}

#[cfg(all(test, feature = "chrono-0-4"))]
mod chrono_tests {
    use super::*;
    use chrono::{DateTime, NaiveDate, Utc};

    #[test]
    fn every_form_of_the_vendors_parses() {
        let parsed = |text: &str| Timestamp::from(text).parse_chrono().ok();
        let utc = |text: &str| match parsed(text) {
            Some(ChronoMoment::Instant(instant)) => instant.to_utc(),
            other => panic!("{text}: {other:?}"),
        };
        let six = NaiveDate::from_ymd_opt(2021, 11, 15).unwrap().and_hms_opt(6, 0, 0).unwrap();
        assert_eq!(utc("2021-11-15T06:00:00Z"), six.and_utc());
        assert_eq!(utc("2021-11-15T01:00:00-05:00"), six.and_utc());
        assert_eq!(utc("2021-11-15T06:00:00.0000000Z"), six.and_utc());
        assert_eq!(utc("2022-10-27T10:22:43.6464237Z").timestamp_subsec_nanos(), 646_423_700);
        assert_eq!(parsed("2021-11-15T06:00:00"), Some(ChronoMoment::Local(six)));
        assert_eq!(parsed("2021-11-15"), Some(ChronoMoment::Date(six.date())));
        for text in [
            "2024-09-01T23:59:99Z",
            "2024-09-01T23:59:99",
            "2024-02-30",
            "2024-02-30T00:00:00Z",
            "2024-09-01T10:00:00+99:00",
            "2024-09-01T10:00:00[-04:00]",
            "2024-09-01T10:00:00[Europe/Paris]",
            "yesterday",
            "",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn an_instant_is_written_in_utc_and_read_again() {
        for millis in [0, 1_615_563_533_390, -1500] {
            let instant: DateTime<Utc> = UnixMillis::from(millis).parse_chrono().unwrap();
            let read = Timestamp::from(instant).parse_chrono().unwrap();
            assert_eq!(read, ChronoMoment::Instant(instant.fixed_offset()));
        }
        let noon = DateTime::parse_from_rfc3339("2021-03-12T12:00:00+02:00").unwrap();
        assert_eq!(Timestamp::from(noon).as_str(), "2021-03-12T10:00:00Z");
        assert_eq!(UnixMillis::from(i64::MAX).parse_chrono(), None);
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
