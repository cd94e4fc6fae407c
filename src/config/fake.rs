//! A machine for the tests of this folder: files with an owner and a mode, and mounts.

use crate::host::record::Record;

const MOUNTS: &str = r"
[[mounts]]
line = '20 1 8:32 / / rw - ext4 /dev/sdc rw'
[[mounts]]
line = '90 20 0:50 / /mnt/c rw,noatime - 9p C:\134 rw,aname=drvfs;path=C:\;uid=1000;gid=1000'
[[mounts]]
line = '91 20 0:51 / /mnt/f rw - fuse f: rw,user_id=1001'
";

/// The text of a record, file by file.
#[derive(Clone)]
pub(super) struct Fake {
    uid: u32,
    user: bool,
    rows: String,
}

impl Fake {
    /// A machine with a root and a user `me`, 1000, of whom the given one is asking.
    pub(super) fn of_uid(uid: u32) -> Fake {
        Fake { uid, user: true, rows: String::new() }
            .file(
                "/etc/passwd",
                (0, 0, 0o644),
                "root:x:0:0:root:/root:/bin/sh\nme:x:1000:1000::/home/me:/bin/sh\nana:x:1001:1005::/home/ana:/bin/sh\n\
                 bob:x:1002:100::/home/bob:/bin/sh\neve:x:1003:100::/home/eve:/bin/sh\nzoe:x:1004:1004::/:/bin/sh\n",
            )
            .file("/etc/group", (0, 0, 0o644), "root:x:0:\nme:x:1000:me\nana:x:1005:\nusers:x:100:\nzoe:x:1004:bob\n")
    }

    /// With a file of this owner, group and mode.
    pub(super) fn file(self, path: &str, access: (u32, u32, u32), text: &str) -> Fake {
        let text = toml::Value::String(text.to_owned());
        self.entry(path, access, &format!("text = {text}"))
    }

    /// With a row of any kind.
    pub(super) fn entry(mut self, path: &str, (uid, gid, mode): (u32, u32, u32), rest: &str) -> Fake {
        let path = toml::Value::String(path.to_owned());
        self.rows += &format!("[[files]]\npath = {path}\nuid = {uid}\ngid = {gid}\nmode = '{mode:04o}'\n{rest}\n");
        self
    }

    /// With a path that leads elsewhere.
    pub(super) fn link(self, path: &str, target: &str) -> Fake {
        let uid = self.uid;
        self.entry(path, (uid, uid, 0o777), &format!("link = '{target}'"))
    }

    /// Without a row in `/etc/passwd`.
    pub(super) fn without_user(mut self) -> Fake {
        self.user = false;
        self
    }

    /// The machine.
    pub(super) fn record(&self) -> Record {
        let home = if self.uid == 0 { "/root" } else { "/home/me" };
        let user = if self.user { format!("user = 'somebody'\nhome = '{home}'\n") } else { String::new() };
        let call = "[call]\ncwd = '/home/me/project'\n";
        let text = format!("uid = {}\n{user}{MOUNTS}{}{call}", self.uid, self.rows);
        Record::parse(text.as_bytes(), b"fake").expect("a machine")
    }
}
