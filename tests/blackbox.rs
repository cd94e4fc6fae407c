//! gowrap from outside: what it starts, what it says, and with which status it ends.
//!
//! A test of a machine without the tool uses `dlv-dap`. The machine that runs the tests may have a Go in one of the
//! folders where installers put it, and gowrap would find that one. If the name must be `go`, the test gives the file's
//! path.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use support::{NAMES, Outcome, Report, World, compile, gowrap, in_ci};

/// The header of a console program for 64-bit Windows, with only the parts that the kernel and gowrap read.
fn windows_program() -> Vec<u8> {
    let mut bytes = vec![0; 0x200];
    let mut put = |at: usize, what: &[u8]| bytes[at..at + what.len()].copy_from_slice(what);
    put(0, b"MZ");
    put(0x3c, &[0x40]); // where the PE header is
    put(0x40, b"PE\0\0");
    put(0x44, &[0x64, 0x86]); // the machine
    put(0x54, &[0xf0, 0]); // the size of the optional header
    put(0x56, &[0x22, 0]); // executable, large addresses
    put(0x58, &[0x0b, 0x02]); // PE32+
    put(0x78, &[0, 0x10, 0, 0]); // alignment in memory
    put(0x7c, &[0, 0x02, 0, 0]); // and in the file
    put(0x90, &[0, 0x20, 0, 0]); // the size of the image
    put(0x94, &[0, 0x02, 0, 0]); // and of its headers
    put(0x9c, &[3]); // console
    put(0xc4, &[16]); // directories
    bytes
}

/// The first bytes of an ELF program for this kind of machine, with this interpreter.
fn linux_program(machine: u16, interpreter: &str) -> Vec<u8> {
    let mut bytes = vec![0; 0x400];
    let mut put = |at: usize, what: &[u8]| bytes[at..at + what.len()].copy_from_slice(what);
    put(0, b"\x7fELF\x02\x01\x01");
    put(0x10, &[2, 0]);
    put(0x12, &machine.to_le_bytes());
    put(0x14, &[1]);
    put(0x20, &[0x40]); // where the program headers are
    put(0x34, &[0x40, 0, 0x38, 0, 1, 0]); // one of them
    put(0x40, &[3]); // PT_INTERP
    put(0x48, &0x100_u64.to_le_bytes());
    put(0x60, &(interpreter.len() as u64 + 1).to_le_bytes());
    put(0x100, interpreter.as_bytes());
    bytes
}

const NATIVE: u16 = if cfg!(target_arch = "aarch64") { 183 } else { 62 };

fn hop() -> &'static PathBuf {
    static HOP: LazyLock<PathBuf> = LazyLock::new(|| compile("support/hop.c", &["-O1", "-static", "-Wall"]));
    &HOP
}

// What it starts.

#[test]
fn every_tool_name_runs_its_tool_unchanged() {
    for name in NAMES {
        let world = World::new();
        let tool = format!("bin/{name}");
        world.tool(&tool).folder("empty");
        world.shim(name).path(["empty", "missing", "bin"]).args(["build", "-o", "x y", ""]).run().executed(&tool);
    }
}

#[test]
fn output_and_status_are_those_of_the_tool() {
    let world = World::new();
    world.tool("bin/go");
    let says = ["--out", "to stdout\n", "--err", "to stderr\n", "--exit", "7"];
    world.shim("go").path(["bin"]).args(says).run().printed("to stdout\n", "to stderr\n", 7);
    for status in ["1", "2", "125", "126", "127", "255"] {
        world.shim("go").path(["bin"]).args(["--exit", status]).run().printed("", "", status.parse().unwrap());
    }
    let killed = world.shim("go").path(["bin"]).args(["--die", "15"]).run().finished;
    assert_eq!((killed.status, killed.signal), (None, Some(15)));
}

#[test]
fn the_first_runnable_candidate_is_the_target() {
    let world = World::new();
    world
        .folder("directory/go")
        .link("nowhere", "dangling/go")
        .link("go", "loop/go")
        .fifo("fifo/go")
        .file("text/go", "hello", 0o644)
        .executable("empty/go", "")
        .executable("pe/go", windows_program())
        .executable("script/go", "#!/nowhere/sh\n")
        .executable("alien/go", linux_program(0x1234, "/lib/ld.so"))
        .tool("bin/go")
        .tool("later/go");
    let folders = ["directory", "dangling", "loop", "fifo", "text", "empty", "pe", "script", "alien", "bin", "later"];
    world.shim("go").path(folders).args(["version"]).run().executed("bin/go");
    assert_eq!(world.report("later/go"), None);
}

