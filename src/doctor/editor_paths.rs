//! Paths in the settings of an editor: the variables that it expands, Windows' form, and files that are not gowrap.

use crate::doctor::subject::Subject;
use crate::host::FileKind;

/// Returns true for a path in Windows' form, even one with only Windows separators: `${workspaceFolder}\\cmd`.
pub(super) fn is_windows(subject: &Subject, text: &str) -> bool {
    subject.is_windows_path(text.as_bytes()) || text.contains('\\')
}

/// Returns a path with the editor's variables expanded: `~`, `${userHome}`, `${workspaceFolder}` and `${env:NAME}`.
pub(super) fn expanded(subject: &Subject, text: &str) -> String {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let home = subject.home().map(lossy);
    let mut text = match (text.strip_prefix('~'), &home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => format!("{home}{rest}"),
        _ => text.to_owned(),
    };
    if let Some(home) = &home {
        text = text.replace("${userHome}", home);
    }
    let folder = subject.upward(b".vscode").or_else(|| subject.host.cwd().ok().map(<[u8]>::to_vec));
    if let Some(folder) = folder.as_deref().map(lossy) {
        text = text.replace("${workspaceFolder}", &folder).replace("${workspaceRoot}", &folder);
    }
    while let Some((before, rest)) = text.split_once("${env:") {
        let Some((name, after)) = rest.split_once('}') else { break };
        let value = subject.environ.get(name.as_bytes()).map(lossy).unwrap_or_default();
        text = format!("{before}{value}{after}");
    }
    text
}

/// Returns true if this file exists and is not gowrap's.
pub(super) fn bypass(subject: &Subject, path: &[u8]) -> bool {
    subject.host.stat(path).is_ok_and(|stat| stat.kind == FileKind::Regular && !subject.host.is_own(stat.id))
}
