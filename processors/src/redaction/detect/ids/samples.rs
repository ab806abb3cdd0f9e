//! Identifiers made up for tests: valid for their detectors, of nobody.

use super::ENGINE;
use super::row::Row;

/// How many fillings of a shape are tried until one passes the check.
const TRIES: usize = 4_000_000;

/// Shapes to fill in place of those whose checks next to nothing passes by chance.
const NARROW: &[(&str, &str)] =
    &[("MX_CURP", "@@@@8#0#1#HDF@@@*#"), ("CN_ID", "11010519##0#1####*"), ("LU_NIN", "19##0#1######")];

/// A valid value of `entity`, another for another seed; `None` for an entity that has no detector here.
pub fn sample(entity: &str, seed: u64) -> Option<String> {
    let rows: Vec<&Row> = ENGINE.rows.iter().filter(|row| row.detector.entity == entity).collect();
    let mut random = Random(seed);
    let row = rows.get(random.below(rows.len().max(1)))?;
    let narrow = NARROW.iter().find(|(narrow, _)| *narrow == entity).map(|(_, shape)| *shape);
    let shape = narrow.unwrap_or_else(|| row.shapes[random.below(row.shapes.len())]);
    let compact = |text: &str| -> Vec<u8> {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect()
    };
    (0..TRIES).map(|_| fill(shape, &mut random)).find(|text| {
        let id = compact(text);
        id.iter().any(|byte| *byte != id[0]) && (row.check)(&id)
    })
}

/// Any text of a shape.
fn fill(shape: &str, random: &mut Random) -> String {
    let separator = random.of(b" -./");
    let mut text = String::new();
    let mut last = b'#';
    let mut rest = shape.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'{' {
            // What stands before the brace is there once.
            text.pop();
            let counts: String = rest.by_ref().take_while(|byte| *byte != b'}').map(char::from).collect();
            let (least, most) = counts.split_once(',').unwrap_or((&counts, &counts));
            let (least, most): (usize, usize) = (least.parse().unwrap_or(1), most.parse().unwrap_or(1));
            (0..least + random.below(most - least + 1)).for_each(|_| one(last, separator, random, &mut text));
        } else {
            one(byte, separator, random, &mut text);
            last = byte;
        }
    }
    text
}

fn one(byte: u8, separator: char, random: &mut Random, text: &mut String) {
    match byte {
        // What may have separators has none here: where they stand is another shape's.
        b'%' | b'^' | b'<' | b'?' => {}
        b'#' => text.push(random.of(b"0123456789")),
        b'@' => text.push(random.of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        b'*' => text.push(random.of(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        b'~' => text.push(separator),
        literal => text.push(char::from(literal)),
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn of(&mut self, bytes: &[u8]) -> char {
        char::from(bytes[self.below(bytes.len())])
    }
}
