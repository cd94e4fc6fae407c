//! An explanation for a shell: one command with the same effect, `cd … && env -u A B=c /path/to/tool args`.
//!
//! This form masks nothing, because it has to be exact: it contains the secrets that a plan changes. Variables that a
//! plan does not change come from the shell's own environment. env(1) cannot set `argv[0]`; a plan's `argv[0]` is the
//! file that is executed.
//!
//! * A plan that no line can express (bytes that are not UTF-8, another `argv[0]`) becomes a comment, with status 125.
//! * A refusal becomes a comment, too. Both end with `(exit STATUS)`: a shell that runs them fails and does nothing
//!   else.
//! * `cd` sets PWD, which cmd/go and child processes trust. If PWD had another spelling than the directory's real path,
//!   the line sets that spelling again.

use std::borrow::Cow;

use crate::diagnosis::Exit;
use crate::explain::form::{ExplainedCall, Printed};
use crate::host::Files;
use crate::plan::{Plan, Rejection, Via};
use crate::refusal;
use crate::text::escape::{escape, is_unsafe};

/// Returns the line, or the comment.
pub(super) fn render(outcome: Result<&Plan, &Rejection>, subject: ExplainedCall, host: &dyn Files) -> Printed {
    match outcome {
        Ok(plan) => match command(plan, subject, host) {
            Ok(line) => Printed { bytes: (line + "\n").into_bytes(), status: 0 },
            Err(Inexpressible(what)) => {
                comment(&[format!("this cannot be written as a shell command: {what}")], Exit::Own as u8)
            }
        },
        Err(rejection) => {
            comment(&refusal::lines(&rejection.failure, &rejection.decisions.candidates), rejection.failure.exit as u8)
        }
    }
}

/// The reason why no line can express the plan.
struct Inexpressible(String);

