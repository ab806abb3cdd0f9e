//! What a component is in the configuration: a config struct that knows its name, its example and
//! how to build itself. One line in a const slice registers it; all else follows from that line.

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Signal;
use crate::auth::Authenticator;
use crate::component::{Exporter, Processor, Receiver};
use crate::config::{ComponentId, Findings, Service};
use crate::journal::Bounds;
use crate::ledger::Ledger;
use crate::sampling::Sampling;

/// What every config struct declares, whatever its kind. `#[serde(deny_unknown_fields)]`, every
/// field documented with unit and default: the schema, the reference and the messages come from there.
pub trait ComponentConfig: DeserializeOwned + JsonSchema + 'static {
    /// The type in `type[/name]`.
    const NAME: &'static str;
    /// Other types that mean the same, as the Collector has them.
    const ALIASES: &'static [&'static str] = &[];
    /// What it does, in a line.
    const ABOUT: &'static str;
    /// Its block as a user would write it (YAML, without the id line); a test parses it.
    const EXAMPLE: &'static str;
    /// The signals it can be listed for.
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    /// Where a processor belongs in a chain.
    const STAGE: Stage = Stage::Any;

    /// Checks that one field's type cannot express, such as one key against another. Finds all of them.
    fn check(&self, _findings: &mut Findings) {}

    /// Blocks that stand for a setting of the service (`memory_limiter`, `health_check`) make it here.
    fn apply(&self, _service: &mut Service) {}
}

/// Where a processor belongs in a chain, whatever the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Where it is listed.
    Any,
    /// Before anything is written.
    Redacts,
    /// Records wait in it; once in a chain.
    Samples,
}

/// A receiver's config.
pub trait ReceiverConfig: ComponentConfig {
    /// Makes the receiver. Touches files (certificates), opens no socket.
    fn build(self, cx: &BuildCx<'_>) -> Result<Box<dyn Receiver>, BuildError>;
}

/// Makes a worker's own copy of a processor.
pub type ProcessorFactory = Arc<dyn Fn() -> Box<dyn Processor> + Send + Sync>;

/// What a processor is in a chain.
#[derive(Clone)]
pub enum Step {
    /// A block that has nothing to do at run time.
    Nothing,
    /// A step of its own on each worker.
    Each(ProcessorFactory),
    /// A sampler, which all pipelines that list it share.
    Sampler(Arc<dyn Sampling>),
}

/// A processor's config.
pub trait ProcessorConfig: ComponentConfig {
    /// Makes what it is in a chain.
    fn build(self, cx: &BuildCx<'_>) -> Result<Step, BuildError>;
}

/// An exporter's config.
pub trait ExporterConfig: ComponentConfig {
    /// What the outbox may owe it.
    fn bounds(&self) -> Bounds {
        Bounds::default()
    }

    /// Makes the exporter. Touches files (certificates), opens no socket.
    fn build(self, cx: &BuildCx<'_>) -> Result<Box<dyn Exporter>, BuildError>;
}

/// What an extension offers to other components.
#[derive(Clone, Debug)]
pub enum Extension {
    /// Checks or makes credentials; named by `auth: {authenticator: ID}`.
    Authenticator(Arc<Authenticator>),
    /// Only settings of the service.
    Setting,
}

/// An extension's config.
pub trait ExtensionConfig: ComponentConfig {
    /// Makes what it offers.
    fn build(self, cx: &BuildCx<'_>) -> Result<Extension, BuildError>;
}

/// The key by which a block asks for an authenticator.
pub(crate) const AUTHENTICATOR: &str = "auth.authenticator";

/// What a component may know of the world when it is built.
pub struct BuildCx<'a> {
    /// Its own id.
    pub id: &'a ComponentId,
    /// Where its counters live.
    pub ledger: &'a Arc<Ledger>,
    /// The extensions that run, by id.
    pub extensions: &'a [(ComponentId, Extension)],
}

impl BuildCx<'_> {
    /// The authenticator called `id`.
    pub fn authenticator(&self, id: &str) -> Result<Arc<Authenticator>, BuildError> {
        let found = self.extensions.iter().find(|(name, _)| name.to_string() == id);
        match found {
            Some((_, Extension::Authenticator(authenticator))) => Ok(authenticator.clone()),
            Some(_) => Err(BuildError::at(AUTHENTICATOR, format!("extension `{id}` does not authenticate"))),
            None => {
                Err(BuildError::at(AUTHENTICATOR, format!("no extension `{id}` runs; list it in service.extensions")))
            }
        }
    }
}

/// Why a component could not be built: a key of its block (dotted path, empty for the whole) and a
/// reason. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// The key, relative to the component's block: `tls.cert_file`.
    pub key: String,
    /// What is wrong.
    pub reason: String,
}

impl BuildError {
    /// An error at `key`.
    pub fn at(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { key: key.into(), reason: reason.into() }
    }
}

/// What is the same for every kind of entry.
#[derive(Clone, Copy)]
pub struct Declaration {
    /// The type.
    pub name: &'static str,
    /// Other types that mean the same.
    pub aliases: &'static [&'static str],
    /// What it does, in a line.
    pub about: &'static str,
    /// Its block as a user would write it.
    pub example: &'static str,
    /// The signals it can be listed for.
    pub signals: &'static [Signal],
    /// Where a processor belongs in a chain.
    pub stage: Stage,
    /// The JSON Schema of its block.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// Parses a block and runs its own checks; makes its settings of the service.
    pub check: fn(&Value, &mut Findings, &mut Service),
}

