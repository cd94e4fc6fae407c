//! The flags of every command of Go 1.19 to 1.27 and their values; one row a flag.
//!
//! Rows are in groups, as cmd/go adds them to its commands (`work.AddBuildFlags`, `base.AddModCommonFlags` …). The same
//! name may be another flag in another command (`-c` is a switch of `test` and a number of `vet`), so a flag is looked
//! up by group and name. All versions share one table, because no flag changed its kind of value. `test -i` is left
//! out: Go 1.20 removed it, and later versions pass it to the test binary. The number after a row is the first version
//! with the flag, if later than 1.19.
//!
//! Rows contain the names. A table of pointers would cost a relocation for each row at every start.

use crate::tools::token::{PathKind, Role, Slot, Token};

/// Value of a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Takes {
    /// None, or a value after `=` that is no path: a boolean by Go's rules (`-race`, `-buildvcs`, `-json`).
    Nothing,
    /// A value that is no path.
    Text,
    /// A file or a directory that is read.
    Path,
    /// A file or a directory that is written.
    Output,
    /// A file, or one of the words `auto` and `off`.
    Profile,
    /// A command line, of which the first word is a program.
    Program,
    /// Package patterns, separated by commas.
    Patterns,
    /// `OLD[@v]=NEW[@v]`.
    Replacement,
}

impl Takes {
    /// Returns the kind of path in `value`, if it is one.
    #[must_use]
    pub fn kind(self, value: &[u8]) -> Option<PathKind> {
        if value.is_empty() {
            return None;
        }
        match self {
            Takes::Nothing | Takes::Text => None,
            Takes::Profile => (!matches!(value, b"auto" | b"off")).then_some(PathKind::Path),
            Takes::Path => Some(PathKind::Path),
            Takes::Output => Some(PathKind::Output),
            Takes::Program => Some(PathKind::Command),
            Takes::Patterns => Some(PathKind::PackageList),
            Takes::Replacement => Some(PathKind::Replacement),
        }
    }

    /// Returns the token of an argument whose bytes from `start` on are the value.
    #[must_use]
    pub fn token<'a>(self, role: Role<'a>, arg: &[u8], start: usize) -> Token<'a> {
        let kind = arg.get(start..).and_then(|value| self.kind(value));
        Token { role, slot: kind.map(|kind| Slot { bytes: start..arg.len(), kind }) }
    }
}

/// Flags that are added to a command together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "the table below says what each is")]
pub enum FlagGroup {
    Chdir,
    Trace,
    Mod,
    ModFiles,
    Build,
    Cover,
    BuildOwn,
    Install,
    Run,
    Get,
    List,
    Clean,
    Generate,
    Test,
    Forwarded,
    Vet,
    Fix,
    Analyzers,
    Modernizers,
    Env,
    Doc,
    Tool,
    Version,
    Bug,
    ModDownload,
    ModEdit,
    ModGraph,
    ModTidy,
    ModVendor,
    ModWhy,
    WorkEdit,
    WorkUse,
}

/// A set of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagGroups(u64);

impl FlagGroups {
    /// Returns the set of these groups.
    #[must_use]
    pub const fn of(groups: &[FlagGroup]) -> Self {
        FlagGroups(0).and(groups)
    }

    /// Returns the set with these groups added.
    #[must_use]
    pub const fn and(self, groups: &[FlagGroup]) -> Self {
        let mut bits = self.0;
        let mut at = 0;
        while at < groups.len() {
            bits |= 1 << groups[at] as u8;
            at += 1;
        }
        FlagGroups(bits)
    }

    const fn contains(self, group: FlagGroup) -> bool {
        self.0 >> group as u8 & 1 != 0
    }
}

/// Number of rows.
const COUNT: usize = 267;

/// Length of the longest name, in bytes.
const LONGEST: usize = 26;

struct Flag {
    group: FlagGroup,
    takes: Takes,
    length: u8,
    name: [u8; LONGEST],
}

impl Flag {
    const fn name(&self) -> &[u8] {
        self.name.split_at(self.length as usize).0
    }
}

const fn row(group: FlagGroup, name: &str, takes: Takes) -> Flag {
    let name = name.as_bytes();
    let mut bytes = [0; LONGEST];
    let mut at = 0;
    while at < name.len() {
        bytes[at] = name[at];
        at += 1;
    }
    Flag { group, takes, length: name.len() as u8, name: bytes }
}

