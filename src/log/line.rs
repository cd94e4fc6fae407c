//! One line for each event: as text, or as a JSON object.
//!
//! `tracing-subscriber` is not used: its registry of spans costs every call a system call and two pages at the start,
//! for thread-local variables. This log has no spans.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::time::SystemTime;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::Targets;

use crate::log::sink::Sink;

/// The form of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LogFormat {
    /// `TIME LEVEL call{pid=N}: TARGET: MESSAGE NAME=VALUE…`
    Text,
    /// An object with `timestamp`, `level`, `fields`, `target` and `span`.
    Json,
}

/// The subscriber that writes the events of the wanted levels.
#[derive(Debug)]
pub(super) struct LineSubscriber {
    level: LevelFilter,
    targets: Targets,
    form: LogFormat,
    sink: Sink,
    // go starts itself: several processes write to one file.
    pid: u32,
}

impl LineSubscriber {
    pub(super) fn new(level: LevelFilter, form: LogFormat, sink: Sink) -> LineSubscriber {
        LineSubscriber {
            level,
            targets: Targets::new().with_target("gowrap", level),
            form,
            sink,
            pid: std::process::id(),
        }
    }

    fn text(&self, event: &Event, time: impl fmt::Display) -> String {
        let mut fields = Text::default();
        event.record(&mut fields);
        let (level, target) = (event.metadata().level(), event.metadata().target());
        format!("{time} {level:>5} call{{pid={}}}: {target}:{}{}\n", self.pid, fields.message, fields.others)
    }

    fn json(&self, event: &Event, time: impl fmt::Display) -> String {
        let mut fields = Json::default();
        event.record(&mut fields);
        let line = serde_json::json!({
            "timestamp": time.to_string(),
            "level": event.metadata().level().as_str(),
            "fields": fields.0,
            "target": event.metadata().target(),
            "span": { "name": "call", "pid": self.pid },
        });
        format!("{line}\n")
    }
}

impl Subscriber for LineSubscriber {
    fn enabled(&self, metadata: &Metadata) -> bool {
        self.targets.would_enable(metadata.target(), metadata.level())
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event) {
        let time = humantime::format_rfc3339_micros(SystemTime::now());
        let line = match self.form {
            LogFormat::Text => self.text(event, time),
            LogFormat::Json => self.json(event, time),
        };
        // The sink reports no errors: the tool runs even if the log cannot be written.
        _ = (&self.sink).write_all(line.as_bytes());
    }

    // There are no spans.
    fn new_span(&self, _: &Attributes) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The fields of an event after its message, as text.
#[derive(Default)]
struct Text {
    message: String,
    others: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        _ = match field.name() {
            "message" => write!(self.message, " {value:?}"),
            name => write!(self.others, " {name}={value:?}"),
        };
    }
}

/// The fields of an event as the members of an object.
#[derive(Default)]
struct Json(Map<String, Value>);

impl Json {
    fn put(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Json {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, Value::from(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Value::from(value));
    }
}
