# Setup: root's shell, or the whole machine, is made to run a file that another user can change.
#
# `gowrap setup` writes links, files of its own and one line into each file that a shell reads. root runs it below mallory,
# or with variables of mallory's. Expected: it refuses, and changes nothing.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

# Lists root's files that a shell reads or that run by themselves.
state() { find /etc /root /usr/local /var/spool -xdev -newer /run/began \( -type f -o -type l \) ! -path /etc/mtab ! -path '/root/.local/state/*' | sort; }
begin() { touch /run/began; sleep 0.02; }

# Checks that no file of root's names a place of mallory's, and that no new shell of root's runs a program of his.
judge() {
    harm "a file of root's names a place of mallory's" grep -aqrE '/home/mallory|/tmp/|/srv/' /root /etc/profile /etc/profile.d /etc/bash.bashrc /etc/environment /etc/fish /etc/zsh
    harm 'something new is in /etc or /usr/local' [ -n "$(state | grep -aE '^/(etc|usr/local)/' || true)" ]
    local files file
    mapfile -t files < <(find /home/mallory /tmp /srv -name env)
    for file in "${files[@]}"; do changes "$file"; done
    echo 'echo "$(id -un) ran evil" >>/run/proof' >/home/mallory/evil.sh
    su - root -c true
    as root 'bash -lic true'
    harm "root's shell runs a line of mallory's" proof 'root ran evil'
}
# mallory tries to add a line to a file: he writes it, or replaces it, or one of the folders above by a copy of his own.
changes() {
    local part=$1
    as mallory "echo '. /home/mallory/evil.sh' >>'$1'" && grep -aq mallory/evil.sh "$1" && return
    while [ "$part" != / ]; do
        as mallory "cp -r '$part' /tmp/copy && mv -T '$part' '$part.away' && mv -T /tmp/copy '$part' && echo '. /home/mallory/evil.sh' >>'$1'; rm -rf /tmp/copy"
        part=$(dirname "$part")
    done
}
# The same command does change root's files, where nothing of mallory's is in the way.
works_alone() {
    rm -rf /root/.local /root/.config
    stripped root 'gowrap setup'
    control "root's own setup works" grep -aq 'gowrap' /root/.profile
}

# VARIABLES PREPARATION: root's setup with these variables.
variables() {
    local way vars=$1
    as mallory 'mkdir -p ~/data ~/config ~/evil; chmod 755 ~'
    ${2:+"$2"}
    begin
    for way in 'su -c' 'su -p -c' 'sudo -E' doas "sudo $vars"; do
        # shellcheck disable=SC2086
        below mallory "$way" -- "export $vars; [ \"\${HOME#/home/mallory}\" = \"\$HOME\" ] && HOME=/root; gowrap setup"
    done
    judge
    works_alone
}
with_home() {
    local way
    begin
    for way in 'su -p -c' 'sudo -E' doas 'sudo HOME=/home/mallory'; do
        below mallory "$way" -- 'export HOME=/home/mallory; gowrap setup'
    done
    harm "a file of mallory's belongs to root" [ -n "$(find /home/mallory -user root)" ]
    judge
    works_alone
}
to_etc() { as mallory 'rmdir data config; ln -s /etc data; ln -s /etc config'; }
to_roots_folder() { mkdir -p /opt/roots; as mallory 'rmdir data config; ln -s /opt/roots data; ln -s /opt/roots config'; }
roots_folder_inside() { rmdir /home/mallory/data /home/mallory/config; mkdir /home/mallory/data /home/mallory/config; }
in_tmp_of_mallory() { as mallory 'mkdir /tmp/data; chmod 755 /tmp/data'; mkdir /tmp/data/roots; }
open_to_all() { mkdir -p /srv/data; chmod 777 /srv/data; }
open_by_acl() { mkdir -p /srv/data; setfacl -m u:mallory:rwx /srv/data; }
profile_d() { as mallory 'rmdir config; ln -s /etc/profile.d config'; }

