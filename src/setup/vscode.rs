//! Adds `go.alternateTools` to the settings of VS Code and related editors, directly after an opening brace, and
//! removes it. Every comment and blank stays. vscode-go looks there first, before GOBIN, GOPATH and PATH.
//!
//! The rest of the text is never changed. The edited text is parsed again, and must have the old settings and gowrap's
//! entries.

use serde_json::Value;

use crate::diagnosis::Failure;
use crate::editors::{EDITORS, Editor};
use crate::host::{Files, Host};
use crate::jsonc;
use crate::setup::change::{Change, Changes, Part};
use crate::setup::places::{Places, refused};
use crate::setup::shim_path::shim;
use crate::setup::user_file::{LIMIT, UserFile};
use crate::text::escape::escape;
use crate::text::path::dirname;
use crate::text::path::join;
use crate::tools::Tool;

/// The setting.
const KEY: &str = "go.alternateTools";

/// The tools that it names, without gopls: gowrap does not change its calls. vscode-go offers to install a missing
/// gopls, but would find the shim.
pub const TOOLS: [Tool; 2] = [Tool::Go, Tool::Dlv];

/// First line of an object that gowrap adds to a file without one.
const OBJECT: &str = "// what follows was added by gowrap setup";

/// End of that line, if gowrap also added the newline before it.
const WITH_NEWLINE: &str = ", with the newline before it";

/// First line of a settings file that gowrap made.
#[derive(Clone, Copy)]
enum CreatedBySetup {
    File,
    FileAndFolder,
}

impl CreatedBySetup {
    fn line(self) -> &'static str {
        match self {
            CreatedBySetup::File => "// written by gowrap setup\n",
            CreatedBySetup::FileAndFolder => "// written by gowrap setup, which made its folder too\n",
        }
    }
}

/// The changes that put the entries into every settings file that the editor has here.
///
/// # Errors
/// The editor has not run here, or its settings cannot be edited safely.
pub fn plan(editor: Editor, places: &Places, host: &dyn Host) -> Result<Changes, Failure> {
    let mut changes = Changes::default();
    for file in settings(editor, places, host)? {
        write(editor, &file, places, host, &mut changes)?;
    }
    Ok(changes)
}

fn write(editor: Editor, file: &[u8], places: &Places, host: &dyn Host, changes: &mut Changes) -> Result<(), Failure> {
    let UserFile { path, before } = UserFile::read(file, host).map_err(|why| refused(why, by_hand(editor)))?;
    if let Some(text) = before.as_deref() {
        let edited = with_tools(text, places);
        let edited =
            edited.map_err(|why| refused(format!("{} {why}, so it was not changed", escape(file)), by_hand(editor)))?;
        if let Some((after, inserted)) = edited {
            let what = Part::Added(inserted);
            changes.list.push(Change::Edit { name: file.to_vec(), path, before, after, what });
        }
        return Ok(());
    }
    let folder = dirname(&path).to_vec();
    let made = if host.stat(&folder).is_ok() { CreatedBySetup::File } else { CreatedBySetup::FileAndFolder };
    if let CreatedBySetup::FileAndFolder = made {
        changes.list.push(Change::MakeFolder { path: folder });
    }
    let after = fresh(made, places)?;
    let what = Part::Added(after.clone());
    changes.list.push(Change::Edit { name: file.to_vec(), path, before: None, after, what });
    Ok(())
}

/// Adds the changes that remove gowrap's entries from every settings file that may have them.
pub fn removal(places: &Places, host: &dyn Host, changes: &mut Changes) {
    for file in paths(places) {
        let Ok(text) = host.read(&file, LIMIT) else { continue };
        let resolved = host.canonical(&file).unwrap_or_else(|_| file.clone());
        let text = changes.contents_of(&resolved).map_or(text, <[u8]>::to_vec);
        let is_fresh = |made: &CreatedBySetup| fresh(*made, places).is_ok_and(|fresh| fresh == text);
        let made = [CreatedBySetup::File, CreatedBySetup::FileAndFolder].into_iter().find(is_fresh);
        let Some((after, taken)) = without_tools(&text, places) else { continue };
        match UserFile::read(&file, host) {
            Ok(UserFile { path, .. }) if made.is_some() => {
                let folder = dirname(&path).to_vec();
                changes.list.push(Change::RemoveFile { path });
                if let Some(CreatedBySetup::FileAndFolder) = made {
                    changes.list.push(Change::RemoveFolder { path: folder });
                }
            }
            Ok(UserFile { path, .. }) => {
                let before = Some(text);
                changes.list.push(Change::Edit { name: file, path, before, after, what: Part::Removed(taken) });
            }
            Err(why) => changes.notes.push(why),
        }
    }
}

