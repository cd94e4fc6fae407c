//! The C library's words for an error of a system call.
//!
//! `Errno::desc` has words of its own: a table of a hundred pointers, each of which every start of a tool would relocate.

use nix::errno::Errno;

/// `No such file or directory`.
#[must_use]
pub fn words(errno: Errno) -> String {
    let text = std::io::Error::from(errno).to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_words_and_no_number() {
        assert_eq!(words(Errno::ENOENT), "No such file or directory");
        assert_eq!(words(Errno::EACCES), "Permission denied");
    }
}