fn comment(lines: &[String], status: u8) -> Printed {
    let mut bytes = Vec::new();
    for line in lines {
        bytes.extend_from_slice(b"# gowrap: ");
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(format!("(exit {status})\n").as_bytes());
    Printed { bytes, status }
}

fn command(plan: &Plan, subject: ExplainedCall, host: &dyn Files) -> Result<String, Inexpressible> {
    let mut words = Vec::new();
    // A deleted directory has no path for cd: the line then runs in the shell's directory, which may be the same one.
    let cwd = host.cwd().ok();
    if let Some(cwd) = cwd {
        words.push("cd".to_owned());
        words.push(word(cwd, || "the working directory".to_owned())?);
        words.push("&&".to_owned());
    }
    let argv: Vec<&[u8]> = plan.decisions.argv.iter().map(|arg| arg.to_bytes()).collect();
    let file: &[u8] = if plan.target.via == Via::Init { b"/init" } else { &plan.target.path };
    let Some((&first, arguments)) = argv.split_first().filter(|(first, _)| **first == file) else {
        return Err(Inexpressible(format!("argv[0] is not the file that is executed, {}", escape(file))));
    };
    words.extend(environment(plan, subject, cwd)?);
    if words.iter().any(|word| word == "env") && first.contains(&b'=') {
        // env(1) runs the first word without `=`.
        words.extend(["sh", "-c", "'exec \"$0\" \"$@\"'"].map(str::to_owned));
    }
    words.push(word(first, || "the program's path".to_owned())?);
    for (index, argument) in arguments.iter().enumerate() {
        words.push(word(argument, || format!("argument {}", index + 1))?);
    }
    Ok(words.join(" "))
}

/// Returns `env -u A B=c` for the differences from the environment of the call; empty if there are none.
fn environment(plan: &Plan, subject: ExplainedCall, cwd: Option<&[u8]>) -> Result<Vec<String>, Inexpressible> {
    let after = &plan.decisions.environ;
    let mut options = Vec::new();
    let mut settings = Vec::new();
    let mut unset = Vec::new();
    for (name, _) in subject.environ.iter() {
        if after.get(name).is_none() && !unset.contains(&name) {
            settable(name)?;
            unset.push(name);
            options.push("-u".to_owned());
            options.push(word(name, || format!("the name {}", escape(name)))?);
        }
    }
    let mut set: Vec<&[u8]> = Vec::new();
    for (name, _) in after.iter() {
        // Of two entries with one name, the first counts.
        let value = after.get(name).unwrap_or_default();
        let moved = name == b"PWD" && cwd.is_some_and(|cwd| cwd != value);
        if set.contains(&name) || (subject.environ.get(name) == Some(value) && !moved) {
            continue;
        }
        settable(name)?;
        set.push(name);
        let setting = [name, b"=", value].concat();
        // A name that looks like an option ends the options.
        if name.starts_with(b"-") && !settings.iter().any(|setting| setting == "--") {
            settings.insert(0, "--".to_owned());
        }
        settings.push(word(&setting, || format!("the variable {}", escape(name)))?);
    }
    if options.is_empty() && settings.is_empty() {
        return Ok(Vec::new());
    }
    Ok([vec!["env".to_owned()], options, settings].concat())
}

fn settable(name: &[u8]) -> Result<(), Inexpressible> {
    if name.is_empty() { Err(Inexpressible("a variable without a name".to_owned())) } else { Ok(()) }
}

fn word(bytes: &[u8], what: impl FnOnce() -> String) -> Result<String, Inexpressible> {
    let text = std::str::from_utf8(bytes).map_err(|_| Inexpressible(format!("{} is not UTF-8", what())))?;
    Ok(quote(text).into_owned())
}

/// Returns a word quoted for a shell. Control characters and invisible characters are written as escapes of printf(1),
/// so that the line can be read before it is run; a newline at the end of a word stays. `-o=` and `NAME=` are written
/// before the quotes.
pub(super) fn quote(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:+@".contains(c);
    let (flag, value) = match word.split_once('=') {
        Some((flag, value))
            if !flag.is_empty() && flag.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) =>
        {
            (&word[..=flag.len()], value)
        }
        _ => ("", word),
    };
    // After `-o=` or `NAME=` another `=` has no meaning.
    if !word.is_empty() && value.chars().all(|c| plain(c) || (c == '=' && !flag.is_empty())) {
        return Cow::Borrowed(word);
    }
    if !value.chars().any(is_unsafe) {
        return Cow::Owned(format!("{flag}{}", quote_visible(value)));
    }
    let mut quoted = flag.to_owned();
    let mut rest = value;
    while !rest.is_empty() {
        let visible = rest.find(is_unsafe).unwrap_or(rest.len());
        if visible > 0 {
            quoted.push_str(&quote_visible(&rest[..visible]));
            rest = &rest[visible..];
        }
        let mut hidden = rest.find(|c| !is_unsafe(c)).unwrap_or(rest.len());
        // `$( )` removes newlines at its end: they need a character after them.
        let kept = rest[..hidden].trim_end_matches('\n').len();
        if kept < hidden {
            hidden = rest[hidden..].chars().next().map_or(kept, |next| hidden + next.len_utf8());
        }
        if hidden > 0 {
            let bytes: String = rest[..hidden].bytes().map(|byte| format!("\\{byte:03o}")).collect();
            quoted.push_str(&format!("\"$(printf '{bytes}')\""));
            rest = &rest[hidden..];
        }
        // Newlines at the end of the word have no character after them.
        if rest.bytes().all(|byte| byte == b'\n') && !rest.is_empty() {
            quoted.push_str(&format!("'{rest}'"));
            rest = "";
        }
    }
    Cow::Owned(quoted)
}

