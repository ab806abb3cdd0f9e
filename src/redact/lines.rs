//! Lines of any input, bounded.

use std::io::{self, BufRead, BufReader, Read};

/// The longest line, or text read as a whole, in bytes.
pub(super) const MAX_LINE: usize = 64 << 20;

/// What comes next.
pub(super) enum Line<'a> {
    /// Without its newline.
    Text(&'a [u8]),
    /// Longer than [`MAX_LINE`]; skipped to its end.
    TooLong,
    /// Nothing.
    End,
}

/// An input, line by line.
pub(super) struct Lines {
    input: BufReader<Box<dyn Read>>,
    line: Vec<u8>,
    most: usize,
}

impl Lines {
    pub(super) fn new(input: BufReader<Box<dyn Read>>) -> Self {
        Self { input, line: Vec::new(), most: MAX_LINE }
    }

    /// The next line.
    pub(super) fn next(&mut self) -> io::Result<Line<'_>> {
        self.read(Some(b'\n'))
    }

    /// All that is left, as one.
    pub(super) fn rest(&mut self) -> io::Result<Line<'_>> {
        self.read(None)
    }

    /// Whether the next line may have to be waited for.
    pub(super) fn is_drained(&self) -> bool {
        self.input.buffer().is_empty()
    }

    fn read(&mut self, end: Option<u8>) -> io::Result<Line<'_>> {
        self.line.clear();
        let (mut any, mut long) = (false, false);
        loop {
            let block = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                block => block?,
            };
            if block.is_empty() {
                break;
            }
            any = true;
            let newline = end.and_then(|end| block.iter().position(|byte| *byte == end));
            let part = &block[..newline.unwrap_or(block.len())];
            long |= self.line.len() + part.len() > self.most;
            if !long {
                self.line.extend_from_slice(part);
            }
            let read = part.len() + usize::from(newline.is_some());
            self.input.consume(read);
            if newline.is_some() {
                break;
            }
        }
        Ok(match (any, long) {
            (false, _) => Line::End,
            (true, true) => Line::TooLong,
            (true, false) => Line::Text(&self.line),
        })
    }
}

#[cfg(test)]
mod tests;
