//! `${env:NAME:-default}`, `${NAME}`, `${file:/path}` and `$$` in scalars: after parsing, and never twice. What a variable
//! brings stays as it is: a `$` in a password is one. A file that brings a map or a list is a part of the configuration,
//! and is read as one.

use std::path::Path;

use super::environment::{Environment, read_file};
use super::findings::Severity;
use super::layers;
use super::node::{Node, Scalar, Tree};
use super::report::Diagnostic;
use super::secrets;

/// The largest file that `${file:…}` brings in, bytes.
const MAX_FILE: u64 = 1 << 20;
/// How deep what is brought may ask for more; we know of two.
const MAX_DEPTH: usize = 16;
/// The most substitutions of a configuration: a few variables that name each other several times come to millions.
const MAX_ASKED: usize = 10_000;
/// The most bytes they bring, all together.
const MAX_BROUGHT: usize = 64 << 20;

/// Replaces every substitution of the tree.
pub(super) fn substitute(root: &mut Node, environment: &Environment, wrong: &mut Vec<Diagnostic>) {
    Outside { environment, asked: 0, brought: 0, wrong }.node(root, 0);
}

/// Where values come from, and how much has come.
struct Outside<'a> {
    environment: &'a Environment,
    asked: usize,
    brought: usize,
    wrong: &'a mut Vec<Diagnostic>,
}

/// A text after substitution.
#[derive(Default)]
struct Expanded {
    text: String,
    /// Something in it was replaced.
    asked: bool,
    /// It was one `${…}` and nothing else: what that brought, as it was, how deep, and whether there may be more in it to
    /// replace.
    whole: Option<(String, usize, bool)>,
    via: Option<String>,
    /// What brought a `${`.
    left: Option<String>,
    /// It is whole, and cannot be had as text; a list or a map may be, for what is wrong may stand in a comment.
    wrong: Option<Unresolved>,
}

/// What is put in: its text, how to call where it comes from, and whether that is outside of the configuration.
struct Brought {
    text: String,
    via: String,
    outside: bool,
}

/// Why there is nothing to put in.
struct Unresolved {
    code: &'static str,
    message: String,
    hint: String,
}

