//! Where to ask.

use super::*;

#[test]
fn an_address_may_be_as_the_log_has_it() {
    for address in ["127.0.0.1:24133", "http://127.0.0.1:24133", "http://127.0.0.1:24133/", " 127.0.0.1:24133 "] {
        assert_eq!(host(address), "127.0.0.1:24133");
    }
}
