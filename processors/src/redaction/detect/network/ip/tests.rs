//! Addresses in their spellings, and versions, times, paths of code.

use super::*;

fn found(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut done = 0;
    for at in 0..bytes.len() {
        let run = bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_digit());
        let ahead = Ahead::of(bytes, at);
        if run
            && is_worth(bytes, at, ahead.run(0))
            && let Some(address) = v4(text, at, ahead)
        {
            spans.push(address.span);
        }
        if bytes[at] == b':' && at >= done {
            let (end, address) = v6(text, at, done);
            done = end;
            spans.extend(address.map(|address| address.span));
        }
    }
    spans.sort_by_key(|span| span.start);
    spans.dedup_by(|next, first| next.end <= first.end);
    spans.into_iter().map(|span| &text[span]).collect()
}

#[test]
fn addresses() {
    for (text, addresses) in [
        ("from 192.168.1.1, to 10.0.0.0/8.", vec!["192.168.1.1", "10.0.0.0/8"]),
        ("host:10.0.0.1:80", vec!["10.0.0.1"]),
        ("http://10.0.0.1/", vec!["10.0.0.1"]),
        ("db/10.0.0.1:5432", vec!["10.0.0.1"]),
        ("IP 192.168.1.1.443 > 10.0.0.2.5", vec!["192.168.1.1", "10.0.0.2"]),
        ("[2001:db8::1]:8080", vec!["2001:db8::1"]),
        ("ip:2001:db8::1.", vec!["2001:db8::1"]),
        ("fe80::1%eth0/64", vec!["fe80::1%eth0/64"]),
        ("::ffff:172.16.0.1", vec!["::ffff:172.16.0.1"]),
        ("src=:: dst=::1", vec!["::", "::1"]),
        ("684D:1111:222:3333:4444:5555:6:77", vec!["684D:1111:222:3333:4444:5555:6:77"]),
        ("fe80::1: unreachable", vec!["fe80::1"]),
    ] {
        assert_eq!(found(text), addresses, "{text:?}");
    }
}

#[test]
fn look_alikes() {
    for text in [
        "1.2.3.4.5",
        "1.2.3.4.5.6",
        "v1.2.3.4",
        "nginx-1.2.3.4",
        "version 1.2.3.4",
        "Version: 1.2.3.4",
        "Chrome/120.0.0.0",
        "1.2.3",
        "1.2.3.04",
        "256.1.1.1",
        "a1.2.3.4",
        "12:34:56",
        "std::vec",
        "a::b",
        "dead::beef",
        "x[1::2]",
        "foo :: Int",
        "fe80::1text",
        "gggg:hhhh::1234",
        "12345:db8::1",
        "2001::25de::cade",
        "1:2:3:4",
        ":::",
        "::",
        "00:11:22:33:44:55:66:77",
    ] {
        assert_eq!(found(text), [] as [&str; 0], "{text:?}");
    }
}

#[test]
fn public_addresses() {
    for (ip, public) in [
        ("1.1.1.1", true),
        ("133.133.133.133", true),
        ("172.32.0.1", true),
        ("2400:c401::1", true),
        ("10.0.0.1", false),
        ("172.16.0.1", false),
        ("169.254.169.254", false),
        ("100.64.0.1", false),
        ("203.0.113.5", false),
        ("255.255.255.255", false),
        ("::1", false),
        ("fe80::1", false),
        ("fd00::1", false),
        ("2001:db8::1", false),
        ("::ffff:10.0.0.1", false),
        ("::ffff:8.8.8.8", true),
    ] {
        assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
    }
}
