//! Words that vouch for a match: near it in the text, in the key, or on the path of keys around it.

/// How far before a match a word counts, and how far behind it, in bytes.
const BEFORE: usize = 50;
const BEHIND: usize = 24;

/// A text as words are looked for in: lower-case ASCII, one space between words and at both ends. A key in camel
/// case falls into its words.
#[derive(Clone, Debug, Default)]
pub(super) struct Words(Vec<u8>);

impl Words {
    /// The words of a key or path.
    pub(super) fn fill_key(&mut self, key: &str) {
        self.fill(key.as_bytes(), true);
    }

    /// The words near bytes `start..end` of a text, the match itself left out.
    pub(super) fn fill_near(&mut self, text: &str, start: usize, end: usize) {
        let bytes = text.as_bytes();
        // A word that is cut at the edge would be another word.
        let from = start.saturating_sub(BEFORE);
        let from = if from == 0 {
            0
        } else {
            from + bytes[from..start].iter().position(|byte| !is_word(*byte)).unwrap_or(start - from)
        };
        let to = (end + BEHIND).min(bytes.len());
        let to = if to == bytes.len() {
            to
        } else {
            end + bytes[end..to].iter().rposition(|byte| !is_word(*byte)).unwrap_or(0)
        };
        self.fill(&bytes[from..start], false);
        let half = self.0.len();
        self.push(&bytes[end..to], false);
        // One word on both sides of the match is none.
        if half < self.0.len() && self.0[half - 1] != b' ' {
            self.0.insert(half, b' ');
        }
    }

    /// Whether one of `words` is among them.
    pub(super) fn have<W: AsRef<str>>(&self, words: &[W]) -> bool {
        words.iter().any(|word| {
            let word = word.as_ref().as_bytes();
            let whole = |at: usize| self.0[at - 1] == b' ' && self.0.get(at + word.len()) == Some(&b' ');
            memchr::memmem::find_iter(&self.0, word).any(|at| at > 0 && whole(at))
        })
    }

    fn fill(&mut self, text: &[u8], camel: bool) {
        self.0.clear();
        self.0.push(b' ');
        self.push(text, camel);
    }

    fn push(&mut self, text: &[u8], camel: bool) {
        let mut before = b' ';
        for &byte in text {
            let last = self.0.last() == Some(&b' ');
            if !is_word(byte) {
                if !last {
                    self.0.push(b' ');
                }
            } else {
                if camel && byte.is_ascii_uppercase() && before.is_ascii_lowercase() && !last {
                    self.0.push(b' ');
                }
                self.0.push(byte.to_ascii_lowercase());
            }
            before = byte;
        }
        if self.0.last() != Some(&b' ') {
            self.0.push(b' ');
        }
    }
}

/// Letters and digits, and every byte of a character that is not ASCII.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

#[cfg(test)]
mod tests;
