//! Trust in paths, on recorded machines.

use crate::host::Files;
use crate::host::trust::*;
use crate::host::{FileKind, FileStat};
use crate::record::Record;

const MOUNTS: &str = r#"
    [[mounts]]
    line = '20 1 8:32 / / rw - ext4 /dev/sdc rw'
    [[mounts]]
    line = '90 20 0:50 / /mnt/c rw - 9p C:\134 rw,aname=drvfs;path=C:\;uid=1000'
    [[mounts]]
    line = '91 20 0:51 / /home/me/remote rw - fuse.sshfs host: rw,user_id=0'
    [[mounts]]
    line = '92 20 0:52 / /home/me/image rw - ext4 /dev/loop0 rw,user_id=1001'
    [[mounts]]
    line = '93 20 7:1 / /media/me/stick rw - ext4 /dev/loop1 rw'
    [[mounts]]
    line = '94 20 8:48 / /srv rw - ext4 /dev/sdd rw'
    [[files]]
    path = '/etc/passwd'
    text = "root:x:0:0::/root:/bin/sh\nme:x:1000:1000::/home/me:/bin/sh\neve:x:1001:100::/home/eve:/bin/sh\nbob:x:1002:1002::/:/bin/sh\n"
    [[files]]
    path = '/etc/group'
    text = "root:x:0:\nme:x:1000:\nusers:x:100:\nempty:x:50:\nmine:x:60:me\nours:x:70:me,bob\ngone:x:80:gone\n"
"#;

fn row(path: &str, rest: &str) -> String {
    format!("[[files]]\npath = '{path}'\n{rest}\n")
}

fn judged(uid: u32, rows: &str, path: &str) -> String {
    let text = format!("uid = {uid}\n{MOUNTS}\n{rows}");
    let host = Record::parse(text.as_bytes(), b"case").unwrap();
    match host.judge(path.as_bytes()) {
        Ok(judged) => format!("ok {}", judged.path.escape_ascii()),
        Err(untrusted) => untrusted.words().escape_ascii().to_string(),
    }
}

/// Returns rows for a folder `/d` and a file in it.
fn in_folder(rest: &str) -> String {
    row("/d", &format!("format = 'dir'\n{rest}")) + &row("/d/x", "format = 'elf'")
}

#[test]
fn owner_and_mode_of_a_folder_count() {
    let everybody = |mode: &str| format!("/d can be changed by every user (mode {mode})");
    let group = |gid: u32, mode: &str| format!("/d can be changed by group {gid} (mode {mode})");
    let ok = || "ok /d/x".to_owned();
    let table: &[(u32, &str, String)] = &[
        (1000, "", ok()),
        (1000, "uid = 1000", ok()),
        (0, "uid = 1000", "/d belongs to user 1000".into()),
        (1000, "uid = 1001", "/d belongs to user 1001".into()),
        (1000, "mode = '0777'", everybody("0777")),
        (1000, "mode = '0757'", everybody("0757")),
        (1000, "mode = '1777'", ok()),
        (1000, "mode = '1775'\ngid = 100", ok()),
        (0, "mode = '0777'", everybody("0777")),
        // The group of a group-writable folder.
        (1000, "mode = '0775'", ok()),
        (1000, "mode = '0775'\nuid = 1000", ok()),
        (1000, "mode = '0775'\ngid = 50", ok()),
        (1000, "mode = '2775'\nuid = 1000\ngid = 60", ok()),
        (1000, "mode = '2775'\ngid = 60", group(60, "2775")),
        (1000, "mode = '0775'\nuid = 1000\ngid = 0", group(0, "0775")),
        (1000, "mode = '0775'\ngid = 70", group(70, "0775")),
        (1000, "mode = '0775'\ngid = 80", group(80, "0775")),
        (1000, "mode = '0775'\ngid = 100", group(100, "0775")),
        (1000, "mode = '0775'\ngid = 4711", group(4711, "0775")),
        (1000, "mode = '0755'\ngid = 100", ok()),
        // An ACL entry within the mask and beyond it.
        (1000, "mode = '0775'\nacl = ['u:1001:rwx']", "/d can be changed by user 1001 (its ACL)".into()),
        (1000, "mode = '0755'\nacl = ['u:1001:rwx']", ok()),
        (1000, "mode = '0775'\nacl = ['u:1001:r-x']", ok()),
        (1000, "mode = '0775'\nacl = ['u:1000:rwx', 'u:0:rwx']", ok()),
        (1000, "mode = '0775'\nacl = ['g:100:rwx']", "/d can be changed by group 100 (its ACL)".into()),
        (1000, "mode = '0775'\nacl = ['g:50:rwx']", ok()),
        (1000, "mode = '0775'\ngid = 100\nacl = ['g::r-x', 'u:1000:rwx']", ok()),
        (1000, "mode = '1777'\nacl = ['u:1001:rwx']", ok()),
    ];
    for (uid, rest, expected) in table {
        assert_eq!(judged(*uid, &in_folder(rest), "/d/x"), *expected, "{uid}: {rest}");
    }
}

#[test]
fn a_sticky_bit_counts_only_on_a_folder() {
    let table = [
        ("mode = '0755'", "ok /x"),
        ("mode = '1777'", "/x can be changed by every user (mode 1777)"),
        ("mode = '0775'\ngid = 100", "/x can be changed by group 100 (mode 0775)"),
        ("uid = 1001", "/x belongs to user 1001"),
        ("uid = 1001\nmode = '0555'", "/x belongs to user 1001"),
        ("mode = '0664'\nacl = ['u:1001:rw']", "/x can be changed by user 1001 (its ACL)"),
    ];
    for (rest, expected) in table {
        assert_eq!(judged(1000, &row("/x", &format!("format = 'elf'\n{rest}")), "/x"), expected, "{rest}");
    }
}

