//! The value, and nothing but the value, behind every kind of mark.

use super::*;

/// What is found, as `ENTITY value`.
fn found(text: &str) -> Vec<String> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let mut all = Vec::new();
    let mut found = |entity: &str, start: usize, end: usize| all.push(format!("{entity} {}", &text[start..end]));
    find(text.as_bytes(), &marks, usize::MAX, &mut found);
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
        "password: \"  ${DB_PASSWORD}\"",
        "secret=\"\n[EMAIL_ADDRESS] \"",
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

fn password() -> String {
    ["Tr0ub4", "dor-x9Kq"].concat()
}

#[test]
fn marks_blanks_and_quotes_are_known_beyond_ascii() {
    let pw = password();
    let want = format!("PASSWORD {pw}");
    for text in [
        format!("password\u{ff1a}{pw}"),
        format!("password\u{ff1d}{pw}\u{ff0c}x"),
        format!("PASSWORD\u{a0}: {pw}"),
        format!("password:\u{a0}{pw}\u{a0}x"),
        format!("password\u{ff1a}\u{3000}{pw}\u{3002}"),
        format!("\u{201c}password\u{201d}: \u{201c}{pw}\u{201d}"),
        format!("\u{300c}password\u{300d}\u{ff1a}\u{300c}{pw}\u{300d}"),
        format!("{{&quot;password&quot;:&quot;{pw}&quot;}}"),
        format!("\u{5bc6}\u{7801}\u{ff1a}{pw}\u{ff0c}\u{7528}\u{6237}"),
        format!("contrase\u{f1}a: {pw}"),
        format!("\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}: {pw}"),
    ] {
        check(&text, &[&want]);
    }
    check("password: p\u{e4}sswort1", &["PASSWORD p\u{e4}sswort1"]);
    for text in [
        "\u{5bc6}\u{7801}\u{ff1a}\u{8bf7}\u{8f93}\u{5165}8\u{4f4d}\u{5bc6}\u{7801}\u{3002}",
        "\u{5bc6}\u{7801}:\u{9519}\u{8bef}",
        "Contrase\u{f1}a: obligatoria",
        "password\u{ff1a}[PASSWORD]",
        "\u{5bc6}\u{7801}\u{ff1a}\u{8bf7}\u{62e8}[PHONE_NUMBER]",
    ] {
        check(text, &[]);
    }
}

#[test]
fn numbered_and_cloud_names_count() {
    let pw = password();
    let want = format!("PASSWORD {pw}");
    check(&format!("password1={pw}&password2={pw}"), &[&want, &want]);
    check(&format!("{{\"password_confirmation\":\"{pw}\"}}"), &[&want]);
    check(&format!("OPENAI_KEY={pw}"), &[&format!("API_KEY {pw}")]);
    check(&format!("API_KEY_2={pw} API_KEY2={pw}"), &[&format!("API_KEY {pw}"), &format!("API_KEY {pw}")]);
    check(&format!("{{\"SecretString\":\"{pw}\"}}"), &[&format!("KEY_VALUE_SECRET {pw}")]);
    check("OPENAI_KEY=default SORT_KEY=Tr0ub4dorx9Kq CACHE_KEY=Tr0ub4dorx9Kq token 1: yes", &[]);
}

#[test]
fn passwords_of_curl_are_found() {
    let pw = password();
    for text in [
        format!("curl -u admin:{pw} https://example.com"),
        format!("curl -s -u 'admin:{pw}' https://example.com"),
        format!("curl --user \"admin:{pw}\" x"),
    ] {
        check(&text, &[&format!("PASSWORD {pw}")]);
    }
    for text in ["docker run -u root:wheel x", "curl -u admin:$PW x", "curl -u user:[PASSWORD] x", "chown -u a:b"] {
        check(text, &[]);
    }
}

#[test]
fn passwords_that_look_like_something_else_are_found() {
    for value in [
        "<Xy9kLmQ2",
        "[aB9]xYz12",
        "config.Pa55w",
        "env.Pa55word",
        "my-secret-Pass9x",
        "Summer2024...",
        "$uperSecretPass",
        "(Xk29-Lq)",
    ] {
        check(&format!("{{\"password\":\"{value}\"}}"), &[&format!("PASSWORD {value}")]);
    }
    check("password: correct-horse-battery-staple", &["PASSWORD correct-horse-battery-staple"]);
}

#[test]
fn statements_types_and_references_are_no_values() {
    for text in [
        "const secret = await getSecret(\"db\")",
        "String password = new Scanner(System.in).nextLine();",
        "let secret = match x {",
        "secret = yield fetch()",
        "client_secret = not None",
        "secret = typeof x",
        "auth: AuthProvider = Depends(get_auth)",
        "onToken: (token: string) => void",
        "secret: Uint8Array",
        "let password = Password::new(x)",
        "password = user?.password ?? \"\"",
        "secret: !Ref DbSecret",
        "password: !vault |",
        "apiKey: apiKeyFromEnv",
        "clientSecret: SecretProvider, x",
        "private_key = /etc/ssl/private/server.key",
        "ssl_private_key: /etc/nginx/server.key",
        "private_key: path/to/key.pem",
        "\"private_key\": \"/etc/ssl/private/server.key\"",
        "password: file:/run/secrets/db",
        "private_key: /keys/[IP_ADDRESS]/server.key",
        "secret=projects/p/secrets/s",
        "secret: kv-v2/data/app",
        "password=config.s3",
        "password=$userPass",
    ] {
        check(text, &[]);
    }
    // Base64 may begin with a slash.
    let value = ["/aB3dE5gH7jK9/", "mN1pQ3rS5tU7vW"].concat();
    check(&format!("secret={value}"), &[&format!("KEY_VALUE_SECRET {value}")]);
    check("password: /Hunter2x", &["PASSWORD /Hunter2x"]);
    check("password: !hunter", &["PASSWORD !hunter"]);
}
