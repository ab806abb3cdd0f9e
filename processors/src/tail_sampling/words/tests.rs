//! Words are found by what they are, however alike they are in length and ends.

use proptest::prelude::*;

use super::*;

#[test]
fn alike_words_are_told_apart() {
    let all = ["", "a", "b", "ab", "abc", "abcd", "abce", "abcdefgh", "gen_ai.usage.x", "gen_ai.usage.y"];
    let long = |middle: &str| format!("{}{middle}{}", "p".repeat(40), "s".repeat(40));
    let mut words = Words::default();
    assert_eq!(words.find(b""), None);
    for (number, word) in all.iter().enumerate() {
        assert_eq!((words.number(word.as_bytes()), words.number(word.as_bytes())), (number, number), "{word}");
    }
    // The same length, the same ends.
    let twins = [long("1"), long("2"), long("3")];
    let numbers = twins.each_ref().map(|word| words.number(word.as_bytes()));
    assert_eq!((numbers, words.len()), ([10, 11, 12], 13));
    assert_eq!(words.find(long("4").as_bytes()), None);
    assert!(all.iter().enumerate().all(|(number, word)| words.find(word.as_bytes()) == Some(number)));
}

proptest! {
    // Scenario: any words, some of them known. Guarantees: as a list that is searched from its beginning.
    #[test]
    fn as_a_list(known in prop::collection::vec("[a-c]{0,12}", 0..80), asked in prop::collection::vec("[a-c]{0,12}", 0..80)) {
        let (mut words, mut list) = (Words::default(), Vec::new());
        for word in &known {
            let at = list.iter().position(|listed| listed == word).unwrap_or_else(|| {
                list.push(word.clone());
                list.len() - 1
            });
            prop_assert_eq!(words.number(word.as_bytes()), at);
        }
        for word in asked.iter().chain(&known) {
            prop_assert_eq!(words.find(word.as_bytes()), list.iter().position(|listed| listed == word));
        }
    }
}
