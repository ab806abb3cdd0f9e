//! `bearertokenauth`: tokens, as the Collector's extension of that name has them.

use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::auth::{Authenticator, Bearer};
use crate::config::{Findings, Secret};
use crate::registry::{BuildCx, BuildError, ComponentConfig, Extension, ExtensionConfig};

/// `bearertokenauth`: one of `token`, `tokens` and `filename`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BearerTokenAuth {
    /// The header the token stands in. Default: `Authorization`.
    header: String,
    /// What stands before the token, with a blank between; empty for the token alone. Default: `Bearer`.
    scheme: String,
    /// The token. Default: none.
    token: Option<Secret>,
    /// Several tokens: a receiver takes any of them, an exporter sends the first. Default: none.
    tokens: Vec<Secret>,
    /// Path of a file of tokens, one a line, read again within 5 s of a change. Default: none.
    filename: Option<String>,
}

impl Default for BearerTokenAuth {
    fn default() -> Self {
        let (header, scheme) = ("Authorization".into(), "Bearer".into());
        Self { header, scheme, token: None, tokens: Vec::new(), filename: None }
    }
}

impl ComponentConfig for BearerTokenAuth {
    const NAME: &'static str = "bearertokenauth";
    const ABOUT: &'static str = "Checks or sends a bearer token";
    const EXAMPLE: &'static str = "token: ${env:OTLP_TOKEN}\n";

    fn check(&self, findings: &mut Findings) {
        let set = usize::from(self.token.is_some())
            + usize::from(!self.tokens.is_empty())
            + usize::from(self.filename.is_some());
        if set != 1 {
            findings.error("", "E311", "exactly one of `token`, `tokens` and `filename` must be set");
        }
        let named = |secret: &Secret| secret.expose().is_empty();
        if self.token.as_ref().is_some_and(named) || self.tokens.iter().any(named) {
            findings.error("token", "E311", "a token is empty").hint("is the environment variable set?");
        }
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if self.header.is_empty() || !self.header.bytes().all(is_token) {
            findings.error("header", "E311", "not a header name");
        }
    }
}

impl ExtensionConfig for BearerTokenAuth {
    fn build(self, _cx: &BuildCx<'_>) -> Result<Extension, BuildError> {
        let bearer = match (&self.filename, self.token) {
            (Some(path), _) => Bearer::of_file(&self.header, &self.scheme, Path::new(path))
                .map_err(|why| BuildError::at("filename", why))?,
            (None, Some(token)) => Bearer::of_tokens(&self.header, &self.scheme, &[token]),
            (None, None) => Bearer::of_tokens(&self.header, &self.scheme, &self.tokens),
        };
        Ok(Extension::Authenticator(Arc::new(Authenticator::Bearer(bearer))))
    }
}