fn by_hand(editor: Editor) -> Vec<Vec<u8>> {
    vec![format!("gowrap setup --editor {}    # prints the lines to add by hand", editor.word).into_bytes()]
}

/// The settings file of the editor's server, and the one where the editor itself runs on Linux.
fn all_settings(editor: Editor, places: &Places) -> Vec<Vec<u8>> {
    [editor.server_settings(&places.home), editor.program_settings(&places.config)].into_iter().flatten().collect()
}

/// Every settings file that setup may write.
pub(super) fn paths(places: &Places) -> Vec<Vec<u8>> {
    EDITORS.iter().flat_map(|editor| all_settings(*editor, places)).collect()
}

/// Returns those of the two settings files whose program has run here: the folder above the file's own exists.
fn settings(editor: Editor, places: &Places, host: &dyn Files) -> Result<Vec<Vec<u8>>, Failure> {
    let mut files = all_settings(editor, places);
    files.retain(|file| host.stat(dirname(dirname(file))).is_ok());
    if !files.is_empty() {
        return Ok(files);
    }
    let message = format!(
        "neither ~/{}/data nor {} is there: {} has not run here yet",
        editor.server,
        escape(&join(&places.config, editor.program.as_bytes())),
        editor.title
    );
    let fix = format!("open a folder inside WSL with {} once, and run the same command again", editor.title);
    Err(refused(message, vec![fix.into_bytes()]))
}

/// The setting as one member of an object.
///
/// # Errors
/// A path is not UTF-8, which JSON cannot hold.
pub fn member(places: &Places) -> Result<String, Failure> {
    Ok(format!("\"{KEY}\": {{{}\n    }}", entries(&TOOLS, places)?))
}

fn entries(tools: &[Tool], places: &Places) -> Result<String, Failure> {
    let entry = |tool: &Tool| Ok(format!("\n        \"{}\": {}", tool.name(), Value::from(shim(*tool, places)?)));
    Ok(tools.iter().map(entry).collect::<Result<Vec<_>, Failure>>()?.join(","))
}

fn fresh(made: CreatedBySetup, places: &Places) -> Result<Vec<u8>, Failure> {
    Ok(format!("{}{{\n    {}\n}}\n", made.line(), member(places)?).into_bytes())
}

/// An edited text, and the part that was added or removed.
type Edited = (Vec<u8>, Vec<u8>);

/// Returns the text with the missing entries, and the added part; none if no entry is missing.
fn with_tools(text: &[u8], places: &Places) -> Result<Option<Edited>, String> {
    if jsonc::tokens(text).is_empty() {
        let inserted = whole(text, places).ok_or("cannot name a path that is not UTF-8")?;
        let after = [text, &inserted].concat();
        return match jsonc::parse(&after) {
            Ok(_) => Ok(Some((after, inserted))),
            Err(_) => Err("has a comment without an end".to_owned()),
        };
    }
    let old = jsonc::parse(text).map_err(|why| format!("cannot be read: {why}"))?;
    let outer = scan(text).ok_or("is not a JSON object")?;
    let there = old.get(KEY);
    let mut expected = old.clone();
    let mut missing = Vec::new();
    for tool in TOOLS {
        let path = shim(tool, places).map_err(|_| "cannot name a path that is not UTF-8")?;
        match there.and_then(|tools| tools.get(tool.name())) {
            None => missing.push((tool, path)),
            Some(Value::String(has)) if *has == path => {}
            Some(other) => {
                return Err(format!("has another {} already: {}", tool.name(), escape(other.to_string().as_bytes())));
            }
        }
    }
    if missing.is_empty() {
        return Ok(None);
    }
    let place = match (there, outer.inner.as_slice()) {
        (None, []) => &outer.place,
        (Some(Value::Object(_)), [inner]) => inner,
        _ => return Err(format!("has a {KEY} in another form")),
    };
    for (tool, path) in &missing {
        expected[KEY][tool.name()] = Value::from(path.as_str());
    }
    let tools: Vec<Tool> = missing.iter().map(|(tool, _)| *tool).collect();
    let plain = insertion(&tools, there.is_some(), places).ok_or("cannot name a path that is not UTF-8")?;
    let mut inserted = plain.replace('\n', newline_of(text)).into_bytes();
    if place.has_members {
        inserted.push(b',');
    }
    let (head, tail) = text.split_at_checked(place.after_brace).ok_or("cannot be read")?;
    let after = [head, &inserted, tail].concat();
    match jsonc::parse(&after) {
        Ok(new) if new == expected => Ok(Some((after, inserted))),
        _ => Err("cannot be edited safely".to_owned()),
    }
}

