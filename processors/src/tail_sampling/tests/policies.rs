//! Every policy by a table: what matches, what does not, what is missing, what is of another type.

use super::*;

/// Whether a policy keeps traces of these spans.
fn table(kind: &str, settings: &Json, cases: &[(bool, Vec<Json>)]) {
    let block = policy(kind, settings);
    for (kept, spans) in cases {
        assert_eq!(keeps(&block, spans), *kept, "{kind} {settings} of {}", json!(spans));
    }
}

#[test]
fn always() {
    assert!(keeps(&json!({"policies": [{"name": "all", "type": "always_sample"}]}), &[span(1, &json!({}))]));
}

fn lasting(start: u64, end: u64) -> Json {
    let at = |ms: u64| ((BEGIN + ms) * 1_000_000).to_string();
    span(1, &json!({"startTimeUnixNano": at(start), "endTimeUnixNano": at(end)}))
}

#[test]
fn latency_is_of_the_whole_trace() {
    table(
        "latency",
        &json!({"threshold_ms": 100}),
        &[
            (false, vec![lasting(0, 100)]),
            (true, vec![lasting(0, 101)]),
            (true, vec![lasting(0, 60), lasting(50, 120)]),
            (true, vec![lasting(50, 120), lasting(0, 10)]),
            (false, vec![lasting(100, 0)]),
            (false, vec![lasting(0, 1), span(1, &json!({"startTimeUnixNano": "0"}))]),
            (false, vec![span(1, &json!({"startTimeUnixNano": "0", "endTimeUnixNano": "18446744073709551615"}))]),
            (true, vec![span(1, &json!({"startTimeUnixNano": "1", "endTimeUnixNano": "18446744073709551615"}))]),
        ],
    );
    table(
        "latency",
        &json!({"threshold_ms": 100, "upper_threshold_ms": 200}),
        &[
            (false, vec![lasting(0, 100)]),
            (true, vec![lasting(0, 200)]),
            (false, vec![lasting(0, 150), lasting(0, 201)]),
            (false, vec![lasting(0, 201), lasting(0, 150)]),
        ],
    );
    let vote = judged(&policy("latency", &json!({"threshold_ms": 100})), &[lasting(0, 150)]).votes[0];
    assert_eq!((vote.answer, vote.value), (Answer::Sampled, Some(150.0)));
}

#[test]
fn numeric_attribute() {
    let status = |value: Json| vec![with(1, &json!({"http.status": value}))];
    let around = vec![span(1, &json!({"resource": {"http.status": int(500)}}))];
    table(
        "numeric_attribute",
        &json!({"key": "http.status", "min_value": 400, "max_value": 599}),
        &[
            (true, status(int(400))),
            (true, status(int(599))),
            (false, status(int(399))),
            (false, status(int(600))),
            (true, around.clone()),
            (true, status(json!({"doubleValue": 500.0}))),
            (false, status(text("500"))),
            (false, vec![span(1, &json!({}))]),
        ],
    );
    table(
        "numeric_attribute",
        &json!({"key": "http.status", "min_value": 0, "invert_match": true}),
        &[(false, status(int(0))), (true, status(int(-1))), (true, vec![span(1, &json!({}))]), (false, around)],
    );
    table(
        "numeric_attribute",
        &json!({"key": "http.status", "max_value": 0}),
        &[(true, status(int(0))), (false, status(int(1))), (false, status(text("x")))],
    );
}

#[test]
fn string_attribute() {
    let route = |value: Json| vec![with(1, &json!({"route": value}))];
    table(
        "string_attribute",
        &json!({"key": "route", "values": ["/a", "", "/b"]}),
        &[
            (true, route(text("/b"))),
            (false, route(text("/bb"))),
            (false, route(text(""))),
            (false, route(int(1))),
            (true, vec![span(1, &json!({"resource": {"route": text("/a")}}))]),
            (true, vec![span(1, &json!({})), with(1, &json!({"route": text("/a")}))]),
            (false, vec![span(1, &json!({}))]),
        ],
    );
    table(
        "string_attribute",
        &json!({"key": "route", "values": ["^/health", "a+b"], "enabled_regex_matching": true}),
        &[
            (true, route(text("/healthz"))),
            (true, route(text("xaaby"))),
            (false, route(text("/x/health"))),
            (false, vec![span(1, &json!({"resource": {"route": int(1)}}))]),
        ],
    );
    table(
        "string_attribute",
        &json!({"key": "route", "values": ["/a"], "invert_match": true}),
        &[(false, route(text("/a"))), (true, route(text("/b"))), (true, vec![span(1, &json!({}))])],
    );
    let block = policy("string_attribute", &json!({"key": "route", "values": ["/a", "/b"]}));
    assert_eq!(judged(&block, &route(text("/b"))).votes[0].entry, Some(1), "the vote says which");
    let both = [with(1, &json!({"route": text("/b")})), with(1, &json!({"route": text("/a")}))];
    assert_eq!(judged(&block, &both).votes[0].entry, Some(0), "of several the first in the configuration");
}

