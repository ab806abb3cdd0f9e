//! The words of a condition, each with its place.

use super::{Op, ParseError};

/// The longest condition. Those in published configurations have some hundred bytes.
const LONGEST: usize = 16 << 10;

/// What is said of a number that is.
pub(super) const TOO_LARGE: &str = "the number does not fit into 64 bits with sign";

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A name, a keyword, an enum, `nil`, `true` or `false`.
    Word(&'t str),
    Text(String),
    /// Without its sign: up to 2^63, which only `-` makes a number of 64 bits.
    Int(u64),
    Double(f64),
    Bytes(Vec<u8>),
    Op(Op),
    /// One of `+ - * /`
    Sign(char),
    /// One of `( ) [ ] , .`
    Mark(char),
    End,
}

/// Reads the words of `text`; the last is [`Token::End`].
pub(super) fn read(text: &str) -> Result<Vec<(usize, Token<'_>)>, ParseError> {
    if text.len() > LONGEST {
        return Err(fault(LONGEST, format!("the condition is longer than {LONGEST} bytes")));
    }
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip(|byte| byte.is_ascii_whitespace());
        let at = lexer.at;
        let token = lexer.token()?;
        let last = token == Token::End;
        tokens.push((at, token));
        if last {
            return Ok(tokens);
        }
    }
}

pub(super) fn fault(at: usize, message: impl Into<String>) -> ParseError {
    ParseError { at, message: message.into() }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Moves on over ASCII as long as it is such; what it was.
    fn skip(&mut self, such: impl Fn(u8) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest.bytes().position(|byte| !such(byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn token(&mut self) -> Result<Token<'t>, ParseError> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        let behind_dot = rest.strip_prefix('.').unwrap_or(rest);
        if behind_dot.starts_with(|letter: char| letter.is_ascii_digit()) {
            return self.number();
        }
        match first {
            'a'..='z' | 'A'..='Z' | '_' => {
                Ok(Token::Word(self.skip(|byte| byte.is_ascii_alphanumeric() || byte == b'_')))
            }
            '"' => self.string(),
            '(' | ')' | '[' | ']' | ',' | '.' => {
                self.at += 1;
                Ok(Token::Mark(first))
            }
            '+' | '-' | '*' | '/' => {
                self.at += 1;
                Ok(Token::Sign(first))
            }
            _ => self.operator(),
        }
    }

    fn operator(&mut self) -> Result<Token<'t>, ParseError> {
        let operators = [
            ("==", Op::Equal),
            ("!=", Op::NotEqual),
            ("<=", Op::LessOrEqual),
            (">=", Op::GreaterOrEqual),
            ("<", Op::Less),
            (">", Op::Greater),
        ];
        let rest = self.rest();
        if let Some((sign, op)) = operators.into_iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.at += sign.len();
            return Ok(Token::Op(op));
        }
        let first = rest.chars().next().unwrap_or_default();
        Err(fault(
            self.at,
            match first {
                '=' => "`=` compares nothing: write `==`; arguments are given in their order, without names".to_owned(),
                '!' => "write `not`, or `!=` between two values".to_owned(),
                '&' => "write `and`".to_owned(),
                '|' => "write `or`".to_owned(),
                '\'' | '`' => "strings stand in double quotes".to_owned(),
                '{' | '}' => "conditions here have no maps".to_owned(),
                first => format!("`{}` means nothing here", first.escape_debug()),
            },
        ))
    }

    // int = 1*DIGIT; float = *DIGIT "." 1*DIGIT [ ( "e" / "E" ) [ "+" / "-" ] 1*DIGIT ]
    fn number(&mut self) -> Result<Token<'t>, ParseError> {
        let at = self.at;
        if self.rest().starts_with("0x") {
            self.at += 2;
            return self.bytes();
        }
        let digits = |lexer: &mut Self| lexer.skip(|byte| byte.is_ascii_digit()).len();
        digits(self);
        let whole = self.at;
        self.at += usize::from(self.rest().starts_with('.'));
        if self.at == whole || digits(self) == 0 {
            self.at = whole;
            let value = self.text[at..whole].parse().ok().filter(|number| *number <= i64::MIN.unsigned_abs());
            return value.map(Token::Int).ok_or_else(|| fault(at, TOO_LARGE));
        }
        let mantissa = self.at;
        if self.rest().starts_with(['e', 'E']) {
            self.at += 1;
            self.at += usize::from(self.rest().starts_with(['+', '-']));
            if digits(self) == 0 {
                self.at = mantissa;
            }
        }
        let value = self.text[at..self.at].parse();
        value.map(Token::Double).map_err(|_| fault(at, "the number cannot be read"))
    }

    /// What follows `0x`.
    fn bytes(&mut self) -> Result<Token<'t>, ParseError> {
        let at = self.at;
        let digits = self.skip(|byte| byte.is_ascii_hexdigit());
        if digits.is_empty() || !digits.len().is_multiple_of(2) {
            return Err(fault(at, "bytes are written with two hexadecimal digits each"));
        }
        let pairs =
            digits.as_bytes().chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | nibble(*digit)));
        Ok(Token::Bytes(pairs.collect()))
    }

    /// A string with the escapes of Go.
    fn string(&mut self) -> Result<Token<'t>, ParseError> {
        let start = self.at;
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let plain = self.skip(|byte| !matches!(byte, b'"' | b'\\' | b'\n'));
            bytes.extend_from_slice(plain.as_bytes());
            match self.rest().bytes().next() {
                Some(b'"') => {
                    self.at += 1;
                    let text = String::from_utf8(bytes);
                    return text.map(Token::Text).map_err(|_| fault(start, "the string is not UTF-8"));
                }
                Some(b'\\') => self.escape(&mut bytes)?,
                Some(_) => return Err(fault(self.at, "a string ends on its line: write `\\n` for the end of a line")),
                None => return Err(fault(start, "the string does not end: a `\"` is missing")),
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), ParseError> {
        let at = self.at;
        let Some(letter) = self.rest().chars().nth(1) else {
            return Err(fault(at, "the string does not end: a `\"` is missing"));
        };
        self.at += 1 + letter.len_utf8();
        out.push(match letter {
            'a' => 0x07,
            'b' => 0x08,
            'f' => 0x0C,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 0x0B,
            '\\' | '"' => letter as u8,
            'x' => self.code(at, 2, 16)? as u8,
            '0'..='7' => {
                self.at -= 1;
                let code = self.code(at, 3, 8)?;
                u8::try_from(code).map_err(|_| fault(at, "three octal digits go up to `\\377`"))?
            }
            'u' | 'U' => {
                let code = self.code(at, if letter == 'u' { 4 } else { 8 }, 16)?;
                let letter = char::from_u32(code).ok_or_else(|| fault(at, "the escape stands for no character"))?;
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            letter => {
                let letter = letter.escape_debug();
                return Err(fault(at, format!("`\\{letter}` is no escape: for a backslash write `\\\\`")));
            }
        });
        Ok(())
    }

    /// The number that `count` digits in `radix` write.
    fn code(&mut self, escape: usize, count: usize, radix: u32) -> Result<u32, ParseError> {
        let digits = self.rest().get(..count).filter(|digits| digits.chars().all(|digit| digit.is_digit(radix)));
        let digits = digits.ok_or_else(|| fault(escape, format!("the escape wants {count} digits")))?;
        self.at += count;
        u32::from_str_radix(digits, radix).map_err(|_| fault(escape, "the escape stands for no character"))
    }
}

fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}
