//! What a span costs: every figure that `tollgate plan` counts with, and where it comes from. Nowhere else.

/// Whether a figure was measured or is what the design allows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// By `cargo bench`, on one core of a shared 2.5 GHz virtual machine, 2026-11-21 (README, "How fast").
    Measured,
    /// A bound that the design sets itself, for what is not built yet.
    Design,
    /// A guess at what is usual.
    Assumed,
}

impl Source {
    /// As answers name it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Design => "design",
            Self::Assumed => "assumed",
        }
    }
}

/// One figure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figure {
    /// Its name in JSON.
    pub(super) key: &'static str,
    /// What it says, in a unit that `about` names.
    pub(super) value: f64,
    /// What it is.
    pub(super) about: &'static str,
    /// Where it comes from.
    pub(super) source: Source,
}

const fn figure(key: &'static str, value: f64, source: Source, about: &'static str) -> Figure {
    Figure { key, value, about, source }
}

/// `cargo bench --bench pass_through`: CPU time, user and system, without files.
pub(super) const PASS: Figure = figure(
    "pass_through_ns",
    1730.0,
    Source::Measured,
    "ns of CPU a span: received, decoded, sealed, sent (gRPC, spans of 1.1 KB, 256 a request; fewer cost more)",
);

/// `cargo bench --bench pass_through`, the same with `durability: process`, less [`PASS`].
pub(super) const PROCESS: Figure =
    figure("process_ns", 218.0, Source::Measured, "ns of CPU a span more with `durability: process`");

/// `cargo bench --bench pass_through`, the same with `durability: disk`: 2,656 ns in all, less [`PASS`].
pub(super) const DISK: Figure =
    figure("disk_ns", 2656.0 - 1730.0, Source::Measured, "ns of CPU a span more with `durability: disk`");

/// `cargo bench -p processors --bench redaction`: clean prose with all default detectors.
pub(super) const REDACTION: Figure = figure(
    "redaction_ns",
    1450.0,
    Source::Measured,
    "ns of CPU a span for `redaction` with its default detectors, clean prose; JSON and hits cost more",
);

/// Beside the Collector, its file for tail sampling less its file for pass-through, both on one core (README, "How fast").
pub(super) const SAMPLING: Figure = figure(
    "sampling_ns",
    1100.0,
    Source::Measured,
    "ns of CPU a span for `tail_sampling` in RAM, 8 spans a trace, a tenth kept",
);

/// `cargo bench -p processors --bench tail_sampling`: what a trace costs that waits, whether or not there are files.
pub(super) const TRACE: Figure =
    figure("trace_bytes", 330.0, Source::Measured, "bytes of RAM a trace that waits to be decided");

/// What a span costs in RAM whose bytes wait in a file.
pub(super) const SPAN: Figure =
    figure("span_bytes", 64.0, Source::Design, "bytes of RAM a span that waits in files, at most");

/// What a span costs in RAM without files, of its bytes on the wire.
pub(super) const IN_RAM: Figure = figure(
    "ram_factor",
    1.67,
    Source::Design,
    "bytes for each byte on the wire that waits without files: 3 in 5 may wait",
);

/// Spans of one trace.
pub(super) const SPANS: Figure = figure("spans_per_trace", 10.0, Source::Assumed, "spans a trace");

/// Traffic that is on its way in or out.
pub(super) const FLYING: Figure =
    figure("flying_seconds", 1.0, Source::Assumed, "seconds of traffic on its way in or out");

/// How long a destination may be away before its oldest expire.
pub(super) const AWAY: Figure =
    figure("away_seconds", 3600.0, Source::Assumed, "seconds that a destination may be away, kept in the journal");

/// How busy a core should be at the most, so that a peak finds room.
pub(super) const BUSY: Figure = figure("busy_share", 0.6, Source::Assumed, "share of a core that is used at this rate");

/// All of them, in the order in which they are told.
pub(super) const ALL: [Figure; 12] =
    [PASS, PROCESS, DISK, REDACTION, SAMPLING, TRACE, SPAN, IN_RAM, SPANS, FLYING, AWAY, BUSY];
