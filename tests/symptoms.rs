//! Each symptom that people report is shown by a case that asserts it, and has its row in `docs/troubleshooting.md`.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Symptoms {
    symptom: Vec<Symptom>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Symptom {
    /// The words that it is known by.
    see: String,
    help: Help,
    #[serde(default)]
    cases: Vec<Pointer>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Help {
    Fixed,
    Shown,
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pointer {
    #[serde(default = "usual")]
    file: String,
    case: String,
    /// The code that the case asserts …
    code: Option<String>,
    /// … or words of the plan that it does.
    plan: Option<String>,
}

fn usual() -> String {
    "tests/doctor/symptoms.toml".to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn symptoms() -> Vec<Symptom> {
    let table: Symptoms = toml::from_str(&read("tests/symptoms.toml")).unwrap();
    table.symptom
}

/// The strings in a list of a case.
fn strings<'c>(case: &'c toml::Value, list: &str) -> Vec<&'c str> {
    let list = case.get(list).and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(toml::Value::as_str).collect()
}

fn asserts(case: &toml::Value, pointer: &Pointer) -> bool {
    let plan = strings(case, "plan");
    match (&pointer.code, &pointer.plan) {
        (Some(code), None) => {
            let findings = strings(case, "findings");
            findings.iter().any(|one| one.split(' ').next() == Some(code))
                || strings(case, "ok").contains(&code.as_str())
                || plan.iter().any(|words| words.contains(code.as_str()))
        }
        (None, Some(wanted)) => plan.iter().any(|words| words.contains(wanted.as_str())),
        _ => false,
    }
}

#[test]
fn each_symptom_has_a_case() {
    let mut files: BTreeMap<String, toml::Table> = BTreeMap::new();
    let symptoms = symptoms();
    assert_eq!(symptoms.len(), 35);
    for symptom in symptoms {
        assert_eq!(symptom.cases.is_empty(), symptom.help == Help::None, "{}", symptom.see);
        for pointer in &symptom.cases {
            let file =
                files.entry(pointer.file.clone()).or_insert_with(|| toml::from_str(&read(&pointer.file)).unwrap());
            let cases = file["case"].as_array().unwrap();
            let case = cases.iter().find(|case| case["name"].as_str() == Some(&pointer.case));
            let case = case.unwrap_or_else(|| panic!("{} has no case {:?}", pointer.file, pointer.case));
            assert!(asserts(case, pointer), "{:?} does not assert {:?} {:?}", pointer.case, pointer.code, pointer.plan);
        }
    }
}

/// A row of a table in Markdown, without the marks of code.
fn plain(row: &str) -> String {
    row.replace(['`', '*'], "")
}

#[test]
fn each_symptom_has_a_row_in_the_table_with_its_codes() {
    let text = read("docs/troubleshooting.md");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    let symptoms = symptoms();
    assert_eq!(rows.len(), symptoms.len(), "a row each");
    for (row, symptom) in rows.iter().zip(&symptoms) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 4, "{row}");
        assert!(plain(cells[0]).contains(&plain(&symptom.see)), "the row for {:?} is {row}", symptom.see);
        for code in symptom.cases.iter().filter_map(|pointer| pointer.code.as_ref()) {
            assert!(cells[3].contains(code.as_str()), "{:?} lacks {code}", symptom.see);
        }
        assert_eq!(row.contains("**"), symptom.help == Help::Fixed, "bold is what gowrap repairs: {row}");
    }
}
