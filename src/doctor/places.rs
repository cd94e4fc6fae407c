//! Checks of folders and mounts: the project and Go's folders on Linux or on a Windows drive, and the mount options
//! there.
//!
//! A drive is mounted over 9p or virtiofs: each access is a round trip, and changes by Windows send no inotify events.
//! Mount options (fmask, noexec, metadata) cause errors of other programs that do not name them.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, Fix, Severity, set_row, shown, word};
use crate::doctor::go_settings::{GoSetting, setting};
use crate::doctor::install;
use crate::doctor::subject::Subject;
use crate::doctor::toolchain::root_of;
use crate::host::binary::Format;
use crate::host::mounts::Mount;
use crate::text::path::{basename, dirname, join};
use crate::tools::Tool;

/// The checks of the group `paths`.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(working_directory(subject));
    findings.extend(on_a_drive(subject));
    findings.extend(noexec(subject));
    for drive in subject.host.mounts().drives() {
        findings.extend(masked(subject, drive));
        findings.extend(without_metadata(subject, drive));
    }
    if subject.host.kind().is_wsl() && findings.is_empty() {
        let title = "the project and Go's folders are on a Linux file system";
        findings.push(Finding::ok(Code::GW150, subject.host.cwd().unwrap_or_default(), title));
    }
    findings
}

fn working_directory(subject: &Subject) -> Option<Finding> {
    match subject.host.cwd() {
        Err(_) => Some(Finding::fail(Code::GW151, "cwd", "the working directory does not exist").why(
            "`getwd: no such file or directory`: it was deleted, or its drive was unmounted. `cd` changes to your \
                 home.",
        )),
        Ok(cwd) if subject.is_on_drive(cwd) => {
            let below = format!("~/{}", shown(basename(cwd)));
            let below = word(below.as_bytes());
            // A clone has no Windows line endings, and not the modes of the drive.
            let command = match subject.upward(b".git") {
                Some(repository) if repository == cwd => "git clone",
                _ => "cp -R",
            };
            // Windows' Go works only on a drive.
            let has_linux_go = subject.target(Tool::Go).is_some_and(|target| target.format == Format::Elf);
            let finding = Finding::warn(Code::GW152, cwd, format!("the project is on a Windows drive: {}", shown(cwd)))
                .why(
                    "Every file access is a round trip to Windows: builds are slow, gopls and watchers get no inotify \
                     events, and a folder in use cannot be renamed.",
                );
            Some(match has_linux_go {
                true => finding.fix(format!("{command} {} {below} && cd {below}", word(cwd))),
                false => finding,
            })
        }
        Ok(_) => None,
    }
}

/// Checks Go's own folders, set or by default. A Windows path counts in its translated form.
fn on_a_drive(subject: &Subject) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for folder in GO_FOLDERS {
        let Some(LocatedFolder { path, set }) = folder.find(subject) else { continue };
        // A script that starts Windows' Go gets the value unchanged.
        let by_script = subject.target(Tool::Go).is_some_and(|target| target.format == Format::Script);
        let path = if by_script && subject.is_windows_path(&path) { subject.named(&path).into_owned() } else { path };
        let Some(entry) = path.split(|&byte| byte == b':').find(|entry| subject.is_on_drive(entry)) else { continue };
        // A folder that is below it by default is on the drive too.
        let goes_with = |finding: &Finding| folder.default_below.iter().any(|above| finding.place == above.as_bytes());
        if set.is_none() && findings.iter().any(goes_with) {
            continue;
        }
        let name = folder.name;
        let why = match name {
            "HOME" => {
                "GOPATH and the build cache are below it by default, and every file access is a round trip to \
                       Windows."
            }
            "GOCACHE" | "GOMODCACHE" | "GOPATH" | "XDG_CACHE_HOME" => {
                "Every build reads thousands of files there, each a round trip to Windows, and go cannot rename new \
                 modules while a watcher uses them (`rename …: permission denied`)."
            }
            _ => "Every file access there is a round trip to Windows.",
        };
        let fix = match (name, &set) {
            ("HOME", _) => Vec::new(),
            ("GOROOT", None) => install::go(subject),
            (_, Some(setting)) => vec![setting.undo(name.as_bytes())],
            (_, None) => {
                link_in(subject, entry).map(|link| format!("rm {0} && mkdir -p {0}", word(&link))).into_iter().collect()
            }
        };
        let title = format!("{name} is on a Windows drive: {}", shown(entry));
        let mut finding = Finding::warn(Code::GW153, name, title).why(why);
        finding.fix = fix.into_iter().map(Fix::Type).collect();
        findings.push(finding);
    }
    findings
}

