//! Dates as identifiers hold them: years of two digits, days and months in either order.

use super::checksum::number;

/// Whether there was such a day.
pub(super) fn is_day(year: u64, month: u64, day: u64) -> bool {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let last = match month {
        2 => 28 + u64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

/// Whether there was such a day in one of the centuries that two digits of a year leave open.
pub(super) fn is_short(year: u64, month: u64, day: u64) -> bool {
    is_day(1900 + year, month, day) || is_day(2000 + year, month, day)
}

/// `YYMMDD` at the start.
pub(super) fn yymmdd(id: &[u8]) -> bool {
    is_short(number(&id[..2]), number(&id[2..4]), number(&id[4..6]))
}

/// `DDMMYY` at the start.
pub(super) fn ddmmyy(id: &[u8]) -> bool {
    is_short(number(&id[4..6]), number(&id[2..4]), number(&id[..2]))
}

/// `YYYYMMDD` at the start, of someone who may be alive or lately was.
pub(super) fn yyyymmdd(id: &[u8]) -> bool {
    let year = number(&id[..4]);
    (1850..2100).contains(&year) && is_day(year, number(&id[4..6]), number(&id[6..8]))
}

#[cfg(test)]
mod tests;
