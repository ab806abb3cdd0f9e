//! Scenario: a destination refuses for good, and is mended later.
//! Guarantee: what it refused is kept with its reason, shown, and sent again when asked for.

use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::fake::{Fake, Reply};
use crate::stage::{Tollgate, free_port, lines, tollgate, wait_for};
use crate::traffic::logs;

const PROTOBUF: &str = "application/x-protobuf";

fn config(port: u16) -> String {
    format!(
        "
exporters: {{otlp_grpc: {{endpoint: '127.0.0.1:{port}', tls: {{insecure: true}}}}}}
service:
  storage: {{directory: journal}}
  pipelines: {{logs: {{receivers: [otlp], exporters: [otlp_grpc]}}}}
extensions: {{}}
"
    )
}

/// A destination that takes this signal alone.
fn sink(folder: &TempDir, port: u16, signal: &str) -> Tollgate {
    let sections = format!(
        "
exporters: {{file: {{path: late.jsonl}}}}
service: {{pipelines: {{{signal}: {{receivers: [otlp], exporters: [file]}}}}}}
extensions: {{}}
"
    );
    Tollgate::start_on(folder, port, &sections)
}

fn answer(folder: &TempDir, arguments: &[&str]) -> String {
    let command = |mut command: Command| command.args(arguments).current_dir(folder.path()).output().unwrap();
    let output = command(tollgate());
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn what_is_refused_for_good_is_kept_and_sent_again_when_asked_for() {
    let (folder, other, port) = (TempDir::new().unwrap(), TempDir::new().unwrap(), free_port());
    let deaf = sink(&other, port, "traces");
    let tollgate = Tollgate::start(&folder, &config(port));
    assert_eq!(tollgate.post("/v1/logs", PROTOBUF, &logs(3)).status, 200);
    wait_for("a refusal", Duration::from_secs(20), || {
        (tollgate.metric("tollgate_exporter_rejected_items_total", &["otlp_grpc"]) == 3.0).then_some(())
    });
    assert!(answer(&folder, &["dead-letters", "replay", "journal"]).contains("another process"));
    tollgate.stop();
    deaf.stop();
    let list = answer(&folder, &["dead-letters", "list", "journal"]);
    assert!(list.contains("otlp_grpc") && list.contains("UNIMPLEMENTED"), "{list}");
    assert!(answer(&folder, &["dead-letters", "show", "journal"]).contains("line 2"));
    assert!(answer(&folder, &["dead-letters", "list", "journal", "--exporter", "x"]).contains("no dead letters"));
    assert!(answer(&folder, &["dead-letters", "replay", "journal"]).starts_with("owed again: 1 request,"));
    let mended = sink(&other, port, "logs");
    let tollgate = Tollgate::start(&folder, &config(port));
    let late = other.path().join("late.jsonl");
    wait_for("what was refused", Duration::from_secs(20), || (lines(&late).len() == 1).then_some(()));
    assert!(answer(&folder, &["dead-letters", "list", "journal"]).contains("no dead letters"));
    tollgate.stop();
    mended.stop();
}

#[test]
fn what_is_refused_in_part_is_kept_with_its_reason_and_sent_again_only_when_that_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let backend = Fake::start(|_| Reply::But(2, "too far in the past"));
    let sections = config(0).replace("otlp_grpc", "otlp_http").replace(
        "endpoint: '127.0.0.1:0', tls: {insecure: true}",
        &format!("endpoint: 'http://127.0.0.1:{}', compression: none", backend.port),
    );
    let tollgate = Tollgate::start(&folder, &sections);
    assert_eq!(tollgate.post("/v1/logs", PROTOBUF, &logs(5)).status, 200);
    wait_for("a closed account", Duration::from_secs(20), || {
        let of = |name: &str| tollgate.metric(&format!("tollgate_exporter_{name}_items_total"), &["logs"]);
        ((of("rejected"), of("sent")) == (2.0, 3.0)).then_some(())
    });
    tollgate.stop();
    let list = answer(&folder, &["dead-letters", "list", "journal"]);
    assert!(list.contains("(2 of them) too far in the past"), "{list}");
    assert!(answer(&folder, &["dead-letters", "show", "journal"]).contains("line 4"), "all of it is kept");
    let replay = answer(&folder, &["dead-letters", "replay", "journal"]);
    assert!(replay.starts_with("owed again: 0 requests,") && replay.contains("1 are left"), "{replay}");
    assert!(answer(&folder, &["dead-letters", "replay", "journal", "--partial"]).starts_with("owed again: 1 request,"));
    assert_eq!(backend.taken("line 4"), 1);
}