#[test]
fn a_linked_tool_is_started_by_the_path_found() {
    let world = World::new();
    world
        .tool("lib/go-1.27/bin/go")
        .link("../lib/go-1.27/bin/go", "alternatives/go")
        .link("../alternatives/go", "bin/go");
    world.shim("go").path(["bin"]).run();
    let report = world.report("lib/go-1.27/bin/go").unwrap();
    assert_eq!(report.args, [world.at("bin/go").as_os_str().as_bytes()]);
    assert_eq!(report.variable("__GOWRAP_CHAIN"), None);
}

#[test]
fn a_path_on_the_command_line_names_the_target() {
    let world = World::new();
    world.tool("bin/go").tool("sdk/go1.22.3").link("go1.22.3", "sdk/alias");
    let pinned = world.at("sdk/go1.22.3");
    world.gowrap().path(["bin"]).args([pinned.as_os_str()]).args(["version"]).run().executed_somehow("sdk/go1.22.3");
    assert_eq!(world.report("bin/go"), None);
    // All words after the tool belong to the tool.
    let tool = world.at("bin/go");
    world.gowrap().args([tool.as_os_str()]).args(["--explain", "--help", "--", "-x"]).run().executed_somehow("bin/go");
}

#[test]
fn a_name_on_the_command_line_is_looked_up() {
    let world = World::new();
    world.tool("bin/gofmt");
    for words in [&["gofmt"][..], &["--", "gofmt"]] {
        let outcome = world.gowrap().path(["bin"]).args(words).args(["-l", "."]).run();
        outcome.printed("", "", 0);
        assert_eq!(world.report("bin/gofmt").unwrap().args[1..], [b"-l".to_vec(), b".".to_vec()]);
    }
}

#[test]
fn argv_names_the_tool_else_the_file_name_does() {
    let table = [
        ("go", "go", "go"),
        ("go", "/somewhere/else/go", "go"),
        ("go", "dlv", "dlv"),
        ("go", "go1.22.3", "go"),
        ("go", "-go", "go"),
        ("go", "", "go"),
        ("go", "my build", "go"),
        ("gofmt", "\u{fe0f}", "gofmt"),
    ];
    for (link, argv0, tool) in table {
        let world = World::new();
        world.tool("bin/go").tool("dlv/dlv").tool("gofmt/gofmt");
        world.shim(link).argv0(argv0).path(["bin", "dlv", "gofmt"]).run().printed("", "", 0);
        let ran = ["bin/go", "dlv/dlv", "gofmt/gofmt"].map(|tool| world.report(tool).is_some());
        assert_eq!(ran, ["go", "dlv", "gofmt"].map(|name| name == tool), "{link} called {argv0:?}");
    }
}

#[test]
fn with_bypass_the_tool_is_still_found() {
    let world = World::new();
    world.tool("bin/go");
    world.shim("go").path(["bin"]).env("GOWRAP_BYPASS", "1").args(["env"]).run().executed("bin/go");
    world.shim("dlv-dap").path(["empty"]).env("GOWRAP_BYPASS", "1").run().refused(127, "GW204", &[]);
}

// What it does not start.

#[test]
fn a_missing_tool_ends_with_127() {
    let world = World::new();
    world.folder("empty");
    world.shim("dlv-dap").path(["empty", "missing"]).run().refused(127, "GW204", &[]);
    world.shim("dlv-dap").unset("PATH").run().refused(127, "GW204", &[]);
    world.shim("dlv-dap").path_is("").run().refused(127, "GW204", &[]);
    let missing = world.at("nowhere/go");
    world.gowrap().args([missing]).run().refused(127, "GW204", &["nowhere/go"]);
}

#[test]
fn a_relative_folder_on_path_is_not_searched() {
    let world = World::new();
    world.tool("home/dlv-dap").tool("home/tools/dlv-dap");
    world.shim("dlv-dap").path_is(".").run().refused(127, "GW204", &["relative PATH entry"]);
    world.shim("dlv-dap").path_is("tools:..").run().refused(127, "GW204", &["tools", ".."]);
    world.shim("dlv-dap").path_is("::").run().refused(127, "GW204", &["empty PATH entry"]);
    assert_eq!((world.report("home/dlv-dap"), world.report("home/tools/dlv-dap")), (None, None));
}

