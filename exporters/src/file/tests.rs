//! Lines, messages, rotation, and what a torn write leaves behind.

use std::fs;
use std::path::Path;

use pipeline::Signal;
use pipeline::journal::Bounds;
use serde_json::{Value, json};

use super::rotation::Rotation;
use super::writer::{Target, Writer};
use super::*;
use crate::tests::owed::{Owed, names};

const AT: Timestamp = Timestamp(1_663_131_734_173_000_000);

fn block(path: &Path, mut more: Value) -> Value {
    more["path"] = json!(path);
    more
}

async fn written(block: &Value, requests: &[&[&str]]) {
    let owed = Owed::to(&[Bounds::default()]);
    requests.iter().for_each(|names| owed.spans(names));
    let cursor = owed.run_block("file", block).drain().await;
    assert!(cursor.settled());
    assert_eq!(
        cursor.series(Signal::Traces).delivered.get(),
        requests.iter().map(|names| names.len() as u64).sum::<u64>()
    );
}

#[tokio::test]
async fn a_request_is_a_line_of_otlp_json() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("deep/down/out.jsonl");
    fs::create_dir_all(path.parent().unwrap().parent().unwrap()).unwrap();
    written(&block(&path, json!({"create_directory": true})), &[&["a", "b"], &["c"]]).await;
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["name"], "c");
    assert!(text.ends_with('\n'));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_file_is_emptied_at_the_start_unless_it_is_appended_to() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.jsonl");
    let lines = || fs::read_to_string(&path).unwrap().lines().count();
    written(&block(&path, json!({})), &[&["a"]]).await;
    written(&block(&path, json!({})), &[&["a"]]).await;
    assert_eq!(lines(), 1);
    written(&block(&path, json!({"append": true})), &[&["b"]]).await;
    assert_eq!(lines(), 2);
}

/// The messages of a file with lengths.
fn messages(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let length = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
        found.push(bytes[4..4 + length].to_vec());
        bytes = &bytes[4 + length..];
    }
    found
}

#[tokio::test]
async fn protobuf_and_compressed_messages_have_their_length_before_them() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    written(&block(&path, json!({"format": "proto"})), &[&["a"], &["b"]]).await;
    let plain = messages(&fs::read(&path).unwrap());
    assert_eq!((names(&plain[0]), names(&plain[1])), (vec!["a".to_owned()], vec!["b".to_owned()]));
    written(&block(&path, json!({"format": "proto", "compression": "zstd"})), &[&["a"]]).await;
    let packed = messages(&fs::read(&path).unwrap());
    assert_eq!(names(&zstd::bulk::decompress(&packed[0], 1 << 20).unwrap()), ["a"]);
    written(&block(&path, json!({"compression": "zstd"})), &[&["a"]]).await;
    let packed = messages(&fs::read(&path).unwrap());
    let line: Value = serde_json::from_slice(&zstd::bulk::decompress(&packed[0], 1 << 20).unwrap()).unwrap();
    assert!(line["resourceSpans"].is_array());
}

fn target(path: &Path) -> Target {
    Target { path: path.into(), lines: true, truncate: false, rotation: None, directory_mode: None }
}

#[test]
fn a_full_file_is_renamed_with_its_time_and_the_oldest_go() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data.json");
    fs::write(directory.path().join("data-other.json"), "not ours").unwrap();
    let rotation = Rotation { max_megabytes: 1, max_backups: 2, ..Rotation::default() };
    let mut writer = Writer::new(Target { rotation: Some(rotation), ..target(&path) });
    let line = vec![b'x'; 700 << 10];
    for second in 0..4 {
        writer.write(&line, AT.plus(std::time::Duration::from_secs(second))).unwrap();
    }
    let mut found: Vec<_> = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    found.sort();
    let expect =
        ["data-2022-09-14T05-02-16.173.json", "data-2022-09-14T05-02-17.173.json", "data-other.json", "data.json"];
    assert_eq!(found, expect);
}

#[test]
fn old_backups_go_after_so_many_days() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data.json");
    let old = directory.path().join("data-2022-09-01T00-00-00.000.json");
    fs::write(&old, "old").unwrap();
    fs::write(&path, "x").unwrap();
    Rotation { max_days: 3, ..Rotation::default() }.rotate(&path, AT).unwrap();
    assert!(!old.exists() && !path.exists());
    assert!(directory.path().join("data-2022-09-14T05-02-14.173.json").exists());
}

