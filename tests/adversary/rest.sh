# The rest: a setuid copy, sockets that another user made, output that steers a terminal, and filters on system calls.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

# A copy of gowrap that runs with more rights than its caller has (AT_SECURE) obeys nothing of the caller's: it ends with 125.
with_more_rights() {
    evil /home/mallory/evil
    mkdir -p /opt/copy /home/mallory/.config/gowrap
    printf '[tools.go]\npath = "/home/mallory/evil"\n' >/home/mallory/.config/gowrap/config.toml
    chown -R mallory: /home/mallory
    install -m 755 /usr/local/bin/gowrap* /opt/copy/
    ln -s "$(basename "$copy")" /opt/copy/go
    as mallory '/opt/copy/go version'
    control 'without more rights, it obeys its caller' proof 'mallory ran evil'
    : >/run/proof
    "$@" || { cannot "no such rights: $*"; return; }
    local call calls=('/opt/copy/go version' 'GOWRAP_BYPASS=1 /opt/copy/go version' 'GOWRAP_EXPLAIN=1 /opt/copy/go version' "(exec -a go $copy version)" "(exec -a other $copy version)")
    [ "$copy" != /opt/copy/gowrap ] || calls+=('/opt/copy/gowrap go version' '/opt/copy/gowrap --explain go version' '/opt/copy/gowrap doctor' \
        '/opt/copy/gowrap env capture' '/opt/copy/gowrap setup' '/opt/copy/gowrap version')
    for call in "${calls[@]}"; do
        as mallory "$call; echo \$? >/run/notes/status"
        harm "'$call' does not end with 125" none grep -aqx 125 /run/notes/status
        rm -f /run/notes/status
    done
    harm "a program ran" grep -aqE ' ran ' /run/proof
}
setuid() { chown alice "$copy" && chmod 4755 "$copy"; }
setuid_root() { chmod 4755 "$copy"; }
setgid() { chgrp alice "$copy" && chmod 2755 "$copy"; }
capability() { setcap cap_dac_override+ep "$copy"; }
of_shim() {
    [ -e /usr/local/bin/gowrap-shim ] || { cannot 'no gowrap-shim'; return; }
    copy=/opt/copy/gowrap-shim with_more_rights "$@"
}
copy=/opt/copy/gowrap

