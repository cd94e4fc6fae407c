//! The manual says what the program does: gowrap-diagnostics(7) explains the codes that the program can emit, gowrap(1)
//! its command line and its variables, gowrap.toml(5) its settings; each of them all, and nothing that is not there.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use gowrap::diagnosis::Code;
use gowrap::tools::Tool;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join("man").join(name)).unwrap()
}

/// The program's own sources, without their tests.
fn sources() -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![root().join("src"), root().join("crates")];
    let mut for_tests: BTreeSet<PathBuf> = BTreeSet::new();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    for path in &files {
        let text = fs::read_to_string(path).unwrap();
        let mut pieces = text.split("#[cfg(test)]\nmod ");
        let mut kept = pieces.next().unwrap().to_owned();
        for piece in pieces {
            // `mod tests;` is a file beside this one, `mod tests {` goes to the end of this one.
            let Some((name, rest)) = piece.split_once(";\n").filter(|(name, _)| !name.contains('{')) else { break };
            let folder = match path.file_stem().unwrap().to_str().unwrap() {
                "mod" | "lib" => path.parent().unwrap().to_owned(),
                _ => path.with_extension(""),
            };
            for_tests.insert(folder.join(name).with_extension("rs"));
            kept.push_str(rest);
        }
        texts.push((path.clone(), kept));
    }
    texts.retain(|(path, _)| !for_tests.contains(path));
    texts.into_iter().map(|(_, text)| text).collect()
}

/// Returns the lines of a text in mdoc(7): text between backticks becomes a quoted literal.
fn mdoc(text: &str) -> String {
    let escaped = |text: &str| match text {
        // mdoc(7) would take a lone punctuation mark for the end of the line's macro.
        ";" | "." | "," | ":" => format!("\\&{text}"),
        _ => text.replace('\\', "\\e").replace('-', "\\-").replace('"', "\\(dq"),
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some((prose, behind)) = rest.split_once('`') {
        let (literal, behind) = behind.split_once('`').unwrap();
        lines.extend(prose_lines(prose));
        let end = behind.find(|c: char| !".,;:)".contains(c)).unwrap_or(behind.len());
        let stops: String = behind[..end].chars().flat_map(|c| [' ', c]).collect();
        lines.push(format!(".Ql \"{}\"{stops}", escaped(literal)));
        rest = &behind[end..];
    }
    lines.extend(prose_lines(rest));
    lines.join("\n")
}

/// Running text, a sentence a line, and no line longer than a page is wide. No line begins with a dot.
fn prose_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut is_new = true;
    for word in text.split_whitespace() {
        let word = word.replace('\\', "\\e");
        match lines.last_mut() {
            Some(line) if !is_new && line.len() + word.len() < 79 => *line += &format!(" {word}"),
            _ if word.starts_with(['.', '\'']) => lines.push(format!("\\&{word}")),
            _ => lines.push(word.clone()),
        }
        is_new = word.ends_with('.');
    }
    lines
}

/// The headings of the page, by the first digit of the codes below them.
const GROUPS: [(u16, &str); 6] = [
    (1, "GW1xx: the machine"),
    (2, "GW2xx: what runs"),
    (3, "GW3xx: arguments"),
    (4, "GW4xx: environment"),
    (5, "GW5xx: the debugger's address, networks and editors"),
    (9, "GW9xx: gowrap itself"),
];

/// The section CODES of gowrap-diagnostics(7), from the table of codes.
fn codes_section() -> String {
    let mut page = String::from(".Sh CODES\n");
    for (digit, heading) in GROUPS {
        page += &format!(".Ss {heading}\n.Bl -tag -width Ds\n");
        for code in Code::ALL.iter().filter(|code| **code as u16 / 100 == digit) {
            let entry = code.entry();
            let [meaning, cause, fix] = [entry.meaning, entry.cause, entry.fix].map(mdoc);
            page += &format!(
                ".It Sy {code} Pq {users}\n{meaning}\n.Bl -tag -width \"Cause\" -compact\n.It Cause\n{cause}\n.It Fix\n{fix}\n.El\n",
                users = entry.users.replace('-', "\\-"),
            );
        }
        page += ".El\n";
    }
    page
}

/// `BLESS=1 cargo test --test manual` writes the section anew.
#[test]
fn the_page_of_codes_is_made_from_the_table() {
    let old = page("gowrap-diagnostics.7");
    let (head, rest) = old.split_once(".Sh CODES").unwrap();
    let (_, tail) = rest.split_once(".Sh SEE ALSO").unwrap();
    let new = format!("{head}{}.Sh SEE ALSO{tail}", codes_section());
    if std::env::var_os("BLESS").is_some() {
        fs::write(root().join("man/gowrap-diagnostics.7"), &new).unwrap();
    } else {
        let line = old.lines().zip(new.lines()).position(|(old, new)| old != new);
        assert!(old == new, "man/gowrap-diagnostics.7 is old, line {line:?}: BLESS=1 cargo test --test manual");
    }
}

