//! `gowrap path`: the command line of WSL's `wslpath`, down to its exit statuses and messages.
//!
//! Options may be joined (`-aw`); `-u`, `-w` and `-m` exclude each other and may not be repeated; `--` ends them; there
//! is exactly one path. Every failure exits 1. The message of a failed translation has the path and the error of the
//! system call that failed, if there was one. `wslpath` prints the last errno, which is the same if a system call
//! failed.

use crate::text::errno::Errno;

use crate::text::errno::words;
use crate::text::escape::escape;
use crate::wslpath::{PathForm, Realpath, Refusal, Standpoint, UnixPath, WinPath, to_linux, to_windows};

/// The help page of `gowrap path --help`.
pub const HELP: &str = "\
Translate a path as wslpath does

Usage: gowrap path [-a] [-u|-w|-m] [--] PATH

Options:
  -a  Print an absolute path
  -u  Translate a Windows path to a Linux path (the default)
  -w  Translate a Linux path to a Windows path
  -m  Translate a Linux path to a Windows path with forward slashes
";

const USAGE: &str = "\
Usage: [-a] [-u|-w|-m] [--] PATH
    -a
        The result is an absolute path.
    -u
        From a Windows path to a Linux path (the default).
    -w
        From a Linux path to a Windows path.
    -m
        From a Linux path to a Windows path with forward slashes.
";

/// The program whose name is in the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalledAs {
    /// WSL's own program, with its own texts.
    Wslpath,
    /// `gowrap path`.
    Gowrap,
}

impl CalledAs {
    fn name(self) -> &'static [u8] {
        match self {
            CalledAs::Wslpath => b"wslpath",
            CalledAs::Gowrap => b"gowrap path",
        }
    }

    fn usage(self) -> Vec<u8> {
        match self {
            CalledAs::Wslpath => USAGE.as_bytes().to_vec(),
            CalledAs::Gowrap => HELP.as_bytes().to_vec(),
        }
    }
}

/// The output and the exit status of `gowrap path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandOutput {
    /// The exit status.
    pub status: u8,
    /// For standard output.
    pub stdout: Vec<u8>,
    /// For standard error.
    pub stderr: Vec<u8>,
}

impl CommandOutput {
    /// Returns the answer for a terminal, with control characters escaped. A script gets the bytes of the path.
    #[must_use]
    pub fn escaped(self) -> CommandOutput {
        let path = self.stdout.strip_suffix(b"\n").filter(|_| self.status == 0);
        match path.map(|path| escape(path) + "\n") {
            Some(shown) => CommandOutput { stdout: shown.into_bytes(), ..self },
            None => self,
        }
    }
}

/// Answers a call under the name of `speaker`. `args` are the words after the name, `realpath` is realpath(3).
#[must_use]
pub fn run(speaker: CalledAs, args: &[&[u8]], from: &Standpoint<'_>, realpath: &Realpath<'_>) -> CommandOutput {
    let request = match parse(args) {
        Ok(request) => request,
        Err(complaint) => return complaint.answer(speaker),
    };
    match request.translate(from, realpath) {
        Ok(mut path) => {
            path.push(b'\n');
            CommandOutput { status: 0, stdout: path, stderr: Vec::new() }
        }
        Err(refusal) => {
            let reason =
                request.errno_left_by(refusal).map_or(String::new(), |errno| format!(": {}", musl_text(errno)));
            failed([speaker.name(), b": ", escape(request.path).as_bytes(), reason.as_bytes(), b"\n"].concat())
        }
    }
}

/// A valid call.
#[derive(Debug, PartialEq, Eq)]
struct Request<'a> {
    mode: PathSide,
    form: PathForm,
    path: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PathSide {
    Linux,
    Windows,
    Mixed,
}

/// The mistake in an invalid call.
#[derive(Debug, PartialEq, Eq)]
enum UsageError<'a> {
    /// An unknown option, or a second path.
    Unknown(&'a [u8]),
    /// Two modes, or the same one twice.
    TwoModes,
    /// No path, or `--help`.
    Help,
}

