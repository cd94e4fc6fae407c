//! The contents of an explanation, in order: the fields are the keys of JSON schema 1.
//!
//! Values are masked when the view is made: only the shell form, which does not use it, shows secrets.

use serde::Serialize;

use crate::bytes::Bytes;
use crate::config::{AnyAddress, BindPolicy, ClientPolicy, Config, Origin, PePolicy, Switch};
use crate::diagnosis::{Code, Failure, Level, Note};
use crate::explain::form::ExplainedCall;
use crate::host::Host;
use crate::host::mounts::Mount;
use crate::plan::interop::state::InteropState;
use crate::plan::translate::env;
use crate::plan::{ArgChange, Candidate, Decisions, EnvChange, Listen, Plan, Reason, Rejection, Target};
use crate::text::mask;

/// Bytes that may be shown: masked, but neither escaped nor known to be UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown(pub Bytes);

impl Shown {
    fn text(bytes: &[u8]) -> Shown {
        Shown(Bytes(mask::text(bytes).into_owned()))
    }

    fn argument(bytes: &[u8]) -> Shown {
        Shown(Bytes(mask::argument(bytes).into_owned()))
    }

    fn value(name: &[u8], bytes: &[u8]) -> Shown {
        Shown(Bytes(mask::value(name, bytes).into_owned()))
    }
}

/// An explanation.
#[derive(Debug, Serialize)]
pub struct View {
    /// The version of this format.
    pub schema: u32,
    /// The version of gowrap.
    pub gowrap: &'static str,
    /// `exec` or `reject`.
    pub outcome: &'static str,
    /// The status of a refusal.
    pub exit_code: Option<u8>,
    /// The tool that was called.
    pub tool: Shown,
    /// The machine.
    pub host: HostView,
    /// The file that would run.
    pub target: Option<TargetView>,
    /// The rejected candidates.
    pub candidates: Vec<CandidateView>,
    /// The arguments for execve(2); for a refusal, the arguments of the call.
    pub argv: Vec<Shown>,
    /// Changes of arguments.
    pub args: Vec<ArgView>,
    /// Changes of variables.
    pub env: Vec<EnvView>,
    /// The working directory; none if it was deleted.
    pub cwd: Option<Shown>,
    /// The address of a debugger.
    pub listen: Option<ListenView>,
    /// The notes.
    pub notes: Vec<NoteView>,
    /// The refusal.
    pub error: Option<ErrorView>,
}

/// The machine.
#[derive(Debug, Serialize)]
pub struct HostView {
    /// `linux`, `wsl1`, `wsl2`.
    pub kind: &'static str,
    /// The distribution's name.
    pub distro: Option<Shown>,
    /// The networking mode.
    pub network: &'static str,
    /// The way to start Windows programs.
    pub interop: &'static str,
    /// The Windows drives.
    pub drives: Vec<DriveView>,
}

/// A Windows drive.
#[derive(Debug, Serialize)]
pub struct DriveView {
    /// Its letter, upper case.
    pub letter: char,
    /// The mount point.
    pub mount: Shown,
    /// The filesystem type.
    pub fstype: Shown,
}

/// The target.
#[derive(Debug, Serialize)]
pub struct TargetView {
    /// The file.
    pub path: Shown,
    /// Its format.
    pub format: &'static str,
    /// The architecture that it is built for.
    pub machine: Option<String>,
    /// The way to start it.
    pub via: &'static str,
    /// The list of places in which it was found.
    pub source: &'static str,
}

/// A rejected candidate.
#[derive(Debug, Serialize)]
pub struct CandidateView {
    /// The file or the PATH entry.
    pub path: Shown,
    /// The reason as one word.
    #[serde(serialize_with = "reason_word")]
    pub reason: Reason,
    /// The reason as a text.
    pub detail: Shown,
}

/// A change of an argument.
#[derive(Debug, Serialize)]
pub struct ArgView {
    /// The index in the arguments of the call.
    pub index: usize,
    /// The old value.
    pub from: Option<Shown>,
    /// The new value.
    pub to: Option<Shown>,
    /// The reason.
    pub why: Shown,
}

/// A change of a variable.
#[derive(Debug, Serialize)]
pub struct EnvView {
    /// Its name.
    pub name: Shown,
    /// `set` or `unset`.
    pub action: &'static str,
    /// The old value.
    pub from: Option<Shown>,
    /// The new value.
    pub to: Option<Shown>,
    /// The stage that made the change.
    pub stage: &'static str,
    /// The source of the value.
    pub source: Shown,
    /// The reason.
    pub why: Shown,
}

