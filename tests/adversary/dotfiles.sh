# Dotfiles: setup opens a private file to others, loses its contents, or leaves a copy of it lying about.
#
# alice's ~/.bashrc has a secret and mode 0600. setup is killed at each system call that changes something. Expected: the file
# is whole then, nothing that others may read has its contents, and the next setup, or the next remove, leaves no trace.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

calls='openat write pwrite64 fchmod fchmodat chmod fchown fchownat chown rename renameat renameat2 link linkat unlink unlinkat mkdir mkdirat
    rmdir symlink symlinkat fsync fdatasync ftruncate setxattr fsetxattr lsetxattr copy_file_range sendfile flock'

# A home as it was before, and again before each kill.
home_before() {
    rm -rf /home/alice /run/notes/before
    mkdir -m 755 /home/alice
    printf '# hers\nexport MYTHING=hunter2-S3cr3t\n' >/home/alice/.bashrc
    printf '# hers, too: hunter2-S3cr3t\n. ~/.bashrc' >/home/alice/.profile
    mkdir -p /home/alice/.config/fish
    chown -R alice: /home/alice
    chmod 600 /home/alice/.bashrc /home/alice/.profile
    "${prepare-true}"
}
# An empty folder that a killed run made may stay; files and links may not.
listing() { (cd /home/alice && find . ! -type d -printf '%p %m %u %n %l\n' | sort); }

# One setup, or one remove, killed at the COUNTth CALL.
killed() {
    as alice "strace -f -qq -o /dev/null -e trace=$1 -e inject=$1:signal=KILL:when=$2 $3"
}

# COMMAND: killed at every call.
at_every_call() {
    local call count problems='' kills=0 before after
    home_before
    before=$(listing)
    cat /home/alice/.bashrc >/run/notes/bashrc
    as alice 'gowrap setup'
    cat /home/alice/.bashrc >/run/notes/bashrc.after
    as alice 'gowrap setup --remove'
    control 'setup changes the file, and remove makes it what it was' sh -c \
        '! cmp -s /run/notes/bashrc /run/notes/bashrc.after && cmp -s /run/notes/bashrc /home/alice/.bashrc'
    # Setup makes no link that existed before, and keeps folders of other users: compare with the files that setup leaves.
    before=$(listing)
    for call in $calls; do
        for count in $(seq 1 200); do
            home_before
            [ "$1" = 'gowrap setup' ] || as alice 'gowrap setup'
            killed "$call" "$count" "$1"
            [ $? = 137 ] || as_was_killed || break
            kills=$((kills + 1))
            if ! cmp -s /home/alice/.bashrc /run/notes/bashrc && ! cmp -s /home/alice/.bashrc /run/notes/bashrc.after; then
                problems+=" [$call $count: .bashrc is neither the old nor the new one]"
            fi
            if find /home/alice -type f -perm /077 -exec grep -l hunter2 {} + | grep -q .; then
                problems+=" [$call $count: others can read a copy]"
            fi
            if [ $((count % 2)) = 1 ]; then
                as alice 'gowrap setup'
                cmp -s /home/alice/.bashrc /run/notes/bashrc.after || problems+=" [$call $count: the next setup does not mend it]"
                find /home/alice -name '.*gowrap-*' -o -name '*.tmp' -o -name '.gowrap*' | grep -q . && problems+=" [$call $count: the next setup leaves $(find /home/alice -name '.*gowrap*' | head -n 1)]"
            fi
            as alice 'gowrap setup --remove'
            cmp -s /home/alice/.bashrc /run/notes/bashrc || problems+=" [$call $count: remove does not make it what it was]"
            after=$(listing)
            [ "$after" = "$before" ] || problems+=" [$call $count: remove leaves $(diff <(echo "$before") <(echo "$after") | grep '^[<>]' | head -n 1)]"
        done
    done
    echo "problems:$problems"
    control "it was killed at many calls ($kills)" [ $kills -gt 20 ]
    harm "a kill does harm:${problems:0:600}" [ -n "$problems" ]
}
# strace ends with the signal of its child, which the shell above reports as its own status.
as_was_killed() { tail -n 1 /run/log | grep -aq Killed && : >/run/log; }

