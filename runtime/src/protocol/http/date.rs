//! The times in headers (RFC 9110 section 5.6.7).

/// A time in a header, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year, from 1601 to 9999.
    pub year: u16,
    /// The month, from 1.
    pub month: u16,
    /// The day of the week, from 0 for Sunday. It follows from the date and not from the text.
    pub day_of_week: u16,
    /// The day of the month, from 1.
    pub day: u16,
    /// The hour, from 0 to 23.
    pub hour: u16,
    /// The minute, from 0 to 59.
    pub minute: u16,
    /// The second, from 0 to 59. A leap second is 59.
    pub second: u16,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// No form has more words than this.
const MOST_WORDS: usize = 8;

impl Date {
    /// Reads a time in one of the three forms of HTTP: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and
    /// `Sun Nov  6 08:49:37 1994`. Upper and lower case do not matter, nor which of blanks, commas, hyphens and colons stand
    /// between the words.
    ///
    /// `this_year` decides about a year of two digits: it is at most 50 years ahead.
    pub fn parse(text: &str, this_year: u16) -> Option<Self> {
        let words = text.split([' ', '\t', ',', '-', ':']).filter(|word| !word.is_empty());
        let words: Vec<&str> = words.take(MOST_WORDS + 1).collect();
        let (day_name, day, month, year, [hour, minute, second]) = match words[..] {
            [day_name, day, month, year, hour, minute, second, zone]
                if zone.eq_ignore_ascii_case("GMT") || zone.eq_ignore_ascii_case("UTC") =>
            {
                (day_name, day, month, year, [hour, minute, second])
            }
            [day_name, month, day, hour, minute, second, year] if named(&MONTHS, month).is_some() => {
                (day_name, day, month, year, [hour, minute, second])
            }
            _ => return None,
        };
        named(&DAYS, day_name)?;
        let month = named(&MONTHS, month)? + 1;
        let year = match (number(year)?, year.len()) {
            (year, 2) => of_two_digits(year, this_year),
            (year @ 1601..=9999, 4) => year,
            _ => return None,
        };
        let day = number(day).filter(|day| (1..=days_in(year, month)).contains(day))?;
        let hour = number(hour).filter(|&hour| hour < 24)?;
        let minute = number(minute).filter(|&minute| minute < 60)?;
        let second = number(second).filter(|&second| second <= 60)?.min(59);
        Some(Self { year, month, day_of_week: day_of_week(year, month, day), day, hour, minute, second })
    }
}

/// The place of a name, which may be longer in the text than in the list.
fn named(names: &[&str], word: &str) -> Option<u16> {
    let start = word.get(..3)?;
    let place = names.iter().position(|name| name.eq_ignore_ascii_case(start))?;
    u16::try_from(place).ok().filter(|_| word.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// A number of at most four digits. The standard parser also takes a sign.
fn number(word: &str) -> Option<u16> {
    (word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit())).then(|| word.parse().ok()).flatten()
}

fn of_two_digits(year: u16, this_year: u16) -> u16 {
    let this_year = this_year.clamp(1801, 9849);
    let year = this_year - this_year % 100 + year;
    if year > this_year + 50 { year - 100 } else { year }
}

fn days_in(year: u16, month: u16) -> u16 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts the days since 1 January 1601, which was a Monday.
fn day_of_week(year: u16, month: u16, day: u16) -> u16 {
    let past = u32::from(year) - 1601;
    let of_years = past * 365 + past / 4 - past / 100 + past / 400;
    let of_months: u32 = (1..month).map(|month| u32::from(days_in(year, month))).sum();
    let days = of_years + of_months + u32::from(day);
    u16::try_from(days % 7).unwrap_or(0)
}
