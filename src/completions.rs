//! `gowrap completions SHELL`: a script for the shell, made from the definition of the command line.
//!
//! After a tool's name the rest of the line belongs to the tool, and the tool's own completion is used. clap_complete
//! does not support that, and it mistakes a subcommand for the tool, so the scripts are templates in this project.

use clap::{Arg, Command};

use crate::setup::scripts::{fish_word, posix_word};
use crate::tools::Tool;

/// The shells, by name.
pub(crate) const SHELLS: [&str; 3] = ["bash", "fish", "zsh"];

/// Returns the script for one of [`SHELLS`].
#[must_use]
pub(crate) fn script(shell: &str, mut command: Command) -> String {
    command.build();
    let mut line = AcceptedWords::default();
    line.add("", &command);
    line.levels.push(SubcommandWords { way: "--".to_owned(), words: tools(), ..SubcommandWords::default() });
    match shell {
        "bash" => line.fill(include_str!("completions/gowrap.bash"), bash),
        "zsh" => line.fill(include_str!("completions/gowrap.zsh"), zsh),
        _ => line.fill(include_str!("completions/gowrap.fish"), fish),
    }
}

/// A word and its description.
type DescribedWord = (String, String);

/// The words that the command line accepts.
#[derive(Default)]
struct AcceptedWords {
    levels: Vec<SubcommandWords>,
    valued: Vec<Valued>,
}

/// The words that may follow one sequence of subcommands.
#[derive(Default)]
struct SubcommandWords {
    way: String,
    subcommands: Vec<String>,
    words: Vec<DescribedWord>,
    options: Vec<DescribedWord>,
    takes_file: bool,
}

/// An option with a value.
struct Valued {
    way: String,
    option: String,
    values: Vec<String>,
    /// The value must follow `=`.
    is_inline: bool,
}

fn tools() -> Vec<DescribedWord> {
    Tool::ALL.iter().map(|tool| (tool.name().to_owned(), "through gowrap".to_owned())).collect()
}

fn values(arg: &Arg) -> Vec<String> {
    arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
}

impl AcceptedWords {
    fn add(&mut self, way: &str, command: &Command) {
        let mut level = SubcommandWords { way: way.to_owned(), ..SubcommandWords::default() };
        for below in command.get_subcommands() {
            let name = below.get_name().to_owned();
            level.words.push((name.clone(), below.get_about().map(ToString::to_string).unwrap_or_default()));
            level.subcommands.push(name);
        }
        for arg in command.get_arguments() {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            if arg.is_positional() {
                let values = values(arg);
                level.takes_file |= values.is_empty() && !way.is_empty();
                level.words.extend(values.into_iter().map(|value| (value, String::new())));
                continue;
            }
            let long = arg.get_long().map(|long| ["--", long].concat());
            let short = arg.get_short().map(|short| format!("-{short}"));
            if let Some(option) = &long
                && arg.get_action().takes_values()
            {
                self.valued.push(Valued {
                    way: way.to_owned(),
                    option: option.clone(),
                    values: values(arg),
                    is_inline: arg.is_require_equals_set(),
                });
            }
            level.options.extend(long.into_iter().chain(short).map(|option| (option, help.clone())));
        }
        if way.is_empty() {
            level.words.extend(tools());
        }
        self.levels.push(level);
        for below in command.get_subcommands() {
            let way = if way.is_empty() { below.get_name().to_owned() } else { [way, " ", below.get_name()].concat() };
            self.add(&way, below);
        }
    }

    /// Returns the template with each placeholder replaced.
    fn fill(&self, template: &str, piece: fn(&AcceptedWords, &str) -> String) -> String {
        let names = ["INLINE", "VALUED", "SUBCOMMANDS", "FILES", "VALUES", "OPTIONS", "WORDS", "COMPLETE"];
        names.iter().fold(template.to_owned(), |script, name| {
            let place = ["@", name, "@"].concat();
            if script.contains(&place) { script.replace(&place, &piece(self, name)) } else { script }
        })
    }

