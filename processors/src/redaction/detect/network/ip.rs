//! Addresses of the Internet protocols, in both versions, and which of them are public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::redaction::detect::contact::edges;
use crate::redaction::detect::marks::Ahead;

/// The longest address as text: version 6 with version 4 at its end.
const V6_MAX: usize = 45;
/// The fewest colons of an address of version 6.
const COLONS_MIN: usize = 2;
/// The most digits of an octet.
const OCTET_MAX: usize = 3;
/// The longest zone: names of interfaces have fifteen characters.
const ZONE_MAX: usize = 16;

/// An address in text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) ip: IpAddr,
    /// Where it stands, with its prefix length and zone.
    pub(super) span: Range<usize>,
    /// The end of the port after it.
    pub(super) port: usize,
}

/// The end of four numbers with dots between that begin at `first`, of which the digits `ahead` are known.
fn four(bytes: &[u8], first: usize, ahead: Ahead) -> Option<usize> {
    let mut end = 0;
    for octet in 0..4 {
        if octet > 0 {
            bytes.get(first + end).filter(|byte| **byte == b'.')?;
            end += 1;
        }
        let digits = ahead.run(end);
        (1..=OCTET_MAX).contains(&digits).then_some(())?;
        end += digits;
    }
    Some(first + end)
}

/// Whether a number with a dot behind it may begin an address: it is no part of a version, or of an identifier that goes
/// on, as most numbers in a row with dots are.
#[inline]
pub(super) fn is_worth(bytes: &[u8], first: usize, digits: usize) -> bool {
    bytes.get(first + digits) == Some(&b'.')
        && !matches!(&bytes[..first], [.., before, b'.'] if before.is_ascii_alphanumeric())
}

/// The version 4 address whose first digit is at `first`, the start of a run of digits that [`is_worth`] it.
pub(super) fn v4(text: &str, first: usize, ahead: Ahead) -> Option<Address> {
    let bytes = text.as_bytes();
    let end = four(bytes, first, ahead).filter(|_| edges::free_before(text, first))?;
    let ip: Ipv4Addr = text.get(first..end)?.parse().ok()?;
    let end = tcpdump_port(bytes, ip, end)?;
    let sound = edges::free_after(text, end) && !is_version(text, first, ip);
    let (span, port) = (first..prefix_end(bytes, end, 32), port_end(bytes, end));
    sound.then_some(Address { ip: ip.into(), span, port })
}

/// The version 6 address around the colon at `colon`, which no look at an earlier one went past (`from`). Gives the
/// end of what was looked at, too.
pub(super) fn v6(text: &str, colon: usize, from: usize) -> (usize, Option<Address>) {
    let bytes = text.as_bytes();
    let part = |byte: &&u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let after = bytes[colon..].iter().take_while(part).count();
    // The first colon of them is at `colon`, or the run is too long anyway.
    let colons = bytes[colon..colon + after].iter().take(V6_MAX).filter(|byte| **byte == b':').count();
    if colons < COLONS_MIN {
        return (colon + after, None);
    }
    let before = bytes[from..colon].iter().rev().take(V6_MAX).take_while(part).count();
    let run = trimmed(bytes, colon - before..colon + after);
    let address = ((2..=V6_MAX).contains(&run.len()) && may_be(&bytes[run.clone()]) && is_apart(text, &run))
        .then(|| text[run.clone()].parse::<Ipv6Addr>().ok())
        .flatten()
        .filter(|ip| is_likely(text, &run, *ip))
        .and_then(|ip| {
            let end = zone_end(bytes, run.end);
            let span = run.start..prefix_end(bytes, end, 128);
            edges::free_after(text, end).then_some(Address { ip: ip.into(), port: span.end, span })
        });
    (colon + after, address)
}

/// Whether a run may be read as an address: groups are left out, or there are as many as that takes.
fn may_be(run: &[u8]) -> bool {
    let colons = run.iter().filter(|byte| **byte == b':').count();
    match run.windows(2).any(|two| two == b"::") {
        true => colons <= 8,
        false => colons == 7 || colons == 6 && run.contains(&b'.'),
    }
}

/// Whether an address can be reached from everywhere: not private, local, reserved, or for documents.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [first, second, third, _] = ip.octets();
            let special = matches!(
                (first, second, third),
                (0 | 10 | 127 | 224..=255, ..)
                    | (100, 64..=127, _)
                    | (169, 254, _)
                    | (172, 16..=31, _)
                    | (192, 0, 0 | 2)
                    | (192, 168, _)
                    | (198, 18 | 19, _)
                    | (198, 51, 100)
                    | (203, 0, 113)
            );
            !special
        }
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_public(ip.into()),
            // What is given out is all in 2000::/3; 2001:db8::/32 is for documents.
            None => ip.segments()[0] >> 13 == 1 && ip.segments()[..2] != [0x2001, 0x0db8],
        },
    }
}

