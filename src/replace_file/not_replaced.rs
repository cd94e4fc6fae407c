//! Reasons why a file was not replaced.

use rustix::io::Errno;

/// The reason why a file was not replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotReplaced {
    /// The file changed after it was read.
    Changed,
    /// A system call failed.
    Failed(Errno),
}

impl From<Errno> for NotReplaced {
    fn from(errno: Errno) -> NotReplaced {
        NotReplaced::Failed(errno)
    }
}

impl std::fmt::Display for NotReplaced {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            NotReplaced::Changed => formatter.write_str("another program changed it at the same time"),
            NotReplaced::Failed(errno) => formatter.write_str(&words(*errno)),
        }
    }
}

/// Returns the words of an error, without the number that Rust appends.
#[must_use]
pub(crate) fn words(errno: Errno) -> String {
    crate::text::errno::words(crate::text::errno::Errno::from_raw(errno.raw_os_error()))
}
