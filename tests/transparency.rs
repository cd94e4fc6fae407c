//! The tool must not be able to tell that gowrap was there: from each starting state, it is started once directly and
//! once through its shim, and what it finds has to be the same to the last byte. `argv[0]` alone differs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use support::{Report, World, compile, finish};

fn launcher() -> &'static PathBuf {
    static LAUNCHER: LazyLock<PathBuf> = LazyLock::new(|| compile("support/launch.c", &["-O1", "-Wall"]));
    &LAUNCHER
}

/// Ways to name the program on the launcher's command line.
enum Start<'s> {
    /// `exec PATH go ARG...`
    With(&'s [&'s [u8]]),
    /// Without so much as an `argv[0]`.
    WithoutArguments,
}

/// Starts the file in a state, and returns what the tool found.
fn found(world: &World, state: &[&[u8]], file: PathBuf, start: &Start) -> Report {
    _ = std::fs::remove_file(world.at("bin/report"));
    let mut command = Command::new(launcher());
    command.args(state.iter().map(|word| OsStr::from_bytes(word)));
    match start {
        Start::With(words) => {
            command.arg("exec").arg(&file).args(words.iter().map(|word| OsStr::from_bytes(word)));
        }
        Start::WithoutArguments => _ = command.arg("no-arguments").arg(&file),
    }
    command.current_dir(world.at("home")).env_clear().stdin(Stdio::null());
    let finished = finish(command);
    let said = [finished.stdout.as_slice(), &finished.stderr].concat();
    assert_eq!((finished.status, said.escape_ascii().to_string().as_str()), (Some(0), ""), "{}", file.display());
    let mut report = world.report("bin/go").unwrap_or_else(|| panic!("{} ran no tool", file.display()));
    // The files that the output goes to have another name in each run.
    for line in &mut report.state {
        if let Some(at) = line.find("/output-") {
            line.truncate(at);
        }
    }
    report
}

#[track_caller]
fn same(world: &World, state: &[&[u8]], args: &[&[u8]]) -> Report {
    let argv = [&[b"go".as_slice()], args].concat();
    let direct = found(world, state, world.at("bin/go"), &Start::With(&argv));
    let through = found(world, state, world.at("shims/go"), &Start::With(&argv));
    compare(world, &direct, &through);
    direct
}

#[track_caller]
fn compare(world: &World, direct: &Report, through: &Report) {
    assert_eq!(through.args.first().map(|name| OsStr::from_bytes(name)), Some(world.at("bin/go").as_os_str()));
    assert_eq!(through.args.get(1..), direct.args.get(1..), "the arguments");
    assert_eq!(through.env, direct.env, "the environment");
    assert_eq!(through.state, direct.state);
}

/// A world whose PATH leads past the shims to the tool, and the words that put it into the environment.
fn world() -> (World, Vec<u8>) {
    let world = World::new();
    world.tool("bin/go");
    let mut path = OsString::from("PATH=");
    path.push(std::env::join_paths([world.at("shims"), world.at("empty"), world.at("bin")]).unwrap());
    (world, path.as_bytes().to_vec())
}

/// One test a state: its name, its words, and a line that the tool must have found, lest both starts lack the state.
macro_rules! states {
    ($($name:ident: [$($word:expr),*] => $fact:expr;)+) => {$(
        #[test]
        fn $name() {
            let (world, path) = world();
            let state: Vec<&[u8]> = vec![b"env", &path, b"env", b"HOME=/", $($word.as_bytes()),*];
            let report = same(&world, &state, &[b"build", b"-o", b"x y", b"./..."]);
            let fact: &str = $fact;
            assert!(report.state.iter().any(|line| line.starts_with(fact)), "no {fact:?} in {:#?}", report.state);
        }
    )+};
}