/// The end of an address that a fifth number may follow, as tcpdump writes ports: `192.168.1.1.443`. Object
/// identifiers look alike and begin with 0, 1 or 2, versions with little more.
fn tcpdump_port(bytes: &[u8], ip: Ipv4Addr, end: usize) -> Option<usize> {
    let fifth = match &bytes[end..] {
        [b'.', rest @ ..] => rest.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let more = bytes.get(end + fifth + 1) == Some(&b'.') && bytes.get(end + fifth + 2).is_some_and(u8::is_ascii_digit);
    (fifth == 0 || fifth < 6 && !more && ip.octets()[0] >= 10).then_some(end)
}

/// Whether four numbers are a version: after a hyphen, after the word, or a browser's (`Chrome/120.0.0.0`).
fn is_version(text: &str, first: usize, ip: Ipv4Addr) -> bool {
    let before = &text.as_bytes()[..first];
    let word = before.trim_ascii_end();
    let word = word.strip_suffix(b":").or_else(|| word.strip_suffix(b"=")).unwrap_or(word);
    let named = [&b"version"[..], b"release", b"build"]
        .iter()
        .any(|name| word.len().checked_sub(name.len()).is_some_and(|from| word[from..].eq_ignore_ascii_case(name)));
    named
        || match before {
            [.., letter, b'-'] => letter.is_ascii_alphanumeric() && !letter.is_ascii_digit(),
            [.., letter, b'/'] => letter.is_ascii_alphabetic() && ip.octets()[1..] == [0, 0, 0],
            _ => false,
        }
}

/// Leaves out the punctuation around a run: a single colon before it or after it, full stops after it.
fn trimmed(bytes: &[u8], run: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = run;
    while end > start && (bytes[end - 1] == b'.' || bytes[end - 1] == b':' && !bytes[start..end - 1].ends_with(b":")) {
        end -= 1;
    }
    if bytes[start..end].starts_with(b":") && !bytes[start..end].starts_with(b"::") {
        start += 1;
    }
    start..end
}

/// Whether nothing that is part of a word stands around.
fn is_apart(text: &str, run: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    // `std::…` leaves a run that begins with colons, after a letter.
    let before = run.start == 0 || bytes[run.start - 1] != b'_';
    let after = bytes.get(run.end).is_none_or(|byte| *byte != b'_');
    before && after && edges::free_before(text, run.start) && (edges::free_after(text, run.end))
}

/// Whether what parses is meant as one: paths of code have `::` between words, slices have it between numbers.
fn is_likely(text: &str, run: &Range<usize>, ip: Ipv6Addr) -> bool {
    let (piece, before) = (&text[run.clone()], &text.as_bytes()[..run.start]);
    let after = text.as_bytes().get(run.end);
    if ip.is_unspecified() {
        return after == Some(&b'/')
            || matches!(before, [.., b'=' | b'[' | b'"']) && after.is_none_or(|byte| b" ,]\"".contains(byte));
    }
    let groups = || piece.split(':').filter(|group| !group.is_empty());
    let digits = piece.bytes().any(|byte| byte.is_ascii_digit());
    // `a[1::2]`
    let slice = matches!(before, [.., word, b'['] if word.is_ascii_alphanumeric() || matches!(word, b']' | b')' | b'_'))
        && groups().all(|group| group.len() <= 2);
    // EUI-64 and times in rows have short groups only.
    let short = !piece.contains("::") && groups().all(|group| group.len() <= 2);
    digits && !slice && !short
}

/// The end of a zone after an address: `fe80::1%eth0`.
fn zone_end(bytes: &[u8], end: usize) -> usize {
    if bytes.get(end) != Some(&b'%') {
        return end;
    }
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    match bytes[end + 1..].iter().take(ZONE_MAX).take_while(part).count() {
        0 => end,
        length => end + 1 + length,
    }
}

/// The end of a prefix length after an address: `/24`.
fn prefix_end(bytes: &[u8], end: usize, most: u32) -> usize {
    if bytes.get(end) != Some(&b'/') {
        return end;
    }
    let digits = bytes[end + 1..].iter().take(4).take_while(|byte| byte.is_ascii_digit());
    let (length, bits) = digits.fold((0, 0), |(length, bits), digit| (length + 1, bits * 10 + u32::from(digit - b'0')));
    if (1..=3).contains(&length) && bits <= most { end + 1 + length } else { end }
}

/// The end of a port after an address: `:8080`.
fn port_end(bytes: &[u8], end: usize) -> usize {
    if bytes.get(end) != Some(&b':') {
        return end;
    }
    match bytes[end + 1..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count() {
        digits @ 1..=5 => end + 1 + digits,
        _ => end,
    }
}

#[cfg(test)]
mod tests;
