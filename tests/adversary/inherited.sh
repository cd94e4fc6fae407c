# Inherited state: a umask, limits, closed descriptors and variables of mallory's weaken a check, or open what setup writes.
#
# A process keeps umask, limits and descriptors through `su` and `sudo`. Expected: files of setup are closed to others
# under every umask, a check that runs out of descriptors or memory is not passed, and no file is written to by mistake.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

# USER: setup below mallory's umask of 000. What it makes can be changed by the user alone.
open_umask() {
    local home
    home=$(getent passwd "$1" | cut -d: -f6)
    chmod 755 "$home"
    as mallory "umask 000; touch /run/notes/open; su $1 -c 'cd; gowrap setup; gowrap setup --editor vscode --write'"
    control 'the umask is that' [ "$(stat -c %a /run/notes/open)" = 666 ]
    control 'setup ran' grep -aq gowrap "$home/.profile"
    harm "mallory can write what setup made: $(find "$home" -perm /022 ! -type l | head -n 3 | tr '\n' ' ')" [ -n "$(find "$home" -perm /022 ! -type l)" ]
    as mallory "echo 'echo \"\$(id -un) ran evil\" >>/run/proof' >>'$home/.local/share/gowrap/env'; cp /usr/local/lib/adversary/tool '$home/.local/share/gowrap/shims/evil'"
    as "$1" 'bash -lc true'
    harm "mallory's line runs in a shell of $1's" proof "$1 ran evil"
    harm "mallory's file is in the shim folder" test -e "$home/.local/share/gowrap/shims/evil"
}

# alice's configuration can be written by her group, of which mallory is a member. Below each limit of descriptors, the
# tables of groups may be unreadable.
few_descriptors() {
    # A shell's script would need more descriptors.
    install -m 755 /usr/local/lib/adversary/tool /home/mallory/evil
    usermod -aG alice mallory
    as alice 'mkdir -p ~/.config/gowrap; : >~/.config/gowrap/config.toml; chmod 664 ~/.config/gowrap/config.toml; chmod 755 ~/.config ~/.config/gowrap'
    as mallory 'printf "[tools.go]\npath = \"/home/mallory/evil\"\n" >/home/alice/.config/gowrap/config.toml && touch /run/notes/written'
    control 'mallory can write the file' test -e /run/notes/written
    local limit
    for limit in $(seq 4 24); do as mallory "su alice -c 'cd; ulimit -n $limit; go version'"; done
    harm "mallory's program ran as alice below a limit" proof 'alice ran /home/mallory/evil version'
    : >/run/proof
    as alice 'chmod 644 ~/.config/gowrap/config.toml; go version'
    control 'the same file of alice runs the program' proof 'alice ran /home/mallory/evil version'
}
# The same with programs in well-known places that a group can change.
few_descriptors_in_places() {
    mkdir -p /srv/chosen/bin
    install -m 775 /usr/local/lib/adversary/tool /srv/chosen/bin/dlv
    usermod -aG root mallory
    as mallory 'cat /usr/local/lib/adversary/tool >/srv/chosen/bin/dlv && touch /run/notes/written'
    control 'mallory can write the program' test -e /run/notes/written
    local limit
    for limit in $(seq 4 24); do GIVEN=(GOBIN=/srv/chosen/bin); below mallory 'su -c' -- "ulimit -n $limit; dlv version"; done
    harm "root runs mallory's choice below a limit" proof 'root ran /srv/chosen/.*'
    chmod 755 /srv/chosen/bin/dlv
    below mallory 'su -c' -- 'dlv version'
    control 'it runs where only root can change it' proof 'root ran /srv/chosen/bin/dlv version'
}