# An interop socket is a way to Windows: go.exe's command line and variables go through it.
# WAY: root's go, which can only be the Windows one, finds sockets of mallory's.
windows_go() {
    mkdir -p /mnt/c
    mount -t tmpfs 'C:\' /mnt/c
    mkdir -p '/mnt/c/Program Files/Go/bin'
    # The first bytes of a Windows program, as much as tells what it is.
    python3 - '/mnt/c/Program Files/Go/bin/go.exe' <<'END'
import struct, sys
header = bytearray(b'MZ' + bytes(58) + struct.pack('<I', 64))
header += b'PE\0\0' + struct.pack('<HHIIIHH', 0x8664, 1, 0, 0, 0, 240, 0x22)
header += struct.pack('<HBBIIIII', 0x20b, 14, 0, 512, 0, 0, 0x1000, 0x1000) + struct.pack('<QIIHHHHHHIIIIHHQQQQII', 0x140000000, 0x1000, 512, 6, 0, 0, 0, 6, 0, 0, 0x2000, 512, 0, 3, 0, 1 << 20, 4096, 1 << 20, 4096, 0, 16) + bytes(128)
header += b'.text\0\0\0' + struct.pack('<IIIIIIHHI', 16, 0x1000, 512, 512, 0, 0, 0, 0, 0x60000020)
open(sys.argv[1], 'wb').write(bytes(header).ljust(1024, b'\0'))
END
    chmod -R 755 /mnt/c
    rm -f /usr/bin/go
    install -m 755 /usr/local/lib/adversary/tool /init
    ln -sf /init /usr/bin/wslinfo
    cat >/run/bin/listen <<'END'
#!/usr/bin/python3
# A listener under the name of each process's socket. A connection is written down.
import os, selectors, socket, sys
chosen = selectors.DefaultSelector()
for path in sys.argv[1:]:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
        os.chmod(path, 0o777)
    except FileExistsError:
        continue
    except OSError:
        if not os.path.exists(path):
            continue
    listener.listen()
    chosen.register(listener, selectors.EVENT_READ, path)
open('/run/notes/listening', 'w').close()
while True:
    for key, _ in chosen.select():
        key.fileobj.accept()[0].close()
        open('/run/notes/connections', 'a').write(key.data + '\n')
END
    chmod 755 /run/bin/listen
    touch /run/notes/connections
    chmod 666 /run/notes/connections
}
listening() {
    local sockets=${2:-'/run/WSL/{1..400}_interop'}
    as "$1" "/run/bin/listen $sockets & exit" &
    for _ in $(seq 50); do [ -e /run/notes/listening ] && break; sleep 0.1; done
}
sockets() {
    windows_go
    listening mallory "${2-}"
    ${3:+eval "$3"}
    GIVEN=(${4:+"$4"})
    below mallory "$1" -- "cd /mnt/c; ${5-} go version"
    harm "root's Windows go is handed a socket of mallory's" grep -aqE '^root has WSL_INTEROP=' /run/proof
    harm "root connects to mallory's socket" test -s /run/notes/connections
    # Sockets of root's own do serve.
    pkill -KILL -f /run/bin/listen
    rm -rf /run/WSL/* /run/notes/listening
    : >/run/proof
    listening root
    below mallory 'su - -c' -- 'cd /mnt/c; go version'
    control "a socket of root's serves" grep -aqE '^root has WSL_INTEROP=' /run/proof
}

# A mount of mallory's shows root as the owner of a socket that he listens on.
sockets_on_fuse() {
    install -d -o mallory /home/mallory/files /home/mallory/mount
    as mallory "/usr/local/lib/adversary/drive mallory /home/mallory/mount /home/mallory/files || touch /run/notes/denied"
    [ ! -e /run/notes/denied ] || { cannot 'fusermount3 or /dev/fuse is not to be had'; return; }
    sockets "$1" /home/mallory/mount/mine "control 'the socket looks like one of root' [ \"\$(stat -c '%u %F' $2)\" = '0 socket' ]" "WSL_INTEROP=$2"
}

# The output of gowrap has no byte that a terminal acts on.
esc=$'\033' csi=$'\302\233' raw=$'\233' rtl=$'\342\200\256' isolate=$'\342\201\246' bell=$'\a' del=$'\177' mark=$'\342\200\217' osc=$'\302\235'
acts() { LC_ALL=C grep -aqP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xd8\x9c' "$1"; }
# A C1 byte that is no part of UTF-8 acts on a terminal of eight bits.
acts8() { acts "$1" || ! iconv -f UTF-8 -t UTF-8 "$1" >/dev/null 2>&1; }
# BYTES COMMAND: the words of /run/notes/words are the arguments that have the bytes.
prints() {
    printf '%s\0' "C:\\x$1y" "./$1/..." "-o=C:\\$1" >/run/notes/words
    tr '\0' '\n' </run/notes/words >/run/notes/lines
    mkdir -p /home/alice/p
    chown alice: /home/alice/p
    # shellcheck disable=SC2016
    as alice 'mapfile -d "" -t words </run/notes/words; cd ~/p; '"$2"' >/run/notes/out 2>&1'
    control 'something is printed' test -s /run/notes/out
    # script(1) and readers of lines put a CR before each LF.
    sed -i 's/\r$//' /run/notes/out
    harm 'what is printed steers a terminal' acts8 /run/notes/out
    control 'the words have such bytes' acts8 /run/notes/lines
}
# The line that --explain=sh prints is exact for all that.
round_trip() {
    local bytes
    for bytes in "${esc}[31m" "$csi" "$rtl" "$isolate" "$bell" "$del" "a"$'\n'"b" "a"$'\t'"b" "\$(touch /run/notes/ran)" "\`touch /run/notes/ran\`" "'" '"' '!x' '*' '~'; do
        : >/run/proof
        printf '%s\0' "./$bytes/..." >/run/notes/words
        # shellcheck disable=SC2016
        as alice 'mapfile -d "" -t words </run/notes/words; gowrap --explain=sh go build "${words[@]}" >/run/notes/line; sh /run/notes/line'
        control 'there is a line' test -s /run/notes/line
        harm 'the line runs something else' test -e /run/notes/ran
        harm "the line is not exact: $(printf %q "$bytes")" none grep -aqF "${bytes%%$'\n'*}/" <(sed -n 's/^alice ran .usr.bin.go build //p' /run/proof; [ "${bytes#*$'\n'}" = "$bytes" ] || echo "${bytes%%$'\n'*}/")
        harm 'the line steers a terminal' acts8 /run/notes/line
    done
}

# CALL ERROR: `go` below a filter.
filtered() {
    stripped alice "/usr/local/lib/adversary/filter $1 $2 go version; echo \$? >/run/notes/status"
    harm "go does not run: status $(cat /run/notes/status)" none proof 'alice ran /usr/bin/go version'
    : >/run/proof
    rm -f /usr/bin/go
    mkdir -p /usr/local/go/bin
    install -m 755 /usr/local/lib/adversary/tool /usr/local/go/bin/go
    stripped alice "/usr/local/lib/adversary/filter $1 $2 go version"
    harm 'a go in a usual place does not run' none proof 'alice ran /usr/local/go/bin/go version'
    # The filter is one: a call that the program cannot do without ends it.
    /usr/local/lib/adversary/filter 257 1 cat /etc/hostname
    control 'the filter filters' [ $? != 0 ]
}

attack 'a setuid copy of alice' with_more_rights setuid
attack 'a setuid copy of root' with_more_rights setuid_root
attack 'a setgid copy' with_more_rights setgid
attack 'a copy with a capability' with_more_rights capability
attack 'a setuid copy of alice, gowrap-shim' of_shim setuid
attack 'a setuid copy of root, gowrap-shim' of_shim setuid_root
attack 'a setgid copy, gowrap-shim' of_shim setgid
attack 'a copy with a capability, gowrap-shim' of_shim capability
attack "sockets of mallory's: su -" sockets 'su - -c'
attack "sockets of mallory's: sudo -i" sockets 'sudo -i'
attack "sockets of mallory's: su, which keeps WSL_INTEROP" sockets 'su -c'
attack "sockets of mallory's: WSL_INTEROP names one" sockets 'su -c' /run/WSL/mine '' WSL_INTEROP=/run/WSL/mine
attack "sockets of mallory's: WSL_INTEROP names an ancestor's" sockets 'sudo -E' '' '' WSL_INTEROP=/run/WSL/8_interop 'export WSL_INTEROP=/run/WSL/${PPID}_interop;'
attack "sockets of mallory's: behind links of mallory's" sockets 'su - -c' /run/notes/mine 'as mallory "for n in {1..400}; do ln -s /run/notes/mine /run/WSL/\${n}_interop; done"'
attack "sockets of mallory's: on a mount of his, which su keeps" sockets_on_fuse 'su -c' /home/mallory/mount/mine
attack "sockets of mallory's: on a mount of his, by a path into /run/WSL" sockets_on_fuse 'sudo -E' /run/WSL/../../home/mallory/mount/mine
for form in text json sh; do
    for bytes in "${esc}[31m" "$csi" "$raw" "$rtl" "$isolate" "$mark" "$osc" "$del"; do
        # shellcheck disable=SC2016
        attack "--explain=$form: $(printf '%q' "$bytes")" prints "$bytes" "gowrap --explain=$form go build"' "${words[@]}"'
    done
done
for bytes in "${esc}[31m" "$csi" "$raw" "$rtl" "$isolate" "$mark" "$osc" "$del"; do
    shown=$(printf '%q' "$bytes")
    # shellcheck disable=SC2016
    {
        attack "gowrap path on a terminal: $shown" prints "$bytes" 'mkdir -p "x${words[0]}"; printf -v line "%q " gowrap path "$PWD/x${words[0]}"; script -qec "$line" /dev/null'
        attack "gowrap path refuses: $shown" prints "$bytes" 'printf -v line "%q " gowrap path -w "/nowhere/${words[0]}"; script -qec "$line" /dev/null'
        attack "a refusal: $shown" prints "$bytes" 'gowrap "/nowhere/${words[0]}/go" build'
        attack "an unknown tool: $shown" prints "$bytes" 'gowrap "${words[0]}" build'
        attack "doctor: $shown" prints "$bytes" 'mkdir -p "d${words[0]}"; cd "d${words[0]}"; echo "modu${words[0]}" >go.mod; GOPATH="${words[0]}" GOFLAGS="${words[0]}" PATH="$PATH:/${words[0]}" gowrap doctor'
        attack "doctor --record: $shown" prints "$bytes" 'mkdir -p .vscode; text=${words[0]#*x}; printf "{\"configurations\":[{\"name\":\"%s\",\"type\":\"go\",\"program\":\"C:%s\"}]}" "$text" "$text" >.vscode/launch.json; GOPATH="${words[0]}" GOFLAGS="-tags=${words[0]}" PATH="$PATH:/${words[0]}" gowrap doctor --record'
        attack "doctor --json: $shown" prints "$bytes" 'mkdir -p "d${words[0]}"; cd "d${words[0]}"; echo "modu${words[0]}" >go.mod; GOPATH="${words[0]}" GOFLAGS="${words[0]}" PATH="$PATH:/${words[0]}" gowrap doctor --json'
        attack "setup, env and completions: $shown" prints "$bytes" 'for command in "setup --editor" "setup --names" completions env help "doctor --fix --dry-run" "--config" "--host"; do gowrap $command "${words[0]}" go; done; XDG_DATA_HOME="/${words[0]}" gowrap setup --dry-run; HOME="/${words[0]}" gowrap env capture; (exec -a "${words[0]}" gowrap)'
        attack "env show: $shown" prints "$bytes" 'export GOPATH="/${words[0]}" GOFLAGS="${words[0]}"; gowrap env capture; gowrap env show'
        attack "the log: $shown" prints "$bytes" 'PATH="$PATH:${words[0]}" GOWRAP_LOG=trace go build "${words[@]}"'
    }
done
attack 'the line of --explain=sh' round_trip
attack 'faccessat2 is answered with EPERM' filtered 439 1
attack 'faccessat2 is answered with ENOSYS' filtered 439 38
attack 'openat2 is answered with EPERM' filtered 437 1
attack 'openat2 is answered with ENOSYS' filtered 437 38
attack 'statx is answered with EPERM' filtered 332 1
