//! Published examples of Germany.

use crate::redaction::detect::ids::tests::check;

#[test]
fn taxes() {
    check("DE_TAX_ID", &["36574261809", "65 929 970 489"], &["36574261890", "00000000000", "11112345678"]);
    check(
        "DE_TAX_NUMBER",
        &["181/815/08155", "181 815 08155", "12/345/6789", "9181081508155"],
        &["181/815/081", "9981181508155"],
    );
    check("DE_VAT_ID", &["DE136695976", "de 136 695 976", "DE 136695976"], &["DE12345678", "FR12345678901"]);
}

#[test]
fn documents() {
    check(
        "DE_ID_CARD",
        &["L01X00T44", "T22000129", "T220001293", "T220001293D", "2406055684"],
        &["L01X00T47", "C01X00T470", "T2200012"],
    );
    check("DE_PASSPORT", &["C01X00T478", "C01X00T478D"], &["C01X00T470", "901234567"]);
    check("DE_FUEHRERSCHEIN", &["B072RRE2I55", "BO12345678A"], &["B072RRE2I45", "BO12345678"]);
}

#[test]
fn insurance() {
    check(
        "DE_SOCIAL_SECURITY",
        &["15070649C103", "65170839J003", "15 070649 C 103"],
        &["15070649C104", "15 070649 0002"],
    );
    check("DE_HEALTH_INSURANCE", &["A000500015"], &["A000500016"]);
    check("DE_LANR", &["123456601"], &["123456701"]);
    check("DE_BSNR", &["021234568"], &["02123456"]);
}

#[test]
fn register_and_plates() {
    check("DE_HANDELSREGISTER", &["HRB 123456", "HRB 1", "HRA12345"], &["HR 12345", "HRB 1234567"]);
    check("DE_KFZ", &["HH AB 1234", "HH-AB 1234", "B-AB 1E", "m xy 999"], &["B 1234", "HH AB 0123"]);
    check("DE_PLZ", &["80331", "01001"], &["01000", "99999", "101150"]);
}
