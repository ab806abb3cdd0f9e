//! Values with a unit: durations, sizes and secrets, as the file writes them.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A length of time: `300ms`, `1m30s`, `2h` (Go's syntax); `0` and `0s` are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub std::time::Duration);

/// A number of bytes: `4MiB`, `100KB`, `1_000_000`, or a plain number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

/// A text that is never printed.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Duration {
    /// Seconds.
    pub const fn secs(secs: u64) -> Self {
        Self(std::time::Duration::from_secs(secs))
    }

    /// Milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(std::time::Duration::from_millis(millis))
    }

    /// Reads Go's duration syntax, without a sign.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "0" {
            return Some(Self::default());
        }
        let mut rest = text;
        let mut nanos = 0_f64;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let number: f64 = rest[..digits].parse().ok()?;
            rest = &rest[digits..];
            let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
            nanos += number * unit_nanos(&rest[..unit])?;
            rest = &rest[unit..];
        }
        let within = !text.is_empty() && nanos < 9.2e18;
        // Checked above: at most Go's own largest duration, 292 years.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        within.then(|| Self(std::time::Duration::from_nanos(nanos.round() as u64)))
    }
}

fn unit_nanos(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1.0,
        "us" | "µs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "m" => 60e9,
        "h" => 3600e9,
        _ => return None,
    })
}

impl ByteSize {
    /// `n` mebibytes.
    pub const fn mib(n: u64) -> Self {
        Self(n << 20)
    }

    /// Reads a number with an optional unit: B, KB, MB, GB, TB (1,000) or KiB, MiB, GiB, TiB (1,024).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '_' && c != '.').unwrap_or(text.len());
        let number: f64 = text[..digits].replace('_', "").parse().ok()?;
        let unit: f64 = match text[digits..].trim() {
            "" | "B" => 1.0,
            "KB" | "kB" => 1e3,
            "MB" => 1e6,
            "GB" => 1e9,
            "TB" => 1e12,
            "KiB" => 1024.0,
            "MiB" => 1_048_576.0,
            "GiB" => 1_073_741_824.0,
            "TiB" => 1_099_511_627_776.0,
            _ => return None,
        };
        let bytes = number * unit;
        // Checked: a size a file system can have.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        (bytes < 9.2e18).then(|| Self(bytes.round() as u64))
    }
}

/// Reads a text of which an empty one is none, as Helm charts leave what they do not set.
///
/// # Errors
/// What is no text.
pub fn filled<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de> + From<String> + PartialEq,
    D: Deserializer<'de>,
{
    let read = Option::<T>::deserialize(deserializer)?;
    Ok(read.filter(|text| *text != T::from(String::new())))
}

impl fmt::Display for ByteSize {
    /// In the largest unit that leaves a number of at least 1, with one digit where it is not whole.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [("TiB", 1_u64 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
        match units.into_iter().find(|(_, size)| self.0 >= *size) {
            Some((unit, size)) if self.0.is_multiple_of(size) => write!(f, "{}{unit}", self.0 / size),
            // Tenths lose nothing that is shown.
            #[allow(clippy::cast_precision_loss)]
            Some((unit, size)) => write!(f, "{:.1}{unit}", self.0 as f64 / size as f64),
            None => write!(f, "{}B", self.0),
        }
    }
}

impl Secret {
    /// The text itself: for the wire only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text { expected: "a duration such as `30s` or `1m30s`", read: Self::parse })
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text { expected: "a size such as `4MiB` or a number of bytes", read: Self::parse })
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// Reads a value from a string or a whole number.
struct Text<T> {
    expected: &'static str,
    read: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        (self.read)(&number.to_string()).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }
}

impl JsonSchema for Duration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A length of time, in Go's syntax: `300ms`, `1m30s`, `2h`; `0` is none.",
            "type": ["string", "integer"],
            "x-unit": "duration",
            "pattern": r"^(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+)$",
            "maximum": 0,
            "minimum": 0
        })
    }
}

impl JsonSchema for ByteSize {
    fn schema_name() -> Cow<'static, str> {
        "ByteSize".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of bytes: `4MiB`, `100KB`, `1_000_000`, or a plain number.",
            "type": ["string", "integer"],
            "x-unit": "size",
            "pattern": r"^[0-9][0-9_]*(\.[0-9]+)? ?(B|[kK]B|[MGT]B|[KMGT]iB)?$",
            "minimum": 0
        })
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A text that is never printed; `${env:NAME}` and `${file:/path}` keep it out of the file.",
            "type": "string",
            "writeOnly": true
        })
    }
}
