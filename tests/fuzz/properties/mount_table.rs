//! The mount table. Input: a path, a newline, and what `/proc/self/mountinfo` says.

use gowrap::host::mounts::{Mount, MountTable};

use super::lines;

pub fn holds(input: &[u8]) {
    let (path, text) = lines::first(input);
    let table = parse(text);
    every_line_stands_for_itself(text, &table);
    for mount in table.all() {
        a_mount_is_read_as_it_is_written(mount);
        a_drive_is_one(mount);
    }
    for path in std::iter::once(path).chain(table.all().iter().map(Mount::point)) {
        the_last_mount_above_a_path_decides(path, &table);
    }
    for drive in table.drives() {
        assert!(drive.is_drive());
        assert!(table.is_on_drive(drive.point()) || !drive.point().starts_with(b"/") || odd(drive.point()));
        if let Some(letter) = drive.letter() {
            let point = table.mount_point_of_drive(letter).expect("a drive that can be reached");
            assert_eq!(table.mount_point_of_drive(letter.to_ascii_lowercase()), Some(point));
            assert!(table.drives().any(|mount| mount.letter() == Some(letter) && mount.point() == point));
        }
    }
}

fn parse(text: &[u8]) -> MountTable {
    MountTable::parse(text, |tag| tag.first().map(|first| [b"C:\\", &[*first][..]].concat()))
}

fn every_line_stands_for_itself(text: &[u8], table: &MountTable) {
    let alone = text.split(|&byte| byte == b'\n').flat_map(|line| parse(line).all().to_vec());
    assert!(alone.eq(table.all().iter().cloned()));
}

fn a_mount_is_read_as_it_is_written(mount: &Mount) {
    let options: &[u8] = if mount.is_noexec() { b"rw,noexec" } else { b"rw" };
    let (root, point, source) = (escaped(mount.root()), escaped(mount.point()), escaped(mount.source()));
    let id = mount.id().to_string();
    let fields: [&[u8]; 10] =
        [id.as_bytes(), b"2", b"0:3", &root, &point, options, b"-", mount.fstype(), &source, mount.super_options()];
    assert_eq!(parse(&fields.join(&b' ')).all(), std::slice::from_ref(mount));
}

/// As the kernel's `mangle` writes a field.
fn escaped(field: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::new();
    for &byte in field {
        match byte {
            b' ' | b'\t' | b'\n' | b'\\' | b'#' => escaped.extend(format!("\\{byte:03o}").bytes()),
            _ => escaped.push(byte),
        }
    }
    escaped
}

fn a_drive_is_one(mount: &Mount) {
    match (mount.letter(), mount.windows_root()) {
        (Some(letter), Some(root)) => assert_eq!(root.to_ascii_uppercase(), [letter, b':', b'\\']),
        (Some(_), None) => panic!("a letter without a folder"),
        (None, _) => {}
    }
    assert!(mount.is_drive() || mount.windows_root().is_none());
}

/// The rule said once more, slowly: the last line whose mount point is the path or a folder above it; else the root.
fn the_last_mount_above_a_path_decides(path: &[u8], table: &MountTable) {
    if !path.starts_with(b"/") || odd(path) {
        return;
    }
    let above = |mount: &&Mount| match path.strip_prefix(mount.point()) {
        Some([]) => true,
        Some([b'/', ..]) => !mount.point().is_empty(),
        _ => false,
    };
    let root = || table.all().iter().rfind(|mount| mount.point() == b"/");
    let expected = table.all().iter().rfind(above).or_else(root);
    assert_eq!(table.mount_of(path), expected, "{}", path.escape_ascii());
    assert_eq!(table.is_on_drive(path), expected.is_some_and(Mount::is_drive));
    assert_eq!(table.is_noexec(path), expected.is_some_and(Mount::is_noexec));
}

/// Returns true if the path has components that are no names.
fn odd(path: &[u8]) -> bool {
    path.split(|&byte| byte == b'/').skip(1).any(|name| matches!(name, b"" | b"." | b".."))
}
