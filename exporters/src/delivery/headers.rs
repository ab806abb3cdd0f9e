//! Headers a destination is sent: what `headers` says, and what the authenticator makes.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use pipeline::auth::Authenticator;
use pipeline::config::{Findings, Secret};
use pipeline::registry::{BuildCx, BuildError};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Headers sent with every request: a map of names to values, or a list of `{name, value}`, as the
/// Collector has both. Values are never printed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Headers(pub Vec<(String, Secret)>);

/// Credentials for the destination.
#[derive(Clone, Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authentication {
    /// The id of the extension that makes the `authorization` header, such as `bearertokenauth`. Required.
    pub authenticator: String,
}

impl Headers {
    /// Checks every name and value; `key` is where the block stands.
    pub fn check(&self, key: &str, findings: &mut Findings) {
        for (name, value) in &self.0 {
            if HeaderName::try_from(name.as_str()).is_err() || HeaderValue::try_from(value.expose()).is_err() {
                findings.error(key, "E220", format!("`{name}` is no HTTP header with a value that can be sent"));
            }
        }
    }

    /// The headers to send, and the authenticator's, which may change.
    ///
    /// # Errors
    /// A name or value that cannot be sent, or an authenticator that does not run or only checks.
    pub fn build(
        &self,
        auth: Option<&Authentication>,
        cx: &BuildCx<'_>,
    ) -> Result<(HeaderMap, Option<Credentials>), BuildError> {
        let mut headers = HeaderMap::new();
        let wrong = |name: &str| BuildError::at("headers", format!("`{name}` is no header that can be sent"));
        for (name, value) in &self.0 {
            let key = HeaderName::try_from(name.as_str()).map_err(|_| wrong(name))?;
            headers.insert(key, sensitive(value).ok_or_else(|| wrong(name))?);
        }
        let Some(auth) = auth else { return Ok((headers, None)) };
        let authenticator = cx.authenticator(&auth.authenticator)?;
        let name = HeaderName::try_from(authenticator.header()).map_err(|_| wrong(authenticator.header()))?;
        let credentials = Credentials { name, authenticator };
        if !credentials.put(&mut headers) {
            let reason = format!("extension `{}` has no credentials to send", auth.authenticator);
            return Err(BuildError::at("auth.authenticator", reason));
        }
        Ok((headers, Some(credentials)))
    }
}

/// The header an authenticator makes, asked for before each attempt: a token in a file is replaced while we run.
#[derive(Clone, Debug)]
pub struct Credentials {
    name: HeaderName,
    authenticator: Arc<Authenticator>,
}

impl Credentials {
    /// Sets the header as it is now; `false` where there is nothing that can be sent.
    pub(super) fn put(&self, headers: &mut HeaderMap) -> bool {
        let value = self.authenticator.value().as_ref().and_then(sensitive);
        let some = value.is_some();
        if let Some(value) = value {
            headers.insert(self.name.clone(), value);
        }
        some
    }
}

/// A value that no log of ours and no HPACK table of the peer keeps.
pub(crate) fn sensitive(value: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(value.expose()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A header's value; numbers and booleans as YAML reads them without quotes.
struct Text(Secret);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;
        impl Visitor<'_> for Scalar {
            type Value = String;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
                Ok(text.into())
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
                Ok(number.to_string())
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
                Ok(number.to_string())
            }
            fn visit_bool<E: Error>(self, flag: bool) -> Result<String, E> {
                Ok(flag.to_string())
            }
        }
        deserializer.deserialize_any(Scalar).map(|text| Self(Secret::from(text)))
    }
}

/// An entry of the list form.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    name: String,
    value: Text,
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Headers;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of header names to values, or a list of {name, value}")
            }
            fn visit_unit<E: Error>(self) -> Result<Headers, E> {
                Ok(Headers::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers, A::Error> {
                let mut headers = Vec::new();
                while let Some((name, Text(value))) = map.next_entry()? {
                    headers.push((name, value));
                }
                Ok(Headers(headers))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Headers, A::Error> {
                let mut headers = Vec::new();
                while let Some(Pair { name, value: Text(value) }) = list.next_element()? {
                    headers.push((name, value));
                }
                Ok(Headers(headers))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Headers {
    fn schema_name() -> Cow<'static, str> {
        "Headers".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let name = serde_json::json!({"description": "The header's name. Required.", "type": "string"});
        let value = serde_json::json!({
            "description": "The header's value; never printed. Required.",
            "type": ["string", "integer", "boolean"],
            "writeOnly": true
        });
        json_schema!({
            "description": "A map of header names to values, or a list of `{name, value}`.",
            "type": ["object", "array", "null"],
            "additionalProperties": value,
            "items": {
                "type": "object",
                "properties": {"name": name, "value": value},
                "required": ["name", "value"],
                "additionalProperties": false
            }
        })
    }
}
