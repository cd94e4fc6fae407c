//! An explanation for a person: the target, the reason for it, and the changes.
//!
//! It holds nothing that the JSON lacks, and shortens long values. Labels are in one column; an empty section is left
//! out.

use crate::diagnosis::Level;
use crate::explain::page::{Page, PageLine, WIDTH, table};
use crate::explain::sh::quote;
use crate::explain::view::{
    ArgView, CandidateView, EnvView, ErrorView, HostView, ListenView, NoteView, Shown, TargetView, View,
};
use crate::refusal;
use crate::terminal::{Colour, Style};
use crate::text::escape::escape;

/// Longest value, in characters. A longer one is cut in the middle.
const LONG: usize = 240;
/// Longest command line, in characters. A longer one is cut at the end.
const LONG_COMMAND: usize = 2000;

/// Returns the page.
pub(super) fn render(view: &View, colour: Colour) -> Vec<u8> {
    let mut page = Page::new(colour);
    let command = PageLine::plain(command(&view.argv));
    match &view.error {
        None => page.section(Style::Good, "would run", vec![command]),
        Some(_) => page.section(Style::Bad, "refused", vec![command]),
    }
    page.section(Style::Label, "in", vec![PageLine::plain(folder(view.cwd.as_ref()))]);
    page.blank();
    if let Some(target) = &view.target {
        page.section(Style::Label, "found", vec![PageLine::plain(found(target))]);
    }
    if let Some(error) = &view.error {
        page.section(Style::Label, "because", because(error, view.exit_code));
    }
    page.section(Style::Label, "passed over", candidates(&view.candidates));
    if let Some(error) = &view.error {
        page.section(Style::Label, "to fix it", fixes(error));
    }
    page.section(Style::Label, "arguments", changes(view.args.iter().map(ChangeRow::of_argument).collect()));
    page.section(Style::Label, "environment", changes(view.env.iter().map(ChangeRow::of_variable).collect()));
    if view.error.is_none() && view.args.is_empty() && view.env.is_empty() {
        let nothing = "nothing: arguments and environment pass unchanged";
        page.section(Style::Label, "changes", vec![PageLine::plain(nothing.to_owned())]);
    }
    page.section(Style::Label, "host", vec![PageLine::plain(host(&view.host))]);
    page.section(Style::Warn, "warnings", notes(&view.notes, Level::Warn));
    page.section(Style::Label, "notes", notes(&view.notes, Level::Info));
    // The last section: the address is the next thing that a person types.
    page.section(Style::Label, "debugger", view.listen.as_ref().map(listen).unwrap_or_default());
    page.finish()
}

/// Returns the words of the command, quoted for a shell and escaped for a terminal.
fn command(argv: &[Shown]) -> String {
    let mut command = String::new();
    for (index, word) in argv.iter().enumerate() {
        if command.len() > LONG_COMMAND {
            command.push_str(&format!(" … ({} more)", argv.len() - index));
            break;
        }
        if index > 0 {
            command.push(' ');
        }
        let word = escape(&word.0);
        command.push_str(&shorten(&quote(&word)));
    }
    command
}

fn folder(cwd: Option<&Shown>) -> String {
    cwd.map_or_else(|| "a folder that was deleted".to_owned(), |cwd| escape(&cwd.0))
}

fn found(target: &TargetView) -> String {
    let place = match target.source {
        "pinned" => "as named",
        "path" => "on PATH",
        _ => "in a known folder, not on PATH",
    };
    let what = match target.format {
        "elf" => "a Linux program",
        "pe" => "a Windows program",
        "script" => "a script",
        _ => "a program of a format that binfmt_misc knows",
    };
    let machine = target.machine.as_ref().map(|machine| format!(" for {machine}")).unwrap_or_default();
    match target.via {
        "direct" => format!("{place}: {what}{machine}"),
        "binfmt" => format!("{place}: {what}{machine}, started by WSL's binfmt_misc entry"),
        _ => format!("{place}: {what}{machine}, {}, started by /init", escape(&target.path.0)),
    }
}

fn because(error: &ErrorView, status: Option<u8>) -> Vec<PageLine> {
    let mut lines: Vec<PageLine> = refusal::paragraph(&error.message.0).into_iter().map(PageLine::plain).collect();
    let status = status.map(|status| format!(", exit status {status}")).unwrap_or_default();
    lines.push(PageLine::styled(Style::Faint, format!("{}{status}", error.code)));
    lines
}

fn fixes(error: &ErrorView) -> Vec<PageLine> {
    let lines = error.fix.iter().flat_map(|fix| refusal::paragraph(&fix.0));
    lines.map(|line| PageLine::styled(Style::Good, line)).collect()
}

fn candidates(candidates: &[CandidateView]) -> Vec<PageLine> {
    let rows = candidates.iter().map(|candidate| {
        let detail = escape(&candidate.detail.0);
        vec![
            (None, refusal::path(&candidate.path.0)),
            (Some(Style::Warn), candidate.reason.word().to_owned()),
            (Some(Style::Faint), if detail.is_empty() { candidate.reason.phrase().to_owned() } else { detail }),
        ]
    });
    table(rows.collect())
}

