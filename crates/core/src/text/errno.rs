//! Errors of system calls: the numbers, and the words for the user.
//!
//! The type is gowrap's own, so that only the code that makes system calls depends on a crate for them.

use core::fmt;

use crate::prelude::*;

/// The error of a system call, as errno(3) numbers it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Errno(i32);

/// Makes the constant of each error and its line of [`WORDS`], from one row. The words are one text, because each start
/// of a tool would relocate a table of pointers.
macro_rules! errnos {
    ($($name:ident = $number:literal, $words:literal;)*) => {
        #[allow(missing_docs, reason = "the names are those of errno(3)")]
        impl Errno {
            $(pub const $name: Errno = Errno($number);)*
        }

        /// A line for each error: number, name, words.
        const WORDS: &str = concat!($(stringify!($number), " ", stringify!($name), " ", $words, "\n"),*);
    };
}

// include/uapi/asm-generic/errno.h, which all machines that gowrap is built for share. The words are the C library's.
errnos! {
    EPERM = 1, "Operation not permitted";
    ENOENT = 2, "No such file or directory";
    ESRCH = 3, "No such process";
    EINTR = 4, "Interrupted system call";
    EIO = 5, "Input/output error";
    ENXIO = 6, "No such device or address";
    E2BIG = 7, "Argument list too long";
    ENOEXEC = 8, "Exec format error";
    EBADF = 9, "Bad file descriptor";
    ECHILD = 10, "No child processes";
    EAGAIN = 11, "Resource temporarily unavailable";
    ENOMEM = 12, "Cannot allocate memory";
    EACCES = 13, "Permission denied";
    EFAULT = 14, "Bad address";
    EBUSY = 16, "Device or resource busy";
    EEXIST = 17, "File exists";
    EXDEV = 18, "Invalid cross-device link";
    ENODEV = 19, "No such device";
    ENOTDIR = 20, "Not a directory";
    EISDIR = 21, "Is a directory";
    EINVAL = 22, "Invalid argument";
    ENFILE = 23, "Too many open files in system";
    EMFILE = 24, "Too many open files";
    ENOTTY = 25, "Inappropriate ioctl for device";
    ETXTBSY = 26, "Text file busy";
    EFBIG = 27, "File too large";
    ENOSPC = 28, "No space left on device";
    ESPIPE = 29, "Illegal seek";
    EROFS = 30, "Read-only file system";
    EMLINK = 31, "Too many links";
    EPIPE = 32, "Broken pipe";
    ENAMETOOLONG = 36, "File name too long";
    ENOSYS = 38, "Function not implemented";
    ENOTEMPTY = 39, "Directory not empty";
    ELOOP = 40, "Too many levels of symbolic links";
    ENODATA = 61, "No data available";
    EOVERFLOW = 75, "Value too large for defined data type";
    ELIBBAD = 80, "Accessing a corrupted shared library";
    EOPNOTSUPP = 95, "Operation not supported";
    EADDRINUSE = 98, "Address already in use";
    EADDRNOTAVAIL = 99, "Cannot assign requested address";
    ENETDOWN = 100, "Network is down";
    ENETUNREACH = 101, "Network is unreachable";
    ECONNRESET = 104, "Connection reset by peer";
    ENOBUFS = 105, "No buffer space available";
    ENOTCONN = 107, "Transport endpoint is not connected";
    ETIMEDOUT = 110, "Connection timed out";
    ECONNREFUSED = 111, "Connection refused";
    EHOSTDOWN = 112, "Host is down";
    EHOSTUNREACH = 113, "No route to host";
    ESTALE = 116, "Stale file handle";
    EDQUOT = 122, "Disk quota exceeded";
}

impl Errno {
    /// Returns the error with this number.
    #[must_use]
    pub const fn from_raw(number: i32) -> Errno {
        Errno(number)
    }

    /// The number.
    #[must_use]
    pub const fn raw(self) -> i32 {
        self.0
    }

    /// Returns the name and the words, if the error is in the table.
    fn row(self) -> Option<(&'static str, &'static str)> {
        WORDS.lines().find_map(|line| {
            let (number, rest) = line.split_once(' ')?;
            if number.parse() == Ok(self.0) { rest.split_once(' ') } else { None }
        })
    }
}

impl From<rustix::io::Errno> for Errno {
    fn from(errno: rustix::io::Errno) -> Errno {
        Errno(errno.raw_os_error())
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self.row() {
            Some((name, _)) => formatter.write_str(name),
            None => write!(formatter, "errno {}", self.0),
        }
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&words(*self))
    }
}

/// `No such file or directory`.
#[must_use]
pub fn words(errno: Errno) -> String {
    errno.row().map_or_else(|| format!("error {}", errno.0), |(_, words)| words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_words_and_no_number() {
        assert_eq!(words(Errno::ENOENT), "No such file or directory");
        assert_eq!(words(Errno::EACCES), "Permission denied");
        assert_eq!(words(Errno::from_raw(9999)), "error 9999");
        assert_eq!(format!("{:?} {:?}", Errno::EXDEV, Errno::from_raw(9999)), "EXDEV errno 9999");
    }

    #[test]
    fn the_words_are_those_of_strerror() {
        for line in WORDS.lines() {
            let number = line.split(' ').next().unwrap().parse().unwrap();
            let theirs = std::io::Error::from_raw_os_error(number).to_string();
            assert_eq!(format!("{} (os error {number})", words(Errno(number))), theirs, "{line}");
        }
    }
}
