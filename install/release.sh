#!/usr/bin/env bash
# Makes a release: for each machine a tar.gz, a .deb and an .rpm, then get.sh and one SHA256SUMS for all of them.
#
# The same commit makes the same bytes on any machine with the same tools: SOURCE_DATE_EPOCH is the commit's time if it
# is not set, no path of this machine gets into a program, and everything is packed in a fixed order.
set -euo pipefail

usage() {
    cat <<'END'
usage: install/release.sh [--out DIR] [--programs DIR]

--out DIR       the folder to write to, made if it is missing; ./dist without it
--programs DIR  pack the programs in this folder, which must run here, and build nothing
END
}
say() { printf 'release: %s\n' "$*"; }
die() {
    printf 'release: %s\n' "$*" >&2
    exit 1
}

out=dist ready=
while [ $# -gt 0 ]; do
    case $1 in
    --out) out=${2?--out needs a folder}; shift ;;
    --programs) ready=$(realpath "${2?--programs needs a folder}"); shift ;;
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
homepage=https://github.com/gowrap/gowrap
summary='Finds the real go or dlv inside WSL, fixes the call, and becomes that tool'
# install.sh has the only list of the programs.
programs=$(sed -n "s/^programs='\(.*\)'\$/\1/p" install/install.sh)
launcher=$(sed -n "s/^launcher='\(.*\)'\$/\1/p" install/install.sh)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The names that Debian and RPM have for a machine.
declare -A debian=([x86_64]=amd64 [aarch64]=arm64)
native=$(uname -m)
[ -n "${debian[$native]:-}" ] || die "a release is made on an x86_64 or an aarch64 machine, and this is $native"

have_target() { [ -d "$(rustc --print sysroot)/lib/rustlib/$1/lib" ] || rustup target add "$1" >/dev/null 2>&1; }

# Prints the folder of the programs. For the other machine, Rust's own linker is used, because it needs no other
# toolchain.
build() {
    local target=$1-unknown-linux-musl folder=${CARGO_TARGET_DIR:-$PWD/target}/release.sh name
    name=CARGO_TARGET_$(tr 'a-z-' 'A-Z_' <<<"$target")_LINKER
    [ "$1" = "$native" ] || export "$name=rust-lld"
    RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$PWD=/gowrap" \
        CARGO_TARGET_DIR=$folder cargo build --quiet --release --locked --target "$target" >&2
    printf '%s\n' "$folder/$target/release"
}

# The licences of all linked crates, from the folder where cargo keeps their sources.
third_party() {
    printf 'gowrap contains code of the Rust standard library (MIT OR Apache-2.0), of musl (MIT), and of these crates:\n'
    local name number licence folder file
    cargo tree --locked --edges normal,no-proc-macro --prefix none --no-dedupe --format '{p}|{l}' |
        sort -u | while IFS='|' read -r name licence; do
        number=${name#* v} name=${name%% *}
        case $name in gowrap | gowrap-*) continue ;; esac
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

# Checks that the programs in a folder are for this machine. If an emulator for it is registered, gowrap is run too.
check() {
    local machine=$1 folder=$2 program number emulator
    for program in $programs; do
        [ -f "$folder/$program" ] || die "there is no $folder/$program"
        number=$(od -An -tx1 -j18 -N2 "$folder/$program" | tr -d ' ')
        case $machine:$number in
        x86_64:3e00 | aarch64:b700) ;;
        *) die "$folder/$program is not for $machine: its ELF machine number is $number" ;;
        esac
    done
    if [ "$machine" = "$native" ]; then
        emulator=/usr/bin/env
    else
        emulator=$(command -v "qemu-$machine" || command -v "qemu-$machine-static" || true)
    fi
    if [ -n "$emulator" ]; then
        [ "$("$emulator" "$folder/gowrap" --version)" = "gowrap $version" ] || die "$folder/gowrap is not gowrap $version"
    else
        say "there is no qemu-$machine (apt-get install qemu-user), so the programs for $machine were not run"
    fi
}

stamp() { find "$1" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +; }

