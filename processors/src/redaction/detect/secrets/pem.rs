//! Private keys in PEM: from `-----BEGIN` to `-----END ...-----`, over lines, over `\n` escapes, or to the end of the value;
//! quoted as mail and comments are, and encoded as forms and URLs are.

use memchr::memmem::Finder;
use std::sync::LazyLock;

use crate::redaction::lanes::{Lanes, Span};

static LABEL: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("PRIVATE"));
static END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-----END"));

/// Bytes between `BEGIN` and the label, and between it and the dashes: `OPENSSH`, `ENCRYPTED`, `PGP`, with `%20` for blanks.
const LONGEST_KIND: usize = 32;

/// Whether there may be one in a text that is no longer than this.
pub(super) fn may_be_in(text: &Lanes) -> bool {
    text.any(&Span::of(b'V', b'V')) != 0
}

/// The private keys of `text`: `found(start, end)`.
pub(super) fn find(text: &[u8], mut found: impl FnMut(usize, usize)) {
    let mut at = 0;
    while let Some(label) = LABEL.find(&text[at..]).map(|found| at + found) {
        at = label + 1;
        let rest = &text[label + LABEL.needle().len()..];
        if ![&b" KEY"[..], b"+KEY", b"%20KEY"].iter().any(|key| rest.starts_with(key)) {
            continue;
        }
        if let Some((start, end)) = block(text, label) {
            found(start, end);
            at = end;
        }
    }
}

/// The block whose opening line has its label at `label`.
fn block(text: &[u8], label: usize) -> Option<(usize, usize)> {
    let floor = label.saturating_sub(LONGEST_KIND);
    let before = &text[floor..label];
    let begins = |at: &usize| before[*at] == b'B' && before[*at..].starts_with(b"BEGIN");
    let begin = (0..before.len()).rev().find(begins)?;
    // SSH2 has `---- BEGIN`, with a blank.
    let blank = usize::from(before[..begin].ends_with(b"- "));
    let dashes = blank + before[..begin - blank].iter().rev().take_while(|byte| **byte == b'-').count();
    let body = text[label..].iter().position(|byte| *byte == b'-').filter(|len| *len <= LONGEST_KIND)? + label;
    let dashed = text[body..].iter().take_while(|byte| **byte == b'-').count();
    if !has_body(&text[body + dashed..]) {
        return None;
    }
    Some((floor + begin - dashes, end(text, body + dashed)))
}

/// Whether a line of base64 or a header follows: prose that names the line has none.
fn has_body(text: &[u8]) -> bool {
    let skip = line_start(&text[..text.len().min(64)]);
    // `n` and `r` of an escape cannot be told from base64 here, and need not be.
    let base64 =
        text[skip..].iter().take(16).filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    let header = |at: usize| {
        let names = [&b"Proc-Type"[..], b"Version", b"Comment", b"DEK-Info"];
        text.get(at..).is_some_and(|text| names.iter().any(|name| name[0] == text[0] && text.starts_with(name)))
    };
    base64.count() >= 16 || (skip..text.len().min(skip + 4)).any(header)
}

/// Length of what stands between the opening line and the next: an end of line however it is written, and what mail,
/// Markdown and comments put before each line.
fn line_start(text: &[u8]) -> usize {
    let mut at = 0;
    let mut marks = 0;
    while let Some(byte) = text.get(at) {
        let written = [&b"<br>"[..], b"<br/>", b"<br />", b"%0A", b"%0D", b"%0a", b"%0d", b"%5Cn"];
        let begins = |end: &&&[u8]| end[0] == *byte && text[at..].starts_with(end);
        let len = written.iter().find(begins).map_or(0, |end| end.len());
        at += match byte {
            _ if len > 0 => len,
            b'\\' | b'"' | b'+' | b',' | b'\'' => 1,
            byte if byte.is_ascii_whitespace() => 1,
            b'>' | b'#' | b'|' | b'*' | b'/' if marks < 8 => {
                marks += 1;
                1
            }
            _ => break,
        };
    }
    at
}

/// Behind the closing line; where there is none, the end of the string it stands in.
fn end(text: &[u8], body: usize) -> usize {
    let rest = &text[body..];
    let Some(end) = END.find(rest) else {
        let stops = |at: &usize| rest[*at] == b'"' || rest[*at] == b'<' && !rest[*at..].starts_with(b"<br");
        return body + (0..rest.len()).find(stops).unwrap_or(rest.len());
    };
    let closing = &rest[end + 5..];
    let part = |byte: &&u8| matches!(byte, b' ' | b'+' | b'%' | b'A'..=b'Z' | b'0'..=b'9');
    let label = closing.iter().take(64).take_while(part).count();
    let dashes = closing[label..].iter().take_while(|byte| **byte == b'-').count();
    body + end + 5 + label + dashes
}

#[cfg(test)]
mod tests;
