//! `gowrap setup --system`: shims in `/usr/local/bin`, for programs that are started without a shell's files.

use crate::diagnosis::Failure;
use crate::host::trust::Untrusted;
use crate::host::{FileKind, GOWRAP, Host, SHIM, partner_of};
use crate::setup::change::{Change, Changes};
use crate::setup::places::{launcher, refused};
use crate::text::escape::escape;
use crate::text::path::basename;
use crate::text::path::join;
use crate::tools::Tool;

/// The folder of the machine's shims.
pub(super) const FOLDER: &[u8] = b"/usr/local/bin";

/// Note about the programs that find the shims there.
pub(super) const WHO: &str = "\
note           sudo finds these shims on Debian and Ubuntu, whose secure_path has /usr/local/bin
note           services of systemd find them too: /usr/local/bin is on systemd's default PATH
note           cron does not find them: put PATH=/usr/local/bin:/usr/bin:/bin at the top of the crontab
";

/// The shims that will be made.
///
/// # Errors
/// Root would run a file that another user can change.
pub(super) fn plan(host: &dyn Host) -> Result<Changes, Failure> {
    let own = own(host)?;
    let launcher = launcher(&own, host);
    only_root_can_change(&own, host)?;
    only_root_can_change(&launcher, host)?;
    only_root_can_link(host)?;
    let mut changes = Changes::default();
    for tool in Tool::ALL {
        let path = join(FOLDER, tool.name().as_bytes());
        match host.read_link(&path) {
            Ok(says) if says == launcher => {}
            Ok(says) if is_ours(&path, &says, host) => {
                changes.list.push(Change::Link { path, target: launcher.clone() })
            }
            Err(_) if host.lstat(&path).is_err() => changes.list.push(Change::Link { path, target: launcher.clone() }),
            _ => changes.notes.push(format!("{} does not belong to gowrap, so it stays", escape(&path))),
        }
    }
    Ok(changes)
}

/// The paths of the shims.
pub(super) fn paths() -> Vec<Vec<u8>> {
    Tool::ALL.map(|tool| join(FOLDER, tool.name().as_bytes())).to_vec()
}

/// The shims that will be removed.
#[must_use]
pub(super) fn removal(host: &dyn Host) -> Changes {
    let ours = paths().into_iter().filter(|path| host.read_link(path).is_ok_and(|says| is_ours(path, &says, host)));
    Changes { list: ours.map(|path| Change::RemoveLink { path }).collect(), notes: Vec::new() }
}

/// Returns true for a link that leads to this file, or to a gowrap that no longer exists.
fn is_ours(path: &[u8], says: &[u8], host: &dyn Host) -> bool {
    match host.stat(path) {
        Ok(stat) => host.is_own(stat.id),
        Err(_) => [SHIM, GOWRAP].contains(&basename(says)),
    }
}

fn own(host: &dyn Host) -> Result<Vec<u8>, Failure> {
    let own = host.own_path().filter(|path| host.stat(path).is_ok_and(|stat| stat.kind == FileKind::Regular));
    own.ok_or_else(|| refused("gowrap's own file cannot be found".to_owned(), vec![b"install gowrap again".to_vec()]))
}

/// Returns the reason why a user other than root can change a path; none if only root can.
fn doubt(path: &[u8], host: &dyn Host) -> Option<(Vec<u8>, String)> {
    match host.judge(path) {
        Ok(judged) if judged.stat.uid == 0 => None,
        Ok(judged) => Some((path.to_vec(), format!("it belongs to user {}", judged.stat.uid))),
        Err(why) => {
            let component = match &why {
                Untrusted::Doubtful { component, .. } => component.as_slice(),
                Untrusted::Errno(_) => path,
            };
            Some((component.to_vec(), escape(&why.words())))
        }
    }
}

fn word(path: &[u8]) -> String {
    shell_words::quote(&escape(path)).into_owned()
}

/// Refuses a folder of links that a user other than root can change: that user could replace a link of root. An access
/// control list gives no more than the group's bits of the mode, so removing these bits is enough (acl(5)).
fn only_root_can_link(host: &dyn Host) -> Result<(), Failure> {
    if host.stat(FOLDER).is_err() {
        return Ok(());
    }
    let Some((component, why)) = doubt(FOLDER, host) else { return Ok(()) };
    let message =
        format!("users other than root could change the links in {}, and root would run them: {why}", escape(FOLDER));
    let fix = format!("sudo chown root: {0} && sudo chmod go-w {0}, then the same command again", word(&component));
    Err(refused(message, vec![fix.into_bytes()]))
}

/// Refuses a file that a user other than root can change: it becomes the `go` of every user, including root.
fn only_root_can_change(own: &[u8], host: &dyn Host) -> Result<(), Failure> {
    let Some((_, why)) = doubt(own, host) else { return Ok(()) };
    let message = format!("users other than root could change {}, and root would run it: {why}", escape(own));
    let first = match own {
        // It is already in the folder, and would be copied to itself.
        b"/usr/local/bin/gowrap" => format!("sudo chown root: {0} && sudo chmod go-w {0}", word(own)),
        _ => format!("sudo install -m 755 {} {} /usr/local/bin", word(own), word(&partner_of(own))),
    };
    let fix = first + " && sudo /usr/local/bin/gowrap setup --system";
    Err(refused(message, vec![fix.into_bytes()]))
}