# setup with closed descriptors: a file that it opens is then number 0, 1 or 2, where it prints.
closed_descriptors() {
    as alice 'cp -p .bashrc .profile /run/notes; gowrap setup; cp .bashrc /run/notes/bashrc.after; cp .profile /run/notes/profile.after; gowrap setup --remove'
    control 'remove makes it what it was' cmp -s /home/alice/.bashrc /run/notes/.bashrc
    local closed
    for closed in '<&-' '>&-' '2>&-' '>&- 2>&-' '<&- >&-' '<&- 2>&-' '<&- >&- 2>&-'; do
        as mallory "su alice -c 'cd; gowrap setup $closed'"
        harm "setup $closed writes something else" none cmp -s /home/alice/.bashrc /run/notes/bashrc.after
        harm "setup $closed writes something else into .profile" none cmp -s /home/alice/.profile /run/notes/profile.after
        harm "setup $closed writes into a file of its own" grep -rqE '^(added|made|note|new|active|done|unchanged) ' /home/alice/.local /home/alice/.config
        as mallory "su alice -c 'cd; gowrap setup --remove $closed'"
        harm "setup --remove $closed writes something else" none cmp -s /home/alice/.bashrc /run/notes/.bashrc
        as alice "gowrap env capture $closed"
        harm "env capture $closed makes no snapshot" none grep -aq '^gowrap session 1' /home/alice/.local/state/gowrap/session
        as alice "gowrap env forget $closed; cd /; go version $closed"
        harm "go does not run with $closed" none proof 'alice ran /usr/bin/go version'
        : >/run/proof
    done
}
# A limit on the size of files ends a process in the middle of a write.
small_files() {
    as alice 'cp -p .bashrc /run/notes; gowrap setup; cp .bashrc /run/notes/bashrc.after; gowrap setup --remove'
    local limit size
    size=$(stat -c %s /run/notes/.bashrc)
    for limit in 0 1 100 $((size - 1)) $size $((size + 10)) $((size + 60)); do
        as mallory "prlimit --fsize=$limit su alice -c 'cd; gowrap setup'"
        harm "below $limit, .bashrc is neither the old nor the new one" none sh -c 'cmp -s /home/alice/.bashrc /run/notes/.bashrc || cmp -s /home/alice/.bashrc /run/notes/bashrc.after'
        as alice 'gowrap setup --remove'
        harm "after $limit, remove does not make it what it was" none cmp -s /home/alice/.bashrc /run/notes/.bashrc
    done
    control 'the contents differ' none cmp -s /run/notes/.bashrc /run/notes/bashrc.after
}

# GOWRAP_BYPASS repairs nothing. It must not let more run.
bypass() {
    evil /home/mallory/go/bin/dlv
    GIVEN=(GOPATH=/home/mallory/go GOBIN=/home/mallory/go/bin GOWRAP_BYPASS=1)
    below mallory 'su -c' -- 'dlv version'
    harm "mallory's program ran as root" proof 'root ran evil'
    as mallory 'PATH=~/go/bin:$PATH dlv version'
    control 'it runs for mallory' proof 'mallory ran evil'
}

# A hard link of gowrap-shim in mallory's folder has mallory's gowrap beside it.
partner() {
    [ -e /usr/local/bin/gowrap-shim ] || { cannot 'no gowrap-shim'; return; }
    mkdir -p /usr/local/open
    install -d -m 1777 /usr/local/open
    local name
    for name in go dlv gowrap-shim; do ln /usr/local/bin/gowrap-shim /usr/local/open/$name; done
    evil /usr/local/open/gowrap
    GIVEN=(GOBIN=/usr/local/open GOROOT=/usr/local/open GOPATH=/usr/local/open GOWRAP_EXPLAIN=1)
    below mallory 'su -c' -- 'dlv version; go version; /usr/local/open/go version; /usr/local/open/gowrap-shim; (exec -a gowrap /usr/local/open/go); (exec -a /home/mallory/dlv /usr/local/open/dlv version)'
    harm "mallory's gowrap ran as root" proof 'root ran evil'
    as mallory '/usr/local/open/gowrap'
    control 'it runs for mallory' proof 'mallory ran evil'
}

