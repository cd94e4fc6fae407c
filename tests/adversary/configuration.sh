# Configuration: another user's file is obeyed or shown, or a call of `go` is stopped by it.
#
# A root shell keeps mallory's HOME, XDG_CONFIG_HOME, GOWRAP_CONFIG or GOWRAP_LOG_FILE (su -p, sudo -E). Expected: a file
# counts only if no user but root and the caller can change any part of its path; no line is printed from a file that some
# user may not read; a path that is not a regular file stops nothing; and gowrap writes to no file of root's but a log.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

mine=/home/mallory/.config/gowrap/config.toml

# WAY: root's `go`, started below mallory with WAY.
roots_go() {
    below mallory "$1" -- "${2-}"' go version; echo "go ended with $?" >>/run/notes/status'
}

# GOWRAP_CONFIG or a variable like it names a link of mallory's to TARGET.
linked_to() {
    mkdir -p "$(dirname $mine)"
    ln -s "$2" $mine
    chown -hR mallory: /home/mallory/.config
    local hash
    hash=$(sed -n 's/^root:\([^:]*\):.*/\1/p' /etc/shadow)
    [ "$1" = "GOWRAP_CONFIG=$mine" ] || control 'HOME or XDG_CONFIG_HOME leads there' test -e "$(dirname $mine)"
    GIVEN=("$1")
    local way
    for way in 'su -p -c' 'sudo -E' "sudo ${1}"; do
        : >/run/log
        : >/run/proof
        rm -f /run/notes/status
        roots_go "$way" "${3-export HOME=/home/mallory;}"
        harm "a line of $2 is printed ($way)" grep -aqF "${4:-$hash}" /run/log
        # A file that mallory names and that is root's own is the caller's choice, as a wrong value of GOWRAP_PE is.
        [ "${1#GOWRAP_CONFIG=}" = "$2" ] || harm "root's go does not run ($way)" none proof 'root ran /usr/bin/go version'
    done
}
secret_named() {
    # A secret of root's that is not the shadow file, and has no form of configuration.
    printf 'token %s\n' 's3cr3t-0f-r00t' >/root/secret
    chmod 600 /root/secret
    linked_to "$1" /root/secret "${2-export HOME=/home/mallory;}" s3cr3t-0f-r00t
}
shown_to_root_itself() {
    # The control of the above: root's own configuration is shown, with the line that is wrong.
    mkdir -p /root/.config/gowrap
    echo 'nonsense here' >/root/.config/gowrap/config.toml
    stripped root 'go version'
    control 'a bad line of a file that all users may read is quoted' grep -aq 'nonsense here' /run/log
    chmod 600 /root/.config/gowrap/config.toml
    : >/run/log
    stripped root 'go version'
    harm 'a bad line of a file that not all users may read is quoted' grep -aq 'nonsense here' /run/log
    : >/run/log
    ln -sf /etc/shadow /root/.config/gowrap/config.toml
    stripped root 'go version'
    harm 'a line of /etc/shadow is quoted' grep -aq 'root:' /run/log
}