fn insertion(tools: &[Tool], is_inner: bool, places: &Places) -> Option<String> {
    if is_inner { entries(tools, places).ok() } else { member(places).ok().map(|member| format!("\n    {member}")) }
}

/// Text added to a file that holds only comments, which VS Code treats as no settings. Its first line marks it as
/// gowrap's, and says if the newline before it is gowrap's too.
fn whole(text: &[u8], places: &Places) -> Option<Vec<u8>> {
    let member = insertion(&TOOLS, false, places)?;
    let plain = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let (before, mark) = match plain.last() {
        None | Some(b'\n') => ("", OBJECT.to_owned()),
        Some(_) => ("\n", format!("{OBJECT}{WITH_NEWLINE}")),
    };
    Some(format!("{before}{mark}\n{{{member}\n}}\n").replace('\n', newline_of(text)).into_bytes())
}

fn newline_of(text: &[u8]) -> &'static str {
    if text.windows(2).any(|pair| pair == b"\r\n") { "\r\n" } else { "\n" }
}

/// The text before gowrap's object, if that object is unchanged.
fn without_whole(text: &[u8], places: &Places) -> Option<Edited> {
    let at = text.windows(OBJECT.len()).rposition(|part| part == OBJECT.as_bytes())?;
    // gowrap may have added the newline before it.
    [at, at.saturating_sub(1), at.saturating_sub(2)].into_iter().find_map(|start| {
        let (before, rest) = text.split_at_checked(start)?;
        (jsonc::tokens(before).is_empty() && whole(before, places)? == rest).then(|| (before.to_vec(), rest.to_vec()))
    })
}

/// Returns the text without the line that marks gowrap's object, if the user has added members to the object.
fn without_mark(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let is_mark = |line: &&[u8]| {
        let line = line.trim_ascii_end();
        line.strip_suffix(WITH_NEWLINE.as_bytes()).unwrap_or(line) == OBJECT.as_bytes()
    };
    lines.filter(|line| !is_mark(line)).flatten().copied().collect()
}

/// Returns the text without gowrap's entries, and those entries; none if they are missing or changed.
fn without_tools(text: &[u8], places: &Places) -> Option<Edited> {
    if let Some(edited) = without_whole(text, places) {
        return Some(edited);
    }
    let forms: [(&[Tool], bool); 4] = [(&TOOLS, false), (&TOOLS, true), (&TOOLS[..1], true), (&TOOLS[1..], true)];
    for (tools, is_inner) in forms {
        let Some(plain) = insertion(tools, is_inner, places) else { continue };
        for plain in [plain.clone(), plain.replace('\n', "\r\n")] {
            // First the form with a comma: the user may have added a member after gowrap's.
            for inserted in [format!("{plain},"), plain] {
                let needle = [b"{", inserted.as_bytes()].concat();
                let Some(at) = text.windows(needle.len()).position(|part| part == needle) else { continue };
                let after = [text.get(..=at)?, text.get(at + needle.len()..)?].concat();
                if jsonc::parse(&after).is_ok() {
                    return Some((without_mark(&after), inserted.into_bytes()));
                }
            }
        }
    }
    None
}

/// Returns the position after an opening brace.
struct OpeningBrace {
    after_brace: usize,
    has_members: bool,
}

/// Returns the outermost object, and the objects in its members with the setting's name.
struct Outer {
    place: OpeningBrace,
    inner: Vec<OpeningBrace>,
}