/// A row of the sections `arguments` and `environment`.
struct ChangeRow {
    what: String,
    line: PageLine,
    why: String,
}

impl ChangeRow {
    fn of_argument(change: &ArgView) -> ChangeRow {
        let (what, why) = (change.index.to_string(), escape(&change.why.0));
        ChangeRow { what, line: from_to(change.from.as_ref(), change.to.as_ref(), "added", "dropped"), why }
    }

    fn of_variable(change: &EnvView) -> ChangeRow {
        let source = if change.source.0.is_empty() { change.stage.as_bytes() } else { &change.source.0 };
        let why = format!("{} [{}]", escape(&change.why.0), escape(source));
        let line = from_to(change.from.as_ref(), change.to.as_ref(), "set", "unset, was");
        ChangeRow { what: escape(&change.name.0), line, why }
    }
}

/// Returns `old -> new`, or the value that exists and the word for its change.
fn from_to(from: Option<&Shown>, to: Option<&Shown>, added: &str, dropped: &str) -> PageLine {
    let word = |word: &str| (Some(Style::Faint), format!("{word} "));
    match (from, to) {
        (Some(from), Some(to)) => match to.0.strip_prefix(&*from.0.0) {
            Some(more) if from.0.len() > LONG / 6 => {
                PageLine(vec![word("as it is, then"), (Some(Style::Good), shorten(&escape(more)))])
            }
            _ => PageLine(vec![
                (None, value(from)),
                (Some(Style::Faint), " -> ".to_owned()),
                (Some(Style::Good), value(to)),
            ]),
        },
        (None, Some(to)) => PageLine(vec![word(added), (Some(Style::Good), value(to))]),
        (Some(from), None) => PageLine(vec![word(dropped), (Some(Style::Bad), value(from))]),
        (None, None) => PageLine(Vec::new()),
    }
}

/// Returns a value, in quotes if it is empty or has blanks at its ends.
fn value(value: &Shown) -> String {
    let text = escape(&value.0);
    if text.trim() == text && !text.is_empty() { shorten(&text) } else { format!("\"{}\"", shorten(&text)) }
}

fn shorten(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONG {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONG / 2).collect();
    let tail: String = text.chars().skip(length - LONG / 4).collect();
    format!("{head} … {tail}")
}

/// Returns the rows with their reasons: to the right if they fit, else on the next line, once for rows with the same
/// reason.
fn changes(changes: Vec<ChangeRow>) -> Vec<PageLine> {
    let widest = |width: fn(&ChangeRow) -> usize| changes.iter().map(width).max().unwrap_or(0);
    let names = widest(|change| change.what.chars().count());
    let values = widest(|change| change.line.width());
    let reasons = widest(|change| change.why.chars().count());
    let beside = names + 2 + values + 3 + reasons <= WIDTH;
    let mut lines = Vec::new();
    for group in changes.chunk_by(|one, other| one.why == other.why) {
        for ChangeRow { what, line, why } in group {
            let mut spans = vec![(None, format!("{what:names$}  "))];
            spans.extend_from_slice(&line.0);
            if beside {
                spans.push((Some(Style::Faint), format!("{:1$}{why}", "", values - line.width() + 3)));
            }
            lines.push(PageLine(spans));
        }
        if let (false, Some(ChangeRow { why, .. })) = (beside, group.first()) {
            let these = if group.len() > 1 { format!("these {}: ", group.len()) } else { String::new() };
            lines.push(PageLine::styled(Style::Faint, format!("{:1$}{these}{why}", "", names + 2)));
        }
    }
    lines
}

fn listen(listen: &ListenView) -> Vec<PageLine> {
    let address = if listen.from == listen.to {
        PageLine::plain(value(&listen.to))
    } else {
        from_to(Some(&listen.from), Some(&listen.to), "", "")
    };
    let why = format!("{} [client: {}]", escape(&listen.why.0), listen.client);
    let mut lines = changes(vec![ChangeRow { what: "listen ".to_owned(), line: address, why }]);
    lines.extend(
        listen
            .connect
            .iter()
            .map(|address| PageLine(vec![(None, "connect  ".to_owned()), (Some(Style::Good), escape(&address.0))])),
    );
    lines
}

fn host(host: &HostView) -> String {
    if host.kind == "linux" {
        return "Linux without WSL".to_owned();
    }
    let mut parts = vec![match &host.distro {
        Some(distro) => format!("{} {}", host.kind, escape(&distro.0)),
        None => host.kind.to_owned(),
    }];
    parts.push(format!("network {}", host.network));
    parts.push(format!("interop {}", host.interop));
    let drives = host.drives.iter().map(|drive| format!("{}: on {}", drive.letter, escape(&drive.mount.0)));
    parts.extend(drives);
    parts.join(", ")
}

fn notes(notes: &[NoteView], level: Level) -> Vec<PageLine> {
    let mut lines = Vec::new();
    for note in notes.iter().filter(|note| note.level == level) {
        for (index, line) in refusal::paragraph(&note.text.0).into_iter().enumerate() {
            let code = if index == 0 { note.code.to_string() } else { String::new() };
            lines.push(PageLine(vec![(Some(Style::Faint), format!("{code:5}  ")), (None, line)]));
        }
    }
    lines
}
