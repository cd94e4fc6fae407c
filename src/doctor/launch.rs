//! Checks of VS Code's `launch.json`. Its values reach delve inside DAP, so no command line shows them.

use crate::diagnosis::Code;
use serde_json::{Map, Value};

use crate::doctor::editor_paths::{bypass, expanded, is_windows};
use crate::doctor::environment::is_foreign_target;
use crate::doctor::finding::{Finding, remove_member, set_member, shown};
use crate::doctor::list_entry::ListEntry;
use crate::doctor::subject::Subject;
use crate::doctor::values;
use crate::host::binary::Format;
use crate::plan::translate::translator::{Toward, Translated, Translator};

/// A member of a configuration that is a path, and the effect of one in Windows' form.
struct PathMember {
    key: &'static str,
    why: &'static str,
}

/// Members that are paths (go-delve/delve: `service/dap/types.go`; golang/vscode-go: `package.json`).
const MEMBERS: [PathMember; 13] = [
    PathMember {
        key: "program",
        why: "The extension looks for it on Linux and does not find it. In the modes debug and test, dlv passes it \
              to `go build`, and gowrap's go translates it. In the mode exec, or without gowrap, nothing translates \
              it: `malformed import path \"C:\\\\…\": invalid char ':'`, `could not launch process`.",
    },
    PathMember {
        key: "cwd",
        why: "Delve changes to that folder before it starts the program: `chdir …: no such file or directory`.",
    },
    PathMember {
        key: "output",
        why: "dlv puts the package's folder before it, so go writes the program to a file of that name in this folder.",
    },
    PathMember { key: "dlvCwd", why: "Delve changes to that folder first: `chdir …: no such file or directory`." },
    PathMember {
        key: "coreFilePath",
        why: "Delve opens it itself: `could not open core file: no such file or directory`.",
    },
    PathMember { key: "traceDirPath", why: "Delve passes it to rr, which finds no recording of that name." },
    PathMember { key: "stdinFrom", why: "Delve opens it itself: `no such file or directory`." },
    PathMember { key: "stdoutTo", why: "Delve writes to a file of that name in its working directory." },
    PathMember { key: "stderrTo", why: "Delve writes to a file of that name in its working directory." },
    PathMember {
        key: "dlvToolPath",
        why: "The extension looks for it on Linux: `Cannot find Delve debugger (dlv dap)`.",
    },
    PathMember {
        key: "envFile",
        why: "The extension reads it on Linux, and the launch fails: `Failed to load envFile`.",
    },
    PathMember { key: "logDest", why: "Delve writes its log to a file of that name in its working directory." },
    PathMember {
        key: "remotePath",
        why: "The extension puts it before the names of source files, and this delve knows no such file: breakpoints \
              stay unverified.",
    },
];

/// Returns true if it is a member that is a path.
#[must_use]
pub(super) fn is_path(key: &str) -> bool {
    MEMBERS.iter().any(|member| member.key == key)
}

/// The checks of `launch.json`, or of a member `launch` in another file, which is below `within`.
#[must_use]
pub(super) fn check(subject: &Subject, path: &[u8], value: &Value, within: &[&str]) -> Vec<Finding> {
    let configurations = value.get("configurations").and_then(Value::as_array);
    let mut findings = Vec::new();
    for (number, one) in configurations.into_iter().flatten().enumerate() {
        let Some(one) = one.as_object() else { continue };
        if one.get("type").and_then(Value::as_str).is_some_and(|kind| kind != "go") {
            continue;
        }
        let name = one.get("name").and_then(Value::as_str).map_or_else(|| format!("{}", number + 1), str::to_owned);
        let launch = Launch(ListEntry { subject, path, within, list: "configurations", name: &name, whole: one });
        findings.extend(launch.check());
    }
    findings
}

/// One configuration.
struct Launch<'a>(ListEntry<'a>);