fn scan(text: &[u8]) -> Option<Outer> {
    let tokens = jsonc::tokens(text);
    let key = format!("\"{KEY}\"");
    let place = |index: usize| {
        let &(at, b'{') = tokens.get(index)? else { return None };
        Some(OpeningBrace {
            after_brace: at + 1,
            has_members: !matches!(tokens.get(index + 1), Some((_, b'}')) | None),
        })
    };
    let mut inner = Vec::new();
    let mut depth = 0usize;
    for (index, &(at, token)) in tokens.iter().enumerate() {
        match token {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' if depth == 1 && text.get(at..).is_some_and(|rest| rest.starts_with(key.as_bytes())) => {
                if let (Some((_, b':')), Some(place)) = (tokens.get(index + 1), place(index + 2)) {
                    inner.push(place);
                }
            }
            _ => {}
        }
    }
    Some(Outer { place: place(0)?, inner })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn settings_are_merged_and_removed_again() {
        let block = "\n    \"go.alternateTools\": {\n        \"go\": \"/s/go\",\n        \"dlv\": \"/s/dlv\"\n    }";
        let mark = "// what follows was added by gowrap setup";
        let both = "\n        \"go\": \"/s/go\",\n        \"dlv\": \"/s/dlv\"";
        let table: &[(&str, String)] = &[
            ("{}", format!("{{{block}}}")),
            ("", format!("{mark}\n{{{block}\n}}\n")),
            ("\u{feff}", format!("\u{feff}{mark}\n{{{block}\n}}\n")),
            (" \n", format!(" \n{mark}\n{{{block}\n}}\n")),
            ("// none", format!("// none\n{mark}, with the newline before it\n{{{block}\n}}\n")),
            ("// none\n", format!("// none\n{mark}\n{{{block}\n}}\n")),
            ("\n\n/**/", format!("\n\n/**/\n{mark}, with the newline before it\n{{{block}\n}}\n")),
            ("// none\r\n", format!("// none\r\n{}", format!("{mark}\n{{{block}\n}}\n").replace('\n', "\r\n"))),
            ("{\n}\n", format!("{{{block}\n}}\n")),
            ("{ // why\n  \"a\": 1, // }\n}", format!("{{{block}, // why\n  \"a\": 1, // }}\n}}")),
            ("// {\n/* { */ {\"a\": \"{\"}", format!("// {{\n/* {{ */ {{{block},\"a\": \"{{\"}}")),
            (
                "\u{feff}{\"a\": {\"go.alternateTools\": 1}}",
                format!("\u{feff}{{{block},\"a\": {{\"go.alternateTools\": 1}}}}"),
            ),
            ("{\r\n\"a\": 1}\r\n", format!("{{{},\r\n\"a\": 1}}\r\n", block.replace('\n', "\r\n"))),
            (
                "{\"go.alternateTools\": { \"gopls\": \"/x\" }}",
                format!("{{\"go.alternateTools\": {{{both}, \"gopls\": \"/x\" }}}}"),
            ),
            ("{\"go.alternateTools\": { /* none */ }}", format!("{{\"go.alternateTools\": {{{both} /* none */ }}}}")),
            (
                "{\"go.alternateTools\": {\"go\": \"/s/go\"}}",
                "{\"go.alternateTools\": {\n        \"dlv\": \"/s/dlv\",\"go\": \"/s/go\"}}".to_owned(),
            ),
        ];
        for (before, expected) in table {
            let (after, _) = with_tools(before.as_bytes(), &Places::example()).unwrap().unwrap();
            assert_eq!(String::from_utf8_lossy(&after), *expected, "{before}");
            assert_eq!(with_tools(&after, &Places::example()), Ok(None), "{before}: a second time");
            assert_eq!(
                without_tools(&after, &Places::example()).unwrap().0,
                before.as_bytes(),
                "{before}: and out again"
            );
        }
    }

    #[test]
    fn unsafe_edits_are_refused() {
        let table: &[(&str, &str)] = &[
            ("{\"go.alternateTools\": {\"dlv\": \"/mine\"}}", "has another dlv already: \"/mine\""),
            ("{\"go.alternateTools\": null}", "has a go.alternateTools in another form"),
            ("{\"go.alternateTools\": {}, \"go.alternateTools\": {}}", "has a go.alternateTools in another form"),
            ("{\"go.alternate\\u0054ools\": {}}", "has a go.alternateTools in another form"),
            ("[]", "is not a JSON object"),
            ("/* open", "has a comment without an end"),
            ("{\"a\" 1}", "cannot be read: expected `:` at line 1 column 6"),
        ];
        for (text, expected) in table {
            assert_eq!(with_tools(text.as_bytes(), &Places::example()).unwrap_err(), *expected, "{text}");
        }
    }

    #[test]
    fn a_member_added_later_stays() {
        let (after, _) = with_tools(b"{}", &Places::example()).unwrap().unwrap();
        let edited = String::from_utf8(after).unwrap().replace("    }}", "    },\n    \"b\": 2}");
        assert_eq!(without_tools(edited.as_bytes(), &Places::example()).unwrap().0, b"{\n    \"b\": 2}");
        let (after, _) = with_tools(b"// none\n", &Places::example()).unwrap().unwrap();
        let edited = String::from_utf8(after).unwrap().replace("    }\n}", "    },\n    \"b\": 2\n}");
        assert_eq!(without_tools(edited.as_bytes(), &Places::example()).unwrap().0, b"// none\n{\n    \"b\": 2\n}\n");
    }

    proptest! {
        #[test]
        fn an_edited_text_is_valid_and_the_edit_can_be_undone(
            text in r#"(\{|//x\n|//x|\r\n|)([ \n]|"a":|1,|"go\.alternateTools":|\{|\}|//x\n|/\*|\*/|","){0,12}\}"#
        ) {
            if let Ok(Some((after, _))) = with_tools(text.as_bytes(), &Places::example()) {
                prop_assert!(jsonc::parse(&after).is_ok());
                prop_assert_eq!(without_tools(&after, &Places::example()).unwrap().0, text.as_bytes());
            }
        }
    }
}
