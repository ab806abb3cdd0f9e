//! SQL without its literals, by a lexer that knows what a literal can look like in any dialect and nothing more.
//!
//! What dialects disagree on is masked: text in double quotes where they may be quotes of strings; all from a string
//! with `\'` in it to the last quote, because a backslash escapes in some and not in others.

/// What depends on the kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Text in double quotes is a name.
    names_in_quotes: bool,
    /// `#` begins a comment.
    hash_comments: bool,
    /// `[name]`
    brackets: bool,
}

impl Dialect {
    pub(super) fn of(system: &str) -> Self {
        let strings = ["mysql", "mariadb", "tidb", "bigquery", "gcp.bigquery", "hive", "databricks", "clickhouse"];
        Self {
            names_in_quotes: !strings.contains(&system),
            hash_comments: ["mysql", "mariadb", "tidb"].contains(&system),
            brackets: ["mssql", "sqlserver", "microsoft.sql_server", "mssqlcompact", "sybase"].contains(&system),
        }
    }
}

/// Words that statements begin with.
pub(super) fn begins(word: &str) -> bool {
    let words = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "UPSERT", "WITH", "CREATE", "ALTER", "DROP",
        "TRUNCATE", "GRANT", "REVOKE", "CALL", "EXEC", "EXECUTE", "EXPLAIN", "COPY",
    ];
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// `statement` with `?` in place of each literal, and of the digits in names.
pub(super) fn clean(statement: &str, dialect: Dialect) -> String {
    let mut lexer = Lexer { text: statement, at: 0, out: String::with_capacity(statement.len()), dialect };
    while lexer.at < statement.len() {
        lexer.token();
    }
    lexer.out.trim().to_owned()
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    out: String,
    dialect: Dialect,
}

impl<'a> Lexer<'a> {
    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next `length` bytes, read.
    fn take(&mut self, length: usize) -> &'a str {
        let taken = &self.text[self.at..self.at + length];
        self.at += length;
        taken
    }

    fn mask(&mut self, length: usize) {
        self.at += length;
        self.out.push('?');
    }

    fn copy(&mut self, length: usize) {
        let taken = self.take(length);
        self.out.push_str(taken);
    }

    fn token(&mut self) {
        match (self.byte(0), self.byte(1)) {
            (b'\'', _) => self.string(),
            (b'"', _) => self.quoted('"', self.dialect.names_in_quotes),
            (b'`', _) => self.quoted('`', true),
            (b'[', _) if self.dialect.brackets => self.quoted(']', true),
            (b'-', b'-') => self.comment("--", "\n"),
            (b'#', _) if self.dialect.hash_comments => self.comment("#", "\n"),
            (b'/', b'*') => self.comment("/*", "*/"),
            (b'+' | b'-', b'0'..=b'9' | b'.') | (b'0'..=b'9', _) | (b'.', b'0'..=b'9') => self.number(),
            (b'$', _) => self.dollar(),
            (b'@', b'@') => self.copy(2),
            (b'@', _) => self.copy(1),
            _ if self.rest().starts_with(begins_name) => self.name(),
            _ => {
                let length = self.rest().chars().next().map_or(1, char::len_utf8);
                self.copy(length);
            }
        }
    }

    /// `'it''s'`. With a `\'` in it where it ends depends on the dialect: all to the last quote goes.
    fn string(&mut self) {
        let body = &self.rest()[1..];
        let (mut end, mut escaped) = (None, false);
        let mut bytes = body.bytes().enumerate();
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'\\' => {
                    escaped |= body[at..].starts_with(r"\'");
                    bytes.next();
                }
                b'\'' => {
                    end = Some(at + 2);
                    break;
                }
                _ => {}
            }
        }
        let length = match end {
            Some(_) if escaped => self.rest().rfind('\'').map_or(self.rest().len(), |at| at + 1),
            Some(end) => end,
            // Never closed, or closed by a quote that a backslash seemed to escape: to the end either way.
            None => self.rest().len(),
        };
        self.mask(length);
    }

    /// A name in quotes keeps all but its digits; a string in quotes nothing.
    fn quoted(&mut self, close: char, name: bool) {
        let Some(end) = self.rest()[1..].find(close).map(|at| at + 2) else {
            return self.mask(self.rest().len());
        };
        let inside = &self.rest()[1..end - 1];
        if name && !is_value(inside, close) {
            let text = self.take(end);
            return push_without_digits(text, &mut self.out);
        }
        self.mask(end);
    }

    fn comment(&mut self, open: &str, close: &str) {
        let inside = &self.rest()[open.len()..];
        let end = inside.find(close);
        let blank = inside[..end.unwrap_or(inside.len())].trim().is_empty();
        self.out.push_str(open);
        if !blank {
            self.out.push_str(" ? ");
        }
        if close == "*/" {
            self.out.push_str(close);
        } else if end.is_some() {
            let kept = self.out.trim_end_matches(' ').len();
            self.out.truncate(kept);
            self.out.push('\n');
        }
        self.at += open.len() + end.map_or(inside.len(), |end| end + close.len());
    }

    /// `1`, `-1.5e-3`, `0x1F`, `1_000`.
    fn number(&mut self) {
        let bytes = self.rest().as_bytes();
        let mut length = 1;
        if bytes[0] == b'0' && matches!(self.byte(1), b'x' | b'X') {
            length = 2;
        }
        while let Some(byte) = bytes.get(length) {
            let exponent = matches!(bytes[length - 1], b'e' | b'E') && matches!(byte, b'+' | b'-');
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || exponent) {
                break;
            }
            length += 1;
        }
        self.mask(length);
    }

    /// `$1`, `$tag$ … $tag$`, or a name.
    fn dollar(&mut self) {
        let inside = &self.rest()[1..];
        let word = inside.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(inside.len());
        if inside[word..].starts_with('$') {
            let tag = &self.rest()[..word + 2];
            let end = self.rest()[tag.len()..].find(tag).map(|at| at + 2 * tag.len());
            return self.mask(end.unwrap_or(self.rest().len()));
        }
        if word > 0 && inside.as_bytes()[0].is_ascii_digit() {
            return self.mask(word + 1);
        }
        self.copy(1);
    }

    fn name(&mut self) {
        let continues = |letter: char| begins_name(letter) || letter.is_alphanumeric() || ".$#@!".contains(letter);
        let length = self.rest().find(|letter| !continues(letter)).unwrap_or(self.rest().len());
        let name = self.take(length);
        let literal = ["true", "false", "null"].iter().any(|word| word.eq_ignore_ascii_case(name));
        if literal {
            self.out.push('?');
        } else if self.byte(0) == b'(' {
            self.out.push_str(name);
        } else {
            push_without_digits(name, &mut self.out);
        }
    }
}

/// Whether text in double quotes is a value rather than a name: by what it holds.
fn is_value(inside: &str, close: char) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || "_$-. #/:".contains(letter);
    close == '"' && (inside.is_empty() || !inside.chars().all(plain))
}

fn begins_name(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_'
}

/// `text` with a `?` for each run of digits.
fn push_without_digits(text: &str, out: &mut String) {
    let mut digits = false;
    for letter in text.chars() {
        let digit = letter.is_ascii_digit();
        if !digit {
            out.push(letter);
        } else if !digits {
            out.push('?');
        }
        digits = digit;
    }
}
