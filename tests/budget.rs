//! The cost of a call, in numbers that do not depend on the load of the machine: system calls, instructions, bytes.
//!
//! The numbers are for the released programs, static and with musl: GOWRAP_BIN names gowrap, and gowrap-shim, to which
//! the shims lead, is beside it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[path = "support/functions.rs"]
mod functions;
#[path = "support/lab.rs"]
mod lab;
mod support;

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use goblin::elf::Elf;
use goblin::elf::dynamic::{DF_1_PIE, DT_FLAGS_1, DT_NEEDED};
use goblin::elf::header::ET_DYN;
use goblin::elf::program_header::{PF_W, PF_X, PT_GNU_STACK, PT_INTERP, PT_LOAD};
use support::{World, compile, gowrap, in_ci, launcher};

/// DT_RELR and DT_RELRSZ of the ELF specification: packed relocations.
const DT_RELR: u64 = 36;
const DT_RELRSZ: u64 = 35;

/// System calls before execve, those for the PATH entries excepted.
const FIXED_CALLS: usize = 7;
/// More of them for a tool behind a link, with a loader: where the link leads, what it says, and whether the loader is
/// there.
const CALLS_BEHIND_A_LINK: usize = 4;
/// The same for each PATH entry that is searched.
const CALLS_AN_ENTRY: usize = 1;
/// User instructions, with five entries.
const INSTRUCTIONS: usize = 28_000;
/// And for each entry more.
const INSTRUCTIONS_AN_ENTRY: usize = 960;
/// And at the most so much more than tests/bench/baseline.txt says, in percent.
const DRIFT: usize = 5;
/// Relocations, each of which every start pays for.
const RELOCATIONS: usize = 100;
/// Minor page faults, beyond those of the tool alone.
const FAULTS: usize = 11;
/// The size of the program that the links lead to.
const SIZE: u64 = 256 << 10;

/// Returns true for the shipped binary. The numbers of another one do not count.
fn shipped() -> bool {
    if std::env::var_os("GOWRAP_BIN").is_some() {
        return true;
    }
    missing("GOWRAP_BIN names no binary: cargo build --release --target x86_64-unknown-linux-musl, or tests/run.sh");
    false
}

fn missing(what: &str) {
    assert!(!in_ci(), "{what}");
    eprintln!("skipped: {what}");
}

/// One system call, as strace prints it.
type Call = String;

/// The system calls of `go` in that world, from its own start to the execve that ends it.
fn calls(world: &World, path: &str, wrapper: &[&str]) -> Option<Vec<Call>> {
    if Command::new("strace").arg("-V").output().is_err() {
        missing("there is no strace: apt-get install strace");
        return None;
    }
    let trace = world.at("trace");
    let mut command = Command::new(wrapper.first().copied().unwrap_or("env"));
    command.args(wrapper.iter().skip(1)).current_dir(world.at("home")).env_clear().env("PATH", "/usr/bin:/bin");
    command.args(["strace", "-qq", "-s", "300", "-o"]).arg(&trace).args(["env", "-i", "WSL_DISTRO_NAME=Ubuntu"]);
    command.args(["GOWRAP_SESSION=1", "HOME=/nowhere"]).arg(format!("PATH={path}"));
    command.arg(world.at("shims/go")).arg("version");
    let finished = support::finish(command);
    let said = String::from_utf8_lossy(&finished.stderr).into_owned();
    assert_eq!((finished.status, said.as_str()), (Some(0), ""));
    let text = std::fs::read_to_string(&trace).unwrap();
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let is_start = |line: &Call, file: &Path| line.starts_with(&format!("execve({file:?}"));
    let start = lines.iter().position(|line| is_start(line, &world.at("shims/go"))).unwrap();
    let end = start + 1 + lines[start + 1..].iter().position(|line| line.starts_with("execve(")).unwrap();
    assert!(lines[end].ends_with(" = 0"), "the first execve must be the one that works: {}", lines[end]);
    Some(lines[start + 1..end].to_vec())
}

/// PATH: the shims, so many folders without the tool, and the one that has it.
fn path(world: &World, folders: usize) -> String {
    let empty = (1..folders).map(|number| format!("empty-{number}"));
    let all = std::iter::once("shims".to_owned()).chain(empty).chain(["bin".to_owned()]).map(|folder| world.at(folder));
    std::env::join_paths(all).unwrap().into_string().unwrap()
}

