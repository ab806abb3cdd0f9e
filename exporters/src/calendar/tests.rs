//! Known moments.

use super::*;

fn check(seconds: u64, expect: (u64, u64, u64, u64, u64, u64)) {
    let m = Moment::of(Timestamp(seconds * 1_000_000_000));
    assert_eq!((m.year, m.month, m.day, m.hour, m.minute, m.second), expect);
}

#[test]
fn splits_known_moments() {
    check(0, (1970, 1, 1, 0, 0, 0));
    check(951_782_400, (2000, 2, 29, 0, 0, 0));
    check(1_709_251_199, (2024, 2, 29, 23, 59, 59));
    check(1_735_689_599, (2024, 12, 31, 23, 59, 59));
    check(4_107_542_400, (2100, 3, 1, 0, 0, 0));
}
