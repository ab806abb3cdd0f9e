//! The Collector's numbers, computed apart from this code, and what a tracestate says before and after.

use proptest::prelude::*;

use super::*;

const IDS: [(&str, u64); 6] = [
    ("00000000000000000000000000000000", 0xe195_36ee_d1bb_ac3d),
    ("00000000000000000000000000000001", 0xe195_35ee_d1bb_aa8a),
    ("4bf92f3577b34da6a3ce929d0e0e4736", 0xa545_33ba_2e49_70b5),
    ("5b8efff798038103d269b633813fc60c", 0x95f1_76d2_91b1_d3f7),
    ("0102030405060708090a0b0c0d0e0f10", 0xdbcf_64d5_420f_4cad),
    ("ffffffffffffffffffffffffffffffff", 0x17be_c373_9634_fe2d),
];

const MOST: [(f64, u64); 8] = [
    (0.1, 0x0041_8937_4bc6_a7ef),
    (1.0, 0x028f_5c28_f5c2_8f5f),
    (10.0, 0x1999_9999_9999_99ff),
    (25.0, 0x3fff_ffff_ffff_ffff),
    (33.3, 0x553f_7ced_9168_6fff),
    (50.0, 0x7fff_ffff_ffff_ffff),
    (99.9, 0xffbe_76c8_b439_5fff),
    (100.0, u64::MAX),
];

fn id(text: &str) -> TraceId {
    TraceId::parse(text).unwrap()
}

#[test]
fn hashes_are_the_collectors() {
    for (text, expected) in IDS {
        assert_eq!(hash("", &id(text)), expected, "{text}");
        assert_eq!(hash("default-hash-seed", &id(text)), expected, "{text}");
    }
    assert_eq!(hash("salt-b", &id(IDS[2].0)), 0x5619_0356_288e_30be);
    assert_eq!(hash("salt-b", &id(IDS[3].0)), 0xdedc_48c1_5791_ff68);
}

#[test]
fn the_greatest_kept_hash_is_the_collectors() {
    for (percentage, expected) in MOST {
        assert_eq!(most(percentage), expected, "{percentage}");
    }
    let edges = [(0.0, 0), (-0.0, 0), (-5.0, 0), (f64::NAN, 0), (f64::MIN_POSITIVE, 0), (5e-324, 0), (1e-20, 0)];
    let more = [(150.0, u64::MAX), (f64::INFINITY, u64::MAX), (f64::NEG_INFINITY, 0)];
    for (percentage, expected) in edges.into_iter().chain(more) {
        assert_eq!(most(percentage), expected, "{percentage}");
    }
    assert!(hash("", &id(IDS[5].0)) <= most(10.0), "kept at 10 %");
    assert!(hash("", &id(IDS[3].0)) > most(50.0), "not kept at 50 %");
}

#[test]
fn rejection_thresholds_reach_from_all_to_none() {
    let all = [
        (100.0, 0),
        (250.0, 0),
        (f64::INFINITY, 0),
        (50.0, 1 << 55),
        (25.0, 3 << 54),
        (0.0, NEVER),
        (-1.0, NEVER),
        (f64::NAN, NEVER),
        (1e-300, NEVER),
    ];
    for (percentage, expected) in all {
        assert_eq!(rejection(percentage), expected, "{percentage}");
    }
    assert_eq!(rejection(1.0) >> 32, 0x00fd_70a3);
    assert!(randomness(&id(IDS[5].0)) < NEVER, "nothing reaches it");
}

#[test]
fn randomness_is_the_end_of_the_id_or_the_hash_upside_down() {
    assert_eq!(randomness(&id("0102030405060708090a0b0c0d0e0f10")), 0x000a_0b0c_0d0e_0f10);
    assert_eq!(randomness(&id("ffffffffffffffffffffffffffffffff")), NEVER - 1);
    assert_eq!(randomness_of_hash(0), NEVER - 1);
    assert_eq!(randomness_of_hash(u64::MAX), 0);
}

fn ot(th: Option<u64>, rv: Option<u64>) -> Ot {
    Ot { th, rv }
}

