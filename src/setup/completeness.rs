//! Parts of a complete installation that `cargo install`, or a program copied by hand, lacks.

use crate::host::Files;
use crate::setup::places::{Places, launcher};
use crate::text::path::{dirname, join};

/// The folders that hold man pages, below the folder that holds `bin`.
const BELOW_PREFIX: [&[u8]; 2] = [b"share/gowrap/man", b"share/man"];

/// Names of one page, which is checked for all of them: packages compress it.
const PAGES: [&[u8]; 2] = [b"man1/gowrap.1", b"man1/gowrap.1.gz"];

/// Returns a note for each part that is missing: the man pages, and the static build.
pub(super) fn missing_parts(places: &Places, host: &dyn Files) -> Vec<String> {
    let mut notes = Vec::new();
    let prefix = dirname(&places.own).strip_suffix(b"/bin");
    let folders = prefix.into_iter().flat_map(|prefix| BELOW_PREFIX.map(|folder| join(prefix, folder)));
    let mut folders = folders.chain([join(&places.data, b"man")]);
    if !folders.any(|folder| PAGES.iter().any(|page| host.lstat(&join(&folder, page)).is_ok())) {
        notes.push(
            "the man pages are not installed: a release and install.sh have them, `cargo install` does not".into(),
        );
    }
    if launcher(&places.own, host) == places.own {
        notes.push("gowrap-shim is not beside gowrap: the shims lead to gowrap itself, which starts slower".into());
    }
    if cfg!(not(target_feature = "crt-static")) {
        notes.push("this gowrap is not a static program, and starts 0.5 ms later than one from a release".into());
    }
    notes
}
