//! URLs: the credentials before their host, and how far a whole one reaches.

use std::ops::Range;

use crate::redaction::detect::contact::{domain, edges};

/// The longest authority looked at: a host name and a long password.
const AUTHORITY_MAX: usize = 512;
/// The longest scheme.
const SCHEME_MAX: usize = 16;
/// A user name without a password is a token from this length on, if it mixes letters and digits.
const TOKEN_MIN: usize = 16;
/// The longest quoted piece of a path.
const QUOTED_MAX: usize = 64;

/// Schemes whose URLs are told from other text with `://`.
const SCHEMES: &[&str] = &[
    "amqp",
    "amqps",
    "cassandra",
    "clickhouse",
    "elasticsearch",
    "ftp",
    "ftps",
    "gs",
    "grpc",
    "http",
    "https",
    "jdbc",
    "kafka",
    "ldap",
    "ldaps",
    "mariadb",
    "memcached",
    "mongodb",
    "mongodb+srv",
    "mqtt",
    "mqtts",
    "mysql",
    "nats",
    "oracle",
    "postgres",
    "postgresql",
    "redis",
    "rediss",
    "s3",
    "sftp",
    "smb",
    "smtp",
    "smtps",
    "sqlserver",
    "ssh",
    "tcp",
    "udp",
    "ws",
    "wss",
];
/// Top-level domains that make a bare name a URL, besides those of countries.
const BARE: &[&str] = &[
    "biz", "cloud", "com", "dev", "edu", "gov", "info", "int", "mil", "net", "online", "org", "pro", "shop", "site",
    "store", "tech", "xyz",
];
/// Codes of countries that are endings of files or words of code more often than of bare names.
const FILES: &[&str] = &[
    "ai", "as", "at", "be", "by", "cc", "do", "id", "in", "is", "it", "java", "lc", "md", "me", "ml", "mm", "my", "no",
    "pl", "pm", "ps", "py", "rs", "sc", "sh", "so", "st", "tf", "to", "ts", "us", "vi",
];

/// The user name and password of the URL whose `:` is at `colon`: `user:pass` of `scheme://user:pass@host`.
pub(super) fn credentials(text: &str, colon: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let start = authority(bytes, colon)?;
    let info = userinfo(bytes, start)?;
    let host = bytes.get(info.end + 1)?;
    let to_host = host.is_ascii_alphanumeric() || !host.is_ascii() || matches!(host, b'[' | b'$' | b'{' | b'%');
    // `postgresql://user:pass@/db?host=/socket`
    let to_socket = matches!(host, b'/' | b'?') && bytes[info.clone()].contains(&b':');
    let secret = match bytes[info.clone()].iter().position(|byte| *byte == b':') {
        Some(at) => &bytes[info.start + at + 1..info.end],
        None => &bytes[info.clone()],
    };
    let token = secret.len() == info.len();
    let counts = if token { is_token(secret) } else { !is_placeholder(secret) };
    ((to_host || to_socket) && counts).then_some(info)
}

/// The user name and password of the data source whose `@` is at `at`, as Go's drivers write it: `user:pass` of
/// `user:pass@tcp(host:3306)/db`.
pub(super) fn data_source(text: &str, at: usize) -> Option<Range<usize>> {
    const PROTOCOLS: [&[u8]; 4] = [b"tcp(", b"tcp6(", b"unix(", b"cloudsql("];
    let bytes = text.as_bytes();
    PROTOCOLS.iter().find(|protocol| bytes[at + 1..].starts_with(protocol))?;
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>');
    let floor = at.saturating_sub(AUTHORITY_MAX);
    let mut start = floor + bytes[floor..at].iter().rposition(ends).map_or(0, |last| last + 1);
    start += bytes[start..at].windows(3).rposition(|three| three == b"://").map_or(0, |scheme| scheme + 3);
    let colon = start + memchr::memchr(b':', &bytes[start..at])?;
    // `DSN=user:pass@tcp(`
    start += memchr::memrchr(b'=', &bytes[start..colon]).map_or(0, |set| set + 1);
    (text.is_char_boundary(start) && !is_placeholder(&bytes[colon + 1..at])).then_some(start..at)
}

