//! Where texts come from and where in them something stands.

/// A text that holds configuration: a file, a variable, an argument.
#[derive(Clone, Debug)]
pub struct Source {
    /// How messages name it: the path as it was given, `env`, `--set`.
    pub name: String,
    /// The text itself.
    pub text: String,
}

/// A range of bytes of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which source, by index.
    pub source: usize,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// A line and a column, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Source {
    /// The line and column of a byte.
    pub fn position(&self, byte: usize) -> Position {
        let before = self.up_to(byte);
        let line = before.matches('\n').count() + 1;
        let column = before[self.line_start(byte)..].chars().count() + 1;
        Position { line, column }
    }

    /// Where the line of a byte starts.
    pub(super) fn line_start(&self, byte: usize) -> usize {
        self.up_to(byte).rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// Where the line of a byte ends, without its line break.
    pub(super) fn line_end(&self, byte: usize) -> usize {
        let start = self.up_to(byte).len();
        let end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
        let line = &self.text[self.line_start(byte)..end];
        end - usize::from(line.ends_with('\r'))
    }

    /// The text before a byte, moved back to a character's start.
    fn up_to(&self, byte: usize) -> &str {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        &self.text[..byte]
    }
}