#[test]
fn many_values_have_few_names() {
    let values: Vec<String> = (0..100).map(|at| format!("v{at}")).collect();
    let block = policy("string_attribute", &json!({"key": "k", "values": values}));
    assert_eq!(judged(&block, &[with(1, &json!({"k": text("v99")}))]).votes[0].entry, Some(31));
    assert!(!keeps(&block, &[with(1, &json!({"k": text("v100")}))]));
    let entries = &Trial::new(&block).parts.legend().policies[0].entries;
    assert_eq!((entries.len(), entries[31].as_str()), (32, "one of 69 more"));
}

#[test]
fn more_than_a_word_of_predicates() {
    let policies: Vec<Json> = (0..70)
        .map(|at| json!({"name": format!("p{at}"), "type": "string_attribute", "string_attribute": {"key": format!("k{at}"), "values": ["x", "y"]}}))
        .collect();
    let decision =
        judged(&json!({"policies": policies, "early_release": false}), &[with(1, &json!({"k69": text("y")}))]);
    assert_eq!((decision.mark.policy, decision.votes[69].entry), (Some(69), Some(1)));
    assert_eq!(decision.votes.iter().filter(|vote| vote.answer == Answer::Sampled).count(), 1);
}

#[test]
fn boolean_attribute() {
    let cached = |value: Json| vec![with(1, &json!({"cached": value}))];
    table(
        "boolean_attribute",
        &json!({"key": "cached", "value": true}),
        &[
            (true, cached(json!({"boolValue": true}))),
            (false, cached(json!({"boolValue": false}))),
            (false, cached(text("true"))),
            (false, vec![span(1, &json!({}))]),
        ],
    );
    table(
        "boolean_attribute",
        &json!({"key": "cached"}),
        &[(true, cached(json!({"boolValue": false}))), (false, cached(text("x")))],
    );
    table(
        "boolean_attribute",
        &json!({"key": "cached", "value": true, "invert_match": true}),
        &[(false, cached(json!({"boolValue": true}))), (true, vec![span(1, &json!({}))])],
    );
}

fn status(code: u8) -> Json {
    span(1, &json!({"status": {"code": code}}))
}

#[test]
fn status_code() {
    table(
        "status_code",
        &json!({"status_codes": ["ERROR", "UNSET"]}),
        &[
            (true, vec![status(2)]),
            (true, vec![status(0)]),
            (false, vec![status(1)]),
            (true, vec![status(1), status(2)]),
        ],
    );
    let vote = judged(&policy("status_code", &json!({"status_codes": ["ERROR", "UNSET"]})), &[status(0)]).votes[0];
    assert_eq!(vote.entry, Some(1));
}

#[test]
fn quantifiers() {
    let root = |code: u8| span(1, &json!({"status": {"code": code}, "parentSpanId": ""}));
    table(
        "status_code",
        &json!({"status_codes": ["ERROR"], "quantifier": "all"}),
        &[(true, vec![status(2), status(2)]), (false, vec![status(2), status(1)])],
    );
    table(
        "status_code",
        &json!({"status_codes": ["ERROR"], "quantifier": "root"}),
        &[(true, vec![root(2), status(1)]), (false, vec![root(1), status(2)]), (false, vec![status(2)])],
    );
    let texts = |invert: bool| json!({"key": "k", "values": ["x"], "quantifier": "all", "invert_match": invert});
    let k = |value: &str| with(1, &json!({"k": text(value)}));
    table(
        "string_attribute",
        &texts(false),
        &[
            (true, vec![k("x"), k("x")]),
            (false, vec![k("x"), k("y")]),
            (true, vec![k("x"), span(1, &json!({"resource": {"k": text("x")}}))]),
        ],
    );
    table("string_attribute", &texts(true), &[(false, vec![k("x"), k("x")]), (true, vec![k("x"), k("y")])]);
}

#[test]
fn trace_state() {
    let state = |state: &str| vec![span(1, &json!({"traceState": state}))];
    table(
        "trace_state",
        &json!({"key": "vendor", "values": ["a", "b"]}),
        &[
            (true, state("vendor=b")),
            (true, state("other=x, vendor=a")),
            (false, state("vendor=c")),
            (false, state("vendor=a,vendor=b")),
            (false, state("vendor=a,Broken=")),
            (false, state("")),
            (false, vec![span(1, &json!({}))]),
        ],
    );
    let long = "x".repeat(250);
    table("trace_state", &json!({"key": "vendor", "values": [long]}), &[(false, state(&format!("vendor={long}")))]);
}

#[test]
fn trace_flags() {
    let block = json!({"policies": [{"name": "p", "type": "trace_flags"}]});
    for (kept, flags) in [(true, 1), (true, 0x301), (false, 0x300), (false, 0)] {
        assert_eq!(keeps(&block, &[span(1, &json!({"flags": flags}))]), kept, "{flags}");
    }
}

#[test]
fn span_count() {
    let spans = |count: usize| vec![span(1, &json!({})); count];
    table(
        "span_count",
        &json!({"min_spans": 2, "max_spans": 3}),
        &[(false, spans(1)), (true, spans(2)), (true, spans(3)), (false, spans(4))],
    );
    table("span_count", &json!({"min_spans": 2}), &[(true, spans(100))]);
}

