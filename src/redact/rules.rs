//! Which rules are tried: those of a configuration, or the defaults.

use std::process::ExitCode;

use pipeline::config::{Kind, Loaded, Plan, Planned};
use pipeline::registry::{BuildError, ComponentConfig, ProcessorEntry};
use processors::redaction::trial::Trial;
use processors::redaction::{Profile, Redaction};

use super::RedactArgs;
use crate::answer::{self, ConfigArgs};
use crate::registry::RULES;

/// The rules that the arguments ask for; what is wrong with them has been said.
pub(super) fn trial(args: &RedactArgs) -> Result<Trial, ExitCode> {
    if args.config.is_empty() {
        return made(args, Redaction::default()).map_err(|error| {
            answer::say(&format!("error: {}", error.reason));
            answer::BAD_CONFIG.into()
        });
    }
    let loaded = ConfigArgs::new(args.config.clone(), args.set.clone()).load();
    // Warnings are mostly about what is not tried here; they are `validate`'s to tell.
    let (plan, _) = loaded.plan(&RULES).map_err(|report| answer::diagnose(&report))?;
    let planned = chosen(args, &plan).map_err(|wrong| {
        answer::say(&format!("error: {wrong}"));
        ExitCode::from(answer::BAD_CONFIG)
    })?;
    let block = serde_json::from_value(planned.block.clone()).map_err(|error| BuildError::at("", error.to_string()));
    block.and_then(|block| made(args, block)).map_err(|error| explained(&loaded, planned, &error))
}

fn explained(loaded: &Loaded, planned: &Planned<ProcessorEntry>, error: &BuildError) -> ExitCode {
    answer::diagnose(&loaded.explain(&RULES, Kind::Processor, &planned.id, error))
}

fn made(args: &RedactArgs, mut block: Redaction) -> Result<Trial, BuildError> {
    block.profile = match args.profile {
        Some(super::Profile::Default) => Profile::Default,
        Some(super::Profile::Strict) => Profile::Strict,
        None => block.profile,
    };
    if args.entities.is_empty() {
        return Trial::new(&block);
    }
    let names: Vec<String> = args.entities.iter().map(|name| name.trim().to_owned()).collect();
    let (trial, unknown) = Trial::of_entities(&block, &names)?;
    unknown.iter().for_each(|name| answer::say(&format!("warning: nothing finds `{name}`")));
    Ok(trial)
}

/// The processor that is asked for; else the first of the first pipeline that has one.
fn chosen<'p>(args: &RedactArgs, plan: &'p Plan) -> Result<&'p Planned<ProcessorEntry>, String> {
    let used = plan.pipelines.iter().flat_map(|pipeline| &pipeline.processors);
    let mut found: Vec<&Planned<ProcessorEntry>> = Vec::new();
    for planned in used.filter_map(|at| plan.processors.get(*at)) {
        if planned.entry.declaration.name == Redaction::NAME && !found.iter().any(|other| other.id == planned.id) {
            found.push(planned);
        }
    }
    let first = found.first().ok_or("no pipeline of the configuration runs a `redaction` processor")?;
    if let Some(id) = &args.processor {
        let known = || found.iter().map(|planned| format!("`{}`", planned.id)).collect::<Vec<_>>().join(", ");
        let named = found.iter().find(|planned| planned.id.to_string() == *id);
        return named.copied().ok_or_else(|| format!("no pipeline runs a redaction `{id}`; there are: {}", known()));
    }
    if found.len() > 1 {
        answer::say(&format!("note: `{}` is tried, the first of {}; --processor names another", first.id, found.len()));
    }
    Ok(first)
}