#[test]
fn every_code_is_used() {
    let sources = sources().concat();
    let unused: Vec<_> =
        Code::ALL.iter().filter(|code| !sources.contains(&format!("Code::{code}")) && **code != Code::GW913).collect();
    assert!(unused.is_empty(), "no code of the program uses {unused:?}");
    assert!(fs::read_to_string(root().join("src/arena.rs")).unwrap().contains("\"GW913\""));
}

/// The constructor before a code shows its users, and the row of the code lists the same.
#[test]
fn every_code_says_who_uses_it() {
    let sources: String = sources().concat().split_whitespace().collect::<Vec<_>>().join(" ");
    let made_by = |what: &[&str], code: Code| {
        let code = format!("Code::{code}");
        what.iter().any(|what| {
            sources.match_indices(what).any(|(at, _)| {
                let rest = &sources[at + what.len()..];
                // The code is the first one after it.
                rest.find("Code::").is_some_and(|first| rest[first..].starts_with(&code) && first < 60)
            })
        })
    };
    for &code in Code::ALL {
        let users = code.entry().users;
        let is_finding = made_by(&["Finding::ok(", "Finding::warn(", "Finding::fail(", "Finding::new("], code);
        // doctor prints refusals of a plan and mistakes of the configuration unchanged.
        let comes_through = users.contains("refusal") || users.contains("warning");
        assert!(!is_finding || users.contains("doctor"), "{code} is a finding: {users}");
        assert!(is_finding || comes_through || !users.contains("doctor"), "{code} is no finding: {users}");
        assert!(!made_by(&["Note::warn("], code) || users.contains("warning"), "{code}: {users}");
        assert!(!made_by(&["Note::info("], code) || users.contains("note"), "{code}: {users}");
    }
}

/// The words in `.It` lines and running text that stand right behind this macro.
fn behind<'t>(text: &'t str, name: &str) -> BTreeSet<&'t str> {
    let words = text.lines().filter(|line| line.starts_with('.')).flat_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_macro = |word: &&str| word.trim_start_matches('.') == name;
        words.windows(2).filter(|pair| is_macro(&pair[0])).map(|pair| pair[1]).collect::<Vec<_>>()
    });
    words.collect()
}

/// The long options and the subcommands, of all depths.
fn command_line(command: &clap::Command, options: &mut BTreeSet<String>, words: &mut BTreeSet<String>) {
    options.extend(command.get_arguments().filter_map(|one| one.get_long()).map(str::to_owned));
    for one in command.get_subcommands() {
        words.insert(one.get_name().to_owned());
        command_line(one, options, words);
    }
}

#[test]
fn the_command_line_is_described() {
    let text = page("gowrap.1");
    let mut command = gowrap::cli::command();
    command.build();
    let (mut options, mut words) = (BTreeSet::new(), BTreeSet::new());
    command_line(&command, &mut options, &mut words);
    let flags = behind(&text, "Fl");
    let described: BTreeSet<String> = flags
        .iter()
        .filter_map(|word| word.strip_prefix('-'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    assert_eq!(described, options, "long options: man/gowrap.1 and --help");
    // `.It Cm doctor Oo …`, `.It Cm env capture`.
    let headings = text.lines().filter_map(|line| line.strip_prefix(".It Cm "));
    let named: BTreeSet<&str> = headings.flat_map(|line| line.split(' ').take(2)).collect();
    let missing: Vec<_> = words.iter().filter(|word| !named.contains(word.as_str())).collect();
    assert!(missing.is_empty(), "man/gowrap.1 lacks the subcommands {missing:?}");
    for tool in Tool::ALL {
        assert!(text.contains(tool.name()), "man/gowrap.1 does not name {}", tool.name());
    }
    for status in ["125", "126", "127"] {
        assert!(text.contains(&format!("\n.It {status}\n")), "man/gowrap.1 lacks the exit status {status}");
    }
}

/// The variables of gowrap's own that the program asks for.
fn variables() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for text in sources() {
        for (at, _) in text.match_indices("\"GOWRAP_") {
            let rest = &text[at + 1..];
            let end = rest.find(|c: char| !c.is_ascii_uppercase() && c != '_').unwrap_or(rest.len());
            if rest[end..].starts_with(['"', '=']) && !rest[..end].ends_with('_') {
                names.insert(rest[..end].to_owned());
            }
        }
    }
    names
}

#[test]
fn the_variables_are_described() {
    let text = page("gowrap.1");
    let headings = text.lines().filter_map(|line| line.strip_prefix(".It Ev "));
    let described: BTreeSet<String> = headings.filter(|name| name.starts_with("GOWRAP_")).map(str::to_owned).collect();
    assert_eq!(described, variables(), "variables: man/gowrap.1 and the program");
}

/// The keys of a configuration file, as the message about an unknown key lists them.
fn keys() -> &'static BTreeSet<String> {
    static KEYS: OnceLock<BTreeSet<String>> = OnceLock::new();
    KEYS.get_or_init(listed_keys)
}

