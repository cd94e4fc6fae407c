# Drives: a user's own mount counts as a Windows drive for all users, or makes every file on it look like root's.
#
# mallory mounts a file system by fusermount3, which any user may. Its source can be `C:`, and its server says that all
# files belong to root. Expected: it is no drive, and nothing on it is trusted.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

# mounted SOURCE FOLDER [OPTION]: mallory's files in ~/files, seen at FOLDER as root's.
mounted() {
    mkdir -p /home/mallory/files
    mkdir -p "$2"
    chown -R mallory: /home/mallory/files "$2"
    chmod -R a+rX /home/mallory/files
    as mallory "/usr/local/lib/adversary/drive '$1' '$2' '${contents-/home/mallory/files}' $3 || touch /run/notes/denied"
    if [ -e /run/notes/denied ]; then
        cannot 'fusermount3 or /dev/fuse is not to be had'
        return 1
    fi
    control "mallory's mount is there" grep -aq " $2 " /proc/self/mountinfo
    [ "${contents-}" = dead ] || control 'its root looks like a folder of root' [ "$(stat -c %u "$2")" = 0 ]
}

# SOURCE [OPTION]: paths of C: lead to mallory's mount.
becomes_c() {
    evil '/home/mallory/files/Program Files/Go/bin/go.exe'
    evil /home/mallory/files/Go/bin/go.exe
    evil /home/mallory/files/go/bin/go
    mounted "$1" /home/mallory/c "${2-}" || return
    local user
    for user in root alice; do
        stripped $user 'gowrap path -u "C:\\x" >/run/notes/path; go build -o "C:\\out\\x.exe" "C:\\src\\..."'
        harm "C: is mallory's mount for $user" grep -aq mallory /run/notes/path
        harm "$user's go is led to mallory's mount" grep -aqE "^$user ran .*/home/mallory" /run/proof
        rm -f /run/notes/path
    done
    stripped alice 'gowrap --explain=json go version >/run/notes/explained'
    control 'there is an explanation' test -s /run/notes/explained
    harm 'it is listed as a drive' grep -aq '"mount": *"/home/mallory' /run/notes/explained
    # With no Go of its own, gowrap looks on the Windows side.
    rm -f /usr/bin/go
    stripped root 'go version; cd /home/mallory/c; go version'
    stripped root 'PATH=$PATH:/home/mallory/c/nothing go version'
    harm "an ELF of mallory's ran as root" proof 'root ran evil'
}

# The files on the mount look like root's, and every folder above the mount belongs to root.
looks_like_roots() {
    evil /home/mallory/files/bin/dlv
    evil /home/mallory/files/bin/go
    evil /home/mallory/files/evil
    mkdir -p /home/mallory/files/gowrap
    printf '[tools.go]\npath = "%s"\n' "$1/evil" >/home/mallory/files/gowrap/config.toml
    cp /usr/local/bin/gowrap /home/mallory/files/gowrap/gowrap
    mounted "${2-mallory}" "$1" "${3-}" || return
    control "the program looks like root's" [ "$(stat -c %u "$1/bin/dlv")" = 0 ]
    local name
    for name in GOPATH GOBIN GOROOT; do
        GIVEN=("$name=$1")
        [ $name != GOBIN ] || GIVEN=("$name=$1/bin")
        below mallory 'su -c' -- 'dlv version'
        harm "a program of mallory's ran as root, by $name" proof 'root ran evil'
    done
    GIVEN=("GOWRAP_CONFIG=$1/gowrap/config.toml")
    below mallory 'su -c' -- 'go version'
    harm "a program of mallory's ran as root, by GOWRAP_CONFIG" proof 'root ran evil'
    GIVEN=("XDG_CONFIG_HOME=$1")
    below mallory 'su -c' -- 'go version'
    harm "a program of mallory's ran as root, by XDG_CONFIG_HOME" proof 'root ran evil'
    GIVEN=("XDG_DATA_HOME=$1" "XDG_CONFIG_HOME=$1")
    below mallory 'su -c' -- 'gowrap setup'
    harm "root's profile reads a file there" grep -aqF "$1" /root/.profile /root/.bashrc
    rm -f /usr/local/bin/gofmt
    "$1/gowrap/gowrap" setup --system
    harm "all users' tools are links to it" sh -c "readlink /usr/local/bin/gofmt | grep -aqF '$1'"
    : >/run/proof
    GIVEN=("GOPATH=$1")
    as mallory 'PATH=$GOPATH/bin:$PATH; dlv version; go version'
    control 'the programs do run where the caller has them on PATH' proof 'mallory ran evil'
}
# The same for alice: the mount is at a place that her own PATH has not.
for_alice() {
    evil /home/mallory/files/bin/dlv
    mounted mallory /tmp/mount '' || return
    GIVEN=(GOPATH=/tmp/mount)
    below mallory 'su alice -c' -- 'dlv version'
    harm "a program of mallory's ran as alice" proof 'alice ran evil'
    : >/run/proof
    as mallory 'dlv version; PATH=/tmp/mount/bin:$PATH; dlv version; /tmp/mount/bin/dlv version'
    control 'it runs' proof 'mallory ran evil'
}

