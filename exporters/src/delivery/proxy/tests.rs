//! Which destinations Go would reach through a proxy.

use super::named;

#[test]
fn proxies_are_those_that_go_would_take() {
    let with = |variables: &'static [(&str, &str)]| {
        move |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let https = with(&[("HTTPS_PROXY", "http://proxy:3128"), ("http_proxy", "")]);
    assert_eq!(named("https", "c.example", 443, https), Some("HTTPS_PROXY"));
    assert_eq!(named("http", "c.example", 80, https), None);
    for (host, port) in [("localhost", 1), ("127.8.8.8", 1), ("[::1]", 1)] {
        assert_eq!(named("https", host, port, https), None, "{host}");
    }
    let excepted = "c.example, 10.0.0.0/8,.internal,other.example:4317,192.0.2.7,*.svc,fd00::/8";
    let some = |name: &str| match name {
        "https_proxy" => Some("proxy:3128".to_owned()),
        "no_proxy" => Some(excepted.to_owned()),
        _ => None,
    };
    let direct = [
        ("c.example", 1),
        ("a.C.example", 1),
        ("10.9.9.9", 1),
        ("a.internal", 1),
        ("other.example", 4317),
        ("192.0.2.7", 1),
        ("otel.svc", 1),
        ("[fd12::1]", 1),
    ];
    for (host, port) in direct {
        assert_eq!(named("https", host, port, some), None, "{host}");
    }
    for (host, port) in [("xc.example", 1), ("11.0.0.1", 1), ("internal", 1), ("other.example", 4318), ("[fe00::1]", 1)]
    {
        assert_eq!(named("https", host, port, some), Some("https_proxy"), "{host}");
    }
    assert_eq!(named("https", "a", 1, |name| Some(if name == "NO_PROXY" { "*" } else { "p" }.into())), None);
}
