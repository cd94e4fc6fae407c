//! The keys of a record, and the defaults of missing ones.

use super::*;
use crate::bytes::Bytes;
use crate::diagnosis::Code;
use crate::host::acl::Grant;
use crate::host::binary::{Format, Machine, Maker, Release};
use crate::host::{
    FileKind, Files, Identity, LineEnds, LinuxKind, Magic, NetworkMode, Process, Processes, Snapshot, SocketState,
    Windows,
};
use crate::inspect::Inspect;
use crate::record::values::MachineName;
use crate::text::errno::Errno;
use proptest::prelude::*;

fn record(text: &str) -> Record {
    Record::parse(text.as_bytes(), b"r.toml").unwrap_or_else(|failure| panic!("{}", shown(&failure)))
}

fn shown(failure: &Failure) -> String {
    String::from_utf8(failure.message.clone()).unwrap()
}

fn kind(host: &Record, path: &str) -> Result<FileKind, Errno> {
    host.stat(path.as_bytes()).map(|stat| stat.kind)
}

/// A record with every key.
const EVERYTHING: &str = r#"
schema = 1
kind = "wsl2"
distro = "Ubuntu-24.04"
machine = "aarch64"
uid = 1001
user = "me"
home = "/home/me"
self = "/home/me/.local/bin/gowrap"
shims = "/home/me/.local/share/gowrap/shims"

[network]
mode = "nat"
localhost_forwarding = true
linux_address = "172.29.112.10"
gateway = "172.29.112.1"

[interop]
binfmt = "disabled"
flags = "P"
init = true
sockets = { "/run/WSL/8_interop" = "live", "/run/WSL/1_interop" = "refused", "/run/WSL/2_interop" = "hung" }
enabled = false

[[binfmt]]
name = "qemu-x86_64"
magic = "7f454c46"
mask = "ffffffFF"
offset = 0
interpreter = "/usr/bin/qemu-x86_64-static"
flags = "F"
enabled = true

[[mounts]]
line = '90 60 0:50 / /mnt/c rw,noatime - 9p C:\134 rw,aname=drvfs;path=C:\;uid=1000;gid=1000,trans=fd,rfd=5,wfd=5'

[[files]]
path = "/usr/local/go/bin/go"
format = "elf"
machine = "x86_64"
mode = "0700"
uid = 7
interpreter = "/lib64/ld-linux-x86-64.so.2"
text = ""
gid = 50
acl = ["u:1001:rw", "g:60:r", "g::-"]
crlf = true
build = "go1.27.3 cmd/go"
package = "golang-1.27-go 1.27.3-1"

[[files]]
path = "/usr/bin/go"
link = "../local/go/bin/go"

[[ancestors]]
pid = 812
uid = 1001
name = "bash"
env = { GOPROXY = "https://proxy.example" }

[snapshot]
GOPATH = "/home/me/go"

[call]
cwd = "/home/me/p"
env = { PATH = "/usr/bin:/mnt/c/Windows", HOME = "/home/me", A = "", B = { b64 = "/w==" } }
tty = true
"#;

