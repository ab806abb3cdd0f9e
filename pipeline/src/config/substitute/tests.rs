//! Every form of `${…}`, the types they take and the errors they make.

use serde_json::{Value, json};

use super::super::environment::Environment;
use super::super::load::{ConfigSource, load};

fn environment() -> Environment {
    let variables = [
        ("WORD", "word"),
        ("NUMBER", "12"),
        ("DOLLARS", "${env:WORD} $$"),
        ("EMPTY", ""),
        ("NAME", "WORD"),
        ("AGAIN", "${env:AGAIN}"),
        ("PASSWORD", "pa$$${env:NOWHERE}"),
        ("INNER", "${env:NUMBER}"),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect()
}

fn check(text: &str, want: &Value) {
    let loaded = load(&[ConfigSource::Yaml(format!("key: {text}"))], &[], &environment());
    let told: Vec<_> = loaded.wrong.iter().filter(|each| each.code != "N006").collect();
    assert!(told.is_empty(), "{text}: {told:?}");
    assert_eq!(&loaded.root.value()["key"], want, "{text}");
}

fn fails(text: &str, code: &str) {
    let loaded = load(&[ConfigSource::Yaml(format!("key: {text}"))], &[], &environment());
    assert_eq!(loaded.wrong.iter().map(|each| each.code).collect::<Vec<_>>(), [code], "{text}");
}

#[test]
fn substitutes_once_in_each_form() {
    check("${env:WORD}", &json!("word"));
    check("${WORD}", &json!("word"));
    check("a-${WORD}-${env:NUMBER}", &json!("a-word-12"));
    check("${env:NOWHERE:-some default}", &json!("some default"));
    check("${NOWHERE:-}", &json!(null));
    check("${env:EMPTY:-x}", &json!(null));
    check("$$", &json!("$"));
    check("$${env:WORD}", &json!("${env:WORD}"));
    check("$$5", &json!("$5"));
    check("^a$", &json!("^a$"));
    check("cost$", &json!("cost$"));
    check("'${unclosed'", &json!("${unclosed"));
}

#[test]
fn only_a_whole_scalar_takes_a_type() {
    check("${env:NUMBER}", &json!(12));
    // As in the Collector, which takes the quotes away first; where text is wanted it stays text.
    check("\"${env:NUMBER}\"", &json!(12));
    check("${env:INNER}", &json!("${env:NUMBER}"));
    check("${env:NUMBER}${env:EMPTY}", &json!("12"));
    check("1${env:NUMBER}", &json!("112"));
}

#[test]
fn what_is_not_there_is_an_error() {
    fails("${env:NOWHERE}", "E006");
    fails("${NOWHERE}", "E006");
    fails("${env:}", "E008");
    fails("${1A}", "E008");
    fails("${http:x}", "E008");
    fails("${file:/nowhere/at/all}", "E007");
}

#[test]
fn a_file_loses_its_last_line_break() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    std::fs::write(&path, "word: ${env:WORD}\n").expect("a file");
    check(&format!("x${{file:{}}}", path.display()), &json!("xword: ${env:WORD}"));
}

#[test]
fn defaults_and_names_are_substituted_too() {
    check("${env:WORD:-${env:NOWHERE}}", &json!("word"));
    check("\"${env:NOWHERE:-${env:WORD}}\"", &json!("word"));
    check("\"x${NOWHERE:-a${NOWHERE:-${WORD}}b}y\"", &json!("xawordby"));
    check("${env:${env:NAME}}", &json!("word"));
    check("'${NOWHERE:-$${x}}'", &json!("${x}"));
}

/// A password is what it is.
#[test]
fn what_a_variable_holds_stays_as_it_is() {
    let environment = environment();
    for name in ["DOLLARS", "AGAIN", "PASSWORD"] {
        let loaded = load(&[ConfigSource::Yaml(format!("key: 'x${{env:{name}}}'"))], &[], &environment);
        let value = environment.get(name).expect("set");
        assert_eq!(loaded.root.value()["key"], json!(format!("x{value}")));
        let told: Vec<_> = loaded.wrong.iter().map(|each| each.code).collect();
        assert_eq!(told, if value.contains("${") { vec!["N006"] } else { vec![] });
    }
}

/// What is brought for a map becomes one before anything in it is replaced: a value cannot add a key.
#[test]
fn a_file_brings_a_map_whose_values_are_substituted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("part.yaml");
    std::fs::write(&path, "# ${env:NOWHERE}\na: Bearer ${env:SLY}\nb: [\"${env:WORD}\"]\n").expect("a file");
    let environment = [("SLY", "x\"\nc: 1"), ("WORD", "word")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let text = format!("key: ${{file:{}}}", path.display());
    let mut root = load(&[ConfigSource::Yaml(text)], &[], &environment.into_iter().collect()).root;
    let map = json!({"type": "object", "additionalProperties": true});
    let schema = json!({"properties": {"key": map}});
    super::super::validate::settle(&mut root, &super::super::shape::Shape::root(&schema));
    assert_eq!(root.value(), json!({"key": {"a": "Bearer x\"\nc: 1", "b": ["word"]}}));
}
