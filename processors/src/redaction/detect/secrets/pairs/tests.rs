//! The value, and nothing but the value, behind every kind of mark.

use super::*;

/// What is found, as `ENTITY value`.
fn found(text: &str) -> Vec<String> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let mut all = Vec::new();
    find(text.as_bytes(), &marks, |entity, start, end| all.push(format!("{entity} {}", &text[start..end])));
    all
}

fn check(text: &str, want: &[&str]) {
    assert_eq!(found(text), want, "{text}");
}

#[test]
fn values_end_where_they_naturally_do() {
    check("password=hunter2&user=x", &["PASSWORD hunter2"]);
    check("Server=db;Pwd=hunter2;Timeout=5", &["PASSWORD hunter2"]);
    check("password = hunter2, user = x", &["PASSWORD hunter2"]);
    check("password: hunter2\nuser: x", &["PASSWORD hunter2"]);
    check("{\"client_secret\": \"ab c&d;e\", \"x\": 1}", &["KEY_VALUE_SECRET ab c&d;e"]);
    check("{'api_key': 'ab\\'cd'}", &["API_KEY ab\\'cd"]);
    check("{\\\"password\\\": \\\"hunter2\\\", \\\"a\\\": 1}", &["PASSWORD hunter2"]);
    check("password => 'hunter2'", &["PASSWORD hunter2"]);
    check("(password=hunter2)", &["PASSWORD hunter2"]);
    check("{\"password\":12345}", &["PASSWORD 12345"]);
    check("password=a\\nuser=b password=hunter2\\nuser=b", &["PASSWORD hunter2"]);
    check("**Password:** hunter2!", &["PASSWORD hunter2!"]);
    check("password: str = \"hunter2\"", &["PASSWORD hunter2"]);
    check("secret key: abc123", &["KEY_VALUE_SECRET abc123"]);
    check("pass\u{200b}word=hun\u{200b}ter2 x", &["PASSWORD hun\u{200b}ter2"]);
    check("AccountName=a;AccountKey=abc+/d==;Suffix=x", &["AZURE_STORAGE_KEY abc+/d=="]);
}

#[test]
fn headers_are_read_as_headers() {
    check("Authorization: Bearer abc.def-123\nAccept: */*", &["AUTHORIZATION abc.def-123"]);
    check("curl -H 'Authorization: Basic dXNlcjpwYXNz' http://x", &["AUTHORIZATION dXNlcjpwYXNz"]);
    check("\"authorization\": \"Bearer abc123\"", &["AUTHORIZATION abc123"]);
    check("authorization: abc123def", &["AUTHORIZATION abc123def"]);
    check("Authorization: Digest username=\"u\"", &["AUTHORIZATION username="]);
    check("x-api-key: abc123", &["API_KEY abc123"]);
    check("Cookie: sid=abc; theme=dark\nHost: x", &["COOKIE sid=abc; theme=dark"]);
    check("set-cookie: sid=abc; Path=/; HttpOnly", &["COOKIE sid=abc; Path=/"]);
    check("\"cookie\": \"a=b; c=d\"", &["COOKIE a=b; c=d"]);
}

#[test]
fn prose_code_and_counters_are_left() {
    for text in [
        "Forgot your password: click here",
        "password: string",
        "secret: null",
        "password=password",
        "connect(user=user, password=password)",
        "api_key = os.environ[\"X\"]",
        "api_key=os.environ.get(\"X\")",
        "password=${DB_PASSWORD}",
        "password=<your-key>",
        "api_key: [OPENAI_API_KEY]",
        "\"api_key\": \"[OPENAI_API_KEY]\"",
        "Authorization: Bearer [AUTHORIZATION]",
        "Authorization: Bearer <token>",
        "Authorization: Bearer $TOKEN",
        "Authorization: required",
        "Cookie: [COOKIE]",
        "password=***",
        "tokens=512",
        "token: 1234",
        "max_tokens: 4096",
        "\"completion_tokens\": 12",
        "\"token\": \"Hello\"",
        "token_type: bearer",
        "\"type\": \"password\"",
        "PWD=/home/user/project",
        "password: {",
        "\"password\": {\"type\": \"string\"}",
        "if password == None:",
        "pass: 12, fail: 3",
        "std::secret::Value",
        "https://example.com/a?b=c",
        "author: Jane Doe",
        "next_page_token=CAUQAA9f86d081884c7d65",
    ] {
        check(text, &[]);
    }
}

#[test]
fn weak_names_count_with_values_that_look_like_it() {
    check("token=9f86d081884c7d659a2f", &["ACCESS_TOKEN 9f86d081884c7d659a2f"]);
    check("sig=aB3dE5gH7jK9mN1pQ3rS5", &["URL_SIGNATURE aB3dE5gH7jK9mN1pQ3rS5"]);
}

#[test]
fn long_values_go_whole() {
    for unit in ["k", "\u{e9}"] {
        let value = format!("a1{}", unit.repeat(5000));
        check(&format!("secret=\"{value}\" x"), &[&format!("KEY_VALUE_SECRET {value}")]);
        check(&format!("secret={value} x"), &[&format!("KEY_VALUE_SECRET {value}")]);
        check(&format!("secret=\"{value}"), &[&format!("KEY_VALUE_SECRET {value}")]);
    }
}
