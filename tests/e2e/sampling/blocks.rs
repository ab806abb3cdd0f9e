//! Blocks as both sides get them: every type of policy with its options, and every combination of them; and which do
//! something else on purpose where `compat: contrib` is left out.

/// A block, by the name of its pipeline.
pub(super) struct Block {
    pub(super) name: &'static str,
    /// Its policies but for their names, as YAML.
    policies: &'static [&'static str],
    /// Its other keys.
    keys: &'static str,
    /// Why we keep other traces without `compat: contrib`; empty: we do not.
    pub(super) differs: &'static str,
    /// And why with it too.
    pub(super) never: &'static str,
}

/// How long traces wait, seconds: longer than a wave takes to send.
pub(super) const WAIT: u64 = 15;

const TIMES: &str = "a start of 0 says nothing of when a trace began, and times past 2262 lie after it";
const WINDOW: &str = "the whole trace is within the window, not any beginning of it in the order of arrival";
const NUMBERS: &str = "doubles are numbers too, and what is no number is no 0";
const TEXTS: &str = "what is no text does not read as an empty one";
const BOOLEANS: &str = "what is no boolean is not false";
const STATE: &str = "a trace with `ot` in its trace state is kept by the randomness it came with";
const HALVES: &str = "caches know whole trace ids, not their last 8 bytes";
const SHARES: &str = "a share of 0 percent keeps nothing";

