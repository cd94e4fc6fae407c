//! The table of diagnostic codes: one row a code, with its users, meaning, cause and fix.
//!
//! A code keeps its number and its meaning from release to release. The page gowrap-diagnostics(7) and `gowrap doctor
//! CODE` are made from these rows. A code without a row does not compile; `tests/manual.rs` finds a row that no code uses.
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
        cause: "Always told, so that a bug report holds it.",
        fix: "Nothing to do.",
    }
    GW141 "doctor" {
        meaning: "This is WSL1, where Delve does not work.",
        cause: "WSL1's kernel lacks a complete ptrace and epoll_pwait. It is behind a debugger that hangs after `API server \
        listening at`, `operation not permitted`, `epollwait on fd 4 failed with 38`, and `rename ...: permission \
        denied` from `go get`.",
        fix: "On Windows: `wsl.exe --set-version DISTRO 2`.",
    }
    GW142 "doctor" {
        meaning: "`dlv attach` cannot reach a process that it did not start.",
        cause: "Yama's ptrace_scope is 1. Launching a program under `dlv` is not affected.",
        fix: "`echo 0 | sudo tee /proc/sys/kernel/yama/ptrace_scope`, or launch the program instead of attaching to it.",
    }
    GW143 "doctor" {
        meaning: "The kernel forbids all debugging.",
        cause: "Yama's ptrace_scope is 2 or 3.",
        fix: "For 2: `echo 1 | sudo tee /proc/sys/kernel/yama/ptrace_scope`. For 3: remove `kernel.yama.ptrace_scope=3` \
        from /etc/sysctl.d and restart; it cannot be lowered before.",
    }
    GW150 "doctor" {
        meaning: "The project and Go's folders are on a Linux file system.",
        cause: "As it should be.",
        fix: "Nothing to do.",
    }
    GW151 "doctor" {
        meaning: "The working directory does not exist.",
        cause: "It was deleted, or its drive was unmounted, while a shell stood in it.",
        fix: "`cd`",
    }
    GW152 "doctor" {
        meaning: "The project is on a Windows drive.",
        cause: "Every look at a file there is a round trip to Windows: builds crawl, editors get no inotify events, and a \
        folder in use cannot be renamed.",
        fix: "Clone the project below the Linux home, and open that folder.",
    }
    GW153 "doctor" {
        meaning: "A folder of Go's own is on a Windows drive.",
        cause: "GOROOT, GOPATH, GOCACHE, GOMODCACHE, GOTMPDIR, TMPDIR, GOBIN, XDG_CACHE_HOME or HOME says so, in the \
        environment or in `go env`, or a link in the place of Go's own default.",
        fix: "`unset NAME` in the file that sets it, or `go env -u NAME`. Go's default is on Linux.",
    }
    GW154 "doctor" {
        meaning: "Nothing can be executed where Go or Delve puts what it builds.",
        cause: "The mount of TMPDIR, GOTMPDIR or the working directory has the option noexec: `fork/exec ...: permission \
        denied`.",
        fix: "`export GOTMPDIR=$HOME/.cache/go-tmp`, `dlv debug --output=/tmp/debug`, or remount with exec.",
    }
    GW155 "doctor" {
        meaning: "No file on a drive may be executed.",
        cause: "Its mount is noexec, or has an fmask or umask that takes the x bit: `permission denied`, or `could not \
        launch process: not an executable file`.",
        fix: "In /etc/wsl.conf under [automount]: `options = \"metadata,umask=22,fmask=11\"`. Then, on Windows: `wsl.exe \
        --shutdown`.",
    }
    GW156 "doctor" {
        meaning: "The drive of the working directory is mounted without metadata.",
        cause: "WSL's default. `chmod` says `Operation not permitted`, and git sees modes that nobody set.",
        fix: "In /etc/wsl.conf under [automount]: `options = \"metadata\"`. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW157 "doctor" {
        meaning: "Two vendored modules differ by case alone, on a Windows drive.",
        cause: "A Windows drive ignores case, so both lie in one folder: `case-insensitive import collision`.",
        fix: "Copy the project to a Linux file system.",
    }
    GW158 "doctor" {
        meaning: "A drive does not answer.",
        cause: "Its Windows side is gone: Windows slept, or WSL's server ended. Every program that looks at it hangs and \
        cannot be killed. Nothing else was examined.",
        fix: "`wsl.exe --shutdown`, typed on Windows",
    }
    GW160 "doctor" {
        meaning: "The kernel starts Windows programs through WSL's /init.",
        cause: "As it should be.",
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
        cause: "It was left by a terminal that is closed, in tmux, screen or an editor's server. gowrap takes the one that \
        answers; other programs fail with `connect failed`.",
        fix: "Open a new terminal, or export the WSL_INTEROP that is named.",
    }
    GW163 "doctor" {
        meaning: "A file in binfmt.d registers WSL's entry without the flag P.",
        cause: "It was copied from advice for older releases of WSL. The first argument of every Windows program gets lost.",
        fix: "`echo ':WSLInterop:M::MZ::/init:PF' | sudo tee FILE`, with the file that is named.",
    }
    GW164 "doctor" {
        meaning: "Windows' folders are not on PATH, so that a bare `cmd.exe` is not found.",
        cause: "`appendWindowsPath=false` in /etc/wsl.conf, or a PATH that was set anew. That keeps PATH short and is no \
        mistake.",
        fix: "Call it by its path: `/mnt/c/Windows/System32/cmd.exe`.",
    }
    GW170 "doctor" {
        meaning: "A line of /etc/wsl.conf is invalid, and nothing below it is read.",
        cause: "WSL stops at the first line that it cannot parse, and says nothing. `;` starts no comment there, a backslash \
        has to be doubled, no blank stands within the brackets of a section, and a byte order mark is one letter too \
        many.",
        fix: "Comment the line out with `#`, or correct it. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW171 "doctor" {
        meaning: "A row of /etc/wsl.conf does not count: its key stands further up.",
        cause: "Of two rows with the same key WSL takes the first.",
        fix: "Delete one of them.",
    }
    GW172 "doctor" {
        meaning: "A value in /etc/wsl.conf does not say what it looks like.",
        cause: "A switch is true, false, 1 or 0, and with anything else the default holds. What follows a `;` belongs to the \
        value.",
        fix: "Correct the line that is named. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW173 "doctor" {
        meaning: "A key in /etc/wsl.conf has no effect.",
        cause: "WSL knows no such key there. [wsl2] and [experimental] belong into `%UserProfile%\\.wslconfig` on Windows.",
        fix: "Move or remove the line.",
    }

    // GW2xx: what runs
    GW201 "refusal 126, doctor" {
        meaning: "The only tool is a Windows program, and the policy is reject.",
        cause: "`pe = \"reject\"` in a configuration file, or `GOWRAP_PE=reject`. `--explain` says which.",
        fix: "Install the tool for Linux, or set `pe = \"auto\"`.",
    }
    GW202 "refusal 126, doctor" {
        meaning: "Files of that name were found, and none can run.",
        cause: "Each candidate is listed with its reason: no x bit, a noexec mount, another machine, a missing interpreter.",
        fix: "Correct the candidate that was meant, or install the tool: `gowrap doctor` names the commands for this \
        machine.",
    }
    GW203 "refusal 126 or 127, doctor" {
        meaning: "The pinned tool cannot run.",
        cause: "`tools.NAME.path` names a file that is missing or cannot be executed. No other file is looked for.",
        fix: "Correct or remove `tools.NAME.path` in the file that the message names.",
    }
    GW204 "refusal 127, doctor" {
        meaning: "The tool was not found.",
        cause: "It is neither on PATH nor in a well-known place nor on the Windows side; or the path given to gowrap names \
        no file.",
        fix: "Install it: `gowrap doctor` names the commands for this machine.",
    }
    GW205 "refusal 126, doctor" {
        meaning: "The only tool is a Windows program, and the working directory is not on a Windows drive.",
        cause: "go.exe cannot lock go.mod on \\\\wsl.localhost: `go: RLock ...: Incorrect function.` (golang/go#37461).",
        fix: "Install Go for Linux, or work in a folder such as /mnt/c/src. `pe = \"reroute\"` starts it all the same.",
    }
    GW206 "refusal 126" {
        meaning: "The only gopls is a Windows program.",
        cause: "A gopls on Windows and an editor inside WSL cannot name each other's files. It is never started, whatever \
        the policy.",
        fix: "`go install golang.org/x/tools/gopls@latest`",
    }
    GW207 "refusal 126, doctor" {
        meaning: "A Windows program was found on a machine that is not WSL.",
        cause: "This is plain Linux, or a container on WSL's kernel, which has no interop.",
        fix: "Install the tool for Linux.",
    }
    GW208 "refusal 126" {
        meaning: "go.work names a folder that no go.exe can find.",
        cause: "A line such as `use /home/me/x` or `use /mnt/c/x`: to Windows a path without a drive is relative to the file \
        that it stands in, and a command that loads packages reads every folder of the workspace.",
        fix: "Write the folder relative to go.work, which both sides read; or leave the workspace out with GOWORK=off; or \
        use Go for Linux.",
    }
    GW212 "refusal 126, doctor" {
        meaning: "Every tool of that name is a shim that leads back to gowrap.",
        cause: "goenv, asdf, mise or a script of one's own starts the tool by its name, and the name leads to gowrap. The \
        chain is printed.",
        fix: "Install the tool itself, or pin it: `tools.go.path` in ~/.config/gowrap/config.toml.",
    }
    GW213 "refusal 126" {
        meaning: "gowrap and another program have started each other too often.",
        cause: "A program on PATH starts the tool by its name in a new process, 64 times over, whether or not it hands the \
        environment on.",
        fix: "Find it with `gowrap --explain` and the same arguments, and remove it from PATH or pin the tool.",
    }
    GW214 "refusal 126 or 127" {
        meaning: "The kernel refused to execute the chosen file.",
        cause: "It vanished or is being written just now, the arguments are too large, memory is short, or a security policy \
        forbids it. The message says which.",
        fix: "What the message says; mostly: try again.",
    }
    GW221 "refusal 126, doctor" {
        meaning: "Interop is switched off in binfmt_misc.",
        cause: "Somebody disabled WSL's entry, or binfmt_misc as a whole. gowrap takes that for a decision and does not go \
        round it.",
        fix: "`echo 1 | sudo tee /proc/sys/fs/binfmt_misc/WSLInterop`, or the same with `status` in place of the entry.",
    }
    GW222 "refusal 126, doctor" {
        meaning: "Interop is switched off in /etc/wsl.conf.",
        cause: "`enabled=false` under [interop]. Windows programs end in `Permission denied` or `Exec format error`.",
        fix: "Set `enabled=true` there. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW223 "refusal 126, doctor" {
        meaning: "No interop socket answers.",
        cause: "WSL_INTEROP is not set, or names a socket of another user's or one whose server is gone or hangs, and \
        neither the ancestors' nor /run/WSL/1_interop answers.",
        fix: "Open a new WSL terminal and try there. Else, on Windows: `wsl.exe --shutdown`.",
    }
    GW224 "refusal 126, doctor" {
        meaning: "WSL's binfmt_misc entry is lost.",
        cause: "systemd-binfmt drops all entries when it starts or stops, in whatever distribution: `Exec format error`. \
        gowrap calls /init itself where it is there, and refuses where it is not.",
        fix: "`echo ':WSLInterop:M::MZ::/init:PF' | sudo tee /proc/sys/fs/binfmt_misc/register`. To keep it: remove \
        `protectBinfmt=false` from /etc/wsl.conf.",
    }
    GW225 "refusal 126" {
        meaning: "Another binfmt_misc entry takes Windows programs, and /init is not there to go round it.",
        cause: "wine, mono or APE registered a handler for the same files in a place without WSL's /init, such as a chroot.",
        fix: "`echo -1 | sudo tee /proc/sys/fs/binfmt_misc/NAME`, with the name in the message.",
    }
    GW227 "warning" {
        meaning: "Open descriptors will not reach the Windows program.",
        cause: "Only descriptors 0, 1 and 2 cross to Windows. A caller that passes a pipe as descriptor 3 gets nothing \
        through it.",
        fix: "Use a tool for Linux where the caller needs them.",
    }
    GW228 "note" {
        meaning: "The exit status of a Windows program arrives cut to 8 bits.",
        cause: "/init hands on the low byte: 256 arrives as 0.",
        fix: "Nothing to do, unless a script tells larger statuses apart.",
    }
    GW229 "note, doctor" {
        meaning: "WSL's binfmt_misc entry cannot be used, and /init is called by its name.",
        cause: "The entry is lost, or lacks the flag P, without which /init swallows the first argument.",
        fix: "`echo -1 | sudo tee /proc/sys/fs/binfmt_misc/WSLInterop`, then `echo ':WSLInterop:M::MZ::/init:PF' | sudo \
        tee /proc/sys/fs/binfmt_misc/register`.",
    }
    GW230 "warning, doctor" {
        meaning: "Another binfmt_misc entry takes Windows programs before WSL's does.",
        cause: "wine, mono or APE registered a handler later than WSL; the newest goes first. gowrap goes round it, other \
        programs do not.",
        fix: "`echo -1 | sudo tee /proc/sys/fs/binfmt_misc/NAME`, and uninstall the package that registers it.",
    }
    GW231 "warning" {
        meaning: "A Windows tool is started in a folder where it cannot lock go.mod.",
        cause: "`pe = \"reroute\"`, a pin or a path on the command line asked for it, and the folder is not on a Windows \
        drive (golang/go#37461).",
        fix: "Work in a folder on a Windows drive, or install the tool for Linux.",
    }
    GW232 "note" {
        meaning: "The interop socket that the Windows program is started through.",
        cause: "WSL_INTEROP names one whose server is an ancestor, or answers. Where another takes its place, the change of \
        the variable says which and why.",
        fix: "Nothing to do.",
    }
    GW233 "note" {
        meaning: "The target is a script that leads to Windows.",
        cause: "It starts a program whose name ends in .exe and no Linux tool of its own name, or it lies on a drive. It \
        ranks behind every Linux tool, and its arguments and variables pass as they are: what it starts wants them \
        in the form of Windows.",
        fix: "Remove the script, or name the tool that you mean: `tools.go.path` in the configuration.",
    }
    GW234 "warning" {
        meaning: "go.mod or go.work replaces a module by a folder that no go.exe can find.",
        cause: "A line such as `replace example.com/x => /mnt/c/x`: to Windows a path without a drive is relative to the \
        file that it stands in. The command fails if it needs that module.",
        fix: "Write the folder relative to the file, which both sides read.",
    }
    GW235 "note" {
        meaning: "A Windows program prints paths in the form of Windows.",
        cause: "What go.exe prints (file names in messages, `go env`, `go list`) is for Windows.",
        fix: "Nothing to do. `gowrap path PATH` translates a path.",
    }
    GW240 "doctor" {
        meaning: "Which go runs, and its version.",
        cause: "As it should be.",
        fix: "Nothing to do.",
    }
    GW241 "doctor" {
        meaning: "The tool that runs is a Windows program.",
        cause: "There is none for Linux. It builds for Windows, starts slowly, and fails wherever the folder is not on a \
        Windows drive.",
        fix: "Install the tool for Linux, which then goes first.",
    }
    GW242 "doctor" {
        meaning: "Which gofmt or gopls runs.",
        cause: "As it should be.",
        fix: "Nothing to do.",
    }
    GW243 "doctor" {
        meaning: "gofmt is not here, though go is.",
        cause: "The toolchain is damaged, or a package split it. Editors and `go fmt` start it.",
        fix: "Look into the bin folder of the toolchain that is named, or install Go anew.",
    }
    GW244 "doctor" {
        meaning: "gopls is not here, or is a Windows program.",
        cause: "Nobody has installed it. Editors have no completion and no diagnostics without it.",
        fix: "`go install golang.org/x/tools/gopls@latest`",
    }
    GW245 "doctor" {
        meaning: "go is installed in a folder that is not on PATH.",
        cause: "PATH is set in a file that this shell or the editor's server does not read. gowrap finds it all the same; \
        others say `the \"go\" binary cannot be found in either GOROOT or PATH`.",
        fix: "Add the folder to PATH in ~/.profile, and restart the editor's server.",
    }
    GW246 "doctor" {
        meaning: "Go is older than 1.20 and does not know -C.",
        cause: "An old package. Editors and build tools pass -C: `flag provided but not defined: -C`.",
        fix: "Install a newer Go with the command that is shown.",
    }
    GW247 "doctor" {
        meaning: "The module or its workspace asks for a newer Go, and go will not fetch it.",
        cause: "`GOTOOLCHAIN=local` forbids it, in the environment, in `go env` or in the go.env of a distribution's Go; or \
        this Go is older than 1.21 and cannot.",
        fix: "`unset GOTOOLCHAIN` or `go env -w GOTOOLCHAIN=auto`, or install a newer Go.",
    }
    GW248 "doctor" {
        meaning: "CC or CXX names a compiler that is not on PATH, or not there.",
        cause: "cgo fails with `exec: \"gcc\": executable file not found in $PATH`, perhaps only in an editor whose server \
        did not read the profile.",
        fix: "`unset CC` or `go env -u CC`, or set PATH in ~/.profile and restart the editor's server.",
    }
    GW249 "doctor" {
        meaning: "There is no C compiler.",
        cause: "gcc is not on PATH. Packages that use cgo do not build, and `go test -race` does not run.",
        fix: "The distribution's package, or `go env -w CGO_ENABLED=0`.",
    }
    GW250 "doctor" {
        meaning: "Which dlv runs, and its version.",
        cause: "As it should be.",
        fix: "Nothing to do.",
    }
    GW251 "doctor" {
        meaning: "dlv is not here.",
        cause: "Nobody has installed it for Linux.",
        fix: "`go install github.com/go-delve/delve/cmd/dlv@latest`",
    }
    GW252 "doctor" {
        meaning: "The dlv that is here cannot run.",
        cause: "It has no x bit, is built for another machine, or is a Windows program that cannot work here.",
        fix: "`gowrap --explain dlv version` lists what was found. Then: `go install \
        github.com/go-delve/delve/cmd/dlv@latest`.",
    }
    GW253 "doctor" {
        meaning: "dlv is a script.",
        cause: "VS Code waits for dlv's own first line. A wrapper that prints something first, closes descriptor 3 or does \
        not exec dlv ends in `timed out while waiting for DAP server to start` or `couldn't start dlv dap: \
        connection timeout`.",
        fix: "Let the script end in `exec dlv \"$@\"` and print nothing, or install dlv itself.",
    }
    GW254 "doctor" {
        meaning: "dlv is too old for this Go.",
        cause: "Go was upgraded and dlv was not: `Version of Delve is too old`. From Go 1.25 on, dlv must also be built with \
        Go 1.25 or newer (DWARF 5).",
        fix: "`go install github.com/go-delve/delve/cmd/dlv@latest`, or the release that is shown for an old Go.",
    }
    GW255 "doctor" {
        meaning: "Go is too old for this dlv.",
        cause: "dlv supports the Go releases of its time, and has given this one up: `Go version ... is too old for this \
        version of Delve`.",
        fix: "Install a newer Go from https://go.dev/dl, or the dlv that is shown.",
    }
    GW256 "doctor" {
        meaning: "Go or dlv is a 32-bit program on a 64-bit machine.",
        cause: "An archive for another architecture was unpacked. A 32-bit dlv debugs no 64-bit program, and a 32-bit Go \
        builds 32-bit ones.",
        fix: "Install the 64-bit one.",
    }
    GW257 "doctor" {
        meaning: "gopls was built with an older Go than the one that is here.",
        cause: "Go was updated and gopls was not. gopls reads sources with the packages of the Go that built it.",
        fix: "Build it again with `go install`.",
    }
    GW258 "doctor" {
        meaning: "A script of a tool's name starts a Windows program.",
        cause: "It was put on PATH, or it lies on a drive, as Windows' version managers make them. gowrap takes every Linux \
        tool before it.",
        fix: "Move it away where a Linux tool is here, else install Go for Linux.",
    }
    GW259 "doctor" {
        meaning: "A compiler or helper that Go starts is a Windows program.",
        cause: "CC, CXX, AR, FC, PKG_CONFIG, GIT_SSH or the like names it. A Linux go passes it Linux paths, which it does \
        not find.",
        fix: "Unset the variable.",
    }
    GW280 "doctor FILE" {
        meaning: "What the file is.",
        cause: "As it should be.",
        fix: "Nothing to do.",
    }
    GW281 "doctor FILE" {
        meaning: "A Linux program for another machine.",
        cause: "It was built with another GOARCH, and no emulator is registered: `exec format error`.",
        fix: "Build it with GOOS and GOARCH unset, or `sudo apt-get install qemu-user-static`.",
    }
    GW282 "doctor FILE" {
        meaning: "The file's interpreter is missing.",
        cause: "A program that was linked for another C library (musl and glibc), or a script whose first line names nothing \
        that is here: `no such file or directory`, though the file is there.",
        fix: "`CGO_ENABLED=0 go build`, or install the C library or the interpreter that is named.",
    }
    GW283 "doctor FILE" {
        meaning: "Shared libraries that the file needs are missing.",
        cause: "cgo linked it against libraries that are not installed: `error while loading shared libraries`.",
        fix: "`apt-file search NAME`, or `CGO_ENABLED=0 go build`.",
    }
    GW284 "doctor FILE" {
        meaning: "The file is a Windows program.",
        cause: "It was built with `GOOS=windows`. A dlv for Linux says `could not launch process: not an executable file`.",
        fix: "`unset GOOS`, and build it again.",
    }
    GW285 "doctor FILE" {
        meaning: "The file may not be executed.",
        cause: "It has no x bit, its drive is mounted with an fmask, or its mount has noexec.",
        fix: "`chmod +x FILE`; take fmask=111 out of /etc/wsl.conf; or build on another file system.",
    }
    GW286 "doctor , doctor FILE" {
        meaning: "A script with Windows line ends.",
        cause: "An interpreter is looked for whose name ends in a carriage return: `no such file or directory`.",
        fix: "`sed -i 's/\\r$//' FILE`",
    }
    GW287 "doctor FILE" {
        meaning: "The file is no program.",
        cause: "It is the archive of a package that is not main, an object file, a shared library, a core dump, a script \
        with a byte order mark, or not executable at all: `could not launch process: not an executable file`.",
        fix: "Name a folder whose files say `package main`.",
    }
    GW288 "doctor FILE" {
        meaning: "The program holds no debug information.",
        cause: "It was linked with -s or -w: dlv says `could not open debug info`.",
        fix: "Take -s and -w out of -ldflags, in GOFLAGS too.",
    }

    // GW3xx: arguments
    GW301 "warning" {
        meaning: "A Windows path in an argument was left as it is.",
        cause: "Its drive is not mounted, it is relative to a drive (C:x) or rooted (\\x) where the working directory is on \
        no drive, or it is a share of another machine: no Linux path leads there.",
        fix: "Mount the drive, or give a path that exists on this side. `gowrap path PATH` says what a path becomes.",
    }
    GW302 "refusal 126" {
        meaning: "An argument names an output by a path that has no name on this side.",
        cause: "Its drive is not mounted, a shell ate the backslashes (C:outx.exe), or it is a share of another machine. The \
        tool would leave a file that is literally called so.",
        fix: "Mount the drive, quote the path, or name a file on this side. With paths.translate = false nothing is \
        translated or refused.",
    }
    GW303 "note" {
        meaning: "A path that was written for Cygwin, MSYS or another mount point was translated.",
        cause: "The path begins with /c, /cygdrive/c or /mnt/c, no such folder exists, and drive C is mounted elsewhere.",
        fix: "Nothing to do. Better write the path as it is here.",
    }

    // GW4xx: environment
    GW402 "warning, doctor" {
        meaning: "A Windows path in a variable was left as it is.",
        cause: "Its drive is not mounted, or its form has no counterpart here.",
        fix: "Correct or unset the variable.",
    }
    GW403 "warning" {
        meaning: "A command line in a variable holds a Windows path and was left as it is.",
        cause: "Variables such as CC, CGO_CFLAGS, GOCACHEPROG and GIT_SSH_COMMAND hold a command line or flags, in which a \
        path is not told from other text; and a compiler for Windows would not build for Linux under another name \
        either.",
        fix: "Name the program and the folders of this side, or unset the variable.",
    }
    GW404 "warning" {
        meaning: "A variable of Go's is in the form of Windows, outside WSL.",
        cause: "The environment was handed to a container, or to another machine. There is no Windows on the other side, so \
        nothing is repaired.",
        fix: "Set the variable to a path of this machine, or leave it out.",
    }
    GW405 "warning" {
        meaning: "A row of Go's own settings file is in the form of Windows.",
        cause: "It was written by `go env -w`, or GOENV names the file of Windows' Go. go reads the file itself, so that \
        gowrap cannot repair it.",
        fix: "The line that the note prints: `go env -w NAME=PATH` or `go env -u NAME`.",
    }
    GW410 "note, warning" {
        meaning: "A variable does not cross to the Windows program.",
        cause: "Its path lies on the Linux side, where go.exe cannot lock files, or it belongs to the Linux toolchain, and \
        Windows has its own; or its entry in WSLENV keeps it here.",
        fix: "Nothing to do. To send a path all the same, list it in WSLENV with the flag /p.",
    }
    GW411 "note" {
        meaning: "WSLENV lists a variable that has no value.",
        cause: "WSL deletes such a variable on the Windows side.",
        fix: "Give it a value, or take it out of WSLENV.",
    }
    GW412 "warning" {
        meaning: "WSL will cut a variable to pieces on its way to Windows.",
        cause: "WSLENV lists it with the flag /p or /l: WSL takes its value for Linux paths with colons between them, and \
        this one is a URL or holds a Windows path.",
        fix: "Take its entry out of WSLENV; gowrap lists it in a way that keeps the value.",
    }
    GW421 "note" {
        meaning: "Nothing is restored: a variable was removed on purpose.",
        cause: "A process between this one and the login shell still has WSL_DISTRO_NAME or GOWRAP_SESSION, so `env -i`, \
        Bazel or Nix took it away.",
        fix: "Nothing to do.",
    }
    GW422 "warning, doctor" {
        meaning: "The snapshot is not used.",
        cause: "It is damaged, a link, another user's, or open to others, or another user can change a folder on its path.",
        fix: "`gowrap env forget && gowrap env capture`",
    }
    GW423 "note" {
        meaning: "Nothing was taken from a process of another user.",
        cause: "The environment was stripped by sudo or su. No value comes from another process: a root that adopts a user's \
        GOFLAGS would run what the user likes.",
        fix: "Nothing to do. Set what root needs in root's own files. An administrator may let sudo keep names that are \
        no program, flags, folder or settings file, with `sudo visudo` and the line `Defaults env_keep += \"GOPROXY \
        GONOPROXY GOPRIVATE GONOSUMDB GOSUMDB http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY\"`.",
    }
    GW424 "note" {
        meaning: "There is no snapshot to restore from.",
        cause: "`gowrap env capture` has never run for this user.",
        fix: "`gowrap env capture` in a login shell.",
    }
    GW440 "doctor" {
        meaning: "No variable is in Go's way.",
        cause: "As it should be.",
        fix: "Nothing to do.",
    }
    GW441 "doctor" {
        meaning: "A variable holds a carriage return.",
        cause: "A profile was saved with Windows line ends. Messages come out garbled: `: no such file or \
        directoryep/cmd/dep`.",
        fix: "`sed -i 's/\\r$//' ~/.profile ~/.bashrc`, and open a new terminal.",
    }
    GW442 "doctor" {
        meaning: "A profile or Go's own settings file has Windows line ends.",
        cause: "An editor on Windows saved it. Every value in it ends in a carriage return.",
        fix: "`sed -i 's/\\r$//' FILE`",
    }
    GW443 "doctor" {
        meaning: "A profile sets PATH without quotes, and PATH holds blanks.",
        cause: "Windows' folders have blanks in their names: `export: 'Files/WindowsApps/...': not a valid identifier`.",
        fix: "Put the value in double quotes: `export PATH=\"$PATH:/usr/local/go/bin\"`.",
    }
    GW444 "doctor" {
        meaning: "GOOS or GOARCH of another system is set for good.",
        cause: "In the environment or by `go env -w`. What go run, go test and dlv start is built for the other system: \
        `exec format error`, `build constraints exclude all Go files`, `not an executable file`.",
        fix: "`unset GOOS` or `go env -u GOOS`. For one command: `GOOS=windows go build`.",
    }
    GW445 "doctor" {
        meaning: "GOFLAGS strips what a debugger needs.",
        cause: "-ldflags with -s or -w, or -trimpath, meant for releases.",
        fix: "`unset GOFLAGS` or `go env -u GOFLAGS`",
    }
    GW446 "doctor" {
        meaning: "A variable of Go's holds a Windows path.",
        cause: "It leaked in through WSLENV or a shared profile. gowrap translates it for each call; other programs do not.",
        fix: "`export NAME=...` with the Linux path that is shown.",
    }
    GW447 "doctor" {
        meaning: "GOROOT holds no Go for Linux.",
        cause: "It belongs to Windows' Go: `go: cannot find GOROOT directory`. gowrap unsets it for each call.",
        fix: "`unset GOROOT`. Go finds its own.",
    }
    GW448 "doctor" {
        meaning: "The environment was stripped, and gowrap restores it.",
        cause: "sudo, ssh, cron, systemd or an editor's server started this without what a login shell sets.",
        fix: "Nothing to do. `gowrap --explain go version` shows where each value comes from.",
    }
    GW449 "doctor" {
        meaning: "GOROOT is not where the go that runs is.",
        cause: "It was exported for another toolchain: `compile: version \"go1.x\" does not match go tool version \
        \"go1.y\"`.",
        fix: "`unset GOROOT`. Go finds its own.",
    }
    GW450 "doctor" {
        meaning: "HOME is not this user's home, or not set.",
        cause: "sudo kept it, or a service has none. Go's settings, caches and tools are looked for below it.",
        fix: "`export HOME=...` with the home that is shown.",
    }
    GW451 "doctor" {
        meaning: "A folder of Go's is not absolute.",
        cause: "go refuses it: `GOPATH entry is relative; must be absolute path`.",
        fix: "`unset NAME`, or give the whole path.",
    }
    GW452 "doctor" {
        meaning: "A file on a Windows drive hides a Linux tool.",
        cause: "Its folder stands on PATH before that of the Linux tool of the same name: `Unexpected end of JSON input` in \
        VS Code. gowrap itself looks at drives last. For this check doctor looks at those folders of drives that \
        stand before such a tool.",
        fix: "The Linux tool's folder first on PATH, behind gowrap's.",
    }
    GW453 "doctor" {
        meaning: "Go's own settings file holds a Windows path.",
        cause: "`go env -w` was called with it. go reads the file by itself, where gowrap cannot repair it.",
        fix: "`go env -u NAME`",
    }
    GW454 "doctor" {
        meaning: "PATH holds an entry where no program is found.",
        cause: "Programs take an entry as it is: `~`, a variable, quotes and Windows paths stay what they are.",
        fix: "Write the entry as doctor shows it, in the file that sets PATH.",
    }
    GW456 "doctor" {
        meaning: "A variable holds a path of MSYS or Cygwin.",
        cause: "It comes from Git Bash or Cygwin, where `/c/x` is a drive. gowrap translates it for each call.",
        fix: "Set it to its name here.",
    }
    GW457 "doctor" {
        meaning: "A shell's file defines a tool as an alias or a function.",
        cause: "The shell takes it before PATH, so the tool does not lead to gowrap there.",
        fix: "Make a comment of that line.",
    }
    GW458 "doctor" {
        meaning: "pkg-config looks for libraries on Windows.",
        cause: "PKG_CONFIG_PATH or one of its kin leads to a drive.",
        fix: "Unset it.",
    }
    GW459 "doctor" {
        meaning: "mise puts its Go before gowrap at each prompt.",
        cause: "`mise activate` changes PATH again and again.",
        fix: "`mise activate --shims`, with the line of `gowrap setup` behind it.",
    }

    // GW5xx: the debugger's address, networks and editors
    GW500 "note" {
        meaning: "Where the debugger's client is thought to be, and why.",
        cause: "Configuration, an editor among the ancestors, or a start straight from Windows.",
        fix: "If it is wrong: `debug.client = \"linux\"` or `\"windows\"`.",
    }
    GW501 "note" {
        meaning: "Every address was asked for, and 127.0.0.1 is listened on.",
        cause: "Whoever reaches a debugger runs code as its user, and under NAT Windows reaches such a socket as [::1] only.",
        fix: "`debug.allow_any = true` lets it through.",
    }
    GW502 "warning" {
        meaning: "Every address is listened on.",
        cause: "`debug.allow_any`, `debug.bind` or `keep` asked for it. Anyone who reaches this machine can run code on it.",
        fix: "Listen on 127.0.0.1.",
    }
    GW503 "warning" {
        meaning: "--only-same-user is kept, and a client on Windows will be refused.",
        cause: "The command line insists on it. A client on Windows arrives as root, or as nobody that Linux knows: `closing \
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
        meaning: "The network mode or the relay's state had to be assumed.",
        cause: "WSL does not tell it here; NAT with localhostForwarding is assumed, as by default.",
        fix: "Nothing to do while the client connects. Else set `debug.bind`.",
    }
    GW507 "warning" {
        meaning: "Windows cannot reach the address that is listened on.",
        cause: "localhostForwarding is off, so that Windows reaches WSL's own address alone. That would be wider than what \
        was asked for, so it takes a decision.",
        fix: "`debug.client = \"windows\"` or `debug.bind`, or localhostForwarding=true in .wslconfig.",
    }
    GW508 "warning" {
        meaning: "An address beyond this machine is listened on.",
        cause: "It was asked for. dlv lets everyone in who reaches it, and asks for no password.",
        fix: "Listen on 127.0.0.1, and use an ssh tunnel from elsewhere.",
    }
    GW509 "note" {
        meaning: "The port is below 1024.",
        cause: "Only root, or who has CAP_NET_BIND_SERVICE, may listen there: `bind: permission denied`.",
        fix: "Take a port between 1024 and 32767.",
    }
    GW510 "warning" {
        meaning: "-listen with one dash is -l with the value isten.",
        cause: "Long flags of dlv take two dashes.",
        fix: "Write `--listen`.",
    }
    GW511 "warning" {
        meaning: "--log-dest with a descriptor was dropped.",
        cause: "A dlv.exe gets descriptors 0 to 2 alone. Its log goes to standard error, its first line to standard output.",
        fix: "Nothing to do. With a dlv for Linux it is kept.",
    }
    GW512 "note" {
        meaning: "dlv connects to its client through the gateway's address.",
        cause: "The client is on Windows and the network is NAT, where 127.0.0.1 is Linux alone.",
        fix: "Let the client listen on more than 127.0.0.1, and let it through the firewall with the line that is shown.",
    }
    GW513 "warning" {
        meaning: "dlv cannot connect to its client on Windows.",
        cause: "The gateway's address cannot be told.",
        fix: "Start dlv with `--listen` and let the client connect.",
    }
    GW514 "note" {
        meaning: "The line that lets a port through Windows' firewall.",
        cause: "The address that is listened on is behind it. gowrap never runs the line.",
        fix: "Type it in a PowerShell as administrator, if the client is outside.",
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
        meaning: "No address was looked for in a part of the command line.",
        cause: "A flag that gowrap does not know stands there; everything from it on passes untouched.",
        fix: "Nothing to do, or put `--listen` in front of it.",
    }
    GW518 "warning" {
        meaning: "The address is left as it is: changed, dlv would read another command.",
        cause: "An unknown flag takes the next word for its value, so that one word more would shift the subcommand.",
        fix: "Write flags as `--flag=value`.",
    }
    GW520 "refusal 126" {
        meaning: "The dlv.exe would listen where its client cannot reach it.",
        cause: "The client is inside WSL or unknown, and under NAT Windows' 127.0.0.1 is not WSL's.",
        fix: "Install dlv for Linux, use networkingMode=mirrored, or set `debug.bind`.",
    }
    GW540 "doctor" {
        meaning: "The network mode, and how Windows reaches what listens here.",
        cause: "As it should be. Under nat, what listens on [::] is reached as [::1] only; a connection that is refused \
        after Windows slept means that the relay died.",
        fix: "Nothing to do. For a dead relay, on Windows: `wsl.exe --shutdown`.",
    }
    GW541 "doctor" {
        meaning: "The network is mirrored.",
        cause: "127.0.0.1 is the same on both sides. In some releases a closed port hangs there in place of refusing, and an \
        editor that probes ports takes minutes.",
        fix: "Nothing to do. If it hangs: `wsl.exe --update`, or `networkingMode=nat` in .wslconfig.",
    }
    GW542 "doctor" {
        meaning: "There is no network.",
        cause: "`networkingMode=none` in .wslconfig. No module can be downloaded.",
        fix: "Remove that line. Then, on Windows: `wsl.exe --shutdown`.",
    }
    GW543 "doctor" {
        meaning: "Windows does not reach 127.0.0.1 here.",
        cause: "`localhostForwarding=false` in .wslconfig: ERR_CONNECTION_REFUSED on Windows.",
        fix: "Set `localhostForwarding=true` there, or `debug.client = \"windows\"`, which makes dlv listen on WSL's own \
        address.",
    }
    GW544 "doctor" {
        meaning: "/etc/resolv.conf is missing, a link to nothing, or names no server.",
        cause: "WSL did not write it, or a VPN took it away: `dial tcp: lookup proxy.golang.org ...: i/o timeout`.",
        fix: "`sudo rm -f /etc/resolv.conf`, then on Windows `wsl.exe --shutdown`. With a VPN: `dnsTunneling=true` in \
        .wslconfig.",
    }
    GW545 "doctor --windows" {
        meaning: "A port proxy on Windows takes a port that WSL would use.",
        cause: "A rule of `netsh interface portproxy` listens there for good. It leads to an address that WSL has, or had \
        before its last start: `ERR_CONNECTION_REFUSED`, or a connection that hangs.",
        fix: "On Windows, as administrator, the `netsh interface portproxy delete` line that is shown.",
    }
    GW546 "doctor --windows" {
        meaning: "Windows could not be asked.",
        cause: "Interop does not work, or netsh.exe did not answer in five seconds.",
        fix: "Repair interop first, or type `netsh interface portproxy show all` on Windows.",
    }
    GW547 "doctor" {
        meaning: "A proxy is on 127.0.0.1, which is WSL itself under NAT.",
        cause: "The proxy runs on Windows, and the variable was copied from there. Nothing listens on that port here.",
        fix: "Name the gateway, which is Windows, or set `networkingMode = mirrored`.",
    }
    GW548 "doctor" {
        meaning: "The network is consomme.",
        cause: "Some versions of WSL refuse a connection right after a program began to listen.",
        fix: "`networkingMode = mirrored` in .wslconfig.",
    }
    GW550 "doctor" {
        meaning: "An editor's settings file is no JSON.",
        cause: "A bracket or a comma is missing. The editor ignores the file, or what comes after that place.",
        fix: "Correct it at the line that is named.",
    }
    GW551 "doctor" {
        meaning: "launch.json, or launch in settings or a workspace file, holds a Windows path.",
        cause: "Delve gets it inside DAP, where gowrap cannot translate it: `malformed import path \"C:\\...\": invalid char \
        ':'`.",
        fix: "Write it with `${workspaceFolder}`.",
    }
    GW552 "doctor" {
        meaning: "launch.json names a dlv that is not there.",
        cause: "`dlvToolPath` is not absolute, or there is no such file.",
        fix: "Correct or remove `dlvToolPath`.",
    }
    GW553 "doctor" {
        meaning: "An editor's setting goes past gowrap.",
        cause: "`dlvToolPath` or `go.alternateTools` names the tool itself.",
        fix: "Remove it, and then `gowrap setup --editor vscode --write`. An entry that somebody has made is never \
        replaced.",
    }
    GW554 "doctor" {
        meaning: "A substitutePath rule loses breakpoints.",
        cause: "With a rule in Windows' form delve lower-cases the rest of the path: `could not find file`. A rule that maps \
        \\\\wsl.localhost\\DISTRO to nothing gives relative paths.",
        fix: "Open the folder inside WSL, which needs no rule; or map \\\\wsl.localhost\\DISTRO\\home to /home.",
    }
    GW555 "doctor" {
        meaning: "launch.json has a port below 1024.",
        cause: "Only root may listen there.",
        fix: "Take one between 1024 and 32767.",
    }
    GW556 "doctor" {
        meaning: "launch.json or settings.json sets GOOS or GOARCH of another system.",
        cause: "dlv builds the program for that one: `could not launch process: not an executable file`. In go.toolsEnvVars \
        or go.testEnvVars it holds for every tool or test.",
        fix: "Remove it from that env.",
    }
    GW557 "doctor" {
        meaning: "launch.json has a host that is every address, or localhost.",
        cause: "Every address lets anyone run code here. localhost may mean ::1, where dlv does not listen: `ECONNREFUSED \
        ::1`.",
        fix: "`\"host\": \"127.0.0.1\"`",
    }
    GW558 "doctor" {
        meaning: "VS Code's settings lead to a Go that is not there, or to Windows'.",
        cause: "go.goroot, go.gopath, go.toolsGopath, go.alternateTools, go.toolsEnvVars or go.testEnvVars was copied from \
        the other side.",
        fix: "Remove it; for go.alternateTools then `gowrap setup --editor vscode --write`.",
    }
    GW559 "doctor" {
        meaning: "A Linux go.goroot stands in a folder that Windows opens too.",
        cause: "VS Code on Windows takes it for its own: `Cannot find \\usr\\local\\go\\bin\\go.exe`.",
        fix: "Open the folder inside WSL with `code .`, or move the setting to the WSL machine's settings.",
    }
    GW560 "doctor" {
        meaning: "VS Code finds a tool before it looks at PATH.",
        cause: "Its Go extension looks into GOBIN, GOPATH/bin and GOROOT/bin first.",
        fix: "`gowrap setup --editor vscode --write`",
    }
    GW561 "doctor" {
        meaning: "A launch configuration names a Windows program.",
        cause: "A dlv for Linux refuses it.",
        fix: "Name a package or a Linux program.",
    }
    GW562 "doctor" {
        meaning: "A task starts Windows' Go, or gives a shell a Windows path.",
        cause: "A shell takes backslashes away before go sees them.",
        fix: "Write the command as doctor shows it.",
    }
    GW570 "doctor" {
        meaning: "go.mod or go.work leads to a Windows path.",
        cause: "A replace or use directive was written on Windows: `malformed module path`.",
        fix: "Write it relative, with forward slashes: ../lib.",
    }
    GW572 "doctor" {
        meaning: "Sources have Windows line ends, or git is about to write them.",
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
        cause: "A link or a script to git.exe stands on PATH.",
        fix: "Install git for Linux and move the other one away.",
    }
    GW575 "doctor" {
        meaning: "A file in the working directory is named like a Windows path.",
        cause: "A Linux program took a Windows path for a name.",
        fix: "Move it away and look into it.",
    }

    // GW9xx: gowrap itself
    GW901 "refusal 125" {
        meaning: "gowrap's own command line is wrong.",
        cause: "An unknown option or subcommand, or one that lacks its value.",
        fix: "`gowrap --help`",
    }
    GW902 "refusal 125" {
        meaning: "gowrap was called by a name that is no tool's.",
        cause: "A link has another name, or the word after `gowrap` is neither a tool nor a subcommand.",
        fix: "Use one of the names that are listed.",
    }
    GW903 "refusal 125" {
        meaning: "A variable of gowrap's own says something unknown.",
        cause: "GOWRAP_EXPLAIN, GOWRAP_PE, GOWRAP_RESTORE, GOWRAP_DEBUG_CLIENT or GOWRAP_LOG holds a word that it does not \
        know, or GOWRAP_CONFIG is not absolute.",
        fix: "Set it to one of the words that are listed, or unset it.",
    }
    GW904 "refusal 125" {
        meaning: "go_windows_*_exec was called without a program.",
        cause: "It is started by `GOOS=windows go run` and `go test`, with the program as its first argument.",
        fix: "Name a program.",
    }
    GW905 "refusal 125" {
        meaning: "A host record cannot be read or is wrong.",
        cause: "The file of `--host` is missing, not TOML, or holds what the format does not know. The message points at the \
        place.",
        fix: "`gowrap doctor --record FILE` writes one; `--host demo` has one built in.",
    }
    GW906 "refusal 125, doctor" {
        meaning: "A configuration file cannot be read.",
        cause: "It is missing although it was named, is no regular file, is too large, or its mode forbids it.",
        fix: "Put a readable file there, remove it, or name another one.",
    }
    GW907 "refusal 125, doctor" {
        meaning: "A configuration file can be written by others.",
        cause: "Everybody, a group that is not its owner's own, or a user in its access control list could make gowrap run \
        anything.",
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
        meaning: "A setting that somebody made, and where.",
        cause: "A configuration file or a variable.",
        fix: "Nothing to do.",
    }
    GW911 "warning, doctor" {
        meaning: "A configuration file was ignored.",
        cause: "It belongs to another user, another user can change a folder or a link on its path, it is on a Windows drive \
        or a FUSE mount, where owner and mode say nothing, or it is no regular file.",
        fix: "`chown` it, or move it to a folder of your own on a Linux file system.",
    }
    GW912 "warning" {
        meaning: "Nothing is logged, though it was asked for.",
        cause: "The file of GOWRAP_LOG_FILE cannot be opened, or another user can change it or its path. For root, it is \
        neither below root's home nor in /var/log.",
        fix: "Name another file, or none: then the log goes to standard error.",
    }
    GW913 "refusal 125" {
        meaning: "There is not enough memory.",
        cause: "The limit of this process (Ql \"ulimit -v\") leaves none for a plan, or the machine has run out of it.",
        fix: "Raise the limit, or end another program.",
    }
    GW914 "refusal 125" {
        meaning: "gowrap was started with more rights than its caller has.",
        cause: "Its file has the setuid or setgid bit, or capabilities. The caller's environment would decide what is done \
        with those rights.",
        fix: "Take them from the file: `chmod ug-s`, `setcap -r`.",
    }
    GW915 "refusal 125" {
        meaning: "gowrap-shim has something to print and cannot start gowrap, which does it.",
        cause: "The program gowrap is not in the folder of gowrap-shim, is of another version, as after half an update, or \
        could be changed by another user.",
        fix: "Install gowrap again: both programs come with it.",
    }
    GW920 "refusal 125" {
        meaning: "`gowrap setup` changes nothing here.",
        cause: "HOME is not the home in /etc/passwd, a folder or gowrap's own file could be changed by others, or something \
        that is not gowrap's has the name of a file of its own.",
        fix: "Run it as the user whose files are to be changed, without sudo; move away what it names.",
    }
    GW921 "refusal 125" {
        meaning: "A file cannot be changed.",
        cause: "Its owner, its mode, a full disk, or somebody else changed it at that moment. What stands before it in the \
        list is done.",
        fix: "Put that right, and run the same command again: it goes on from there.",
    }
    GW931 "refusal 125" {
        meaning: "No snapshot is taken: this is not the user's own session.",
        cause: "HOME is not the home in /etc/passwd, the session came through sudo or its like, a process above it has been \
        another user's, or one of them cannot be seen, as with the option hidepid of /proc.",
        fix: "`gowrap env capture` in a login shell of that user, without sudo.",
    }
    GW932 "refusal 125" {
        meaning: "The snapshot cannot be written or removed.",
        cause: "The owner or mode of ~/.local/state/gowrap, or a full disk.",
        fix: "Correct that, and try again.",
    }
    GW940 "doctor" {
        meaning: "No folder on PATH has gowrap's links.",
        cause: "Setup has not run, or this shell does not read the file that it wrote to.",
        fix: "`gowrap setup`, then open a new terminal.",
    }
    GW941 "doctor" {
        meaning: "Another tool stands on PATH before gowrap's links.",
        cause: "A later line of a profile put its folder in front.",
        fix: "Put the links' folder first, in the last line of ~/.profile and ~/.bashrc.",
    }
    GW942 "doctor" {
        meaning: "go leads to gowrap.",
        cause: "As it should be.",
        fix: "Nothing to do.",
    }
    GW943 "refusal 2" {
        meaning: "doctor could not look.",
        cause: "The file that was named cannot be read, or the record cannot be written.",
        fix: "What the message says.",
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
