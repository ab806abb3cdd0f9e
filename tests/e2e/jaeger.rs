//! Scenario: the same trace is sent to Jaeger directly and through Tollgate.
//! Guarantee: Jaeger returns the same trace, and keeps answering after it was frozen or restarted.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::backends::{CLIENTS, Jaeger, assert_same, client, required, send};
use crate::stage::{Tollgate, lines, wait_for};

fn to_jaeger(port: u16) -> String {
    format!(
        "
exporters:
  jaeger: {{endpoint: '127.0.0.1:{port}', retry_on_failure: {{initial_interval: 100ms, max_interval: 500ms}}}}
service:
  pipelines:
    traces: {{receivers: [otlp], exporters: [jaeger]}}
extensions: {{}}
"
    )
}

/// The trace ids in what a client says it sent.
fn trace_ids(sent: &Path) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for request in lines(sent) {
        for resource in request["resourceSpans"].as_array().into_iter().flatten() {
            for scope in resource["scopeSpans"].as_array().into_iter().flatten() {
                for span in scope["spans"].as_array().into_iter().flatten() {
                    ids.insert(span["traceId"].as_str().unwrap().to_lowercase());
                }
            }
        }
    }
    assert!(!ids.is_empty());
    ids
}

/// Writes every trace of `sent`, as `jaeger` returns it, to a file beside it.
fn fetch(jaeger: &Jaeger, sent: &Path) -> std::path::PathBuf {
    let trace = |id: &String| wait_for("the trace in Jaeger", Duration::from_secs(20), || jaeger.trace(id)).to_string();
    let traces: Vec<_> = trace_ids(sent).iter().map(trace).collect();
    let path = sent.with_extension("jaeger.jsonl");
    std::fs::write(&path, traces.join("\n") + "\n").unwrap();
    path
}

#[test]
fn jaeger_returns_the_same_trace_sent_directly_or_through_us() {
    let Some(binary) = required("JAEGER", "tests/backends/jaeger.sh") else { return };
    let folder = TempDir::new().unwrap();
    let jaeger = Jaeger::start(&binary, &folder, "jaeger");
    let tollgate = Tollgate::start(&folder, &to_jaeger(jaeger.grpc));
    for (name, protocols) in CLIENTS {
        for protocol in protocols {
            let traces_only = ["--runs", "2", "--signals", "traces"];
            let named = |way: &str| folder.path().join(format!("{name}-{}-{way}.jsonl", protocol.replace('/', "-")));
            let (direct, through) = (named("direct"), named("through"));
            let Some(mut client_direct) = client(name) else { return };
            let (to_jaeger, to_us) = match *protocol {
                "grpc" => (format!("http://127.0.0.1:{}", jaeger.grpc), tollgate.grpc_url()),
                _ => (format!("http://127.0.0.1:{}", jaeger.http), tollgate.http_url()),
            };
            send(&mut client_direct, protocol, &to_jaeger, &direct, &traces_only);
            send(&mut client(name).unwrap(), protocol, &to_us, &through, &traces_only);
            // Its memory storage keeps no schema URLs, whoever sends them.
            assert_same(&direct, &fetch(&jaeger, &direct), &["--ignore-schema-urls"]);
            assert_same(&through, &fetch(&jaeger, &through), &["--ignore-schema-urls"]);
        }
    }
    tollgate.stop();
}

#[test]
fn spans_accepted_while_jaeger_is_frozen_arrive_when_it_thaws() {
    let Some(binary) = required("JAEGER", "tests/backends/jaeger.sh") else { return };
    let Some(mut client) = client("PYTHON") else { return };
    let folder = TempDir::new().unwrap();
    let jaeger = Jaeger::start(&binary, &folder, "jaeger");
    let tollgate = Tollgate::start(&folder, &to_jaeger(jaeger.grpc));
    let sent = folder.path().join("sent.jsonl");
    jaeger.process.signal("STOP");
    send(&mut client, "grpc", &tollgate.grpc_url(), &sent, &["--runs", "2", "--signals", "traces"]);
    assert!(tollgate.metric("tollgate_exporter_pending_items", &["exporter=\"jaeger\""]) > 0.0, "they are owed");
    jaeger.process.signal("CONT");
    assert_same(&sent, &fetch(&jaeger, &sent), &["--ignore-schema-urls"]);
    tollgate.stop();
}