#[test]
fn every_key_has_an_effect() {
    let host = record(EVERYTHING);
    assert_eq!((host.kind(), host.machine(), host.uid()), (LinuxKind::Wsl2, Machine::Aarch64, 1001));
    assert_eq!(host.distro().as_deref(), Some(&b"Ubuntu-24.04"[..]));
    assert_eq!(host.user(), Some(&User { name: b"me".to_vec(), home: b"/home/me".to_vec() }));
    assert_eq!(host.cwd(), Ok(&b"/home/me/p"[..]));
    assert!(host.has_terminal());
    assert_eq!(host.own_path().as_deref(), Some(&b"/home/me/.local/bin/gowrap"[..]));

    let network = host.network();
    assert_eq!((network.mode, network.localhost_forwarding), (NetworkMode::Nat, Some(true)));
    assert_eq!(network.linux_address.as_deref(), Some(&b"172.29.112.10"[..]));
    assert_eq!(network.gateway.as_deref(), Some(&b"172.29.112.1"[..]));

    assert!(!host.interop_enabled() && host.has_init());
    for (path, state) in [
        ("/run/WSL/8_interop", SocketState::Live),
        ("/run/WSL/1_interop", SocketState::Refused),
        ("/run/WSL/2_interop", SocketState::Hung),
        ("/run/WSL/9_interop", SocketState::Missing),
    ] {
        assert_eq!(host.try_socket(path.as_bytes()), state, "{path}");
    }
    let entries = host.binfmt();
    assert_eq!(entries[0].magic, Some(Magic { offset: 0, bytes: b"\x7fELF".to_vec(), mask: vec![0xff; 4] }));
    assert_eq!((entries[0].enabled, entries[0].flags.as_slice()), (true, &b"F"[..]));
    assert_eq!(entries[1].name, b"WSLInterop");
    assert_eq!((entries[1].enabled, entries[1].flags.as_slice()), (false, &b"P"[..]));

    let stat = host.stat(b"/usr/bin/go").unwrap();
    assert_eq!((stat.kind, stat.mode, stat.uid, stat.size), (FileKind::Regular, 0o700, 7, 0));
    assert_eq!((stat.gid, host.line_ends(b"/usr/bin/go")), (50, Err(Errno::EACCES)));
    let acl: Vec<String> = host.acl(b"/usr/bin/go").unwrap().into_iter().map(Grant::text).collect();
    assert_eq!(acl, ["u:1001:-", "g:60:-", "g::-"], "the group bits of the mode are the mask");
    assert_eq!(host.recorded_build(b"/usr/bin/go").map(|build| build.go), Some("go1.27.3".to_owned()));
    assert_eq!(host.package_of(b"/usr/bin/go").as_deref(), Some(&b"golang-1.27-go 1.27.3-1"[..]));
    assert_eq!(host.canonical(b"/usr/bin/go").as_deref(), Ok(&b"/usr/local/go/bin/go"[..]));

    let ancestors: Vec<_> = host.ancestors().collect();
    assert_eq!(ancestors, [Process { pid: 812, uid: 1001, name: b"bash".to_vec() }]);
    assert!(host.has_variable(812, &|name| name == b"GOPROXY"));
    assert_eq!(host.snapshot(), Snapshot::Present(vec![(b"GOPATH".to_vec(), b"/home/me/go".to_vec())]));
    let environ = host.environ();
    let entries: Vec<_> = environ.entries().iter().map(|entry| entry.to_bytes().to_vec()).collect();
    assert_eq!(entries, [&b"PATH=/usr/bin:/mnt/c/Windows"[..], b"HOME=/home/me", b"A=", b"B=\xff"]);
}

#[test]
fn access_of_a_file_is_owner_group_mode_and_acl() {
    let host = record(
        "uid = 1000\n\
         [[files]]\npath = '/plain'\nuid = 7\n\
         [[files]]\npath = '/listed'\nmode = '0670'\nuid = 7\ngid = 8\nacl = ['u:1001:rw', 'g::r', 'g:9:rwx']\n\
         [[files]]\npath = '/mine'\nmode = '0640'\nacl = ['u:1000:rw']\ntext = 'x'\n\
         [[files]]\npath = '/not-mine'\nmode = '0604'\nacl = ['u:1000:r']\ntext = 'x'\n\
         [[files]]\npath = '/link'\nlink = '/listed'\n",
    );
    let acl = |path: &[u8]| host.acl(path).map(|acl| acl.into_iter().map(Grant::text).collect::<Vec<_>>().join(" "));
    assert_eq!((host.stat(b"/plain").map(|stat| stat.gid), acl(b"/plain")), (Ok(7), Ok(String::new())));
    assert_eq!(host.stat(b"/listed").map(|stat| (stat.uid, stat.gid)), Ok((7, 8)));
    assert_eq!(acl(b"/listed").as_deref(), Ok("u:1001:rw g::r g:9:rwx"));
    assert_eq!(acl(b"/link").as_deref(), Ok("u:1001:rw g::r g:9:rwx"));
    assert_eq!(acl(b"/gone"), Err(Errno::ENOENT));
    assert_eq!((host.read(b"/mine", 9), host.read(b"/not-mine", 9)), (Ok(b"x".to_vec()), Err(Errno::EACCES)));
}

