//! The mount table: which paths lie on a Windows drive.

/// The mounts of this mount namespace.
#[derive(Debug, Clone, Default)]
pub struct MountTable {}