impl Declaration {
    const fn of<C: ComponentConfig>() -> Self {
        Self {
            name: C::NAME,
            aliases: C::ALIASES,
            about: C::ABOUT,
            example: C::EXAMPLE,
            signals: C::SIGNALS,
            stage: C::STAGE,
            schema: |generator| generator.subschema_for::<C>(),
            check: |block, findings, service| {
                if let Some(config) = parse::<C>(block, findings) {
                    config.check(findings);
                    config.apply(service);
                }
            },
        }
    }

    /// Whether `kind`, the type of an id, means this component.
    pub fn is(&self, kind: &str) -> bool {
        self.name == kind || self.aliases.contains(&kind)
    }
}

/// Makes a component from its block.
pub type Build<T> = fn(&Value, &BuildCx<'_>) -> Result<T, BuildError>;

/// A registered receiver.
#[derive(Clone, Copy)]
pub struct ReceiverEntry {
    /// What it is.
    pub declaration: Declaration,
    /// Builds one from its block.
    pub build: Build<Box<dyn Receiver>>,
}

/// A registered processor.
#[derive(Clone, Copy)]
pub struct ProcessorEntry {
    /// What it is.
    pub declaration: Declaration,
    /// Builds one from its block.
    pub build: Build<Step>,
}

/// A registered exporter.
#[derive(Clone, Copy)]
pub struct ExporterEntry {
    /// What it is.
    pub declaration: Declaration,
    /// Builds one from its block, with the bounds of its queue.
    pub build: Build<(Bounds, Box<dyn Exporter>)>,
}

/// A registered extension.
#[derive(Clone, Copy)]
pub struct ExtensionEntry {
    /// What it is.
    pub declaration: Declaration,
    /// Builds one from its block.
    pub build: Build<Extension>,
}

impl ReceiverEntry {
    /// The entry of `C`.
    pub const fn of<C: ReceiverConfig>() -> Self {
        Self { declaration: Declaration::of::<C>(), build: |block, cx| read::<C>(block)?.build(cx) }
    }
}

impl ProcessorEntry {
    /// The entry of `C`.
    pub const fn of<C: ProcessorConfig>() -> Self {
        Self { declaration: Declaration::of::<C>(), build: |block, cx| read::<C>(block)?.build(cx) }
    }
}

impl ExporterEntry {
    /// The entry of `C`.
    pub const fn of<C: ExporterConfig>() -> Self {
        let build = |block: &Value, cx: &BuildCx<'_>| {
            let config = read::<C>(block)?;
            Ok((config.bounds(), config.build(cx)?))
        };
        Self { declaration: Declaration::of::<C>(), build }
    }
}

impl ExtensionEntry {
    /// The entry of `C`.
    pub const fn of<C: ExtensionConfig>() -> Self {
        Self { declaration: Declaration::of::<C>(), build: |block, cx| read::<C>(block)?.build(cx) }
    }
}

/// Every component this binary has, in the order in which lists show them.
#[derive(Clone, Copy)]
pub struct Registry {
    /// Doors in.
    pub receivers: &'static [ReceiverEntry],
    /// Steps between.
    pub processors: &'static [ProcessorEntry],
    /// Doors out.
    pub exporters: &'static [ExporterEntry],
    /// What stands beside the pipelines.
    pub extensions: &'static [ExtensionEntry],
}

/// Deserialises a block; a null block (`otlp:`) is an empty one, as in the Collector.
fn read<C: ComponentConfig>(block: &Value) -> Result<C, BuildError> {
    let empty = Value::Object(serde_json::Map::new());
    let block = if block.is_null() { &empty } else { block };
    serde_path_to_error::deserialize(block)
        .map_err(|error| BuildError::at(error.path().to_string(), error.inner().to_string()))
}

fn parse<C: ComponentConfig>(block: &Value, findings: &mut Findings) -> Option<C> {
    read(block).map_err(|error| findings.error(&error.key, "E010", error.reason)).ok()
}