const fn switch(group: FlagGroup, name: &str) -> Flag {
    row(group, name, Takes::Nothing)
}

const fn text(group: FlagGroup, name: &str) -> Flag {
    row(group, name, Takes::Text)
}

const fn path(group: FlagGroup, name: &str) -> Flag {
    row(group, name, Takes::Path)
}

const fn output(group: FlagGroup, name: &str) -> Flag {
    row(group, name, Takes::Output)
}

use FlagGroup::*;
use Takes::{Patterns, Profile, Program, Replacement};

static FLAGS: [Flag; COUNT] = [
    // Every command.
    path(Chdir, "C"), // 1.20
    // `-n` and `-x`: commands that build, `fmt`, `env` and `mod edit`.
    switch(Trace, "n"),
    switch(Trace, "x"),
    // Commands that build except `get`; `fmt`.
    text(Mod, "mod"),
    // Commands that build; `fmt`, `tool`, `mod …`, and `work …` except `edit`.
    switch(ModFiles, "modcacherw"),
    path(ModFiles, "modfile"),
    path(ModFiles, "overlay"),
    // Commands that build: `build`, `install`, `run`, `test`, `list`, `get`, `vet`, `fix`, `clean`, `generate`.
    switch(Build, "a"),
    switch(Build, "asan"),
    text(Build, "asmflags"),
    text(Build, "buildmode"),
    switch(Build, "buildvcs"),
    text(Build, "compiler"),
    output(Build, "debug-actiongraph"),
    output(Build, "debug-runtime-trace"), // 1.20
    output(Build, "debug-trace"),
    text(Build, "gccgoflags"),
    text(Build, "gcflags"),
    text(Build, "installsuffix"),
    text(Build, "ldflags"),
    switch(Build, "linkshared"),
    switch(Build, "msan"),
    text(Build, "p"),
    row(Build, "pgo", Profile), // 1.20
    output(Build, "pkgdir"),
    switch(Build, "race"),
    text(Build, "tags"),
    row(Build, "toolexec", Program),
    switch(Build, "trimpath"),
    switch(Build, "v"),
    switch(Build, "work"),
    // `build`, `install`, `run`, `list` and `test`.
    switch(Cover, "cover"),           // 1.20
    text(Cover, "covermode"),         // 1.20
    row(Cover, "coverpkg", Patterns), // 1.20
    // `build`.
    switch(BuildOwn, "i"),
    switch(BuildOwn, "json"), // 1.24
    output(BuildOwn, "o"),
    // `install`.
    switch(Install, "i"),
    switch(Install, "json"), // 1.24
    // `run`.
    row(Run, "exec", Program),
    switch(Run, "json"), // 1.24
    // `get`.
    switch(Get, "d"),
    switch(Get, "f"),
    switch(Get, "fix"),
    switch(Get, "insecure"),
    switch(Get, "json"), // 1.24
    switch(Get, "m"),
    switch(Get, "t"),
    switch(Get, "tool"), // 1.24
    switch(Get, "u"),
    // `list`.
    switch(List, "compiled"),
    switch(List, "deps"),
    switch(List, "e"),
    switch(List, "export"),
    text(List, "f"),
    switch(List, "find"),
    switch(List, "json"),
    switch(List, "m"),
    switch(List, "retracted"),
    path(List, "reuse"),
    switch(List, "test"),
    switch(List, "u"),
    switch(List, "versions"),
    // `clean`.
    switch(Clean, "cache"),
    switch(Clean, "fuzzcache"),
    switch(Clean, "i"),
    switch(Clean, "modcache"),
    switch(Clean, "r"),
    switch(Clean, "testcache"),
    // `generate`.
    text(Generate, "run"),
    text(Generate, "skip"), // 1.20
    // `test`.
    switch(Test, "c"),
    row(Test, "exec", Program),
    switch(Test, "json"),
    output(Test, "o"),
    text(Test, "vet"),
    // `test`, passed to the test binary; also as `-test.NAME`.
    switch(Forwarded, "artifacts"), // 1.26
    text(Forwarded, "bench"),
    switch(Forwarded, "benchmem"),
    text(Forwarded, "benchtime"),
    output(Forwarded, "blockprofile"),
    text(Forwarded, "blockprofilerate"),
    text(Forwarded, "count"),
    output(Forwarded, "coverprofile"),
    text(Forwarded, "cpu"),
    output(Forwarded, "cpuprofile"),
    switch(Forwarded, "failfast"),
    switch(Forwarded, "fullpath"), // 1.21
    text(Forwarded, "fuzz"),
    text(Forwarded, "fuzzminimizetime"),
    text(Forwarded, "fuzztime"),
    text(Forwarded, "list"),
    output(Forwarded, "memprofile"),
    text(Forwarded, "memprofilerate"),
    output(Forwarded, "mutexprofile"),
    text(Forwarded, "mutexprofilefraction"),
    output(Forwarded, "outputdir"),
    text(Forwarded, "parallel"),
    text(Forwarded, "run"),
    switch(Forwarded, "short"),
    text(Forwarded, "shuffle"),
    text(Forwarded, "skip"), // 1.20
    text(Forwarded, "timeout"),
    output(Forwarded, "trace"),
    switch(Forwarded, "v"),
    // `vet`.
    text(Vet, "c"),      // 1.26
    switch(Vet, "diff"), // 1.26
    switch(Vet, "fix"),  // 1.26
    switch(Vet, "json"), // 1.26
    path(Vet, "vettool"),
    // `fix`.
    text(Fix, "c"),      // 1.26
    switch(Fix, "diff"), // 1.26
    text(Fix, "fix"),
    path(Fix, "fixtool"), // 1.26
    switch(Fix, "json"),  // 1.26
    // `vet`, as `vet -flags` of all versions lists them.
    switch(Analyzers, "V"),
    switch(Analyzers, "all"),
    switch(Analyzers, "appends"), // 1.22
    switch(Analyzers, "asmdecl"),
    switch(Analyzers, "assign"),
    switch(Analyzers, "atomic"),
    switch(Analyzers, "bool"),
    switch(Analyzers, "bools"),
    switch(Analyzers, "buildtag"),
    switch(Analyzers, "buildtags"),
    switch(Analyzers, "cgocall"),
    switch(Analyzers, "composites"),
    switch(Analyzers, "composites.whitelist"),
    switch(Analyzers, "compositewhitelist"),
    switch(Analyzers, "copylocks"),
    switch(Analyzers, "defers"),    // 1.22
    switch(Analyzers, "directive"), // 1.20
    switch(Analyzers, "errorsas"),
    switch(Analyzers, "flags"),
    switch(Analyzers, "framepointer"),
    switch(Analyzers, "hostport"), // 1.25
    switch(Analyzers, "httpresponse"),
    switch(Analyzers, "ifaceassert"),
    switch(Analyzers, "loopclosure"),
    switch(Analyzers, "lostcancel"),
    switch(Analyzers, "methods"),
    switch(Analyzers, "nilfunc"),
    switch(Analyzers, "printf"),
    text(Analyzers, "printf.funcs"),
    text(Analyzers, "printfuncs"),
    switch(Analyzers, "rangeloops"),
    switch(Analyzers, "shift"),
    switch(Analyzers, "sigchanyzer"),
    switch(Analyzers, "slog"), // 1.20
    switch(Analyzers, "source"),
    switch(Analyzers, "stdmethods"),
    switch(Analyzers, "stdversion"), // 1.23
    switch(Analyzers, "stringintconv"),
    switch(Analyzers, "structtag"),
    switch(Analyzers, "testinggoroutine"),
    switch(Analyzers, "testinggoroutine.subtest"), // 1.22
    switch(Analyzers, "tests"),
    switch(Analyzers, "timeformat"), // 1.20
    switch(Analyzers, "unmarshal"),
    switch(Analyzers, "unreachable"),
    switch(Analyzers, "unsafeptr"),
    text(Analyzers, "unusedfuncs"),
    switch(Analyzers, "unusedresult"),
    text(Analyzers, "unusedresult.funcs"),
    text(Analyzers, "unusedresult.stringmethods"),
    text(Analyzers, "unusedstringmethods"),
    switch(Analyzers, "waitgroup"), // 1.25
    // `fix` since 1.26, as `fix -flags` lists them.
    switch(Modernizers, "V"),
    switch(Modernizers, "all"),
    switch(Modernizers, "any"),
    switch(Modernizers, "atomictypes"), // 1.27
    switch(Modernizers, "buildtag"),
    switch(Modernizers, "buildtags"),
    switch(Modernizers, "embedlit"),     // 1.27
    switch(Modernizers, "errorsastype"), // 1.27
    switch(Modernizers, "flags"),
    switch(Modernizers, "fmtappendf"),
    switch(Modernizers, "forvar"),
    switch(Modernizers, "hostport"),
    switch(Modernizers, "inline"),
    switch(Modernizers, "inline.allow_binding_decl"),
    switch(Modernizers, "inline.lazy_edits"),
    switch(Modernizers, "mapsloop"),
    switch(Modernizers, "minmax"),
    switch(Modernizers, "newexpr"),
    switch(Modernizers, "omitzero"),
    switch(Modernizers, "plusbuild"),
    switch(Modernizers, "rangeint"),
    switch(Modernizers, "reflecttypefor"),
    switch(Modernizers, "slicesbackward"), // 1.27
    switch(Modernizers, "slicescontains"),
    switch(Modernizers, "slicessort"),
    switch(Modernizers, "source"),
    switch(Modernizers, "stditerators"),
    switch(Modernizers, "stringsbuilder"),
    switch(Modernizers, "stringscut"),
    switch(Modernizers, "stringscutprefix"),
    switch(Modernizers, "stringsseq"),
    switch(Modernizers, "testingcontext"),
    switch(Modernizers, "unsafefuncs"), // 1.27
    switch(Modernizers, "waitgroup"),
    switch(Modernizers, "waitgroupgo"), // 1.27
    // `env`.
    switch(Env, "changed"), // 1.23
    switch(Env, "json"),
    switch(Env, "u"),
    switch(Env, "w"),
    // `doc`.
    switch(Doc, "all"),
    switch(Doc, "c"),
    switch(Doc, "cmd"),
    switch(Doc, "ex"),   // 1.27
    switch(Doc, "http"), // 1.25
    switch(Doc, "short"),
    switch(Doc, "src"),
    switch(Doc, "u"),
    // `tool`.
    switch(Tool, "n"),
    // `version`.
    switch(Version, "json"), // 1.25
    switch(Version, "m"),
    switch(Version, "v"),
    // `bug`.
    switch(Bug, "v"),
    // `mod download`.
    switch(ModDownload, "json"),
    path(ModDownload, "reuse"),
    switch(ModDownload, "x"),
    // `mod edit`.
    text(ModEdit, "dropexclude"),
    text(ModEdit, "dropgodebug"), // 1.23
    text(ModEdit, "dropignore"),  // 1.25
    text(ModEdit, "dropreplace"),
    text(ModEdit, "droprequire"),
    text(ModEdit, "dropretract"),
    text(ModEdit, "droptool"), // 1.24
    text(ModEdit, "exclude"),
    switch(ModEdit, "fmt"),
    text(ModEdit, "go"),
    text(ModEdit, "godebug"), // 1.23
    text(ModEdit, "ignore"),  // 1.25
    switch(ModEdit, "json"),
    text(ModEdit, "module"),
    switch(ModEdit, "print"),
    row(ModEdit, "replace", Replacement),
    text(ModEdit, "require"),
    text(ModEdit, "retract"),
    text(ModEdit, "tool"),      // 1.24
    text(ModEdit, "toolchain"), // 1.21
    // `mod graph`.
    text(ModGraph, "go"),
    switch(ModGraph, "x"), // 1.20
    // `mod tidy`.
    text(ModTidy, "compat"),
    switch(ModTidy, "diff"), // 1.23
    switch(ModTidy, "e"),
    text(ModTidy, "go"),
    switch(ModTidy, "v"),
    switch(ModTidy, "x"), // 1.20
    // `mod vendor`.
    switch(ModVendor, "e"),
    output(ModVendor, "o"),
    switch(ModVendor, "v"),
    // `mod why`.
    switch(ModWhy, "m"),
    switch(ModWhy, "vendor"),
    // `work edit`.
    text(WorkEdit, "dropgodebug"), // 1.23
    text(WorkEdit, "dropreplace"),
    path(WorkEdit, "dropuse"),
    switch(WorkEdit, "fmt"),
    text(WorkEdit, "go"),
    text(WorkEdit, "godebug"), // 1.23
    switch(WorkEdit, "json"),
    switch(WorkEdit, "print"),
    row(WorkEdit, "replace", Replacement),
    text(WorkEdit, "toolchain"), // 1.21
    path(WorkEdit, "use"),
    // `work use`.
    switch(WorkUse, "r"),
];