impl Launch<'_> {
    fn title(&self, what: &str) -> String {
        format!("launch `{}`: {what}", shown(self.0.name.as_bytes()))
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = self.paths();
        findings.extend(self.windows_program());
        findings.extend(self.tool_path());
        findings.extend(substitutions(
            self.0.path,
            &format!("launch `{}`", shown(self.0.name.as_bytes())),
            self.0.whole,
            &self.0.steps("substitutePath", &[]),
        ));
        findings.extend(self.port());
        findings.extend(self.host());
        findings.extend(self.variables());
        findings
    }

    fn paths(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for PathMember { key, why } in &MEMBERS {
            if *key == "remotePath" && !self.is_local() {
                continue;
            }
            let Some(member) = self.0.member(key) else { continue };
            let texts: Vec<&str> = match member {
                Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
                other => other.as_str().into_iter().collect(),
            };
            for text in texts.iter().filter(|text| is_windows(self.0.subject, text)) {
                let finding = Finding::fail(
                    Code::GW551,
                    self.0.path,
                    self.title(&format!("{key} is a Windows path: {}", shown(text.as_bytes()))),
                )
                .why(*why);
                let own = texts.iter().map(|text| own_form(self.0.subject, text)).collect::<Option<Vec<String>>>();
                let fix = match (own, member) {
                    // A Windows dlv debugs no Linux program. Without the member, the extension finds gowrap's.
                    _ if *key == "dlvToolPath" => self.0.remove(key),
                    (Some(own), Value::Array(_)) => self.0.set(key, &Value::from(own)),
                    (Some(own), _) => self.0.set(key, &Value::from(own.concat())),
                    (None, _) => self.0.remove(key),
                };
                findings.push(finding.fix(fix));
            }
        }
        findings
    }

    /// Finds a Windows program, which a delve for Linux cannot debug.
    fn windows_program(&self) -> Option<Finding> {
        let program = expanded(self.0.subject, self.0.text("program")?);
        let program = own_form(self.0.subject, &program).unwrap_or(program);
        let is_pe = program.starts_with('/')
            && self.0.subject.is_file(program.as_bytes())
            && self.0.subject.host.binary(program.as_bytes()).is_ok_and(|binary| binary.format == Format::Pe);
        is_pe.then(|| {
            Finding::fail(
                Code::GW561,
                self.0.path,
                self.title(&format!("program is a Windows program: {}", shown(program.as_bytes()))),
            )
            .why("A dlv for Linux refuses it: `could not launch process: not an executable file`.")
            .fix(self.0.set("program", &Value::from("${workspaceFolder}")))
            .fix(self.0.remove("program"))
        })
    }

    /// Finds wrong variables. Delve sets them before it builds, so gowrap does not fix them.
    fn variables(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (variable, value) in self.0.member("env").and_then(Value::as_object).into_iter().flatten() {
            let Some(value) = value.as_str() else { continue };
            let (variable_shown, value_shown) = (shown(variable.as_bytes()), shown(value.as_bytes()));
            let fix = remove_member(self.0.path, &self.0.steps("env", &["env"]), variable);
            if is_foreign_target(self.0.subject.host, variable.as_bytes(), value.as_bytes()) {
                findings.push(
                    Finding::fail(
                        Code::GW556,
                        self.0.path,
                        format!("launch `{}` sets {variable_shown}={value_shown}", shown(self.0.name.as_bytes())),
                    )
                    .why(
                        "dlv builds the program for another system: `could not launch process: not an executable \
                        file`.",
                    )
                    .fix(fix.clone()),
                );
            }
            if let Some(why) = values::windows_value(self.0.subject, variable, value) {
                findings.push(
                    Finding::fail(
                        Code::GW551,
                        self.0.path,
                        self.title(&format!("env {variable_shown} is a Windows path: {value_shown}")),
                    )
                    .why(why)
                    .fix(fix),
                );
            }
        }
        findings
    }

    fn tool_path(&self) -> Option<Finding> {
        let tool = self.0.text("dlvToolPath").filter(|tool| !is_windows(self.0.subject, tool))?;
        let tool = expanded(self.0.subject, tool);
        if tool.is_empty() || tool.contains("${") {
            return None;
        }
        if !tool.starts_with('/') || !self.0.subject.is_file(tool.as_bytes()) {
            return Some(
                Finding::fail(Code::GW552, self.0.path, self.title(&format!("there is no {}", shown(tool.as_bytes()))))
                    .why("`Cannot find Delve debugger (dlv dap)`: the path must be absolute and exist.")
                    .fix(self.0.remove("dlvToolPath")),
            );
        }
        bypass(self.0.subject, tool.as_bytes()).then(|| {
            Finding::warn(
                Code::GW553,
                self.0.path,
                self.title(&format!("dlvToolPath bypasses gowrap: {}", shown(tool.as_bytes()))),
            )
            .why("gowrap cannot fix its address and its arguments.")
            .fix(self.0.remove("dlvToolPath"))
        })
    }

    fn port(&self) -> Option<Finding> {
        let port = self.0.member("port").and_then(Value::as_u64).filter(|port| (1..1024).contains(port))?;
        Some(
            Finding::warn(Code::GW555, self.0.path, self.title(&format!("port {port} is below 1024")))
                .why("Only root, or a process with CAP_NET_BIND_SERVICE, may listen there: `bind: permission denied`.")
                .fix(self.0.set("port", &Value::from(2345))),
        )
    }

    /// Returns true if delve runs on this machine. To attach to a server on another machine, `host` names that machine.
    fn is_local(&self) -> bool {
        let is_attach = self.0.text("request") == Some("attach") || self.0.text("mode") == Some("remote");
        let host = self.0.text("host").unwrap_or("127.0.0.1");
        !is_attach || matches!(host, "" | "127.0.0.1" | "localhost" | "::1" | "[::1]")
    }

    fn host(&self) -> Option<Finding> {
        let host = self.0.text("host").filter(|host| !host.is_empty() && !host.contains("${"))?;
        let own = self.0.subject.host.network().linux_address.as_deref();
        let why = match host {
            "0.0.0.0" | "::" | "[::]" => {
                "While dlv runs, other machines can connect and run code. Under NAT, Windows reaches dlv only at [::1]."
            }
            "localhost" => "It may mean ::1, where dlv does not listen: `connect ECONNREFUSED ::1:…`.",
            "::1" | "[::1]" => {
                "Windows reaches 127.0.0.1 of WSL through WSL's relay. At ::1, a client on Windows reaches another \
                program or none: `ECONNREFUSED`."
            }
            host if host.starts_with("127.") || Some(host.as_bytes()) == own || !self.is_local() => return None,
            _ => "No interface here has that address: `listen tcp …: bind: cannot assign requested address`.",
        };
        Some(
            Finding::warn(Code::GW557, self.0.path, self.title(&format!("host is {}", shown(host.as_bytes()))))
                .why(why)
                .fix(self.0.set("host", &Value::from("127.0.0.1"))),
        )
    }
}

