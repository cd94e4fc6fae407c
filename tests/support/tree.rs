//! The contents of a folder as a value, so that two states of it can be compared.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Returns everything below a folder, with itself: mode, owner, and contents or the target of a link.
pub(crate) fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut tree = BTreeMap::new();
    walk(folder, &mut tree);
    tree
}

fn walk(path: &Path, tree: &mut BTreeMap<PathBuf, String>) {
    let metadata = path.symlink_metadata().unwrap();
    let what = if metadata.is_symlink() {
        format!("-> {}", fs::read_link(path).unwrap().display())
    } else if metadata.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| walk(&entry.unwrap().path(), tree));
        "folder".to_owned()
    } else {
        fs::read(path).unwrap().escape_ascii().to_string()
    };
    tree.insert(path.to_owned(), format!("{:o} {} {what}", metadata.mode(), metadata.uid()));
}
