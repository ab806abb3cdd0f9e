//! Blocks as both sides get them: every key, every hash, every kind of database, and regexes that engines disagree on.

/// A name, and a block as YAML.
pub(super) const BLOCKS: &[(&str, &str)] = &[
    (
        "open",
        r"
allow_all_keys: true
blocked_values: ['4[0-9]{12}(?:[0-9]{3})?', '\d{3}-\d{2}-\d{4}', '(?i)hunter2']",
    ),
    (
        "closed",
        r"
allowed_keys: [note, card, db.system, nested, redaction.masked.keys, http.url]
blocked_values: ['4[0-9]{12}(?:[0-9]{3})?', '\d{3}-\d{2}-\d{4}']
summary: debug",
    ),
    (
        "empty",
        r"
allowed_keys: []
summary: info",
    ),
    (
        "ignored",
        r"
allowed_keys: [note]
ignored_keys: [card, secret.note]
ignored_key_patterns: ['^db\.', 'token']
blocked_key_patterns: ['note', 'db']
blocked_values: ['4[0-9]{12}(?:[0-9]{3})?']
summary: debug",
    ),
    (
        "blocked_keys",
        r"
allow_all_keys: true
blocked_key_patterns: ['.*token.*', '(?i)secret', '^(flag|count|ratio|raw|list|nested|none)$', 'empty']
summary: info",
    ),
    (
        "allowed_values",
        r"
allow_all_keys: true
allowed_values: ['.+@corp\.com', '^$', 'SELECT']
blocked_key_patterns: ['mail', 'secret', 'count', 'name']
blocked_values: ['\d{3}-\d{2}-\d{4}', '\S+@\S+']
summary: debug",
    ),
    (
        "allowed_silently",
        r"
allow_all_keys: true
allowed_values: ['.+@corp\.com']
blocked_key_patterns: ['mail', 'secret', 'count', 'name']
blocked_values: ['\d{3}-\d{2}-\d{4}', '\S+@\S+']",
    ),
    (
        "all_types",
        r#"
allow_all_keys: true
redact_all_types: true
allowed_values: ['^-?1e', 'AQI']
blocked_key_patterns: ['secret', 'ratio.blocked', 'list.blocked']
blocked_values: ['4[0-9]{12}(?:[0-9]{3})?', '\d{3}-\d{2}-\d{4}', 'true', '"[a-z]+"', '\.5', 'e[+-]', '/wD']
summary: debug"#,
    ),
    (
        "nothing_matches_too",
        r"
allow_all_keys: true
blocked_values: ['x*', '^$']
summary: info",
    ),
    (
        "in_turn",
        r"
allow_all_keys: true
blocked_values: ['cat', 'atlas', '\*{4}las', 'ada', '\*+ lovelace']",
    ),
    (
        "regexes",
        r"
allow_all_keys: true
blocked_values: ['(?m)^line$', '\bsecret\b', '[[:upper:]]{4,}', '\Qa.b(c)\E', '\pL+ß', '(?s)begin.*?end', '[^\w\s.@:/-]{2,}', '\x41da', '(?U)q.*q', '\s\d+\z']
blocked_key_patterns: ['^[a-z]{3}$', '\.\d']",
    ),
    (
        "md5",
        "allow_all_keys: true\nhash_function: md5\nblocked_values: ['4[0-9]{15}', '\\w+@']\nblocked_key_patterns: [secret, count]",
    ),
    (
        "sha1",
        "allow_all_keys: true\nhash_function: SHA1\nblocked_values: ['4[0-9]{15}', '\\w+@']\nblocked_key_patterns: [secret, count]",
    ),
    (
        "sha3",
        "allow_all_keys: true\nhash_function: sha3\nblocked_values: ['4[0-9]{15}', '\\w+@']\nblocked_key_patterns: [secret, count]",
    ),
    (
        "hmac256",
        "allow_all_keys: true\nhash_function: hmac-sha256\nhmac_key: 0123456789abcdef0123456789abcdef\nblocked_values: ['4[0-9]{15}', '\\w+@']\nblocked_key_patterns: [secret, count]\nredact_all_types: true",
    ),
    (
        "hmac512",
        "allow_all_keys: true\nhash_function: hmac-sha512\nhmac_key: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nblocked_values: ['4[0-9]{15}', '\\w+@']\nblocked_key_patterns: [secret, count]",
    ),
    ("url", "allow_all_keys: true\nurl_sanitizer: {enabled: true, attributes: [http.url, url.path]}\nsummary: debug"),
    (
        "url_without_names",
        "allowed_keys: [http.url]\nurl_sanitizer: {enabled: true, attributes: [http.url], sanitize_span_name: false}",
    ),
    (
        "url_names_of_what_is_left",
        "allowed_keys: [note]\nurl_sanitizer: {enabled: true, attributes: []}\nallowed_values: ['health']",
    ),
    (
        "sql",
        "allow_all_keys: true\ndb_sanitizer: {sql: {enabled: true, attributes: [db.statement, db.query.text]}}\nsummary: debug",
    ),
    ("sql_in_bodies", "allow_all_keys: true\ndb_sanitizer: {sql: {enabled: true}, sanitize_span_name: false}"),
    (
        "redis",
        "allow_all_keys: true\ndb_sanitizer: {redis: {enabled: true, attributes: [db.statement, db.query.text]}}",
    ),
    (
        "valkey",
        "allow_all_keys: true\ndb_sanitizer: {valkey: {enabled: true, attributes: [db.statement, db.query.text]}}",
    ),
    (
        "memcached",
        "allow_all_keys: true\ndb_sanitizer: {memcached: {enabled: true, attributes: [db.statement, db.query.text]}}",
    ),
    (
        "mongo",
        "allow_all_keys: true\ndb_sanitizer: {mongo: {enabled: true, attributes: [db.statement, db.query.text]}}",
    ),
    (
        "opensearch",
        "allow_all_keys: true\ndb_sanitizer: {opensearch: {enabled: true, attributes: [db.statement, db.query.text]}}",
    ),
    ("es", "allow_all_keys: true\ndb_sanitizer: {es: {enabled: true, attributes: [db.statement, db.query.text]}}"),
    (
        "databases",
        r"
allow_all_keys: true
blocked_values: ['hunter2']
allowed_values: ['health']
url_sanitizer: {enabled: true, attributes: [http.url, db.statement]}
db_sanitizer:
  sql: {enabled: true, attributes: [db.query.text]}
  redis: {enabled: true, attributes: [db.statement, db.query.text]}
  memcached: {enabled: true, attributes: [db.statement]}
  mongo: {enabled: true, attributes: [db.statement, db.query.text]}
  es: {enabled: true, attributes: [db.query.text]}
summary: debug",
    ),
];
