//! Policies together: who wins, who is asked, what is inside what.

use super::*;

fn attribute(name: &str, key: &str) -> Json {
    json!({"name": name, "type": "string_attribute", "string_attribute": {"key": key, "values": ["x"]}})
}

fn same(name: &str, key: &str) -> Json {
    let mut policy = attribute(name, key);
    policy["string_attribute"]["quantifier"] = json!("same_span");
    policy
}

fn has(keys: &[&str]) -> Json {
    let attributes: serde_json::Map<String, Json> = keys.iter().map(|key| ((*key).to_owned(), text("x"))).collect();
    with(1, &Json::Object(attributes))
}

fn answers(decision: &Decision) -> Vec<Answer> {
    decision.votes.iter().map(|vote| vote.answer).collect()
}

#[test]
fn dropping_wins() {
    let drop = json!({"name": "d", "type": "drop", "drop": {"drop_sub_policy": [attribute("a", "probe")]}});
    let block = json!({"policies": [{"name": "all", "type": "always_sample"}, drop]});
    let decision = judged(&block, &[has(&["probe"])]);
    assert_eq!(decision.verdict, Verdict::Dropped);
    assert_eq!(answers(&decision), [Answer::Unasked, Answer::Dropped], "and settles it");
    let decision = judged(&block, &[has(&[])]);
    assert_eq!(answers(&decision), [Answer::Sampled, Answer::NotSampled]);
    assert_eq!(decision.mark.policy, Some(0));
}

#[test]
fn dropping_needs_all_of_its_conditions() {
    let drop = json!({"name": "d", "type": "drop", "drop": {"drop_sub_policy": [attribute("a", "probe"),
        {"name": "n", "type": "not", "not": {"not_sub_policy": attribute("b", "keep")}}]}});
    let block = json!({"policies": [drop]});
    assert_eq!(judged(&block, &[has(&["probe"])]).verdict, Verdict::Dropped);
    assert_eq!(judged(&block, &[has(&["probe"]), has(&["keep"])]).verdict, Verdict::NotSampled);
}

#[test]
fn the_first_that_wants_it_is_named_and_all_are_asked() {
    let block =
        json!({"policies": [attribute("a", "a"), attribute("b", "b"), attribute("c", "c")], "early_release": false});
    let decision = judged(&block, &[has(&["b", "c"])]);
    assert_eq!(answers(&decision), [Answer::NotSampled, Answer::Sampled, Answer::Sampled]);
    assert_eq!(decision.mark.policy, Some(1));
    let first = json!({"policies": block["policies"], "early_release": false, "sample_on_first_match": true});
    assert_eq!(answers(&judged(&first, &[has(&["b", "c"])])), [Answer::NotSampled, Answer::Sampled]);
}

#[test]
fn errors_are_no_vote() {
    let fails = json!({"name": "f", "type": "ottl_condition", "ottl_condition": {"error_mode": "propagate", "span": ["HasPrefix(attributes[\"missing\"], \"x\")"]}});
    let decision = judged(&json!({"policies": [fails]}), &[has(&[])]);
    assert_eq!((decision.verdict, answers(&decision)), (Verdict::NotSampled, vec![Answer::Error]));
    let decision = judged(&json!({"policies": [fails, attribute("a", "a")], "early_release": false}), &[has(&["a"])]);
    assert_eq!((decision.verdict, answers(&decision)), (Verdict::Sampled, vec![Answer::Error, Answer::Sampled]));
    let not = json!({"name": "n", "type": "not", "not": {"not_sub_policy": fails}});
    let and = json!({"name": "n", "type": "and", "and": {"and_sub_policy": [fails]}});
    assert_eq!(answers(&judged(&json!({"policies": [not, and]}), &[has(&[])])), [Answer::Error, Answer::Error]);
    let ignored =
        policy("ottl_condition", &json!({"span": ["HasPrefix(attributes[\"missing\"], \"x\")", "name == \"chat\""]}));
    assert_eq!(judged(&ignored, &[has(&[])]).votes[0].entry, Some(1));
}

#[test]
fn and_is_over_the_trace() {
    let block = policy("and", &json!({"and_sub_policy": [attribute("a", "a"), attribute("b", "b")]}));
    assert!(keeps(&block, &[has(&["a"]), has(&["b"])]));
    assert!(!keeps(&block, &[has(&["a"])]));
}

#[test]
fn and_can_be_over_one_span() {
    let block = policy("and", &json!({"and_sub_policy": [same("a", "a"), attribute("c", "c"), same("b", "b")]}));
    assert!(!keeps(&block, &[has(&["a"]), has(&["b", "c"])]));
    assert!(keeps(&block, &[has(&["a", "b"]), has(&["c"])]));
    let mut unlike = same("b", "b");
    unlike["string_attribute"]["invert_match"] = json!(true);
    let block = policy("and", &json!({"and_sub_policy": [same("a", "a"), unlike]}));
    assert!(keeps(&block, &[has(&["a"]), has(&["b"])]), "a span with a and without b");
    assert!(!keeps(&block, &[has(&["a", "b"])]));
}

#[test]
fn inversion_inside() {
    let mut inverted = attribute("a", "a");
    inverted["string_attribute"]["invert_match"] = json!(true);
    let and = policy("and", &json!({"and_sub_policy": [inverted, attribute("b", "b")]}));
    assert!(keeps(&and, &[has(&["b"])]));
    assert!(!keeps(&and, &[has(&["b"]), has(&["a"])]));
    let not = policy("not", &json!({"not_sub_policy": inverted}));
    assert!(keeps(&not, &[has(&["a"])]));
    assert!(!keeps(&not, &[has(&[])]));
    let drop = json!({"policies": [{"name": "all", "type": "always_sample"},
        {"name": "d", "type": "drop", "drop": {"drop_sub_policy": [inverted]}}]});
    assert_eq!(judged(&drop, &[has(&[])]).verdict, Verdict::Dropped);
    assert_eq!(judged(&drop, &[has(&["a"])]).verdict, Verdict::Sampled);
}