#[test]
fn a_text_has_the_line_ends_of_its_row() {
    let host = record(
        "[[files]]\npath = '/said'\ncrlf = true\n\
         [[files]]\npath = '/text'\ncrlf = true\ntext = \"a\\nb\\r\\nc\"\n\
         [[files]]\npath = '/shown'\ntext = \"a\\r\\n\"\n\
         [[files]]\npath = '/unix'\ntext = \"a\\nb\\r\\n\"\n\
         [[files]]\npath = '/dir'\nformat = 'dir'\n",
    );
    let table: &[(&str, Result<LineEnds, Errno>)] = &[
        ("/said", Ok(LineEnds::CrLf)),
        ("/text", Ok(LineEnds::CrLf)),
        ("/shown", Ok(LineEnds::CrLf)),
        ("/unix", Ok(LineEnds::Lf)),
        ("/dir", Err(Errno::EINVAL)),
        ("/gone", Err(Errno::ENOENT)),
    ];
    for (path, expected) in table {
        assert_eq!(host.line_ends(path.as_bytes()), *expected, "{path}");
    }
    assert_eq!(host.read(b"/text", 99).as_deref(), Ok(&b"a\r\nb\r\nc"[..]));
}

#[test]
fn an_empty_record_is_a_bare_linux() {
    let host = record("");
    assert_eq!((host.kind(), host.machine(), host.uid()), (LinuxKind::Linux, Machine::X86_64, 1000));
    assert_eq!((host.distro(), host.user(), host.cwd()), (None, None, Err(Errno::ENOENT)));
    assert_eq!((host.own_path(), host.has_terminal()), (None, false));
    assert!(!host.is_shim_folder(b"") && !host.is_shim_folder(b"/"));
    assert_eq!((host.network().mode, host.network().localhost_forwarding), (NetworkMode::Unknown, None));
    assert!(host.interop_enabled() && !host.has_init() && host.binfmt().is_empty());
    assert_eq!((host.snapshot(), host.ancestors().count()), (Snapshot::Absent, 0));
    assert_eq!(host.environ().entries().len(), 0);
    assert_eq!(host.list(b"/"), Ok(vec![]));
    assert_eq!(host.stat(b"relative"), Err(Errno::ENOENT));
}

#[test]
fn keys_left_out_of_a_file_have_defaults() {
    let host = record("machine = 'aarch64'\n[[files]]\npath = '/a/go'\nformat = 'elf'");
    let stat = host.stat(b"/a/go").unwrap();
    assert_eq!((stat.kind, stat.mode, stat.uid), (FileKind::Regular, 0o755, 0));
    let binary = host.binary(b"/a/go").unwrap();
    assert_eq!((binary.machine, binary.interpreter, binary.maker), (Some(Machine::Aarch64), None, Maker::Other));
}

