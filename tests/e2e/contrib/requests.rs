//! What both sides are sent: every kind of value in every place, statements and URLs by hand, and hundreds put together
//! at random from what their languages are made of.

use serde_json::{Value as Json, json};

/// What to send: the path, and an OTLP request in JSON.
pub(super) fn all() -> Vec<(&'static str, Json)> {
    let mut all = vec![("/v1/traces", everything()), ("/v1/logs", everything_logged())];
    let spans = |spans: Vec<Json>| json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]});
    let logs = |records: Vec<Json>| json!({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]});
    let mut number = 0;
    let mut span = |kind: u8, name: &str, attributes: Json| {
        number += 1;
        json!({"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": format!("{number:016x}"), "kind": kind,
            "name": name, "startTimeUnixNano": number.to_string(), "attributes": attributes})
    };
    let record = |at: usize, body: Json| json!({"timeUnixNano": (at + 1).to_string(), "body": body});
    let texts = texts();
    let noted = |(at, text): (usize, &String)| {
        let attributes = json!([string("note", text), string("http.url", text), string("db.statement", text)]);
        span(1 + (at % 5) as u8, text, attributes)
    };
    all.push(("/v1/traces", spans(texts.iter().enumerate().map(noted).collect())));
    all.push((
        "/v1/logs",
        logs(texts.iter().enumerate().map(|(at, text)| record(at, json!({"stringValue": text}))).collect()),
    ));
    for (system, statements) in statements() {
        let each = |(at, text): (usize, &String)| {
            let key = if at % 3 == 0 { "db.system" } else { "db.system.name" };
            let attributes = json!([string(key, system), string("db.query.text", text), string("db.statement", text)]);
            span(1 + (at % 5) as u8, text, attributes)
        };
        all.push(("/v1/traces", spans(statements.iter().enumerate().map(each).collect())));
        let each = |(at, text): (usize, &String)| {
            let body = json!({"kvlistValue": {"values": [string("statement", text), string("note", text)]}});
            let mut record = record(at, body);
            let known = (at % 2 == 0).then(|| string("db.system", system));
            record["attributes"] = json!([string("db.query.text", text), string("http.url", text), known]);
            record["attributes"].as_array_mut().unwrap().retain(|attribute| !attribute.is_null());
            record
        };
        all.push(("/v1/logs", logs(statements.iter().enumerate().map(each).collect())));
    }
    all.push((
        "/v1/traces",
        spans(mysql().iter().map(|text| span(3, text, json!([string("db.system", "MySQL")]))).collect()),
    ));
    all
}

fn string(key: &str, text: &str) -> Json {
    json!({"key": key, "value": {"stringValue": text}})
}

fn card() -> String {
    ["4111", "1111", "1111", "1111"].concat()
}

/// Attributes of every type, keys that blocks name, summaries of a processor before, and a key that comes twice.
fn attributes() -> Json {
    let card = card();
    let ssn = ["536", "90", "4399"].join("-");
    let map = json!({"kvlistValue": {"values": [
        string("note", &card),
        {"key": "secret.note", "value": {"kvlistValue": {"values": [string("z", "<\"é\u{1}>"), string("a", "x")]}}},
        {"key": "none", "value": {}},
        {"key": "list", "value": {"arrayValue": {"values": [{"intValue": "1"}, {"doubleValue": 1e-7}, {"bytesValue": "AQI="}]}}},
    ]}});
    json!([
        string("note", &format!("card {card}, ssn {ssn}, bob@corp.com and eve@evil.org")),
        string("card", &card),
        string("secret.note", "first\nhunter2\n"),
        string("access_token", "abc"),
        string("mail", "bob@corp.com"),
        string("mail.other", "eve@evil.org"),
        string("empty", ""),
        string("db.system", "PostgreSQL"),
        string("db.statement", "SELECT * FROM t1 WHERE a = 'b' AND c = 12"),
        string("http.url", "https://shop.example/users/8f3a/orders?id=7"),
        string("names", "ada catlas lovelace, a.b(c) über straße LOUD"),
        string("lines", "line\nline 2\nbegin\nmiddle\nend 17"),
        string("dup", &card),
        string("dup", "again"),
        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "311"}},
        {"key": "count", "value": {"intValue": card}},
        {"key": "ratio", "value": {"doubleValue": 0.5}},
        {"key": "ratio.big", "value": {"doubleValue": 1.5e300}},
        {"key": "ratio.small", "value": {"doubleValue": -2.5e-7}},
        {"key": "ratio.blocked", "value": {"doubleValue": 4111111111111111.0}},
        {"key": "ratio.nan", "value": {"doubleValue": "NaN"}},
        {"key": "flag", "value": {"boolValue": true}},
        {"key": "raw", "value": {"bytesValue": "AQL/"}},
        {"key": "raw.path", "value": {"bytesValue": "/wD/"}},
        {"key": "none", "value": {}},
        {"key": "list", "value": {"arrayValue": {"values": [{"stringValue": card}, {"boolValue": true}, {}]}}},
        {"key": "list.blocked", "value": {"arrayValue": {"values": []}}},
        {"key": "nested", "value": map},
        string("redaction.masked.keys", "before,also"),
        {"key": "redaction.masked.count", "value": {"intValue": "2"}},
        {"key": "redaction.ignored.count", "value": {"intValue": "5"}},
        string("redaction.allowed.count", "no number"),
    ])
}

