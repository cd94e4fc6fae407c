//! WSLENV. Input: the name of a variable, a newline, and the list.

use gowrap::plan::translate::wslenv::{Crossing, WslEnv};

use super::lines;

pub fn holds(input: &[u8]) {
    let (name, list) = lines::first(input);
    let parsed = WslEnv::parse(list);
    let printed = parsed.to_bytes();
    assert_eq!(WslEnv::parse(&printed), parsed, "printed, it reads the same");
    let entries = list.trim_ascii_end().split(|&byte| byte == b':').filter(|entry| !entry.is_empty());
    let expected = entries.collect::<Vec<_>>().join(&b":"[..]);
    assert_eq!(printed.strip_suffix(b":").unwrap_or(&printed), expected, "no entry is touched");
    if name.is_empty() || name.iter().any(|byte| matches!(byte, b':' | b'/' | b'=' | 0) || byte.is_ascii_whitespace()) {
        return;
    }
    let others: Vec<Vec<u8>> = printed
        .split(|&byte| byte == b':')
        .map(|entry| entry.split(|&byte| byte == b'/').next().unwrap_or_default().to_vec())
        .filter(|other| other != name)
        .collect();
    let is_listed = printed.split(|&byte| byte == b':').any(|entry| entry.split(|&b| b == b'/').next() == Some(name));

    let mut added = parsed.clone();
    added.add(name);
    match is_listed {
        true => assert_eq!(added, parsed, "an entry that a user made keeps its flags"),
        false => assert_eq!(added.crossing(name), Crossing::Verbatim),
    }
    let once = added.clone();
    added.add(name);
    assert_eq!(added, once, "once is enough");

    let mut removed = once.clone();
    removed.remove(name);
    assert_eq!(removed.crossing(name), Crossing::Never);
    for list in [&once, &removed] {
        for other in &others {
            assert_eq!(list.crossing(other), parsed.crossing(other), "{}", other.escape_ascii());
            // And so it does for a reader of the result.
            let read = WslEnv::parse(&list.to_bytes());
            assert_eq!(read.crossing(other), parsed.crossing(other), "{}", other.escape_ascii());
        }
    }
}
