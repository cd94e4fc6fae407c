# Well-known places: a stranger's file, or a file of his choice, is run by another user who asked for `dlv` or `go`.
#
# No `dlv` is on PATH, so that gowrap looks at $GOBIN, $GOPATH/bin, $GOROOT/bin and the usual folders. `su` keeps GOPATH,
# GOBIN and GOROOT. Expected: a place counts only if no user but root and the caller can change any part of its path.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

# A folder of root's that only root can change, with a program in it under every name.
roots_folder() {
    local tool
    mkdir -p "$1"
    for tool in go dlv gofmt gopls; do install -m 755 /usr/local/lib/adversary/tool "$1/$tool"; done
}

# The same place does work where only root can change it, and mallory's own does work for mallory. PLACE is what GOPATH
# or its like names, NAME the variable, TOOL the tool.
works_for_its_owner() {
    local name=$1 value=$2 tool=$3 below=$4
    : >/run/proof
    # $GOBIN itself, or bin below the first of the list.
    local folder=${value%%:*}
    [ "$name" = GOBIN ] || folder+=/bin
    as mallory "PATH=$folder:\$PATH $tool version"
    control "the program runs where it is on PATH" grep -aq '^mallory ran' /run/proof
    : >/run/proof
    roots_folder "/opt/own/$below"
    GIVEN=("$name=/opt/own${5-}")
    [ -z "$with_go" ] || rm -f /usr/bin/go
    below mallory 'su -c' -- "$tool version"
    control "$name leads root to a place of root's" proof "root ran /opt/own/$below/$tool version"
}

# VARIABLE VALUE TOOL BELOW [AFTER]: root asks for TOOL below mallory, with VARIABLE, whose programs are in BELOW.
kept_by_su() {
    with_go=
    [ "$3" = dlv ] || { with_go=1; rm -f /usr/bin/go; }
    local way
    for way in 'su -c' 'sudo -E' 'doas' "sudo $1=$2"; do
        GIVEN=("$1=$2")
        below mallory "$way" -- "$3 version"
        harm "root runs mallory's choice ($way)" grep -aqE '^root ran (evil|.*/(chosen|shared|mallory)/.*)' /run/proof
        : >/run/proof
    done
    works_for_its_owner "$1" "$2" "$3" "$4" "${5-}"
}

evil_file() { evil "/home/mallory/go/bin/dlv"; evil /home/mallory/go/bin/go; kept_by_su "$@"; }
link_to_roots() {
    mkdir -p /home/mallory/go/bin
    roots_folder /opt/chosen
    for name in go dlv; do ln -s "/opt/chosen/$name" "/home/mallory/go/bin/$name"; done
    chown -hR mallory: /home/mallory/go
    kept_by_su "$@"
}
folder_link_to_roots() {
    mkdir -p /home/mallory/go
    roots_folder /opt/chosen
    ln -s /opt/chosen /home/mallory/go/bin
    chown -hR mallory: /home/mallory/go
    kept_by_su "$@"
}
link_of_roots_through_mallory() {
    # A link of root's, which leads through a folder of mallory's.
    roots_folder /opt/chosen
    mkdir -p /home/mallory/go /opt/team
    ln -s /opt/chosen /home/mallory/go/bin
    ln -s /home/mallory/go /opt/team/go
    chown -hR mallory: /home/mallory/go
    kept_by_su "$@"
}
hard_link_of_roots() {
    mkdir -p /home/chosen /home/mallory/go/bin
    # fs.protected_hardlinks, which WSL without systemd leaves off, would stop mallory's own ln.
    roots_folder /home/chosen
    for name in go dlv; do ln "/home/chosen/$name" "/home/mallory/go/bin/$name"; done
    chown mallory: /home/mallory/go /home/mallory/go/bin
    kept_by_su "$@"
}
roots_files_in_mallorys_folder() {
    mkdir -p /home/mallory/go
    roots_folder /home/mallory/go/bin
    chown mallory: /home/mallory/go
    kept_by_su "$@"
}
in_tmp() {
    # Sticky: mallory's own entry in a folder that all users can write.
    install -d -o mallory /tmp/mallory
    for name in go dlv; do evil "/tmp/mallory/bin/$name"; done
    roots_folder /tmp/mallory/chosen
    kept_by_su "$@"
}
open_to_all() {
    mkdir -p /srv/chosen/bin
    chmod 777 /srv/chosen/bin
    for name in go dlv; do as mallory "cp /usr/local/lib/adversary/tool /srv/chosen/bin/$name"; chown root: "/srv/chosen/bin/$name"; done
    kept_by_su "$@"
}
open_to_a_group() {
    roots_folder /srv/chosen/bin
    groupadd team
    usermod -aG team mallory
    chgrp team /srv/chosen/bin
    chmod 775 /srv/chosen/bin
    control 'mallory can write there' as_succeeds mallory 'cp /usr/local/lib/adversary/tool /srv/chosen/bin/other'
    kept_by_su "$@"
}
open_by_acl() {
    roots_folder /srv/chosen/bin
    setfacl -m u:mallory:rwx /srv/chosen/bin || { cannot 'no access lists'; return; }
    control 'mallory can write there' as_succeeds mallory 'cp /usr/local/lib/adversary/tool /srv/chosen/bin/other'
    kept_by_su "$@"
}
file_open_by_acl() {
    roots_folder /srv/chosen/bin
    setfacl -m u:mallory:rwx /srv/chosen/bin/go /srv/chosen/bin/dlv || { cannot 'no access lists'; return; }
    control 'mallory can write it' as_succeeds mallory 'true >>/srv/chosen/bin/dlv'
    kept_by_su "$@"
}
as_succeeds() { as "$1" "$2 && touch /run/notes/succeeded"; [ -e /run/notes/succeeded ]; }

