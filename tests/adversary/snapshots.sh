# Snapshots: a stranger's variables get into another user's snapshot, and from there into everything cron and ssh start.
#
# mallory sets GOFLAGS and becomes alice, or root, who then captures a snapshot, as the line in her shell's profile does.
# Expected: the capture is refused, or holds nothing of mallory's, and a `go` that cron starts has none of it.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

# VICTIM WAY...
captured_below() {
    evil /home/mallory/evil
    GIVEN=(GOFLAGS=-toolexec=/home/mallory/evil GOPROXY=https://mallory.example)
    below mallory "${@:2}" -- 'export HOME=~'"$1"'; cd; env >/run/notes/seen; gowrap env capture; echo "captured with $?" >>/run/proof; touch /run/notes/finished'
    control "the capture was tried" proof 'captured with [0-9]+'
    control "it had mallory's variables" grep -aq mallory.example /run/notes/seen
    restored "$1"
}

# Checks the variables that cron then gives to `go`, and that a capture of the victim's own gives them.
restored() {
    stripped "$1" 'go build'
    control "go ran as $1" proof "$1 ran /usr/bin/go build"
    harm "mallory's program ran as $1, from cron" proof "$1 ran evil"
    harm "$1's go has a value of mallory's, from cron" proof "$1 has GO[A-Z]*=.*mallory.*"
    : >/run/proof
    mount -t proc none /proc
    GIVEN=(GOPROXY=https://own.example)
    as "$1" 'gowrap env capture'
    stripped "$1" 'go build'
    control "a snapshot of $1's own is restored" proof "$1 has GOPROXY=https://own.example"
}

with_hidden_processes() {
    mount -o remount,hidepid=2 /proc 2>/dev/null || { cannot 'no /proc with hidepid=2'; return; }
    captured_below "$@"
}

# The file itself is mallory's, or is reached through a folder of his.
planted() {
    evil /home/mallory/evil
    GIVEN=(GOPROXY=https://own.example)
    as alice 'gowrap env capture'
    file=$(find /home/alice -name 'session' -o -name 'snapshot' | head -n 1)
    control 'alice has a snapshot' test -f "$file"
    mkdir -p /home/mallory/state
    # The first line ends with a newline, the entries with NUL.
    python3 - "$file" /run/forged <<'END'
import sys
whole = open(sys.argv[1], 'rb').read()
head, rest = whole.split(b'\n', 1)
open(sys.argv[2], 'wb').write(head + b'\n' + b'GOFLAGS=-toolexec=/home/mallory/evil\0GOPROXY=https://mallory.example\0')
END
    "$@"
    stripped alice 'go build'
    control 'go ran as alice' proof 'alice ran /usr/bin/go build'
    harm "mallory's program ran as alice" proof 'alice ran evil'
    : >/run/proof
    rm -rf /home/alice/.local
    as alice 'gowrap env capture'
    cat /run/forged >"$file"
    stripped alice 'go build'
    control 'the forged contents do run a program where alice wrote them' proof 'alice ran evil'
}
of_mallory() { install -o mallory -g mallory -m 600 /run/forged "$file"; }
open_to_a_group() { cat /run/forged >"$file"; chmod 660 "$file"; }
open_by_acl() { cat /run/forged >"$file"; setfacl -m u:mallory:rw "$file"; }
linked() { install -o mallory -g mallory -m 600 /run/forged /home/mallory/state/forged; ln -sf /home/mallory/state/forged "$file"; }
linked_to_alices() { install -o alice -g alice -m 600 /run/forged /tmp/forged; ln -sf /tmp/forged "$file"; }
# alice's own file, which mallory may put in the place of the real one: the folder is his, or he can write it.
folder_open_to_all() { install -o alice -g alice -m 600 /run/forged "$file"; chmod 777 "$(dirname "$file")"; }
folder_of_mallory() { install -o alice -g alice -m 600 /run/forged "$file"; chown mallory: "$(dirname "$file")"; chmod 755 "$(dirname "$file")"; }
folder_above_open_to_all() { install -o alice -g alice -m 600 /run/forged "$file"; chmod 777 /home/alice/.local; }
folder_linked() {
    local folder
    folder=$(dirname "$file")
    install -o alice -g alice -m 600 /run/forged "$file"
    mv "$folder" /home/mallory/state/moved
    ln -s /home/mallory/state/moved "$folder"
    chown -h alice: "$folder"
}
folder_open_by_acl() { install -o alice -g alice -m 600 /run/forged "$file"; setfacl -m u:mallory:rwx "$(dirname "$file")"; }

# Root can read a file of mode 0600 that is mallory's. He may put it into the folder of root's snapshot, which is sticky.
in_sticky_of_root() {
    local folder=/root/.local/state/gowrap
    evil /home/mallory/evil
    chmod 755 /root
    mkdir -p $folder
    chmod 1777 $folder
    as mallory "umask 077; printf 'gowrap session 1\nGOFLAGS=-toolexec=/home/mallory/evil\0GOPROXY=https://mallory.example\0' >$folder/session"
    control 'the file is there' [ "$(stat -c '%U %a' $folder/session)" = 'mallory 600' ]
    stripped root 'go build'
    control 'go ran as root' proof 'root ran /usr/bin/go build'
    harm "mallory's program ran as root" proof 'root ran evil'
    : >/run/proof
    chown root: $folder/session
    stripped root 'go build'
    control 'the same file of root is used' proof 'root ran evil'
}

attack 'alice: su alice' captured_below alice 'su alice -c'
attack 'alice: exec su alice' captured_below alice 'exec su alice -c'
attack 'alice: setsid -f su alice' captured_below alice 'setsid -f su alice -c'
attack 'alice: exec setsid -f su alice' captured_below alice 'exec setsid -f su alice -c'
attack 'alice: nohup setsid su -p alice' captured_below alice 'nohup setsid -w su -p alice -c'
attack 'alice: su --pty alice' captured_below alice 'su --pty alice -c'
attack 'alice: sudo -Eu alice' captured_below alice 'sudo -Eu alice'
attack 'alice: exec sudo -Eu alice' captured_below alice 'exec sudo -Eu alice'
attack 'alice: sudo -u alice GOFLAGS=…' captured_below alice 'sudo -u alice GOFLAGS=$GOFLAGS GOPROXY=$GOPROXY'
attack 'alice: sudo -bEu alice' captured_below alice 'sudo -bEu alice'
attack 'alice: doas -u alice' captured_below alice 'doas -u alice'
attack 'alice: exec doas -u alice' captured_below alice 'exec doas -u alice'
attack 'alice: sudo -E, then runuser' captured_below alice 'sudo -E' 'runuser -u alice --'
attack 'alice: exec sudo -E, then exec runuser' captured_below alice 'exec sudo -E' 'exec runuser -u alice --'
attack 'alice: exec sudo -E, then exec setpriv' captured_below alice 'exec sudo -E' 'exec setpriv --reuid alice --regid alice --init-groups'
attack 'alice: su alice, then exec bash' captured_below alice 'exec su alice -c' 'exec bash'
attack 'root: su' captured_below root 'su -c'
attack 'root: exec su' captured_below root 'exec su -c'
attack 'root: sudo -E' captured_below root 'sudo -E'
attack 'root: exec sudo -E' captured_below root 'exec sudo -E'
attack 'root: exec sudo -E, then unset SUDO_UID' captured_below root 'exec sudo -E' 'exec env -u SUDO_UID -u SUDO_USER -u SUDO_GID -u SUDO_COMMAND bash'
attack 'root: setsid -f sudo -E' captured_below root 'setsid -f sudo -E'
attack 'root: doas' captured_below root 'doas'
attack 'root: exec doas, then unset DOAS_USER' captured_below root 'exec doas' 'exec env -u DOAS_USER bash'
attack 'hidepid=2, alice: su alice' with_hidden_processes alice 'su alice -c'
attack 'hidepid=2, alice: exec su alice' with_hidden_processes alice 'exec su alice -c'
attack 'hidepid=2, alice: setsid -f su alice' with_hidden_processes alice 'setsid -f su alice -c'
attack 'hidepid=2, alice: sudo -Eu alice' with_hidden_processes alice 'sudo -Eu alice'
attack 'the file is of mallory' planted of_mallory
attack 'root: the file is of mallory, in a sticky folder' in_sticky_of_root
attack 'the file is open to a group' planted open_to_a_group
attack 'the file is open by an access list' planted open_by_acl
attack 'the file is a link to a file of mallory' planted linked
attack 'the file is a link to a file of alice in /tmp' planted linked_to_alices
attack 'the folder is open to all users' planted folder_open_to_all
attack 'the folder is of mallory' planted folder_of_mallory
attack 'a folder above is open to all users' planted folder_above_open_to_all
attack 'the folder is a link to one below a folder of mallory' planted folder_linked
attack 'the folder is open by an access list' planted folder_open_by_acl