/// Quotes a text that has no control character.
fn quote_visible(text: &str) -> String {
    match shell_words::quote(text) {
        // Characters that the crate does not quote but a shell may interpret: braces, `!`, blanks of other scripts.
        Cow::Borrowed(bare) => format!("'{bare}'"),
        Cow::Owned(quoted) => quoted,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::{CString, OsStr};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;
    use std::process::Command;
    use std::sync::atomic::{AtomicU32, Ordering};

    use proptest::prelude::*;

    use super::*;
    use crate::explain::samples::{LINUX, environ, machine, plan};
    use crate::host::environ::Environ;
    use crate::record::Record;

    /// A folder whose name needs quotes, with a script named `go` that records its arguments and environment.
    struct RecordingScript {
        folder: PathBuf,
    }

    impl RecordingScript {
        fn new() -> RecordingScript {
            static NUMBER: AtomicU32 = AtomicU32::new(0);
            let name = format!("gowrap=sh '{}' {}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir(&folder).unwrap();
            let script = folder.join("go");
            std::fs::write(&script, "#!/bin/sh\npwd -P\nprintf '%s\\0' \"$0\" \"$@\"\n").unwrap();
            std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
            RecordingScript { folder: folder.canonicalize().unwrap() }
        }

        fn host(&self) -> Record {
            machine(&format!("call.cwd = \"{}\"", self.folder.display()))
        }

        fn script(&self) -> CString {
            CString::new(self.folder.join("go").as_os_str().as_bytes()).unwrap()
        }

        /// Runs a line in `sh`, in another directory, in this environment. Returns output and status.
        fn run(line: &[u8], environ: &Environ) -> (Vec<u8>, Option<i32>) {
            RecordingScript::run_in("/bin/sh", line, environ).unwrap()
        }

        /// Runs a line in another shell. Returns none if the shell is not installed.
        fn run_in(shell: &str, line: &[u8], environ: &Environ) -> Option<(Vec<u8>, Option<i32>)> {
            let variables = environ.iter().map(|(name, value)| (OsStr::from_bytes(name), OsStr::from_bytes(value)));
            let mut command = Command::new(shell);
            command.arg("-c").arg(OsStr::from_bytes(line)).env_clear().envs(variables).current_dir("/");
            let output = command.output().ok()?;
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{shell}");
            Some((output.stdout, output.status.code()))
        }
    }

    impl Drop for RecordingScript {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    fn line(plan: &Plan, before: &Environ, host: &Record) -> Vec<u8> {
        let printed = render(Ok(plan), ExplainedCall { tool: b"go", argv: &[], environ: before }, host);
        assert_eq!(printed.status, 0, "{}", String::from_utf8_lossy(&printed.bytes));
        printed.bytes
    }

    /// The shells that run each line.
    const SHELLS: [&str; 3] = ["/bin/sh", "/bin/bash", "/bin/dash"];

    /// Asserts that the script gets the arguments, and the environment of a direct start.
    fn check(arguments: &[&str], before: &[&str], after: &[&str]) {
        let shell = RecordingScript::new();
        let (before, after) = (environ(before), environ(after));
        let script = shell.script();
        let arguments: Vec<CString> = arguments.iter().map(|argument| CString::new(*argument).unwrap()).collect();
        let argv: Vec<_> = std::iter::once(&script).chain(&arguments).map(CString::as_c_str).collect();
        let printed = line(&plan(&argv, after.clone()), &before, &shell.host());

        let text = std::str::from_utf8(&printed).unwrap();
        let acting = text.chars().find(|c| is_unsafe(*c) && *c != '\n');
        assert_eq!(acting, None, "{text:?}");

        let mut seen = shell.folder.as_os_str().as_bytes().to_vec();
        seen.push(b'\n');
        argv.iter().for_each(|word| seen.extend_from_slice(word.to_bytes_with_nul()));
        for shell in SHELLS {
            let Some((output, status)) = RecordingScript::run_in(shell, &printed, &before) else { continue };
            let (output, seen) = (String::from_utf8_lossy(&output), String::from_utf8_lossy(&seen));
            assert_eq!((output, status), (seen, Some(0)), "{shell}");
        }

        let printed = line(&plan(&[c"/usr/bin/env", c"-0"], after.clone()), &before, &shell.host());
        let mut expected: Vec<&[u8]> = after.entries().iter().map(|entry| entry.to_bytes()).collect();
        expected.sort_unstable();
        // Shells set these; bash alone sets the last two.
        let own =
            |entry: &[u8]| [&b"OLDPWD="[..], b"PWD=", b"SHLVL=", b"_="].iter().any(|name| entry.starts_with(name));
        for shell in SHELLS {
            let Some((output, _)) = RecordingScript::run_in(shell, &printed, &before) else { continue };
            let mut variables: Vec<&[u8]> =
                output.split(|&byte| byte == 0).filter(|entry| !entry.is_empty() && !own(entry)).collect();
            variables.sort_unstable();
            assert_eq!(variables, expected, "{shell}: {}", String::from_utf8_lossy(&printed));
        }
    }

    #[test]
    fn the_line_has_the_form_of_a_typed_one() {
        let table: &[(&[&str], &[&str], &str)] = &[
            (&["A=1"], &["A=1"], "cd /home/me/p && /usr/bin/go build -o=a.out './a b'\n"),
            (&["A=1", "B=2"], &["B=3"], "cd /home/me/p && env -u A B=3 /usr/bin/go build -o=a.out './a b'\n"),
            (&[], &["B=x y"], "cd /home/me/p && env B='x y' /usr/bin/go build -o=a.out './a b'\n"),
            (&[], &["B=-x=y"], "cd /home/me/p && env B=-x=y /usr/bin/go build -o=a.out './a b'\n"),
            (&[], &["B="], "cd /home/me/p && env B= /usr/bin/go build -o=a.out './a b'\n"),
            (&["PWD=/link"], &["PWD=/link"], "cd /home/me/p && env PWD=/link /usr/bin/go build -o=a.out './a b'\n"),
            (&["PWD=/home/me/p"], &["PWD=/home/me/p"], "cd /home/me/p && /usr/bin/go build -o=a.out './a b'\n"),
        ];
        for (before, after, expected) in table {
            let plan = plan(&[c"/usr/bin/go", c"build", c"-o=a.out", c"./a b"], environ(after));
            assert_eq!(String::from_utf8(line(&plan, &environ(before), &machine(LINUX))).unwrap(), *expected);
        }
    }

    #[test]
    fn a_shell_that_runs_the_line_starts_the_same_program() {
        check(&[], &[], &[]);
        check(&["build", "./..."], &["A=1"], &["A=1"]);
        check(&["", " ", "a b", "it's", "\"q\"", "$HOME", "`id`", "$(id)", "\\", "a\nb\n", "\ttab"], &[], &[]);
        check(
            &["{a,b}", "!x", "~", "-o=~/x", "*", "#c", "a=b", "=x", "-x=", "世界", "\u{a0}", "\x1b[31m", "\r"],
            &[],
            &[],
        );
        check(
            &[
                "\n",
                "a\n",
                "\n\n",
                "\x1b",
                "\x1b\n",
                "a\x1b[2J\nb",
                "\n%s\n",
                "\u{202e}exe.go",
                "x\u{9b}31m",
                "-o=\x07\n1",
                "1\n\n2",
            ],
            &[],
            &[],
        );
        check(&["x"], &["GONE=1", "KEPT=2"], &["KEPT=2", "NEW=two\nlines\n", "ODD='\"$x", "EMPTY="]);
        check(&["x"], &["A=1"], &["A=2", "ProgramFiles(x86)=C:\\x", "-dash=1"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_words_and_values_reach_the_program(
            words in prop::collection::vec("[^\0]{0,12}", 0..5),
            value in "[^\0]{0,12}",
            ascii in "[ -~]{0,12}",
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            check(&words, &["B=0", "C=0"], &[&format!("A={value}"), &format!("B={ascii}")]);
        }
    }

    proptest! {
        #[test]
        fn a_quoted_word_is_one_word(word in any::<String>()) {
            prop_assume!(!word.chars().any(is_unsafe));
            prop_assert_eq!(shell_words::split(&quote(&word)).unwrap(), [word]);
        }
    }

    #[test]
    fn control_characters_are_written_for_printf() {
        let table: &[(&str, &str)] = &[
            ("\x1b[31m", "\"$(printf '\\033')\"'[31m'"),
            ("a\u{202e}b", "'a'\"$(printf '\\342\\200\\256')\"'b'"),
            ("-o=\x07", "-o=\"$(printf '\\007')\""),
            ("a\nb c", "'a'\"$(printf '\\012\\142')\"' c'"),
            ("a\n", "'a''\n'"),
            ("\x1b\n", "\"$(printf '\\033')\"'\n'"),
            ("grün 世界", "'grün 世界'"),
        ];
        for (word, quoted) in table {
            assert_eq!(quote(word), *quoted);
        }
    }

    #[test]
    fn a_plan_that_no_line_can_express_is_a_comment_with_the_reason() {
        let refusal = |plan: &Plan, before: &Environ, host: &Record| {
            let printed = render(Ok(plan), ExplainedCall { tool: b"go", argv: &[], environ: before }, host);
            assert_eq!(printed.status, 125);
            assert_eq!(RecordingScript::run(&printed.bytes, &Environ::default()), (Vec::new(), Some(125)));
            String::from_utf8(printed.bytes).unwrap()
        };
        let none = Environ::default();
        let cannot = |what: &str| format!("# gowrap: this cannot be written as a shell command: {what}\n(exit 125)\n");

        let odd = plan(&[c"/usr/bin/go", c"build", c"caf\xe9"], none.clone());
        assert_eq!(refusal(&odd, &none, &machine(LINUX)), cannot("argument 2 is not UTF-8"));

        let odd = plan(&[c"/usr/bin/go"], environ(&[b"A=\xff"]));
        assert_eq!(refusal(&odd, &none, &machine(LINUX)), cannot("the variable A is not UTF-8"));
        let untouched = environ(&[b"A=\xff"]);
        assert_eq!(line(&odd, &untouched, &machine(LINUX)), b"cd /home/me/p && /usr/bin/go\n", "it passes by itself");

        let plain = plan(&[c"/usr/bin/go"], none.clone());
        let host = machine("call.cwd = { b64 = 'L/8=' }");
        assert_eq!(refusal(&plain, &none, &host), cannot("the working directory is not UTF-8"));
        assert_eq!(line(&plain, &none, &machine("")), b"/usr/bin/go\n");

        let mut renamed = plan(&[c"go"], none.clone());
        renamed.target.path = b"/usr/bin/go".to_vec();
        let what = "argv[0] is not the file that is executed, /usr/bin/go";
        assert_eq!(refusal(&renamed, &none, &machine(LINUX)), cannot(what));

        let nameless = plan(&[c"/usr/bin/go"], environ(&["=1"]));
        assert_eq!(refusal(&nameless, &none, &machine(LINUX)), cannot("a variable without a name"));
    }

    #[test]
    fn a_refusal_is_a_comment_with_its_status() {
        let rejection = Rejection {
            failure: crate::diagnosis::Failure {
                exit: Exit::NotFound,
                code: crate::diagnosis::Code::GW204,
                message: b"no `go`\n$(touch /tmp/x)".to_vec(),
                fix: vec![b"apt install golang-go".to_vec()],
            },
            decisions: crate::plan::Decisions::default(),
        };
        let none = Environ::default();
        let printed =
            render(Err(&rejection), ExplainedCall { tool: b"go", argv: &[], environ: &none }, &machine(LINUX));
        assert_eq!(
            String::from_utf8_lossy(&printed.bytes),
            "# gowrap: no `go` [GW204]\n\
             # gowrap: $(touch /tmp/x)\n\
             # gowrap: fix: apt install golang-go\n\
             (exit 127)\n"
        );
        assert_eq!(RecordingScript::run(&printed.bytes, &none), (Vec::new(), Some(127)));
    }
}
