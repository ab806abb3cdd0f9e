//! What is right by itself but not beside the rest: unused, doubled, unreachable, and the addresses.

use super::address::HostPort;
use super::findings::Severity;
use super::graph::{Defined, Graph, Wiring};
use super::node::{Entry, Node};
use super::schema::Kind;
use super::shape::Shape;
use super::source::Place;
use super::suggest;

use crate::Signal;

impl<'a> Graph<'a> {
    /// Everything that looks at more than one block.
    pub(super) fn lint(&mut self, defined: &[Defined<'a>], wiring: &Wiring, shape: &Shape<'_>) {
        self.unused(defined, wiring);
        self.doubles(defined);
        self.unrouted(defined, wiring);
        self.references(defined, wiring, shape);
        self.addresses(defined, wiring, shape);
    }

    fn unused(&mut self, defined: &[Defined<'a>], wiring: &Wiring) {
        for component in defined {
            let used = wiring.used(component.kind).contains(component.entry.key.as_str());
            if wiring.pipelines.is_empty() && component.kind != Kind::Extension || self.meant(component) {
                continue;
            }
            // A component that a pipeline lists in vain has been reported there.
            if used || self.listed(component) {
                continue;
            }
            let name = component.name();
            let (code, message) = match component.kind {
                Kind::Extension => ("W002", format!("{name} is not in `service.extensions`: it does not run")),
                _ => ("W001", format!("{name} is in no pipeline: it does not run")),
            };
            self.add(Severity::Warning, code, message, component.entry.key_place, component.path());
        }
    }

    /// Whether a reference with a typing error means this component.
    fn meant(&self, component: &Defined<'_>) -> bool {
        let hint = suggest::question(&component.entry.key);
        let references = ["E021", "E027"];
        self.wrong.iter().any(|wrong| references.contains(&wrong.code) && wrong.hint.as_ref() == Some(&hint))
    }

    fn listed(&self, component: &Defined<'_>) -> bool {
        let pipelines = self.root.at(&["service", "pipelines"]).map(Node::entries).unwrap_or_default();
        let lists = pipelines.iter().filter_map(|pipeline| pipeline.value.get(component.kind.section()));
        lists.flat_map(Node::items).any(|item| item.text() == Some(&component.entry.key))
    }

    fn doubles(&mut self, defined: &[Defined<'a>]) {
        for (index, component) in defined.iter().enumerate() {
            // Batch and debug blocks are often the same on purpose; doors are not.
            if component.kind == Kind::Processor || component.entry.value.entries().is_empty() {
                continue;
            }
            let value = component.entry.value.value();
            let first = defined[..index].iter().find(|other| {
                other.kind == component.kind
                    && other.declaration.name == component.declaration.name
                    && other.entry.value.value() == value
            });
            if let Some(first) = first {
                let message = format!("{} is the same as `{}`", component.name(), first.entry.key);
                let (place, path) = (component.entry.key_place, component.path());
                self.add(Severity::Warning, "W003", message, place, path).first = Some(first.entry.key_place);
            }
        }
    }

    fn unrouted(&mut self, defined: &[Defined<'a>], wiring: &Wiring) {
        for component in defined.iter().filter(|component| component.kind == Kind::Receiver) {
            let id = &component.entry.key;
            let carried = |signal: Signal| {
                wiring.pipelines.iter().any(|pipeline| pipeline.signal == signal && pipeline.receivers.contains(id))
            };
            let missing: Vec<&str> = component
                .declaration
                .signals
                .iter()
                .filter(|signal| !carried(**signal))
                .map(|signal| signal.name())
                .collect();
            if missing.is_empty() || missing.len() == component.declaration.signals.len() {
                continue;
            }
            let message =
                format!("no pipeline carries {} from {}: they are refused", missing.join(" or "), component.name());
            self.add(Severity::Note, "N003", message, component.entry.key_place, component.path());
        }
    }

    /// `auth: {authenticator: ID}` names an extension that runs.
    fn references(&mut self, defined: &[Defined<'a>], wiring: &Wiring, shape: &Shape<'_>) {
        for component in defined {
            for (key, entry) in keyed(&component.entry.value, "authenticator", &component.shape(shape)) {
                let Some(id) = entry.value.text() else { continue };
                let exists = self.root.at(&["extensions", id]).is_some();
                if wiring.extensions.iter().any(|running| running == id) {
                    continue;
                }
                let (message, hint) = if exists {
                    (format!("extension `{id}` does not run"), format!("list it: `service: {{extensions: [{id}]}}`"))
                } else {
                    (format!("extension `{id}` is not defined"), "define it in `extensions`".to_owned())
                };
                let path = format!("{}.{key}", component.path());
                self.add(Severity::Error, "E027", message, entry.value.place, path).hint = Some(hint);
            }
        }
    }

    fn addresses(&mut self, defined: &[Defined<'a>], wiring: &Wiring, shape: &Shape<'_>) {
        let used = wiring.used(Kind::Receiver);
        let mut doors: Vec<(String, Address, Place)> = Vec::new();
        for component in defined {
            for (key, entry) in keyed(&component.entry.value, "endpoint", &component.shape(shape)) {
                self.port(component, &key, entry);
            }
            if component.kind != Kind::Receiver || !used.contains(component.entry.key.as_str()) {
                continue;
            }
            let shape = component.shape(shape);
            for door in doors_of(component.entry, &shape) {
                let id = component.entry.key.clone();
                let same = doors.iter().find(|(_, address, _)| address.meets(&door.address));
                if let Some((other, _, first)) = same {
                    let message = format!("receiver `{id}` listens on {} as `{other}` does", door.address.text);
                    let first = *first;
                    self.add(Severity::Error, "E029", message, door.place, component.path()).first = Some(first);
                }
                if door.written && door.address.any_host() && !(door.tls && door.auth) {
                    let lacks = match (door.tls, door.auth) {
                        (false, false) => "neither credentials nor encryption",
                        (false, true) => "no encryption",
                        _ => "no credentials",
                    };
                    let message = format!("receiver `{id}` listens on every interface with {lacks}");
                    let hint = Some("set `auth` and `tls` beside it, or listen on 127.0.0.1".into());
                    self.add(Severity::Note, "N004", message, door.place, component.path()).hint = hint;
                }
                doors.push((id, door.address, door.place));
            }
        }
    }

    fn port(&mut self, component: &Defined<'_>, key: &str, entry: &Entry) {
        let Some(text) = entry.value.text().filter(|text| !text.is_empty()) else { return };
        let path = format!("{}.{key}", component.path());
        let place = entry.value.place;
        let host = text.split_once("://").map_or(text, |(_, rest)| rest);
        let authority = host.split(['/', '?']).next().unwrap_or_default();
        // Before the host a user and a password may stand.
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let port = authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map(|(_, port)| port);
        match port {
            Some(port) if port.parse::<u16>().is_err() => {
                let message = match &entry.value.via {
                    Some(via) => format!("the port in the value of {via} is none"),
                    None => format!("`{port}` is no port"),
                };
                let hint = Some("a port is a number from 0 to 65535".into());
                self.add(Severity::Error, "E030", message, place, path).hint = hint;
            }
            None if matches!(component.kind, Kind::Receiver | Kind::Extension) => {
                let hint = Some("as in `127.0.0.1:4317`".into());
                self.add(Severity::Error, "E030", "the address has no port".into(), place, path).hint = hint;
            }
            // Who listens takes an address, not a URL.
            _ if component.kind == Kind::Extension => {
                let Err(why) = HostPort::parse(text) else { return };
                self.add(Severity::Error, "E030", why, place, path).hint = Some("as in `127.0.0.1:13133`".into());
            }
            _ => {}
        }
    }
}

/// Every entry with this key in a block, with its dotted path; not in maps of names of one's own, such as headers.
fn keyed<'a>(block: &'a Node, key: &str, shape: &Shape<'_>) -> Vec<(String, &'a Entry)> {
    let mut found = Vec::new();
    let keys = shape.keys();
    for entry in block.entries().iter().filter(|entry| keys.contains(&entry.key.as_str())) {
        if entry.key == key {
            found.push((key.to_owned(), entry));
        } else {
            let below = keyed(&entry.value, key, &shape.child(&entry.key));
            found.extend(below.into_iter().map(|(path, inner)| (format!("{}.{path}", entry.key), inner)));
        }
    }
    found
}

/// An address that a receiver listens on.
struct Door {
    address: Address,
    place: Place,
    /// Not the default.
    written: bool,
    tls: bool,
    auth: bool,
}

/// `host:port`.
struct Address {
    text: String,
    host: String,
    port: u16,
}

impl Address {
    fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let host = if host == "localhost" { "127.0.0.1" } else { host };
        Some(Self { text: text.into(), host: host.into(), port: port.parse().ok()? })
    }

    fn any_host(&self) -> bool {
        matches!(self.host.as_str(), "" | "0.0.0.0" | "[::]" | "::")
    }

    /// Whether both cannot be listened on at once; port 0 is another one each time.
    fn meets(&self, other: &Self) -> bool {
        let same_host = self.host == other.host || self.any_host() || other.any_host();
        self.port == other.port && self.port != 0 && same_host
    }
}

/// Where a receiver listens: each `endpoint` of its block, written or by default.
fn doors_of(entry: &Entry, shape: &Shape<'_>) -> Vec<Door> {
    let block = &entry.value;
    let written = block.get("endpoint").and_then(Node::text);
    let default = shape.child("endpoint").get("default").and_then(|value| value.as_str());
    let on = |key: &str| block.get(key).is_some_and(|node| !node.is_null());
    let mut doors = Vec::new();
    if let Some(address) = written.or(default).and_then(Address::parse) {
        let place = block.get("endpoint").map_or(entry.key_place, |node| node.place);
        doors.push(Door { address, place, written: written.is_some(), tls: on("tls"), auth: on("auth") });
    }
    for inner in block.entries() {
        doors.extend(doors_of(inner, &shape.child(&inner.key)));
    }
    doors
}