# Makes the tar.gz: the programs, the man pages, the licences and install.sh in one folder.
tarball() {
    local name=gowrap-$version-$1-unknown-linux-musl program
    local tree=$work/$name
    mkdir -p "$tree/man" "$tree/completions"
    for program in $programs; do install -m 755 "$2/$program" "$tree/$program"; done
    install -m 755 install/install.sh "$tree/install.sh"
    install -m 644 man/*.[157] "$tree/man"
    install -m 644 "$work"/completions/* "$tree/completions"
    install -m 644 README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$work/LICENSES-THIRD-PARTY" "$tree"
    (cd "$tree" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$work/sums"
    install -m 644 "$work/sums" "$tree/SHA256SUMS"
    stamp "$tree"
    tar --create --directory "$work" --sort=name --owner=0 --group=0 --numeric-owner --format=ustar "$name" |
        gzip -9n >"$out/$name.tar.gz"
    say "$out/$name.tar.gz"
}

# The files that a .deb and an .rpm have in common: tree FOLDER-OF-PROGRAMS TREE ZSH-FOLDER
tree() {
    local tree=$2 program name page
    mkdir -p "$tree"/{etc/profile.d,usr/bin,usr/lib/gowrap/shims,usr/share/doc/gowrap,usr/share/man}
    for program in $programs; do install -m 755 "$1/$program" "$tree/usr/bin/$program"; done
    # gowrap itself is in /usr/bin, which is on every PATH.
    grep -vxF gowrap "$work/names" | while read -r name; do ln -s "../../../bin/$launcher" "$tree/usr/lib/gowrap/shims/$name"; done
    for page in man/*.[157]; do
        mkdir -p "$tree/usr/share/man/man${page##*.}"
        gzip -9nc "$page" >"$tree/usr/share/man/man${page##*.}/${page##*/}.gz"
    done
    install -Dm 644 "$work/completions/gowrap.bash" "$tree/usr/share/bash-completion/completions/gowrap"
    install -Dm 644 "$work/completions/_gowrap" "$tree$3/_gowrap"
    install -Dm 644 "$work/completions/gowrap.fish" "$tree/usr/share/fish/vendor_completions.d/gowrap.fish"
    install -m 644 README.md "$tree/usr/share/doc/gowrap"
    # A package changes no user's PATH: the line is there as a comment.
    cat >"$tree/etc/profile.d/gowrap.sh" <<'END'
# To use gowrap for every user who logs in, remove the # from the last line.
# To use it only for yourself, type `gowrap setup`.
#PATH=/usr/lib/gowrap/shims:$PATH
END
}

description() {
    cat <<'END'
Finds the real go or dlv in WSL, fixes Windows paths and missing variables in
the call, and replaces itself with that tool: same process, same descriptors.
END
}
activation() {
    cat <<'END'
The shims are in /usr/lib/gowrap/shims. `gowrap setup` puts them first on your
PATH. For every user, remove the # in /etc/profile.d/gowrap.sh.
END
}

