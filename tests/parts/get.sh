#!/usr/bin/env bash
# install/get.sh on a bare Debian: a new user reaches `go version` in less than a minute, without Rust and without root
set -euo pipefail
cd "$(dirname "$0")/../.."

die() {
    printf 'tests/parts/get.sh: %s\n' "$*" >&2
    exit 1
}

# All mounts are in a namespace and end with it. The folder is removed outside the namespace, where it has no mounts.
if [ "${1:-}" != inside ]; then
    [ -n "${GOWRAP_BIN:-}" ] || die 'GOWRAP_BIN does not name the shipped binary: tests/run.sh sets it'
    as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die 'not root and no sudo: a new account cannot be made'
        as_root=(sudo -n --preserve-env env "PATH=$PATH")
    fi
    scratch=$(mktemp -d)
    trap '"${as_root[@]}" rm -rf --one-file-system "$scratch"' EXIT
    "${as_root[@]}" unshare -m --propagation private bash "$0" inside "$scratch"
    exit
fi
scratch=$2
root=$scratch/root
chmod 755 "$scratch"
mkdir "$root"
mount -t tmpfs -o mode=755 none "$root"

# The packages of a bare Debian: the required ones with their dependencies, and curl, wget and Go. No compiler, Rust or
# git.
python3 - <<'PYTHON' >"$scratch/files"
import os
import re
import subprocess

shown = subprocess.run(
    ["dpkg-query", "-W", "-f=${Package}\t${Architecture}\t${Priority}\t${Provides}\t${Pre-Depends}, ${Depends}\n"],
    check=True, capture_output=True, text=True,
).stdout
packages, provided = {}, {}
for line in shown.splitlines():
    name, architecture, priority, provides, depends = line.split("\t")
    packages[name] = (architecture, priority, depends)
    for word in re.findall(r"[a-z0-9][a-z0-9+.-]+", re.sub(r"\(.*?\)", "", provides)):
        provided.setdefault(word, name)
ahead = [name for name, (_, priority, _) in packages.items() if priority == "required"] + ["bash", "curl", "wget", "ca-certificates", "golang-go"]
chosen = set()
while ahead:
    name = ahead.pop()
    name = name if name in packages else provided.get(name)
    if name is None or name in chosen:
        continue
    chosen.add(name)
    for wish in packages[name][2].split(","):
        names = [re.sub(r"[(:].*", "", word).strip() for word in wish.split("|")]
        ahead += [word for word in names if word in packages or word in provided][:1]
assert "gcc" not in chosen and "git" not in chosen, sorted(chosen)
for name in sorted(chosen):
    for path in (f"/var/lib/dpkg/info/{name}.list", f"/var/lib/dpkg/info/{name}:{packages[name][0]}.list"):
        if os.path.exists(path):
            with open(path) as file:
                lines = [line.strip() for line in file]
            # Go is large, so it is mounted.
            print("\n".join(line.lstrip("/") for line in lines if os.path.lexists(line) and line != "/." and not re.match("/usr/(lib|share)/go-", line)))
PYTHON
# /bin, /lib and others are links into /usr.
for link in /bin /sbin /lib*; do
    [ ! -L "$link" ] || { cp -a "$link" "$root$link" && mkdir -p "$root/$(readlink "$link")"; }
done
tar -C / --no-recursion -cf - -T "$scratch/files" | tar -C "$root" -xpf -
for folder in /usr/lib/go-* /usr/share/go-*; do
    mkdir -p "$root$folder"
    mount --bind "$folder" "$root$folder"
done
# Packages make the links of /etc/alternatives, the accounts and the devices when they are installed.
for place in /etc/alternatives /etc/passwd /etc/group /etc/shadow /etc/gshadow /usr/bin/which /usr/bin/awk; do
    [ -e "$root$place" ] || cp -a --parents "$place" "$root" 2>/dev/null || :
done
mkdir -p "$root"/{proc,dev,tmp,root}
chmod 1777 "$root/tmp"
mount --bind /proc "$root/proc"
for device in null zero urandom; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
for program in rustc cargo cc gcc git python3; do
    if chroot "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin /bin/sh -c "command -v $program" >/dev/null; then die "the bare machine has $program"; fi
done

# A server for releases; the kernel chooses its port.
mkdir "$scratch/site"
release=$scratch/site/release
install/release.sh --out "$release" --programs "$(dirname "$GOWRAP_BIN")" >/dev/null
python3 -u -m http.server --bind 127.0.0.1 --directory "$scratch/site" 0 >"$scratch/server" 2>&1 &
server=$!
trap 'kill "$server"' EXIT
for _ in $(seq 100); do
    port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$scratch/server")
    [ -z "$port" ] || break
    sleep 0.1
done
[ -n "$port" ] || die "no server: $(cat "$scratch/server")"
site=http://127.0.0.1:$port

