//! Published examples of identifiers that no country issues.

use crate::redaction::detect::ids::tests::check;

#[test]
fn vehicles_devices_people() {
    check("VIN", &["1M8GDM9AXKP042788", "2T2HK31U38C057399"], &["1M8GDM9AXKP04278O"]);
    check("IMEI", &["490154203237518"], &["490154203237519"]);
    check("ORCID", &["0000-0002-1825-0097"], &["0000-0002-1825-0098"]);
    check("LEI", &["5493001KJTIIGC8Y1R12"], &["5493001KJTIIGC8Y1R17"]);
}
