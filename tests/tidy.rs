//! The style that a reader may rely on, held by a test: short files and functions, a head comment in
//! each file, imports in one direction, no clock and no IO in the processors, documents that name what is there.
//!
//! Each check is a function from sources or manifests to complaints; beside the test that runs it on the tree stands
//! one that shows it a tree that it must complain of.

#![allow(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

use std::fs;
use std::path::{Path, PathBuf};

const MAX_FILE_LINES: usize = 600;
const MAX_FUNCTION_LINES: usize = 70;
const CRATES: [&str; 4] = ["pipeline", "receivers", "processors", "exporters"];

struct Source {
    path: String,
    text: String,
}

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
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
    for known in ["src/main.rs", "tests/tidy.rs", "fuzz/fuzz_targets/batch.rs", "pipeline/src/batch/json/read.rs"] {
        assert!(found.iter().any(|source| source.path == known), "the walk misses {known}");
    }
    found
}

fn check(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// `file:line: text` for each line of `sources` that `wrong` finds wrong.
fn lines(sources: &[Source], wrong: impl Fn(&Source, &str) -> bool) -> Vec<String> {
    let numbered = |source: &Source| {
        let Source { path, text } = source;
        let wrong = |(_, line): &(usize, &str)| wrong(source, line);
        let told = |(at, line): (usize, &str)| format!("{path}:{}: {}", at + 1, line.trim());
        text.lines().enumerate().filter(wrong).map(told).collect::<Vec<_>>()
    };
    sources.iter().flat_map(numbered).collect()
}

/// The functions of a formatted file: line, name, length.
fn functions(text: &str) -> Vec<(usize, String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let words: Vec<&str> = code.split_whitespace().collect();
        let Some(position) = words.iter().position(|word| *word == "fn") else { continue };
        let modifiers = ["pub", "const", "async", "unsafe", "extern", "\"", "default", "crate", "super"];
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

fn long(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for Source { path, text } in sources {
        let lines = text.lines().count();
        if lines > MAX_FILE_LINES {
            complaints.push(format!("{path}: {lines} lines; at most {MAX_FILE_LINES}"));
        }
        for (line, name, length) in functions(text) {
            if length > MAX_FUNCTION_LINES {
                complaints.push(format!("{path}:{line}: fn {name} has {length} lines; at most {MAX_FUNCTION_LINES}"));
            }
        }
    }
    complaints
}

#[test]
fn files_and_functions_are_short() {
    check(&long(&sources()));
}

#[test]
fn the_measure_sees_a_long_file_and_a_long_function() {
    let of =
        |lines: usize, head: &str| format!("impl A {{\n    {head} {{\n{}    }}\n}}\n", "        x();\n".repeat(lines));
    for head in ["fn long(&self)", "pub async fn long<T>(\n        &self,\n    )", "pub(in crate::a) const fn long()"] {
        let lines = MAX_FUNCTION_LINES - 1 - head.lines().count();
        assert_eq!(long(&[source("a.rs", &of(lines, head))]), Vec::<String>::new(), "{head}");
        let told = long(&[source("a.rs", &of(lines + 1, head))]);
        assert_eq!(told, ["a.rs:2: fn long has 71 lines; at most 70"], "{head}");
    }
    assert_eq!(long(&[source("a.rs", &"\n".repeat(MAX_FILE_LINES))]), Vec::<String>::new());
    assert_eq!(long(&[source("a.rs", &"\n".repeat(MAX_FILE_LINES + 1))]), ["a.rs: 601 lines; at most 600"]);
}

fn headless(sources: &[Source]) -> Vec<String> {
    let headless = sources.iter().filter(|source| !source.text.starts_with("//! "));
    headless.map(|source| format!("{}: no `//!` head", source.path)).collect()
}

#[test]
fn each_file_says_why_it_exists() {
    check(&headless(&sources()));
    let bare =
        [source("a.rs", "//! Why.\n"), source("b.rs", "use std;\n"), source("c.rs", "//!\n"), source("d.rs", "")];
    assert_eq!(headless(&bare), ["b.rs: no `//!` head", "c.rs: no `//!` head", "d.rs: no `//!` head"]);
}

fn unfinished(sources: &[Source]) -> Vec<String> {
    let marks = ["todo!(", "unimplemented!(", "TODO", "FIXME", "XXX", "#[ignore"];
    lines(sources, |source, line| source.path != "tests/tidy.rs" && marks.iter().any(|mark| line.contains(mark)))
}

#[test]
fn nothing_is_left_unfinished() {
    check(&unfinished(&sources()));
    let left = source("a.rs", "//! A.\n// TODO: more\ntodo!()\nunimplemented!()\n#[ignore = \"slow\"]\nok\n");
    assert_eq!(unfinished(&[left]).len(), 4);
}

/// A room that everything ends up in says nothing about what is in it.
fn nameless(sources: &[Source]) -> Vec<String> {
    let banned = ["util", "utils", "common", "helper", "helpers", "misc"];
    let rooms = |source: &&Source| source.path.split(['/', '.']).any(|room| banned.contains(&room));
    sources.iter().filter(rooms).map(|source| format!("{}: name it after what it does", source.path)).collect()
}

#[test]
fn no_module_is_named_after_nothing() {
    check(&nameless(&sources()));
    assert_eq!(nameless(&[source("a/utils.rs", ""), source("common/mod.rs", ""), source("a/utility.rs", "")]).len(), 2);
}

/// The dependencies that end up in the binary: every `[dependencies]` table of a manifest, those of a target and
/// those with a table of their own included; under the name of the package, where that is another.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut section = String::new();
    for line in manifest.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let package = line.split_once("package = \"").and_then(|(_, rest)| rest.split('"').next());
        if let Some(table) = line.strip_prefix('[') {
            section = table.trim_end_matches(']').to_owned();
            if let Some((kind, name)) = section.rsplit_once("dependencies.")
                && !["dev-", "build-", "workspace."].iter().any(|other| kind.ends_with(other))
            {
                found.push(name.to_owned());
            }
        } else if section == "dependencies" || section.ends_with(".dependencies") && section != "workspace.dependencies"
        {
            let key = line.split(['.', ' ', '=']).next().unwrap_or_default();
            found.push(package.unwrap_or(key).to_owned());
        } else if section.contains("dependencies.") && line.starts_with("package") {
            found.extend(package.map(str::to_owned));
        }
    }
    found
}

