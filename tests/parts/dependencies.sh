#!/usr/bin/env bash
# the dependencies have the licences, versions and sources that deny.toml allows
set -euo pipefail
cd "$(dirname "$0")/../.."
metadata=$(mktemp)
trap 'rm -f "$metadata"' EXIT
cargo metadata --locked --format-version 1 --filter-platform "$(uname -m)-unknown-linux-musl" >"$metadata"
python3 - "$metadata" <<'PYTHON'
"""The offline half of cargo-deny, for the crates that are linked into the binary."""
import collections
import json
import re
import sys
import tomllib

with open(sys.argv[1]) as file:
    metadata = json.load(file)
with open("deny.toml", "rb") as file:
    rules = tomllib.load(file)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}

# Crates that only the tests or a build script need are not shipped.
linked, ahead = set(), [metadata["resolve"]["root"]]
while ahead:
    here = ahead.pop()
    if here in linked:
        continue
    linked.add(here)
    for dependency in nodes[here]["deps"]:
        if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
            ahead.append(dependency["pkg"])

allowed = set(rules["licenses"]["allow"])


def acceptable(expression):
    """Returns true if the licences are allowed. OR needs one, AND needs both. An exception to a licence is ignored."""
    words = re.sub(r"\s+WITH\s+\S+", "", expression.replace("/", " OR "))
    words = re.findall(r"\(|\)|[^\s()]+", words)
    known = {"OR": "or", "AND": "and", "(": "(", ")": ")"}
    return bool(eval(" ".join(known.get(word, str(word in allowed)) for word in words)))


wrong = []
versions = collections.defaultdict(list)
for identity in sorted(linked):
    package = packages[identity]
    name = f"{package['name']} {package['version']}"
    versions[package["name"]].append(package["version"])
    if not acceptable(package["license"] or ""):
        wrong.append(f"{name}: licence {package['license']}")
    source = package["source"]
    if source and source.removeprefix("registry+") not in rules["sources"]["allow-registry"]:
        wrong.append(f"{name}: from {source}")
wrong += [f"{name} twice: {', '.join(sorted(both))}" for name, both in versions.items() if len(both) > 1]
root = packages[metadata["resolve"]["root"]]
wrong += [f"{wish['name']}: any version" for wish in root["dependencies"] if wish["req"] == "*"]
for line in wrong:
    print(f"deny.toml does not allow {line}", file=sys.stderr)
print(f"{len(linked) - 1} crates are linked in")
sys.exit(bool(wrong))
PYTHON
