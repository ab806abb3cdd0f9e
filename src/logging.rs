//! Our own log: human on a terminal, JSON where a machine reads; never a payload, nothing per record.

use std::io::{IsTerminal, stderr};

use pipeline::config::Report;
use tracing_subscriber::EnvFilter;

/// Starts the log on stderr. `TOLLGATE_LOG` (else `RUST_LOG`) beats `level`; both take the syntax of
/// tracing's filters, and one that cannot be read is answered with `info`.
pub(crate) fn init(level: &str, json: bool) {
    let from_env = ["TOLLGATE_LOG", "RUST_LOG"].into_iter().find_map(|name| std::env::var(name).ok());
    let filter = EnvFilter::try_new(from_env.as_deref().unwrap_or(level)).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_target(false);
    // An error means that a log is set already, as in tests: the first one stays.
    let started = if json {
        log.json().flatten_event(true).try_init()
    } else {
        let colours = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        log.with_ansi(colours).try_init()
    };
    drop(started);
}

/// Logs each diagnostic as an event: a line of its own where a machine reads.
pub(crate) fn report(report: &Report) {
    let told = report.json();
    for one in told["diagnostics"].as_array().into_iter().flatten() {
        let [code, message, path] = ["code", "message", "path"].map(|key| one[key].as_str().unwrap_or_default());
        let (file, hint) = (one["file"].as_str(), one["hint"].as_str());
        let line = one["line"].as_u64();
        match one["severity"].as_str() {
            Some("error") => tracing::error!(code, path, file, line, hint, "{message}"),
            Some("warning") => tracing::warn!(code, path, file, line, hint, "{message}"),
            _ => tracing::info!(code, path, file, line, hint, "{message}"),
        }
    }
}

/// Makes a panic one log line that says where, and not what: its message may quote payload.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        tracing::error!(%place, %thread, "a fault of ours: a thread has panicked; please report the place");
    }));
}
