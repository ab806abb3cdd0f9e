//! What stands for a secret, what fetches one, and what is one.

use super::*;

#[test]
fn placeholders_are_no_secrets() {
    for value in [
        "[OPENAI_API_KEY]",
        "<your-key>",
        "<your-key",
        "${VAR}",
        "$VAR",
        "$password",
        "$(cat key)",
        "{{ secret }}",
        "{password}",
        "%(password)s",
        "%s",
        "%PASSWORD%",
        "***",
        "****abcd",
        "xxxxxxxx",
        "\u{2022}\u{2022}\u{2022}",
        "...",
        "sk-...",
        "null",
        "None",
        "true",
        "string",
        "String",
        "REDACTED",
        "your-api-key",
        "YOUR_API_KEY",
        "os.environ[\"X\"]",
        "process.env.KEY",
        "op://vault/item",
        ":password",
        "(optional)",
        "&lt;key&gt;",
    ] {
        assert!(is_placeholder(value.as_bytes()), "{value}");
    }
}

#[test]
fn secrets_are_no_placeholders() {
    for value in
        ["hunter2", "$2b$12$abcdefghij", "P@ssw0rd!", "[not", "correct horse", "p%ss", "$ecr3t", "{x", "changeme"]
    {
        assert!(!is_placeholder(value.as_bytes()), "{value}");
    }
}

#[test]
fn code_is_told_from_values() {
    for value in
        ["get_password()", "config.password", "user_password", "newPassword", "password", "tokens[0]", "input("]
    {
        assert!(is_code(value.as_bytes(), b"password"), "{value}");
    }
    for value in ["hunter2", "hunter", "mypassword", "a.b.c1", "(x)", "abc(1"] {
        assert_eq!(is_code(value.as_bytes(), b"pwd"), value == "abc(1", "{value}");
    }
}

#[test]
fn words_of_prose_are_told_from_values() {
    for word in ["click", "Use", "required.", "N/A", "don't", "\u{e9}t\u{e9}"] {
        assert!(is_word(word.as_bytes()), "{word}");
    }
    for value in ["hunter2", "aBcDeF", "p@ss", "correct.horse"] {
        assert!(!is_word(value.as_bytes()), "{value}");
    }
}
