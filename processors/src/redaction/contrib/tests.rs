//! The documented behaviour, and each of the Collector's leaks and surprises in both semantics: as it is there, and
//! as it is here without `compat`.

use pipeline::config::{Findings, Secret, Severity};

use super::*;

fn strings(items: &[&str]) -> Option<Vec<String>> {
    Some(items.iter().map(|item| (*item).to_owned()).collect())
}

fn keys() -> ContribKeys {
    ContribKeys { allow_all_keys: Some(true), ..ContribKeys::default() }
}

fn contrib(keys: &ContribKeys, compat: Compat) -> Contrib {
    Contrib::new(keys, compat).unwrap()
}

/// What becomes of an attribute: `-` removed, else its value.
fn attribute(keys: &ContribKeys, compat: Compat, key: &str, text: &str) -> String {
    value(keys, compat, Surface::Attribute, key, text, "")
}

fn value(keys: &ContribKeys, compat: Compat, surface: Surface, key: &str, text: &str, system: &str) -> String {
    let mut out = String::new();
    match contrib(keys, compat).value(surface, key, text, system, &mut out) {
        Verdict::Removed => "-".into(),
        Verdict::Masked => out,
        _ => text.into(),
    }
}

/// As in the Collector, and as here.
fn both(keys: &ContribKeys, key: &str, text: &str, theirs: &str, ours: &str) {
    assert_eq!(attribute(keys, Compat::Contrib, key, text), theirs, "contrib: {key}={text}");
    assert_eq!(attribute(keys, Compat::None, key, text), ours, "ours: {key}={text}");
}

fn same(keys: &ContribKeys, key: &str, text: &str, expected: &str) {
    both(keys, key, text, expected, expected);
}

const SSN: &str = r"\b\d{3}-\d{2}-\d{4}\b";
const CARD: &str = "4[0-9]{12}(?:[0-9]{3})?";

#[test]
fn keys_not_allowed_are_removed_and_an_empty_list_fails_closed() {
    let closed = ContribKeys { blocked_values: strings(&[CARD]), ..ContribKeys::default() };
    same(&closed, "name", "x", "-");
    let some = ContribKeys { allowed_keys: strings(&["name"]), ignored_keys: strings(&["id"]), ..closed };
    same(&some, "name", "a 4111111111111111 b", "a **** b");
    same(&some, "id", "4111111111111111", "4111111111111111");
    same(&some, "names", "x", "-");
    same(&some, "redaction.masked.count", "1", "1");
    let unset = ContribKeys::default();
    same(&unset, "anything", "x", "x");
}

#[test]
fn ignored_key_patterns_win_over_all() {
    let keys = ContribKeys {
        ignored_key_patterns: strings(&[r"^k8s\.", "_trusted$"]),
        blocked_key_patterns: strings(&["pod"]),
        blocked_values: strings(&[CARD]),
        ..ContribKeys::default()
    };
    same(&keys, "k8s.pod.name", "4111111111111111", "4111111111111111");
    same(&keys, "a_trusted", "4111111111111111", "4111111111111111");
    same(&keys, "a_trusted_b", "4111111111111111", "-");
}

#[test]
fn leak_1_an_allowed_value_spares_only_itself() {
    let keys = ContribKeys {
        blocked_values: strings(&[SSN, r"\S+@\S+\.com"]),
        allowed_values: strings(&[".+@corp.com"]),
        ..keys()
    };
    let text = "bob@corp.com ssn 123-45-6789 eve@evil.com";
    both(&keys, "note", text, text, "bob@corp.com ssn **** ****");
    same(&keys, "note", "bob@corp.com", "bob@corp.com");
}

#[test]
fn leak_2_a_blocked_key_wins_over_an_allowed_value() {
    let keys =
        ContribKeys { blocked_key_patterns: strings(&["password"]), allowed_values: strings(&["hunter"]), ..keys() };
    both(&keys, "password", "hunter2", "hunter2", "****");
    for compat in [Compat::Contrib, Compat::None] {
        let body = value(&keys, compat, Surface::Body, "password", "hunter2", "");
        assert_eq!(body, "****", "in a body the key comes first in both");
    }
}