impl Outside<'_> {
    fn node(&mut self, node: &mut Node, depth: usize) {
        match &mut node.tree {
            Tree::List(items) => items.iter_mut().for_each(|item| self.node(item, depth)),
            Tree::Map(entries) => entries.iter_mut().for_each(|entry| self.node(&mut entry.value, depth)),
            Tree::Scalar(scalar) if scalar.loose || scalar.text.contains('$') => self.scalar(node, depth),
            Tree::Scalar(_) => {}
        }
    }

    fn scalar(&mut self, node: &mut Node, depth: usize) {
        let (place, via) = (node.place, node.via.clone());
        let Tree::Scalar(scalar) = &mut node.tree else { return };
        let expanded = self.expand(&scalar.text, depth);
        let expanded = expanded.unwrap_or_else(|error| Expanded { wrong: Some(error), ..Expanded::default() });
        let Expanded { text, asked, whole, via: brought, left, wrong } = expanded;
        // Only a scalar that is one substitution takes a type, in quotes or not; all else stays text.
        let loose = whole.is_some() || scalar.loose;
        let plain = loose || (!asked && scalar.plain);
        let via = preferred(via, brought);
        let raw = whole.or_else(|| scalar.loose.then(|| (scalar.text.clone(), depth, true)));
        let structure = raw.and_then(|(raw, depth, more)| {
            // As text it is substituted above: read as YAML first, nothing that is brought can become a key.
            let mut structure = layers::structure(&raw, place, via.as_deref())?;
            if more {
                self.node(&mut structure, depth);
            }
            Some(Box::new(structure))
        });
        if let Some(from) = left.filter(|_| structure.is_none()) {
            let message = format!("`${{` in {from} stays as it is: what is brought is not looked through again");
            let note = Diagnostic::new(Severity::Note, "N006", message);
            self.wrong.push(Diagnostic { place: Some(place), ..note });
        }
        match wrong.filter(|_| structure.is_none()) {
            Some(Unresolved { code, message, hint }) => {
                self.wrong.push(Diagnostic::error(code, message, Some(place)).hint(hint));
                node.via = Some("nothing".into());
            }
            None => {
                *scalar = Scalar { text, plain, loose, structure };
                node.via = via;
            }
        }
    }

    fn expand(&mut self, text: &str, depth: usize) -> Result<Expanded, Unresolved> {
        let mut expanded = Expanded::default();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            expanded.text.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            if let Some(escaped) = after.strip_prefix('$') {
                expanded.text.push('$');
                rest = escaped;
                expanded.asked = true;
            } else if let Some((inside, left)) = after.strip_prefix('{').and_then(closed) {
                let alone = at == 0 && left.is_empty() && rest.len() == text.len();
                let value = self.value(inside, depth)?;
                expanded.text.push_str(&value.text);
                expanded.via = preferred(expanded.via.take(), value.via);
                expanded.left = expanded.left.or(value.left);
                if let Some(error) = value.wrong {
                    if !alone {
                        return Err(error);
                    }
                    expanded.wrong = Some(error);
                }
                expanded.whole = value.whole.filter(|_| alone);
                expanded.asked = true;
                rest = left;
            } else {
                // A lone `$`, as at the end of a pattern, is itself.
                expanded.text.push('$');
                rest = after;
            }
        }
        expanded.text.push_str(rest);
        Ok(expanded)
    }

    /// What `inside` of `${…}` stands for, itself expanded.
    fn value(&mut self, inside: &str, depth: usize) -> Result<Expanded, Unresolved> {
        let Brought { text: raw, via, outside } = self.resolve(inside, depth)?;
        self.asked += 1;
        self.brought += raw.len();
        if depth >= MAX_DEPTH || self.asked > MAX_ASKED || self.brought > MAX_BROUGHT {
            return Err(Unresolved {
                code: "E004",
                message: "substitutions bring substitutions without an end".into(),
                hint: "a variable or a file may name itself, through others".into(),
            });
        }
        if outside {
            let left = raw.contains("${").then(|| via.clone());
            let whole = Some((raw.clone(), depth + 1, via.starts_with("file ")));
            return Ok(Expanded { text: raw, whole, via: Some(via), left, ..Expanded::default() });
        }
        let mut value = match self.expand(&raw, depth + 1) {
            Ok(value) => value,
            Err(error) => Expanded { wrong: Some(error), ..Expanded::default() },
        };
        value.whole = value.whole.or(Some((raw, depth + 1, true)));
        value.via = preferred(Some(via), value.via);
        Ok(value)
    }

    /// The text that `inside` names.
    fn resolve(&mut self, inside: &str, depth: usize) -> Result<Brought, Unresolved> {
        let (head, default) = halves(inside);
        let named = match head.contains("${") {
            true => match self.expand(head, depth + 1)? {
                Expanded { wrong: Some(error), .. } => return Err(error),
                named => named.text,
            },
            false => head.to_owned(),
        };
        match named.split_once(':') {
            None => self.variable(&named, head, default),
            Some(("env", name)) => self.variable(name, head, default),
            Some(("file", path)) => {
                let path = default.map_or_else(|| path.to_owned(), |more| format!("{path}:-{more}"));
                file(&path)
            }
            Some((scheme, _)) => Err(Unresolved {
                code: "E008",
                message: format!("unknown substitution `${{{scheme}:…}}`"),
                hint: "there are `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}`; `$$` is a `$`".into(),
            }),
        }
    }

    fn variable(&self, name: &str, head: &str, default: Option<&str>) -> Result<Brought, Unresolved> {
        let letter = |c: char| c == '_' || c.is_ascii_alphabetic();
        // A name that was brought itself may be anything.
        let shown = if head.contains("${") { head } else { name };
        if !(name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())) {
            return Err(Unresolved {
                code: "E008",
                message: format!("`{shown}` is no name of an environment variable"),
                hint: "names are letters, digits and `_`; write `$$` for a `$` that is meant".into(),
            });
        }
        let value = self.environment.get(name).map(|value| (value, true)).or(default.map(|text| (text, false)));
        let brought =
            |(text, outside): (&str, bool)| Brought { text: text.to_owned(), via: format!("env {name}"), outside };
        value.map(brought).ok_or_else(|| Unresolved {
            code: "E006",
            message: format!("environment variable `{shown}` is not set"),
            hint: format!("set it, or give a default: `${{env:{shown}:-default}}`"),
        })
    }
}

/// Which of two sources to name: one that brings secrets, else the first.
fn preferred(first: Option<String>, second: Option<String>) -> Option<String> {
    let telling = second.as_deref().is_some_and(secrets::brings_secret);
    match first {
        Some(first) if !telling || secrets::brings_secret(&first) => Some(first),
        first => second.or(first),
    }
}

/// Cuts behind the `}` that belongs to the `${` before `text`; none where it is not closed.
fn closed(text: &str) -> Option<(&str, &str)> {
    let at = outermost(text, |rest| rest.starts_with('}'))?;
    Some((&text[..at], &text[at + 1..]))
}

/// What is asked for, and its default.
fn halves(inside: &str) -> (&str, Option<&str>) {
    let at = outermost(inside, |rest| rest.starts_with(":-"));
    at.map_or((inside, None), |at| (&inside[..at], Some(&inside[at + 2..])))
}

/// The first place outside of every `${…}` in a text at which something is found.
fn outermost(text: &str, is: impl Fn(&str) -> bool) -> Option<usize> {
    let (mut open, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if open == 0 && is(rest) {
            return Some(at);
        }
        let escaped = rest.starts_with("$$");
        open += usize::from(rest.starts_with("${"));
        open -= usize::from(open > 0 && rest.starts_with('}'));
        let step = rest.chars().next().map_or(1, char::len_utf8);
        at += if escaped { 2 } else { step };
    }
    None
}

fn file(path: &str) -> Result<Brought, Unresolved> {
    let unreadable = |why: String| Unresolved {
        code: "E007",
        message: format!("cannot read `{path}`: {why}"),
        hint: "`${file:/path}` needs a text file that this user may read".into(),
    };
    let text = read_file(Path::new(path), MAX_FILE).map_err(|unread| unreadable(unread.why))?;
    // Editors and `echo` end a secret with a line break that is no part of it.
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    Ok(Brought { text, via: format!("file {path}"), outside: true })
}

#[cfg(test)]
mod tests;
