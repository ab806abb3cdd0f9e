//! Numbers as people write them: groups of digits with spaces, hyphens, dots, slashes and parentheses between.

use super::plans::DIGITS_MAX;
use crate::redaction::detect::marks::Ahead;

/// More groups than any country writes.
pub(super) const GROUPS_MAX: usize = 8;
/// Room for the digits: a whole international number with its prefix, and one more to see that it is too long.
const DIGITS_ROOM: usize = DIGITS_MAX + 4;

/// What stands before a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: the first group.
    #[default]
    None,
    /// A space of any width, or a parenthesis.
    Space,
    /// A hyphen or dash.
    Dash,
    /// A dot.
    Dot,
    /// A slash.
    Slash,
}

/// A run of digits and how it is set off.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Group {
    /// What stands before it.
    pub(super) gap: Gap,
    /// Whether it stands in parentheses.
    pub(super) enclosed: bool,
    /// How many digits it has. Numbers are read at every digit of some texts, so that groups are small.
    digits: u8,
    /// How many it has with those before it.
    so_far: u8,
    /// The byte after it, the closing parenthesis included.
    pub(super) end: usize,
}

impl Group {
    /// How many digits it has.
    pub(super) fn digits(&self) -> usize {
        self.digits.into()
    }
}

/// A number read group by group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelled {
    groups: [Group; GROUPS_MAX],
    groups_read: usize,
    /// What stands behind those that were read is of no account.
    digits: [u8; 2 * DIGITS_ROOM],
    digits_read: usize,
}

impl Spelled {
    /// Reads as many groups as may belong together, from `start`: a digit or an opening parenthesis. No digit of them
    /// stands before `first`, from where `ahead` tells them.
    pub(super) fn read(text: &[u8], start: usize, (first, ahead): (usize, Ahead)) -> Self {
        let (groups, digits) = ([Group::default(); GROUPS_MAX], [0; 2 * DIGITS_ROOM]);
        let mut spelled = Self { groups, groups_read: 0, digits, digits_read: 0 };
        let run = |at: usize| match at - first {
            near if near + DIGITS_ROOM < Ahead::BYTES => ahead.run(near),
            _ => text[at..].iter().take(DIGITS_ROOM + 1).take_while(|byte| byte.is_ascii_digit()).count(),
        };
        let (mut at, mut gap) = (start, Gap::None);
        while spelled.groups_read < GROUPS_MAX {
            let Some(group) = spelled.group(text, at, gap, run) else { break };
            spelled.groups[spelled.groups_read] = group;
            spelled.groups_read += 1;
            let Some((next, between)) = gap_after(text, group) else { break };
            (at, gap) = (next, between);
        }
        spelled
    }

    /// The groups, in order.
    pub(super) fn groups(&self) -> &[Group] {
        &self.groups[..self.groups_read]
    }

    /// The digits of the first `groups` groups.
    pub(super) fn digits(&self, groups: usize) -> &[u8] {
        &self.digits[..groups.checked_sub(1).map_or(0, |last| usize::from(self.groups[last].so_far))]
    }

    /// Reads a group at `at`, and keeps its digits. None where there is none, or where there is no room for it.
    fn group(&mut self, text: &[u8], at: usize, gap: Gap, run: impl Fn(usize) -> usize) -> Option<Group> {
        let enclosed = text.get(at) == Some(&b'(');
        let first = if enclosed { skip_spaces(text, at + 1) } else { at };
        let room = DIGITS_ROOM - self.digits_read;
        let digits = if first < text.len() { run(first) } else { 0 };
        if digits == 0 || digits > room {
            return None;
        }
        let mut end = first + digits;
        if enclosed {
            end = skip_spaces(text, end);
            text.get(end).filter(|byte| **byte == b')')?;
            end += 1;
        }
        // As many as there may be are copied, which is one move; what is too much the next group stands over.
        let place = &mut self.digits[self.digits_read..self.digits_read + DIGITS_ROOM];
        match text[first..].first_chunk::<DIGITS_ROOM>() {
            Some(chunk) => place.copy_from_slice(chunk),
            None => place[..digits].copy_from_slice(&text[first..first + digits]),
        }
        self.digits_read += digits;
        Some(Group { gap, enclosed, digits: digits as u8, so_far: self.digits_read as u8, end })
    }
}

/// Where the next group begins, and what stands between. After a parenthesis nothing need.
fn gap_after(text: &[u8], group: Group) -> Option<(usize, Gap)> {
    let starts = |at: usize| text.get(at).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'(');
    if starts(group.end) && (group.enclosed || text[group.end] == b'(') {
        return Some((group.end, Gap::Space));
    }
    let (end, gap) = one_gap(text, group.end)?;
    if starts(end) {
        return Some((end, gap));
    }
    // ` - ` and `) - ` are one gap, two spaces are none: columns of a table have them.
    let (end, inner) = one_gap(text, end).filter(|(_, inner)| *inner != gap)?;
    if starts(end) {
        return Some((end, if gap == Gap::Space { inner } else { gap }));
    }
    let (end, outer) = one_gap(text, end)?;
    (starts(end) && gap == Gap::Space && inner == Gap::Dash && outer == Gap::Space).then_some((end, Gap::Dash))
}

/// One separator, whatever its length in bytes.
fn one_gap(text: &[u8], at: usize) -> Option<(usize, Gap)> {
    match text.get(at..)? {
        [b' ', ..] => Some((at + 1, Gap::Space)),
        [b'-', ..] => Some((at + 1, Gap::Dash)),
        [b'.', ..] => Some((at + 1, Gap::Dot)),
        [b'/', ..] => Some((at + 1, Gap::Slash)),
        // No-break space; thin and narrow spaces; hyphens and dashes.
        [0xc2, 0xa0, ..] => Some((at + 2, Gap::Space)),
        [0xe2, 0x80, 0x80..=0x8a | 0xaf, ..] => Some((at + 3, Gap::Space)),
        [0xe2, 0x80, 0x90..=0x95, ..] => Some((at + 3, Gap::Dash)),
        _ => None,
    }
}

fn skip_spaces(text: &[u8], at: usize) -> usize {
    if text.get(at) == Some(&b' ') { at + 1 } else { at }
}

#[cfg(test)]
mod tests;
