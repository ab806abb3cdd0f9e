//! The types of unquoted scalars, as yaml.v3 has them.

use serde_json::{Value, json};

use super::typed;

fn check(text: &str, want: &Value) {
    assert_eq!(&typed(text), want, "{text}");
}

#[test]
fn plain_scalars_take_the_types_of_yaml() {
    check("", &json!(null));
    check("~", &json!(null));
    check("null", &json!(null));
    check("true", &json!(true));
    check("FALSE", &json!(false));
    check("12", &json!(12));
    check("-12", &json!(-12));
    check("+12", &json!(12));
    check("100_000", &json!(100_000));
    check("0x1f", &json!(31));
    check("0o17", &json!(15));
    check("017", &json!(15));
    check("0b11", &json!(3));
    check("1.5", &json!(1.5));
    check(".5", &json!(0.5));
    check("0e12", &json!(0));
    check("1e3", &json!(1000));
    check("2.0", &json!(2));
    check("18446744073709551615", &json!(u64::MAX));
}

#[test]
fn everything_else_is_text() {
    for text in [
        "yes",
        "on",
        "30s",
        "4MiB",
        "1.2.3.4",
        ".inf",
        ".nan",
        "-",
        "+",
        ".",
        "_1",
        "0x",
        "1__x",
        "127.0.0.1:4317",
        "2026-11-20",
        "0xg",
    ] {
        check(text, &json!(text));
    }
}
