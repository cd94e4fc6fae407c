//! Inputs that are lists of lines.

/// Returns the first line and the rest.
pub fn first(input: &[u8]) -> (&[u8], &[u8]) {
    match input.iter().position(|&byte| byte == b'\n') {
        Some(at) => (&input[..at], &input[at + 1..]),
        None => (input, b""),
    }
}

/// The lines as arguments: up to the first NUL each, as the kernel would hand them over.
pub fn words(input: &[u8]) -> Vec<&[u8]> {
    let text = input.strip_suffix(b"\n").unwrap_or(input);
    let cut = |line: &'_ [u8]| line.iter().position(|&byte| byte == 0).unwrap_or(line.len());
    text.split(|&byte| byte == b'\n').map(|line| &line[..cut(line)]).collect()
}