/// The whole URL whose `:` is at `colon`.
pub(super) fn with_scheme(text: &str, colon: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let after = authority(bytes, colon)?;
    let start = scheme(text, colon)?;
    let host = userinfo(bytes, after).map_or(after, |info| info.end + 1);
    let first = text.get(host..)?.chars().next()?;
    let opens = first.is_alphanumeric() || first == '[' || first > '\u{2190}' && !first.is_whitespace();
    let end = if opens { end(text, start, host) } else { host };
    (end > host).then_some(start..end)
}

/// The URL without a scheme around the dot at `dot`: a bare name, or an address with a path. Gives the end of what
/// was looked at, too.
pub(super) fn bare(text: &str, dot: usize, from: usize) -> (usize, Option<Range<usize>>) {
    let bytes = text.as_bytes();
    // The end of a sentence, most often.
    let joins = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    if !joins(bytes.get(dot + 1)) || dot == from || !joins(bytes.get(dot - 1)) {
        return (dot + 1, None);
    }
    let mut start = dot;
    while start > from && dot - start < AUTHORITY_MAX {
        if bytes[start - 1].is_ascii_alphanumeric() {
            start -= 1;
            continue;
        }
        if start > from + 2 && domain::is_ideograph(bytes[start - 3]) {
            start -= 3;
            continue;
        }
        let Some(c) = text.get(..start).and_then(|text| text.chars().next_back()) else { break };
        if !domain::is_part(c) {
            break;
        }
        start -= c.len_utf8();
    }
    let apart = match &bytes[..start] {
        [.., b'/', b'/'] => true,
        [.., b'@' | b'/' | b'\\' | b'_' | b'$' | b'.' | b'-'] => false,
        _ => edges::free_before(text, start),
    };
    let name = apart.then(|| domain::read(text, start)).flatten().filter(|name| name.labels > 1);
    let end_of_name = name.map(|name| name.end).or_else(|| apart.then(|| address(text, start)).flatten());
    let Some(after) = end_of_name else {
        // No other start within the same run of characters would do better.
        return (domain::parts_end(text, dot), None);
    };
    let path = matches!(port_end(bytes, after).map(|end| bytes.get(end)), Some(Some(b'/' | b'?' | b'#')));
    let counts = match name {
        Some(name) => name.known && is_bare(&text[start..name.end], path),
        None => path,
    };
    let goes_on = matches!(bytes.get(after), Some(b'@' | b'(' | b'_' | b'=')) || port_end(bytes, after).is_none();
    if !counts || goes_on || !edges::free_after(text, after) {
        return (after, None);
    }
    let end = if path { end(text, start, start) } else { port_end(bytes, after).unwrap_or(after) };
    (end.max(after), Some(start..end.max(after)))
}

/// Where the authority begins after the colon of a scheme; the slashes may be escaped, as some write JSON.
fn authority(bytes: &[u8], colon: usize) -> Option<usize> {
    let schemed = colon.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphanumeric());
    let slashes = [&b"//"[..], br"\/\/"].into_iter().find(|slashes| bytes[colon + 1..].starts_with(slashes))?;
    schemed.then_some(colon + 1 + slashes.len())
}

/// What stands before the last `@` of the authority that begins at `start`.
fn userinfo(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let ends = |byte: &u8| {
        let mark = matches!(byte, b'/' | b'?' | b'#' | b'\\' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'|' | b',');
        byte.is_ascii_whitespace() || byte.is_ascii_control() || mark
    };
    let length = bytes[start..].iter().take(AUTHORITY_MAX).take_while(|byte| !ends(byte)).count();
    let at = bytes[start..start + length].iter().rposition(|byte| *byte == b'@')?;
    (at > 0).then_some(start..start + at)
}

fn is_token(user: &[u8]) -> bool {
    let letters = user.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let mixed = user.iter().any(u8::is_ascii_digit) && user.iter().any(u8::is_ascii_alphabetic);
    user.len() >= TOKEN_MIN && letters && mixed
}

/// Whether a secret is left out, masked already, or put in elsewhere: `***`, `${PASS}`, `[REDACTED]`.
pub(super) fn is_placeholder(secret: &[u8]) -> bool {
    match secret {
        [] | [b'[' | b'<' | b'{', ..] | [b'$', b'{' | b'(', ..] | [b'%', b's' | b'd' | b'v', ..] => true,
        _ => secret.iter().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'-')),
    }
}

