#!/usr/bin/env bash
# install/install.sh from a clone: gowrap comes before go, a second run changes nothing, removal leaves nothing
set -euo pipefail
cd "$(dirname "$0")/../.."
repository=$PWD

die() {
    printf 'tests/parts/install.sh: %s\n' "$*" >&2
    exit 1
}

# gowrap uses the home in /etc/passwd, so the test runs in a mount namespace with its own /etc/passwd.
if [ "${1:-}" != inside ]; then
    as_root=(-m)
    [ "$(id -u)" = 0 ] || as_root=(-Urm)
    # The programs that build gowrap are not in the home that is checked.
    export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
    exec unshare "${as_root[@]}" bash "$0" inside
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tree() { (cd "$HOME" && find . -printf '%p %y %m %l\n' -type f -exec sha256sum {} \; | sort); }

# name, the home in /etc/passwd, and the files that are removed by hand before the end
cycle() {
    local name=$1 passwd=$2 removed=$3
    export HOME=$scratch/$name
    mkdir -p "$HOME/.vscode-server/data"    # VS Code has run here
    printf '# no last newline' >"$HOME/.profile"
    printf 'root:x:0:0:root:%s:/bin/sh\n' "$passwd" >"$scratch/passwd"
    mount --bind "$scratch/passwd" /etc/passwd
    tree >"$scratch/before"
    "$repository/install/install.sh" >"$scratch/said" 2>&1 || die "$name: $(cat "$scratch/said")"
    tree >"$scratch/first"
    "$repository/install/install.sh" >"$scratch/said" 2>&1 || die "$name, again: $(cat "$scratch/said")"
    grep -q 'is up to date' "$scratch/said" || die "$name, again: $(cat "$scratch/said")"
    tree | diff "$scratch/first" - || die "$name: a second run changes something"
    local shims=$HOME/.local/share/gowrap/shims found
    [ "$("$shims/go" version)" = "$(go version)" ] || die "$name: the link does not lead to go"
    for file in bash-completion/completions/gowrap zsh/site-functions/_gowrap fish/vendor_completions.d/gowrap.fish gowrap/install.sh; do
        [ -s "$HOME/.local/share/$file" ] || die "$name: there is no share/$file"
    done
    cmp -s man/gowrap-diagnostics.7 "$HOME/.local/share/gowrap/man/man7/gowrap-diagnostics.7" || die "$name: no manual"
    found=$(bash -lc 'command -v go')
    if [ "$passwd" = "$HOME" ]; then
        [ "$found" = "$shims/go" ] || die "$name: a login shell finds $found"
        # The README's next command, in a new terminal.
        bash -lc 'gowrap doctor --json || [ $? = 1 ]' >"$scratch/said" || die "$name: no gowrap in a login shell"
        grep -q '"GW140"' "$scratch/said" || die "$name: doctor says $(cat "$scratch/said")"
        bash -lc 'gowrap setup --editor vscode --write' >"$scratch/said" || die "$name: $(cat "$scratch/said")"
        grep -q "\"go\": \"$shims/go\"" "$HOME/.vscode-server/data/Machine/settings.json" || die "$name: no setting for VS Code"
    else
        grep -q "export PATH=\"$shims:\$PATH\"" "$scratch/said" || die "$name: no line for PATH: $(cat "$scratch/said")"
        [ "$found" != "$shims/go" ] || die "$name: a file of another home was changed"
    fi
    [ "$removed" = nothing ] || "$HOME/.local/bin/gowrap" setup --remove >/dev/null || die "$name: setup --remove"
    # The installed copy, as if the clone were deleted.
    sh "$HOME/.local/share/gowrap/install.sh" --uninstall >"$scratch/said" 2>&1 || die "$name, out: $(cat "$scratch/said")"
    tree | diff "$scratch/before" - || die "$name: something is left"
    "$repository/install/install.sh" --uninstall >"$scratch/said" 2>&1 || die "$name, out again: $(cat "$scratch/said")"
    grep -q 'nothing to remove' "$scratch/said" || die "$name, out again: $(cat "$scratch/said")"
    umount /etc/passwd
}
cycle setup "$scratch/setup" nothing
cycle setup-removed-first "$scratch/setup-removed-first" setup
# HOME is not the home in /etc/passwd: the shims are made, and no shell's file is changed.
cycle another-home /nowhere nothing