fn affordable(world: &World, path: &str, folders: usize, fixed: usize, wrapper: &[&str]) {
    let Some(calls) = calls(world, path, wrapper) else { return };
    let budget = fixed + folders * CALLS_AN_ENTRY;
    assert!(calls.len() <= budget, "{} system calls for {folders} folders:\n{}", calls.len(), calls.join("\n"));
    eprintln!("{folders} folders: {} system calls before execve", calls.len());
}

#[test]
fn system_calls_before_execve() {
    if !shipped() {
        return;
    }
    for folders in [1, 5, 40] {
        let world = World::new();
        world.tool("bin/go");
        affordable(&world, &path(&world, folders), folders, FIXED_CALLS, &[]);
    }
}

#[test]
fn system_calls_for_a_tool_behind_links_and_with_a_loader() {
    if !shipped() {
        return;
    }
    // As Debian has it: /usr/bin/go is a link, and the program is linked dynamically.
    let world = World::new();
    let tool = compile("bench/dynamic.c", &["-O1"]);
    world.copy(tool, "lib/go-1.27/bin/go").link("../lib/go-1.27/bin/go", "bin/go");
    affordable(&world, &path(&world, 5), 5, FIXED_CALLS + CALLS_BEHIND_A_LINK, &[]);
}

/// A script that makes a WSL of its own namespace, with one drive, and there runs its arguments.
fn wsl(world: &World) -> Option<PathBuf> {
    if !Command::new("unshare").args(["-rm", "true"]).output().is_ok_and(|output| output.status.success()) {
        missing("no user namespaces here");
        return None;
    }
    let drive = world.at("mnt/c");
    let script = format!(
        "#!/bin/sh -e\nmount -t tmpfs none /run\nmkdir /run/WSL\nmkdir -p {drive}\nmount -t tmpfs 'C:\\' {drive}\n\
         mkdir -p {drive}/Windows '{drive}/Program Files/Go/bin'\ncp {tool} '{drive}/Program Files/Go/bin/go'\n\
         mount -t tmpfs none /opt\nmkdir -p /opt/1 /opt/2 /opt/3 /opt/bin\ncp {tool} /opt/bin/go\n\
         exec \"$@\"\n",
        drive = drive.display(),
        tool = world.at("spare/go").display(),
    );
    world.tool("spare/go").executable("wsl", script);
    Some(world.at("wsl"))
}

#[test]
fn under_wsl_no_drive_is_accessed_if_a_native_tool_exists() {
    if !shipped() {
        return;
    }
    let world = World::new();
    let Some(script) = wsl(&world) else { return };
    let drive = world.at("mnt/c").into_os_string().into_string().unwrap();
    let shims = world.at("shims").into_os_string().into_string().unwrap();
    let path = format!("{shims}:{drive}/Windows:{drive}/Program Files/Go/bin:/opt/1:/opt/bin:{drive}");
    let wrapper = ["unshare", "-rm", script.to_str().unwrap()];
    let Some(calls) = calls(&world, &path, &wrapper) else { return };
    // The kernel answers EXDEV before it asks the mounted file system anything.
    let is_asked = |call: &&String| !(call.contains("RESOLVE_NO_XDEV") && call.contains(" = -1 EXDEV"));
    let on_drive: Vec<_> = calls.iter().filter(|call| call.contains(&format!("\"{drive}"))).filter(is_asked).collect();
    assert_eq!(on_drive, Vec::<&String>::new());
    assert!(calls.iter().any(|call| call.contains("/proc/self/mountinfo")), "what is a drive, the mount table says");
}

#[test]
fn under_wsl_the_plain_path_reads_no_mount_table() {
    if !shipped() {
        return;
    }
    let world = World::new();
    let Some(script) = wsl(&world) else { return };
    let shims = world.at("shims").into_os_string().into_string().unwrap();
    let path = format!("{shims}:/opt/1:/opt/2:/opt/3:/opt/4:/opt/bin");
    let wrapper = ["unshare", "-rm", script.to_str().unwrap()];
    affordable(&world, &path, 5, FIXED_CALLS, &wrapper);
    let Some(calls) = calls(&world, &path, &wrapper) else { return };
    assert!(!calls.iter().any(|call| call.contains("mountinfo")), "{calls:#?}");
}

