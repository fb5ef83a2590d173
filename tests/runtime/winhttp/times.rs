//! Dates of HTTP.

use winws::WinHttp;
use winws_api::winhttp::{Time as _, TimeToSystemTimeError};

/// The three forms of RFC 9110 section 5.6.7, all of one second.
#[test]
fn b9_16_a_date_in_each_form_becomes_a_structure() {
    for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
        let time = WinHttp::process().time_to_system_time(text).unwrap();
        let date = (time.year, time.month, time.day, time.day_of_week);
        assert_eq!(date, (1994, 11, 6, 0), "{text}");
        assert_eq!((time.hour, time.minute, time.second, time.milliseconds), (8, 49, 37, 0), "{text}");
    }
    for text in ["", "tomorrow", "Sun, 06 Nov 1994", "Sun, 32 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"] {
        let error = WinHttp::process().time_to_system_time(text).unwrap_err();
        assert_eq!(error, TimeToSystemTimeError::InvalidParameter, "{text}");
    }
}
