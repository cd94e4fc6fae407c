//! The configuration file.

use gowrap::bytes::Bytes;
use gowrap::config::Config;
use gowrap::diagnosis::Failure;
use gowrap::host::binary::Machine;
use gowrap::host::environ::Environ;
use gowrap::record::Record;
use gowrap::record::format::{FileRow, FormatWord, RecordFile};
use gowrap::record::values::PermissionBits;
use toml::Spanned;

pub fn holds(input: &[u8]) {
    assert_eq!(Machine::named("x86_64"), Some(Machine::X86_64));
    match load(input) {
        Err(failure) => points_at_a_place(&failure, b"/c.toml", input, 1 << 20),
        Ok(config) => {
            for (_, pin) in &config.pins {
                assert!(pin.value.starts_with(b"/") && !pin.value.contains(&0));
            }
            for name in &config.restore_names.value {
                assert!(!name.is_empty() && !name.contains(&b'=') && !name.contains(&0), "{}", name.escape_ascii());
            }
            a_comment_is_nothing(input, &config);
            an_unknown_table_is_a_note(input, &config);
        }
    }
}

fn load(text: &[u8]) -> Result<Config, Failure> {
    let file = FileRow {
        path: Spanned::new(0..0, Bytes(b"/c.toml".to_vec())),
        format: Some(FormatWord::Other),
        link: None,
        machine: None,
        mode: PermissionBits(0o644),
        uid: 0,
        interpreter: None,
        text: Some(Bytes(text.to_vec())),
        gid: None,
        acl: Vec::new(),
        crlf: false,
        build: None,
        package: None,
    };
    let record = Record::from_file(RecordFile { files: vec![file], ..RecordFile::default() }).expect("one file");
    Config::for_record(&Environ::default(), &record, Some(b"/c.toml"))
}

/// A mistake has its position: `FILE:LINE:COL: what`, the line, and a caret.
pub fn points_at_a_place(failure: &Failure, file: &[u8], text: &[u8], most: usize) {
    let message = &failure.message;
    if text.len() > most {
        return; // A file that is too large has no position.
    }
    let place = message.strip_prefix([file, b":"].concat().as_slice()).expect("the file's name");
    let mut numbers = place.split(|&byte| byte == b':');
    let mut number = || std::str::from_utf8(numbers.next()?).ok()?.parse::<usize>().ok();
    let (line, column) = (number().expect("a line"), number().expect("a column"));
    assert!(line >= 1 && line <= 1 + text.iter().filter(|&&byte| byte == b'\n').count());
    assert!(column >= 1 && column <= 1 + text.len());
    let lines: Vec<&[u8]> = message.split(|&byte| byte == b'\n').collect();
    assert_eq!(lines.len(), 3, "{}", message.escape_ascii());
    assert!(lines[2].ends_with(b"^") && lines[2].iter().all(|byte| matches!(byte, b' ' | b'^')));
}

fn a_comment_is_nothing(text: &[u8], config: &Config) {
    let with = load(&[text, b"\n# nothing\n"].concat()).expect("a comment is no mistake");
    assert_eq!(format!("{with:?}"), format!("{config:?}"));
}

fn an_unknown_table_is_a_note(text: &[u8], config: &Config) {
    const NAME: &[u8] = b"from-the-future";
    if text.windows(NAME.len()).any(|window| window == NAME) {
        return;
    }
    let mut with = load(&[text, b"\n[", NAME, b"]\nkey = 1\n"].concat()).expect("a newer key does not stop go");
    let note = with.notes.pop().expect("a note");
    assert!(note.text.windows(NAME.len()).any(|window| window == NAME), "{}", note.text.escape_ascii());
    assert_eq!(format!("{with:?}"), format!("{config:?}"));
}
