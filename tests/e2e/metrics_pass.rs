//! Scenario: metrics of every kind, in protobuf and in JSON, into a file and on into a second Tollgate.
//! Guarantee: they leave as they came; their data points are counted; what is no metrics request is refused.

use std::fs;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::summary_data_point::ValueAtQuantile;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint, Metric,
    NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint, exemplar, number_data_point,
};
use prost::Message;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stage::{Tollgate, lines, wait_for};
use crate::traffic::{resource, text};

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// The data points in [`written`] and [`encoded`], which are the same request.
const POINTS: f64 = 6.0;

/// A request as the specification's JSON mapping has it, written by hand: nothing of ours or of prost's made it.
fn written() -> Value {
    let exemplar = json!({
        "filteredAttributes": [{"key": "user", "value": {"stringValue": "u1"}}],
        "timeUnixNano": "1700000000000000003", "asDouble": 0.25,
        "spanId": "0102030405060708", "traceId": "000102030405060708090a0b0c0d0e0f",
    });
    let times = [("startTimeUnixNano", "1700000000000000001"), ("timeUnixNano", "1700000000000000002")];
    let point = |mut fields: Value| {
        times.iter().for_each(|(key, nanos)| fields[key] = json!(nanos));
        fields["attributes"] = json!([{"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}}]);
        fields
    };
    let metrics = json!([
        {"name": "queue", "description": "how many wait", "unit": "{requests}", "gauge": {"dataPoints": [
            point(json!({"asInt": "-9007199254740993", "flags": 1})), point(json!({"asDouble": "NaN"})),
        ]}},
        {"name": "tokens", "unit": "{token}", "sum": {"dataPoints": [
            point(json!({"asDouble": 1.5, "exemplars": [exemplar]})),
        ], "aggregationTemporality": 2, "isMonotonic": true}},
        {"name": "latency", "unit": "s", "histogram": {"dataPoints": [point(json!({
            "count": "6", "sum": 7.5, "min": 0.25, "max": 3.5, "bucketCounts": ["1", "2", "3"],
            "explicitBounds": [0.5, 2.5], "exemplars": [exemplar],
        }))], "aggregationTemporality": 1}},
        {"name": "sizes", "exponentialHistogram": {"dataPoints": [point(json!({
            "count": "9", "sum": -1.5, "scale": -2, "zeroCount": "2", "positive": {"offset": 3, "bucketCounts": ["4"]},
            "negative": {"offset": -1, "bucketCounts": ["1", "2"]}, "zeroThreshold": 0.125,
        }))], "aggregationTemporality": 2}},
        {"name": "old", "metadata": [{"key": "from", "value": {"stringValue": "prometheus"}}], "summary": {
            "dataPoints": [point(json!({
                "count": "18446744073709551615", "sum": 3.25, "quantileValues": [{"quantile": 0.5, "value": 1.75}],
            }))],
        }},
    ]);
    json!({"resourceMetrics": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "e2e"}}]},
        "scopeMetrics": [{
            "scope": {"name": "meter", "version": "1.2.3"}, "metrics": metrics, "schemaUrl": "https://example.com/scope",
        }],
        "schemaUrl": "https://example.com/resource",
    }]})
}

const START: u64 = 1_700_000_000_000_000_001;

fn model() -> Vec<opentelemetry_proto::tonic::common::v1::KeyValue> {
    vec![text("gen_ai.request.model", "gpt-4o")]
}

fn exemplar() -> Exemplar {
    Exemplar {
        filtered_attributes: vec![text("user", "u1")],
        time_unix_nano: START + 2,
        span_id: (1..=8).collect(),
        trace_id: (0..=15).collect(),
        value: Some(exemplar::Value::AsDouble(0.25)),
    }
}

fn number(value: number_data_point::Value) -> NumberDataPoint {
    NumberDataPoint {
        attributes: model(),
        start_time_unix_nano: START,
        time_unix_nano: START + 1,
        value: Some(value),
        ..NumberDataPoint::default()
    }
}

fn gauge() -> Data {
    let low = NumberDataPoint { flags: 1, ..number(number_data_point::Value::AsInt(-9_007_199_254_740_993)) };
    Data::Gauge(Gauge { data_points: vec![low, number(number_data_point::Value::AsDouble(f64::NAN))] })
}

fn sum() -> Data {
    let point = NumberDataPoint { exemplars: vec![exemplar()], ..number(number_data_point::Value::AsDouble(1.5)) };
    Data::Sum(Sum { data_points: vec![point], aggregation_temporality: 2, is_monotonic: true })
}

fn histogram() -> Data {
    let point = HistogramDataPoint {
        attributes: model(),
        start_time_unix_nano: START,
        time_unix_nano: START + 1,
        count: 6,
        sum: Some(7.5),
        bucket_counts: vec![1, 2, 3],
        explicit_bounds: vec![0.5, 2.5],
        exemplars: vec![exemplar()],
        min: Some(0.25),
        max: Some(3.5),
        ..HistogramDataPoint::default()
    };
    Data::Histogram(Histogram { data_points: vec![point], aggregation_temporality: 1 })
}

fn exponential() -> Data {
    let point = ExponentialHistogramDataPoint {
        attributes: model(),
        start_time_unix_nano: START,
        time_unix_nano: START + 1,
        count: 9,
        sum: Some(-1.5),
        scale: -2,
        zero_count: 2,
        positive: Some(Buckets { offset: 3, bucket_counts: vec![4] }),
        negative: Some(Buckets { offset: -1, bucket_counts: vec![1, 2] }),
        zero_threshold: 0.125,
        ..ExponentialHistogramDataPoint::default()
    };
    Data::ExponentialHistogram(ExponentialHistogram { data_points: vec![point], aggregation_temporality: 2 })
}

