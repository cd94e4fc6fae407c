#!/usr/bin/env bash
# install/release.sh makes the same bytes twice, a complete tar.gz, and a .deb and an .rpm that work and leave nothing
set -euo pipefail
cd "$(dirname "$0")/../.."

die() {
    printf 'tests/parts/packages.sh: %s\n' "$*" >&2
    exit 1
}

# dpkg works on an overlay of this machine in a mount namespace, so only changed files take space. The outer run removes
# the folder when the namespace and its mounts are gone. Outside the namespace, the folder has no mounts.
if [ "${1:-}" != inside ]; then
    [ -n "${GOWRAP_BIN:-}" ] || die 'GOWRAP_BIN does not name the shipped binary: tests/run.sh sets it'
    as_root=()
    if [ "$(id -u)" != 0 ]; then
        # dpkg changes the owners of files. A user's own namespace does not allow that.
        command -v sudo >/dev/null || die 'not root and no sudo: dpkg cannot be tried'
        as_root=(sudo -n --preserve-env env "PATH=$PATH")
    fi
    scratch=$(mktemp -d)
    trap '"${as_root[@]}" rm -rf --one-file-system "$scratch"' EXIT
    "${as_root[@]}" unshare -m --propagation private bash "$0" inside "$scratch"
    exit
fi
scratch=$2

# The bytes are the same for any folder, umask and time of day.
release() { install/release.sh --out "$1" --programs "$(dirname "$GOWRAP_BIN")" >/dev/null; }
release "$scratch/first"
mkdir "$scratch/elsewhere"
git ls-files -z --cached --others --exclude-standard -- . ':!tests' | xargs -0 cp --parents -t "$scratch/elsewhere"
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
(umask 077 && cd "$scratch/elsewhere" && SOURCE_DATE_EPOCH=$epoch TZ=Asia/Tokyo release "$scratch/second")
diff -r "$scratch/first" "$scratch/second" || die 'two runs differ'
(cd "$scratch/first" && sha256sum --quiet --check SHA256SUMS) || die 'SHA256SUMS is wrong'

# Both machines are built here, without optimization to save time. The programs for the other machine run in qemu.
(
    export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
    export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}/quick
    install/release.sh --out "$scratch/both"
) >"$scratch/said" 2>&1 || die "both machines: $(cat "$scratch/said")"
! grep -E 'there is no' "$scratch/said" || die 'both machines: a tool is missing'
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
diff - <(find "$scratch/both" -type f -printf '%f\n' | sort) <<END || die 'both machines: other files'
SHA256SUMS
get.sh
gowrap-$version-1.aarch64.rpm
gowrap-$version-1.x86_64.rpm
gowrap-$version-aarch64-unknown-linux-musl.tar.gz
gowrap-$version-x86_64-unknown-linux-musl.tar.gz
gowrap_${version}_amd64.deb
gowrap_${version}_arm64.deb
END
(cd "$scratch/both" && sha256sum --quiet --strict --check SHA256SUMS) || die 'both machines: SHA256SUMS is wrong'
other=aarch64
[ "$(uname -m)" = x86_64 ] || other=x86_64
tar -xzf "$scratch/both/gowrap-$version-$other-unknown-linux-musl.tar.gz" -C "$scratch"
foreign="qemu-$other $scratch/gowrap-$version-$other-unknown-linux-musl/gowrap"
demo='--host demo --explain=json go build -o C:\out\app.exe ./...'
# shellcheck disable=SC2086
diff <("$GOWRAP_BIN" $demo) <($foreign $demo) || die "the program for $other makes another plan"
# It also starts a tool: a script, which runs on any machine.
mkdir "$scratch/tools"
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "go $*, $0"\n' >"$scratch/tools/go"
chmod 755 "$scratch/tools/go"
[ "$(PATH=$scratch/tools:/usr/bin:/bin $foreign go version)" = "go version, $scratch/tools/go" ] || die "the program for $other does not start go"

# The tar.gz.
mkdir "$scratch/unpacked"
tar -xzf "$scratch"/first/gowrap-*-linux-musl.tar.gz -C "$scratch/unpacked"
cd "$scratch"/unpacked/gowrap-*
sha256sum --quiet --check SHA256SUMS || die 'SHA256SUMS in the tar.gz is wrong'
[ "$(./gowrap --version)" = "gowrap $(basename "$PWD" | cut -d- -f2)" ] || die 'the binary in the tar.gz'
for file in install.sh man/gowrap.1 completions/{gowrap.bash,_gowrap,gowrap.fish} LICENSE-MIT LICENSE-APACHE LICENSES-THIRD-PARTY README.md; do
    [ -s "$file" ] || die "the tar.gz has no $file"
done
[ "$(grep -c '^clap ' LICENSES-THIRD-PARTY)" = 1 ] || die 'a crate has no licence'
cd - >/dev/null

# cargo-binstall finds the archive, and each program in it, by the names in Cargo.toml.
python3 - "$(uname -m)" "$scratch"/first <<'PYTHON' || die 'cargo-binstall would not find the release'
import os
import sys
import tarfile
import tomllib

with open("Cargo.toml", "rb") as file:
    cargo = tomllib.load(file)
package = cargo["package"]
wish = package["metadata"]["binstall"]
names = {"repo": package["repository"], "name": package["name"], "version": cargo["workspace"]["package"]["version"], "target": f"{sys.argv[1]}-unknown-linux-musl"}


def render(template, **more):
    text = template
    for name, value in {**names, **more}.items():
        text = text.replace("{ " + name + " }", value)
    assert "{" not in text, text
    return text


