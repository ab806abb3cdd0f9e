//! The keys: what an empty block means, what is refused, what is only noted.

use pipeline::config::{Findings, Severity};
use pipeline::registry::ComponentConfig;
use serde_json::{Value, json};

use super::OtlpConfig;

fn read(block: Value) -> Result<OtlpConfig, String> {
    serde_json::from_value(block).map_err(|error| error.to_string())
}

fn findings(block: Value) -> Vec<(Severity, String)> {
    let mut findings = Findings::default();
    read(block).unwrap().check(&mut findings);
    findings.0.into_iter().map(|finding| (finding.severity, finding.key)).collect()
}

#[test]
fn a_protocol_without_a_block_has_the_defaults_and_one_not_listed_is_not_opened() {
    let config = read(json!({"protocols": {"grpc": null}})).unwrap();
    let grpc = config.protocols.grpc.unwrap();
    assert_eq!((grpc.endpoint.as_str(), grpc.max_recv_msg_size_mib), ("localhost:4317", 4));
    assert!(config.protocols.http.is_none());
    let http = read(json!({"protocols": {"http": {}}})).unwrap().protocols.http.unwrap();
    assert_eq!((http.endpoint.as_str(), http.max_request_body_size.0), ("localhost:4318", 20 << 20));
    assert_eq!(findings(json!({"protocols": {}})), [(Severity::Error, "protocols".into())]);
    assert!(read(json!({})).is_err() && read(json!({"protocols": null})).is_err());
}

#[test]
fn unknown_keys_are_refused() {
    for block in [json!({"protocols": {"thrift": {}}}), json!({"protocols": {"grpc": {"endpont": "x"}}})] {
        assert!(read(block).unwrap_err().contains("unknown field"));
    }
}

#[test]
fn keys_of_the_collector_that_mean_nothing_here_are_noted() {
    let grpc = json!({
        "read_buffer_size": 524_288, "write_buffer_size": "512KiB", "include_metadata": true,
        "keepalive": {"enforcement_policy": {"min_time": "10s", "permit_without_stream": true}},
    });
    let http = json!({"include_metadata": true, "compression_algorithms": ["", "gzip", "snappy"]});
    let found = findings(json!({"protocols": {"grpc": grpc, "http": http}}));
    assert!(found.iter().all(|(severity, _)| *severity == Severity::Note), "{found:?}");
    assert_eq!(found.len(), 6);
}

#[test]
fn every_error_of_a_block_is_found_at_its_key() {
    let tls = json!({"cert_file": "c", "cert_pem": "x", "min_version": "1.3", "max_version": "1.2", "cipher_suites": ["RC4"]});
    let grpc = json!({"endpoint": "nowhere", "transport": "unix", "read_timeout": "0s", "tls": tls});
    let http = json!({"endpoint": "http://x:1", "logs_url_path": "v1/traces", "request_timeout": "0s", "auth": {"authenticator": ""}});
    let found = findings(json!({"protocols": {"grpc": grpc, "http": http}}));
    let keys: Vec<&str> = found.iter().map(|(_, key)| key.as_str()).collect();
    let expected = [
        "protocols.grpc.endpoint",
        "protocols.grpc.transport",
        "protocols.grpc.read_timeout",
        "protocols.grpc.tls",
        "protocols.grpc.tls",
        "protocols.grpc.tls.max_version",
        "protocols.grpc.tls.cipher_suites",
        "protocols.http.endpoint",
        "protocols.http.request_timeout",
        "protocols.http.logs_url_path",
        "protocols.http.auth.authenticator",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn nothing_is_the_default_where_the_collector_has_it_so() {
    let grpc = json!({"max_recv_msg_size_mib": 0, "max_concurrent_streams": 0});
    let found = findings(json!({"protocols": {"grpc": grpc, "http": {"max_request_body_size": 0}}}));
    assert_eq!(found, []);
}

#[test]
fn two_protocols_cannot_share_a_port() {
    let same = json!({"endpoint": "0.0.0.0:4317"});
    let found = findings(json!({"protocols": {"grpc": same, "http": same}}));
    assert_eq!(found, [(Severity::Error, "protocols.http.endpoint".into())]);
}