/// The manifest of a crate; of the root, where `name` is empty.
fn manifest(name: &str) -> String {
    fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap()
}

#[test]
fn dependencies_are_found_however_they_are_written() {
    let text = "[workspace.dependencies]\nno = \"1\"\n[dependencies]\na.workspace = true\n# b = \"1\"\n\nc = \"1\"\n\
                d = { package = \"hyper\", version = \"1\" }\n[dependencies.e]\nversion = \"1\"\n\
                [target.'cfg(unix)'.dependencies]\nf = \"1\"\n[dev-dependencies]\ng = \"1\"\n[dev-dependencies.h]\n\
                [build-dependencies]\ni = \"1\"\n[dependencies.j]\npackage = \"tonic\"\n";
    assert_eq!(dependencies(text), ["a", "c", "hyper", "e", "f", "j", "tonic"]);
    assert!(dependencies(&manifest("")).contains(&"mimalloc".to_owned()), "those of a target too");
}

fn against_the_grain(name: &str, dependencies: &[String]) -> Vec<String> {
    let ours = |dependency: &&String| CRATES.contains(&dependency.as_str()) || *dependency == "tollgate";
    let against = |dependency: &&String| name == "pipeline" || *dependency != "pipeline";
    let told =
        |dependency| format!("{name} imports {dependency}: root -> {{receivers, processors, exporters}} -> pipeline");
    dependencies.iter().filter(ours).filter(against).map(told).collect()
}

#[test]
fn imports_run_one_way() {
    let complaints = CRATES.iter().flat_map(|name| against_the_grain(name, &dependencies(&manifest(name))));
    check(&complaints.collect::<Vec<_>>());
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(against_the_grain("exporters", &names(&["pipeline", "bytes"])), Vec::<String>::new());
    assert_eq!(against_the_grain("exporters", &names(&["receivers", "tollgate"])).len(), 2);
    assert_eq!(against_the_grain("pipeline", &names(&["processors"])).len(), 1);
}

/// What a crate must not know: the core no transport, the processors no runtime either.
fn forbidden(name: &str, dependencies: &[String]) -> Vec<String> {
    let transports = [
        "hyper",
        "hyper-util",
        "hyper-rustls",
        "http",
        "http-body",
        "tonic",
        "axum",
        "rustls",
        "tokio-rustls",
        "socket2",
    ];
    let runtimes = ["tokio", "futures-util", "crossbeam-channel", "tracing", "prometheus-client"];
    let banned = match name {
        "pipeline" => transports.to_vec(),
        "processors" => [&transports[..], &runtimes].concat(),
        _ => Vec::new(),
    };
    let found = dependencies.iter().filter(|dependency| banned.contains(&dependency.as_str()));
    found.map(|dependency| format!("{name} depends on {dependency}")).collect()
}

#[test]
fn the_core_knows_no_transport_and_the_processors_no_runtime() {
    check(&CRATES.iter().flat_map(|name| forbidden(name, &dependencies(&manifest(name)))).collect::<Vec<_>>());
    let both = ["tokio".to_owned(), "hyper".to_owned()];
    assert_eq!(forbidden("pipeline", &both), ["pipeline depends on hyper"]);
    assert_eq!(forbidden("processors", &both).len(), 2);
    assert_eq!(forbidden("exporters", &both), Vec::<String>::new());
}

fn impure(sources: &[Source]) -> Vec<String> {
    let banned = [
        "Instant",
        "SystemTime",
        "Timestamp::now",
        "fs::",
        "net::Tcp",
        "net::Udp",
        "net::ToSocketAddrs",
        "thread::",
        "env::",
        "std::io",
        "io::Read",
        "io::Write",
        "std::process",
        "File::",
        "println!",
        "eprintln!",
        "async ",
        "static mut",
        "rand::",
    ];
    lines(sources, |source, line| {
        let code = !line.trim_start().starts_with("//");
        let shipped = !source.path.contains("/tests") && !source.path.contains("/proving");
        source.path.starts_with("processors/src") && shipped && code && banned.iter().any(|word| line.contains(word))
    })
}

