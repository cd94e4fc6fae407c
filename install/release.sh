#!/usr/bin/env bash
# Makes what a release consists of: for each machine a tar.gz and a .deb, and one SHA256SUMS.
#
# The same commit makes the same bytes, wherever and whenever: SOURCE_DATE_EPOCH is the commit's time if it is not set, no
# path of this machine gets into the binary, and everything is packed in order.
set -euo pipefail

usage() {
    cat <<'EOF'
usage: install/release.sh [--out DIR] [--binary FILE]

--out DIR      where to: ./dist if it is not given
--binary FILE  pack this binary, which runs here, and build none
EOF
}
say() { printf 'release: %s\n' "$*"; }
die() {
    printf 'release: %s\n' "$*" >&2
    exit 1
}

out=dist binary=
while [ $# -gt 0 ]; do
    case $1 in
    --out) out=${2?--out needs a folder}; shift ;;
    --binary) binary=$(realpath "${2?--binary needs a file}"); shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done
mkdir -p "$out"
out=$(realpath "$out")
cd "$(dirname "$0")/.."

umask 022
export LC_ALL=C TZ=UTC
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
tools='go gofmt dlv dlv-dap gopls go_windows_amd64_exec go_windows_386_exec go_windows_arm64_exec'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

have_target() { [ -d "$(rustc --print sysroot)/lib/rustlib/$1/lib" ] || rustup target add "$1" >/dev/null 2>&1; }

# Prints the binary's path; Rust's own linker needs no toolchain for the other machine.
build() {
    local target=$1-unknown-linux-musl folder=${CARGO_TARGET_DIR:-$PWD/target}/release.sh name
    name=CARGO_TARGET_$(tr 'a-z-' 'A-Z_' <<<"$target")_LINKER
    [ "$1" = "$(uname -m)" ] || export "$name=rust-lld"
    RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$PWD=/gowrap" \
        CARGO_TARGET_DIR=$folder cargo build --quiet --release --locked --target "$target" >&2
    printf '%s\n' "$folder/$target/release/gowrap"
}

# The licences of what is linked in, from where cargo keeps its sources.
third_party() {
    printf 'gowrap holds code of the Rust standard library (MIT OR Apache-2.0), of musl (MIT), and of these crates:\n'
    local name number licence folder file
    cargo tree --locked --edges normal,no-proc-macro --prefix none --no-dedupe --format '{p}|{l}' |
        sort -u | while IFS='|' read -r name licence; do
        number=${name#* v} name=${name%% *}
        [ "$name" != gowrap ] || continue
        printf '\n%s\n%s %s, %s\n%s\n' "${line:=$(printf -- '-%.0s' {1..80})}" "$name" "$number" "$licence" "$line"
        for folder in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$name-$number"; do
            for file in "$folder"/LICENSE-MIT* "$folder"/LICENSE* "$folder"/LICENCE* "$folder"/COPYING*; do
                if [ -f "$file" ]; then
                    printf '\n'
                    tr -d '\r' <"$file"
                    break 2
                fi
            done
        done
    done
}

# Is this file what it will be called? Where the other machine is emulated, it is run as well.
check() {
    local machine=$1 binary=$2 number emulator
    number=$(od -An -tx1 -j18 -N2 "$binary" | tr -d ' ')
    case $machine:$number in
    x86_64:3e00 | aarch64:b700) ;;
    x86_64:* | aarch64:*) die "$binary is not for $machine: $number" ;;
    esac
    if [ "$machine" = "$(uname -m)" ]; then
        emulator=/usr/bin/env
    else
        emulator=$(command -v "qemu-$machine" || command -v "qemu-$machine-static" || true)
    fi
    if [ -n "$emulator" ]; then
        [ "$("$emulator" "$binary" --version)" = "gowrap $version" ] || die "$binary is not gowrap $version"
    else
        say "no qemu-$machine, so that the one for $machine was not run"
    fi
}

stamp() { find "$1" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +; }

