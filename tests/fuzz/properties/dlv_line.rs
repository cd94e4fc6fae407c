//! The grammar of `dlv`. Input: the arguments, a line each.

use gowrap::tools::dlv::quoting;
use gowrap::tools::token::Role;
use gowrap::tools::{Tool, dlv};

use super::{go_line, lines};

pub fn holds(input: &[u8]) {
    let words = lines::words(input);
    let argv: Vec<&[u8]> = std::iter::once(&b"dlv"[..]).chain(words.iter().copied()).collect();
    places(&argv);
    go_line::translation_keeps_the_grammar(Tool::Dlv, &argv);
    for word in words {
        quoting(word);
    }
}

fn places(argv: &[&[u8]]) {
    let line = dlv::scan(argv);
    go_line::tokens_fit(argv, &line.tokens);
    for given in line.listen.iter().chain(&line.client_addr).chain(&line.log_dest) {
        assert!(argv[given.value].get(given.bytes.clone()).is_some());
        assert!(given.value == given.flag || given.value == given.flag + 1 || line.subcommand_at.is_some());
        assert!(argv[given.value].ends_with(given.text(argv)));
    }
    if let Some(from) = line.unparsed_from {
        assert!(line.tokens[from..].iter().all(|token| token.role == Role::Unparsed));
    }
    if let Some(at) = line.subcommand_at {
        let position = line.position_after(at);
        assert!(at < position && position <= argv.len());
    }
    if let Some(end) = line.tokens.iter().position(|token| token.role == Role::Terminator) {
        assert!(line.tokens[end..].iter().all(|token| token.slot.is_none()), "the program's own arguments");
        assert!(line.listen.iter().all(|given| given.value < end));
    }
    _ = line.listens(argv);
}

fn quoting(list: &[u8]) {
    let fields = quoting::split(list);
    let mut end = 0;
    for field in &fields {
        assert!(end <= field.span.start && field.span.end <= list.len());
        end = field.span.end;
        let alone = quoting::split(&quoting::quote(&field.value));
        assert_eq!(alone.len(), 1);
        assert_eq!(alone[0].value, field.value, "what is quoted comes back");
    }
    assert_eq!(quoting::rewrite(list, |_| None), None, "nothing to do, nothing done");
    if let Some(rewritten) = quoting::rewrite(list, |field| Some(field.value.clone())) {
        let values = |list: &[u8]| quoting::split(list).into_iter().map(|field| field.value).collect::<Vec<_>>();
        assert_eq!(values(&rewritten), values(list), "words that are replaced by themselves");
    }
}
