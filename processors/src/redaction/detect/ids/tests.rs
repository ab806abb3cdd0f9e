//! The tables are sound, and the engine finds what they say wherever it stands.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use proptest::prelude::*;

use super::*;
use crate::redaction::detect::Class;

/// One for all, as it makes itself ready once.
static ALL: Ids = Ids::all();

/// What the detectors of `entity` find in `text`.
pub(super) fn found<'a>(entity: &str, text: &'a str) -> Vec<&'a str> {
    let on: Vec<bool> = Ids::all().detectors().iter().map(|detector| detector.entity == entity).collect();
    assert!(on.contains(&true), "no detector for {entity}");
    hits(text, &on).iter().map(|hit| &text[hit.start as usize..hit.end as usize]).collect()
}

/// Asserts that the detectors of `entity` find each of `good` whole, and nothing in any of `bad`.
pub(super) fn check(entity: &str, good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(found(entity, text).contains(text), "{entity} misses {text}");
    }
    for text in bad {
        assert_eq!(found(entity, text), Vec::<&str>::new(), "{entity} in {text}");
    }
}

fn hits(text: &str, on: &[bool]) -> Vec<Hit> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let mut hits = Hits::default();
    ALL.find(text, &marks, on, &mut hits);
    let made = narrowed(on);
    let (alone, ranked) = &*made;
    // Those that are looked for alone are found as they are among all.
    let mut narrowed = Hits::default();
    alone.find(text, &marks, on, &mut narrowed);
    assert_eq!(narrowed[..], hits[..], "{text:?}");
    // Nothing that could stand is left out.
    narrowed = Hits::default();
    ranked.find(text, &marks, on, &mut narrowed);
    assert_eq!(standing(&narrowed, &ranks()), standing(&hits, &ranks()), "{text:?}");
    hits.to_vec()
}

/// Two that look for the same.
type Narrow = (Ids, Ids);

/// Those that look for what is on: whatever stands beside it, and with [`ranks`]. Making them takes longer than most looks.
fn narrowed(on: &[bool]) -> Rc<Narrow> {
    thread_local! {
        static MADE: RefCell<HashMap<Vec<bool>, Rc<Narrow>>> = RefCell::default();
    }
    let of = |ranks: &[Rank]| {
        let mut ids = Ids::all();
        ids.narrow(on, ranks);
        ids
    };
    let make = || {
        let ranks = ranks();
        let unsure: Vec<Rank> = ranks.iter().map(|rank| Rank { sure: false, ..*rank }).collect();
        Rc::new((of(&unsure), of(&ranks)))
    };
    MADE.with_borrow_mut(|made| made.entry(on.to_vec()).or_insert_with(make).clone())
}

/// A rank for each detector, in no order that the tables have; a third of them sure.
fn ranks() -> Vec<Rank> {
    let number = |at: u16| at.wrapping_mul(40_503);
    let rank = |at: u16| Rank { order: number(at) >> 6, sure: number(at) % 3 == 0, ..ANYWAY };
    (0..Ids::all().detectors().len() as u16).map(rank).collect()
}

/// Of each place the first sure hit of the least rank, and those before which it does not stand.
fn standing(hits: &[Hit], ranks: &[Rank]) -> Vec<Hit> {
    let rank = |hit: &Hit| ranks[usize::from(hit.detector)];
    let of_a_place = hits.chunk_by(|one, two| (one.start, one.end) == (two.start, two.end));
    let standing = of_a_place.flat_map(|hits| {
        let best = hits.iter().filter(|hit| rank(hit).sure).min_by_key(|hit| rank(hit).order);
        let before = move |hit: &&Hit| best.is_none_or(|best| rank(hit).order < rank(best).order);
        hits.iter().filter(before).chain(best)
    });
    standing.copied().collect()
}

fn of_class(class: Class) -> Vec<bool> {
    Ids::all().detectors().iter().map(|detector| detector.class == class).collect()
}

#[test]
fn rows_are_sound() {
    for row in &ENGINE.rows {
        let Detector { entity, class, words, about } = row.detector;
        assert_eq!(words.is_empty(), class == Class::A, "{entity}");
        let plain = |word: &&str| !word.chars().any(|letter| letter.is_uppercase() || letter.is_ascii_punctuation());
        assert!(words.iter().all(plain), "{entity}: {words:?}");
        assert!(!about.is_empty() && !row.shapes.is_empty(), "{entity}");
        for shape in row.shapes {
            assert!(!Shape::compile(shape, 0).is_empty(), "{entity}: {shape}");
        }
    }
}

