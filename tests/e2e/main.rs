//! End to end: the binary as users run it, official SDKs as clients, real backends behind it.
//!
//! What needs a backend or a client that is not built here says so and passes; with `CI=true` or
//! `REQUIRE_BACKENDS=1` it fails instead. `tests/backends/*.sh` and `tests/clients/setup.sh` build them.

#![allow(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod backends;
mod canary;
mod collector;
mod compaction;
mod content;
mod contrib;
mod crash;
mod demo;
mod docs;
mod editor;
mod fake;
mod hostile;
mod http;
mod jaeger;
mod letters;
mod metrics;
mod metrics_pass;
mod outage;
mod poison;
mod rust_sdk;
mod sampled;
mod sampling;
mod sdk;
mod sections;
mod shutdown;
mod stage;
mod storage;
mod traffic;