#[test]
fn a_link_and_its_target_count() {
    let files = [
        row("/bin/bash", "format = 'elf'"),
        row("/home/eve", "format = 'dir'\nuid = 1001"),
        row("/home/eve/x", "format = 'elf'"),
        row("/home/me", "format = 'dir'\nuid = 1000"),
        row("/home/me/mine", "link = '/bin/bash'\nuid = 1000"),
        row("/home/me/eves", "link = '/bin/bash'\nuid = 1001"),
        row("/home/me/away", "link = '../eve/x'\nuid = 1000"),
        row("/home/me/up", "link = '../../bin/../bin/./bash'\nuid = 1000"),
        row("/home/me/folder", "link = '/bin/'\nuid = 1000"),
        row("/home/me/round", "link = 'round'\nuid = 1000"),
        row("/home/eve/link", "link = '/bin/bash'"),
    ]
    .concat();
    let table = [
        ("/home/me/mine", "ok /bin/bash"),
        ("/home/me/eves", "/home/me/eves belongs to user 1001"),
        ("/home/me/away", "/home/eve belongs to user 1001"),
        ("/home/me/up", "ok /bin/bash"),
        ("/home/me/folder/bash", "ok /bin/bash"),
        ("/home/me/folder", "ok /bin"),
        ("/home/me/round", "a circle of symbolic links"),
        ("/home/eve/link", "/home/eve belongs to user 1001"),
        ("/home/eve/../me/mine", "/home/eve belongs to user 1001"),
        ("/home/me/mine/x", "not a directory"),
        ("/home/me/gone", "no such file or directory"),
        ("/home/me/gone/x", "no such file or directory"),
        ("bin/bash", "no such file or directory"),
        ("/", "ok /"),
        ("//bin//bash", "ok /bin/bash"),
    ];
    for (path, expected) in table {
        let result = judged(1000, &files, path);
        if expected.starts_with("ok") || expected.starts_with('/') {
            assert_eq!(result, expected, "{path}");
        } else {
            assert!(!result.starts_with("ok") && !result.starts_with('/'), "{path}: {result}");
        }
    }
}

#[test]
fn mounts_on_which_owner_and_mode_prove_nothing() {
    let paths = ["/mnt/c/x", "/home/me/remote/x", "/home/me/image/x", "/media/me/stick/x", "/srv/x"];
    let files: String = paths.iter().map(|path| row(path, "format = 'elf'")).collect();
    let files = files + &row("/link", "link = '/mnt/c/x'");
    let table = [
        ("/mnt/c/x", "/mnt/c is on a Windows drive, where owner and mode do not show who can change it"),
        ("/home/me/remote/x", "/home/me/remote is on a FUSE mount, where owner and mode prove nothing"),
        ("/home/me/image/x", "/home/me/image is on a mount that a user made, where owner and mode prove nothing"),
        ("/media/me/stick/x", "/media/me/stick is on a removable medium, where owner and mode prove nothing"),
        ("/link", "/mnt/c is on a Windows drive, where owner and mode do not show who can change it"),
        ("/srv/x", "ok /srv/x"),
        ("/mnt/c", "/mnt/c is on a Windows drive, where owner and mode do not show who can change it"),
    ];
    for (path, expected) in table {
        assert_eq!(judged(1000, &files, path), expected, "{path}");
    }
}

#[test]
fn a_doubt_has_the_position_of_its_component() {
    let position = |rows: &str, path: &str| {
        let host = Record::parse(format!("{MOUNTS}\n{rows}").as_bytes(), b"case").unwrap();
        match host.judge(path.as_bytes()) {
            Err(Untrusted::Doubtful { position, .. }) => position,
            other => panic!("{other:?}"),
        }
    };
    let foreign = row("/d", "format = 'dir'\nuid = 7") + &row("/d/x", "format = 'elf'\nuid = 7");
    assert_eq!(position(&foreign, "/d/x"), Position::OnTheWay);
    assert_eq!(position(&foreign, "/d"), Position::Last);
    assert_eq!(position(&foreign, "/d/"), Position::Last);
    let file = row("/x", "format = 'elf'\nmode = '0666'") + &row("/l", "link = '/x'\nuid = 7");
    assert_eq!(position(&file, "/x"), Position::Last);
    assert_eq!(position(&file, "/l"), Position::OnTheWay);
}

#[test]
fn a_hard_link_in_a_folder_that_others_can_write_is_not_trusted() {
    let component = |kind, names| Component {
        stat: FileStat { id: crate::host::FileId { dev: 1, ino: 1 }, kind, mode: 0o755, uid: 0, gid: 0, size: 0 },
        names,
    };
    let host = Record::parse(b"", b"case").unwrap();
    let root = host.root().unwrap_or_else(|_| panic!("the root folder"));
    let doubt_of = |kind, names, folder| doubt(&host, &root, &component(kind, names), TrustContext { user: 0, folder });
    let other_name = Ok(Some(Doubt::OtherName));
    assert_eq!(doubt_of(FileKind::Regular, Names::Several, FolderKind::Shared), other_name);
    assert_eq!(doubt_of(FileKind::Link, Names::Several, FolderKind::Shared), other_name);
    assert_eq!(doubt_of(FileKind::Regular, Names::One, FolderKind::Shared), Ok(None));
    assert_eq!(doubt_of(FileKind::Regular, Names::Several, FolderKind::Closed), Ok(None));
    assert_eq!(doubt_of(FileKind::Directory, Names::Several, FolderKind::Shared), Ok(None));
}