chroot "$root" /usr/sbin/useradd --create-home --shell /bin/bash ana
home=$root/home/ana
as_ana() {
    chroot --userspec=ana:ana "$root" /usr/bin/env -i HOME=/home/ana USER=ana LOGNAME=ana TERM=dumb PATH=/usr/local/bin:/usr/bin:/bin "$@"
}
# Contents, kinds, modes, owners and links.
tree() {
    (cd "$home" && find . ! -type d -printf '%p %y %#m %U:%G %n %s %l\n' -o -printf '%p %y %#m %U:%G\n' | sort && find . -type f -exec sha256sum {} + | sort)
}
tree >"$scratch/before"
get() { as_ana sh -c "curl -fsSL $site/release/get.sh | sh -s -- \"\$@\"" sh "$@" >"$scratch/said" 2>&1; }

# If the download is wrong, nothing is installed and nothing is left.
refused() {
    local name=$1 word=$2
    shift 2
    if get "$@"; then die "$name: it installs: $(cat "$scratch/said")"; fi
    grep -q -- "$word" "$scratch/said" || die "$name: $(cat "$scratch/said")"
    tree | diff "$scratch/before" - || die "$name: something is written"
    [ -z "$(ls -A "$root/tmp")" ] || die "$name: /tmp: $(ls -A "$root/tmp")"
}
archive=$(cd "$release" && echo gowrap-*-unknown-linux-musl.tar.gz)
for fault in changed cut missing foreign unsummed slash; do cp -r "$release" "$scratch/site/$fault"; done
printf x >>"$scratch/site/changed/$archive"
truncate -s 10000 "$scratch/site/cut/$archive"
rm "$scratch/site/missing/$archive"
sed -i 's/x86_64-unknown\|aarch64-unknown/riscv64-unknown/' "$scratch/site/foreign/SHA256SUMS"
rm "$scratch/site/unsummed/SHA256SUMS"
sed -i 's,  gowrap-,  ../gowrap-,' "$scratch/site/slash/SHA256SUMS"
refused 'a changed archive' 'is wrong, so nothing was installed' --from "$site/changed"
refused 'half an archive' 'is wrong, so nothing was installed' --from "$site/cut"
refused 'no archive' 'cannot download' --from "$site/missing"
refused 'no archive for this machine' 'lists no archive for' --from "$site/foreign"
refused 'no checksums' 'cannot download' --from "$site/unsummed"
refused 'a name with a slash' 'lists no archive for' --from "$site/slash"
refused 'a server that is not there' 'cannot download' --from http://127.0.0.1:1/
refused 'an unencrypted address' 'is not encrypted' --from http://example.org/gowrap
refused 'no address' 'needs an address' --from gowrap
refused 'nothing to remove' 'is not installed there' --uninstall
# A script that is cut off at any place does nothing.
for part in 1 2 3 4 5 6 7 8 9 10; do
    head -c $(($(wc -c <install/get.sh) * part / 10 - 3)) install/get.sh >"$home/part.sh"
    as_ana sh /home/ana/part.sh --from "$site/release" >/dev/null 2>&1 || :
    rm "$home/part.sh"
    tree | diff "$scratch/before" - || die "part $part of the script writes something"
done

began=$SECONDS
get --from "$site/release" || die "$(cat "$scratch/said")"
found=$(as_ana bash -lc 'command -v go && go version && command -v gowrap')
took=$((SECONDS - began))
shims=/home/ana/.local/share/gowrap/shims
[ "$found" = "$shims/go
$(as_ana /usr/bin/go version)
$shims/gowrap" ] || die "after the installation: $found"
[ "$took" -lt 60 ] || die "it took $took s"
grep -q 'its SHA-256 is' "$scratch/said" || die "$(cat "$scratch/said")"
[ -z "$(ls -A "$root/tmp")" ] || die "/tmp: $(ls -A "$root/tmp")"
[ -s "$home/.local/share/gowrap/man/man1/gowrap.1" ] || die 'there is no manual'
printf 'from nothing to go version: %d s\n' "$took"

# A second run changes nothing, with curl or with wget.
tree >"$scratch/first"
get --from "$site/release" || die "again: $(cat "$scratch/said")"
tree | diff "$scratch/first" - || die 'a second run changes something'
rm "$root/usr/bin/curl"
as_ana sh -c "wget -qO- $site/release/get.sh | GOWRAP_RELEASE_URL=$site/release sh" >"$scratch/said" 2>&1 || die "with wget: $(cat "$scratch/said")"
grep -q 'is up to date' "$scratch/said" || die "with wget: $(cat "$scratch/said")"
tree | diff "$scratch/first" - || die 'a run with wget changes something'

# Removal needs no network.
kill "$server"
trap - EXIT
cp install/get.sh "$home/get.sh"
as_ana sh /home/ana/get.sh --uninstall >"$scratch/said" 2>&1 || die "out: $(cat "$scratch/said")"
rm "$home/get.sh"
tree | diff "$scratch/before" - || die 'something is left, or changed'
