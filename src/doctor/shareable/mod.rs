//! The text of a file in a record: made from the lines, or the members, that a check reads.
//!
//! No file is copied. The form depends on the requested name, also if it is a link: a link `go.mod` to a private key is
//! read as a go.mod, and no line of the key has a known form. A name without a row in [`FORMS`], such as a shell's
//! profile, gives no text. A line of an unknown form becomes empty, so that the other lines keep their numbers. An
//! invalid line of a `wsl.conf`, at which WSL stops, becomes another invalid line.

mod git;
mod go_files;
mod json;
mod lines;
pub(crate) mod script;
mod system;
#[cfg(test)]
mod tests;

use crate::doctor::{editors, proxy};
use crate::text::path::basename;

use git::{git_attributes, git_settings};
use go_files::{go_settings, module, toolchain_version, vendored};
use json::{launches, only, settings, tasks, workspace};
use system::{groups, interop_entry, kernel_setting, name_servers, release, users, wsl_settings};

/// The files whose names depend on the machine.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct GoPaths<'a> {
    /// The file that `go env -w` writes. GOENV can name any file.
    pub go_env: Option<&'a [u8]>,
    /// The workspace's file. GOWORK can name any file.
    pub go_work: Option<&'a [u8]>,
}

/// Makes the text for a record.
type Rebuild = fn(&[u8]) -> Vec<u8>;

/// The form of a file, which depends on its requested name.
struct FormRow {
    has_name: fn(path: &[u8], named: GoPaths) -> bool,
    rebuild: Rebuild,
}

const FORMS: [FormRow; 18] = [
    FormRow { has_name: |path, _| path == b"/etc/wsl.conf", rebuild: wsl_settings },
    FormRow { has_name: |path, _| matches!(path, b"/etc/os-release" | b"/usr/lib/os-release"), rebuild: release },
    FormRow { has_name: |path, _| path == b"/etc/resolv.conf", rebuild: name_servers },
    FormRow { has_name: |path, _| path == b"/etc/passwd", rebuild: users },
    FormRow { has_name: |path, _| path == b"/etc/group", rebuild: groups },
    FormRow { has_name: |path, _| path.ends_with(b"binfmt.d/WSLInterop.conf"), rebuild: interop_entry },
    FormRow { has_name: |path, _| path.starts_with(b"/proc/sys/"), rebuild: kernel_setting },
    FormRow { has_name: |path, _| proxy::LISTENERS.contains(&path), rebuild: proxy::listeners },
    FormRow { has_name: |path, _| basename(path) == b"VERSION", rebuild: toolchain_version },
    FormRow { has_name: is_module_file, rebuild: module },
    FormRow { has_name: |path, _| path.ends_with(b"/vendor/modules.txt"), rebuild: vendored },
    FormRow { has_name: |path, named| basename(path) == b"go.env" || named.go_env == Some(path), rebuild: go_settings },
    FormRow { has_name: |path, _| is_git_file(path), rebuild: git_settings },
    FormRow { has_name: |path, _| basename(path) == b".gitattributes", rebuild: git_attributes },
    FormRow { has_name: |path, _| basename(path) == b"launch.json", rebuild: |text| only(text, launches) },
    FormRow { has_name: |path, _| basename(path) == b"tasks.json", rebuild: |text| only(text, tasks) },
    FormRow { has_name: |path, _| basename(path) == b"settings.json", rebuild: |text| only(text, settings) },
    FormRow { has_name: |path, _| editors::is_workspace(path), rebuild: |text| only(text, workspace) },
];

fn is_module_file(path: &[u8], named: GoPaths) -> bool {
    basename(path) == b"go.mod" || path.ends_with(b".work") || named.go_work == Some(path)
}

/// The files of git's settings that a check reads.
fn is_git_file(path: &[u8]) -> bool {
    matches!(basename(path), b"gitconfig" | b".gitconfig")
        || path.ends_with(b"/git/config")
        || path.ends_with(b"/.git/config")
}

/// Returns the text of a file for a record; none if its requested name is on no list.
#[must_use]
pub(super) fn shareable(asked: &[u8], named: GoPaths, text: &[u8]) -> Option<Vec<u8>> {
    let form = FORMS.iter().find(|form| (form.has_name)(asked, named))?;
    Some((form.rebuild)(text))
}
