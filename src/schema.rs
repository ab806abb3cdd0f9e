//! `tollgate schema`: the JSON Schema of the configuration, for editors.

use std::process::ExitCode;

use crate::cli;
use crate::registry::REGISTRY;

pub(crate) fn run() -> ExitCode {
    cli::data(&format!("{:#}\n", pipeline::config::schema(&REGISTRY)))
}