#[test]
fn only_listed_and_required_files_exist() {
    let host = record(
        "home = '/home/me'\nself = '/opt/gowrap'\nshims = '/opt/shims'\n[interop]\ninit = true\n[call]\ncwd = '/w/p'\n\
         [[mounts]]\nline = '90 60 0:50 / /mnt/c rw - 9p C:\\134 rw,aname=drvfs;path=C:\\'\n\
         [[files]]\npath = '/a/b/file'\n[[files]]\npath = '/opt/shims/dlv'\nlink = '/nowhere'",
    );
    let table: &[(&str, Result<FileKind, Errno>)] = &[
        ("/", Ok(FileKind::Directory)),
        ("/a/b", Ok(FileKind::Directory)),
        ("/a/b/file", Ok(FileKind::Regular)),
        ("/a/b/other", Err(Errno::ENOENT)),
        ("/a/b/file/x", Err(Errno::ENOTDIR)),
        ("/a/b/file/", Err(Errno::ENOTDIR)),
        ("/home/me", Ok(FileKind::Directory)),
        ("/home/you", Err(Errno::ENOENT)),
        ("/w/p", Ok(FileKind::Directory)),
        (".", Ok(FileKind::Directory)),
        ("../p/..", Ok(FileKind::Directory)),
        ("x", Err(Errno::ENOENT)),
        ("", Err(Errno::ENOENT)),
        ("/mnt/c", Ok(FileKind::Directory)),
        ("/mnt/d", Err(Errno::ENOENT)),
        ("/init", Ok(FileKind::Regular)),
        ("/opt/gowrap", Ok(FileKind::Regular)),
        ("/opt/shims/go", Ok(FileKind::Regular)),
        // A row takes precedence over an implied file.
        ("/opt/shims/dlv", Err(Errno::ENOENT)),
    ];
    for (path, expected) in table {
        assert_eq!(kind(&host, path), *expected, "{path}");
    }
    assert_eq!(host.stat(b"/opt/shims/go").map(|stat| host.is_own(stat.id)), Ok(true));
    assert_eq!(host.binary(b"/opt/shims/gofmt").map(|binary| binary.maker), Ok(Maker::Gowrap(Release::Same)));
    assert_eq!(host.list(b"/opt/shims").map(|names| names.len()), Ok(Tool::ALL.len()));
    assert!(host.is_shim_folder(b"/opt/shims") && host.is_shim_folder(b"/opt/shims//"));
    assert!(!host.is_shim_folder(b"/opt") && !host.is_shim_folder(b"/opt/shims/go"));
}

#[test]
fn links_are_followed_component_by_component() {
    let host = record(
        "[[files]]\npath = '/bin/sh'\nformat = 'elf'\n\
         [[files]]\npath = '/bin'\nlink = 'usr/bin'\n\
         [[files]]\npath = '/usr/bin/go'\nlink = '/etc/alternatives/go'\n\
         [[files]]\npath = '/etc/alternatives/go'\nlink = '../../usr/lib/go/bin/go'\n\
         [[files]]\npath = '/usr/lib/go'\nlink = 'go-1.22'\n\
         [[files]]\npath = '/usr/lib/go-1.22/bin/go'\nformat = 'elf'\n\
         [[files]]\npath = '/loop/a'\nlink = 'b'\n\
         [[files]]\npath = '/loop/b'\nlink = 'a'\n\
         [[files]]\npath = '/loop/self'\nlink = 'self/x'\n\
         [[files]]\npath = '/dangling'\nlink = '/nowhere/go'\n\
         [[files]]\npath = '/empty'\nlink = ''\n\
         [[files]]\npath = '/slash'\nlink = 'bin/sh/'\n",
    );
    let table: &[(&str, Result<&str, Errno>)] = &[
        ("/bin/sh", Ok("/usr/bin/sh")),
        ("/usr/bin/sh", Ok("/usr/bin/sh")),
        ("/bin/go", Ok("/usr/lib/go-1.22/bin/go")),
        ("/bin/../lib/go/bin/./go", Ok("/usr/lib/go-1.22/bin/go")),
        ("//usr//lib/go/", Ok("/usr/lib/go-1.22")),
        ("/..", Ok("/")),
        ("/loop/a", Err(Errno::ELOOP)),
        ("/loop/self", Err(Errno::ELOOP)),
        ("/dangling", Err(Errno::ENOENT)),
        ("/empty", Err(Errno::ENOENT)),
        ("/slash", Err(Errno::ENOTDIR)),
    ];
    for (path, expected) in table {
        let found = host.canonical(path.as_bytes());
        assert_eq!(found, expected.map(|path| path.as_bytes().to_vec()), "{path}");
    }
    assert_eq!(host.lstat(b"/bin/go").map(|stat| stat.kind), Ok(FileKind::Link));
    assert_eq!(host.lstat(b"/loop/a").map(|stat| stat.kind), Ok(FileKind::Link));
    assert_eq!(host.read_link(b"/bin/go"), Ok(b"/etc/alternatives/go".to_vec()));
    assert_eq!((host.read_link(b"/bin/sh"), host.read_link(b"/gone")), (Err(Errno::EINVAL), Err(Errno::ENOENT)));
    assert_eq!(host.lstat(b"/loop/a/"), Err(Errno::ELOOP));
    assert_eq!(host.lstat(b"/bin/").map(|stat| stat.kind), Ok(FileKind::Directory));
    assert_eq!(host.stat(b"/bin/go").map(|stat| stat.id), host.stat(b"/usr/lib/go/bin/go").map(|stat| stat.id));
    assert_ne!(host.stat(b"/bin/go").map(|stat| stat.id), host.stat(b"/bin/sh").map(|stat| stat.id));
}

