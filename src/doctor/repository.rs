//! Checks of the working copy: sources with Windows line endings, a repository that git refuses, a Windows git, and
//! files whose name is a Windows path.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, shown, word};
use crate::doctor::install;
use crate::doctor::subject::Subject;
use crate::host::LineEnds;
use crate::host::binary::Format;
use crate::host::distribution::Package;
use crate::host::script::Started;
use crate::text::path::basename;
use crate::text::path::join;

/// The checks of the working copy.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(line_ends(subject));
    findings.extend(foreign_owner(subject));
    findings.extend(windows_git(subject));
    findings.extend(named_like_windows_path(subject));
    findings.extend(vendored_twice(subject));
    findings
}

/// A value in a git configuration file: the last one of that key.
fn git_value(text: &[u8], section: &str, key: &str) -> Option<String> {
    git_values(text, section, key).pop()
}

/// All values of a key.
pub(super) fn git_values(text: &[u8], section: &str, key: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(text).into_owned();
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.trim_matches(['[', ']']).eq_ignore_ascii_case(section);
        } else if let Some((name, value)) = line.split_once('=').filter(|_| inside)
            && name.trim().eq_ignore_ascii_case(key)
        {
            found.push(git_text(value));
        }
    }
    found
}

/// Returns a value as git reads it: without quotes and comment (git-config(1)).
fn git_text(value: &str) -> String {
    let mut text = String::new();
    let mut inside_quotes = false;
    let mut rest = value.trim().chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => inside_quotes = !inside_quotes,
            '\\' => text.extend(rest.next()),
            '#' | ';' if !inside_quotes => return text.trim_end().to_owned(),
            c => text.push(c),
        }
    }
    text
}

/// Returns true if this line of a `.gitattributes` sets the line ends to LF, independent of git's settings.
pub(super) fn fixes_line_ends(line: &[u8]) -> bool {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.next().is_some_and(|pattern| !pattern.starts_with(b"#")) && words.any(|word| word == b"eol=lf")
}

/// The configuration files of git, the repository's last, which counts.
fn git_configs(subject: &Subject, repository: &[u8]) -> Vec<Vec<u8>> {
    let home = subject.home().unwrap_or_default();
    let files = [
        b"/etc/gitconfig".to_vec(),
        join(home, b".config/git/config"),
        join(home, b".gitconfig"),
        join(repository, b".git/config"),
    ];
    files.iter().filter_map(|file| subject.host.read(file, 1 << 20).ok()).collect()
}

/// Largest number of source files that are examined.
const MOST: usize = 16;

/// The first of Go's sources in the working directory that has Windows line ends.
fn source_with_carriage_return(subject: &Subject) -> Option<Vec<u8>> {
    let cwd = subject.host.cwd().ok()?;
    let mut names = subject.host.list(cwd).ok()?;
    names.retain(|name| name.ends_with(b".go"));
    names.sort();
    let mut files = names.iter().take(MOST).map(|name| join(cwd, name));
    files.find(|file| subject.host.line_ends(file) == Ok(LineEnds::CrLf))
}

fn line_ends(subject: &Subject) -> Option<Finding> {
    let repository = subject.upward(b".git");
    let source = source_with_carriage_return(subject);
    let converts = repository.as_ref().is_some_and(|repository| {
        let configs = git_configs(subject, repository);
        let value = configs.iter().filter_map(|text| git_value(text, "core", "autocrlf")).next_back();
        let attributes = subject.host.read(&join(repository, b".gitattributes"), 1 << 20).unwrap_or_default();
        let fixed = attributes.split(|&byte| byte == b'\n').any(fixes_line_ends);
        value.is_some_and(|value| value.eq_ignore_ascii_case("true")) && !fixed
    });
    let title = match (&source, converts) {
        (Some(source), _) => format!("{} has Windows line ends", shown(source)),
        (None, true) => "git writes Windows line ends here: core.autocrlf is true".to_owned(),
        (None, false) => return None,
    };
    let mut fix = Vec::new();
    if converts {
        fix.push("git config core.autocrlf input");
    }
    if source.is_some() {
        fix.push("gofmt -w .");
    }
    let place = source.or(repository)?;
    Some(
        Finding::warn(Code::GW572, place, title)
            .why(
                "`gofmt -l` lists every file, linters report all of them, and git shows changes that you did not make.",
            )
            .fix(fix.join(" && ")),
    )
}

/// Finds a repository of another owner. git refuses it, and go, which asks git for the commit, stops.
fn foreign_owner(subject: &Subject) -> Option<Finding> {
    let repository = subject.upward(b".git")?;
    // On a drive the mount's options set the owner.
    if subject.host.uid() == 0 || subject.is_on_drive(&repository) {
        return None;
    }
    let owner = |path: &[u8]| subject.host.stat(path).ok().map(|stat| stat.uid);
    let own = Some(subject.host.uid());
    if owner(&repository) == own && owner(&join(&repository, b".git")) == own {
        return None;
    }
    let shows = |value: &String| value == "*" || value.as_bytes() == repository.as_slice();
    let configs = git_configs(subject, &repository);
    if configs.iter().any(|text| git_values(text, "safe", "directory").iter().any(shows)) {
        return None;
    }
    let flags = crate::doctor::go_settings::setting(subject, b"GOFLAGS").map(|set| set.value).unwrap_or_default();
    let stamps_nothing = flags.windows(15).any(|part| part == b"-buildvcs=false");
    if stamps_nothing {
        return None;
    }
    let shown_path = shown(&repository);
    Some(
        Finding::fail(Code::GW573, repository.clone(), format!("{shown_path} is a repository of another user"))
            .why(
                "git refuses it, and go build asks git: `error obtaining VCS status: exit status 128`, `detected \
            dubious ownership`.",
            )
            .fix(format!("git config --global --add safe.directory {}", word(&repository))),
    )
}

