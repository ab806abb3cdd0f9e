//! Scenario: a reader does what the documents say.
//! Guarantee: every YAML in them is a configuration, every command line a command, every link leads somewhere, and
//! every file to start from starts.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;

use crate::backends::root;
use crate::stage::{Tollgate, tollgate};

const DOCUMENTS: [&str; 6] =
    ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "docs/journal.md", "docs/redaction.md", "docs/sampling.md"];

fn document(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// The fenced blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

/// What stands in backticks in a line.
fn code(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// A folder with a certificate and its key, where `TOLLGATE_TLS` tells the files to start from to look.
fn certificates() -> TempDir {
    let folder = TempDir::new().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(folder.path().join("tls.crt"), made.cert.pem()).unwrap();
    fs::write(folder.path().join("tls.key"), made.signing_key.serialize_pem()).unwrap();
    folder
}

/// `tollgate validate` with what it wrote.
fn validate(file: &Path, certificates: &TempDir) -> (Option<i32>, String) {
    let mut command = tollgate();
    command.env("TOLLGATE_TLS", certificates.path());
    let output = command.args(["validate", "--config"]).arg(file).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn every_yaml_of_the_documents_is_a_configuration() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("block.yaml");
    let certificates = certificates();
    for name in DOCUMENTS {
        for block in blocks(&document(name), "yaml") {
            fs::write(&file, whole(&block)).unwrap();
            let (code, said) = validate(&file, &certificates);
            assert_eq!(code, Some(0), "{name}:\n{block}\n{said}");
        }
    }
    let sample = "a\n```yaml\nb: 1\n```\n```sh\nc\n```\n```yaml\nd: 2\n```\n";
    assert_eq!(blocks(sample, "yaml"), ["b: 1\n", "d: 2\n"], "the blocks are found");
}

/// A block of a document as a file: one that shows a section has the others added.
fn whole(block: &str) -> String {
    if block.contains("pipelines:") {
        return block.to_owned();
    }
    let ids = |section: &str| {
        let lines = block.lines().skip_while(move |line| *line != section).skip(1);
        let lines = lines.take_while(|line| line.starts_with(' '));
        let ids = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        ids.filter_map(|line| line.trim().split(':').next()).collect::<Vec<_>>().join(", ")
    };
    let (processors, mut exporters) = (ids("processors:"), ids("exporters:"));
    let mut text = format!("receivers: {{otlp: {{protocols: {{grpc: {{}}}}}}}}\n{block}");
    if exporters.is_empty() {
        text += "exporters: {debug: {}}\n";
        exporters = "debug".to_owned();
    }
    let pipeline = format!("{{receivers: [otlp], processors: [{processors}], exporters: [{exporters}]}}");
    if !text.contains("service:") {
        text += "service:\n";
    }
    let (before, service) = text.split_once("service:\n").unwrap();
    format!("{before}service:\n  pipelines: {{traces: {pipeline}}}\n{service}")
}

/// The files to start from.
fn configs() -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = fs::read_dir(root().join("configs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 3);
    files
}

#[test]
fn every_file_to_start_from_is_good_and_says_who_it_is_for() {
    let certificates = certificates();
    for file in configs() {
        let (code, said) = validate(&file, &certificates);
        assert_eq!(code, Some(0), "{}\n{said}", file.display());
        assert!(!said.contains("warning["), "{}\n{said}", file.display());
        assert!(fs::read_to_string(&file).unwrap().starts_with("# For "), "{}", file.display());
    }
}

#[test]
fn every_file_to_start_from_starts() {
    let folder = TempDir::new().unwrap();
    let certificates = certificates();
    let [certificate, key] = ["tls.crt", "tls.key"].map(|name| certificates.path().join(name));
    for file in configs() {
        let text = fs::read_to_string(&file).unwrap();
        let mut set = Vec::new();
        if text.contains("cert_file") {
            for protocol in ["grpc", "http"] {
                let tls = format!("receivers.otlp.protocols.{protocol}.tls");
                set.push(format!("{tls}.cert_file={}", certificate.display()));
                set.push(format!("{tls}.key_file={}", key.display()));
            }
        }
        if !text.contains("health_check") {
            set.push("service.extensions=[health_check]".into());
        }
        let log = Tollgate::start_file(&folder, &file, &set).stop();
        assert!(log.contains("everything accepted was settled"), "{}\n{log}", file.display());
    }
}

/// Whether `tollgate WORDS --help` is answered, and what with.
fn help(words: &[&str]) -> String {
    let output = tollgate().args(words).arg("--help").output().unwrap();
    assert!(output.status.success(), "tollgate {words:?} does not exist");
    String::from_utf8(output.stdout).unwrap()
}

/// Checks a command line after `tollgate`: its subcommands, its options, its files.
fn exists(line: &str) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let command = words.iter().take_while(|word| !word.starts_with('-')).copied().collect::<Vec<_>>();
    let help = help(&command);
    for (at, word) in words.iter().enumerate().filter(|(_, word)| word.starts_with("--")) {
        assert!(help.contains(word), "`tollgate {line}`: no {word}");
        let value = words.get(at + 1).copied().unwrap_or_default();
        let file = *word == "--config" && value != "FILE";
        assert!(!file || root().join(value).is_file(), "`tollgate {line}`: no {value}");
    }
}

#[test]
fn every_command_of_the_readme_exists() {
    let readme = document("README.md");
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(rows.len() >= 6, "the table of commands is found");
    for row in rows {
        let cells: Vec<&str> = row.split('|').collect();
        let named = code(cells[1]);
        named.iter().for_each(|line| exists(line));
        // Options that the description names belong to the command.
        let options = code(cells[2]).into_iter().filter(|option| option.starts_with("--"));
        options.for_each(|option| exists(&format!("{} {option}", named[0].replace("--config FILE", ""))));
    }
    let shell = blocks(&readme, "sh").concat();
    let typed = shell.lines().map(|line| line.split(" #").next().unwrap_or_default().trim());
    let ours = typed.filter_map(|line| line.split_once("/tollgate ").or_else(|| line.split_once(" -- ")));
    let lines: Vec<&str> = ours.map(|(_, arguments)| arguments).collect();
    assert!(lines.len() >= 3, "{lines:?}");
    lines.iter().for_each(|line| exists(line));
}

/// What `tollgate` with these arguments writes to stdout.
fn answer(arguments: &str, input: &str) -> String {
    let mut command = tollgate();
    command.args(arguments.split_whitespace()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn every_answer_of_the_readme_is_given() {
    let shown = blocks(&document("README.md"), "console");
    assert!(shown.len() >= 2, "the examples are found");
    for block in shown {
        let (typed, expected) = block.split_once('\n').unwrap();
        let (input, arguments) = typed.split_once(" | target/release/tollgate ").unwrap();
        let input = input.strip_prefix("$ printf '").unwrap().strip_suffix('\'').unwrap().replace("\\n", "\n");
        assert_eq!(answer(arguments, &input), expected, "{typed}");
    }
}

#[test]
fn every_link_between_the_documents_leads_somewhere() {
    let mut found = 0;
    for name in DOCUMENTS {
        let text = document(name);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !link.contains("://") && !link.starts_with('#') {
                found += 1;
                let folder = root().join(name).parent().unwrap().to_owned();
                assert!(folder.join(link.split('#').next().unwrap_or_default()).exists(), "{name}: {link}");
            }
        }
    }
    assert!(found >= 3, "{found} links");
}
