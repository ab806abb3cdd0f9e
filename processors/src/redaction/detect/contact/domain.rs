//! Names of hosts as addresses carry them: where one ends, and whether its last label is a real one.

mod tops;

use super::edges::{is_alphanumeric, unspaced};

/// The longest name DNS allows, in bytes; an internationalised one may be somewhat longer before it is encoded.
const NAME_MAX: usize = 253;
/// The longest label DNS allows.
const LABEL_MAX: usize = 63;
/// The longest top-level domain in use that is no punycode.
const TOP_MAX: usize = 18;

/// Two-letter top-level domains: those of countries and territories, one after the other, sorted.
const COUNTRIES: &str = "acadaeafagaialamaoaqarasatauawaxazbabbbdbebfbgbhbibjblbmbnbobqbrbsbtbvbwbybz\
    cacccdcfcgchcickclcmcncocrcucvcwcxcyczdedjdkdmdodzeceeegeheresetfifjfkfmfofrgagbgdgegfggghgiglgmgngpgqgrgsgtgugwgy\
    hkhmhnhrhthuidieiliminioiqirisitjejmjojpkekgkhkikmknkpkrkwkykzlalblclilklrlsltlulvlymamcmdmemfmgmhmkmlmmmnmompmqmr\
    msmtmumvmwmxmymznancnenfngninlnonpnrnunzompapepfpgphpkplpmpnprpsptpwpyqarerorsrurwsasbscsdsesgshsisjskslsmsnsosrss\
    stsvsxsyszsutctdtftgthtjtktltmtntotrtttvtwtzuaugukumusuyuzvavcvevgvivnvuwfwsyeytzazmzweuxk";

/// How far a host name could be read, and what its last label says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// The byte after it.
    pub(crate) end: usize,
    /// How many labels it has.
    pub(crate) labels: usize,
    /// Whether its last label is a top-level domain in use.
    pub(crate) known: bool,
}

/// Reads a dotted name from `start`: labels of letters, digits and inner hyphens, the last of them without a digit
/// (or punycode). Trailing dots and hyphens are left out. Reads no more than DNS allows. In `example.com.Then` and
/// `example.com.2` the name ends after the known top-level domain: the space was forgotten.
pub(crate) fn read(text: &str, start: usize) -> Option<Name> {
    let sound = |label: usize| text.get(label..label_end(text, label)).filter(|body| sound_label(body));
    let mut name: Option<Name> = None;
    let (mut label, mut labels) = (start, 0);
    let mut body = sound(start)?;
    loop {
        let end = label + body.len();
        labels += 1;
        let inside = name.filter(|name| name.known && name.labels > 1);
        let top = is_top(body);
        let known = (top || inside.is_some()) && is_known(body);
        let sentence = || body.starts_with(char::is_uppercase) && !text[start..].starts_with(char::is_uppercase);
        name = match inside {
            Some(_) if !known && (!top || sentence()) => return inside,
            _ => top.then_some(Name { end, labels, known }),
        };
        let more = text.as_bytes().get(end) == Some(&b'.') && end - start < NAME_MAX;
        let Some(next) = more.then(|| sound(end + 1)).flatten() else { return name };
        (label, body) = (end + 1, next);
    }
}

/// Whether this is the two-letter code of a country, in upper case.
pub(crate) fn is_country(code: [u8; 2]) -> bool {
    code.iter().all(u8::is_ascii_uppercase) && has_country(code.map(|byte| byte.to_ascii_lowercase()))
}

/// Whether a top-level domain is in use.
pub(crate) fn is_known(label: &str) -> bool {
    if let [first, second] = *label.as_bytes()
        && label.is_ascii()
    {
        return has_country([first, second].map(|byte| byte.to_ascii_lowercase()));
    }
    if !label.is_ascii() {
        return true; // internationalised ones are few, and no code looks like them
    }
    let mut room = [0; TOP_MAX];
    let Some(lower) = room.get_mut(..label.len()) else {
        return label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    };
    lower.copy_from_slice(label.as_bytes());
    lower.make_ascii_lowercase();
    lower.starts_with(b"xn--") || is_listed(lower)
}

/// The first eight bytes of each of [`tops::TOPS`] as a number, so ordered as these are.
static HEADS: [u64; tops::TOPS.len()] = {
    let (mut heads, mut at) = ([0; tops::TOPS.len()], 0);
    while at < heads.len() {
        heads[at] = head(tops::TOPS[at].as_bytes());
        at += 1;
    }
    heads
};

const fn head(label: &[u8]) -> u64 {
    let (mut head, mut at) = (0, 0);
    while at < 8 {
        head = head << 8 | if at < label.len() { label[at] as u64 } else { 0 };
        at += 1;
    }
    head
}

/// Whether this is one of [`tops::TOPS`].
fn is_listed(lower: &[u8]) -> bool {
    let head = head(lower);
    let from = HEADS.partition_point(|other| *other < head);
    let mut near = HEADS[from..].iter().zip(&tops::TOPS[from..]).take_while(|(other, _)| **other == head);
    near.any(|(_, top)| top.as_bytes() == lower)
}

