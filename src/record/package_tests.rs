//! The package that owns a file, on recorded machines.

use crate::inspect::packages::owner;
use crate::record::Record;

/// Returns a machine with these files and texts, and two programs.
fn machine(files: &[(&str, &str)]) -> Record {
    let programs = ["/usr/bin/dlv", "/usr/local/bin/dlv"].map(|path| (path, ""));
    let rows = files
        .iter()
        .chain(&programs)
        .map(|(path, text)| format!("[[files]]\npath = '{path}'\ntext = '''\n{text}'''\n"));
    let link = "[[files]]\npath = '/usr/bin/debugger'\nlink = 'dlv'\n";
    Record::parse(format!("{}{link}", rows.collect::<String>()).as_bytes(), b"packages").expect("a record")
}

#[test]
fn the_owner_is_read_from_each_package_manager() {
    let status = "Package: delve-doc\nVersion: 1\n\nPackage: delve\nStatus: install ok installed\nVersion: 1.20.2-1\n";
    let table: &[(&str, &[(&str, &str)])] = &[
        (
            "delve 1.20.2-1",
            &[
                ("/var/lib/dpkg/info/delve.list", "/.\n/usr/bin/dlv\n"),
                ("/var/lib/dpkg/info/delve.md5sums", "/usr/bin/dlv\n"),
                ("/var/lib/dpkg/status", status),
            ],
        ),
        (
            "delve 1.20.2-1",
            &[("/var/lib/dpkg/info/delve:amd64.list", "/.\n/bin/dlv\n"), ("/var/lib/dpkg/status", status)],
        ),
        ("delve 1.24.0-1", &[("/var/lib/pacman/local/delve-1.24.0-1/files", "%FILES%\nusr/\nusr/bin/dlv\n")]),
        (
            "delve 1.23.1-r2",
            &[(
                "/lib/apk/db/installed",
                "P:go\nV:1.23\nF:usr/lib/go\nR:dlv\n\nP:delve\nV:1.23.1-r2\nF:usr/bin\nR:dlv\n",
            )],
        ),
        ("", &[("/var/lib/dpkg/info/other.list", "/usr/bin/dlv2\n"), ("/var/lib/dpkg/status", status)]),
        ("", &[]),
    ];
    for (expected, files) in table {
        let host = machine(files);
        for path in ["/usr/bin/dlv", "/usr/bin/debugger"] {
            let found = owner(&host, path.as_bytes()).unwrap_or_default();
            assert_eq!(String::from_utf8_lossy(&found), *expected, "{path} {files:?}");
        }
    }
}

#[test]
fn no_package_owns_a_file_below_usr_local() {
    let host = machine(&[
        ("/var/lib/dpkg/info/x.list", "/usr/local/bin/dlv\n"),
        ("/var/lib/dpkg/status", "Package: x\nVersion: 1\n"),
    ]);
    assert_eq!(owner(&host, b"/usr/local/bin/dlv"), None);
}
