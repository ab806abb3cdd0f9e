//! Published examples of Turkey, Israel, Iran and the Gulf.

use crate::redaction::detect::ids::tests::check;

#[test]
fn turkey() {
    check("TR_NATIONAL_ID", &["17291716060", "10000000146"], &["17291716050", "02531814694"]);
    check("TR_LICENSE_PLATE", &["06 A 123", "34 ABC 12"], &["99 ABC 123"]);
    check("TR_TAX_NUMBER", &["4540536920"], &["4540536921"]);
}

#[test]
fn their_neighbours() {
    check("IL_ID", &["039337423"], &["039337424"]);
    check("IR_NATIONAL_CODE", &["0076229645"], &["0076229646"]);
}