# A file that pins a program of mallory's, at a place that mallory got hold of.
pinned() {
    evil /home/mallory/evil
    mkdir -p /etc/gowrap
    printf '[tools.go]\npath = "/home/mallory/evil"\n' >/run/notes/pins
    "$@"
    roots_go "${way-su -p -c}" "${before-}"
    stripped root 'go version'
    harm "mallory's program ran as root" proof 'root ran evil'
    : >/run/proof
    rm -rf /etc/gowrap
    mkdir /etc/gowrap
    cat /run/notes/pins >/etc/gowrap/config.toml
    stripped root 'go version'
    control 'the same file of root does run the program' proof 'root ran evil'
}
can_write() { as mallory "cat /run/notes/pins >$1 && touch /run/notes/written"; control "mallory can write $1" test -e /run/notes/written; }
file_open_by_acl() { touch /etc/gowrap/config.toml; setfacl -m u:mallory:rw /etc/gowrap/config.toml; can_write /etc/gowrap/config.toml; }
file_open_by_group_acl() { touch /etc/gowrap/config.toml; setfacl -m g:mallory:rw /etc/gowrap/config.toml; can_write /etc/gowrap/config.toml; }
folder_open_by_acl() { setfacl -m u:mallory:rwx /etc/gowrap; can_write /etc/gowrap/config.toml; chown root: /etc/gowrap/config.toml; }
folder_open_to_all() { chmod 777 /etc/gowrap; can_write /etc/gowrap/config.toml; chown root: /etc/gowrap/config.toml; }
folder_linked() { rmdir /etc/gowrap; mkdir /home/mallory/c; chown mallory: /home/mallory/c; ln -s /home/mallory/c /etc/gowrap; can_write /etc/gowrap/config.toml; chown root: /etc/gowrap/config.toml; }
file_linked() { can_write /home/mallory/c; chown root: /home/mallory/c; ln -s /home/mallory/c /etc/gowrap/config.toml; }
# mallory cannot write the file but chose it: for example a file of notes that is also valid configuration.
chosen_by_link() {
    mkdir -p "$(dirname $mine)" /opt/notes
    cat /run/notes/pins >/opt/notes/config.toml
    ln -s /opt/notes/config.toml $mine
    chown -hR mallory: /home/mallory/.config
    GIVEN=("GOWRAP_CONFIG=$mine")
}
chosen_by_folder_link() {
    mkdir -p /home/mallory/.config /opt/notes
    cat /run/notes/pins >/opt/notes/config.toml
    ln -s /opt/notes /home/mallory/.config/gowrap
    chown -hR mallory: /home/mallory/.config
    before='export HOME=/home/mallory XDG_CONFIG_HOME=/home/mallory/.config;'
}
chosen_by_hard_link() {
    mkdir -p "$(dirname $mine)"
    cat /run/notes/pins >/home/notes
    ln /home/notes $mine
    chown mallory: "$(dirname $mine)"
    GIVEN=("GOWRAP_CONFIG=$mine")
}
of_mallory() {
    mkdir -p "$(dirname $mine)"
    cat /run/notes/pins >$mine
    chown -R mallory: /home/mallory/.config
    before='export HOME=/home/mallory XDG_CONFIG_HOME=/home/mallory/.config GOWRAP_CONFIG=/home/mallory/.config/gowrap/config.toml;'
}
in_tmp() {
    install -d -m 777 /tmp/c
    cat /run/notes/pins >/tmp/c/config.toml
    GIVEN=(GOWRAP_CONFIG=/tmp/c/config.toml)
}
linked_in_tmp() {
    mkdir -p /opt/notes
    cat /run/notes/pins >/opt/notes/config.toml
    as mallory 'ln -s /opt/notes/config.toml /tmp/config.toml'
    GIVEN=(GOWRAP_CONFIG=/tmp/config.toml)
}
linked_in_sticky() {
    # No mount is between the link and the file: the kernel would follow the link.
    install -d -m 1777 /srv/shared
    mkdir -p /opt/notes
    cat /run/notes/pins >/opt/notes/config.toml
    as mallory 'ln -s /opt/notes/config.toml /srv/shared/config.toml'
    GIVEN=(GOWRAP_CONFIG=/srv/shared/config.toml)
}
behind_fd() {
    # A descriptor that mallory opened: /proc/self/fd leads to a file of his choice.
    install -m 644 /run/notes/pins /opt/config.toml
    mkfifo /run/notes/pipe
    before='exec 9</opt/config.toml; export GOWRAP_CONFIG=/proc/self/fd/9;'
    before='exec 9</home/mallory/pins; export GOWRAP_CONFIG=/proc/self/fd/9;'
    install -o mallory -m 644 /run/notes/pins /home/mallory/pins
}

# The race: a link to root's own file while it is judged, mallory's when it is read.
exchanged() {
    evil /home/mallory/evil
    mkdir -p "$(dirname $mine)"
    printf '[tools.go]\npath = "/home/mallory/evil"\n' >/home/mallory/pins
    printf 'pe = "auto"\n' >/opt/config.toml
    chown -R mallory: /home/mallory
    cat >/run/bin/exchange <<'END'
#!/bin/bash
cd ~/.config/gowrap || exit
while [ ! -e /run/notes/stop ]; do
    ln -s /opt/config.toml good; mv -T good config.toml
    cp ~/pins bad; mv -T bad config.toml
done
END
    chmod 755 /run/bin/exchange
    as mallory '/run/bin/exchange & exit' &
    GIVEN=("GOWRAP_CONFIG=$mine")
    below mallory 'su -c' -- 'for _ in $(seq 150); do go version; done 2>/dev/null'
    harm "mallory's program ran as root" proof 'root ran evil'
    below mallory 'su mallory -c' -- 'for _ in $(seq 150); do go version; done 2>/dev/null'
    touch /run/notes/stop
    control 'for mallory himself it ran' proof 'mallory ran evil'
}