/// Where the scheme begins that ends at `colon`.
fn scheme(text: &str, colon: usize) -> Option<usize> {
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'+';
    let length = text.as_bytes()[..colon].iter().rev().take(SCHEME_MAX).take_while(part).count();
    let start = colon - length;
    let known = SCHEMES.iter().any(|scheme| scheme.eq_ignore_ascii_case(&text[start..colon]));
    (known && edges::free_before(text, start) && !text[..start].ends_with('_')).then_some(start)
}

/// The end of an IPv4 address at `start`.
fn address(text: &str, start: usize) -> Option<usize> {
    let part = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
    let length = text.as_bytes()[start..].iter().take(15).take_while(part).count();
    text[start..start + length].parse::<std::net::Ipv4Addr>().ok().map(|_| start + length)
}

/// The end of a port after a name, or the end of the name; none where the port is too large for one.
fn port_end(bytes: &[u8], after: usize) -> Option<usize> {
    let digits = match bytes.get(after) {
        Some(b':') => bytes[after + 1..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    match digits {
        0 => Some(after),
        1..=5 => Some(after + 1 + digits),
        _ => None,
    }
}

/// Whether a name without scheme counts: `www.` and a path do for any, else the top level must be usual, and not
/// usual for files.
fn is_bare(name: &str, path: bool) -> bool {
    let www = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) && name.matches('.').count() > 1;
    if path || www {
        return true;
    }
    let top = name.rsplit('.').next().unwrap_or_default();
    // Of Han, kana or Hangul: these have no cases, and are no ending of a file.
    if !top.is_empty() && top.chars().all(edges::unspaced) {
        return true;
    }
    // `sentence.It` is no name, `GOOGLE.COM` is.
    let one_case = top.chars().all(|c| !c.is_uppercase()) || name.chars().all(|c| !c.is_lowercase());
    let top = top.to_lowercase();
    let file = FILES.contains(&top.as_str()) && name.matches('.').count() == 1;
    one_case && !file && (top.len() == 2 || !top.is_ascii() || top.starts_with("xn--") || BARE.contains(&top.as_str()))
}

/// The end of a URL: at a space, an angle bracket, a quote or bracket that it does not open, without the punctuation
/// of the sentence.
fn end(text: &str, start: usize, from: usize) -> usize {
    let bytes = text.as_bytes();
    let quoted = |quote: u8| start > 0 && bytes[start - 1] == quote;
    let (mut end, mut skip, mut open) = (from, from, [0_u32; 3]);
    for (at, c) in text[from..].char_indices().map(|(at, c)| (from + at, c)) {
        let goes_on = at < skip
            || match c {
                '<' | '>' | '`' | '｜' | '\u{3000}'..='\u{3002}' | '，' | '）' => false,
                '"' if quoted(b'"') => false,
                '"' => quoted_end(bytes, at).is_some_and(|close| {
                    skip = close;
                    true
                }),
                '\'' => {
                    !quoted(b'\'')
                        && bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'-')
                }
                '\\' => bytes.get(at + 1) == Some(&b'/'),
                '(' | '[' | '{' => {
                    open["([{".find(c).unwrap_or_default()] += 1;
                    true
                }
                ')' | ']' | '}' => {
                    let depth = &mut open[")]}".find(c).unwrap_or_default()];
                    *depth = depth.wrapping_sub(1);
                    *depth != u32::MAX
                }
                _ => !c.is_whitespace() && !c.is_control(),
            };
        if !goes_on {
            break;
        }
        end = at + c.len_utf8();
    }
    while end > from && matches!(bytes[end - 1], b'.' | b',' | b';' | b':' | b'!' | b'?' | b'*') {
        end -= 1;
    }
    end
}

/// The byte after a short quoted word that opens at `at`.
fn quoted_end(bytes: &[u8], at: usize) -> Option<usize> {
    let word = bytes[at + 1..].iter().take(QUOTED_MAX).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    (word > 0 && bytes.get(at + 1 + word) == Some(&b'"')).then_some(at + word + 2)
}

#[cfg(test)]
mod tests;
