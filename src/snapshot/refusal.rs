//! Refusals of the commands that write a snapshot.

use crate::diagnosis::{Code, Exit, Failure};
use crate::host::{Identity, User};

/// Returns the user, who must be in `/etc/passwd`.
pub(super) fn user(host: &dyn Identity) -> Result<&User, Failure> {
    host.user().ok_or_else(|| {
        let message = format!("user {} is not in /etc/passwd, so there is no home for a snapshot", host.uid());
        refusal(message, b"add the user to /etc/passwd")
    })
}

/// Returns the refusal.
pub(super) fn refusal(message: String, fix: &[u8]) -> Failure {
    Failure { exit: Exit::Own, code: Code::GW931, message: message.into_bytes(), fix: vec![fix.to_vec()] }
}
