//! Commands of cmd/go: their names, their flags and their operands.
//!
//! The rules of cmd/go's `lookupCmd`: one word, or two for `mod` and `work`. Names match exactly. Help topics are no
//! commands.

use crate::tools::go::flags;
use crate::tools::go::flags::{FlagGroup, FlagGroups, Takes};

/// A command of cmd/go, or a group of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are named as they are typed")]
pub enum Command {
    Bug,
    Build,
    Clean,
    Doc,
    Env,
    Fix,
    Fmt,
    Generate,
    Get,
    Help,
    Install,
    List,
    Mod,
    ModDownload,
    ModEdit,
    ModGraph,
    ModInit,
    ModTidy,
    ModVendor,
    ModVerify,
    ModWhy,
    Run,
    Telemetry,
    Test,
    Tool,
    Version,
    Vet,
    Work,
    WorkEdit,
    WorkInit,
    WorkSync,
    WorkUse,
    WorkVendor,
}

/// Way in which a command reads its flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagSyntax {
    /// As Go's `flag` package: flags, then operands.
    Standard,
    /// `vet` and `fix`: the same, but an argument that the `flag` package calls malformed is the first operand.
    Lenient,
    /// `test`: flags and packages in any order; some of both are for the test binary.
    Test,
    /// `help`: no flags at all.
    None,
}

/// Kind of a command's operands (the arguments after its flags).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operands {
    /// Package patterns, or a list of `.go` files.
    Packages,
    /// Packages, or modules after `-m`.
    PackagesOrModules,
    /// A package, a symbol, a method.
    Doc,
    /// Files or directories.
    Paths,
    /// Names of variables, or assignments after `-w`.
    Variables,
    /// Modules, import paths, words: no paths.
    Words,
    /// `.go` files or one package, then the program's own arguments.
    Program,
    /// The name of a tool, then the tool's own arguments.
    Tool,
    /// Topics of `help`.
    Topics,
}

impl Command {
    /// Returns the command or group that the first word names.
    #[must_use]
    pub fn first(word: &[u8]) -> Option<Command> {
        Some(match word {
            b"bug" => Command::Bug,
            b"build" => Command::Build,
            b"clean" => Command::Clean,
            b"doc" => Command::Doc,
            b"env" => Command::Env,
            b"fix" => Command::Fix,
            b"fmt" => Command::Fmt,
            b"generate" => Command::Generate,
            b"get" => Command::Get,
            b"help" => Command::Help,
            b"install" => Command::Install,
            b"list" => Command::List,
            b"mod" => Command::Mod,
            b"run" => Command::Run,
            b"telemetry" => Command::Telemetry,
            b"test" => Command::Test,
            b"tool" => Command::Tool,
            b"version" => Command::Version,
            b"vet" => Command::Vet,
            b"work" => Command::Work,
            _ => return None,
        })
    }

    /// Returns true if another word must follow to name a command.
    #[must_use]
    pub fn is_group(self) -> bool {
        matches!(self, Command::Mod | Command::Work)
    }

    /// Returns the command that `word` names in this group.
    #[must_use]
    pub fn second(self, word: &[u8]) -> Option<Command> {
        Some(match (self, word) {
            (Command::Mod, b"download") => Command::ModDownload,
            (Command::Mod, b"edit") => Command::ModEdit,
            (Command::Mod, b"graph") => Command::ModGraph,
            (Command::Mod, b"init") => Command::ModInit,
            (Command::Mod, b"tidy") => Command::ModTidy,
            (Command::Mod, b"vendor") => Command::ModVendor,
            (Command::Mod, b"verify") => Command::ModVerify,
            (Command::Mod, b"why") => Command::ModWhy,
            (Command::Work, b"edit") => Command::WorkEdit,
            (Command::Work, b"init") => Command::WorkInit,
            (Command::Work, b"sync") => Command::WorkSync,
            (Command::Work, b"use") => Command::WorkUse,
            (Command::Work, b"vendor") => Command::WorkVendor,
            _ => return None,
        })
    }

    /// Returns true if the command fails for a missing folder of the workspace (tested with Go 1.19).
    #[must_use]
    pub fn reads_workspace(self) -> bool {
        matches!(
            self,
            Command::Build
                | Command::Install
                | Command::List
                | Command::ModDownload
                | Command::ModGraph
                | Command::ModVerify
                | Command::ModWhy
                | Command::Run
                | Command::Test
                | Command::Vet
                | Command::WorkSync
        )
    }

    /// Returns true if the command may need a module that a folder replaces.
    #[must_use]
    pub fn reads_modules(self) -> bool {
        self.reads_workspace()
            || matches!(
                self,
                Command::Fix
                    | Command::Generate
                    | Command::Get
                    | Command::ModTidy
                    | Command::ModVendor
                    | Command::WorkVendor
            )
    }

