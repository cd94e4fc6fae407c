//! Pictures of a terminal, as SVG, made from the output of a real run.
//!
//! The same output gives the same bytes. With `BLESS=1`, the test writes the file again.

use std::fmt::Write;
use std::path::Path;

/// Width of the terminal in characters. Longer lines continue on the next line, as on a terminal.
pub(crate) const COLUMNS: usize = 100;

const FONT: usize = 13;
const LINE: usize = 18;
const MARGIN: usize = 14;
/// Width of a character in tenths of a pixel: in a monospaced font, it is about 0.6 of the height.
const CHARACTER: usize = FONT * 6;

/// A colour of `src/terminal.rs`, as attributes of SVG. GitHub shows a picture on a white page and on a dark one.
fn attributes(code: &str) -> &'static str {
    match code {
        "" => r##" fill="#d1d7e0""##,
        "1" => r##" font-weight="bold" fill="#ffffff""##,
        "31" => r##" fill="#f47067""##,
        "32" => r##" fill="#6bc46d""##,
        "33" => r##" fill="#daaa3f""##,
        "2" => r##" fill="#8b949e""##,
        _ => panic!("a terminal picture does not know the colour {code:?}"),
    }
}

/// Splits a line into runs of one colour: the code of the colour, empty for the usual one, and the text.
fn runs(line: &str) -> Vec<(String, String)> {
    let mut pieces = line.split("\x1b[");
    let mut runs = vec![(String::new(), pieces.next().unwrap_or_default().to_owned())];
    for piece in pieces {
        let (code, text) = piece.split_once('m').expect("a colour ends with m");
        runs.push((code.trim_start_matches('0').to_owned(), text.to_owned()));
    }
    runs
}

/// Cuts the runs of a line where the terminal is full.
fn wrap(runs: Vec<(String, String)>) -> Vec<Vec<(String, String)>> {
    let mut lines = vec![Vec::new()];
    let mut used = 0;
    for (code, text) in runs {
        let mut text: Vec<char> = text.chars().collect();
        while used + text.len() > COLUMNS {
            let rest = text.split_off(COLUMNS - used);
            lines.last_mut().expect("there is a line").push((code.clone(), text.into_iter().collect()));
            lines.push(Vec::new());
            (text, used) = (rest, 0);
        }
        used += text.len();
        lines.last_mut().expect("there is a line").push((code, text.into_iter().collect()));
    }
    lines
}

/// Splits a text at wide gaps, which SVG would make narrow. Each group has its distance from the begin of the text.
fn groups(text: &str) -> Vec<(usize, &str)> {
    let mut groups = Vec::new();
    let mut at = 0;
    for piece in text.split("  ") {
        let words = piece.trim();
        if !words.is_empty() {
            let blanks = piece.chars().take_while(|c| c.is_whitespace()).count();
            groups.push((at + blanks, words));
        }
        at += piece.chars().count() + 2;
    }
    groups
}

/// A number of tenths, as SVG writes it.
fn tenths(number: usize) -> String {
    format!("{}.{}", number / 10, number % 10)
}

/// Draws a terminal. `title` is the text for a reader that shows no pictures.
pub(crate) fn svg(title: &str, screen: &str) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let lines: Vec<_> = screen.replace('\r', "").lines().flat_map(|line| wrap(runs(line))).collect();
    let (width, height) = (COLUMNS * CHARACTER / 10 + 2 * MARGIN, lines.len() * LINE + 2 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"{FONT}\">\n\
         <title>{}</title>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1c2128\"/>\n",
        escape(title)
    );
    for (number, line) in lines.iter().enumerate() {
        let mut column = 0;
        for (code, text) in line {
            for (offset, words) in groups(text) {
                let length = words.chars().count();
                // The length keeps columns in line, whichever monospaced font the reader has.
                writeln!(
                    svg,
                    "<text x=\"{}\" y=\"{}\" textLength=\"{}\"{}>{}</text>",
                    tenths(MARGIN * 10 + (column + offset) * CHARACTER),
                    MARGIN + number * LINE + FONT,
                    tenths(length * CHARACTER),
                    attributes(code),
                    escape(words)
                )
                .expect("memory");
            }
            column += text.chars().count();
        }
    }
    svg + "</svg>\n"
}

/// Compares a picture with its file in docs/pictures, or writes the file.
#[track_caller]
pub(crate) fn is_current(name: &str, title: &str, screen: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures").join(name);
    let new = svg(title, screen);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &new).expect("docs/pictures can be written");
    }
    let old = std::fs::read_to_string(&file).unwrap_or_default();
    let line = old.lines().zip(new.lines()).find(|(old, new)| old != new);
    assert!(old == new, "{} is old, {line:?}: run this test again with BLESS=1", file.display());
}