#[test]
fn samples_are_found_wherever_they_stand() {
    let around = [
        ("", ""),
        ("id=", ";"),
        ("name (", ")"),
        ("das ist die Nummer ", ", bitte"),
        ("ж1: ", "."),
        ("番号は", "です"),
    ];
    let mut entities: Vec<_> = Ids::all().detectors().iter().map(|detector| detector.entity).collect();
    entities.dedup();
    for entity in entities {
        for seed in 0..12 {
            let Some(sample) = samples::sample(entity, seed) else { panic!("no sample of {entity}") };
            assert_eq!(samples::sample(entity, seed), Some(sample.clone()));
            for (before, behind) in around {
                let text = format!("{before}{sample}{behind}");
                assert!(found(entity, &text).contains(&sample.as_str()), "{entity} in {text}");
            }
            // Every digit is part of something longer here.
            let longer = format!("{sample}0{}", "1".repeat(LONGEST));
            assert!(!found(entity, &longer).contains(&sample.as_str()), "{entity} in {longer}");
        }
    }
}

#[test]
fn everyday_telemetry_has_none_that_is_sure() {
    let sure = of_class(Class::A);
    for text in [
        "GET /api/v1/users/1048576/orders?page=2&limit=100 HTTP/1.1 200 1532 0.004",
        "2026-11-21T04:19:54.123456789Z 2026-11-21 04:19:54,123 21/Nov/2026:04:19:54 +0000",
        "1763698794123 1763698794123456 1763698794123456789 1700000000",
        "550e8400-e29b-41d4-a716-446655440000 4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7",
        "frontend-7d9f8b6c5d-x2x4z gke-prod-pool-1-2a3b4c5d-9k8j ip-10-0-12-34.ec2.internal",
        "10.0.12.34:8080 [::1]:4317 fe80::1ff:fe23:4567:890a 00:1A:2B:3C:4D:5E",
        "v1.2.3-rc.4+build.567 sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "prompt_tokens=1024 completion_tokens=512 total_tokens=1536 temperature=0.7 cost=0.00123456789",
        "gpt-4o-2024-08-06 claude-3-5-sonnet-20241022 text-embedding-3-large",
        "Order 4711 of 12 items at 1,234.56 EUR; invoice 2024-00123; ticket ABC-1234",
        "at line 42 (main.rs:120:15) thread 7 panicked 3 times in 1500 ms, 50 % of 1024 MiB",
    ] {
        assert_eq!(hits(text, &sure), Vec::<Hit>::new(), "{text}");
    }
}

#[test]
fn text_without_digits_has_none() {
    let all = vec![true; Ids::all().detectors().len()];
    for text in ["", "the social security number is not here", "AB-CD-EF", "naïve café — 数字はない"] {
        assert_eq!(hits(text, &all), Vec::<Hit>::new(), "{text}");
    }
}

#[test]
fn a_number_is_found_before_another_one() {
    assert_eq!(found("US_SSN", "536-90-4399 123"), ["536-90-4399"; 2]);
    assert_eq!(found("SG_UEN", "53125226D 201434292D S57TU0392K"), ["53125226D", "201434292D", "S57TU0392K"]);
    assert_eq!(found("IT_FISCAL_CODE", "RCCMNL83S18D969H-123"), ["RCCMNL83S18D969H"]);
}

#[test]
fn only_what_is_on_is_looked_for() {
    let off = vec![false; Ids::all().detectors().len()];
    assert_eq!(hits("536-90-4399", &off), Vec::<Hit>::new());
}

/// What is found without a table: every candidate is compared with every shape.
fn plainly(text: &str) -> Vec<(u32, u32, u16)> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let mut found = Vec::new();
    let anything = Wanted::anything();
    let look = |candidate: &Candidate, _: Ends| {
        let id = candidate.compact();
        let fits = |shape: &&Shape| {
            let (told, digits) = shape.told();
            shape.len() == id.len() && candidate.digits & told == digits && shape.fits(candidate)
        };
        let rows = ENGINE.shapes.iter().filter(fits).map(|shape| shape.row);
        let sound =
            rows.filter(|row| (ENGINE.rows[usize::from(*row)].check)(id) && id.iter().any(|byte| *byte != id[0]));
        found.extend(sound.map(|row| (candidate.start as u32, candidate.end as u32, row)));
    };
    candidate::each(text, &marks, &mut (&anything, look));
    found.sort_unstable();
    found.dedup();
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn tables_leave_nothing_out(groups in "([0-9]{1,9}|[A-Z]{1,3}|[A-Z0-9]{1,10}|[a-z]{1,6}|DE|HRB)([ ./-]?[0-9]{1,4}|[ -]?[A-Z]{1,3}|[ _:(+,\u{2011}]|[ -][0-9]{3}){0,9}") {
        let all = vec![true; Ids::all().detectors().len()];
        let mut found: Vec<_> = hits(&groups, &all).iter().map(|hit| (hit.start, hit.end, hit.detector)).collect();
        found.sort_unstable();
        found.dedup();
        prop_assert_eq!(found, plainly(&groups));
    }
}