assert wish["pkg-fmt"] == "tgz"
archive = os.path.join(sys.argv[2], os.path.basename(render(wish["pkg-url"])))
with tarfile.open(archive) as file:
    assert file.getmember(render(wish["bin-dir"], bin="gowrap")).mode == 0o755
PYTHON

# The .deb.
root=$scratch/root
mkdir "$scratch/layer" "$root"
mount -t tmpfs none "$scratch/layer"
mkdir "$scratch"/layer/{upper,work}
mount -t overlay -o "lowerdir=/,upperdir=$scratch/layer/upper,workdir=$scratch/layer/work" none "$root"
mount --bind /proc "$root/proc"
# A few devices, never the machine's complete /dev.
mkdir -p "$root/dev"
for device in null zero urandom; do
    [ -e "$root/dev/$device" ] || touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
[ -e "$root/dev/fd" ] || ln -s /proc/self/fd "$root/dev/fd"
cp "$scratch"/first/gowrap_*.deb "$root/gowrap.deb"
inside() { chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
# The differences from the machine, without dpkg's own files.
changed() {
    (cd "$scratch/layer/upper" && find . ! -type d ! -path './var/lib/dpkg/*' ! -path './var/log/*' | sort | while IFS= read -r file; do
        # A file that was written and has its old content again, such as a shell's file after setup and setup --remove.
        if [ -L "$file" ] || [ ! -f "$file" ] || ! cmp -s "$file" "/$file"; then printf '%s\n' "$file"; fi
    done)
}
folders() {
    (cd "$scratch/layer/upper" && find . -type d ! -path './var/lib/dpkg/*' | sort | while IFS= read -r folder; do
        if [ ! -d "/$folder" ]; then printf '%s\n' "$folder"; fi
    done)
}
# The triggers of other packages, such as man-db, are not tested. An image for containers may have no manuals.
dpkg_() { inside dpkg --no-triggers --path-include='*' "$@" >"$scratch/said" 2>&1 || die "dpkg $*: $(cat "$scratch/said")"; }
# Folders that every distribution with RPM has.
inside mkdir -p /usr/share/licenses /usr/share/zsh/site-functions
changed >"$scratch/before"
folders >"$scratch/folders"

dpkg_ -i /gowrap.deb
! grep -i warning "$scratch/said" || die 'dpkg warns'
inside dpkg -V gowrap || die 'dpkg -V: what is installed is not what was packed'
shims=/usr/lib/gowrap/shims
[ "$(inside $shims/go version)" = "$(inside go version)" ] || die 'the link does not lead to go'
[ "$(inside bash -lc 'command -v go')" != $shims/go ] || die 'installing it changed a PATH'
inside sed -i 's/^#PATH=/PATH=/' /etc/profile.d/gowrap.sh
[ "$(inside dash -lc 'command -v go')" = $shims/go ] || die 'the line of profile.d does not work'
# shellcheck disable=SC2016
inside bash -c '. /usr/share/bash-completion/bash_completion; COMP_WORDS=(gowrap doc); COMP_CWORD=1; _comp_load gowrap 2>/dev/null ||
    __load_completion gowrap; _gowrap; [ "${COMPREPLY[*]}" = doctor ]' || die 'bash finds no completion'
inside zsh -fc 'autoload -U compinit; compinit -D -u; (( $+_comps[gowrap] ))' || die 'zsh finds no completion'
[ -n "$(inside XDG_CONFIG_HOME=/fish XDG_DATA_HOME=/fish fish -c 'complete -C "gowrap doc"')" ] || die 'fish finds no completion'
rm -rf "$root/fish"
said=$(inside gowrap setup --dry-run)
grep -qF "make folder    /root/.local/share/gowrap/shims" <<<"$said" && die "setup makes links though the package has them: $said"
inside sh -c 'gowrap setup >/dev/null && bash -lc "command -v go" && gowrap setup --remove >/dev/null' >"$scratch/said"
[ "$(cat "$scratch/said")" = $shims/go ] || die "setup does not use the package's links: $(cat "$scratch/said")"

# An installation over the same version, as in an update. The line that was turned on stays.
dpkg_ -i /gowrap.deb
inside grep -q '^PATH=' /etc/profile.d/gowrap.sh || die 'an update switches the line off'
dpkg_ -r gowrap
[ "$(inside bash -lc 'command -v go')" != $shims/go ] || die 'a removed package is still on PATH'
inside go version >/dev/null || die 'go is gone with the package'
dpkg_ -P gowrap
# The .rpm, with a separate database, because this machine does not use RPM.
cp "$scratch"/first/gowrap-*.rpm "$root/gowrap.rpm"
rpm_() { inside rpm --dbpath /gowrap.rpmdb "$@" >"$scratch/said" 2>&1 || die "rpm $*: $(cat "$scratch/said")"; }
rpm_ -i /gowrap.rpm
rpm_ -V gowrap
[ "$(inside $shims/go version)" = "$(inside go version)" ] || die "the .rpm's link does not lead to go"
for file in man/man1/gowrap.1.gz licenses/gowrap/LICENSE-MIT zsh/site-functions/_gowrap; do
    [ -s "$root/usr/share/$file" ] || die "the .rpm has no $file"
done
rpm_ -e gowrap
rm -rf "$root/gowrap.rpm" "$root/gowrap.rpmdb"
changed | diff "$scratch/before" - || die 'something is left, or gone'
folders | diff "$scratch/folders" - || die 'a folder is left'
