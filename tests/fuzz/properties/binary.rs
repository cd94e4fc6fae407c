//! The first bytes of a file that could be a program.

use gowrap::host::binary::{Binary, Format, HEAD, Machine, Maker, NOTE_NAME};

pub fn holds(input: &[u8]) {
    let head = &input[..input.len().min(HEAD)];
    let binary = Binary::parse(head);
    assert_eq!(Binary::parse(head), binary);
    let magic = match head {
        [0x7f, b'E', b'L', b'F', ..] => matches!(binary.format, Format::Elf | Format::Other),
        [b'M', b'Z', ..] => binary.format == Format::Pe,
        [b'#', b'!', ..] => binary.format == Format::Script,
        _ => binary.format == Format::Other,
    };
    assert!(magic, "the kernel's magic decides: {:?}", binary.format);
    assert_eq!(binary.interpreter.is_some(), binary.interpreter.is_some() && binary.format != Format::Pe);
    if let Some(interpreter) = &binary.interpreter {
        assert!(!interpreter.contains(&0), "a path");
        assert!(interpreter.is_empty() || head.windows(interpreter.len()).any(|window| window == &**interpreter));
    }
    if matches!(binary.maker, Maker::Gowrap(_)) {
        assert_eq!(binary.format, Format::Elf);
        assert!(head.windows(NOTE_NAME.len()).any(|window| window == NOTE_NAME));
    }
    if let Some(machine) = binary.machine {
        let name = machine.name();
        assert!(Machine::named(&name) == Some(machine) || name == format!("machine {}", machine.elf().1));
        assert!(machine.runs(machine));
    }
    what_stands_behind_the_head_does_not_count(head, &binary);
}

/// A script's first line ends before the file does; what it starts is all that counts behind that.
fn what_stands_behind_the_head_does_not_count(head: &[u8], binary: &Binary) {
    if binary.format == Format::Script && head.contains(&b'\n') {
        let longer = Binary::parse(&[head, b"\nmore\n"].concat());
        assert_eq!(Binary { starts: binary.starts.clone(), ..longer }, *binary);
    }
}