    /// Returns patterns for a sequence of subcommands and the next word.
    fn patterns(&self, name: &str, separator: &str) -> String {
        let pattern = |way: &str, word: &str| ["'", way, " ", word, "'"].concat();
        let valued = |inline: bool| {
            let some = self.valued.iter().filter(move |valued| valued.is_inline == inline);
            some.map(|valued| pattern(&valued.way, &valued.option)).collect::<Vec<_>>()
        };
        let patterns = match name {
            "INLINE" => valued(true),
            "VALUED" => valued(false),
            "SUBCOMMANDS" => {
                let all = self.levels.iter().flat_map(|level| level.subcommands.iter().map(|name| (&level.way, name)));
                all.map(|(way, name)| pattern(way, name)).collect()
            }
            _ => self.levels.iter().filter(|level| level.takes_file).map(|level| format!(":{}:*", level.way)).collect(),
        };
        patterns.join(separator)
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

fn plain<'w>(words: impl IntoIterator<Item = &'w DescribedWord>) -> String {
    words.into_iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" ")
}

fn bash(line: &AcceptedWords, name: &str) -> String {
    let case = |way: &str, words: &str| format!("        '{way}') words='{words}' ;;");
    let levels = |words: &dyn Fn(&SubcommandWords) -> &Vec<DescribedWord>| {
        line.levels.iter().map(|level| case(&level.way, &plain(words(level)))).collect::<Vec<_>>().join("\n")
    };
    match name {
        "VALUES" => {
            let some = line.valued.iter().filter(|valued| !valued.values.is_empty());
            let case = |one: &Valued| case(&[one.way.as_str(), " ", &one.option].concat(), &one.values.join(" "));
            some.map(case).collect::<Vec<_>>().join("\n")
        }
        "OPTIONS" => levels(&|level| &level.options),
        "WORDS" => levels(&|level| &level.words),
        patterns => line.patterns(patterns, " | "),
    }
}

fn zsh(line: &AcceptedWords, name: &str) -> String {
    let described = |(word, help): &DescribedWord| {
        let help = if help.is_empty() { String::new() } else { [":", &help.replace(':', "\\:")].concat() };
        text(posix_word([word.as_str(), &help].concat().as_bytes()))
    };
    let levels = |words: &dyn Fn(&SubcommandWords) -> &Vec<DescribedWord>| {
        let list = |level: &SubcommandWords| words(level).iter().map(described).collect::<Vec<_>>().join(" ");
        let case = |level: &SubcommandWords| format!("        ('{}') found=({}) ;;", level.way, list(level));
        line.levels.iter().map(case).collect::<Vec<_>>().join("\n")
    };
    match name {
        "VALUES" => {
            let some = line.valued.iter().filter(|valued| !valued.values.is_empty());
            let case = |one: &Valued| {
                format!("            ('{} {}') compadd {} ;;", one.way, one.option, one.values.join(" "))
            };
            some.map(case).collect::<Vec<_>>().join("\n")
        }
        "OPTIONS" => levels(&|level| &level.options),
        "WORDS" => levels(&|level| &level.words),
        patterns => line.patterns(patterns, "|"),
    }
}

fn fish(line: &AcceptedWords, name: &str) -> String {
    if name != "COMPLETE" {
        return line.patterns(name, " ");
    }
    let quoted = |word: &str| text(fish_word(word.as_bytes()));
    let mut lines = Vec::new();
    for level in &line.levels {
        let start = format!("complete -c gowrap -n '__gowrap_at {}'", level.way);
        for (word, help) in &level.words {
            lines.push(format!("{start} -a {word} -d {}", quoted(help)));
        }
        if level.takes_file {
            lines.push(format!("{start} -F"));
        }
        for (option, help) in &level.options {
            let flag = option
                .strip_prefix("--")
                .map_or_else(|| format!("-s {}", option.trim_start_matches('-')), |long| format!("-l {long}"));
            let valued = line.valued.iter().find(|valued| valued.way == level.way && valued.option == *option);
            let value = match valued {
                None => String::new(),
                Some(Valued { values, is_inline: true, .. }) => format!(" -a '{}'", values.join(" ")),
                Some(Valued { values, .. }) if values.is_empty() => " -r -F".to_owned(),
                Some(Valued { values, .. }) => format!(" -x -a '{}'", values.join(" ")),
            };
            lines.push(format!("{start} {flag}{value} -d {}", quoted(help)));
        }
    }
    lines.join("\n")
}