#[test]
fn leak_3_a_value_is_masked_as_one() {
    let keys = ContribKeys { blocked_key_patterns: strings(&["key"]), ..keys() };
    both(&keys, "key", "BEGIN\nabc\nEND", "****\n****\n****", "****");
    both(&keys, "key", "", "****", "");
    both(&keys, "key", "a\n", "****\n****", "****");
    let hashed = ContribKeys { hash_function: Some(HashFunction::Md5), ..keys };
    both(
        &hashed,
        "key",
        "a\n",
        "0cc175b9c0f1b6a831c399e269772661\nd41d8cd98f00b204e9800998ecf8427e",
        "60b725f10c9c85c70d97880dfe8191b3",
    );
}

#[test]
fn leak_5_overlapping_patterns_mask_once_and_in_any_order() {
    let patterns = [r#""ssn":"[^"]*""#, SSN];
    for patterns in [[patterns[0], patterns[1]], [patterns[1], patterns[0]]] {
        let keys = ContribKeys { blocked_values: strings(&patterns), ..keys() };
        let text = r#"row "ssn":"123-45-6789","n":1"#;
        assert_eq!(attribute(&keys, Compat::None, "body", text), r#"row ****,"n":1"#);
    }
    let keys = ContribKeys { blocked_values: strings(&["abc", r"\*+"]), ..keys() };
    both(&keys, "k", "abc", "****", "****");
    let keys = ContribKeys { blocked_values: strings(&["cat", "atlas"]), ..self::keys() };
    both(&keys, "k", "a catlas b", "a ****las b", "a **** b");
}

#[test]
fn leak_6_names_and_messages_are_looked_at() {
    let keys = ContribKeys { blocked_values: strings(&[SSN]), ..keys() };
    let mut out = String::new();
    let (theirs, ours) = (contrib(&keys, Compat::Contrib), contrib(&keys, Compat::None));
    assert_eq!(theirs.text("find 123-45-6789", &mut out), Verdict::Clean);
    assert_eq!(ours.text("find 123-45-6789", &mut out), Verdict::Masked);
    assert_eq!(out, "find ****");
    assert_eq!(theirs.span_name("find 123-45-6789", true, true, "", &mut out), Verdict::Clean);
    assert_eq!(ours.span_name("find 123-45-6789", true, true, "", &mut out), Verdict::Masked);
    assert_eq!(out, "find ****");
}

fn databases() -> DbSanitizer {
    let on = || DbQueries { enabled: true, attributes: vec!["db.statement".into()] };
    DbSanitizer {
        sql: on(),
        redis: on(),
        valkey: on(),
        memcached: on(),
        mongo: on(),
        opensearch: on(),
        es: on(),
        ..DbSanitizer::default()
    }
}

#[test]
fn leak_7_every_sql_database_is_known_and_nothing_unread_passes() {
    let keys = ContribKeys { db_sanitizer: Some(databases()), ..keys() };
    let sql = "SELECT * FROM t WHERE ssn = '123'";
    let check = |system: &str, text: &str, theirs: &str, ours: &str| {
        let value = |compat| value(&keys, compat, Surface::Attribute, "db.statement", text, system);
        assert_eq!((value(Compat::Contrib).as_str(), value(Compat::None).as_str()), (theirs, ours), "{system}: {text}");
    };
    let clean = "SELECT * FROM t WHERE ssn = ?";
    check("postgresql", sql, clean, clean);
    for system in ["microsoft.sql_server", "oracle.db", "clickhouse", "snowflake", ""] {
        check(system, sql, sql, clean);
    }
    let json = r#"{"query": {"match": {"name": "Ada"}}}"#;
    let clean = r#"{"query":{"match":{"name":"?"}}}"#;
    check("mongodb", json, clean, clean);
    check("opensearch", json, json, clean);
    check("elasticsearch", json, json, clean);
    check("mongodb", "{\"name\": \"Ada\"", "{\"name\": \"Ada\"", "?");
}

#[test]
fn leak_8_prose_in_a_body_stays_prose() {
    let url = UrlSanitizer { enabled: true, attributes: vec!["http.url".into()], sanitize_span_name: None };
    let urls = ContribKeys { url_sanitizer: Some(url), ..keys() };
    let keys = ContribKeys { db_sanitizer: Some(databases()), ..urls.clone() };
    let prose = "User logged in, see /users/123/orders for more";
    let body = |compat, text: &str| value(&keys, compat, Surface::Body, "", text, "");
    assert_eq!(value(&urls, Compat::Contrib, Surface::Body, "", prose, ""), "*/users/*/orders for more");
    assert_eq!(body(Compat::None, prose), "User logged in, see /users/*/orders for more");
    assert_eq!(body(Compat::None, "SELECT 1"), "SELECT ?");
    assert_eq!(body(Compat::None, "selected 1 of 2"), "selected 1 of 2");
    let mut out = String::new();
    assert_eq!(contrib(&keys, Compat::None).body(prose, &mut out), Verdict::Masked);
}

#[test]
fn leak_9_unkeyed_hashes_are_warned_of() {
    let keys = ContribKeys { hash_function: Some(HashFunction::Sha3), ..keys() };
    let mut findings = Findings::default();
    keys.check(Compat::Contrib, &mut findings);
    assert_eq!(codes(&findings), ["W250"]);
}

#[test]
fn leak_11_token_counts_survive_a_pattern_for_secrets() {
    let keys = ContribKeys { blocked_key_patterns: strings(&[".*token.*"]), ..keys() };
    both(&keys, "gen_ai.usage.input_tokens", "311", "****", "311");
    same(&keys, "access_token", "abc", "****");
}

#[test]
fn patterns_run_in_turn_there_and_on_the_original_here() {
    let keys = ContribKeys { blocked_values: strings(&["ada", r"\*{4} lovelace"]), ..keys() };
    both(&keys, "k", "ada lovelace", "****", "**** lovelace");
}

#[test]
fn a_second_pass_changes_nothing() {
    let keys =
        ContribKeys { blocked_values: strings(&[SSN, r"\*+"]), blocked_key_patterns: strings(&["key"]), ..keys() };
    for (key, text) in [("k", "a 123-45-6789 b"), ("key", "x")] {
        let once = attribute(&keys, Compat::None, key, text);
        assert_eq!(attribute(&keys, Compat::None, key, &once), once);
    }
}

#[test]
fn matches_become_what_the_hash_function_makes() {
    let hash = |function, key: &str| {
        let keys = ContribKeys {
            blocked_values: strings(&["abc"]),
            hash_function: Some(function),
            hmac_key: Some(Secret::from(key.to_owned())),
            ..keys()
        };
        attribute(&keys, Compat::Contrib, "k", "-abc-")
    };
    assert_eq!(hash(HashFunction::Md5, ""), "-900150983cd24fb0d6963f7d28e17f72-");
    assert_eq!(hash(HashFunction::Sha1, ""), "-a9993e364706816aba3e25717850c26c9cd0d89d-");
    assert_eq!(hash(HashFunction::Sha3, ""), "-3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532-");
    assert_eq!(hash(HashFunction::HmacSha256, &"k".repeat(32)).len(), 66);
    assert_eq!(hash(HashFunction::HmacSha512, &"k".repeat(64)).len(), 130);
    assert_ne!(hash(HashFunction::HmacSha256, &"k".repeat(32)), hash(HashFunction::HmacSha256, &"l".repeat(32)));
}

#[test]
fn hmac_keys_have_a_length() {
    let error = |function, key: Option<usize>| {
        let hmac_key = key.map(|bytes| Secret::from("k".repeat(bytes)));
        let keys = ContribKeys { hash_function: Some(function), hmac_key, ..keys() };
        Contrib::new(&keys, Compat::Contrib).err().map(|error| error.reason)
    };
    assert!(error(HashFunction::HmacSha256, None).unwrap().contains("required"));
    assert_eq!(error(HashFunction::HmacSha256, Some(31)).unwrap(), "must be at least 32 bytes long, not 31");
    assert_eq!(error(HashFunction::HmacSha512, Some(32)).unwrap(), "must be at least 64 bytes long, not 32");
    assert_eq!(error(HashFunction::HmacSha512, Some(64)), None);
}

fn codes(findings: &Findings) -> Vec<&'static str> {
    findings.0.iter().map(|finding| finding.code).collect()
}

#[test]
fn differences_and_traps_are_warned_of() {
    let keys = ContribKeys {
        allowed_values: strings(&["x"]),
        blocked_key_patterns: strings(&[".*token.*"]),
        blocked_values: strings(&["x"]),
        db_sanitizer: Some(databases()),
        ..keys()
    };
    let check = |compat| {
        let mut findings = Findings::default();
        keys.check(compat, &mut findings);
        assert!(findings.0.iter().all(|finding| finding.severity == Severity::Warning));
        codes(&findings)
    };
    assert_eq!(check(Compat::None), ["W253"; 4]);
    assert_eq!(check(Compat::Contrib), ["W254"; 5]);
}

#[test]
fn every_wrong_pattern_is_found() {
    let keys = ContribKeys { blocked_values: strings(&["(", "a", "[b"]), allow_all_keys: None, ..keys() };
    let mut findings = Findings::default();
    keys.check(Compat::Contrib, &mut findings);
    assert_eq!(codes(&findings), ["E250", "E250", "W251", "W254"]);
    assert_eq!(findings.0[1].key, "blocked_values[2]");
    assert_eq!(Contrib::new(&keys, Compat::Contrib).unwrap_err().key, "blocked_values[0]");
}

#[test]
fn the_keys_are_read_as_the_collector_writes_them() {
    let keys: ContribKeys = serde_json::from_str(
        r#"{"allow_all_keys":true,"allowed_keys":["a"],"ignored_keys":[],"ignored_key_patterns":["^k8s\\."],
            "blocked_key_patterns":[".*token.*"],"blocked_values":["4[0-9]{12}"],"allowed_values":[".+@corp.com"],
            "redact_all_types":true,"hash_function":"hmac-sha256","hmac_key":"k","summary":"debug",
            "url_sanitizer":{"enabled":true,"attributes":["http.url"],"sanitize_span_name":false},
            "db_sanitizer":{"sanitize_span_name":true,"sql":{"enabled":true,"attributes":["db.statement"]}}}"#,
    )
    .unwrap();
    assert!(keys.any_set() && keys.redact_all_types == Some(true));
    assert_eq!(keys.summary, Some(Summary::Debug));
    let empty: ContribKeys = serde_json::from_str(r#"{"hash_function":"","summary":""}"#).unwrap();
    assert_eq!((empty.hash_function, empty.summary), (Some(HashFunction::None), Some(Summary::Silent)));
    assert!(!ContribKeys::default().any_set());
}

#[test]
fn allowed_values_are_counted_where_a_summary_is_wanted() {
    let silent = ContribKeys { allowed_values: strings(&["x"]), blocked_values: strings(&["y"]), ..keys() };
    let said = ContribKeys { summary: Some(Summary::Info), ..silent.clone() };
    let verdict =
        |keys, text| contrib(keys, Compat::Contrib).value(Surface::Attribute, "k", text, "", &mut String::new());
    assert_eq!(verdict(&said, "x"), Verdict::Allowed);
    assert_eq!(verdict(&silent, "x"), Verdict::Clean, "nothing would change, and nobody asks");
    assert_eq!(verdict(&silent, "xy"), Verdict::Allowed);
    assert_eq!(verdict(&silent, "y"), Verdict::Masked);
}
