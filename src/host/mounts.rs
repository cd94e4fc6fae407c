//! The mount table: which paths lie on a Windows drive.
