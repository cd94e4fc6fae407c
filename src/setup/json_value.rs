//! Finds the position of one value in a JSON text with comments, so that only this value is replaced.

use std::ops::Range;

use crate::jsonc;

/// Returns the bytes of the string at the end of these steps through objects.
///
/// None if there is no such string, or if a name on the way occurs twice: programs differ in the one that counts.
#[must_use]
pub(crate) fn range(text: &[u8], steps: &[String]) -> Option<Range<usize>> {
    let tokens = jsonc::tokens(text);
    let mut found = None;
    // The names on the way to the present token, and for each bracket above it, if it is an object.
    let (mut names, mut objects): (Vec<String>, Vec<bool>) = (Vec::new(), Vec::new());
    for (index, &(at, token)) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1).map(|(_, byte)| *byte);
        match token {
            b'{' | b'[' => {
                objects.push(token == b'{');
                names.push(String::new());
            }
            b'}' | b']' => {
                objects.pop();
                names.pop();
            }
            b'"' => {
                let end = string_end(text, at)?;
                let word = text.get(at..end)?;
                if next == Some(b':') && objects.last() == Some(&true) {
                    *names.last_mut()? = serde_json::from_slice(word).ok()?;
                    continue;
                }
                let is_value = objects.iter().all(|is_object| *is_object) && names.as_slice() == steps;
                if is_value && found.replace(at..end).is_some() {
                    return None;
                }
            }
            _ => {}
        }
    }
    found.filter(|_| jsonc::parse(text).is_ok())
}

fn string_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(text: &'t str, steps: &[&str]) -> Option<&'t str> {
        let steps: Vec<String> = steps.iter().map(|step| (*step).to_owned()).collect();
        range(text.as_bytes(), &steps).and_then(|range| text.get(range))
    }

    #[test]
    fn one_value_is_found_by_the_names_that_lead_to_it() {
        let text = r#"{ // "a": "no"
            "a": "one", /* { */ "b": { "a": "two\"\\", "c": ["x", { "a": "no" }], }, "d\u0065": "three", "n": 1, "a.b": "four" }"#;
        let table: &[(&[&str], Option<&str>)] = &[
            (&["a"], Some(r#""one""#)),
            (&["b", "a"], Some(r#""two\"\\""#)),
            (&["de"], Some(r#""three""#)),
            (&["a.b"], Some(r#""four""#)),
            (&["b", "c"], None),
            (&["b", "c", "a"], None),
            (&["n"], None),
            (&["b"], None),
            (&[], None),
        ];
        for (steps, expected) in table {
            assert_eq!(found(text, steps), *expected, "{steps:?}");
        }
        assert_eq!(found(r#"{ "a": "1", "a": "2" }"#, &["a"]), None, "a name that is there twice");
        assert_eq!(found(r#"{ "a": "1""#, &["a"]), None, "no JSON");
        assert_eq!(found("\u{feff}{\"a\":\"1\"}", &["a"]), Some("\"1\""));
    }
}