# /tmp keeps mallory from replacing root's entries, and not from making his own.
link_in_sticky() {
    roots_folder /opt/chosen
    as mallory 'ln -s /opt/chosen /tmp/bin'
    kept_by_su "$@"
}
hard_link_in_sticky() {
    # As mallory can where fs.protected_hardlinks is off. The program is root's, and mallory chose it.
    install -d -m 1777 /home/shared
    roots_folder /home/chosen
    for name in go dlv; do ln "/home/chosen/$name" "/home/shared/$name"; done
    kept_by_su "$@"
}

# A script of mallory's exchanges the file all the time: a link to root's program while it is judged, his own when it runs.
race() {
    mkdir -p /home/mallory/go/bin
    roots_folder /opt/chosen
    evil /home/mallory/evil
    chown mallory: /home/mallory/go /home/mallory/go/bin
    cat >/run/bin/exchange <<'END'
#!/bin/bash
cd ~/go/bin || exit
while [ ! -e /run/notes/stop ]; do
    ln -s /opt/chosen/dlv good; mv -T good dlv
    cp -P /home/mallory/evil bad; mv -T bad dlv
done
END
    chmod 755 /run/bin/exchange
    as mallory '/run/bin/exchange & exit' &
    GIVEN=(GOPATH=/home/mallory/go)
    below mallory 'su -c' -- 'for _ in $(seq 150); do dlv version; done 2>/dev/null'
    harm "mallory's program ran as root" proof 'root ran evil'
    harm "a file of mallory's choice ran as root" proof 'root ran /opt/chosen/dlv version'
    below mallory 'su mallory -c' -- 'for _ in $(seq 150); do dlv version; done 2>/dev/null'
    touch /run/notes/stop
    control "for mallory himself, both ran" proof 'mallory ran evil'
    control "for mallory himself, both ran" proof 'mallory ran /opt/chosen/dlv version'
}
# The same with the folder: a link to root's folder, or mallory's own folder.
folder_race() {
    roots_folder /opt/chosen
    evil /home/mallory/other/dlv
    mkdir -p /home/mallory/go
    chown mallory: /home/mallory/go /home/mallory/other
    cat >/run/bin/exchange <<'END'
#!/bin/bash
cd ~/go || exit
while [ ! -e /run/notes/stop ]; do
    ln -s /opt/chosen good; mv -T good bin
    ln -s ~/other bad; mv -T bad bin
done
END
    chmod 755 /run/bin/exchange
    as mallory '/run/bin/exchange & exit' &
    GIVEN=(GOPATH=/home/mallory/go)
    below mallory 'su -c' -- 'for _ in $(seq 150); do dlv version; done 2>/dev/null'
    harm "mallory's program ran as root" proof 'root ran evil'
    harm "a file of mallory's choice ran as root" proof 'root ran /opt/chosen/dlv version'
    below mallory 'su mallory -c' -- 'for _ in $(seq 150); do dlv version; done 2>/dev/null'
    touch /run/notes/stop
    control "for mallory himself, both ran" proof 'mallory ran evil'
    control "for mallory himself, both ran" proof 'mallory ran /opt/chosen/dlv version'
}