/// Finds a Windows git, which prints Windows paths.
fn windows_git(subject: &Subject) -> Option<Finding> {
    let path = subject.repaired(b"PATH").unwrap_or_default();
    let entries = path.split(|&byte| byte == b':').filter(|entry| entry.starts_with(b"/"));
    let mut linux = entries.filter(|entry| !subject.host.mounts().is_on_drive(entry)).map(|entry| join(entry, b"git"));
    let git = linux.find(|file| subject.is_file(file))?;
    let binary = subject.host.binary(&git).ok()?;
    let is_windows = match binary.format {
        Format::Pe => true,
        Format::Script => binary.starts.iter().any(Started::is_of_windows),
        _ => false,
    };
    if !is_windows {
        return None;
    }
    let mut finding = Finding::warn(Code::GW574, git.clone(), format!("{} is git for Windows", shown(&git))).why(
        "go asks git for versions and commits and gets Windows paths: `error obtaining VCS status`, `cannot find \
         module root`.",
    );
    if let Some(command) = install::package(subject, Package::Git) {
        finding = finding.fix(format!("{0}mv {1} {1}.old && {command}", subject.sudo_for(&git), word(&git)));
    }
    Some(finding)
}

/// Finds files that a Linux program made and whose name is a Windows path.
fn named_like_windows_path(subject: &Subject) -> Option<Finding> {
    let cwd = subject.host.cwd().ok()?;
    let mut names = subject.host.list(cwd).ok()?;
    let is_path = |name: &[u8]| {
        let is_drive = matches!(name, [letter, b':', ..] if letter.is_ascii_alphabetic());
        is_drive || name.contains(&b'\\')
    };
    names.retain(|name| is_path(name) && subject.host.lstat(&join(cwd, name)).is_ok());
    names.sort();
    let first = names.first()?;
    let rest = match names.len() {
        1 => String::new(),
        more => format!(" and {} more", more - 1),
    };
    let words: Vec<String> = names.iter().map(|name| shell_words::quote(&shown(name)).into_owned()).collect();
    Some(
        Finding::warn(
            Code::GW575,
            join(cwd, first),
            format!("the name of a file here is a Windows path: {}{rest}", shown(first)),
        )
        .why(
            "A Linux program used a Windows path as a file name. The file has the contents that were meant for that \
            path, and `./...` includes it.",
        )
        .fix(format!(
            "mkdir -p ../windows-names && mv -- {} ../windows-names/    # check it before you delete it",
            words.join(" ")
        )),
    )
}

/// Finds vendored modules whose paths differ only by case. On a Windows drive, they share one folder.
fn vendored_twice(subject: &Subject) -> Option<Finding> {
    let folder = subject.upward(b"vendor/modules.txt").filter(|folder| subject.is_on_drive(folder))?;
    let file = join(&folder, b"vendor/modules.txt");
    let text = subject.host.read(&file, 4 << 20).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let paths: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# ")?.split(' ').next()).collect();
    // Two owners whose names differ only by case have one folder.
    let owner = |path: &str| path.split('/').take(2).collect::<Vec<_>>().join("/");
    let (one, two) = paths.iter().find_map(|one| {
        let is_other = |two: &&&str| owner(one) != owner(two) && owner(one).eq_ignore_ascii_case(&owner(two));
        paths.iter().find(is_other).map(|two| (*one, *two))
    })?;
    let below = format!("~/{}", shown(basename(&folder)));
    Some(
        Finding::fail(Code::GW157, file, format!("vendor has {one} and {two}, and a Windows drive ignores case"))
            .why("Both are in one folder there: `import path … does not match`, `case-insensitive import collision`.")
            .fix(format!("cp -R {} {} && cd {}", word(&folder), word(below.as_bytes()), word(below.as_bytes()))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_settings_are_read() {
        let text =
            b"[core]\n\tautocrlf = true\n[user]\nautocrlf = false\n[safe]\n\tdirectory = /a\n\tdirectory = \"/b c\"\n";
        assert_eq!(git_value(text, "core", "autocrlf").as_deref(), Some("true"));
        assert_eq!(git_value(text, "core", "bare"), None);
        assert_eq!(git_values(text, "safe", "directory"), ["/a", "/b c"]);
        for (value, expected) in
            [("/a # b", "/a"), ("\"/a # b\" ; c", "/a # b"), (r"\\wsl$\\x", r"\wsl$\x"), ("", ""), ("\"", "")]
        {
            assert_eq!(git_text(value), expected, "{value}");
        }
    }

    #[test]
    fn attributes_that_set_line_ends_are_found() {
        for (line, fixes) in [
            ("* text eol=lf", true),
            ("*.go\teol=lf", true),
            ("* text=auto", false),
            ("# * eol=lf", false),
            ("eol=lf", false),
            ("* eol=lf-not", false),
        ] {
            assert_eq!(fixes_line_ends(line.as_bytes()), fixes, "{line}");
        }
    }
}
