//! The mount table: which paths lie on a Windows drive.

/// The mounts of this mount namespace.
#[derive(Debug, Clone, Default)]
pub struct MountTable {}

impl MountTable {
    /// Does the path lie on a mount with the option noexec?
    pub fn is_noexec(&self, _path: &[u8]) -> bool {
        false
    }
    /// Does the path lie on a drive?
    pub fn is_on_drive(&self, _path: &[u8]) -> bool {
        false
    }
    /// Where a drive is mounted, by its letter.
    pub fn mount_point_of_drive(&self, _letter: u8) -> Option<&[u8]> {
        None
    }
}
