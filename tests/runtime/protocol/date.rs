//! Times in headers (RFC 9110 section 5.6.7).

use winws::protocol::http::Date;

const THE_TIME: Date = Date { year: 1994, month: 11, day_of_week: 0, day: 6, hour: 8, minute: 49, second: 37 };

/// The three forms of the section, and looser ones.
#[test]
fn the_forms_of_a_time() {
    for text in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        " sun 6 nov 1994 08 49 37 gmt",
        "SUN, 06-NOV-1994 08:49:37 UTC",
        // The day of the week is wrong.
        "Mon, 06 Nov 1994 08:49:37 GMT",
    ] {
        assert_eq!(Date::parse(text, 2026), Some(THE_TIME), "{text}");
    }
}

#[test]
fn a_year_of_two_digits_is_at_most_fifty_years_ahead() {
    for (text, this_year, year) in
        [("94", 2026, 1994), ("76", 2026, 2076), ("77", 2026, 1977), ("05", 2099, 2005), ("30", 1999, 1930)]
    {
        let date = Date::parse(&format!("Sunday, 06-Nov-{text} 08:49:37 GMT"), this_year);
        assert_eq!(date.map(|date| date.year), Some(year), "{text} in {this_year}");
    }
    assert!(Date::parse("Sunday, 06-Nov-94 08:49:37 GMT", u16::MAX).is_some());
}

#[test]
fn ends_of_years_and_of_minutes() {
    for (text, day_of_week, second) in [
        ("Mon, 01 Jan 1601 00:00:00 GMT", 1, 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 5, 59),
        ("Tue, 29 Feb 2000 00:00:00 GMT", 2, 0),
        ("Sat, 31 Dec 2016 23:59:60 GMT", 6, 59),
    ] {
        let date = Date::parse(text, 2026).unwrap();
        assert_eq!((date.day_of_week, date.second), (day_of_week, second), "{text}");
    }
}

#[test]
fn times_that_are_none() {
    for text in [
        "",
        "0",
        "tomorrow",
        "06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 GMT x",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 94 08:49:3x GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 1900 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1600 08:49:37 GMT",
        "Sun, 06 Nov 199 08:49:37 GMT",
        "Sun, +6 Nov 1994 08:49:37 GMT",
        "Xyz, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Xyz 1994 08:49:37 GMT",
        "\u{e9}\u{e9}\u{e9}, 06 Nov 1994 08:49:37 GMT",
    ] {
        assert_eq!(Date::parse(text, 2026), None, "{text:?}");
    }
}