fn listed_keys() -> BTreeSet<String> {
    let file = std::env::temp_dir().join(format!("gowrap-manual-{}.toml", std::process::id()));
    let ask = |text: &str| {
        fs::write(&file, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_gowrap"));
        command.args(["--host", "demo", "--explain=json", "--config"]).arg(&file).args(["go", "version"]);
        let output: serde_json::Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        let notes = output["notes"].as_array().unwrap().iter();
        let mut note =
            notes.filter(|note| note["code"] == "GW909").map(|note| note["text"].as_str().unwrap().to_owned());
        let note = note.next_back().unwrap_or_else(|| panic!("{text:?} is a key"));
        note.split(", expected one of ").nth(1).unwrap().split(", ").map(str::to_owned).collect::<Vec<_>>()
    };
    let mut keys = BTreeSet::new();
    for key in ask("zzz = 1") {
        if key == "pe" {
            keys.insert(key);
            continue;
        }
        let table = if key == "tools" { "tools.go".to_owned() } else { key };
        keys.extend(ask(&format!("{table}.zzz = 1")).iter().map(|name| format!("{table}.{name}")));
    }
    fs::remove_file(&file).unwrap();
    keys
}

#[test]
fn the_settings_are_described() {
    let text = page("gowrap.toml.5");
    let headings = text.lines().filter_map(|line| line.strip_prefix(".It Ic "));
    let described: BTreeSet<String> = headings
        .filter_map(|line| line.split(" No ").next())
        .map(|key| key.replace(" . Ns Ar NAME Ns Ic ", ".go"))
        .collect();
    assert_eq!(&described, keys(), "settings: man/gowrap.toml.5 and the program");
}

/// A field of the settings that no key sets is found here, since a key and a field are one row each.
#[test]
fn each_setting_has_a_key() {
    // `tools.NAME.path` is a list, which is empty here.
    let fields = format!("{:?}", gowrap::config::Config::default()).matches("origin: ").count();
    assert_eq!(fields + 1, keys().len());
}

/// Returns TOML values for a heading's `auto | reject`, `true | false`, `PATH` and so on.
fn values(heading: &str) -> Vec<String> {
    heading
        .split('|')
        .map(|form| match form.trim().trim_start_matches("Cm ").trim_start_matches("Qo ").trim_end_matches(" Qc") {
            "Ar PATH" => "\"/opt/go/bin/go\"".to_owned(),
            "Ar ADDRESS" => "\"127.0.0.1\"".to_owned(),
            "Bq Ar NAME , ..." => "[\"MINE\"]".to_owned(),
            switch @ ("true" | "false") => switch.to_owned(),
            word => format!("\"{word}\""),
        })
        .collect()
}

/// A key that `--explain` forgets is one whose row is not whole.
#[test]
fn each_setting_can_be_set_as_described_and_is_explained() {
    let text = page("gowrap.toml.5");
    let rows: Vec<(&str, &str)> =
        text.lines().filter_map(|line| line.strip_prefix(".It Ic ")?.split_once(" No = ")).collect();
    assert_eq!(rows.len(), keys().len());
    let file = std::env::temp_dir().join(format!("gowrap-manual-{}-each.toml", std::process::id()));
    for (key, heading) in rows {
        let key = key.replace(" . Ns Ar NAME Ns Ic ", ".go");
        for value in values(heading) {
            fs::write(&file, format!("{key} = {value}\n")).unwrap();
            let mut command = Command::new(env!("CARGO_BIN_EXE_gowrap"));
            command.args(["--host", "demo", "--explain=json", "--config"]).arg(&file).args(["go", "version"]);
            let output = command.output().unwrap();
            let output: serde_json::Value = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|_| panic!("{key} = {value}: {}", String::from_utf8_lossy(&output.stderr)));
            let expected = format!("{key} = {value} ({})", file.display());
            let texts: Vec<&str> =
                output["notes"].as_array().unwrap().iter().filter_map(|note| note["text"].as_str()).collect();
            assert!(texts.contains(&expected.as_str()), "{expected}: {texts:?}");
        }
    }
    fs::remove_file(&file).unwrap();
}