#[test]
fn page_faults_before_execve() {
    if !shipped() {
        return;
    }
    let world = World::new();
    // A copy, as an installer makes it: what a linker has just written lies in small pieces in the page cache.
    world.tool("bin/go").copy(launcher(), "copies/go");
    let measure = compile("bench/measure.c", &["-O1", "-Wall"]);
    let path = path(&world, 5);
    let output = Command::new(measure)
        .args(["200", "--", "tool", &path])
        .arg(world.at("bin/go"))
        .args(["--", "go", &path])
        .arg(world.at("copies/go"))
        .arg("version")
        .output()
        .unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    let faults: Vec<usize> = table.lines().filter_map(|row| row.split('\t').next_back()?.parse().ok()).collect();
    let [alone, through] = faults[..] else { panic!("{}", String::from_utf8_lossy(&output.stderr)) };
    eprintln!("{} page faults before execve", through - alone);
    let renew = "where the code has moved, this renews its order and the baseline: tests/bench/renew";
    assert!(through <= alone + FAULTS, "{} page faults; {renew}", through - alone);
}

#[test]
fn instructions_before_execve() {
    if !shipped() {
        return;
    }
    let world = World::new();
    world.tool("bin/go");
    let measure = compile("bench/measure.c", &["-O1", "-Wall"]);
    let output = Command::new(measure).args(["--count", "go", &path(&world, 5)]).arg(world.at("shims/go")).output();
    let output = output.unwrap();
    let line = String::from_utf8(output.stdout).unwrap();
    let Some(count) = line.split('\t').nth(1).and_then(|count| count.parse::<usize>().ok()) else {
        return missing(&format!("no program can be traced here: {}", String::from_utf8_lossy(&output.stderr)));
    };
    eprintln!("{count} instructions before execve");
    assert!(count <= INSTRUCTIONS, "{count} instructions");
}

/// The cost of a call, counted step by step.
#[derive(Debug, Clone, Copy)]
struct Cost {
    instructions: usize,
    calls: usize,
}

/// Counts the cost of one call in a world. The wrapper is the command that starts it; an empty one starts it directly.
/// The label `stripped` means an environment without WSL's marks.
fn cost(wrapper: &[&str], label: &str, home: &Path, path: &str, call: &[&str]) -> Option<Cost> {
    let measure = compile("bench/measure.c", &["-O1", "-Wall"]);
    let mut command = Command::new(wrapper.first().copied().unwrap_or("env"));
    command
        .args(wrapper.iter().skip(1))
        .arg(measure)
        .args(["--count", label, path])
        .args(call)
        .env("MEASURE_HOME", home);
    let output = command.output().unwrap();
    let line = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = line.trim_end().split('\t').skip(1).map(|number| number.parse().unwrap());
    let (Some(instructions), Some(calls)) = (numbers.next(), numbers.next()) else {
        missing(&format!("no program can be traced here: {}", String::from_utf8_lossy(&output.stderr)));
        return None;
    };
    eprintln!("{label}: {instructions} instructions, {calls} system calls");
    Some(Cost { instructions, calls })
}

impl Cost {
    #[track_caller]
    fn is_at_most(self, instructions: usize, calls: usize) {
        assert!(
            self.instructions <= instructions && self.calls <= calls,
            "{self:?}, {instructions} and {calls} allowed"
        );
    }
}

/// The number of processes above this one: what a plan reads of them costs as often.
fn ancestors() -> usize {
    let parent = |pid: u32| -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
    };
    std::iter::successors(Some(std::process::id()), |pid| parent(*pid).filter(|parent| *parent != 0)).count()
}