# root's doctor --fix, with places of mallory's.
doctor_fixes() {
    as mallory 'mkdir -p data config/go p/.vscode; ln -s /etc/profile config/go/env; ln -s /etc/passwd p/.vscode/settings.json; ln -s /etc/hosts .bashrc.new; printf "module p\r\n" >p/go.mod'
    touch /run/began
    sleep 0.02
    local way
    for way in 'su -c' 'su -p -c' 'sudo -E' doas; do
        GIVEN=(XDG_CONFIG_HOME=/home/mallory/config XDG_DATA_HOME=/home/mallory/data GOENV=/home/mallory/config/go/env GOPATH=/home/mallory/go GOFLAGS=-toolexec=/home/mallory/evil)
        below mallory "$way" -- 'cd /home/mallory/p; gowrap doctor --fix'
    done
    harm 'a file of /etc was changed' [ -n "$(find /etc -xdev -newer /run/began -type f ! -name mtab | head -n 1)" ]
    harm "a file in mallory's home belongs to root" [ -n "$(find /home/mallory -user root | head -n 1)" ]
    harm "a file of root's names a place of mallory's" grep -aqr /home/mallory /root
    control 'doctor ran' test -s /run/log
}

# root's doctor and go in a project of mallory's, whose files are FIFOs, devices, huge, or nested without an end.
project_traps() {
    local trap
    as mallory 'mkdir -p p/.vscode p/.git; for f in go.mod go.work .env p.code-workspace .gitattributes .git/config .git/HEAD vendor launch; do mkfifo p/$f; done; mkfifo p/.vscode/launch.json p/.vscode/settings.json p/.vscode/tasks.json'
    as mallory 'mkdir -p q/.vscode q/.git; for f in go.mod go.work .env p.code-workspace .gitattributes .git/config .git/HEAD; do ln -s /dev/zero q/$f; done; ln -s /dev/zero q/.vscode/launch.json; ln -s /dev/zero q/.vscode/settings.json;  ln -s /dev/tty q/.vscode/tasks.json'
    as mallory 'mkdir -p r/.vscode r/.git; python3 -c "open(\"r/.vscode/launch.json\",\"w\").write(\"[\"*300000); open(\"r/.vscode/settings.json\",\"w\").write(\"{\\\"a\\\":\"*300000); open(\"r/go.mod\",\"w\").write(\"module p\\nrequire (\\n\"+\"a.b/c v1.0.0\\n\"*200000)"; truncate -s 3G r/go.work; truncate -s 5G r/.env; ln -s . r/loop; '
    local d c
    for d in p q r; do for c in 'gowrap doctor' 'gowrap doctor --json' 'gowrap doctor --record' 'gowrap doctor --fix --dry-run' 'go version' 'go build ./...' 'gowrap --explain=json go build' 'gowrap --explain gofmt -l .'; do
        stripped root "cd /home/mallory/$d; timeout -s KILL 20 prlimit --as=2000000000 $c >/dev/null 2>/run/err; s=\$?; [ \$s -lt 128 ] || echo \$s $d $c >>/run/notes/bad"
    done; done
    control 'the traps are there' test -p /home/mallory/p/go.mod
    harm "a call hangs or dies: $(tr '\n' ';' </run/notes/bad)" test -s /run/notes/bad
}

attack 'alice: setup below umask 000' open_umask alice
attack 'root: setup below umask 000' open_umask root
attack 'a configuration that a group can write, with few descriptors' few_descriptors
attack 'a program that a group can write, with few descriptors' few_descriptors_in_places
attack 'setup, capture and go with closed descriptors' closed_descriptors
attack 'setup below a limit on the size of files' small_files
attack 'GOWRAP_BYPASS' bypass
attack "mallory's gowrap beside a hard link of gowrap-shim" partner
attack "root's doctor --fix" doctor_fixes
attack "a project of mallory's that is full of traps" project_traps
