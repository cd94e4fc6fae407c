//! The command lines of `dlv`.