states! {
    nothing_special: [] => "umask";
    sigpipe_ignored: ["ignore", "13"] => "SigIgn:\t0000000000001000";
    sigpipe_default: ["default", "13"] => "SigIgn:\t0000000000000000";
    hangup_ignored_as_by_nohup: ["ignore", "1"] => "SigIgn:\t0000000000000001";
    interrupt_and_quit_ignored_as_by_an_ampersand: ["ignore", "2", "ignore", "3"] => "SigIgn:\t0000000000000006";
    segfault_and_bus_error_ignored: ["ignore", "7", "ignore", "11"] => "SigIgn:\t0000000000000440";
    child_signal_ignored: ["ignore", "17"] => "SigIgn:\t0000000000010000";
    signals_blocked: ["block", "1", "block", "13", "block", "15", "block", "17", "block", "64"]
        => "SigBlk:\t8000000000015001";
    a_signal_pending: ["block", "10", "raise", "10"] => "SigPnd:\t0000000000000200";
    standard_input_closed: ["close", "0"] => "fd 1";
    standard_output_closed: ["close", "1"] => "fd 0";
    standard_error_closed: ["close", "2"] => "fd 0";
    all_three_closed: ["close", "0", "close", "1", "close", "2"] => "umask";
    all_three_closed_and_a_high_one_open: ["close", "0", "close", "1", "close", "2", "open", "200"] => "fd 200";
    descriptors_open_as_under_a_jobserver: ["pipe", "3", "open", "9", "open", "77"] => "fd 4 cloexec=0";
    a_descriptor_that_exec_closes: ["open-cloexec", "5", "open", "6"] => "fd 6";
    a_descriptor_with_flags_and_an_offset: ["open-file", "8"] => "fd 8 cloexec=0 flags=104000 at=7";
    standard_input_is_a_file_half_read: ["close", "0", "open-file", "0"] => "fd 0 cloexec=0 flags=104000 at=7";
    standard_output_is_a_pipe: ["close", "0", "close", "1", "pipe", "0"] => "fd 1";
    umask_tight: ["umask", "0077"] => "umask 0077";
    umask_none: ["umask", "0000"] => "umask 0000";
    few_descriptors: ["limit", "7", "12"] => "limit 7 12 ";
    a_small_stack: ["limit", "3", "262144"] => "limit 3 262144 ";
    core_files_off_and_file_size_limited: ["limit", "4", "0", "limit", "1", "1000000"] => "limit 1 1000000 ";
    little_address_space: ["limit", "9", "67108864"] => "limit 9 67108864 ";
    nice: ["nice", "7"] => "nice 7";
    another_scheduler: ["nice", "7", "batch"] => "nice 7 scheduler 3";
    one_cpu: ["first-cpu"] => "Cpus_allowed_list";
    its_own_session: ["session"] => "leads its group 1, its session 1";
    its_own_group: ["group"] => "leads its group 1";
    an_alarm_set: ["alarm", "1000"] => "alarm 1";
    dies_with_its_parent: ["death-signal", "9"] => "dumpable 1, subreaper signal 9";
    no_new_privileges: ["no-new-privileges"] => "NoNewPrivs:\t1";
    addresses_not_randomised: ["fixed-addresses"] => "personality 40000";
    duplicate_variables: ["env", "A=1", "env", "B=", "env", "A=2", "env", "PATH=/nowhere"] => "umask";
    entries_without_an_equals_sign: ["env", "odd", "env", "", "env", "=x", "env", "==", "env", " A=1"] => "umask";
    variables_of_gowraps_own: ["env", "GOWRAP_LOG_FORMAT=text", "env", "GOWRAP_PE=auto"] => "umask";
}

#[test]
fn names_and_values_that_are_not_utf_8_are_kept() {
    let (world, path) = world();
    let state: [&[u8]; 6] = [b"env", &path, b"env", b"\xff\xfe=\x80", b"env", b"LATIN1=caf\xe9"];
    let args: [&[u8]; 4] = [b"run", b"\xff\xfe", b"caf\xe9.go", b"-o=\xc0\xaf"];
    let report = same(&world, &state, &args);
    assert_eq!(report.args.get(1..), Some(args.map(<[u8]>::to_vec).as_slice()));
}

#[test]
fn empty_and_repeated_arguments_are_kept() {
    let (world, path) = world();
    for args in [&[b"".as_slice()][..], &[], &[b"", b"", b"--"], &[b"\n", b" ", b"a\tb", b"-", b"--", b"\""]] {
        same(&world, &[b"env", &path], args);
    }
}

#[test]
fn twenty_thousand_arguments_are_kept() {
    let (world, path) = world();
    let report = same(&world, &[b"env", &path, b"many", b"20000"], &[b"vet"]);
    assert_eq!(report.args.len(), 20_002);
}

#[test]
fn an_argument_of_a_hundred_thousand_bytes_is_kept() {
    let (world, path) = world();
    same(&world, &[b"env", &path], &[&vec![b'x'; 100_000]]);
}

#[test]
fn a_deleted_working_directory_is_kept() {
    let (world, path) = world();
    let lost = world.at("lost");
    let report = same(&world, &[b"env", &path, b"lost-directory", lost.as_os_str().as_bytes()], &[b"version"]);
    assert!(report.fact("cwd").ends_with("/lost (deleted)"));
}

#[test]
fn a_working_directory_behind_a_link_is_kept() {
    let (world, path) = world();
    world.folder("real/project").link("real", "alias");
    let project = world.at("alias/project");
    same(&world, &[b"env", &path, b"env", b"PWD=/elsewhere", b"in", project.as_os_str().as_bytes()], &[b"list"]);
}

#[test]
fn an_empty_environment_is_kept() {
    // With no PATH there is nowhere to look, so the file is named; gowrap itself takes the first argument then.
    let (world, _) = world();
    let tool = world.at("bin/go");
    let direct = found(&world, &[], tool.clone(), &Start::With(&[b"go", b"build"]));
    let through =
        found(&world, &[], world.at("own/gowrap"), &Start::With(&[b"gowrap", tool.as_os_str().as_bytes(), b"build"]));
    assert_eq!(direct.env, Vec::<Vec<u8>>::new());
    compare(&world, &direct, &through);
}

#[test]
fn an_empty_argument_list_is_kept() {
    // The kernel makes an empty argv[0] of it (Linux 5.18), and so the file that was executed says what was meant.
    let (world, path) = world();
    let state: [&[u8]; 2] = [b"env", &path];
    let direct = found(&world, &state, world.at("bin/go"), &Start::WithoutArguments);
    let through = found(&world, &state, world.at("shims/go"), &Start::WithoutArguments);
    assert_eq!(direct.args.len(), 1);
    compare(&world, &direct, &through);
}
