//! What a misspelt entity is answered with.

use super::*;

#[test]
fn a_misspelt_entity_is_told_what_was_meant() {
    let known = entities(&Redaction::default());
    let warning = unfound("EMAIL_ADRESS", &known);
    assert_eq!(warning, "warning: nothing finds `EMAIL_ADRESS`; did you mean `EMAIL_ADDRESS`?");
    assert_eq!(unfound("QZX", &known), "warning: nothing finds `QZX`");
}
