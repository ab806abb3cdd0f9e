//! Valid secrets of each kind, made up from a seed: for property tests and for the canary that looks for leaks.

use super::issuers::{ISSUERS, Issuer, checksum62};
use super::runs::{self, ALNUM, BASE64, DASH, DIGIT, DOT, HEX, LOWER, UPPER, WORD};
use super::shapes::SHAPES;

/// A source of chance that a seed determines (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// `len` characters of `classes`.
    fn text(&mut self, classes: u8, len: usize) -> String {
        let all: Vec<char> = (b'+'..=b'z').filter(|byte| runs::is(*byte, classes)).map(char::from).collect();
        (0..len).map(|_| all[self.below(all.len())]).collect()
    }

    /// As [`Self::text`], with digits and both cases among it.
    fn mixed(&mut self, classes: u8, len: usize) -> String {
        format!("a1B2c{}", self.text(classes, len - 5))
    }
}

/// A valid value of an entity of this family, with the name before it where only that tells; `None` if the family has
/// no such entity.
pub fn sample(entity: &str, seed: u64) -> Option<String> {
    let mut chance = Chance(seed);
    let issuers: Vec<&Issuer> = ISSUERS.iter().filter(|issuer| issuer.detector.entity == entity).collect();
    let shapes = SHAPES.iter().filter(|shape| shape.detector.entity == entity).count();
    let named = named(entity, &mut chance);
    let kinds = issuers.len() + shapes + usize::from(named.is_some());
    if kinds == 0 {
        return other(entity, &mut chance);
    }
    let kind = chance.below(kinds);
    match issuers.get(kind) {
        Some(issuer) => Some(issued(issuer, &mut chance)),
        None if kind < issuers.len() + shapes => shaped(entity, &mut chance),
        None => named,
    }
}

fn issued(issuer: &Issuer, chance: &mut Chance) -> String {
    let prefix = issuer.prefixes[chance.below(issuer.prefixes.len())];
    // Of what a body is made of, dots, dashes and padding only where the issuer puts them.
    let of = if issuer.made_of & ALNUM == 0 { ALNUM } else { issuer.made_of & ALNUM };
    let body = match issuer.detector.entity {
        "JWT" => return jwt(chance),
        "PRIVATE_KEY" => return format!("{prefix}BQUklWQVRFIEtFWS0tLS0t{}", chance.mixed(ALNUM, 64)),
        "GITHUB_TOKEN" if issuer.made_of & DOT != 0 => format!("{}_{}", chance.text(DIGIT, 6), jwt(chance)),
        "GITHUB_TOKEN" if prefix.len() == 4 => {
            let random = chance.mixed(ALNUM, 30);
            let checksum = checksum62(random.as_bytes());
            format!("{random}{}", checksum.map(char::from).iter().collect::<String>())
        }
        "AWS_ACCESS_KEY_ID" => chance.text(UPPER, 10) + "2" + &chance.text(UPPER, 2) + "7QZ",
        "SENDGRID_KEY" => format!("{}.{}", chance.mixed(WORD, 22), chance.mixed(ALNUM, 43)),
        "AIRTABLE_KEY" => format!("{}.{}", chance.mixed(ALNUM, 14), chance.text(HEX, 64)),
        "INFISICAL_TOKEN" => format!("a{}.{}.{}", chance.text(HEX, 23), chance.text(HEX, 32), chance.text(HEX, 32)),
        "PLAID_TOKEN" | "HUBSPOT_TOKEN" | "AXIOM_TOKEN" | "LAUNCHDARKLY_KEY" => uuid(chance),
        "CLOUDFLARE_TOKEN" => format!("{}-{}", chance.text(HEX, 24), chance.text(HEX, 146)),
        "SLACK_WEBHOOK" => {
            format!("services/T{}/B{}/{}", digits(chance, 9), digits(chance, 9), chance.mixed(ALNUM, 24))
        }
        "DISCORD_WEBHOOK" => format!("{}/{}", digits(chance, 18), chance.mixed(ALNUM, 68)),
        "TEAMS_WEBHOOK" => {
            format!("webhookb2/{}@{}/IncomingWebhook/{}", uuid(chance), uuid(chance), chance.text(HEX, 32))
        }
        "ZAPIER_WEBHOOK" => format!("{}/{}/", digits(chance, 7), "a1b2c3d4"),
        _ => {
            let more = chance.below(4);
            let len = if issuer.detector.entity == "TWILIO_KEY" { 32 } else { issuer.least + more };
            // One by chance may lack digits, and then looks like words.
            let sound = |body: &String| (issuer.sound)(format!("{prefix}{body}").as_bytes());
            let drawn = (0..100).map(|_| chance.text(of, len)).find(sound);
            drawn.unwrap_or_default()
        }
    };
    format!("{prefix}{body}")
}

