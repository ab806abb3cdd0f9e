//! Each shape is told from its neighbours by a character more or less.

use proptest::prelude::*;

use super::*;

fn shapes(text: &str) -> Vec<&'static str> {
    let end = runs::span(text.as_bytes(), ALNUM);
    let found = |shape: &&Shape| {
        let word = Word { before: b"", run: text.as_bytes(), start: 0, end, asked: &Asked::default() };
        worth_it(word, word.joined()) && (shape.find)(word) == Some((0, text.len()))
    };
    let found = SHAPES.iter().filter(found);
    found.map(|shape| shape.detector.entity).collect()
}

#[test]
fn lengths_are_exact() {
    let hex = "0f3a9c7d5e1b2468ace013579bdf02460f3a9c7d5e1b";
    assert!(shapes(&hex[..32]).contains(&"DATADOG_KEY"));
    assert!(shapes(&hex[..40]).contains(&"WANDB_API_KEY"));
    for len in [31, 33, 39, 41] {
        assert_eq!(shapes(&hex[..len]), Vec::<&str>::new(), "{len}");
    }
    assert_eq!(shapes(&format!("{}-us12", &hex[..32])), ["MAILCHIMP_KEY"]);
    assert_eq!(shapes(&format!("{}-usual", &hex[..32])), Vec::<&str>::new());
    assert!(shapes("0f3a9c7d-5e1b-2468-ace0-13579bdf0246").contains(&"HEROKU_API_KEY"));
}

#[test]
fn marks_in_the_middle_tell() {
    let body = "aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA3bC5dE7f";
    assert_eq!(shapes(&format!("abc8Q~{}", &body[..34])), ["AZURE_CLIENT_SECRET"]);
    assert_eq!(shapes(&format!("123456789:AA{}", &body[..33])), ["TELEGRAM_BOT_TOKEN"]);
    assert_eq!(shapes(&format!("{}.atlasv1.{body}{body}", &body[..14])), ["TERRAFORM_TOKEN"]);
    assert!(shapes("docs/Getting/started/with/the/pipeline12").is_empty());
}

fn behind(before: &str, run: &str, start: usize) -> Vec<&'static str> {
    let end = start + runs::span(&run.as_bytes()[start..], ALNUM);
    let word = Word { before: before.as_bytes(), run: run.as_bytes(), start, end, asked: &Asked::default() };
    let found = |shape: &&Shape| shape.detector.class == Class::A && (shape.find)(word).is_some();
    SHAPES.iter().filter(found).map(|shape| shape.detector.entity).collect()
}

#[test]
fn an_access_key_id_vouches_for_the_secret_beside_it() {
    let id = ["AK", "IA", "QWERTYUIOPASDFGH"].concat();
    let secret = "aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA3bC5dE7f";
    for between in ["\n", ",", " / ", "\", \"secret\": \""] {
        assert_eq!(behind(&format!("{id}{between}"), secret, 0), ["AWS_SECRET_ACCESS_KEY"], "{between:?}");
    }
    let run = format!("{id}:{secret}");
    assert_eq!(behind("curl -u ", &run, id.len() + 1), ["AWS_SECRET_ACCESS_KEY"]);
    assert_eq!(behind("", secret, 0), Vec::<&str>::new());
    assert_eq!(behind(&format!("{id}{}", " ".repeat(64)), secret, 0), Vec::<&str>::new());
}

#[test]
fn hashes_of_commits_and_traces_are_no_keys() {
    let hex = "0f3a9c7d5e1b2468ace013579bdf02460f3a9c7d";
    let hit = |before: &str, run: &str, start: usize| {
        let end = start + runs::span(&run.as_bytes()[start..], ALNUM);
        hex_40(Word { before: before.as_bytes(), run: run.as_bytes(), start, end, asked: &Asked::default() }).is_some()
    };
    for before in ["datadog-agent commit ", "trace_id: ", "\"sha\": \"", "ETag: \"", "md5 = ", "Checksum: "] {
        assert!(!hit(before, hex, 0), "{before}");
    }
    assert!(!hit("git+", &format!("deepgram-sdk@{hex}"), 13));
    assert!(!hit("", &format!("commit:{hex}"), 7));
    for before in ["datadog api key ", "", "key: \"", "commitment "] {
        assert!(hit(before, hex, 0), "{before}");
    }
    for shape in SHAPES.iter().filter(|shape| {
        matches!(shape.detector.entity, "DATADOG_KEY" | "ALGOLIA_KEY" | "DEEPGRAM_API_KEY" | "TWILIO_KEY")
    }) {
        assert!(
            shape.detector.words.iter().all(|word| word.contains(' ')),
            "a vendor's name alone vouches for no hash"
        );
    }
}

proptest! {
    /// Scenario: values of every shape, cut, changed and with something behind. Guarantees: what a shape finds, it finds
    /// where only those are asked whose needs the word has.
    #[test]
    fn needs_hold_nothing_back(at in 0..SHAPES.len(), seed: u64, cut in 0..90_usize, behind in "[a-z0-9.:~/+=_-]{0,9}") {
        let entity = SHAPES[at].detector.entity;
        let value = super::super::samples::sample(entity, seed).unwrap_or_default();
        for text in [value.clone(), format!("{value}{behind}"), format!("{}{behind}", value.get(..cut).unwrap_or_default())] {
            let end = runs::span(text.as_bytes(), ALNUM);
            let word = Word { before: b"", run: text.as_bytes(), start: 0, end, asked: &Asked::default() };
            let all = (0..SHAPES.len()).filter(|at| (SHAPES[*at].find)(word).is_some());
            let asked: Vec<_> = of(word).collect();
            prop_assert!(all.into_iter().all(|at| asked.contains(&at)), "{text:?}: {asked:?}");
            let short = end > 0 && is_nothing(word.run, 0, end);
            prop_assert!(!short || !worth_it(word, word.joined()), "{text:?}");
        }
    }
}
