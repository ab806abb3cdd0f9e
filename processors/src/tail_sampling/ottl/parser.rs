//! From words to a condition: `*` and `/` bind closest, then `+` and `-`, then comparisons, `not`, `and`, and `or`.

use pipeline::config::nearest;

use super::lexer::{self, TOO_LARGE, Token, fault};
use super::path::{self, Key, Segment};
use super::value::Kind;
use super::{Call, Context, Literal, Math, ParseError, Term, Test};
use crate::redaction::contrib::compile;

/// How deep parentheses and calls may nest, and how many brackets may follow a name: each costs the stack a few frames,
/// here or where the condition is asked.
const DEEPEST: usize = 64;

/// The functions, with their arguments.
const FUNCTIONS: &[(&str, &[&str])] = &[
    ("IsMatch", &["value", "\"pattern\""]),
    ("IsRootSpan", &[]),
    ("HasPrefix", &["value", "prefix"]),
    ("HasSuffix", &["value", "suffix"]),
    ("IsString", &["value"]),
    ("IsInt", &["value"]),
    ("IsDouble", &["value"]),
    ("IsBool", &["value"]),
    ("IsMap", &["value"]),
    ("IsList", &["value"]),
    ("Len", &["value"]),
    ("ToLowerCase", &["value"]),
    ("ToUpperCase", &["value"]),
    ("SpanID", &["0x and 16 digits"]),
    ("TraceID", &["0x and 32 digits"]),
];

/// The enums, which are integers.
const ENUMS: &[(&str, i64)] = &[
    ("STATUS_CODE_UNSET", 0),
    ("STATUS_CODE_OK", 1),
    ("STATUS_CODE_ERROR", 2),
    ("SPAN_KIND_UNSPECIFIED", 0),
    ("SPAN_KIND_INTERNAL", 1),
    ("SPAN_KIND_SERVER", 2),
    ("SPAN_KIND_CLIENT", 3),
    ("SPAN_KIND_PRODUCER", 4),
    ("SPAN_KIND_CONSUMER", 5),
];

/// Reads a condition.
pub(super) fn parse(text: &str, context: Context) -> Result<Test, ParseError> {
    let mut parser = Parser { tokens: lexer::read(text)?, next: 0, depth: 0, context };
    let test = parser.any()?;
    match parser.take() {
        (_, Token::End) => Ok(test),
        (at, Token::Mark(')')) => Err(fault(at, "this `)` closes nothing")),
        (at, Token::Word(word)) if matches!(word.to_ascii_lowercase().as_str(), "and" | "or") => {
            Err(fault(at, format!("write `{}` in small letters", word.to_ascii_lowercase())))
        }
        (at, Token::Word("where")) => Err(fault(at, "a condition stands alone here, without a statement and `where`")),
        (at, Token::Op(_)) => Err(fault(at, "comparisons do not chain: join two of them by `and`")),
        (at, _) => Err(fault(at, "the condition could end here: `and` or `or` joins it with a further one")),
    }
}