#[test]
fn an_unrunnable_candidate_ends_with_126_and_a_reason() {
    type Make = fn(&World, &str);
    let table: [(&str, Make, &str); 14] = [
        ("a folder", |world, at| _ = world.folder(at), "a directory"),
        ("a FIFO, which must not block", |world, at| _ = world.fifo(at), "a FIFO, a socket or a device"),
        ("a device", |world, at| _ = world.link("/dev/zero", at), "a FIFO, a socket or a device"),
        ("a dangling symbolic link", |world, at| _ = world.link("nowhere", at), "a dangling symbolic link"),
        ("a link to itself", |world, at| _ = world.link(world.at(at), at), "a circle of"),
        (
            "two links to each other",
            |world, at| _ = world.link(world.at(at), &format!("{at}.x")).link(world.at(format!("{at}.x")), at),
            "a circle of",
        ),
        ("no x bit", |world, at| _ = world.file(at, linux_program(NATIVE, "/bin/sh"), 0o644), "not executable"),
        ("an empty file", |world, at| _ = world.executable(at, ""), "empty file"),
        ("half an ELF header", |world, at| _ = world.executable(at, &linux_program(NATIVE, "")[..40]), "truncated"),
        ("text", |world, at| _ = world.executable(at, "echo hello\n"), "neither a binary nor a script"),
        ("a script without its interpreter", |world, at| _ = world.executable(at, "#!/no/sh -e\n"), "needs /no/sh"),
        ("no loader", |world, at| _ = world.executable(at, linux_program(NATIVE, "/no/ld.so")), "needs /no/ld.so"),
        ("another machine", |world, at| _ = world.executable(at, linux_program(0x1234, "/ld")), "for machine 4660"),
        ("gowrap itself", |world, at| _ = world.copy(gowrap(), at), "copy of gowrap"),
    ];
    for (name, make, reason) in table {
        // `go`, named by its path.
        let world = World::new();
        make(&world, "sdk/go");
        eprintln!("{name}");
        let by_path = world.gowrap().args([world.at("sdk/go")]).run();
        by_path.refused(126, "GW202", &["sdk/go", reason]);
        // Another tool, found on PATH.
        make(&world, "bin/dlv-dap");
        let on_path = world.shim("dlv-dap").path(["bin"]).run();
        match name {
            // Ourselves do not count as found.
            "gowrap itself" => on_path.refused(127, "GW204", &["bin/dlv-dap", reason]),
            _ => on_path.refused(126, "GW202", &["bin/dlv-dap", reason]),
        };
    }
}

#[test]
fn a_windows_program_outside_wsl_is_refused() {
    let world = World::new();
    world.executable("Program Files/Go/bin/go.exe", windows_program());
    world.executable("bin/dlv-dap", windows_program()).executable("stub/dlv-dap", "MZ");
    let go = world.at("Program Files/Go/bin/go.exe");
    if std::path::Path::new("/run/WSL").exists() {
        return; // There, whether it may run is another question.
    }
    world.gowrap().args([go]).run().refused(126, "GW207", &["Go/bin/go.exe", "Windows", "x86_64"]);
    world.shim("dlv-dap").path(["bin", "stub"]).run().refused(126, "GW207", &["bin/dlv-dap", "stub/dlv-dap"]);
    world.shim("dlv-dap").path(["bin"]).run().refused(126, "GW207", &["for x86_64"]);
}

#[test]
fn a_tool_on_a_noexec_mount_is_refused() {
    let world = World::new();
    world.tool("spare/dlv-dap").folder("bin");
    world.executable(
        "mounted",
        format!(
            "#!/bin/sh\nmount -t tmpfs -o noexec none {bin} && cp {spare} {bin} && \
             PATH={shims}:{bin} exec {shims}/dlv-dap\n",
            bin = world.at("bin").display(),
            spare = world.at("spare/dlv-dap").display(),
            shims = world.at("shims").display(),
        ),
    );
    // A namespace of its own needs no root, where the machine allows it at all.
    if !Command::new("unshare").args(["-rm", "true"]).output().is_ok_and(|output| output.status.success()) {
        assert!(!in_ci(), "no user namespaces here");
        eprintln!("skipped: no user namespaces here");
        return;
    }
    world.executable("unshared", format!("#!/bin/sh\nexec unshare -rm {}\n", world.at("mounted").display()));
    let outcome = world.program("unshared").path_is("/usr/sbin:/usr/bin:/sbin:/bin").run();
    outcome.refused(126, "GW202", &["bin/dlv-dap", "noexec"]);
}

