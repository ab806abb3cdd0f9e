//! Statements as the Collector's sanitizer leaves them (run against version 0.159), and what it lets through.

use super::*;

fn clean(language: Language, system: &str, text: &str) -> String {
    let databases = Databases::new(&DbSanitizer::default(), Compat::None);
    databases.clean(language, text, system).unwrap()
}

fn sql(system: &str, text: &str, expected: &str) {
    assert_eq!(clean(Language::Sql, system, text), expected, "{system}: {text}");
}

#[test]
fn sql_loses_its_literals() {
    for system in ["mysql", "postgresql", ""] {
        sql(system, "SELECT * FROM users WHERE id = 123", "SELECT * FROM users WHERE id = ?");
        sql(system, "UPDATE a SET b = 10 WHERE c = 7", "UPDATE a SET b = ? WHERE c = ?");
        sql(system, "INSERT INTO t1 VALUES ('a', -1.5e-3, 0x1F, NULL)", "INSERT INTO t? VALUES (?, ?, ?, ?)");
        sql(system, "SELECT a FROM b WHERE c IN (1, 2) AND d = true", "SELECT a FROM b WHERE c IN (?, ?) AND d = ?");
        sql(system, "SELECT count(*) FROM b LIMIT 5 ; ", "SELECT count(*) FROM b LIMIT ? ;");
        sql(system, "SELECT $1, ?, :name FROM t", "SELECT ?, ?, :name FROM t");
    }
    sql("postgresql", "SELECT $tag$it's$tag$ FROM \"user2\".\"a b\"", "SELECT ? FROM \"user?\".\"a b\"");
    sql("mysql", "SELECT \"secret\" FROM `t1`", "SELECT ? FROM `t?`");
    sql("mssql", "SELECT [a 1] FROM t WHERE b = N'x'", "SELECT [a ?] FROM t WHERE b = N?");
}

#[test]
fn sql_that_the_collector_lets_through_is_masked() {
    sql("", "SELECT 1 -- ssn 123\nFROM t", "SELECT ? -- ?\nFROM t");
    sql("", "SELECT /* bob@corp.com */ a", "SELECT /* ? */ a");
    sql("", "SELECT a /* bob@corp.com", "SELECT a /* ? */");
    sql("", "SELECT \"bob@corp.com", "SELECT ?");
    sql("", "SELECT a WHERE b = \"bob@corp.com\"", "SELECT a WHERE b = ?");
    sql("", "SELECT 'bob", "SELECT ?");
    sql("", r"SELECT 'a\' , 'secret', 'b'", "SELECT ?");
    sql("", r"SELECT 'it\'s', 'x' FROM t", "SELECT ? FROM t");
    sql("", "SELECT 'it''s' FROM t", "SELECT ?? FROM t");
    sql("mysql", "SELECT a # bob", "SELECT a # ?");
    sql("", "SELECT $a$ secret", "SELECT ?");
}

fn redis(text: &str, theirs: &str, ours: &str) {
    assert_eq!(collector_redis::clean(text), theirs, "contrib: {text}");
    assert_eq!(redis::clean(text), ours, "ours: {text}");
}

#[test]
fn redis_keeps_commands_and_keys() {
    redis("SET user:123 john", "SET user:123 ?", "SET user:123 ?");
    redis("AUTH user pass", "AUTH ?", "AUTH ?");
    redis("HSET k f 1 g 2", "HSET k f ? g ?", "HSET k f ? g ?");
    redis("MSET a 1 b 2\nGET a", "MSET a ? b ?\nGET a", "MSET a ? b ?\nGET a");
    redis("SET k \"a b\nc\" EX 5", "SET k ? EX 5", "SET k ?");
    redis("lpush k a b", "lpush k ?", "lpush k ?");
    redis("SADD k a b c", "SADD k ?", "SADD k ?");
    redis("CONFIG SET requirepass x", "CONFIG SET requirepass ?", "CONFIG SET ?");
    redis("FOO a b", "FOO a b", "FOO ?");
    redis("", "", "");
}

#[test]
fn memcached_loses_what_follows_the_first_line() {
    assert_eq!(memcached("set k 0 60 5\r\nsecret\r\n", true), "set k 0 60 5");
    assert_eq!(memcached("set k 0 60 5\nsecret", false), "set k 0 60 5");
    assert_eq!(memcached("get k", true), "get k");
}

#[test]
fn json_keeps_its_keys_only() {
    let check = |text: &str, expected: Option<&str>| assert_eq!(json::clean(text).as_deref(), expected, "{text}");
    check(r#"{"find": "users", "a": [1, {"b": null}]}"#, Some(r#"{"find":"?","a":["?",{"b":"?"}]}"#));
    check(r#" [ ] "#, Some("[]"));
    check(r#"{"a":{},"b":[[]]}"#, Some(r#"{"a":{},"b":[[]]}"#));
    check(r#""x""#, Some(r#""?""#));
    check("-1.5e+3", Some(r#""?""#));
    check(r#"{"a\"b":"c\\"}"#, Some(r#"{"a\"b":"?"}"#));
    for text in
        ["", "{", r#"{"a"}"#, r#"{"a":1,}"#, "[1,]", "[1 2]", "01", "tru", r#""a"#, r#""\x""#, "{} {}", "[1}", "1."]
    {
        check(text, None);
    }
    check(
        &format!("{}{}", "[".repeat(5000), "]".repeat(5000)),
        Some(&format!("{}{}", "[".repeat(5000), "]".repeat(5000))),
    );
}

#[test]
fn json_that_is_none_goes_whole() {
    assert_eq!(json::clean_lines("{\"a\": 1}\n{\"b\": 2}\n"), "{\"a\":\"?\"}\n{\"b\":\"?\"}");
    assert_eq!(json::clean_lines("db.users.find({a: 1})"), "?");
}

#[test]
fn a_name_that_is_no_statement_stays() {
    let on = DbQueries { enabled: true, attributes: Vec::new() };
    let config = DbSanitizer { sql: on.clone(), mongo: on, ..DbSanitizer::default() };
    let databases = Databases::new(&config, Compat::Contrib);
    assert_eq!(databases.span_name("find users", "mongodb"), None);
    assert_eq!(databases.span_name("SELECT t WHERE a = 1", "mysql").as_deref(), Some("SELECT t WHERE a = ?"));
    assert_eq!(databases.span_name("SELECT t", "mysql"), None);
    assert_eq!(databases.span_name("SELECT 1", "cassandra"), None);
    assert_eq!(Databases::new(&config, Compat::None).span_name("SELECT 1", "cassandra").as_deref(), Some("SELECT ?"));
    let off = DbSanitizer { sanitize_span_name: Some(false), ..config };
    assert_eq!(Databases::new(&off, Compat::Contrib).span_name("SELECT 1", "mysql"), None);
}
