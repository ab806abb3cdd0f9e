//! How files, environment and arguments merge, and where each value then stands.

use serde_json::{Value, json};

use super::super::environment::Environment;
use super::super::load::{ConfigSource, Loaded, load};

fn loaded(files: &[&str], set: &[&str], variables: &[(&str, &str)]) -> Loaded {
    let sources: Vec<_> = files.iter().map(|text| ConfigSource::Yaml((*text).into())).collect();
    let set: Vec<String> = set.iter().map(|&text| text.into()).collect();
    let environment: Environment = variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    load(&sources, &set, &environment)
}

fn check(files: &[&str], set: &[&str], variables: &[(&str, &str)], want: &Value) {
    let loaded = loaded(files, set, variables);
    assert_eq!(&loaded.root.value(), want);
    assert!(loaded.wrong.is_empty(), "{:?}", loaded.wrong);
}

#[test]
fn maps_merge_and_lists_replace() {
    check(
        &["a: {b: 1, c: [1, 2]}\nd: 1\n", "a: {c: [3], e: 2}\nd: {f: 1}\n"],
        &[],
        &[],
        &json!({"a": {"b": 1, "c": [3], "e": 2}, "d": {"f": 1}}),
    );
}

#[test]
fn files_then_environment_then_arguments() {
    let variables = [("TOLLGATE__A__B", "2"), ("TOLLGATE__A__C", "[x, y]"), ("TOLLGATE_OTHER", "no")];
    check(&["a: {b: 1}"], &["a.b=3"], &variables, &json!({"a": {"b": 3, "c": "[x, y]"}}));
}

#[test]
fn a_variable_finds_keys_in_their_own_spelling() {
    let variables = [("TOLLGATE__EXPORTERS__OTLP_BACK_END__ENDPOINT", "x:1")];
    check(
        &["exporters: {otlp/back-end: {endpoint: y:1}}"],
        &[],
        &variables,
        &json!({"exporters": {"otlp/back-end": {"endpoint": "x:1"}}}),
    );
}

#[test]
fn arguments_take_the_collectors_spelling() {
    check(&["a::b::c: 1\na: {d: 2}"], &["a::b::e.f=3"], &[], &json!({"a": {"d": 2, "b": {"c": 1, "e.f": 3}}}));
}

#[test]
fn an_argument_without_a_value_is_an_error() {
    for set in ["a.b", "=1", "a..b=1"] {
        let wrong = loaded(&["a: 1"], &[set], &[]).wrong;
        assert_eq!(wrong.iter().map(|each| each.code).collect::<Vec<_>>(), ["E009"], "{set}");
    }
}

#[test]
fn a_leaf_stands_where_it_was_last_set() {
    let loaded = loaded(&["a: {b: 1, c: 2}"], &["a.b=3"], &[]);
    let place = |key| loaded.root.find(&["a", key]).0.value.place;
    assert_eq!(loaded.sources[place("b").source].name, "--set");
    assert_eq!(loaded.sources[place("c").source].name, "yaml:");
}

#[test]
fn null_over_a_map_is_null() {
    check(&["a: {b: 1}", "a:"], &[], &[], &json!({"a": null}));
}

#[test]
fn an_argument_in_quotes_is_what_they_hold() {
    check(&["a: {b: 1}"], &["a.b=\"/tmp/x\""], &[], &json!({"a": {"b": "/tmp/x"}}));
}

/// Nobody knows whether it is a secret.
#[test]
fn an_argument_that_cannot_be_read_is_not_shown() {
    let shown = |set: &str, variables: &[(&str, &str)]| {
        let loaded = loaded(&["a: 1"], &[set], variables);
        let source = loaded.sources.len() - 1;
        let place = super::super::source::Place { source, start: 0, end: 1 };
        loaded.guessed.line(&loaded.sources[source], place).0
    };
    assert_eq!(shown("a.password:supersecret", &[]), "a.password:***");
    assert_eq!(shown("a..b=supersecret", &[]), "a..b=***");
    assert_eq!(shown("a={b: {c: supersecret", &[]), "a=***");
    assert_eq!(shown("a.b=see this", &[]), "a.b=see this");
}
