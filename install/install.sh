#!/bin/sh
# Installs gowrap without root, or removes it again. In a clone, it builds gowrap first. In an unpacked release, the
# programs are beside this file, so it needs neither Rust nor a network. It asks no question, and a second run changes
# nothing.
set -eu
# No file of gowrap may be writable for other users: gowrap itself does not trust such a file.
umask go-w

# The programs of a release, and the one that the shims lead to. install/release.sh reads both lines.
programs='gowrap gowrap-shim'
launcher='gowrap-shim'

usage() {
    cat <<'END'
usage: install.sh [--prefix DIR] [--uninstall]

Without --prefix: installs gowrap in ~/.local/bin and runs `gowrap setup`, which makes the shims in
                  ${XDG_DATA_HOME:-~/.local/share}/gowrap/shims and adds one line to each file that your shells read.
With --prefix:    installs gowrap in DIR/bin and the shims in DIR/share/gowrap/shims. It does not change your shells' files.
Man pages and completions for bash, zsh and fish are installed in ~/.local/share or DIR/share.
To remove gowrap later: sh ~/.local/share/gowrap/install.sh --uninstall
END
}

say() { printf 'gowrap: %s\n' "$*"; }
die() {
    printf 'gowrap: %s\n' "$*" >&2
    exit 1
}

prefix=
action=install
while [ $# -gt 0 ]; do
    case $1 in
    --prefix) [ -n "${2:-}" ] || die '--prefix needs a folder'; prefix=$2; shift ;;
    --prefix=?*) prefix=${1#--prefix=} ;;
    --prefix=) die '--prefix needs a folder' ;;
    --uninstall) action=uninstall ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done

# Prints the absolute path of a folder, which may not exist yet.
absolute() {
    if [ -d "$1" ]; then
        (cd "$1" && pwd)
    else
        above=$(absolute "$(dirname "$1")")
        printf '%s/%s\n' "${above%/}" "$(basename "$1")"
    fi
}

here=$(cd "$(dirname "$0")" && pwd)
if [ -n "$prefix" ]; then
    prefix=$(absolute "$prefix")
    case $prefix/ in */../*) die "$prefix leads through a folder that does not exist" ;; esac
    bin=$prefix/bin
    share=$prefix/share
else
    [ -n "${HOME:-}" ] || die 'HOME is not set: name a folder with --prefix'
    if [ "$(id -u)" = 0 ] && [ "${SUDO_UID:-0}" != 0 ] && [ "$action" = install ]; then
        say 'with sudo, this installs gowrap only for root; to install it for your own user, type the command without sudo'
    fi
    # sudo may keep the caller's HOME: root must not write into another user's home.
    [ "$(stat -Lc %u "$HOME")" = "$(id -u)" ] || die "$HOME belongs to another user: run this as that user, or name a folder with --prefix"
    bin=$HOME/.local/bin
    share=${XDG_DATA_HOME:-$HOME/.local/share}
fi
own=$share/gowrap
shims=$own/shims
case $own:$bin in
*:*:* | *[[:cntrl:]]*) die "$bin cannot be on PATH: its name has a colon or a line break in it" ;;
esac

# The list of the files and folders that an installation made, in that order. The removal deletes these and nothing
# else. A second run adds to the list.
record=$own/installed

is_our_link() { [ -L "$1" ] && [ "$(readlink "$1")" = "$bin/$launcher" ]; }
is_recorded() { [ -f "$record" ] && grep -qxF -e "$1" "$record"; }

if [ "$action" = uninstall ]; then
    if [ ! -f "$record" ] && [ ! -e "$bin/gowrap" ]; then
        rmdir "$own" 2>/dev/null || :
        say "gowrap is not installed in $bin: there is nothing to remove"
        exit 0
    fi
    goodbye='removed gowrap; if you added its shims to PATH yourself, remove that line too'
    # Setup removes its own additions first, and names what it could not remove.
    if [ -z "$prefix" ] && [ -x "$bin/gowrap" ] && [ -e "$own/env" ]; then
        "$bin/gowrap" setup --remove
        goodbye='removed gowrap, its shims, man pages, completions and shell lines'
    fi
    for shim in "$shims"/*; do
        if is_our_link "$shim"; then rm -f "$shim"; fi
    done
    for program in $programs; do rm -f "$bin/$program"; done
    # An installation that was killed leaves these folders.
    rm -rf "$bin"/.gowrap.new.* "$own"/new.*
    # Deletes the listed paths, the deepest first. The folders above the list are deleted after it, so a removal that
    # was killed can be repeated.
    made=$({ [ ! -f "$record" ] || cat "$record"; printf '%s\n%s\n' "$shims" "$own"; } | LC_ALL=C sort -ru)
    delete() {
        printf '%s\n' "$made" | while IFS= read -r path; do
            case $1:$own/ in
            below:"$path"/*) continue ;;
            above:"$path"/*) ;;
            above:*) continue ;;
            esac
            if [ -d "$path" ] && [ ! -L "$path" ]; then
                if ! rmdir "$path" 2>/dev/null; then
                    # A folder that other programs use too, such as ~/.local/bin, stays, and no message is printed.
                    case $path in "$own" | "$own"/*) say "$path is not empty, so it stays" ;; esac
                fi
            elif [ -n "$path" ]; then
                rm -f "$path"
            fi
        done
    }
    delete below
    rm -f "$record"
    delete above
    say "$goodbye"
    exit 0
fi

# Prints the version of Rust that is installed, such as 1.88.
rust_version() { rustc --version 2>/dev/null | sed -n 's/^rustc \([0-9]*\.[0-9]*\).*/\1/p'; }

