#!/bin/sh
# Prints the folder that holds a pinned mise, fetched with npm into the user's cache if it is not there.
set -eu
version=2026.9.15
case $(uname -m) in
x86_64)
    machine=x64
    sum=b51f2463bc4fcdc3b0959b1454792f64be3612e73d856cbca4a062e39e070e74
    ;;
*)
    echo "tests/support/current-mise.sh: no sum is known for $(uname -m)" >&2
    exit 1
    ;;
esac
cache=${XDG_CACHE_HOME:-$HOME/.cache}/gowrap-tests
place=$cache/mise-$version-$machine
if [ ! -x "$place/package/bin/mise" ]; then
    mkdir -p "$cache"
    fresh=$(mktemp -d "$cache/fetching.XXXXXX")
    trap 'rm -rf "$fresh"' EXIT
    archive=$(cd "$fresh" && npm pack --silent "@jdxcode/mise-linux-$machine@$version" | tail -n 1)
    printf '%s  %s\n' "$sum" "$fresh/$archive" | sha256sum --quiet -c - >&2
    tar -C "$fresh" -xzf "$fresh/$archive"
    rm -f "$fresh/$archive"
    chmod 755 "$fresh"
    # Another run may have fetched the same in the meantime.
    mv -T "$fresh" "$place" 2>/dev/null || [ -x "$place/package/bin/mise" ]
fi
printf '%s\n' "$place/package/bin"
