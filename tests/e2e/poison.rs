//! Scenario: a backend refuses one request for hours, as something to be tried again, and takes everything else.
//! Guarantee: the files of what it took are given back, the one request stays owed, over a restart too, and is delivered once
//! when the backend takes it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::fake::{Fake, Reply};
use crate::stage::{Tollgate, wait_for};

const PATIENCE: Duration = Duration::from_secs(30);

fn config(port: u16) -> String {
    format!(
        "
exporters:
  otlp_http:
    endpoint: http://127.0.0.1:{port}
    compression: none
    retry_on_failure: {{initial_interval: 50ms, max_interval: 100ms}}
    sending_queue: {{batch: {{sizer: requests, min_size: 1, max_size: 1, flush_timeout: 0s}}}}
service:
  storage: {{directory: journal, max_size: 16MiB}}
  shutdown_timeout: 1s
  pipelines: {{logs: {{receivers: [otlp], exporters: [otlp_http]}}}}
extensions: {{}}
"
    )
}

fn send(tollgate: &Tollgate, text: &str) {
    let record = format!(r#"{{"timeUnixNano":"1","body":{{"stringValue":"{text}"}}}}"#);
    let body = format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{record}]}}]}}]}}"#);
    assert_eq!(tollgate.post("/v1/logs", "application/json", body.as_bytes()).status, 200);
}

fn holds(journal: &Path, segment: &str) -> bool {
    journal.join(segment).exists()
}

#[test]
fn one_request_that_is_refused_for_hours_keeps_no_files_and_is_delivered_in_the_end() {
    let (folder, mended) = (TempDir::new().unwrap(), Arc::new(AtomicBool::new(false)));
    let takes_all = mended.clone();
    let backend = Fake::start(move |body| {
        let poison = body.windows(6).any(|window| window == b"poison");
        if poison && !takes_all.load(Ordering::Relaxed) { Reply::Later } else { Reply::Taken }
    });
    let (journal, of) = (folder.path().join("journal"), "tollgate_exporter");
    let tollgate = Tollgate::start(&folder, &config(backend.port));
    send(&tollgate, "poison");
    wait_for("a retry", PATIENCE, || (tollgate.metric(&format!("{of}_retries_total"), &["logs"]) > 0.0).then_some(()));
    let long = "x".repeat(60_000);
    (0..100).for_each(|number| send(&tollgate, &format!("{number} {long}")));
    wait_for("everything else", PATIENCE, || (backend.taken("xxx") == 100).then_some(()));
    wait_for("its first file to go", PATIENCE, || (!holds(&journal, "segment-00000001")).then_some(()));
    assert!(tollgate.metric("tollgate_journal_moved_items_total", &[]) >= 1.0);
    let left = |name: &str| tollgate.metric(&format!("{of}_{name}"), &["logs"]);
    assert_eq!((left("received_items_total"), left("sent_items_total"), left("pending_items")), (101.0, 100.0, 1.0));
    let log = tollgate.stop();
    assert!(log.contains("kept in the journal"), "{log}");

    let tollgate = Tollgate::start(&folder, &config(backend.port));
    wait_for("the recovery", PATIENCE, || {
        (tollgate.metric(&format!("{of}_recovered_items_total"), &["logs"]) == 1.0).then_some(())
    });
    assert_eq!(backend.taken("poison"), 0);
    mended.store(true, Ordering::Relaxed);
    wait_for("a closed account", PATIENCE, || {
        (tollgate.metric(&format!("{of}_pending_items"), &["logs"]) == 0.0).then_some(())
    });
    assert_eq!((backend.taken("poison"), backend.taken("xxx")), (1, 100));
    assert_eq!(tollgate.metric(&format!("{of}_sent_items_total"), &["logs"]), 1.0);
    tollgate.stop();
}
