//! Reasons why a candidate is rejected, one row each: the name, the word of plans, the text without a detail, and the
//! kind of thing that was rejected.

/// Kind of thing that is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rejected {
    /// A file that was found.
    File,
    /// No file: gowrap itself, or a PATH entry that is not searched.
    NoFile,
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident, $word:literal, $phrase:literal, $rejected:ident;)+) => {
        /// Reason why a candidate is rejected.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Reason {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Reason {
            /// Returns the word that plans use.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Reason::$name => $word,)+
                }
            }

            /// Returns the text of a reason that has no detail.
            #[must_use]
            pub fn phrase(self) -> &'static str {
                match self {
                    $(Reason::$name => $phrase,)+
                }
            }

            /// Returns true if a file was found: not gowrap itself, and not a skipped PATH entry.
            #[must_use]
            pub fn is_existing_file(self) -> bool {
                match self {
                    $(Reason::$name => matches!(Rejected::$rejected, Rejected::File),)+
                }
            }
        }
    };
}

reasons! {
    /// The file is gowrap.
    Own, "self", "is gowrap itself", NoFile;
    /// Circle of symbolic links.
    Loop, "loop", "is in a circle of symbolic links", File;
    /// A Windows binary.
    Pe, "pe", "is a Windows program", File;
    /// Binary for another machine, without an emulator here.
    WrongMachine, "wrong-machine", "is built for another architecture", File;
    /// No execute permission.
    NotExecutable, "not-executable", "has no execute permission", File;
    /// Its mount forbids executing.
    NoexecMount, "noexec-mount", "is on a mount that forbids executing (noexec)", File;
    /// Dangling symbolic link.
    Dangling, "dangling", "is a dangling symbolic link", File;
    /// No file of this path. Plans have one word for it and a dangling link.
    Absent, "dangling", "does not exist", File;
    /// A directory, a FIFO, a socket or a device.
    NotAFile, "not-a-file", "is not a regular file", File;
    /// Its interpreter (the loader of an ELF file, the program of a `#!` line) is missing.
    MissingInterpreter, "missing-interpreter", "needs an interpreter that is missing", File;
    /// A format that the kernel does not execute.
    OtherFormat, "other-format", "is neither a program nor a script", File;
    /// Shim of another program that has already started gowrap again.
    LeadsBack, "leads-back", "is a shim that starts gowrap again", File;
    /// File in a well-known folder that another user owns or can change.
    ForeignOwner, "foreign-owner", "belongs to another user", File;
    /// A relative PATH entry.
    RelativeEntry, "relative-entry", "is a relative PATH entry", NoFile;
    /// An empty PATH entry.
    EmptyEntry, "empty-entry", "is an empty PATH entry", NoFile;
}
