//! Published examples of China, Japan, Korea and their neighbours.

use crate::redaction::detect::ids::tests::check;

#[test]
fn china() {
    check("CN_ID", &["11010519491231002X", "360426199101010071"], &["110105194912310020", "110105194913310022"]);
    check("CN_USCC", &["91110000600037341L"], &["91110000600037342L"]);
    check("HK_ID", &["A123456(3", "G123456(A"], &["A123456(4"]);
    check("TW_ID", &["A123456789"], &["A123456788"]);
    check("TW_UBN", &["00501503"], &["00501502"]);
}

#[test]
fn japan() {
    check("JP_MY_NUMBER", &["6214 9832 0257"], &["6214 9832 0258"]);
    check("JP_CORPORATE_NUMBER", &["5-8356-7825-6246"], &["2-8356-7825-6246"]);
}

#[test]
fn korea() {
    check("KR_RRN", &["960121-1021413", "0005053637892"], &["960303-0021413", "761313-1021413"]);
    check("KR_FRN", &["911124-5678901"], &["001332-1234567"]);
    check("KR_BRN", &["116-82-00276"], &["116-82-00277"]);
    check("KR_DRIVER_LICENSE", &["11-22-123456-12"], &["99-22-123456-12"]);
    check("KR_PASSPORT", &["M123A4567", "M12345678"], &["A123B4567", "M123AB567"]);
}
