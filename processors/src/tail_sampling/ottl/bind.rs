//! Which attributes a condition looks at: they are looked up once a record for all policies, and the condition is told
//! where they then lie.

use super::path::{Field, Key, Path};
use super::{Call, Condition, Term, Test};
use crate::tail_sampling::keys::Keys;

impl Condition {
    /// Takes slots for the attributes of records and resources, and learns whether the Collector's traps are kept.
    pub(in crate::tail_sampling) fn bind(&mut self, keys: &mut Keys) {
        let mut paths = Vec::new();
        self.0.paths(&mut paths);
        for path in paths {
            path.ids_are_never_nil = keys.contrib();
            let kept = matches!(path.field, Field::Attributes | Field::ResourceAttributes);
            if let (true, Some(Key::Name(name))) = (kept, path.keys.first()) {
                path.slot = Some(keys.slot(name));
            }
        }
    }

    /// The slot of the attribute that is all that any of the conditions looks at, of records and not of resources; none
    /// where they are so cheap that to remember what they said would cost as much.
    pub(in crate::tail_sampling) fn sole_slot(conditions: &[Self]) -> Option<usize> {
        let mut conditions = conditions.to_vec();
        let costly = conditions.iter().any(|condition| condition.0.is_costly());
        let mut paths = Vec::new();
        let beyond = conditions.iter_mut().fold(false, |beyond, condition| beyond | condition.0.paths(&mut paths));
        let slot = |path: &Path| path.slot.filter(|_| path.field == Field::Attributes);
        let first = paths.first().and_then(|path| slot(path));
        let alone = !beyond && paths.iter().all(|path| slot(path) == first);
        first.filter(|_| alone && (costly || paths.len() > 2))
    }
}

impl Test {
    /// Whether a regex runs, or a text is made.
    fn is_costly(&self) -> bool {
        let of_term = |term: &Term| matches!(term, Term::Call(call) if call.is_costly());
        match self {
            Self::Always(_) => false,
            Self::Not(test) => test.is_costly(),
            Self::All(tests) | Self::Any(tests) => tests.iter().any(Self::is_costly),
            Self::Compare(left, _, right) => of_term(left) || of_term(right),
            Self::Call(call) => call.is_costly(),
        }
    }

    /// The paths in it; whether it looks at something else as well.
    fn paths<'t>(&'t mut self, found: &mut Vec<&'t mut Path>) -> bool {
        match self {
            Self::Always(_) => false,
            Self::Not(test) => test.paths(found),
            Self::All(tests) | Self::Any(tests) => {
                tests.iter_mut().fold(false, |beyond, test| beyond | test.paths(found))
            }
            Self::Compare(left, _, right) => left.paths(found) | right.paths(found),
            Self::Call(call) => call.paths(found),
        }
    }
}

impl Term {
    fn paths<'t>(&'t mut self, found: &mut Vec<&'t mut Path>) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Path(path) => {
                found.push(path);
                false
            }
            Self::Call(call) => call.paths(found),
            Self::Negative(term) => term.paths(found),
            Self::Math(first, rest) => {
                let beyond = first.paths(found);
                rest.iter_mut().fold(beyond, |beyond, (_, term)| beyond | term.paths(found))
            }
        }
    }
}

impl Call {
    fn is_costly(&self) -> bool {
        matches!(self, Self::IsMatch(..) | Self::ToLowerCase(_) | Self::ToUpperCase(_))
    }

    fn paths<'t>(&'t mut self, found: &mut Vec<&'t mut Path>) -> bool {
        match self {
            Self::IsRootSpan => true,
            Self::IsMatch(term, _)
            | Self::Is(_, term)
            | Self::Len(term)
            | Self::ToLowerCase(term)
            | Self::ToUpperCase(term) => term.paths(found),
            Self::HasPrefix(left, right) | Self::HasSuffix(left, right) => left.paths(found) | right.paths(found),
        }
    }
}