# The folder is exchanged while setup runs: a link to root's folder when it is judged, mallory's when it is written to.
exchanged() {
    mkdir -p /opt/roots
    cat >/run/bin/exchange <<'END'
#!/bin/bash
cd ~ || exit
mkdir -p own
while [ ! -e /run/notes/stop ]; do
    ln -s /opt/roots good; mv -T good data
    ln -s ~/own bad; mv -T bad data
done
END
    chmod 755 /run/bin/exchange
    begin
    as mallory '/run/bin/exchange & exit' &
    GIVEN=(XDG_DATA_HOME=/home/mallory/data XDG_CONFIG_HOME=/home/mallory/data)
    below mallory 'su -c' -- 'HOME=/root; for _ in $(seq 60); do gowrap setup; done'
    touch /run/notes/stop
    control "mallory exchanged it" test -L /home/mallory/data
    judge
    works_alone
}

# zsh, or a program that reads the first of its files as zsh does.
with_zsh() {
    local folder
    for folder in /usr/bin /bin /usr/local/bin; do [ ! -x $folder/zsh ] || return 0; done
    cat >/usr/bin/zsh <<'END'
#!/bin/bash
print() { shift 2; echo "$@"; }
file=${ZDOTDIR:-$HOME}/.zshenv
[ ! -r "$file" ] || . "$file"
if [ "$1" = -c ]; then eval "$2"; else . /dev/stdin; fi
END
    chmod 755 /usr/bin/zsh
}
# SHELL VARIABLE FOLDER FILE...: setup starts each shell to see if it finds gowrap. The variable names the folder from which
# the shell reads its files.
start_files() {
    local file way command
    [ "$1" != zsh ] || with_zsh
    command -v "$1" || { cannot "no $1"; return; }
    for file in "${@:4}"; do
        install -D -m 644 /dev/null "/home/mallory/$3/$file"
        echo 'echo (id -un) ran evil | tr -d "()" >>/run/proof' >"/home/mallory/$3/$file"
        [ "$1" = fish ] || echo 'echo "$(id -un) ran evil" >>/run/proof' >"/home/mallory/$3/$file"
    done
    chown -R mallory: "/home/mallory/$3"
    GIVEN=("$2=/home/mallory/$3")
    for way in 'su -c' 'sudo -E' doas "sudo $2=/home/mallory/$3"; do
        for command in 'gowrap setup' 'gowrap setup --dry-run' 'gowrap setup --remove' 'gowrap doctor' 'gowrap doctor --fix'; do
            : >/run/proof
            below mallory "$way" -- "export HOME=/root; cd; $command"
            harm "root's $command runs mallory's file ($way)" proof 'root ran evil'
        done
    done
    as mallory 'gowrap setup'
    control "mallory's own setup runs it" proof 'mallory ran evil'
}
# HOME is a link: to root's home when setup compares it, to mallory's folder when a shell reads its files.
home_exchanged() {
    as mallory 'mkdir own; for file in .profile .bashrc .bash_profile .zshenv; do echo "echo \"\$(id -un) ran evil\" >>/run/proof" >own/$file; done'
    cat >/run/bin/exchange <<'END'
#!/bin/bash
cd ~ || exit
while [ ! -e /run/notes/stop ]; do
    ln -s /root good; mv -T good home
    ln -s ~/own bad; mv -T bad home
done
END
    chmod 755 /run/bin/exchange
    as mallory '/run/bin/exchange & exit' &
    below mallory 'su -p -c' -- 'export HOME=/home/mallory/home; cd /; for _ in $(seq 40); do gowrap setup; done'
    touch /run/notes/stop
    control "mallory exchanged it" test -L /home/mallory/home
    harm "root's setup runs mallory's file" proof 'root ran evil'
    ln -s /root /opt/home
    stripped root 'HOME=/opt/home gowrap setup'
    control "another name of the home works, where only root can change it" grep -aq gowrap /root/.profile
}
# FOLDER: a folder of alice's own that every user can write. Setup must not put there what her shells read.
open_inside() {
    chmod 755 /home/alice
    echo 'echo "$(id -un) ran evil" >>/run/proof' >/home/mallory/evil.sh
    as alice "mkdir -p '$1'; chmod 777 '$1'; gowrap setup"
    control 'setup says what to do' grep -aq "fix: chmod go-w /home/alice/$1" /run/log
    local share=/home/alice/.local/share
    for file in .local .local/share .local/share/gowrap; do as mallory "mv /home/alice/$file /home/alice/$file.away && mkdir -p $share/gowrap"; done
    as mallory "mkdir -p $share/gowrap/shims; cp ~/evil.sh $share/gowrap/env; mv $share/gowrap/shims/go $share/gowrap/shims/gone; cp ~/evil.sh $share/gowrap/shims/go; chmod 755 $share/gowrap/shims/go; true"
    as alice 'bash -lic "go version"'
    harm "alice's shell runs a line or a program of mallory's" proof 'alice ran evil'
    rm -rf /home/alice/.local*
    as alice 'gowrap setup'
    control 'without the open folder it works' grep -aq gowrap /home/alice/.profile
}

