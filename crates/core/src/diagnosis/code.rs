//! The table of diagnostic codes: one row a code, with its users, meaning, cause and fix.
//!
//! A code keeps its number and its meaning from release to release. The page gowrap-diagnostics(7) and `gowrap doctor
//! CODE` are made from these rows. A code without a row does not compile; `tests/manual.rs` finds a row that no code
//! uses.
//!
//! In the texts, what a person types or reads on a terminal stands between backticks.

use core::fmt;

/// The texts of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Kinds of output that use the code: `refusal 126, doctor`.
    pub users: &'static str,
    /// One sentence: the fact that the code stands for.
    pub meaning: &'static str,
    /// The reason, and the messages of other programs that it is known by.
    pub cause: &'static str,
    /// The next thing to do or to type.
    pub fix: &'static str,
}

macro_rules! codes {
    ($($code:ident $users:literal { meaning: $meaning:literal, cause: $cause:literal, fix: $fix:literal, })*) => {
        /// A stable diagnostic code: GW1xx the machine, GW2xx the target, GW3xx arguments, GW4xx environment, GW5xx the
        /// debugger, networks and editors, GW9xx gowrap itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Code {
            $(#[doc = $meaning] $code = number(stringify!($code)),)*
        }

        impl Code {
            /// Every code, in the order of their numbers.
            pub const ALL: &'static [Code] = &[$(Code::$code),*];

            /// Returns the texts of the code's row.
            #[must_use]
            pub fn entry(self) -> Entry {
                match self {
                    $(Code::$code => Entry { users: $users, meaning: $meaning, cause: $cause, fix: $fix },)*
                }
            }
        }
    };
}

/// Returns the number in `GW140`.
const fn number(name: &str) -> u16 {
    let digits = name.as_bytes();
    let mut number = 0;
    let mut at = 2;
    while at < digits.len() {
        number = number * 10 + (digits[at] - b'0') as u16;
        at += 1;
    }
    number
}

impl Code {
    /// Returns the code of this name, in either case: `GW140`, `gw140`.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Code> {
        let digits = name.strip_prefix(b"GW").or_else(|| name.strip_prefix(b"gw"))?;
        let is_number = digits.len() == 3 && digits.iter().all(u8::is_ascii_digit);
        let wanted = digits.iter().fold(0, |number, digit| number * 10 + u16::from(digit.wrapping_sub(b'0')) % 10);
        Code::ALL.iter().copied().find(|code| is_number && *code as u16 == wanted)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        // Padded like a string, for tables.
        let digits = [*self as u16 / 100, *self as u16 / 10 % 10, *self as u16 % 10].map(|digit| b'0' + digit as u8);
        let name = [b'G', b'W', digits[0], digits[1], digits[2]];
        f.pad(core::str::from_utf8(&name).unwrap_or_default())
    }
}