/// The codes of countries by their first letter, a bit for each second one.
const BY_FIRST: [u32; 26] = {
    let (codes, mut seconds, mut at) = (COUNTRIES.as_bytes(), [0; 26], 0);
    while at < codes.len() {
        seconds[(codes[at] - b'a') as usize] |= 1 << (codes[at + 1] - b'a');
        at += 2;
    }
    seconds
};

fn has_country([first, second]: [u8; 2]) -> bool {
    let seconds = first.checked_sub(b'a').and_then(|first| BY_FIRST.get(usize::from(first)));
    second.is_ascii_lowercase() && seconds.is_some_and(|seconds| seconds >> (second - b'a') & 1 == 1)
}

/// The end of the label that begins at `start`: letters, digits and hyphens, in one kind of script.
///
/// `example.com请` ends before the Han character: nobody writes a space there.
fn label_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let narrow = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'-';
    let mut at = start + bytes.get(start..).unwrap_or_default().iter().take(LABEL_MAX + 1).take_while(narrow).count();
    // Nearly all labels are of ASCII or of one of these to their end.
    if at - start <= LABEL_MAX && bytes.get(at).is_none_or(u8::is_ascii) {
        return without_hyphens(bytes, start, at);
    }
    if at == start {
        while at - start <= LABEL_MAX && bytes.get(at).is_some_and(|lead| is_ideograph(*lead)) {
            at += 3;
        }
    }
    let mut chars = text.get(at..).unwrap_or_default().chars();
    while at - start <= LABEL_MAX {
        match chars.next() {
            Some(c) if c.is_ascii_alphanumeric() || c == '-' => at += 1,
            Some(c) if !c.is_ascii() => {
                let after_ascii = at > start && bytes[at - 1].is_ascii();
                if !is_part(c) || after_ascii && (unspaced(c) || !is_alphanumeric(c)) {
                    break;
                }
                at += c.len_utf8();
            }
            _ => break,
        }
    }
    without_hyphens(bytes, start, at)
}

/// The end of the label that ends at `at` with all its hyphens.
fn without_hyphens(bytes: &[u8], start: usize, mut at: usize) -> usize {
    while at > start && bytes[at - 1] == b'-' {
        at -= 1;
    }
    at
}

/// Whether this is the first of the three bytes of a character of a block that is full of Han or Hangul (U+4000 to
/// U+9FFF, U+B000 to U+CFFF): all are parts of names, which need not be decoded to know it.
pub(crate) fn is_ideograph(lead: u8) -> bool {
    matches!(lead, 0xe4..=0xe9 | 0xeb | 0xec)
}

/// Whether a sentence goes on at `start`, and no name: more ideographs in a row than top-level domains have, of which the
/// longest is of six, and no dot behind them.
pub(crate) fn is_sentence(text: &str, start: usize) -> bool {
    const MOST: usize = 8;
    let bytes = text.as_bytes();
    let mut at = start;
    while at - start <= LABEL_MAX && bytes.get(at).is_some_and(|lead| is_ideograph(*lead)) {
        at += 3;
    }
    at - start > 3 * MOST && bytes.get(at) != Some(&b'.')
}

/// Whether a name may have the character: a letter, a digit, a hyphen, a dot, or a symbol, as some do.
pub(crate) fn is_part(c: char) -> bool {
    match c {
        '-' | '.' => true,
        // Letters of most scripts without spaces stand behind the arrows: no table need be asked about them.
        _ if c > '\u{2190}' => !c.is_whitespace() && !fullwidth(c),
        _ => is_alphanumeric(c),
    }
}

/// Where the first character from `start` on stands that is no part of a name.
pub(crate) fn parts_end(text: &str, start: usize) -> usize {
    let mut at = start;
    loop {
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        at += text.as_bytes()[at..].iter().position(|byte| !part(byte)).unwrap_or(text.len() - at);
        match text[at..].chars().next().filter(|c| !c.is_ascii() && is_part(*c)) {
            Some(c) => at += c.len_utf8(),
            None => return at,
        }
    }
}

/// Full-width forms and ideographic punctuation: they end a name as their narrow forms do.
fn fullwidth(c: char) -> bool {
    matches!(u32::from(c), 0x3000..=0x303f | 0xff00..=0xffef | 0xfffd)
}

fn sound_label(label: &str) -> bool {
    !label.is_empty() && label.len() <= LABEL_MAX && !label.starts_with('-')
}

/// Whether a label can be a top-level domain: two letters or more and nothing else, or punycode.
fn is_top(label: &str) -> bool {
    if label.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return label.len() >= 2;
    }
    if label.is_ascii() {
        return label.len() > 4 && label.starts_with("xn--");
    }
    label.chars().nth(1).is_some() && label.chars().all(is_letter) || label.len() > 4 && label.starts_with("xn--")
}

/// Whether the character is alphabetic: of Han, kana and Hangul, whose blocks are full, without a look at the tables.
fn is_letter(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
        || c.is_alphabetic()
}

#[cfg(test)]
mod tests;
