//! Credentials are told from ports and paths; whole URLs end where they should.

use super::*;

fn secret(text: &str) -> Option<&str> {
    text.match_indices(':').find_map(|(at, _)| Authority::behind(text, at)?.credentials(text)).map(|span| &text[span])
}

fn whole(text: &str) -> Option<&str> {
    text.match_indices(':').find_map(|(at, _)| Authority::behind(text, at)?.url(text)).map(|span| &text[span])
}

fn name(text: &str) -> Option<&str> {
    text.match_indices('.').find_map(|(at, _)| bare(text, at, 0).1).map(|span| &text[span])
}

#[test]
fn credentials_of_urls() {
    let password = ["hun", "ter2"].concat();
    for (text, info) in [
        (format!("https://bob:{password}@example.com/"), format!("bob:{password}")),
        (format!("redis://:{password}@cache:6379/0"), format!(":{password}")),
        (format!("postgres://bob@corp.com:{password}@db/x"), format!("bob@corp.com:{password}")),
        (format!("http:\\/\\/bob:{password}@example.com\\/"), format!("bob:{password}")),
        (format!("(amqp://bob:p{password}%40@[::1]:5672)"), format!("bob:p{password}%40")),
        (format!("postgresql+psycopg2://bob:{password}@/db?host=/cloudsql/p:r:i"), format!("bob:{password}")),
        (format!("https://{password}0123456789@example.com/1"), format!("{password}0123456789")),
    ] {
        assert_eq!(secret(&text), Some(info.as_str()), "{text:?}");
    }
}

#[test]
fn data_sources_of_go_have_credentials() {
    let source = |text: &str| {
        text.match_indices('@').find_map(|(at, _)| data_source(text, at)).map(|span| text[span].to_owned())
    };
    let info = ["bob:hun", "ter2"].concat();
    for text in
        ["{}@tcp(db:3306)/app", "DSN={}@unix(/tmp/m.sock)/db", "\"{}@tcp6([::1]:3306)/\"", "mysql://{}@tcp(db)/x"]
    {
        assert_eq!(source(&text.replace("{}", &info)), Some(info.clone()), "{text}");
    }
    for text in
        ["[URL_CREDENTIALS]@tcp(db:3306)/app", "bob@tcp(db)/", "${USER}:${PASS}@tcp(db)/", "@tcp(", "bob:x@udp(db)"]
    {
        assert_eq!(source(text), None, "{text}");
    }
}

#[test]
fn other_urls_have_none() {
    for text in [
        "https://x:8000 @y",
        "https://url:8000';@something",
        "http://localhost:5000/<%= @variable %>",
        "https://www.google.com/maps/@59.9,30.3",
        "https://bob@example.com",
        "https://${USER}:${PASS}@example.com",
        "https://bob:****@example.com",
        "https://[URL_CREDENTIALS]@example.com",
        "a: b@c",
        "://x:y@z",
    ] {
        assert_eq!(secret(text), None, "{text:?}");
    }
}

#[test]
fn whole_urls() {
    for (text, url) in [
        ("see http://example.com/a_(b)?c=d#e.", "http://example.com/a_(b)?c=d#e"),
        ("(http://example.com/a)", "http://example.com/a"),
        ("\"http://example.com/a\",\"b\"", "http://example.com/a"),
        ("<http://example.com>", "http://example.com"),
        ("http://example.com/a\"b\" c", "http://example.com/a\"b\""),
        ("http://[::1]:80/x y", "http://[::1]:80/x"),
        ("text:http://a---b.com/", "http://a---b.com/"),
        ("｜http://google.com｜bar", "http://google.com"),
        ("http://✪df.ws/123", "http://✪df.ws/123"),
        ("s3://bucket/key", "s3://bucket/key"),
    ] {
        assert_eq!(whole(text), Some(url), "{text:?}");
    }
    for text in
        ["http://", "http://.", "http:// x", "http://#", "_http://example.com", "hppt://example.com", "a::b", "x: //y"]
    {
        assert_eq!(whole(text), None, "{text:?}");
    }
}

#[test]
fn bare_names() {
    for (text, url) in [
        ("see google.com.", "google.com"),
        ("www.example.io:80/a/b.html, c", "www.example.io:80/a/b.html"),
        ("192.168.1.1:80/a.html x", "192.168.1.1:80/a.html"),
        ("президент.рф", "президент.рф"),
        ("//google.com", "google.com"),
    ] {
        assert_eq!(name(text), Some(url), "{text:?}");
    }
    for text in [
        "node.js",
        "main.rs",
        "/a/b.com",
        "bob@example.com",
        "example.coma",
        "1.2.3.4",
        "sentence.It",
        "os.name",
        "google.com:500000",
        "a.id=1",
        "x.com(1)",
        "www.microsoft",
        "test.ok",
    ] {
        assert_eq!(name(text), None, "{text:?}");
    }
}
