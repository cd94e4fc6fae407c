#!/usr/bin/env bash
# The whole test command: installs what the tests need on a bare Debian or Ubuntu, then runs everything, fast tests first.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }
die() {
    printf 'tests/run.sh: %s\n' "$*" >&2
    exit 1
}

command -v cargo >/dev/null || die 'cargo is not on PATH: install Rust first, see https://rustup.rs'

# One package a line in tests/packages and tests/lab/packages; dpkg is asked first, so that a second run needs no network.
packages() { cat tests/packages tests/lab/packages 2>/dev/null | sed 's/#.*//' | tr -s ' \n' '\n' | sort -u; }
# What is installed, by its own name and by those that it provides: elsewhere than in Debian, npm comes with nodejs.
installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}, ${Provides}\n' | sed -n 's/^installed //p' | tr -s ', ' '\n')
missing=()
while read -r package; do
    [ -z "$package" ] || grep -qxF -e "$package" <<<"$installed" || missing+=("$package")
done < <(packages)
if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "not root and no sudo: install these first: ${missing[*]}"
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -qq || die 'apt-get update failed: is there a network?'
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        die "apt-get could not install: ${missing[*]}"
fi

say 'format'
cargo fmt --check
say 'lints'
cargo clippy --quiet --all-targets --locked -- -D warnings
say 'shell scripts'
# Every tracked file that is a shell script by its name or by its first line.
git ls-files -z | xargs -0 awk 'FNR == 1 { if (/^#!.*[\/ ](ba|da)?sh( |$)/) printf "%s%c", FILENAME, 0; nextfile }' | xargs -0 shellcheck
if compgen -G 'man/*.[157]' >/dev/null; then
    say 'man pages'
    mandoc -T lint -W warning man/*.[157]
fi

say 'the shipped binary'
target=$(uname -m)-unknown-linux-musl
[ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ] || rustup target add "$target" ||
    die "the target $target cannot be had; the budgets are for a static musl binary"
cargo build --quiet --release --locked --target "$target"
GOWRAP_BIN=${CARGO_TARGET_DIR:-$PWD/target}/$target/release/gowrap
export GOWRAP_BIN

# Every test program is named, so that those that need the simulated WSL come last.
quick=() lab=()
for file in tests/*.rs; do
    name=$(basename "$file" .rs)
    case $name in
        lab_*) lab+=(--test "$name") ;;
        *) quick+=(--test "$name") ;;
    esac
done
say 'tests'
cargo test --quiet --locked --lib "${quick[@]}"

for part in tests/parts/*.sh; do
    [ -e "$part" ] || continue
    say "$(sed -n '2s/^# //p' "$part")"
    bash "$part"
done
say 'a simulated WSL with a real Windows Go, some minutes for the first time'
tests/lab/fetch
say 'is the lab what it says it is?'
tests/lab/selftest
say 'tests in the lab'
cargo test --quiet --locked "${lab[@]}"
say "everything passed in $((SECONDS / 60)) min $((SECONDS % 60)) s"
