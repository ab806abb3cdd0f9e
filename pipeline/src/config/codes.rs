//! Every code a message about the configuration can carry, with a sentence. A code never changes its meaning.

/// What a code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// `E…` keeps the process from starting, `W…` is probably not what was meant, `N…` differs from the Collector.
    pub code: &'static str,
    /// When it is given.
    pub meaning: &'static str,
}

const fn code(code: &'static str, meaning: &'static str) -> Code {
    Code { code, meaning }
}

/// The table, by code.
pub const CODES: &[Code] = &[
    code("E001", "The text is not YAML, or uses a part of YAML that configuration has no use for."),
    code("E002", "A key stands twice in one map; YAML readers disagree on which of them counts."),
    code("E003", "A source of configuration cannot be read, is too large, or is not UTF-8."),
    code("E004", "The text is nested too deep or grows too large when its aliases are expanded."),
    code("E005", "The text is not one document with a map at its top."),
    code("E006", "`${env:NAME}` names a variable that is not set, and gives no default."),
    code("E007", "`${file:/path}` names a file that cannot be read."),
    code("E008", "A substitution has a scheme or a name that does not exist."),
    code("E009", "A `--set` argument is not `path.of.keys=value`."),
    code("E010", "A component cannot read its block."),
    code("E011", "A key at the top of the file that the file does not have."),
    code("E012", "A component type that this binary does not have."),
    code("E013", "An id that is not `type` or `type/name`."),
    code("E014", "A key that its block does not have."),
    code("E015", "A value of the wrong type."),
    code("E016", "A value or a length out of its range."),
    code("E017", "A value that is none of those allowed here."),
    code("E018", "A text that does not read as the duration, size or pattern it should be."),
    code("E019", "A key that its block must have."),
    code("E020", "A section that the file must have, or that has nothing in it."),
    code("E021", "A pipeline names a component that is not defined."),
    code("E022", "A pipeline without a receiver or without an exporter."),
    code("E023", "A pipeline of a signal that does not exist; there are traces, logs and metrics."),
    code("E024", "A pipeline of a signal that the component does not take."),
    code("E025", "A processor in a metrics pipeline; metrics pass through untouched."),
    code("E026", "A component listed twice in one list."),
    code("E027", "A reference to an extension that is not defined, or not listed in `service.extensions`."),
    code("E028", "The journal on disk, which this version does not have yet."),
    code("E029", "Two receivers that would listen on the same address."),
    code("E030", "An address whose port is missing, no number, or above 65535."),
    code("E031", "More destinations than the outbox can serve."),
    code("E032", "A component that could not be built: a certificate, an address, a header."),
    code("E310", "The keys of an authenticator do not go together, or say nothing."),
    code("W001", "A component that no pipeline uses; it does not run."),
    code("W002", "An extension that `service.extensions` does not list; it does not run."),
    code("W003", "Two components that are the same but for their names."),
    code("W004", "Two pipelines that are the same but for their names: every record would be delivered twice."),
    code("W005", "A key that is checked but has no effect."),
    code("N001", "A block of the Collector's that stands for something else here."),
    code("N002", "A key of the Collector's that means nothing here."),
    code("N003", "A receiver takes a signal that no pipeline carries: its senders are told so."),
    code("N004", "A receiver listens on every interface without credentials or without encryption."),
    code("N005", "A key that the Collector has removed; the setting that took its place is meant."),
];

/// The meaning of a code.
pub fn meaning(code: &str) -> Option<&'static str> {
    CODES.iter().find(|known| known.code == code).map(|known| known.meaning)
}
