//! Made-up URLs, addresses and dates that the detectors of this family find.

use crate::redaction::detect::contact::samples::Draw;

const LETTERS: &[u8] = b"abcdefghijkmnopqrstuvwxyz";
const SECRET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789_~";
const HEXADECIMAL: &[u8] = b"0123456789abcdef";

/// A text with a value of the entity in it, the same for the same seed.
///
/// A secret of a URL is found within its URL only, so that the URL is given.
pub fn sample(entity: &str, seed: u64) -> Option<String> {
    let draw = &mut Draw::new(seed);
    let host = format!("{}.example.com", draw.string(LETTERS, 6));
    match entity {
        "URL_CREDENTIALS" => {
            let (user, password) = (draw.string(LETTERS, 5), draw.string(SECRET, 12));
            let scheme = ["https", "postgres", "redis", "mongodb+srv"][draw.below(4)];
            Some(format!("{scheme}://{user}:{password}@{host}/x"))
        }
        "URL_SECRET" => {
            let name = ["token", "api_key", "X-Amz-Signature", "sig", "access_token", "client-secret"][draw.below(6)];
            Some(format!("https://{host}/x?a=b&{name}={}", draw.string(SECRET, 24)))
        }
        "IP_ADDRESS" | "IP_ADDRESS_PUBLIC" => Some(match draw.below(2) {
            0 => format!("{}.{}.{}.{}", 11 + draw.below(80), draw.below(256), draw.below(256), draw.below(256)),
            _ => format!("2400:{}:{}::1{}", group(draw), group(draw), group(draw)),
        }),
        "MAC_ADDRESS" => {
            let separator = [":", "-"][draw.below(2)];
            let octets: Vec<_> = (0..5).map(|_| draw.string(HEXADECIMAL, 2)).collect();
            Some(format!("02{separator}{}", octets.join(separator)))
        }
        "URL" => Some(format!("https://{host}/{}?q={}", draw.string(LETTERS, 8), draw.digits(4))),
        "DATE_TIME" => {
            let (year, month, day) = (1950 + draw.below(100), 1 + draw.below(12), 1 + draw.below(28));
            Some(match draw.below(3) {
                0 => format!("{year}-{month:02}-{day:02}"),
                1 => format!("{month:02}/{day:02}/{year}"),
                _ => format!("{year}-{month:02}-{day:02}T12:{:02}:00Z", draw.below(60)),
            })
        }
        _ => None,
    }
}

fn group(draw: &mut Draw) -> String {
    draw.string(b"123456789abcdef", 3)
}