fn summary() -> Data {
    let point = SummaryDataPoint {
        attributes: model(),
        start_time_unix_nano: START,
        time_unix_nano: START + 1,
        count: u64::MAX,
        sum: 3.25,
        quantile_values: vec![ValueAtQuantile { quantile: 0.5, value: 1.75 }],
        ..SummaryDataPoint::default()
    };
    Data::Summary(Summary { data_points: vec![point] })
}

/// The request of [`written`], in protobuf.
fn encoded() -> Vec<u8> {
    let metric = |name: &str, unit: &str, data| Metric {
        name: name.into(),
        unit: unit.into(),
        data: Some(data),
        ..Metric::default()
    };
    let metrics = vec![
        Metric { description: "how many wait".into(), ..metric("queue", "{requests}", gauge()) },
        metric("tokens", "{token}", sum()),
        metric("latency", "s", histogram()),
        metric("sizes", "", exponential()),
        Metric { metadata: vec![text("from", "prometheus")], ..metric("old", "", summary()) },
    ];
    let scope =
        InstrumentationScope { name: "meter".into(), version: "1.2.3".into(), ..InstrumentationScope::default() };
    let scope_metrics =
        vec![ScopeMetrics { scope: Some(scope), metrics, schema_url: "https://example.com/scope".into() }];
    let schema_url = "https://example.com/resource".into();
    let resource_metrics = vec![ResourceMetrics { resource: resource(), scope_metrics, schema_url }];
    ExportMetricsServiceRequest { resource_metrics }.encode_to_vec()
}

const TO_FILE: &str = "
exporters: {file: {path: metrics.jsonl}}
service: {pipelines: {metrics: {receivers: [otlp], exporters: [file]}}}
extensions: {}
";

/// What a folder's file holds, a resource at a time: requests may have been merged on the way.
fn resources(folder: &TempDir) -> Vec<Value> {
    let requests = lines(&folder.path().join("metrics.jsonl"));
    requests.iter().flat_map(|request| request["resourceMetrics"].as_array().unwrap().clone()).collect()
}

#[test]
fn metrics_of_every_kind_arrive_as_they_were_sent_twice_over() {
    let (near, far) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let second = Tollgate::start(&far, TO_FILE);
    let on = format!(
        "
exporters:
  file: {{path: metrics.jsonl}}
  otlp_grpc: {{endpoint: '127.0.0.1:{}', tls: {{insecure: true}}}}
service: {{pipelines: {{metrics: {{receivers: [otlp], exporters: [file, otlp_grpc]}}}}}}
extensions: {{}}
",
        second.grpc
    );
    let first = Tollgate::start(&near, &on);
    assert_eq!(first.post("/v1/metrics", PROTOBUF, &encoded()).status, 200);
    assert_eq!(first.post("/v1/metrics", JSON, written().to_string().as_bytes()).status, 200);
    let signal = "signal=\"metrics\"";
    for exporter in ["exporter=\"file\"", "exporter=\"otlp_grpc\""] {
        wait_for("both requests' data points", Duration::from_secs(20), || {
            (first.metric("tollgate_exporter_sent_items_total", &[exporter, signal]) == 2.0 * POINTS).then_some(())
        });
    }
    assert_eq!(first.metric("tollgate_receiver_accepted_items_total", &["transport=\"http\"", signal]), 2.0 * POINTS);
    assert_eq!(second.metric("tollgate_receiver_accepted_items_total", &["transport=\"grpc\"", signal]), 2.0 * POINTS);
    assert_eq!(first.metric("tollgate_exporter_pending_items", &[]), 0.0);
    first.stop();
    second.stop();
    let expected = vec![written()["resourceMetrics"][0].clone(); 2];
    assert_eq!(resources(&near), expected);
    assert_eq!(resources(&far), expected);
}

#[test]
fn fields_of_a_later_version_leave_byte_for_byte() {
    let folder = TempDir::new().unwrap();
    let raw = TO_FILE.replace("metrics.jsonl", "metrics.bin, format: proto");
    let tollgate = Tollgate::start(&folder, &raw);
    // Field 200, a text, that no version of OTLP has; then the known fields once more.
    let request = [encoded(), vec![0xc2, 0x0c, 0x03, b'n', b'e', b'w'], encoded()].concat();
    assert_eq!(tollgate.post("/v1/metrics", PROTOBUF, &request).status, 200);
    tollgate.stop();
    let kept = fs::read(folder.path().join("metrics.bin")).unwrap();
    let (length, message) = kept.split_at(4);
    assert_eq!(u32::from_be_bytes(length.try_into().unwrap()) as usize, message.len());
    assert!(message == request, "{} bytes were sent, {} are kept", request.len(), message.len());
}

#[test]
fn what_is_no_metrics_request_is_refused_whole() {
    let folder = TempDir::new().unwrap();
    let tollgate = Tollgate::start(&folder, TO_FILE);
    let cut = encoded();
    assert_eq!(tollgate.post("/v1/metrics", PROTOBUF, &cut[..cut.len() - 1]).status, 400);
    let mut wrong = written();
    wrong["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["gauge"]["dataPoints"][0]["asInt"] = json!("many");
    assert_eq!(tollgate.post("/v1/metrics", JSON, wrong.to_string().as_bytes()).status, 400);
    assert_eq!(tollgate.metric("tollgate_receiver_accepted_items_total", &[]), 0.0);
    tollgate.stop();
    assert_eq!(resources(&folder), Vec::<Value>::new());
}
