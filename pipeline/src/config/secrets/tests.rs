//! What is a secret by its name, and what of a line is shown.

use super::super::environment::Environment;
use super::super::load::{ConfigSource, load};
use super::super::source::{Place, Source};
use super::*;

#[test]
fn names_that_mean_secrets() {
    for name in
        ["password", "API_KEY", "x-api-key", "authorization", "client_secret", "tokens", "inline", "key_pem", "db_pwd"]
    {
        assert!(is_secret_name(name), "{name}");
    }
    for name in ["token_file", "filename", "password_file", "authenticator", "endpoint", "key_file", "headers"] {
        assert!(!is_secret_name(name), "{name}");
    }
}

fn line(text: &str, from: &str) -> (String, String) {
    let mut mask = Mask::default();
    mask.guess(0, text);
    let source = Source { name: "x".into(), text: text.into() };
    let start = text.find(from).expect("the part");
    let (line, range) = mask.line(&source, Place { source: 0, start, end: start + from.len() });
    let pointed = line[range].to_owned();
    (line, pointed)
}

#[test]
fn a_text_that_does_not_parse_shows_no_secret() {
    let check = |text: &str, from: &str, want: &str, pointed: &str| {
        assert_eq!(line(text, from), (want.to_owned(), pointed.to_owned()));
    };
    check("  token: abc def\n", "token", "  token: ***", "token");
    check("  token: abc def\n", "def", "  token: ***", "***");
    check("a: 1\nheaders:\n  x: abc\nb: 2\n", "x", "  ***", "***");
    check("a: 1\nheaders:\n  x: abc\nb: 2\n", "b: 2", "b: 2", "b: 2");
    check("{url: \"http://me:pass@host/\", x: 1}", "x", "{url: \"http://***@host/\", x: 1}", "x");
    check(
        "--set exporters.o.headers.authorization=abc",
        "exporters",
        "--set exporters.o.headers.authorization=***",
        "exporters",
    );
}

#[test]
fn an_overridden_secret_is_still_one() {
    let texts = ["a: {token: first-secret, x: 1}", "a: {token: second-secret}"];
    let sources = texts.map(|text| ConfigSource::Yaml(text.into()));
    let loaded = load(&sources, &[], &Environment::default());
    let schema = serde_json::json!({});
    let shape = Shape::root(&schema);
    let mask = loaded.mask(&mut loaded.root.clone(), &shape);
    assert_eq!(mask.text("first-secret, second-secret"), "***, ***");
    assert_eq!(mask.line(&loaded.sources[0], Place { source: 0, start: 24, end: 25 }).0, "a: {token: ***, x: 1}");
}

#[test]
fn a_secret_under_a_misspelt_key_is_still_one() {
    let text = "a: {tokn: first-secret, endpont: 'localhost:1', pasword: second-secret}";
    let loaded = load(&[ConfigSource::Yaml(text.into())], &[], &Environment::default());
    let block = serde_json::json!({"properties": {"token": {}, "endpoint": {}, "password": {}}});
    let schema = serde_json::json!({"properties": {"a": block}});
    let mask = loaded.mask(&mut loaded.root.clone(), &Shape::root(&schema));
    let line = mask.line(&loaded.sources[0], Place { source: 0, start: 0, end: 1 }).0;
    assert_eq!(line, "a: {tokn: ***, endpont: 'localhost:1', pasword: ***}");
}

#[test]
fn what_is_hidden_in_urls_ends_where_the_secret_does() {
    let check = |text: &str, want: &str| assert_eq!(Mask::default().text(text), want);
    check("http://me:pass@host:1/a@b", "http://***@host:1/a@b");
    check("http://me:pa/ss@host/", "http://***@host/");
    check("http://host/@scope", "http://host/@scope");
    check("http://host/?apikey=QSECRET&x=1&sig=abc#f", "http://host/?apikey=***&x=1&sig=***#f");
    check("is it? no=yes", "is it? no=yes");
}

#[test]
fn the_second_value_of_a_key_is_a_secret_too() {
    let text = "a: {password: first-secret, password: second-secret}\nb:\n  token: 123\n  token: 456\n";
    let loaded = load(&[ConfigSource::Yaml(text.into())], &[], &Environment::default());
    let schema = serde_json::json!({});
    let mask = loaded.mask(&mut loaded.root.clone(), &Shape::root(&schema));
    let line = |start: usize| mask.line(&loaded.sources[0], Place { source: 0, start, end: start + 1 }).0;
    assert_eq!(line(0), "a: {password: ***, password: ***}");
    assert_eq!(line(text.find("456").expect("it is there")), "  token: ***");
}

#[test]
fn a_word_that_is_a_secret_hides_no_key() {
    let text = "a: {password: password, user: password}";
    let loaded = load(&[ConfigSource::Yaml(text.into())], &[], &Environment::default());
    let schema = serde_json::json!({});
    let mask = loaded.mask(&mut loaded.root.clone(), &Shape::root(&schema));
    let line = mask.line(&loaded.sources[0], Place { source: 0, start: 0, end: 1 }).0;
    assert_eq!(line, "a: {password: ***, user: ***}");
}
