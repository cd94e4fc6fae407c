//! Files of Go: a toolchain's version, go.mod and go.work, vendor/modules.txt, and the file of `go env -w`.

use super::lines::{is_folder, is_made_of, lines};
use crate::doctor::project::words;
use crate::doctor::version::Version;
use crate::text::mask;
use crate::tools::go::variables as go_variables;

/// Makes the first line of a toolchain's VERSION: `go1.25.0`, or `devel go1.27-…`.
pub(super) fn toolchain_version(text: &[u8]) -> Vec<u8> {
    let mut first = true;
    lines(text, |line| {
        let is_first = std::mem::take(&mut first);
        let rest = line.strip_prefix(b"devel ").unwrap_or(line).strip_prefix(b"go")?;
        let is_version = rest.first().is_some_and(u8::is_ascii_digit)
            && line.len() < 100
            && is_made_of(line, b" .-+:_,")
            && Version::parse(std::str::from_utf8(line).ok()?).is_some();
        (is_first && is_version).then(|| line.to_vec())
    })
}

/// Makes the lines of go.mod and go.work that name a version or a folder (https://go.dev/ref/mod).
pub(super) fn module(text: &[u8]) -> Vec<u8> {
    let is_known = |verb: &[u8]| matches!(verb, b"module" | b"go" | b"toolchain" | b"replace" | b"use");
    let mut block: Option<Vec<u8>> = None;
    lines(text, |line| {
        let found = words(line);
        let mut found: Vec<&[u8]> = found.iter().map(Vec::as_slice).collect();
        let is_in_block = block.is_some();
        let verb = match (&block, found.first()?) {
            (_, &b")") => {
                return block.take().filter(|verb| is_known(verb)).map(|_| b")".to_vec());
            }
            (Some(verb), _) => verb.clone(),
            (None, _) => found.remove(0).to_vec(),
        };
        if found == [b"("] && !is_in_block {
            let heading = [&verb, &b" ("[..]].concat();
            let heading = is_known(&verb).then_some(heading);
            block = Some(verb);
            return heading;
        }
        let has_form = match (&*verb, &*found) {
            (b"module", [path]) => is_module(path),
            (b"go", [version]) => version.first().is_some_and(u8::is_ascii_digit) && is_made_of(version, b"."),
            (b"toolchain", [name]) => *name == b"default" || (name.starts_with(b"go1") && is_made_of(name, b".+-")),
            (b"use", [folder]) => is_folder(folder),
            (b"replace", [path, b"=>", with]) => is_module(path) && is_folder(with),
            (b"replace", [path, version, b"=>", with]) => is_module(path) && is_version(version) && is_folder(with),
            (b"replace", [path, b"=>", with, to]) => is_module(path) && is_module(with) && is_version(to),
            (b"replace", [path, version, b"=>", with, to]) => {
                is_module(path) && is_version(version) && is_module(with) && is_version(to)
            }
            _ => false,
        };
        let start: &[&[u8]] = if is_in_block { &[b"\t"] } else { &[&verb, b" "] };
        let words: Vec<Vec<u8>> = found.iter().map(|word| quoted(word)).collect();
        has_form.then(|| [start.concat(), words.join(&b' ')].concat())
    })
}

fn is_module(path: &[u8]) -> bool {
    !path.is_empty() && is_made_of(path, b"._~/-+!")
}

fn is_version(version: &[u8]) -> bool {
    matches!(version, [b'v', digit, ..] if digit.is_ascii_digit()) && is_made_of(version, b".-+")
}

/// Returns a word for go.mod, in quotes if it needs them, and without a quote in it.
fn quoted(word: &[u8]) -> Vec<u8> {
    let word: Vec<u8> = word.iter().copied().filter(|byte| *byte != b'"').collect();
    if is_made_of(&word, b"._~/-+!=>:\\@") {
        return word;
    }
    let escaped = word.iter().flat_map(|byte| std::iter::repeat_n(*byte, if *byte == b'\\' { 2 } else { 1 }));
    std::iter::once(b'"').chain(escaped).chain([b'"']).collect()
}

/// Makes `NAME=value` of Go's own names, with masked values.
pub(super) fn go_settings(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let equals = line.iter().position(|&byte| byte == b'=')?;
        let (name, value) = (&line[..equals], &line[equals + 1..]);
        go_variables::kind(name)?;
        Some([name, b"=", &*mask::value(name, value)].concat())
    })
}

/// Makes `# MODULE VERSION` of each module in a vendor folder.
pub(super) fn vendored(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let mut words = line.strip_prefix(b"# ")?.split(|&byte| byte == b' ');
        let (path, version) = (words.next()?, words.next()?);
        (is_module(path) && is_version(version)).then(|| [b"# ", path, b" ", version].concat())
    })
}
