//! `basicauth`: user names and passwords, as the Collector's extension of that name has them.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::auth::{Authenticator, Basic};
use crate::config::{Findings, Secret};
use crate::registry::{BuildCx, BuildError, ComponentConfig, Extension, ExtensionConfig};

/// `basicauth`: one of `htpasswd` (for receivers) and `client_auth` (for exporters).
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BasicAuth {
    /// The users a receiver lets in. Default: none.
    htpasswd: Option<Htpasswd>,
    /// The login an exporter sends. Default: none.
    client_auth: Option<ClientAuth>,
}

/// Lines of `user:password`, the password plain, bcrypt (`htpasswd -B`) or `{SHA}`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Htpasswd {
    /// Path of a file of such lines, read at start. Default: none.
    file: Option<String>,
    /// Such lines in place; they win over those of the file. Default: none.
    inline: Option<Secret>,
}

/// A user name and a password.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ClientAuth {
    /// The user name.
    username: String,
    /// Path of a file that holds the user name, read at start; wins over `username`. Default: none.
    username_file: Option<String>,
    /// The password.
    password: Option<Secret>,
    /// Path of a file that holds the password, read at start; wins over `password`. Default: none.
    password_file: Option<String>,
}

impl ComponentConfig for BasicAuth {
    const NAME: &'static str = "basicauth";
    const ABOUT: &'static str = "Checks or sends a user name and a password";
    const EXAMPLE: &'static str = "htpasswd:\n  inline: |\n    app:${env:APP_PASSWORD_HASH}\n";

    fn check(&self, findings: &mut Findings) {
        match (&self.htpasswd, &self.client_auth) {
            (None, None) => {
                findings.error("", "E310", "neither `htpasswd` nor `client_auth` is set");
            }
            (Some(_), Some(_)) => {
                findings
                    .error("", "E310", "`htpasswd` and `client_auth` are both set")
                    .hint("make two extensions of it");
            }
            (Some(htpasswd), None) if htpasswd.file.is_none() && htpasswd.inline.is_none() => {
                findings.error("htpasswd", "E310", "neither `file` nor `inline` is set");
            }
            (None, Some(login)) if login.username.is_empty() && login.username_file.is_none() => {
                findings.error("client_auth.username", "E310", "the user name is empty");
            }
            _ => {}
        }
    }
}

impl ExtensionConfig for BasicAuth {
    fn build(self, _cx: &BuildCx<'_>) -> Result<Extension, BuildError> {
        let basic = match (self.htpasswd, self.client_auth) {
            (Some(htpasswd), _) => htpasswd.build()?,
            (None, Some(login)) => login.build()?,
            (None, None) => return Err(BuildError::at("", "neither `htpasswd` nor `client_auth` is set")),
        };
        Ok(Extension::Authenticator(Arc::new(Authenticator::Basic(basic))))
    }
}

impl Htpasswd {
    fn build(self) -> Result<Basic, BuildError> {
        let mut users = std::collections::HashMap::new();
        if let Some(path) = &self.file {
            let text = read("htpasswd.file", path)?;
            let read = Basic::read_htpasswd(&text).map_err(|why| BuildError::at("htpasswd.file", why))?;
            users.extend(read);
        }
        if let Some(text) = &self.inline {
            let read = Basic::read_htpasswd(text.expose()).map_err(|why| BuildError::at("htpasswd.inline", why))?;
            users.extend(read);
        }
        if users.is_empty() {
            return Err(BuildError::at("htpasswd", "holds no user: nobody could come in"));
        }
        Ok(Basic::of_users(users))
    }
}

impl ClientAuth {
    fn build(self) -> Result<Basic, BuildError> {
        let username = match &self.username_file {
            Some(path) => read("client_auth.username_file", path)?.trim_end_matches(['\r', '\n']).to_owned(),
            None => self.username,
        };
        let password = match (&self.password_file, self.password) {
            (Some(path), _) => {
                let text = read("client_auth.password_file", path)?;
                Secret::from(text.trim_end_matches(['\r', '\n']).to_owned())
            }
            (None, Some(password)) => password,
            (None, None) => Secret::from(String::new()),
        };
        Ok(Basic::of_login(&username, &password))
    }
}

fn read(key: &str, path: &str) -> Result<String, BuildError> {
    std::fs::read_to_string(path).map_err(|error| BuildError::at(key, format!("cannot read {path}: {error}")))
}
