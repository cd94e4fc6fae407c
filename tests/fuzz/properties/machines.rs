//! The machines that calls are planned on: WSL2 with Go on both sides, with Go on Windows alone, WSL1, no WSL, and a
//! WSL2 with drives below the root, names that hold a backslash, and a script around go.exe.

use gowrap::record::Record;

const DEMO: &str = include_str!("../../../src/record/demo.toml");

/// Number of machines.
pub const COUNT: usize = 5;

thread_local! {
    static MACHINES: [Record; COUNT] = [
        parse(DEMO),
        parse(&windows_only()),
        parse(&DEMO.replace("kind = \"wsl2\"", "kind = \"wsl1\"")),
        parse(&DEMO.replace("kind = \"wsl2\"", "kind = \"linux\"")),
        parse(&literal_names()),
    ];
}

/// Does something on one of the machines.
pub fn with<T>(number: usize, act: impl FnOnce(&Record) -> T) -> T {
    MACHINES.with(|machines| act(&machines[number % COUNT]))
}

fn parse(text: &str) -> Record {
    Record::parse(text.as_bytes(), b"machine.toml").expect("a good record")
}

/// The same machine with the programs for Linux taken away.
fn windows_only() -> String {
    let mut table: toml::Table = toml::from_str(DEMO).expect("a good record");
    let files = table.get_mut("files").and_then(toml::Value::as_array_mut).expect("a list of files");
    files.retain(|file| file.get("format").and_then(toml::Value::as_str) != Some("elf"));
    toml::to_string(&table).expect("it was read from TOML")
}

/// The same machine with drive C at `/c`, files whose names hold a backslash, and a script around go.exe as its only
/// Go.
fn literal_names() -> String {
    let files = r##"
[[files]]
path = '/c/src/hello/bin\a.go'
format = "other"

[[files]]
path = '/c/src/hello/sub/a\b'
format = "other"

[[files]]
path = "/home/me/go/bin/go"
format = "script"
interpreter = "/usr/bin/sh"
text = "#!/usr/bin/sh\nexec go.exe \"$@\"\n"
"##;
    windows_only().replace("/mnt/c", "/c").replace("/mnt/d", "/d") + files
}