/// The address of a debugger.
#[derive(Debug, Serialize)]
pub struct ListenView {
    /// The address of the call.
    pub from: Shown,
    /// The address that the debugger gets.
    pub to: Shown,
    /// The side of the debug client.
    pub client: &'static str,
    /// The addresses for the client.
    pub connect: Vec<Shown>,
    /// The reason.
    pub why: Shown,
}

/// A note.
#[derive(Debug, Serialize)]
pub struct NoteView {
    /// `info` or `warn`.
    #[serde(serialize_with = "level_word")]
    pub level: Level,
    /// Its code.
    #[serde(serialize_with = "crate::bytes::as_displayed")]
    pub code: Code,
    /// The text.
    pub text: Shown,
}

/// A refusal.
#[derive(Debug, Serialize)]
pub struct ErrorView {
    /// Its code.
    #[serde(serialize_with = "crate::bytes::as_displayed")]
    pub code: Code,
    /// The request, and the reason for the refusal.
    pub message: Shown,
    /// The fixes.
    pub fix: Vec<Shown>,
}

fn reason_word<S: serde::Serializer>(reason: &Reason, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(reason.word())
}

fn level_word<S: serde::Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(level.word())
}

impl View {
    /// Collects the contents of an explanation. Reads the facts that only an explanation needs from the host.
    #[must_use]
    pub fn of(outcome: Result<&Plan, &Rejection>, subject: ExplainedCall, config: &Config, host: &dyn Host) -> View {
        let (target, decisions, failure) = match outcome {
            Ok(plan) => (Some(&plan.target), &plan.decisions, None),
            Err(rejection) => (None, &rejection.decisions, Some(&rejection.failure)),
        };
        View {
            schema: 1,
            gowrap: env!("CARGO_PKG_VERSION"),
            outcome: if target.is_some() { "exec" } else { "reject" },
            exit_code: failure.map(|failure| failure.exit as u8),
            tool: Shown::text(subject.tool),
            host: HostView::of(host, subject),
            target: target.map(TargetView::of),
            candidates: decisions.candidates.iter().map(CandidateView::of).collect(),
            argv: argv(decisions, subject),
            args: decisions.args.iter().map(ArgView::of).collect(),
            env: decisions.env.iter().map(EnvView::of).collect(),
            cwd: host.cwd().ok().map(Shown::text),
            listen: decisions.listen.as_ref().map(ListenView::of),
            notes: notes(decisions, config, host),
            error: failure.map(ErrorView::of),
        }
    }
}

/// Returns the arguments to show. A call that was refused before there was a plan shows its own.
fn argv(decisions: &Decisions, subject: ExplainedCall) -> Vec<Shown> {
    let words: Vec<&[u8]> = if decisions.argv.is_empty() {
        subject.argv.iter().map(|arg| arg.to_bytes()).collect()
    } else {
        decisions.argv.iter().map(|arg| arg.to_bytes()).collect()
    };
    mask::command_line(&words).into_iter().map(|word| Shown(Bytes(word.into_owned()))).collect()
}

impl HostView {
    fn of(host: &dyn Host, subject: ExplainedCall) -> HostView {
        // Outside WSL the variable proves nothing: a container may have inherited it.
        let named = || subject.environ.get_nonempty(b"WSL_DISTRO_NAME").filter(|_| host.kind().is_wsl());
        HostView {
            kind: host.kind().word(),
            distro: host.distro().or_else(|| named().map(<[u8]>::to_vec)).map(|name| Shown::text(&name)),
            network: host.network().mode.word(),
            interop: InteropState::of(host, subject.environ).word(),
            drives: host.mounts().drives().filter_map(DriveView::of).collect(),
        }
    }
}

impl DriveView {
    /// Returns the view of a mount; none for a share or a folder of a drive, which has no letter.
    fn of(mount: &Mount) -> Option<DriveView> {
        Some(DriveView {
            letter: char::from(mount.letter()?),
            mount: Shown::text(mount.point()),
            fstype: Shown::text(mount.fstype()),
        })
    }
}

impl TargetView {
    fn of(target: &Target) -> TargetView {
        TargetView {
            path: Shown::text(&target.path),
            format: target.format.word(),
            machine: target.machine.map(|machine| machine.name()),
            via: target.via.word(),
            source: target.source.word(),
        }
    }
}

