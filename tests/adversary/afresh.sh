# Attacks that were made after the rules, by ways that the other files do not have.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

# /proc/PID/root of a process of mallory's leads into his own mount namespace, while its text says `/`. WHERE: root or cwd.
own_namespace() {
    mkdir -p /opt/tools/bin
    install -m 755 /usr/local/lib/adversary/tool /opt/tools/bin/dlv
    install -m 755 /usr/local/lib/adversary/tool /opt/tools/bin/go
    mkdir -p /opt/tools/gowrap
    printf 'pe = "auto"\n' >/opt/tools/gowrap/config.toml
    evil /home/mallory/own/bin/dlv
    evil /home/mallory/own/bin/go
    evil /home/mallory/evil
    as mallory 'mkdir -p ~/own/gowrap; printf "[tools.go]\npath = \"/home/mallory/evil\"\n" >~/own/gowrap/config.toml'
    chown -R mallory: /home/mallory/own
    as mallory '/usr/local/lib/adversary/namespace /opt/tools /home/mallory/own & exit'
    for _ in $(seq 30); do [ -s /run/notes/namespace ] && break; sleep 0.1; done
    local pid place
    pid=$(cat /run/notes/namespace 2>/dev/null) || { cannot 'users may make no namespaces'; return; }
    place=/proc/$pid/root/opt/tools
    [ "$1" = root ] || place=/proc/$pid/cwd
    control 'the link belongs to root' [ "$(stat -c %u "/proc/$pid/$1")" = 0 ]
    control "the place leads to mallory's program" cmp -s "$place/bin/dlv" /home/mallory/own/bin/dlv
    local name
    for name in GOPATH GOBIN GOROOT; do
        GIVEN=("$name=$place")
        [ $name != GOBIN ] || GIVEN=("$name=$place/bin")
        [ $name != GOROOT ] || mv /usr/bin/go /usr/bin/go.away
        below mallory 'su -c' -- 'dlv version; go version'
        harm "mallory's program ran as root, by $name" proof 'root ran evil'
        [ $name != GOROOT ] || mv /usr/bin/go.away /usr/bin/go
    done
    GIVEN=("GOWRAP_CONFIG=$place/gowrap/config.toml" "XDG_CONFIG_HOME=$place")
    below mallory 'su -c' -- 'go version'
    harm "mallory's program ran as root, by a configuration" proof 'root ran evil'
    GIVEN=("XDG_DATA_HOME=$place" "XDG_CONFIG_HOME=$place")
    below mallory 'su -c' -- 'HOME=/root; gowrap setup'
    harm "root's profile reads a file there" grep -aq /proc/ /root/.profile /root/.bashrc
    GIVEN=()
    as mallory "PATH=$place/bin:\$PATH dlv version; ~/own/bin/dlv"
    control 'the program runs' proof 'mallory ran evil'
}

# A descriptor that leads there, in a su of mallory's: the process belongs to root, and the link's text names root's folder.
namespace_by_su() {
    mkdir -p /opt/tools/bin
    install -m 755 /usr/local/lib/adversary/tool /opt/tools/bin/dlv
    evil /home/mallory/own/bin/dlv
    chown -R mallory: /home/mallory/own
    as mallory '/usr/local/lib/adversary/namespace /opt/tools /home/mallory/own traced & exit'
    for _ in $(seq 30); do [ -s /run/notes/namespace ] && break; sleep 0.1; done
    local pid place
    pid=$(cat /run/notes/namespace 2>/dev/null) || { cannot 'users may make no namespaces'; return; }
    as mallory "exec 9</proc/$pid/root/opt/tools && { su alice -c 'sleep 60' & sleep 0.5; pgrep -u root -x su >/run/notes/su; exit; }"
    place=/proc/$(cat /run/notes/su)/fd/9
    control 'the process belongs to root' [ "$(stat -c %u "/proc/$(cat /run/notes/su)")" = 0 ]
    control "the text names root's folder" [ "$(readlink "$place")" = /opt/tools ]
    control "the place leads to mallory's program" cmp -s "$place/bin/dlv" /home/mallory/own/bin/dlv
    GIVEN=("GOPATH=$place" "GOBIN=$place/bin")
    below mallory 'su -c' -- 'dlv version'
    harm "mallory's program ran as root" proof 'root ran evil'
    as mallory '~/own/bin/dlv'
    control 'the program runs' proof 'mallory ran evil'
}

