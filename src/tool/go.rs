//! The command lines of `go`.