#[test]
fn each_path_entry_costs_as_much_as_the_one_before() {
    if !shipped() {
        return;
    }
    let world = World::new();
    world.tool("bin/go");
    let shim = world.at("shims/go").display().to_string();
    // Names of a usual length: each byte of PATH is read.
    let path = |folders: usize| -> String {
        let missing: String = (1..folders).map(|number| format!(":/opt/folder-{number}")).collect();
        format!("{}{missing}:{}", world.at("shims").display(), world.at("bin").display())
    };
    let cost = |folders| cost(&[], "go", &world.at("home"), &path(folders), &[&shim, "version"]);
    let (Some(five), Some(forty)) = (cost(5), cost(40)) else { return };
    forty.is_at_most(five.instructions + 35 * INSTRUCTIONS_AN_ENTRY, five.calls + 35 * CALLS_AN_ENTRY);
}

#[test]
fn a_configuration_costs_no_hand_over() {
    if !shipped() {
        return;
    }
    let world = World::new();
    world.tool("bin/go").file(
        "home/.config/gowrap/config.toml",
        "# mine\npe = 'auto'\n\n[restore]\nenabled = true\n",
        0o644,
    );
    let shim = world.at("shims/go").display().to_string();
    let Some(cost) = cost(&[], "go", &world.at("home"), &path(&world, 5), &[&shim, "version"]) else { return };
    // Each folder above the file is opened and judged.
    let above = world.at("home/.config/gowrap").components().count();
    cost.is_at_most(INSTRUCTIONS + 20_000 + 3_000 * above, FIXED_CALLS + 5 + 20 + 5 * above);
}

#[test]
fn under_wsl_another_folder_is_asked_with_one_call() {
    if !shipped() {
        return;
    }
    let world = World::new();
    world.tool("bin/go");
    let Some(script) = wsl(&world) else { return };
    let wrapper = ["unshare", "-rm", script.to_str().unwrap()];
    let shim = world.at("shims/go").display().to_string();
    let Some(cost) = cost(&wrapper, "go", &world.at("home"), &path(&world, 5), &[&shim, "version"]) else { return };
    // The last one is opened, closed and checked.
    cost.is_at_most(INSTRUCTIONS + 3_000, FIXED_CALLS + 5 * CALLS_AN_ENTRY + 2);
}

#[test]
fn under_wsl_a_stripped_environment_and_a_debugger_read_each_process_once() {
    if !shipped() {
        return;
    }
    let world = World::new();
    world.tool("bin/go").tool("bin/dlv");
    let Some(script) = wsl(&world) else { return };
    let wrapper = ["unshare", "-rm", script.to_str().unwrap()];
    let (go, dlv) = (world.at("shims/go").display().to_string(), world.at("shims/dlv").display().to_string());
    let above = ancestors() + 2;
    if let Some(cost) = cost(&wrapper, "stripped", &world.at("home"), &path(&world, 5), &[&go, "version"]) {
        cost.is_at_most(INSTRUCTIONS + 12_000 + 10_000 * above, 30 + 9 * above);
    }
    let listening = [&dlv[..], "dap", "--listen=127.0.0.1:1"];
    if let Some(cost) = cost(&wrapper, "dlv", &world.at("home"), &path(&world, 5), &listening) {
        cost.is_at_most(INSTRUCTIONS + 45_000 + 6_000 * above, 45 + 5 * above);
    }
}

/// In the lab each folder of the root is a mount of its own, so that each path is judged by the mount table: a real WSL
/// costs less.
#[test]
fn a_windows_program_through_interop_costs_no_hand_over() {
    if !shipped() {
        return;
    }
    let measure = compile("bench/measure.c", &["-O1", "-Wall"]);
    let script =
        format!("cd /mnt/c/Users/me && {} --count go \"$SHIMS:$windows_go\" $SHIMS/go version", measure.display());
    let answer = lab::lab(&["--without-go"], &script);
    let mut numbers = answer.stdout.trim_end().split('\t').skip(1).map(|number| number.parse().unwrap());
    let (Some(instructions), Some(calls)) = (numbers.next(), numbers.next()) else {
        return missing(&format!("no program can be traced in the lab: {} {}", answer.stdout, answer.stderr));
    };
    eprintln!("a Windows program: {instructions} instructions, {calls} system calls");
    Cost { instructions, calls }.is_at_most(820_000, 650);
}