# The log is written where mallory says: what he puts into it is then run by root's shell, or spoils a file.
logged_to() {
    local file=$1 format=$2
    mkdir -p "$(dirname "$file")"
    echo '# as it was' >"$file"
    evil /home/mallory/evil
    GIVEN=("GOWRAP_LOG_FILE=$file" GOWRAP_LOG=trace GOWRAP_LOG_FORMAT="$format"
        'GOPATH=$(/home/mallory/evil)' 'GOFLAGS=`/home/mallory/evil`' 'PATH=/usr/local/bin:$(/home/mallory/evil):/;/home/mallory/evil;:/usr/bin:/bin')
    local way
    for way in 'su -c' 'su -p -c' 'sudo -E' doas; do
        below mallory "$way" -- "cd /home/mallory; go build '\$(/home/mallory/evil)' ';/home/mallory/evil;' '-o=C:\\\$(/home/mallory/evil)'"
    done
    harm "$file has other lines" none cmp -s "$file" <(echo '# as it was')
    as root "bash $file; bash <$file"
    harm 'mallory ran a program as root by them' proof 'root ran evil'
    : >/run/proof
    GIVEN=(GOWRAP_LOG_FILE=/var/log/gowrap.log GOWRAP_LOG=trace)
    as root 'go build'
    control "root's own log is written" test -s /var/log/gowrap.log
    GIVEN=(GOWRAP_LOG_FILE=/root/.local/state/gowrap.log GOWRAP_LOG=trace)
    mkdir -p /root/.local/state
    as root 'go build'
    control "root's own log is written in a folder of logs" test -s /root/.local/state/gowrap.log
}
# A new file that root's next make(1) reads. NAME
log_for_make() {
    mkdir -p "/root/$(dirname "$1")"
    command -v make || { cannot 'no make'; return; }
    local way
    GIVEN=("GOWRAP_LOG_FILE=/root/$1" GOWRAP_LOG=info 'GOROOT=C:\$(shell echo root ran evil >>/run/proof)')
    for way in 'su -c' 'sudo -E' doas; do
        rm -f "/root/$1"
        below mallory "$way" -- 'cd /; go version'
        harm "the file is there ($way)" test -e "/root/$1"
        stripped root "cd; cd '$(dirname "$1")' && make"
        harm "make ran mallory's words as root ($way)" proof 'root ran evil'
    done
    GIVEN=("GOWRAP_LOG_FILE=/root/own.log" GOWRAP_LOG=info 'GOROOT=C:\$(shell echo root ran evil >>/run/proof)')
    as root 'go version'
    control "root's own log is written" test -s /root/own.log
    stripped root 'make -f own.log'
    control 'make does run such words' proof 'root ran evil'
}
log_linked() {
    echo '# as it was' >/root/.profile
    ln -s /root/.profile /home/mallory/log
    chown -h mallory: /home/mallory/log
    GIVEN=(GOWRAP_LOG_FILE=/home/mallory/log GOWRAP_LOG=trace)
    below mallory 'su -c' -- 'go build'
    harm '/root/.profile has other lines' none cmp -s /root/.profile <(echo '# as it was')
    rm /home/mallory/log
    as mallory 'go build'
    control "mallory's own log is written" test -s /home/mallory/log
}
log_stops() {
    # A FIFO, a device and a folder: opening some of them never ends.
    mkfifo /home/mallory/fifo
    chown mallory: /home/mallory/fifo
    local file
    for file in /home/mallory/fifo /dev/zero /dev/tty /home/mallory /proc/self/mem /dev/full; do
        : >/run/proof
        GIVEN=("GOWRAP_LOG_FILE=$file" GOWRAP_LOG=trace)
        below mallory 'timeout 10 su -c' -- 'go version'
        harm "root's go does not run with $file" none proof 'root ran /usr/bin/go version'
    done
    control 'the FIFO is one' test -p /home/mallory/fifo
}
log_in_sticky() {
    # A file that root made in /tmp, or one of mallory's there.
    install -o mallory -m 666 /dev/null /tmp/gowrap.log
    as mallory 'ln -s /root/.bashrc /tmp/link.log'
    cp /root/.bashrc /run/notes/bashrc
    local file
    for file in /tmp/gowrap.log /tmp/link.log /tmp/new.log; do
        GIVEN=("GOWRAP_LOG_FILE=$file" GOWRAP_LOG=trace)
        below mallory 'su -c' -- 'go version'
    done
    harm "root wrote into mallory's file" test -s /tmp/gowrap.log
    harm "root wrote through mallory's link" none cmp -s /root/.bashrc /run/notes/bashrc
    as mallory 'GOWRAP_LOG_FILE=/tmp/mallorys.log GOWRAP_LOG=trace go version'
    control "mallory's own log is written" test -s /tmp/mallorys.log
}

