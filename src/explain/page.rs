//! Layout of a page of text: a column of labels, and lines to its right.

use crate::terminal::{Colour, Style};

/// The width of the label column, in characters.
const LABELS: usize = 13;
/// The width to the right of the labels, in characters. A longer line has its reason on the next line.
pub(super) const WIDTH: usize = 100 - LABELS;

/// A piece of a line and its colour.
pub(super) type StyledText = (Option<Style>, String);

/// A line, already escaped.
#[derive(Debug, Clone)]
pub(super) struct PageLine(pub(super) Vec<StyledText>);

impl PageLine {
    pub(super) fn plain(text: String) -> PageLine {
        PageLine(vec![(None, text)])
    }

    pub(super) fn styled(style: Style, text: String) -> PageLine {
        PageLine(vec![(Some(style), text)])
    }

    pub(super) fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.chars().count()).sum()
    }
}

/// A page that is being written.
pub(super) struct Page {
    text: String,
    colour: Colour,
}

impl Page {
    pub(super) fn new(colour: Colour) -> Page {
        Page { text: String::new(), colour }
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Writes a label and the lines to its right; writes nothing if there are no lines.
    pub(super) fn section(&mut self, style: Style, label: &str, lines: Vec<PageLine>) {
        for (index, line) in lines.into_iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            self.text.push_str(&self.colour.paint(style, label));
            let mut gap = LABELS.saturating_sub(label.len());
            for (style, text) in line.0 {
                // Blanks are written before the next text: no line ends in a blank.
                let words = text.trim_start_matches(' ');
                gap += text.len() - words.len();
                if words.is_empty() {
                    continue;
                }
                let end = words.trim_end_matches(' ');
                self.text.extend(std::iter::repeat_n(' ', gap));
                self.text.push_str(&style.map_or_else(|| end.to_owned(), |style| self.colour.paint(style, end)));
                gap = words.len() - end.len();
            }
            self.text.push('\n');
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

/// Returns the rows with their cells aligned in columns.
pub(super) fn table(rows: Vec<Vec<StyledText>>) -> Vec<PageLine> {
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        for (column, (_, text)) in row.iter().enumerate() {
            let width = text.chars().count();
            match widths.get_mut(column) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    let pad = |row: Vec<StyledText>| {
        let cells = row.into_iter().zip(&widths);
        PageLine(cells.map(|((style, text), width)| (style, format!("{text:0$}", width + 2))).collect())
    };
    rows.into_iter().map(pad).collect()
}