# `setup --system` links /usr/local/bin/go to the file that runs it: the go of all users is then that file.
system() {
    install -d /opt/place
    rm -f /usr/local/bin/go*_* /usr/local/bin/go /usr/local/bin/gofmt /usr/local/bin/dlv* /usr/local/bin/gopls
    cp /usr/local/bin/gowrap /run/bin/gowrap
    "$@"
    "$program" setup --system
    harm "the go of all users is a file that mallory can change" test -e /usr/local/bin/go
    changed=${changed-$program}
    as mallory "cp /usr/local/lib/adversary/tool '$changed.new'; mv -f '$changed.new' '$changed' || cat /usr/local/lib/adversary/tool >'$changed'; true"
    harm 'mallory has changed it' sh -c 'go version; cmp -s "$(readlink -f /usr/local/bin/go)" /usr/local/lib/adversary/tool'
    # And where only root can, it is linked.
    install -D -m 755 /run/bin/gowrap /opt/own/gowrap
    rm -f /usr/local/bin/go
    # As the refusal says.
    chown root: /usr/local/bin && chmod go-w /usr/local/bin
    /opt/own/gowrap setup --system
    control 'a file that only root can change is linked' test -e /usr/local/bin/go
}
of_mode() { program=/opt/place/gowrap; install -m "$1" /run/bin/gowrap $program; }
of_mallory() { program=/opt/place/gowrap; install -o mallory -m 755 /run/bin/gowrap $program; }
in_folder_of_mode() { mkdir /opt/place/in; program=/opt/place/in/gowrap; install -m 755 /run/bin/gowrap $program; chmod "$1" /opt/place/in; }
in_folder_of_mallory() { in_folder_of_mode 755; chown mallory /opt/place/in; }
in_folder_below_mallorys() { install -d -o mallory /opt/place/his; mkdir -p /opt/place/his/roots; program=/opt/place/his/roots/gowrap; install -m 755 /run/bin/gowrap $program; }
in_home_of_mallory() { program=/home/mallory/gowrap; install -m 755 /run/bin/gowrap $program; }
in_tmp() { program=/tmp/gowrap; install -o mallory -m 755 /run/bin/gowrap $program; }
of_mallorys_group() { of_mode 775; chgrp mallory /opt/place/gowrap; }
open_file_acl() { of_mode 755; setfacl -m u:mallory:rwx /opt/place/gowrap; }
open_folder_acl() { in_folder_of_mode 755; setfacl -m u:mallory:rwx /opt/place/in; }
hard_linked() { in_folder_of_mode 755; ln /opt/place/in/gowrap /opt/place/in/other; chown mallory /opt/place/in/other; }
# Its gowrap-shim, beside it, would be the go of all users.
shim_of_mode() { of_mode 755; shim_beside -m "$1"; }
shim_of_mallory() { of_mode 755; shim_beside -o mallory -m 755; }
shim_acl() { of_mode 755; shim_beside -m 755; setfacl -m u:mallory:rwx /opt/place/gowrap-shim; }
shim_beside() { install "$@" /usr/local/bin/gowrap-shim /opt/place/gowrap-shim; changed=/opt/place/gowrap-shim; }
with_shim() {
    [ -e /usr/local/bin/gowrap-shim ] || { cannot 'no gowrap-shim'; return; }
    system "$@"
}
bin_folder() { program=/opt/place/gowrap; install -m 755 /run/bin/gowrap $program; chown mallory /usr/local/bin; }
bin_folder_acl() { program=/opt/place/gowrap; install -m 755 /run/bin/gowrap $program; setfacl -m u:mallory:rwx /usr/local/bin; }

