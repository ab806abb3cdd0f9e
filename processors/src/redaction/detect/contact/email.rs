//! Email addresses, from the `@` (or its `%40` in a URL) outwards.

use std::ops::Range;

use super::{domain, edges};

/// The longest local part RFC 5321 allows, in bytes.
const LOCAL_MAX: usize = 64;
/// How far before an address the `//` of a URL is looked for: the longest user name worth telling apart.
const USER_MAX: usize = 64;

/// The address whose `@` is the bytes `at`.
pub(super) fn around(text: &str, at: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    if !bytes.get(at.end).is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()) {
        return None;
    }
    let start = local_start(text, at.start)?;
    let explicit = mailto(bytes, start);
    if !explicit && is_one_label(bytes, at.end) {
        return None;
    }
    let end = match domain::read(text, at.end).filter(|name| name.labels > 1) {
        Some(name) if name.known || explicit => name.end,
        // `mailto:` says that it is one, so that a host without a dot will do.
        None if explicit => host_end(bytes, at.end)?,
        _ => return None,
    };
    // Behind the underscores of emphasis, which are no part of a name, nothing goes on.
    let emphasis = bytes[end..].iter().take_while(|byte| **byte == b'_').count();
    let sound = edges::free_after(text, end + emphasis)
        && !is_code(&text[start..at.start], &text[at.end..end], &bytes[end..])
        && !in_userinfo(bytes, start);
    sound.then_some(start..end)
}

/// Where the local part that ends at `at` begins.
fn local_start(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut start = at;
    loop {
        start = atom_start(text, start, at)?;
        match quoted_start(bytes, start, at) {
            Some(quote) => start = quote,
            None => break,
        }
    }
    while start < at && matches!(bytes[start], b'.' | b'-' | b'\'' | b'%') {
        start += 1;
    }
    let sound = start < at && bytes[at - 1] != b'.' && at - start <= LOCAL_MAX;
    sound.then_some(start)
}

/// Steps back over the characters a local part has without quotes. `/`, `=`, `&`, `|` and the like are allowed by the
/// RFC and delimiters in practice; an apostrophe counts between letters only (`o'brien`, not `'bob'`).
fn atom_start(text: &str, from: usize, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut start = from;
    while start > 0 {
        if at - start > LOCAL_MAX {
            return None;
        }
        let byte = bytes[start - 1];
        let part = byte.is_ascii_alphanumeric()
            || matches!(byte, b'.' | b'_' | b'+' | b'-')
            || byte == b'%' && bytes.get(start).is_some_and(u8::is_ascii_hexdigit)
            || byte == b'\'' && start > 1 && bytes[start - 2].is_ascii_alphabetic() && bytes.get(start) != Some(&b'@');
        if part {
            start -= 1;
        } else if byte.is_ascii() {
            break;
        } else {
            let Some(c) = text.get(..start).and_then(|text| text.chars().next_back()) else { break };
            let change = edges::unspaced(c) && start < at && bytes[start].is_ascii_alphanumeric();
            if !edges::is_alphanumeric(c) || change {
                break;
            }
            start -= c.len_utf8();
        }
    }
    Some(start)
}

/// The opening quote, if a quoted piece ends at `end` and it is a piece of the local part: `test."foo".bar`.
fn quoted_start(bytes: &[u8], end: usize, at: usize) -> Option<usize> {
    let piece = bytes.get(..end)?.strip_suffix(b"\"")?;
    if !matches!(bytes.get(end), Some(b'.' | b'@')) {
        return None;
    }
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-' | b' ');
    let length = piece.iter().rev().take(LOCAL_MAX).take_while(|byte| inside(byte)).count();
    let quote = piece.len().checked_sub(length + 1)?;
    (length > 0 && bytes[quote] == b'"' && at - quote <= LOCAL_MAX).then_some(quote)
}

/// The end of a host name without dots.
fn host_end(bytes: &[u8], start: usize) -> Option<usize> {
    let length = bytes[start..].iter().take(LOCAL_MAX).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    (length > 1).then_some(start + length)
}

/// Whether the name that begins at `start` has no dot behind its first label, of ASCII.
fn is_one_label(bytes: &[u8], start: usize) -> bool {
    let label = bytes[start..].iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'-'));
    label.is_none_or(|length| bytes[start + length].is_ascii() && bytes[start + length] != b'.')
}

/// Whether `mailto:` stands before.
fn mailto(bytes: &[u8], start: usize) -> bool {
    const SCHEME: &[u8] = b"mailto:";
    start.checked_sub(SCHEME.len()).is_some_and(|from| bytes[from..start].eq_ignore_ascii_case(SCHEME))
}

/// What looks like an address and is code: a remote repository, a call on a matrix, a version, an image for dense
/// screens.
fn is_code(local: &str, domain: &str, after: &[u8]) -> bool {
    let remote = matches!(local, "git" | "hg" | "svn") || after.starts_with(b":") && repository(after);
    let call = after.first() == Some(&b'(');
    let mut labels = domain.split('.');
    let first = labels.next().unwrap_or_default();
    let numeric = |label: &str| label.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let version =
        numeric(first) && first.bytes().all(|byte| byte.is_ascii_digit()) && labels.next().is_some_and(numeric);
    let image = matches!(first.as_bytes(), [digit, b'x'] if digit.is_ascii_digit());
    remote || call || version || image
}

/// Whether the path after a host ends as repositories do.
fn repository(after: &[u8]) -> bool {
    let path = after.iter().take(LOCAL_MAX).take_while(|byte| byte.is_ascii_graphic()).count();
    after[..path].windows(4).any(|end| end == b".git")
}

/// Whether the address is the end of `scheme://user:pass@host`: that is a URL's, and no mailbox.
fn in_userinfo(bytes: &[u8], start: usize) -> bool {
    let part = |byte: &&u8| byte.is_ascii_graphic() && !matches!(byte, b'/' | b'"' | b'<' | b'>' | b',' | b';');
    let user = bytes[..start].iter().rev().take(USER_MAX).take_while(part).count();
    let whole =
        user == 0 || bytes[start - 1] == b':' && bytes[start - user..start - 1].iter().all(|byte| *byte != b'?');
    whole && bytes[..start - user].ends_with(b"://")
}

#[cfg(test)]
mod tests;
