//! Tollgate: OTLP in, OTLP out; what stands between is the configuration's to say.

mod cli;
mod components;
mod machine;
mod registry;
mod schema;
mod show;
mod validate;

use std::process::ExitCode;

#[cfg(all(feature = "mimalloc", target_os = "linux"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
