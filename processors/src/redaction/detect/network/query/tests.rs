//! Values are found by the names of their parameters.

use super::*;

fn found(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    each(text, text.match_indices('=').map(|(at, _)| at), |span| all.push(&text[span]));
    all
}

#[test]
fn secrets_of_queries() {
    for (text, secrets) in [
        ("https://x.example/?token=abc&user=bob", vec!["abc"]),
        ("GET /cb?code=4f9a8b7c6d5e&state=ok HTTP/1.1", vec!["4f9a8b7c6d5e"]),
        ("/a?X-Amz-Date=1&X-Amz-Signature=ff00&X-Amz-Security-Token=Fw%2B.", vec!["ff00", "Fw%2B"]),
        ("https://b.example/c?sv=2020-08-04&sig=a%2Fb%3D", vec!["a%2Fb%3D"]),
        ("/cb#access_token=abc\"", vec!["abc"]),
        ("/a?x=1&amp;api_key=abc", vec!["abc"]),
        ("/a?x=1\\u0026password=abc\"", vec!["abc"]),
        ("user=bob&password=abc", vec!["abc"]),
        ("/maps?key=AIzaSy0123", vec!["AIzaSy0123"]),
        ("/a?signature=YWJj==&b=1", vec!["YWJj=="]),
    ] {
        assert_eq!(found(text), secrets, "{text:?}");
    }
}

#[test]
fn other_parameters_are_left_alone() {
    for text in [
        "/a?max_tokens=100&page=2",
        "/a?code=200",
        "/a?key=name",
        "/a?token=",
        "/a?token=[URL_SECRET]",
        "/a?token=***",
        "/a?token=${TOKEN}",
        "if a &&token==b",
        "token=abc",
        "=",
    ] {
        assert_eq!(found(text), [] as [&str; 0], "{text:?}");
    }
}

#[test]
fn names_are_sorted() {
    assert!(NAMES.is_sorted() && MAYBE.is_sorted());
}