# FOLDER: a usual folder that mallory got hold of, by HOW.
usual_folder() {
    local folder=$1
    rm -f /usr/bin/go
    "${@:2}" "$folder"
    stripped root 'go version'
    harm "root runs mallory's program" proof 'root ran evil'
    : >/run/proof
    rm -rf "$folder"
    mkdir -p "$folder"
    chown root: "$folder"
    chmod 755 "$folder" "$(dirname "$folder")"
    chown root: "$(dirname "$folder")"
    roots_folder "$folder"
    stripped root 'go version'
    control 'root finds go there' grep -aq '^root ran .*/go version' /run/proof
}
of_mallory() { evil "$1/go"; chown -R mallory: "$1"; }
with_mallorys_file() { evil "$1/go"; }
file_written_by_mallory() { evil "$1/go"; chown root: "$1/go"; chmod 777 "$1/go"; }
parent_of_mallory() { evil "$1/go"; chown root: "$1" "$1/go"; chown mallory: "$(dirname "$1")"; }
linked_to_mallory() { mkdir -p "$(dirname "$1")"; evil /home/mallory/place/go; chown root: /home/mallory/place/go; ln -s /home/mallory/place "$1"; }

# HOME of mallory's, in a shell of root's.
home_kept() {
    rm -f /usr/bin/go
    for place in go/bin sdk/go1.99.0/bin .local/go/bin .go/bin .asdf/shims .goenv/shims .local/opt/go/bin .gvm/gos/go1.99/bin; do evil "/home/mallory/$place/go"; done
    local way
    for way in 'su -p -c' 'sudo -E' 'sudo HOME=/home/mallory' 'doas'; do
        below mallory "$way" -- 'export HOME=/home/mallory; go version'
        harm "root runs mallory's program ($way)" proof 'root ran evil'
    done
    roots_folder /root/go/bin
    below mallory 'su -p -c' -- 'export HOME=/home/mallory; go version'
    control "root's own home is searched" proof 'root ran /root/go/bin/go version'
    as mallory 'go version'
    control "mallory's is searched for mallory" proof 'mallory ran evil'
}
# A link of root's leads to a folder of root's in one of mallory's. No mount is in between, and the link is
# relative, so that the kernel would follow it.
link_beside() {
    install -d -o mallory /srv/mallory
    roots_folder /srv/mallory/chosen
    mkdir -p /opt/team
    ln -s ../../srv/mallory/chosen /opt/team/bin
    kept_by_su "$@"
}

# HOME names a folder that only root can change, with a tool at a usual place. root did not choose it.
home_chosen() {
    roots_folder /opt/chosen/go/bin
    local way
    for way in 'su -p -c' 'sudo -E' 'sudo HOME=/opt/chosen' 'doas'; do
        below mallory "$way" -- 'export HOME=/opt/chosen; dlv version'
        harm "root runs mallory's choice ($way)" proof 'root ran /opt/chosen/go/bin/dlv version'
    done
    GIVEN=(GOPATH=/opt/chosen/go)
    below mallory 'su -c' -- 'dlv version'
    control 'GOPATH may name it' proof 'root ran /opt/chosen/go/bin/dlv version'
}

# A user namespace in which alice has no id: every file of every user then shows the id that she shows herself.
no_id() {
    evil /home/mallory/go/bin/dlv
    as alice 'unshare --user true' || { cannot 'users may make no namespaces'; return; }
    GIVEN=(GOPATH=/home/mallory/go GOBIN=/home/mallory/go/bin)
    below mallory 'su alice -c' -- 'cd /; unshare --user sh -c "id -u >/run/notes/id; stat -c %u /home/mallory/go/bin/dlv >>/run/notes/id"; unshare --user dlv version; unshare --user bash -c "dlv version"'
    control 'she has the id that the file shows' [ "$(sort -u /run/notes/id | wc -l)" = 1 ]
    harm "mallory's program ran for alice" grep -aq 'ran evil' /run/proof
    below mallory 'su alice -c' -- 'cd /; unshare --user --map-root-user dlv version; unshare --user --map-user=5 dlv version'
    harm "mallory's program ran for alice in a namespace with a map" grep -aq 'ran evil' /run/proof
    as mallory 'unshare --user --map-root-user dlv version; PATH=~/go/bin:$PATH dlv version'
    control 'it runs for mallory' grep -aq 'ran evil' /run/proof
}