#[test]
fn conditions() {
    let event = |name: &str| vec![span(1, &json!({"name": "x", "events": [{"name": name}]}))];
    let both = json!({"error_mode": "ignore", "span": ["name == \"chat\""], "spanevent": ["name == \"boom\""]});
    table(
        "ottl_condition",
        &both,
        &[
            (true, vec![span(1, &json!({}))]),
            (true, event("boom")),
            (false, event("bang")),
            (false, vec![span(1, &json!({"name": "x"}))]),
        ],
    );
    assert_eq!(judged(&policy("ottl_condition", &both), &event("boom")).votes[0].entry, Some(1));
}

#[test]
fn parts_of_failure_can_be_switched() {
    table("failure", &json!({"status_error": false}), &[(false, vec![status(2)])]);
    table(
        "failure",
        &json!({"finish_reasons": ["stop"]}),
        &[
            (true, vec![with(1, &json!({"stop_reason": text("stop")}))]),
            (false, vec![with(1, &json!({"stop_reason": text("length")}))]),
        ],
    );
    let scored = |score: f64| with(1, &json!({"gen_ai.evaluation.score.value": {"doubleValue": score}}));
    table("failure", &json!({"evaluation_below": 0.5}), &[(true, vec![scored(0.4)]), (false, vec![scored(0.5)])]);
    table("failure", &json!({}), &[(false, vec![scored(0.0)])]);
    let event = json!({"name": "gen_ai.evaluation.result", "attributes": list(&json!({"gen_ai.evaluation.score.value": {"doubleValue": 0.1}}))});
    table("failure", &json!({"evaluation_below": 0.5}), &[(true, vec![span(1, &json!({"events": [event]}))])]);
    let root = span(1, &json!({"parentSpanId": ""}));
    table("failure", &json!({"missing_root_after": "10s"}), &[(true, vec![span(1, &json!({}))]), (false, vec![root])]);
    let decision = judged(&policy("failure", &json!({"missing_root_after": "10s"})), &[span(1, &json!({}))]);
    assert_eq!(decision.votes[0].entry, Some(9));
    table("failure", &json!({"missing_root_after": "300s"}), &[(false, vec![span(1, &json!({}))])]);
}

#[test]
fn sums() {
    let tokens = |value: Json| with(1, &json!({"tokens": value}));
    table(
        "sum",
        &json!({"key": "tokens", "over": 100}),
        &[
            (false, vec![tokens(int(60)), tokens(int(40))]),
            (true, vec![tokens(int(60)), tokens(int(41))]),
            (true, vec![tokens(json!({"doubleValue": 100.5}))]),
            (false, vec![tokens(text("500"))]),
            (false, vec![span(1, &json!({}))]),
        ],
    );
    let tool = with(1, &json!({"openinference.span.kind": text("TOOL")}));
    table(
        "sum",
        &json!({"count": "tool_calls", "over": 1}),
        &[(false, vec![tool.clone()]), (true, vec![tool.clone(), tool])],
    );
    table("sum", &json!({"count": "errors", "over": 0}), &[(true, vec![status(2)]), (false, vec![status(1)])]);
    let decision = judged(&policy("sum", &json!({"key": "tokens", "over": 100})), &[tokens(int(60)), tokens(int(41))]);
    assert_eq!(decision.votes[0].value, Some(101.0));
}

#[test]
fn odd_percentages() {
    for (kept, percentage) in [(true, 100.0), (true, 150.0), (false, 0.0), (false, -5.0)] {
        assert_eq!(
            keeps(&policy("probabilistic", &json!({"sampling_percentage": percentage})), &[span(1, &json!({}))]),
            kept
        );
    }
    let block = policy("probabilistic", &json!({"sampling_percentage": 10}));
    assert!(keeps(&block, &[span(0xff, &json!({}))]), "its hash is 17be…");
    assert!(!keeps(&block, &[span(1, &json!({"traceId": "4bf92f3577b34da6a3ce929d0e0e4736"}))]), "its hash is a545…");
}

#[test]
fn regexes_are_of_the_collectors_dialect() {
    let block = |pattern: &str| {
        policy("string_attribute", &json!({"key": "k", "values": [pattern], "enabled_regex_matching": true}))
    };
    let keeps = |pattern: &str, value: &str| keeps(&block(pattern), &[with(1, &json!({"k": text(value)}))]);
    for (pattern, value) in [
        (r"^/users/{id}$", "/users/{id}"),
        (r"^[a-z&&b]$", "q"),
        (r"\Qa.b\E", "xa.by"),
        (r"^\D$", "٣"),
        (r"^\w{1,255}$", "word"),
        (r"^\p{L}{1,60}$", "wörd"),
    ] {
        assert!(keeps(pattern, value), "{pattern}");
    }
    for (pattern, value) in [(r"\d", "٣"), (r"^\w$", "é"), (r"^\s$", "\u{a0}"), (r"\Qa.b\E", "aab")] {
        assert!(!keeps(pattern, value), "{pattern}");
    }
}
