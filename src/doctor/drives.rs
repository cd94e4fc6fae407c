//! Drives that do not answer.
//!
//! An access to a drive whose Windows side is gone cannot be interrupted, not even by SIGKILL. So a child process tries
//! the first access. gowrap never waits for its end: no answer in time means that the drive is silent.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, Fix, shown};
use crate::host::live::{DriveProbe, ProbedAccesses};
use crate::host::{DriveResponse, Files};

/// Argument with which this program accesses a folder and ends.
pub(crate) const LOOK: &[u8] = b"__look";

/// Wait for all drives together. A working drive answers in milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// The findings about drives that do not answer.
#[must_use]
pub(crate) fn dead(host: &dyn Files) -> Vec<Finding> {
    let points = host.mounts().drives().map(|drive| drive.point().to_vec());
    silent(points.map(|point| (start_probe(&point), point)).collect(), PATIENCE)
        .iter()
        .map(|point| finding(point))
        .collect()
}

/// The child process that accesses a drive before this process does.
#[must_use]
pub(crate) fn probe(accesses: ProbedAccesses) -> DriveProbe {
    DriveProbe { look: answer, accesses }
}

fn answer(point: &[u8]) -> DriveResponse {
    match silent(vec![(start_probe(point), point.to_vec())], PATIENCE).as_slice() {
        [] => DriveResponse::Answered,
        _ => DriveResponse::TimedOut,
    }
}

/// Accesses the folder and returns the exit status.
#[must_use]
pub(crate) fn look(folder: &[u8]) -> u8 {
    _ = std::fs::read_dir(OsStr::from_bytes(folder)).map(|mut entries| entries.next().is_some());
    0
}

fn start_probe(folder: &[u8]) -> std::io::Result<Child> {
    Command::new("/proc/self/exe")
        .arg0("gowrap")
        .args([LOOK, folder].map(OsStr::from_bytes))
        .current_dir("/")
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// Returns the folders whose process has not ended in time. A process that could not be started does not count.
fn silent(lookers: Vec<(std::io::Result<Child>, Vec<u8>)>, patience: Duration) -> Vec<Vec<u8>> {
    let start = Instant::now();
    let started = lookers.into_iter().filter_map(|(child, folder)| Some((child.ok()?, folder)));
    let mut running: Vec<(Child, Vec<u8>)> = started.collect();
    loop {
        running.retain_mut(|(child, _)| matches!(child.try_wait(), Ok(None)));
        if running.is_empty() || start.elapsed() >= patience {
            return running.into_iter().map(|(_, folder)| folder).collect();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn finding(point: &[u8]) -> Finding {
    Finding::fail(Code::GW158, point, format!("the drive on {} does not answer", shown(point)))
        .why(
            "Its Windows side is gone. A program that reads it hangs and cannot be killed, so nothing else was \
             examined.",
        )
        .fix(Fix::Change("on Windows: wsl.exe --shutdown".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_does_not_end_means_a_silent_drive() {
        let child = |program: &str, argument: &str| Command::new(program).arg(argument).spawn();
        // It has ended before the time of the others begins.
        let mut quick = child("true", "").unwrap();
        quick.wait().unwrap();
        let probes = vec![
            (Ok(quick), b"/quick".to_vec()),
            (child("sleep", "30"), b"/dead".to_vec()),
            (child("/no/such/program", ""), b"/unknown".to_vec()),
        ];
        assert_eq!(silent(probes, Duration::from_millis(100)), [b"/dead".to_vec()]);
        assert_eq!(finding(b"/mnt/c").code, Code::GW158);
    }

    #[test]
    fn a_look_at_a_missing_folder_ends() {
        assert_eq!((look(b"/"), look(b"/no/such/folder"), look(b"")), (0, 0, 0));
    }
}
