//! Scenario: the same client sends the same kind of run to the real Collector and to us, each with a
//! file exporter; and through us into the Collector.
//! Guarantee: the Collector's file and ours hold the same records; what we send it reads whole.

use tempfile::TempDir;

use crate::backends::{CLIENTS, Collector, assert_same, client, required, send};
use crate::stage::Tollgate;

fn into_the_collector(exporter: &str) {
    let Some(binary) = required("COLLECTOR", "tests/backends/collector.sh") else { return };
    for (name, protocols) in CLIENTS {
        for protocol in protocols {
            let folder = TempDir::new().unwrap();
            let Some(mut client) = client(name) else { return };
            let collector = Collector::start(&binary, &folder);
            let exporter =
                exporter.replace("{grpc}", &collector.grpc.to_string()).replace("{http}", &collector.http.to_string());
            let sections = format!(
                "
exporters:
  {exporter}
  file: {{path: ours.jsonl}}
service:
  pipelines:
    traces: {{receivers: [otlp], exporters: [out, file]}}
    logs: {{receivers: [otlp], exporters: [out, file]}}
extensions: {{}}
"
            )
            .replace("[out, file]", &format!("[{}, file]", exporter.split(':').next().unwrap()));
            let tollgate = Tollgate::start(&folder, &sections);
            let endpoint = if *protocol == "grpc" { tollgate.grpc_url() } else { tollgate.http_url() };
            let sent = folder.path().join("sent.jsonl");
            send(&mut client, protocol, &endpoint, &sent, &["--runs", "2"]);
            tollgate.stop();
            let theirs = collector.stop();
            assert_same(&sent, &theirs, &[]);
            assert_same(&theirs, &folder.path().join("ours.jsonl"), &[]);
        }
    }
}

#[test]
fn the_collector_reads_what_we_send_over_grpc_as_it_was_sent() {
    into_the_collector("otlp_grpc: {endpoint: '127.0.0.1:{grpc}', tls: {insecure: true}, compression: gzip}");
}

#[test]
fn the_collector_reads_what_we_send_over_http_as_it_was_sent() {
    into_the_collector("otlp_http: {endpoint: 'http://127.0.0.1:{http}', compression: zstd}");
}

#[test]
fn the_collector_reads_what_we_send_as_json_as_it_was_sent() {
    into_the_collector("otlphttp: {endpoint: 'http://127.0.0.1:{http}', encoding: json, compression: none}");
}
