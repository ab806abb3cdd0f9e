//! Regexes as the Collector means them: RE2's syntax, read by Go, where `\d`, `\w`, `\s` and `\b` are ASCII and all
//! else is Unicode. The `regex` crate reads nearly the same language; what differs is rewritten here.
//!
//! Rewritten: the Perl classes and word boundaries; classes, whose `[`, `&&`, `--` and `\w-.` mean other things there;
//! braces that are no repetition; `\Q…\E`, octal escapes, `\<`, `\>` and `\p{^…}`.

use regex::{Regex, RegexBuilder};
use regex_automata::meta;

/// The most memory one compiled pattern may take: some 40 times what everyday patterns take, and a tenth of the
/// crate's own bound, because a configuration may hold hundreds.
const MAX_COMPILED: usize = 1 << 20;

/// The longest pattern: an order above the longest seen in published configurations.
const MAX_SOURCE: usize = 16 << 10;

/// Why a pattern is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError(pub String);

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Compiles a pattern of the Collector's.
pub fn compile(pattern: &str) -> Result<Regex, PatternError> {
    built(&translated(pattern)?)
}

/// Compiles a pattern so that it matches a whole text or not at all.
pub fn compile_anchored(pattern: &str) -> Result<Regex, PatternError> {
    compile(pattern)?;
    built(&format!(r"\A(?:{})\z", translated(pattern)?))
}

fn built(translated: &str) -> Result<Regex, PatternError> {
    let error = |error: regex::Error| match error {
        regex::Error::CompiledTooBig(_) => PatternError(format!("compiles to more than {MAX_COMPILED} bytes")),
        error => {
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default();
            PatternError(reason.trim_start_matches("error: ").to_owned())
        }
    };
    RegexBuilder::new(translated).size_limit(MAX_COMPILED).dfa_size_limit(MAX_COMPILED).build().map_err(error)
}

/// Compiles what was translated for searches behind a gate. No literals are looked for first: the gate has done so,
/// and for digits and the like a restart at each candidate costs ten times what reading on does.
pub(super) fn build(translated: &str) -> Result<meta::Regex, PatternError> {
    let config = meta::Config::new()
        .auto_prefilter(false)
        .nfa_size_limit(Some(MAX_COMPILED))
        .onepass_size_limit(Some(MAX_COMPILED))
        .hybrid_cache_capacity(MAX_COMPILED);
    let built = meta::Regex::builder().configure(config).build(translated);
    built.map_err(|error| PatternError(error.to_string()))
}

/// `pattern` in the syntax of the `regex` crate.
pub(crate) fn translated(pattern: &str) -> Result<String, PatternError> {
    if pattern.len() > MAX_SOURCE {
        return Err(PatternError(format!("longer than {MAX_SOURCE} bytes")));
    }
    let mut reader = Reader { rest: pattern, out: String::with_capacity(pattern.len() * 2) };
    while let Some(next) = reader.next() {
        match next {
            '\\' => reader.escape()?,
            '[' => reader.class()?,
            '{' if !is_repetition(reader.rest) => reader.out.push_str(r"\{"),
            _ => reader.out.push(next),
        }
    }
    Ok(reader.out)
}

/// Whether what follows a `{` makes it a repetition: `2}`, `2,}` or `2,5}`.
fn is_repetition(rest: &str) -> bool {
    let Some((inside, _)) = rest.split_once('}') else { return false };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match inside.split_once(',') {
        None => number(inside),
        Some((least, most)) => number(least) && (most.is_empty() || number(most)),
    }
}

