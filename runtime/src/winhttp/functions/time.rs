//! The trait of dates.

use winws_api::winhttp::{SystemTime, Time, TimeToSystemTimeError};

use crate::protocol::http::Date;
use crate::winhttp::WinHttp;
use crate::winhttp::codes::BadArgument;
use crate::winhttp::headers::date;

impl Time for WinHttp {
    fn time_to_system_time(&self, time: &str) -> Result<SystemTime, TimeToSystemTimeError> {
        let Date { year, month, day_of_week, day, hour, minute, second } = date(time).ok_or(BadArgument)?;
        Ok(SystemTime { year, month, day_of_week, day, hour, minute, second, milliseconds: 0 })
    }
}