shadow='/etc/shadow'
attack 'HOME: a link to /etc/shadow' linked_to HOME=/home/mallory "$shadow"
attack 'XDG_CONFIG_HOME: a link to /etc/shadow' linked_to XDG_CONFIG_HOME=/home/mallory/.config "$shadow" ''
attack 'GOWRAP_CONFIG: a link to /etc/shadow' linked_to GOWRAP_CONFIG=$mine "$shadow" ''
attack 'HOME: a link to a secret of root' secret_named HOME=/home/mallory
attack 'XDG_CONFIG_HOME: a link to a secret of root' secret_named XDG_CONFIG_HOME=/home/mallory/.config ''
attack 'GOWRAP_CONFIG: a link to a secret of root' secret_named GOWRAP_CONFIG=$mine ''
attack "root's own configuration is a link to /etc/shadow" shown_to_root_itself
for target in /dev/zero /dev/tty /dev/full /etc /proc/self/mem /proc/kmsg /sys/kernel /home/mallory/nothing "$mine"; do
    attack "HOME: a link to $target" linked_to HOME=/home/mallory "$target"
    attack "GOWRAP_CONFIG: a link to $target" linked_to GOWRAP_CONFIG=$mine "$target" ''
done
attack 'GOWRAP_CONFIG: /etc/shadow itself' linked_to GOWRAP_CONFIG=/etc/shadow /etc/shadow ''
attack "/etc/gowrap's file is open by an access list" pinned file_open_by_acl
attack "/etc/gowrap's file is open by an access list of a group" pinned file_open_by_group_acl
attack '/etc/gowrap is open by an access list' pinned folder_open_by_acl
attack '/etc/gowrap is open to all users' pinned folder_open_to_all
attack '/etc/gowrap is a link to a folder of mallory' pinned folder_linked
attack "/etc/gowrap's file is a link into a folder of mallory" pinned file_linked
attack 'a file of mallory' pinned of_mallory
attack 'GOWRAP_CONFIG: a link of mallory to a file of root' pinned chosen_by_link
attack "HOME: a link of mallory to a folder of root" pinned chosen_by_folder_link
attack 'GOWRAP_CONFIG: a hard link to a file of root' pinned chosen_by_hard_link
attack 'GOWRAP_CONFIG: a file of root in a folder that is open to all users' pinned in_tmp
attack 'GOWRAP_CONFIG: a link of mallory in /tmp to a file of root' pinned linked_in_tmp
attack 'GOWRAP_CONFIG: a link of mallory in a sticky folder of the same filesystem' pinned linked_in_sticky
attack 'GOWRAP_CONFIG: a descriptor of a file of mallory' pinned behind_fd
attack 'GOWRAP_CONFIG: the file is exchanged between look and reading' exchanged
for file in /root/.profile /root/.bashrc /root/.ssh.rc /root/.config.log /root/bin.sh /root/.cache/prompt.zsh /root/.local/share/x.log; do
    attack "GOWRAP_LOG_FILE: $file, as text" logged_to $file text
    attack "GOWRAP_LOG_FILE: $file, as JSON" logged_to $file json
done
for name in GNUmakefile makefile project/Makefile; do
    attack "GOWRAP_LOG_FILE: /root/$name, which is new" log_for_make $name
done
attack 'GOWRAP_LOG_FILE: a link to /root/.profile' log_linked
attack 'GOWRAP_LOG_FILE: what is no file' log_stops
attack 'GOWRAP_LOG_FILE: files of mallory in /tmp' log_in_sticky
