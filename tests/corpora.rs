//! Runs the properties of each fuzz target of `tests/fuzz` on every file of its corpus.
//!
//! An input that makes a fuzzer crash becomes a file of the corpus, named after the fault.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "fuzz/properties/mod.rs"]
mod properties;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use properties::TARGETS;

/// A corpus is here to be read and to be fast: a few dozen small files.
const MOST_FILES: usize = 100;
const MOST_BYTES: u64 = 8192;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Tries every file of a corpus.
fn holds(target: &str) {
    let (_, holds) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let folder = folder("corpus").join(target);
    let files = names(&folder);
    assert!(files.len() >= 5 && files.len() <= MOST_FILES, "{} files", files.len());
    for file in files {
        let input = std::fs::read(folder.join(&file)).unwrap();
        assert!(input.len() as u64 <= MOST_BYTES, "{target}/{file} has {} bytes", input.len());
        if let Err(panic) = std::panic::catch_unwind(|| holds(&input)) {
            eprintln!("tests/fuzz/corpus/{target}/{file} breaks a rule");
            std::panic::resume_unwind(panic);
        }
    }
}

macro_rules! corpora {
    ($($target:ident)+) => {$(
        #[test]
        fn $target() {
            holds(stringify!($target));
        }
    )+

        #[test]
        fn every_target_has_a_fuzzer_a_corpus_and_a_test() {
            let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
            assert_eq!(targets, [$(stringify!($target).to_owned()),+].into());
            assert_eq!(targets, names(&folder("corpus")));
            assert_eq!(targets.iter().map(|name| format!("{name}.rs")).collect::<BTreeSet<_>>(), names(&folder("targets")));
            let manifest = std::fs::read_to_string(folder("Cargo.toml")).unwrap();
            let manifest: toml::Table = toml::from_str(&manifest).unwrap();
            let programs = manifest["bin"].as_array().unwrap().iter().map(|bin| bin["name"].as_str().unwrap().to_owned());
            assert_eq!(targets, programs.collect());
        }
    };
}

corpora! { binary config dlv_line go_line mount_table plan record translation wsl_conf wslenv }
