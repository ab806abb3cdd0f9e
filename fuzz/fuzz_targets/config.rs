//! The configuration: whatever the text, it is read, checked, shown and rendered without a panic, and within bounds.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pipeline::config::{ConfigSource, Environment, Rules, load};
use pipeline::registry::Registry;

const REGISTRY: Registry = Registry {
    receivers: receivers::RECEIVERS,
    processors: processors::PROCESSORS,
    exporters: exporters::EXPORTERS,
    extensions: pipeline::extension::EXTENSIONS,
};

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(REGISTRY));

fuzz_target!(|text: &str| {
    // `${file:…}` would read what is on this machine: not what is tested here.
    if text.contains("file:") {
        return;
    }
    let (file, set) = text.split_once('\0').unwrap_or((text, ""));
    let set: Vec<String> = set.split('\0').filter(|argument| !argument.is_empty()).map(Into::into).collect();
    let loaded = load(&[ConfigSource::Yaml(file.into())], &set, &Environment::default());
    let report = loaded.check(&RULES);
    let _ = (report.human(false), report.human(true), report.json(), loaded.show(&RULES, true));
    let planned = loaded.plan(&RULES);
    assert_eq!(planned.is_err(), report.errors() > 0);
});
