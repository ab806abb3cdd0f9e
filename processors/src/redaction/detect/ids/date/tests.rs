//! Days that there were, and those that there were not.

use super::*;

#[test]
fn only_days_of_the_calendar_count() {
    for (year, month, day) in [(2000, 2, 29), (2024, 2, 29), (1999, 12, 31), (1999, 4, 30)] {
        assert!(is_day(year, month, day), "{year}-{month}-{day}");
    }
    for (year, month, day) in [(1900, 2, 29), (2023, 2, 29), (1999, 4, 31), (1999, 13, 1), (1999, 0, 1), (1999, 1, 0)] {
        assert!(!is_day(year, month, day), "{year}-{month}-{day}");
    }
}

#[test]
fn two_digits_of_a_year_leave_the_century_open() {
    assert!(yymmdd(b"000229") && ddmmyy(b"290200") && !yymmdd(b"010229"));
    assert!(yyyymmdd(b"19491231") && !yyyymmdd(b"17491231") && !yyyymmdd(b"19491331"));
}
