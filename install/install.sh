#!/bin/sh
# Builds gowrap and puts it in place; `--uninstall` takes it out again. No question is asked, and a second run changes
# nothing.
set -eu

usage() {
    cat <<'EOF'
usage: install/install.sh [--prefix DIR] [--uninstall]

Without --prefix: ~/.local/bin/gowrap, and what `gowrap setup` adds: the links in
                  ${XDG_DATA_HOME:-~/.local/share}/gowrap/shims, and one line in each file that your shells read.
With --prefix:    DIR/bin/gowrap, and the links in DIR/share/gowrap/shims; no file of your shells is touched.
The manual goes to share/gowrap/man, beside the links, where man(1) finds it by PATH.
EOF
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

# A folder's whole path, whether it is there yet or not.
whole() {
    if [ -d "$1" ]; then
        (cd "$1" && pwd)
    else
        above=$(whole "$(dirname "$1")")
        printf '%s/%s\n' "${above%/}" "$(basename "$1")"
    fi
}

root=$(cd "$(dirname "$0")/.." && pwd)
if [ -n "$prefix" ]; then
    prefix=$(whole "$prefix")
    case $prefix/ in */../*) die "$prefix leads through a folder that is not there" ;; esac
    bin=$prefix/bin
    share=$prefix/share
else
    [ -n "${HOME:-}" ] || die 'HOME is not set: name a folder with --prefix'
    # As `sudo` may leave it: root has no business in somebody's home.
    [ "$(stat -Lc %u "$HOME")" = "$(id -u)" ] || die "$HOME is another user's: run it as that user, or name a folder with --prefix"
    bin=$HOME/.local/bin
    share=${XDG_DATA_HOME:-$HOME/.local/share}
fi
shims=$share/gowrap/shims
tools='go gofmt dlv dlv-dap gopls go_windows_amd64_exec go_windows_386_exec go_windows_arm64_exec'

# A link is ours if it leads to our file; anything else in our way stays.
is_ours() { [ -L "$1" ] && [ "$(readlink "$1")" = "$bin/gowrap" ]; }

# man(1) looks for a folder of this name beside each folder on PATH (man-db's manpath). A page that is not ours stays.
man=$share/gowrap/man
pages() { (cd "$root/man" && ls gowrap*.[157]); }
place_of() { printf '%s/man%s/%s' "$man" "${1##*.}" "$1"; }
is_our_page() { grep -qs '^\.Dt GOWRAP' "$1"; }

# The folders that were missing, the lowest last: what an earlier run made goes again.
note=$share/gowrap/installed

if [ "$action" = uninstall ]; then
    made=$([ ! -f "$note" ] || sort -r "$note")
    goodbye='removed; take its line out of your PATH settings too'
    rm -f "$note"
    # What `gowrap setup` added goes first; it says itself what it could not remove.
    if [ -z "$prefix" ] && [ -x "$bin/gowrap" ] && [ -e "$share/gowrap/env" ]; then
        "$bin/gowrap" setup --remove
        goodbye=removed
    fi
    for tool in $tools gowrap; do
        if is_ours "$shims/$tool"; then rm -f "$shims/$tool"; fi
    done
    for page in $(pages); do
        page=$(place_of "$page")
        if is_our_page "$page"; then rm -f "$page"; fi
    done
    rm -f "$bin/gowrap"
    for folder in "$man/man1" "$man/man5" "$man/man7" "$man" "$shims" "$share/gowrap"; do
        if [ -d "$folder" ]; then rmdir "$folder" 2>/dev/null || say "$folder is not empty, so it stays"; fi
    done
    printf '%s\n' "$made" | while IFS= read -r folder; do
        if [ -d "$folder" ]; then rmdir "$folder" 2>/dev/null || :; fi
    done
    say "$goodbye"
    exit 0
fi

command -v cargo >/dev/null 2>&1 || die 'cargo is not on PATH: install Rust first, see https://rustup.rs'
command -v cc >/dev/null 2>&1 || die 'there is no C linker: sudo apt install gcc libc6-dev'

# A static musl binary starts in a tenth of the time of a dynamic one.
machine=$(uname -m)
target=$machine-unknown-linux-musl
have_target() { [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; }
if ! have_target && command -v rustup >/dev/null 2>&1; then
    say "adding the target $target"
    rustup target add "$target" >/dev/null 2>&1 || true
fi
if ! have_target; then
    target=$machine-unknown-linux-gnu
    have_target || die "Rust has neither $machine-unknown-linux-musl nor $target: rustup target add $target"
    say 'no musl target can be had: building a static glibc binary, which starts about 0.5 ms slower'
    RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static"
    export RUSTFLAGS
fi
(cd "$root" && cargo build --quiet --release --locked --target "$target") || die 'the build failed, see above'
built=${CARGO_TARGET_DIR:-$root/target}/$target/release/gowrap

missing() {
    [ -d "$1" ] || {
        missing "$(dirname "$1")"
        printf '%s\n' "$1"
    }
}
missing=$(missing "$bin"; missing "$shims"; for section in 1 5 7; do missing "$man/man$section"; done)
mkdir -p "$bin"
if cmp -s "$built" "$bin/gowrap"; then
    say "$bin/gowrap is up to date"
else
    # Renamed into place: whoever is just starting it gets the old file or the new one, never half of one.
    cp "$built" "$bin/gowrap.new.$$"
    chmod 755 "$bin/gowrap.new.$$"
    mv -f "$bin/gowrap.new.$$" "$bin/gowrap"
    say "installed $bin/gowrap"
fi

for page in $(pages); do
    place=$(place_of "$page")
    if [ -e "$place" ] && ! is_our_page "$place"; then
        say "$place is not ours, so it stays"
    elif ! cmp -s "$root/man/$page" "$place"; then
        mkdir -p "${place%/*}"
        cp "$root/man/$page" "$place"
        chmod 644 "$place"
    fi
done

links() {
    mkdir -p "$shims"
    for tool in $tools gowrap; do
        if is_ours "$shims/$tool"; then continue; fi
        if [ -e "$shims/$tool" ] || [ -L "$shims/$tool" ]; then
            say "$shims/$tool is not ours, so it stays"
            continue
        fi
        ln -s "$bin/gowrap" "$shims/$tool"
    done
    case ":$PATH:" in
    *":$shims:"*) ;;
    *)
        say 'put this line at the end of your ~/.profile, and type it here:'
        # shellcheck disable=SC2016
        printf '\n    export PATH="%s:$PATH"\n\n' "$shims"
        ;;
    esac
}

# With a prefix somebody else takes care of PATH, and where setup refuses, the links still work.
if [ -z "$prefix" ] && "$bin/gowrap" setup; then echo; else links; fi
if [ -n "$missing" ]; then printf '%s\n' "$missing" >>"$note"; fi
PATH=$shims:$PATH
export PATH
say 'this is what go version now means here:'
echo
if ! "$bin/gowrap" --explain go version; then
    echo
    say 'there is no Go for Linux here yet; this is how it looks where there is one:'
    echo
    "$bin/gowrap" --host demo --explain go version
fi