struct Reader<'a> {
    rest: &'a str,
    out: String,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// A character that stands for itself. `\<` and `\>` are edges of words there.
    fn literal(&mut self, letter: char) {
        if letter.is_ascii_punctuation() && !matches!(letter, '<' | '>') {
            self.out.push('\\');
        }
        self.out.push(letter);
    }

    /// What follows a backslash outside a class.
    fn escape(&mut self) -> Result<(), PatternError> {
        let Some(letter) = self.next() else { return Err(PatternError("ends in a backslash".into())) };
        match letter {
            'd' | 'w' | 's' | 'D' | 'W' | 'S' => {
                let negated = letter.is_ascii_uppercase();
                self.out.push_str(if negated { "[^" } else { "[" });
                self.out.push_str(perl(letter));
                self.out.push(']');
            }
            'b' => self.out.push_str(r"(?-u:\b)"),
            'B' => self.out.push_str(r"(?-u:\B)"),
            'Q' => {
                let (quoted, rest) = self.rest.split_once(r"\E").unwrap_or((self.rest, ""));
                self.rest = rest;
                quoted.chars().for_each(|letter| self.literal(letter));
            }
            'A' | 'z' => self.out.extend(['\\', letter]),
            'p' | 'P' => self.property(letter),
            _ => {
                let character = self.character(letter)?;
                self.literal(character);
            }
        }
        Ok(())
    }

    /// What follows `\p` or `\P`: `L`, `{Greek}`, `{^Greek}`.
    fn property(&mut self, letter: char) {
        let Some(rest) = self.rest.strip_prefix('{') else {
            self.out.extend(['\\', letter]);
            let name = self.next();
            return self.out.extend(name);
        };
        let negated = rest.starts_with('^');
        let letter = match letter {
            'p' if negated => 'P',
            'P' if negated => 'p',
            letter => letter,
        };
        let end = rest.find('}').map_or(rest.len(), |at| at + 1);
        self.out.extend(['\\', letter, '{']);
        self.out.push_str(&rest[usize::from(negated)..end]);
        self.rest = &rest[end..];
    }

    /// The character that an escape stands for, in a class and outside: `\n`, `\x41`, `\x{1F600}`, `\101`, `\.`.
    fn character(&mut self, letter: char) -> Result<char, PatternError> {
        let octal = |letter: char| letter.is_digit(8);
        Ok(match letter {
            'a' => '\x07',
            'f' => '\x0C',
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'v' => '\x0B',
            'x' => return self.hex(),
            '0' => self.number(0, 2, 8)?,
            '1'..='7' if self.peek().is_some_and(octal) => self.number(letter as u32 - '0' as u32, 2, 8)?,
            '1'..='9' => return Err(PatternError("backreferences are not supported".into())),
            letter if letter.is_ascii_punctuation() || letter == ' ' => letter,
            letter => return Err(PatternError(format!(r"unknown escape `\{letter}`"))),
        })
    }

    /// What follows `\x`: two digits, or any number in braces.
    fn hex(&mut self) -> Result<char, PatternError> {
        let Some(rest) = self.rest.strip_prefix('{') else {
            return self.number(0, 2, 16);
        };
        let (digits, rest) = rest.split_once('}').ok_or_else(|| PatternError(r"`\x{` is not closed".into()))?;
        self.rest = rest;
        let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        code.ok_or_else(|| PatternError(format!(r"`\x{{{digits}}}` is no character")))
    }

    /// Up to `most` more digits of a number in `radix`.
    fn number(&mut self, start: u32, most: usize, radix: u32) -> Result<char, PatternError> {
        let mut code = start;
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|letter| letter.to_digit(radix)) else { break };
            code = code * radix + digit;
            self.next();
        }
        char::from_u32(code).ok_or_else(|| PatternError("an escape is no character".into()))
    }

    /// What follows a `[`.
    fn class(&mut self) -> Result<(), PatternError> {
        self.out.push('[');
        if self.rest.starts_with('^') {
            self.next();
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let Some(letter) = self.next() else { return Err(PatternError("a class is not closed".into())) };
            match letter {
                ']' if !first => break,
                '[' if self.posix() => {}
                '\\' if self.peek().is_some_and(|next| "dwsDWSpP".contains(next)) => self.class_escape(),
                letter => self.range(letter)?,
            }
            first = false;
        }
        self.out.push(']');
        Ok(())
    }

    /// `[:alpha:]`, after its first bracket.
    fn posix(&mut self) -> bool {
        let Some((name, rest)) = self.rest.strip_prefix(':').and_then(|rest| rest.split_once(":]")) else {
            return false;
        };
        if !name.trim_start_matches('^').bytes().all(|byte| byte.is_ascii_lowercase()) {
            return false;
        }
        self.out.push_str("[:");
        self.out.push_str(name);
        self.out.push_str(":]");
        self.rest = rest;
        true
    }

    /// A Perl class or a property in a class.
    fn class_escape(&mut self) {
        match self.next() {
            Some(letter @ ('d' | 'w' | 's')) => self.out.push_str(perl(letter)),
            Some(letter @ ('p' | 'P')) => self.property(letter),
            letter => {
                self.out.push_str("[^");
                self.out.push_str(perl(letter.unwrap_or_default()));
                self.out.push(']');
            }
        }
    }

    /// A character in a class, or a range that begins with it.
    fn range(&mut self, letter: char) -> Result<(), PatternError> {
        let low = self.class_character(letter)?;
        self.literal(low);
        let range = self.rest.strip_prefix('-').filter(|rest| !rest.is_empty() && !rest.starts_with(']'));
        let Some(rest) = range else { return Ok(()) };
        self.rest = rest;
        let next = self.next().unwrap_or_default();
        let high = self.class_character(next)?;
        if high < low {
            return Err(PatternError(format!("`{low}-{high}` runs backwards")));
        }
        self.out.push('-');
        self.literal(high);
        Ok(())
    }

    fn class_character(&mut self, letter: char) -> Result<char, PatternError> {
        if letter != '\\' {
            return Ok(letter);
        }
        let next = self.next().ok_or_else(|| PatternError("ends in a backslash".into()))?;
        self.character(next)
    }
}

/// The members of a Perl class; of a negated one, those that it leaves out.
fn perl(letter: char) -> &'static str {
    match letter {
        'd' | 'D' => "0-9",
        'w' | 'W' => "0-9A-Za-z_",
        _ => r"\t\n\x0C\r ",
    }
}

#[cfg(test)]
mod tests;
