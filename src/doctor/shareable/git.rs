//! Git's settings and attributes.

use super::lines::{is_folder, is_made_of, lines, masked};
use crate::doctor::repository::{fixes_line_ends, git_values};

/// Makes the rows of git's configuration that a check reads: switches and folders.
pub(super) fn git_settings(text: &[u8]) -> Vec<u8> {
    let switch = |value: &String| is_made_of(value.as_bytes(), b"") && value.len() <= 5;
    let folder = |value: &String| value == "*" || is_folder(value.as_bytes());
    let is_known: [(&str, &str, &dyn Fn(&String) -> bool); 2] =
        [("core", "autocrlf", &switch), ("safe", "directory", &folder)];
    let mut kept = String::new();
    for (section, key, is_known) in is_known {
        let values: Vec<String> = git_values(text, section, key).into_iter().filter(is_known).collect();
        if !values.is_empty() {
            kept.push_str(&format!("[{section}]\n"));
        }
        for value in values {
            let value = masked(&value).replace('\\', "\\\\").replace('"', "\\\"");
            kept.push_str(&format!("\t{key} = \"{value}\"\n"));
        }
    }
    kept.into_bytes()
}

/// Makes each line of a `.gitattributes` that sets line endings, without its pattern.
pub(super) fn git_attributes(text: &[u8]) -> Vec<u8> {
    lines(text, |line| fixes_line_ends(line).then(|| b"* eol=lf".to_vec()))
}
