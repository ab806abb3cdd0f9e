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

/// Those that begin with each letter, a bit for each; what is no letter is taken for one.
static SCHEMES_BY_FIRST: [u64; 32] = {
    let (mut all, mut at) = ([0; 32], 0);
    while at < SCHEMES.len() {
        all[(SCHEMES[at].as_bytes()[0] & 31) as usize] |= 1 << at;
        at += 1;
    }
    all
};

/// What stands behind the `://` of a URL.
pub(super) struct Authority {
    /// Where its scheme ends.
    colon: usize,
    /// What stands before its last `@`.
    info: Option<Range<usize>>,
    /// Where its host begins.
    host: usize,
}

impl Authority {
    /// The one behind the `:` at `colon`; the slashes may be escaped, as some write JSON.
    pub(super) fn behind(text: &str, colon: usize) -> Option<Self> {
        let bytes = text.as_bytes();
        let slashes = match &bytes[colon + 1..] {
            [b'/', b'/', ..] => 2,
            [b'\\', b'/', b'\\', b'/', ..] => 4,
            _ => return None,
        };
        let start = colon + 1 + slashes;
        let schemed = colon.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphanumeric());
        schemed.then(|| {
            let info = userinfo(bytes, start);
            let host = info.as_ref().map_or(start, |info| info.end + 1);
            Self { colon, info, host }
        })
    }

    /// Its user name and password: `user:pass` of `scheme://user:pass@host`.
    pub(super) fn credentials(&self, text: &str) -> Option<Range<usize>> {
        let bytes = text.as_bytes();
        let info = self.info.clone()?;
        let host = bytes.get(info.end + 1)?;
        let to_host = host.is_ascii_alphanumeric() || !host.is_ascii() || matches!(host, b'[' | b'$' | b'{' | b'%');
        // `postgresql://user:pass@/db?host=/socket`
        let colon = bytes[info.clone()].iter().position(|byte| *byte == b':');
        let to_socket = matches!(host, b'/' | b'?') && colon.is_some();
        let counts = || match colon {
            Some(at) => !is_placeholder(&bytes[info.start + at + 1..info.end]),
            None => is_token(&bytes[info.clone()]),
        };
        ((to_host || to_socket) && counts()).then_some(info)
    }

    /// The whole URL.
    pub(super) fn url(&self, text: &str) -> Option<Range<usize>> {
        let first = text.get(self.host..)?.chars().next()?;
        let opens = edges::is_alphanumeric(first) || first == '[' || first > '\u{2190}' && !first.is_whitespace();
        if !opens {
            return None;
        }
        let start = scheme(text, self.colon)?;
        let end = end(text, start, self.host);
        (end > self.host).then_some(start..end)
    }
}

/// The user name and password of the data source whose `@` is at `at`, as Go's drivers write it: `user:pass` of
/// `user:pass@tcp(host:3306)/db`.
pub(super) fn data_source(text: &str, at: usize) -> Option<Range<usize>> {
    const PROTOCOLS: [&[u8]; 4] = [b"tcp(", b"tcp6(", b"unix(", b"cloudsql("];
    let bytes = text.as_bytes();
    let [b't' | b'u' | b'c', ..] = bytes[at + 1..] else { return None };
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

/// The URL without a scheme around the dot at `dot`: a bare name, or an address with a path. Gives the end of what
/// was looked at, too.
pub(super) fn bare(text: &str, dot: usize, from: usize) -> (usize, Option<Range<usize>>) {
    let bytes = text.as_bytes();
    // The end of a sentence, most often.
    let joins = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    if !joins(bytes.get(dot + 1)) || dot == from || !joins(bytes.get(dot - 1)) || domain::is_sentence(text, dot + 1) {
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

/// What stands before the last `@` of the authority that begins at `start`.
fn userinfo(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let near = &bytes[start..bytes.len().min(start + AUTHORITY_MAX)];
    let length = near.iter().position(|byte| ENDS[usize::from(*byte)]).unwrap_or(near.len());
    let at = memchr::memrchr(b'@', &near[..length])?;
    (at > 0).then_some(start..start + at)
}

/// What ends an authority: the path, a quote, a space.
static ENDS: [bool; 256] = {
    let (mut ends, mut byte) = ([false; 256], 0);
    while byte < 256 {
        let mark = matches!(byte as u8, b'/' | b'?' | b'#' | b'\\' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'|' | b',');
        ends[byte] = byte <= 0x20 || byte == 0x7f || mark;
        byte += 1;
    }
    ends
};

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
    let mut left = SCHEMES_BY_FIRST[usize::from(text.as_bytes()[start] & 31)];
    let mut known = false;
    while left != 0 && !known {
        known = SCHEMES[left.trailing_zeros() as usize].eq_ignore_ascii_case(&text[start..colon]);
        left &= left - 1;
    }
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
