//! When a client is given up.

use super::{Line, SILENT};
use crate::delivery::{ClientSettings, HttpClient};

#[test]
fn a_client_is_given_up_after_some_silent_attempts_in_a_row_and_once() {
    let settings =
        ClientSettings { http2_only: true, tls: None, keep_alive: None, idle_connections: None, idle_timeout: None };
    let line = Line::new(HttpClient::new(&settings).unwrap());
    let unheard = |which: u64, times: u32| (0..times).for_each(|_| line.unheard(which));
    unheard(0, SILENT - 1);
    line.heard(0);
    unheard(0, SILENT - 1);
    assert_eq!(line.client().1, 0, "an answer came between");
    // The rest of ten that were on their way over it says nothing of the next.
    unheard(0, 10);
    assert_eq!(line.client().1, 1);
    unheard(1, SILENT);
    assert_eq!(line.client().1, 2);
}
