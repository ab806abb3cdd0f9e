//! Rows of test vectors: a JSON object a line, read with the little JSON they need.

use std::ops::Range;

/// One row.
pub(crate) struct Row {
    pub(crate) entity: String,
    pub(crate) text: String,
    /// What must be found, in characters of the text.
    pub(crate) spans: Vec<(usize, usize)>,
    weak: bool,
}

impl Row {
    pub(crate) fn read(line: &str) -> Self {
        let spans = line.split("\"spans\": [").nth(1).unwrap_or_default();
        let spans = spans.split("\"source\"").next().unwrap_or_default();
        let spans = spans.split("\"weak\"").next().unwrap_or_default().split("\"other\"").next().unwrap_or_default();
        let numbers: Vec<usize> =
            spans.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
        Self {
            entity: string(line, "entity"),
            text: string(line, "text"),
            spans: numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect(),
            weak: line.contains("\"weak\": true"),
        }
    }

    /// 0 for a sure positive, 1 for one that relies on context, 2 for a negative.
    pub(crate) fn kind(&self) -> usize {
        if self.spans.is_empty() { 2 } else { usize::from(self.weak) }
    }

    /// Whether every letter and digit of every span is within a hit.
    pub(crate) fn is_covered(&self, hits: &[Range<usize>]) -> bool {
        let within = |at: usize| hits.iter().any(|hit| hit.contains(&at));
        let wanted = |character: usize| self.spans.iter().any(|(start, end)| (*start..*end).contains(&character));
        let mut characters = self.text.char_indices().enumerate();
        characters.all(|(n, (at, c))| !wanted(n) || !c.is_ascii_alphanumeric() || within(at))
    }
}

/// The string after a key, unescaped.
fn string(line: &str, key: &str) -> String {
    let rest = line.split(&format!("\"{key}\": \"")).nth(1).unwrap_or_default();
    let mut units = Vec::new();
    let mut characters = rest.chars();
    while let Some(c) = characters.next().filter(|c| *c != '"') {
        let unescaped = match c {
            '\\' => match characters.next().unwrap_or_default() {
                'n' => u16::from(b'\n'),
                'r' => u16::from(b'\r'),
                't' => u16::from(b'\t'),
                'u' => {
                    let digits: String = characters.by_ref().take(4).collect();
                    u16::from_str_radix(&digits, 16).unwrap_or_default()
                }
                other => other as u16,
            },
            _ => {
                units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
                continue;
            }
        };
        units.push(unescaped);
    }
    String::from_utf16_lossy(&units)
}
