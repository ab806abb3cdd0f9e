//! Names end where they should, in any script.

use super::*;

fn check(text: &str, name: Option<(&str, bool)>) {
    let read = read(text, 0).filter(|name| name.labels > 1);
    assert_eq!(read.map(|name| (&text[..name.end], name.known)), name, "{text:?}");
}

#[test]
fn a_name_ends_where_its_labels_do() {
    check("example.com", Some(("example.com", true)));
    check("example.com.", Some(("example.com", true)));
    check("example.com. Then", Some(("example.com", true)));
    check("example.com.Then", Some(("example.com", true)));
    check("example.com.dmf", Some(("example.com.dmf", false)));
    check("example.com.123", Some(("example.com", true)));
    check("a-b.co.uk/path", Some(("a-b.co.uk", true)));
    check("a.xn--p1ai", Some(("a.xn--p1ai", true)));
    check("self.weight", Some(("self.weight", false)));
    check("münchen.de", Some(("münchen.de", true)));
    check("example.com请联系", Some(("example.com", true)));
    check("例子.广告", Some(("例子.广告", true)));
    check("президент.рф!", Some(("президент.рф", true)));
}

#[test]
fn what_is_no_name_is_none() {
    for text in ["", ".", "localhost", "1.2.3", "-a.com", "a..com", "presidio.", "a.b", "a.c1"] {
        check(text, None);
    }
}

#[test]
fn tables_are_sorted_and_whole() {
    assert!(tops::TOPS.is_sorted());
    assert!(COUNTRIES.is_ascii() && COUNTRIES.len().is_multiple_of(2));
    assert!(is_country(*b"DE") && is_country(*b"XK") && !is_country(*b"ZZ") && !is_country(*b"de"));
}

#[test]
fn no_top_level_domain_is_longer_than_is_looked_for() {
    assert_eq!(tops::TOPS.iter().map(|top| top.len()).max(), Some(TOP_MAX));
    assert!(tops::TOPS.iter().all(|top| is_known(top) && is_known(&top.to_uppercase())));
    let codes = COUNTRIES.as_bytes().as_chunks::<2>().0;
    for (first, second) in (0..=u8::MAX).flat_map(|first| (0..=u8::MAX).map(move |second| (first, second))) {
        assert_eq!(has_country([first, second]), codes.contains(&[first, second]));
    }
}

#[test]
fn blocks_of_letters_are_full() {
    let same = |c: &char| is_letter(*c) == c.is_alphabetic();
    assert_eq!(('\u{0}'..=char::MAX).find(|c| !same(c)), None);
}
