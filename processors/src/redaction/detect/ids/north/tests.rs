//! Published examples of the Nordic and Baltic countries.

use crate::redaction::detect::ids::tests::check;

#[test]
fn sweden() {
    check(
        "SE_PERSONNUMMER",
        &["880320-0016", "8803200016", "198803200016", "880320+0016", "880320 0016"],
        &["880320-0018", "889920-0016"],
    );
    check("SE_SAMORDNINGSNUMMER", &["701063-2391"], &["701003-2391"]);
    check(
        "SE_ORGANISATIONSNUMMER",
        &["556703-7485", "5567037485", "16556703-7485", "556703 7485"],
        &["556703-7486", "551703-7487"],
    );
}

#[test]
fn finland_and_norway() {
    check(
        "FI_PERSONAL_IDENTITY_CODE",
        &["131052-308T", "131052+308T", "010594Y9032"],
        &["131052-308U", "131052/308T", "131052.308T", "311190-1111"],
    );
    check("FI_BUSINESS_ID", &["2077474-0"], &["2077474-1"]);
    check("NO_FODSELSNUMMER", &["151086 95088", "15108695088"], &["151086 95077"]);
    check("NO_ORGNR", &["988 077 917"], &["988 077 918"]);
}

#[test]
fn denmark_and_iceland() {
    check("DK_CPR", &["211062-5629"], &["311362-5629"]);
    check("DK_CVR", &["13585628"], &["13585627"]);
    check("IS_KENNITALA", &["450401-3150"], &["450401-3140"]);
}

#[test]
fn the_baltic() {
    check("EE_ISIKUKOOD", &["36805280109"], &["36805280108"]);
    check("LT_ASMENS_KODAS", &["33309240064"], &["33309240164"]);
    check("LV_PERSONAS_KODS", &["161175-19997", "121282-11210"], &["161175-19998"]);
}
