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

const LOAD: [&str; 9] = ["plan", "--rate", "20k", "--bytes", "1.2KB", "--wait", "10m", "--keep", "10%"];

#[test]
fn a_load_is_planned_for_people_and_for_programs() {
    let (code, text, _) = tollgate(&LOAD);
    assert_eq!(code, 0);
    assert!(text.contains("cores busy") && text.contains("ns of CPU a span") && text.contains("service:"), "{text}");
    let (code, data, _) = tollgate(&[&LOAD[..], &["--format", "json"]].concat());
    assert_eq!(code, 0);
    let plan: Value = serde_json::from_str(&data).expect("JSON");
    assert_eq!(plan["load"]["spans_per_second"], 20_000.0);
    let modes = plan["modes"].as_array().expect("modes");
    assert_eq!(modes.len(), 3);
    for mode in modes {
        let block = format!("yaml:{}", mode["config"].as_str().expect("a block"));
        let (code, _, diagnostics) = tollgate(&["validate", "--config", "configs/jaeger.yaml", "--config", &block]);
        assert_eq!(code, 0, "{block}\n{diagnostics}");
    }
}

#[test]
fn a_load_that_is_none_ends_with_2_and_says_what_one_is() {
    for (at, wrong, told) in [
        (2, "many", "as in `20k`"),
        (4, "0", "at least one byte"),
        (6, "10", "as in `30s`"),
        (8, "110%", "at most 100%"),
        (8, "10", "did you mean `10%`?"),
    ] {
        let mut arguments = LOAD;
        arguments[at] = wrong;
        let (code, data, diagnostics) = tollgate(&arguments);
        assert_eq!((code, data.as_str()), (2, ""), "{wrong}");
        assert!(diagnostics.contains(told), "{diagnostics}");
    }
    assert_eq!(tollgate(&["plan"]).0, 2);
}

/// What `validate` says of a configuration with these exporters.
fn validated(folder: &std::path::Path, exporters: &str) -> (i32, String) {
    let file = folder.join("config.yaml");
    let ids: Vec<&str> = exporters.lines().filter_map(|line| line.split(':').next()).map(str::trim).collect();
    let text = format!(
        "receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}}}\nexporters:\n{exporters}\nservice: \
         {{pipelines: {{traces: {{receivers: [otlp], exporters: [{}]}}}}}}\n",
        ids.join(", ")
    );
    std::fs::write(&file, text).expect("written");
    let (code, _, diagnostics) = tollgate(&["validate", "--config", &file.display().to_string()]);
    (code, diagnostics)
}

#[test]
fn a_file_is_written_by_one_exporter_and_only_where_it_can_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path().display();
    let both = format!("  file/a: {{path: '{at}/out'}}\n  file/b: {{path: '{at}/./out', append: true}}");
    let (code, told) = validated(folder.path(), &both);
    assert!(code == 78 && told.contains("E032") && told.contains("exporter `file/a` writes"), "{told}");
    let (code, told) = validated(folder.path(), &format!("  file: {{path: '{at}/no/out'}}"));
    assert!(code == 0 && told.contains("W032") && told.contains("/no is not there"), "{told}");
    let (code, told) = validated(folder.path(), &format!("  file: {{path: '{at}'}}"));
    assert!(code == 0 && told.contains("is a folder"), "{told}");
    let (code, told) = validated(folder.path(), &format!("  file: {{path: '{at}/out'}}"));
    assert_eq!((code, folder.path().join("out").exists()), (0, false), "{told}");
}

#[test]
fn run_takes_the_gates_of_the_collector() {
    let (code, _, diagnostics) = tollgate(&["run", "--feature-gates=a,-b", "--config", NOTHING]);
    assert_eq!(code, 78, "{diagnostics}");
    assert!(diagnostics.starts_with("note: `--feature-gates` means nothing here"), "{diagnostics}");
}

#[test]
fn what_cannot_be_read_of_an_argument_is_not_shown() {
    let login = "extensions.basicauth={client_auth: {username: u, password: supersecret";
    for set in ["extensions.basicauth.client_auth.password:supersecret", login] {
        let (code, data, diagnostics) = tollgate(&["validate", "--config", "configs/gateway.yaml", "--set", set]);
        assert_eq!(code, 78, "{diagnostics}");
        assert!(!data.contains("supersecret") && !diagnostics.contains("supersecret"), "{diagnostics}");
    }
}