# A program with another name: su and sudo by a link that is named as WSL's init, a daemon or a shell.
# NAME PROGRAM [OPTION]...
named() {
    evil /home/mallory/evil
    ln -s "$(command -v "$2")" "/home/mallory/$1"
    GIVEN=(GOFLAGS=-toolexec=/home/mallory/evil GOPROXY=https://mallory.example)
    # The whole chain has that name, mallory's own shell too.
    ln -s /bin/bash /run/bin/init
    below mallory "'/home/mallory/$1' ${*:3}" -- 'export HOME=/home/alice; cd; env >/run/notes/seen; tr "\0" "\n" </proc/$PPID/comm >/run/notes/parent; gowrap env capture; echo "captured with $?" >>/run/proof; touch /run/notes/finished'
    control 'the capture was tried' proof 'captured with [0-9]+'
    control "it had mallory's variables" grep -aq mallory.example /run/notes/seen
    stripped alice 'go build'
    control 'go ran as alice' proof 'alice ran /usr/bin/go build'
    harm "alice's go has a value of mallory's, from cron" proof 'alice has GO[A-Z]*=.*mallory.*'
}
# mallory's shell, which ends, leaves a process whose parent is the first one.
orphaned() {
    evil /home/mallory/evil
    GIVEN=(GOFLAGS=-toolexec=/home/mallory/evil GOPROXY=https://mallory.example)
    below mallory "$@" -- 'export HOME=/home/alice; cd; sleep 0.3; env >/run/notes/seen; gowrap env capture; echo "captured with $?" >>/run/proof; touch /run/notes/finished'
    for _ in $(seq 50); do [ -e /run/notes/finished ] && break; sleep 0.1; done
    control 'the capture was tried' proof 'captured with [0-9]+'
    control "it had mallory's variables" grep -aq mallory.example /run/notes/seen
    stripped alice 'go build'
    harm "alice's go has a value of mallory's, from cron" proof 'alice has GO[A-Z]*=.*mallory.*'
}
# hidepid=1 hides what a process is, and not that there is one.
half_hidden() {
    mount -o remount,hidepid="$1" /proc 2>/dev/null || { cannot "no /proc with hidepid=$1"; return; }
    orphaned 'su alice -c'
}

# The first lines of a file of root's come from mallory: the name of a process that cannot be traced is in a file of root's.
name_as_configuration() {
    ln -s "$(command -v su)" '/home/mallory/pe="reject"'
    as mallory '(sleep 30 | "./pe=\"reject\"" mallory -c "sleep 30") & sleep 0.5; pgrep -u root -f "pe=" >/run/notes/pid; exit'
    local pid
    pid=$(head -n 1 /run/notes/pid)
    control 'a file of root has text of mallory' grep -aq 'pe=' "/proc/$pid/comm"
    GIVEN=("GOWRAP_CONFIG=/proc/$pid/comm")
    below mallory 'su -c' -- 'gowrap --explain=json go version >/run/notes/explained; go version'
    harm "root's go does not run" none proof 'root ran /usr/bin/go version'
}

# A sticky folder protects an entry from all users but the owner of the folder.
sticky_of_mallory() {
    install -d -o mallory -m 1777 /srv/sticky
    mkdir -p /srv/sticky/go/bin
    install -m 755 /usr/local/lib/adversary/tool /srv/sticky/go/bin/dlv
    evil /home/mallory/evil
    as mallory 'mv /srv/sticky/go /srv/sticky/away; mkdir -p /srv/sticky/go/bin; ln -s /opt/chosen /srv/sticky/go/bin/dlv; rm -r /srv/sticky/go; mv /srv/sticky/away /srv/sticky/go; touch /run/notes/moved'
    control 'mallory can exchange the entry of root' test -e /run/notes/moved
    GIVEN=(GOPATH=/srv/sticky/go)
    below mallory 'su -c' -- 'dlv version'
    harm 'root runs a program there' proof 'root ran /srv/sticky/.*'
    as root 'PATH=/srv/sticky/go/bin:$PATH dlv version'
    control 'it runs where it is on PATH' proof 'root ran /srv/sticky/go/bin/dlv version'
}

# __GOWRAP_CHAIN says which candidates have led back: a forged one chooses among root's programs, and never another.
chain_forged() {
    evil /home/mallory/go/bin/go
    local inode text
    inode=$(stat -c '%d.%i' /usr/bin/go)
    for text in "1:1:$inode" "::::" "$(printf '9%.0s' $(seq 3000))" "$$:0:$inode:64" "-1:-1:-1.-1" '%s%n' $'\033[31m'; do
        : >/run/proof
        GIVEN=("__GOWRAP_CHAIN=$text" GOPATH=/home/mallory/go GOROOT=/home/mallory/go)
        below mallory 'su -c' -- 'go version'
        harm "root does not run its own go with $(printf '%q' "${text:0:20}")" none proof 'root ran /usr/bin/go version'
        harm "root's go has the variable" proof 'root has __GOWRAP_CHAIN=.*'
    done
    control 'go ran' proof 'root ran /usr/bin/go version'
}

# A folder of mallory's that is named as gowrap's shims are.
shims_of_mallory() {
    evil /home/mallory/gowrap/shims/go
    GIVEN=(PATH=/home/mallory/gowrap/shims:/usr/local/bin:/usr/bin:/bin XDG_DATA_HOME=/home/mallory)
    below mallory 'sudo -E' -- 'go version; gowrap doctor --fix --dry-run'
    harm "mallory's program ran as root" proof 'root ran evil'
    control 'go ran as root' proof 'root ran /usr/bin/go version'
}

# doctor looks at programs and asks some for their version: none of them is mallory's.
doctor_runs() {
    local name
    for name in go dlv gopls gcc git cmd.exe wslinfo wslpath powershell.exe; do
        evil "/home/mallory/bin/$name"
        evil "/home/mallory/go/bin/$name"
        evil "/home/mallory/p/$name"
    done
    GIVEN=(GOPATH=/home/mallory/go GOBIN=/home/mallory/go/bin GOROOT=/home/mallory/go SHELL=/home/mallory/evil EDITOR=/home/mallory/evil)
    below mallory 'su -c' -- 'cd /home/mallory/p; gowrap doctor; gowrap doctor --fix --dry-run; gowrap doctor --record >/dev/null; gowrap setup --dry-run; gowrap --explain go build'
    harm "mallory's program ran as root" proof 'root ran evil'
    : >/run/proof
    as mallory '/home/mallory/bin/go'
    control 'the program runs' proof 'mallory ran evil'
}

attack '/proc/PID/root of a namespace of mallory' own_namespace root
attack '/proc/PID/fd of a su, into a namespace of mallory' namespace_by_su
attack '/proc/PID/cwd of a namespace of mallory' own_namespace cwd
for name in init systemd SessionLeader 'Relay(9)' sshd login cron bash; do
    attack "sudo by the name of $name" named "$name" sudo -Eu alice
    attack "su by the name of $name" named "$name" su alice -c
done
attack 'a setsid -f below a setsid -f' orphaned 'setsid -f setsid -f su alice -c'
attack 'nohup in the background of a shell that ends' orphaned 'nohup setsid -f sudo -Eu alice'
attack 'hidepid=1' half_hidden 1
attack 'hidepid=4' half_hidden 4
attack 'the name of a process as configuration' name_as_configuration
attack 'a sticky folder of mallory' sticky_of_mallory
attack '__GOWRAP_CHAIN is forged' chain_forged
attack "a folder of mallory's that is named gowrap/shims" shims_of_mallory
attack "doctor, where mallory's programs are all about" doctor_runs