#[test]
fn a_torn_line_is_ended_before_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.jsonl");
    fs::write(&path, "{\"whole\":1}\n{\"to").unwrap();
    Writer::new(target(&path)).write(b"{}\n", AT).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"whole\":1}\n{\"to\n{}\n");
}

#[test]
fn a_torn_message_is_cut_off_before_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    for torn in [&b"\0\0"[..], b"\0\0\0\x09torn"] {
        fs::write(&path, [b"\0\0\0\x05whole\0\0\0\0", torn].concat()).unwrap();
        Writer::new(Target { lines: false, ..target(&path) }).write(b"\0\0\0\x04next", AT).unwrap();
        assert_eq!(messages(&fs::read(&path).unwrap()), [&b"whole"[..], b"", b"next"]);
    }
}

/// A rename that fails is tried again: the file never grows past its bound meanwhile.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_renamed_takes_nothing_more() {
    let directory = tempfile::tempdir().unwrap();
    // With the time in it the name is longer than a name may be.
    let path = directory.path().join("x".repeat(250));
    let rotation = Rotation { max_megabytes: 1, ..Rotation::default() };
    let mut writer = Writer::new(Target { rotation: Some(rotation), ..target(&path) });
    let line = [vec![b'x'; 700 << 10], vec![b'\n']].concat();
    writer.write(&line, AT).unwrap();
    for _ in 0..2 {
        assert!(writer.write(&line, AT).is_err());
    }
    assert_eq!(fs::metadata(&path).unwrap().len(), line.len() as u64);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_waited_for() {
    let owed = Owed::to(&[Bounds::default()]);
    owed.spans(&["a"]);
    let retry = json!({"initial_interval": "1ms", "max_interval": "1ms"});
    let running = owed.run_block("file", &json!({"path": "/dev/full", "append": true, "retry_on_failure": retry}));
    while running.series().retries.get() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!((running.series().pending.get(), running.series().rejected.get()), (1, 0));
    running.stopper.ask(pipeline::stop::Phase::Now);
    running.task.await.unwrap();
}

/// A file of another format is not ours to cut: what was delivered to it stays, there or under another name.
#[tokio::test]
async fn what_an_earlier_format_left_is_not_taken_away() {
    for more in [
        json!({"append": true, "format": "proto"}),
        json!({"rotation": {}, "format": "proto"}),
        json!({"rotation": {}, "compression": "zstd"}),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.jsonl");
        written(&block(&path, json!({"append": true})), &[&["kept", "for ever"]]).await;
        let before = fs::read(&path).unwrap();
        written(&block(&path, more.clone()), &[&["new"]]).await;
        let files = fs::read_dir(directory.path()).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
        let there = files.into_iter().any(|bytes| bytes.starts_with(&before));
        assert!(there, "{more}: two spans that were delivered are gone");
    }
}

#[test]
fn what_keeps_a_file_from_being_written_is_told_and_nothing_is_made() {
    let trouble = |path: &Path, made: bool| place::trouble(path, made);
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let shown = directory.path().display();
    fs::write(at("taken"), "kept").unwrap();
    let missing = format!("the folder {shown}/no/such is not there: make it, or set `create_directory: true`");
    assert_eq!(trouble(&at("no/such/out"), false), Some(missing));
    assert_eq!(trouble(&at("no/such/out"), true), None);
    assert_eq!(trouble(directory.path(), false), Some(format!("{shown} is a folder")));
    assert!(trouble(&at("taken/out"), true).is_some());
    assert_eq!(trouble(&at("taken"), false), None);
    assert_eq!(trouble(&at("new"), false), None);
    assert_eq!(fs::read_to_string(at("taken")).unwrap(), "kept");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_file_is_emptied_when_it_is_opened_at_the_start_and_an_error_names_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.jsonl");
    fs::write(&path, "{}\n").unwrap();
    let mut exporter = crate::tests::owed::built("file", &block(&path, json!({})));
    assert_eq!(exporter.writes(), Some(fs::canonicalize(&path).unwrap()));
    exporter.open().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let error = exporter.open().unwrap_err();
    assert!(error.to_string().starts_with(&path.display().to_string()), "{error}");
}

#[test]
fn a_file_is_one_file_by_every_way_to_it() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| place::file(&directory.path().join(name));
    fs::create_dir(directory.path().join("sub")).unwrap();
    assert_eq!(at("sub/../out"), at("out"));
    assert_ne!(at("out"), at("other"));
    assert_eq!(place::file(Path::new("/dev/null")), None);
}
