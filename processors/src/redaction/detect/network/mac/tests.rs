//! Addresses are seen at every offset, in every spelling.

use super::*;

fn found(text: &str) -> Vec<&str> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let mut all = Vec::new();
    each(text, &marks, |span| all.push(&text[span]));
    all
}

#[test]
fn addresses_are_found_at_every_offset() {
    for offset in 0..40 {
        for mac in ["00:1A:2B:3C:4D:5E", "aa-bb-cc-dd-ee-ff", "0012.3456.789A"] {
            let text = format!("{}{mac}, {mac}.", " ".repeat(offset));
            assert_eq!(found(&text), [mac, mac], "{text:?}");
        }
    }
    assert_eq!(found("MAC:00:11:22:33:44:55"), ["00:11:22:33:44:55"]);
}

#[test]
fn look_alikes() {
    for text in [
        "00:1A:2B:3C:4D",
        "FF:FF:FF:FF:FF:FF",
        "00:00:00:00:00:00",
        "00:1A-2B:3C:4D:5E",
        "x00:1A:2B:3C:4D:5E",
        "aa:bb:cc:dd:ee:ff:00:11:22:33",
        "2024-01-02-03-04-05",
        "550e8400-e29b-41d4-a716-446655440000",
    ] {
        assert_eq!(found(text), [] as [&str; 0], "{text:?}");
    }
}