#[test]
fn forty_links_are_followed_and_no_more() {
    let chain = |links: usize| {
        let link = |n: usize| format!("[[files]]\npath = '/l{n}'\nlink = 'l{}'\n", n - 1);
        let rows: String = (1..=links).map(link).collect();
        record(&format!("[[files]]\npath = '/l0'\n{rows}")).stat(format!("/l{links}").as_bytes()).map(|stat| stat.kind)
    };
    assert_eq!(chain(40), Ok(FileKind::Regular));
    assert_eq!(chain(41), Err(Errno::ELOOP));
}

#[test]
fn permissions_are_those_of_the_user() {
    let files = "[[files]]\npath = '/go'\nmode = '0744'\nuid = 1000\n\
                 [[files]]\npath = '/none'\nmode = '0644'\n\
                 [[files]]\npath = '/blind'\nmode = '0111'\n\
                 [[files]]\npath = '/root'\nformat = 'dir'\nmode = '0700'\n\
                 [[files]]\npath = '/root/go/bin/go'\n";
    type Answer = Result<(), Errno>;
    let table: &[(u32, &str, Answer, Answer)] = &[
        (1000, "/go", Ok(()), Ok(())),
        (1001, "/go", Err(Errno::EACCES), Ok(())),
        (0, "/go", Ok(()), Ok(())),
        (0, "/none", Err(Errno::EACCES), Ok(())),
        (1000, "/blind", Ok(()), Err(Errno::EACCES)),
        (0, "/blind", Ok(()), Ok(())),
        (1000, "/root/go/bin/go", Err(Errno::EACCES), Err(Errno::EACCES)),
        (0, "/root/go/bin/go", Ok(()), Ok(())),
    ];
    for (uid, path, execute, read) in table {
        let host = record(&format!("uid = {uid}\n{files}"));
        assert_eq!(host.may_execute(path.as_bytes()), *execute, "{uid} {path}");
        assert_eq!(host.binary(path.as_bytes()).map(drop), *read, "{uid} {path}");
    }
    assert_eq!(record(files).list(b"/root"), Err(Errno::EACCES));
}

#[test]
fn mounts_are_lines_of_mountinfo() {
    let host = record(
        "[[mounts]]\nline = '60 1 8:32 / / rw,relatime - ext4 /dev/sdc rw'\n\
         [[mounts]]\nline = '95 60 0:61 / /opt rw,noexec - ext4 /dev/sdd rw'\n\
         [[mounts]]\nline = '90 60 0:50 / /mnt/c rw - 9p C:\\134 rw,aname=drvfs;path=C:\\'\n\
         [[mounts]]\nline = '91 60 0:40 / /mnt/d rw - virtiofs a1b2c3d4-1111-2222-3333-444455556666 rw'\n\
         [[files]]\npath = '/run/wsl/virtiofs/a1b2c3d4-1111-2222-3333-444455556666'\nlink = 'D:\\'\n\
         [[files]]\npath = '/opt/go'\nformat = 'elf'\n\
         [[files]]\npath = '/usr/bin/go'\nlink = '/opt/go'\n",
    );
    let letters: Vec<_> = host.mounts().drives().map(|drive| (drive.letter(), drive.point())).collect();
    assert_eq!(letters, [(Some(b'C'), &b"/mnt/c"[..]), (Some(b'D'), b"/mnt/d")]);
    // The place of the target counts, not the place of the link.
    for path in ["/opt/go", "/usr/bin/go"] {
        assert_eq!(host.may_execute(path.as_bytes()), Err(Errno::EACCES), "{path}");
    }
    assert_eq!(host.may_execute(b"/opt"), Ok(()));
}

