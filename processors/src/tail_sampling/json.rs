//! The fields of a JSON object in a text, at its top level: found by its quotes and brackets, nothing else is read.

/// The fields, each by its key and what stands behind the colon, up to the end of the text. What is no JSON has none,
/// or those before it ceased to be.
pub(super) struct Fields<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
}

impl<'t> Fields<'t> {
    pub(super) fn of(text: &'t [u8]) -> Self {
        Self { text, at: 0, depth: 0 }
    }
}

impl<'t> Iterator for Fields<'t> {
    type Item = (&'t [u8], &'t [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                b'"' => {
                    let inside = string(self.text.get(self.at..).unwrap_or_default());
                    self.at += inside.len() + 1;
                    let behind = self.text.get(self.at..).unwrap_or_default().trim_ascii_start();
                    if let (1, Some(value)) = (self.depth, behind.strip_prefix(b":")) {
                        return Some((inside, value.trim_ascii_start()));
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// What stands before the quote that ends a string.
pub(super) fn string(text: &[u8]) -> &[u8] {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => break,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    &text[..at.min(text.len())]
}
