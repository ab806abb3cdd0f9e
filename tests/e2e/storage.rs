//! Scenario: a journal whose folder cannot be used, or goes away and comes back while the process runs.
//! Guarantee: a start says so; what cannot be kept is refused, or held in RAM where that is asked for; and what a start
//! would do is told before.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use tempfile::TempDir;

use crate::http;
use crate::stage::{Tollgate, free_port, spans_in, tollgate, wait_for};
use crate::traffic::traces;

const PROTOBUF: &str = "application/x-protobuf";

fn config(exporter: &str, storage: &str) -> String {
    format!(
        "
exporters: {{{exporter}}}
service:
  storage: {{directory: journal, {storage}}}
  shutdown_timeout: 1s
  pipelines: {{traces: {{receivers: [otlp], exporters: [{}]}}}}
extensions: {{}}
",
        exporter.split(':').next().unwrap()
    )
}

const FILE: &str = "file: {path: out.jsonl, append: true}";

fn nowhere() -> String {
    format!("otlp_grpc: {{endpoint: '127.0.0.1:{}', tls: {{insecure: true}}}}", free_port())
}

fn post(tollgate: &Tollgate, batch: u64) -> u16 {
    tollgate.post("/v1/traces", PROTOBUF, &traces(batch, 1000)).status
}

/// Sends until the segment that is there is full, and the folder, which is not there, is missed; how many were taken.
fn fill(tollgate: &Tollgate, refused: bool) -> u64 {
    let missed = || tollgate.metric("tollgate_journal_degraded", &[]) == 1.0;
    (0..200).find(|batch| (post(tollgate, *batch) != 200) == refused && missed()).expect("the folder is missed")
}

/// The folder goes away under a process, as a mount does: its open files still work, and nothing new can be made.
fn away(folder: &TempDir) {
    fs::rename(folder.path().join("journal"), folder.path().join("elsewhere")).unwrap();
}

fn back(folder: &TempDir) {
    fs::rename(folder.path().join("elsewhere"), folder.path().join("journal")).unwrap();
}

#[test]
fn a_folder_that_fails_means_refusals_until_it_is_back() {
    let folder = TempDir::new().unwrap();
    let tollgate = Tollgate::start(&folder, &config(FILE, "max_size: 16MiB"));
    away(&folder);
    let taken = fill(&tollgate, true);
    let answer = tollgate.post("/v1/traces", PROTOBUF, &traces(500, 1000));
    assert_eq!(answer.status, 503);
    assert!(answer.header("retry-after").is_some(), "it says when to come back");
    assert!(tollgate.metric("tollgate_receiver_refused_requests_total", &["reason=\"storage\""]) >= 2.0);
    assert_eq!(http::get(tollgate.health, "/ready").status, 200, "what is held is delivered");
    assert_eq!(tollgate.metric("tollgate_journal_bypassed_items_total", &[]), 0.0);
    back(&folder);
    wait_for("the journal to be written again", Duration::from_secs(20), || {
        (post(&tollgate, 600) == 200).then_some(())
    });
    assert_eq!(tollgate.metric("tollgate_journal_degraded", &[]), 0.0);
    let log = tollgate.stop();
    assert_eq!(spans_in(&folder.path().join("out.jsonl")) as u64, (taken + 1) * 1000);
    assert!(log.contains("requests are refused") && log.contains("the journal is written again"), "{log}");
}

#[test]
fn a_folder_that_fails_costs_durability_alone_where_that_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let tollgate = Tollgate::start(&folder, &config(FILE, "max_size: 16MiB, on_journal_error: memory"));
    away(&folder);
    let taken = fill(&tollgate, false) + 1;
    assert!(tollgate.metric("tollgate_journal_bypassed_items_total", &[]) >= 1000.0);
    assert_eq!(http::get(tollgate.health, "/ready").status, 200);
    back(&folder);
    let mut more = 0;
    wait_for("the journal to be written again", Duration::from_secs(20), || {
        assert_eq!(post(&tollgate, 600), 200);
        more += 1;
        (tollgate.metric("tollgate_journal_degraded", &[]) == 0.0).then_some(())
    });
    let log = tollgate.stop();
    assert_eq!(spans_in(&folder.path().join("out.jsonl")) as u64, (taken + more) * 1000);
    assert!(log.contains("held in RAM and die with the process"), "{log}");
}

#[test]
fn what_was_taken_in_ram_alone_is_lost_in_words() {
    let folder = TempDir::new().unwrap();
    let mut tollgate = Tollgate::start(&folder, &config(&nowhere(), "max_size: 16MiB, on_journal_error: memory"));
    away(&folder);
    fill(&tollgate, false);
    let lost = tollgate.metric("tollgate_journal_bypassed_items_total", &[]);
    tollgate.signal("TERM");
    assert_eq!(tollgate.ended().code(), Some(1));
    let log = tollgate.log();
    assert!(log.contains("lost at shutdown") && log.contains(&format!("records={lost}")), "{lost}: {log}");
    assert!(log.contains("kept in the journal"), "{log}");
}

/// The arguments of a start with the configuration of `folder`, on free ports.
fn start(command: &mut Command, folder: &Path) -> Output {
    let door = |protocol| format!("receivers.otlp.protocols.{protocol}.endpoint=127.0.0.1:{}", free_port());
    command.args(["run", "--config", "tollgate.yaml", "--set", &door("grpc"), "--set", &door("http")]);
    command.current_dir(folder).output().unwrap()
}