attack 'GOPATH: a file of mallory' evil_file GOPATH /home/mallory/go dlv bin
attack 'GOBIN: a file of mallory' evil_file GOBIN /home/mallory/go/bin dlv bin /bin
attack 'GOROOT: a file of mallory' evil_file GOROOT /home/mallory/go go bin
attack 'GOPATH: a link of mallory to a file of root' link_to_roots GOPATH /home/mallory/go dlv bin
attack 'GOBIN: a link of mallory to a file of root' link_to_roots GOBIN /home/mallory/go/bin dlv bin /bin
attack 'GOROOT: a link of mallory to a file of root' link_to_roots GOROOT /home/mallory/go go bin
attack 'GOPATH: a list, the first entry of which is of mallory' link_to_roots GOPATH /home/mallory/go:/opt/own dlv bin
attack 'GOPATH: a link of mallory to a folder of root' folder_link_to_roots GOPATH /home/mallory/go dlv bin
attack 'GOBIN: a link of mallory to a folder of root' folder_link_to_roots GOBIN /home/mallory/go/bin dlv bin /bin
attack 'GOROOT: a link of mallory to a folder of root' folder_link_to_roots GOROOT /home/mallory/go go bin
attack 'GOPATH: through a link of root into a folder of mallory' link_of_roots_through_mallory GOPATH /opt/team/go dlv bin
attack 'GOPATH: back out of a folder of mallory by ..' folder_link_to_roots GOPATH /home/mallory/../mallory/go dlv bin
attack 'GOPATH: hard links to a file of root' hard_link_of_roots GOPATH /home/mallory/go dlv bin
attack 'GOROOT: hard links to a file of root' hard_link_of_roots GOROOT /home/mallory/go go bin
attack 'GOPATH: files of root in a folder of mallory' roots_files_in_mallorys_folder GOPATH /home/mallory/go dlv bin
attack 'GOBIN: a folder of mallory in /tmp' in_tmp GOBIN /tmp/mallory/bin dlv bin /bin
attack 'GOBIN: files of root in a folder of mallory in /tmp' in_tmp GOBIN /tmp/mallory/chosen dlv bin /bin
attack 'GOPATH: a link of mallory in /tmp' link_in_sticky GOPATH /tmp dlv bin
attack 'GOBIN: a link of mallory in /tmp' link_in_sticky GOBIN /tmp/bin dlv bin /bin
attack 'GOBIN: a link of root into a folder of mallory on the same filesystem' link_beside GOBIN /opt/team/bin dlv bin /bin
attack 'GOBIN: hard links in a sticky folder' hard_link_in_sticky GOBIN /home/shared dlv bin /bin
attack 'GOBIN: a folder that all users can write' open_to_all GOBIN /srv/chosen/bin dlv bin /bin
attack 'GOBIN: a folder that a group can write' open_to_a_group GOBIN /srv/chosen/bin dlv bin /bin
attack 'GOBIN: a folder that an access list opens' open_by_acl GOBIN /srv/chosen/bin dlv bin /bin
attack 'GOROOT: a folder that an access list opens' open_by_acl GOROOT /srv/chosen go bin
attack 'GOBIN: a file that an access list opens' file_open_by_acl GOBIN /srv/chosen/bin dlv bin /bin
attack 'GOPATH: the file is exchanged between look and start' race
attack 'GOPATH: the folder is exchanged between look and start' folder_race
for place in /usr/local/go/bin /usr/lib/go-1.99/bin /home/linuxbrew/.linuxbrew/bin; do
    attack "$place is of mallory" usual_folder "$place" of_mallory
    attack "$place has a file of mallory" usual_folder "$place" with_mallorys_file
    attack "$place has a file that mallory can write" usual_folder "$place" file_written_by_mallory
    attack "$place is in a folder of mallory" usual_folder "$place" parent_of_mallory
    attack "$place is a link to a folder of mallory" usual_folder "$place" linked_to_mallory
done
attack "HOME: mallory's, in a shell of root's" home_kept
attack 'a user namespace in which alice has no id' no_id
attack 'HOME: a folder of root that mallory chose' home_chosen
