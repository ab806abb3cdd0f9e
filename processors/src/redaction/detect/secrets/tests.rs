//! The family as a whole: every entity is found wherever it stands, and clean text has none.

use super::samples::sample;
use super::*;
use std::collections::BTreeSet;

fn find(text: &str, on: impl Fn(&Detector) -> bool) -> Vec<(&'static str, u32, u32)> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let on: Vec<bool> = DETECTORS.iter().map(on).collect();
    let mut hits = Hits::default();
    Secrets.find(text, &marks, &on, &mut hits);
    for hit in hits.iter() {
        assert!(text.get(hit.start as usize..hit.end as usize).is_some_and(|found| !found.is_empty()), "{hit:?}");
    }
    hits.iter().map(|hit| (DETECTORS[usize::from(hit.detector)].entity, hit.start, hit.end)).collect()
}

fn entities() -> BTreeSet<&'static str> {
    DETECTORS.iter().map(|detector| detector.entity).collect()
}

/// Clean text, by a seed.
fn prose(seed: u64) -> String {
    const WORDS: [&str; 24] = [
        "the",
        "model",
        "answered",
        "with",
        "a",
        "plan",
        "for",
        "three",
        "services",
        "(see",
        "below):",
        "tokens",
        "were",
        "counted:",
        "12,",
        "and",
        "internationalization",
        "took",
        "4.5",
        "seconds;",
        "scikit-learn",
        "sk-learn",
        "cost=0",
        "\u{4f60}\u{597d}\u{ff0c}",
    ];
    let mut state = seed;
    let mut words = Vec::new();
    for _ in 0..40 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        words.push(WORDS[(state >> 33) as usize % WORDS.len()]);
    }
    words.join(" ")
}

/// Where letters and digits of `start..end` that no hit of `entity` covers are.
fn bare(text: &str, range: (usize, usize), hits: &[(&str, u32, u32)]) -> usize {
    let covered = |at: usize| hits.iter().any(|(_, start, end)| (*start as usize..*end as usize).contains(&at));
    (range.0..range.1).filter(|at| text.as_bytes()[*at].is_ascii_alphanumeric() && !covered(*at)).count()
}