#[test]
fn a_file_has_the_form_of_its_row() {
    let host = record(
        "[[files]]\npath = '/pe'\nformat = 'pe'\n\
         [[files]]\npath = '/sh'\nformat = 'script'\ntext = \"#!/bin/sh -e\\n\"\n\
         [[files]]\npath = '/env'\nformat = 'script'\ninterpreter = '/usr/bin/env'\n\
         [[files]]\npath = '/guess'\ntext = \"#!/bin/dash\\n\"\n\
         [[files]]\npath = '/bare'\nformat = 'script'\n\
         [[files]]\npath = '/empty'\nformat = 'other'\ntext = ''\n\
         [[files]]\npath = '/conf'\ntext = { b64 = '/w==' }\n\
         [[files]]\npath = '/fifo'\nformat = 'fifo'\n\
         [[files]]\npath = '/dir'\nformat = 'dir'\n\
         [[files]]\npath = '/old'\nformat = 'elf'\nmachine = 'machine 8'\n",
    );
    let table: &[(&str, Format, Option<&str>, &str)] = &[
        ("/pe", Format::Pe, None, "Windows program"),
        ("/sh", Format::Script, Some("/bin/sh"), ""),
        ("/env", Format::Script, Some("/usr/bin/env"), ""),
        ("/guess", Format::Script, Some("/bin/dash"), ""),
        ("/bare", Format::Script, None, ""),
        ("/empty", Format::Other, None, "empty file"),
        ("/conf", Format::Other, None, "neither a binary nor a script with an interpreter"),
        ("/old", Format::Elf, None, ""),
    ];
    for (path, format, interpreter, detail) in table {
        let binary = host.binary(path.as_bytes()).unwrap();
        assert_eq!((binary.format, binary.detail), (*format, *detail), "{path}");
        assert_eq!(binary.interpreter.as_deref(), interpreter.map(str::as_bytes), "{path}");
    }
    assert_eq!(host.binary(b"/old").map(|binary| binary.machine), Ok(Some(Machine::Number(8))));
    assert_eq!(kind(&host, "/fifo"), Ok(FileKind::Special));
    assert_eq!((host.binary(b"/fifo"), host.binary(b"/dir")), (Err(Errno::EINVAL), Err(Errno::EISDIR)));
    assert_eq!((host.read(b"/fifo", 9), host.read(b"/dir", 9)), (Err(Errno::EINVAL), Err(Errno::EINVAL)));
    assert_eq!(host.read(b"/conf", 1), Ok(vec![0xff]));
    assert_eq!(host.read(b"/conf", 0), Err(Errno::EFBIG));
    assert_eq!((host.list(b"/pe"), host.list(b"/gone")), (Err(Errno::ENOTDIR), Err(Errno::ENOENT)));
}

#[test]
fn variable_names_are_shown_only_for_own_processes() {
    let text = "[[ancestors]]\npid = 5\nenv = { B = '' }\n[[ancestors]]\npid = 1\nuid = 0\nenv = { A = '1' }\n";
    let has = |host: &Record, pid, name: &[u8]| host.has_variable(pid, &|known| known == name);
    let user = record(text);
    assert_eq!(user.ancestors().map(|process| process.uid).collect::<Vec<_>>(), [1000, 0]);
    assert_eq!(
        (has(&user, 5, b"B"), has(&user, 5, b"A"), has(&user, 1, b"A"), has(&user, 2, b"A")),
        (true, false, false, false)
    );
    let root = record(&format!("uid = 0\n{text}"));
    assert!(has(&root, 1, b"A"));
}

#[test]
fn files_may_describe_init() {
    let init = "[[files]]\npath = '/init'\nformat = 'elf'\n[[files]]\npath = '/usr/bin/wslinfo'\nlink = '/init'\n";
    let table = [
        (init.to_owned(), true),
        (format!("[interop]\ninit = false\n{init}"), false),
        ("[[files]]\npath = '/init'\nformat = 'elf'\n".to_owned(), false),
        ("[interop]\ninit = true\n".to_owned(), true),
    ];
    for (text, expected) in table {
        assert_eq!(record(&text).has_init(), expected, "{text}");
    }
}

