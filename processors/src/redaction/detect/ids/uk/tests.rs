//! Published examples of the United Kingdom and Ireland.

use crate::redaction::detect::ids::tests::check;

#[test]
fn postcode_areas_are_in_order() {
    assert!(super::AREAS.is_sorted());
}

#[test]
fn health_and_taxes() {
    check("UK_NHS", &["401 023 2137", "943-476-5919", "4010232137"], &["401-023-2138", "943 476-5919"]);
    check(
        "UK_NINO",
        &["AB123456C", "AB 12 34 56 C", "ab 123456 c"],
        &["FQ 00 00 00 C", "BG123456A", "AB123456E", "AB1234567C"],
    );
    check("UK_TRN", &["1955839661", "6898201056K", "K1232611912725"], &["2955839661", "11234567890"]);
    check("UK_VAT_ID", &["GB980780684"], &["GB802311781"]);
}

#[test]
fn documents() {
    check("UK_DRIVING_LICENCE", &["MORGA753116SM9IJ", "FO999512018AA1AB"], &["MORGA773116SM9IJ", "MORGA799116SM9IJ"]);
    check("UK_PASSPORT", &["AB1234567"], &["A12345678", "AB12345678"]);
    check("UK_POSTCODE", &["M1 1AA", "EC2A 1NT", "GIR 0AA", "DN551PT"], &["QA1 1AA", "XA1 1AA", "M1 1AI"]);
    check(
        "UK_VEHICLE_REGISTRATION",
        &["BD62XYZ", "AB70 DEF", "ABC 123D", "M456DEF"],
        &["IB51 ABC", "AB00 ABC", "AB35 ABC", "ABC 123Z"],
    );
}

#[test]
fn ireland() {
    check("IE_PPS", &["6433435F", "1234567FA", "1234567F/A"], &["6433435E"]);
    check("IE_VAT_ID", &["IE6433435F", "IE6433435OA"], &["IE6433435E"]);
    check("IE_EIRCODE", &["D02 X285", "A65 F4E2"], &["B02 X285"]);
}