fn shaped(entity: &str, chance: &mut Chance) -> Option<String> {
    Some(match entity {
        "AZURE_CLIENT_SECRET" => format!("{}8Q~{}", chance.text(ALNUM, 3), chance.mixed(ALNUM, 34)),
        "AZURE_KEY" => format!("{}JQQJ99{}", chance.mixed(ALNUM, 52), chance.text(ALNUM, 26)),
        "AZURE_STORAGE_KEY" => format!("{}==", chance.mixed(ALNUM, 86)),
        "AZURE_DEVOPS_TOKEN" => format!("a2b3c4d5{}", chance.text(LOWER | DIGIT, 44)),
        "TERRAFORM_TOKEN" => format!("{}.atlasv1.{}", chance.mixed(ALNUM, 14), chance.mixed(ALNUM, 67)),
        "TELEGRAM_BOT_TOKEN" => format!("{}:AA{}", digits(chance, 9), chance.mixed(ALNUM, 33)),
        "DISCORD_TOKEN" => format!("MTk4NjIyNDgzNDcxOTI1MjQ4.{}.{}", chance.text(ALNUM, 6), chance.mixed(ALNUM, 27)),
        "MAILCHIMP_KEY" => format!("{}-us{}", chance.text(HEX, 32), 1 + chance.below(21)),
        "MAILGUN_KEY" => format!("{}-{}-{}", chance.text(HEX, 32), chance.text(HEX, 8), chance.text(HEX, 8)),
        "NEWRELIC_KEY" => format!("a1b2c3{}FFFFNRAL", chance.text(HEX, 26)),
        "ASANA_TOKEN" => format!("1/{}:{}", digits(chance, 16), chance.text(HEX, 32)),
        "AWS_SECRET_ACCESS_KEY" | "COHERE_API_KEY" | "CLOUDFLARE_TOKEN" => chance.mixed(ALNUM, 40),
        "MISTRAL_API_KEY" => chance.mixed(ALNUM, 32),
        "DATADOG_KEY" | "TWILIO_KEY" | "ALGOLIA_KEY" => format!("a1b2c3{}", chance.text(HEX, 26)),
        "WANDB_API_KEY" | "DEEPGRAM_API_KEY" | "GCP_SERVICE_ACCOUNT" => format!("a1b2c3{}", chance.text(HEX, 34)),
        "HEROKU_API_KEY" | "POSTMARK_TOKEN" => uuid(chance),
        "VAULT_TOKEN" => format!("s.{}", chance.mixed(ALNUM, 24)),
        "OKTA_TOKEN" => format!("00{}", chance.mixed(ALNUM, 40)),
        "PAYPAL_KEY" => format!("E{}", chance.mixed(ALNUM, 79)),
        _ => return None,
    })
}

/// What only its name tells, with the name.
fn named(entity: &str, chance: &mut Chance) -> Option<String> {
    let value = chance.mixed(ALNUM, 24);
    Some(match entity {
        "PASSWORD" => format!("db_password={value}"),
        "AUTHORIZATION" => format!("Authorization: Bearer {value}"),
        "COOKIE" => format!("Cookie: sid={value}; theme=dark"),
        "AWS_SECRET_ACCESS_KEY" => {
            format!("aws_secret_access_key = {}", chance.mixed(ALNUM | BASE64, 40).replace('=', "/"))
        }
        "AZURE_STORAGE_KEY" => format!("AccountKey={}==", chance.mixed(ALNUM, 86)),
        "PRIVATE_KEY" => format!(
            "{0}BEGIN PRIVATE KEY{0}\n{1}\n{2}\n{0}END PRIVATE KEY{0}",
            "-----",
            chance.text(ALNUM, 64),
            chance.text(ALNUM, 32)
        ),
        "API_KEY" => format!("\"x-api-key\": \"{value}\""),
        "ACCESS_TOKEN" => format!("access_token={value}"),
        "URL_SIGNATURE" => format!("?sv=2024-11-04&sig={value}{value}"),
        "KEY_VALUE_SECRET" => format!("client_secret: '{value}'"),
        _ => return None,
    })
}

fn other(entity: &str, chance: &mut Chance) -> Option<String> {
    (entity == "HIGH_ENTROPY").then(|| chance.mixed(ALNUM, 60))
}

/// Digits, the first not zero.
fn digits(chance: &mut Chance, len: usize) -> String {
    format!("{}{}", 1 + chance.below(9), chance.text(DIGIT, len - 1))
}

fn uuid(chance: &mut Chance) -> String {
    let mut groups = [8, 4, 4, 4, 10].map(|len| chance.text(HEX, len));
    groups[4].push_str("a1");
    groups.join("-")
}

fn jwt(chance: &mut Chance) -> String {
    // {"alg":"HS256","typ":"JWT"}
    let header = concat!("eyJhbGciOiJIUzI1NiIs", "InR5cCI6IkpXVCJ9");
    format!("{header}.eyJ{}.{}", chance.mixed(ALNUM, 40), chance.mixed(ALNUM | DASH, 43))
}
