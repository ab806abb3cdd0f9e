//! Pieces are narrow, and know where they come from.

use super::*;

#[test]
fn a_piece_knows_its_place() {
    let text = "電話：（０３）１２３４－５６７８。次";
    let pieces = pieces(text);
    assert_eq!(pieces.len(), 1);
    assert_eq!(pieces[0].narrow, "(03)1234-5678");
    let span = pieces[0].place(&(0..13));
    assert_eq!(&text[span], "（０３）１２３４－５６７８");
}

#[test]
fn text_without_wide_digits_has_none() {
    assert!(pieces("電話：03-1234-5678。").is_empty());
    assert!(pieces("plain 0312345678").is_empty());
}
