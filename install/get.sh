#!/bin/sh
# Installs a release of gowrap without root and without Rust, or removes it:
#
#     curl -fsSL https://github.com/gowrap/gowrap/releases/latest/download/get.sh | sh
#     sh get.sh --uninstall
#
# It downloads the list of checksums and the archive for this machine, compares the checksum, and runs install.sh from
# the archive. All commands are in functions, and the last line calls them: if the connection breaks, the part of this
# script that arrived does nothing.
set -eu

newest=https://github.com/gowrap/gowrap/releases/latest/download
source_code=https://github.com/gowrap/gowrap

usage() {
    cat <<END
usage: get.sh [--from URL] [--prefix DIR] [--uninstall]

--from URL    download from URL, a folder that holds SHA256SUMS and the archives. Without --from, \$GOWRAP_RELEASE_URL
              is used, and if that is unset, the newest release:
              $newest
--prefix DIR  install into DIR, and do not change your shells' files. Without it: install into ~/.local and set up
              your shells
--uninstall   remove what an earlier run installed. Give the same --prefix as in that run
END
}

say() { printf 'gowrap: %s\n' "$*"; }
die() {
    printf 'gowrap: %s\n' "$*" >&2
    exit 1
}

# Prints the machine's name in the name of an archive.
target() {
    [ "$(uname -s)" = Linux ] || die "gowrap runs on Linux and in WSL, and this is $(uname -s): type this in WSL's terminal"
    case $(uname -m) in
    x86_64 | amd64) echo x86_64-unknown-linux-musl ;;
    aarch64 | arm64) echo aarch64-unknown-linux-musl ;;
    *) die "there is no release for $(uname -m) machines: build gowrap from source, see $source_code" ;;
    esac
}

need() {
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 || die "$program is not installed. Type: sudo apt-get install tar gzip coreutils"
    done
}

# download URL FILE
download() {
    if command -v curl >/dev/null 2>&1; then
        # HTTPS must not be redirected to HTTP, because the checksums come over the same connection.
        case $1 in
        https:*) curl --proto '=https' --tlsv1.2 -fsSL --retry 2 -o "$2" "$1" ;;
        *) curl -fsSL --retry 2 -o "$2" "$1" ;;
        esac
    else
        wget -q --tries=3 -O "$2" "$1"
    fi || die "cannot download $1: check the address and the network. If you need a proxy, set https_proxy"
}

install() {
    from=${from%/}
    case $from in
    https://* | file://*) ;;
    http://127.0.0.1[:/]* | http://127.0.0.1 | http://localhost[:/]* | http://localhost | http://\[::1\]*) ;;
    http://*) die "$from is not encrypted, so the programs and their checksums could be changed on the way: use https" ;;
    *) die "--from needs an address that starts with https://, and this one does not: $from" ;;
    esac
    target=$(target)
    command -v curl >/dev/null 2>&1 || command -v wget >/dev/null 2>&1 || die 'neither curl nor wget is installed. Type: sudo apt-get install curl'
    need tar gzip sha256sum

    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP

    download "$from/SHA256SUMS" "$work/SHA256SUMS"
    # A line is a checksum, two characters and a name. A name with a slash would lead to another folder.
    line=$(grep "^[0-9a-f]\{64\}  gowrap-[0-9A-Za-z.+~_-]*-$target\.tar\.gz\$" "$work/SHA256SUMS" || true)
    case $line in
    '') die "the file SHA256SUMS in $from lists no archive for $target: name the folder of a release with --from" ;;
    *'
'*) die "the file SHA256SUMS in $from lists several archives for $target: name the folder of one release with --from" ;;
    esac
    name=${line#*  }
    say "downloading $from/$name"
    download "$from/$name" "$work/$name"
    sum=$(sha256sum "$work/$name")
    [ "${sum%% *}" = "${line%% *}" ] ||
        die "the SHA-256 of $name is wrong, so nothing was installed: expected ${line%% *}, got ${sum%% *}. The download is damaged, or a proxy changed it: try again"
    say "its SHA-256 is correct: ${line%% *}"

    tar -xzf "$work/$name" -C "$work" || die "cannot unpack $name: check the free space in ${TMPDIR:-/tmp}"
    folder=$work/${name%.tar.gz}
    [ -f "$folder/install.sh" ] || die "$name holds no install.sh, so $from is no release of gowrap: check the address"
    set --
    [ -z "$prefix" ] || set -- --prefix "$prefix"
    # Standard input may be this script itself.
    sh "$folder/install.sh" "$@" </dev/null
    say 'to remove gowrap, type: sh '"${prefix:-${XDG_DATA_HOME:-$HOME/.local/share}}${prefix:+/share}/gowrap/install.sh --uninstall${prefix:+ --prefix $prefix}"
}

# An installation keeps the script that removes it, so the removal needs no network.
uninstall() {
    if [ -n "$prefix" ]; then
        script=$prefix/share/gowrap/install.sh
        set -- --prefix "$prefix"
    else
        script=${XDG_DATA_HOME:-$HOME/.local/share}/gowrap/install.sh
        set --
    fi
    [ -f "$script" ] || die "$script does not exist: gowrap is not installed there, or was not installed by get.sh (see Uninstall in the README, $source_code)"
    sh "$script" "$@" --uninstall
}

main() {
    from=${GOWRAP_RELEASE_URL:-$newest}
    prefix=
    action=install
    while [ $# -gt 0 ]; do
        case $1 in
        --from) [ -n "${2:-}" ] || die '--from needs an address'; from=$2; shift ;;
        --from=?*) from=${1#--from=} ;;
        --prefix) [ -n "${2:-}" ] || die '--prefix needs a folder'; prefix=$2; shift ;;
        --prefix=?*) prefix=${1#--prefix=} ;;
        --uninstall) action=uninstall ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
        esac
        shift
    done
    [ -n "$prefix" ] || [ -n "${HOME:-}" ] || die 'HOME is not set: name a folder with --prefix'
    $action
}

{ main "$@"; }
