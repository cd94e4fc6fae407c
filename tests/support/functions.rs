//! Finds the function of an address in a program, in the map that ld(1) wrote beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Instructions by function.
pub(crate) type Costs = BTreeMap<String, usize>;

/// The map of a release build: `build.rs` asks for it. There is one for every set of features and flags; the newest
/// counts.
pub(crate) fn map_beside(binary: &Path) -> Option<PathBuf> {
    let builds = std::fs::read_dir(binary.parent()?.join("build")).ok()?;
    let maps =
        builds.filter_map(|entry| Some(entry.ok()?.path().join("out/gowrap-shim.map"))).filter(|map| map.is_file());
    maps.max_by_key(|map| map.metadata().and_then(|meta| meta.modified()).ok())
}

/// Adds up `measure --profile`'s lines, `PLACE TIMES`, by function.
pub(crate) fn costs(profile: &str, map: &str) -> Costs {
    let pieces = pieces(map);
    let mut costs = Costs::new();
    for line in profile.lines() {
        let (place, times) = line.split_once(' ').unwrap();
        let place = u64::from_str_radix(place, 16).unwrap();
        let piece = pieces.range(..=place).next_back();
        let name = piece.map_or("?", |(_, name)| name);
        *costs.entry(name.to_owned()).or_default() += times.parse::<usize>().unwrap();
    }
    costs
}

/// Returns start and name of each piece of code. A long name is on a separate line before its address.
fn pieces(map: &str) -> BTreeMap<u64, String> {
    let mut pieces = BTreeMap::new();
    let mut pending = None;
    for line in map.lines() {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let section = line.starts_with(" .text").then_some(first);
        let mut numbers = if section.is_some() { words } else { line.split_whitespace() };
        let hex = |word: &str| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok();
        let place = numbers.next().and_then(hex).zip(numbers.next().and_then(hex));
        let name = section.or(pending.take());
        match (name, place) {
            (Some(name), Some((address, size))) if address != 0 && size != 0 => {
                let object = line.rsplit(['/', '(']).next().unwrap_or_default().trim_end_matches(')');
                pieces.insert(address, if name == ".text" { object.to_owned() } else { readable(name) });
            }
            (Some(name), None) if section.is_some() => pending = Some(name),
            _ => {}
        }
    }
    pieces
}

/// A section's name without the hash that changes with every build, `_ZN6gowrap4plan4plan17h…E` as
/// `gowrap::plan::plan`.
fn readable(section: &str) -> String {
    let name = section.trim_start_matches(".text.").trim_start_matches("unlikely.");
    let Some(mut rest) = name.strip_prefix("_ZN") else { return name.split("17h").next().unwrap_or(name).to_owned() };
    let mut parts = Vec::new();
    while let Some(end) = rest.find(|letter: char| !letter.is_ascii_digit()).filter(|end| *end > 0) {
        let length: usize = rest[..end].parse().unwrap();
        let Some(part) = rest.get(end..end + length) else { break };
        parts.push(part);
        rest = &rest[end + length..];
    }
    if parts.last().is_some_and(|last| last.starts_with('h') && last.len() == 17) {
        parts.pop();
    }
    parts.join("::")
}

/// The costs as lines, dearest first.
pub(crate) fn table(costs: &Costs) -> String {
    let mut rows: Vec<_> = costs.iter().collect();
    rows.sort_by_key(|(name, cost)| (std::cmp::Reverse(**cost), name.as_str()));
    rows.iter().map(|(name, cost)| format!("{cost} {name}\n")).collect()
}

/// The costs that [`table`] wrote.
pub(crate) fn read_table(text: &str) -> Costs {
    let row = |line: &str| line.split_once(' ').map(|(cost, name)| (name.to_owned(), cost.parse().unwrap()));
    text.lines().filter_map(row).collect()
}

/// The functions that cost more than they did, what grew most first.
pub(crate) fn grown(then: &Costs, now: &Costs) -> String {
    let growth = |name: &String, cost: usize| cost.saturating_sub(then.get(name).copied().unwrap_or(0));
    let mut rows: Vec<_> = now.iter().map(|(name, cost)| (growth(name, *cost), *cost, name)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));
    let grown = rows.iter().filter(|row| row.0 > 0).take(20);
    grown.map(|(by, cost, name)| format!("{by:+8} to {cost:6}  {name}\n")).collect()
}