# Properties of a file other than its contents.
with_acl() { setfacl -m u:mallory:r-- /home/alice/.bashrc; }
with_group_acl() { chmod 640 /home/alice/.bashrc; setfacl -m g:mallory:---,m::r-- /home/alice/.bashrc; }
with_mask() { setfacl -m u:mallory:rwx,m::--- /home/alice/.bashrc; }
with_xattr() { setfattr -n user.note -v kept /home/alice/.bashrc; }
with_hard_link() { ln /home/alice/.bashrc /home/alice/other; }
with_link() { mkdir /home/alice/dotfiles; mv /home/alice/.bashrc /home/alice/dotfiles/; ln -s dotfiles/.bashrc /home/alice/.bashrc; chown -hR alice: /home/alice; }
with_group() { chgrp mallory /home/alice/.bashrc; chmod 660 /home/alice/.bashrc; }
with_mode() { chmod 604 /home/alice/.bashrc; }
with_bind_mount() { cp -p /home/alice/.bashrc /run/notes/bound; chown alice: /run/notes/bound; mount --bind /run/notes/bound /home/alice/.bashrc; }
facts() {
    getfacl -p /home/alice/.bashrc 2>&1
    getfattr -d /home/alice/.bashrc 2>&1
    stat -c '%a %u %g %h %F' /home/alice/.bashrc
    [ ! -e /home/alice/other ] || stat -c '%i' /home/alice/other /home/alice/.bashrc
    readlink /home/alice/.bashrc
    grep -c ' /home/alice/.bashrc ' /proc/self/mountinfo
}
stays() {
    home_before
    "$1" || { cannot "no such thing here: $1"; return; }
    local before
    before=$(facts)
    cat /home/alice/.bashrc >/run/notes/bashrc
    as alice 'gowrap setup'
    control 'setup changes the file' none cmp -s /home/alice/.bashrc /run/notes/bashrc
    harm "setup changes what it has: $(diff <(echo "$before") <(facts) | tr '\n' ' ')" [ "$(facts)" != "$before" ]
    as alice 'gowrap setup --remove'
    harm "remove does not make it what it was: $(diff <(echo "$before") <(facts) | tr '\n' ' ')" [ "$(facts)" != "$before" ]
    harm "remove does not give back its contents" none cmp -s /home/alice/.bashrc /run/notes/bashrc
}

# mallory puts something under the name of a temporary file, where alice's folder is one that he can write.
names_taken() {
    home_before
    mkdir -m 1777 /home/alice/shared
    mv /home/alice/.bashrc /home/alice/shared/bashrc
    ln -s shared/bashrc /home/alice/.bashrc
    touch /run/notes/victim
    chmod 666 /run/notes/victim
    as mallory 'for n in $(seq 1 3000); do ln -s /run/notes/victim /home/alice/shared/.bashrc.gowrap-$n; done'
    as alice 'gowrap setup'
    harm "alice's file was written through mallory's link" test -s /run/notes/victim
    harm 'the file is not whole' none grep -aq hunter2 /home/alice/.bashrc
    control "mallory's links are there" [ "$(find /home/alice/shared -type l | wc -l)" -ge 3000 ]
}

# A new file in alice's home gets the entries of the default list of the folder. Her file was there before that list.
default_list() {
    home_before
    chmod "$1" /home/alice/.bashrc /home/alice/.profile
    setfacl -d -m u:mallory:rwx /home/alice || { cannot 'no access control lists'; return; }
    cat /home/alice/.bashrc >/run/notes/bashrc
    local before
    before=$(facts)
    as alice 'gowrap setup; gowrap setup --editor vscode --write'
    control 'setup changes the file' none cmp -s /home/alice/.bashrc /run/notes/bashrc
    as mallory 'echo "echo \"\$(id -un) ran evil\" >>/run/proof" | tee -a /home/alice/.bashrc /home/alice/.profile /home/alice/.local/share/gowrap/*; mv /home/alice/.local/share/gowrap/shims /home/alice/.local/share/gowrap/s'
    as alice 'bash -lic true; bash -ic true'
    harm "alice's shell runs a line of mallory's" proof 'alice ran evil'
    harm "setup changes what the file has: $(diff <(echo "$before") <(facts) | tr '\n' ' ')" [ "$(facts)" != "$before" ]
    as mallory 'grep hunter2 /home/alice/.bashrc /home/alice/.profile && touch /run/notes/read'
    [ "$1" != 600 ] || harm 'mallory can read it' test -e /run/notes/read
    as alice 'gowrap setup --remove'
    harm "remove does not make it what it was" none sh -c '[ "$1" = "$2" ] && cmp -s /home/alice/.bashrc /run/notes/bashrc' - "$(facts)" "$before"
    touch /home/alice/new
    control 'a new file has the entries' grep -q user:mallory <(getfacl -p /home/alice/new)
}

attack 'setup is killed at every call' at_every_call 'gowrap setup'
attack 'setup --remove is killed at every call' at_every_call 'gowrap setup --remove'
for thing in acl group_acl mask xattr hard_link link group mode bind_mount; do
    attack "a file with ${thing//_/ }" stays with_$thing
done
for mode in 600 644 664; do
    attack "a home with a default access list, and files of mode $mode" default_list $mode
done
attack "the names of temporary files are taken" names_taken
