//! Settings of the network in `.wslconfig`, on recorded machines.

use crate::host::LinuxKind;
use crate::host::network::{self, WslconfigAccess};
use crate::record::Record;

fn forwarding(profiles: &[(&str, &str)], wish: WslconfigAccess) -> Option<bool> {
    let mut text = r#"
        kind = "wsl2"
        [[mounts]]
        line = '90 20 0:50 / /mnt/c rw - 9p C:\134 rw,aname=drvfs;path=C:\;uid=1000'
        [[files]]
        path = "/mnt/c/Users/Public"
        format = "dir"
    "#
    .to_owned();
    for (profile, settings) in profiles {
        text.push_str(&format!("[[files]]\npath = '/mnt/c/Users/{profile}/.wslconfig'\ntext = \"{settings}\"\n"));
    }
    let host = Record::parse(text.as_bytes(), b"case").unwrap();
    network::read(&host, LinuxKind::Wsl2, wish).localhost_forwarding
}

#[test]
fn the_only_wslconfig_counts() {
    let off = r"[wsl2]\nlocalhostForwarding=false\n";
    assert_eq!(forwarding(&[("me", off)], WslconfigAccess::Read), Some(false));
    assert_eq!(forwarding(&[("me", off), ("you", off)], WslconfigAccess::Read), None, "one of two users starts WSL");
    assert_eq!(forwarding(&[("me", r"[wsl2]\nmemory=4GB\n")], WslconfigAccess::Read), Some(true));
    assert_eq!(forwarding(&[], WslconfigAccess::Read), Some(true), "without a file, WSL has its defaults");
    assert_eq!(forwarding(&[("me", off)], WslconfigAccess::Unread), None);
}

#[test]
fn without_drive_c_no_wslconfig_is_read() {
    let host = Record::parse(b"kind = 'wsl2'\n", b"case").unwrap();
    assert_eq!(network::read(&host, LinuxKind::Wsl2, WslconfigAccess::Read).localhost_forwarding, None);
}
