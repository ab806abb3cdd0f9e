//! Scenario: official SDKs send spans and logs over every protocol they speak.
//! Guarantee: what the file exporter holds equals what was sent, field by field.

use tempfile::TempDir;

use crate::backends::{CLIENTS, assert_same, client, send};
use crate::stage::Tollgate;

const TO_FILE: &str = "
exporters:
  file: {path: out.jsonl}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [file]}
    logs: {receivers: [otlp], exporters: [file]}
extensions: {}
";

fn arrives_whole(name: &str, protocol: &str, compression: &str) {
    let folder = TempDir::new().unwrap();
    let Some(mut client) = client(name) else { return };
    let tollgate = Tollgate::start(&folder, TO_FILE);
    let endpoint = if protocol == "grpc" { tollgate.grpc_url() } else { tollgate.http_url() };
    let sent = folder.path().join("sent.jsonl");
    send(&mut client, protocol, &endpoint, &sent, &["--runs", "3", "--compression", compression]);
    tollgate.stop();
    assert_same(&sent, &folder.path().join("out.jsonl"), &[]);
}

#[test]
fn spans_and_logs_of_every_sdk_and_protocol_arrive_whole() {
    for (name, protocols) in CLIENTS {
        for protocol in protocols {
            for compression in ["none", "gzip"] {
                arrives_whole(name, protocol, compression);
            }
        }
    }
}