struct Parser<'t> {
    /// The last is the end.
    tokens: Vec<(usize, Token<'t>)>,
    next: usize,
    depth: usize,
    context: Context,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> &Token<'t> {
        self.tokens.get(self.next).map_or(&Token::End, |(_, token)| token)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |(at, _)| *at)
    }

    /// The next word, which no one looks at again.
    fn take(&mut self) -> (usize, Token<'t>) {
        let taken = match self.tokens.get_mut(self.next) {
            Some((at, token)) => (*at, std::mem::replace(token, Token::End)),
            None => (self.at(), Token::End),
        };
        self.next += 1;
        taken
    }

    /// Moves on over `token`; whether it is there.
    fn eat(&mut self, token: &Token<'_>) -> bool {
        let there = self.peek() == token;
        self.next += usize::from(there);
        there
    }

    fn expect(&mut self, mark: char, why: &str) -> Result<(), ParseError> {
        if self.eat(&Token::Mark(mark)) { Ok(()) } else { Err(fault(self.at(), format!("`{mark}` is missing {why}"))) }
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, ParseError>) -> Result<T, ParseError> {
        if self.depth == DEEPEST {
            return Err(fault(self.at(), format!("parentheses nest deeper than {DEEPEST}")));
        }
        self.depth += 1;
        let read = inner(self);
        self.depth -= 1;
        read
    }

    fn any(&mut self) -> Result<Test, ParseError> {
        let mut tests = vec![self.all()?];
        while self.eat(&Token::Word("or")) {
            tests.push(self.all()?);
        }
        Ok(if tests.len() == 1 { tests.remove(0) } else { Test::Any(tests) })
    }

    fn all(&mut self) -> Result<Test, ParseError> {
        let mut tests = vec![self.negated()?];
        while self.eat(&Token::Word("and")) {
            tests.push(self.negated()?);
        }
        Ok(if tests.len() == 1 { tests.remove(0) } else { Test::All(tests) })
    }

    fn negated(&mut self) -> Result<Test, ParseError> {
        let mut negated = false;
        while self.eat(&Token::Word("not")) {
            negated = !negated;
        }
        let test = self.test()?;
        Ok(if negated { Test::Not(Box::new(test)) } else { test })
    }

    fn test(&mut self) -> Result<Test, ParseError> {
        let start = self.at();
        if !self.opens_a_value() && self.eat(&Token::Mark('(')) {
            let test = self.deeper(Self::any)?;
            self.expect(')', "here, for the `(` before")?;
            return Ok(test);
        }
        let left = self.term()?;
        if let Token::Op(op) = *self.peek() {
            self.next += 1;
            return Ok(Test::Compare(left, op, self.term()?));
        }
        match left {
            Term::Literal(Literal::Bool(value)) => Ok(Test::Always(value)),
            Term::Call(call) if call.is_test() => Ok(Test::Call(*call)),
            Term::Path(_) => {
                Err(fault(start, "a path alone is no condition: compare it, as in `... == true` or `... != nil`"))
            }
            _ => Err(fault(start, "this is a value and no condition: compare it with another by `==`, `!=`, `<` ...")),
        }
    }

    /// Whether a parenthesis comes that holds a value and no condition, by what comes behind it.
    fn opens_a_value(&self) -> bool {
        let mut open = 0usize;
        for (at, (_, token)) in self.tokens.iter().enumerate().skip(self.next) {
            match token {
                Token::Mark('(') => open += 1,
                Token::Mark(')') => open = open.saturating_sub(1),
                _ => {}
            }
            if open == 0 {
                return matches!(self.tokens.get(at + 1), Some((_, Token::Op(_) | Token::Sign(_)))) && at > self.next;
            }
        }
        false
    }

    /// A value, or what is calculated of several.
    fn term(&mut self) -> Result<Term, ParseError> {
        self.chain(&[('+', Math::Add), ('-', Math::Subtract)], |parser| {
            parser.chain(&[('*', Math::Multiply), ('/', Math::Divide)], Self::factor)
        })
    }

    /// Terms joined by signs that bind alike: a list, for it may be long, and what nests costs the stack.
    fn chain(
        &mut self,
        signs: &[(char, Math)],
        each: impl Fn(&mut Self) -> Result<Term, ParseError>,
    ) -> Result<Term, ParseError> {
        let start = self.at();
        let first = each(self)?;
        let mut rest = Vec::new();
        loop {
            let sign = signs.iter().find(|(sign, _)| *self.peek() == Token::Sign(*sign));
            let Some((_, math)) = sign else { break };
            self.next += 1;
            let at = self.at();
            let term = each(self)?;
            calculable(&term, at)?;
            rest.push((*math, term));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        calculable(&first, start)?;
        Ok(Term::Math(Box::new(first), rest))
    }

    /// A value with its sign, or a term in parentheses.
    fn factor(&mut self) -> Result<Term, ParseError> {
        let negative = *self.peek() == Token::Sign('-');
        let signed = self.eat(&Token::Sign('+')) || self.eat(&Token::Sign('-'));
        let at = self.at();
        if let Token::Int(number) = *self.peek() {
            self.next += 1;
            let number = if negative { 0_i64.checked_sub_unsigned(number) } else { i64::try_from(number).ok() };
            return number.map(|number| Term::Literal(Literal::Int(number))).ok_or_else(|| fault(at, TOO_LARGE));
        }
        let term = if self.eat(&Token::Mark('(')) {
            let term = self.deeper(Self::term)?;
            self.expect(')', "here, for the `(` before")?;
            term
        } else {
            self.value()?
        };
        if signed {
            calculable(&term, at)?;
        }
        Ok(match term {
            Term::Literal(Literal::Double(number)) if negative => Term::Literal(Literal::Double(-number)),
            term if negative => Term::Negative(Box::new(term)),
            term => term,
        })
    }

    fn value(&mut self) -> Result<Term, ParseError> {
        let literal = |literal| Ok(Term::Literal(literal));
        match self.take() {
            (_, Token::Text(text)) => literal(Literal::Text(text)),
            (_, Token::Double(number)) => literal(Literal::Double(number)),
            (_, Token::Bytes(bytes)) => literal(Literal::Bytes(bytes)),
            (_, Token::Word("nil")) => literal(Literal::Nil),
            (_, Token::Word("true")) => literal(Literal::Bool(true)),
            (_, Token::Word("false")) => literal(Literal::Bool(false)),
            (at, Token::Word(word @ ("and" | "or" | "not" | "where"))) => {
                Err(fault(at, format!("a value is missing before `{word}`")))
            }
            (at, Token::Word(word)) if *self.peek() == Token::Mark('(') => self.call(at, word),
            (at, Token::Word(word)) if word.starts_with(|letter: char| letter.is_ascii_uppercase()) => {
                symbol(at, word).map(Term::Literal)
            }
            (at, Token::Word(word)) => self.path(at, word),
            (at, Token::Mark('[')) => Err(fault(at, "conditions here have no lists: join comparisons by `or`")),
            (at, Token::End) => Err(fault(at, "the condition ends where a value is missing")),
            (at, _) => Err(fault(at, "a value is missing here: a path, a literal or a function")),
        }
    }

    fn path(&mut self, at: usize, name: &'t str) -> Result<Term, ParseError> {
        let mut segments = vec![Segment { at, name, keys: self.keys()? }];
        while self.eat(&Token::Mark('.')) {
            match self.take() {
                (at, Token::Word(name)) => segments.push(Segment { at, name, keys: self.keys()? }),
                (at, _) => return Err(fault(at, "a name is missing after the dot")),
            }
        }
        path::resolve(segments, self.context).map(Term::Path)
    }

    /// What stands in brackets behind a name.
    fn keys(&mut self) -> Result<Vec<Key>, ParseError> {
        let mut keys = Vec::new();
        while self.eat(&Token::Mark('[')) {
            if keys.len() == DEEPEST {
                return Err(fault(self.at(), format!("more than {DEEPEST} brackets follow one name")));
            }
            match self.take() {
                (_, Token::Text(name)) => keys.push(Key::Name(name)),
                (at, Token::Int(index)) => {
                    let index = usize::try_from(index).map_err(|_| fault(at, "lists are counted from 0"))?;
                    keys.push(Key::Index(index));
                }
                (at, Token::Sign('-')) => return Err(fault(at, "lists are counted from 0")),
                (at, _) => return Err(fault(at, "brackets hold a string, `[\"key\"]`, or a number, `[0]`")),
            }
            self.expect(']', "behind the key")?;
        }
        Ok(keys)
    }

    fn call(&mut self, at: usize, name: &str) -> Result<Term, ParseError> {
        let known = FUNCTIONS.iter().find(|(known, _)| *known == name);
        let Some((_, parameters)) = known else { return Err(fault(at, unknown_function(name))) };
        self.expect('(', "behind the function")?;
        let arguments = self.deeper(|parser| parser.arguments())?;
        self.expect(')', &format!("behind the arguments of `{name}`"))?;
        if self.peek() == &Token::Mark('[') {
            return Err(fault(self.at(), "brackets follow paths, not functions"));
        }
        if arguments.len() != parameters.len() {
            let (count, form) = (arguments.len(), parameters.join(", "));
            return Err(fault(at, format!("it is `{name}({form})`, and here are {count} arguments")));
        }
        match (name, &arguments[..]) {
            ("SpanID" | "TraceID", [(at, argument)]) => id(*at, name, argument),
            _ => function(at, name, arguments).map(|call| Term::Call(Box::new(call))),
        }
    }

    fn arguments(&mut self) -> Result<Vec<(usize, Term)>, ParseError> {
        let mut arguments = Vec::new();
        if *self.peek() == Token::Mark(')') {
            return Ok(arguments);
        }
        loop {
            arguments.push((self.at(), self.term()?));
            if !self.eat(&Token::Mark(',')) {
                return Ok(arguments);
            }
        }
    }
}

