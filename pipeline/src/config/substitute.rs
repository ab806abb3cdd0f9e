//! `${env:NAME:-default}`, `${NAME}`, `${file:/path}` and `$$` in scalars: after parsing, once, never twice.

use std::path::Path;

use super::environment::{Environment, read_file};
use super::node::{Node, Scalar, Tree};
use super::report::Diagnostic;

/// The largest file that `${file:…}` brings in, bytes.
const MAX_FILE: u64 = 1 << 20;

/// Replaces every substitution of the tree.
pub(super) fn substitute(node: &mut Node, environment: &Environment, wrong: &mut Vec<Diagnostic>) {
    let place = node.place;
    match &mut node.tree {
        Tree::List(items) => items.iter_mut().for_each(|item| substitute(item, environment, wrong)),
        Tree::Map(entries) => {
            entries.iter_mut().for_each(|entry| substitute(&mut entry.value, environment, wrong));
        }
        Tree::Scalar(scalar) if scalar.text.contains('$') => {
            match replace(scalar, environment) {
                Ok(Replaced { text, whole, via }) => {
                    // Only a plain scalar that is one substitution takes a type; all else stays text.
                    let plain = whole && scalar.plain;
                    *scalar = Scalar { text, plain, loose: plain };
                    node.via = via.or_else(|| node.via.take());
                }
                Err(Unresolved { code, message, hint }) => {
                    let diagnostic = Diagnostic::error(code, message, Some(place));
                    wrong.push(Diagnostic { hint: Some(hint), ..diagnostic });
                    node.via = Some("nothing".into());
                }
            }
        }
        Tree::Scalar(_) => {}
    }
}

/// A scalar after substitution.
struct Replaced {
    text: String,
    /// The scalar was one `${…}` and nothing else.
    whole: bool,
    via: Option<String>,
}

/// Why there is nothing to put in.
struct Unresolved {
    code: &'static str,
    message: String,
    hint: String,
}

fn replace(scalar: &Scalar, environment: &Environment) -> Result<Replaced, Unresolved> {
    let mut replaced = Replaced { text: String::new(), whole: false, via: None };
    let mut rest = scalar.text.as_str();
    let mut any = false;
    while let Some(at) = rest.find('$') {
        replaced.text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(escaped) = after.strip_prefix('$') {
            replaced.text.push('$');
            rest = escaped;
            any = true;
        } else if let Some((inside, left)) = after.strip_prefix('{').and_then(|open| open.split_once('}')) {
            let (value, via) = resolve(inside, environment)?;
            replaced.whole = at == 0 && left.is_empty() && replaced.text.is_empty() && !any;
            replaced.text.push_str(&value);
            replaced.via = Some(via);
            rest = left;
            any = true;
        } else {
            // A lone `$`, as at the end of a pattern, is itself.
            replaced.text.push('$');
            rest = after;
        }
    }
    replaced.text.push_str(rest);
    // Nothing was asked for: the scalar keeps its type.
    replaced.whole |= !any;
    Ok(replaced)
}

/// The value that `inside` of `${…}` names, and how to call it.
fn resolve(inside: &str, environment: &Environment) -> Result<(String, String), Unresolved> {
    let scheme = inside.split_once(':').filter(|(_, rest)| !rest.starts_with('-'));
    match scheme {
        None => variable(inside, environment),
        Some(("env", name)) => variable(name, environment),
        Some(("file", path)) => file(path),
        Some((scheme, _)) => Err(Unresolved {
            code: "E008",
            message: format!("unknown substitution `${{{scheme}:…}}`"),
            hint: "there are `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}`; `$$` is a `$`".into(),
        }),
    }
}

fn variable(text: &str, environment: &Environment) -> Result<(String, String), Unresolved> {
    let (name, default) = match text.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (text, None),
    };
    let letter = |c: char| c == '_' || c.is_ascii_alphabetic();
    let well_formed = name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit());
    if !well_formed {
        return Err(Unresolved {
            code: "E008",
            message: format!("`{name}` is no name of an environment variable"),
            hint: "names are letters, digits and `_`; write `$$` for a `$` that is meant".into(),
        });
    }
    let value = environment.get(name).or(default).map(|value| (value.to_owned(), format!("env {name}")));
    value.ok_or_else(|| Unresolved {
        code: "E006",
        message: format!("environment variable `{name}` is not set"),
        hint: format!("set it, or give a default: `${{env:{name}:-default}}`"),
    })
}

fn file(path: &str) -> Result<(String, String), Unresolved> {
    let unreadable = |why: String| Unresolved {
        code: "E007",
        message: format!("cannot read `{path}`: {why}"),
        hint: "`${file:/path}` needs a text file that this user may read".into(),
    };
    let text = read_file(Path::new(path), MAX_FILE).map_err(unreadable)?;
    // Editors and `echo` end a secret with a line break that is no part of it.
    Ok((text.trim_end_matches(['\r', '\n']).to_owned(), format!("file {path}")))
}

#[cfg(test)]
mod tests;
