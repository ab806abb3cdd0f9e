//! Published examples of south and south-east Asia.

use crate::redaction::detect::ids::tests::check;

#[test]
fn india() {
    check("IN_AADHAAR", &["2341 2341 2346", "234123412346", "3998:7654:3211"], &["2341 2341 2347", "1234 5678 9012"]);
    check("IN_PAN", &["ABCPD1234Z"], &["ABCP1234Z"]);
    check("IN_GSTIN", &["27AAPFU0939F1ZV", "29AAGCB7383J1Z4"], &["00AAPFU0939F1ZV"]);
    check("IN_VEHICLE_REGISTRATION", &["DL3CJI0001", "DL 3C JI 0001", "22BH1234AA"], &["ABNE123456"]);
    check("IN_PASSPORT", &["A3456781"], &["A0456781", "A3456780"]);
}

#[test]
fn its_neighbours() {
    check("PK_CNIC", &["34201-0891231-8"], &["94201-0891231-8"]);
    check("LK_NIC", &["911042754V"], &["919992754V"]);
}

#[test]
fn singapore_and_thailand() {
    check("SG_NRIC_FIN", &["S2740116C", "G1122144L", "M2200054X", "g3970684p"], &["A1234567A", "I6859080I"]);
    check("SG_UEN", &["00192200M", "197401143C", "S16FC0121D", "T01FC6132D"], &["00192200X"]);
    check("TH_TNIN", &["1-2345-45678-78-1", "1234545678781"], &["1234545678782"]);
}

#[test]
fn further_east() {
    check("PH_TIN", &["000-123-456-000", "000123456"], &["000-123-457-000"]);
    check("MY_NRIC", &["770305-02-1234", "770305021234"], &["771305-02-1234", "770305-17-1234"]);
    check("ID_NPWP", &["01.300.066.6-091.000"], &["01.300.067.6-091.000"]);
    check("VN_TAX_CODE", &["0100233488"], &["0100233480"]);
}