/// Returns the last component of a path that is a link: the one that leads to the drive.
fn link_in(subject: &Subject, path: &[u8]) -> Option<Vec<u8>> {
    let mut at = path;
    while at.len() > 1 {
        if subject.host.read_link(at).is_ok() {
            return Some(at.to_vec());
        }
        at = dirname(at);
    }
    None
}

/// A folder that Go works in.
struct GoFolder {
    name: &'static str,
    /// The folders that its default is below.
    default_below: &'static [&'static str],
}

const GO_FOLDERS: [GoFolder; 9] = [
    GoFolder { name: "HOME", default_below: &[] },
    GoFolder { name: "XDG_CACHE_HOME", default_below: &["HOME"] },
    GoFolder { name: "GOROOT", default_below: &[] },
    GoFolder { name: "GOPATH", default_below: &["HOME"] },
    GoFolder { name: "GOMODCACHE", default_below: &["HOME", "GOPATH"] },
    GoFolder { name: "GOCACHE", default_below: &["HOME", "XDG_CACHE_HOME"] },
    GoFolder { name: "GOTMPDIR", default_below: &[] },
    GoFolder { name: "TMPDIR", default_below: &[] },
    GoFolder { name: "GOBIN", default_below: &[] },
];

/// A folder of Go's, with the setting that names it.
struct LocatedFolder {
    path: Vec<u8>,
    /// The setting that names it, if it is not Go's default.
    set: Option<GoSetting>,
}

impl GoFolder {
    fn find(&self, subject: &Subject) -> Option<LocatedFolder> {
        if let Some(set) = setting(subject, self.name.as_bytes()) {
            return Some(LocatedFolder { path: set.value.clone(), set: Some(set) });
        }
        let below_home = |name: &[u8]| Some(join(subject.repaired(b"HOME")?, name));
        let path = match self.name {
            "GOROOT" => {
                let go = subject.target(Tool::Go).filter(|target| target.format == Format::Elf)?;
                root_of(subject, &go.path)
            }
            "GOPATH" => below_home(b"go")?,
            "GOMODCACHE" => {
                let gopath = setting(subject, b"GOPATH").map(|set| set.value).or_else(|| below_home(b"go"))?;
                join(gopath.split(|&byte| byte == b':').next()?, b"pkg/mod")
            }
            "GOCACHE" => match subject.repaired(b"XDG_CACHE_HOME") {
                Some(cache) => join(cache, b"go-build"),
                None => below_home(b".cache/go-build")?,
            },
            _ => return None,
        };
        Some(LocatedFolder { path, set: None })
    }
}

/// `go run` and `go test` execute below GOTMPDIR or TMPDIR, `dlv debug` in the working directory.
fn noexec(subject: &Subject) -> Vec<Finding> {
    let noexec = |path: &[u8]| subject.host.mounts().is_noexec(&subject.real(path));
    let mut findings = Vec::new();
    let temporary = setting(subject, b"GOTMPDIR").map(|set| set.value);
    let temporary = temporary.as_deref().or_else(|| subject.repaired(b"TMPDIR")).unwrap_or(b"/tmp");
    if noexec(temporary) {
        findings.push(
            Finding::fail(Code::GW154, temporary, format!("nothing can be executed in {} (noexec)", shown(temporary)))
                .why("go run and go test build programs there and start them: `fork/exec …: permission denied`.")
                .fix("export GOTMPDIR=\"$HOME/.cache/go-tmp\" && mkdir -p \"$GOTMPDIR\""),
        );
    }
    if let Ok(cwd) = subject.host.cwd()
        && noexec(cwd)
    {
        findings.push(
            Finding::fail(Code::GW154, cwd, format!("nothing can be executed in {} (noexec)", shown(cwd)))
                .why(
                    "dlv debug builds the program here and starts it: `could not launch process: fork/exec …: \
                      permission denied`.",
                )
                .fix(remount(subject, cwd)),
        );
    }
    findings
}

