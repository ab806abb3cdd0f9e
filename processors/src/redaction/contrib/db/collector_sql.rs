//! SQL without its literals, exactly as the Collector's sanitizer leaves it (DataDog/go-sqllexer 0.1, obfuscation without
//! normalisation): its tokens, and with them what it lets through: comments, text in double quotes, what is not closed.
//!
//! It knows one dialect by its name, `mysql`, and that only for the names of spans.

/// Words after which a `.` begins a new token.
const KEYWORDS: &[&str] = &[
    "ADD",
    "ALL",
    "ALTER",
    "ANALYZE",
    "AND",
    "ANY",
    "AS",
    "ASC",
    "ASSERTION",
    "BEGIN",
    "BETWEEN",
    "BY",
    "CASE",
    "CHECK",
    "CLONE",
    "CLUSTER",
    "COLUMN",
    "COMMIT",
    "CONSTRAINT",
    "COPY",
    "CREATE",
    "CUBE",
    "DATABASE",
    "DECLARE",
    "DEFAULT",
    "DELETE",
    "DESC",
    "DISTINCT",
    "DOMAIN",
    "DROP",
    "ELSE",
    "END",
    "ESCAPE",
    "EXEC",
    "EXECUTE",
    "EXISTS",
    "EXPLAIN",
    "FOREIGN",
    "FROM",
    "GRANT",
    "GROUP",
    "HAVING",
    "IF",
    "ILIKE",
    "IN",
    "INDEX",
    "INNER",
    "INSERT",
    "INTO",
    "IS",
    "JOIN",
    "KEY",
    "LEFT",
    "LIKE",
    "LIMIT",
    "LITERAL",
    "MERGE",
    "NOT",
    "OF",
    "OFFSET",
    "ON",
    "ONLY",
    "OR",
    "ORDER",
    "OUT",
    "OUTER",
    "PLPGSQL",
    "PRIMARY",
    "PROC",
    "PROCEDURE",
    "RECURSIVE",
    "REPLACE",
    "RETURNING",
    "RETURNS",
    "REVOKE",
    "RIGHT",
    "ROLLBACK",
    "ROLLUP",
    "ROWNUM",
    "SELECT",
    "SET",
    "SKIP",
    "SOME",
    "STRAIGHT_JOIN",
    "TABLE",
    "TEMPORARY",
    "TOP",
    "TRIGGER",
    "TRUNCATE",
    "UNION",
    "UNIQUE",
    "UNLOGGED",
    "UPDATE",
    "USE",
    "USING",
    "VACCUM",
    "VALUES",
    "VIEW",
    "WHERE",
    "WINDOW",
    "WITH",
];

/// `statement` with `?` in place of each literal, and of the digits in names.
pub(super) fn clean(statement: &str, mysql: bool) -> String {
    let mut lexer = Lexer { text: statement, at: 0, out: String::with_capacity(statement.len()), mysql };
    // It takes a NUL for the end.
    while lexer.byte(0) != 0 {
        lexer.token();
    }
    lexer.out.trim().to_owned()
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    out: String,
    mysql: bool,
}

impl<'a> Lexer<'a> {
    /// The byte `ahead`; 0 beyond the end.
    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn letter(&self, ahead: usize) -> char {
        self.text.get(self.at + ahead..).and_then(|rest| rest.chars().next()).unwrap_or('\0')
    }

    /// The next `length` bytes, as they are.
    fn copy(&mut self, length: usize) {
        self.out.push_str(&self.text[self.at..self.at + length]);
        self.at += length;
    }

    fn mask(&mut self, length: usize) {
        self.at += length;
        self.out.push('?');
    }

    /// How many bytes from `from` on, counted from here, are one of these.
    fn run(&self, from: usize, of: impl Fn(char) -> bool) -> usize {
        let rest = self.text.get(self.at + from..).unwrap_or_default();
        rest.find(|letter| !of(letter)).unwrap_or(rest.len())
    }

    fn token(&mut self) {
        let (first, next) = (self.byte(0), self.byte(1));
        match (first, next) {
            (b'"', _) if self.mysql => self.string(b'"'),
            (b'"', _) => self.quoted('"'),
            (b'`', _) if self.mysql => self.quoted('`'),
            (b'\'', _) => self.string(b'\''),
            (b'-', b'-') => self.copy(self.run(0, |letter| letter != '\n' && letter != '\0')),
            (b'#', _) if self.mysql => self.copy(self.run(0, |letter| letter != '\n' && letter != '\0')),
            (b'/', b'*') => self.comment(),
            (b'0', b'x' | b'X') => self.mask(2 + self.run(2, |letter| letter.is_ascii_hexdigit())),
            (b'0', b'0'..=b'7') => self.mask(2 + self.run(2, |letter| matches!(letter, '0'..='7'))),
            (b'0'..=b'9', _) | (b'+' | b'-', b'0'..=b'9' | b'.') => self.decimal(1),
            (b'$', b'0'..=b'9') => self.mask(2 + self.run(2, |letter| letter.is_ascii_digit())),
            (b'$', _) => self.dollar(),
            (b'@', _) => self.at_sign(),
            (b'*', _) => self.copy(1),
            _ if begins_name(self.letter(0)) => self.name(),
            _ if is_operator(first) => self.operator(),
            _ => self.copy(self.letter(0).len_utf8()),
        }
    }

