//! What holds for every exporter, and the fakes that the tests of each share.

pub(crate) mod fake;
pub(crate) mod owed;

use pipeline::config::{ComponentId, Findings, Service};
use pipeline::ledger::Ledger;
use pipeline::registry::BuildCx;
use serde_json::{Value, json};

use crate::EXPORTERS;

/// The examples, as JSON: this crate reads no YAML. The root's tests parse the YAML itself.
fn blocks() -> Vec<(&'static str, Value)> {
    vec![
        ("otlp", json!({"endpoint": "127.0.0.1:4317", "tls": {"insecure": true}, "headers": {"x-tenant": "a"}})),
        ("otlphttp", json!({"endpoint": "http://127.0.0.1:4318", "compression": "gzip"})),
        ("jaeger", json!({})),
        ("file", json!({"path": "kept.jsonl", "rotation": {"max_megabytes": 100, "max_backups": 10}})),
        ("debug", json!({"verbosity": "normal"})),
    ]
}

/// Codes and keys of what is found in a block.
pub(crate) fn findings(name: &str, block: &Value) -> Vec<(&'static str, String)> {
    let entry = EXPORTERS.iter().find(|entry| entry.declaration.is(name)).unwrap();
    let mut findings = Findings::default();
    (entry.declaration.check)(block, &mut findings, &mut Service::default());
    findings.0.into_iter().map(|finding| (finding.code, finding.key)).collect()
}

#[test]
fn every_exporter_checks_and_builds_from_a_block() {
    let ledger = Ledger::new("test");
    for (name, block) in blocks() {
        assert_eq!(findings(name, &block), [], "{name}");
        let entry = EXPORTERS.iter().find(|entry| entry.declaration.name == name).unwrap();
        let id = ComponentId::parse(name).unwrap();
        let cx = BuildCx { id: &id, ledger: &ledger, extensions: &[] };
        assert!((entry.build)(&block, &cx).is_ok(), "{name}");
    }
}

#[test]
fn unknown_keys_are_errors() {
    for (name, mut block) in blocks() {
        block["no_such_key"] = json!(1);
        assert_eq!(findings(name, &block)[0].0, "E010", "{name}");
    }
}

#[test]
fn every_schema_documents_every_field() {
    for entry in EXPORTERS {
        let mut generator = schemars::SchemaGenerator::default();
        let schema = (entry.declaration.schema)(&mut generator);
        let definitions = generator.take_definitions(true);
        assert!(schema.as_value().is_object() && !definitions.is_empty());
        for (name, definition) in &definitions {
            let Some(properties) = definition.get("properties").and_then(Value::as_object) else { continue };
            for (key, property) in properties {
                assert!(property.get("description").is_some(), "{name}.{key}");
            }
        }
    }
}

#[test]
fn keys_are_checked_against_each_other() {
    let otlp = |mut block: Value| {
        block["endpoint"] = json!("a:1");
        findings("otlp", &block)
    };
    assert_eq!(findings("otlp", &json!({})), [("E227", "endpoint".into())]);
    assert_eq!(findings("otlp", &json!({"endpoint": "unix:///run/x"})), [("E227", "endpoint".into())]);
    assert_eq!(otlp(json!({"sending_queue": {"storage": "file_storage"}})), [("N028", "sending_queue.storage".into())]);
    assert_eq!(
        otlp(json!({"sending_queue": {"batch": {"min_size": 10, "max_size": 5}}})),
        [("E223", "sending_queue.batch.max_size".into())]
    );
    assert_eq!(otlp(json!({"tls": {"ca_file": "a", "ca_pem": "b"}})), [("E224", "tls.ca_file".into())]);
    assert_eq!(otlp(json!({"tls": {"cert_file": "a"}})), [("E225", "tls".into())]);
    assert_eq!(otlp(json!({"tls": {"min_version": "1.1"}})), [("E226", "tls.min_version".into())]);
    assert_eq!(otlp(json!({"headers": {"a b": "c"}})), [("E220", "headers".into())]);
    assert_eq!(otlp(json!({"headers": [{"name": "x-scope-orgid", "value": 7}]})), []);
    assert_eq!(otlp(json!({"balancer_name": "round_robin"})), [("N023", "balancer_name".into())]);
    assert_eq!(findings("otlphttp", &json!({"traces_endpoint": "a:4318"})), [("E227", "traces_endpoint".into())]);
    for key in ["cipher_suites", "curve_preferences"] {
        assert_eq!(otlp(json!({"tls": {key: ["X25519"]}})), [("N023", format!("tls.{key}"))]);
    }
    let partition = json!({"sending_queue": {"batch": {"partition": {"metadata_keys": ["x-tenant"]}}}});
    assert_eq!(otlp(partition), [("N023", "sending_queue.batch.partition".into())]);
    for compression in ["snappy", "deflate"] {
        assert_eq!(otlp(json!({"compression": compression})), [("E232", "compression".into())]);
    }
    let http = |mut block: Value| {
        block["endpoint"] = json!("http://a:1");
        findings("otlphttp", &block)
    };
    assert_eq!(http(json!({"compression": "deflate"})), []);
    assert_eq!(http(json!({"cookies": {"enabled": true}})), [("N023", "cookies".into())]);
    assert_eq!(
        http(json!({"proxy_url": "http://p:1", "compression": "snappy"})),
        [("E232", "proxy_url".into()), ("E232", "compression".into())]
    );
    for endpoint in ["passthrough:///a:1", "dns:///a:1", "passthrough://x/a:1"] {
        assert_eq!(findings("otlp", &json!({"endpoint": endpoint})), [], "{endpoint}");
    }
    assert_eq!(findings("otlp", &json!({"endpoint": "dns://8.8.8.8/a:1"})), [("N023", "endpoint".into())]);
    assert_eq!(findings("otlp", &json!({"endpoint": "http://joe:pw@a:1"})), [("E227", "endpoint".into())]);
    assert_eq!(findings("file", &json!({"path": "a", "rotation": {"max_megabytes": 0, "max_backups": -1}})), []);
    assert_eq!(findings("file", &json!({"path": "a", "append": true, "rotation": {}})), [("E229", "append".into())]);
}