impl CandidateView {
    fn of(candidate: &Candidate) -> CandidateView {
        CandidateView {
            path: Shown::text(&candidate.path),
            reason: candidate.reason,
            detail: Shown::text(&candidate.detail),
        }
    }
}

impl ArgView {
    fn of(change: &ArgChange) -> ArgView {
        ArgView {
            index: change.index,
            from: change.from.as_deref().map(Shown::argument),
            to: change.to.as_deref().map(Shown::argument),
            why: Shown::text(change.why.as_bytes()),
        }
    }
}

impl EnvView {
    fn of(change: &EnvChange) -> EnvView {
        let shown = |value: &[u8]| Shown::value(&change.name, value);
        EnvView {
            name: Shown::text(&change.name),
            action: if change.to.is_some() { "set" } else { "unset" },
            from: change.from.as_deref().map(shown),
            to: change.to.as_deref().map(shown),
            stage: change.stage.word(),
            source: Shown::text(change.source.as_bytes()),
            why: Shown::text(change.why.as_bytes()),
        }
    }
}

impl ListenView {
    fn of(listen: &Listen) -> ListenView {
        ListenView {
            from: Shown::text(&listen.from),
            to: Shown::text(&listen.to),
            client: listen.client.word(),
            connect: listen.connect.iter().map(|address| Shown::text(address)).collect(),
            why: Shown::text(listen.why.as_bytes()),
        }
    }
}

impl NoteView {
    fn of(note: &Note) -> NoteView {
        NoteView { level: note.level, code: note.code, text: Shown::text(&note.text) }
    }
}

impl ErrorView {
    fn of(failure: &Failure) -> ErrorView {
        ErrorView {
            code: failure.code,
            message: Shown::text(&failure.message),
            fix: failure.fix.iter().map(|fix| Shown::text(fix)).collect(),
        }
    }
}

/// Returns the notes of the plan, and one for each setting that differs from its default.
fn notes(decisions: &Decisions, config: &Config, host: &dyn Host) -> Vec<NoteView> {
    let of_go = if host.kind().is_wsl() { env::settings(host, &decisions.environ) } else { Vec::new() };
    decisions.notes.iter().chain(&settings(config)).chain(&of_go).map(NoteView::of).collect()
}

/// Returns a note for each setting that differs from its default, with its origin.
fn settings(config: &Config) -> Vec<Note> {
    // A setting that is not shown does not compile.
    let Config { pe, pins, restore, restore_names, client, bind, allow_any, translate, notes: _ } = config;
    let mut notes = Vec::new();
    let mut add = |origin: &Origin, key: &[u8], value: &[u8]| {
        if *origin != Origin::Default {
            let text = [key, b" = ", value, b" (", &origin.describe(), b")"].concat();
            notes.push(Note::info(Code::GW910, text));
        }
    };
    let quoted = |value: &[u8]| [b"\"", value, b"\""].concat();
    let word: &[u8] = match pe.value {
        PePolicy::Auto => b"\"auto\"",
        PePolicy::Reject => b"\"reject\"",
        PePolicy::Reroute => b"\"reroute\"",
    };
    add(&pe.origin, b"pe", word);
    for (tool, path) in pins {
        add(&path.origin, &[b"tools.", tool.name().as_bytes(), b".path"].concat(), &quoted(&path.value));
    }
    add(&restore.origin, b"restore.enabled", on(restore.value));
    let names: Vec<Vec<u8>> = restore_names.value.iter().map(|name| quoted(name)).collect();
    add(&restore_names.origin, b"restore.names", &[b"[", names.join(&b", "[..]).as_slice(), b"]"].concat());
    let side = match client.value {
        ClientPolicy::Auto => "auto",
        ClientPolicy::Fixed(side) => side.word(),
    };
    add(&client.origin, b"debug.client", &quoted(side.as_bytes()));
    let address: &[u8] = match &bind.value {
        BindPolicy::Auto => b"auto",
        BindPolicy::Keep => b"keep",
        BindPolicy::Address(address) => address,
    };
    add(&bind.origin, b"debug.bind", &quoted(address));
    let any: &[u8] = match allow_any.value {
        AnyAddress::Allowed => b"true",
        AnyAddress::Narrowed => b"false",
    };
    add(&allow_any.origin, b"debug.allow_any", any);
    add(&translate.origin, b"paths.translate", on(translate.value));
    notes
}

fn on(switch: Switch) -> &'static [u8] {
    match switch {
        Switch::On => b"true",
        Switch::Off => b"false",
    }
}