/// The rows sorted by name, for binary search.
static BY_NAME: [u16; COUNT] = by_name();

const fn by_name() -> [u16; COUNT] {
    let mut order = [0; COUNT];
    let mut row = 0;
    while row < COUNT {
        let mut at = row;
        while at > 0 && precedes(FLAGS[row].name(), FLAGS[order[at - 1] as usize].name()) {
            order[at] = order[at - 1];
            at -= 1;
        }
        order[at] = row as u16;
        row += 1;
    }
    order
}

const fn precedes(left: &[u8], right: &[u8]) -> bool {
    let mut at = 0;
    while at < left.len() && at < right.len() {
        if left[at] != right[at] {
            return left[at] < right[at];
        }
        at += 1;
    }
    left.len() < right.len()
}

/// Returns every flag of this name, in any group.
fn named(name: &[u8]) -> impl Iterator<Item = &'static Flag> {
    let flag = |row: &u16| FLAGS.get(usize::from(*row));
    let first = BY_NAME.partition_point(|row| flag(row).is_some_and(|flag| flag.name() < name));
    let rows = BY_NAME.get(first..).unwrap_or_default();
    rows.iter().map_while(flag).take_while(move |flag| flag.name() == name)
}

/// Returns the value of the flag `name` in one of these groups.
#[must_use]
pub fn find(groups: FlagGroups, name: &[u8]) -> Option<Takes> {
    named(name).find(|flag| groups.contains(flag.group)).map(|flag| flag.takes)
}