/// Translates a path in Windows' form, and leaves any other unchanged. None if it cannot be translated.
pub(super) fn own_form(subject: &Subject, text: &str) -> Option<String> {
    if !is_windows(subject, text) {
        return Some(text.to_owned());
    }
    match Translator::new(subject.host, subject.environ, Toward::Linux).path(text.as_bytes()) {
        Translated::Becomes(path) => String::from_utf8(path).ok(),
        Translated::Same => Some(text.replace('\\', "/")),
        Translated::NoCounterpart(_) => None,
    }
}

/// Checks the substitutePath rules. Since 1.21.1, if the path or a rule has a Windows form, delve ignores case and
/// changes the rest of the path to lower case (`pkg/locspec`).
pub(super) fn substitutions(path: &[u8], whose: &str, one: &Map<String, Value>, within: &[&str]) -> Vec<Finding> {
    let rules: Vec<&Value> = one.get("substitutePath").and_then(Value::as_array).into_iter().flatten().collect();
    let texts = |rule: &Value| {
        let text = |key| rule.get(key).and_then(Value::as_str).map(str::to_owned).unwrap_or_default();
        (text("from"), text("to"))
    };
    let looks_windows = |text: &str| {
        let bytes = text.as_bytes();
        bytes.starts_with(b"\\\\")
            || (bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':'))
    };
    let is_share = |from: &str, to: &str| {
        let share = from.replace('/', "\\").to_ascii_lowercase();
        (share.starts_with("\\\\wsl$") || share.starts_with("\\\\wsl.localhost")) && to.is_empty()
    };
    let is_bad = |rule: &&Value| {
        let (from, to) = texts(rule);
        is_share(&from, &to) || looks_windows(&from) || looks_windows(&to)
    };
    // An editor on Linux needs no such rule: it uses the same paths as delve.
    let left: Vec<Value> = rules.iter().filter(|rule| !is_bad(rule)).map(|rule| (*rule).clone()).collect();
    let mut findings = Vec::new();
    for (from, to) in rules.iter().map(|rule| texts(rule)) {
        let (from_shown, to_shown) = (shown(from.as_bytes()), shown(to.as_bytes()));
        let finding = if is_share(&from, &to) {
            Finding::fail(
                Code::GW554,
                path,
                format!("{whose}: substitutePath {from_shown} -> \"\" gives relative paths"),
            )
            .why(format!(
                "dlv removes the first slash: `could not find file home\\me\\…`, so no breakpoint works. For an \
                editor on Windows, write {{ \"from\": \"{}\\\\home\", \"to\": \"/home\" }}, and use lower case in the \
                names of files and folders.",
                from_shown.replace('/', "\\").trim_end_matches('\\').replace('\\', "\\\\")
            ))
        } else if looks_windows(&from) || looks_windows(&to) {
            Finding::warn(
                Code::GW554,
                path,
                format!("{whose}: substitutePath {from_shown} -> {to_shown} changes paths to lower case"),
            )
            .why(
                "If a rule has a Windows path, dlv changes the rest of every path to lower case. In files and \
                 folders with a capital letter, breakpoints do not work: `could not find file …`. dlv up to 1.21.0 \
                 does not change the separators either. If you open the folder inside WSL (`code .` in a WSL \
                 terminal), you need no rule.",
            )
        } else {
            continue;
        };
        findings.push(finding.fix(set_member(path, within, "substitutePath", &Value::from(left.clone()))));
    }
    findings
}
