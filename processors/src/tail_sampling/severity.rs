//! How severe a log record is that says so in words only, as many structured loggers do.

/// What loggers write, in lower case, and the lowest `SeverityNumber` it means.
const WORDS: [(&str, i32); 21] = [
    ("trace", 1),
    ("verbose", 1),
    ("debug", 5),
    ("info", 9),
    ("information", 9),
    ("informational", 9),
    ("notice", 10),
    ("warn", 13),
    ("warning", 13),
    ("error", 17),
    ("err", 17),
    ("severe", 17),
    ("fatal", 21),
    ("critical", 21),
    ("crit", 21),
    ("alert", 21),
    ("panic", 21),
    ("emerg", 21),
    ("emergency", 21),
    ("fine", 5),
    ("finest", 1),
];

/// The number that a severity's text means, or 0: `WARN`, `warning` and `Warn2` are 13, 13 and 14.
pub(super) fn number(text: &[u8]) -> i32 {
    let (word, level) = match text.split_last() {
        Some((digit @ b'1'..=b'4', word)) => (word, i32::from(digit - b'1')),
        _ => (text, 0),
    };
    let known = WORDS.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(word.trim_ascii()));
    known.map_or(0, |(_, number)| number + level)
}