codes! {
    // GW1xx: the machine
    GW140 "doctor" {
        meaning: "The distribution, the kind of WSL and the processor.",
        cause: "Listed always, for bug reports.",
        fix: "Nothing to do.",
    }
    GW141 "doctor" {
        meaning: "This is WSL1, where Delve does not work.",
        cause: "WSL1's kernel lacks a complete ptrace and epoll_pwait. A debugger hangs after `API server listening \
        at`, or a command fails with `operation not permitted`, `epollwait on fd 4 failed with 38`, and `rename ...: \
        permission denied` from `go get`.",
        fix: "On Windows: `wsl.exe --set-version DISTRO 2`.",
    }
    GW142 "doctor" {
        meaning: "`dlv attach` cannot reach a process that it did not start.",
        cause: "Yama's ptrace_scope is 1. Launching a program under `dlv` is not affected.",
        fix: "`echo 0 | sudo tee /proc/sys/kernel/yama/ptrace_scope`, or launch the program instead of attaching to \
        it.",
    }
    GW143 "doctor" {
        meaning: "The kernel forbids all debugging.",
        cause: "Yama's ptrace_scope is 2 or 3.",
        fix: "For 2: `echo 1 | sudo tee /proc/sys/kernel/yama/ptrace_scope`. For 3: remove \
        `kernel.yama.ptrace_scope=3` from /etc/sysctl.d and restart; it cannot be lowered before.",
    }
    GW150 "doctor" {
        meaning: "The project and Go's folders are on a Linux file system.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW151 "doctor" {
        meaning: "The working directory does not exist.",
        cause: "It was deleted, or its drive was unmounted, while a shell was in it.",
        fix: "`cd`",
    }
    GW152 "doctor" {
        meaning: "The project is on a Windows drive.",
        cause: "Every file access there is a round trip to Windows: builds are slow, editors get no inotify events, \
        and a folder in use cannot be renamed.",
        fix: "Clone the project below the Linux home, and open that folder.",
    }
    GW153 "doctor" {
        meaning: "A folder of Go's own is on a Windows drive.",
        cause: "GOROOT, GOPATH, GOCACHE, GOMODCACHE, GOTMPDIR, TMPDIR, GOBIN, XDG_CACHE_HOME or HOME names it, in the \
        environment or in `go env`, or Go's default folder is a link to it.",
        fix: "`unset NAME` in the file that sets it, or `go env -u NAME`. Go's default is on Linux.",
    }
    GW154 "doctor" {
        meaning: "Nothing can be executed where Go or Delve puts what it builds.",
        cause: "The mount of TMPDIR, GOTMPDIR or the working directory has the option noexec: `fork/exec ...: \
        permission denied`.",
        fix: "`export GOTMPDIR=$HOME/.cache/go-tmp`, `dlv debug --output=/tmp/debug`, or remount with exec.",
    }
    GW155 "doctor" {
        meaning: "No file on a drive may be executed.",
        cause: "Its mount is noexec, or has an fmask or umask that removes the x bit: `permission denied`, or `could \
        not launch process: not an executable file`.",
        fix: "In /etc/wsl.conf under [automount]: `options = \"metadata,umask=22,fmask=11\"`. Then, on Windows: \
        `wsl.exe --shutdown`.",
    }
    GW156 "doctor" {
        meaning: "The drive of the working directory is mounted without metadata.",
        cause: "WSL's default. `chmod` says `Operation not permitted`, and git reports changed modes.",
        fix: "In /etc/wsl.conf under [automount]: `options = \"metadata\"`. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW157 "doctor" {
        meaning: "Two vendored modules on a Windows drive differ only by case.",
        cause: "A Windows drive ignores case, so both are in one folder: `case-insensitive import collision`.",
        fix: "Copy the project to a Linux file system.",
    }
    GW158 "doctor" {
        meaning: "A drive does not answer.",
        cause: "Its Windows side is gone: Windows slept, or WSL's server ended. Every program that reads it hangs and \
        cannot be killed. Nothing else was examined.",
        fix: "`wsl.exe --shutdown`, typed on Windows",
    }
    GW160 "doctor" {
        meaning: "The kernel starts Windows programs through WSL's /init.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW161 "doctor" {
        meaning: "WSL's binfmt_misc entry is not protected from systemd.",
        cause: "systemd is on and `protectBinfmt=false` stands under [boot] in /etc/wsl.conf. The next start of \
        systemd-binfmt in any distribution drops the entry.",
        fix: "Remove `protectBinfmt=false`. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW162 "doctor" {
        meaning: "The socket in WSL_INTEROP is dead, and another one answers.",
        cause: "Its terminal was closed, in tmux, screen or an editor's server. gowrap uses the one that answers; \
        other programs fail with `connect failed`.",
        fix: "Open a new terminal, or export the WSL_INTEROP that is named.",
    }
    GW163 "doctor" {
        meaning: "A file in binfmt.d registers WSL's entry without the flag P.",
        cause: "It was copied from advice for older releases of WSL. Every Windows program loses its first argument.",
        fix: "`echo ':WSLInterop:M::MZ::/init:PF' | sudo tee FILE`, with the file that is named.",
    }
    GW164 "doctor" {
        meaning: "Windows' folders are not on PATH, so `cmd.exe` is not found by its name.",
        cause: "`appendWindowsPath=false` in /etc/wsl.conf, or a profile that replaces PATH. This keeps PATH short \
        and is not a mistake.",
        fix: "Call it by its path: `/mnt/c/Windows/System32/cmd.exe`.",
    }
    GW170 "doctor" {
        meaning: "A line of /etc/wsl.conf is invalid, and nothing below it is read.",
        cause: "WSL stops at the first line that it cannot parse, and says nothing. `;` starts no comment there, a \
        backslash must be doubled, and blanks inside a section's brackets or a byte order mark are errors.",
        fix: "Comment the line out with `#`, or correct it. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW171 "doctor" {
        meaning: "A row of /etc/wsl.conf has no effect: an earlier row has the same key.",
        cause: "Of two rows with the same key WSL takes the first.",
        fix: "Delete one of them.",
    }
    GW172 "doctor" {
        meaning: "A value in /etc/wsl.conf has another meaning than it seems.",
        cause: "A switch is true, false, 1 or 0, and with anything else the default holds. Text \
        behind a `;` is part of the value.",
        fix: "Correct the line that is named. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW173 "doctor" {
        meaning: "A key in /etc/wsl.conf has no effect.",
        cause: "WSL knows no such key there. [wsl2] and [experimental] belong in `%UserProfile%\\.wslconfig` on \
        Windows.",
        fix: "Move or remove the line.",
    }

    // GW2xx: what runs
    GW201 "refusal 126, doctor" {
        meaning: "The only tool is a Windows program, and the policy is reject.",
        cause: "`pe = \"reject\"` in a configuration file, or `GOWRAP_PE=reject`. `--explain` shows which.",
        fix: "Install the tool for Linux, or set `pe = \"auto\"`.",
    }
    GW202 "refusal 126, doctor" {
        meaning: "Files of that name were found, and none can run.",
        cause: "Each candidate is listed with its reason: no x bit, a noexec mount, another machine, a missing \
        interpreter.",
        fix: "Correct the candidate that you want, or install the tool: `gowrap doctor` names the commands for this \
        machine.",
    }
    GW203 "refusal 126 or 127, doctor" {
        meaning: "The pinned tool cannot run.",
        cause: "`tools.NAME.path` names a file that is missing or cannot be executed. No other file is searched.",
        fix: "Correct or remove `tools.NAME.path` in the file that the message names.",
    }
    GW204 "refusal 127, doctor" {
        meaning: "The tool was not found.",
        cause: "It is neither on PATH nor in a well-known place nor on the Windows side; or the path given to gowrap \
        names no file.",
        fix: "Install it: `gowrap doctor` names the commands for this machine.",
    }
    GW205 "refusal 126, doctor" {
        meaning: "The only tool is a Windows program, and the working directory is not on a Windows drive.",
        cause: "go.exe cannot lock go.mod on \\\\wsl.localhost: `go: RLock ...: Incorrect function.` \
        (golang/go#37461).",
        fix: "Install Go for Linux, or work in a folder such as /mnt/c/src. `pe = \"reroute\"` starts it anyway.",
    }
    GW206 "refusal 126" {
        meaning: "The only gopls is a Windows program.",
        cause: "gopls on Windows and an editor inside WSL use different paths for the same file. It is never started, \
        whatever the policy.",
        fix: "`go install golang.org/x/tools/gopls@latest`",
    }
    GW207 "refusal 126, doctor" {
        meaning: "A Windows program was found on a machine that is not WSL.",
        cause: "This is plain Linux, or a container on WSL's kernel, which has no interop.",
        fix: "Install the tool for Linux.",
    }
    GW208 "refusal 126" {
        meaning: "go.work or go.mod names a folder that no go.exe can find, and the command reads it.",
        cause: "A line such as `use /home/me/x` or `replace example.com/x => /mnt/c/x`: on Windows a path without a \
        drive is relative to the file's own folder. A command that loads packages reads every folder of the workspace. \
        `go mod graph`, `go mod verify`, `go mod download` and `go list -m all` read every module that go.mod requires.",
        fix: "Write the folder relative to the file, which both sides read; or switch the workspace off with \
        GOWORK=off; or use Go for Linux.",
    }
    GW212 "refusal 126, doctor" {
        meaning: "Every tool of that name is a shim that starts gowrap again.",
        cause: "goenv, asdf, mise or a script starts the tool by its name, which starts gowrap. The chain is printed.",
        fix: "Install the tool itself, or pin it: `tools.go.path` in ~/.config/gowrap/config.toml.",
    }
    GW213 "refusal 126" {
        meaning: "gowrap and another program have started each other too often.",
        cause: "A program on PATH starts the tool by its name in a new process, 64 times over, with or without this \
        environment.",
        fix: "Find it with `gowrap --explain` and the same arguments, and remove it from PATH or pin the tool.",
    }
    GW214 "refusal 126 or 127" {
        meaning: "The kernel refused to execute the chosen file.",
        cause: "It was removed or is being written, the arguments are too large, memory is short, or a security \
        policy forbids it. The message names the reason.",
        fix: "Follow the message. In most cases, try again.",
    }
    GW221 "refusal 126, doctor" {
        meaning: "Interop is switched off in binfmt_misc.",
        cause: "WSL's entry, or binfmt_misc as a whole, was disabled. If you turned interop off, gowrap leaves it off.",
        fix: "`echo 1 | sudo tee /proc/sys/fs/binfmt_misc/WSLInterop`, or the same with `status` in place of the \
        entry.",
    }
    GW222 "refusal 126, doctor" {
        meaning: "Interop is switched off in /etc/wsl.conf.",
        cause: "`enabled=false` under [interop]. Windows programs end in `Permission denied` or `Exec format error`.",
        fix: "Set `enabled=true` there. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW223 "refusal 126, doctor" {
        meaning: "No interop socket answers.",
        cause: "WSL_INTEROP is not set, or names a socket of another user, or its server is gone or hangs, and \
        neither the ancestors' nor /run/WSL/1_interop answers.",
        fix: "Open a new WSL terminal and try there. Else, on Windows: `wsl.exe --shutdown`.",
    }
    GW224 "refusal 126, doctor" {
        meaning: "WSL's binfmt_misc entry is lost.",
        cause: "systemd-binfmt drops all entries when it starts or stops, in whatever distribution: `Exec format \
        error`. gowrap calls /init itself where it is there, and refuses where it is not.",
        fix: "`echo ':WSLInterop:M::MZ::/init:PF' | sudo tee /proc/sys/fs/binfmt_misc/register`. To keep it: remove \
        `protectBinfmt=false` from /etc/wsl.conf.",
    }
    GW225 "refusal 126" {
        meaning: "Another binfmt_misc entry takes Windows programs, and there is no /init to use instead.",
        cause: "wine, mono or APE registered a handler for the same files in a place without WSL's /init, such as a \
        chroot.",
        fix: "`echo -1 | sudo tee /proc/sys/fs/binfmt_misc/NAME`, with the name in the message.",
    }
    GW227 "warning" {
        meaning: "Some open descriptors do not reach the Windows program.",
        cause: "Only descriptors 0, 1 and 2 cross to Windows. A pipe on descriptor 3 carries nothing.",
        fix: "Use a native tool if the caller needs them.",
    }
    GW228 "note" {
        meaning: "A Windows program's exit status is cut to its low 8 bits.",
        cause: "/init passes on the low byte: 256 becomes 0.",
        fix: "Nothing to do, unless a script needs larger values.",
    }
    GW229 "note, doctor" {
        meaning: "WSL's binfmt_misc entry cannot be used, and gowrap executes /init by name.",
        cause: "The entry is lost, or lacks the flag P, without which /init drops the first argument.",
        fix: "`echo -1 | sudo tee /proc/sys/fs/binfmt_misc/WSLInterop`, then `echo ':WSLInterop:M::MZ::/init:PF' | \
        sudo tee /proc/sys/fs/binfmt_misc/register`.",
    }
    GW230 "warning, doctor" {
        meaning: "Another binfmt_misc entry takes Windows programs before WSL's does.",
        cause: "wine, mono or APE registered a handler later than WSL; the newest wins. gowrap uses /init, other \
        programs fail.",
        fix: "`echo -1 | sudo tee /proc/sys/fs/binfmt_misc/NAME`, and uninstall the package that registers it.",
    }
    GW231 "warning" {
        meaning: "A Windows tool is started in a folder where it cannot lock go.mod.",
        cause: "`pe = \"reroute\"`, a pin or a path on the command line asked for it, and the folder is not on a \
        Windows drive (golang/go#37461).",
        fix: "Work in a folder on a Windows drive, or install the tool for Linux.",
    }
    GW232 "note" {
        meaning: "The interop socket that the Windows program is started through.",
        cause: "WSL_INTEROP names one whose server is an ancestor, or answers. If another replaces it, the change of \
        the variable has the reason.",
        fix: "Nothing to do.",
    }
    GW233 "note" {
        meaning: "The target is a script that leads to Windows.",
        cause: "It starts a program whose name ends in .exe and no Linux tool of its own name, or it is on a drive. \
        It ranks behind every native tool. Its arguments and variables pass unchanged, because the Windows program \
        needs Windows paths.",
        fix: "Remove the script, or name the tool that you mean: `tools.go.path` in the configuration.",
    }
    GW234 "warning" {
        meaning: "go.mod or go.work replaces a module by a folder that no go.exe can find.",
        cause: "A line such as `replace example.com/x => /mnt/c/x`: on Windows a path without a drive is relative to \
        the file's own folder. The command fails if it needs that module.",
        fix: "Write the folder relative to the file, which both sides read.",
    }
    GW235 "note" {
        meaning: "A Windows program prints Windows paths.",
        cause: "Output of go.exe (file names in messages, `go env`, `go list`) has Windows paths.",
        fix: "Nothing to do. `gowrap path PATH` translates a path.",
    }
    GW240 "doctor" {
        meaning: "The go that runs, and its version.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW241 "doctor" {
        meaning: "The tool that runs is a Windows program.",
        cause: "There is none for Linux. It builds for Windows, starts slowly, and fails wherever the folder is not \
        on a Windows drive.",
        fix: "Install the tool for Linux, which then goes first.",
    }
    GW242 "doctor" {
        meaning: "The gofmt or gopls that runs.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW243 "doctor" {
        meaning: "gofmt is missing, although go is installed.",
        cause: "The toolchain is damaged, or a package split it. Editors and `go fmt` start it.",
        fix: "Check the bin folder of the named toolchain, or reinstall Go.",
    }
    GW244 "doctor" {
        meaning: "gopls is missing, or is a Windows program.",
        cause: "It is not installed. Editors have no completion and no diagnostics without it.",
        fix: "`go install golang.org/x/tools/gopls@latest`",
    }
    GW245 "doctor" {
        meaning: "go is installed in a folder that is not on PATH.",
        cause: "PATH is set in a file that this shell or the editor's server does not read. gowrap finds it; other \
        programs say `the \"go\" binary cannot be found in either GOROOT or PATH`.",
        fix: "Add the folder to PATH in ~/.profile, and restart the editor's server.",
    }
    GW246 "doctor" {
        meaning: "Go is older than 1.20 and does not know -C.",
        cause: "An old package. Editors and build tools pass -C: `flag provided but not defined: -C`.",
        fix: "Install a newer Go with the command that is shown.",
    }
    GW247 "doctor" {
        meaning: "The module or its workspace needs a newer Go, and go does not download it.",
        cause: "`GOTOOLCHAIN=local` forbids it, in the environment, in `go env` or in the go.env of a distribution's \
        Go; or this Go is older than 1.21 and cannot.",
        fix: "`unset GOTOOLCHAIN` or `go env -w GOTOOLCHAIN=auto`, or install a newer Go.",
    }
    GW248 "doctor" {
        meaning: "CC or CXX names a compiler that is missing or not on PATH.",
        cause: "cgo fails with `exec: \"gcc\": executable file not found in $PATH`, perhaps only in an editor whose \
        server did not read the profile.",
        fix: "`unset CC` or `go env -u CC`, or set PATH in ~/.profile and restart the editor's server.",
    }
    GW249 "doctor" {
        meaning: "There is no C compiler.",
        cause: "gcc is not on PATH. Packages that use cgo do not build, and `go test -race` does not run.",
        fix: "The distribution's package, or `go env -w CGO_ENABLED=0`.",
    }
    GW250 "doctor" {
        meaning: "The dlv that runs, and its version.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW251 "doctor" {
        meaning: "dlv is missing.",
        cause: "It is not installed for Linux.",
        fix: "`go install github.com/go-delve/delve/cmd/dlv@latest`",
    }
    GW252 "doctor" {
        meaning: "The found dlv cannot run.",
        cause: "It has no x bit, is built for another machine, or is a Windows program that cannot work here.",
        fix: "`gowrap --explain dlv version` lists what was found. Then: `go install \
        github.com/go-delve/delve/cmd/dlv@latest`.",
    }
    GW253 "doctor" {
        meaning: "dlv is a script.",
        cause: "VS Code waits for dlv's own first line. A wrapper that prints something first, closes descriptor 3 or \
        does not exec dlv ends in `timed out while waiting for DAP server to start` or `couldn't start dlv dap: \
        connection timeout`.",
        fix: "Let the script end in `exec dlv \"$@\"` and print nothing, or install dlv itself.",
    }
    GW254 "doctor" {
        meaning: "dlv is too old for this Go.",
        cause: "Go was upgraded and dlv was not: `Version of Delve is too old`. From Go 1.25 on, dlv must also be \
        built with Go 1.25 or newer (DWARF 5).",
        fix: "`go install github.com/go-delve/delve/cmd/dlv@latest`, or the release that is shown for an old Go.",
    }
    GW255 "doctor" {
        meaning: "Go is too old for this dlv.",
        cause: "dlv supports only the Go releases of its time, and this one is older: `Go version ... is too old for \
        this version of Delve`.",
        fix: "Install a newer Go from https://go.dev/dl, or the dlv that is shown.",
    }
    GW256 "doctor" {
        meaning: "Go or dlv is a 32-bit program on a 64-bit machine.",
        cause: "An archive for another architecture was unpacked. A 32-bit dlv debugs no 64-bit program, and a 32-bit \
        Go builds 32-bit ones.",
        fix: "Install the 64-bit one.",
    }
    GW257 "doctor" {
        meaning: "gopls was built with an older Go than the installed one.",
        cause: "Go was updated and gopls was not. gopls reads sources with the packages of the Go that built it.",
        fix: "Build it again with `go install`.",
    }
    GW258 "doctor" {
        meaning: "A script of a tool's name starts a Windows program.",
        cause: "It was put on PATH, or it is on a drive, as a Windows version manager creates it. gowrap prefers \
        every native tool.",
        fix: "Remove it if a native tool is installed, else install Go for Linux.",
    }
    GW259 "doctor" {
        meaning: "A compiler or helper that Go starts is a Windows program.",
        cause: "CC, CXX, AR, FC, PKG_CONFIG, GIT_SSH or the like names it. A Linux go passes it Linux paths, which it \
        does not find.",
        fix: "Unset the variable.",
    }
    GW280 "doctor FILE" {
        meaning: "The type of the file.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW281 "doctor FILE" {
        meaning: "A Linux program for another machine.",
        cause: "It was built with another GOARCH, and no emulator is registered: `exec format error`.",
        fix: "Build it with GOOS and GOARCH unset, or `sudo apt-get install qemu-user-static`.",
    }
    GW282 "doctor FILE" {
        meaning: "The file's interpreter is missing.",
        cause: "A program that was linked for another C library (musl and glibc), or a script whose first line names \
        a missing program: `no such file or directory`, although the file exists.",
        fix: "`CGO_ENABLED=0 go build`, or install the C library or the interpreter that is named.",
    }
    GW283 "doctor FILE" {
        meaning: "Shared libraries that the file needs are missing.",
        cause: "cgo linked it against libraries that are not installed: `error while loading shared libraries`.",
        fix: "`apt-file search NAME`, or `CGO_ENABLED=0 go build`.",
    }
    GW284 "doctor FILE" {
        meaning: "The file is a Windows program.",
        cause: "It was built with `GOOS=windows`. A dlv for Linux says `could not launch process: not an executable \
        file`.",
        fix: "`unset GOOS`, and build it again.",
    }
    GW285 "doctor FILE" {
        meaning: "The file may not be executed.",
        cause: "It has no x bit, its drive is mounted with an fmask, or its mount has noexec.",
        fix: "`chmod +x FILE`; remove fmask=111 from /etc/wsl.conf; or build on another file system.",
    }
    GW286 "doctor , doctor FILE" {
        meaning: "A script has Windows line endings.",
        cause: "The kernel looks for an interpreter whose name ends in a carriage return: `no such file or directory`.",
        fix: "`sed -i 's/\\r$//' FILE`",
    }
    GW287 "doctor FILE" {
        meaning: "The file is no program.",
        cause: "It is the archive of a package that is not main, an object file, a shared library, a core dump, a \
        script with a byte order mark, or not executable at all: `could not launch process: not an executable file`.",
        fix: "Name a folder whose files say `package main`.",
    }
    GW288 "doctor FILE" {
        meaning: "The program holds no debug information.",
        cause: "It was linked with -s or -w: dlv says `could not open debug info`.",
        fix: "Remove -s and -w from -ldflags, also in GOFLAGS.",
    }

    // GW3xx: arguments
    GW301 "warning" {
        meaning: "A Windows path in an argument is unchanged.",
        cause: "Its drive is not mounted, it is relative to a drive (C:x) or rooted (\\x) where the working directory \
        is on no drive, or it is a share of another machine: there is no Linux path for it.",
        fix: "Mount the drive, or give a path that exists on this side. `gowrap path PATH` translates a path.",
    }
    GW302 "refusal 126" {
        meaning: "An argument names an output by a path that has no name on this side.",
        cause: "Its drive is not mounted, the shell removed the backslashes (C:outx.exe), or it is a share of another \
        machine. The tool would create a file of that name.",
        fix: "Mount the drive, quote the path, or name a file on this side. With paths.translate = false nothing is \
        translated or refused.",
    }
    GW303 "note" {
        meaning: "A path in the form of Cygwin, MSYS or another mount point was translated.",
        cause: "The path begins with /c, /cygdrive/c or /mnt/c, no such folder exists, and drive C is mounted \
        elsewhere.",
        fix: "Nothing to do. Prefer the path of this machine.",
    }

    // GW4xx: environment
    GW402 "warning, doctor" {
        meaning: "A Windows path in a variable is unchanged.",
        cause: "Its drive is not mounted, or its form has no counterpart here.",
        fix: "Correct or unset the variable.",
    }
    GW403 "warning" {
        meaning: "A command line in a variable holds a Windows path and is unchanged.",
        cause: "Variables such as CC, CGO_CFLAGS, GOCACHEPROG and GIT_SSH_COMMAND hold a command line or flags, in \
        which a path cannot be recognised. A translated path would also name a compiler for Windows, which does not \
        build for Linux.",
        fix: "Name the program and the folders of this side, or unset the variable.",
    }
    GW404 "warning" {
        meaning: "A Go variable has a Windows path, outside WSL.",
        cause: "The environment was passed to a container, or to another machine. There is no Windows, so nothing is \
        fixed.",
        fix: "Set the variable to a path of this machine, or unset it.",
    }
    GW405 "warning" {
        meaning: "Go's settings file has a Windows path.",
        cause: "It was written by `go env -w`, or GOENV names the file of Windows' Go. go reads the file itself, so \
        gowrap cannot fix it.",
        fix: "The line that the note prints: `go env -w NAME=PATH` or `go env -u NAME`.",
    }
    GW410 "note, warning" {
        meaning: "A variable is not shared with the Windows program.",
        cause: "Its path is on the Linux side, where go.exe cannot lock files, or it belongs to the Linux toolchain, \
        and Windows has its own; or its flags in WSLENV exclude it.",
        fix: "Nothing to do. To share a path anyway, list it in WSLENV with the flag /p.",
    }
    GW411 "note" {
        meaning: "WSLENV lists a variable that has no value.",
        cause: "WSL deletes such a variable on the Windows side.",
        fix: "Give it a value, or remove it from WSLENV.",
    }
    GW412 "warning" {
        meaning: "WSL cuts a variable's value on its way to Windows.",
        cause: "WSLENV lists it with the flag /p or /l: WSL reads its value as Linux paths with colons between them, \
        and this one is a URL or holds a Windows path.",
        fix: "Remove its entry from WSLENV; gowrap adds one that keeps the value.",
    }
    GW421 "note" {
        meaning: "Nothing is restored: a variable was removed on purpose.",
        cause: "A process between this one and the login shell still has WSL_DISTRO_NAME or GOWRAP_SESSION, so `env \
        -i`, Bazel or Nix removed it.",
        fix: "Nothing to do.",
    }
    GW422 "warning, doctor" {
        meaning: "The snapshot is not used.",
        cause: "It is damaged, a link, another user's, or open to others, or another user can change a folder on its \
        path.",
        fix: "`gowrap env forget && gowrap env capture`",
    }
    GW423 "note" {
        meaning: "The environment of another user's process is not used.",
        cause: "The environment was stripped by sudo or su. No value comes from another process: a root go with a \
        user's GOFLAGS would run the user's programs.",
        fix: "Nothing to do. Set what root needs in root's own files. An administrator may let sudo keep names that \
        are no program, flags, folder or settings file, with `sudo visudo` and the line `Defaults env_keep += \
        \"GOPROXY GONOPROXY GOPRIVATE GONOSUMDB GOSUMDB http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY \
        NO_PROXY ALL_PROXY\"`.",
    }
    GW424 "note" {
        meaning: "There is no snapshot to restore from.",
        cause: "`gowrap env capture` has never run for this user.",
        fix: "`gowrap env capture` in a login shell.",
    }
    GW440 "doctor" {
        meaning: "No variable disturbs Go.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW441 "doctor" {
        meaning: "A variable holds a carriage return.",
        cause: "A profile was saved with Windows line endings. Messages are garbled: `: no such file or \
        directoryep/cmd/dep`.",
        fix: "`sed -i 's/\\r$//' ~/.profile ~/.bashrc`, and open a new terminal.",
    }
    GW442 "doctor" {
        meaning: "A profile or Go's own settings file has Windows line endings.",
        cause: "An editor on Windows saved it. Every value in it ends in a carriage return.",
        fix: "`sed -i 's/\\r$//' FILE`",
    }
    GW443 "doctor" {
        meaning: "A profile sets PATH without quotes, and PATH has blanks.",
        cause: "Windows' folders have blanks in their names: `export: 'Files/WindowsApps/...': not a valid \
        identifier`.",
        fix: "Put the value in double quotes: `export PATH=\"$PATH:/usr/local/go/bin\"`.",
    }
    GW444 "doctor" {
        meaning: "GOOS or GOARCH of another system is set permanently.",
        cause: "In the environment or by `go env -w`. Programs of go run, go test and dlv are built for the other \
        system: `exec format error`, `build constraints exclude all Go files`, `not an executable file`.",
        fix: "`unset GOOS` or `go env -u GOOS`. For one command: `GOOS=windows go build`.",
    }
    GW445 "doctor" {
        meaning: "GOFLAGS removes debug information.",
        cause: "-ldflags with -s or -w, or -trimpath, meant for releases.",
        fix: "`unset GOFLAGS` or `go env -u GOFLAGS`",
    }
    GW446 "doctor" {
        meaning: "A Go variable holds a Windows path.",
        cause: "It came through WSLENV or a shared profile. gowrap translates it for each call; other programs do not.",
        fix: "`export NAME=...` with the Linux path that is shown.",
    }
    GW447 "doctor" {
        meaning: "GOROOT has no Go for Linux.",
        cause: "It belongs to Windows' Go: `go: cannot find GOROOT directory`. gowrap unsets it for each call.",
        fix: "`unset GOROOT`. Go finds its own.",
    }
    GW448 "doctor" {
        meaning: "Variables of the login environment are missing, and gowrap restores them.",
        cause: "sudo, ssh, cron, systemd or an editor's server started this process without the login shell's \
        variables.",
        fix: "Nothing to do. `gowrap --explain go version` shows where each value comes from.",
    }
    GW449 "doctor" {
        meaning: "GOROOT is not the folder of the go that runs.",
        cause: "It was exported for another toolchain: `compile: version \"go1.x\" does not match go tool version \
        \"go1.y\"`.",
        fix: "`unset GOROOT`. Go finds its own.",
    }
    GW450 "doctor" {
        meaning: "HOME is unset, or not this user's home.",
        cause: "sudo kept it, or a service has none. Go looks below it for settings, caches and tools.",
        fix: "`export HOME=...` with the home that is shown.",
    }
    GW451 "doctor" {
        meaning: "A Go folder is not an absolute path.",
        cause: "go refuses it: `GOPATH entry is relative; must be absolute path`.",
        fix: "`unset NAME`, or give the whole path.",
    }
    GW452 "doctor" {
        meaning: "A file on a Windows drive hides a Linux tool.",
        cause: "Its folder is on PATH before the folder of the Linux tool of the same name: `Unexpected end of JSON \
        input` in VS Code. gowrap itself searches drives last. For this check doctor looks at those folders of drives \
        that come before such a tool.",
        fix: "Put the Linux tool's folder first on PATH, behind gowrap's.",
    }
    GW453 "doctor" {
        meaning: "Go's own settings file holds a Windows path.",
        cause: "`go env -w` was called with it. go reads the file itself, so gowrap cannot fix it.",
        fix: "`go env -u NAME`",
    }
    GW454 "doctor" {
        meaning: "PATH holds an entry in which no program is found.",
        cause: "Programs do not expand an entry: `~`, a variable, quotes and Windows paths are read literally.",
        fix: "Write the entry as doctor shows it, in the file that sets PATH.",
    }
    GW456 "doctor" {
        meaning: "A variable holds a path of MSYS or Cygwin.",
        cause: "It comes from Git Bash or Cygwin, where `/c/x` is a drive. gowrap translates it for each call.",
        fix: "Set it to the Linux path.",
    }
    GW457 "doctor" {
        meaning: "A shell's file defines a tool as an alias or a function.",
        cause: "The shell uses it before PATH, so the tool does not start gowrap there.",
        fix: "Make a comment of that line.",
    }
    GW458 "doctor" {
        meaning: "pkg-config looks for libraries on Windows.",
        cause: "PKG_CONFIG_PATH or a similar variable names a drive.",
        fix: "Unset it.",
    }
    GW459 "doctor" {
        meaning: "mise, asdf or direnv puts its folders before gowrap's.",
        cause: "Their lines in a shell's file change PATH when the shell starts, at each prompt or at each cd, and gowrap's hook \
        is not active in that shell.",
        fix: "`gowrap setup`, which adds the hook. Where GOWRAP_HOOK=off switches it off: unset GOWRAP_HOOK.",
    }
    GW460 "doctor" {
        meaning: "WSLENV has an entry for a variable of Go that does not do what it should.",
        cause: "The variable is not set here, and WSL deletes it for Windows programs; or its flag is /p or /l, and its \
        value is no list of Linux paths; or WSL does not know its flags and ignores the entry.",
        fix: "The entry that the finding shows, in the file that sets WSLENV: NAME/u keeps Windows' value, NAME/p is for \
        paths, NAME for all else. `gowrap doctor --fix` changes it in a shell's file.",
    }

    // GW5xx: the debugger's address, networks and editors
    GW500 "note" {
        meaning: "The side of the debugger's client, and the evidence.",
        cause: "Configuration, an editor among the ancestors, or a start directly from Windows.",
        fix: "If it is wrong: `debug.client = \"linux\"` or `\"windows\"`.",
    }
    GW501 "note" {
        meaning: "Every address was asked for, and dlv listens on 127.0.0.1.",
        cause: "Anyone who reaches a debugger can run code as its user. Under NAT, Windows reaches such a socket only \
        as [::1].",
        fix: "`debug.allow_any = true` allows every address.",
    }
    GW502 "warning" {
        meaning: "dlv listens on every address.",
        cause: "`debug.allow_any`, `debug.bind` or `keep` asked for it. Anyone who reaches this machine can run code \
        on it.",
        fix: "Listen on 127.0.0.1.",
    }
    GW503 "warning" {
        meaning: "--only-same-user is kept, so dlv refuses a client on Windows.",
        cause: "The command line sets it. dlv sees a client on Windows as root, or as no Linux user: `closing \
        connection from different user`.",
        fix: "Remove it from the editor's settings, or pass `--only-same-user=false`.",
    }
    GW504 "warning" {
        meaning: "dlv does not work on WSL1.",
        cause: "WSL1's ptrace is incomplete.",
        fix: "On Windows: `wsl.exe --set-version DISTRO 2`.",
    }
    GW505 "warning" {
        meaning: "There is no network between Windows and WSL.",
        cause: "`networkingMode=none` in .wslconfig.",
        fix: "Remove that line. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW506 "note" {
        meaning: "The network mode or the relay's state is unknown.",
        cause: "WSL does not report it. The default is assumed: NAT with localhostForwarding.",
        fix: "Nothing to do if the client connects. Else set `debug.bind`.",
    }
    GW507 "warning" {
        meaning: "Windows cannot reach dlv's address.",
        cause: "localhostForwarding is off, so Windows reaches only WSL's own address. Other machines may reach that \
        address too, so you must choose it.",
        fix: "`debug.client = \"windows\"` or `debug.bind`, or localhostForwarding=true in .wslconfig.",
    }
    GW508 "warning" {
        meaning: "dlv listens on an address that other machines may reach.",
        cause: "The command line sets it. dlv accepts every client and has no password.",
        fix: "Listen on 127.0.0.1, and use an ssh tunnel from other machines.",
    }
    GW509 "note" {
        meaning: "The port is below 1024.",
        cause: "Only root, or a process with CAP_NET_BIND_SERVICE, may listen there: `bind: permission denied`.",
        fix: "Choose a port between 1024 and 32767.",
    }
    GW510 "warning" {
        meaning: "-listen with one dash is -l with the value isten.",
        cause: "Long flags of dlv need two dashes.",
        fix: "Write `--listen`.",
    }
    GW511 "warning" {
        meaning: "--log-dest with a descriptor was removed.",
        cause: "dlv.exe gets only descriptors 0 to 2. Its log goes to standard error, its first line to standard \
        output.",
        fix: "Nothing to do. With a dlv for Linux it is kept.",
    }
    GW512 "note" {
        meaning: "dlv connects to its client through the gateway's address.",
        cause: "The client is on Windows and the network is NAT, where 127.0.0.1 is Linux only.",
        fix: "Let the client listen on more than 127.0.0.1, and open the firewall with the line that is shown.",
    }
    GW513 "warning" {
        meaning: "dlv cannot connect to its client on Windows.",
        cause: "The gateway's address is unknown.",
        fix: "Start dlv with `--listen` and let the client connect.",
    }
    GW514 "note" {
        meaning: "The command that opens a port in Windows' firewall.",
        cause: "dlv's address is behind the firewall. gowrap never runs the command.",
        fix: "Type it in a PowerShell as administrator, if the client is on another machine.",
    }
    GW515 "note" {
        meaning: "The port is known only when dlv prints it.",
        cause: "Port 0 was asked for: the kernel chooses.",
        fix: "Read it from dlv's first line.",
    }
    GW516 "warning" {
        meaning: "dlv will refuse this address.",
        cause: "It is not HOST:PORT, [IPV6]:PORT or unix:PATH.",
        fix: "Correct it: `--listen=127.0.0.1:2345`.",
    }
    GW517 "note" {
        meaning: "A part of the command line was not searched for an address.",
        cause: "It has a flag that gowrap does not know. Everything from there on passes unchanged.",
        fix: "Nothing to do, or put `--listen` in front of it.",
    }
    GW518 "warning" {
        meaning: "The debug address is unchanged: with another address, dlv would read another command.",
        cause: "An unknown flag takes the next word as its value, so one more word would shift the subcommand.",
        fix: "Write flags as `--flag=value`.",
    }
    GW520 "refusal 126" {
        meaning: "dlv.exe would listen on an address that its client cannot reach.",
        cause: "The client is inside WSL or unknown, and under NAT Windows' 127.0.0.1 is not WSL's.",
        fix: "Install dlv for Linux, use networkingMode=mirrored, or set `debug.bind`.",
    }
    GW540 "doctor" {
        meaning: "The network mode, and the way in which Windows reaches servers here.",
        cause: "This is the normal state. Under nat, Windows reaches a server on [::] only as [::1]; a connection that \
        is refused after Windows slept means that the relay died.",
        fix: "Nothing to do. For a dead relay, on Windows: `wsl.exe --shutdown`.",
    }
    GW541 "doctor" {
        meaning: "The network is mirrored.",
        cause: "127.0.0.1 is the same on both sides. In some releases a connection to a closed port hangs, and an \
        editor that probes ports takes minutes.",
        fix: "Nothing to do. If it hangs: `wsl.exe --update`, or `networkingMode=nat` in .wslconfig.",
    }
    GW542 "doctor" {
        meaning: "There is no network.",
        cause: "`networkingMode=none` in .wslconfig. No module can be downloaded.",
        fix: "Remove that line. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW543 "doctor" {
        meaning: "Windows does not reach 127.0.0.1 of WSL.",
        cause: "`localhostForwarding=false` in .wslconfig: ERR_CONNECTION_REFUSED on Windows.",
        fix: "Set `localhostForwarding=true` there, or `debug.client = \"windows\"`, which makes dlv listen on WSL's \
        own address.",
    }
    GW544 "doctor" {
        meaning: "/etc/resolv.conf is missing, a dangling symbolic link, or names no server.",
        cause: "WSL did not write it, or a VPN removed it: `dial tcp: lookup proxy.golang.org ...: i/o timeout`.",
        fix: "`sudo rm -f /etc/resolv.conf`, then on Windows `wsl.exe --shutdown`. With a VPN: `dnsTunneling=true` in \
        .wslconfig.",
    }
    GW545 "doctor --windows" {
        meaning: "A port proxy on Windows occupies a port that WSL would use.",
        cause: "A rule of `netsh interface portproxy` listens there permanently. It forwards to an address that WSL \
        has, or had before its last start: `ERR_CONNECTION_REFUSED`, or a connection that hangs.",
        fix: "On Windows, as administrator, the `netsh interface portproxy delete` line that is shown.",
    }
    GW546 "doctor --windows" {
        meaning: "Windows did not answer.",
        cause: "Interop does not work, or netsh.exe did not answer in five seconds.",
        fix: "Fix interop first, or type `netsh interface portproxy show all` on Windows.",
    }
    GW547 "doctor" {
        meaning: "A proxy is on 127.0.0.1, which is WSL itself under NAT.",
        cause: "The proxy runs on Windows, and the variable was copied from there. Nothing listens on that port here.",
        fix: "Name the gateway, which is Windows, or set `networkingMode = mirrored`.",
    }
    GW548 "doctor" {
        meaning: "The network is consomme.",
        cause: "Some versions of WSL refuse a connection right after a program starts to listen.",
        fix: "`networkingMode = mirrored` in .wslconfig.",
    }
    GW550 "doctor" {
        meaning: "An editor's settings file is not valid JSON.",
        cause: "A bracket or a comma is missing. The editor ignores the file, or the text after that place.",
        fix: "Correct it at the line that is named.",
    }
    GW551 "doctor" {
        meaning: "launch.json, or launch in settings or a workspace file, holds a Windows path.",
        cause: "Delve gets it inside DAP, where gowrap cannot translate it: `malformed import path \"C:\\...\": \
        invalid char ':'`.",
        fix: "Write it with `${workspaceFolder}`.",
    }
    GW552 "doctor" {
        meaning: "launch.json names a dlv that does not exist.",
        cause: "`dlvToolPath` is not absolute, or there is no such file.",
        fix: "Correct or remove `dlvToolPath`.",
    }
    GW553 "doctor" {
        meaning: "An editor's setting bypasses gowrap.",
        cause: "`dlvToolPath` or `go.alternateTools` names the tool itself.",
        fix: "Remove it, and then `gowrap setup --editor vscode --write`. setup never replaces an entry of the user.",
    }
    GW554 "doctor" {
        meaning: "A substitutePath rule loses breakpoints.",
        cause: "With a rule in Windows' form delve lower-cases the rest of the path: `could not find file`. A rule \
        that maps \\\\wsl.localhost\\DISTRO to nothing gives relative paths.",
        fix: "Open the folder inside WSL, which needs no rule. Or map \\\\wsl.localhost\\DISTRO\\home to /home.",
    }
    GW555 "doctor" {
        meaning: "launch.json has a port below 1024.",
        cause: "Only root may listen there.",
        fix: "Choose one between 1024 and 32767.",
    }
    GW556 "doctor" {
        meaning: "launch.json or settings.json sets GOOS or GOARCH of another system.",
        cause: "dlv builds the program for that one: `could not launch process: not an executable file`. In \
        go.toolsEnvVars or go.testEnvVars it applies to every tool or test.",
        fix: "Remove it from that env.",
    }
    GW557 "doctor" {
        meaning: "launch.json has a host that is every address, or localhost.",
        cause: "Every address lets anyone run code here. localhost may mean ::1, where dlv does not listen: \
        `ECONNREFUSED ::1`.",
        fix: "`\"host\": \"127.0.0.1\"`",
    }
    GW558 "doctor" {
        meaning: "VS Code's settings name a Go that does not exist, or Windows' Go.",
        cause: "go.goroot, go.gopath, go.toolsGopath, go.alternateTools, go.toolsEnvVars or go.testEnvVars was copied \
        from the other side.",
        fix: "Remove it; for go.alternateTools then `gowrap setup --editor vscode --write`.",
    }
    GW559 "doctor" {
        meaning: "A Linux go.goroot is set in a folder that Windows opens too.",
        cause: "VS Code on Windows uses it too: `Cannot find \\usr\\local\\go\\bin\\go.exe`.",
        fix: "Open the folder inside WSL with `code .`, or move the setting to the WSL machine's settings.",
    }
    GW560 "doctor" {
        meaning: "VS Code finds a tool before it searches PATH.",
        cause: "Its Go extension searches GOBIN, GOPATH/bin and GOROOT/bin first.",
        fix: "`gowrap setup --editor vscode --write`",
    }
    GW561 "doctor" {
        meaning: "A launch configuration names a Windows program.",
        cause: "A dlv for Linux refuses it.",
        fix: "Name a package or a Linux program.",
    }
    GW562 "doctor" {
        meaning: "A task starts Windows' Go, or gives a shell a Windows path.",
        cause: "A shell removes backslashes before go reads them.",
        fix: "Write the command as doctor shows it.",
    }
    GW570 "doctor" {
        meaning: "go.mod or go.work names a Windows path.",
        cause: "A replace or use directive was written on Windows: `malformed module path`.",
        fix: "Write it relative, with forward slashes: ../lib.",
    }
    GW572 "doctor" {
        meaning: "Sources have Windows line endings, or git will write them.",
        cause: "core.autocrlf is true, or an editor on Windows wrote them. `gofmt -l` lists every such file.",
        fix: "`git config core.autocrlf input` and `gofmt -w .`.",
    }
    GW573 "doctor" {
        meaning: "The repository belongs to another user.",
        cause: "git refuses it, and go build asks git: `error obtaining VCS status: exit status 128`.",
        fix: "`git config --global --add safe.directory`.",
    }
    GW574 "doctor" {
        meaning: "git is the Windows program.",
        cause: "A link or a script on PATH starts git.exe.",
        fix: "Install git for Linux and move the other one away.",
    }
    GW575 "doctor" {
        meaning: "A file in the working directory is named like a Windows path.",
        cause: "A Linux program used a Windows path as a file name.",
        fix: "Check its content, then move or remove it.",
    }

    // GW9xx: gowrap itself
    GW901 "refusal 125" {
        meaning: "gowrap's own command line is wrong.",
        cause: "An unknown option or subcommand, or one that lacks its value.",
        fix: "`gowrap --help`",
    }
    GW902 "refusal 125" {
        meaning: "gowrap was started by a name that is not a tool.",
        cause: "A link has another name, or the word after `gowrap` is neither a tool nor a subcommand.",
        fix: "Use one of the names that are listed.",
    }
    GW903 "refusal 125" {
        meaning: "A gowrap variable has an unknown value.",
        cause: "GOWRAP_EXPLAIN, GOWRAP_PE, GOWRAP_RESTORE, GOWRAP_DEBUG_CLIENT or GOWRAP_LOG holds a word that it \
        does not know, or GOWRAP_CONFIG is not absolute.",
        fix: "Set it to one of the words that are listed, or unset it.",
    }
    GW904 "refusal 125" {
        meaning: "go_windows_*_exec was called without a program.",
        cause: "It is started by `GOOS=windows go run` and `go test`, with the program as its first argument.",
        fix: "Name a program.",
    }
    GW905 "refusal 125" {
        meaning: "A host record cannot be read or is wrong.",
        cause: "The file of `--host` is missing, not TOML, or has an unknown key or value. The message shows the \
        place.",
        fix: "`gowrap doctor --record FILE` writes one; `--host demo` has one built in.",
    }
    GW906 "refusal 125, doctor" {
        meaning: "A configuration file cannot be read.",
        cause: "It was named but is missing, is not a regular file, is too large, or its mode forbids it.",
        fix: "Put a readable file there, remove it, or name another one.",
    }
    GW907 "refusal 125, doctor" {
        meaning: "A configuration file can be written by others.",
        cause: "Every user, a group with other members than its owner, or a user in its access control list could \
        make gowrap run any program.",
        fix: "`chmod go-w FILE`, or `setfacl -b FILE`",
    }
    GW908 "refusal 125, doctor" {
        meaning: "A configuration file has a mistake.",
        cause: "Bad syntax or a bad value, at the line and column that are shown.",
        fix: "See gowrap.toml(5).",
    }
    GW909 "warning, doctor" {
        meaning: "A configuration file has an unknown key.",
        cause: "A misspelling, or a setting of a newer gowrap. It has no effect.",
        fix: "Correct or remove it.",
    }
    GW910 "note" {
        meaning: "A setting of the user, and its source.",
        cause: "A configuration file or a variable.",
        fix: "Nothing to do.",
    }
    GW911 "warning, doctor" {
        meaning: "A configuration file was ignored.",
        cause: "It belongs to another user, another user can change a folder or a link on its path, it is on a \
        Windows drive or a FUSE mount, where owner and mode prove nothing, or it is not a regular file.",
        fix: "`chown` it, or move it to a folder of your own on a Linux file system.",
    }
    GW912 "warning" {
        meaning: "The log that was asked for cannot be written.",
        cause: "The file of GOWRAP_LOG_FILE cannot be opened, or another user can change it or its path. For root, it \
        is neither below root's home nor in /var/log.",
        fix: "Name another file, or none: then the log goes to standard error.",
    }
    GW913 "refusal 125" {
        meaning: "There is not enough memory.",
        cause: "The limit of this process (Ql \"ulimit -v\") leaves none for a plan, or the machine has run out of it.",
        fix: "Raise the limit, or end another program.",
    }
    GW914 "refusal 125" {
        meaning: "gowrap was started with more rights than its caller has.",
        cause: "Its file has the setuid or setgid bit, or capabilities. The caller's environment would control those \
        rights.",
        fix: "Remove them from the file: `chmod ug-s`, `setcap -r`.",
    }
    GW915 "refusal 125" {
        meaning: "gowrap-shim has something to print and cannot start gowrap, which does it.",
        cause: "The program gowrap is not in the folder of gowrap-shim, is of another version, as after half an update, or \
        could be changed by another user.",
        fix: "Install gowrap again: both programs come with it.",
    }
    GW920 "refusal 125" {
        meaning: "`gowrap setup` changes nothing here.",
        cause: "HOME is not the home in /etc/passwd, a folder or gowrap's own file could be changed by others, or \
        another program's file has the name of a gowrap file.",
        fix: "Run it as the user whose files it changes, without sudo; move the named file away.",
    }
    GW921 "refusal 125" {
        meaning: "A file cannot be changed.",
        cause: "Its owner, its mode, a full disk, or another program changed it at that moment. The changes before it \
        in the list are done.",
        fix: "Correct that, and run the same command again: it continues from there.",
    }
    GW931 "refusal 125" {
        meaning: "No snapshot is taken: this is not the user's own session.",
        cause: "HOME is not the home in /etc/passwd, the session came through sudo or a similar program, or another user \
        owns an ancestor process, the leader of a session, the terminal, standard input, output or error, or the login. \
        It is also refused if one of them cannot be seen, as with the option hidepid of /proc.",
        fix: "`gowrap env capture` in a login shell of that user, without sudo.",
    }
    GW932 "refusal 125" {
        meaning: "The snapshot cannot be written or removed.",
        cause: "The owner or mode of ~/.local/state/gowrap, or a full disk.",
        fix: "Correct that, and try again.",
    }
    GW940 "doctor" {
        meaning: "gowrap is not active: its shim folder is not on PATH.",
        cause: "Setup has not run, or this shell does not read the file that it wrote to.",
        fix: "`gowrap setup`, then open a new terminal.",
    }
    GW941 "doctor" {
        meaning: "Another tool is on PATH before gowrap's shims.",
        cause: "A later line of a profile put its folder in front.",
        fix: "Put the shim folder first, in the last line of ~/.profile and ~/.bashrc.",
    }
    GW942 "doctor" {
        meaning: "go starts gowrap.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW943 "refusal 2" {
        meaning: "doctor could not run.",
        cause: "The named file cannot be read, or the record cannot be written.",
        fix: "Follow the message.",
    }
    GW944 "doctor" {
        meaning: "gowrap is not installed as a whole: a shim has no target, or another version of gowrap as its target.",
        cause: "gowrap and gowrap-shim belong together, and only one of them was copied, replaced or deleted; or the shims \
        lead to a gowrap that was installed somewhere else before.",
        fix: "`gowrap setup`, with the gowrap that you want. Shims that a package or install.sh brought come with it: install \
        it again.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_have_texts() {
        assert!(Code::ALL.is_sorted());
        for code in Code::ALL {
            let entry = code.entry();
            for text in [entry.users, entry.meaning, entry.cause, entry.fix] {
                assert!(!text.is_empty() && text.matches('`').count() % 2 == 0, "{code}: {text}");
            }
        }
    }

    #[test]
    fn a_code_has_one_name() {
        for code in Code::ALL {
            let name = code.to_string();
            assert_eq!((name.len(), Code::named(name.as_bytes())), (5, Some(*code)));
        }
        assert_eq!(format!("{:<7}|", Code::ALL[0]), format!("{:<7}|", Code::ALL[0].to_string()));
        for name in ["", "GW", "GW1", "GW000", "GW1234", "GWabc", "140", "GW1:0"] {
            assert_eq!(Code::named(name.as_bytes()), None, "{name}");
        }
        assert_eq!(Code::named(b"gw141"), Some(Code::GW141));
    }
}
