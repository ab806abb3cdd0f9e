//! Quotes and blanks beyond ASCII, and quotes as HTML writes them: what word processors, chats and pages make of pairs.

use memchr::memmem;

/// A quote that is open.
pub(super) struct Quote {
    /// How long it is.
    pub(super) len: usize,
    /// Either closes it.
    closes: [&'static [u8]; 2],
}

const DOUBLE: [&[u8]; 2] = ["\u{201d}".as_bytes(), "\u{201c}".as_bytes()];
const SINGLE: [&[u8]; 2] = ["\u{2019}".as_bytes(), "\u{2018}".as_bytes()];
const CORNER: [&[u8]; 2] = ["\u{300d}".as_bytes(), "\u{300f}".as_bytes()];
/// As HTML writes them: each closes itself.
const ENTITIES: [&[u8]; 4] = [b"&quot;", b"&#34;", b"&#39;", b"&apos;"];

/// The quote that `text` begins with.
pub(super) fn open(text: &[u8]) -> Option<Quote> {
    let closes = match text {
        [0xe2, 0x80, 0x9c..=0x9e, ..] => DOUBLE,
        [0xe2, 0x80, 0x98..=0x9a, ..] => SINGLE,
        [0xe3, 0x80, 0x8c | 0x8e, ..] => CORNER,
        [b'&', ..] => {
            let entity = ENTITIES.into_iter().find(|entity| text.starts_with(entity))?;
            return Some(Quote { len: entity.len(), closes: [entity; 2] });
        }
        _ => return None,
    };
    Some(Quote { len: 3, closes })
}

impl Quote {
    /// Length of what stands in it; to the end of the line where it does not close.
    pub(super) fn closed(&self, text: &[u8]) -> usize {
        let line = memchr::memchr(b'\n', text).unwrap_or(text.len());
        let close = self.closes.iter().filter_map(|close| memmem::find(&text[..line], close)).min();
        close.unwrap_or(line)
    }
}

/// Length of the quote or blank that ends `text`; 0 where there is none.
pub(super) fn before(text: &[u8]) -> usize {
    match text {
        [.., 0xe2, 0x80, 0x98..=0x9e] | [.., 0xe3, 0x80, 0x8c..=0x8f | 0x80] => 3,
        [.., 0xc2, 0xa0] => 2,
        [.., b';'] => ENTITIES.into_iter().find(|entity| text.ends_with(entity)).map_or(0, <[u8]>::len),
        _ => 0,
    }
}

/// Length of the blank that `text` begins with; 0 where it begins with none.
pub(super) fn blank(text: &[u8]) -> usize {
    match text {
        [0xc2, 0xa0, ..] => 2,
        [0xe3, 0x80, 0x80, ..] | [0xe2, 0x80, 0xaf, ..] => 3,
        _ => 0,
    }
}

/// Whether `text` begins with what ends a value without quotes: a blank, a closing quote, a mark of full width.
pub(super) fn ends(text: &[u8]) -> bool {
    let mark = matches!(text, [0xe3, 0x80, 0x81 | 0x82, ..] | [0xef, 0xbc, 0x8c | 0x9b, ..]);
    mark || blank(text) > 0 || matches!(text, [0xe2, 0x80, 0x9c | 0x9d, ..] | [0xe3, 0x80, 0x8d | 0x8f, ..])
}

#[cfg(test)]
mod tests;