# A prefix that does not exist: the installation makes it, and the removal deletes it.
mkdir "$scratch/prefix"
for place in "$scratch/prefix/new/deep er" new ../prefix/./new/er; do
    (cd "$scratch/prefix" && "$repository/install/install.sh" --prefix "$place") >"$scratch/said" 2>&1 || die "--prefix $place: $(cat "$scratch/said")"
    (cd "$scratch/prefix" && "$repository/install/install.sh" --prefix "$place" --uninstall) >"$scratch/said" 2>&1 || die "--prefix $place, out: $(cat "$scratch/said")"
    (cd "$scratch/prefix" && "$repository/install/install.sh" --prefix "$place" --uninstall) >"$scratch/said" 2>&1 || die "--prefix $place, out again: $(cat "$scratch/said")"
    [ -z "$(ls -A "$scratch/prefix")" ] || die "--prefix $place: something is left: $(find "$scratch/prefix")"
done
for nothing in "--prefix=" "--prefix"; do
    if HOME=$scratch/prefix install/install.sh "$nothing" >"$scratch/said" 2>&1; then die "$nothing installs somewhere"; fi
done
if HOME=$scratch/prefix install/install.sh --prefix '' >"$scratch/said" 2>&1; then die "an empty prefix installs somewhere"; fi
[ -z "$(ls -A "$scratch/prefix")" ] || die "without a folder for --prefix something is written"

# Files of other programs with gowrap's names stay, at the installation and at the removal.
mkdir -p "$scratch/prefix/p/share/gowrap/man/man1" "$scratch/prefix/p/share/gowrap/shims"
echo theirs | tee "$scratch/prefix/p/share/gowrap/man/man1/gowrap.1" >"$scratch/prefix/p/share/gowrap/shims/go"
install/install.sh --prefix "$scratch/prefix/p" >"$scratch/said" 2>&1 || die "files of others: $(cat "$scratch/said")"
[ "$(grep -c "is not gowrap's, so it stays" "$scratch/said")" = 2 ] || die "files of others: $(cat "$scratch/said")"
diff <(printf '%s\n' "$("$scratch/prefix/p/bin/gowrap" setup --names)" | sort) <(find "$scratch/prefix/p/share/gowrap/shims" -mindepth 1 -printf "%f\n" | sort) ||
    die 'the shims are not those that the binary names'
install/install.sh --prefix "$scratch/prefix/p" --uninstall >"$scratch/said" 2>&1 || die "files of others, out: $(cat "$scratch/said")"
[ "$(cd "$scratch/prefix/p" && find . -type f | sort | xargs cat)" = $'theirs\ntheirs' ] || die "files of others: $(find "$scratch/prefix/p")"
rm -rf "$scratch/prefix/p"

# A folder that cannot be on PATH, and one that cannot be made: one line says so, and nothing is written.
touch "$scratch/prefix/file"
for place in "$scratch/prefix/a:b" "$scratch/prefix/a"$'\n'b "$scratch/prefix/file/p"; do
    if install/install.sh --prefix "$place" >"$scratch/said" 2>&1; then die "--prefix $place: it installs"; fi
    tail -n 2 "$scratch/said" | grep -q 'cannot be on PATH\|line break\|cannot make the folder' || die "--prefix $place: $(cat "$scratch/said")"
    [ "$(ls -A "$scratch/prefix")" = file ] || die "--prefix $place: something is written"
done
rm "$scratch/prefix/file"

# Rust is missing or too old: one line says so, and nothing is written.
mkdir "$scratch/old" "$scratch/none"
for program in sh sed head dirname basename stat id uname cat; do ln -s "$(command -v "$program")" "$scratch/none/$program"; done
cp -a "$scratch/none/." "$scratch/old"
printf '#!/bin/sh\necho "rustc 1.63.0 (4b91a6ea7 2022-08-08)"\n' | tee "$scratch/old/rustc" >"$scratch/old/cargo"
chmod 755 "$scratch/old/rustc" "$scratch/old/cargo"
for rust in old none; do
    if PATH=$scratch/$rust install/install.sh --prefix "$scratch/prefix/p" >"$scratch/said" 2>&1; then die "$rust Rust: it installs"; fi
    [ "$(wc -l <"$scratch/said")$(grep -c 'needs Rust 1\.[0-9]* or newer' "$scratch/said")" = 11 ] || die "$rust Rust: $(cat "$scratch/said")"
    [ -z "$(ls -A "$scratch/prefix")" ] || die "$rust Rust: something is written"
done

mkdir "$scratch/theirs"
if chown 12345 "$scratch/theirs" 2>/dev/null; then
    if HOME=$scratch/theirs install/install.sh >"$scratch/said" 2>&1; then die "another user's home is written into"; fi
    grep -q 'belongs to another user' "$scratch/said" || die "another user's home: $(cat "$scratch/said")"
    [ -z "$(ls -A "$scratch/theirs")" ] || die "another user's home is written into"
fi
