//! W3C `tracestate`: `key=value` members of tracing systems, the one that wrote last in front.

/// Most members of one tracestate.
pub(super) const MEMBERS: usize = 32;

/// A tracestate, or the `ot` member of one, that does not follow its grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tail_sampling) struct Unreadable;

/// The value of member `key`.
///
/// # Errors
/// Where any member cannot be read.
pub(in crate::tail_sampling) fn member<'t>(trace_state: &'t str, key: &str) -> Result<Option<&'t str>, Unreadable> {
    let found = members(trace_state)?.into_iter().find(|(known, _)| *known == key);
    Ok(found.map(|(_, value)| value))
}

/// Every member, in order. Blanks around them do not count, and empty ones are none.
pub(super) fn members(trace_state: &str) -> Result<Vec<(&str, &str)>, Unreadable> {
    let mut members: Vec<(&str, &str)> = Vec::new();
    let blank = |letter: char| matches!(letter, ' ' | '\t');
    for text in trace_state.split(',').map(|text| text.trim_matches(blank)).filter(|text| !text.is_empty()) {
        let (key, value) = text.split_once('=').ok_or(Unreadable)?;
        let twice = members.iter().any(|(known, _)| *known == key);
        if twice || members.len() == MEMBERS || !is_key(key) || !is_value(value) {
            return Err(Unreadable);
        }
        members.push((key, value));
    }
    Ok(members)
}

// key = ( lcalpha / DIGIT ) 0*255( keychar ) or, as before Level 2, tenant-id (at most 241) "@" system-id (at most 14)
fn is_key(key: &str) -> bool {
    let first = |text: &str| text.starts_with(|letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit());
    let plain = |text: &str, most: usize| {
        let inside = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/');
        first(text) && text.len() <= most && text.bytes().all(inside)
    };
    match key.split_once('@') {
        None => plain(key, 256),
        Some((tenant, system)) => plain(tenant, 241) && plain(system, 14),
    }
}

// value = 0*255( chr ) nblk-chr, where chr is printable ASCII but "," and "="
fn is_value(value: &str) -> bool {
    (1..=256).contains(&value.len())
        && value.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'='))
}
