//! What `/ready` answers.

use super::*;

#[test]
fn a_recovery_is_told_and_keeps_nobody_from_being_ready() {
    let started = Timestamp(2_000_000_000);
    let recovery = Recovery { unread_bytes: 3, total_bytes: 10 };
    let (ready, body) = state(&[], Some(recovery), started);
    assert!(ready);
    assert_eq!(body["recovery"], serde_json::json!({ "unread_bytes": 3, "total_bytes": 10 }));
    assert_eq!((body["status"].as_str(), body["started_unix_seconds"].as_u64()), (Some("ready"), Some(2)));
    let (ready, body) = state(&["worker 0 has ended".into()], None, started);
    assert!(!ready && body.get("recovery").is_none(), "{body}");
}

#[tokio::test]
async fn no_host_is_every_network() {
    let listener = bind(":0").await.expect("a listener");
    assert!(listener.local_addr().expect("an address").ip().is_unspecified());
}
