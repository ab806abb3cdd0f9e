//! Which rules are tried: those of a configuration, or the defaults.

use std::process::ExitCode;

use pipeline::config::{Kind, Loaded, Plan, Planned, nearest};
use pipeline::registry::{BuildError, ComponentConfig, ProcessorEntry};
use processors::redaction::trial::{Trial, detectors};
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
    let known = entities(&block);
    let exact = |name: &str| known.iter().find(|known| known.eq_ignore_ascii_case(name)).cloned();
    let named = args.entities.iter().map(|name| name.trim());
    let names: Vec<String> = named.map(|name| exact(name).unwrap_or_else(|| name.to_owned())).collect();
    let (trial, unknown) = Trial::of_entities(&block, &names)?;
    unknown.iter().for_each(|name| answer::say(&unfound(name, &known)));
    Ok(trial)
}

/// What can be asked for: `all`, the rules of the block, and what detectors find.
fn entities(block: &Redaction) -> Vec<String> {
    let rules = block.rules.iter().map(|rule| rule.name.clone());
    let found = detectors().into_iter().map(|named| named.detector.entity.to_owned());
    std::iter::once("all".to_owned()).chain(rules).chain(found).collect()
}

fn unfound(name: &str, known: &[String]) -> String {
    let meant = nearest(name, known.iter().map(String::as_str));
    let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
    format!("warning: nothing finds `{name}`{meant}")
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

#[cfg(test)]
mod tests;
