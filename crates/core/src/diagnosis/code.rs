//! The table of diagnostic codes: one row a code, with its users, meaning, cause and fix.
//!
//! A code keeps its number and its meaning from release to release. The page gowrap-diagnostics(7) and `gowrap doctor
//! CODE` are made from these rows. A code without a row does not compile; `tests/manual.rs` finds a row that no code
//! uses.
//!
//! In the texts, commands and terminal output are between backticks.

use core::fmt;

/// The texts of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeTexts {
    /// Kinds of output that use the code: `refusal 126, doctor`.
    pub users: &'static str,
    /// One sentence: the fact that the code stands for.
    pub meaning: &'static str,
    /// The reason, and the messages of other programs that show it.
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
            pub fn entry(self) -> CodeTexts {
                match self {
                    $(Code::$code => CodeTexts { users: $users, meaning: $meaning, cause: $cause, fix: $fix },)*
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
        let &[hundreds, tens, ones] = digits else { return None };
        let number = [hundreds, tens, ones]
            .iter()
            .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u16::from(digit - b'0')))?;
        Code::ALL.iter().copied().find(|code| *code as u16 == number)
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
        cause: "doctor always lists them, for bug reports.",
        fix: "Nothing to do.",
    }
    GW141 "doctor" {
        meaning: "This is WSL1, where Delve does not work.",
        cause: "The kernel of WSL1 lacks parts of ptrace and epoll. A debugger hangs after `API server listening \
        at`. Other commands fail with `operation not permitted`, with `epollwait on fd 4 failed with 38`, or, from \
        `go get`, with `rename ...: permission denied`.",
        fix: "Type on Windows: `wsl.exe --set-version DISTRO 2`. `wsl.exe -l` lists the names of your distributions.",
    }
    GW142 "doctor" {
        meaning: "`dlv attach` cannot debug a process that it did not start.",
        cause: "The kernel's setting ptrace_scope (Yama) is 1: a debugger may trace only its own child processes. A \
        program that `dlv` starts itself is not affected.",
        fix: "Type `echo 0 | sudo tee /proc/sys/kernel/yama/ptrace_scope`, or start the program in the debugger \
        instead of attaching to it.",
    }
    GW143 "doctor" {
        meaning: "The kernel forbids debugging.",
        cause: "The kernel's setting ptrace_scope (Yama) is 2 or 3.",
        fix: "For 2, type `echo 1 | sudo tee /proc/sys/kernel/yama/ptrace_scope`. For 3, remove \
        `kernel.yama.ptrace_scope=3` from /etc/sysctl.d and restart WSL: a running kernel accepts no lower value.",
    }
    GW150 "doctor" {
        meaning: "The project and Go's folders are on a Linux file system.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW151 "doctor" {
        meaning: "The working directory does not exist.",
        cause: "It was deleted, or its drive was unmounted, while a shell was in it.",
        fix: "Type `cd`, or go to another folder.",
    }
    GW152 "doctor" {
        meaning: "The project is on a Windows drive.",
        cause: "Each access to a file there asks Windows. Builds are slow, editors do not learn of changed files \
        (inotify), and a folder in use cannot be renamed.",
        fix: "Clone the project into your Linux home, and open that folder.",
    }
    GW153 "doctor" {
        meaning: "One of Go's own folders is on a Windows drive.",
        cause: "GOROOT, GOPATH, GOCACHE, GOMODCACHE, GOTMPDIR, TMPDIR, GOBIN, XDG_CACHE_HOME or HOME names a folder \
        on a drive, in the environment or in `go env`. Or Go's default folder is a link to a drive.",
        fix: "Remove the variable from the file that sets it and type `unset NAME`, or type `go env -u NAME`. Go's \
        default folder is on Linux.",
    }
    GW154 "doctor" {
        meaning: "Go or Delve cannot execute the programs that it builds.",
        cause: "The mount of TMPDIR, GOTMPDIR or the working directory has the option noexec: `fork/exec ...: \
        permission denied`.",
        fix: "Type `mkdir -p ~/.cache/go-tmp && export GOTMPDIR=$HOME/.cache/go-tmp`. For dlv, type `dlv debug \
        --output=/tmp/debug`. Or mount the folder with the option exec.",
    }
    GW155 "doctor" {
        meaning: "No file on a drive can be executed.",
        cause: "The drive is mounted with noexec, or with an fmask or umask that removes the execute permission: \
        `permission denied`, or `could not launch process: not an executable file`.",
        fix: "Set `options = \"metadata,umask=22,fmask=11\"` under [automount] in /etc/wsl.conf. Then type on \
        Windows: `wsl.exe --shutdown`.",
    }
    GW156 "doctor" {
        meaning: "The drive of the working directory is mounted without metadata: it does not store Linux \
        permissions.",
        cause: "This is WSL's default. `chmod` says `Operation not permitted`, and git reports changed modes.",
        fix: "Set `options = \"metadata\"` under [automount] in /etc/wsl.conf. Then type on Windows: `wsl.exe \
        --shutdown`.",
    }
    GW157 "doctor" {
        meaning: "The names of two vendored modules on a Windows drive differ only in case.",
        cause: "A Windows drive ignores case, so both modules are in one folder: `case-insensitive import collision`.",
        fix: "Copy the project to a Linux file system.",
    }
    GW158 "doctor" {
        meaning: "A drive does not answer.",
        cause: "The Windows side of the drive is gone, because Windows slept or WSL's file server ended. A program \
        that reads the drive hangs and cannot be killed, so doctor examined nothing else.",
        fix: "Type on Windows: `wsl.exe --shutdown`.",
    }
    GW160 "doctor" {
        meaning: "Windows programs can be started from Linux.",
        cause: "The kernel starts them through WSL's /init. This is the normal state.",
        fix: "Nothing to do.",
    }
    GW161 "doctor" {
        meaning: "systemd can remove WSL's entry from binfmt_misc.",
        cause: "systemd is on, and `protectBinfmt=false` is set under [boot] in /etc/wsl.conf. When systemd-binfmt \
        starts in any distribution, it removes the entry, and Windows programs no longer start.",
        fix: "Remove `protectBinfmt=false`. Then type on Windows: `wsl.exe --shutdown`.",
    }
    GW162 "doctor" {
        meaning: "The socket in WSL_INTEROP is dead, and another socket works.",
        cause: "Its terminal was closed. This happens in tmux, in screen and in an editor's server. gowrap uses the \
        working socket. Other programs fail with `connect failed`.",
        fix: "Open a new terminal, or type the `export WSL_INTEROP=...` that doctor prints.",
    }
    GW163 "doctor" {
        meaning: "A file in binfmt.d registers WSL's entry without the flag P.",
        cause: "The file follows advice for older releases of WSL. Without the flag P, every Windows program loses \
        its first argument.",
        fix: "Type `echo ':WSLInterop:M::MZ::/init:PF' | sudo tee FILE`, with the FILE that doctor prints.",
    }
    GW164 "doctor" {
        meaning: "Windows' folders are not on PATH, so `cmd.exe` is not found by its name.",
        cause: "`appendWindowsPath=false` is set in /etc/wsl.conf, or a profile replaces PATH. This keeps PATH \
        short, and is not a mistake.",
        fix: "Nothing to do. To start a Windows program, type its path: `/mnt/c/Windows/System32/cmd.exe`.",
    }
    GW170 "doctor" {
        meaning: "A line of /etc/wsl.conf is invalid, so WSL does not read the lines below it.",
        cause: "WSL stops at the first line that it cannot parse, and prints no message. A comment begins with `#`, \
        not with `;`. A backslash must be doubled. Blanks inside the brackets of a section and a byte order mark are \
        errors.",
        fix: "Correct the line, or put `#` before it. Then type on Windows: `wsl.exe --shutdown`.",
    }
    GW171 "doctor" {
        meaning: "A line of /etc/wsl.conf has no effect: an earlier line has the same key.",
        cause: "If a key is there twice, WSL uses the first.",
        fix: "Delete one of the lines. Then type on Windows: `wsl.exe --shutdown`.",
    }
    GW172 "doctor" {
        meaning: "A value in /etc/wsl.conf does not mean what it seems to mean.",
        cause: "A switch must be true, false, 1 or 0. With any other value, WSL uses the default. Text behind a `;` \
        is part of the value.",
        fix: "Correct the line that doctor prints. Then type on Windows: `wsl.exe --shutdown`.",
    }
    GW173 "doctor" {
        meaning: "WSL ignores a key in /etc/wsl.conf.",
        cause: "WSL knows no such key in this file. The sections [wsl2] and [experimental] belong in \
        `%UserProfile%\\.wslconfig` on Windows.",
        fix: "Move the line to .wslconfig, or remove it.",
    }

    // GW2xx: what runs
    GW201 "refusal 126, doctor" {
        meaning: "The only tool is a Windows program, and a setting forbids Windows programs.",
        cause: "The setting is `pe = \"reject\"` in a configuration file, or the variable `GOWRAP_PE=reject`. \
        `gowrap --explain` shows which.",
        fix: "Install the tool for Linux, or set `pe = \"auto\"` or `GOWRAP_PE=auto`.",
    }
    GW202 "refusal 126, doctor" {
        meaning: "Files with the tool's name were found, but none can run.",
        cause: "The message lists each candidate with its reason: no execute permission, a noexec mount, another \
        machine, or a missing interpreter.",
        fix: "Correct the candidate that you want, or install the tool. `gowrap doctor` prints the commands for this \
        machine.",
    }
    GW203 "refusal 126 or 127, doctor" {
        meaning: "The tool that your configuration names cannot run.",
        cause: "`tools.NAME.path` names a file that is missing or cannot be executed. gowrap searches no other file.",
        fix: "Correct or remove `tools.NAME.path` in the file that the message names.",
    }
    GW204 "refusal 127, doctor" {
        meaning: "The tool was not found.",
        cause: "It is not on PATH, not in a known folder of an installer, and not on the Windows side. Or you gave a \
        path, and there is no such file.",
        fix: "Install the tool. `gowrap doctor` prints the commands for this machine.",
    }
    GW205 "refusal 126, doctor" {
        meaning: "The only tool is a Windows program, and the working directory is not on a Windows drive.",
        cause: "For Windows, a folder of Linux is the network share \\\\wsl.localhost. go.exe cannot lock go.mod \
        there: `go: RLock ...: Incorrect function.` (golang/go#37461).",
        fix: "Install Go for Linux, or work in a folder on a Windows drive, such as /mnt/c/src. To start go.exe \
        anyway, set `pe = \"reroute\"`.",
    }
    GW206 "refusal 126" {
        meaning: "The only gopls is a Windows program.",
        cause: "gopls on Windows and an editor in WSL use different paths for the same file. So gowrap never starts \
        it, whatever `pe` says.",
        fix: "Type `go install golang.org/x/tools/gopls@latest`.",
    }
    GW207 "refusal 126, doctor" {
        meaning: "The only tool is a Windows program, and this is not WSL.",
        cause: "This is plain Linux, or a container on WSL's kernel. Windows programs cannot be started there.",
        fix: "Install the tool for Linux.",
    }
    GW208 "refusal 126" {
        meaning: "go.work or go.mod names a folder that go.exe cannot find, and the command reads it.",
        cause: "A line such as `use /home/me/x` or `replace example.com/x => /mnt/c/x`. On Windows, a path without a \
                drive letter is relative to the folder of its file. A command that loads packages reads every folder \
                of the workspace. `go mod graph`, `go mod verify`, `go mod download` and `go list -m all` read every \
                module that go.mod requires.",
        fix: "Write the folder relative to the file, because Linux and Windows can read that. Or ignore the \
              workspace with `GOWORK=off`. Or install Go for Linux.",
    }
    GW212 "refusal 126, doctor" {
        meaning: "Every file with the tool's name is a shim that starts gowrap again.",
        cause: "A shim of goenv, asdf or mise, or a script, starts the tool by its name, and so starts gowrap. The \
        message lists these files.",
        fix: "Install the tool itself, or set `tools.go.path` in ~/.config/gowrap/config.toml to the real tool.",
    }
    GW213 "refusal 126" {
        meaning: "gowrap and another program have started each other too often.",
        cause: "A program on PATH started the tool by its name in a new process, 64 times in a row.",
        fix: "Type `gowrap --explain` with the same arguments: it shows this program. Remove it from PATH, or set \
        `tools.go.path` to the real tool.",
    }
    GW214 "refusal 126 or 127" {
        meaning: "The kernel refused to execute the tool.",
        cause: "The file was removed, or a program is writing to it, or the arguments are too large, or memory is \
        short, or a security policy forbids it. The message names the reason.",
        fix: "Follow the message. In most cases, try again.",
    }
    GW221 "refusal 126, doctor" {
        meaning: "Interop, WSL's way to start Windows programs, is switched off in the kernel.",
        cause: "WSL's entry in binfmt_misc, or the whole of binfmt_misc, is disabled. gowrap does not switch it on \
        by itself.",
        fix: "Type `echo 1 | sudo tee /proc/sys/fs/binfmt_misc/WSLInterop`. If all of binfmt_misc is disabled, write \
        `status` instead of `WSLInterop`.",
    }
    GW222 "refusal 126, doctor" {
        meaning: "Interop, WSL's way to start Windows programs, is switched off in /etc/wsl.conf.",
        cause: "`enabled=false` is set under [interop]. Windows programs end with `Permission denied` or `Exec \
        format error`.",
        fix: "Set `enabled=true` there. Then type on Windows: `wsl.exe --shutdown`.",
    }
    GW223 "refusal 126, doctor" {
        meaning: "No interop socket answers, so Windows programs cannot be started.",
        cause: "WSL_INTEROP is not set, or names a socket of another user, or its server is gone or hangs. gowrap \
        then tried the sockets of the parent processes and /run/WSL/1_interop, and none answers.",
        fix: "Open a new WSL terminal and try again. If that does not help, type on Windows: `wsl.exe --shutdown`.",
    }
    GW224 "refusal 126, doctor" {
        meaning: "WSL's entry in binfmt_misc is lost, so the kernel does not start Windows programs.",
        cause: "systemd-binfmt removes all entries when it starts or stops, in any distribution: `Exec format \
        error`. If WSL's /init exists, gowrap starts it instead. Otherwise gowrap refuses.",
        fix: "Type `echo ':WSLInterop:M::MZ::/init:PF' | sudo tee /proc/sys/fs/binfmt_misc/register`. To keep the \
        entry, remove `protectBinfmt=false` from /etc/wsl.conf.",
    }
    GW225 "refusal 126" {
        meaning: "Another binfmt_misc entry takes Windows programs, and there is no /init to use instead.",
        cause: "wine, mono or APE registered itself for the same files. There is no WSL /init here, for example \
        because this is a chroot.",
        fix: "Type `echo -1 | sudo tee /proc/sys/fs/binfmt_misc/NAME`, with the NAME in the message.",
    }
    GW227 "warning" {
        meaning: "Some open descriptors do not reach the Windows program.",
        cause: "A Windows program gets only descriptors 0, 1 and 2. A pipe on descriptor 3 carries no data.",
        fix: "If the caller needs these descriptors, install the tool for Linux.",
    }
    GW228 "note" {
        meaning: "Only the low 8 bits of a Windows program's exit status come back.",
        cause: "/init passes on only the low byte, so 256 becomes 0.",
        fix: "Nothing to do, unless a script needs larger values.",
    }
    GW229 "note, doctor" {
        meaning: "WSL's entry in binfmt_misc cannot be used, so gowrap starts /init instead.",
        cause: "The entry is lost, or lacks the flag P. Without this flag, /init drops the first argument.",
        fix: "To repair the entry, type `echo -1 | sudo tee /proc/sys/fs/binfmt_misc/WSLInterop`, then `echo \
        ':WSLInterop:M::MZ::/init:PF' | sudo tee /proc/sys/fs/binfmt_misc/register`.",
    }
    GW230 "warning, doctor" {
        meaning: "Another entry in binfmt_misc takes Windows programs before WSL's entry does.",
        cause: "wine, mono or APE registered itself after WSL, and the newest entry wins. gowrap starts WSL's /init \
        instead. Other programs fail.",
        fix: "Type `echo -1 | sudo tee /proc/sys/fs/binfmt_misc/NAME`, with the NAME in the message. Then uninstall \
        the package that registers the entry.",
    }
    GW231 "warning" {
        meaning: "A Windows tool starts in a folder where it cannot lock go.mod.",
        cause: "`pe = \"reroute\"`, `tools.NAME.path` or a path on the command line asked for this tool, and the \
        folder is not on a Windows drive (golang/go#37461).",
        fix: "Work in a folder on a Windows drive, or install the tool for Linux.",
    }
    GW232 "note" {
        meaning: "The socket through which gowrap starts the Windows program.",
        cause: "gowrap keeps WSL_INTEROP if its server is an ancestor process, or answers. Otherwise it sets a \
        socket that answers, and gives the reason.",
        fix: "Nothing to do.",
    }
    GW233 "note" {
        meaning: "The tool is a script that starts a Windows program.",
        cause: "The script is on a drive. Or it starts a program whose name ends in .exe, and does not start a Linux \
        tool that has the script's own name. gowrap takes it only if there is no native tool. Its arguments and \
        variables stay unchanged, because the Windows program needs Windows paths.",
        fix: "Remove the script, or set `tools.go.path` in the configuration to the tool that you want.",
    }
    GW234 "warning" {
        meaning: "go.mod or go.work replaces a module with a folder that go.exe cannot find.",
        cause: "A line such as `replace example.com/x => /mnt/c/x`. On Windows, a path without a drive letter is \
        relative to the folder of the file. The command fails if it needs this module.",
        fix: "Write the folder relative to the file, because Linux and Windows can read that.",
    }
    GW235 "note" {
        meaning: "A Windows program prints Windows paths.",
        cause: "The output of go.exe has Windows paths: file names in messages, `go env`, `go list`.",
        fix: "Nothing to do. `gowrap path PATH` translates a path.",
    }
    GW240 "doctor" {
        meaning: "The go that runs, and its version.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW241 "doctor" {
        meaning: "The tool that runs is a Windows program.",
        cause: "The tool is not installed for Linux. The Windows program builds for Windows, starts slowly, and \
        fails in a folder that is not on a Windows drive.",
        fix: "Install the tool for Linux. gowrap then prefers it.",
    }
    GW242 "doctor" {
        meaning: "The gofmt or gopls that runs.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW243 "doctor" {
        meaning: "gofmt is missing, although go is installed.",
        cause: "The toolchain is damaged, or a separate package has gofmt. Editors and `go fmt` start it.",
        fix: "Check the bin folder that doctor prints, or install Go again.",
    }
    GW244 "doctor" {
        meaning: "gopls is missing, or is a Windows program.",
        cause: "It is not installed for Linux. Without it, editors have no completion and no diagnostics.",
        fix: "Type `go install golang.org/x/tools/gopls@latest`.",
    }
    GW245 "doctor" {
        meaning: "go is installed in a folder that is not on PATH.",
        cause: "This shell or the editor's server does not read the file that sets PATH. gowrap finds this go. Other \
        programs say `the \"go\" binary cannot be found in either GOROOT or PATH`.",
        fix: "Add the folder to PATH in ~/.profile, and restart the editor's server.",
    }
    GW246 "doctor" {
        meaning: "Go is older than 1.20, and does not know the flag -C.",
        cause: "Editors and build tools pass -C: `flag provided but not defined: -C`.",
        fix: "Install a newer Go with the command that doctor prints.",
    }
    GW247 "doctor" {
        meaning: "The module or its workspace needs a newer Go, and this go does not download it.",
        cause: "`GOTOOLCHAIN=local` forbids it, in the environment, in `go env` or in the go.env of a distribution's \
        Go. Or this Go is older than 1.21 and cannot download another.",
        fix: "Type `unset GOTOOLCHAIN` or `go env -w GOTOOLCHAIN=auto`, or install a newer Go.",
    }
    GW248 "doctor" {
        meaning: "CC or CXX names a compiler that is missing or not on PATH.",
        cause: "cgo fails with `exec: \"gcc\": executable file not found in $PATH`. If it fails only in the editor, \
        the editor's server did not read the file that sets PATH.",
        fix: "Type `unset CC` or `go env -u CC`. Or set PATH in ~/.profile, and restart the editor's server.",
    }
    GW249 "doctor" {
        meaning: "There is no C compiler.",
        cause: "gcc is not on PATH. Packages that use cgo do not build, and `go test -race` does not run.",
        fix: "Install your distribution's gcc with the command that doctor prints. If nothing needs cgo, type `go \
        env -w CGO_ENABLED=0`.",
    }
    GW250 "doctor" {
        meaning: "The dlv that runs, and its version.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW251 "doctor" {
        meaning: "dlv is missing.",
        cause: "It is not installed for Linux.",
        fix: "Type `go install github.com/go-delve/delve/cmd/dlv@latest`.",
    }
    GW252 "doctor" {
        meaning: "The dlv that was found cannot run.",
        cause: "It has no execute permission, is built for another machine, or is a Windows program that cannot work \
        here.",
        fix: "Type `gowrap --explain dlv version` to see the reason. Then type `go install \
        github.com/go-delve/delve/cmd/dlv@latest`.",
    }
    GW253 "doctor" {
        meaning: "dlv is a script.",
        cause: "VS Code waits for dlv's own first line. If the script prints something first, closes descriptor 3 or \
        does not exec dlv, VS Code says `timed out while waiting for DAP server to start` or `couldn't start dlv \
        dap: connection timeout`.",
        fix: "End the script with `exec dlv \"$@\"` and print nothing in it, or install dlv itself.",
    }
    GW254 "doctor" {
        meaning: "dlv is too old for this Go.",
        cause: "Go was updated and dlv was not: `Version of Delve is too old`. From Go 1.25 on, dlv must also be \
        built with Go 1.25 or newer (DWARF 5).",
        fix: "Type `go install github.com/go-delve/delve/cmd/dlv@latest`. For an old Go, install the release that \
        doctor prints.",
    }
    GW255 "doctor" {
        meaning: "Go is too old for this dlv.",
        cause: "Each dlv supports only the Go releases of its time, and this Go is older: `Go version ... is too old \
        for this version of Delve`.",
        fix: "Install a newer Go from https://go.dev/dl, or the release of dlv that doctor prints.",
    }
    GW256 "doctor" {
        meaning: "Go or dlv is a 32-bit program on a 64-bit machine.",
        cause: "An archive for another architecture was unpacked. A 32-bit dlv cannot debug a 64-bit program, and a \
        32-bit Go builds 32-bit programs.",
        fix: "Install the 64-bit program.",
    }
    GW257 "doctor" {
        meaning: "gopls was built with an older Go than the one that is installed.",
        cause: "Go was updated and gopls was not. gopls reads source files with the packages of the Go that built it.",
        fix: "Type `go install golang.org/x/tools/gopls@latest`.",
    }
    GW258 "doctor" {
        meaning: "A script with a tool's name starts a Windows program.",
        cause: "The script was put on PATH, or a Windows version manager made it on a drive. gowrap prefers every \
        native tool.",
        fix: "If a native tool is installed, remove the script. Otherwise, install Go for Linux.",
    }
    GW259 "doctor" {
        meaning: "A compiler or helper that Go starts is a Windows program.",
        cause: "CC, CXX, AR, FC, PKG_CONFIG, GIT_SSH or a similar variable names it. Go for Linux passes it Linux \
        paths, and it cannot find them.",
        fix: "Remove the variable from the file that sets it, and type `unset NAME`.",
    }
    GW280 "doctor FILE" {
        meaning: "The type of the file.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW281 "doctor FILE" {
        meaning: "The file is a Linux program for another machine.",
        cause: "It was built with another GOARCH, and no emulator is registered: `exec format error`.",
        fix: "Build it with GOOS and GOARCH unset, or type `sudo apt-get install qemu-user-static`.",
    }
    GW282 "doctor FILE" {
        meaning: "The file's interpreter is missing.",
        cause: "A program needs the loader of another C library (musl or glibc), or the first line of a script names \
        a missing program. The message is `no such file or directory`, although the file exists.",
        fix: "Build it with `CGO_ENABLED=0 go build`, or install the C library or the interpreter that doctor prints.",
    }
    GW283 "doctor FILE" {
        meaning: "Shared libraries that the file needs are missing.",
        cause: "cgo linked the program with libraries that are not installed: `error while loading shared libraries`.",
        fix: "Type `apt-file search NAME` to find the package, or build with `CGO_ENABLED=0 go build`.",
    }
    GW284 "doctor FILE" {
        meaning: "The file is a Windows program.",
        cause: "It was built with `GOOS=windows`. A dlv for Linux says `could not launch process: not an executable \
        file`.",
        fix: "Type `unset GOOS`, and build it again.",
    }
    GW285 "doctor FILE" {
        meaning: "The file cannot be executed.",
        cause: "It has no execute permission, its drive is mounted with an fmask, or its mount has the option noexec.",
        fix: "Type `chmod +x FILE`. On a drive, remove fmask=111 from /etc/wsl.conf. On a noexec mount, build in \
        another folder.",
    }
    GW286 "doctor, doctor FILE" {
        meaning: "A script has Windows line endings.",
        cause: "The kernel looks for an interpreter whose name ends with a carriage return: `no such file or \
        directory`.",
        fix: "Type `sed -i 's/\\r$//' FILE`.",
    }
    GW287 "doctor FILE" {
        meaning: "The file is no program.",
        cause: "It is the archive of a package that is not main, an object file, a shared library, a core dump, a \
        script with a byte order mark, or another kind of file: `could not launch process: not an executable file`.",
        fix: "Build a folder whose files say `package main`, and give dlv the path of that program.",
    }
    GW288 "doctor FILE" {
        meaning: "The program has no debug information.",
        cause: "It was linked with -s or -w: dlv says `could not open debug info`.",
        fix: "Remove -s and -w from -ldflags, also in GOFLAGS, and build again.",
    }

    // GW3xx: arguments
    GW301 "warning" {
        meaning: "gowrap could not translate a path in an argument, and left it unchanged.",
        cause: "The path has no counterpart on this side. Its drive is not mounted, or it is on a share of another \
        machine, or it is relative to a drive: C:x, or \\x in a folder that is on no drive.",
        fix: "Mount the drive, or name a path that exists on this side. `gowrap path PATH` translates a path.",
    }
    GW302 "refusal 126" {
        meaning: "The tool would create a file whose name is a path of the other system.",
        cause: "An argument names an output, and this path has no counterpart on this side. Its drive is not \
        mounted, or the shell removed the backslashes (C:outx.exe), or it is on a share of another machine.",
        fix: "Mount the drive, quote the path, or name a file on this side. With `paths.translate = false`, gowrap \
        translates and refuses no path.",
    }
    GW303 "note" {
        meaning: "gowrap translated a path in the form of Cygwin or MSYS, or of another mount point.",
        cause: "The path begins with /c, /cygdrive/c or /mnt/c, there is no such folder, and drive C is mounted in \
        another place.",
        fix: "Nothing to do. It is better to write the path of this machine.",
    }

    // GW4xx: environment
    GW402 "warning, doctor" {
        meaning: "gowrap could not translate a path in a variable, and left it unchanged.",
        cause: "Its drive is not mounted, or it has no counterpart on this side.",
        fix: "Correct or unset the variable.",
    }
    GW403 "warning" {
        meaning: "A variable holds a command line with a Windows path, and gowrap left it unchanged.",
        cause: "Variables such as CC, CGO_CFLAGS, GOCACHEPROG and GIT_SSH_COMMAND hold a command line or flags, in \
        which gowrap cannot recognize a path with certainty. The path may also name a compiler for Windows, which \
        does not build for Linux.",
        fix: "Write a program and folders of this side into the variable, or unset it.",
    }
    GW404 "warning" {
        meaning: "A Go variable holds a Windows path, and this is not WSL.",
        cause: "The environment was passed to a container or to another machine. There is no Windows, so gowrap \
        changes nothing.",
        fix: "Set the variable to a path of this machine, or unset it.",
    }
    GW405 "warning" {
        meaning: "Go's settings file has a Windows path.",
        cause: "`go env -w` wrote it, or GOENV names the file of Windows' Go. go reads this file itself, so gowrap \
        cannot fix it.",
        fix: "Type the command that the note prints: `go env -w NAME=PATH` or `go env -u NAME`.",
    }
    GW410 "note, warning" {
        meaning: "A variable is not shared with the Windows program.",
        cause: "Its path is on the Linux side, where go.exe cannot lock files. Or it belongs to the Linux toolchain, \
        and Windows has its own. Or its flags in WSLENV exclude it.",
        fix: "Nothing to do. To share a path anyway, list the variable in WSLENV with the flag /p.",
    }
    GW411 "note" {
        meaning: "WSLENV lists a variable that has no value.",
        cause: "WSLENV lists the variables that WSL passes to Windows. If a listed variable has no value, WSL \
        deletes it on the Windows side.",
        fix: "Give it a value, or remove it from WSLENV.",
    }
    GW412 "warning" {
        meaning: "WSL cuts the value of a variable on its way to Windows.",
        cause: "WSLENV lists the variable with the flag /p or /l. So WSL reads the value as Linux paths with colons \
        between them, but the value is a URL or holds a Windows path.",
        fix: "Remove the variable from WSLENV. gowrap then adds it without these flags.",
    }
    GW421 "note" {
        meaning: "gowrap restores no variable, because a program removed them on purpose.",
        cause: "A process between this one and the login shell still has WSL_DISTRO_NAME or GOWRAP_SESSION. So a \
        program such as `env -i`, Bazel or Nix removed it.",
        fix: "Nothing to do.",
    }
    GW422 "warning, doctor" {
        meaning: "The snapshot is not used.",
        cause: "The snapshot holds the saved variables of your login. Its file is damaged, is a link, belongs to \
        another user, or is open to other users. Or another user can change a folder on its path.",
        fix: "Type `gowrap env forget && gowrap env capture` in a login shell.",
    }
    GW423 "note" {
        meaning: "gowrap does not use the variables of another user.",
        cause: "sudo or su removed variables from this call. gowrap takes no value from another process: with a \
        user's GOFLAGS, root's go would run programs of that user.",
        fix: "Nothing to do. Set the variables that root needs in root's own files. An administrator can let sudo \
              keep variables that name no program, flags, folder or settings file: type `sudo visudo`, and add the \
              line `Defaults env_keep += \"GOPROXY GONOPROXY GOPRIVATE GONOSUMDB GOSUMDB http_proxy https_proxy \
              no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY\"`.",
    }
    GW424 "note" {
        meaning: "There is no snapshot from which gowrap could restore variables.",
        cause: "The snapshot holds the saved variables of your login. `gowrap env capture` has never run for this \
        user.",
        fix: "Type `gowrap env capture` in a login shell. After `gowrap setup`, each login shell does this itself.",
    }
    GW440 "doctor" {
        meaning: "No variable causes a problem.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW441 "doctor" {
        meaning: "A variable holds a carriage return.",
        cause: "A profile was saved with Windows line endings. Messages are garbled: `: no such file or \
        directoryep/cmd/dep`.",
        fix: "Type `sed -i 's/\\r$//' ~/.profile ~/.bashrc`, and open a new terminal.",
    }
    GW442 "doctor" {
        meaning: "A profile or Go's own settings file has Windows line endings.",
        cause: "An editor on Windows saved it. Every value in it ends with a carriage return.",
        fix: "Type `sed -i 's/\\r$//' FILE`, with the FILE that doctor prints.",
    }
    GW443 "doctor" {
        meaning: "A profile sets PATH without quotes, and PATH contains blanks.",
        cause: "The names of Windows' folders contain blanks: `export: 'Files/WindowsApps/...': not a valid \
        identifier`.",
        fix: "Put the value in double quotes: `export PATH=\"$PATH:/usr/local/go/bin\"`.",
    }
    GW444 "doctor" {
        meaning: "GOOS or GOARCH of another system is set permanently.",
        cause: "The environment or `go env -w` sets it. go run, go test and dlv then build programs for the other \
        system: `exec format error`, `build constraints exclude all Go files`, `not an executable file`.",
        fix: "Type `unset GOOS` or `go env -u GOOS`. To build one program for Windows, type `GOOS=windows go build`.",
    }
    GW445 "doctor" {
        meaning: "GOFLAGS removes debug information.",
        cause: "It has -ldflags with -s or -w, or -trimpath. These are for releases.",
        fix: "Type `unset GOFLAGS` or `go env -u GOFLAGS`.",
    }
    GW446 "doctor" {
        meaning: "A Go variable holds a Windows path.",
        cause: "The value came through WSLENV or a profile that both systems use. gowrap translates it in each call. \
        Other programs do not.",
        fix: "Type `export NAME=...` with the Linux path that doctor prints.",
    }
    GW447 "doctor" {
        meaning: "GOROOT names no Go for Linux.",
        cause: "It belongs to Windows' Go: `go: cannot find GOROOT directory`. gowrap unsets it in each call.",
        fix: "Type `unset GOROOT`, and remove it from the file that sets it. Go finds its own folder.",
    }
    GW448 "doctor" {
        meaning: "Variables of the login environment are missing, and gowrap restores them.",
        cause: "sudo, ssh, cron, systemd or an editor's server started this process without the login shell's \
        variables.",
        fix: "Nothing to do. `gowrap --explain go version` shows where each value comes from.",
    }
    GW449 "doctor" {
        meaning: "GOROOT is not the folder of the go that runs.",
        cause: "It was set for another toolchain: `compile: version \"go1.x\" does not match go tool version \
        \"go1.y\"`.",
        fix: "Type `unset GOROOT`, and remove it from the file that sets it. Go finds its own folder.",
    }
    GW450 "doctor" {
        meaning: "HOME is unset, or is not this user's home.",
        cause: "sudo kept the HOME of another user, or a service has no HOME. Go looks in it for settings, caches \
        and tools.",
        fix: "Type `export HOME=...` with the home that doctor prints.",
    }
    GW451 "doctor" {
        meaning: "A Go folder is not an absolute path.",
        cause: "go refuses it: `GOPATH entry is relative; must be absolute path`.",
        fix: "Type `unset NAME`, or set it to the whole path.",
    }
    GW452 "doctor" {
        meaning: "A file on a Windows drive comes before a Linux tool of the same name.",
        cause: "On PATH, its folder is before the folder of the Linux tool: `Unexpected end of JSON input` in VS \
        Code. gowrap searches drives last, but other programs do not. For this check, doctor reads the folders of \
        drives that come before such a tool.",
        fix: "On PATH, put the folder of the Linux tool directly after gowrap's shim folder.",
    }
    GW453 "doctor" {
        meaning: "Go's own settings file holds a Windows path.",
        cause: "`go env -w` was called with it. go reads this file itself, so gowrap cannot fix it.",
        fix: "Type `go env -u NAME`.",
    }
    GW454 "doctor" {
        meaning: "PATH has an entry in which no program is found.",
        cause: "Programs take an entry literally: they do not expand `~` or a variable, remove quotes, or translate \
        a Windows path.",
        fix: "Write the entry as doctor prints it, in the file that sets PATH.",
    }
    GW456 "doctor" {
        meaning: "A variable holds a path of MSYS or Cygwin.",
        cause: "It comes from Git Bash or Cygwin, where `/c/x` is on drive C. gowrap translates it in each call. \
        Other programs do not.",
        fix: "Set it to the Linux path that doctor prints.",
    }
    GW457 "doctor" {
        meaning: "A file that your shell reads defines a tool as an alias or a function.",
        cause: "The shell uses an alias or a function before it searches PATH, so the tool does not start gowrap.",
        fix: "Put `#` before that line, and open a new terminal.",
    }
    GW458 "doctor" {
        meaning: "pkg-config looks for libraries on a Windows drive.",
        cause: "PKG_CONFIG_PATH or a similar variable names a folder on a drive.",
        fix: "Remove the variable from the file that sets it, and type `unset NAME`.",
    }
    GW459 "doctor" {
        meaning: "mise, asdf or direnv puts its folders before gowrap's shim folder.",
        cause: "Their lines in a shell's file change PATH when the shell starts, at each prompt or at each cd. \
        gowrap's hook, which moves the shim folder back, is not active in that shell.",
        fix: "Type `gowrap setup`, which adds the hook. If GOWRAP_HOOK=off turns the hook off, unset GOWRAP_HOOK.",
    }
    GW460 "doctor" {
        meaning: "An entry of WSLENV for a variable of Go has no effect, or the wrong one.",
        cause: "WSLENV lists the variables that WSL passes to Windows. The variable is not set here, so WSL deletes \
                it for Windows programs. Or its flag is /p or /l, and its value is no list of Linux paths. Or WSL \
                does not know its flags, and ignores the entry.",
        fix: "Write the entry that doctor prints, in the file that sets WSLENV. NAME/u keeps the value of Windows, \
              NAME/p is for paths, and NAME is for other values. `gowrap doctor --fix` changes the entry in a file \
              that your shell reads.",
    }

    // GW5xx: the debugger's address, networks and editors
    GW500 "note" {
        meaning: "The side of the debugger's client, Linux or Windows, and how gowrap knows it.",
        cause: "gowrap reads the configuration, looks for an editor among the parent processes, and checks if Windows \
        started this call.",
        fix: "If the side is wrong, set `debug.client = \"linux\"` or `debug.client = \"windows\"`.",
    }
    GW501 "note" {
        meaning: "dlv was asked to listen on every address, and listens on 127.0.0.1 instead.",
        cause: "Every program that can connect to dlv can run code as its user. Also, if a server listens on \
        every address under NAT, Windows can reach it only at [::1].",
        fix: "To allow every address, set `debug.allow_any = true`.",
    }
    GW502 "warning" {
        meaning: "dlv listens on every address.",
        cause: "`debug.allow_any` or `debug.bind` allows it. Other machines can connect and run code.",
        fix: "Let dlv listen on 127.0.0.1.",
    }
    GW503 "warning" {
        meaning: "dlv will refuse a client on Windows, because --only-same-user stays set.",
        cause: "The command line sets the flag. dlv sees a client on Windows as root, or as no Linux user: `closing \
        connection from different user`.",
        fix: "Remove the flag from the editor's settings, or pass `--only-same-user=false`.",
    }
    GW504 "warning" {
        meaning: "dlv does not work on WSL1.",
        cause: "The kernel of WSL1 lacks parts of ptrace.",
        fix: "Type on Windows: `wsl.exe --set-version DISTRO 2`.",
    }
    GW505 "warning" {
        meaning: "There is no network between Windows and WSL.",
        cause: "`networkingMode=none` is set in .wslconfig.",
        fix: "Remove that line. Then type on Windows: `wsl.exe --shutdown`.",
    }
    GW506 "note" {
        meaning: "The network mode, or the state of WSL's relay, is unknown.",
        cause: "WSL does not report it. gowrap assumes the default: NAT with localhostForwarding.",
        fix: "Nothing to do if the client connects. Otherwise, set `debug.bind`.",
    }
    GW507 "warning" {
        meaning: "Windows cannot reach dlv's address.",
        cause: "localhostForwarding is off, so Windows reaches only WSL's own address. Other machines may reach this \
        address too, so gowrap does not choose it by itself.",
        fix: "Set `debug.client = \"windows\"` or `debug.bind`, or set localhostForwarding=true in .wslconfig.",
    }
    GW508 "warning" {
        meaning: "dlv listens on an address that other machines may reach.",
        cause: "The command line or `debug.bind` sets it. dlv accepts every client, and has no password.",
        fix: "Let dlv listen on 127.0.0.1. From another machine, use an ssh tunnel.",
    }
    GW509 "note" {
        meaning: "The port is below 1024.",
        cause: "Only root, or a process with CAP_NET_BIND_SERVICE, may listen there: `bind: permission denied`.",
        fix: "Choose a port between 1024 and 32767.",
    }
    GW510 "warning" {
        meaning: "dlv reads -listen as -l with the value isten.",
        cause: "A long flag of dlv needs two dashes.",
        fix: "Write `--listen`.",
    }
    GW511 "warning" {
        meaning: "gowrap removed a descriptor in --log-dest.",
        cause: "dlv.exe gets only descriptors 0 to 2. It writes its log to standard error, and its first line to \
        standard output.",
        fix: "Nothing to do. A dlv for Linux keeps the flag.",
    }
    GW512 "note" {
        meaning: "dlv connects to its client at the gateway's address.",
        cause: "The client is on Windows and the network is NAT. Inside WSL, 127.0.0.1 is then Linux itself, and the \
        gateway is Windows.",
        fix: "Let the client listen on more than 127.0.0.1, and open the firewall with the command that the note \
        prints.",
    }
    GW513 "warning" {
        meaning: "dlv cannot connect to its client on Windows.",
        cause: "The address of Windows is unknown, because the default gateway is unknown.",
        fix: "Start dlv with `--listen`, and let the client connect.",
    }
    GW514 "note" {
        meaning: "The command that opens a port in Windows' firewall.",
        cause: "Windows' firewall is in front of dlv's address. gowrap never runs this command itself.",
        fix: "If the client is on another machine, type the command in a PowerShell as administrator.",
    }
    GW515 "note" {
        meaning: "The kernel chooses dlv's port.",
        cause: "The command line has port 0.",
        fix: "Read the port in dlv's first line.",
    }
    GW516 "warning" {
        meaning: "dlv will refuse this address.",
        cause: "It does not have the form HOST:PORT, [IPV6]:PORT or unix:PATH.",
        fix: "Correct the address: `--listen=127.0.0.1:2345`.",
    }
    GW517 "note" {
        meaning: "gowrap did not search a part of the command line for an address.",
        cause: "gowrap does not know a flag there. Everything behind this flag passes unchanged.",
        fix: "Nothing to do, or write `--listen` before this flag.",
    }
    GW518 "warning" {
        meaning: "gowrap left the debug address unchanged, because with one more word, dlv could take the wrong word \
        as its command.",
        cause: "dlv takes the word after an unknown flag as the value of that flag. If gowrap added a word, dlv would \
        take the wrong word as its command.",
        fix: "Write flags as `--flag=value`.",
    }
    GW520 "refusal 126" {
        meaning: "dlv.exe would listen on an address that its client cannot reach.",
        cause: "The client is inside WSL, or its side is unknown. Under NAT, 127.0.0.1 of Windows is not 127.0.0.1 \
        of WSL.",
        fix: "Install dlv for Linux, set networkingMode=mirrored in .wslconfig, or set `debug.bind`.",
    }
    GW540 "doctor" {
        meaning: "The network mode, and how Windows reaches servers in WSL.",
        cause: "This is the normal state. Under NAT, Windows reaches a server on [::] only at [::1]. If connections \
        are refused after Windows slept, WSL's relay has ended.",
        fix: "Nothing to do. If the relay has ended, type on Windows: `wsl.exe --shutdown`.",
    }
    GW541 "doctor" {
        meaning: "The network is mirrored.",
        cause: "127.0.0.1 is the same on both sides. In some releases of WSL, a connection to a closed port hangs, \
        and an editor that tries ports needs minutes.",
        fix: "Nothing to do. If it hangs, type on Windows `wsl.exe --update`, or set `networkingMode=nat` in \
        .wslconfig.",
    }
    GW542 "doctor" {
        meaning: "There is no network.",
        cause: "`networkingMode=none` is set in .wslconfig. No module can be downloaded.",
        fix: "Remove that line. Then type on Windows: `wsl.exe --shutdown`.",
    }
    GW543 "doctor" {
        meaning: "Windows does not reach 127.0.0.1 of WSL.",
        cause: "`localhostForwarding=false` is set in .wslconfig: ERR_CONNECTION_REFUSED on Windows.",
        fix: "Set `localhostForwarding=true` there, and then type on Windows `wsl.exe --shutdown`. Or set \
        `debug.client = \"windows\"`: dlv then listens on WSL's own address.",
    }
    GW544 "doctor" {
        meaning: "/etc/resolv.conf is missing, is a dangling symbolic link, or names no server.",
        cause: "WSL did not write it, or a VPN removed it: `dial tcp: lookup proxy.golang.org ...: i/o timeout`.",
        fix: "Type `sudo rm -f /etc/resolv.conf`, and then on Windows `wsl.exe --shutdown`. With a VPN, set \
        `dnsTunneling=true` in .wslconfig.",
    }
    GW545 "doctor --windows" {
        meaning: "A port proxy on Windows uses a port that WSL needs.",
        cause: "A rule of `netsh interface portproxy` always listens on this port. It forwards to an address that \
        WSL has, or had before its last start: `ERR_CONNECTION_REFUSED`, or a connection that hangs.",
        fix: "On Windows, as administrator, type the `netsh interface portproxy delete` line that doctor prints.",
    }
    GW546 "doctor --windows" {
        meaning: "Windows did not answer.",
        cause: "Interop does not work, or netsh.exe did not answer in five seconds.",
        fix: "Fix interop first: `gowrap doctor` shows how. Or type `netsh interface portproxy show all` on Windows.",
    }
    GW547 "doctor" {
        meaning: "A proxy variable names 127.0.0.1, which is WSL itself under NAT.",
        cause: "The proxy runs on Windows, and the variable was copied from there. In WSL, nothing listens on that \
        port.",
        fix: "Write the address of the gateway, which is Windows, or set `networkingMode=mirrored` in .wslconfig.",
    }
    GW548 "doctor" {
        meaning: "The network mode is consomme.",
        cause: "Some versions of WSL refuse a connection right after a program starts to listen.",
        fix: "Set `networkingMode=mirrored` in .wslconfig.",
    }
    GW550 "doctor" {
        meaning: "An editor's settings file is not valid JSON.",
        cause: "A bracket or a comma is missing. The editor ignores the file, or the text after that place.",
        fix: "Correct it at the line that doctor prints.",
    }
    GW551 "doctor" {
        meaning: "A launch configuration of the editor holds a Windows path.",
        cause: "The path is in .vscode/launch.json, or under `launch` in the settings or in a workspace file. The \
                editor sends it to dlv over a network connection, where gowrap cannot translate it: `malformed \
                import path \"C:\\...\": invalid char ':'`.",
        fix: "Begin the path with `${workspaceFolder}`: `${workspaceFolder}/cmd/app`.",
    }
    GW552 "doctor" {
        meaning: "launch.json names a dlv that does not exist.",
        cause: "`dlvToolPath` is not absolute, or there is no such file.",
        fix: "Correct or remove `dlvToolPath`.",
    }
    GW553 "doctor" {
        meaning: "An editor's setting names the real tool, so the editor does not start gowrap.",
        cause: "`dlvToolPath` or `go.alternateTools` names the real tool.",
        fix: "Remove the setting, and then type `gowrap setup --editor vscode --write`. setup never replaces your \
        own entry.",
    }
    GW554 "doctor" {
        meaning: "A substitutePath rule makes breakpoints fail.",
        cause: "substitutePath changes the editor's paths to the paths in the program. If a rule has a Windows path, \
                dlv changes the rest of each path to lower case, and does not find files with a capital letter: \
                `could not find file`. If a rule maps \\\\wsl.localhost\\DISTRO to nothing, each path loses its \
                first slash.",
        fix: "Open the folder inside WSL with `code .`, which needs no rule. Or map \\\\wsl.localhost\\DISTRO\\home \
        to /home, and use lower case in the names of files and folders.",
    }
    GW555 "doctor" {
        meaning: "launch.json has a port below 1024.",
        cause: "Only root may listen there.",
        fix: "Choose a port between 1024 and 32767.",
    }
    GW556 "doctor" {
        meaning: "launch.json or settings.json sets GOOS or GOARCH of another system.",
        cause: "dlv builds the program for that system: `could not launch process: not an executable file`. In \
        go.toolsEnvVars or go.testEnvVars, it applies to every tool or test.",
        fix: "Remove GOOS and GOARCH from that setting.",
    }
    GW557 "doctor" {
        meaning: "The host in launch.json means every address, or is localhost.",
        cause: "On every address, other machines can connect and run code. localhost may mean ::1, where \
        dlv does not listen: `ECONNREFUSED ::1`.",
        fix: "Write `\"host\": \"127.0.0.1\"`.",
    }
    GW558 "doctor" {
        meaning: "VS Code's settings name a Go that does not exist, or Windows' Go.",
        cause: "go.goroot, go.gopath, go.toolsGopath, go.alternateTools, go.toolsEnvVars or go.testEnvVars was \
        copied from the other side.",
        fix: "Remove the setting. If it was go.alternateTools, then type `gowrap setup --editor vscode --write`.",
    }
    GW559 "doctor" {
        meaning: "go.goroot is a Linux folder, in a project that Windows opens too.",
        cause: "VS Code on Windows uses it too: `Cannot find \\usr\\local\\go\\bin\\go.exe`.",
        fix: "Open the folder inside WSL with `code .`, or move the setting to the settings of the WSL machine.",
    }
    GW560 "doctor" {
        meaning: "VS Code finds a tool before it searches PATH.",
        cause: "The Go extension looks in GOBIN, GOPATH/bin and GOROOT/bin before PATH, so it does not start gowrap.",
        fix: "Type `gowrap setup --editor vscode --write`, and reload the window.",
    }
    GW561 "doctor" {
        meaning: "A launch configuration names a Windows program.",
        cause: "A dlv for Linux cannot debug it.",
        fix: "Name a package or a Linux program.",
    }
    GW562 "doctor" {
        meaning: "A task starts Windows' Go, or passes a Windows path to a shell.",
        cause: "The shell removes the backslashes before go reads the path.",
        fix: "Write the command as doctor prints it.",
    }
    GW570 "doctor" {
        meaning: "go.mod or go.work names a Windows path.",
        cause: "A replace or use line was written on Windows: `malformed module path`.",
        fix: "Write a relative path with forward slashes: ../lib.",
    }
    GW572 "doctor" {
        meaning: "Source files have Windows line endings, or git will write them with such line endings.",
        cause: "core.autocrlf is true, or an editor on Windows wrote the files. `gofmt -l` lists every such file.",
        fix: "Type `git config core.autocrlf input`, and then `gofmt -w .`.",
    }
    GW573 "doctor" {
        meaning: "The repository belongs to another user.",
        cause: "git refuses to work in it, and go build asks git: `error obtaining VCS status: exit status 128`.",
        fix: "Type `git config --global --add safe.directory FOLDER`, with the folder that doctor prints.",
    }
    GW574 "doctor" {
        meaning: "git is the Windows program.",
        cause: "A link or a script on PATH starts git.exe.",
        fix: "Install git for Linux, and remove the link or the script.",
    }
    GW575 "doctor" {
        meaning: "The name of a file in the working directory is a Windows path.",
        cause: "A Linux program used a Windows path as a file name.",
        fix: "Check its content, then move or remove it.",
    }

    // GW9xx: gowrap itself
    GW901 "refusal 125" {
        meaning: "gowrap's own command line is wrong.",
        cause: "It has an unknown option or command, or an option that lacks its value.",
        fix: "Type `gowrap --help`.",
    }
    GW902 "refusal 125" {
        meaning: "gowrap was started by a name that is not a tool.",
        cause: "A link to gowrap has another name, or the word after `gowrap` is neither a tool nor a command.",
        fix: "Use one of the names that the message lists.",
    }
    GW903 "refusal 125" {
        meaning: "A gowrap variable has an unknown value.",
        cause: "GOWRAP_EXPLAIN, GOWRAP_PE, GOWRAP_RESTORE, GOWRAP_DEBUG_CLIENT or GOWRAP_LOG holds a word that \
        gowrap does not know, or GOWRAP_CONFIG is not an absolute path.",
        fix: "Set it to one of the words that the message lists, or unset it.",
    }
    GW904 "refusal 125" {
        meaning: "go_windows_*_exec was called without a program.",
        cause: "`GOOS=windows go run` and `GOOS=windows go test` start it, with the program as its first argument.",
        fix: "Give it a program as the first argument.",
    }
    GW905 "refusal 125" {
        meaning: "A host record cannot be read, or has a mistake.",
        cause: "The file of `--host` is missing, is not TOML, or has an unknown key or value. The message shows the \
        place.",
        fix: "Correct the file. `gowrap doctor --record FILE` writes a record, and `--host demo` uses the one that \
        is built in.",
    }
    GW906 "refusal 125, doctor" {
        meaning: "A configuration file cannot be read.",
        cause: "The file of `--config` or GOWRAP_CONFIG is missing. Or the file is not a regular file, is too large, \
        or its mode forbids reading it.",
        fix: "Put a readable file there, remove it, or name another file.",
    }
    GW907 "refusal 125, doctor" {
        meaning: "Other users can write to a configuration file.",
        cause: "Every user, a member of the file's group, or a user in its access control list could make gowrap run \
        any program.",
        fix: "Type `chmod go-w FILE`. If the file has an access control list, type `setfacl -b FILE`.",
    }
    GW908 "refusal 125, doctor" {
        meaning: "A configuration file has a mistake.",
        cause: "The message shows the line and the column of the wrong syntax or value.",
        fix: "Correct it. gowrap.toml(5) describes the settings.",
    }
    GW909 "warning, doctor" {
        meaning: "A configuration file has an unknown key.",
        cause: "The key is misspelled, or belongs to a newer gowrap. It has no effect.",
        fix: "Correct or remove the key.",
    }
    GW910 "note" {
        meaning: "A setting that is not the default, and where it is set.",
        cause: "A configuration file or a variable sets it.",
        fix: "Nothing to do.",
    }
    GW911 "warning, doctor" {
        meaning: "gowrap ignored a configuration file.",
        cause: "It belongs to another user, or another user can change a folder or a link on its path. Or it is on a \
        Windows drive or a FUSE mount, where owner and mode prove nothing. Or it is not a regular file.",
        fix: "Make yourself its owner with `chown`, or move it to your own folder on a Linux file system.",
    }
    GW912 "warning" {
        meaning: "gowrap cannot write the log.",
        cause: "The file of GOWRAP_LOG_FILE cannot be opened, or another user can change it or its path. For root, \
        the file must be in /var/log, or below root's home under a name such as gowrap.log.",
        fix: "Name another file, or unset GOWRAP_LOG_FILE: the log then goes to standard error.",
    }
    GW913 "refusal 125" {
        meaning: "There is not enough memory.",
        cause: "The memory limit of this process (`ulimit -v`) is too low for a plan, or the machine has no free \
        memory.",
        fix: "Raise the limit, or end another program.",
    }
    GW914 "refusal 125" {
        meaning: "gowrap was started with more rights than its caller has.",
        cause: "Its file has the setuid or setgid bit, or capabilities. gowrap obeys its caller's environment, so \
        the caller would control these rights.",
        fix: "Remove them from the file: type `chmod ug-s FILE` or `setcap -r FILE`.",
    }
    GW915 "refusal 125" {
        meaning: "gowrap-shim must print something, and cannot start gowrap to print it.",
        cause: "The program gowrap is not in the folder of gowrap-shim, or has another version, as after an \
        interrupted update, or could be changed by another user.",
        fix: "Install gowrap again. Every installation has both programs.",
    }
    GW920 "refusal 125" {
        meaning: "`gowrap setup` makes no changes here.",
        cause: "HOME is not the home in /etc/passwd. Or another user can change a folder or gowrap's own program. Or \
        another program's file has the name of a file that gowrap needs.",
        fix: "Run it as the user whose files it changes, without sudo. If the message names a file, move that file \
        away.",
    }
    GW921 "refusal 125" {
        meaning: "gowrap could not change a file.",
        cause: "Its owner or mode forbids it, the disk is full, or another program changed it at that moment. The \
        changes before it in the list are done.",
        fix: "Correct that, and type the same command again. It continues from there.",
    }
    GW931 "refusal 125" {
        meaning: "gowrap takes no snapshot, because this session may not be the user's own.",
        cause: "HOME is not the home in /etc/passwd, or the session came through sudo or a similar program. Or \
                another user owns a parent process, the leader of a session, the terminal, standard input, output or \
                error, or the login. Or one of these cannot be seen, as with the option hidepid of /proc.",
        fix: "Type `gowrap env capture` in a login shell of that user, without sudo.",
    }
    GW932 "refusal 125" {
        meaning: "The snapshot cannot be written or deleted.",
        cause: "The owner or the mode of ~/.local/state/gowrap forbids it, or the disk is full.",
        fix: "Correct that, and try again.",
    }
    GW940 "doctor" {
        meaning: "gowrap is not active: its shim folder is not on PATH.",
        cause: "`gowrap setup` has not run, or this shell does not read the file that setup changed.",
        fix: "Type `gowrap setup`, and open a new terminal.",
    }
    GW941 "doctor" {
        meaning: "Another tool is before gowrap's shims on PATH.",
        cause: "A later line of a profile puts its folder first.",
        fix: "Type `gowrap setup`, which moves its line to the end of these files. Then open a new terminal.",
    }
    GW942 "doctor" {
        meaning: "`go` starts gowrap.",
        cause: "This is the normal state.",
        fix: "Nothing to do.",
    }
    GW943 "refusal 2" {
        meaning: "doctor could not run.",
        cause: "It cannot read the file that you named, or cannot write the record, or knows no such code.",
        fix: "Follow the message.",
    }
    GW944 "doctor" {
        meaning: "The installation is not complete: a shim leads to no file, or to another version of gowrap.",
        cause: "gowrap and gowrap-shim belong together, and only one of them was copied, replaced or deleted. Or the \
                shims lead to a gowrap that was installed in another place before.",
        fix: "Type `gowrap setup`, with the gowrap that you want. If a package or install.sh made the shims, install \
              that again.",
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
        for name in ["", "GW", "GW1", "GW000", "GW1234", "GW/99", "GW:99", "GWabc", "140", "GW99999999"] {
            assert_eq!(Code::named(name.as_bytes()), None, "{name}");
        }
        assert_eq!(Code::named(b"gw141"), Some(Code::GW141));
    }
}
