//! The structure of the sources: no circle of imports, no two types of one name, and changes of
//! `tests/adversary/rules.tsv` that still change their files.
//!
//! Imports are read as text: `use` trees, and paths that begin with `crate`, `super`, `self` or an imported module. A
//! path counts as an import of the file whose item it names; the name of a module alone does not.

#![allow(clippy::unwrap_used, reason = "a source that cannot be read fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Path of a module, from its crate's root.
type Module = Vec<String>;

/// Modules of a crate, each with the modules that it imports.
type Imports = BTreeMap<Module, BTreeSet<Module>>;

fn read(folder: &Path, module: &Module, sources: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let stem = entry.file_stem().unwrap().to_str().unwrap().to_owned();
        if entry.is_dir() {
            read(&entry, &[module.as_slice(), &[stem]].concat(), sources);
        } else if entry.extension().is_some_and(|extension| extension == "rs") && !stem.contains("test") {
            let own = match stem.as_str() {
                "mod" | "lib" => module.clone(),
                _ => [module.as_slice(), &[stem]].concat(),
            };
            sources.insert(own, product(&fs::read_to_string(&entry).unwrap()));
        }
    }
}

/// Returns a source without tests, comments and the contents of strings.
fn product(source: &str) -> String {
    let source = source.split("\n#[cfg(test)]\nmod ").next().unwrap();
    let lines: Vec<&str> = source.lines().map(|line| line.split("//").next().unwrap()).collect();
    let lines = lines.join("\n");
    lines.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

/// Returns the paths of a `use` tree.
fn paths(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((prefix, list)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap().trim().to_owned()];
    };
    let list = list.trim_end().strip_suffix('}').unwrap_or(list);
    let (mut found, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, letter) in list.char_indices().chain([(list.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let part = &list[start..at];
                found.extend(
                    paths(part).into_iter().filter(|path| !path.is_empty()).map(|path| format!("{prefix}{path}")),
                );
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

fn is_of_path(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == ':'
}

/// Returns the module whose item a path names, seen from a module; none if it names no item of another one.
fn target(path: &str, from: &Module, sources: &BTreeMap<Module, String>) -> Option<Module> {
    let mut steps = path.split("::").peekable();
    let mut module = from.clone();
    match *steps.peek()? {
        "crate" => module.clear(),
        "super" => {
            while steps.next_if_eq(&"super").is_some() {
                module.pop();
            }
        }
        "self" => {}
        first if sources.contains_key(&[from.as_slice(), &[first.to_owned()]].concat()) => {}
        _ => return None,
    }
    _ = steps.next_if(|step| matches!(*step, "crate" | "self"));
    while let Some(step) = steps.peek() {
        let deeper = [module.as_slice(), &[(*step).to_owned()]].concat();
        if !sources.contains_key(&deeper) {
            break;
        }
        module = deeper;
        steps.next();
    }
    (steps.peek().is_some() && module != *from && !module.is_empty()).then_some(module)
}

fn imports(root: &str) -> Imports {
    let mut sources = BTreeMap::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(root), &Vec::new(), &mut sources);
    assert!(sources.len() > 20, "{root} has {} files", sources.len());
    let of = |module: &Module, source: &str| {
        let (mut used, mut code) = (Vec::new(), String::new());
        for statement in source.split_inclusive(';') {
            match statement
                .find("use ")
                .filter(|at| statement[..*at].trim_end().rsplit('\n').next().unwrap().len() < 12)
            {
                Some(at) if statement[at..].contains("::") && !statement[..at].contains('{') => {
                    let tree =
                        statement[at + 4..].trim_end_matches(';').split_whitespace().collect::<Vec<_>>().join(" ");
                    used.extend(paths(&tree));
                }
                _ => code.push_str(statement),
            }
        }
        let aliases: BTreeMap<String, String> =
            used.iter().map(|path| (path.rsplit("::").next().unwrap().to_owned(), path.clone())).collect();
        for word in code.split(|letter| !is_of_path(letter)).filter(|word| word.contains("::")) {
            let (first, rest) = word.split_once("::").unwrap();
            used.push(aliases.get(first).map_or_else(|| word.to_owned(), |alias| format!("{alias}::{rest}")));
        }
        used.iter().filter_map(|path| target(path, module, &sources)).collect::<BTreeSet<Module>>()
    };
    sources.iter().map(|(module, source)| (module.clone(), of(module, source))).collect()
}

/// Returns the shortest circle through a module.
fn circle(from: &Module, imports: &Imports) -> Option<Vec<Module>> {
    let mut ways = vec![vec![from.clone()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = (!ways.is_empty()).then(|| ways.remove(0)) {
        for next in imports.get(way.last().unwrap()).into_iter().flatten() {
            if next == from {
                return Some(way);
            }
            if seen.insert(next.clone()) {
                ways.push([way.as_slice(), std::slice::from_ref(next)].concat());
            }
        }
    }
    None
}

#[test]
fn no_imports_form_a_circle() {
    for root in ["crates/core/src", "src"] {
        let imports = imports(root);
        assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 100, "too few imports in {root}");
        let circles: BTreeSet<String> = imports
            .keys()
            .filter_map(|module| circle(module, &imports))
            .map(|way| way.iter().map(|module| module.join("::")).collect::<Vec<_>>().join(" -> "))
            .collect();
        assert_eq!(circles, BTreeSet::new(), "in {root}");
    }
}

/// Calls a function with each source below a folder, tests included: its path and its text.
fn each_source(folder: &Path, found: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            each_source(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found(&entry, &fs::read_to_string(&entry).unwrap());
        }
    }
}

/// Returns the name of the type that a line declares. An indented `type` belongs to a trait, an `impl` or a function.
fn declared(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let mut keyword = words.next()?;
    if keyword.starts_with("pub") {
        keyword = words.next()?;
    }
    let is_type = match keyword {
        "struct" | "enum" | "trait" | "union" => true,
        "type" => !line.starts_with(' '),
        _ => false,
    };
    let name = words.next().filter(|_| is_type)?;
    let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(name.len());
    name.get(..end).filter(|name| name.starts_with(char::is_uppercase))
}

#[test]
fn no_two_types_have_one_name() {
    let mut declarations: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for root in ["crates/core/src", "src"] {
        each_source(&Path::new(env!("CARGO_MANIFEST_DIR")).join(root), &mut |path, text| {
            for (line, name) in (1..).zip(text.lines()).filter_map(|(line, text)| Some((line, declared(text)?))) {
                declarations.entry(name.to_owned()).or_default().push(format!("{}:{line}", path.display()));
            }
        });
    }
    assert!(declarations.len() > 300, "{} types", declarations.len());
    declarations.retain(|_, places| places.len() > 1);
    assert_eq!(declarations, BTreeMap::new());
}

#[test]
fn declarations_of_types_are_found() {
    for (line, name) in [
        ("pub(crate) struct Row<'a> {", Some("Row")),
        ("    enum Row {", Some("Row")),
        ("struct Row(u8);", Some("Row")),
        ("pub trait Row: Sized {", Some("Row")),
        ("type Row = u8;", Some("Row")),
        ("    type Row = u8;", None),
        ("pub fn row() {", None),
        ("// struct Row", None),
    ] {
        assert_eq!(declared(line), name, "{line}");
    }
}

#[test]
fn each_rule_of_the_attacks_changes_its_file() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = fs::read_to_string(top.join("tests/adversary/rules.tsv")).unwrap();
    for row in rules.lines().filter(|row| !row.starts_with('#') && !row.is_empty()) {
        let [name, _, _, file, change] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let changed = Command::new("sed").args(["-E", change]).arg(top.join(file)).output().unwrap();
        assert!(changed.status.success(), "{name}: {}", String::from_utf8_lossy(&changed.stderr));
        assert!(changed.stdout != fs::read(top.join(file)).unwrap(), "{name} does not change {file}");
    }
}

#[test]
fn imports_are_found() {
    let core = imports("crates/core/src");
    let module = |path: &str| path.split("::").map(str::to_owned).collect::<Module>();
    for (from, to) in [
        ("host::live", "host::opened"),
        ("host::live", "host"),
        ("config::trust", "config::places"),
        ("plan::find::verdict", "plan::model"),
        ("plan", "plan::find::verdict"),
        ("wslpath::to_linux", "wslpath::to_windows"),
    ] {
        assert!(core[&module(from)].contains(&module(to)), "{from} -> {to}: {:?}", core[&module(from)]);
    }
    let two = BTreeMap::from([
        (module("a"), BTreeSet::from([module("b")])),
        (module("b"), BTreeSet::from([module("c")])),
        (module("c"), BTreeSet::from([module("a")])),
    ]);
    assert_eq!(circle(&module("a"), &two), Some(vec![module("a"), module("b"), module("c")]));
    assert_eq!(paths("crate::{a::{self, B}, c::D as E}"), ["crate::a::self", "crate::a::B", "crate::c::D"]);
}