fn remount(subject: &Subject, path: &[u8]) -> String {
    let point = subject.host.mounts().mount_of(&subject.real(path)).map(Mount::point).unwrap_or(b"/");
    format!("sudo mount -o remount,exec {}", word(point))
}

/// Checks fmask and umask: mode bits that every file of the drive lacks. [`noexec`] reports a working directory on a
/// noexec mount.
fn masked(subject: &Subject, drive: &Mount) -> Option<Finding> {
    let is_here = subject.host.cwd().is_ok_and(|cwd| is_on(subject, drive, cwd));
    let point = shown(drive.point());
    if subject.host.mounts().is_noexec(drive.point()) && !is_here {
        return Some(
            Finding::warn(Code::GW155, drive.point(), format!("nothing on {point} may be executed (noexec)"))
                .why("Neither Windows programs nor programs that go builds there start: `Permission denied`.")
                .fix(remount(subject, drive.point())),
        );
    }
    let bits = option(drive, b"umask").unwrap_or(0) | option(drive, b"fmask").unwrap_or(0);
    let owner = option_text(drive, b"uid").is_none_or(|uid| uid == subject.host.uid().to_string().as_bytes());
    let needed = if subject.host.uid() == 0 {
        0o111
    } else if owner {
        0o100
    } else {
        0o001
    };
    if bits & needed != needed {
        return None;
    }
    let level = if is_here { Severity::Fail } else { Severity::Warn };
    Some(
        Finding::new(
            level,
            Code::GW155,
            drive.point(),
            format!("no file on {point} may be executed (fmask or umask {bits:03o})"),
        )
        .why(
            "Programs that go builds there do not start (`permission denied`; dlv: `could not launch process: not an \
             executable file`), and neither do Windows programs.",
        )
        .fix(set_row("/etc/wsl.conf", "automount", "options", "\"metadata,umask=22,fmask=11\"")),
    )
}

fn without_metadata(subject: &Subject, drive: &Mount) -> Option<Finding> {
    let here = subject.host.cwd().ok().filter(|cwd| is_on(subject, drive, cwd))?;
    // The options of a virtiofs drive cannot be seen.
    if drive.fstype() == b"virtiofs" || option_text(drive, b"metadata").is_some() {
        return None;
    }
    let point = shown(drive.point());
    Some(
        Finding::warn(Code::GW156, here, format!("{point} is mounted without metadata"))
            .why(format!(
                "`chmod: changing permissions of '{point}/…': Operation not permitted`, and git reports wrong \
                          modes."
            ))
            .fix(set_row("/etc/wsl.conf", "automount", "options", "\"metadata\"")),
    )
}

fn is_on(subject: &Subject, drive: &Mount, path: &[u8]) -> bool {
    subject.host.mounts().mount_of(&subject.real(path)).is_some_and(|mount| mount.point() == drive.point())
}

/// Returns an option's octal value.
fn option(drive: &Mount, name: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(option_text(drive, name)?).ok()?, 8).ok()
}

/// Returns an option's value, empty if it has none. On 9p, the drive's own options are inside `aname`, separated by
/// semicolons.
fn option_text<'m>(drive: &'m Mount, name: &[u8]) -> Option<&'m [u8]> {
    drive.super_options().split(|byte| matches!(byte, b',' | b';')).find_map(|option| {
        match option.strip_prefix(name)? {
            b"" => Some(&b""[..]),
            rest => rest.strip_prefix(b"="),
        }
    })
}