# Builds the programs in a clone, and sets `built` to the folder that holds them.
build() {
    needed=$(sed -n 's/^rust-version = "\([0-9.]*\)".*/\1/p' "$root/Cargo.toml" | head -n 1)
    found=$(rust_version)
    if [ -z "$found" ] || ! command -v cargo >/dev/null 2>&1; then
        die "building gowrap needs Rust $needed or newer, and Rust is not installed: install it from https://rustup.rs, or install a release of gowrap, which needs no Rust (see README.md)"
    fi
    if [ "${found%%.*}" -lt "${needed%%.*}" ] || { [ "${found%%.*}" -eq "${needed%%.*}" ] && [ "${found#*.}" -lt "${needed#*.}" ]; }; then
        update='install a newer one from https://rustup.rs'
        if command -v rustup >/dev/null 2>&1; then update='type: rustup update'; fi
        die "building gowrap needs Rust $needed or newer, and this is $found: $update, or install a release of gowrap, which needs no Rust (see README.md)"
    fi
    command -v cc >/dev/null 2>&1 || die 'building gowrap needs a C linker, and cc is not installed. Type: sudo apt-get install gcc libc6-dev'

    # A static musl program starts in a tenth of the time of a dynamic one.
    machine=$(uname -m)
    target=$machine-unknown-linux-musl
    have_target() { [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; }
    if ! have_target && command -v rustup >/dev/null 2>&1; then
        say "adding Rust's target $target"
        rustup target add "$target" >/dev/null 2>&1 || true
    fi
    if ! have_target; then
        target=$machine-unknown-linux-gnu
        have_target || die "Rust has neither $machine-unknown-linux-musl nor $target. Type: rustup target add $target"
        say "Rust's musl target is not installed: building a static glibc program, which starts about 0.5 ms slower"
        RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static"
        export RUSTFLAGS
    fi
    say "building with Rust $found for $target. The first build takes one to three minutes"
    (cd "$root" && cargo build --release --locked --target "$target") || die 'the build failed: cargo printed the reason above'
    built=${CARGO_TARGET_DIR:-$root/target}/$target/release
}

if [ -f "$here/../Cargo.toml" ]; then
    root=$(cd "$here/.." && pwd)
    build
elif [ -f "$here/gowrap" ]; then
    root=$here
    built=$here
else
    die "the folder of $0 has no gowrap to install: run install.sh in a clone or in an unpacked release"
fi

# Prints the folders that must be made for this one, the highest first.
missing() {
    [ -d "$1" ] || {
        missing "$(dirname "$1")"
        printf '%s\n' "$1"
    }
}
note() { is_recorded "$1" || printf '%s\n' "$1" >>"$record"; }
# A path is listed before it is made, so an installation that was killed can be removed too.
make_folder() {
    absent=$(missing "$1")
    mkdir -p "$own" || die "cannot make the folder $own: change the owner of its parent folder to $(id -un), or choose another place with --prefix"
    if [ -n "$absent" ]; then printf '%s\n' "$absent" >>"$record"; fi
    mkdir -p "$1" || die "cannot make the folder $1: change the owner of its parent folder to $(id -un), or choose another place with --prefix"
}

# offer SOURCE DESTINATION: installs a data file by a rename, so a reader never gets a part of it. A file of another
# program stays.
offer() {
    if { [ -e "$2" ] || [ -L "$2" ]; } && ! is_recorded "$2" && ! cmp -s "$1" "$2"; then
        say "$2 is not gowrap's, so it stays as it is"
        return
    fi
    make_folder "${2%/*}"
    note "$2"
    if ! cmp -s "$1" "$2"; then
        cp "$1" "$new/file"
        chmod 644 "$new/file"
        mv -f "$new/file" "$2"
    fi
}

make_folder "$own"
make_folder "$bin"
for folder in "$own" "$bin"; do
    [ -w "$folder" ] || die "cannot write to $folder. Type: sudo chown $(id -un) $folder    # or choose another place with --prefix"
done

# The new programs must run before they replace the old ones. They are copied here, because /tmp can be noexec.
fresh=$bin/.gowrap.new.$$
new=$own/new.$$
trap 'rm -rf "$fresh" "$new"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
mkdir "$fresh" "$new"
for program in $programs; do
    cp "$built/$program" "$fresh/$program"
    chmod 755 "$fresh/$program"
done
version=$("$fresh/gowrap" --version 2>&1) || die "the new gowrap does not run on this $(uname -m) machine, so nothing was replaced: $version"
for program in $programs; do
    note "$bin/$program"
    if cmp -s "$fresh/$program" "$bin/$program" && [ -x "$bin/$program" ]; then
        say "$bin/$program is up to date"
    else
        mv -f "$fresh/$program" "$bin/$program"
        say "installed $bin/$program ($version)"
    fi
done

# man-db looks for a folder `man` beside each folder on PATH.
for page in "$root"/man/gowrap*.[157]; do
    offer "$page" "$own/man/man${page##*.}/${page##*/}"
done
for shell in bash zsh fish; do "$bin/gowrap" completions "$shell" >"$new/$shell"; done
offer "$new/bash" "$share/bash-completion/completions/gowrap"
offer "$new/zsh" "$share/zsh/site-functions/_gowrap"
offer "$new/fish" "$share/fish/vendor_completions.d/gowrap.fish"
say "installed the man pages, and completions for bash, zsh and fish, in $share"
if [ -z "$prefix" ] && command -v zsh >/dev/null 2>&1; then
    say "for completion in zsh, put this line before compinit in your ~/.zshrc: fpath=($share/zsh/site-functions \$fpath)"
fi
# The script that removes gowrap when this folder is deleted.
if [ "$here/install.sh" != "$own/install.sh" ]; then offer "$here/install.sh" "$own/install.sh"; fi

make_shims() {
    make_folder "$shims"
    for name in $("$bin/gowrap" setup --names); do
        if is_our_link "$shims/$name"; then continue; fi
        if [ -e "$shims/$name" ] || [ -L "$shims/$name" ]; then
            say "$shims/$name is not gowrap's, so it stays as it is"
            continue
        fi
        ln -s "$bin/$launcher" "$shims/$name"
    done
    say "made the shims in $shims"
    case ":$PATH:" in
    *":$shims:"*) ;;
    *)
        say 'put this line at the end of your ~/.profile, and type it here:'
        # shellcheck disable=SC2016
        printf '\n    export PATH="%s:$PATH"\n\n' "$shims"
        ;;
    esac
}

# With a prefix, the caller sets PATH. If setup refuses, the shims still work.
if [ -z "$prefix" ] && "$bin/gowrap" setup; then echo; else make_shims; fi
PATH=$shims:$PATH
export PATH
say 'with "go version", gowrap now does this:'
echo
if ! "$bin/gowrap" --explain go version; then
    echo
    say 'gowrap found no Go for Linux. If one is installed, gowrap prints this instead:'
    echo
    "$bin/gowrap" --host demo --explain go version
fi
