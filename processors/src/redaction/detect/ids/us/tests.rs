//! Published examples of the United States, and numbers that were never given out.

use crate::redaction::detect::ids::tests::check;

#[test]
fn social_security_numbers() {
    check(
        "US_SSN",
        &["536-90-4399", "536904399", "536 90 4399", "536-904399"],
        &[
            "078-05-1120",
            "666-12-3456",
            "000-12-3456",
            "900-12-3456",
            "123-00-4567",
            "123-45-0000",
            "1536-90-4399",
            "536-90-43990",
            "2-536-90-4399",
            "536-90.4399",
        ],
    );
    check("US_ITIN", &["911-70-1234", "911701234", "912-90-3456"], &["911-89-1234", "811-70-1234"]);
    check("US_EIN", &["91-1144442"], &["07-1144442"]);
}

#[test]
fn health() {
    check("US_NPI", &["1234567893", "1245319599"], &["1234567890", "3234567893"]);
    check("US_DEA", &["BB1388568", "F91234563", "AB1234563"], &["BB1388567", "IB1388568"]);
    check("MEDICAL_LICENSE", &["BB1388568"], &["BB1388567"]);
    check("US_MBI", &["1EG4-TE5-MK73", "1eg4te5mk73"], &["0EG4-TE5-MK73", "1EG4-LE5-MK73", "1EG4TE5MK7"]);
}

#[test]
fn banks_and_documents() {
    check("ABA_ROUTING_NUMBER", &["111000025", "021000021", "0110-0001-5", "021 000 021"], &["421042111", "111000026"]);
    check("US_BANK_NUMBER", &["12345678"], &["1234567"]);
    check("US_PASSPORT", &["912803456", "A12803456"], &["91280345", "AB1280345"]);
    check("US_DRIVER_LICENSE", &["H12234567", "D123-4567-8901"], &["H1"]);
}