#[test]
fn what_lists_nothing_is_told_in_words() {
    let told = |block: &Json, records: &[Json]| {
        let entry = judged(block, records).votes[0].entry.map(usize::from)?;
        Trial::new(block).parts.legend().policies[0].entries.get(entry).cloned()
    };
    let has_tokens = [with(1, &json!({"tokens": int(7)}))];
    let block = policy("numeric_attribute", &json!({"key": "tokens", "min_value": 5, "max_value": 10}));
    assert_eq!(told(&block, &has_tokens).as_deref(), Some("tokens from 5 to 10"));
    let block = policy("boolean_attribute", &json!({"key": "good", "value": true}));
    assert_eq!(told(&block, &[with(1, &json!({"good": {"boolValue": true}}))]).as_deref(), Some("good is true"));
    assert_eq!(told(&policy("log_severity", &json!({})), &has_tokens), None);
    let legend = Trial::new(&policy("log_severity", &json!({"at_least": "WARN"}))).parts.legend();
    assert_eq!(legend.policies[0].entries, ["WARN or above"]);
    let and = policy("and", &json!({"and_sub_policy": [attribute("a", "a"), attribute("b", "b")]}));
    assert_eq!(told(&and, &[has(&["a"]), has(&["b"])]).as_deref(), Some("a and b"));
    let not = policy("not", &json!({"not_sub_policy": attribute("a", "a")}));
    assert_eq!(told(&not, &[has(&["b"])]).as_deref(), Some("not a"));
    let attribute = |more: &Json| {
        let mut settings = json!({"key": "tier", "values": ["gold", "silver"]});
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        policy("string_attribute", &settings)
    };
    let tier = |name: &str| [with(1, &json!({"tier": text(name)}))];
    assert_eq!(told(&attribute(&json!({})), &tier("silver")).as_deref(), Some("silver"));
    assert_eq!(told(&attribute(&json!({"invert_match": true})), &tier("tin")).as_deref(), Some("none of gold, silver"));
    let every = attribute(&json!({"quantifier": "all"}));
    assert_eq!(told(&every, &tier("gold")).as_deref(), Some("every span: gold, silver"));
    assert_eq!(told(&every, &tier("tin")), None);
}

#[test]
fn or_names_the_first() {
    let block = policy("or", &json!({"or_sub_policy": [attribute("a", "a"), attribute("b", "b")]}));
    assert_eq!(judged(&block, &[has(&["b"])]).votes[0].entry, Some(1));
    assert_eq!(judged(&block, &[has(&["b"]), has(&["a"])]).votes[0].entry, Some(0));
    assert!(!keeps(&block, &[has(&[])]));
    assert_eq!(Trial::new(&block).parts.legend().policies[0].entries, ["a", "b"]);
}

#[test]
fn a_policy_that_is_tried_decides_nothing() {
    let mut tried = attribute("a", "a");
    tried["dry_run"] = json!(true);
    let drop =
        json!({"name": "d", "type": "drop", "dry_run": true, "drop": {"drop_sub_policy": [attribute("x", "a")]}});
    let decision = judged(&json!({"policies": [tried, drop]}), &[has(&["a"])]);
    assert_eq!(decision.verdict, Verdict::NotSampled);
    assert_eq!(answers(&decision), [Answer::WouldSample, Answer::WouldDrop]);
}

#[test]
fn votes_are_counted() {
    let block = json!({"policies": [attribute("a", "a"), attribute("b", "b")], "early_release": false});
    let mut trial = Trial::new(&block);
    trial.spans(0, &[has(&["a"]), has(&[])]);
    trial.wake(100_000);
    let name = "tollgate_tail_sampling_count_traces_sampled_total";
    let of = |policy: &str, sampled: &str, decision: &str| {
        format!(
            "{name}{{processor=\"tail_sampling\",policy=\"{policy}\",sampled=\"{sampled}\",decision=\"{decision}\"}}"
        )
    };
    assert_eq!(trial.metric(&of("a", "true", "sampled")), 1);
    assert_eq!(trial.metric(&of("a", "false", "dropped")), 0, "there from the start");
    assert_eq!(trial.metric(&of("b", "false", "not_sampled")), 1);
    assert_eq!(trial.metric(&of("a", "true", "sampled").replace("count_traces", "count_spans")), 2);
    let trigger =
        "tollgate_tail_sampling_decisions_total{processor=\"tail_sampling\",trigger=\"timeout\",decision=\"sampled\"}";
    assert_eq!(trial.metric(trigger), 1);
}

#[test]
fn same_span_of_one_condition_is_any_of_its_values() {
    let and = |sub: Json| {
        json!({"policies": [{"name": "p", "type": "and", "and": {"and_sub_policy": [sub,
            {"name": "n", "type": "span_count", "span_count": {"min_spans": 1}}]}}]})
    };
    let texts = json!({"name": "k", "type": "string_attribute",
        "string_attribute": {"key": "k", "values": ["a", "b"], "quantifier": "same_span"}});
    for value in ["a", "b"] {
        assert!(keeps(&and(texts.clone()), &[with(1, &json!({"k": text(value)}))]), "{value}");
    }
    let codes = json!({"name": "s", "type": "status_code", "status_code": {"status_codes": ["OK", "ERROR"], "quantifier": "same_span"}});
    for code in [1, 2] {
        assert!(keeps(&and(codes.clone()), &[span(1, &json!({"status": {"code": code}}))]), "{code}");
    }
}
