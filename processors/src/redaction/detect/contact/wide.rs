//! Phone numbers in full-width forms, as East Asian keyboards write them: `＋８１　３－…`.
//!
//! They are read as their narrow forms: a short piece is narrowed, read as any number, and its place told in the
//! bytes of the text.

use std::ops::Range;

/// The first byte of every full-width form in UTF-8.
const LEAD: u8 = 0xef;
/// The most characters of a piece: a long number, spelled widely, with an extension.
const PIECE_MAX: usize = 40;

/// A piece of text that begins with a full-width digit or the sign before it, narrowed.
#[derive(Clone, Debug, Default)]
pub(super) struct Piece {
    /// The narrow text.
    pub(super) narrow: String,
    /// Where each byte of it stands in the text, and the end.
    places: Vec<usize>,
}

impl Piece {
    /// Bytes of the text that bytes of the narrow piece stand for.
    pub(super) fn place(&self, span: &Range<usize>) -> Range<usize> {
        self.places[span.start]..self.places[span.end]
    }
}

/// The pieces of a text; nothing, and fast, where there is no full-width digit.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for at in memchr::memchr_iter(LEAD, text.as_bytes()) {
        if at >= done && matches!(text.as_bytes()[at..], [_, 0xbc, 0x90..=0x99, ..]) {
            let piece = piece(text, opening(text, at, done));
            done = piece.places[piece.places.len() - 1];
            pieces.push(piece);
        }
    }
    pieces
}

/// Where the number begins whose first digit is at `at`: at the signs before it.
fn opening(text: &str, at: usize, done: usize) -> usize {
    let before = text[done..at].chars().rev().take(2).take_while(|c| matches!(c, '＋' | '（' | '+' | '('));
    at - before.map(char::len_utf8).sum::<usize>()
}

fn piece(text: &str, start: usize) -> Piece {
    let mut piece = Piece::default();
    for (at, c) in text[start..].char_indices().take(PIECE_MAX) {
        let Some(narrow) = narrow(c) else { break };
        piece.narrow.push(narrow);
        piece.places.push(start + at);
    }
    let end = text[start..].chars().take(piece.narrow.len()).map(char::len_utf8).sum::<usize>();
    piece.places.push(start + end);
    piece
}

/// The narrow form of a character that numbers have, in either width.
fn narrow(c: char) -> Option<char> {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0),
        '\u{3000}' => Some(' '),
        'ー' | '‐'..='―' => Some('-'),
        '0'..='9' | ' ' | '(' | ')' | '+' | '-' | '.' => Some(c),
        _ => None,
    }
    .filter(|narrow| narrow.is_ascii_digit() || " ()+-.x#".contains(*narrow))
}

#[cfg(test)]
mod tests;