fn everything() -> Json {
    let link = json!({"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "00f067aa0ba902b7", "traceState": "a=hunter2",
        "attributes": attributes()});
    let span = json!({"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "ffffffffffffffff", "traceState": "b=hunter2",
        "name": "hunter2 /users/12345", "kind": 3, "startTimeUnixNano": "1", "endTimeUnixNano": "2",
        "attributes": attributes(), "links": [link], "status": {"code": 2, "message": card()},
        "events": [{"name": "hunter2", "timeUnixNano": "1", "attributes": attributes()}, {"name": "bare"}]});
    json!({"resourceSpans": [{"resource": {"attributes": attributes()}, "schemaUrl": "https://schema.example/hunter2",
        "scopeSpans": [{"scope": {"name": "hunter2", "version": "1", "attributes": attributes()}, "spans": [span]}]}]})
}

fn everything_logged() -> Json {
    let bodies = [
        json!({"kvlistValue": {"values": attributes()}}),
        json!({"arrayValue": {"values": attributes().as_array().unwrap().iter().map(|pair| pair["value"].clone()).collect::<Vec<_>>()}}),
        json!({"arrayValue": {"values": [{"kvlistValue": {"values": attributes()}}, {"arrayValue": {"values": [{"stringValue": card()}]}}]}}),
        json!({"stringValue": "bob@corp.com, User 42 logged in at /users/123/orders"}),
        json!({"stringValue": ""}),
        json!({"intValue": card()}),
        json!({"doubleValue": 0.5}),
        json!({"boolValue": true}),
        json!({"bytesValue": "/wD/"}),
        json!({}),
    ];
    let record = |(at, body): (usize, &Json)| {
        let attributes =
            if at == 0 { attributes() } else { json!([string("redaction.body.masked.keys", "x,y"), string("n", "1")]) };
        json!({"timeUnixNano": (1000 + at).to_string(), "severityText": "hunter2", "eventName": "hunter2", "body": body,
            "attributes": attributes})
    };
    let records: Vec<Json> = bodies.iter().enumerate().map(record).collect();
    json!({"resourceLogs": [{"resource": {"attributes": attributes()},
        "scopeLogs": [{"scope": {"name": "hunter2", "attributes": attributes()}, "logRecords": records}]}]})
}

/// The same numbers in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    /// `count` texts of up to `most` of these parts.
    fn texts(&mut self, count: usize, most: usize, parts: &[&str]) -> Vec<String> {
        let mut text = |_| (0..=self.below(most)).map(|_| parts[self.below(parts.len())]).collect();
        (0..count).map(&mut text).collect()
    }
}

/// Names, prose, paths and URLs.
fn texts() -> Vec<String> {
    let by_hand = [
        "GET /users/12345/orders",
        "/v1/k6-test-runs/1?x=1",
        "/users/fdklsd/j4elk/23993/job/2",
        "https://shop.example:8443/a/b/c/d/e/f/g/h/i/j/k",
        "/a/b/c/d/e/f/g/xkcdq/jhgfdsa/qwrtzp/k",
        "/a/b/c/d/e/f/g/h1/i22/j33/k",
        "?only",
        "/123",
        "/health/123",
        "123",
        "...",
        "é/ü1/naïve",
        "User 42 logged in",
        "ada catlas lovelace",
        "xxhunter2xx",
    ];
    let parts = [
        "/",
        "/",
        "/",
        "users",
        "orders",
        "v1",
        "42",
        "a",
        "q7",
        "fdklsd",
        "xkcd",
        "qzx",
        "the",
        "-",
        "_",
        ".",
        " ",
        "?",
        "#",
        "&",
        "=",
        "é",
        "*",
        "api",
        "checkout",
        "jhgf",
        "Zx",
        "e1",
        "index.php",
        "https:",
        "health",
        "1a",
        "b2b",
        "\n",
    ];
    let letters = [
        "a", "e", "i", "o", "u", "b", "c", "d", "g", "h", "k", "l", "m", "n", "q", "r", "s", "t", "w", "x", "z", "th",
        "er",
    ];
    let mut dice = Dice(1);
    let mut texts: Vec<String> = by_hand.map(Into::into).into();
    texts.extend(dice.texts(200, 14, &parts));
    // Whether words are such as people write.
    texts.extend(dice.texts(250, 8, &letters).into_iter().map(|word| format!("/{word}/x")));
    texts
}