const fn block(name: &'static str, policies: &'static [&'static str]) -> Block {
    Block { name, policies, keys: "", differs: "", never: "" }
}

impl Block {
    const fn keys(self, keys: &'static str) -> Self {
        Self { keys, ..self }
    }

    const fn differs(self, differs: &'static str) -> Self {
        Self { differs, ..self }
    }

    const fn never(self, never: &'static str) -> Self {
        Self { differs: never, never, ..self }
    }

    /// As YAML, without indentation.
    pub(super) fn yaml(&self) -> String {
        let mut text = format!("{}\npolicies:\n", self.keys);
        if !self.keys.contains("decision_wait:") {
            text = format!("decision_wait: {WAIT}s\n{text}");
        }
        for (at, policy) in self.policies.iter().enumerate() {
            text.push_str(&format!("- {{name: p{at}, {policy}}}\n"));
        }
        text
    }
}

/// Policies that look at one thing of a trace.
pub(super) const SIMPLE: &[Block] = &[
    block("always", &["type: always_sample"]),
    block("latency", &["type: latency, latency: {threshold_ms: 500}"]).differs(TIMES),
    block("latency_short", &["type: latency, latency: {threshold_ms: 100}"]).differs(TIMES),
    block("latency_none", &["type: latency, latency: {}"]).differs(TIMES),
    block("latency_window", &["type: latency, latency: {threshold_ms: 100, upper_threshold_ms: 200}"]).differs(WINDOW),
    block("latency_below", &["type: latency, latency: {threshold_ms: -1, upper_threshold_ms: 50}"]).differs(WINDOW),
    block("probable_0", &["type: probabilistic, probabilistic: {sampling_percentage: 0}"]),
    block("probable_1", &["type: probabilistic, probabilistic: {sampling_percentage: 1}"]).differs(STATE),
    block("probable_33", &["type: probabilistic, probabilistic: {sampling_percentage: 33.3}"]).differs(STATE),
    block("probable_50", &["type: probabilistic, probabilistic: {sampling_percentage: 50, hash_salt: salt-b}"])
        .differs(STATE),
    block("probable_99", &["type: probabilistic, probabilistic: {sampling_percentage: 99.9, hash_salt: ''}"])
        .differs(STATE),
    block("probable_100", &["type: probabilistic, probabilistic: {sampling_percentage: 100}"]),
    block("probable_150", &["type: probabilistic, probabilistic: {sampling_percentage: 150}"]),
    block("probable_negative", &["type: probabilistic, probabilistic: {sampling_percentage: -3}"]),
    block("status_error", &["type: status_code, status_code: {status_codes: [ERROR]}"]),
    block("status_ok", &["type: status_code, status_code: {status_codes: [OK, ERROR]}"]),
    block("status_unset", &["type: status_code, status_code: {status_codes: [UNSET]}"]),
    block("state", &["type: trace_state, trace_state: {key: vendor, values: [a, '']}"]),
    block("state_tenant", &["type: trace_state, trace_state: {key: tenant@vendor, values: [a, c]}"]),
    block("flags", &["type: trace_flags"]),
    block("count", &["type: span_count, span_count: {min_spans: 5}"]),
    block("count_window", &["type: span_count, span_count: {min_spans: 2, max_spans: 4}"]),
    block("count_most", &["type: span_count, span_count: {max_spans: 1}"]),
    block("number", &["type: numeric_attribute, numeric_attribute: {key: retries, min_value: 2, max_value: 100}"]),
    block("number_least", &["type: numeric_attribute, numeric_attribute: {key: retries, min_value: 101}"]),
    block("number_most", &["type: numeric_attribute, numeric_attribute: {key: retries, max_value: -1}"]),
    block(
        "number_zero_least",
        &["type: numeric_attribute, numeric_attribute: {key: retries, min_value: 0, max_value: 2}"],
    )
    .differs("a bound of 0 is one"),
    block(
        "number_zero_most",
        &["type: numeric_attribute, numeric_attribute: {key: retries, min_value: -3, max_value: 0}"],
    )
    .differs("a bound of 0 is one"),
    block("number_mixed", &["type: numeric_attribute, numeric_attribute: {key: mixed, min_value: -1, max_value: 99}"])
        .differs(NUMBERS),
    block(
        "number_inverted",
        &["type: numeric_attribute, numeric_attribute: {key: mixed, min_value: 1, max_value: 99, invert_match: true}"],
    )
    .differs(NUMBERS),
    block("text", &["type: string_attribute, string_attribute: {key: tenant, values: [a, prod, '']}"]),
    block("text_mixed", &["type: string_attribute, string_attribute: {key: mixed, values: [a, 'true', '7']}"]),
    block(
        "text_inverted",
        &["type: string_attribute, string_attribute: {key: tenant, values: [a, b], invert_match: true}"],
    ),
    block("text_nothing", &["type: string_attribute, string_attribute: {key: tenant, values: []}"]),
    block(
        "regex",
        &[
            "type: string_attribute, string_attribute: {key: http.route, values: ['health$', '^/cart/\\d+'], enabled_regex_matching: true}",
        ],
    ),
    block(
        "regex_flags",
        &[
            "type: string_attribute, string_attribute: {key: http.route, values: ['(?i)^/admin$', '(?m)^/health$', '\\?'], enabled_regex_matching: true, cache_max_size: 3}",
        ],
    ),
    block(
        "regex_open",
        &["type: string_attribute, string_attribute: {key: mixed, values: ['^$', '^7'], enabled_regex_matching: true}"],
    )
    .differs(TEXTS),
    block(
        "regex_inverted",
        &[
            "type: string_attribute, string_attribute: {key: tenant, values: ['^.$'], enabled_regex_matching: true, invert_match: true}",
        ],
    ),
    block("true", &["type: boolean_attribute, boolean_attribute: {key: flag, value: true}"]),
    block("false", &["type: boolean_attribute, boolean_attribute: {key: flag, value: false}"]),
    block("true_mixed", &["type: boolean_attribute, boolean_attribute: {key: mixed, value: true}"]),
    block("false_mixed", &["type: boolean_attribute, boolean_attribute: {key: mixed, value: false}"]).differs(BOOLEANS),
    block(
        "false_inverted",
        &["type: boolean_attribute, boolean_attribute: {key: mixed, value: false, invert_match: true}"],
    )
    .differs(BOOLEANS),
];

const ERRORS: &str = "type: status_code, status_code: {status_codes: [ERROR]}";
const SLOW: &str = "type: latency, latency: {threshold_ms: 1000}";
const HEALTH: &str = "type: drop, drop: {drop_sub_policy: [{name: a, type: string_attribute, string_attribute: {key: http.route, values: [^/health], enabled_regex_matching: true}}]}";
const TENTH: &str = "type: probabilistic, probabilistic: {sampling_percentage: 10}";

/// Conditions in the Collector's language, policies of policies, and what becomes of traces beside their policies.
pub(super) const COMBINED: &[Block] = &[
    block(
        "ottl",
        &[r#"type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['attributes["amount"] > 99', 'name == "chat gpt" and status.code == STATUS_CODE_ERROR']}"#],
    ),
    block(
        "ottl_paths",
        &[r#"type: ottl_condition, ottl_condition: {span: ['resource.attributes["tenant"] != nil and not IsRootSpan()', 'span.attributes["mixed"] == "a"', 'kind == SPAN_KIND_SERVER and attributes["flag"] == true']}"#],
    ),
    block(
        "ottl_events",
        &[r#"type: ottl_condition, ottl_condition: {error_mode: silent, spanevent: ['name == "exception" and attributes["retries"] != nil']}"#],
    ),
    block(
        "ottl_both",
        &[r#"type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['IsMatch(attributes["http.route"], "health")'], spanevent: ['spanevent.attributes["flag"] == false']}"#],
    ),
    block(
        "ottl_types",
        &[r#"type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['IsInt(attributes["mixed"]) and attributes["mixed"] >= 100', 'IsList(attributes["amount"])', 'IsMatch(attributes["mixed"], "^[0-9.]+$") and kind == SPAN_KIND_CLIENT']}"#],
    ),
    block(
        "ottl_compares",
        &[r#"type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['attributes["mixed"] <= 7', 'attributes["amount"] == 500', 'attributes["flag"] == true and attributes["tenant"] < "b"', 'trace_state["vendor"] == "b"', 'parent_span_id.string == "" and attributes["retries"] == 3']}"#],
    ),
    block(
        "ottl_functions",
        &[r#"type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['ToLowerCase(attributes["http.route"]) == "/admin"', 'Len(attributes["mixed"]) > 2', 'HasSuffix(name, "search") and not (resource.attributes["tenant"] == nil)'], spanevent: ['ToUpperCase(name) == "RETRY" and attributes["amount"] == nil and span.status.code == STATUS_CODE_OK']}"#],
    ),
    block(
        "ottl_math",
        &[r#"type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['(end_time_unix_nano - start_time_unix_nano) / 1000000 > 120 and kind + 1 == 3', '2 + attributes["retries"] * 3 == 11', 'attributes["amount"] / 2.0 >= 250.0 and -attributes["amount"] < 0', 'Len(name) * 2 - 1 == 9']}"#],
    ),
    block(
        "ottl_math_errors",
        &[r#"type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['attributes["mixed"] + 1 > 3', '10 / attributes["retries"] == 3']}"#],
    ),
    block(
        "ottl_ids",
        &[r#"type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['parent_span_id == SpanID(0x0000000000000000) and attributes["retries"] == 3']}"#],
    ),
    block("ottl_no_parent", &[r#"type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['parent_span_id == nil']}"#])
        .differs("the id of no span is nil"),
    block(
        "ottl_errors_ignored",
        &[r#"type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['HasPrefix(attributes["mixed"], "a")', 'attributes["retries"] == 5']}"#],
    ),
    block(
        "ottl_errors",
        &[r#"type: ottl_condition, ottl_condition: {error_mode: propagate, span: ['attributes["mixed"] != nil and HasPrefix(attributes["mixed"], "a")', 'attributes["retries"] == 5'], spanevent: ['name == "retry"']}"#],
    )
    .differs("what matches anywhere counts, whatever could not be evaluated before it"),
    block(
        "ottl_errors_in_and",
        &[r#"type: and, and: {and_sub_policy: [{name: a, type: ottl_condition, ottl_condition: {error_mode: propagate, span: ['attributes["mixed"] != nil and HasPrefix(attributes["mixed"], "a")']}}, {name: b, type: always_sample}]}"#],
    )
    .differs("what matches anywhere counts, whatever could not be evaluated before it"),
    block(
        "ottl_errors_in_not",
        &[r#"type: not, not: {not_sub_policy: {name: a, type: ottl_condition, ottl_condition: {error_mode: propagate, span: ['HasPrefix(attributes["tenant"], "prod")']}}}"#],
    ),
    block("several", &[ERRORS, TENTH, "type: boolean_attribute, boolean_attribute: {key: flag, value: true}"])
        .differs(STATE),
    block("first_match", &[ERRORS, SLOW, HEALTH]).keys("sample_on_first_match: true").differs(TIMES),
    block(
        "and",
        &["type: and, and: {and_sub_policy: [{name: a, type: string_attribute, string_attribute: {key: tenant, values: [a, b, prod]}}, {name: b, type: span_count, span_count: {min_spans: 3}}]}"],
    ),
    block(
        "and_not",
        &["type: and, and: {and_sub_policy: [{name: a, type: status_code, status_code: {status_codes: [ERROR]}}, {name: b, type: not, not: {not_sub_policy: {name: c, type: string_attribute, string_attribute: {key: tenant, values: [test]}}}}, {name: d, type: numeric_attribute, numeric_attribute: {key: retries, max_value: 9, invert_match: true}}]}"],
    ),
    block("not", &["type: not, not: {not_sub_policy: {name: a, type: status_code, status_code: {status_codes: [OK]}}}"]),
    block(
        "not_inverted",
        &["type: not, not: {not_sub_policy: {name: a, type: string_attribute, string_attribute: {key: tenant, values: [a], invert_match: true}}}"],
    ),
    block(
        "not_probable",
        &["type: not, not: {not_sub_policy: {name: a, type: probabilistic, probabilistic: {sampling_percentage: 90}}}"],
    )
    .differs(STATE),
    block("drop", &["type: always_sample", HEALTH]),
    block(
        "drop_and_not",
        &[
            ERRORS,
            "type: boolean_attribute, boolean_attribute: {key: flag, value: true}",
            "type: drop, drop: {drop_sub_policy: [{name: a, type: status_code, status_code: {status_codes: [OK]}}, {name: b, type: not, not: {not_sub_policy: {name: c, type: trace_flags}}}]}",
        ],
    ),
    block("drop_only", &[HEALTH]),
    block(
        "composite",
        &["type: composite, composite: {max_total_spans_per_second: 1000000, policy_order: [b, a, c], composite_sub_policy: [{name: a, type: status_code, status_code: {status_codes: [ERROR]}}, {name: b, type: and, and: {and_sub_policy: [{name: d, type: trace_flags}, {name: e, type: span_count, span_count: {min_spans: 4}}]}}, {name: c, type: probabilistic, probabilistic: {sampling_percentage: 20}}], rate_allocation: [{policy: a, percent: 40}, {policy: b, percent: 30}, {policy: c, percent: 30}]}"],
    )
    .differs(STATE),
    block(
        "composite_unallotted",
        &["type: composite, composite: {max_total_spans_per_second: 1000000, composite_sub_policy: [{name: a, type: status_code, status_code: {status_codes: [ERROR]}}, {name: b, type: always_sample}], rate_allocation: [{policy: a, percent: 50}]}"],
    ),
    block(
        "composite_zero",
        &["type: composite, composite: {max_total_spans_per_second: 1000000, composite_sub_policy: [{name: a, type: status_code, status_code: {status_codes: [ERROR]}}, {name: b, type: trace_flags}], rate_allocation: [{policy: a, percent: 0}, {policy: b, percent: 50}]}"],
    )
    .differs(SHARES),
    block(
        "composite_closed",
        &["type: composite, composite: {max_total_spans_per_second: 0, composite_sub_policy: [{name: a, type: always_sample}], rate_allocation: [{policy: a, percent: 100}]}"],
    ),
    block("caches", &[TENTH, ERRORS])
        .keys("decision_cache: {sampled_cache_size: 100000, non_sampled_cache_size: 100000}")
        .differs(HALVES),
    block("cache_of_kept", &[ERRORS]).keys("decision_cache: {sampled_cache_size: 100000}").differs(HALVES),
    block("cache_of_gone", &[ERRORS, HEALTH]).keys("decision_cache: {non_sampled_cache_size: 100000}").differs(HALVES),
    block("after_root", &[TENTH, "type: probabilistic, probabilistic: {sampling_percentage: 15, hash_salt: other}"])
        .keys("decision_wait: 15s\ndecision_wait_after_root_received: 1s")
        .differs(STATE),
    block("too_large", &["type: always_sample"])
        .keys("maximum_trace_size_bytes: 19000")
        .differs("what a resource takes is not its trace's"),
    block("shards", &[ERRORS, HEALTH, "type: trace_flags"]).keys("num_shards: 4\nexpected_new_traces_per_sec: 100"),
    block("ingest", &[ERRORS, "type: trace_flags"])
        .keys("sampling_strategy: span-ingest")
        .never("traces are decided whole and remembered: there, late spans of one that was not kept begin a new one"),
    block("dropped_at_stop", &[ERRORS, "type: trace_flags"])
        .keys("drop_pending_traces_on_shutdown: true")
        .differs("what is certain leaves before the stop"),
];
