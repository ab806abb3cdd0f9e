//! Every file of the corpus says what it should: the broken ones what is wrong and where, the good ones nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use pipeline::config::{CODES, ConfigSource, Environment, Loaded, Report, Rules, load};
use pipeline::registry::Registry;

/// The registry of the binary.
const REGISTRY: Registry = Registry {
    receivers: receivers::RECEIVERS,
    processors: processors::PROCESSORS,
    exporters: exporters::EXPORTERS,
    extensions: pipeline::extension::EXTENSIONS,
};

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(REGISTRY));

/// The variables that the corpus may ask for.
fn environment() -> Environment {
    let variables = [("HOST", "collector"), ("PORT", "4317"), ("API_TOKEN", "hunter2-of-the-corpus"), ("ZERO", "0e12")];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect()
}

/// Loads a file under its bare name, so that messages are the same wherever the corpus lies.
fn loaded(path: &Path) -> Loaded {
    let source = ConfigSource::File(path.to_owned());
    load(&[source], &[], &environment())
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config").join(name)
}

fn files(name: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(name)).expect("the corpus is there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a readable entry").path()).collect();
    files.sort();
    files
}

/// The report for people, with paths as they are from the root of the repository.
fn human(report: &Report) -> String {
    let root = format!("{}/", env!("CARGO_MANIFEST_DIR"));
    report.human(false).replace(&root, "")
}

#[test]
fn each_broken_file_says_what_is_wrong() {
    insta::glob!("config/broken/*.yaml", |path| {
        let report = loaded(path).check(&RULES);
        assert!(report.errors() > 0, "{} has no error", path.display());
        insta::assert_snapshot!(human(&report));
    });
}

#[test]
fn the_corpus_is_large_and_each_file_says_what_it_is_for() {
    let files = files("broken");
    assert!(files.len() >= 60, "{} broken files", files.len());
    for file in files {
        let text = fs::read_to_string(&file).expect("a readable file");
        assert!(text.starts_with("# "), "{} has no first line that says what is wrong", file.display());
    }
}

/// Scenario: every diagnostic of every broken file. Guarantees: it points into the line, at a character that is
/// there (the end of a line for what is missing there), and its code is in the table.
#[test]
fn each_diagnostic_points_at_something() {
    let known: BTreeSet<&str> = CODES.iter().map(|code| code.code).collect();
    for file in files("broken") {
        let report = loaded(&file).check(&RULES);
        let text = fs::read_to_string(&file).unwrap_or_default();
        for diagnostic in &report.diagnostics {
            assert!(known.contains(diagnostic.code), "{} is not in the table", diagnostic.code);
            let place = diagnostic.place.expect("a place");
            assert!(place.start <= place.end && place.end <= text.len(), "{}: {diagnostic:?}", file.display());
            let key = diagnostic.path.rsplit('.').next().unwrap_or_default();
            let pointed = text.get(place.start..place.end).expect("whole characters");
            let whole = ["E001", "E002", "E003", "E004", "E005", "E020"].contains(&diagnostic.code);
            assert!(whole || key.is_empty() || !pointed.is_empty(), "{}: {diagnostic:?}", file.display());
        }
    }
}

/// Which codes of this crate's own checks the corpus shows; those of a component are tested beside it, and the rest
/// need a machine (files, start) or other layers, and have tests of their own.
#[test]
fn the_corpus_shows_every_code() {
    let elsewhere = ["E003", "E004", "E009", "E010", "E025", "E032", "E033", "N005", "N006"];
    let mut shown: BTreeSet<&str> = elsewhere.into();
    for file in files("broken").iter().chain(&files("good")) {
        shown.extend(loaded(file).check(&RULES).diagnostics.iter().map(|diagnostic| diagnostic.code));
    }
    let own =
        |code: &&str| code[1..].parse().is_ok_and(|number: u16| number < if code.starts_with('E') { 200 } else { 20 });
    let missing: Vec<_> = CODES.iter().map(|code| code.code).filter(own).filter(|code| !shown.contains(code)).collect();
    assert!(missing.is_empty(), "no file shows {missing:?}");
}

#[test]
fn each_good_file_is_good() {
    for file in files("good") {
        let planned = loaded(&file).plan(&RULES);
        let report = match planned {
            Ok((plan, report)) => {
                assert!(!plan.pipelines.is_empty());
                report
            }
            Err(report) => report,
        };
        assert_eq!(report.errors(), 0, "{}\n{}", file.display(), human(&report));
    }
    insta::glob!("config/good/*.yaml", |path| {
        insta::assert_snapshot!(human(&loaded(path).check(&RULES)));
    });
}

/// No secret of the corpus is in any output: messages, JSON, the resolved configuration.
#[test]
fn no_output_holds_a_secret() {
    for file in files("broken").iter().chain(&files("good")) {
        let loaded = loaded(file);
        let report = loaded.check(&RULES);
        let outputs = [report.human(false), report.json().to_string(), loaded.show(&RULES, true)];
        for output in outputs {
            assert!(!output.contains("hunter2"), "{}\n{output}", file.display());
        }
    }
}

#[test]
fn the_schema_is_as_it_was() {
    let schema = pipeline::config::schema(&REGISTRY);
    assert!(schema["definitions"].as_object().is_some_and(|definitions| definitions.len() > 10));
    insta::assert_snapshot!(format!("{schema:#}"));
}
