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
    code("E028", "The journal in files is asked for and cannot be made so."),
    code("E029", "Two receivers that would listen on the same address."),
    code("E030", "An address whose port is missing, no number, or above 65535."),
    code("E031", "More destinations than the outbox can serve."),
    code("E032", "A component that could not be built: a certificate, an address, a header."),
    code("E220", "A header that HTTP cannot carry."),
    code("E222", "A queue without a consumer."),
    code("E223", "A batch whose largest size is below its least."),
    code("E224", "A certificate or key given twice, as a file and in place."),
    code("E225", "A client certificate without its key, or a key without its certificate."),
    code("E226", "A version of TLS or a cipher that is not there."),
    code("E227", "A destination's address that is none."),
    code("E228", "A file exporter without a file."),
    code("E229", "Keys of the file exporter that do not go together."),
    code("E230", "A way of writing files that is not in this version."),
    code("E231", "Permissions that are no mode."),
    code("E250", "A pattern that is no regex, or one too large."),
    code("E251", "A hash that asks for a key it does not get."),
    code("E300", "An `otlp` receiver without a protocol."),
    code("E301", "An address to listen on that is none, or that another protocol has."),
    code("E302", "A path of the HTTP receiver that is none, or that two signals share."),
    code("E303", "A limit under which no request would fit."),
    code("E304", "A header of the HTTP receiver's answers that is none."),
    code("E305", "A transport that the receiver does not have."),
    code("E306", "An `auth` block that names no extension."),
    code("E307", "TLS settings of the receiver that do not go together, or that are not there."),
    code("E310", "The keys of `basicauth` do not go together, or say nothing."),
    code("E311", "The keys of `bearertokenauth` do not go together, or say nothing."),
    code("E400", "An entity that no detector finds."),
    code("E401", "A strategy that lacks its key, or that would give the value away."),
    code("E402", "A pattern of a redaction that is no regex, or one too large."),
    code("E403", "A name of an entity that could not stand in a placeholder."),
    code("W001", "A component that no pipeline uses; it does not run."),
    code("W002", "An extension that `service.extensions` does not list; it does not run."),
    code("W003", "Two components that are the same but for their names."),
    code("W004", "Two pipelines that are the same but for their names: every record would be delivered twice."),
    code("W005", "A key that is checked but has no effect."),
    code("W020", "What a destination does not take the first time is lost."),
    code("W021", "Any certificate is taken: whoever answers gets the data."),
    code("W022", "The exporter writes more than anybody will read."),
    code("W028", "A setting of the journal without effect."),
    code("W250", "An unkeyed hash of what can be guessed."),
    code("W251", "A redaction that removes every attribute."),
    code("W252", "A key of a hash that asks for none."),
    code("W253", "A key of the Collector's that is safer here than there."),
    code("W254", "A trap of the Collector's that `compat: contrib` keeps."),
    code("N001", "A block of the Collector's that stands for something else here."),
    code("N002", "A key of the Collector's that means nothing here."),
    code("N003", "A receiver takes a signal that no pipeline carries: its senders are told so."),
    code("N004", "A receiver listens on every interface without credentials or without encryption."),
    code("N005", "A key that the Collector has removed; the setting that took its place is meant."),
    code("N020", "There is always a queue."),
    code("N021", "A request is answered when it is queued, not when it is delivered."),
    code("N022", "Certificates are read at the start only."),
    code("N023", "A key of an exporter of the Collector's that has no effect here."),
    code("N024", "Times in file names are UTC."),
    code("N025", "Only the first of several outputs is used."),
    code("N028", "The queues of all exporters are in one journal."),
    code("N300", "A key of the Collector's receiver that means nothing here, or a value of it that is not there."),
];

/// The meaning of a code.
pub fn meaning(code: &str) -> Option<&'static str> {
    CODES.iter().find(|known| known.code == code).map(|known| known.meaning)
}
