//! The command line from outside: exit codes, what goes to stdout and what to stderr.

use std::process::Command;

use serde_json::Value;

fn tollgate(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(arguments)
        .env_remove("TOLLGATE__SERVICE__WORKERS")
        .output()
        .expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit code"), text(&output.stdout), text(&output.stderr))
}

const NOTHING: &str = "tests/config/broken/empty.yaml";

#[test]
fn a_bad_configuration_ends_with_78_and_says_why_on_stderr() {
    for command in ["validate", "check"] {
        let (code, data, diagnostics) = tollgate(&[command, "--config", NOTHING]);
        assert_eq!(code, 78);
        assert_eq!(data, "");
        assert!(diagnostics.contains("error[E020]: `receivers` is missing"), "{diagnostics}");
        assert!(diagnostics.contains("--> tests/config/broken/empty.yaml:1:1"), "{diagnostics}");
    }
}

#[test]
fn a_file_that_is_not_there_is_a_bad_configuration() {
    let (code, _, diagnostics) = tollgate(&["validate", "--config=file:/nowhere/at/all.yaml"]);
    assert_eq!(code, 78);
    assert!(diagnostics.contains("error[E003]"), "{diagnostics}");
}

#[test]
fn json_diagnostics_are_data() {
    let (code, data, diagnostics) = tollgate(&["validate", "--format", "json", "--config", NOTHING]);
    assert_eq!((code, diagnostics.as_str()), (78, ""));
    let report: Value = serde_json::from_str(&data).expect("JSON");
    assert_eq!(report["version"], 1);
    assert_eq!(report["diagnostics"].as_array().map(Vec::len), report["errors"].as_u64().map(|n| n as usize));
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    for arguments in [&["validate"][..], &["nonsense"], &["validate", "--config", ""], &[]] {
        assert_eq!(tollgate(arguments).0, 2, "{arguments:?}");
    }
}

#[test]
fn the_schema_is_json() {
    let (code, data, _) = tollgate(&["schema"]);
    let schema: Value = serde_json::from_str(&data).expect("JSON");
    assert_eq!((code, &schema["additionalProperties"]), (0, &Value::Bool(false)));
}

#[test]
fn components_are_listed_for_people_and_for_programs() {
    let (code, table, _) = tollgate(&["components"]);
    assert_eq!(code, 0);
    let (code, data, _) = tollgate(&["components", "--format", "json"]);
    assert_eq!(code, 0);
    let list: Value = serde_json::from_str(&data).expect("JSON");
    let components = list["components"].as_array().expect("a list");
    assert!(!components.is_empty());
    for component in components {
        let name = component["type"].as_str().expect("a type");
        assert!(table.contains(name), "{name}");
    }
}

#[test]
fn show_says_where_each_value_came_from() {
    let arguments =
        ["config", "show", "--origin", "--config", "yaml:service::workers: 2", "--set", "service::memory::limit=1GiB"];
    let (code, data, _) = tollgate(&arguments);
    assert_eq!(code, 78);
    assert!(data.contains("workers: 2  # yaml::1:19"), "{data}");
    assert!(data.contains("limit: 1GiB  # --set"), "{data}");
}