#[test]
fn a_mistake_is_pointed_at() {
    let table: &[(&str, &str)] = &[
        (
            "kind = 'wsl3'",
            "r.toml:1:8: unknown variant `wsl3`, expected one of `linux`, `wsl1`, `wsl2`\n  kind = 'wsl3'\n         \
            ^^^^^^",
        ),
        ("schema = 2", "r.toml:1:10: expected schema 1, got 2\n  schema = 2\n           ^"),
        ("uid = 1\nhorse = 1\n", "r.toml:2:1: unknown field `horse`, expected one of"),
        ("[interop]\nsocket = {}\n", "r.toml:2:1: unknown field `socket`, expected one of `binfmt`, `flags`,"),
        ("[interop]\nsockets = { '/a' = 'dead' }\n", "r.toml:2:20: unknown variant `dead`"),
        (
            "[[files]]\npath = '/a'\nmode = '0999'\n",
            "r.toml:3:8: bad mode `0999`, expected octal digits such as \"0755\"",
        ),
        ("[[files]]\npath = '/a'\nmode = 755\n", "r.toml:3:8: invalid type: integer `755`, expected a string"),
        ("[[files]]\npath = '/a'\nmode = '+755'\n", "r.toml:3:8: bad mode"),
        ("[[files]]\npath = '/a'\nacl = ['u:me:rw']\n", "r.toml:3:7: bad grant `u:me:rw`, expected one such as"),
        ("[[files]]\nformat = 'elf'\n", "r.toml:1:1: missing field `path`"),
        ("[[files]]\npath = '/a'\nformat = 'exe'\n", "r.toml:3:10: unknown variant `exe`, expected one of `elf`,"),
        ("[[files]]\npath = '/a'\nmachine = 'z80'\n", "r.toml:3:11: unknown machine `z80`"),
        ("[[binfmt]]\nname = 'q'\nmagic = '4d5'\ninterpreter = '/q'\n", "r.toml:3:9: bad hexadecimal digits"),
        ("[[files]]\npath = 'a'\n", "r.toml:2:8: `a` is not the absolute path of a file\n  path = 'a'\n         ^^^"),
        ("[[files]]\npath = '/'\n", "r.toml:2:8: `/` is not the absolute path of a file"),
        ("[[files]]\npath = '/a/..'\n", "r.toml:2:8: `/a/..` is not the absolute path of a file"),
        ("[[files]]\npath = '/a'\n[[files]]\npath = '//a/'\n", "r.toml:4:8: there is another row for `//a/`"),
        (
            "[[files]]\npath = '/a'\n[[files]]\npath = '/a/b'\n",
            "r.toml:4:8: `/a/b` is below a path that is not a \
        directory",
        ),
        ("[[files]]\npath = '/a'\nlink = 'b'\nformat = 'elf'\n", "r.toml:2:8: a row with `link` can have no other key"),
        ("[call]\ncwd = { b64 = '?' }\n", "r.toml:2:7: bad base64"),
        ("[call]\nenv = { A = 1 }\n", "r.toml:2:13: invalid type: integer `1`, expected a string, or { b64 = \"…\" }"),
        ("[call\n", "r.toml:1:6: "),
        ("uid = 1\nuid = 2\n", "r.toml:2:1: duplicate key"),
        ("uid = -1", "r.toml:1:7: "),
    ];
    for (text, expected) in table {
        let failure = Record::parse(text.as_bytes(), b"r.toml").map(drop).unwrap_err();
        assert_eq!((failure.exit, failure.code), (Exit::Own, Code::GW905));
        assert!(shown(&failure).starts_with(expected), "{}\n  is not\n{expected}", shown(&failure));
        assert_eq!(shown(&failure).lines().count(), 3, "{}", shown(&failure));
    }
    let failure = Record::parse(b"uid = 1\ndistro = '\xff'\n", b"r.toml").map(drop).unwrap_err();
    assert!(failure.message.starts_with(b"r.toml:2:11: not UTF-8"));
}

