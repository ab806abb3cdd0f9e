//! Tollgate: OTLP in, OTLP out; what stands between is the configuration's to say.

mod admin;
mod answer;
mod cli;
mod components;
mod demo;
mod disk;
mod letters;
mod logging;
mod machine;
mod plan;
mod process;
mod redact;
mod registry;
mod run;
mod schema;
mod show;
mod storage;
mod validate;
mod why;

use std::process::ExitCode;

#[cfg(all(feature = "mimalloc", target_os = "linux"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
