//! A whole call. Input: a machine's number and a tool's name in one line; the arguments, a line each; an empty line;
//! the variables, a line each.

use std::borrow::Cow;
use std::ffi::{CStr, CString};

use gowrap::config::Config;
use gowrap::explain;
use gowrap::explain::ExplainForm;
use gowrap::host::Host;
use gowrap::host::environ::{Environ, c_string};
use gowrap::plan::invocation::{Invocation, Named};
use gowrap::plan::{Decisions, Plan, Rejection, Via};
use gowrap::plan::{Depth, plan};
use gowrap::terminal::Colour;
use gowrap::tools::Tool;

use super::{lines, machines};

/// A secret that every call carries.
const SECRET: &[u8] = b"hunter2hunter2";

pub fn holds(input: &[u8]) {
    let (head, rest) = lines::first(input);
    let (machine, name) = match head {
        [number @ b'0'..=b'9', name @ ..] => (usize::from(number - b'0'), name),
        name => (0, name),
    };
    let tool = Tool::named(name.trim_ascii()).unwrap_or(Tool::Go);
    let end = rest.windows(2).position(|pair| pair == b"\n\n").unwrap_or(rest.len());
    let (words, variables) = rest.split_at(end);
    let owned = |words: Vec<&[u8]>| words.into_iter().map(|word| c_string(word.to_vec())).collect::<Vec<CString>>();
    let arguments = owned(lines::words(words));
    let mut variables = owned(lines::words(variables.get(2..).unwrap_or_default()));
    variables.push(c_string([b"MY_TOKEN=", SECRET].concat()));
    machines::with(machine, |host| {
        let name = c_string(tool.name().as_bytes().to_vec());
        let argv = std::iter::once(name.as_c_str()).chain(arguments.iter().map(CString::as_c_str)).collect();
        let mut entries: Vec<Cow<CStr>> = variables.iter().map(|entry| Cow::Borrowed(entry.as_c_str())).collect();
        // Most of what is interesting needs the rest of an environment too.
        if !variables.iter().any(|entry| entry.to_bytes() == b"bare") {
            entries.extend(host.environ().entries().iter().map(|entry| Cow::Owned(entry.clone().into_owned())));
        }
        let call = Invocation { tool, named: Named::ByName, argv, environ: Environ::new(entries) };
        one_call(&call, host);
    });
}

fn one_call(call: &Invocation, host: &dyn Host) {
    let config = Config::default();
    let outcome = plan(call, &config, host, Depth::Full);
    explains_itself(outcome.as_ref().map_err(|rejection| &**rejection), call, &config, host);
    match &outcome {
        Ok(plan) => {
            arguments_change_for_a_reason(call, plan);
            variables_change_for_a_reason(call, &plan.decisions);
            assert_plan_is_idempotent(call, plan, host);
        }
        Err(rejection) => variables_change_for_a_reason(call, &rejection.decisions),
    }
}

/// The new argument list is the old one with the listed changes, and nothing else.
fn arguments_change_for_a_reason(call: &Invocation, plan: &Plan) {
    let mut expected: Vec<Option<Vec<u8>>> = call.argv_bytes().into_iter().map(|arg| Some(arg.to_vec())).collect();
    let mut added = Vec::new();
    for change in &plan.decisions.args {
        match &change.from {
            Some(from) => {
                assert_eq!(expected[change.index].as_ref(), Some(from), "what it was");
                expected[change.index] = change.to.clone();
            }
            None => added.push((change.index, change.to.clone().expect("something is added"))),
        }
    }
    let mut expected: Vec<Vec<u8>> = expected.into_iter().flatten().collect();
    added.sort_by_key(|(index, _)| *index);
    for (index, arg) in added {
        expected.insert(index, arg);
    }
    let path = plan.target.path.clone();
    match plan.target.via {
        Via::Init => drop(expected.splice(..1, [b"/init".to_vec(), path.clone(), path])),
        Via::Direct | Via::Binfmt => expected[0] = path,
    }
    let argv: Vec<Vec<u8>> = plan.decisions.argv.iter().map(|arg| arg.to_bytes().to_vec()).collect();
    assert_eq!(argv, expected);
}

/// The same for the environment, whose order and oddities stay.
fn variables_change_for_a_reason(call: &Invocation, decisions: &Decisions) {
    let mut expected = call.environ.clone();
    for change in &decisions.env {
        assert_eq!(expected.get(&change.name), change.from.as_deref(), "{}", change.name.escape_ascii());
        match &change.to {
            Some(value) => expected.set(&change.name, value),
            None => expected.unset(&change.name),
        }
    }
    assert_eq!(decisions.environ.entries(), expected.entries());
}

/// The arguments for a Linux tool do not change in a second plan.
fn assert_plan_is_idempotent(call: &Invocation, first: &Plan, host: &dyn Host) {
    if first.target.format == gowrap::host::binary::Format::Pe || call.tool.is_windows_exec() {
        return;
    }
    let mut argv: Vec<&CStr> = first.decisions.argv.iter().map(|arg| arg.as_ref()).collect();
    argv[0] = call.argv[0];
    let environ = Environ::new(first.decisions.environ.entries().to_vec());
    let again = Invocation { tool: call.tool, named: call.named, argv, environ };
    let second = plan(&again, &Config::default(), host, Depth::Full).expect("it was planned before");
    assert_eq!(second.decisions.args, []);
    assert_eq!(second.decisions.env, []);
    assert_eq!(second.target, first.target);
}

/// Every form can be printed: JSON is JSON, text cannot steer a terminal, and neither tells a secret.
pub fn explains_itself(outcome: Result<&Plan, &Rejection>, call: &Invocation, config: &Config, host: &dyn Host) {
    let print = |form| explain::print(form, outcome, call, config, host, Colour::Never);
    let (text, json, sh) = (print(ExplainForm::Text), print(ExplainForm::Json), print(ExplainForm::Sh));
    let object: serde_json::Value = serde_json::from_slice(&json.bytes).expect("JSON");
    assert_eq!(object["schema"], 1);
    assert_eq!(
        object["argv"].as_array().map(Vec::len),
        Some(match outcome {
            Ok(plan) => plan.decisions.argv.len(),
            Err(rejection) => rejection.decisions.argv.len(),
        })
    );
    let text_bytes = std::str::from_utf8(&text.bytes).expect("text is UTF-8");
    assert!(!text_bytes.chars().any(|c| c != '\n' && gowrap::text::escape::is_unsafe(c)), "{text_bytes:?}");
    assert_eq!(text.status, json.status);
    assert!(sh.status == text.status || sh.status == 125);
    if !call.argv.iter().any(|arg| contains(arg.to_bytes(), SECRET)) {
        assert!(!contains(&text.bytes, SECRET) && !contains(&json.bytes, SECRET));
    }
}

fn contains(text: &[u8], what: &[u8]) -> bool {
    text.windows(what.len()).any(|window| window == what)
}