/// Reads the arguments as `wslpath` does. It counts a path only if it does not begin with a dash: after `-`, or after a
/// path such as `-x` behind `--`, one more path is accepted and replaces it.
fn parse<'a>(args: &[&'a [u8]]) -> Result<Request<'a>, UsageError<'a>> {
    let mut mode = None;
    let mut help = None;
    let mut form = PathForm::Given;
    let mut path = None;
    let mut paths_counted = 0;
    let mut options_ended = false;
    for &arg in args {
        match arg {
            b"--" if !options_ended => {
                options_ended = true;
                continue;
            }
            b"--help" if !options_ended => once(&mut help, (), mode.is_some())?,
            [b'-', letters @ ..] if !options_ended && !letters.is_empty() => {
                for letter in letters {
                    match letter {
                        b'a' => form = PathForm::Absolute,
                        b'u' => once(&mut mode, PathSide::Linux, help.is_some())?,
                        b'w' => once(&mut mode, PathSide::Windows, help.is_some())?,
                        b'm' => once(&mut mode, PathSide::Mixed, help.is_some())?,
                        _ => return Err(UsageError::Unknown(arg)),
                    }
                }
            }
            _ if paths_counted == 0 => path = Some(arg),
            _ => return Err(UsageError::Unknown(arg)),
        }
        if !arg.starts_with(b"-") {
            paths_counted += 1;
        }
    }
    match (path, help) {
        (Some(path), None) => Ok(Request { mode: mode.unwrap_or(PathSide::Linux), form, path }),
        _ => Err(UsageError::Help),
    }
}

/// Sets an option that may be set once. `--help` counts as a mode, too.
fn once<T>(slot: &mut Option<T>, value: T, other_is_set: bool) -> Result<(), UsageError<'static>> {
    if other_is_set || slot.replace(value).is_some() { Err(UsageError::TwoModes) } else { Ok(()) }
}

impl Request<'_> {
    fn translate(&self, from: &Standpoint<'_>, realpath: &Realpath<'_>) -> Result<Vec<u8>, Refusal> {
        let to_windows = || to_windows(&UnixPath::new(self.path), self.form, realpath, from);
        match self.mode {
            PathSide::Linux => to_linux(&WinPath::new(self.path), self.form, from).map(UnixPath::into_bytes),
            PathSide::Windows => to_windows().map(WinPath::into_bytes),
            PathSide::Mixed => to_windows().map(|path| path.with_forward_slashes().into_bytes()),
        }
    }

    /// Returns the error of the system call that failed, if one did.
    fn errno_left_by(&self, refusal: Refusal) -> Option<Errno> {
        match refusal {
            Refusal::NoCwd(errno) | Refusal::RealPath(errno) => Some(errno),
            // A path with a `..` left is one that realpath(3) did not find.
            Refusal::AboveRoot if self.mode != PathSide::Linux => Some(Errno::ENOENT),
            _ => None,
        }
    }
}

impl UsageError<'_> {
    fn answer(&self, speaker: CalledAs) -> CommandOutput {
        let program = speaker.name();
        match self {
            UsageError::Unknown(arg) => failed(
                [
                    b"Invalid command line argument: ",
                    escape(arg).as_bytes(),
                    b"\nPlease use '",
                    program,
                    b" --help' to get a list of supported arguments.\n",
                ]
                .concat(),
            ),
            UsageError::TwoModes => failed(speaker.usage()),
            UsageError::Help => {
                CommandOutput { stdout: speaker.usage(), ..failed([program, b": Invalid argument\n"].concat()) }
            }
        }
    }
}

fn failed(stderr: Vec<u8>) -> CommandOutput {
    CommandOutput { status: 1, stdout: Vec::new(), stderr }
}

