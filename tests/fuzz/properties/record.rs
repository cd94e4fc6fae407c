//! Host records.

use gowrap::config::Config;
use gowrap::doctor;
use gowrap::plan::invocation::{Invocation, Named};
use gowrap::plan::{Depth, plan};
use gowrap::record::Record;
use gowrap::record::format::RecordFile;
use gowrap::tools::Tool;

use super::config::points_at_a_place;
use super::plan::explains_itself;

pub fn holds(input: &[u8]) {
    let record = match Record::parse(input, b"m.toml") {
        Err(failure) => return points_at_a_place(&failure, b"m.toml", input, usize::MAX),
        Ok(record) => record,
    };
    the_file_is_read_as_it_is_written(input);
    let config = Config::default();
    for (tool, argv) in [
        (Tool::Go, &[c"go", c"build", c"-o", c"C:\\x", c".\\..."][..]),
        (Tool::Dlv, &[c"dlv", c"dap", c"--listen=:1"]),
        (Tool::WindowsAmd64Exec, &[c"go_windows_amd64_exec", c"/mnt/c/x.exe"]),
    ] {
        let call = Invocation { tool, named: Named::ByName, argv: argv.to_vec(), environ: record.environ() };
        let outcome = plan(&call, &config, &record, Depth::Full);
        explains_itself(outcome.as_ref().map_err(|rejection| &**rejection), &call, &config, &record);
    }
    _ = doctor::examine(&doctor::subject::Subject::new(&record, &record.environ(), &config), None);
}

fn the_file_is_read_as_it_is_written(text: &[u8]) {
    let file: RecordFile = toml::from_str(std::str::from_utf8(text).expect("a record is text")).expect("read before");
    let written = toml::to_string(&file).expect("what was read can be written");
    let again: RecordFile = toml::from_str(&written).expect("what was written can be read");
    let once_more = toml::to_string(&again).expect("what was read can be written");
    assert_eq!(once_more, written);
}
