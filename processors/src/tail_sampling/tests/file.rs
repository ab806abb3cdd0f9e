//! The block in a file: every form of it reads, and what is wrong is told at its place.

use pipeline::config::{ConfigSource, Environment, Rules, load};
use pipeline::registry::Registry;

use crate::PROCESSORS;

/// The codes and messages that a file with this block gives about the block itself.
fn told(block: &str) -> Vec<String> {
    let rules = Rules::of(Registry { receivers: &[], processors: PROCESSORS, exporters: &[], extensions: &[] });
    let indented: String = block.lines().map(|line| format!("    {line}\n")).collect();
    let text = format!("processors:\n  tail_sampling/edge:\n{indented}");
    let report = load(&[ConfigSource::Yaml(text)], &[], &Environment::default()).check(&rules);
    let about = |code: &str| !matches!(code, "E020" | "E022" | "W001");
    report
        .diagnostics
        .iter()
        .filter(|told| about(told.code))
        .map(|told| format!("{} {}", told.code, told.message))
        .collect()
}

/// Every structural form of the Collector's block once.
const COLLECTOR: &str = r#"
decision_wait: 30s
decision_wait_after_root_received: 5s
num_traces: 100_000
decision_cache: {sampled_cache_size: 1_000_000, non_sampled_cache_size: 2_000_000}
maximum_trace_size_bytes: 5000000
policies:
  - {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
  - {name: slow, type: latency, latency: {threshold_ms: 1000, upper_threshold_ms: 60000}}
  - {name: base, type: probabilistic, probabilistic: {sampling_percentage: 2.5, hash_salt: tier2}}
  - name: llm-tenants
    type: and
    and:
      and_sub_policy:
        - {name: a, type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['name == "chat"']}}
        - {name: b, type: not, not: {not_sub_policy: {name: c, type: string_attribute, string_attribute: {key: tenant, values: [test]}}}}
  - {name: probes, type: drop, drop: {drop_sub_policy: [{name: d, type: string_attribute, string_attribute: {key: http.route, values: [^/health], enabled_regex_matching: true}}]}}
  - name: budget
    type: composite
    composite:
      max_total_spans_per_second: 1000
      policy_order: [e, f]
      composite_sub_policy:
        - {name: e, type: trace_flags}
        - {name: f, type: always_sample}
      rate_allocation: [{policy: e, percent: 70}, {policy: f, percent: 30}]
"#;

#[test]
fn the_collectors_block_reads() {
    assert_eq!(told(COLLECTOR), [] as [&str; 0]);
}

#[test]
fn ours_reads() {
    let block = "
decision_wait: 5s
orphan_logs: {keep_from: WARN}
always_keep: {severity: ERROR}
regret_window: 1m
policies:
  - {name: failures, type: failure, failure: {status_attribute: false, missing_root_after: 20s, evaluation_below: 0.5}}
  - {name: tokens, type: sum, sum: {key: gen_ai.usage.output_tokens, over: 100000}}
  - {name: tenants, type: budget, budget: {key: tenant.id, bytes_per_second: 1000}}
  - {name: logs, type: log_severity}
  - {name: rest, type: probabilistic, dry_run: true, probabilistic: {sampling_percentage: 10}}
";
    assert_eq!(told(block), [] as [&str; 0]);
    assert_eq!(told(&block.replace("{keep_from: WARN}", "drop")), [] as [&str; 0]);
}

#[test]
fn mistakes_are_told() {
    let mistyped = told("policies: [{name: a, type: latency, latncy: {threshold_ms: 1}}]");
    assert!(mistyped.iter().any(|told| told.starts_with("E014")), "{mistyped:?}");
    let deep = told(
        "policies: [{name: a, type: not, not: {not_sub_policy: {name: b, type: latency, latency: {treshold_ms: 1}}}}]",
    );
    assert!(deep.iter().any(|told| told.starts_with("E014")), "{deep:?}");
    let pattern = told(
        "policies: [{name: a, type: string_attribute, string_attribute: {key: k, values: ['('], enabled_regex_matching: true}}]",
    );
    assert!(pattern.iter().any(|told| told.starts_with("E506")), "{pattern:?}");
}