#[test]
fn every_entity_has_samples_that_are_found_in_clean_text() {
    for entity in entities() {
        for seed in 0..200 {
            let value = sample(entity, seed).unwrap_or_else(|| panic!("no sample of {entity}"));
            for (before, after) in
                [("", ""), (" ", " "), ("\n", "\n"), ("\u{ff1a}", "\u{3002}"), ("`", "`"), ("=", ".")]
            {
                // Nothing before it is the start of the text: a word would be part of it.
                let head = if before.is_empty() { String::new() } else { prose(seed) + before };
                let text = format!("{head}{value}{after} {}", prose(seed + 1));
                let hits = find(&text, |detector| detector.entity == entity);
                assert!(!hits.is_empty(), "{entity}: {text}");
                // A name stays, the value goes.
                let named = value.contains([' ', '"', '\'', '?']) || value.contains("=a1B2c");
                if !named {
                    assert_eq!(
                        bare(&text, (head.len(), head.len() + value.len()), &hits),
                        0,
                        "{entity}: {text} {hits:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn clean_text_has_none() {
    for seed in 0..500 {
        let text = prose(seed);
        assert_eq!(find(&text, |_| true), [], "{text}");
    }
}

#[test]
fn zero_width_characters_save_no_secret() {
    for entity in entities() {
        for (seed, hidden) in (0..20).zip(["\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}"].iter().cycle()) {
            let value = sample(entity, seed).unwrap_or_default();
            if value.contains([' ', '"', '\'', '?', '\n']) || value.contains("=a1B2c") {
                continue;
            }
            let text: String = value.chars().map(|c| format!("{c}{hidden}")).collect();
            let text = format!("so {text} it is");
            let hits = find(&text, |detector| detector.entity == entity);
            assert_eq!(bare(&text, (3, text.len() - 6), &hits), 0, "{entity}: {text} {hits:?}");
        }
    }
}

#[test]
fn escapes_before_a_secret_are_no_part_of_a_word() {
    let key = sample("ANTHROPIC_API_KEY", 1).expect("a sample");
    for before in ["\\n", "\\t", "\\u003d", "%3D", "\u{1b}[31m", "a%20", "x_", "/", ":"] {
        let text = format!("so {before}{key}");
        let hits = find(&text, |detector| detector.entity == "ANTHROPIC_API_KEY");
        assert_eq!(hits.len(), 1, "{text}");
        assert_eq!(hits[0].1 as usize, text.len() - key.len(), "{text}");
    }
    let inside = format!("x{key}");
    assert_eq!(find(&inside, |detector| detector.entity == "ANTHROPIC_API_KEY"), []);
}

#[test]
fn what_only_looks_like_a_secret_is_none() {
    for text in [
        "pip install sk-learn-contrib-extensions-for-everyone",
        "<div class=\"sk-loading-indicator-container-wrapper\">",
        "Slack tokens begin with xoxb- and then numbers; xoxb-your-token-goes-here",
        "export OPENAI_API_KEY=sk-your-api-key-goes-right-here",
        "hf_transformers_are_a_library_of_models_and_more",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "path/to/some/really/deeply/nested/directory/structure/file.rs",
        "https://docs.example.com/getting-started/installation?version=latest#top",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "2026-11-20T12:34:56.789012Z level=info msg=\"done\" duration_ms=123",
        "com.example.application.service.ConfigurationManagerFactoryBean",
        "gen_ai.usage.input_tokens=512 gen_ai.request.max_tokens: 4096 token_type: bearer",
    ] {
        assert_eq!(find(text, |detector| detector.class == Class::A), [], "{text}");
    }
}

#[test]
fn placeholders_are_a_fixed_point() {
    for entity in entities() {
        for text in [
            format!("[{entity}]"),
            format!("key: [{entity}]"),
            format!("password=[{entity}]"),
            format!("Authorization: Bearer [{entity}]"),
            format!("\"client_secret\": \"[{entity}]\""),
            format!("Cookie: [{entity}]"),
        ] {
            assert_eq!(find(&text, |_| true), [], "{text}");
        }
    }
}

#[test]
fn a_bearer_token_is_found_by_its_scheme() {
    let text = "sent Bearer 9f86d081884c7d659a2feaa0c55ad015, got 401; Bearer tokens are strings";
    let hits = find(text, |detector| detector.entity == "AUTHORIZATION");
    assert_eq!(hits, [("AUTHORIZATION", 12, 44)]);
}

#[test]
fn addresses_of_wallets_are_no_keys() {
    let entropy = |text: &str| !find(text, |detector| detector.entity == "HIGH_ENTROPY").is_empty();
    assert!(!entropy("1AGNa15ZQXAZUgFiqJ2i7Z2DPU2J6hW62X"), "nor is one with a typo");
    assert!(entropy("rAGNa15ZQXAZUgFiqJ2i7Z2DPU2J6hW62X"));
}

#[test]
fn only_what_is_on_is_found() {
    let text =
        format!("{} {}", sample("OPENAI_API_KEY", 1).unwrap_or_default(), sample("PASSWORD", 1).unwrap_or_default());
    assert_eq!(find(&text, |_| false), []);
    let all = find(&text, |detector| detector.class == Class::A);
    assert_eq!(all.iter().map(|hit| hit.0).collect::<Vec<_>>(), ["OPENAI_API_KEY", "PASSWORD"]);
}

#[test]
fn there_are_more_than_a_hundred_entities_each_told_apart() {
    assert!(entities().len() > 100, "{}", entities().len());
    for detector in &DETECTORS {
        assert!(!detector.about.is_empty(), "{}", detector.entity);
        assert_eq!(detector.words.is_empty(), detector.class != Class::B, "{}", detector.entity);
        for word in detector.words {
            assert_eq!(*word, word.to_ascii_lowercase());
        }
    }
}
