//! The business day within which an account's references are unique.

use jiff::Timestamp;
use jiff::fmt::temporal::{DateTimeParser, DateTimePrinter};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tillkit_model::engine::port::References;

use crate::failure::Failure;
use crate::show::times;

/// When a shop's days begin. Its zone is kept with it: it decides which sale a reference means, so
/// it may not hang on where or how the program is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Day {
    /// The hour at which references restart.
    pub begins: u8,
    /// Where it is that late: a name such as `Pacific/Auckland`, or an offset.
    pub zone: String,
}

static PARSER: DateTimeParser = DateTimeParser::new();
static PRINTER: DateTimePrinter = DateTimePrinter::new();

impl Day {
    /// A day that begins at this hour in this zone; in this machine's unless one is said.
    pub fn new(begins: u8, zone: Option<&str>) -> Result<Self, Failure> {
        let day = Self { begins, zone: zone.map_or_else(here, str::to_owned) };
        day.zone()?;
        Ok(day)
    }

    /// What the core makes of it now.
    pub fn references(&self) -> Result<References, Failure> {
        let offset_minutes = self.zone()?.to_offset(now()).seconds() / 60;
        Ok(References::PerDay { offset_minutes, hour: self.begins })
    }

    fn zone(&self) -> Result<TimeZone, Failure> {
        PARSER.parse_time_zone(&self.zone).map_err(|_| {
            let sentence = format!(
                "no time zone {:?} is known on this machine: say one such as Pacific/Auckland, \
                 or an offset such as +13:00",
                self.zone
            );
            Failure::said("unknown-zone", sentence)
        })
    }
}

/// The name of this machine's time zone, or how it stands to UTC where it has none.
fn here() -> String {
    let zone = TimeZone::system();
    if zone.is_unknown() {
        return "UTC".to_owned();
    }
    let fixed = || TimeZone::fixed(zone.to_offset(now()));
    let named = PRINTER.time_zone_to_string(&zone);
    named.or_else(|_| PRINTER.time_zone_to_string(&fixed())).unwrap_or_else(|_| "UTC".to_owned())
}

fn now() -> Timestamp {
    Timestamp::from_millisecond(times::now_ms()).unwrap_or_default()
}