    /// `'it\'s'`, to the end if it is never closed.
    fn string(&mut self, quote: u8) {
        let mut length = 1;
        while self.byte(length) != 0 {
            match self.byte(length) {
                b'\\' if self.byte(length + 1) == 0 => length += 1,
                b'\\' => length += 2,
                byte => {
                    length += 1;
                    if byte == quote {
                        break;
                    }
                }
            }
        }
        self.mask(length);
    }

    /// `"name"`, `"a"."b"`: without digits; what is not closed stays.
    fn quoted(&mut self, quote: char) {
        let joined = format!("{quote}.{quote}");
        let mut length = 1;
        loop {
            match self.byte(length) {
                0 => return self.copy(length),
                _ if self.rest()[length..].starts_with(&joined) => length += joined.len(),
                byte if char::from(byte) == quote => break,
                _ => length += self.letter(length).len_utf8(),
            }
        }
        let name = &self.rest()[..=length];
        self.at += name.len();
        push_without_digits(name, &mut self.out);
    }

    fn comment(&mut self) {
        let rest = &self.rest()[2..];
        let rest = &rest[..rest.find('\0').unwrap_or(rest.len())];
        self.copy(2 + rest.find("*/").map_or(rest.len(), |at| at + 2));
    }

    /// `1`, `-1.5e-3`, from `length` on.
    fn decimal(&mut self, mut length: usize) {
        loop {
            match self.byte(length) {
                b'0'..=b'9' | b'.' => length += 1,
                b'e' | b'E' => length += 1 + usize::from(matches!(self.byte(length + 1), b'+' | b'-')),
                _ => return self.mask(length),
            }
        }
    }

    /// `$tag$ … $tag$`, where anything may be the tag; to the end as it is, if that does not come again.
    fn dollar(&mut self) {
        let rest = self.rest();
        let tag = &rest[..rest[1..].find('$').map_or(rest.len(), |at| at + 2)];
        // It compares letters of the tag by their last byte only: beyond ASCII none is found.
        let end = rest[tag.len()..].find(tag).filter(|_| tag.is_ascii() && tag.len() > 1);
        match end {
            None => self.copy(rest.len()),
            Some(at) if tag == "$func$" => {
                let inner = clean(&rest[tag.len()..tag.len() + at], self.mysql);
                self.out.extend([tag, &inner, tag]);
                self.at += at + 2 * tag.len();
            }
            Some(at) => self.mask(at + 2 * tag.len()),
        }
    }

    /// Variables, `@x` and `@@x`, stay, their digits too.
    fn at_sign(&mut self) {
        let prefix = if self.byte(1) == b'@' { 2 } else { 1 };
        if in_word(self.letter(prefix)) {
            let ascii = self.run(prefix, |letter| letter.is_ascii() && in_word(letter));
            // It loses its place in a letter beyond ASCII.
            let last = Some(self.letter(prefix + ascii)).filter(|letter| in_word(*letter)).map_or(0, char::len_utf8);
            return self.copy(prefix + ascii + last);
        }
        match (prefix, self.byte(1)) {
            (2, _) | (_, b'?' | b'>') => self.copy(2),
            _ => self.operator(),
        }
    }

    /// All operators in a row, so that a sign after one is no number's and a comment after one is none.
    fn operator(&mut self) {
        let length = match (self.byte(0), self.byte(1), self.byte(2)) {
            (b'-' | b'#', b'>', b'>') => 3,
            (b'-', b'>', _) | (b'#', b'>' | b'-', _) | (b'?', b'|' | b'&', _) | (b'<', b'@', _) => 2,
            _ => {
                let mut length = 1;
                let placeholder = |at: usize| self.byte(at - 1) == b'=' && matches!(self.byte(at), b'?' | b'@');
                while is_operator(self.byte(length)) && !placeholder(length) {
                    length += 1;
                }
                length
            }
        };
        self.copy(length);
    }

    /// A word, or a name with what it may hold; that of a function keeps its digits.
    fn name(&mut self) {
        let word = self.run(0, |letter| letter.is_ascii_alphabetic() || letter == '_');
        let ends = matches!(
            self.byte(word),
            0 | b' ' | b'\t' | b'\n' | b'\r' | b'(' | b')' | b',' | b';' | b'.' | b':' | b'[' | b']' | b'{' | b'}'
        );
        if ends {
            let upper = self.rest()[..word].to_ascii_uppercase();
            if matches!(upper.as_str(), "TRUE" | "FALSE" | "NULL") {
                return self.mask(word);
            }
            if KEYWORDS.contains(&upper.as_str()) {
                return self.copy(word);
            }
        }
        let length =
            self.run(0, |letter| begins_name(letter) || letter.is_ascii_digit() || "\".?$#/@!".contains(letter));
        if self.byte(length) == b'(' && self.byte(0).is_ascii() {
            return self.copy(length);
        }
        let name = &self.rest()[..length];
        self.at += length;
        push_without_digits(name, &mut self.out);
    }
}

fn begins_name(letter: char) -> bool {
    letter == '_' || letter.is_alphabetic()
}

fn in_word(letter: char) -> bool {
    begins_name(letter) || letter.is_numeric()
}

fn is_operator(byte: u8) -> bool {
    b"+-*/=<>!&|^%~?@:#".contains(&byte)
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
