//! Moments as the vendors write them.

use crate::{Moment, Timestamp, UnixMillis};
use jiff::civil::{Date, Time};
use serde_json::Number;

/// A timestamp's text, or a number of milliseconds: what is read is what is said, and never a guess.
pub fn timestamp(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    text_is_what_it_says(&text);
    if let Some(bytes) = data.first_chunk() {
        millis_are_what_they_say(i64::from_le_bytes(*bytes));
    }
    let number = serde_json::from_slice::<Number>(data);
    let read = serde_json::from_slice::<UnixMillis>(data);
    assert_eq!(read.is_ok(), number.is_ok(), "{text}");
    if let (Ok(read), Ok(number)) = (read, number) {
        match number.as_i64() {
            Some(millis) => assert_eq!(read.get(), millis),
            None => assert_eq!(read.get(), number.as_f64().unwrap() as i64),
        }
    }
}

fn text_is_what_it_says(text: &str) {
    let moment = Timestamp::from(text).parse();
    if let Some(said) = Said::by(text) {
        assert_eq!(moment.as_ref().ok(), said.moment().as_ref(), "{text}");
    }
    let Ok(moment) = moment else { return };
    let is_zoned =
        text.contains(['Z', 'z', '[']) || text.get(10..).is_some_and(|time| time.contains(['+', '-']));
    let written = match moment {
        Moment::Instant(instant) => {
            assert!(is_zoned, "{text} is no instant");
            Timestamp::from(instant)
        }
        // In brackets a calendar or the like may stand, as `u-ca=hebrew`: the date and time stay what they are.
        moment if text.contains('[') && !text.contains('=') => panic!("{text} is more than {moment:?}"),
        Moment::Local(local) => local.to_string().as_str().into(),
        Moment::Date(date) => date.to_string().as_str().into(),
    };
    assert_eq!(written.parse().unwrap(), moment, "{text} was read, and {written:?} was written");
}

fn millis_are_what_they_say(millis: i64) {
    match UnixMillis::from(millis).parse() {
        Ok(instant) => assert_eq!(instant.as_millisecond(), millis),
        Err(_) => {
            // Of the last second that it holds, jiff takes the first millisecond only.
            let range = jiff::Timestamp::MIN.as_millisecond()..=jiff::Timestamp::MAX.as_second() * 1000;
            assert!(!range.contains(&millis), "{millis} is a moment");
        }
    }
}

/// What a text in the very form of RFC 3339 says, read by hand.
struct Said {
    date: [i64; 3],
    /// Hour, minute, second and nanosecond.
    time: Option<[i64; 4]>,
    /// Seconds east of Greenwich.
    offset: Option<i64>,
}

impl Said {
    fn by(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let date = numbers(date, "dddd-dd-dd")?;
        if rest.is_empty() {
            return Some(Self { date, time: None, offset: None });
        }
        let (time, rest) = rest.split_at_checked(9)?;
        let [hour, minute, second] = numbers(time, "Tdd:dd:dd")?;
        let (nanosecond, rest) = match rest.strip_prefix('.') {
            Some(rest) => {
                let end = rest.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(rest.len());
                let (digits, rest) = rest.split_at(end);
                (!digits.is_empty() && digits.len() <= 9).then_some(())?;
                (format!("{digits:0<9}").parse().unwrap(), rest)
            }
            None => (0, rest),
        };
        let offset = match rest {
            "" => None,
            "Z" => Some(0),
            offset => {
                let (sign, offset) = offset.split_at_checked(1)?;
                let [hours, minutes] = numbers(offset, "dd:dd")?;
                (hours < 24 && minutes < 60).then_some(())?;
                Some((hours * 3600 + minutes * 60) * if sign == "-" { -1 } else { 1 })
                    .filter(|_| ["+", "-"].contains(&sign))
            }
        };
        (rest.is_empty() || offset.is_some()).then_some(())?;
        Some(Self { date, time: Some([hour, minute, second, nanosecond]), offset })
    }

    /// `None` for a time that does not exist, or an instant beyond what jiff holds.
    fn moment(&self) -> Option<Moment> {
        let [year, month, day] = self.date;
        let date = Date::new(year as i16, month as i8, day as i8).ok()?;
        let Some([hour, minute, second, nanosecond]) = self.time else { return Some(Moment::Date(date)) };
        // A leap second is read as the one before it.
        let second = if second == 60 { 59 } else { second };
        let time = Time::new(hour as i8, minute as i8, second as i8, nanosecond as i32).ok()?;
        let Some(offset) = self.offset else { return Some(Moment::Local(date.to_datetime(time))) };
        let seconds = days_from_epoch(self.date) * 86_400 + hour * 3600 + minute * 60 + second - offset;
        jiff::Timestamp::new(seconds, nanosecond as i32).ok().map(Moment::Instant)
    }
}

/// The numbers in a text of this shape, in which `d` is a digit.
fn numbers<const N: usize>(text: &str, shape: &str) -> Option<[i64; N]> {
    let fits = |(byte, shape): (u8, u8)| if shape == b'd' { byte.is_ascii_digit() } else { byte == shape };
    (text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)).then_some(())?;
    let numbers = text.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let numbers: Vec<i64> = numbers.map(|digits| digits.parse().unwrap()).collect();
    numbers.try_into().ok()
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counted from years that begin in March.
fn days_from_epoch([year, month, day]: [i64; 3]) -> i64 {
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn timestamps_hold(text in prop_oneof![
            "[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,10})?(Z|[-+][0-2][0-9]:[0-6][0-9])?)?",
            "2024-09-01[Tt ]?[0-9:.,]{0,12}[-+zZ0-9:]{0,8}(\\[[-+!a-zA-Z/:0-9=]{0,12}\\])?",
            "[-+]?[0-9]{1,20}(\\.[0-9]{1,3})?(e[-+]?[0-9]{1,3})?",
            any::<String>(),
        ]) {
            timestamp(text.as_bytes());
        }

        #[test]
        fn unix_millis_hold(bytes in any::<[u8; 8]>()) {
            timestamp(&bytes);
        }
    }
}