    /// Returns the way in which the command reads its flags.
    #[must_use]
    pub fn reader(self) -> FlagSyntax {
        match self {
            Command::Help => FlagSyntax::None,
            Command::Test => FlagSyntax::Test,
            Command::Fix | Command::Vet => FlagSyntax::Lenient,
            _ => FlagSyntax::Standard,
        }
    }

    /// Returns the kind of the command's operands.
    #[must_use]
    pub fn operands(self) -> Operands {
        match self {
            Command::Build
            | Command::Clean
            | Command::Fix
            | Command::Fmt
            | Command::Generate
            | Command::Get
            | Command::Install
            | Command::Test
            | Command::Vet => Operands::Packages,
            Command::List => Operands::PackagesOrModules,
            Command::Doc => Operands::Doc,
            Command::Env => Operands::Variables,
            Command::ModEdit | Command::Version | Command::WorkEdit | Command::WorkInit | Command::WorkUse => {
                Operands::Paths
            }
            Command::Run => Operands::Program,
            Command::Tool => Operands::Tool,
            Command::Help => Operands::Topics,
            Command::Bug
            | Command::Mod
            | Command::ModDownload
            | Command::ModGraph
            | Command::ModInit
            | Command::ModTidy
            | Command::ModVendor
            | Command::ModVerify
            | Command::ModWhy
            | Command::Telemetry
            | Command::Work
            | Command::WorkSync
            | Command::WorkVendor => Operands::Words,
        }
    }

    /// Returns the value that the flag `name` of this command takes.
    #[must_use]
    pub fn flag(self, name: &[u8]) -> Option<Takes> {
        match name.strip_prefix(b"test.") {
            Some(name) if self == Command::Test => flags::find(FlagGroups::of(&[FlagGroup::Forwarded]), name),
            _ => flags::find(self.groups(), name),
        }
    }

    /// Returns the groups of the command's flags.
    fn groups(self) -> FlagGroups {
        use FlagGroup::*;
        /// Flags of commands that build packages.
        const BUILDING: FlagGroups = FlagGroups::of(&[Chdir, Trace, ModFiles, Build]);
        /// Flags of commands that only read modules.
        const MODULES: FlagGroups = FlagGroups::of(&[Chdir, ModFiles]);
        /// Flags of the other commands.
        const PLAIN: FlagGroups = FlagGroups::of(&[Chdir]);
        match self {
            Command::Build => const { BUILDING.and(&[Mod, Cover, BuildOwn]) },
            Command::Clean => const { BUILDING.and(&[Mod, Clean]) },
            Command::Fix => const { BUILDING.and(&[Mod, Fix, Modernizers]) },
            Command::Generate => const { BUILDING.and(&[Mod, Generate]) },
            Command::Get => const { BUILDING.and(&[Get]) },
            Command::Install => const { BUILDING.and(&[Mod, Cover, Install]) },
            Command::List => const { BUILDING.and(&[Mod, Cover, List]) },
            Command::Run => const { BUILDING.and(&[Mod, Cover, Run]) },
            Command::Test => const { BUILDING.and(&[Mod, Cover, Test, Forwarded]) },
            Command::Vet => const { BUILDING.and(&[Mod, Vet, Analyzers]) },
            Command::Fmt => const { MODULES.and(&[Mod, Trace]) },
            Command::ModDownload => const { MODULES.and(&[ModDownload]) },
            Command::ModEdit => const { MODULES.and(&[Trace, ModEdit]) },
            Command::ModGraph => const { MODULES.and(&[ModGraph]) },
            Command::ModTidy => const { MODULES.and(&[ModTidy]) },
            Command::ModVendor | Command::WorkVendor => const { MODULES.and(&[ModVendor]) },
            Command::ModWhy => const { MODULES.and(&[ModWhy]) },
            Command::Tool => const { MODULES.and(&[Tool]) },
            Command::WorkUse => const { MODULES.and(&[WorkUse]) },
            Command::ModInit | Command::ModVerify | Command::WorkInit | Command::WorkSync => MODULES,
            Command::Bug => const { PLAIN.and(&[Bug]) },
            Command::Doc => const { PLAIN.and(&[Doc]) },
            Command::Env => const { PLAIN.and(&[Trace, Env]) },
            Command::Version => const { PLAIN.and(&[Version]) },
            Command::WorkEdit => const { PLAIN.and(&[WorkEdit]) },
            Command::Telemetry => PLAIN,
            Command::Help | Command::Mod | Command::Work => FlagGroups::of(&[]),
        }
    }
}
