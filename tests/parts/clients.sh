#!/usr/bin/env bash
# real programs call go, gofmt, gopls and dlv through the shims: Neovim, Emacs, a debug client, make, go generate,
# pre-commit
#
# Each client runs twice in a fresh copy of a module: with the tools on PATH, and with the shims before them. Both runs
# must give the same output, status and files, and gowrap's log must name the tools.
set -euo pipefail
cd "$(dirname "$0")/../.."

die() {
    printf 'tests/parts/clients.sh: %s\n' "$*" >&2
    exit 1
}

# With /run/WSL, gowrap detects WSL 2, so all stages run. The folder is in the test's own mount namespace.
if [ "${1:-}" != inside ]; then
    [ -n "${GOWRAP_BIN:-}" ] || die 'GOWRAP_BIN does not name the shipped binary: tests/run.sh sets it'
    as_root=(-m)
    [ "$(id -u)" = 0 ] || as_root=(-Urm)
    modules=$(tests/debugger/fetch)
    scratch=$(mktemp -d)
    trap 'rm -rf --one-file-system "$scratch"' EXIT
    NODE_PATH=$modules GOCACHE=${GOCACHE:-$(go env GOCACHE)} unshare "${as_root[@]}" bash "$0" inside "$scratch"
    exit
fi
scratch=$2
mount -t tmpfs none /run
# root can log only there and below its home.
mount -t tmpfs none /var/log
mkdir /run/WSL

clients=$PWD/tests/clients
launcher=$(sed -n "s/^launcher='\(.*\)'\$/\1/p" install/install.sh)
mkdir "$scratch/shims" "$scratch/home" "$scratch/pre-commit"
programs=$(sed -n "s/^programs='\(.*\)'\$/\1/p" install/install.sh)
for program in $programs; do cp "$(dirname "$GOWRAP_BIN")/$program" "$scratch/$program"; done
for name in $("$GOWRAP_BIN" setup --names); do ln -s "../$launcher" "$scratch/shims/$name"; done

GOWRAP_EXPLAIN=json "$scratch/shims/go" version | grep -q '"kind": *"wsl2"' || die 'gowrap does not take this for WSL 2'

module=$scratch/module
direct=/usr/local/bin:/usr/bin:/bin
# run NAME PATH COMMAND [ARG]...: output, errors, status and changed files go to NAME.*
run() {
    local name=$1 path=$2 status=0
    shift 2
    rm -rf "$module"
    cp -r "$clients/module" "$module"
    # gofmt reports this file. All other files must be formatted.
    printf 'package main\n\nfunc  twice( n int )int{return n*2}\n\nvar _ = twice\n' >"$module/unformatted.go"
    git -C "$module" init --quiet
    git -C "$module" add --all
    (cd "$module" && exec env -i PATH="$path" HOME="$scratch/home" USER=me LOGNAME=me LANG=C.UTF-8 TERM=dumb GOCACHE="$GOCACHE" \
        GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local NODE_PATH="$NODE_PATH" PRE_COMMIT_HOME="$scratch/pre-commit" \
        GIT_CONFIG_GLOBAL=/dev/null WSL_DISTRO_NAME=Debian GOWRAP_LOG=debug GOWRAP_LOG_FILE="/var/log/${name##*/}.log" \
        CLIENT_FILE="$module/main.go" CLIENT_LINE=12 CLIENT_COLUMN=21 CLIENT_UNFORMATTED="$module/unformatted.go" \
        timeout 100 "$@") >"$name.out" 2>"$name.err" </dev/null || status=$?
    echo "$status" >"$name.status"
    (cd "$module" && find . -path ./.git -prune -o -type f ! -name hello -printf '%p %m\n' -exec sha256sum {} \; | sort) >"$name.files"
}

# compare NAME STATUS WORD TOOLS COMMAND [ARG]...: the output holds WORD, and the log names each of TOOLS.
compare() {
    local name=$1 status=$2 word=$3 tools=$4 part tool
    local began=$SECONDS there=$scratch/$1-direct here=$scratch/$1-shims log=/var/log/$1-shims.log
    shift 4
    run "$there" "$direct" "$@"
    run "$here" "$scratch/shims:$direct" "$@"
    [ "$(cat "$there.status")" = "$status" ] || die "$name: status $(cat "$there.status") without gowrap: $(cat "$there.out" "$there.err")"
    grep -q -e "$word" "$there.out" "$there.err" || die "$name: no $word without gowrap: $(cat "$there.out" "$there.err")"
    for part in status out err files; do
        diff "$there.$part" "$here.$part" || die "$name: another $part through gowrap"
    done
    [ ! -e "/var/log/$name-direct.log" ] || die "$name: the direct run went through gowrap"
    for tool in $tools; do
        grep -q "runs path=[^ ]*/$tool " "$log" || die "$name: $tool did not go through gowrap: $(cat "$log")"
    done
    printf '%s: %d s\n' "$name" $((SECONDS - began))
}

compare neovim 0 'greet/greet.go:4:5' 'gopls go' nvim --headless --clean -c "luafile $clients/neovim.lua" +qa!
grep -qx 'func twice(n int) int { return n \* 2 }' "$scratch/neovim-shims.out" || die 'neovim: the file is not formatted'
# Emacs prints its progress in any order.
# shellcheck disable=SC2016
compare emacs 0 'greet/greet.go:4:5' 'gopls go' sh -c 'emacs --batch -l "$1" 2>~/said || { cat ~/said >&2; exit 1; }' sh "$clients/emacs.el"
grep -qx 'func twice(n int) int { return n \* 2 }' "$scratch/emacs-shims.out" || die 'emacs: the file is not formatted'

# The debug client also reports values that differ: the environment, and argv[0], the path of the tool that was found.
session='{"dlv": ["dlv", "dap"], "cwd": "'$module'", "launch": {"mode": "debug", "program": "'$module'"}, "source": "'$module'/greet/greet.go",
    "line": 6, "variable": "name", "end": "disconnect"}'
# shellcheck disable=SC2016
compare dlv 0 '"value":"\\"gowrap\\""' dlv sh -c 'node "$1" "$2" | sed "s/\"environ\":\[[^]]*\],//;s/\"argv\":\[\"[^\"]*\"/\"argv\":[/"' sh \
    "$PWD/tests/debugger/editor.js" "$session"

compare make 0 'hello, gowrap' 'go gofmt' make all
compare make-fails 2 'Error 1' go make fails
compare generate 0 'for main.go of main' go go generate ./...
grep -q generated.go "$scratch/generate-shims.files" || die 'go generate: it writes no file'
compare pre-commit 1 '^unformatted.go' 'go gofmt' pre-commit run --all-files --color never
