//! The tables are sound, checksums are the issuers', and tokens end where they end.

use super::*;

/// The token at the head of a text.
fn first_token(text: &str) -> Option<(u16, usize)> {
    token(text.as_bytes(), 0, &mut Reaches::default())
}

#[test]
fn the_tables_are_sound() {
    for issuer in &ISSUERS {
        let Detector { entity, words, about, class } = issuer.detector;
        assert!(!about.is_empty() && !entity.is_empty(), "{entity}");
        assert_eq!(words.is_empty(), class == Class::A, "{entity}");
        for prefix in issuer.prefixes {
            assert!(prefix.len() >= 2 && prefix.as_bytes()[0].is_ascii_alphanumeric(), "{entity} {prefix}");
            assert!(prefix.bytes().all(|byte| runs::is(byte, !0)), "{entity} {prefix}");
            assert!(prefix.len() + issuer.least >= 16, "{entity} {prefix}: shorter than a run");
        }
    }
}

#[test]
fn github_checksums_are_githubs() {
    // From the public tests of Datadog's scanner.
    let body = concat!("M7H4jxUDDWHP4kZ6A4dx", "lQYsQIWJuq", "11T4V4");
    assert_eq!(checksum62(&body.as_bytes()[..30]), body.as_bytes()[30..]);
    assert_eq!(checks::crc32(b"123456789"), 0xcbf4_3926);
    for (last, class) in [("4", Class::A), ("5", Class::B)] {
        let text = format!("ghp_{}{last}", &body[..35]);
        let (issuer, end) = first_token(&text).expect("a token");
        assert_eq!((ISSUERS[usize::from(issuer)].detector.class, end), (class, text.len()));
    }
}

#[test]
fn a_token_is_taken_to_its_end() {
    let body = "aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA3bC5dE7f";
    for (after, taken) in [("", 0), (".", 0), ("-tail_9", 7), ("/path", 0), ("tail", 4)] {
        let text = format!("sk-proj-{body}{after}");
        assert_eq!(first_token(&text).map(|(_, end)| end), Some(8 + body.len() + taken), "{after}");
    }
}

#[test]
fn the_longest_prefix_counts() {
    let body = "aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA3bC5dE7f";
    for (prefix, entity) in
        [("sk-", "OPENAI_API_KEY"), ("sk-ant-api03-", "ANTHROPIC_API_KEY"), ("sk-or-v1-", "OPENROUTER_API_KEY")]
    {
        let text = format!("{prefix}{body}");
        let (issuer, _) = first_token(&text).expect("a token");
        assert_eq!(ISSUERS[usize::from(issuer)].detector.entity, entity);
    }
}

#[test]
fn base64_is_decoded_in_both_alphabets() {
    assert_eq!(base64(b"aGk_Pz8-"), base64(b"aGk/Pz8+"));
    assert_eq!(base64(b"eyJhbGciOiJub25lIn0="), b"{\"alg\":\"none\"}");
}

#[test]
fn ids_before_what_is_by_chance_hide_no_token() {
    let whole = |text: &str| first_token(text).map(|(issuer, end)| (ISSUERS[usize::from(issuer)].detector.entity, end));
    let slack = ["xo", "xp-158278848357-169153961077-678928849430-a199e4567c53adf7427420120214e750"].concat();
    assert_eq!(whole(&slack), Some(("SLACK_TOKEN", slack.len())));
    assert_eq!(whole(&["xo", "xb-158278848357-169153961077-your-token-goes-here"].concat()), None);
    let newrelic = ["NR", "AK-ABCDEFGHIJKLMNOPQRSTUVWXYZ7"].concat();
    assert_eq!(whole(&newrelic), Some(("NEWRELIC_KEY", newrelic.len())));
    assert_eq!(whole(&["NR", "AK-YOUR-API-KEY-GOES-RIGHT-HERE"].concat()), None);
    let square = ["EA", "AA", &"aB3dE5gH7jK9mN1pQ3rS".repeat(3)].concat();
    assert_eq!(whole(&square), Some(("SQUARE_TOKEN", square.len())));
    assert_eq!(whole(&square[..63]), None);
    assert_eq!(whole(&["EA", "AA", &"a".repeat(60)].concat()), None);
}

#[test]
fn how_far_a_token_goes_is_as_if_asked_alone() {
    let run = b"eyJ.a-b_eyJ.sk-a/b+c=.eyJ~:a.b...eyJ";
    let mut reaches = Reaches::default();
    for at in (0..run.len()).chain((0..run.len()).rev()) {
        for (most, made_of) in
            [(4, runs::DOT), (usize::MAX, 0), (9, runs::DOT), (usize::MAX, runs::BASE64 | runs::DOT), (7, runs::BASE64)]
        {
            let alone = runs::span(&run[at..], made_of | WORD).min(most);
            assert_eq!(reaches.span(run, at, most, made_of), alone, "{at} {most} {made_of}");
        }
    }
}
