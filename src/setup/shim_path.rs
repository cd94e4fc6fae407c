//! Paths of shims as the settings of an editor hold them: UTF-8 text.

use crate::diagnosis::Failure;
use crate::setup::places::{Places, refused};
use crate::text::path::join;
use crate::tools::Tool;

/// Path of a tool's shim.
///
/// # Errors
/// The path is not UTF-8.
pub(super) fn shim(tool: Tool, places: &Places) -> Result<String, Failure> {
    text(&join(&places.shims, tool.name().as_bytes()))
}

/// A path as UTF-8 text.
///
/// # Errors
/// The path is not UTF-8.
pub(super) fn text(path: &[u8]) -> Result<String, Failure> {
    String::from_utf8(path.to_vec())
        .map_err(|_| refused("an editor's settings cannot name a path that is not UTF-8".to_owned(), Vec::new()))
}