#[test]
fn a_folder_that_may_not_be_written_ends_the_start_in_words() {
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("journal");
    fs::create_dir(&journal).unwrap();
    let text =
        format!("receivers: {{otlp: {{protocols: {{grpc: {{}}, http: {{}}}}}}}}\n{}", config(FILE, "max_size: 16MiB"));
    fs::write(folder.path().join("tollgate.yaml"), text).unwrap();
    for (path, mode) in [(folder.path(), 0o777), (journal.as_path(), 0o555)] {
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }
    // Whom permissions do not bind tries as somebody whom they do, with a binary that everybody may run.
    let binary = folder.path().join("tollgate");
    fs::copy(tollgate().get_program(), &binary).unwrap();
    let mut command = Command::new(&binary);
    let probe = journal.join("probe");
    if fs::write(&probe, "").is_ok() {
        fs::remove_file(&probe).unwrap();
        command.uid(65_534).gid(65_534);
    }
    let output = start(&mut command, folder.path());
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{log}");
    assert!(log.contains("warning[W031]"), "{log}");
    assert!(log.contains("cannot start: service.storage.directory journal: Permission denied"), "{log}");
}

#[test]
fn a_disk_too_small_is_told_before_the_start() {
    let folder = TempDir::new().unwrap();
    let text = format!(
        "receivers: {{otlp: {{protocols: {{grpc: {{}}}}}}}}\n{}",
        config("file: {path: x}", "max_size: 900TiB")
    );
    fs::write(folder.path().join("tollgate.yaml"), text).unwrap();
    let arguments = ["validate", "--config", "tollgate.yaml"];
    let validate = |more: &[&str]| tollgate().args(arguments).args(more).current_dir(folder.path()).output().unwrap();
    let told = String::from_utf8(validate(&[]).stderr).unwrap();
    assert!(told.contains("warning[W029]: `max_size`") && told.contains("--> tollgate.yaml"), "{told}");
    assert!(told.contains("warning[W030]: `append`"), "{told}");
    assert!(!folder.path().join("journal").exists(), "nothing is made");
    fs::write(folder.path().join("journal"), "a file").unwrap();
    let output = validate(&["--format", "json"]);
    assert_eq!(output.status.code(), Some(78));
    assert!(String::from_utf8(output.stdout).unwrap().contains("\"E033\""));
}

#[test]
fn what_a_start_would_do_is_told_and_done() {
    let folder = TempDir::new().unwrap();
    let [old, kept] = [nowhere(), nowhere()].map(|exporter| exporter.replace("otlp_grpc", "otlp_grpc/x"));
    let sections = config(&old, "max_size: 16MiB");
    let tollgate_before = Tollgate::start(&folder, &sections);
    assert_eq!(post(&tollgate_before, 1), 200);
    tollgate_before.stop();
    let renamed = config(&kept.replace("/x", "/new"), "max_size: 16MiB");
    let text = |sections: &str| format!("receivers: {{otlp: {{protocols: {{grpc: {{}}}}}}}}\n{sections}");
    fs::write(folder.path().join("next.yaml"), text(&renamed)).unwrap();
    fs::write(folder.path().join("same.yaml"), text(&sections)).unwrap();
    let validate = |file: &str, more: &[&str]| {
        let arguments = ["validate", "--config", file, "--storage", "journal"];
        let output = tollgate().args(arguments).args(more).current_dir(folder.path()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told, _) = validate("next.yaml", &[]);
    assert_eq!(code, Some(0));
    assert!(told.contains("EXPIRES what otlp_grpc/x is owed") && told.contains("1 request, 1000 records"), "{told}");
    assert!(told.contains("begins with otlp_grpc/new at the end"), "{told}");
    let (_, told, _) = validate("same.yaml", &["--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let exporter = &told["storage"]["exporters"][0];
    assert_eq!((exporter["fate"].as_str(), exporter["records"].as_u64()), (Some("delivered"), Some(1000)));
    assert_eq!((&told["storage"]["configured"], told["errors"].as_u64()), (&serde_json::Value::Bool(true), Some(0)));
    let status = tollgate().args(["storage", "status", "journal"]).current_dir(folder.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&status.stdout).contains("`recovery` at /ready"));
    // What was told is what happens.
    let tollgate_after = Tollgate::start(&folder, &renamed);
    wait_for("the look through the journal", Duration::from_secs(20), || {
        let body: serde_json::Value = serde_json::from_slice(&http::get(tollgate_after.health, "/ready").body).unwrap();
        body.get("recovery").is_none().then_some(())
    });
    assert_eq!(tollgate_after.metric("tollgate_exporter_expired_items_total", &["/x", "removed"]), 1000.0);
    tollgate_after.stop();
    // A later version wrote here.
    let later = folder.path().join("journal/segment-00000001");
    let mut bytes = [b"TLGJ".as_slice(), &[9, 0, 0, 0, 0, 0, 0, 0], &[1; 8]].concat();
    bytes.extend(checksum(&bytes).to_le_bytes());
    fs::write(later, bytes).unwrap();
    let (code, _, told) = validate("same.yaml", &[]);
    assert_eq!(code, Some(78));
    assert!(told.contains("error[E033]") && told.contains("version 9"), "{told}");
}

/// CRC32C, bit by bit.
fn checksum(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0x82F6_3B78 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
