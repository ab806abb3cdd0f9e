//! Names in every style, and names that only look like them.

use super::*;

#[test]
fn names_of_secrets_are_known_in_any_style() {
    for (key, entity) in [
        ("password", "PASSWORD"),
        ("PASSWORD", "PASSWORD"),
        ("dbPassword", "PASSWORD"),
        ("db.user.password", "PASSWORD"),
        ("DB_PASSWD", "PASSWORD"),
        ("ssh-passphrase", "PASSWORD"),
        ("pwd", "PASSWORD"),
        ("userPwd", "PASSWORD"),
        ("db_pass", "PASSWORD"),
        ("http.request.header.authorization", "AUTHORIZATION"),
        ("http.request.header.authorization.0", "AUTHORIZATION"),
        ("http.request.header.authorization[0]", "AUTHORIZATION"),
        ("Proxy-Authorization", "AUTHORIZATION"),
        ("http.request.header.cookie", "COOKIE"),
        ("Set-Cookie", "COOKIE"),
        ("setCookie", "COOKIE"),
        ("x-api-key", "API_KEY"),
        ("apiKey", "API_KEY"),
        ("APIKey", "API_KEY"),
        ("OPENAI_API_KEY", "API_KEY"),
        ("headers[\"X-Api-Key\"]", "API_KEY"),
        ("Ocp-Apim-Subscription-Key", "API_KEY"),
        ("client_secret", "KEY_VALUE_SECRET"),
        ("app.clientSecret", "KEY_VALUE_SECRET"),
        ("secret", "KEY_VALUE_SECRET"),
        ("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY"),
        ("SecretAccessKey", "AWS_SECRET_ACCESS_KEY"),
        ("AccountKey", "AZURE_STORAGE_KEY"),
        ("private_key", "PRIVATE_KEY"),
        ("access_token", "ACCESS_TOKEN"),
        ("refreshToken", "ACCESS_TOKEN"),
        ("id_token", "ACCESS_TOKEN"),
        ("x-amz-security-token", "ACCESS_TOKEN"),
        ("github_token", "ACCESS_TOKEN"),
        ("csrf-token", "ACCESS_TOKEN"),
        ("pass\u{200b}word", "PASSWORD"),
        ("password_confirmation", "PASSWORD"),
        ("new_password2", "PASSWORD"),
        ("senha", "PASSWORD"),
        ("contrase\u{f1}a", "PASSWORD"),
        ("has\u{142}o", "PASSWORD"),
        ("L\u{f6}senord", "PASSWORD"),
        ("\u{5bc6}\u{7801}", "PASSWORD"),
        ("\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}", "PASSWORD"),
        ("OPENAI_API_KEY_2", "API_KEY"),
        ("SecretString", "KEY_VALUE_SECRET"),
    ] {
        assert_eq!(sensitive_key(key), Some(entity), "{key}");
    }
}

#[test]
fn counters_descriptions_and_bystanders_are_none() {
    for key in [
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "gen_ai.request.max_tokens",
        "llm.token_count.prompt",
        "max_token",
        "total_token",
        "token_count",
        "token_type",
        "next_page_token",
        "nextPageToken",
        "eos_token",
        "choices.0.logprobs.content.0.token",
        "token",
        "auth",
        "password_policy",
        "secret_name",
        "api_key_id",
        "public_key",
        "primary_key",
        "idempotency-key",
        "key",
        "author",
        "compass",
        "bypass",
        "session.id",
        "session_id",
        "cookie_consent",
        "gen_ai.response.model",
        "monkey",
        "",
        "s",
        "\u{43f}\u{430}",
        "password 2024",
        "md5",
        "AZURE_OPENAI_KEY",
    ] {
        assert_eq!(sensitive_key(key), None, "{key}");
    }
}

#[test]
fn weak_names_need_a_value_that_looks_like_it() {
    assert_eq!(secret_value("token", "9f86d081884c7d659a2f"), Some("ACCESS_TOKEN"));
    assert_eq!(secret_value("token", "1234"), None);
    assert_eq!(secret_value("token", "Hello"), None);
    assert_eq!(secret_value("logprobs.token", " pipeline"), None);
    assert_eq!(secret_value("password", "hunter2"), Some("PASSWORD"));
    for placeholder in ["[PASSWORD]", "${DB_PASSWORD}", "null", "********", ""] {
        assert_eq!(secret_value("password", placeholder), None, "{placeholder}");
    }
}

#[test]
fn each_tail_is_let_through_and_has_a_listed_entity() {
    for tail in TAILS {
        assert!(plausible(tail.letters.as_bytes()), "{}", tail.letters);
        assert!(ENTITIES.contains(&tail.entity), "{}", tail.entity);
    }
    assert_eq!(ENTITIES[1], "AUTHORIZATION");
}