/// Returns the text of musl's strerror(3) for the errors of realpath(3) and getcwd(3): WSL's `/init` is linked with
/// musl.
fn musl_text(errno: Errno) -> String {
    match errno {
        Errno::ELOOP => "Symbolic link loop".to_owned(),
        Errno::ENAMETOOLONG => "Filename too long".to_owned(),
        Errno::EIO => "I/O error".to_owned(),
        other => words(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::mounts::{MountTable, Tags};
    use crate::wslpath::Standpoint;

    fn parsed<'a>(args: &[&'a str]) -> Result<Request<'a>, UsageError<'a>> {
        parse(&args.iter().map(|arg| arg.as_bytes()).collect::<Vec<_>>())
    }

    /// The drives C and D, a share, and a separate mount of a folder of C.
    fn mounts() -> MountTable {
        let text = br"60 1 8:32 / / rw,relatime - ext4 /dev/sdc rw
90 60 0:50 / /mnt/c rw,noatime - 9p C:\134 rw,aname=drvfs;path=C:\;uid=1000,msize=65536
91 60 0:51 / /mnt/d rw,noatime - 9p D:\134 rw,aname=drvfs;path=D:\;uid=1000,msize=65536
92 60 0:52 / /mnt/share rw,noatime - 9p x rw,aname=drvfs;path=UNC\srv\share;uid=1000
93 60 0:53 / /mnt/vol rw,noatime - 9p x rw,aname=drvfs;path=C:\vol;uid=1000
";
        MountTable::parse(text, |_| None)
    }

    fn at<'a>(cwd: &'a str, mounts: &'a MountTable) -> Standpoint<'a> {
        Standpoint { cwd: Ok(cwd.as_bytes()), distro: Some(b"Ubuntu"), mounts, tags: Tags::Newest }
    }

    #[test]
    fn option_letters_may_be_joined() {
        let table: &[(&[&str], PathSide, PathForm, &str)] = &[
            (&["x"], PathSide::Linux, PathForm::Given, "x"),
            (&["-u", "x"], PathSide::Linux, PathForm::Given, "x"),
            (&["-w", "x"], PathSide::Windows, PathForm::Given, "x"),
            (&["-m", "x"], PathSide::Mixed, PathForm::Given, "x"),
            (&["-a", "x"], PathSide::Linux, PathForm::Absolute, "x"),
            (&["-aw", "x"], PathSide::Windows, PathForm::Absolute, "x"),
            (&["-wa", "x"], PathSide::Windows, PathForm::Absolute, "x"),
            (&["-a", "-w", "x"], PathSide::Windows, PathForm::Absolute, "x"),
            (&["x", "-w", "-a", "-a"], PathSide::Windows, PathForm::Absolute, "x"),
            (&["-aaw", "x"], PathSide::Windows, PathForm::Absolute, "x"),
            (&["-w", "--", "x"], PathSide::Windows, PathForm::Given, "x"),
            (&["--", "-w"], PathSide::Linux, PathForm::Given, "-w"),
            (&["--", "--help"], PathSide::Linux, PathForm::Given, "--help"),
            (&["--", "--"], PathSide::Linux, PathForm::Given, "--"),
            (&["-w", ""], PathSide::Windows, PathForm::Given, ""),
            (&["-"], PathSide::Linux, PathForm::Given, "-"),
            // A path that begins with a dash is not counted.
            (&["-", "x"], PathSide::Linux, PathForm::Given, "x"),
            (&["--", "-w", "x"], PathSide::Linux, PathForm::Given, "x"),
        ];
        for (args, mode, form, path) in table {
            let request = Request { mode: *mode, form: *form, path: path.as_bytes() };
            assert_eq!(parsed(args), Ok(request), "{args:?}");
        }
    }

    #[test]
    fn unknown_options_are_refused() {
        let table: &[(&[&str], UsageError<'_>)] = &[
            (&[], UsageError::Help),
            (&["-w"], UsageError::Help),
            (&["--"], UsageError::Help),
            (&["--help"], UsageError::Help),
            (&["--help", "x"], UsageError::Help),
            (&["-u", "-w", "x"], UsageError::TwoModes),
            (&["-uw", "x"], UsageError::TwoModes),
            (&["-u", "-u", "x"], UsageError::TwoModes),
            (&["-w", "--help"], UsageError::TwoModes),
            (&["--help", "--help"], UsageError::TwoModes),
            (&["--help", "-a", "-m"], UsageError::TwoModes),
            (&["-uuz"], UsageError::TwoModes),
            (&["-z", "x"], UsageError::Unknown(b"-z")),
            (&["-h"], UsageError::Unknown(b"-h")),
            (&["-awz", "x"], UsageError::Unknown(b"-awz")),
            (&["-W", "x"], UsageError::Unknown(b"-W")),
            (&["--version"], UsageError::Unknown(b"--version")),
            (&["-a-"], UsageError::Unknown(b"-a-")),
            (&["x", "y"], UsageError::Unknown(b"y")),
            (&["x", ""], UsageError::Unknown(b"")),
            (&["x", "--", "-w"], UsageError::Unknown(b"-w")),
        ];
        for (args, complaint) in table {
            assert_eq!(parsed(args).as_ref(), Err(complaint), "{args:?}");
        }
    }

    #[test]
    fn an_answer_equals_the_output_of_wslpath() {
        let mounts = mounts();
        let realpath = |path: &[u8]| match path {
            b"/home/me/main.go/" => Err(Errno::ENOTDIR),
            b"/home/me/loop" => Err(Errno::ELOOP),
            b"/root/x" => Err(Errno::EACCES),
            _ => Err(Errno::ENOENT),
        };
        let table: &[(&[&str], u8, &str, &str)] = &[
            (&[r"C:\x"], 0, "/mnt/c/x\n", ""),
            (&["-w", "/mnt/c/x"], 0, "C:\\x\n", ""),
            (&["-m", "/mnt/share/x"], 0, "//srv/share/x\n", ""),
            (&["-am", "x"], 0, "//wsl.localhost/Ubuntu/home/me/x\n", ""),
            (&[r"E:\x"], 1, "", "wslpath: E:\\x\n"),
            (&["//srv/x"], 1, "", "wslpath: //srv/x\n"),
            (&[r"C:\.."], 1, "", "wslpath: C:\\..\n"),
            (&["-w", "/home/me/main.go/"], 1, "", "wslpath: /home/me/main.go/: Not a directory\n"),
            (&["-w", "/home/me/loop"], 1, "", "wslpath: /home/me/loop: Symbolic link loop\n"),
            (&["-w", "/root/x"], 1, "", "wslpath: /root/x: Permission denied\n"),
            (&["-w", "/x/../.."], 1, "", "wslpath: /x/../..: No such file or directory\n"),
            (&[], 1, USAGE, "wslpath: Invalid argument\n"),
            (&["--help"], 1, USAGE, "wslpath: Invalid argument\n"),
            (&["-uw", "x"], 1, "", USAGE),
            (
                &["-z", "x"],
                1,
                "",
                "Invalid command line argument: -z\nPlease use 'wslpath --help' to get a list of supported arguments.\n",
            ),
        ];
        for (args, status, stdout, stderr) in table {
            let args: Vec<&[u8]> = args.iter().map(|arg| arg.as_bytes()).collect();
            let answer = run(CalledAs::Wslpath, &args, &at("/home/me", &mounts), &realpath);
            let expected = CommandOutput { status: *status, stdout: (*stdout).into(), stderr: (*stderr).into() };
            assert_eq!(answer, expected, "{}", args.join(&b' ').escape_ascii());
        }
    }

    #[test]
    fn a_terminal_gets_no_control_character() {
        let mounts = mounts();
        let run = |args: &[&[u8]]| run(CalledAs::Wslpath, args, &at("/home/me", &mounts), &|_| Err(Errno::ENOENT));
        let path = "C:\\grün\x1b[2J\u{202e}x\n".as_bytes();
        let answer = run(&[path]);
        assert_eq!(answer.stdout, "/mnt/c/grün\x1b[2J\u{202e}x\n\n".as_bytes(), "a script gets the path itself");
        assert_eq!(String::from_utf8_lossy(&answer.escaped().stdout), "/mnt/c/grün\\x1b[2J\\u{202e}x\\n\n");
        assert_eq!(run(&[]).escaped().stdout, USAGE.as_bytes());
        for (args, stderr) in [
            (&[&b"E:\\\x1b[2J"[..]][..], "wslpath: E:\\\\x1b[2J\n"),
            (
                &[b"-\x1b"],
                "Invalid command line argument: -\\x1b\nPlease use 'wslpath --help' to get a list of supported arguments.\n",
            ),
        ] {
            assert_eq!(String::from_utf8_lossy(&run(args).stderr), stderr);
        }
    }

    #[test]
    fn a_deleted_working_directory_is_named() {
        let mounts = mounts();
        let from = Standpoint { cwd: Err(Errno::ENOENT), ..at("/", &mounts) };
        let answer = run(CalledAs::Gowrap, &[br"C:\x"], &from, &|_| Err(Errno::ENOENT));
        assert_eq!((answer.status, &*answer.stderr), (1, &b"gowrap path: C:\\x: No such file or directory\n"[..]));
    }
}
