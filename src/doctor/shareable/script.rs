//! Scripts: the interpreter, and the names of the programs that they start.

use super::lines::is_made_of;
use crate::host::binary::{Binary, HEAD};
use crate::host::script::How;
use crate::plan::find::places;
use crate::tools::Tool;

/// Makes a script for a record: its interpreter, and those of its commands that a plan or a check knows. Any other
/// command becomes `:`, which does nothing.
#[must_use]
pub(crate) fn rebuild(text: &[u8]) -> Vec<u8> {
    let end: &[u8] = match text.split(|&byte| byte == b'\n').next() {
        Some([.., b'\r']) => b"\r\n",
        _ => b"\n",
    };
    let binary = Binary::parse(&text[..text.len().min(HEAD)]);
    let interpreter = binary.interpreter.unwrap_or_default();
    let interpreter = interpreter.strip_suffix(b"\r").unwrap_or(&interpreter);
    let mut rebuilt = [b"#!", interpreter, end].concat();
    for started in &binary.starts {
        let name: Vec<u8> = match started.name() {
            name if started.is_of_windows() && is_made_of(name, b"._-+") => [name, b".exe"].concat(),
            _ if started.is_of_windows() => b"other.exe".to_vec(),
            name if Tool::named(name).is_some() => name.to_vec(),
            _ if places::is_manager(&started.word) || matches!(&*started.word, b"echo" | b"printf") => {
                started.word.clone()
            }
            _ => b":".to_vec(),
        };
        rebuilt.extend(match started.how {
            How::InPlace => [b"exec ", &*name, end].concat(),
            How::AsChild => [&*name, end].concat(),
            How::ForOutput => [b"_=$(", &*name, b")", end].concat(),
        });
    }
    rebuilt
}