#[test]
fn a_written_record_reads_back_the_same() {
    for text in ["", EVERYTHING, DEMO_TEXT] {
        let file: RecordFile = toml::from_str(text).unwrap();
        let written = toml::to_string(&file).unwrap();
        assert_eq!(toml::from_str::<RecordFile>(&written).unwrap(), file, "{written}");
    }
    let odd = RecordFile {
        distro: Some(Bytes(b"\xff\0\n\"".to_vec())),
        machine: MachineName(Machine::Number(8)),
        ..RecordFile::default()
    };
    let written = toml::to_string(&odd).unwrap();
    assert_eq!(toml::from_str::<RecordFile>(&written).unwrap(), odd, "{written}");
}

#[test]
fn the_demo_is_a_machine_with_go_on_both_sides() {
    let host = Record::demo().unwrap();
    assert_eq!(host.kind(), LinuxKind::Wsl2);
    assert_eq!(host.mounts().mount_point_of_drive(b'C'), Some(&b"/mnt/c"[..]));
    for (path, format) in [
        ("/usr/local/go/bin/go", Format::Elf),
        ("/home/me/go/bin/dlv", Format::Elf),
        ("/mnt/c/Program Files/Go/bin/go.exe", Format::Pe),
        ("/home/me/.local/share/gowrap/shims/go", Format::Elf),
    ] {
        assert_eq!(host.binary(path.as_bytes()).map(|binary| binary.format), Ok(format), "{path}");
        assert_eq!(host.may_execute(path.as_bytes()), Ok(()), "{path}");
    }
    let environ = host.environ();
    let first = environ.get(b"PATH").and_then(|path| path.split(|&byte| byte == b':').next()).unwrap();
    assert!(host.is_shim_folder(first), "the shims come first on PATH");
}

/// Calls every method of a host.
fn interrogate(host: &Record, path: &[u8]) {
    let _ = (host.stat(path), host.lstat(path), host.may_execute(path), host.binary(path), host.read(path, 10));
    let _ = (host.list(path), host.canonical(path), host.is_shim_folder(path), host.try_socket(path));
    let _ = (host.is_own(FileId { dev: 0, ino: 0 }), host.binfmt(), host.has_init(), host.snapshot(), host.environ());
    for process in host.ancestors() {
        let _ = host.has_variable(process.pid, &|_| true);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, path: Vec<u8>) {
        if let Ok(host) = Record::parse(&bytes, b"r") {
            interrogate(&host, &path);
        }
    }

    #[test]
    fn no_damage_makes_it_panic(at in 0..EVERYTHING.len(), cut in 0..40usize, patch in "[ \
    \\n'\"a-z0-9=\\[\\]{}./]{0,9}") {
        let mut bytes = EVERYTHING.as_bytes().to_vec();
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, patch.bytes());
        if let Ok(host) = Record::parse(&bytes, b"r") {
            interrogate(&host, b"/usr/bin/go");
        }
    }

    #[test]
    fn no_set_of_links_makes_it_panic(rows in proptest::collection::vec(("/[ab.]{1,2}(/[ab.]{1,2}){0,3}", "(/?[ab.]{1,2}){0,4}/?"), 0..12), path in "(/[ab.]{1,2}){0,5}/?") {
        let row = |(path, link): &(String, String)| format!("[[files]]\npath = '{path}'\nlink = '{link}'\n");
        let text: String = rows.iter().map(row).collect();
        if let Ok(host) = Record::parse(text.as_bytes(), b"r") {
            interrogate(&host, path.as_bytes());
            // The path without links resolves to itself and to the same file.
            if let Ok(canonical) = host.canonical(path.as_bytes()) {
                prop_assert_eq!(host.canonical(&canonical), Ok(canonical.clone()));
                prop_assert_eq!(host.stat(&canonical), host.stat(path.as_bytes()));
                prop_assert_eq!(host.lstat(&canonical), host.stat(path.as_bytes()));
            }
        }
    }
}
