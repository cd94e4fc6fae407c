use super::*;
use crate::host::LineEnds;
use crate::record::Record;

#[test]
fn a_record_has_only_known_variables_and_no_secret() {
    let pairs = [
        "PATH=/bin",
        "GITHUB_TOKEN=x",
        "GOPROXY=https://u:p@h",
        "MY=1",
        "WSLENV=",
        "GOWRAP_LOG=info",
        "PATH=2",
        "__GOWRAP_CHAIN=1",
    ];
    let pairs = pairs.iter().filter_map(|pair| pair.split_once('='));
    let rows = table(pairs.map(|(name, value)| (name.into(), value.into())), is_known).0;
    let shown: Vec<String> =
        rows.iter().map(|(name, value)| format!("{name}={}", String::from_utf8_lossy(value))).collect();
    assert_eq!(shown, ["PATH=/bin", "GOPROXY=https://***@h", "WSLENV=", "GOWRAP_LOG=info"]);
}

#[test]
fn a_record_keeps_access_and_line_ends() {
    let text = "kind = 'wsl2'\nhome = '/home/me'\nuser = 'me'\n\
        [[files]]\npath = '/usr/local/go/bin/go'\nformat = 'elf'\nmode = '0775'\nuid = 7\ngid = 8\nacl = ['u:1001:rw', 'g::r']\nbuild = 'go1.27.3 cmd/go'\n\
        [[files]]\npath = '/p/go.mod'\nformat = 'other'\ncrlf = true\ntext = \"module p\\n\"\n\
        [call]\ncwd = '/p'\nenv = { PATH = '/usr/local/go/bin', WSL_DISTRO_NAME = 'U' }\n";
    let machine = Record::parse(text.as_bytes(), b"machine").unwrap();
    let written = record(&machine, &machine.environ(), &Config::default(), AskWindows::No);
    let copy = Record::parse(toml::to_string(&written).unwrap().as_bytes(), b"copy").unwrap();
    let access = |host: &Record| {
        (
            host.acl(b"/usr/local/go/bin/go"),
            host.stat(b"/usr/local/go/bin/go").map(|stat| (stat.uid, stat.gid, stat.mode)),
        )
    };
    assert_eq!(access(&copy), access(&machine));
    assert_eq!(copy.acl(b"/usr/local/go/bin/go").map(|acl| acl.len()), Ok(2));
    assert_eq!(copy.recorded_build(b"/usr/local/go/bin/go"), machine.recorded_build(b"/usr/local/go/bin/go"));
    assert_eq!(copy.read(b"/p/go.mod", 99).as_deref(), Ok(&b"module p\r\n"[..]));
    assert_eq!(copy.line_ends(b"/p/go.mod"), Ok(LineEnds::CrLf));
}

#[test]
fn a_record_keeps_every_answer_about_a_file() {
    let machine = Record::parse(b"[[files]]\npath = '/a.go'\ncrlf = true\n[[files]]\npath = '/usr/bin/dlv'\nformat = 'elf'\npackage = 'delve 1.20.2-1'\n", b"machine").unwrap();
    let witness = Witness::new(&machine);
    let seen = RecordSources { live: &machine, witness: &witness, named: GoPaths::default() };
    assert_eq!(files(&seen), []);
    _ = (witness.line_ends(b"/a.go"), witness.package_of(b"/usr/bin/dlv"));
    let rows = files(&seen);
    assert_eq!(rows.iter().map(|row| (row.crlf, row.text.clone())).collect::<Vec<_>>(), [(true, None), (false, None)]);
    assert_eq!(rows[1].package.as_deref(), Some(&b"delve 1.20.2-1"[..]));
}

#[test]
fn the_requested_name_determines_the_row() {
    let text = r#"
kind = "wsl2"
home = "/home/me"
user = "me"
files = [
{ path = "/usr/local/go/bin/go", format = "elf" },
{ path = "/p/go.mod", link = "../home/me/.ssh/id_ed25519" },
{ path = "/home/me/.ssh/id_ed25519", uid = 1000, mode = "0600", text = "-----BEGIN hunter2-----\nhunter2hunter2\n" },
{ path = "/home/me/.bashrc", link = "dotfiles/bashrc" },
{ path = "/home/me/.profile", link = "dotfiles/go.mod" },
{ path = "/home/me/dotfiles/bashrc", uid = 1000, text = "export NPM_PAT=hunter2\nuse ./hunter2\n" },
{ path = "/home/me/dotfiles/go.mod", uid = 1000, text = "use ./hunter2\n" },
{ path = "/home/me/.config/go/env", uid = 1000, text = "GOAUTH=git hunter2\nNPM_PAT=hunter2\nGOPROXY=https://u:hunter2@h\nGOFLAGS=-mod=mod\n" },
{ path = "/etc/wsl.conf", link = "/root/secrets" },
{ path = "/root/secrets", text = "[hunter2]\nhunter2=hunter2\n" },
{ path = "/p/.vscode/settings.json", link = "/root/keys.json" },
{ path = "/root/keys.json", text = '{ "hunter2": "hunter2", "go.goroot": { "hunter2": "hunter2" } }' },
]
[call]
cwd = "/p"
env = { PATH = "/usr/local/go/bin", HOME = "/home/me", WSL_DISTRO_NAME = "U", NPM_PAT = "hunter2" }
"#;
    let machine = Record::parse(text.as_bytes(), b"machine").unwrap();
    let written = record(&machine, &machine.environ(), &Config::default(), AskWindows::No);
    let written = toml::to_string(&written).unwrap();
    assert!(!written.contains("hunter2"), "{written}");
    let copy = Record::parse(written.as_bytes(), b"copy").unwrap();
    let env = copy.read(b"/home/me/.config/go/env", 999).unwrap();
    assert_eq!(String::from_utf8_lossy(&env), "GOAUTH=***\n\nGOPROXY=https://***@h\nGOFLAGS=-mod=mod\n");
    assert_eq!(copy.read_link(b"/p/go.mod").as_deref(), Ok(&b"../home/me/.ssh/id_ed25519"[..]));
    let key = written.split("[[files]]").find(|row| row.contains(".ssh/id_ed25519\"\n") && !row.contains("link"));
    assert!(key.is_some_and(|row| row.contains("text = \"\"")), "a go.mod without a line: {written}");
}