/// What the statements of a language are put together from.
const SQL: &[&str] = &[
    "SELECT ",
    "* ",
    "FROM ",
    "t1",
    "users",
    " WHERE ",
    "a",
    "b2",
    " = ",
    "=",
    "'it''s'",
    r"'\''",
    "'x",
    "\"q1\"",
    "\"q1\".\"r2\"",
    "\"open",
    "`n1`",
    "12",
    "-1.5e-3",
    "+7",
    "0x1F",
    "0178",
    "089",
    "1e5abc",
    "1_000",
    ".5",
    "5.",
    "NULL",
    "null",
    "true",
    "FALSE.x",
    "order.f1",
    "order.$1",
    "f1(",
    ")",
    "IN (",
    ", ",
    ";",
    "-- c 1\n",
    "/* c 2 */",
    "/* open",
    "# h",
    "#>",
    "#>>",
    "->",
    "->>",
    "$1",
    "$$a b$$",
    "$tag$it's$tag$",
    "$func$SELECT 1$func$",
    "$open",
    "@v1",
    "@@v2",
    "@>",
    "@?",
    "?",
    "=?",
    "=-1",
    "::int",
    ":name",
    "{x}",
    "[a 1]",
    "é1",
    "日本2",
    " ",
    "\n",
    "\t",
    "%s",
    "a.b.c9",
    "x!1",
    "y/2",
    "~*",
    "<@",
    "<=>",
    "\\",
    "hunter2",
];

/// As [`SQL`].
const REDIS: &[&str] = &[
    "SET ",
    "set ",
    "GET ",
    "AUTH ",
    "HSET ",
    "MSET ",
    "ZADD ",
    "BITFIELD ",
    "CONFIG ",
    "LPUSH ",
    "LINSERT ",
    "GEOADD ",
    "SETEX ",
    "EVAL ",
    "PING",
    "FOO ",
    "k",
    "k:1 ",
    "v ",
    "\"a b\" ",
    "\"a\nb\" ",
    r#""q\"x" "#,
    "12 ",
    "NX ",
    "CH ",
    "\n",
    "  ",
    "\t",
    "\r\n",
    "GEORADIUSBYMEMBER ",
    "SADD ",
    "SUBSCRIBE ",
];

/// As [`SQL`].
const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "{\"a\": ",
    "\"k\":",
    ",",
    ", ",
    "\"v\"",
    "12",
    "-1.5e+3",
    "true",
    "null",
    " ",
    "\n",
    r#""\u00e9\"""#,
    "{\"a\": [1, {\"b\": null}], \"c\": \"d\"}",
    "[]",
    "{}",
    "01",
    "\"open",
];

/// As [`SQL`].
const MEMCACHED: &[&str] = &["set k 0 60 5", "\r\n", "value", "get a b", " ", "\n", "incr k 12", "\r"];

/// Kinds of databases with statements of theirs.
fn statements() -> Vec<(&'static str, Vec<String>)> {
    let mut dice = Dice(2);
    let by_hand = r#"{"find": "users", "filter": {"name": "Ada", "n": [1, 2.5, true, null]}} "#;
    let mut all = Vec::new();
    for system in ["postgresql", "other_sql", "MSSQL"] {
        all.push((system, dice.texts(150, 12, SQL)));
    }
    all.push(("redis", dice.texts(120, 10, REDIS)));
    all.push(("valkey", dice.texts(40, 10, REDIS)));
    all.push(("memcached", dice.texts(60, 5, MEMCACHED)));
    for system in ["mongodb", "opensearch", "elasticsearch"] {
        let mut texts = dice.texts(60, 7, JSON);
        texts.push(by_hand.into());
        all.push((system, texts));
    }
    all
}

/// Names of MySQL's spans. Attributes of such are left out: the Collector reads them in the dialect of the name that the
/// same worker read last.
fn mysql() -> Vec<String> {
    let parts =
        ["SELECT ", "\"text 1\"", "`n1`", "`a1`.`b2`", "# rest 1", "'x'", "t1", " = ", "12", "\n", "\"open", "`open"];
    Dice(3).texts(100, 8, &parts)
}
