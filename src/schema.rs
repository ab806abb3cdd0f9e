//! `tollgate schema`: the JSON Schema of the configuration, for editors.

use std::process::ExitCode;

use crate::answer;
use crate::registry::REGISTRY;

pub(crate) fn run() -> ExitCode {
    answer::data(&format!("{:#}\n", pipeline::config::schema(&REGISTRY)))
}