#[test]
fn the_ot_member_is_read_wherever_it_stands() {
    let full = 0x0001_2345_6789_abcd;
    let all = [
        ("", None),
        (" ,, \t", None),
        ("vendor=a", None),
        ("ot=th:0", Some(ot(Some(0), None))),
        ("ot=th:8", Some(ot(Some(1 << 55), None))),
        ("ot=th:fd70a4;rv:0123456789abcd", Some(ot(Some(0x00fd_70a4_0000_0000), Some(full)))),
        ("a=1 , ot=rv:0123456789ABCD\t,b=2", Some(ot(None, Some(full)))),
        ("1a@sys=x:y;z,ot=new:a.b_-;th:00000000000001", Some(ot(Some(1), None))),
        ("ot=other:", Some(ot(None, None))),
    ];
    for (text, expected) in all {
        assert_eq!(Ot::parse(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_follows_no_grammar_is_unreadable() {
    let many = (0..33).map(|at| format!("k{at}=v")).collect::<Vec<_>>().join(",");
    let long = format!("a={},b={}", "x".repeat(256), "x".repeat(256));
    let all = [
        "ot",
        "ot=",
        "ot=th",
        "ot=th:",
        "ot=th:g",
        "ot=th:+8",
        "ot=th:000000000000001",
        "ot=rv:0123456789abc",
        "ot=rv:0123456789abcde",
        "ot=th:8;",
        "ot=th:8;th:8",
        "ot=rv:0123456789abcd;rv:0123456789abcd",
        "ot=Th:8",
        "ot=th:8;x:(",
        "ot=th:8,ot=th:8",
        "ot=th:8,=v",
        "ot=th:8,A=v",
        "ot=th:8,a =v",
        "ot=th:8,a=b=c",
        "ot=th:8,a=é",
        "ot=th:8,@a=v",
        "ot=th:8,a@=v",
        &many,
        &long,
    ];
    for text in all {
        assert_eq!(Ot::parse(text), Err(trace_state::Unreadable), "{text}");
        assert_eq!(rewrite(text, Some(1), None), None, "{text}");
    }
}

#[test]
fn thresholds_rise_and_never_fall() {
    let at = |percentage| Some(rejection(percentage));
    let rv = Some(0x0001_2345_6789_abcd);
    let all = [
        ("", at(50.0), None, Some("ot=th:8")),
        ("", at(100.0), None, Some("ot=th:0")),
        ("", at(50.0), rv, Some("ot=th:8;rv:0123456789abcd")),
        ("", None, rv, Some("ot=rv:0123456789abcd")),
        ("", None, None, None),
        ("ot=th:8", at(25.0), None, Some("ot=th:c")),
        ("ot=th:c", at(50.0), None, None),
        ("ot=th:c", at(50.0), rv, Some("ot=th:c;rv:0123456789abcd")),
        ("ot=th:80", at(50.0), None, None),
        ("ot=rv:fedcba98765432", at(50.0), rv, Some("ot=th:8;rv:fedcba98765432")),
        ("ot=rv:fedcba98765432", None, rv, None),
        ("ot=th:8", None, None, Some("")),
        ("a=1,ot=th:8,b=2", None, None, Some("a=1,b=2")),
        ("ot=th:8;rv:fedcba98765432", None, None, Some("ot=rv:fedcba98765432")),
        ("ot=th:8", Some(NEVER), Some(NEVER), Some("")),
        ("a=1, b=x:y;z ,ot=q:Z;th:8;r:", at(25.0), None, Some("ot=th:c;q:Z;r:,a=1,b=x:y;z")),
    ];
    for (text, th, rv, expected) in all {
        assert_eq!(rewrite(text, th, rv).as_deref(), expected, "{text} {th:?} {rv:?}");
    }
}

#[test]
fn what_would_grow_too_long_loses_members_at_its_right_end() {
    let members = |count: usize| (0..count).map(|at| format!("k{at}=v")).collect::<Vec<_>>().join(",");
    let fits = |count: usize| Some(format!("ot=th:0,{}", members(count)));
    assert_eq!(rewrite(&members(31), Some(0), None), fits(31));
    assert_eq!(rewrite(&members(32), Some(0), None), fits(31));
    let length = |length: usize| format!("a={},b={}", "x".repeat(256), "x".repeat(length - 261));
    assert_eq!(rewrite(&length(512 - 8), Some(0), None).map(|text| text.len()), Some(512));
    assert_eq!(rewrite(&length(512 - 7), Some(0), None), Some(format!("ot=th:0,a={}", "x".repeat(256))));
    let value = |length: usize| format!("ot=a:b;x:{}", "y".repeat(length - 6));
    assert_eq!(rewrite(&value(251), Some(0), None).map(|text| text.len()), Some(3 + 256));
    assert_eq!(rewrite(&value(252), Some(0), None).as_deref(), Some("ot=th:0;a:b"));
}

#[test]
fn members_are_found_by_key_and_whole_value() {
    let state = "ot=th:8, vendor=gold ,t@sys=a b";
    assert_eq!(member(state, "t@sys"), Ok(Some("a b")));
    assert_eq!(member(state, "ot"), Ok(Some("th:8")));
    assert_eq!(member(state, "vendo"), Ok(None));
    assert!(member("vendor=gold,vendor=gold", "vendor").is_err());
    assert_eq!(member(state, "vendor"), Ok(Some("gold")));
    assert!(member("broken", "vendor").is_err());
}

/// Tracestates that are mostly readable.
fn states() -> impl Strategy<Value = String> {
    let ot = prop::option::of("ot=(th:[0-9a-f]{1,14};)?(rv:[0-9a-f]{14};)?x:[a-z]{0,9}");
    let others = prop::collection::btree_map("[a-z][a-z0-9]{2,6}", "[a-z:;]{1,20}", 0..6);
    (ot, others, any::<prop::sample::Index>()).prop_map(|(ot, others, at)| {
        let mut members: Vec<String> = others.iter().map(|(key, value)| format!("{key}={value}")).collect();
        if let Some(ot) = ot {
            members.insert(at.index(members.len() + 1), ot);
        }
        members.join(",")
    })
}

fn numbers() -> impl Strategy<Value = Option<u64>> {
    prop::option::of(0..NEVER)
}

/// What is nearly a tracestate.
const NEAR: &str = "[a-z@]{1,3}[=,; ot:h]{0,9}(ot=th:[0-9a-g]*)?";

proptest! {
    // Scenario: any text. Guarantees: nothing panics, and an unreadable one is never rewritten.
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), near in NEAR, th in numbers()) {
        for text in [text, near] {
            if Ot::parse(&text).is_err() {
                prop_assert_eq!(rewrite(&text, th, None), None);
            }
        }
    }

    // Scenario: a readable tracestate is rewritten. Guarantees: it reads as what was to be written, in front; the
    // members of others are the same, in their order; writing it again changes nothing.
    #[test]
    fn what_is_rewritten_reads_back(state in states(), th in numbers(), rv in numbers()) {
        let old = Ot::parse(&state).unwrap().unwrap_or_default();
        let expected = ot(th.map(|th| th.max(old.th.unwrap_or(0))), old.rv.or(rv));
        let new = rewrite(&state, th, rv);
        prop_assert_eq!(new.is_none(), expected == old, "only what changes is written");
        if let Some(new) = new {
            prop_assert_eq!(Ot::parse(&new).unwrap().unwrap_or_default(), expected);
            let others = |text: &str| {
                let members = trace_state::members(text).unwrap().into_iter().filter(|(key, _)| *key != "ot");
                members.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
            };
            // All of them, where there was room.
            let all = others(&state);
            let kept = others(&new);
            prop_assert_eq!(&kept[..], &all[..kept.len()]);
            prop_assert!(kept.len() == all.len() || new.len() + all[kept.len()].len() + 1 > 512 || kept.len() >= 31);
            prop_assert!(!new.contains("ot=") || new.starts_with("ot="));
            prop_assert_eq!(rewrite(&new, th, rv), None);
        }
    }

    // Scenario: two percentages. Guarantees: the greater keeps all that the smaller keeps, on both scales.
    #[test]
    fn greater_percentages_keep_more(left in -10f64..110.0, right in -10f64..110.0, tiny in 0f64..1e-12) {
        for (low, high) in [(left.min(right), left.max(right)), (0.0, tiny), (tiny, tiny * 2.0)] {
            prop_assert!(most(low) <= most(high));
            prop_assert!(rejection(low) >= rejection(high));
        }
    }

    // Scenario: a hash and a percentage. Guarantees: both scales agree on it, but for the last of their bits.
    #[test]
    fn both_scales_agree(hash: u64, percentage in 0.0..100.0) {
        let rejection = rejection(percentage);
        let randomness = randomness_of_hash(hash);
        if hash <= most(percentage) {
            prop_assert!(randomness + 64 >= rejection);
        } else {
            prop_assert!(randomness <= rejection + 64);
        }
    }

    // Guarantees: the float's 64 bits are those of exact arithmetic, to the last but the one they round.
    #[test]
    fn the_greatest_kept_hash_is_the_ratio(percentage in 0.0..100.0) {
        let exact = percentage / 100.0 * 18_446_744_073_709_551_615.0;
        prop_assert!((most(percentage) as f64 - exact).abs() <= 4096.0);
    }
}

// Scenario: a million ids. Guarantee: of them, what is kept is the share that was asked for, to 0.2 points.
#[test]
fn a_million_ids_are_kept_in_proportion() {
    let ids = || {
        (1..=1_000_000_u64).map(|at| {
            let (high, low) = (at.wrapping_mul(0x9e37_79b9_7f4a_7c15), at.wrapping_mul(0xc2b2_ae3d_27d4_eb4f));
            TraceId((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
        })
    };
    for percentage in [0.1, 10.0, 33.3, 50.0] {
        let bound = most(percentage);
        let kept = ids().filter(|id| hash("", id) <= bound).count();
        let share = kept as f64 / 10_000.0;
        assert!((share - percentage).abs() < 0.2, "{share} of {percentage}");
    }
}