/// Whether it may turn out to be a number.
fn calculable(term: &Term, at: usize) -> Result<(), ParseError> {
    match term {
        Term::Literal(Literal::Int(_) | Literal::Double(_)) | Term::Path(_) | Term::Math(..) | Term::Negative(_) => {
            Ok(())
        }
        Term::Call(call) if !call.is_test() => Ok(()),
        _ => Err(fault(at, "only numbers are calculated with")),
    }
}

/// The id that `SpanID(0x...)` or `TraceID(0x...)` stands for.
fn id(at: usize, name: &str, argument: &Term) -> Result<Term, ParseError> {
    let length = if name == "SpanID" { 8 } else { 16 };
    match argument {
        Term::Literal(Literal::Bytes(bytes)) if bytes.len() == length => Ok(Term::Literal(Literal::Id(bytes.clone()))),
        _ => Err(fault(at, format!("`{name}` takes `0x` and {} hexadecimal digits", 2 * length))),
    }
}

/// The function `name`, which is known, of as many arguments as it takes.
fn function(at: usize, name: &str, arguments: Vec<(usize, Term)>) -> Result<Call, ParseError> {
    let mut arguments = arguments.into_iter();
    let (Some((_, first)), second) = (arguments.next(), arguments.next()) else { return Ok(Call::IsRootSpan) };
    Ok(match (name, second) {
        ("IsMatch", Some((_, Term::Literal(Literal::Text(pattern))))) => {
            let regex = compile(&pattern).map_err(|error| fault(at, format!("the pattern of `IsMatch`: {error}")))?;
            Call::IsMatch(first, regex)
        }
        ("IsMatch", Some((at, _))) => return Err(fault(at, "the pattern of `IsMatch` is a string in double quotes")),
        ("HasPrefix", Some((_, prefix))) => Call::HasPrefix(first, prefix),
        ("HasSuffix", Some((_, suffix))) => Call::HasSuffix(first, suffix),
        ("IsString", None) => Call::Is(Kind::Text, first),
        ("IsInt", None) => Call::Is(Kind::Int, first),
        ("IsDouble", None) => Call::Is(Kind::Double, first),
        ("IsBool", None) => Call::Is(Kind::Bool, first),
        ("IsMap", None) => Call::Is(Kind::Map, first),
        ("IsList", None) => Call::Is(Kind::List, first),
        ("Len", None) => Call::Len(first),
        ("ToLowerCase", None) => Call::ToLowerCase(first),
        ("ToUpperCase", None) => Call::ToUpperCase(first),
        _ => return Err(fault(at, unknown_function(name))),
    })
}

fn unknown_function(name: &str) -> String {
    let names = || FUNCTIONS.iter().map(|(name, _)| *name);
    if let Some(near) = nearest(name, names()) {
        return format!("there is no function `{name}`: did you mean `{near}`?");
    }
    let listed = names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    format!("there is no function `{name}` in conditions here; there is {listed}")
}

/// The number of an enum.
fn symbol(at: usize, word: &str) -> Result<Literal, ParseError> {
    if let Some((_, number)) = ENUMS.iter().find(|(known, _)| *known == word) {
        return Ok(Literal::Int(*number));
    }
    let small = word.to_ascii_lowercase();
    let message = match nearest(word, ENUMS.iter().map(|(name, _)| *name).chain(["nil", "true", "false"])) {
        Some(near) => format!("there is no `{word}`: did you mean `{near}`?"),
        None if matches!(small.as_str(), "and" | "or" | "not") => format!("write `{small}` in small letters"),
        None => format!(
            "there is no enum `{word}`; there is `STATUS_CODE_ERROR`, `SPAN_KIND_SERVER` and the like, and text stands in \
             double quotes"
        ),
    };
    Err(fault(at, message))
}