# Ten setups beside ten removes, as two terminals may start them: the last remove leaves nothing.
at_once() {
    as alice 'cp .bashrc .profile /run/notes/'
    local round
    for round in 1 2 3; do
        as alice 'for _ in 1 2 3 4 5 6 7 8 9 10; do gowrap setup & gowrap setup --remove & done; wait; gowrap setup --remove'
        harm "a line of gowrap's is left ($round)" grep -aqs gowrap /home/alice/.bashrc /home/alice/.profile
        harm "a dotfile is not as it was ($round)" none sh -c 'cd /run/notes && cmp .bashrc /home/alice/.bashrc && cmp .profile /home/alice/.profile'
        harm "a file is left ($round)" [ -n "$(find /home/alice -name '*gowrap*' ! -path '*/.local/state*' | head -n 1)" ]
    done
    as alice 'gowrap setup'
    control 'setup does add a line' grep -aq gowrap /home/alice/.profile
    as alice 'gowrap setup; gowrap setup; bash -lc "command -v go"'
    control 'and it works' grep -aq 'gowrap/shims/go' /run/log
}

attack 'XDG_DATA_HOME of mallory' variables XDG_DATA_HOME=/home/mallory/data ''
attack 'XDG_CONFIG_HOME of mallory' variables XDG_CONFIG_HOME=/home/mallory/config ''
attack 'XDG_DATA_HOME: a link of mallory to /etc' variables XDG_DATA_HOME=/home/mallory/data to_etc
attack 'XDG_CONFIG_HOME: a link of mallory to /etc' variables XDG_CONFIG_HOME=/home/mallory/config to_etc
attack 'XDG_CONFIG_HOME: a link of mallory to /etc/profile.d' variables XDG_CONFIG_HOME=/home/mallory/config profile_d
attack 'XDG_DATA_HOME: a link of mallory to a folder of root' variables XDG_DATA_HOME=/home/mallory/data to_roots_folder
attack 'XDG_CONFIG_HOME: a link of mallory to a folder of root' variables XDG_CONFIG_HOME=/home/mallory/config to_roots_folder
attack "XDG_DATA_HOME: a folder of root in one of mallory's" variables XDG_DATA_HOME=/home/mallory/data roots_folder_inside
attack 'XDG_DATA_HOME: a folder of root in one of mallory in /tmp' variables XDG_DATA_HOME=/tmp/data/roots in_tmp_of_mallory
attack 'XDG_DATA_HOME: a folder open to all users' variables XDG_DATA_HOME=/srv/data open_to_all
attack 'XDG_DATA_HOME: a folder open by an access list' variables XDG_DATA_HOME=/srv/data open_by_acl
attack 'ZDOTDIR of mallory' variables ZDOTDIR=/home/mallory/config ''
attack 'ZDOTDIR of mallory, whose files a shell reads' start_files zsh ZDOTDIR z .zshenv .zprofile .zshrc .zlogin
attack 'XDG_CONFIG_HOME of mallory, whose files a shell reads' start_files fish XDG_CONFIG_HOME c fish/config.fish fish/conf.d/x.fish
attack 'HOME: a link that is exchanged while setup runs' home_exchanged
for folder in .local .local/share .local/share/gowrap .local/share/gowrap/shims; do
    attack "a folder of alice's own that all users can write: $folder" open_inside $folder
done
attack 'XDG_STATE_HOME and XDG_RUNTIME_DIR of mallory' variables 'XDG_STATE_HOME=/home/mallory/data XDG_RUNTIME_DIR=/home/mallory/data' ''
attack 'HOME of mallory' with_home
attack 'XDG_DATA_HOME is exchanged while setup runs' exchanged
attack '--system: mode 1777' system of_mode 1777
attack '--system: mode 777' system of_mode 777
attack '--system: mode 757' system of_mode 757
attack '--system: of mallory' system of_mallory
attack "--system: of mallory's group" system of_mallorys_group
attack '--system: open by an access list' system open_file_acl
attack '--system: in a folder of mode 777' system in_folder_of_mode 777
attack '--system: in a folder of mallory' system in_folder_of_mallory
attack '--system: below a folder of mallory' system in_folder_below_mallorys
attack "--system: in mallory's home" system in_home_of_mallory
attack '--system: of mallory in /tmp' system in_tmp
attack '--system: in a folder that an access list opens' system open_folder_acl
attack '--system: a second name of it is of mallory' system hard_linked
attack '--system: gowrap-shim has mode 777' with_shim shim_of_mode 777
attack '--system: gowrap-shim is of mallory' with_shim shim_of_mallory
attack '--system: gowrap-shim is open by an access list' with_shim shim_acl
attack '--system: /usr/local/bin is of mallory' system bin_folder
attack '--system: /usr/local/bin is open by an access list' system bin_folder_acl
attack 'ten setups beside ten removes' at_once
