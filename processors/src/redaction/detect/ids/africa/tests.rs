//! Published examples of Africa.

use crate::redaction::detect::ids::tests::check;

#[test]
fn south_africa_and_nigeria() {
    check("ZA_ID_NUMBER", &["7503305044089", "9202201234088"], &["7503305044088", "9913326789285"]);
    check("NG_NIN", &["12345678902"], &["12345678901"]);
    check("NG_VEHICLE_REGISTRATION", &["ABJ-001AA", "app456cv"], &["AB-001AA"]);
}
