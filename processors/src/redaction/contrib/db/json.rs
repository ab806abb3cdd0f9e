//! JSON commands (MongoDB, Elasticsearch, OpenSearch) without their values: each becomes `"?"`, keys stay.

/// JSON with each value that is no object or array as `"?"`, without white space; `None` if it is not JSON.
pub(super) fn clean(text: &str) -> Option<String> {
    let mut reader = Reader { text, at: 0, out: String::with_capacity(text.len()) };
    reader.value()?;
    reader.space();
    (reader.at == text.len()).then_some(reader.out)
}

/// As [`clean`] for each line where the whole is not JSON, as bulk requests are; what is not JSON goes whole.
pub(super) fn clean_lines(text: &str) -> String {
    if let Some(cleaned) = clean(text) {
        return cleaned;
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let cleaned: Option<Vec<String>> = lines.map(clean).collect();
    cleaned.filter(|lines| lines.len() > 1).map_or_else(|| "?".to_owned(), |lines| lines.join("\n"))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    out: String,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// A value at any depth: what is open is a list, not a stack of calls.
    fn value(&mut self) -> Option<()> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            self.space();
            match self.peek()? {
                bracket @ (b'{' | b'[') => {
                    let close = if bracket == b'{' { b'}' } else { b']' };
                    self.push(bracket);
                    self.space();
                    if self.peek()? != close {
                        open.push(close);
                        if close == b'}' {
                            self.key()?;
                        }
                        continue;
                    }
                    self.push(close);
                }
                b'"' => {
                    self.string()?;
                    self.out.push_str("\"?\"");
                }
                _ => {
                    self.literal()?;
                    self.out.push_str("\"?\"");
                }
            }
            if self.after(&mut open)? {
                return Some(());
            }
        }
    }

    /// What follows a value: closes, or a comma and the next. Whether all is closed.
    fn after(&mut self, open: &mut Vec<u8>) -> Option<bool> {
        while let Some(close) = open.last().copied() {
            self.space();
            match self.peek()? {
                b',' => {
                    self.push(b',');
                    if close == b'}' {
                        self.key()?;
                    }
                    return Some(false);
                }
                byte if byte == close => {
                    self.push(close);
                    open.pop();
                }
                _ => return None,
            }
        }
        Some(true)
    }

    /// A key and its colon.
    fn key(&mut self) -> Option<()> {
        self.space();
        let from = self.at;
        self.string()?;
        self.out.push_str(&self.text[from..self.at]);
        self.space();
        (self.peek()? == b':').then(|| self.push(b':'))
    }

    fn push(&mut self, byte: u8) {
        self.out.push(char::from(byte));
        self.at += 1;
    }

    fn string(&mut self) -> Option<()> {
        if self.peek()? != b'"' {
            return None;
        }
        loop {
            self.at += 1;
            match self.peek()? {
                b'"' => break,
                b'\\' => self.escape()?,
                0..0x20 => return None,
                _ => {}
            }
        }
        self.at += 1;
        Some(())
    }

    fn escape(&mut self) -> Option<()> {
        self.at += 1;
        match self.peek()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                let digits = self.text.as_bytes().get(self.at + 1..self.at + 5)?;
                self.at += 4;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(())
            }
            _ => None,
        }
    }

    /// `true`, `null`, a number.
    fn literal(&mut self) -> Option<()> {
        let rest = &self.text[self.at..];
        let part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.');
        let word = &rest[..rest.find(|letter| !part(letter)).unwrap_or(rest.len())];
        self.at += word.len();
        (matches!(word, "true" | "false" | "null") || is_number(word)).then_some(())
    }
}

/// Whether `word` is a number as JSON has it: `-1`, `0.5e+3`, no leading zeros.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = word.split_once(['e', 'E']).map_or((word, None), |(one, two)| (one, Some(two)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(one, two)| (one, Some(two)));
    let unsigned = |text: &str| digits(text.strip_prefix(['+', '-']).unwrap_or(text));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(unsigned)
}