tarball() {
    local machine=$1 binary=$2 name=gowrap-$version-$1-linux
    local tree=$work/$name
    mkdir -p "$tree/man" "$tree/completions"
    install -m 755 "$binary" "$tree/gowrap"
    install -m 644 man/*.[157] "$tree/man"
    install -m 644 "$work"/completions/* "$tree/completions"
    install -m 644 README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$work/LICENSES-THIRD-PARTY" "$tree"
    (cd "$tree" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$work/SHA256SUMS"
    install -m 644 "$work/SHA256SUMS" "$tree"
    stamp "$tree"
    tar --create --directory "$work" --sort=name --owner=0 --group=0 --numeric-owner --format=ustar "$name" |
        gzip -9n >"$out/$name.tar.gz"
    say "$out/$name.tar.gz"
}

deb() {
    local machine=$1 binary=$2 architecture=$3 tool page
    local tree=$work/deb-$machine
    mkdir -p "$tree"/{DEBIAN,etc/profile.d,usr/bin,usr/lib/gowrap/shims,usr/share/doc/gowrap,usr/share/man}
    install -m 755 "$binary" "$tree/usr/bin/gowrap"
    for tool in $tools; do ln -s ../../../bin/gowrap "$tree/usr/lib/gowrap/shims/$tool"; done
    for page in man/*.[157]; do
        mkdir -p "$tree/usr/share/man/man${page##*.}"
        gzip -9nc "$page" >"$tree/usr/share/man/man${page##*.}/${page##*/}.gz"
    done
    install -Dm 644 "$work/completions/gowrap.bash" "$tree/usr/share/bash-completion/completions/gowrap"
    install -Dm 644 "$work/completions/_gowrap" "$tree/usr/share/zsh/vendor-completions/_gowrap"
    install -Dm 644 "$work/completions/gowrap.fish" "$tree/usr/share/fish/vendor_completions.d/gowrap.fish"
    install -m 644 README.md "$tree/usr/share/doc/gowrap"
    gzip -9nc CHANGELOG.md >"$tree/usr/share/doc/gowrap/changelog.gz"
    {
        printf 'Upstream-Name: gowrap\nSource: https://github.com/gowrap/gowrap\n\nMIT or Apache-2.0, as you like.\n'
        printf 'The text of the latter is in /usr/share/common-licenses/Apache-2.0.\n\n'
        cat LICENSE-MIT
        printf '\n'
        cat "$work/LICENSES-THIRD-PARTY"
    } >"$tree/usr/share/doc/gowrap/copyright"
    # Installing a package changes nobody's PATH: the line is there, and off.
    cat >"$tree/etc/profile.d/gowrap.sh" <<'EOF'
# gowrap for everybody who logs in: take the # away from the next line. For yourself alone: `gowrap setup`.
#PATH=/usr/lib/gowrap/shims:$PATH
EOF
    echo /etc/profile.d/gowrap.sh >"$tree/DEBIAN/conffiles"
    (cd "$tree" && find usr etc -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    cat >"$tree/DEBIAN/control" <<EOF
Package: gowrap
Version: $version
Architecture: $architecture
Maintainer: The gowrap authors <gowrap@users.noreply.github.com>
Installed-Size: $(find "$tree/usr" "$tree/etc" -type f -printf '%s\n' | awk '{ total += int(($1 + 1023) / 1024) } END { print total }')
Suggests: golang-go, delve
Section: devel
Priority: optional
Homepage: https://github.com/gowrap/gowrap
Description: stands in front of go and dlv inside WSL
 Finds the real go or dlv, repairs in the call what crossing the border between
 Windows and Linux broke, and becomes that tool: same process, same descriptors,
 nothing printed.
 .
 The links are in /usr/lib/gowrap/shims. \`gowrap setup\` puts them first on your
 PATH, /etc/profile.d/gowrap.sh has the line for everybody, switched off.
EOF
    stamp "$tree"
    dpkg-deb --root-owner-group -Zxz --build "$tree" "$out/gowrap_${version}_$architecture.deb" >/dev/null
    say "$out/gowrap_${version}_$architecture.deb"
}

third_party >"$work/LICENSES-THIRD-PARTY"
native=$(uname -m)
for machine in "$native" x86_64 aarch64; do
    [ ! -e "$work/$machine" ] || continue
    if [ -z "$binary" ] || [ "$machine" != "$native" ]; then
        [ -z "$binary" ] || continue
        have_target "$machine-unknown-linux-musl" || {
            [ "$machine" != "$native" ] || die "no musl target for $machine: rustup target add $machine-unknown-linux-musl"
            say "no musl target for $machine, so none for that machine"
            continue
        }
        built=$(build "$machine")
    else
        built=$binary
    fi
    check "$machine" "$built"
    cp "$built" "$work/$machine"
    # What runs here says what there is to complete, for the other machine too.
    if [ "$machine" = "$native" ]; then
        mkdir "$work/completions"
        "$built" completions bash >"$work/completions/gowrap.bash"
        "$built" completions zsh >"$work/completions/_gowrap"
        "$built" completions fish >"$work/completions/gowrap.fish"
    fi
    tarball "$machine" "$work/$machine"
    case $machine in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
    *) architecture=$(dpkg --print-architecture) ;;
    esac
    if command -v dpkg-deb >/dev/null; then deb "$machine" "$work/$machine" "$architecture"; else say 'no dpkg-deb, so no .deb'; fi
done
(cd "$out" && sha256sum gowrap[-_]"$version"[-_]* >SHA256SUMS)
say "$out/SHA256SUMS"
