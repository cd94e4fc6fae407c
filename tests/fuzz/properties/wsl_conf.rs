//! `wsl.conf` and `.wslconfig`.

use gowrap::host::wslconf::{Invalid, WslConf, WslConfEntry};

pub fn holds(input: &[u8]) {
    let unmarked = input.strip_prefix(b"\xef\xbb\xbf");
    if unmarked.is_some() {
        assert_eq!(WslConf::parse(input, Invalid::Ends), WslConf { rows: Vec::new(), invalid: vec![1] });
    }
    let strict = WslConf::parse(unmarked.unwrap_or(input), Invalid::Ends);
    let lenient = WslConf::parse(input, Invalid::IsSkipped);
    assert!(lenient.rows.starts_with(&strict.rows), "both read the same up to the first mistake");
    assert!(strict.invalid.len() <= 1 && lenient.invalid.starts_with(&strict.invalid));
    assert!(!strict.invalid.is_empty() || strict == lenient);
    let last = 1 + input.iter().filter(|&&byte| byte == b'\n').count();
    // A carriage return alone ends a line, and is not counted.
    assert!(lenient.invalid.is_sorted() && lenient.invalid.iter().all(|line| *line <= last));
    assert!(lenient.rows.is_sorted_by_key(|row| row.line));
    for row in &lenient.rows {
        let is_name = |name: &[u8]| name.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        assert!(row.line <= last && is_name(&row.key) && is_name(&row.section) && !row.key.is_empty());
        let (section, key) = (text(&row.section), text(&row.key));
        assert!(lenient.get(section, key).is_some());
        assert_eq!(lenient.get(&section.to_ascii_uppercase(), key), lenient.get(section, key));
        _ = lenient.switch(section, key);
    }
    rows_are_read_as_they_are_written(&lenient.rows);
}

fn text(name: &[u8]) -> &str {
    std::str::from_utf8(name).expect("letters and digits")
}

fn rows_are_read_as_they_are_written(rows: &[WslConfEntry]) {
    let mut file = Vec::new();
    for row in rows {
        if !row.section.is_empty() {
            file.extend([b"[", &*row.section, b"]\n"].concat());
        } else if !file.is_empty() {
            panic!("a row without a section behind one that has a section");
        }
        file.extend([&*row.key, b"=\"", &quoted(&row.value), b"\"\n"].concat());
        if row.section.is_empty() {
            file.clear(); // Rows before the first section cannot be written behind one.
        }
    }
    let again = WslConf::parse(&file, Invalid::Ends);
    assert!(again.invalid.is_empty());
    let plain = |rows: &[WslConfEntry]| {
        let sectioned = rows.iter().filter(|row| !row.section.is_empty());
        sectioned.map(|row| (row.section.clone(), row.key.clone(), row.value.clone())).collect::<Vec<_>>()
    };
    assert_eq!(plain(&again.rows), plain(rows));
}

fn quoted(value: &[u8]) -> Vec<u8> {
    let mut quoted = Vec::new();
    for &byte in value {
        match byte {
            b'\\' | b'"' => quoted.extend([b'\\', byte]),
            b'\n' => quoted.extend(b"\\n"),
            8 => quoted.extend(b"\\b"),
            _ => quoted.push(byte),
        }
    }
    quoted
}
