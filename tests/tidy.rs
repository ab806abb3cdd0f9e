//! The style that a reader may rely on, held by a test: short files and functions, a head comment in
//! each file, imports in one direction, no clock and no IO in the processors.

use std::fs;
use std::path::{Path, PathBuf};

const MAX_FILE_LINES: usize = 600;
const MAX_FUNCTION_LINES: usize = 70;
const CRATES: [&str; 4] = ["pipeline", "receivers", "processors", "exporters"];

struct Source {
    path: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file of ours, with its path from the root.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["src", "tests", "fuzz/fuzz_targets"].iter().map(|name| root().join(name)).collect();
    folders.extend(CRATES.iter().map(|name| root().join(name)));
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source { path: path.strip_prefix(root()).unwrap().display().to_string(), text });
            }
        }
    }
    assert!(found.len() > 40, "the walk finds the tree: {}", found.len());
    found
}

fn check(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// The functions of a formatted file: line, name, length.
fn functions(text: &str) -> Vec<(usize, String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let words: Vec<&str> = code.split_whitespace().collect();
        let Some(position) = words.iter().position(|word| *word == "fn") else { continue };
        let modifiers = ["pub", "const", "async", "unsafe", "extern"];
        let declares = words[..position].iter().all(|word| modifiers.iter().any(|known| word.starts_with(known)));
        if !declares || code.ends_with(';') || code.ends_with('}') {
            continue;
        }
        let indent = &line[..line.len() - code.len()];
        let end = lines[at..].iter().position(|later| *later == format!("{indent}}}"));
        if let Some(length) = end {
            let name = words[position + 1].split(['(', '<']).next().unwrap_or_default();
            found.push((at + 1, name.to_owned(), length + 1));
        }
    }
    found
}

#[test]
fn files_and_functions_are_short() {
    let mut complaints = Vec::new();
    for Source { path, text } in sources() {
        let lines = text.lines().count();
        if lines > MAX_FILE_LINES {
            complaints.push(format!("{path}: {lines} lines; at most {MAX_FILE_LINES}"));
        }
        for (line, name, length) in functions(&text) {
            if length > MAX_FUNCTION_LINES {
                complaints.push(format!("{path}:{line}: fn {name} has {length} lines; at most {MAX_FUNCTION_LINES}"));
            }
        }
    }
    check(&complaints);
}

#[test]
fn the_measure_of_functions_sees_a_long_one() {
    let body = "    let x = 1;\n".repeat(MAX_FUNCTION_LINES);
    let text = format!("impl A {{\n    pub async fn long(\n        &self,\n    ) {{\n{body}    }}\n}}\n");
    let found = functions(&text);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0, found[0].1.as_str()), (2, "long"));
    assert!(found[0].2 > MAX_FUNCTION_LINES);
}

#[test]
fn each_file_says_why_it_exists() {
    let headless = |source: &Source| !source.text.starts_with("//! ");
    check(
        &sources()
            .iter()
            .filter(|source| headless(source))
            .map(|source| format!("{}: no `//!` head", source.path))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = ["todo!(", "unimplemented!(", "TODO", "FIXME", "#[ignore"];
    let mut complaints = Vec::new();
    for Source { path, text } in sources().iter().filter(|source| source.path != "tests/tidy.rs") {
        for (at, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                complaints.push(format!("{path}:{}: {}", at + 1, line.trim()));
            }
        }
    }
    check(&complaints);
}

/// The dependencies of a crate that end up in the binary: `[dependencies]` only.
fn dependencies(name: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
    let section = manifest.split("\n[dependencies]\n").nth(1).expect("a [dependencies] section");
    let section = section.split("\n[").next().unwrap_or_default();
    let key = |line: &str| line.split(['.', ' ', '=']).next().unwrap_or_default().to_owned();
    section.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(key).collect()
}

#[test]
fn imports_run_one_way() {
    let mut complaints = Vec::new();
    for name in CRATES {
        for dependency in dependencies(name) {
            let ours = CRATES.contains(&dependency.as_str()) || dependency == "tollgate";
            if ours && (name == "pipeline" || dependency != "pipeline") {
                complaints.push(format!(
                    "{name} imports {dependency}: root -> {{receivers, processors, exporters}} -> pipeline"
                ));
            }
        }
    }
    check(&complaints);
}

#[test]
fn the_core_knows_no_transport_and_the_processors_no_runtime() {
    let transports = ["hyper", "hyper-util", "http", "http-body", "tonic", "axum", "rustls", "tokio-rustls", "socket2"];
    let runtimes = ["tokio", "futures-util", "crossbeam-channel", "hyper", "tracing"];
    let mut complaints = Vec::new();
    for (name, banned) in [("pipeline", &transports[..]), ("processors", &runtimes[..])] {
        for dependency in dependencies(name).iter().filter(|dependency| banned.contains(&dependency.as_str())) {
            complaints.push(format!("{name} depends on {dependency}"));
        }
    }
    check(&complaints);
}

#[test]
fn processors_hold_no_clock_and_do_no_io() {
    let banned =
        ["Instant::", "SystemTime", "Timestamp::now", "std::fs", "std::net", "std::thread", "std::env", "println!"];
    let mut complaints = Vec::new();
    for Source { path, text } in sources().iter().filter(|source| source.path.starts_with("processors/src")) {
        for (at, line) in text.lines().enumerate() {
            if banned.iter().any(|word| line.contains(word)) && !line.trim_start().starts_with("//") {
                complaints.push(format!("{path}:{}: {}", at + 1, line.trim()));
            }
        }
    }
    check(&complaints);
}

#[test]
fn custody_is_taken_in_one_place() {
    let takers: Vec<_> = sources()
        .into_iter()
        .filter(|source| source.path.contains("/src/") && !source.path.contains("tests"))
        .filter(|source| !source.path.starts_with("pipeline/src/testkit"))
        .filter(|source| source.text.lines().any(|line| line.contains("outbox.append(")))
        .map(|source| source.path)
        .collect();
    assert_eq!(takers, ["pipeline/src/worker.rs"], "the append is the only custody (invariant 1)");
}