# A mount that never answers must stop no call.
dead() {
    contents=dead
    mounted "$1" "$2" "${3-}" || return
    control 'a look at it hangs' none timeout 1 stat "$2/x"
    local user command commands=('go version' 'go build -o "C:\\out\\x.exe"' 'gowrap --explain go version'
        'gowrap --explain=json dlv dap --listen :2345' 'gowrap path -w /etc' 'gowrap path -u "C:\\x"' 'gowrap doctor' 'gowrap doctor --record'
        'gowrap env show' 'gowrap setup --dry-run' 'gowrap setup --editor vscode'
        "env GOPATH=$2 dlv version" "env GOBIN=$2 gopls version" "env GOROOT=$2 gofmt -l" "env GOWRAP_CONFIG=$2/x go version"
        "env XDG_CONFIG_HOME=$2 go vet" "env GOWRAP_LOG=info GOWRAP_LOG_FILE=$2/log go list"
        "env WSL_INTEROP=$2/socket gowrap --explain go env" "env ZDOTDIR=$2 gowrap setup --dry-run"
        "env XDG_DATA_HOME=$2 gowrap setup --dry-run" "env XDG_CONFIG_HOME=$2/x gowrap setup --dry-run"
        "env HOME=$2 gowrap env capture")
    install -m 666 /dev/null /run/notes/hang
    # All of them at once: each has to end within its time.
    for user in root alice; do
        for command in "${commands[@]}"; do
            printf '%s: %s\n' "$user" "$command" >"/run/notes/call-$user-${#command}"
            stripped $user "timeout -s KILL 15 $command; [ \$? != 137 ] || cat /run/notes/call-$user-${#command} >>/run/notes/hang" &
        done
    done
    wait
    for user in root alice; do
        for command in "${commands[@]}"; do harm "$user's '$command' hangs" grep -aqxF "$user: $command" /run/notes/hang; done
    done
    : >/run/proof
    stripped alice 'go version'
    control 'go runs' proof 'alice ran /usr/bin/go version'
}

attack 'the source is C:' becomes_c C:
attack 'the source is C:\' becomes_c 'C:\\'
attack 'the source is c:/' becomes_c c:/
attack 'the type is fuse.drvfs' becomes_c drvfs subtype=drvfs
attack 'the type is fuse.9p, the source C:' becomes_c C: subtype=9p
attack 'the type is fuse.virtiofs' becomes_c drvfsC subtype=virtiofs
attack 'the source has aname=drvfs' becomes_c 'C:;aname=drvfs'
attack 'the source has an escape and a type of its own' becomes_c '/x - 9p C:'
attack 'a mount in /tmp looks like root' looks_like_roots /tmp/mount
attack 'a mount in /tmp looks like root, its source is a device' looks_like_roots /tmp/mount /dev/sda1 subtype=ext4
attack 'a mount in /tmp looks like root, its source is C:' looks_like_roots /tmp/mount C:
attack "a mount in mallory's home looks like root" looks_like_roots /home/mallory/mount
attack 'a mount in /tmp, for alice' for_alice
attack 'a dead mount with the source C:' dead C: /home/mallory/c
attack 'a dead mount in /tmp' dead mallory /tmp/mount
attack 'a dead mount of type fuse.drvfs' dead drvfs /home/mallory/c subtype=drvfs
