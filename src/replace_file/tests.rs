use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;

use proptest::prelude::*;

use super::backup::{HEADER, is_half_written};
use super::open_file::rest_from;
use super::*;

/// A separate folder, removed at the end of the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("gowrap-replace-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    fn path(&self, name: &str) -> Vec<u8> {
        self.0.join(name).as_os_str().as_bytes().to_vec()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

fn facts(path: &PathBuf) -> (u32, u64, i64, i64) {
    let metadata = fs::metadata(path).unwrap();
    (metadata.mode(), metadata.nlink(), metadata.mtime(), metadata.mtime_nsec())
}

#[test]
fn only_the_contents_change() {
    let scratch = Scratch::new("keep");
    for name in ["renamed", "linked"] {
        let file = scratch.0.join(name);
        fs::write(&file, "one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        if name == "linked" {
            fs::hard_link(&file, scratch.0.join("other")).unwrap();
        }
        let (before, folder) = (facts(&file), facts(&scratch.0));
        let path = scratch.path(name);
        for (old, new) in [("one", "one two"), ("one two", "one"), ("one", "ane"), ("ane", ""), ("", "one")] {
            replace(&path, Some(old.as_bytes()), new.as_bytes()).unwrap();
            assert_eq!(fs::read(&file).unwrap(), new.as_bytes());
            assert_eq!((facts(&file), facts(&scratch.0)), (before, folder), "{name}: {old} to {new}");
        }
        assert_eq!(replace(&path, Some(b"two"), b""), Err(NotReplaced::Changed));
        assert_eq!(replace(&path, None, b""), Err(NotReplaced::Changed));
    }
    assert_eq!(
        replace(&scratch.path("gone"), Some(b"one"), b""),
        Err(NotReplaced::Changed),
        "it was removed meanwhile"
    );
    assert_eq!(fs::read(scratch.0.join("other")).unwrap(), b"one", "the other name leads to the same file");
    assert_eq!(scratch.names(), ["linked", "other", "renamed"]);
    replace(&scratch.path("new"), None, b"x").unwrap();
    assert_eq!(fs::read(scratch.0.join("new")).unwrap(), b"x");
}

#[test]
fn a_file_left_half_written_by_a_killed_run_is_repaired() {
    let scratch = Scratch::new("sweep");
    let (before, after) = (b"aaa\nline\nbbb\n", b"aaa\nbbb\nline\n");
    let file = scratch.0.join("f");
    let back = scratch.0.join(".f.gowrap-back");
    let stored = [HEADER, b"13\n", before, after].concat();
    let table: &[(&str, &[u8], &[u8])] = &[
        ("half written", b"aaa\nbbb\n\nbbb\n", before),
        ("not begun", before, before),
        ("finished", after, after),
        ("edited since", b"mine\n", b"mine\n"),
    ];
    for (name, now, expected) in table {
        for leftover in [".f.gowrap-12", ".f.gowrap-x", ".g.gowrap-12"] {
            fs::write(scratch.0.join(leftover), "").unwrap();
        }
        fs::write(&file, now).unwrap();
        fs::write(&back, &stored).unwrap();
        let folder = facts(&scratch.0);
        sweep([scratch.path("f").as_slice()]);
        assert_eq!(fs::read(&file).unwrap(), *expected, "{name}");
        assert_eq!(scratch.names(), [".f.gowrap-x", ".g.gowrap-12", "f"], "{name}");
        assert_eq!(facts(&scratch.0), folder, "{name}");
    }
}

proptest! {
    #[test]
    fn every_half_written_file_is_recognized(
        before in prop::collection::vec(prop::sample::select(&b"ab"[..]), 0..12),
        after in prop::collection::vec(prop::sample::select(&b"ab"[..]), 0..12),
        at in 0usize..13,
    ) {
        let at = at.min(after.len());
        let now = [&after[..at], rest_from(&before, at)].concat();
        prop_assert!(now == before || now == after || is_half_written(&now, &before, &after));
    }
}