#[test]
fn an_unknown_tool_name_is_refused() {
    let world = World::new();
    world.link("../own/gowrap", "shims/frobnicate");
    let outcome = world.program("shims/frobnicate").run();
    outcome.refused(125, "GW902", &[]);
    for name in NAMES {
        assert!(outcome.stderr().contains(name), "{name} is not in {}", outcome.stderr());
    }
    world.gowrap().args(["frobnicate", "version"]).run().refused(125, "GW902", &[]);
    world.gowrap().args(["--frobnicate"]).run().refused(125, "GW901", &[]);
    assert_eq!(world.gowrap().args(["--version"]).run().stdout(), format!("gowrap {}\n", env!("CARGO_PKG_VERSION")));
}

/// The first words that a person types, and the answer to a misspelt one: one fix, on one line.
#[test]
fn an_unknown_command_is_refused_with_a_suggestion() {
    let world = World::new();
    let help = world.gowrap().args(["--help"]).run().stdout();
    assert!(help.contains("\nUsage: gowrap [OPTIONS]") && !help.contains('\x1b'), "{help}");
    world.gowrap().run().printed(&help, "", 0);
    world.gowrap().args(["help"]).run().printed(&help, "", 0);
    world.gowrap().args(["version"]).run().printed(&format!("gowrap {}\n", env!("CARGO_PKG_VERSION")), "", 0);
    for command in ["doctor", "setup", "env", "completions", "path"] {
        let page = world.gowrap().args([command, "--help"]).run().stdout();
        assert!(page.contains(&format!("\nUsage: gowrap {command}")), "{page}");
        world.gowrap().args(["help", command]).run().printed(&page, "", 0);
    }
    let table: &[(&[&str], &str, &str)] = &[
        (&["docter"], "GW902", "did you mean `doctor`? The tools are go, "),
        (&["dvl", "test"], "GW902", "did you mean `dlv`? The tools are go, "),
        (&["frobnicate"], "GW902", "the tools are go, "),
        (&["--expain", "go"], "GW901", "did you mean `--explain`?"),
        (&["--frobnicate"], "GW901", "see `gowrap --help`"),
        (&["doctor", "--jsn"], "GW901", "did you mean `--json`?"),
        (&["doctor", "--frobnicate"], "GW901", "see `gowrap doctor --help`"),
        (&["env"], "GW901", "see `gowrap env --help`"),
        (&["env", "shw"], "GW901", "did you mean `show`?"),
        (&["completions", "bsh"], "GW901", "did you mean `bash`?"),
        (&["help", "docter"], "GW901", "did you mean `gowrap help doctor`?"),
        (&["help", "go"], "GW901", "type `go --help`"),
        (&["help", "frobnicate"], "GW901", "`gowrap --help` lists the commands"),
    ];
    for (arguments, code, fix) in table {
        let outcome = world.gowrap().args(*arguments).run();
        outcome.refused(125, code, &[]);
        let stderr = outcome.stderr();
        let fixes: Vec<&str> = stderr.lines().filter_map(|line| line.strip_prefix("gowrap: fix: ")).collect();
        assert!(fixes.len() == 1 && fixes[0].starts_with(fix), "{arguments:?}: {stderr}");
        assert!(!stderr.contains("gowrap:  or: ") && !stderr.contains("Usage"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn no_control_character_is_printed() {
    let world = World::new();
    world.executable("\u{1b}[2J\u{1b}]0;x\u{7}\r/dlv-dap", "");
    let outcome = world.shim("dlv-dap").path(["\u{1b}[2J\u{1b}]0;x\u{7}\r"]).run();
    outcome.refused(126, "GW202", &["empty file"]);
    let control = |byte: &u8| byte.is_ascii_control() && *byte != b'\n';
    assert!(!outcome.finished.stderr.iter().any(control), "{:?}", outcome.stderr());
}

// Itself, and others that lead back.

#[test]
fn copies_and_links_of_gowrap_are_no_candidates() {
    let world = World::new();
    world
        .copy(gowrap(), "copied/go")
        .copy(gowrap(), "renamed/launcher")
        .link("../renamed/launcher", "linked/go")
        .link("../own/gowrap", "more/go")
        .link("../shims/go", "further/go")
        .tool("bin/go");
    let folders = ["shims", "copied", "linked", "more", "further", "shims", "bin"];
    world.shim("go").path(folders).run().executed("bin/go");
    world.program("copied/go").path(folders).argv0("go").run().printed("", "", 0);
}

/// A shim such as goenv's: a script that finds the tool on PATH again, in the same process.
const EXECS: &str = "#!/bin/sh\nexec dlv-dap \"$@\"\n";

/// The same, but waiting for it as its parent.
const SPAWNS: &str = "#!/bin/sh\ndlv-dap \"$@\"\nexit $?\n";

/// A shim such as asdf's for a tool of the system: its own folder is taken out of PATH, gowrap's is not.
fn steps_aside(own: &str) -> String {
    format!(
        "#!/bin/sh\nfolders=\nIFS=:\nfor folder in $PATH; do\n\
         case $folder in *{own}) ;; *) folders=$folders${{folders:+:}}$folder ;; esac\ndone\n\
         PATH=$folders exec dlv-dap \"$@\"\n"
    )
}

#[test]
fn two_shims_that_exec_each_other_end_with_the_chain() {
    let world = World::new();
    world.executable("goenv/dlv-dap", EXECS);
    let outcome = world.shim("dlv-dap").path(["goenv", "/usr/bin", "/bin"]).run();
    outcome.refused(126, "GW212", &["goenv/dlv-dap", "starts gowrap again"]);
}

#[test]
fn every_shim_of_a_longer_chain_is_named() {
    let world = World::new();
    world.executable("goenv/dlv-dap", EXECS).executable("asdf/dlv-dap", steps_aside("asdf"));
    world.copy(hop(), "mise/mise").link("mise", "mise/dlv-dap").executable("other/dlv-dap", EXECS);
    let path = ["goenv", "asdf", "mise", "other", "/usr/bin", "/bin"];
    let outcome = world.shim("dlv-dap").path(path).env("HOP", "exec").run();
    outcome.refused(126, "GW212", &["goenv/dlv-dap", "mise/dlv-dap", "other/dlv-dap"]);
}

#[test]
fn the_tool_behind_shims_that_lead_back_is_found() {
    let world = World::new();
    world.executable("goenv/dlv-dap", EXECS).executable("asdf/dlv-dap", steps_aside("asdf"));
    world.copy(hop(), "mise/mise").link("mise", "mise/dlv-dap").tool("bin/dlv-dap");
    let case = world.shim("dlv-dap").path(["goenv", "asdf", "mise", "bin", "/usr/bin", "/bin"]);
    let report = case.env("HOP", "exec").args(["a b", ""]).run().executed_somehow("bin/dlv-dap");
    assert_eq!(report.variable("__GOWRAP_CHAIN"), None, "the tool gets no trace of the chain");
}

#[test]
fn a_version_manager_that_starts_its_go_works() {
    let world = World::new();
    let versions = world.at("versions");
    let script = format!("#!/bin/sh\nPATH={}:$PATH exec dlv-dap \"$@\"\n", versions.display());
    world.executable("goenv/dlv-dap", script).tool("versions/dlv-dap");
    let outcome = world.shim("dlv-dap").path(["goenv", "/usr/bin", "/bin"]).args(["version"]).run();
    outcome.printed("", "", 0);
    assert_eq!(world.report("versions/dlv-dap").unwrap().args, [b"dlv-dap".to_vec(), b"version".to_vec()]);
}

#[test]
fn shims_that_spawn_each_other_end() {
    let world = World::new();
    world.executable("volta/dlv-dap", SPAWNS);
    let outcome = world.shim("dlv-dap").path(["volta", "/usr/bin", "/bin"]).run();
    outcome.refused(126, "GW213", &[]);

    let world = World::new();
    world.copy(hop(), "volta/volta").link("volta", "volta/dlv-dap");
    let outcome = world.shim("dlv-dap").path(["volta", "/usr/bin", "/bin"]).env("HOP", "spawn").run();
    outcome.refused(126, "GW213", &[]);
}

#[test]
fn nested_calls_of_go_are_no_loop() {
    let world = World::new();
    world.copy(hop(), "bin/go");
    let outcome = world.shim("go").path(["bin"]).env("HOP", "spawn").args(["100"]).run();
    outcome.printed("arrived\n", "", 0);
    // cmd/go's own toolchain switch executes another go in the same process.
    world.shim("go").path(["bin"]).env("HOP", "exec").args(["100"]).run().printed("arrived\n", "", 0);
}

#[test]
fn a_chain_of_another_process_does_not_count() {
    let world = World::new();
    world.tool("bin/go").executable("script/dlv-dap", "#!/bin/sh\nexec \"${0%/script/*}/bin/go\" \"$@\"\n");
    for trace in ["1:1:3", "1:1:3:0.1", "nonsense", ""] {
        let report = world.shim("go").path(["bin"]).env("__GOWRAP_CHAIN", trace).run().executed_somehow("bin/go");
        assert_eq!(report.variable("__GOWRAP_CHAIN"), None, "{trace:?}");
    }
    let case = || world.shim("dlv-dap").path(["script", "/usr/bin", "/bin"]);
    case().env("__GOWRAP_CHAIN", "1:1:63").run().printed("", "", 0);
    case().env("__GOWRAP_CHAIN", "1:1:64").run().refused(126, "GW213", &[]);
}

// What it explains.

#[test]
fn an_explanation_runs_nothing_and_ends_with_0() {
    let world = World::new();
    world.tool("bin/go");
    let path = world.at("bin/go");
    let path = path.to_str().unwrap();
    for form in ["1", "text", "json", "sh"] {
        let under_its_name = world.shim("go").path(["bin"]).env("GOWRAP_EXPLAIN", form).args(["build"]).run();
        let stdout = under_its_name.stdout();
        assert!(stdout.contains(path) && stdout.ends_with('\n'), "{form}: {stdout}");
        under_its_name.printed(&stdout, "", 0);
        let option = if form == "1" { "--explain".to_owned() } else { format!("--explain={form}") };
        let asked = world.gowrap().path(["bin"]).args([option.as_str(), "go", "build"]).run();
        assert!(asked.stdout().contains(path), "{option}: {}", asked.stdout());
        asked.printed(&asked.stdout(), "", 0);
    }
    world.shim("go").path(["bin"]).env("GOWRAP_EXPLAIN", "yaml").run().refused(125, "GW903", &[]);
    assert_eq!(world.report("bin/go"), None, "nothing ran");
    // An empty wish is none.
    world.shim("go").path(["bin"]).env("GOWRAP_EXPLAIN", "").run().executed("bin/go");
}

#[test]
fn a_refusal_without_a_plan_is_explained() {
    let world = World::new();
    world.link("../own/gowrap", "shims/frobnicate");
    let json = |outcome: Outcome, code: &str| {
        outcome.printed(&outcome.stdout(), "", 125);
        let explained: serde_json::Value = serde_json::from_str(&outcome.stdout()).unwrap();
        assert_eq!((&explained["error"]["code"], &explained["exit_code"]), (&code.into(), &125.into()), "{explained}");
        for key in ["host", "target", "candidates", "argv", "args", "env", "cwd", "listen", "notes"] {
            assert!(explained.get(key).is_some(), "{key} is not in {explained}");
        }
    };
    json(world.program("shims/frobnicate").env("GOWRAP_EXPLAIN", "json").run(), "GW902");
    json(world.gowrap().env("GOWRAP_EXPLAIN", "json").args(["frobnicate"]).run(), "GW902");
    json(world.gowrap().args(["--explain=json", "frobnicate"]).run(), "GW902");
    // A variable that says nothing is no reason to say less of the mistake that came first.
    world.gowrap().env("GOWRAP_EXPLAIN", "yaml").args(["frobnicate"]).run().refused(125, "GW902", &[]);
}

#[test]
fn a_recorded_call_sets_the_form_of_its_explanation() {
    let world = World::new();
    world.file("home/machine.toml", "call.env = { GOWRAP_EXPLAIN = 'json' }\n", 0o644);
    world.file("home/odd.toml", "call.env = { GOWRAP_EXPLAIN = 'yaml' }\n", 0o644);
    let on = |host: &str| world.gowrap().args(["--host", host, "go", "version"]);
    assert!(on("machine.toml").run().stdout().starts_with("{\n"));
    let odd = on("odd.toml").run();
    odd.refused(125, "GW903", &[]);
    assert!(odd.stderr().contains("GOWRAP_EXPLAIN=yaml"), "{}", odd.stderr());
    // This process's own says nothing about a call on another machine.
    for form in ["json", "yaml"] {
        assert!(on("demo").env("GOWRAP_EXPLAIN", form).run().stdout().starts_with("would run"), "{form}");
    }
}

#[test]
fn a_refusal_is_explained_with_its_status() {
    let world = World::new();
    world.executable("bin/dlv-dap", "");
    for (form, words) in [("text", "empty file"), ("json", "\"other-format\""), ("sh", "(exit 126)")] {
        let outcome = world.shim("dlv-dap").path(["bin"]).env("GOWRAP_EXPLAIN", form).run();
        assert!(outcome.stdout().contains(words), "{form}: {}", outcome.stdout());
        outcome.printed(&outcome.stdout(), "", 126);
    }
}

#[test]
fn json_has_every_key() {
    let world = World::new();
    world.tool("bin/go").executable("empty/go", "");
    let keys = [
        "argv",
        "args",
        "candidates",
        "cwd",
        "env",
        "error",
        "exit_code",
        "gowrap",
        "host",
        "listen",
        "notes",
        "outcome",
        "schema",
        "target",
        "tool",
    ];
    for (folder, outcome, status) in [("bin", "exec", 0), ("empty", "reject", 126)] {
        let pinned = world.at(folder).join("go");
        let call = world.gowrap().args(["--explain=json"]).args([pinned]).args(["build", "./..."]).run();
        assert_eq!(call.finished.status, Some(status));
        let plan: serde_json::Value = serde_json::from_slice(&call.finished.stdout).unwrap();
        let object = plan.as_object().unwrap();
        assert!(keys.iter().all(|key| object.contains_key(*key)), "{plan:#}");
        assert_eq!((&plan["schema"], &plan["tool"], &plan["outcome"]), (&1.into(), &"go".into(), &outcome.into()));
    }
    let demo = world.gowrap().args(["--host", "demo", "--explain=json", "go", "build", "-o", r"C:\out\app.exe"]).run();
    let plan: serde_json::Value = serde_json::from_slice(&demo.finished.stdout).unwrap();
    assert_eq!((demo.finished.status, &plan["outcome"]), (Some(0), &"exec".into()));
    assert_eq!(plan["args"][0]["from"], r"C:\out\app.exe");
}

#[test]
fn a_shell_that_runs_the_explained_line_does_the_same() {
    // What a shell puts into the environment by itself.
    let without_shells = |report: &Report| -> Vec<Vec<u8>> {
        let of_shell =
            |entry: &[u8]| [&b"PWD="[..], b"OLDPWD=", b"SHLVL=", b"_="].iter().any(|name| entry.starts_with(name));
        let mut env: Vec<_> = report.env.iter().filter(|entry| !of_shell(entry)).cloned().collect();
        env.sort();
        env
    };
    let world = World::new();
    world.tool("it's bin/go").folder("home/a folder");
    let args = ["run", "a b", "", "'", "\"$HOME\"", "`x`", "\\", "*", "~", "-o=\n", "é", "#"];
    let case = world.shim("go").path(["it's bin", "/usr/bin"]).cwd("home/a folder").env("ODD", "a 'b' $c\n").args(args);
    case.clone().run().executed("it's bin/go");
    let direct = world.report("it's bin/go").unwrap();
    std::fs::remove_file(world.at("it's bin/report")).unwrap();

    let line = case.env("GOWRAP_EXPLAIN", "sh").run().stdout();
    for shell in ["/bin/sh", "/bin/bash"] {
        let call = world.program(shell).path(["it's bin", "/usr/bin"]).env("ODD", "a 'b' $c\n");
        call.args(["-c", &line]).run().printed("", "", 0);
        let report = world.report("it's bin/go").unwrap();
        assert_eq!(report.args, direct.args, "{shell}");
        assert_eq!(without_shells(&report), without_shells(&direct), "{shell}");
        assert_eq!(report.fact("cwd"), direct.fact("cwd"), "{shell}");
        std::fs::remove_file(world.at("it's bin/report")).unwrap();
    }
}

#[test]
fn a_shim_with_the_name_of_gowrap_does_not_start_itself() {
    let world = World::new();
    world.copy(env!("CARGO_BIN_EXE_gowrap-shim"), "alone/gowrap");
    let output = std::process::Command::new(world.at("alone/gowrap")).arg("--version").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(125), "{said}");
    assert!(said.contains("[GW915]") && said.contains("is gowrap-shim under the name of gowrap"), "{said}");
}
