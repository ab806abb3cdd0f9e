//! Where redirects lead, and what goes with them.

use http::{HeaderValue, Request, StatusCode};

use super::next;
use crate::delivery::Reply;

/// The URL that an answer leads to from `from`, and whether the token goes there.
fn led(status: u16, from: &str, location: &str) -> Option<(String, bool)> {
    let mut token = HeaderValue::from_static("s3cret");
    token.set_sensitive(true);
    let head = Request::builder().method("POST").uri(from).header("x-token", token).header("content-type", "a/b");
    let mut reply = Reply { status: StatusCode::from_u16(status).unwrap(), ..Reply::default() };
    reply.headers.insert("location", HeaderValue::from_str(location).unwrap());
    let next = next(&head.body(()).unwrap(), &reply)?;
    assert_eq!((next.method().as_str(), &next.headers()["content-type"]), ("POST", &"a/b".parse().unwrap()));
    Some((next.uri().to_string(), next.headers().contains_key("x-token")))
}

#[test]
fn a_redirect_is_resolved_and_what_is_configured_stays_with_its_host() {
    let from = "http://a.example:4318/v1/traces";
    for (location, to, token) in [
        ("http://a.example/new", "http://a.example/new", true),
        ("https://a.example/v1/traces?x=1#top", "https://a.example/v1/traces?x=1", true),
        ("http://joe:pw@b.example:9/v1/traces", "http://b.example:9/v1/traces", false),
        ("//b.example", "http://b.example/", false),
        ("/in", "http://a.example:4318/in", true),
        ("other?y", "http://a.example:4318/v1/other?y", true),
    ] {
        assert_eq!(led(307, from, location), Some((to.into(), token)), "{location}");
        assert_eq!(led(308, from, location), Some((to.into(), token)), "{location}");
        assert_eq!(led(302, from, location), None);
    }
}

#[test]
fn no_redirect_leads_out_of_encryption_or_nowhere() {
    let from = "https://a.example/v1/traces";
    for location in ["http://a.example/v1/traces", "ftp://a.example/", "", "https:///x", "https://"] {
        assert_eq!(led(307, from, location), None, "{location}");
    }
}