deb() {
    local architecture=${debian[$1]} tree=$work/deb-$1
    local file=$out/gowrap_${version}_$architecture.deb
    tree "$2" "$tree" /usr/share/zsh/vendor-completions
    mkdir "$tree/DEBIAN"
    gzip -9nc CHANGELOG.md >"$tree/usr/share/doc/gowrap/changelog.gz"
    {
        printf 'Upstream-Name: gowrap\nSource: %s\n\nMIT or Apache-2.0, as you like.\n' "$homepage"
        printf 'The text of the latter is in /usr/share/common-licenses/Apache-2.0.\n\n'
        cat LICENSE-MIT
        printf '\n'
        cat "$work/LICENSES-THIRD-PARTY"
    } >"$tree/usr/share/doc/gowrap/copyright"
    echo /etc/profile.d/gowrap.sh >"$tree/DEBIAN/conffiles"
    (cd "$tree" && find usr etc -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    {
        printf '%s\n' "Package: gowrap" "Version: $version" "Architecture: $architecture" \
            'Maintainer: The gowrap authors <gowrap@users.noreply.github.com>' \
            "Installed-Size: $(find "$tree/usr" "$tree/etc" -type f -printf '%s\n' | awk '{ total += int(($1 + 1023) / 1024) } END { print total }')" \
            'Suggests: golang-go, delve' 'Section: devel' 'Priority: optional' "Homepage: $homepage" "Description: $summary"
        description | sed 's/^/ /'
        echo ' .'
        activation | sed 's/^/ /'
    } >"$tree/DEBIAN/control"
    stamp "$tree"
    dpkg-deb --root-owner-group -Zxz --build "$tree" "$file" >/dev/null
    say "$file"
}

rpm() {
    local machine=$1 tree=$work/rpm-$1 folder=$work/rpmbuild-$1
    local file=$out/gowrap-$version-1.$machine.rpm
    tree "$2" "$tree" /usr/share/zsh/site-functions
    install -m 644 CHANGELOG.md "$tree/usr/share/doc/gowrap"
    mkdir -p "$tree/usr/share/licenses/gowrap" "$folder"
    install -m 644 LICENSE-MIT LICENSE-APACHE "$work/LICENSES-THIRD-PARTY" "$tree/usr/share/licenses/gowrap"
    stamp "$tree"
    {
        printf '%s\n' 'Name: gowrap' "Version: $version" 'Release: 1' "Summary: $summary" 'License: MIT OR Apache-2.0' \
            "URL: $homepage" 'AutoReqProv: no' '%description'
        description
        echo
        activation
        printf '%s\n' '%install' "cp -a $tree/. %{buildroot}/" '%files' '%defattr(-,root,root)' '%dir /usr/lib/gowrap' \
            '%dir /usr/lib/gowrap/shims' '%dir /usr/share/doc/gowrap' '%dir /usr/share/licenses/gowrap' \
            '%config(noreplace) /etc/profile.d/gowrap.sh'
        (cd "$tree" && find usr \( -type f -o -type l \) -printf '/%p\n' | sort) |
            sed -e 's,^/usr/share/licenses/,%license &,' -e 's,^/usr/share/\(doc\|man\)/,%doc &,'
    } >"$folder/gowrap.spec"
    # The package has no fact of this machine: no build host, no time except SOURCE_DATE_EPOCH, no links for build ids.
    rpmbuild -bb --quiet --target "$machine-linux" --define "_topdir $folder" --define "_rpmdir $folder" \
        --define '_rpmfilename gowrap.rpm' --define '_buildhost reproducible' --define '_build_id_links none' \
        --define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' \
        --define '__os_install_post %{nil}' --define 'debug_package %{nil}' --define '_binary_payload w9.xzdio' \
        --buildroot "$folder/root" "$folder/gowrap.spec" >"$folder/log" 2>&1 || die "rpmbuild failed: $(cat "$folder/log")"
    cp "$folder/gowrap.rpm" "$file"
    say "$file"
}

third_party >"$work/LICENSES-THIRD-PARTY"
# The native programs come first, because they print the completions and the names of the shims.
for machine in "$native" x86_64 aarch64; do
    [ ! -e "$work/$machine" ] || continue
    if [ -n "$ready" ]; then
        [ "$machine" = "$native" ] || continue
        folder=$ready
    else
        if ! have_target "$machine-unknown-linux-musl"; then
            die "Rust has no target $machine-unknown-linux-musl: rustup target add $machine-unknown-linux-musl"
        fi
        folder=$(build "$machine")
    fi
    check "$machine" "$folder"
    touch "$work/$machine"
    if [ "$machine" = "$native" ]; then
        mkdir "$work/completions"
        "$folder/gowrap" completions bash >"$work/completions/gowrap.bash"
        "$folder/gowrap" completions zsh >"$work/completions/_gowrap"
        "$folder/gowrap" completions fish >"$work/completions/gowrap.fish"
        "$folder/gowrap" setup --names >"$work/names"
    fi
    tarball "$machine" "$folder"
    if command -v dpkg-deb >/dev/null; then deb "$machine" "$folder"; else say 'there is no dpkg-deb, so no .deb is made'; fi
    if command -v rpmbuild >/dev/null; then rpm "$machine" "$folder"; else say 'there is no rpmbuild (apt-get install rpm), so no .rpm is made'; fi
done
install -m 644 install/get.sh "$out/get.sh"
(cd "$out" && sha256sum gowrap[-_]"$version"[-_]* get.sh >SHA256SUMS)
say "$out/SHA256SUMS"