/// Returns the value of a flag in `GOFLAGS`, which has no command and has every value after `=`.
///
/// The first group that reads the value as a path decides; no group reads it as another kind of path.
#[must_use]
pub fn find_anywhere(name: &[u8]) -> Option<Takes> {
    let alias = name.strip_prefix(b"test.").filter(|name| find(FlagGroups::of(&[Forwarded]), name).is_some());
    let mut found = None;
    for flag in named(alias.unwrap_or(name)) {
        match flag.takes {
            Takes::Nothing | Takes::Text => found = found.or(Some(flag.takes)),
            takes => return Some(takes),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_name() {
        for flag in &FLAGS {
            assert_eq!(find(FlagGroups::of(&[flag.group]), flag.name()), Some(flag.takes), "{:?}", flag.name());
        }
    }

    /// `GOFLAGS` is read without a command, which needs this.
    #[test]
    fn a_flag_name_has_at_most_one_kind_of_path() {
        let is_path = |takes| !matches!(takes, Takes::Nothing | Takes::Text);
        for flag in FLAGS.iter().filter(|flag| is_path(flag.takes)) {
            assert_eq!(find_anywhere(flag.name()), Some(flag.takes), "{:?}", flag.name());
        }
    }

    #[test]
    fn a_value_has_the_kind_of_its_flag() {
        for (takes, value, expected) in [
            (Takes::Path, "auto", Some(PathKind::Path)),
            (Takes::Path, "", None),
            (Takes::Profile, "auto", None),
            (Takes::Profile, "off", None),
            (Takes::Profile, "Auto", Some(PathKind::Path)),
            (Takes::Text, "/a", None),
            (Takes::Nothing, "/a", None),
            (Takes::Program, "/a -b", Some(PathKind::Command)),
            (Takes::Patterns, "/a,/b", Some(PathKind::PackageList)),
            (Takes::Replacement, "a=/b", Some(PathKind::Replacement)),
        ] {
            assert_eq!(takes.kind(value.as_bytes()), expected, "{takes:?} {value:?}");
        }
    }

    #[test]
    fn a_name_outside_the_table_is_not_found() {
        for name in ["", "a-", "A", "buildm", "buildmodes", "zz", "test.run", "\u{ff}"] {
            assert_eq!(find(FlagGroups(u64::MAX), name.as_bytes()), None, "{name:?}");
        }
    }
}