/// The file is the same call's cost, function by function, when the file was last written:
/// `GOWRAP_BASELINE=renew cargo test --test budget` writes it anew. It says who grew, which a sum does not.
#[test]
fn no_function_exceeds_its_instruction_count() {
    if !shipped() {
        return;
    }
    let world = World::new();
    world.tool("bin/go");
    let measure = compile("bench/measure.c", &["-O1", "-Wall"]);
    let output =
        Command::new(measure).args(["--profile", "go", &path(&world, 5)]).arg(world.at("shims/go")).output().unwrap();
    if !output.status.success() {
        return missing(&format!("no program can be traced here: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let Some(map) = functions::map_beside(&launcher()) else {
        return missing("the linker's map of the binary is not there");
    };
    let now = functions::costs(&String::from_utf8(output.stdout).unwrap(), &std::fs::read_to_string(map).unwrap());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/baseline.txt");
    if std::env::var_os("GOWRAP_BASELINE").is_some_and(|wish| wish == "renew") {
        std::fs::write(&file, functions::table(&now)).unwrap();
    }
    let then = functions::read_table(&std::fs::read_to_string(file).unwrap());
    let sum = |costs: &functions::Costs| costs.values().sum::<usize>();
    let (before, after) = (sum(&then), sum(&now));
    assert!(
        after * 100 <= before * (100 + DRIFT),
        "{after} instructions, {before} in tests/bench/baseline.txt, which tests/bench/renew writes anew; grown:\n{}",
        functions::grown(&then, &now)
    );
}

#[test]
fn a_start_has_few_relocations() {
    if !shipped() {
        return;
    }
    let bytes = std::fs::read(launcher()).unwrap();
    let elf = Elf::parse(&bytes).unwrap();
    let value =
        |tag| elf.dynamic.as_ref().unwrap().dyns.iter().find(|entry| entry.d_tag == tag).map(|entry| entry.d_val);
    // Packed ones: a word is an address, or a bitmap of the 63 words behind the last one.
    let (start, size) = (value(DT_RELR).unwrap() as usize, value(DT_RELRSZ).unwrap() as usize);
    let words = bytes[start..start + size].chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap()));
    let packed: usize = words.map(|word| if word & 1 == 0 { 1 } else { word.count_ones() as usize - 1 }).sum();
    let count = packed + elf.dynrelas.len();
    eprintln!("{count} relocations");
    assert!(count <= RELOCATIONS, "{count} relocations");
}

#[test]
fn the_binary_is_small_static_and_hardened() {
    if !shipped() {
        return;
    }
    let bytes = std::fs::read(launcher()).unwrap();
    assert!(bytes.len() as u64 <= SIZE, "{} bytes", bytes.len());
    let elf = Elf::parse(&bytes).unwrap();
    // `std` names the places in its own source.
    assert!(!bytes.windows(12).any(|window| window == b"RUST_BACKTRA"), "no standard library");
    let segments = |kind| elf.program_headers.iter().filter(move |header| header.p_type == kind);
    assert_eq!(segments(PT_INTERP).count(), 0, "static");
    let dynamic = elf.dynamic.as_ref().unwrap();
    assert!(!dynamic.dyns.iter().any(|entry| entry.d_tag == DT_NEEDED), "no libraries");
    let flags = dynamic.dyns.iter().find(|entry| entry.d_tag == DT_FLAGS_1).map_or(0, |entry| entry.d_val);
    assert!(elf.header.e_type == ET_DYN && flags & DF_1_PIE != 0, "position independent");
    assert!(segments(PT_GNU_STACK).all(|stack| stack.p_flags & PF_X == 0), "the stack is not executable");
    assert_eq!(segments(PT_GNU_STACK).count(), 1, "and says so");
    assert!(segments(PT_LOAD).all(|load| load.p_flags & (PF_W | PF_X) != PF_W | PF_X), "nothing is both");
    let text = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    for sentence in
        [&b"found can run"[..], b"is unchanged: ", b"`gowrap setup`", b"`man gowrap.toml`", b"dlv connects to "]
    {
        assert!(!text(sentence), "a sentence that only gowrap prints: {}", sentence.escape_ascii());
    }
    assert!(!text(b"GNU C Library") && !text(b"ld-linux"), "musl, not glibc");
    assert!(!text(gowrap().parent().unwrap().as_os_str().as_bytes()), "it does not tell where it was built");
}
