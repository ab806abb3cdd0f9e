//! Every form of `${…}`, the types they take and the errors they make.

use serde_json::{Value, json};

use super::super::environment::Environment;
use super::super::load::{ConfigSource, load};

fn environment() -> Environment {
    let variables = [("WORD", "word"), ("NUMBER", "12"), ("DOLLARS", "${env:WORD} $$"), ("EMPTY", "")];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect()
}

fn check(text: &str, want: &Value) {
    let loaded = load(&[ConfigSource::Yaml(format!("key: {text}"))], &[], &environment());
    assert!(loaded.wrong.is_empty(), "{text}: {:?}", loaded.wrong);
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
    // Never twice: what a variable holds is not looked at again.
    check("${env:DOLLARS}", &json!("${env:WORD} $$"));
    check("$$", &json!("$"));
    check("$${env:WORD}", &json!("${env:WORD}"));
    check("$$5", &json!("$5"));
    check("^a$", &json!("^a$"));
    check("cost$", &json!("cost$"));
    check("'${unclosed'", &json!("${unclosed"));
}

#[test]
fn only_a_whole_plain_scalar_takes_a_type() {
    check("${env:NUMBER}", &json!(12));
    check("\"${env:NUMBER}\"", &json!("12"));
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
