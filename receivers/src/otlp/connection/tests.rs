//! What the log says of handshakes that fail.

use super::*;

#[tokio::test(start_paused = true)]
async fn failed_handshakes_are_told_by_number_and_not_one_by_one() {
    let unshaken = Unshaken::default();
    assert_eq!((unshaken.due(), unshaken.due(), unshaken.due()), (Some(1), None, None));
    tokio::time::advance(COMPLAIN).await;
    assert_eq!((unshaken.due(), unshaken.due()), (Some(3), None));
}