#[test]
fn processors_hold_no_clock_and_do_no_io() {
    check(&impure(&sources()));
    let text = "//! Instant.\nuse std::{fs, time::Instant};\nlet a = fs::read(path);\nlet b = Timestamp::now();\nasync fn c() {}\n";
    assert_eq!(impure(&[source("processors/src/a.rs", text)]).len(), 4);
    assert_eq!(impure(&[source("exporters/src/a.rs", text)]), Vec::<String>::new());
}

/// The files, tests aside, that append to an outbox.
fn takers(sources: &[Source]) -> Vec<&str> {
    let shipped = |source: &&Source| {
        let path = &source.path;
        let ours = path.contains("/src/") || path.starts_with("src/");
        ours && !path.contains("tests") && !path.starts_with("pipeline/src/testkit")
    };
    let takes = |source: &&Source| {
        let code: String = source.text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let knows = code.contains("Outbox") || code.contains("outbox");
        knows && (code.contains(".append(") || code.contains("Outbox::append"))
    };
    sources.iter().filter(shipped).filter(takes).map(|source| source.path.as_str()).collect()
}

#[test]
fn custody_is_taken_in_one_place() {
    assert_eq!(takers(&sources()), ["pipeline/src/journal/custody.rs"], "the only custody (invariant 1)");
    let [by_name, renamed] = ["outbox.append(parts)", "use Outbox;\nlet o = x;\no\n    .append(parts)"];
    let others = [
        source("receivers/src/a.rs", by_name),
        source("src/b.rs", renamed),
        source("pipeline/src/c/tests.rs", by_name),
        source("receivers/src/d.rs", "entries.append(more)"),
        source("receivers/src/e.rs", "/// As [`Outbox::append`].\n"),
    ];
    assert_eq!(takers(&others), ["receivers/src/a.rs", "src/b.rs"]);
}

/// The direct dependencies that a document does not name in backticks.
fn unexplained(document: &str, manifests: &[String]) -> Vec<String> {
    let mut names: Vec<String> = manifests.iter().flat_map(|manifest| dependencies(manifest)).collect();
    names.sort();
    names.dedup();
    names.retain(|name| !CRATES.contains(&name.as_str()) && !document.contains(&format!("`{name}`")));
    names.into_iter().map(|name| format!("ARCHITECTURE.md does not say why `{name}` is here")).collect()
}

#[test]
fn the_architecture_says_why_each_dependency_is_here() {
    let document = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let section = document.split("\n## Dependencies").nth(1).expect("a section about the dependencies");
    let manifests: Vec<String> = [""].iter().chain(&CRATES).map(|name| manifest(name)).collect();
    check(&unexplained(section, &manifests));
    let manifest = "[dependencies]\npipeline.workspace = true\nbytes = \"1\"\nhyper = \"1\"\n".to_owned();
    assert_eq!(unexplained("| `bytes` | hyper |", &[manifest]), ["ARCHITECTURE.md does not say why `hyper` is here"]);
}

/// The paths and tests in a document's backticks that are not in the tree. A bare name after a path is beside it.
fn missing(document: &str, sources: &[Source], exists: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut complaints = Vec::new();
    for line in document.lines() {
        let mut folder = PathBuf::new();
        for word in line.split('`').skip(1).step_by(2) {
            let word = word.split('*').next().unwrap_or_default();
            let file = [".rs", ".md", ".toml", ".yaml", ".sh", ".mjs"].iter().any(|end| word.ends_with(end));
            let path = !word.contains(char::is_whitespace) && (file || word.ends_with('/'));
            let test =
                word.split('_').count() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if path {
                let here = [Path::new("").join(word), folder.join(word)].into_iter().find(|path| exists(path));
                match here {
                    Some(found) if file => folder = found.parent().unwrap_or(Path::new("")).to_owned(),
                    Some(found) => folder = found,
                    None => complaints.push(format!("ARCHITECTURE.md names `{word}`, which is not there")),
                }
            } else if test && !sources.iter().any(|source| source.text.contains(word)) {
                complaints.push(format!("ARCHITECTURE.md names `{word}`, which no source does"));
            }
        }
    }
    complaints
}

#[test]
fn the_architecture_names_what_is_there() {
    let document = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    check(&missing(&document, &sources(), |path| root().join(path).exists()));
    let tree = [source("a/src/b.rs", "fn it_holds_water() {}")];
    let there = |path: &Path| ["a/src", "a/src/b.rs"].iter().any(|known| Path::new(known) == path);
    let good = "`a/src/`, `b.rs`, `it_holds_water`, `a/src/b.rs`, `cargo test x.rs`, `cfg`";
    assert_eq!(missing(good, &tree, there), Vec::<String>::new());
    assert_eq!(missing("`a/c.rs`, `b.rs`, `it_leaks_water`, `d/`", &tree, there).len(), 4);
}
